# %% mistake: loads the data
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
# points: 2
# message: The data begins where the header ends.
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    order = "F" if fortran else "C"
    return {"shape": list(shape), "dtype": dtype.str, "order": order, "offset": 128}


# %% mistake: the number of items for the shape
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
# points: 2.25
# message: Look at the order in which the items lie. The header tells it.
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        return {"shape": list(shape), "dtype": dtype.str, "order": "C", "offset": file.tell()}


# %% mistake: name of the dtype without byte order
# points: 0
# message: key 'dtype': expected '<f4', got 'float32'
def npy_header(path):
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
        order = "F" if fortran else "C"
        return {"shape": list(shape), "dtype": dtype.name, "order": order, "offset": file.tell()}


# %% mistake: takes what lies in both orders for Fortran
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
