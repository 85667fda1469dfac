# %% mistake: the default of the library
# promise: give the smallest cache with which this loop reads every chunk from the file once
# points: 0.25
# message: "A fixed size is too small for some loops and too large for others: count the chunks that one slice meets, and keep none where no second slice needs them."
def cache_settings(shape, chunks, itemsize, axis):
    return {"rdcc_nbytes": 8 << 20}


# %% mistake: one chunk
# promise: if the cache holds all chunks that one slice meets.
# points: 0.25
# message: This is one chunk. How many chunks does a slice meet? The next needs them again.
def cache_settings(shape, chunks, itemsize, axis):
    return {"rdcc_nbytes": int(np.prod(chunks)) * itemsize}


# %% mistake: forgets that only some chunks are at the edge
# promise: Chunks at an edge take as much memory as others.
# points: 1.5
# message: A chunk at the edge takes as much memory as any other: round up.
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    count = 1
    for k in range(len(shape)):
        if k != axis:
            count *= max(1, shape[k] // chunks[k])
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: the bytes of a slice
# promise: if the cache holds all chunks that one slice meets.
# points: 0.75
# message: These are the bytes of a slice. The cache holds whole chunks.
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    return {"rdcc_nbytes": int(np.prod(shape)) // shape[axis] * itemsize}


# %% mistake: always the first axis
# promise: A loop reads a compressed dataset slice by slice along one axis
# points: 2
# message: This suits a loop along another axis. Count the chunks along all axes but the loop's own.
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[0] == 1 or shape[0] == 1:
        return {"rdcc_nbytes": 0}
    count = int(np.prod([-(-n // c) for n, c in zip(shape[1:], chunks[1:], strict=True)]))
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: keeps chunks of one row
# promise: because a chunk is one slice thick or the loop has one step only, the smallest cache is 0.
# points: 2.5
# message: A chunk of one row is needed by one row: there is nothing to keep.
def cache_settings(shape, chunks, itemsize, axis):
    if shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    count = 1
    for k in range(len(shape)):
        count *= 1 if k == axis else -(-shape[k] // chunks[k])
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: a bare number
# promise: a dict with `rdcc_nbytes`, in bytes.
# points: 0
# message: no settings with rdcc_nbytes
def cache_settings(shape, chunks, itemsize, axis):
    return 48_000


# %% mistake: forgets that a loop may have one step
# promise: because a chunk is one slice thick or the loop has one step only, the smallest cache is 0.
# points: 2.75
# message: There is one slice only: no chunk is needed by a second one.
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1:
        return {"rdcc_nbytes": 0}
    count = 1
    for k in range(len(shape)):
        count *= 1 if k == axis else -(-shape[k] // chunks[k])
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: all chunks of the dataset
# promise: give the smallest cache with which this loop reads every chunk from the file once
# points: 1.5
# message: "These are all chunks of the dataset. Only those that one slice meets are needed."
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    count = int(np.prod([-(-n // c) for n, c in zip(shape, chunks)]))
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: no cache at all
# promise: if the cache holds all chunks that one slice meets.
# points: 0.75
# message: A cache of 0 bytes keeps nothing, and neighbouring slices lie in the same chunks.
def cache_settings(shape, chunks, itemsize, axis):
    return {"rdcc_nbytes": 0}


# %% mistake: cuts the chunks at the edge
# promise: Chunks at an edge take as much memory as others.
# points: 1.5
# message: A chunk at the edge takes as much memory as any other: round up.
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    return {"rdcc_nbytes": int(np.prod(shape)) // shape[axis] * chunks[axis] * itemsize}


# %% mistake: items for bytes
# promise: a dict with `rdcc_nbytes`, in bytes.
# points: 0.75
# message: "The size counts bytes: each item has `itemsize` of them."
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    count = 1
    for k in range(len(shape)):
        count *= 1 if k == axis else -(-shape[k] // chunks[k])
    return {"rdcc_nbytes": count * int(np.prod(chunks))}


# %% right: lists and math
def cache_settings(shape, chunks, itemsize, axis):
    import math

    others = [k for k in range(len(shape)) if k != axis]
    count = math.prod(math.ceil(shape[k] / chunks[k]) for k in others)
    comes_back = chunks[axis] > 1 and shape[axis] > 1
    return {"rdcc_nbytes": count * math.prod(chunks) * itemsize * comes_back}


# %% right: counts the chunks of the first slice
def cache_settings(shape, chunks, itemsize, axis):
    from itertools import product

    if min(chunks[axis], shape[axis]) == 1:
        return dict(rdcc_nbytes=0)
    starts = [range(0, n, c) if k != axis else [0] for k, (n, c) in enumerate(zip(shape, chunks, strict=True))]
    return dict(rdcc_nbytes=sum(int(np.prod(chunks)) * itemsize for _ in product(*starts)), rdcc_nslots=10007)


# %% right: a whole number of NumPy
def cache_settings(shape, chunks, itemsize, axis):
    if min(chunks[axis], shape[axis]) == 1:
        return dict(rdcc_nbytes=0)
    grid = np.ceil(np.array(shape) / chunks)
    grid[axis] = 1
    return dict(rdcc_nbytes=int(grid.prod()) * np.prod(chunks) * itemsize)


# %% mistake: no zero case
# promise: smallest cache is 0
# points: 2.25
# message: Where no chunk is needed by two slices, the smallest cache is 0.
def cache_settings(shape, chunks, itemsize, axis):
    n = 1
    for k, (s, c) in enumerate(zip(shape, chunks)):
        if k != axis:
            n *= -(-s // c)
    return {"rdcc_nbytes": n * int(np.prod(chunks)) * itemsize}


# %% mistake: whole dataset
# promise: holds all chunks that one slice meets
# points: 0.75
# message: This is room for the whole dataset. Only the chunks that one slice meets are needed together.
def cache_settings(shape, chunks, itemsize, axis):
    return {"rdcc_nbytes": int(np.prod(shape)) * itemsize}


# %% mistake: only along the axis
# promise: holds all chunks that one slice meets
# points: 0.75
# message: The chunks along the axis of the loop come one after the other. Those along the other axes are met together.
def cache_settings(shape, chunks, itemsize, axis):
    n = -(-shape[axis] // chunks[axis])
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    return {"rdcc_nbytes": n * int(np.prod(chunks)) * itemsize}


# %% mistake: zero when the chunk reaches over the whole axis
# promise: the cache holds all chunks that one slice meets
# points: 2.5
# message: A chunk that is as long as the axis is met by every slice: it has to stay in the cache.
def cache_settings(shape, chunks, itemsize, axis):
    n = 1
    for k, (s, c) in enumerate(zip(shape, chunks)):
        if k != axis:
            n *= -(-s // c)
    if chunks[axis] == 1 or chunks[axis] >= shape[axis]:
        return {"rdcc_nbytes": 0}
    return {"rdcc_nbytes": n * int(np.prod(chunks)) * itemsize}


# %% mistake: zero when only one chunk per slice
# promise: the cache holds all chunks that one slice meets
# points: 2.75
# message: One chunk is met by a slice, and by the next one, too: it has to stay in the cache.
def cache_settings(shape, chunks, itemsize, axis):
    n = 1
    for k, (s, c) in enumerate(zip(shape, chunks)):
        if k != axis:
            n *= -(-s // c)
    if chunks[axis] == 1 or shape[axis] == 1 or n == 1:
        return {"rdcc_nbytes": 0}
    return {"rdcc_nbytes": n * int(np.prod(chunks)) * itemsize}


# %% mistake: also rdcc_nslots
# promise: `rdcc_nbytes`, in bytes
# points: 0.75
# message: The size is told in bytes, not in KiB.
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1 or shape[axis] == 1:
        return {"rdcc_nbytes": 0}
    n = 1
    for k, (s, c) in enumerate(zip(shape, chunks)):
        if k != axis:
            n *= -(-s // c)
    return {"rdcc_nbytes": n * int(np.prod(chunks)) * itemsize // 1024}
