"""Arrays as the two parts of an .npy file, read back with every size checked first."""

import io
import math
import mmap

import numpy as np

# Everything but objects. V (raw or structured) is looked into for objects.
_KINDS = frozenset("biufcSUMmV")
_MAX_HEADER = 10_000
_MAX_STRIDED = 64 << 20


class BadArray(ValueError):
    """Bytes that are no array, or an array that may not cross."""


def _is_closed_map(array: object) -> bool:
    while array is not None:
        if isinstance(array, mmap.mmap):
            return array.closed
        array = getattr(array, "base", None)
    return False


def pack(array: np.ndarray) -> list:
    """Return the header and the data of an .npy file, the data without a copy if possible.

    Raises
    ------
    BadArray
        For arrays that hold Python objects, or look at a closed memory map.
    """
    if _is_closed_map(array):  # reading it would end the process
        raise BadArray("the array looks at a memory map that is closed: copy it")
    if array.dtype.hasobject or array.dtype.kind not in _KINDS:
        raise BadArray(f"an array of dtype {array.dtype} does not cross; use numbers or text")
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    if not fortran:
        array = np.ascontiguousarray(array).reshape(array.shape)
    head = io.BytesIO()
    try:
        np.lib.format.write_array_header_2_0(head, np.lib.format.header_data_from_array_1_0(array))
    except UnicodeEncodeError:  # the name of a field is not in Latin-1
        raise BadArray(f"an array of dtype {array.dtype!a} does not cross") from None
    flat = (array.T if fortran else array).reshape(-1)
    data = flat.view(np.uint8) if array.nbytes else b""
    return [head.getvalue(), data]


def unpack(head: memoryview, data: memoryview) -> np.ndarray:
    """Build a writable array from the two parts of an .npy file.

    Raises
    ------
    BadArray
        If the header is too long or odd, names objects, or does not fit the data.
    """
    shape, fortran, dtype = _header(head)
    count = math.prod(shape)
    if count * dtype.itemsize != len(data) or (count > 1 << 20 and not dtype.itemsize):
        raise BadArray(f"{len(data)} bytes do not make an array {shape} of {dtype}")
    try:
        if not len(data):
            return np.zeros(shape, dtype)
        array = np.frombuffer(data, dtype)
        array = array.reshape(shape[::-1]).T if fortran else array.reshape(shape)
    except (ValueError, OverflowError, MemoryError) as error:
        raise BadArray(f"no array {shape} of {dtype}: {error}") from None
    return array if array.flags.aligned and array.flags.writeable else array.copy("K")


def _header(head: memoryview) -> tuple[tuple[int, ...], bool, np.dtype]:
    if len(head) > _MAX_HEADER:
        raise BadArray(f"an array header of {len(head)} bytes")
    stream = io.BytesIO(head)
    try:
        version = np.lib.format.read_magic(stream)
        if version != (2, 0):
            raise ValueError(f"version {version}")
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream, _MAX_HEADER)
    except Exception as error:  # NumPy parses it as Python; many things can go wrong there
        raise BadArray(f"not an array header: {str(error)[:100]}") from None
    if dtype.hasobject or dtype.kind not in _KINDS:
        raise BadArray(f"an array of dtype {dtype} does not cross")
    if len(shape) > 32 or any(type(n) is not int or n < 0 for n in shape):
        raise BadArray(f"an array of shape {shape}")
    return shape, bool(fortran), dtype


def strides_to_keep(array: np.ndarray) -> tuple[int, ...] | None:
    """Return the strides of a sliced array that is worth rebuilding as one, else None."""
    if array.flags.c_contiguous or array.flags.f_contiguous or 0 in array.strides:
        return None
    extent = _extent(array.shape, array.strides, array.itemsize)
    return array.strides if extent <= min(16 * array.nbytes, _MAX_STRIDED) else None


def with_strides(array: np.ndarray, strides: list[int]) -> np.ndarray:
    """Return a copy that lies in memory with the given strides.

    Only for headers that the trusted side wrote: strides are not checked.
    """
    low = sum((n - 1) * s for n, s in zip(array.shape, strides, strict=True) if s < 0)
    room = np.zeros(_extent(array.shape, strides, array.itemsize), np.uint8)
    copy = np.ndarray(array.shape, array.dtype, room, offset=-low, strides=tuple(strides))
    copy[...] = array
    return copy


def _extent(shape, strides, itemsize: int) -> int:
    return sum((n - 1) * abs(s) for n, s in zip(shape, strides, strict=True)) + itemsize
