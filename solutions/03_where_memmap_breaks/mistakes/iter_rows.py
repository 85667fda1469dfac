# %% mistake: reads the whole file first
# promise: The first row is there at once, however large the file is and wherever `start` is.
# points: 1.75
# message: You read much more than three rows before the first one is there.
def iter_rows(path, dtype, columns, start=0):
    rows = np.fromfile(path, dtype).reshape(-1, columns)
    yield from rows[start:]


# %% mistake: one buffer for all rows
# promise: a row that was yielded stays as it is when the next one comes.
# points: 0.75
# message: All rows are the last one: you yield the same memory again and again.
def iter_rows(path, dtype, columns, start=0):
    row = np.empty(columns, dtype)
    with open(path, "rb") as file:
        file.seek(start * row.nbytes)
        while file.readinto(row.view(np.uint8)):
            yield row


# %% mistake: reads and drops the rows before the first
# promise: The first row is there at once, however large the file is and wherever `start` is.
# points: 2.5
# message: You read more than the two rows: the rows before `start` (file.seek goes there at once), or many behind them.
def iter_rows(path, dtype, columns, start=0):
    nbytes = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as file:
        number = 0
        while row := file.read(nbytes):
            if number >= start:
                yield np.frombuffer(row, dtype)
            number += 1


# %% mistake: leaves the file open
# promise: The file is closed when the generator ends or is closed.
# points: 2.75
# message: The file stays open when the generator is closed: use `with open(...)`.
def iter_rows(path, dtype, columns, start=0):
    nbytes = columns * np.dtype(dtype).itemsize
    fd = os.open(path, os.O_RDONLY)
    for number in range(start, os.fstat(fd).st_size // nbytes):
        yield np.frombuffer(os.pread(fd, nbytes, number * nbytes), dtype)


# %% mistake: misses the last row
# promise: Write a generator that yields its rows
# points: 2.5
# message: The last row counts, too.
def iter_rows(path, dtype, columns, start=0):
    nbytes = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as file:
        for number in range(start, os.path.getsize(path) // nbytes - 1):
            file.seek(number * nbytes)
            yield np.frombuffer(file.read(nbytes), dtype)


# %% mistake: returns a list
# promise: Write a generator that yields its rows
# points: 0
# message: A generator function has a `yield` in it.
def iter_rows(path, dtype, columns, start=0):
    return list(np.fromfile(path, dtype).reshape(-1, columns)[start:])


# %% mistake: the byte order of this machine
# promise: as one-dimensional arrays.
# points: 2.5
# message: The dtype tells the byte order, too: keep it.
def iter_rows(path, dtype, columns, start=0):
    kind = np.dtype(dtype)
    with open(path, "rb") as file:
        file.seek(start * columns * kind.itemsize)
        while row := file.read(columns * kind.itemsize):
            yield np.frombuffer(row, kind).astype(kind.newbyteorder("="))


# %% mistake: reads 100 rows at a time
# promise: It never holds more than a few rows
# points: 2
# message: You read much more than three rows before the first one is there.
def iter_rows(path, dtype, columns, start=0):
    nbytes = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as file:
        file.seek(start * nbytes)
        while part := file.read(100 * nbytes):
            yield from np.frombuffer(part, dtype).reshape(-1, columns)


# %% mistake: goes on after the end
# promise: The file has whole rows only
# points: 2.25
# message: After the last row the generator ends.
def iter_rows(path, dtype, columns, start=0):
    nbytes = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as file:
        file.seek(start * nbytes)
        while True:
            yield np.frombuffer(file.read(nbytes), dtype)


# %% mistake: takes the start in items
# promise: from row `start` on
# points: 1.5
# message: "The start counts rows: the first byte is start times the bytes of a row."
def iter_rows(path, dtype, columns, start=0):
    kind = np.dtype(dtype)
    with open(path, "rb") as file:
        file.seek(start * kind.itemsize)
        while len(row := file.read(columns * kind.itemsize)) == columns * kind.itemsize:
            yield np.frombuffer(row, dtype)


# %% mistake: maps an empty file
# promise: then there is nothing to yield.
# points: 2.75
# message: An empty file has no rows. It cannot be mapped.
def iter_rows(path, dtype, columns, start=0):
    film = np.memmap(path, dtype, "r").reshape(-1, columns)
    for number in range(start, len(film)):
        yield np.array(film[number])


# %% right: fromfile, row by row
def iter_rows(path, dtype, columns, start=0):
    with open(path, "rb") as file:
        file.seek(start * columns * np.dtype(dtype).itemsize)
        while (row := np.fromfile(file, dtype, columns)).size:
            yield row


# %% right: rows of a memory map, copied
def iter_rows(path, dtype, columns, start=0):
    if os.path.getsize(path):
        film = np.memmap(path, dtype, "r").reshape(-1, columns)
        for number in range(start, len(film)):
            yield np.array(film[number])


# %% right: rows that look at a memory map
def iter_rows(path, dtype, columns, start=0):
    if os.path.getsize(path):
        film = np.memmap(path, dtype, "r").reshape(-1, columns)
        yield from film[start:]


# %% mistake: start in items
# promise: from row `start` on
# points: 1.5
# message: `start` counts rows: seek to start * bytes of a row.
def iter_rows(path, dtype, columns, start=0):
    item = np.dtype(dtype).itemsize
    with open(path, "rb") as f:
        f.seek(start * item)
        while b := f.read(columns * item):
            yield np.frombuffer(b, dtype)


# %% mistake: yields an empty row at the end
# promise: then there is nothing to yield
# points: 2.25
# message: Something that is no row came at the end: stop before you yield.
def iter_rows(path, dtype, columns, start=0):
    n = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as f:
        f.seek(start * n)
        while True:
            b = f.read(n)
            yield np.frombuffer(b, dtype)
            if len(b) < n:
                break


# %% mistake: two-dimensional rows
# promise: as one-dimensional arrays
# points: 0.25
# message: A row has one axis.
def iter_rows(path, dtype, columns, start=0):
    n = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as f:
        f.seek(start * n)
        while b := f.read(n):
            yield np.frombuffer(b, dtype).reshape(1, columns)


# %% mistake: ignores start
# promise: from row `start` on
# points: 1.5
# message: The rows begin with row `start`.
def iter_rows(path, dtype, columns, start=0):
    n = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as f:
        while b := f.read(n):
            yield np.frombuffer(b, dtype)
