# %% mistake: reads the whole file
# promise: but hold at most about `rows_at_once` rows at a time
# points: 2.25
# message: You hold too much at once. Read `rows_at_once` rows, and let them go before the next. 
def blocked_std(path, dtype, shape, rows_at_once):
    return float(np.fromfile(path, dtype).std(dtype=np.float64))


# %% mistake: one map for the whole file
# promise: the touched pages of a map of the whole file count, too.
# points: 2.25
# message: The touched pages of a map count until the map is gone: one map for each block.
def blocked_std(path, dtype, shape, rows_at_once):
    table = np.memmap(path, dtype, "r", shape=tuple(shape))
    blocks = [table[i : i + rows_at_once] for i in range(0, shape[0], rows_at_once)]
    mean = sum(block.sum(dtype=np.float64) for block in blocks) / table.size
    squares = sum(np.square(block - mean, dtype=np.float64).sum() for block in blocks)
    return float(np.sqrt(squares / table.size))


# %% mistake: mean of the blocks' deviations
# promise: Return the standard deviation of all its items, as `np.std` does
# points: 0.75
# message: A mean of the blocks' deviations misses how the blocks differ.
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape
    deviations = []
    with open(path, "rb") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            deviations.append(np.fromfile(file, dtype, n * columns).std(dtype=np.float64))
    return float(np.mean(deviations))


# %% mistake: mean of the squares minus square of the mean
# promise: Mind the rounding: where the mean is large and the spread is small
# points: 2.25
# message: Rounding ate the digits. Subtract the mean first, then square, in float64.
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape
    total = squares = 0.0
    with open(path, "rb") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            block = np.fromfile(file, dtype, n * columns).astype(np.float64)
            total += block.sum()
            squares += np.square(block).sum()
    count = rows * columns
    return float(np.sqrt(squares / count - (total / count) ** 2))


# %% mistake: forgets the root
# promise: Return the standard deviation of all its items, as `np.std` does
# points: 0
# message: This is the variance. Take its root.
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape

    def blocks():
        with open(path, "rb") as file:
            for first in range(0, rows, rows_at_once):
                n = min(rows_at_once, rows - first)
                yield np.fromfile(file, dtype, n * columns)

    mean = sum(block.sum(dtype=np.float64) for block in blocks()) / (rows * columns)
    squares = sum(np.square(block - mean, dtype=np.float64).sum() for block in blocks())
    return float(squares / (rows * columns))


# %% mistake: sums in the small type
# promise: Mind the rounding: where the mean is large and the spread is small
# points: 2.5
# message: Sums of a small float type overflow or round: sum in float64.
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape

    def blocks():
        with open(path, "rb") as file:
            for first in range(0, rows, rows_at_once):
                n = min(rows_at_once, rows - first)
                yield np.fromfile(file, dtype, n * columns)

    dtype = np.dtype(dtype)
    wide = dtype.type if dtype.itemsize == 2 else np.float64
    mean = sum(block.sum(dtype=wide) for block in blocks()) / (rows * columns)
    squares = sum(np.square(block - mean, dtype=wide).sum(dtype=wide) for block in blocks())
    return float(np.sqrt(squares / (rows * columns)))


# %% mistake: 20 rows, whatever is asked for
# promise: but hold at most about `rows_at_once` rows at a time
# points: 2.25
# message: You hold too much at once. Read `rows_at_once` rows, and let them go before the next. 
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape

    def blocks():
        with open(path, "rb") as file:
            for first in range(0, rows, 20):
                yield np.fromfile(file, dtype, min(20, rows - first) * columns)

    mean = sum(block.sum(dtype=np.float64) for block in blocks()) / (rows * columns)
    squares = sum(np.square(block - mean, dtype=np.float64).sum() for block in blocks())
    return float(np.sqrt(squares / (rows * columns)))


# %% mistake: the mean of the blocks' means
# promise: Return the standard deviation of all its items, as `np.std` does
# points: 1.75
# message: "The last block is shorter, so it counts less than the others."
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape

    def blocks():
        with open(path, "rb") as file:
            for first in range(0, rows, rows_at_once):
                yield np.fromfile(file, dtype, min(rows_at_once, rows - first) * columns)

    means = [block.mean(dtype=np.float64) for block in blocks()]
    variances = [block.var(dtype=np.float64) for block in blocks()]
    return float(np.sqrt(np.mean(variances) + np.var(means)))


# %% mistake: divides by n - 1
# promise: Return the standard deviation of all its items, as `np.std` does
# points: 0
# message: "The task divides by n, as np.std does, and not by n - 1."
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape

    def blocks():
        with open(path, "rb") as file:
            for first in range(0, rows, rows_at_once):
                yield np.fromfile(file, dtype, min(rows_at_once, rows - first) * columns)

    mean = sum(block.sum(dtype=np.float64) for block in blocks()) / (rows * columns)
    squares = sum(np.square(block - mean, dtype=np.float64).sum() for block in blocks())
    return float(np.sqrt(squares / (rows * columns - 1)))


# %% mistake: forgets the shorter last block
# promise: Return the standard deviation of all its items, as `np.std` does
# points: 1.75
# message: The last block is shorter, and counts, too.
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape

    def blocks():
        with open(path, "rb") as file:
            for first in range(0, max(1, rows // rows_at_once)):
                yield np.fromfile(file, dtype, rows_at_once * columns)

    count = sum(block.size for block in blocks())
    mean = sum(block.sum(dtype=np.float64) for block in blocks()) / count
    squares = sum(np.square(block - mean, dtype=np.float64).sum() for block in blocks())
    return float(np.sqrt(squares / count))


# %% right: one pass, joining means and squares
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape
    n, mean, m2 = 0, 0.0, 0.0
    with open(path, "rb") as file:
        for first in range(0, rows, rows_at_once):
            block = np.fromfile(file, dtype, min(rows_at_once, rows - first) * columns)
            block = block.astype(np.float64)
            size, own = block.size, block.mean()
            delta = own - mean
            m2 += np.square(block - own).sum() + delta**2 * n * size / (n + size)
            mean += delta * size / (n + size)
            n += size
    return float(np.sqrt(m2 / n))


# %% right: a map for each block
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape
    width = columns * np.dtype(dtype).itemsize
    starts = range(0, rows, rows_at_once)

    def block(first):
        n = min(rows_at_once, rows - first)
        view = np.memmap(path, dtype, "r", offset=first * width, shape=(n, columns))
        return view.astype(np.float64)

    mean = sum(block(first).sum() for first in starts) / (rows * columns)
    return sum(((block(first) - mean) ** 2).sum() for first in starts).item() ** 0.5 / (
        rows * columns
    ) ** 0.5


# %% right: shifted by the first item
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape
    shift = float(np.fromfile(path, dtype, 1)[0])
    total = squares = 0.0
    with open(path, "rb") as file:
        for first in range(0, rows, rows_at_once):
            n = min(rows_at_once, rows - first)
            block = np.fromfile(file, dtype, n * columns).astype(np.float64) - shift
            total += block.sum()
            squares += (block**2).sum()
    count = rows * columns
    return float(np.sqrt(squares / count - (total / count) ** 2))


# %% right: row by row
def blocked_std(path, dtype, shape, rows_at_once):
    rows, columns = shape
    width = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as file:
        read = lambda: np.frombuffer(file.read(width), dtype).astype(np.float64)
        mean = np.mean([read().mean() for _ in range(rows)])
        file.seek(0)
        return np.sqrt(np.mean([np.mean((read() - mean) ** 2) for _ in range(rows)]))


# %% mistake: float32 accumulation
# promise: as `np.std` does
# points: 1.75
# message: Sums in a small float type lose digits: convert each block to float64 first.
def blocked_std(path, dtype, shape, rows_at_once):
    n = shape[0] * shape[1]
    s = np.float32(0)
    d = np.float32(0)
    size = rows_at_once * shape[1]
    with open(path, "rb") as f:
        while (b := np.fromfile(f, dtype=dtype, count=size)).size:
            s += b.sum()
        mean = np.float32(s / n)
        f.seek(0)
        while (b := np.fromfile(f, dtype=dtype, count=size)).size:
            d += ((b - mean) ** 2).sum()
    return float(np.sqrt(d / n))


# %% mistake: native dtype
# promise: dtype : str
# points: 2.5
# message: The dtype says the byte order, too: keep it.
def blocked_std(path, dtype, shape, rows_at_once):
    dtype = np.dtype(dtype).newbyteorder("=")
    n = shape[0] * shape[1]
    s = d = 0.0
    size = rows_at_once * shape[1]
    with open(path, "rb") as f:
        while (b := np.fromfile(f, dtype=dtype, count=size)).size:
            s += b.astype("f8").sum()
        f.seek(0)
        while (b := np.fromfile(f, dtype=dtype, count=size)).size:
            d += ((b.astype("f8") - s / n) ** 2).sum()
    return float(np.sqrt(d / n))


# %% mistake: Welford with within-block only
# promise: Return the standard deviation of all its items
# points: 0.75
# message: Within the blocks the items differ from the mean of their block. They have to differ from the mean of all.
def blocked_std(path, dtype, shape, rows_at_once):
    n = shape[0] * shape[1]
    d = 0.0
    size = rows_at_once * shape[1]
    with open(path, "rb") as f:
        while (b := np.fromfile(f, dtype=dtype, count=size).astype("f8")).size:
            d += ((b - b.mean()) ** 2).sum()
    return float(np.sqrt(d / n))
