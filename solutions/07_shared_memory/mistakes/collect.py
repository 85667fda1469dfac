# %% mistake: expects every worker to live
# promise: A worker may be killed at any moment
# points: 0
# message: recv() raises EOFError once the worker is dead: that tells you of it.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        shape, dtype = connection.recv()
        connection.close()
        process.join()
        block = SharedMemory(f"{prefix}{i}")
        arrays.append(np.ndarray(shape, dtype, buffer=block.buf).copy())
        block.close()
        block.unlink()
    return arrays


# %% mistake: nobody unlinks
# promise: and none of the blocks.
# points: 2.5
# message: The workers close their blocks, and nobody unlinks them: that is up to you. And the killed worker had made its block.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        try:
            shape, dtype = connection.recv()
        except EOFError:
            arrays.append(None)
        else:
            block = SharedMemory(f"{prefix}{i}")
            arrays.append(np.ndarray(shape, dtype, buffer=block.buf).copy())
            block.close()
        connection.close()
        process.join()
    return arrays


# %% mistake: forgets the block of the dead
# promise: and none of the blocks.
# points: 2.5
# message: The killed worker had made its block. You know the name: remove it.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        try:
            shape, dtype = connection.recv()
        except EOFError:
            arrays.append(None)
        else:
            block = SharedMemory(f"{prefix}{i}")
            arrays.append(np.ndarray(shape, dtype, buffer=block.buf).copy())
            block.close()
            block.unlink()
        connection.close()
        process.join()
    return arrays


# %% mistake: every worker has a block
# promise: `None` for a worker that died before its message.
# points: 1.75
# message: A worker that died early has made no block.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        array = None
        try:
            shape, dtype = connection.recv()
        except EOFError:
            shape = None
        connection.close()
        process.join()
        block = SharedMemory(f"{prefix}{i}")
        if shape is not None:
            array = np.ndarray(shape, dtype, buffer=block.buf).copy()
        arrays.append(array)
        block.close()
        block.unlink()
    return arrays


# %% mistake: returns views on closed blocks
# promise: Return a list of the arrays
# points: 0
# message: closed
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        try:
            shape, dtype = connection.recv()
        except EOFError:
            shape = None
        connection.close()
        process.join()
        try:
            block = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            arrays.append(None)
            continue
        arrays.append(None if shape is None else np.ndarray(shape, dtype, buffer=block.buf))
        block.unlink()
        block.close()
    return arrays


# %% mistake: goes by how the worker ended
# promise: What counts is the message: if it came, the block is complete.
# points: 1.75
# message: The message of the last one came, so its block is complete. How the worker ended does not matter.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        process.join()
        try:
            block = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            arrays.append(None)
            connection.close()
            continue
        if process.exitcode == 0:
            shape, dtype = connection.recv()
            arrays.append(np.ndarray(shape, dtype, buffer=block.buf).copy())
        else:
            arrays.append(None)
        connection.close()
        block.close()
        block.unlink()
    return arrays


# %% mistake: does not wait for the end
# promise: When the function returns, no worker is left
# points: 2.5
# message: A process that has ended stays in the list until join().
# message: Close the connections, also of the workers that died, and the blocks.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        try:
            shape, dtype = connection.recv()
        except EOFError:
            shape = None
        connection.close()
        try:
            block = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            arrays.append(None)
            continue
        copied = None if shape is None else np.ndarray(shape, dtype, buffer=block.buf).copy()
        arrays.append(copied)
        block.close()
        block.unlink()
    return arrays


# %% mistake: one worker after the other
# promise: all before you wait for the first.
# points: 2.5
# message: Start one worker for each job before you wait for the first, in whatever way.
def collect(jobs, prefix):
    arrays = []
    for i, job in enumerate(jobs):
        process, connection = start_worker(job, f"{prefix}{i}")
        try:
            shape, dtype = connection.recv()
        except EOFError:
            shape = None
        connection.close()
        process.join()
        try:
            block = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            arrays.append(None)
            continue
        arrays.append(None if shape is None else np.ndarray(shape, dtype, buffer=block.buf).copy())
        block.close()
        block.unlink()
    return arrays


# %% mistake: stops at the first dead worker
# promise: A worker may be killed at any moment
# points: 1.75
# message: One worker died, and the arrays of those behind it are missing: go on with the next.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = [None] * len(jobs)
    alive = True
    for i, (process, connection) in enumerate(workers):
        try:
            shape, dtype = connection.recv()
        except EOFError:
            alive = False
        connection.close()
        process.join()
        try:
            block = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            continue
        if alive:
            arrays[i] = np.ndarray(shape, dtype, buffer=block.buf).copy()
        block.close()
        block.unlink()
    return arrays


# %% mistake: a view is alive when the block closes
# promise: Return a list of the arrays
# points: 0
# message: Copy the array, and let go of the view, before you close the block.
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    arrays = []
    for i, (process, connection) in enumerate(workers):
        try:
            shape, dtype = connection.recv()
        except EOFError:
            shape = None
        connection.close()
        process.join()
        try:
            block = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            arrays.append(None)
            continue
        if shape is None:
            arrays.append(None)
        else:
            view = np.frombuffer(block.buf, dtype, math.prod(shape))
            arrays.append(view.reshape(shape).copy())
        block.unlink()
        block.close()
    return arrays


# %% right: unlinks in a second pass
def collect(jobs, prefix):
    workers = [start_worker(job, prefix + str(i)) for i, job in enumerate(jobs)]
    messages = []
    for process, connection in workers:
        with connection:
            try:
                messages.append(connection.recv())
            except EOFError:
                messages.append(None)
        process.join()
    arrays = [None] * len(jobs)
    for i, message in enumerate(messages):
        try:
            block = SharedMemory(prefix + str(i))
        except FileNotFoundError:
            continue
        if message:
            arrays[i] = np.array(np.ndarray(*message, buffer=block.buf))
        block.unlink()
        block.close()
    return arrays


# %% right: reads the files of the blocks
def collect(jobs, prefix):
    workers = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    for process, _ in workers:
        process.join()
    arrays = []
    for i, (process, connection) in enumerate(workers):
        path = f"/dev/shm/{prefix}{i}"
        array = None
        if connection.poll():
            try:
                shape, dtype = connection.recv()
                array = np.fromfile(path, dtype, int(np.prod(shape))).reshape(shape)
            except EOFError:
                pass
        connection.close()
        process.close()
        if os.path.exists(path):
            os.unlink(path)
        arrays.append(array)
    return arrays


# %% mistake: uses the block even without message
# promise: `None` for a worker that died before its message
# points: 0.5
# message: Without a message the block may be half done: the result is None then.
def collect(jobs, prefix):
    ws = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    out = []
    last = None
    for i, (p, c) in enumerate(ws):
        try:
            last = c.recv()
        except EOFError:
            pass
        p.join()
        try:
            b = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            out.append(None)
            continue
        out.append(np.array(np.ndarray(*last, buffer=b.buf)))
        b.close()
        b.unlink()
    return out


# %% mistake: skips dead workers instead of None
# promise: `None` for a worker that died before its message
# points: 0
# message: A worker that died before its message has a place in the list: None.
def collect(jobs, prefix):
    ws = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs)]
    out = []
    for i, (p, c) in enumerate(ws):
        try:
            got = c.recv()
        except EOFError:
            got = None
        p.join()
        try:
            b = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            continue
        if got:
            out.append(np.array(np.ndarray(*got, buffer=b.buf)))
        b.close()
        b.unlink()
    return out


# %% mistake: number of blocks from 1
# promise: Call the block of job number `i` `f"{prefix}{i}"`.
# points: 2.75
# message: The numbers of the blocks begin with 0.
def collect(jobs, prefix):
    ws = [start_worker(job, f"{prefix}{i}") for i, job in enumerate(jobs, 1)]
    out = []
    for i, (p, c) in enumerate(ws, 1):
        try:
            got = c.recv()
        except EOFError:
            got = None
        p.join()
        try:
            b = SharedMemory(f"{prefix}{i}")
        except FileNotFoundError:
            out.append(None)
            continue
        out.append(np.array(np.ndarray(*got, buffer=b.buf)) if got else None)
        b.close()
        b.unlink()
    return out
