# %% mistake: loads the data
# promise: Read the header only, not the data.
# points: 2.5
# message: The header is enough. np.load reads everything, unless you ask for a map: mmap_mode.
def npy_header(path):
    array = np.load(path)
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.str,
        "order": "F" if array.flags.fnc else "C",
        "offset": os.path.getsize(path) - array.nbytes,
    }


# %% mistake: every header has 128 bytes
# promise: the byte at which the data begins.
# points: 2
# message: The data begins where the header ends.
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    order = "F" if fortran else "C"
    return {"shape": list(shape), "dtype": dtype.str, "order": order, "offset": 128}


# %% mistake: the number of items for the shape
# promise: Return a dict with `"shape"` (a list)
# points: 0
# message: key 'shape': expected a list, got 6
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        order = "F" if fortran else "C"
        size = int(np.prod(shape))
        return {"shape": size, "dtype": dtype.str, "order": order, "offset": file.tell()}


# %% mistake: forgets Fortran order
# promise: `"order"` (`"F"` if the header says Fortran order, otherwise `"C"`)
# points: 2.25
# message: Look at the order in which the items lie. The header tells it.
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        return {"shape": list(shape), "dtype": dtype.str, "order": "C", "offset": file.tell()}


# %% mistake: name of the dtype without byte order
# promise: `"dtype"` (a text as `"<f4"`)
# points: 0
# message: key 'dtype': expected '<f4', got 'float32'
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        order = "F" if fortran else "C"
        return {"shape": list(shape), "dtype": dtype.name, "order": order, "offset": file.tell()}


# %% mistake: takes what lies in both orders for Fortran
# promise: `"order"` (`"F"` if the header says Fortran order, otherwise `"C"`)
# points: 2.25
# message: Look at the order in which the items lie. The header tells it.
def npy_header(path):
    array = np.load(path, mmap_mode="r")
    order = "F" if array.flags.f_contiguous else "C"
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.str,
        "order": order,
        "offset": array.offset,
    }


# %% mistake: every file has version 1
# promise: The format has versions: short headers come in version 1, and long ones in version 2.
# points: 2.5
# message: The format has versions: np.lib.format.read_magic tells the version, and version 2 has a longer field for the length of the header.
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        return {
            "shape": list(shape),
            "dtype": dtype.str,
            "order": "F" if fortran else "C",
            "offset": file.tell(),
        }


# %% mistake: maps the file to learn of it
# promise: Read the header only, not the data.
# points: 2.75
# message: An array without items cannot be mapped, but it has a header.
def npy_header(path):
    with open(path, "rb") as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        read(file)
        offset = file.tell()
    array = np.load(path, mmap_mode="r")
    if isinstance(array, np.memmap) and array.size == 0:
        raise ValueError("nothing to map")
    np.memmap(path, array.dtype, "r", offset, array.shape)
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    return {"shape": list(array.shape), "dtype": array.dtype.str, "order": "F" if fortran else "C",
            "offset": offset}


# %% mistake: the name of the dtype
# promise: `"dtype"` (a text as `"<f4"`)
# points: 0
# message: The dtype is told with its byte order: dtype.str, such as '<f4'.
def npy_header(path):
    with open(path, "rb") as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
        return {"shape": list(shape), "dtype": dtype.name, "order": "F" if fortran else "C",
                "offset": file.tell()}


# %% mistake: the length of the header for its end
# promise: the byte at which the data begins.
# points: 0
# message: The data begins behind the magic, the version, the length and the header: all of them count.
def npy_header(path):
    with open(path, "rb") as file:
        version = np.lib.format.read_magic(file)
        begin = file.tell() + (2 if version == (1, 0) else 4)
        read = np.lib.format.read_array_header_1_0
        if version != (1, 0):
            read = np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
        return {"shape": list(shape), "dtype": dtype.str, "order": "F" if fortran else "C",
                "offset": file.tell() - begin}


# %% right: asks a map
def npy_header(path):
    array = np.load(path, mmap_mode="r")
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    return {
        "shape": [int(n) for n in array.shape],
        "dtype": array.dtype.str,
        "order": "F" if fortran else "C",
        "offset": array.offset,
    }


# %% right: reads the header by hand
def npy_header(path):
    import ast

    with open(path, "rb") as file:
        assert file.read(6) == b"\x93NUMPY"
        wide = 2 if file.read(2)[0] == 1 else 4
        length = int.from_bytes(file.read(wide), "little")
        header = ast.literal_eval(file.read(length).decode("latin1"))
    return {
        "offset": 8 + wide + length,
        "order": "CF"[header["fortran_order"]],
        "shape": list(header["shape"]),
        "dtype": header["descr"],
    }


# %% right: a tuple for the shape
def npy_header(path):
    with open(path, "rb") as file:
        version = np.lib.format.read_magic(file)
        read = {1: np.lib.format.read_array_header_1_0}.get(
            version[0], np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = read(file)
        return dict(shape=shape, dtype=dtype.str, order="CF"[fortran], offset=file.tell())


# %% mistake: shape stays a tuple and dtype is a dtype
# promise: `"dtype"` (a text as `"<f4"`)
# points: 0
# message: The dtype is a text here: dtype.str. And the shape is a list.
def npy_header(path):
    with open(path, "rb") as f:
        np.lib.format.read_magic(f)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(f)
        return {"shape": shape, "dtype": dtype, "order": "F" if fortran else "C", "offset": f.tell()}


# %% mistake: offset always 128
# promise: `"offset"`: the byte at which the data begins
# points: 2
# message: The offset is not always 128, and the order not always C: the header tells both.
def npy_header(path):
    a = np.load(path, mmap_mode="r")
    return {"shape": list(a.shape), "dtype": a.dtype.str, "order": "C", "offset": 128}


# %% mistake: header length read as 2 bytes always
# promise: The format has versions: short headers come in version 1, and long ones in version 2.
# points: 2.5
# message: Version 2 has 4 bytes for the length of the header, and version 1 has 2.
import ast, struct
def npy_header(path):
    with open(path, "rb") as f:
        start = f.read(10)
        n = struct.unpack("<H", start[8:10])[0]
        d = ast.literal_eval(f.read(n).decode("latin1"))
    return {"shape": list(d["shape"]), "dtype": d["descr"], "order": "F" if d["fortran_order"] else "C", "offset": 10 + n}
