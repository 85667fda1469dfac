"""What several problems of exercise 02 use."""

ONE_MAP = "The touched pages of a map count until the map is gone: one map for each block."


_WIDE = (65, 16_384)


def wide_table(seed: int):
    """Return 4 MiB of float32 in rows of 64 KiB; the rows differ in their means."""
    import numpy as np

    values = np.random.default_rng(seed).random(_WIDE, "<f4")
    values += np.arange(_WIDE[0], dtype="<f4")[:, None] / 20
    return values
