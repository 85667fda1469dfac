# %% mistake: the whole array at once
# promise: hold only a few chunks in memory.
# points: 3.25
# message: You hold too much: the whole array, or all of it along some axis. Copy it block by block, with blocks along every axis.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)
    new[...] = old[...]


# %% mistake: chunk by chunk of the source
# promise: write each chunk of the target once
# points: 3.5
# message: You write chunks of the target several times: each part changes the whole chunk.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)
    for corner in product(*(range(0, n, c) for n, c in zip(old.shape, old.chunks))):
        place = tuple(slice(start, start + c) for start, c in zip(corner, old.chunks))
        new[place] = old[place]


# %% mistake: chunk by chunk of the target
# promise: Read each chunk of the source once
# points: 3.25
# message: You read chunks of the source several times. A block should cut none of them.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)
    for corner in product(*(range(0, n, c) for n, c in zip(old.shape, chunks))):
        place = tuple(slice(start, start + c) for start, c in zip(corner, chunks))
        new[place] = old[place]


# %% mistake: forgets the edges
# promise: Copy the Zarr array at `source` into a new one at `target`
# points: 2.75
# message: The chunks at the edges count, too.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)
    block = [max(pair) for pair in zip(old.chunks, chunks)]
    if all(n < b for n, b in zip(old.shape, block)):
        block = list(old.shape)
    for corner in product(*(range(0, max(1, n // b) * b, b) for n, b in zip(old.shape, block))):
        place = tuple(slice(start, start + b) for start, b in zip(corner, block))
        new[place] = old[place]


# %% mistake: keeps the chunks
# promise: but with the chunk shape `chunks`.
# points: 0
# message: These are the chunks of the source.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=old.chunks, dtype=old.dtype, compressors=None)
    new[...] = old[...]


# %% mistake: creates the target and copies nothing
# promise: Copy the Zarr array at `source` into a new one at `target`
# points: 0
# message: The target is empty: copy the values.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)


# %% mistake: deletes the source
# promise: Copy the Zarr array at `source` into a new one at `target`
# points: 0
# message: The file is missing there, or has not the expected size.
def rechunk(source, target, chunks):
    import shutil

    shutil.rmtree(source)


# %% mistake: with compression
# promise: Use `compressors=None`.
# points: 0
# message: Create it with compressors=None.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype)
    new[...] = old[...]


# %% mistake: slabs along the first axis, all others whole
# promise: hold only a few chunks in memory.
# points: 3.25
# message: You hold too much: the whole array, or all of it along some axis. Copy it block by block, with blocks along every axis.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)
    step = max(old.chunks[0], chunks[0])
    for start in range(0, old.shape[0], step):
        new[start : start + step] = old[start : start + step]


# %% mistake: another dtype
# promise: of the same shape and dtype
# points: 1
# message: The target has the dtype of the source.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype="f8", compressors=None)
    block = [max(pair) for pair in zip(old.chunks, chunks)]
    for corner in product(*(range(0, n, b) for n, b in zip(old.shape, block))):
        place = tuple(slice(start, start + b) for start, b in zip(corner, block))
        new[place] = old[place]


# %% mistake: blocks of the smaller lengths
# promise: Read each chunk of the source once
# points: 2.75
# message: You write chunks of the target several times: each part changes the whole chunk.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)
    block = [min(pair) for pair in zip(old.chunks, chunks)]
    for corner in product(*(range(0, n, b) for n, b in zip(old.shape, block))):
        place = tuple(slice(start, start + b) for start, b in zip(corner, block))
        new[place] = old[place]


# %% mistake: chunks of the square root
# promise: but with the chunk shape `chunks`.
# points: 0
# message: The target has the chunk shape `chunks`, as it is given.
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(min(a, b) for a, b in zip(old.chunks, chunks)),
                            dtype=old.dtype, compressors=None)
    block = [max(pair) for pair in zip(old.chunks, chunks)]
    for corner in product(*(range(0, n, b) for n, b in zip(old.shape, block))):
        place = tuple(slice(start, start + b) for start, b in zip(corner, block))
        new[place] = old[place]


# %% right: by block number
import math


def rechunk(source, target, chunks):
    old = zarr.open(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=chunks, dtype=old.dtype, compressors=())
    block = [math.lcm(a, b) for a, b in zip(old.chunks, chunks)]
    for index in np.ndindex(*(math.ceil(n / b) for n, b in zip(old.shape, block))):
        place = tuple(slice(i * b, min((i + 1) * b, n)) for i, b, n in zip(index, block, old.shape))
        new[place] = np.ascontiguousarray(old[place])


# %% right: one axis after the other
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(
        store=target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None
    )

    def copy(place):
        axis = len(place)
        if axis == old.ndim:
            new[place] = old[place]
            return
        step = max(old.chunks[axis], chunks[axis])
        for start in range(0, old.shape[axis], step):
            copy((*place, slice(start, start + step)))

    copy(())


# %% right: a few blocks at a time
def rechunk(source, target, chunks):
    old = zarr.open_array(source, mode="r")
    new = zarr.create_array(target, shape=old.shape, chunks=tuple(chunks), dtype=old.dtype, compressors=None)
    block = [max(pair) for pair in zip(old.chunks, chunks)]
    block[0] *= 2
    for corner in product(*(range(0, n, b) for n, b in zip(old.shape, block))):
        place = tuple(slice(start, start + b) for start, b in zip(corner, block))
        new[place] = old[place]


# %% mistake: two axes hard-coded
# promise: Along every axis
# points: 3.75
# message: An array may have any number of axes: loop over them.
def rechunk(source, target, chunks):
    a = zarr.open_array(source, mode="r")
    b = zarr.create_array(target, shape=a.shape, dtype=a.dtype, chunks=chunks, compressors=None)
    p, q = max(a.chunks[0], chunks[0]), max(a.chunks[1], chunks[1])
    for i in range(0, a.shape[0], p):
        for j in range(0, a.shape[1], q):
            b[i:i + p, j:j + q] = a[i:i + p, j:j + q]
