# %% mistake: a bad line ends it all
# promise: A bad line costs nothing but itself.
# points: 0.25
# message: If a bad line has stopped you: catch the ValueError of that line, and go on with the next.
def parse_files(path):
    with open(path) as file:
        return [parse_line(line) for line in file]


def gather_rows(paths, target):
    with FORK.Pool(2) as pool:
        parts = pool.map(parse_files, paths, chunksize=1)
        pool.close()
        pool.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.array([row for part in parts for row in part], ROW)
    return []


# %% mistake: a bad line ends the worker
# promise: A bad line costs nothing but itself.
# points: 0.25
# message: A worker died before it sent its message. Did a bad line stop it? Catch the ValueError of that line, in the worker, and go on with the next.
def parse_files(paths, connection):
    for path in paths:
        with open(path) as file:
            connection.send([parse_line(line) for line in file])
    connection.close()


def gather_rows(paths, target):
    ours, theirs = FORK.Pipe(duplex=False)
    worker = FORK.Process(target=parse_files, args=(paths, theirs))
    worker.start()
    theirs.close()
    parts = [ours.recv() for _ in paths]
    worker.join()
    ours.close()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.array([row for part in parts for row in part], ROW)
    return []


# %% mistake: a bad line ends the worker, and the pipe stays open
# promise: A bad line costs nothing but itself.
# points: 0.25
# message: A worker died before it sent its message. Did a bad line stop it? Catch the ValueError of that line, in the worker, and go on with the next.
def parse_files(paths, connection):
    connection.send([parse_line(line) for path in paths for line in open(path)])


def gather_rows(paths, target):
    pipe = FORK.Pipe()
    FORK.Process(target=parse_files, args=(paths, pipe[1])).start()
    rows = np.array(pipe[0].recv(), ROW)
    with h5py.File(target, "w") as h5:
        h5["rows"] = rows
    return []


# %% mistake: a bad line costs its file
# promise: A bad line costs nothing but itself.
# points: 0.25
# message: A bad line may cost nothing but itself: the other rows of its file stay.
def parse_files(path):
    try:
        with open(path) as file:
            return [parse_line(line) for line in file]
    except ValueError:
        return []


def gather_rows(paths, target):
    with FORK.Pool(2) as pool:
        parts = pool.map(parse_files, paths, chunksize=1)
        pool.close()
        pool.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.array([row for part in parts for row in part], ROW)
    return []


# %% mistake: counts from 0
# promise: The first line has the number 1.
# points: 1.75
# message: The first line has the number 1.
def parse_files(path):
    rows, bad = [], []
    with open(path) as file:
        for number, line in enumerate(file):
            try:
                rows.append(parse_line(line))
            except ValueError:
                bad.append((os.path.basename(path), number))
    return rows, bad


def gather_rows(paths, target):
    with FORK.Pool(2) as pool:
        parts = pool.map(parse_files, paths, chunksize=1)
        pool.close()
        pool.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.array([row for rows, _ in parts for row in rows], ROW)
    return [line for _, bad in parts for line in bad]


# %% mistake: orders by name
# promise: first the rows of the first file in `paths`, in the order of its lines, then those of the second file
# points: 2
# message: All rows are there, in another order. The order of `paths` counts, not that of names or of arrival.
def parse_files(path):
    rows, bad = [], []
    with open(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                rows.append(parse_line(line))
            except ValueError:
                bad.append((os.path.basename(path), number))
    return rows, bad


def gather_rows(paths, target):
    with FORK.Pool(2) as pool:
        parts = pool.map(parse_files, sorted(paths), chunksize=1)
        pool.close()
        pool.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.array([row for rows, _ in parts for row in rows], ROW)
    return [line for _, bad in parts for line in bad]


# %% mistake: the writer parses
# promise: the writer does not.
# points: 3.5
# message: Let worker processes call parse_line, and only them. Start two before you wait for one.
def gather_rows(paths, target):
    rows, bad = [], []
    for path in paths:
        with open(path) as file:
            for number, line in enumerate(file, start=1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), number))
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.array(rows, ROW)
    return bad


# %% mistake: leaves processes and a queue
# promise: all workers were joined, and both ends of all pipes are closed.
# points: 3.5
# message: A process that has ended stays in the list until join().
# message: Close the file and both ends of all pipes.
def parse_into(number, path, queue):
    rows, bad = [], []
    with open(path, "rb") as file:
        for line, text in enumerate(file, 1):
            try:
                rows.append(parse_line(text.decode()))
            except ValueError:
                bad.append((path.rsplit("/", 1)[-1], line))
    queue.put((number, rows, bad))


def gather_rows(paths, target):
    queue = FORK.SimpleQueue()
    processes = [
        FORK.Process(target=parse_into, args=(i, path, queue)) for i, path in enumerate(paths)
    ]
    for process in processes:
        process.start()
    parts = sorted((queue.get() for _ in paths), key=lambda part: part[0])
    left.append((processes, queue))
    count = sum(len(rows) for _, rows, _ in parts)
    with h5py.File(target, "w") as h5:
        table = h5.create_dataset("rows", (count,), ROW)
        start = 0
        for _, rows, _ in parts:
            if rows:
                table[start : start + len(rows)] = np.array(rows, ROW)
            start += len(rows)
    return [line for _, _, bad in parts for line in bad]


left = []


# %% mistake: adds to the old file
# promise: an old file is replaced.
# points: 3.5
# message: If the name exists already: an old file is replaced, and mode "w" begins with an empty one.
def parse_files(path):
    rows, bad = [], []
    with open(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                rows.append(parse_line(line))
            except ValueError:
                bad.append((os.path.basename(path), number))
    return rows, bad


def gather_rows(paths, target):
    with FORK.Pool(2) as pool:
        parts = pool.map(parse_files, paths, chunksize=1)
        pool.close()
        pool.join()
    with h5py.File(target, "a") as h5:
        h5["rows"] = np.array([row for rows, _ in parts for row in rows], ROW)
    return [line for _, bad in parts for line in bad]


# %% mistake: opens the file for each text
# promise: the only one that opens the HDF5 file, once
# points: 3.75
# message: Every opening reads and writes what describes the file. Open it once, in gather_rows, and write all rows.
def parse_files(path):
    rows, bad = [], []
    with open(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                rows.append(parse_line(line))
            except ValueError:
                bad.append((os.path.basename(path), number))
    return rows, bad


def gather_rows(paths, target):
    with FORK.Pool(2) as pool:
        parts = pool.map(parse_files, paths, chunksize=1)
        pool.close()
        pool.join()
    rows = [row for rows, _ in parts for row in rows]
    with h5py.File(target, "w") as h5:
        h5.create_dataset("rows", (0,), ROW, maxshape=(None,), chunks=(100,))
    for rows, _ in parts:
        with h5py.File(target, "r+") as h5:
            table = h5["rows"]
            table.resize(len(table) + len(rows), axis=0)
            if rows:
                table[-len(rows):] = np.array(rows, ROW)
    return [line for _, bad in parts for line in bad]


# %% mistake: one process after the other
# promise: At least two workers parse at the same time
# points: 3.5
# message: Let worker processes call parse_line, and only them. Start two before you wait for one.
def parse_file(path, connection):
    rows, bad = [], []
    with open(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                rows.append(parse_line(line))
            except ValueError:
                bad.append((os.path.basename(path), number))
    connection.send((rows, bad))
    connection.close()


def gather_rows(paths, target):
    parts = []
    for path in paths:
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=parse_file, args=(path, theirs))
        process.start()
        theirs.close()
        with ours:
            parts.append(ours.recv())
        process.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.array([row for rows, _ in parts for row in rows], ROW)
    return [line for _, bad in parts for line in bad]


# %% mistake: leaves the bad lines out, and says nothing
# promise: Return the bad lines as a list of pairs
# points: 1.75
# message: The bad lines are to be reported: name of the file and number of the line.
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as file:
            for number, line in enumerate(file, start=1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    continue
        connection.send((np.array(rows, ROW), bad))
    connection.close()


def gather_rows(paths, target):
    workers = []
    for i in range(2):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=parse_files, args=(paths[i::2], theirs))
        process.start()
        theirs.close()
        workers.append((process, ours))
    parts = [workers[i % 2][1].recv() for i in range(len(paths))]
    for process, ours in workers:
        ours.close()
        process.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.concatenate([np.empty(0, ROW), *(rows for rows, _ in parts)])
    return [line for _, bad in parts for line in bad]


# %% mistake: the whole path for the name
# promise: name of the file without its folder
# points: 1.75
# message: The name of the file comes without its folder: os.path.basename.
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as file:
            for number, line in enumerate(file, start=1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((path, number))
        connection.send((np.array(rows, ROW), bad))
    connection.close()


def gather_rows(paths, target):
    workers = []
    for i in range(2):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=parse_files, args=(paths[i::2], theirs))
        process.start()
        theirs.close()
        workers.append((process, ours))
    parts = [workers[i % 2][1].recv() for i in range(len(paths))]
    for process, ours in workers:
        ours.close()
        process.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.concatenate([np.empty(0, ROW), *(rows for rows, _ in parts)])
    return [line for _, bad in parts for line in bad]


# %% mistake: nothing to concatenate
# promise: It writes one dataset `rows`
# points: 3.75
# message: Nothing to concatenate is no error: the dataset has no rows then.
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as file:
            for number, line in enumerate(file, start=1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), number))
        connection.send((np.array(rows, ROW), bad))
    connection.close()


def gather_rows(paths, target):
    workers = []
    for i in range(2):
        ours, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=parse_files, args=(paths[i::2], theirs))
        process.start()
        theirs.close()
        workers.append((process, ours))
    parts = [workers[i % 2][1].recv() for i in range(len(paths))]
    for process, ours in workers:
        ours.close()
        process.join()
    with h5py.File(target, "w") as h5:
        h5["rows"] = np.concatenate([rows for rows, _ in parts])
    return [line for _, bad in parts for line in bad]


# %% right: a pool
def parse_one(path):
    rows, bad = [], []
    with open(path) as file:
        for number, line in enumerate(file.read().splitlines(), 1):
            try:
                rows.append(parse_line(line))
            except ValueError:
                bad.append([os.path.basename(path), number])
    return rows, bad


def gather_rows(paths, target):
    with FORK.Pool(3) as pool:
        parts = list(pool.imap(parse_one, paths))
        pool.close()
        pool.join()
    rows = np.array(sum((rows for rows, _ in parts), []), dtype=ROW)
    with h5py.File(target, "w") as h5:
        h5.create_dataset("rows", data=rows)
    return sum((bad for _, bad in parts), [])


# %% right: one process a file, one queue, sorted by number
def parse_into(number, path, queue):
    rows, bad = [], []
    with open(path, "rb") as file:
        for line, text in enumerate(file, 1):
            try:
                rows.append(parse_line(text.decode()))
            except ValueError:
                bad.append((path.rsplit("/", 1)[-1], line))
    queue.put((number, rows, bad))


def gather_rows(paths, target):
    queue = FORK.SimpleQueue()
    processes = [
        FORK.Process(target=parse_into, args=(i, path, queue)) for i, path in enumerate(paths)
    ]
    for process in processes:
        process.start()
    parts = sorted((queue.get() for _ in paths), key=lambda part: part[0])
    for process in processes:
        process.join()
    queue.close()
    count = sum(len(rows) for _, rows, _ in parts)
    with h5py.File(target, "w") as h5:
        table = h5.create_dataset("rows", (count,), ROW)
        start = 0
        for _, rows, _ in parts:
            if rows:
                table[start : start + len(rows)] = np.array(rows, ROW)
            start += len(rows)
    return [line for _, _, bad in parts for line in bad]


# %% mistake: order by worker
# promise: whoever is ready first
# points: 2.5
# message: The rows come worker by worker. They belong in the order of `paths`.
def parse_files(paths, connection):
    rows, bad = [], []
    for path in paths:
        with open(path) as f:
            for k, line in enumerate(f, 1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), k))
    connection.send((np.array(rows, dtype=ROW), bad))
    connection.close()
def gather_rows(paths, target):
    work = []
    for k in range(2):
        a, b = FORK.Pipe(duplex=False)
        p = FORK.Process(target=parse_files, args=(paths[k::2], b))
        p.start()
        b.close()
        work.append((p, a))
    parts, bads = [np.empty(0, ROW)], []
    for p, a in work:
        rows, bad = a.recv()
        parts.append(rows)
        bads += bad
    for p, a in work:
        p.join()
        a.close()
    with h5py.File(target, "w") as f:
        f["rows"] = np.concatenate(parts)
    return bads


# %% mistake: mode a keeps the old file
# promise: an old file is replaced
# points: 3.75
# message: Something of the old file is left: mode "w" begins with an empty one.
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as f:
            for k, line in enumerate(f, 1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), k))
        connection.send((np.array(rows, dtype=ROW), bad))
    connection.close()
def gather_rows(paths, target):
    work = []
    for k in range(2):
        a, b = FORK.Pipe(duplex=False)
        p = FORK.Process(target=parse_files, args=(paths[k::2], b))
        p.start()
        b.close()
        work.append((p, a))
    parts, bads = [np.empty(0, ROW)], []
    for k in range(len(paths)):
        rows, bad = work[k % 2][1].recv()
        parts.append(rows)
        bads += bad
    for p, a in work:
        p.join()
        a.close()
    with h5py.File(target, "a") as f:
        if "rows" in f:
            del f["rows"]
        f["rows"] = np.concatenate(parts)
    return bads


# %% mistake: a bad line drops the rest of its file
# promise: A bad line costs nothing but itself.
# points: 0.75
# message: A bad line may cost nothing but itself: catch the error within the loop over the lines.
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as f:
            try:
                for k, line in enumerate(f, 1):
                    rows.append(parse_line(line))
            except ValueError:
                bad.append((os.path.basename(path), k))
        connection.send((np.array(rows, dtype=ROW), bad))
    connection.close()
def gather_rows(paths, target):
    work = []
    for k in range(2):
        a, b = FORK.Pipe(duplex=False)
        p = FORK.Process(target=parse_files, args=(paths[k::2], b))
        p.start()
        b.close()
        work.append((p, a))
    parts, bads = [np.empty(0, ROW)], []
    for k in range(len(paths)):
        rows, bad = work[k % 2][1].recv()
        parts.append(rows)
        bads += bad
    for p, a in work:
        p.join()
        a.close()
    with h5py.File(target, "w") as f:
        f["rows"] = np.concatenate(parts)
    return bads


# %% mistake: nothing for no paths
# promise: may be empty
# points: 3.75
# message: Without text files there is a file with an empty dataset all the same.
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as f:
            for k, line in enumerate(f, 1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), k))
        connection.send((np.array(rows, dtype=ROW), bad))
    connection.close()
def gather_rows(paths, target):
    if not paths:
        return []
    work = []
    for k in range(2):
        a, b = FORK.Pipe(duplex=False)
        p = FORK.Process(target=parse_files, args=(paths[k::2], b))
        p.start()
        b.close()
        work.append((p, a))
    parts, bads = [np.empty(0, ROW)], []
    for k in range(len(paths)):
        rows, bad = work[k % 2][1].recv()
        parts.append(rows)
        bads += bad
    for p, a in work:
        p.join()
        a.close()
    with h5py.File(target, "w") as f:
        f["rows"] = np.concatenate(parts)
    return bads


# %% mistake: one worker
# promise: At least two workers parse at the same time
# points: 3.5
# message: One worker parses all files. Start two before you wait for one.
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as f:
            for k, line in enumerate(f, 1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), k))
        connection.send((np.array(rows, dtype=ROW), bad))
    connection.close()
def gather_rows(paths, target):
    a, b = FORK.Pipe(duplex=False)
    p = FORK.Process(target=parse_files, args=(paths, b))
    p.start()
    b.close()
    parts, bads = [np.empty(0, ROW)], []
    for k in range(len(paths)):
        rows, bad = a.recv()
        parts.append(rows)
        bads += bad
    p.join()
    a.close()
    with h5py.File(target, "w") as f:
        f["rows"] = np.concatenate(parts)
    return bads


# %% mistake: join before recv
# promise: When the function returns, all workers were joined
# points: 3.5
# message: A worker with many rows ends only once they are received: recv() comes before join().
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as f:
            for k, line in enumerate(f, 1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), k))
        connection.send((np.array(rows, dtype=ROW), bad))
    connection.close()
def gather_rows(paths, target):
    work = []
    for k in range(2):
        a, b = FORK.Pipe(duplex=False)
        p = FORK.Process(target=parse_files, args=(paths[k::2], b))
        p.start()
        b.close()
        work.append((p, a))
    for p, a in work:
        p.join()
    parts, bads = [np.empty(0, ROW)], []
    for k in range(len(paths)):
        rows, bad = work[k % 2][1].recv()
        parts.append(rows)
        bads += bad
    for p, a in work:
        a.close()
    with h5py.File(target, "w") as f:
        f["rows"] = np.concatenate(parts)
    return bads


# %% mistake: dtype plain float table
# promise: one dataset `rows` with the given dtype `ROW`
# points: 1
# message: The dataset has another dtype: np.array(rows, dtype=ROW).
def parse_files(paths, connection):
    for path in paths:
        rows, bad = [], []
        with open(path) as f:
            for k, line in enumerate(f, 1):
                try:
                    rows.append(parse_line(line))
                except ValueError:
                    bad.append((os.path.basename(path), k))
        connection.send((rows, bad))
    connection.close()
def gather_rows(paths, target):
    work = []
    for k in range(2):
        a, b = FORK.Pipe(duplex=False)
        p = FORK.Process(target=parse_files, args=(paths[k::2], b))
        p.start()
        b.close()
        work.append((p, a))
    parts, bads = [], []
    for k in range(len(paths)):
        rows, bad = work[k % 2][1].recv()
        parts += rows
        bads += bad
    for p, a in work:
        p.join()
        a.close()
    with h5py.File(target, "w") as f:
        f["rows"] = np.array(parts)
    return bads
