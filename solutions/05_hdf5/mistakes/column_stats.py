# %% mistake: reads the whole dataset
# promise: Read `block_rows` rows at a time
# points: 2.5
# message: You hold the whole dataset, or blocks of another size than block_rows. Add up a block, and let go of it before the next.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name][:].astype(np.float64)
    return {"mean": x.mean(axis=0), "std": x.std(axis=0)}


# %% mistake: blocks of an array that holds everything
# promise: Read `block_rows` rows at a time
# points: 2.5
# message: You hold the whole dataset, or blocks of another size than block_rows. Add up a block, and let go of it before the next.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        everything = file[name][:]
    rows, columns = everything.shape
    shift = everything[0].astype(np.float64)
    total, squares = np.zeros(columns), np.zeros(columns)
    for start in range(0, rows, block_rows):
        block = everything[start : start + block_rows] - shift
        total += block.sum(axis=0)
        squares += (block * block).sum(axis=0)
    mean = total / rows
    return {"mean": shift + mean, "std": np.sqrt(np.maximum(squares / rows - mean * mean, 0))}


# %% mistake: two passes
# promise: and each row only once.
# points: 2.5
# message: You read some rows twice. Sum and sum of squares come from the same pass.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x, rows = file[name], file[name].shape[0]
        starts = range(0, len(x), block_rows)
        mean = sum(x[s : s + block_rows].sum(axis=0, dtype=np.float64) for s in starts) / len(x)
        squares = sum(((x[s : s + block_rows] - mean) ** 2).sum(axis=0) for s in starts)
    return {"mean": mean, "std": np.sqrt(squares / rows)}


# %% mistake: squares without a shift
# promise: A column may hold large numbers that lie close together, such as times.
# points: 2.5
# message: The squares lost the digits that matter. Subtract the first row from every row.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        rows, total, squares = len(x), 0, 0
        for start in range(0, rows, block_rows):
            block = x[start : start + block_rows].astype(np.float64)
            total = total + block.sum(axis=0)
            squares = squares + (block**2).sum(axis=0)
    mean = total / rows
    return {"mean": mean, "std": np.sqrt(np.maximum(squares / rows - mean**2, 0))}


# %% mistake: column by column
# promise: Read `block_rows` rows at a time
# points: 1.75
# message: one read for each row
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        columns = [x[:, j].astype(np.float64) for j in range(x.shape[1])]
    return {"mean": np.array([c.mean() for c in columns]), "std": np.array([c.std() for c in columns])}


# %% mistake: mean of the means of blocks
# promise: Return the mean and the standard deviation of every column.
# points: 0.5
# message: The last block is shorter, so it counts less than the others.
def column_stats(path, name, block_rows):
    means, stds = [], []
    with h5py.File(path, "r") as file:
        x = file[name]
        for start in range(0, len(x), block_rows):
            block = x[start : start + block_rows].astype(np.float64)
            means.append(block.mean(axis=0))
            stds.append(block.std(axis=0))
    return {"mean": np.mean(means, axis=0), "std": np.mean(stds, axis=0)}


# %% mistake: sums of float32
# promise: The sums need `float64`.
# points: 1
# message: Sums of float32 lose digits: convert the block to float64 first.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        shift = x[0]
        total, squares = np.zeros_like(shift), np.zeros_like(shift)
        for start in range(0, len(x), block_rows):
            block = x[start : start + block_rows] - shift
            total += block.sum(axis=0)
            squares += (block**2).sum(axis=0)
        mean = total / len(x)
        return {"mean": shift + mean, "std": np.sqrt(squares / len(x) - mean**2)}


# %% mistake: whole blocks only
# promise: Return the mean and the standard deviation of every column.
# points: 0
# message: The last block is shorter, and counts too.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        shift, rows, total, squares = None, 0, 0, 0
        for start in range(0, len(x) - block_rows + 1, block_rows):
            block = x[start : start + block_rows].astype(np.float64)
            shift = block[0].copy() if shift is None else shift
            total = total + (block - shift).sum(axis=0)
            squares = squares + ((block - shift) ** 2).sum(axis=0)
            rows += block_rows
    return {"mean": shift + total / rows, "std": np.sqrt(squares / rows - (total / rows) ** 2)}


# %% mistake: the statistics of rows
# promise: as `np.mean` and `np.std` say with `axis=0`.
# points: 0
# message: This is one number for each row. The rows are axis 0.
def column_stats(path, name, block_rows):
    means, stds = [], []
    with h5py.File(path, "r") as file:
        for start in range(0, len(file[name]), block_rows):
            block = file[name][start : start + block_rows].astype(np.float64)
            means.append(block.mean(axis=1))
            stds.append(block.std(axis=1))
    return {"mean": np.concatenate(means), "std": np.concatenate(stds)}


# %% mistake: always 400 rows
# promise: Read `block_rows` rows at a time
# points: 2.5
# message: You hold the whole dataset, or blocks of another size than block_rows. Add up a block, and let go of it before the next.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        shift = x[0].astype(np.float64)
        total, squares = np.zeros(x.shape[1]), np.zeros(x.shape[1])
        for start in range(0, len(x), 400):
            block = x[start : start + 400] - shift
            total += block.sum(axis=0)
            squares += (block * block).sum(axis=0)
        mean = total / len(x)
    return {"mean": shift + mean, "std": np.sqrt(np.maximum(squares / len(x) - mean * mean, 0))}


# %% mistake: the variance
# promise: Return the mean and the standard deviation of every column.
# points: 0.75
# message: This is the variance: take its square root.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        shift, total, squares = x[0].astype(np.float64), 0, 0
        for start in range(0, len(x), block_rows):
            block = x[start : start + block_rows] - shift
            total = total + block.sum(axis=0)
            squares = squares + (block * block).sum(axis=0)
        mean = total / len(x)
        return {"mean": shift + mean, "std": squares / len(x) - mean * mean}


# %% mistake: divides by one less
# promise: as `np.mean` and `np.std` say with `axis=0`.
# points: 0.25
# message: "The task divides by the number of rows, and not by one less."
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        shift, total, squares, n = x[0].astype(np.float64), 0, 0, len(x)
        for start in range(0, n, block_rows):
            block = x[start : start + block_rows] - shift
            total = total + block.sum(axis=0)
            squares = squares + (block * block).sum(axis=0)
        return {"mean": shift + total / n, "std": np.sqrt((squares - total * total / n) / max(1, n - 1))}


# %% mistake: forgets to add the first row again
# promise: Subtract the first row from every row before you add up
# points: 0.25
# message: The first row was subtracted. Add it to the mean again.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        x = file[name]
        shift, total, squares, n = x[0].astype(np.float64), 0, 0, len(x)
        for start in range(0, n, block_rows):
            block = x[start : start + block_rows] - shift
            total = total + block.sum(axis=0)
            squares = squares + (block * block).sum(axis=0)
        mean = total / n
        return {"mean": mean, "std": np.sqrt(np.maximum(squares / n - mean * mean, 0))}


# %% mistake: the last block only
# promise: Return the mean and the standard deviation of every column.
# points: 0.5
# message: This is the last block only: add up over all of them.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as file:
        dataset = file[name]
        for start in range(0, dataset.shape[0], block_rows):
            block = dataset[start : start + block_rows].astype(np.float64)
            mean, std = block.mean(axis=0), block.std(axis=0)
    return {"mean": mean, "std": std}


# %% right: merges the blocks' own statistics
def column_stats(path, name, block_rows):
    n, mean, spread = 0, 0.0, 0.0
    with h5py.File(path, "r") as file:
        x = file[name]
        for start in range(0, x.shape[0], block_rows):
            block = x[start : start + block_rows].astype(np.float64)
            m, own = len(block), block.mean(axis=0)
            delta = own - mean
            spread = spread + ((block - own) ** 2).sum(axis=0) + delta**2 * n * m / (n + m)
            mean = mean + delta * m / (n + m)
            n += m
    return {"mean": mean, "std": np.sqrt(spread / n)}


# %% right: into one buffer
def column_stats(path, name, block_rows):
    with h5py.File(path, "r", rdcc_nbytes=0) as file:
        x = file[name]
        buffer = np.empty((block_rows, x.shape[1]))
        n, first = len(x), None
        sums = np.zeros((2, x.shape[1]))
        for start in range(0, n, block_rows):
            stop = min(start + block_rows, n)
            block = buffer[: stop - start]
            x.read_direct(block, np.s_[start:stop])
            first = block[0].copy() if first is None else first
            block -= first
            sums[0] += block.sum(axis=0)
            sums[1] += np.einsum("ij,ij->j", block, block)
    mean, square = sums / n
    return {"mean": mean + first, "std": np.sqrt(square - mean**2)}


# %% right: with PyTables
def column_stats(path, name, block_rows):
    with tables.open_file(path) as file:
        x = file.get_node("/" + name)
        shift, total, squares = 0.0, 0.0, 0.0
        for start in range(0, x.nrows, block_rows):
            block = x.read(start, start + block_rows).astype("f8")
            if not start:
                shift = block[0].copy()
            total += np.add.reduce(block - shift)
            squares += np.add.reduce((block - shift) ** 2)
        mean = total / x.nrows
        return {"mean": shift + mean, "std": np.sqrt(squares / x.nrows - mean**2)}


# %% mistake: shifts each block by its own first row
# promise: Subtract the first row from every row before you add up
# points: 0.5
# message: Each block was shifted by a row of its own: subtract the same row, the first one of all, everywhere.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as f:
        d = f[name]
        n = len(d)
        s = q = 0
        for i in range(0, n, block_rows):
            b = d[i:i + block_rows].astype("f8")
            first = b[0].copy()
            b = b - first
            s = s + b.sum(0)
            q = q + (b * b).sum(0)
    m = s / n
    return {"mean": first + m, "std": np.sqrt(np.maximum(q / n - m ** 2, 0))}


# %% mistake: skips the last block
# promise: Return the mean and the standard deviation of every column.
# points: 0
# message: The last block is shorter, and counts, too.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as f:
        d = f[name]
        n = len(d)
        k = n // block_rows
        s = q = 0
        first = None
        for i in range(k):
            b = d[i * block_rows:(i + 1) * block_rows].astype("f8")
            if first is None:
                first = b[0].copy()
            b = b - first
            s = s + b.sum(0)
            q = q + (b * b).sum(0)
    m = s / n
    return {"mean": first + m, "std": np.sqrt(q / n - m ** 2)}


# %% mistake: over all items
# promise: Return the mean and the standard deviation of every column.
# points: 0
# message: These are one mean and one deviation for all items. Each column has its own: axis=0.
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as f:
        d = f[name]
        n = d.size
        s = q = 0.0
        first = None
        for i in range(0, len(d), block_rows):
            b = d[i:i + block_rows].astype("f8")
            if first is None:
                first = b[0, 0]
            b = b - first
            s += b.sum()
            q += (b * b).sum()
    m = s / n
    return {"mean": first + m, "std": np.sqrt(q / n - m ** 2)}


# %% mistake: returns tuple
# promise: dict of str to ndarray of float64, shape (columns,)
# points: 0
# message: Return a dict with "mean" and "std".
def column_stats(path, name, block_rows):
    with h5py.File(path, "r") as f:
        d = f[name]
        n = len(d)
        s = q = 0
        first = None
        for i in range(0, n, block_rows):
            b = d[i:i + block_rows].astype("f8")
            if first is None:
                first = b[0].copy()
            b = b - first
            s = s + b.sum(0)
            q = q + (b * b).sum(0)
    m = s / n
    return first + m, np.sqrt(q / n - m ** 2)
