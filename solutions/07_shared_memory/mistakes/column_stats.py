# %% mistake: one worker after the other
# promise: and they work at the same time.
# points: 2.75
# message: Start all workers before you wait for the first, and let each call partial_sums once.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(table[start:stop]))
    del table
    block.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    total = squares = 0
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe()
        process = FORK.Process(
            target=stats_worker, args=(name, shape, dtype, start, stop, theirs)
        )
        process.start()
        theirs.close()
        sums = ours.recv()
        ours.close()
        process.join()
        total, squares = total + sums[0], squares + sums[1]
    mean = total / shape[0]
    return mean, np.sqrt(np.maximum(squares / shape[0] - mean**2, 0))


# %% mistake: every worker copies its rows
# promise: so no process copies rows.
# points: 3.25
# message: Rows were copied. A slice of an array that looks at the block is a view: hand that to partial_sums.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)[start:stop].copy()
    connection.send(partial_sums(table))
    block.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe()
        process = FORK.Process(
            target=stats_worker, args=(name, shape, dtype, start, stop, theirs)
        )
        process.start()
        theirs.close()
        started.append((process, ours))
    total = squares = 0
    for process, ours in started:
        sums = ours.recv()
        ours.close()
        process.join()
        total, squares = total + sums[0], squares + sums[1]
    mean = total / shape[0]
    return mean, np.sqrt(np.maximum(squares / shape[0] - mean**2, 0))


# %% mistake: rows that cannot be divided are lost
# promise: `workers` processes share the rows
# points: 2.25
# message: The last rows are missing.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(table[start:stop]))
    block.close()


def column_stats(name, shape, dtype, workers):
    size = shape[0] // workers
    started = []
    for i in range(workers):
        ours, theirs = FORK.Pipe()
        task = (name, shape, dtype, i * size, (i + 1) * size, theirs)
        process = FORK.Process(target=stats_worker, args=task)
        process.start()
        theirs.close()
        started.append((process, ours))
    total = squares = 0
    for process, ours in started:
        sums = ours.recv()
        ours.close()
        process.join()
        total, squares = total + sums[0], squares + sums[1]
    mean = total / shape[0]
    return mean, np.sqrt(np.maximum(squares / shape[0] - mean**2, 0))


# %% mistake: removes a block that is not its own
# promise: close it, do not unlink it.
# points: 3.75
# message: The block is not yours: do not unlink it.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(table[start:stop]))
    block.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe()
        process = FORK.Process(
            target=stats_worker, args=(name, shape, dtype, start, stop, theirs)
        )
        process.start()
        theirs.close()
        started.append((process, ours))
    total = squares = 0
    for process, ours in started:
        sums = ours.recv()
        ours.close()
        process.join()
        total, squares = total + sums[0], squares + sums[1]
    block = SharedMemory(name)
    block.close()
    block.unlink()
    mean = total / shape[0]
    return mean, np.sqrt(np.maximum(squares / shape[0] - mean**2, 0))


# %% mistake: mean of the standard deviations
# promise: Return the mean and the standard deviation of each column.
# points: 1.25
# message: The mean of the standard deviations of the parts is not that of the whole.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)[start:stop]
    total, squares = partial_sums(table)
    rows = max(1, len(table))
    mean = total / rows
    connection.send((total, np.sqrt(np.maximum(squares / rows - mean**2, 0))))
    block.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe()
        process = FORK.Process(
            target=stats_worker, args=(name, shape, dtype, start, stop, theirs)
        )
        process.start()
        theirs.close()
        started.append((process, ours))
    total = deviation = 0
    for process, ours in started:
        sums = ours.recv()
        ours.close()
        process.join()
        total, deviation = total + sums[0], deviation + sums[1] / workers
    return total / shape[0], deviation


# %% mistake: the workers die, and the pipes stay open
# promise: all workers were joined, and both ends of all pipes are closed.
# points: 0
# message: no child is left that could send
def stats_worker(name, shape, dtype, start, stop, connection):
    connection.send(partial_sums(no_such_table))


def column_stats(name, shape, dtype, workers):
    started = []
    for i in range(workers):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=stats_worker, args=(name, shape, dtype, i, i + 1, theirs))
        process.start()
        started.append((process, ours, theirs))
    return [ours.recv() for _, ours, _ in started]


# %% mistake: no worker at all
# promise: `workers` processes share the rows
# points: 2.5
# message: Start all workers before you wait for the first, and let each call partial_sums once.
def column_stats(name, shape, dtype, workers):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    mean, std = table.mean(axis=0, dtype=float), table.std(axis=0, dtype=float)
    del table
    block.close()
    return mean, std


# %% mistake: the formula alone
# promise: where all numbers of a column are equal, rounding may take the difference a little below 0.
# points: 3.5
# message: Rounding may take a variance of 0 below 0, and it has no square root then: take 0.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(table[start:stop]))
    block.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe()
        process = FORK.Process(target=stats_worker, args=(name, shape, dtype, start, stop, theirs))
        process.start()
        theirs.close()
        started.append((process, ours))
    total = squares = 0
    for process, ours in started:
        sums = ours.recv()
        ours.close()
        process.join()
        total, squares = total + sums[0], squares + sums[1]
    mean = total / shape[0]
    return mean, np.sqrt(squares / shape[0] - mean**2)


# %% mistake: means of the parts
# promise: With `S` and `Q` for the sums over all `n` rows, the mean is `S / n`
# points: 2.75
# message: Add up sums, not means: the parts differ in size.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)[start:stop]
    total, squares = partial_sums(table)
    n = max(1, len(table))
    connection.send((total / n, squares / n))
    block.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe()
        process = FORK.Process(target=stats_worker, args=(name, shape, dtype, start, stop, theirs))
        process.start()
        theirs.close()
        started.append((process, ours))
    mean = squares = 0
    for process, ours in started:
        sums = ours.recv()
        ours.close()
        process.join()
        mean, squares = mean + sums[0] / workers, squares + sums[1] / workers
    return mean, np.sqrt(np.maximum(squares - mean**2, 0))


# %% mistake: the variance
# promise: Return the mean and the standard deviation of each column.
# points: 1.25
# message: This is the variance: take its square root.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(table[start:stop]))
    del table
    block.close()
    connection.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=stats_worker, args=(name, shape, dtype, start, stop, theirs))
        process.start()
        theirs.close()
        started.append((process, ours))
    total, squares = np.zeros(shape[1]), np.zeros(shape[1])
    for process, ours in started:
        with ours:
            sums = ours.recv()
        process.join()
        total += sums[0]
        squares += sums[1]
    mean = total / shape[0]
    return mean, np.maximum(squares / shape[0] - mean**2, 0)


# %% mistake: divides by n - 1
# promise: With `S` and `Q` for the sums over all `n` rows, the mean is `S / n`
# points: 1.25
# message: The task divides by n, the number of rows.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(table[start:stop]))
    del table
    block.close()
    connection.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=stats_worker, args=(name, shape, dtype, start, stop, theirs))
        process.start()
        theirs.close()
        started.append((process, ours))
    total, squares = np.zeros(shape[1]), np.zeros(shape[1])
    for process, ours in started:
        with ours:
            sums = ours.recv()
        process.join()
        total += sums[0]
        squares += sums[1]
    mean = total / shape[0]
    return mean, np.sqrt(np.maximum(squares - shape[0] * mean**2, 0) / max(1, shape[0] - 1))


# %% mistake: the rows of one part
# promise: With `S` and `Q` for the sums over all `n` rows, the mean is `S / n`
# points: 0.75
# message: The mean divides by the rows of all parts together.
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(table[start:stop]))
    del table
    block.close()
    connection.close()


def column_stats(name, shape, dtype, workers):
    borders = [shape[0] * i // workers for i in range(workers + 1)]
    started = []
    for start, stop in zip(borders[:-1], borders[1:]):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=stats_worker, args=(name, shape, dtype, start, stop, theirs))
        process.start()
        theirs.close()
        started.append((process, ours))
    total, squares = np.zeros(shape[1]), np.zeros(shape[1])
    for process, ours in started:
        with ours:
            sums = ours.recv()
        process.join()
        total += sums[0]
        squares += sums[1]
    mean = total / max(1, shape[0] // workers)
    return mean, np.sqrt(np.maximum(squares / (shape[0] // workers) - mean**2, 0))


# %% right: a pool
def stats_of_part(part):
    name, shape, dtype, start, stop = part
    block = SharedMemory(name)
    try:
        return partial_sums(np.ndarray(shape, dtype, block.buf)[start:stop])
    finally:
        block.close()


def column_stats(name, shape, dtype, workers):
    size = -(-shape[0] // workers)
    parts = [(name, shape, dtype, i * size, (i + 1) * size) for i in range(workers)]
    with FORK.Pool(workers) as pool:
        sums = pool.map(stats_of_part, parts, chunksize=1)
        pool.close()
        pool.join()
    mean = sum(s for s, _ in sums) / shape[0]
    variance = sum(q for _, q in sums) / shape[0] - mean**2
    return mean, np.sqrt(variance.clip(0))


# %% right: the children inherit the map of the parent, rows in turn
def column_stats(name, shape, dtype, workers):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    ends = [FORK.Pipe() for _ in range(workers)]

    def work(i):
        ends[i][1].send(partial_sums(table[i::workers]))

    processes = [FORK.Process(target=work, args=(i,)) for i in range(workers)]
    for process in processes:
        process.start()
    answers = [ours.recv() for ours, _ in ends]
    for process, (ours, theirs) in zip(processes, ends):
        process.join()
        ours.close()
        theirs.close()
    total, squares = np.sum(answers, axis=0)
    del table
    block.close()
    mean = total / shape[0]
    return mean, np.sqrt(np.abs(squares / shape[0] - mean * mean))


# %% right: shared arrays of multiprocessing in place of pipes
def stats_worker(name, shape, dtype, start, stop, answer):
    block = SharedMemory(name)
    table = np.ndarray(shape, dtype, buffer=block.buf)
    sums = partial_sums(table[start:stop])
    np.frombuffer(answer, float).reshape(2, -1)[...] = sums
    del table
    block.close()


def column_stats(name, shape, dtype, workers):
    rows, columns = shape
    borders = np.linspace(0, rows, workers + 1).astype(int).tolist()
    answers = [FORK.RawArray("d", 2 * columns) for _ in range(workers)]
    processes = [
        FORK.Process(target=stats_worker, args=(name, shape, dtype, borders[i], borders[i + 1], answers[i]))
        for i in range(workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    total, squares = sum(np.frombuffer(a, float).reshape(2, -1).copy() for a in answers)
    mean = total / rows
    return mean, np.sqrt(np.clip(squares / rows - mean**2, 0, None))


# %% mistake: pipes stay open
# promise: both ends of all pipes are closed
# points: 3.75
# message: Close the blocks and both ends of all pipes.
PIPES = []
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    rows = np.ndarray(shape, dtype, buffer=block.buf)[start:stop]
    connection.send(partial_sums(rows))
def column_stats(name, shape, dtype, workers):
    ps = []
    for i in range(workers):
        a, b = FORK.Pipe()
        PIPES.append((a, b))
        p = FORK.Process(target=stats_worker, args=(name, shape, dtype, shape[0] * i // workers, shape[0] * (i + 1) // workers, b))
        p.start()
        ps.append((p, a))
    S, Q = 0, 0
    for p, a in ps:
        s, q = a.recv()
        S, Q = S + s, Q + q
        p.join()
    n = shape[0]
    mean = S / n
    return mean, np.sqrt(np.maximum(Q / n - mean ** 2, 0))


# %% mistake: each worker takes all rows
# promise: each takes one part of them
# points: 3.75
# message: Each worker takes all rows. It should take its own part: rows[start:stop].
def stats_worker(name, shape, dtype, start, stop, connection):
    block = SharedMemory(name)
    rows = np.ndarray(shape, dtype, buffer=block.buf)
    connection.send(partial_sums(rows))
    connection.close()
    del rows
    block.close()
def column_stats(name, shape, dtype, workers):
    ps = []
    for i in range(workers):
        a, b = FORK.Pipe(duplex=False)
        p = FORK.Process(target=stats_worker, args=(name, shape, dtype, 0, 0, b))
        p.start()
        b.close()
        ps.append((p, a))
    S, Q = 0, 0
    for p, a in ps:
        s, q = a.recv()
        S, Q = S + s, Q + q
        p.join()
        a.close()
    n = shape[0] * workers
    mean = S / n
    return mean, np.sqrt(np.maximum(Q / n - mean ** 2, 0))
