# %% mistake: blosc's own call, which pickles
# promise: No byte may be pickled
# points: 3.5
# message: This uses pickle (blosc.pack_array does). np.save to an io.BytesIO keeps dtype and shape without it.
def pack(x):
    return blosc.pack_array(x)


def unpack(packed):
    return blosc.unpack_array(packed)


# %% mistake: the bytes alone
# promise: What comes back has the same values, dtype, shape and order
# points: 0
# message: These are bytes. Keep the dtype with the numbers.
def pack(x):
    return blosc.compress(x.tobytes(), typesize=x.itemsize)


def unpack(packed):
    return np.frombuffer(blosc.decompress(packed), "u1")


# %% mistake: zlib without a filter
# promise: Smooth numbers become small, so tell the compressor how many bytes an item has.
# points: 3
# message: Some filter helps numbers whose bytes change slowly: shuffle, with the size of an item as typesize.
import zlib


def pack(x):
    buffer = io.BytesIO()
    np.save(buffer, x, allow_pickle=False)
    return zlib.compress(buffer.getvalue())


def unpack(packed):
    return np.load(io.BytesIO(zlib.decompress(packed)), allow_pickle=False)


# %% mistake: forgets the order
# promise: an array in Fortran order is in Fortran order again.
# points: 3.75
# message: The array cannot be written to: np.frombuffer looks at bytes. Copy it.
def pack(x):
    if x.dtype.hasobject:
        raise TypeError("objects")
    head = repr((x.dtype.str, x.shape)).encode().ljust(64)
    return head + blosc.compress(x.tobytes(), typesize=x.itemsize)


def unpack(packed):
    import ast

    dtype, shape = ast.literal_eval(packed[:64].decode().strip())
    return np.frombuffer(blosc.decompress(packed[64:]), dtype).reshape(shape)


# %% mistake: always in C order
# promise: an array in Fortran order is in Fortran order again.
# points: 3.75
# message: The array was in Fortran order. Keep it, too.
def pack(x):
    buffer = io.BytesIO()
    np.save(buffer, np.array(x, order="C"), allow_pickle=False)
    return blosc.compress(buffer.getvalue(), typesize=x.itemsize)


def unpack(packed):
    return np.load(io.BytesIO(blosc.decompress(packed)), allow_pickle=False)


# %% mistake: one dimension only
# promise: What comes back has the same values, dtype, shape and order
# points: 2
# message: The shape is lost. Keep it with the numbers.
def pack(x):
    buffer = io.BytesIO()
    np.save(buffer, x.ravel(), allow_pickle=False)
    return blosc.compress(buffer.getvalue(), typesize=x.itemsize)


def unpack(packed):
    return np.load(io.BytesIO(blosc.decompress(packed)), allow_pickle=False)


# %% mistake: float32 is smaller
# promise: What comes back has the same values, dtype, shape and order
# points: 1
# message: Some digits are lost. Compression must bring back every bit.
def pack(x):
    buffer = io.BytesIO()
    np.save(buffer, x.astype("f4"), allow_pickle=False)
    return blosc.compress(buffer.getvalue(), typesize=4)


def unpack(packed):
    x = np.load(io.BytesIO(blosc.decompress(packed)), allow_pickle=False)
    return x.astype("f8")


# %% mistake: no size of an item
# promise: Smooth numbers become small, so tell the compressor how many bytes an item has.
# points: 3.5
# message: An item has 16 bytes here. The shuffle of Blosc takes 8 if it is given no typesize.
def pack(x):
    buffer = io.BytesIO()
    np.save(buffer, x, allow_pickle=False)
    return blosc.compress(buffer.getvalue(), cname="zstd")


def unpack(packed):
    return np.load(io.BytesIO(blosc.decompress(packed)), allow_pickle=False)


# %% mistake: native byte order
# promise: What comes back has the same values, dtype, shape and order
# points: 3.5
# message: The byte order is part of the dtype. Keep it, too.
def pack(x):
    buffer = io.BytesIO()
    np.save(buffer, x.astype(x.dtype.newbyteorder("=")), allow_pickle=False)
    return blosc.compress(buffer.getvalue(), typesize=x.itemsize)


def unpack(packed):
    return np.load(io.BytesIO(blosc.decompress(packed)), allow_pickle=False)


# %% mistake: pickles objects
# promise: So an array of Python objects raises `TypeError` or `ValueError`.
# points: 3.75
# message: An array of Python objects cannot be kept without pickle. Raise TypeError or ValueError.
import pickle


def pack(x):
    buffer = io.BytesIO()
    np.save(buffer, x)
    return blosc.compress(buffer.getvalue(), typesize=x.itemsize)


def unpack(packed):
    return np.load(io.BytesIO(blosc.decompress(packed)), allow_pickle=True)


# %% mistake: reads the bytes of a Fortran array in C order
# promise: What comes back has the same values, dtype, shape and order
# points: 3.25
# message: Values moved: the bytes of a Fortran array are read back in C order.
def pack(x):
    if x.dtype.hasobject:
        raise TypeError("objects")
    head = repr((x.dtype.str, x.shape)).encode().ljust(64)
    return head + blosc.compress(x.tobytes("A"), typesize=x.itemsize)


def unpack(packed):
    import ast

    dtype, shape = ast.literal_eval(packed[:64].decode().strip())
    return np.frombuffer(bytearray(blosc.decompress(packed[64:])), dtype).reshape(shape)


# %% right: a header of its own
import struct


def pack(x):
    if x.dtype.hasobject:
        raise TypeError(f"cannot pack objects: {x.dtype}")
    fortran = x.flags.f_contiguous and not x.flags.c_contiguous
    head = repr((x.dtype.str, x.shape, fortran)).encode()
    body = x.tobytes(order="F" if fortran else "C")
    return struct.pack("<I", len(head)) + head + blosc.compress(body, typesize=x.itemsize)


def unpack(packed):
    import ast

    (n,) = struct.unpack_from("<I", packed)
    dtype, shape, fortran = ast.literal_eval(packed[4 : 4 + n].decode())
    raw = bytearray(blosc.decompress(packed[4 + n :]))
    return np.frombuffer(raw, dtype).reshape(shape, order="F" if fortran else "C")


# %% right: shuffled by hand, then zlib
import zlib


def pack(x):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, x, allow_pickle=False)
    raw = np.frombuffer(buffer.getvalue(), np.uint8)
    size = x.itemsize if raw.size % x.itemsize == 0 else 1
    return bytes([size]) + zlib.compress(raw.reshape(-1, size).T.tobytes())


def unpack(packed):
    raw = np.frombuffer(zlib.decompress(packed[1:]), np.uint8).reshape(packed[0], -1)
    return np.lib.format.read_array(io.BytesIO(raw.T.tobytes()), allow_pickle=False)


# %% right: bitshuffle and lz4
def pack(x):
    with io.BytesIO() as buffer:
        np.save(buffer, x, allow_pickle=False)
        content = buffer.getvalue()
    return blosc.compress(content, x.itemsize, shuffle=blosc.BITSHUFFLE, cname="lz4")


def unpack(packed):
    with io.BytesIO(blosc.decompress(packed)) as buffer:
        return np.load(buffer)


# %% mistake: pickle
# promise: No byte may be pickled
# points: 2
# message: This uses pickle, which runs a stranger's code. Keep dtype, shape and bytes without it.
import zlib
import pickle
def pack(x):
    return zlib.compress(pickle.dumps(x))
def unpack(packed):
    return pickle.loads(zlib.decompress(packed))


# %% mistake: read-only result
# promise: It can be written to.
# points: 3.75
# message: np.frombuffer looks at bytes, which nobody can write to: make a copy.
import struct
import json
def pack(x):
    if x.dtype.hasobject:
        raise TypeError("objects")
    order = "F" if x.flags.f_contiguous and not x.flags.c_contiguous else "C"
    head = json.dumps([x.dtype.str, x.shape, order]).encode()
    return struct.pack("<I", len(head)) + head + blosc.compress(x.tobytes(order), typesize=x.itemsize)
def unpack(packed):
    n = struct.unpack_from("<I", packed)[0]
    dtype, shape, order = json.loads(packed[4:4 + n])
    return np.frombuffer(blosc.decompress(packed[4 + n:]), dtype).reshape(shape, order=order)


# %% mistake: dtype name loses byte order
# promise: What comes back has the same values, dtype, shape and order
# points: 3.5
# message: The name of a dtype does not tell its byte order: use dtype.str.
import struct
import json
def pack(x):
    if x.dtype.hasobject:
        raise TypeError("objects")
    order = "F" if x.flags.f_contiguous and not x.flags.c_contiguous else "C"
    head = json.dumps([x.dtype.name, x.shape, order]).encode()
    return struct.pack("<I", len(head)) + head + blosc.compress(x.tobytes(order), typesize=x.itemsize)
def unpack(packed):
    n = struct.unpack_from("<I", packed)[0]
    dtype, shape, order = json.loads(packed[4:4 + n])
    return np.frombuffer(bytearray(blosc.decompress(packed[4 + n:])), dtype).reshape(shape, order=order)


# %% mistake: rounds to float32
# promise: What comes back has the same values
# points: 0
# message: The numbers have become float32. Compression must bring back every bit.
def pack(x):
    if x.dtype.hasobject:
        raise TypeError("objects")
    b = io.BytesIO()
    np.save(b, x.astype("f4"), allow_pickle=False)
    return blosc.compress(b.getvalue(), typesize=4)
def unpack(packed):
    return np.load(io.BytesIO(blosc.decompress(packed)))
