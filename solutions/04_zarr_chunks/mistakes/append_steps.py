# %% mistake: writes everything again
# promise: What is stored already is not written again, but for the last chunk
# points: 2.25
# message: You write steps again that are stored already. Resize, and write behind them.
def append_steps(path, block):
    old = zarr.open_array(path, mode="r")
    if block.ndim != old.ndim or block.shape[1:] != old.shape[1:] or block.dtype != old.dtype:
        raise ValueError("does not fit")
    values = np.concatenate([old[...], block])
    new = zarr.create_array(
        path, shape=values.shape, chunks=old.chunks, dtype=old.dtype, compressors=None, overwrite=True
    )
    new[...] = values
    return len(values)


# %% mistake: resizes and writes nothing
# promise: Add the steps of `block` behind the last one
# points: 0.25
# message: The new steps are 0: resizing alone writes nothing.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if block.ndim != array.ndim or block.shape[1:] != array.shape[1:] or block.dtype != array.dtype:
        raise ValueError("does not fit")
    array.resize((array.shape[0] + len(block), *array.shape[1:]))
    return array.shape[0]


# %% mistake: takes any dtype
# promise: (other lengths of the other axes, other number of axes, other dtype) raises `ValueError`
# points: 2.5
# message: Another dtype does not fit: Zarr itself converts.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    array.append(block, axis=0)
    return array.shape[0]


# %% mistake: returns the number of new steps
# promise: return how many steps there are now.
# points: 0
# message: Return the length of the whole array.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if block.dtype != array.dtype:
        raise ValueError("does not fit")
    array.append(block, axis=0)
    return len(block)


# %% mistake: resizes before it looks
# promise: and the array stays as it is.
# points: 2
# message: It raised, and the array has changed. Look at the block before you resize.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    before = array.shape[0]
    array.resize((before + len(block), *array.shape[1:]))
    if block.shape[1:] != array.shape[1:] or block.dtype != array.dtype:
        raise ValueError("does not fit")
    array[before:] = block
    return array.shape[0]


# %% mistake: opens it anew and empty
# promise: Add the steps of `block` behind the last one
# points: 0
# message: The old steps are gone: mode "w" makes a new array. Open it with "r+".
def append_steps(path, block):
    array = zarr.open_array(path, mode="w", shape=block.shape, dtype=block.dtype)
    array[:] = block
    return len(block)


# %% mistake: returns NaN
# promise: return how many steps there are now.
# points: 0
# message: expected 45, got nan
def append_steps(path, block):
    return float("nan")


# %% mistake: takes a dtype that fits into the other
# promise: (other lengths of the other axes, other number of axes, other dtype) raises `ValueError`
# points: 2.75
# message: Another dtype does not fit, also one that could be converted: Zarr itself converts.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if block.ndim != array.ndim or block.shape[1:] != array.shape[1:]:
        raise ValueError("another shape")
    if not np.can_cast(block.dtype, array.dtype):
        raise ValueError("another dtype")
    before = array.shape[0]
    array.resize((before + len(block), *array.shape[1:]))
    array[before:] = block
    return array.shape[0]


# %% mistake: adds the axis of time itself
# promise: (other lengths of the other axes, other number of axes, other dtype) raises `ValueError`
# points: 2.75
# message: A block without the axis of time does not fit: it raises ValueError.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if block.ndim == array.ndim - 1:
        block = block[None]
    if block.ndim != array.ndim or block.shape[1:] != array.shape[1:] or block.dtype != array.dtype:
        raise ValueError("does not fit")
    before = array.shape[0]
    array.resize((before + len(block), *array.shape[1:]))
    array[before:] = block
    return array.shape[0]


# %% mistake: looks at the number of items only
# promise: (other lengths of the other axes, other number of axes, other dtype) raises `ValueError`
# points: 2.75
# message: Other lengths of the other axes do not fit.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if block.ndim != array.ndim or block.dtype != array.dtype:
        raise ValueError("does not fit")
    before = array.shape[0]
    array.resize((before + len(block), *array.shape[1:]))
    array[(slice(before, None), *(slice(n) for n in block.shape[1:]))] = block
    return array.shape[0]


# %% mistake: puts the steps in front
# promise: Add the steps of `block` behind the last one
# points: 0.25
# message: The new steps belong behind the old ones.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if block.ndim != array.ndim or block.shape[1:] != array.shape[1:] or block.dtype != array.dtype:
        raise ValueError("does not fit")
    old = array[...]
    array.resize((len(old) + len(block), *array.shape[1:]))
    array[...] = np.concatenate([block, old])
    return array.shape[0]


# %% mistake: makes the array anew, with a compressor
# promise: What is stored already is not written again, but for the last chunk
# points: 0.25
# message: A new array gets a compressor. Grow the one that is there: array.resize.
def append_steps(path, block):
    old = zarr.open_array(path, mode="r")
    if block.shape[1:] != old.shape[1:] or block.dtype != old.dtype or block.ndim != old.ndim:
        raise ValueError("the block does not fit")
    values, chunks = old[:], old.chunks
    array = zarr.create_array(
        path, shape=(len(values) + len(block), *block.shape[1:]), chunks=chunks, dtype=old.dtype, overwrite=True
    )
    array[:] = np.concatenate([values, block])
    return array.shape[0]


# %% mistake: returns the length from before
# promise: return how many steps there are now.
# points: 0.25
# message: The array has its old length in this number: ask after the resize.
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if block.ndim != array.ndim or block.shape[1:] != array.shape[1:] or block.dtype != array.dtype:
        raise ValueError("the block does not fit")
    before = array.shape[0]
    array.resize((before + len(block), *array.shape[1:]))
    array[before:] = block
    return before


# %% right: append
def append_steps(path, block):
    array = zarr.open(path, mode="a")
    if block.dtype != array.dtype:
        raise ValueError(f"{block.dtype} instead of {array.dtype}")
    return array.append(block)[0]


# %% right: step by step, in a buffer of a chunk
def append_steps(path, block):
    array = zarr.open_array(path, mode="r+")
    if (block.shape[1:], block.dtype) != (array.shape[1:], array.dtype):
        raise ValueError("the block does not fit")
    start = array.shape[0]
    array.resize((start + block.shape[0],) + array.shape[1:])
    done = 0
    while done < len(block):
        n = min(array.chunks[0] - (start + done) % array.chunks[0], len(block) - done)
        array[start + done : start + done + n] = block[done : done + n]
        done += n
    return array.shape[0]


# %% mistake: returns steps added
# promise: return how many steps there are now
# points: 0
# message: Return the length of the whole array, not how many steps were added.
def append_steps(path, block):
    z = zarr.open_array(path, mode="r+")
    if block.shape[1:] != z.shape[1:] or block.dtype != z.dtype:
        raise ValueError("does not fit")
    z.append(block)
    return len(block)


# %% mistake: step by step
# promise: What is stored already is not written again, but for the last chunk
# points: 2.5
# message: You append one step at a time: each writes its chunk again. Append the block at once.
def append_steps(path, block):
    z = zarr.open_array(path, mode="r+")
    if block.shape[1:] != z.shape[1:] or block.dtype != z.dtype:
        raise ValueError("does not fit")
    for step in block:
        z.append(step[None])
    return z.shape[0]


# %% mistake: pads to whole chunk
# promise: Add the steps of `block` behind the last one
# points: 0.25
# message: The last chunk may be filled in part: the new steps follow the last one, not the end of the chunk.
def append_steps(path, block):
    z = zarr.open_array(path, mode="r+")
    if block.shape[1:] != z.shape[1:] or block.dtype != z.dtype:
        raise ValueError("does not fit")
    n = -(-z.shape[0] // z.chunks[0]) * z.chunks[0]
    z.resize((n + len(block), *z.shape[1:]))
    z[n:] = block
    return z.shape[0]


# %% mistake: mode a creates new
# promise: Add the steps of `block` behind the last one
# points: 0
# message: The old steps are gone: mode "w" makes a new array. Open it with "r+".
def append_steps(path, block):
    z = zarr.open_array(path, mode="w", shape=block.shape, dtype=block.dtype)
    z[:] = block
    return z.shape[0]


# %% mistake: returns before the append
# promise: return how many steps there are now
# points: 0.25
# message: This is how many steps there were before.
def append_steps(path, block):
    z = zarr.open_array(path, mode="r+")
    if block.shape[1:] != z.shape[1:] or block.dtype != z.dtype:
        raise ValueError("does not fit")
    n = z.shape[0]
    z.append(block)
    return n


# %% mistake: whole shape compared
# promise: other lengths of the other axes
# points: 0
# message: The first axis may differ: compare the lengths of the other axes only.
def append_steps(path, block):
    z = zarr.open_array(path, mode="r+")
    if block.shape != z.shape or block.dtype != z.dtype:
        raise ValueError("does not fit")
    z.append(block)
    return z.shape[0]
