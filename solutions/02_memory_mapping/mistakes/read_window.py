# %% mistake: takes the offset for items
# promise: Return items `start` up to, but without, `start + count` of a raw file of one dtype.
# points: 1.5
# message: The values are others: an offset counts bytes, not items.
def read_window(path, dtype, start, count):
    items = os.path.getsize(path) // np.dtype(dtype).itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count, offset=start)


# %% mistake: returns less at the end
# promise: A window that does not lie within the file is an error
# points: 2
# message: One item is missing, and the caller is not told.
def read_window(path, dtype, start, count):
    return np.fromfile(path, dtype, count, offset=start * np.dtype(dtype).itemsize)


# %% mistake: reads the whole file
# promise: Read only those items.
# points: 2.5
# message: The window has 4000 bytes, and the file more than a million. Go to its start, and stop at its end.
def read_window(path, dtype, start, count):
    values = np.fromfile(path, dtype)
    if start + count > len(values):
        raise ValueError(f"the file has {len(values)} items")
    return values[start : start + count]


# %% mistake: refuses the last item
# promise: Return items `start` up to, but without, `start + count` of a raw file of one dtype.
# points: 2.5
# message: The window ends exactly at the end of the file: that is allowed.
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    items = os.path.getsize(path) // itemsize
    if start + count >= items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count, offset=start * itemsize)


# %% mistake: names bytes for items
# promise: raise a `ValueError` whose text names the number of items that the file has.
# points: 2.25
# message: Name the number of items that the file has: items, not bytes, in digits only.
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    if (start + count) * itemsize > os.path.getsize(path):
        raise ValueError(f"the file has {os.path.getsize(path)} bytes")
    return np.fromfile(path, dtype, count, offset=start * itemsize)


# %% mistake: reads to the end
# promise: Read only those items.
# points: 1.5
# message: expected shape (1000,), got (100000,)
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    items = os.path.getsize(path) // itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, offset=start * itemsize)


# %% mistake: refuses only a start behind the end
# promise: A window that does not lie within the file is an error
# points: 2.5
# message: One item is missing, and the caller is not told.
def read_window(path, dtype, start, count):
    items = os.path.getsize(path) // np.dtype(dtype).itemsize
    if start >= items and count:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count, offset=start * np.dtype(dtype).itemsize)


# %% mistake: no items are all items
# promise: Return items `start` up to, but without, `start + count` of a raw file of one dtype.
# points: 2.75
# message: "No items are wanted, and some came: a count of 0 means none."
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    items = os.path.getsize(path) // itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count or -1, offset=start * itemsize)


# %% mistake: the byte order of this machine
# promise: Return items `start` up to, but without, `start + count` of a raw file of one dtype.
# points: 2.25
# message: The dtype says the byte order, too: keep it.
def read_window(path, dtype, start, count):
    dtype = np.dtype(dtype)
    items = os.path.getsize(path) // dtype.itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype.newbyteorder("="), count, offset=start * dtype.itemsize)


# %% mistake: the end for the count
# promise: Return items `start` up to, but without, `start + count` of a raw file of one dtype.
# points: 1.25
# message: "The count says how many items, not where they end."
def read_window(path, dtype, start, count):
    itemsize = np.dtype(dtype).itemsize
    items = os.path.getsize(path) // itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, max(0, count - start), offset=start * itemsize)


# %% mistake: an error without the number
# promise: raise a `ValueError` whose text names the number of items that the file has.
# points: 2
# message: Name the number of items that the file has: items, not bytes, in digits only.
def read_window(path, dtype, start, count):
    found = np.fromfile(path, dtype, count, offset=start * np.dtype(dtype).itemsize)
    if len(found) < count:
        raise ValueError("the window is not in the file")
    return found


# %% mistake: takes no items for an error
# promise: Return items `start` up to, but without, `start + count` of a raw file of one dtype.
# points: 2.75
# message: No items are a window, too.
def read_window(path, dtype, start, count):
    items = os.path.getsize(path) // np.dtype(dtype).itemsize
    if count < 1 or start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count, offset=start * np.dtype(dtype).itemsize)


# %% mistake: from the start of the file
# promise: Return items `start` up to, but without, `start + count` of a raw file of one dtype.
# points: 1.25
# message: These items stand at the start of the file, and `start` tells where the window begins.
def read_window(path, dtype, start, count):
    items = os.path.getsize(path) // np.dtype(dtype).itemsize
    if start + count > items:
        raise ValueError(f"the file has {items} items")
    return np.fromfile(path, dtype, count)


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


# %% right: bytes of a map
def read_window(path, dtype, start, count):
    dtype = np.dtype(dtype)
    raw = np.memmap(path, mode="r")
    if (start + count) * dtype.itemsize > len(raw):
        raise ValueError("only %d items there" % (len(raw) // dtype.itemsize))
    return raw[start * dtype.itemsize : (start + count) * dtype.itemsize].copy().view(dtype)


# %% mistake: IndexError instead
# promise: raise a `ValueError`
# points: 2
# message: An error of another kind came: raise ValueError.
def read_window(path, dtype, start, count):
    item = np.dtype(dtype).itemsize
    n = os.path.getsize(path) // item
    if start + count > n:
        raise IndexError(f"items {start} to {start + count} are wanted, the file has {n}")
    return np.fromfile(path, dtype=dtype, count=count, offset=start * item)
