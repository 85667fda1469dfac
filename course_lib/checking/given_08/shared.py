"""What several problems of the capstone use."""

from course_lib.checking import workload


def warm_up(path: str) -> None:
    """Use Zarr once, so that its start counts for nobody."""
    import numpy as np
    import zarr

    array = zarr.create_array(
        path, shape=(4, 64, 64), chunks=(1, 32, 32), shards=(1, 64, 64), dtype="f4",
        compressors=workload.compressors_of("zstd"),
    )  # fmt: skip
    array[:] = 1
    assert float(np.asarray(array[:]).sum()) == array.size
