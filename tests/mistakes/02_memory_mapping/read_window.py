# %% mistake: takes the offset for items
# points: 1.25
# message: an offset counts bytes, not items
def read_window(path, dtype, start, count):
    items = os.path.getsize(path) // np.dtype(dtype).itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count, offset=start)


# %% mistake: returns less at the end
# points: 2
# message: One item is missing, and the caller is not told.
# message: The items are missing, and the caller is not told.
def read_window(path, dtype, start, count):
    return np.fromfile(path, dtype, count, offset=start * np.dtype(dtype).itemsize)


# %% mistake: reads the whole file
# points: 2.5
# message: Go to its start, and stop at its end.
def read_window(path, dtype, start, count):
    values = np.fromfile(path, dtype)
    if start + count > len(values):
        raise ValueError(f"the file has {len(values)} items")
    return values[start : start + count]


# %% mistake: refuses the last item
# points: 2.5
# message: The window ends exactly at the end of the file
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    items = os.path.getsize(path) // itemsize
    if start + count >= items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count, offset=start * itemsize)


# %% mistake: names bytes for items
# points: 2
# message: Name the number of items that the file has
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    if (start + count) * itemsize > os.path.getsize(path):
        raise ValueError(f"the file has {os.path.getsize(path)} bytes")
    return np.fromfile(path, dtype, count, offset=start * itemsize)


# %% mistake: reads to the end
# points: 1.5
# message: expected shape (1000,), got (100000,)
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    items = os.path.getsize(path) // itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, offset=start * itemsize)


# %% right: through a map
def read_window(path, dtype, start, count):
    values = np.memmap(path, dtype, "r")
    if start + count > values.size:
        raise ValueError(f"{values.size} items in the file, {start + count} wanted")
    return np.array(values[start : start + count])


# %% right: seek and read
def read_window(path, dtype, start, count):
    dtype = np.dtype(dtype)
    with open(path, "rb") as file:
        items = file.seek(0, os.SEEK_END) // dtype.itemsize
        if start + count > items:
            raise ValueError(f"items up to {start + count} of {items}")
        file.seek(start * dtype.itemsize)
        return np.frombuffer(file.read(count * dtype.itemsize), dtype)
