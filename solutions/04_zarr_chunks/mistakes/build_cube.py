# %% mistake: small chunks, many files
# promise: it has at most 4 files beside `zarr.json`
# points: 2.25
# message: Let chunks share a file: create the array with shards.
def build_cube(path, cube):
    array = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), compressors=None)
    array[...] = cube


# %% mistake: one chunk for all
# promise: a map reads at most 300 KiB
# points: 2.25
# message: A read fetches whole chunks, and of a shard also the index of the shard: 16 bytes for each of its chunks. Which chunks does it touch, and what do they weigh?
def build_cube(path, cube):
    array = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=cube.shape, compressors=None)
    array[...] = cube


# %% mistake: a map is a chunk
# promise: a series at most 44 KiB.
# points: 2.5
# message: A read fetches whole chunks, and of a shard also the index of the shard: 16 bytes for each of its chunks. Which chunks does it touch, and what do they weigh?
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(1, *cube.shape[1:]), shards=cube.shape, compressors=None
    )
    array[...] = cube


# %% mistake: a series is a chunk
# promise: a map reads at most 300 KiB
# points: 2.75
# message: A read fetches whole chunks, and of a shard also the index of the shard: 16 bytes for each of its chunks. Which chunks does it touch, and what do they weigh?
def build_cube(path, cube):
    y, x = -(-cube.shape[1] // 8) * 8, -(-cube.shape[2] // 8) * 8
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(32, 8, 8), shards=(32, y, x), compressors=None
    )
    array[...] = cube


# %% mistake: with compression
# promise: Use `compressors=None`.
# points: 0
# message: Create it with compressors=None.
def build_cube(path, cube):
    array = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), shards=(32, 64, 64))
    array[...] = cube


# %% mistake: does not write the values
# promise: Store the cube
# points: 0
# message: All values are 0: write them into the array.
def build_cube(path, cube):
    zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), shards=(32, 64, 64), compressors=None
    )


# %% mistake: another dtype
# promise: Store the cube
# points: 2
# message: wrong dtype
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype="f4", chunks=(16, 16, 16), shards=(32, 64, 64), compressors=None
    )
    array[...] = cube


# %% mistake: eight shards
# promise: it has at most 4 files beside `zarr.json`
# points: 2.25
# message: 8 files came
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), shards=(16, 32, 32), compressors=None
    )
    array[...] = cube


# %% mistake: very small chunks, and so a large index
# promise: and the index of each shard that holds one of them
# points: 2.25
# message: A read fetches whole chunks, and of a shard also the index of the shard: 16 bytes for each of its chunks. Which chunks does it touch, and what do they weigh?
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(4, 4, 4), shards=(32, 64, 64), compressors=None
    )
    array[...] = cube


# %% mistake: in the order of Fortran
# promise: Store the cube
# points: 0
# message: The axes are in another order.
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape[::-1], dtype=cube.dtype, chunks=(16, 16, 16), shards=(64, 64, 32), compressors=None
    )
    array[...] = cube.T


# %% right: flatter chunks, two shards
def build_cube(path, cube):
    array = zarr.create_array(
        path, shape=cube.shape, dtype=cube.dtype, chunks=(8, 16, 16), shards=(16, 64, 64), compressors=None
    )
    array[...] = cube


# %% right: from the values
def build_cube(path, cube):
    zarr.create_array(path, data=cube, chunks=(16, 16, 16), shards=(32, 32, 64), compressors=())


# %% right: one shard, chunks of eight
def build_cube(path, cube):
    shards = tuple(-(-n // 16) * 16 for n in cube.shape)
    array = zarr.create_array(
        store=path, shape=cube.shape, dtype=cube.dtype, chunks=(8, 16, 16), shards=shards, compressors=None
    )
    array[:] = cube


# %% mistake: one chunk, one file
# promise: a map reads at most 300 KiB, and a series at most 44 KiB
# points: 2.25
# message: One chunk is read whole for each map and each series: choose smaller chunks.
def build_cube(path, cube):
    z = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=cube.shape, compressors=None)
    z[:] = cube


# %% mistake: chunks of single maps in one shard
# promise: a series at most 44 KiB
# points: 2.5
# message: Chunks of one map each make a series read all of them: chunks need a length in time.
def build_cube(path, cube):
    z = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(1, 64, 64), shards=(32, 64, 64), compressors=None)
    z[:] = cube


# %% mistake: series chunks
# promise: a map reads at most 300 KiB
# points: 2.75
# message: Chunks as long as all times make a map read all of them: make them shorter in time.
def build_cube(path, cube):
    z = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(32, 8, 8), shards=(32, 64, 64), compressors=None)
    z[:] = cube


# %% mistake: very small chunks whose index is large
# promise: 16 bytes for each chunk of that shard
# points: 2.25
# message: So many chunks make the index of a shard large, and each read fetches it: take larger chunks.
def build_cube(path, cube):
    z = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(2, 4, 4), shards=(32, 64, 64), compressors=None)
    z[:] = cube


# %% mistake: float32 always
# promise: Store the cube
# points: 2
# message: The array has the dtype of the cube.
def build_cube(path, cube):
    z = zarr.create_array(path, shape=cube.shape, dtype="f4", chunks=(16, 16, 16), shards=(32, 64, 64), compressors=None)
    z[:] = cube


# %% mistake: shards are the shape of the cube, not multiples
# promise: Along each axis its length is a multiple of that of a chunk.
# points: 2
# message: A smaller cube is no multiple of the chunk: round the length of the shard up, it may reach beyond the end.
def build_cube(path, cube):
    z = zarr.create_array(path, shape=cube.shape, dtype=cube.dtype, chunks=(16, 16, 16), shards=cube.shape, compressors=None)
    z[:] = cube


# %% mistake: cube padded to full size
# promise: A cube may be smaller, such as (30, 60, 50).
# points: 2
# message: The array has the shape of the cube. Only chunks and shards reach beyond its end.
def build_cube(path, cube):
    z = zarr.create_array(path, shape=(32, 64, 64), dtype=cube.dtype, chunks=(16, 16, 16), shards=(32, 64, 64), compressors=None)
    z[:cube.shape[0], :cube.shape[1], :cube.shape[2]] = cube
