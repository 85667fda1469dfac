# %% mistake: forgets the offset
# promise: A raw file holds `offset` bytes of something else (any number)
# points: 0.25
# message: The array begins at `offset`, not at the start of the file.
def map_row(path, dtype, shape, offset, row):
    return np.array(np.memmap(path, dtype=dtype, mode="r", shape=tuple(shape))[row])


# %% mistake: copies the whole array
# promise: through a memory map: only the pages of the row should be fetched.
# points: 1.5
# message: The row lies on two pages. Open a map, and touch the row only.
def map_row(path, dtype, shape, offset, row):
    table = np.array(np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape)))
    return table[row]


# %% mistake: reads the whole file
# promise: through a memory map: only the pages of the row should be fetched.
# points: 1.5
# message: The row lies on two pages. Open a map, and touch the row only.
def map_row(path, dtype, shape, offset, row):
    return np.fromfile(path, dtype, offset=offset).reshape(shape)[row]


# %% mistake: takes a column
# promise: Return row number `row` as an array of that dtype
# points: 0.25
# message: This is a column. Rows lie one after the other.
def map_row(path, dtype, shape, offset, row):
    table = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape))
    return np.array(table[:, row])


# %% mistake: changes the byte order
# promise: Return row number `row` as an array of that dtype
# points: 1.5
# message: The dtype says the byte order, too: keep it.
def map_row(path, dtype, shape, offset, row):
    table = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape))
    return table[row].astype(table.dtype.newbyteorder("="))


# %% mistake: closes the map too early
# promise: Return row number `row` as an array of that dtype
# points: 0
# message: the array looks at a memory map that is closed: copy it
def map_row(path, dtype, shape, offset, row):
    table = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape))
    values = table[row]
    table._mmap.close()
    return values


# %% mistake: skips whole items for the offset
# promise: A raw file holds `offset` bytes of something else (any number)
# points: 0.75
# message: "The offset counts bytes, and need not be a multiple of the item's size."
def map_row(path, dtype, shape, offset, row):
    items = np.memmap(path, dtype=dtype, mode="r")[offset // np.dtype(dtype).itemsize :]
    return np.array(items[: shape[0] * shape[1]].reshape(shape)[row])


# %% mistake: the byte order of this machine
# promise: Return row number `row` as an array of that dtype
# points: 1.5
# message: The dtype says the byte order, too: keep it.
def map_row(path, dtype, shape, offset, row):
    dtype = np.dtype(dtype).newbyteorder("=")
    return np.array(np.memmap(path, dtype, "r", offset, tuple(shape))[row])


# %% mistake: counts rows from 1
# promise: Return row number `row` as an array of that dtype
# points: 0.25
# message: This is the row before. Rows count from 0.
def map_row(path, dtype, shape, offset, row):
    return np.array(np.memmap(path, dtype, "r", offset, tuple(shape))[row - 1])


# %% right: maps the row alone
def map_row(path, dtype, shape, offset, row):
    columns = shape[1]
    offset += row * columns * np.dtype(dtype).itemsize
    return np.memmap(path, dtype, "r", offset, (columns,)).copy()


# %% right: the mmap module
def map_row(path, dtype, shape, offset, row):
    import mmap

    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        width = shape[1] * np.dtype(dtype).itemsize
        start = offset + row * width
        return np.frombuffer(view[start : start + width], dtype)


# %% right: bytes, viewed
def map_row(path, dtype, shape, offset, row):
    width = shape[1] * np.dtype(dtype).itemsize
    raw = np.memmap(path, "u1", "r")
    return raw[offset + row * width : offset + (row + 1) * width].copy().view(dtype)


# %% mistake: offset counted in items
# promise: A raw file holds `offset` bytes of something else (any number)
# points: 0.5
# message: An offset counts bytes, not items.
import numpy as np
def map_row(path, dtype, shape, offset, row):
    m = np.memmap(path, dtype=dtype, mode="r", offset=offset * np.dtype(dtype).itemsize, shape=shape)
    return m[row]


# %% mistake: no shape so trailing bytes break it
# promise: there may be other bytes behind it.
# points: 1
# message: There may be other bytes behind the array: give the map the shape, and it takes what it needs.
def map_row(path, dtype, shape, offset, row):
    m = np.memmap(path, dtype=dtype, mode="r", offset=offset)
    return m.reshape(shape)[row]


# %% mistake: Fortran order
# promise: an array of the given `shape`, row after row
# points: 0.25
# message: The items lie row after row: that is C order.
def map_row(path, dtype, shape, offset, row):
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape, order="F")[row]


# %% right: maps only the row
from pathlib import Path
def map_row(path, dtype, shape, offset, row):
    columns = shape[1]
    start = offset + row * columns * np.dtype(dtype).itemsize
    return np.memmap(Path(path), dtype=dtype, mode="r", offset=start, shape=(columns,))
