# %% mistake: always forks
# promise: Start it with the given start method
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
# promise: The data go through a block of shared memory with the given name
# points: 0
# message: The child could not read the block: it has to be there, and complete, when the child looks.
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
# promise: expects the array in C order
# points: 2
# message: The child expects C order. An assignment into an array in the block keeps the items in place.
# message: The block is still there: unlink it.
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
# promise: the child gets the name, the shape, and the dtype as a text, `array.dtype.str`.
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
# promise: When the function returns, the child has ended and the block is gone.
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
# promise: the child gets the name, the shape, and the dtype as a text, `array.dtype.str`.
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
# promise: Let another process add up the columns of an array with two axes.
# points: 0
# message: Your own process added up. Start a child, and return what it sends.
def ask_child(array, name, method):
    sums = [sum(column.tolist()) for column in array.T]
    return {"sums": sums, "started by": "nobody"}


# %% mistake: forgets an argument, and waits for a child that died
# promise: Return that answer.
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
# promise: Return that answer.
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
# promise: Return that answer.
# points: 0
# message: The child died before it sent its answer: it needs all its arguments.
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
# promise: a child that sends it ends only once somebody receives it.
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
# promise: The data go through a block of shared memory with the given name
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


# %% mistake: frombuffer, and close while it is alive
# promise: When the function returns, the child has ended and the block is gone.
# points: 0
# message: close() refuses while an array from np.frombuffer is alive: `del` it before.
def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    flat = np.frombuffer(block.buf, array.dtype, array.size)
    try:
        flat[:] = array.ravel()
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=shared_tasks.column_sums, args=(name, array.shape, array.dtype.str, theirs))
        child.start()
        theirs.close()
        with ours:
            answer = ours.recv()
        child.join()
        return answer
    finally:
        block.unlink()
        block.close()


# %% mistake: a function of the notebook for the child
# promise: Its function is given, in a module, so that every start method finds it
# points: 1.25
# message: A spawned child knows no function of a notebook: give it the one of `shared_tasks`.
def sums_of(name, shape, dtype, connection):
    shared_tasks.column_sums(name, shape, dtype, connection)


def ask_child(array, name, method):
    context = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    try:
        np.ndarray(array.shape, array.dtype, buffer=block.buf)[...] = array
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=sums_of, args=(name, array.shape, array.dtype.str, theirs))
        child.start()
        theirs.close()
        with ours:
            answer = ours.recv()
        child.join()
        return answer
    finally:
        block.unlink()
        block.close()


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


# %% mistake: tobytes in memory order A
# promise: expects the array in C order
# points: 2.5
# message: tobytes(order="A") keeps Fortran order, and the child expects C order.
def ask_child(array, name, method):
    ctx = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    block.buf[:array.nbytes] = array.tobytes(order="A")
    a, b = ctx.Pipe()
    p = ctx.Process(target=shared_tasks.column_sums, args=(name, array.shape, array.dtype.str, b))
    p.start()
    answer = a.recv()
    p.join()
    block.close()
    block.unlink()
    return answer


# %% mistake: no unlink
# promise: the child has ended and the block is gone
# points: 2.5
# message: The block is still there: unlink it.
def ask_child(array, name, method):
    ctx = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=block.buf)[:] = array
    a, b = ctx.Pipe()
    p = ctx.Process(target=shared_tasks.column_sums, args=(name, array.shape, array.dtype.str, b))
    p.start()
    answer = a.recv()
    p.join()
    block.close()
    return answer


# %% mistake: always spawn
# promise: Start it with the given start method
# points: 1.25
# message: The child was not started with the given method: get_context(method).
def ask_child(array, name, method):
    ctx = get_context("spawn")
    block = SharedMemory(name, create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=block.buf)[:] = array
    a, b = ctx.Pipe()
    p = ctx.Process(target=shared_tasks.column_sums, args=(name, array.shape, array.dtype.str, b))
    p.start()
    answer = a.recv()
    p.join()
    block.close()
    block.unlink()
    return answer


# %% mistake: float64 in the block
# promise: expects the array in C order
# points: 0.5
# message: The block holds another dtype than the child was told.
def ask_child(array, name, method):
    ctx = get_context(method)
    data = np.ascontiguousarray(array, dtype="f8")
    block = SharedMemory(name, create=True, size=data.nbytes)
    np.ndarray(data.shape, data.dtype, buffer=block.buf)[:] = data
    a, b = ctx.Pipe()
    p = ctx.Process(target=shared_tasks.column_sums, args=(name, array.shape, array.dtype.str, b))
    p.start()
    answer = a.recv()
    p.join()
    block.close()
    block.unlink()
    return answer


# %% mistake: forgot to copy
# promise: The data go through a block of shared memory
# points: 0
# message: The block holds zeros: copy the array into it before the child starts.
def ask_child(array, name, method):
    ctx = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    a, b = ctx.Pipe()
    p = ctx.Process(target=shared_tasks.column_sums, args=(name, array.shape, array.dtype.str, b))
    p.start()
    answer = a.recv()
    p.join()
    block.close()
    block.unlink()
    return answer


# %% mistake: returns the sums only
# promise: Return that answer.
# points: 0
# message: Return the whole answer of the child, not a part of it.
def ask_child(array, name, method):
    ctx = get_context(method)
    block = SharedMemory(name, create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=block.buf)[:] = array
    a, b = ctx.Pipe()
    p = ctx.Process(target=shared_tasks.column_sums, args=(name, array.shape, array.dtype.str, b))
    p.start()
    answer = a.recv()
    p.join()
    block.close()
    block.unlink()
    return answer["sums"]
