# %% mistake: never unlinks
# promise: At the end of the `with` block, the block of memory is closed and unlinked
# points: 2.75
# message: The block is still there. close() ends the view of this process; unlink() removes the name.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    block = SharedMemory(name, create=True, size=max(1, nbytes))
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.close()


# %% mistake: leaks when the body raises
# promise: also when the body raises, whatever it raises.
# points: 3.25
# message: The body raised, and the block stayed. Put the end into `finally`.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    block = SharedMemory(name, create=True, size=max(1, nbytes))
    yield np.ndarray(shape, dtype, buffer=block.buf)
    block.close()
    block.unlink()


# %% mistake: swallows the error
# promise: The error of the body goes on to the caller.
# points: 2.25
# message: The error of the body must reach the caller.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    block = SharedMemory(name, create=True, size=max(1, nbytes))
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    except BaseException:
        pass
    block.close()
    block.unlink()


# %% mistake: frombuffer, and close before unlink
# promise: The body may hold on to the array until the very end of the `with` block
# points: 0.75
# message: close() refuses while an array from np.frombuffer is alive.
@contextmanager
def shared_array(name, shape, dtype):
    count = math.prod(shape)
    block = SharedMemory(name, create=True, size=max(1, count * np.dtype(dtype).itemsize))
    try:
        yield np.frombuffer(block.buf, dtype, count).reshape(shape)
    finally:
        block.close()
        block.unlink()


# %% mistake: sees Exception only
# promise: also when the body raises, whatever it raises.
# points: 3.75
# message: SystemExit is no Exception: only `finally` sees every end.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    block = SharedMemory(name, create=True, size=max(1, nbytes))
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    except Exception:
        block.close()
        block.unlink()
        raise
    block.close()
    block.unlink()


# %% mistake: an array of its own
# promise: It makes a block of shared memory with the given name, and hands out an array of zeros in it.
# points: 2.25
# message: The block is there, but your array is not in it: np.ndarray(..., buffer=block.buf).
@contextmanager
def shared_array(name, shape, dtype):
    array = np.zeros(shape, dtype)
    block = SharedMemory(name, create=True, size=max(1, array.nbytes))
    try:
        yield array
    finally:
        block.close()
        block.unlink()


# %% mistake: the block does not outlive the statement
# promise: The body may hold on to the array until the very end of the `with` block
# points: 0.5
# message: The block was closed already. Keep the SharedMemory object until the end.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize

    def make():
        block = SharedMemory(name, create=True, size=max(1, nbytes))
        return np.ndarray(shape, dtype, buffer=block.buf)

    yield make()


# %% mistake: takes over a block that is there
# promise: `FileExistsError` is raised, and the other block stays as it is.
# points: 3.5
# message: You removed or changed a block that is not yours.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    try:
        block = SharedMemory(name, create=True, size=max(1, nbytes))
    except FileExistsError:
        block = SharedMemory(name)
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.unlink()
        block.close()


# %% mistake: no room for nothing
# promise: The array may be empty, but a block has at least one byte.
# points: 3.75
# message: A block of 0 bytes is refused: ask for at least one.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    block = SharedMemory(name, create=True, size=nbytes)
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.unlink()
        block.close()


# %% mistake: a block with a name of its own
# promise: It makes a block of shared memory with the given name, and hands out an array of zeros in it.
# points: 1.75
# message: No block of that name was there: others cannot find your array.
@contextmanager
def shared_array(name, shape, dtype):
    nbytes = max(1, math.prod(shape) * np.dtype(dtype).itemsize)
    block = SharedMemory(create=True, size=nbytes)
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.unlink()
        block.close()


# %% right: an ExitStack
def shared_array(name, shape, dtype):
    from contextlib import ExitStack

    class Shared(ExitStack):
        def __enter__(self):
            nbytes = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
            block = SharedMemory(name, True, nbytes or 1)
            self.callback(block.close)
            self.callback(block.unlink)
            return np.ndarray(shape, dtype, block.buf)

    return Shared()


# %% right: a map of the file, without SharedMemory
@contextmanager
def shared_array(name, shape, dtype):
    import mmap

    nbytes = max(1, math.prod(shape) * np.dtype(dtype).itemsize)
    path = f"/dev/shm/{name}"
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        os.ftruncate(fd, nbytes)
        yield np.ndarray(shape, dtype, buffer=mmap.mmap(fd, nbytes))
    finally:
        os.close(fd)
        os.unlink(path)


# %% right: a class of its own
class Shared:
    def __init__(self, name, shape, dtype):
        self.name, self.shape, self.dtype = name, shape, np.dtype(dtype)

    def __enter__(self):
        size = self.dtype.itemsize
        for length in self.shape:
            size *= length
        self.block = SharedMemory(name=self.name, create=True, size=size or 1)
        array = np.ndarray(self.shape, self.dtype, self.block.buf)
        array.view("u1")[...] = 0
        return array

    def __exit__(self, *error):
        self.block.close()
        self.block.unlink()


def shared_array(name, shape, dtype):
    return Shared(name, shape, dtype)


# %% mistake: size in items
# promise: makes a block of shared memory
# points: 0.75
# message: A block has a size in bytes: items times itemsize.
@contextmanager
def shared_array(name, shape, dtype):
    block = SharedMemory(name, create=True, size=max(1, math.prod(shape)))
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.close()
        block.unlink()


# %% mistake: removes the block that was there
# promise: the other block stays as it is
# points: 3.5
# message: The other block is not yours: let FileExistsError go on, and leave it.
@contextmanager
def shared_array(name, shape, dtype):
    size = max(1, math.prod(shape) * np.dtype(dtype).itemsize)
    try:
        block = SharedMemory(name, create=True, size=size)
    except FileExistsError:
        old = SharedMemory(name)
        old.close()
        old.unlink()
        block = SharedMemory(name, create=True, size=size)
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.close()
        block.unlink()


# %% mistake: create inside the try so unlinks the other's
# promise: the other block stays as it is
# points: 3.75
# message: You removed a block that is not yours: make yours before the `try`.
@contextmanager
def shared_array(name, shape, dtype):
    block = None
    try:
        block = SharedMemory(name, create=True, size=max(1, math.prod(shape) * np.dtype(dtype).itemsize))
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block = block or SharedMemory(name)
        block.close()
        block.unlink()


# %% mistake: unlinks without closing
# promise: the block of memory is closed and unlinked
# points: 3.75
# message: unlink() removes the name only: close() the block, too.
@contextmanager
def shared_array(name, shape, dtype):
    block = SharedMemory(name, create=True, size=max(1, math.prod(shape) * np.dtype(dtype).itemsize))
    kept.append(block)
    try:
        yield np.ndarray(shape, dtype, buffer=block.buf)
    finally:
        block.unlink()
kept = []


# %% mistake: dtype ignored
# promise: dtype : dtype
# points: 1.5
# message: The array has another dtype than was asked for: np.ndarray(shape, dtype, buffer=...).
@contextmanager
def shared_array(name, shape, dtype):
    block = SharedMemory(name, create=True, size=max(1, math.prod(shape) * 8))
    try:
        yield np.ndarray(shape, buffer=block.buf)
    finally:
        block.close()
        block.unlink()
