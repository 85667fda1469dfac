"""Made-up particles for the lesson on PyTables."""

import numpy as np

PARTICLE = np.dtype([("name", "S16"), ("number", "i8"), ("pressure", "f4"), ("energy", "f8")])


def records(rows: int, seed: int = 1) -> np.ndarray:
    """Return records of 36 bytes each, pressures scattered over 0 to 1000.

    Parameters
    ----------
    rows : int
        How many.
    seed : int
        Another number gives other particles.

    Examples
    --------
    >>> made = records(1000)
    >>> made.nbytes, bool((made["pressure"] < 1000).all())
    (36000, True)
    """
    rng = np.random.default_rng(seed)
    made = np.zeros(rows, PARTICLE)
    made["name"] = b"particle"
    made["number"] = np.arange(rows)
    made["pressure"] = 1000 * rng.random(rows)
    made["energy"] = rng.gamma(2.0, 10.0, rows)
    return made
