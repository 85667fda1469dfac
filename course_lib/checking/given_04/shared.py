"""What several problems of exercise 04 use."""

import os


def store(path, values, chunks: tuple) -> str:
    """Store an array that the student's process may change; return its path."""
    import zarr

    made = zarr.create_array(
        str(path), shape=values.shape, chunks=chunks, dtype=values.dtype, compressors=None
    )
    made[...] = values
    for place, _, names in os.walk(path):
        os.chmod(place, 0o777)
        for name in names:
            os.chmod(os.path.join(place, name), 0o666)
    return str(path)


def warm_up(path) -> None:
    """Use Zarr once, so that its start counts for nobody."""
    import numpy as np
    import zarr

    store(path, np.ones((8, 256, 256), "f4"), (1, 128, 128))
    np.asarray(zarr.open_array(str(path), mode="r")[:]).sum()


def whole_numbers(value):
    """Return a list or tuple as a tuple, the whole numbers of NumPy as Python's own."""
    import numpy as np

    if type(value) not in (tuple, list):
        return value
    return tuple(n.item() if isinstance(n, np.integer) else n for n in value)
