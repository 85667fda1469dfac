# %% mistake: reads everything
# promise: Do not read what nobody asks for.
# points: 2.5
# message: You read the file. A memory map fetches only pages that are used.
def open_raw(path, dtype, shape, offset=0, order="C"):
    array = np.fromfile(path, dtype, offset=offset)
    if -1 not in shape:
        array = array[: int(np.prod(shape))]
    elif (os.path.getsize(path) - offset) % np.dtype(dtype).itemsize:
        raise ValueError("bytes are left over")
    array = array.reshape(shape, order=order)
    array.flags.writeable = False
    return array


# %% mistake: forgets the order
# promise: `order` is `"C"` or `"F"`.
# points: 2.75
# message: "The items may lie in Fortran order: `order` tells it."
def open_raw(path, dtype, shape, offset=0, order="C"):
    array = np.memmap(path, dtype, "r", offset=offset)
    if -1 not in shape:
        array = array[: int(np.prod(shape))]
    return array.reshape(shape)


# %% mistake: may be written to
# promise: Open one as a read-only memory map, and return the array.
# points: 2.75
# message: Open it read-only: mode="r".
def open_raw(path, dtype, shape, offset=0, order="C"):
    known = int(np.prod([n for n in shape if n != -1]))
    nbytes = os.path.getsize(path) - offset
    if -1 in shape and nbytes % (known * np.dtype(dtype).itemsize):
        raise ValueError("bytes are left over")
    many = nbytes // (known * np.dtype(dtype).itemsize) if -1 in shape else 0
    shape = tuple(many if n == -1 else n for n in shape)
    return np.memmap(path, dtype, "c", offset=offset, shape=shape, order=order)


# %% mistake: drops the bytes that are left over
# promise: or there is a -1 and bytes are left over.
# points: 2.5
# message: Bytes are left over: the file does not hold that shape.
def open_raw(path, dtype, shape, offset=0, order="C"):
    known = int(np.prod([n for n in shape if n != -1]))
    many = (os.path.getsize(path) - offset) // (known * np.dtype(dtype).itemsize) if known else 0
    shape = tuple(many if n == -1 else n for n in shape)
    return np.memmap(path, dtype, "r", offset=offset, shape=shape, order=order)


# %% mistake: does not know -1
# promise: then the data reaches exactly to the end of the file, and that tells the number.
# points: 1.5
# message: "A length of -1 stands for as many as the bytes from `offset` to the end of the file hold."
def open_raw(path, dtype, shape, offset=0, order="C"):
    if min(shape) < 0:
        raise ValueError("negative length")
    return np.memmap(path, dtype, "r", offset=offset, shape=tuple(shape), order=order)


# %% mistake: the byte order of this machine
# promise: `dtype` is a text such as `">i2"` (big-endian, two bytes).
# points: 2.5
# message: The dtype tells the byte order, too: keep it.
def open_raw(path, dtype, shape, offset=0, order="C"):
    nbytes = os.path.getsize(path) - offset
    known = int(np.prod([n for n in shape if n != -1])) * np.dtype(dtype).itemsize
    if -1 in shape and nbytes % known:
        raise ValueError("bytes are left over")
    shape = tuple(nbytes // known if n == -1 else n for n in shape)
    array = np.memmap(path, dtype, "r", offset=offset, shape=shape, order=order)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


# %% mistake: returns a view on a closed map
# promise: Open one as a read-only memory map, and return the array.
# points: 0
# message: Your function raised 
def open_raw(path, dtype, shape, offset=0, order="C"):
    with open(path, "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            return np.ndarray(shape, dtype, buffer=whole, offset=offset, order=order)


# %% mistake: forgets the offset where it counts the items
# promise: then the data reaches exactly to the end of the file, and that tells the number.
# points: 2
# message: The bytes from `offset` to the end of the file tell how many rows there are.
def open_raw(path, dtype, shape, offset=0, order="C"):
    known = 1
    for n in shape:
        known *= 1 if n == -1 else n
    if -1 in shape:
        many = os.path.getsize(path) // (known * np.dtype(dtype).itemsize)
        shape = tuple(many if n == -1 else n for n in shape)
    return np.memmap(path, dtype, "r", offset=offset, shape=tuple(shape), order=order)


# %% mistake: forgets the offset where it opens the file
# promise: The data begins at byte `offset`
# points: 1
# message: Where does the data begin? `offset` counts bytes.
def open_raw(path, dtype, shape, offset=0, order="C"):
    known = 1
    for n in shape:
        known *= 1 if n == -1 else n
    if -1 in shape:
        many, left = divmod(os.path.getsize(path) - offset, known * np.dtype(dtype).itemsize)
        if left:
            raise ValueError("bytes are left over")
        shape = tuple(many if n == -1 else n for n in shape)
    return np.memmap(path, dtype, "r", shape=tuple(shape), order=order)


# %% mistake: takes what is there of a file that is too short
# promise: Where the file does not hold that shape, raise `ValueError`
# points: 2.75
# message: a file that is too short
def open_raw(path, dtype, shape, offset=0, order="C"):
    dtype, shape = np.dtype(dtype), list(shape)
    rest = os.path.getsize(path) - offset
    if -1 in shape:
        known = int(np.prod([n for n in shape if n != -1])) * dtype.itemsize
        if rest % known:
            raise ValueError("bytes are left over")
        shape[shape.index(-1)] = rest // known
    while shape[-1] > 0 and int(np.prod(shape)) * dtype.itemsize > rest:
        shape[-1] -= 1
    return np.memmap(path, dtype, "r", offset=offset, shape=tuple(shape), order=order)


# %% right: mmap and ndarray
import mmap


def open_raw(path, dtype, shape, offset=0, order="C"):
    with open(path, "rb") as file:
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    rest = np.frombuffer(whole, np.uint8)[offset:]
    count = -1 if -1 in shape else int(np.prod(shape))
    nbytes = len(rest) if count == -1 else count * np.dtype(dtype).itemsize
    if nbytes > len(rest):
        raise ValueError(f"{path} is too short")
    return rest[:nbytes].view(dtype).reshape(shape, order=order)


# %% right: a map of bytes, viewed
def open_raw(path, dtype, shape, offset=0, order="C"):
    dtype = np.dtype(dtype)
    rest = np.memmap(path, mode="r")[offset:]
    if -1 not in shape:
        rest = rest[: int(np.prod(shape)) * dtype.itemsize]
    array = np.ndarray((len(rest) // dtype.itemsize,), dtype, buffer=rest)
    if len(rest) % dtype.itemsize:
        raise ValueError("bytes are left over")
    return array.reshape(shape, order=order)


# %% right: a map of the flat file, reshaped
def open_raw(path, dtype, shape, offset=0, order="C"):
    if -1 not in shape:
        return np.memmap(path, dtype, "r", offset, tuple(shape), order)
    flat = np.memmap(path, dtype, "r", offset)
    return flat.reshape(shape, order=order)


# %% mistake: left over bytes refused without -1
# promise: there may be other bytes behind it
# points: 1.75
# message: Without a -1, other bytes may follow: map as many items as the shape has, and no more.
def open_raw(path, dtype, shape, offset=0, order="C"):
    m = np.memmap(path, dtype=dtype, mode="r", offset=offset)
    return m.reshape(shape, order=order)


# %% mistake: -1 only first
# promise: One number of `shape` may be -1
# points: 2.5
# message: The -1 may stand at any place of the shape.
def open_raw(path, dtype, shape, offset=0, order="C"):
    size = os.path.getsize(path) - offset
    item = np.dtype(dtype).itemsize
    if shape[0] == -1:
        rest = int(np.prod(shape[1:])) * item
        if size % rest:
            raise ValueError("left over")
        shape = (size // rest, *shape[1:])
    if np.prod(shape) * item > size:
        raise ValueError("too short")
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape), order=order)


# %% mistake: transposed for F
# promise: `order` is `"C"` or `"F"`
# points: 2.75
# message: A transposed array has another shape: pass the order on to np.memmap.
def open_raw(path, dtype, shape, offset=0, order="C"):
    shape = list(shape)
    size = os.path.getsize(path) - offset
    item = np.dtype(dtype).itemsize
    if -1 in shape:
        rest = int(-np.prod(shape)) * item
        if size % rest:
            raise ValueError("left over")
        shape[shape.index(-1)] = size // rest
    if np.prod(shape) * item > size:
        raise ValueError("too short")
    m = np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape))
    return m.T if order == "F" else m


# %% mistake: items left over not rows left over
# promise: there is a -1 and bytes are left over
# points: 2.75
# message: Bytes are left over that make no whole row.
def open_raw(path, dtype, shape, offset=0, order="C"):
    size = os.path.getsize(path) - offset
    item = np.dtype(dtype).itemsize
    if size % item:
        raise ValueError("left over")
    shape = list(shape)
    if -1 in shape:
        rest = int(-np.prod(shape)) * item
        shape[shape.index(-1)] = size // rest
    if np.prod(shape) * item > size:
        raise ValueError("too short")
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=tuple(shape), order=order)


# %% mistake: does not refuse short files: mode w+ extends? returns smaller
# promise: it is too short
# points: 2.75
# message: The file is too short for that shape, and nobody is told: raise ValueError.
def open_raw(path, dtype, shape, offset=0, order="C"):
    m = np.memmap(path, dtype=dtype, mode="r", offset=offset)
    if -1 not in shape:
        m = m[:int(np.prod(shape))]
        shape = (-1, *shape[1:])
    return m.reshape(shape, order=order)
