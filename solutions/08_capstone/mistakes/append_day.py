# %% mistake: straight into the cube
# points: 0.25
# message: The day goes to the tail. The cube grows by whole chunks of days only.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("does not fit")
    cube.append(day[None])
    return cube.shape[0] + tail.shape[0]


# %% mistake: never moves the tail
# points: 1.75
# message: The tail has as many days as a chunk of the cube: move them.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("does not fit")
    tail.append(day[None])
    return cube.shape[0] + tail.shape[0]


# %% mistake: does not empty the tail
# points: 1.75
# message: The days are in the cube now. Resize the tail to no day.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("does not fit")
    tail.append(day[None])
    if tail.shape[0] == cube.chunks[0]:
        cube.append(tail[:])
    return cube.shape[0] + tail.shape[0]


# %% mistake: writes the whole tail each time
# points: 2.75
# message: A day has 36 KiB, and nothing else has to be written: not the days that wait already, and not the cube.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("does not fit")
    days = np.concatenate([tail[:], day[None]])
    if len(days) == cube.chunks[0]:
        cube.append(days)
        days = days[:0]
    tail.resize(days.shape)
    tail[...] = days
    return cube.shape[0] + len(days)


# %% mistake: moves day by day
# points: 2.75
# message: Write the days to the cube at once: day by day, every chunk is written again and again.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("does not fit")
    tail.append(day[None])
    if tail.shape[0] == cube.chunks[0]:
        for waiting in tail[:]:
            cube.append(waiting[None])
        tail.resize((0, *day.shape))
    return cube.shape[0] + tail.shape[0]


# %% mistake: takes any dtype
# points: 2.5
# message: A day of another shape or dtype raises ValueError, before anything is changed.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    tail.append(day[None])
    if tail.shape[0] == cube.chunks[0]:
        cube.append(tail[:])
        tail.resize((0, *day.shape))
    return cube.shape[0] + tail.shape[0]


# %% mistake: forgets the cube in the count
# points: 2.5
# message: Count the days of the cube, too.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("does not fit")
    tail.append(day[None])
    count = tail.shape[0]
    if count == cube.chunks[0]:
        cube.append(tail[:])
        tail.resize((0, *day.shape))
    return count


# %% mistake: deletes the group
# points: 0
# message: cube: no usable file
def append_day(path, day):
    import shutil

    shutil.rmtree(path)
    return 23


# %% mistake: makes a new tail, with a compressor
# points: 0
# message: tail: no usable file
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("the day does not fit")
    days = np.concatenate([tail[:], day[None]])
    total = cube.shape[0] + len(days)
    if len(days) == cube.chunks[0]:
        cube.append(days)
        days = days[:0]
    made = group.create_array("tail", shape=days.shape, chunks=(1, *day.shape), dtype=day.dtype, overwrite=True)
    made[...] = days
    return total


# %% right: through the tail
def append_day(path, day):
    cube = zarr.open_array(path + "/cube", mode="r+")
    tail = zarr.open_array(path + "/tail", mode="r+")
    if (day.shape, day.dtype) != (cube.shape[1:], cube.dtype):
        raise ValueError(f"a day of {day.shape} does not fit")
    n = tail.shape[0]
    tail.resize((n + 1, *day.shape))
    tail[n] = day
    if n + 1 == cube.chunks[0]:
        start = cube.shape[0]
        cube.resize((start + n + 1, *day.shape))
        cube[start:] = tail[...]
        tail.resize((0, *day.shape))
        return start + n + 1
    return cube.shape[0] + n + 1


# %% right: with a block in memory
def append_day(path, day):
    group = zarr.open(path, mode="a")
    cube, tail = group["cube"], group["tail"]
    if day.ndim != 2 or tuple(day.shape) != tuple(cube.shape)[1:] or day.dtype.str != cube.dtype.str:
        raise ValueError("expected one map of the cube")
    block = np.empty((cube.chunks[0], *day.shape), day.dtype)
    waiting = tail.shape[0]
    if waiting + 1 == len(block):
        if waiting:
            block[:waiting] = tail[:waiting]
        block[waiting] = day
        cube.append(block)
        tail.resize((0,) + day.shape)
        return cube.shape[0]
    tail.append(np.expand_dims(day, 0))
    return cube.shape[0] + waiting + 1


# %% mistake: joins a map and days
# points: 1.75
# message: Your function raised ValueError
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("the day does not fit")
    if tail.shape[0] + 1 < cube.chunks[0]:
        tail.append(day[None])
    else:
        cube.append(np.concatenate([tail[:], day]))
        tail.resize((0, *day.shape))
    return cube.shape[0] + tail.shape[0]


# %% mistake: appends the tail itself
# points: 1.75
# message: append wants a NumPy array, and the tail is one of Zarr
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError("does not fit")
    tail.append(day[None])
    if tail.shape[0] == cube.chunks[0]:
        cube.append(tail)
        tail.resize((0, *day.shape))
    return cube.shape[0] + tail.shape[0]
