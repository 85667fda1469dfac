# %% mistake: holds the whole file
# promise: a block of `rows_at_once` rows at a time
# points: 3.5
# message: You hold too much at once: a block and its float64 copies are enough. 
def normalise_rows(path, dtype, shape, rows_at_once):
    table = np.fromfile(path, dtype).reshape(shape)
    mean = table.mean(axis=1, dtype=np.float64, keepdims=True)
    std = table.std(axis=1, dtype=np.float64, keepdims=True)
    std[std == 0] = 1
    with open(path, "r+b") as file:
        ((table - mean) / std).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: one map for the whole file
# promise: the touched pages of a map count as memory until it is gone.
# points: 3.5
# message: The touched pages of a map count until the map is gone: one map for each block.
def normalise_rows(path, dtype, shape, rows_at_once):
    table = np.memmap(path, dtype, "r+", shape=tuple(shape))
    for first in range(0, shape[0], rows_at_once):
        block = table[first : first + rows_at_once]
        mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
        std = block.std(axis=1, dtype=np.float64, keepdims=True)
        std[std == 0] = 1
        block[:] = (block - mean) / std
    table.flush()


# %% mistake: leaves the result in the page cache
# promise: When the function returns, the result is on the disk, not only in the page cache.
# points: 3.5
# message: The result is in the page cache only. A power cut would take it: flush and os.fsync, or the map's flush().
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            std[std == 0] = 1
            file.seek(start)
            ((block - mean) / std).astype(dtype).tofile(file)


# %% mistake: believes that del flushes a map
# promise: When the function returns, the result is on the disk, not only in the page cache.
# points: 3.5
# message: The result is in the page cache only. A power cut would take it: flush and os.fsync, or the map's flush().
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    width = columns * np.dtype(dtype).itemsize
    for first in range(0, rows, rows_at_once):
        n = min(rows_at_once, rows - first)
        block = np.memmap(path, dtype, "r+", first * width, (n, columns))
        mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
        std = block.std(axis=1, dtype=np.float64, keepdims=True)
        std[std == 0] = 1
        block[:] = (block - mean) / std
        del block


# %% mistake: divides by a deviation of 0
# promise: a row whose items are all equal becomes 0.
# points: 3
# message: A constant row has the deviation 0: do not divide by it.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            file.seek(start)
            ((block - mean) / std).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: reads twice, one pass for the statistics
# promise: Read the file once and write it once, in place
# points: 3.75
# message: You read the file more than once. A row's mean and deviation need that row only.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    mean, std = np.empty((rows, 1)), np.empty((rows, 1))
    starts = range(0, rows, rows_at_once)
    with open(path, "r+b") as file:
        for i in starts:
            n = min(rows_at_once, rows - i)
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean[i : i + n] = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std[i : i + n] = block.std(axis=1, dtype=np.float64, keepdims=True)
        std[std == 0] = 1
        file.seek(0)
        for i in starts:
            n = min(rows_at_once, rows - i)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            file.seek(start)
            ((block - mean[i : i + n]) / std[i : i + n]).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: writes twice, the mean first
# promise: Read the file once and write it once, in place
# points: 3.25
# message: Pages were written more than once. Write each block once, and flush at the end.
# message: You read the file more than once. A row's mean and deviation need that row only.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for step in ("mean", "deviation"):
            file.seek(0)
            for first in range(0, rows, rows_at_once):
                n = min(rows_at_once, rows - first)
                start = file.tell()
                block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
                if step == "mean":
                    block = block - block.mean(axis=1, dtype=np.float64, keepdims=True)
                else:
                    std = block.std(axis=1, dtype=np.float64, keepdims=True)
                    std[std < 1e-6] = 1
                    block = block / std
                file.seek(start)
                block.astype(dtype).tofile(file)
            file.flush()
            os.fsync(file.fileno())


# %% mistake: one mean and one deviation for all
# promise: with the mean and the standard deviation of that row
# points: 0.5
# message: Every row has its own mean and its own deviation.
def normalise_rows(path, dtype, shape, rows_at_once):
    table = np.fromfile(path, dtype).astype(np.float64)
    with open(path, "r+b") as file:
        ((table - table.mean()) / (table.std() or 1)).astype(dtype).tofile(file)
        os.fsync(file.fileno())


# %% mistake: opens the file for writing and so empties it
# promise: Read the file once and write it once, in place
# points: 0
# message: The file is missing there, or has not the expected size.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "w+b") as file:
        for first in range(0, rows, rows_at_once):
            block = np.fromfile(file, dtype, rows_at_once * columns).reshape(-1, columns)
            ((block - block.mean(1, keepdims=True)) / block.std(1, keepdims=True)).tofile(file)


# %% mistake: does nothing
# promise: Replace every row by `(row - mean) / std`
# points: 0
# message: Nothing has changed in the file.
def normalise_rows(path, dtype, shape, rows_at_once):
    table = np.memmap(path, dtype, "r", shape=tuple(shape))
    for first in range(0, shape[0], rows_at_once):
        block = table[first : first + rows_at_once].copy()
        block -= block.mean(axis=1, keepdims=True)


# %% mistake: computes in the dtype of the file
# promise: compute in float64 and store in the dtype of the file.
# points: 3.5
# message: Compute the mean and the deviation in float64: the digits of a small float type are not enough.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, keepdims=True)
            std = block.std(axis=1, keepdims=True)
            std[std == 0] = 1
            file.seek(start)
            ((block - mean) / std).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: adds a small number to the deviation
# promise: with the mean and the standard deviation of that row
# points: 3.75
# message: Divide by the deviation itself: a small number that is added to it changes a row of small numbers.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            file.seek(start)
            ((block - mean) / (std + 1e-8)).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: takes a small deviation for none
# promise: a row whose items are all equal becomes 0.
# points: 3.75
# message: The items of this row differ, so its deviation is not 0, however small it is.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            std[np.isclose(std, 0)] = 1
            file.seek(start)
            ((block - mean) / std).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: a second file takes the place of the first
# promise: Read the file once and write it once, in place
# points: 3.75
# message: In place: the same file holds the result, no other one took its name.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "rb") as file, open(path + ".new", "wb") as new:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            std[std == 0] = 1
            ((block - mean) / std).astype(dtype).tofile(new)
        new.flush()
        os.fsync(new.fileno())
    os.replace(path + ".new", path)


# %% mistake: 20 rows, whatever is asked for
# promise: a block of `rows_at_once` rows at a time
# points: 3.5
# message: You hold too much at once: a block and its float64 copies are enough. 
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for first in range(0, rows, 20):
            n = min(20, rows - first)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            std[std == 0] = 1
            file.seek(start)
            ((block - mean) / std).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: the byte order of this machine
# promise: compute in float64 and store in the dtype of the file.
# points: 3.5
# message: The bytes stand in the other order: store them in the dtype of the file.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            start = file.tell()
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            mean = block.mean(axis=1, dtype=np.float64, keepdims=True)
            std = block.std(axis=1, dtype=np.float64, keepdims=True)
            std[std == 0] = 1
            file.seek(start)
            ((block - mean) / std).astype(np.dtype(dtype).newbyteorder("=")).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% mistake: divides by n - 1
# promise: with the mean and the standard deviation of that row
# points: 0.5
# message: The deviation divides by n, as np.std does, and not by n - 1.
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    itemsize = np.dtype(dtype).itemsize
    with open(path, "r+b") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            file.seek(first * columns * itemsize)
            block = np.fromfile(file, dtype, n * columns).reshape(n, columns)
            wide = block.astype("f8")
            mean, std = wide.mean(axis=1, keepdims=True), np.zeros((n, 1))
            if columns > 1:
                std = wide.std(axis=1, ddof=1, keepdims=True)
            std[std == 0] = 1
            file.seek(first * columns * itemsize)
            ((wide - mean) / std).astype(dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())


# %% right: a map for each block
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    width = columns * np.dtype(dtype).itemsize
    for first in range(0, rows, rows_at_once):
        n = min(rows_at_once, rows - first)
        block = np.memmap(path, dtype, "r+", first * width, (n, columns))
        wide = block.astype(np.float64)
        wide -= wide.mean(axis=1, keepdims=True)
        std = wide.std(axis=1, keepdims=True)
        block[:] = np.divide(wide, std, out=np.zeros_like(wide), where=std > 0)
        del block
    with open(path, "rb") as file:
        os.fsync(file.fileno())


# %% right: row by row with pread and pwrite
def normalise_rows(path, dtype, shape, rows_at_once):
    rows, columns = shape
    dtype = np.dtype(dtype)
    width = columns * dtype.itemsize
    fd = os.open(path, os.O_RDWR)
    for row in range(rows):
        values = np.frombuffer(os.pread(fd, width, row * width), dtype).astype(np.float64)
        values = values - values.mean()
        if values.any():
            values /= values.std()
        os.pwrite(fd, values.astype(dtype).tobytes(), row * width)
    os.fdatasync(fd)
    os.close(fd)


# %% mistake: block statistics instead of row
# promise: with the mean and the standard deviation of that row
# points: 1
# message: These are the mean and the deviation of the block. Each row has its own: axis=1.
def normalise_rows(path, dtype, shape, rows_at_once):
    item = np.dtype(dtype).itemsize
    with open(path, "r+b") as f:
        for i in range(0, shape[0], rows_at_once):
            k = min(rows_at_once, shape[0] - i)
            f.seek(i * shape[1] * item)
            b = np.fromfile(f, dtype=dtype, count=k * shape[1]).astype("f8")
            m, s = b.mean(), b.std()
            f.seek(i * shape[1] * item)
            f.write(((b - m) / (s or 1)).astype(dtype).tobytes())
        f.flush()
        os.fsync(f.fileno())


# %% mistake: axis 0
# promise: with the mean and the standard deviation of that row
# points: 0.25
# message: These are the means and deviations of the columns. Each row has its own: axis=1.
def normalise_rows(path, dtype, shape, rows_at_once):
    item = np.dtype(dtype).itemsize
    with open(path, "r+b") as f:
        for i in range(0, shape[0], rows_at_once):
            k = min(rows_at_once, shape[0] - i)
            f.seek(i * shape[1] * item)
            b = np.fromfile(f, dtype=dtype, count=k * shape[1]).reshape(k, -1).astype("f8")
            m, s = b.mean(0), b.std(0)
            s[s == 0] = 1
            f.seek(i * shape[1] * item)
            f.write(((b - m) / s).astype(dtype).tobytes())
        f.flush()
        os.fsync(f.fileno())


# %% mistake: fsync before flush of the buffer
# promise: the result is on the disk, not only in the page cache
# points: 3.75
# message: os.fsync does not see what is in Python's own buffer: flush() comes first.
def normalise_rows(path, dtype, shape, rows_at_once):
    item = np.dtype(dtype).itemsize
    with open(path, "r+b") as f:
        for i in range(0, shape[0], rows_at_once):
            k = min(rows_at_once, shape[0] - i)
            f.seek(i * shape[1] * item)
            b = np.frombuffer(f.read(k * shape[1] * item), dtype).reshape(k, -1).astype("f8")
            m, s = b.mean(1, keepdims=True), b.std(1, keepdims=True)
            s[s == 0] = 1
            f.seek(i * shape[1] * item)
            f.write(((b - m) / s).astype(dtype).tobytes())
        os.fsync(f.fileno())


# %% mistake: stores float64
# promise: store in the dtype of the file
# points: 0
# message: The result was stored as float64: convert it to the dtype of the file first.
def normalise_rows(path, dtype, shape, rows_at_once):
    item = np.dtype(dtype).itemsize
    with open(path, "r+b") as f:
        for i in range(0, shape[0], rows_at_once):
            k = min(rows_at_once, shape[0] - i)
            f.seek(i * shape[1] * item)
            b = np.frombuffer(f.read(k * shape[1] * item), dtype).reshape(k, -1).astype("f8")
            m, s = b.mean(1, keepdims=True), b.std(1, keepdims=True)
            s[s == 0] = 1
            f.seek(i * shape[1] * item)
            f.write(((b - m) / s).tobytes())
        f.flush()
        os.fsync(f.fileno())


# %% mistake: epsilon in the denominator
# promise: Replace every row by `(row - mean) / std`
# points: 0.5
# message: Something was added to the deviation. Only where it is 0 it needs another divisor.
def normalise_rows(path, dtype, shape, rows_at_once):
    item = np.dtype(dtype).itemsize
    with open(path, "r+b") as f:
        for i in range(0, shape[0], rows_at_once):
            k = min(rows_at_once, shape[0] - i)
            f.seek(i * shape[1] * item)
            b = np.frombuffer(f.read(k * shape[1] * item), dtype).reshape(k, -1).astype("f8")
            m, s = b.mean(1, keepdims=True), b.std(1, keepdims=True)
            f.seek(i * shape[1] * item)
            f.write(((b - m) / (s + 1e-3)).astype(dtype).tobytes())
        f.flush()
        os.fsync(f.fileno())
