"""Read back the Zarr array that a student's function left, whatever it left.

Metadata can name codecs that run code, and compressed bytes can swell without limit. So
this reader knows plain bytes, and Blosc, Zstd and gzip if it is asked to: no chunk gets larger than
its shape says. It needs no Zarr, follows no link and never raises.
"""

import json
import os
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from math import prod

from course_lib.checking import files

_MOST_BYTES = 64 * 1024 * 1024
_EMPTY = 2**64 - 1  # offset and size of a chunk that a shard does not hold


@dataclass(frozen=True)
class Stored:
    """An array in a Zarr store.

    Attributes
    ----------
    values : ndarray
        All of it.
    chunks : tuple of int
        Shape of a chunk: what a read fetches.
    shards : tuple of int or None
        Shape of a shard: what a file holds, if that is more than a chunk.
    codec : str
        Name of Blosc's codec, such as ``"zstd"``; ``"none"`` for plain bytes; ``"zstd alone"``
        and ``"gzip"`` without Blosc.
    nbytes : int
        Bytes of all files that hold chunks.
    """

    values: object
    chunks: tuple
    shards: tuple | None
    codec: str = "none"
    nbytes: int = 0


def read(
    path: str | os.PathLike, packed: bool = False, codecs: Collection[str] = ("blosc",)
) -> Stored | str:
    """Return a Zarr array, or a text that says why not.

    Parameters
    ----------
    packed : bool
        True to take compressed arrays, too.
    codecs : collection of str
        Which compressors then: ``"blosc"``, ``"zstd"`` and ``"gzip"`` are known.
    """
    try:
        return _read(os.fspath(path), codecs if packed else ())
    except _Unusable as reason:
        return f"no usable file: {reason}"
    except Exception as error:  # metadata of any form at all
        return f"no usable file: zarr.json is not that of an array ({type(error).__name__})"


def part(path: str | os.PathLike, name: str, packed: bool = False):
    """Return one attribute of `Stored`, or a text that says why not."""
    found = read(path, packed)
    return found if isinstance(found, str) else getattr(found, name)


class _Unusable(Exception):
    pass


def _read(path: str, packed: Collection[str]) -> Stored:
    import numpy as np

    text = files.read_bytes(os.path.join(path, "zarr.json"))
    if isinstance(text, str):
        raise _Unusable("there is no zarr.json of Zarr format 3")
    meta = json.loads(text)
    shape, files_hold = tuple(meta["shape"]), _grid(meta)
    dtype, chunks, codec = _layout(np, meta["data_type"], meta["codecs"], files_hold, packed)
    if prod(shape) * dtype.itemsize > _MOST_BYTES:
        raise _Unusable(f"the array has the shape {shape}")
    values, nbytes = np.full(shape, meta["fill_value"], dtype), 0
    for index in np.ndindex(*(-(-n // c) for n, c in zip(shape, files_hold, strict=True))):
        content = _content(path, meta, index)
        if content is not None:
            nbytes += len(content)
            block = _block(np, content, meta, dtype, files_hold, chunks, codec)
            place = tuple(slice(i * c, i * c + c) for i, c in zip(index, files_hold, strict=True))
            inside = tuple(slice(0, n) for n in values[place].shape)
            values[place] = block[inside]
    return Stored(values, chunks, files_hold if chunks != files_hold else None, codec, nbytes)


def _grid(meta: dict) -> tuple:
    shape = tuple(meta["chunk_grid"]["configuration"]["chunk_shape"])
    if len(shape) != len(meta["shape"]) or not all(type(n) is int and n > 0 for n in shape):
        raise _Unusable("it has no regular chunks")
    return shape


def _layout(np, kind: str, codecs: list, chunks: tuple, packed: Collection[str]):
    """Return the dtype in the files, the shape of a chunk and the name of its codec."""
    first = codecs[0]
    if first["name"] == "sharding_indexed" and len(codecs) == 1:
        settings = first["configuration"]
        inner = tuple(settings["chunk_shape"])
        if settings.get("index_location", "end") != "end":
            raise _Unusable("the index of a shard is not at its end")
        if any(c % i for c, i in zip(chunks, inner, strict=True)):
            raise _Unusable("the chunks do not fill a shard")
        dtype, _, codec = _layout(np, kind, settings["codecs"], inner, packed)
        return dtype, inner, codec
    names = [codec["name"] for codec in codecs]
    if names != ["bytes"] and names not in [["bytes", name] for name in packed]:
        raise _Unusable(f"it has the codecs {names}: {_instead(packed)}")
    big = first.get("configuration", {}).get("endian") == "big"
    codec = "none" if names == ["bytes"] else {"zstd": "zstd alone"}.get(names[1], names[1])
    codec = codecs[1]["configuration"]["cname"] if codec == "blosc" else codec
    return np.dtype(kind).newbyteorder(">" if big else "<"), chunks, codec


def _instead(packed: Collection[str]) -> str:
    if not packed or list(packed) == ["blosc"]:
        return "create it with compressors=None"
    return f"one compressor of {', '.join(packed)} is known, and no filter"


def _content(path: str, meta: dict, index: tuple) -> bytes | None:
    """Return what one file holds; None if there is no such file."""
    keys = meta["chunk_key_encoding"]
    joint = keys.get("configuration", {}).get("separator", "/")
    name = os.path.join(path, joint.join(["c", *map(str, index)]))
    if os.path.realpath(os.path.dirname(name)) != os.path.join(
        os.path.realpath(path), os.path.relpath(os.path.dirname(name), path)
    ).removesuffix("/."):
        raise _Unusable("a folder of it is a link")
    if not os.path.lexists(name):
        return None
    content = files.read_bytes(name)
    if isinstance(content, str):
        raise _Unusable("a chunk has not the expected size")
    return content


def _block(np, content: bytes, meta: dict, dtype, shape: tuple, chunks: tuple, codec: str):
    """Return the array that one file holds."""
    if shape == chunks:
        return _array(np, content, dtype, shape, codec)
    return _shard(np, content, meta["fill_value"], dtype, shape, chunks, codec)


def _array(np, content: bytes, dtype, shape: tuple, codec: str):
    if codec != "none":
        unpack = {"zstd alone": _unpacked_zstd, "gzip": _unpacked_gzip}.get(codec, _unpacked)
        content = unpack(content, prod(shape) * dtype.itemsize)
    if len(content) != prod(shape) * dtype.itemsize:
        raise _Unusable("a chunk has not the expected size")
    return np.frombuffer(content, dtype).reshape(shape)


def _shard(np, content: bytes, fill, dtype, shape: tuple, chunks: tuple, codec: str):
    counts = tuple(n // c for n, c in zip(shape, chunks, strict=True))
    length = 16 * prod(counts) + 4  # pairs of (offset, bytes), and a checksum
    if len(content) < length:
        raise _Unusable("a shard has no index")
    table = np.frombuffer(content[-length:-4], "<u8").reshape(*counts, 2)
    block = np.full(shape, fill, dtype)
    for index in np.ndindex(*counts):
        start, size = map(int, table[index])
        if start == _EMPTY:
            continue
        place = tuple(slice(i * c, i * c + c) for i, c in zip(index, chunks, strict=True))
        block[place] = _array(np, content[start : start + size], dtype, chunks, codec)
    return block


def _unpacked(content: bytes, nbytes: int) -> bytes:
    """Return what a chunk of Blosc holds; its header has to announce exactly `nbytes`."""
    import blosc

    announced = [int.from_bytes(content[at : at + 4], "little") for at in (4, 12)]
    if len(content) < 16 or announced != [nbytes, len(content)]:
        raise _Unusable("a chunk has not the expected size")
    try:
        return blosc.decompress(content)
    except Exception:
        raise _Unusable("a chunk cannot be unpacked") from None


def _unpacked_zstd(content: bytes, nbytes: int) -> bytes:
    """Return what a chunk of Zstd holds; into a buffer of `nbytes`, no byte more is unpacked."""
    from numcodecs.zstd import Zstd

    buffer = bytearray(nbytes)
    try:
        Zstd().decode(content, out=buffer)
    except Exception:
        raise _Unusable("a chunk cannot be unpacked") from None
    return bytes(buffer)


def _unpacked_gzip(content: bytes, nbytes: int) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(content, nbytes + 1)
    except zlib.error:
        raise _Unusable("a chunk cannot be unpacked") from None
