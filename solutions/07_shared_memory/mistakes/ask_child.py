# %% mistake: always forks
# points: 1.25
# message: The child was not started with the given method: get_context(method).
def ask_child(array, name, method):
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        context = get_context("fork")
        ours, theirs = context.Pipe()
        task = (name, array.shape, array.dtype.str, theirs)
        child = context.Process(target=shared_tasks.column_sums, args=task)
        child.start()
        theirs.close()
        answer = ours.recv()
        ours.close()
        child.join()
        return answer
    finally:
        block.close()
        block.unlink()


# %% mistake: unlinks before the child is there
# points: 0
# message: The child could not read the block. Was it there, and complete, when the child looked?
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
    block.close()
    block.unlink()
    ours, theirs = context.Pipe()
    task = (name, array.shape, array.dtype.str, theirs)
    child = context.Process(target=shared_tasks.column_sums, args=task)
    child.start()
    theirs.close()
    answer = ours.recv()
    ours.close()
    child.join()
    return answer


# %% mistake: copies the memory as it lies, and never unlinks
# points: 2
# message: The block is still there: unlink it.
# message: The child expects C order. An assignment into an array in the block keeps the items in place.
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    block.buf[: array.nbytes] = array.tobytes("A")
    ours, theirs = context.Pipe()
    task = (name, array.shape, array.dtype.str, theirs)
    child = context.Process(target=shared_tasks.column_sums, args=task)
    child.start()
    theirs.close()
    answer = ours.recv()
    ours.close()
    child.join()
    block.close()
    return answer


# %% mistake: forgets the byte order
# points: 2.5
# message: The bytes of each item were read in the wrong order: array.dtype.str names it.
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe()
        task = (name, array.shape, f"<{array.dtype.kind}{array.dtype.itemsize}", theirs)
        child = context.Process(target=shared_tasks.column_sums, args=task)
        child.start()
        theirs.close()
        answer = ours.recv()
        ours.close()
        child.join()
        return answer
    finally:
        block.close()
        block.unlink()


# %% mistake: leaves the child and the pipe
# points: 2.5
# message: The child is still listed: join() waits for its end.
# message: Close the block and both ends of the pipe: each has a descriptor.
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
    ours, theirs = context.Pipe()
    task = (name, array.shape, array.dtype.str, theirs)
    child = context.Process(target=shared_tasks.column_sums, args=task)
    child.start()
    answer = ours.recv()
    block.close()
    block.unlink()
    kept.append((child, ours, theirs))
    return answer


kept = []


# %% mistake: hands the dtype over as an object
# points: 0
# message: The child got the block, but not the dtype as it reads it: array.dtype.str, a text such as '<i4'.
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe()
        task = (name, array.shape, array.dtype, theirs)
        child = context.Process(target=shared_tasks.column_sums, args=task)
        child.start()
        theirs.close()
        answer = ours.recv()
        ours.close()
        child.join()
        return answer
    finally:
        block.close()
        block.unlink()


# %% mistake: adds up in this process
# points: 0
# message: The child was not started with the given method: get_context(method).
def ask_child(array, name, method):
    sums = [sum(column.tolist()) for column in array.T]
    return {"sums": sums, "started by": "nobody"}


# %% mistake: forgets an argument, and waits for a child that died
# points: 0
# message: No child is there that could answer: it died, or was never started. recv() would wait for ever, for your process holds the child's end of the pipe, too: close it after start().
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe()
        task = (name, array.shape, theirs)
        child = context.Process(target=shared_tasks.column_sums, args=task)
        child.start()
        answer = ours.recv()
        ours.close()
        theirs.close()
        child.join()
        return answer
    finally:
        block.close()
        block.unlink()


# %% mistake: never starts the child
# points: 0
# message: No child is there that could answer: it died, or was never started. recv() would wait for ever, for your process holds the child's end of the pipe, too: close it after start().
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe()
        task = (name, array.shape, array.dtype.str, theirs)
        context.Process(target=shared_tasks.column_sums, args=task)
        with ours, theirs:
            return ours.recv()
    finally:
        block.close()
        block.unlink()


# %% mistake: forgets an argument, and learns of the child's end
# points: 0
# message: The child died before it sent its answer. Did it get all its arguments?
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe()
        child = context.Process(target=shared_tasks.column_sums, args=(name, array.shape, theirs))
        child.start()
        theirs.close()
        with ours:
            return ours.recv()
    finally:
        child.join()
        block.close()
        block.unlink()


# %% mistake: joins before it receives
# points: 2.25
# message: A pipe holds some hundred KiB. A child with a larger message ends only once it is received: recv() comes before join().
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    ours, theirs = context.Pipe()
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        task = (name, array.shape, array.dtype.str, theirs)
        child = context.Process(target=shared_tasks.column_sums, args=task)
        child.start()
        theirs.close()
        child.join()
        return ours.recv()
    finally:
        ours.close()
        theirs.close()
        block.close()
        block.unlink()


# %% mistake: a block of as many bytes as items
# points: 0.75
# message: buffer is too small
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.size)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe()
        task = (name, array.shape, array.dtype.str, theirs)
        child = context.Process(target=shared_tasks.column_sums, args=task)
        child.start()
        theirs.close()
        with ours:
            answer = ours.recv()
        child.join()
        return answer
    finally:
        block.close()
        block.unlink()


# %% right: a queue, and bytes
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, True, array.nbytes)
    ours, theirs = context.Pipe()
    try:
        block.buf[: array.nbytes] = array.tobytes()
        child = context.Process(
            target=shared_tasks.column_sums,
            kwargs={
                "name": block.name,
                "shape": list(array.shape),
                "dtype": array.dtype.str,
                "connection": theirs,
            },
        )
        child.start()
        try:
            return ours.recv()
        finally:
            child.join()
            child.close()
    finally:
        for open_one in (ours, theirs, block):
            open_one.close()
        block.unlink()


# %% right: np.frombuffer
def ask_child(array, name, method):
    from contextlib import closing

    context = get_context(method)
    with closing(SharedMemory(name, create=True, size=array.size * array.itemsize)) as block:
        flat = np.frombuffer(block.buf, array.dtype, array.size)
        flat[:] = array.ravel()
        del flat
        ours, theirs = context.Pipe(False)
        with ours:
            with theirs:
                task = (name, array.shape, array.dtype.str, theirs)
                child = context.Process(target=shared_tasks.column_sums, args=task, daemon=True)
                child.start()
            answer = ours.recv()
        child.join(10)
        block.unlink()
    return answer
