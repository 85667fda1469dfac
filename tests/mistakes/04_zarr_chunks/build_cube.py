# %% mistake: small chunks, many files
# points: 2.25
# message: Let chunks share a file
def build_cube(path, cube):
    array = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), compressors=None)
    array[...] = cube


# %% mistake: one chunk for all
# points: 2.25
# message: A read fetches whole chunks.
def build_cube(path, cube):
    array = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=cube.shape, compressors=None)
    array[...] = cube


# %% mistake: a map is a chunk
# points: 2.5
# message: A read fetches whole chunks.
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(1, *cube.shape[1:]), shards=cube.shape, compressors=None
    )
    array[...] = cube


# %% mistake: a series is a chunk
# points: 2.75
# message: A read fetches whole chunks.
def build_cube(path, cube):
    y, x = -(-cube.shape[1] // 8) * 8, -(-cube.shape[2] // 8) * 8
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(32, 8, 8), shards=(32, y, x), compressors=None
    )
    array[...] = cube


# %% mistake: with compression
# points: 0
# message: Create it with compressors=None.
def build_cube(path, cube):
    array = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), shards=(32, 64, 64))
    array[...] = cube


# %% mistake: does not write the values
# points: 0
# message: values differ
def build_cube(path, cube):
    zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), shards=(32, 64, 64), compressors=None
    )


# %% mistake: another dtype
# points: 2
# message: wrong dtype
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype="f4", chunks=(16, 16, 16), shards=(32, 64, 64), compressors=None
    )
    array[...] = cube


# %% right: flatter chunks, two shards
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(8, 16, 16), shards=(16, 64, 64), compressors=None
    )
    array[...] = cube


# %% right: from the values
def build_cube(path, cube):
    zarr.create_array(path, data=cube, chunks=(16, 16, 16), shards=(32, 32, 64), compressors=())
