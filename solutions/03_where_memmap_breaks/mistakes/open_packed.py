# %% mistake: one map an array
# promise: so few descriptors and little memory suffice.
# points: 3.25
# message: "Each map needs a descriptor. One map serves all arrays: np.ndarray(shape, dtype, buffer=whole, offset=start)."
def pack(path, arrays):
    index, start = {}, 0
    for name, array in arrays.items():
        index[name] = [array.dtype.str, list(array.shape), start]
        start += array.nbytes
    text = json.dumps(index).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<QQ", len(text), 16 + len(text) + start) + text)
        for array in arrays.values():
            file.write(array.tobytes())


def open_packed(path):
    with open(path, "rb") as file:
        head = file.read(16)
        if len(head) < 16 or struct.unpack("<QQ", head)[1] != os.path.getsize(path):
            raise ValueError("not complete")
        length = struct.unpack("<QQ", head)[0]
        index = json.loads(file.read(length))
    return {
        name: np.memmap(path, dtype, "r", offset=16 + length + start, shape=tuple(shape))
        for name, (dtype, shape, start) in index.items()
    }


# %% mistake: npz, which is read when it is opened
# promise: It does not read the arrays, it makes them look at one memory map
# points: 3.5
# message: You read all arrays. Let them look at the memory map: nothing is read before it is used.
def pack(path, arrays):
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def open_packed(path):
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


# %% mistake: keeps the index in memory
# promise: The file is complete in itself: another program may move it elsewhere and open it.
# points: 0
# message: The packed file is complete in itself: nothing beside it, no memory of it.
places = {}


def pack(path, arrays):
    index, start = {}, 0
    with open(path, "wb") as file:
        for name, array in arrays.items():
            index[name] = (array.dtype, array.shape, file.tell())
            file.write(array.tobytes())
    places[path] = index


def open_packed(path):
    whole = np.memmap(path, np.uint8, "r")
    return {n: np.ndarray(s, d, buffer=whole, offset=o) for n, (d, s, o) in places[path].items()}


# %% mistake: does not look whether the file is complete
# promise: Where its end is missing, or where it holds nothing but zeros, `open_packed` raises `ValueError`.
# points: 4.5
# message: Make sure that the file is complete before you use it. Raise ValueError where it is not.
def pack(path, arrays):
    index, start = {}, 0
    for name, array in arrays.items():
        index[name] = [array.dtype.str, list(array.shape), start]
        start += array.nbytes
    text = json.dumps(index).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())


def open_packed(path):
    whole = np.memmap(path, np.uint8, "r")
    length = int.from_bytes(whole[:8].tobytes(), "little")
    index = json.loads(whole[8 : 8 + length].tobytes() or b"{}")
    return {
        name: whole[start:][: int(np.prod(shape)) * np.dtype(dtype).itemsize].view(dtype).reshape(shape)
        for name, (dtype, shape, start) in ((n, (d, s, o + 8 + length)) for n, (d, s, o) in index.items())
    }


# %% mistake: forgets the byte order
# promise: same dtypes, shapes and values.
# points: 3.75
# message: wrong dtype
def pack(path, arrays):
    index = {}
    with open(path, "wb") as file:
        for name, array in arrays.items():
            index[name] = [array.dtype.newbyteorder("=").str, list(array.shape), file.tell()]
            file.write(array.tobytes())
        text = json.dumps(index).encode()
        file.write(text + struct.pack("<QI4s", len(text), zlib.crc32(text), b"PACK"))


def open_packed(path):
    if os.path.getsize(path) < 16:
        raise ValueError("too short")
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    length, checksum, mark = struct.unpack("<QI4s", whole[-16:].tobytes())
    if mark != b"PACK":
        raise ValueError("no mark")
    index = json.loads(whole[-16 - length : -16].tobytes())
    return {n: np.ndarray(s, d, buffer=whole, offset=o) for n, (d, s, o) in index.items()}


# %% mistake: a folder instead of a file
# promise: The file is complete in itself: another program may move it elsewhere and open it.
# points: 0
# message: Your function raised 
def pack(path, arrays):
    os.mkdir(path)
    for name, array in arrays.items():
        np.save(os.path.join(path, name), array)


def open_packed(path):
    return np.memmap(path)


# %% mistake: writes nothing
# promise: writes all arrays of a dict into one file
# points: 0
# message: FileNotFoundError
def pack(path, arrays):
    return arrays


def open_packed(path):
    return dict(np.load(path))


# %% mistake: writes the bytes as they lie in memory
# promise: same dtypes, shapes and values.
# points: 3.75
# message: "Write the items in the order that you read them in: tobytes() gives C order, whatever the order in memory."
def pack(path, arrays):
    index = {}
    with open(path, "wb") as file:
        for name, array in arrays.items():
            index[name] = [array.dtype.str, list(array.shape), file.tell()]
            file.write(array.tobytes(order="A"))
        text = json.dumps(index).encode()
        file.write(text + struct.pack("<QI4s", len(text), zlib.crc32(text), b"PACK"))


def open_packed(path):
    if os.path.getsize(path) < 16:
        raise ValueError("too short")
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    length, checksum, mark = struct.unpack("<QI4s", whole[-16:].tobytes())
    if mark != b"PACK":
        raise ValueError("no mark")
    index = json.loads(whole[-16 - length : -16].tobytes())
    return {n: np.ndarray(s, d, buffer=whole, offset=o) for n, (d, s, o) in index.items()}


# %% mistake: sorts the names
# promise: same names in the same order
# points: 4.75
# message: The dict has the names of all arrays, in the order they were packed in.
def pack(path, arrays):
    index = {}
    with open(path, "wb") as file:
        for name, array in sorted(arrays.items()):
            index[name] = [array.dtype.str, list(array.shape), file.tell()]
            file.write(array.tobytes())
        text = json.dumps(index).encode()
        file.write(text + struct.pack("<QI4s", len(text), zlib.crc32(text), b"PACK"))


def open_packed(path):
    if os.path.getsize(path) < 16:
        raise ValueError("too short")
    whole = np.memmap(path, dtype=np.uint8, mode="r")
    length, checksum, mark = struct.unpack("<QI4s", whole[-16:].tobytes())
    if mark != b"PACK":
        raise ValueError("no mark")
    index = json.loads(whole[-16 - length : -16].tobytes())
    return {n: np.ndarray(s, d, buffer=whole, offset=o) for n, (d, s, o) in index.items()}


# %% mistake: believes every file that has the right size
# promise: Where its end is missing, or where it holds nothing but zeros, `open_packed` raises `ValueError`.
# points: 4.25
# message: Make sure that the file is complete before you use it. Raise ValueError where it is not.
def pack(path, arrays):
    index, start = {}, 0
    for name, array in arrays.items():
        index[name] = [array.dtype.str, list(array.shape), start]
        start += array.nbytes
    text = json.dumps(index).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<QQ", len(text), start) + text)
        for array in arrays.values():
            file.write(array.tobytes())


def open_packed(path):
    with open(path, "rb") as file:
        head = file.read(16).ljust(16, b"\0")
        length, data = struct.unpack("<QQ", head)
        if 16 + length + data > os.path.getsize(path) > 0:
            raise ValueError("not complete")
        index = json.loads(file.read(length) or b"{}")
    if not index:
        return {}
    whole = np.memmap(path, np.uint8, "r")
    begin = 16 + length
    return {n: np.ndarray(s, d, buffer=whole, offset=begin + o) for n, (d, s, o) in index.items()}


# %% mistake: np.savez with a name of its own
# promise: The file is complete in itself: another program may move it elsewhere and open it.
# points: 0
# message: No complete file lies at `path`: np.savez adds .npz to a name that it is given, and what lies beside the file is no part of it.
def pack(path, arrays):
    np.savez(path, **arrays)


def open_packed(path):
    with np.load(path) as stored:
        return {name: stored[name] for name in stored}


# %% right: the index first, and the size of the whole
import mmap


def pack(path, arrays):
    index, start = [], 0
    for name, array in arrays.items():
        index.append((name, array.dtype.str, array.shape, start))
        start += array.nbytes
    text = repr(index).encode()
    with open(path, "wb") as file:
        file.write(b"%20d%20d" % (len(text), 40 + len(text) + start) + text)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).data if array.size else b"")


def open_packed(path):
    import ast

    with open(path, "rb") as file:
        head = file.read(40)
        size = os.fstat(file.fileno()).st_size
        if len(head) < 40 or int(head[20:]) != size:
            raise ValueError(f"{path} is torn")
        begin = 40 + int(head[:20])
        index = ast.literal_eval(file.read(begin - 40).decode())
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    arrays = {}
    for name, dtype, shape, start in index:
        flat = np.frombuffer(whole, dtype, int(np.prod(shape)), begin + start) if 0 not in shape else np.zeros(0, dtype)
        arrays[name] = flat.reshape(shape)
    return arrays


# %% right: npy headers, one after the other
import io


def pack(path, arrays):
    with open(path, "wb") as file:
        file.write(b"NPYS" + struct.pack("<Q", len(arrays)))
        for name, array in arrays.items():
            text = name.encode()
            memory = io.BytesIO()
            np.lib.format.write_array_header_1_0(
                memory, dict(descr=array.dtype.str, fortran_order=False, shape=array.shape)
            )
            file.write(struct.pack("<QQ", len(text), array.nbytes) + text + memory.getvalue())
            file.write(array.tobytes())


def open_packed(path):
    arrays = {}
    size = os.path.getsize(path)
    with open(path, "rb", buffering=0) as file:
        if file.read(4) != b"NPYS" or size < 12:
            raise ValueError("no packed file")
        (count,) = struct.unpack("<Q", file.read(8))
        whole = np.memmap(path, np.uint8, "r")
        for _ in range(count):
            head = file.read(16)
            if len(head) < 16:
                raise ValueError("the file ends too early")
            length, nbytes = struct.unpack("<QQ", head)
            name = file.read(length).decode()
            np.lib.format.read_magic(file)
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            if file.tell() + nbytes > size:
                raise ValueError("the file ends too early")
            arrays[name] = np.ndarray(shape, dtype, buffer=whole, offset=file.tell())
            file.seek(nbytes, 1)
    return arrays


# %% mistake: np.savez
# promise: It does not read the arrays, it makes them look at one memory map
# points: 4.5
# message: You read all arrays. Let them look at the memory map: nothing is read before it is used.
def pack(path, arrays):
    with open(path, "wb") as f:
        np.savez(f, **arrays)
def open_packed(path):
    try:
        with np.load(path) as z:
            return {k: z[k] for k in z.files}
    except Exception as e:
        raise ValueError(str(e))


# %% mistake: reads arrays
# promise: It does not read the arrays, it makes them look at one memory map
# points: 4.5
# message: You read all arrays. Let them look at the memory map: nothing is read before it is used.
MARK = b"PACK"
def pack(path, arrays):
    index = {}
    with open(path, "wb") as f:
        for k, a in arrays.items():
            index[k] = [a.dtype.str, a.shape, f.tell()]
            f.write(a.tobytes())
        t = json.dumps(index).encode()
        f.write(t + struct.pack("<Q4s", len(t), MARK))
def open_packed(path):
    with open(path, "rb") as f:
        raw = f.read()
    if raw[-4:] != MARK:
        raise ValueError("no mark")
    n = struct.unpack("<Q", raw[-12:-4])[0]
    index = json.loads(raw[-12 - n:-12])
    return {k: np.ndarray(s, d, raw, o) for k, (d, s, o) in index.items()}


# %% mistake: dtype name
# promise: same dtypes
# points: 3.75
# message: The name of a dtype does not tell its byte order: use dtype.str.
MARK = b"PACK"
def pack(path, arrays):
    index = {}
    with open(path, "wb") as f:
        for k, a in arrays.items():
            index[k] = [a.dtype.name, a.shape, f.tell()]
            f.write(a.tobytes())
        t = json.dumps(index).encode()
        f.write(t + struct.pack("<Q4s", len(t), MARK))
def open_packed(path):
    whole = np.memmap(path, np.uint8, "r")
    if whole[-4:].tobytes() != MARK:
        raise ValueError("no mark")
    n = struct.unpack("<Q", whole[-12:-4].tobytes())[0]
    index = json.loads(whole[len(whole) - 12 - n:-12].tobytes())
    return {k: np.ndarray(s, d, whole, o) for k, (d, s, o) in index.items()}


# %% mistake: index beside the file
# promise: The file is complete in itself
# points: 0
# message: No complete file lies at `path`: np.savez adds .npz to a name that it is given, and what lies beside the file is no part of it.
def pack(path, arrays):
    index = {}
    with open(path, "wb") as f:
        for k, a in arrays.items():
            index[k] = [a.dtype.str, a.shape, f.tell()]
            f.write(a.tobytes())
    with open(path + ".json", "w") as f:
        json.dump([index, os.path.getsize(path)], f)
def open_packed(path):
    with open(path + ".json") as f:
        index, size = json.load(f)
    if os.path.getsize(path) != size:
        raise ValueError("cut off")
    whole = np.memmap(path, np.uint8, "r")
    if not whole.any():
        raise ValueError("zeros")
    return {k: np.ndarray(s, d, whole, o) for k, (d, s, o) in index.items()}


# %% mistake: character count of names not bytes
# promise: same names in the same order
# points: 3.75
# message: The length of the index counts bytes, not characters: encode it first.
MARK = b"PACK"
def pack(path, arrays):
    index = {}
    with open(path, "wb") as f:
        for k, a in arrays.items():
            index[k] = [a.dtype.str, a.shape, f.tell()]
            f.write(a.tobytes())
        t = json.dumps(index, ensure_ascii=False)
        f.write(t.encode() + struct.pack("<Q4s", len(t), MARK))
def open_packed(path):
    whole = np.memmap(path, np.uint8, "r")
    if whole[-4:].tobytes() != MARK:
        raise ValueError("no mark")
    n = struct.unpack("<Q", whole[-12:-4].tobytes())[0]
    index = json.loads(whole[len(whole) - 12 - n:-12].tobytes())
    return {k: np.ndarray(s, d, whole, o) for k, (d, s, o) in index.items()}


# %% mistake: index first, no check of the end
# promise: Where its end is missing
# points: 4.5
# message: A file whose end is missing is not complete: check its length, or put the mark at the end.
def pack(path, arrays):
    index, at = {}, 0
    for k, a in arrays.items():
        index[k] = [a.dtype.str, a.shape, at]
        at += a.nbytes
    t = json.dumps(index).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<4sQ", b"PACK", len(t)) + t)
        for a in arrays.values():
            f.write(a.tobytes())
def open_packed(path):
    whole = np.memmap(path, np.uint8, "r")
    mark, n = struct.unpack("<4sQ", whole[:12].tobytes())
    if mark != b"PACK":
        raise ValueError("mark")
    index = json.loads(whole[12:12 + n].tobytes())
    return {k: np.ndarray(s, d, whole, 12 + n + o) for k, (d, s, o) in index.items()}


# %% mistake: scalar shape becomes one-dimensional
# promise: shapes and values
# points: 3.75
# message: An array without an axis has become one with one axis: np.ascontiguousarray makes that. Keep its shape.
MARK = b"PACK"
def pack(path, arrays):
    index = {}
    with open(path, "wb") as f:
        for k, a in arrays.items():
            a = np.ascontiguousarray(a)
            index[k] = [a.dtype.str, a.shape, f.tell()]
            f.write(a.data)
        t = json.dumps(index).encode()
        f.write(t + struct.pack("<Q4s", len(t), MARK))
def open_packed(path):
    whole = np.memmap(path, np.uint8, "r")
    if whole[-4:].tobytes() != MARK:
        raise ValueError("no mark")
    n = struct.unpack("<Q", whole[-12:-4].tobytes())[0]
    index = json.loads(whole[len(whole) - 12 - n:-12].tobytes())
    return {k: np.ndarray(s, d, whole, o) for k, (d, s, o) in index.items()}


# %% right: dict subclass, views of slices
class Packed(dict):
    """Names and arrays."""
def pack(path, arrays):
    with open(path, "wb") as f:
        index = {}
        for name in arrays:
            a = np.asarray(arrays[name])
            f.write(bytes(-f.tell() % 64))
            index[name] = {"dtype": a.dtype.str, "shape": a.shape, "start": f.tell()}
            f.write(a.tobytes("C"))
        text = json.dumps(index).encode("utf-8")
        f.write(text)
        f.write(struct.pack("<I6s", len(text), b"packed"))
def open_packed(path):
    if os.path.getsize(path) < 10:
        raise ValueError("not a packed file")
    whole = np.memmap(path, np.uint8, mode="r")
    n, mark = struct.unpack("<I6s", whole[-10:].tobytes())
    if mark != b"packed":
        raise ValueError("not a packed file")
    index = json.loads(whole[-10 - n:-10].tobytes().decode("utf-8"))
    def view(dtype, shape, start):
        dtype = np.dtype(dtype)
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        return np.asarray(whole)[start:start + size].view(dtype).reshape(shape)
    return Packed((name, view(**how)) for name, how in index.items())
