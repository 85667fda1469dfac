# %% mistake: the default of the library
# points: 1
# message: How many chunks does a row meet?
# message: there is nothing to keep
def cache_settings(shape, chunks, itemsize, axis):
    return {"rdcc_nbytes": 8 << 20}


# %% mistake: one chunk
# points: 0
# message: it is as bad as none
def cache_settings(shape, chunks, itemsize, axis):
    return {"rdcc_nbytes": int(np.prod(chunks)) * itemsize}


# %% mistake: forgets that only some chunks are at the edge
# points: 2.5
# message: round up
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1:
        return {"rdcc_nbytes": 0}
    count = 1
    for k in range(len(shape)):
        if k != axis:
            count *= max(1, shape[k] // chunks[k])
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: the bytes of a slice
# points: 0.5
# message: it is as bad as none
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1:
        return {"rdcc_nbytes": 0}
    return {"rdcc_nbytes": int(np.prod(shape)) // shape[axis] * itemsize}


# %% mistake: always the first axis
# points: 2.25
# message: A column meets other chunks than a row.
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[0] == 1:
        return {"rdcc_nbytes": 0}
    count = int(np.prod([-(-n // c) for n, c in zip(shape[1:], chunks[1:], strict=True)]))
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: keeps chunks of one row
# points: 2.5
# message: A chunk of one row is needed by one row
def cache_settings(shape, chunks, itemsize, axis):
    count = 1
    for k in range(len(shape)):
        count *= 1 if k == axis else -(-shape[k] // chunks[k])
    return {"rdcc_nbytes": count * int(np.prod(chunks)) * itemsize}


# %% mistake: a bare number
# points: 0
# message: no settings with rdcc_nbytes
def cache_settings(shape, chunks, itemsize, axis):
    return 48_000


# %% right: lists and math
def cache_settings(shape, chunks, itemsize, axis):
    import math

    others = [k for k in range(len(shape)) if k != axis]
    count = math.prod(math.ceil(shape[k] / chunks[k]) for k in others)
    comes_back = chunks[axis] > 1
    return {"rdcc_nbytes": count * math.prod(chunks) * itemsize * comes_back}


# %% right: counts the chunks of the first slice
def cache_settings(shape, chunks, itemsize, axis):
    from itertools import product

    if chunks[axis] == 1:
        return dict(rdcc_nbytes=0)
    starts = [range(0, n, c) if k != axis else [0] for k, (n, c) in enumerate(zip(shape, chunks, strict=True))]
    return dict(rdcc_nbytes=sum(int(np.prod(chunks)) * itemsize for _ in product(*starts)), rdcc_nslots=10007)


# %% right: a whole number of NumPy
def cache_settings(shape, chunks, itemsize, axis):
    if chunks[axis] == 1:
        return dict(rdcc_nbytes=0)
    grid = np.ceil(np.array(shape) / chunks)
    grid[axis] = 1
    return dict(rdcc_nbytes=int(grid.prod()) * np.prod(chunks) * itemsize)
