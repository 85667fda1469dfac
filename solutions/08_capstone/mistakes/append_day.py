# %% mistake: straight into the cube
# promise: The cube always has whole chunks of days.
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
# promise: If the tail then has as many days as a chunk of the cube is long
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
# promise: and empty the tail: resize it to no day.
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
# promise: each append reads and writes them all again.
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
# promise: each append reads and writes them all again.
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
# promise: A day that has not the shape or not the dtype of a map of the cube raises `ValueError`, and nothing changes.
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
# promise: Return the number of days in both arrays.
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
# promise: The Zarr group at `path` has two arrays without compression
# points: 0
# message: The cube is gone: mode "w" begins with an empty group.
def append_day(path, day):
    import shutil

    shutil.rmtree(path)
    return 23


# %% mistake: makes a new tail, with a compressor
# promise: The Zarr group at `path` has two arrays without compression
# points: 0
# message: "A new array gets a compressor, unless it is created with compressors=None. Better append to the tail that is there."
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


# %% mistake: moves the tail without the new day
# promise: move them all to the cube
# points: 1.75
# message: The last day is missing in the cube: it is part of the chunk that is full now.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError(f"expected a map of {cube.shape[1:]}, {cube.dtype}")
    total = cube.shape[0] + tail.shape[0] + 1
    if tail.shape[0] + 1 < cube.chunks[0]:
        tail.append(day[None])
    else:
        cube.append(tail[:])
        tail.resize((0, *tail.shape[1:]))
    return total


# %% mistake: puts the day over the last one
# promise: its days follow those of the cube.
# points: 0.75
# message: The tail has the right number of days, but not the right values: the new day goes behind the others.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError(f"expected a map of {cube.shape[1:]}, {cube.dtype}")
    total = cube.shape[0] + tail.shape[0] + 1
    if tail.shape[0] + 1 < cube.chunks[0]:
        tail.resize((tail.shape[0] + 1, *tail.shape[1:]))
        tail[-2 if tail.shape[0] > 1 else -1] = day
    else:
        cube.append(np.concatenate([tail[:], day[None]]))
        tail.resize((0, *tail.shape[1:]))
    return total


# %% mistake: the number of days before
# promise: Return the number of days in both arrays.
# points: 2.5
# message: This is the number before: the new day counts, too.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError(f"expected a map of {cube.shape[1:]}, {cube.dtype}")
    total = cube.shape[0] + tail.shape[0]
    if tail.shape[0] + 1 < cube.chunks[0]:
        tail.append(day[None])
    else:
        cube.append(np.concatenate([tail[:], day[None]]))
        tail.resize((0, *tail.shape[1:]))
    return total


# %% mistake: a tail is never shorter than one day
# promise: If the tail then has as many days as a chunk of the cube is long
# points: 2.75
# message: With chunks of one day, one day fills a chunk.
def append_day(path, day):
    group = zarr.open_group(path, mode="r+")
    cube, tail = group["cube"], group["tail"]
    if day.shape != cube.shape[1:] or day.dtype != cube.dtype:
        raise ValueError(f"expected a map of {cube.shape[1:]}, {cube.dtype}")
    total = cube.shape[0] + tail.shape[0] + 1
    if tail.shape[0] + 1 < max(2, cube.chunks[0]):
        tail.append(day[None])
    else:
        cube.append(np.concatenate([tail[:], day[None]]))
        tail.resize((0, *tail.shape[1:]))
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
# promise: move them all to the cube
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
# promise: move them all to the cube
# points: 1.75
# message: "append() wants a NumPy array, and the tail is one of Zarr: tail[:] reads its days."
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


# %% mistake: returns cube length
# promise: Return the number of days in both arrays.
# points: 2.5
# message: Return the days of the cube and of the tail together.
def append_day(path, day):
    g = zarr.open_group(path, mode="r+")
    c, t = g["cube"], g["tail"]
    if day.shape != c.shape[1:] or day.dtype != c.dtype:
        raise ValueError("no fit")
    t.append(day[None])
    if t.shape[0] == c.chunks[0]:
        c.append(t[:])
        t.resize((0, *t.shape[1:]))
    return c.shape[0]


# %% mistake: sets tail to zeros instead of resize
# promise: resize it to no day
# points: 1.75
# message: The tail still has days: resize it to none.
def append_day(path, day):
    g = zarr.open_group(path, mode="r+")
    c, t = g["cube"], g["tail"]
    if day.shape != c.shape[1:] or day.dtype != c.dtype:
        raise ValueError("no fit")
    t.append(day[None])
    n = c.shape[0] + t.shape[0]
    if t.shape[0] == c.chunks[0]:
        c.append(t[:])
        t[:] = 0
    return n
