# %% mistake: holds the whole table
# promise: Hold at most about `rows_at_once` rows of the table at a time
# points: 2.5
# message: You hold too much at once: one block of rows is enough. The touched pages of a map count until the map is gone.
def fill_table(columns, dtype, path, rows_at_once):
    table = [np.fromfile(column, dtype) for column in columns]
    np.stack(table, axis=1, dtype=dtype).tofile(path)


# %% mistake: one column after the other through a map
# promise: (the touched pages of a map count until it is gone)
# points: 2.5
# message: The touched pages of a map count
def fill_table(columns, dtype, path, rows_at_once):
    rows = os.path.getsize(columns[0]) // np.dtype(dtype).itemsize
    table = np.memmap(path, dtype, "w+", shape=(rows, len(columns)))
    for number, column in enumerate(columns):
        table[:, number] = np.fromfile(column, dtype)


# %% mistake: flushes after each column
# promise: write the new file from front to back, so that each of its pages is written once.
# points: 2
# message: Pages were written more than once.
def fill_table(columns, dtype, path, rows_at_once):
    rows = os.path.getsize(columns[0]) // np.dtype(dtype).itemsize
    table = np.memmap(path, dtype, "w+", shape=(rows, len(columns)))
    for number, column in enumerate(columns):
        table[:, number] = np.fromfile(column, dtype)
        table.flush()


# %% mistake: columns one after the other in the file
# promise: Write the table to a new raw file at `path`, row after row.
# points: 0.25
# message: Column after column stands there. A row has one value of each column.
def fill_table(columns, dtype, path, rows_at_once):
    with open(path, "wb") as table:
        for column in columns:
            np.fromfile(column, dtype).tofile(table)


# %% mistake: reads every column again for each block
# promise: read each column about once
# points: 2.75
# message: You read the columns more than once: read the part that the block needs. (np.fromfile with a path reads a whole buffer of 4096 bytes for the smallest part.)
def fill_table(columns, dtype, path, rows_at_once):
    rows = os.path.getsize(columns[0]) // np.dtype(dtype).itemsize
    with open(path, "wb") as table:
        for first in range(0, rows, rows_at_once):
            part = slice(first, first + rows_at_once)
            block = [np.fromfile(column, dtype)[part].copy() for column in columns]
            np.stack(block, axis=1, dtype=dtype).tofile(table)


# %% mistake: keeps maps of all columns
# promise: (the touched pages of a map count until it is gone)
# points: 2.5
# message: The touched pages of a map count
def fill_table(columns, dtype, path, rows_at_once):
    maps = [np.memmap(column, dtype, "r") for column in columns]
    with open(path, "wb") as table:
        for first in range(0, len(maps[0]), rows_at_once):
            block = [column[first : first + rows_at_once] for column in maps]
            np.stack(block, axis=1, dtype=dtype).tofile(table)


# %% mistake: forgets the shorter last block
# promise: Write the table to a new raw file at `path`, row after row.
# points: 1.5
# message: The file is missing there, or has not the expected size.
def fill_table(columns, dtype, path, rows_at_once):
    itemsize = np.dtype(dtype).itemsize
    rows = os.path.getsize(columns[0]) // itemsize
    with open(path, "wb") as table:
        for first in range(0, rows - rows_at_once + 1, rows_at_once):
            block = [
                np.fromfile(c, dtype, rows_at_once, offset=first * itemsize) for c in columns
            ]
            np.stack(block, axis=1).tofile(table)


# %% mistake: loses the byte order
# promise: The values keep their dtype, byte order included.
# points: 2.25
# message: The bytes stand in the other order. np.stack and np.array turn to the machine's own order: give them the dtype.
def fill_table(columns, dtype, path, rows_at_once):
    sources = [open(column, "rb") for column in columns]
    with open(path, "wb") as table:
        while True:
            parts = [np.fromfile(source, dtype, rows_at_once) for source in sources]
            if not parts[0].size:
                break
            np.stack(parts, axis=1).tofile(table)


# %% mistake: 65536 rows, whatever is asked for
# promise: Hold at most about `rows_at_once` rows of the table at a time
# points: 2.5
# message: You hold too much at once: one block of rows is enough. The touched pages of a map count until the map is gone.
def fill_table(columns, dtype, path, rows_at_once):
    itemsize = np.dtype(dtype).itemsize
    rows = os.path.getsize(columns[0]) // itemsize
    with open(path, "wb") as table:
        for first in range(0, rows, 65536):
            n = min(65536, rows - first)
            block = np.empty((n, len(columns)), dtype)
            for number, column in enumerate(columns):
                block[:, number] = np.fromfile(column, dtype, n, offset=first * itemsize)
            block.tofile(table)


# %% mistake: takes the offset in items
# promise: Each column of a table lies in a raw file of its own.
# points: 0.25
# message: "The values come from other places of the columns: an offset counts bytes, not items."
def fill_table(columns, dtype, path, rows_at_once):
    rows = os.path.getsize(columns[0]) // np.dtype(dtype).itemsize
    with open(path, "wb") as table:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            block = np.zeros((n, len(columns)), dtype)
            for number, column in enumerate(columns):
                values = np.fromfile(column, dtype, n, offset=first)
                block[: len(values), number] = values
            block.tofile(table)


# %% right: open files and transposed blocks
def fill_table(columns, dtype, path, rows_at_once):
    sources = [open(column, "rb") for column in columns]
    with open(path, "wb") as table:
        while True:
            parts = [np.fromfile(source, dtype, rows_at_once) for source in sources]
            block = np.array(parts, dtype)
            if not block.size:
                break
            table.write(block.T.tobytes())
    for source in sources:
        source.close()


# %% right: a map for each block
def fill_table(columns, dtype, path, rows_at_once):
    dtype = np.dtype(dtype)
    rows = os.path.getsize(columns[0]) // dtype.itemsize
    with open(path, "wb") as file:
        file.truncate(rows * len(columns) * dtype.itemsize)
    for first in range(0, rows, rows_at_once):
        n = min(rows_at_once, rows - first)
        offset = first * dtype.itemsize
        block = np.memmap(path, dtype, "r+", offset * len(columns), (n, len(columns)))
        for number, column in enumerate(columns):
            block[:, number] = np.memmap(column, dtype, "r", offset, (n,))
        del block


# %% right: smaller blocks than allowed, by path
def fill_table(columns, dtype, path, rows_at_once):
    itemsize = np.dtype(dtype).itemsize
    rows = os.path.getsize(columns[0]) // itemsize
    step = min(rows_at_once, 500)
    with open(path, "wb") as table:
        for first in range(0, rows, step):
            block = [np.fromfile(c, dtype, step, offset=first * itemsize) for c in columns]
            table.write(np.stack(block, axis=1, dtype=dtype))


# %% mistake: everything in memory
# promise: Hold at most about `rows_at_once` rows of the table at a time
# points: 1.75
# message: You hold the whole table, and the bytes turn to the machine's own order on the way.
def fill_table(columns, dtype, path, rows_at_once):
    np.column_stack([np.fromfile(c, dtype=dtype) for c in columns]).tofile(path)


# %% mistake: reads whole columns per block
# promise: read each column about once
# points: 1.5
# message: You read all of each column for each block, and the bytes turn to the machine's own order on the way.
def fill_table(columns, dtype, path, rows_at_once):
    n = os.path.getsize(columns[0]) // np.dtype(dtype).itemsize
    with open(path, "wb") as f:
        for i in range(0, n, rows_at_once):
            np.column_stack([np.fromfile(c, dtype=dtype)[i:i + rows_at_once] for c in columns]).tofile(f)


# %% mistake: stack axis 0
# promise: Write the table to a new raw file at `path`, row after row.
# points: 0.25
# message: Within each block, column after column stands there. A row has one value of each column: stack along axis 1.
def fill_table(columns, dtype, path, rows_at_once):
    files = [open(c, "rb") for c in columns]
    with open(path, "wb") as f:
        while True:
            parts = [np.fromfile(g, dtype=dtype, count=rows_at_once) for g in files]
            if not parts[0].size:
                break
            np.stack(parts).tofile(f)
    for g in files:
        g.close()


# %% mistake: float64 buffer
# promise: The values keep their dtype, byte order included.
# points: 0.25
# message: The values are wider than they were: the block that you fill needs the dtype of the columns.
def fill_table(columns, dtype, path, rows_at_once):
    n = os.path.getsize(columns[0]) // np.dtype(dtype).itemsize
    files = [open(c, "rb") for c in columns]
    with open(path, "wb") as f:
        for i in range(0, n, rows_at_once):
            k = min(rows_at_once, n - i)
            block = np.empty((k, len(columns)))
            for j, g in enumerate(files):
                block[:, j] = np.fromfile(g, dtype=dtype, count=k)
            f.write(block.tobytes())
    for g in files:
        g.close()


# %% mistake: leaves the column files open
# promise: Write the table to a new raw file at `path`, row after row.
# points: 1.5
# message: The last bytes are still in the buffer of an open file: close it, or use `with`.
handles = []
def fill_table(columns, dtype, path, rows_at_once):
    files = [open(c, "rb") for c in columns]
    handles.extend(files)
    f = open(path, "wb")
    handles.append(f)
    while True:
        parts = [np.fromfile(g, dtype=dtype, count=rows_at_once) for g in files]
        if not parts[0].size:
            break
        f.write(np.stack(parts, axis=1).tobytes())
