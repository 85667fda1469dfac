"""Read back the HDF5 file that a student's function left, whatever it left.

The HDF5 library was not made for files of strangers: a broken one may end the process. So
a forked child reads the file, through a descriptor that is open for reading. Nothing else is
read: links to other files, and data that lies in other files, are left out. Attributes that
PyTables would unpickle stay bytes.
"""

import ast
import io
import json
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass, field

from course_lib.checking.forked import Forked
from course_lib.system import instruments

_LARGEST = 256 * 1024 * 1024
_MOST_ITEMS = 2000
_MOST_BYTES = 64 * 1024 * 1024
_SECONDS = 20
_LENGTH = 8  # bytes of the number before the JSON text of an answer
# HDF5's registered numbers, and the words that h5py has for them.
_FILTERS = {1: "gzip", 2: "shuffle", 3: "fletcher32", 4: "szip", 6: "scaleoffset", 32000: "lzf"}
_ALIGNED = 16  # an array begins at a multiple of that many bytes


@dataclass(frozen=True)
class Item:
    """One group or dataset of a file.

    Attributes
    ----------
    kind : str
        ``"group"`` or ``"dataset"``.
    value : ndarray, str or None
        The data of a dataset, or a text that says why it was not read.
    attrs : dict
        Its attributes as plain Python values and arrays.
    shape, chunks, maxshape : tuple or None
        As h5py tells them.
    filters : tuple of str
        ``"gzip"``, ``"shuffle"``, ...
    nbytes : int
        Bytes that its data takes in the file; 0 for a group.
    """

    kind: str
    value: object = None
    attrs: dict = field(default_factory=dict)
    shape: tuple | None = None
    chunks: tuple | None = None
    maxshape: tuple | None = None
    filters: tuple = ()
    nbytes: int = 0


@dataclass(frozen=True)
class Contents:
    """What stands in a file. Asking for what is not there never raises.

    Attributes
    ----------
    items : dict of str to Item
        By name, without a slash at the start; the root group is ``""``.
    trouble : str
        Why the file could not be read; empty if it could.
    """

    items: dict[str, Item]
    trouble: str = ""

    @property
    def names(self) -> list[str] | str:
        """Names of all groups and datasets, sorted, or a text that says why not."""
        return self.trouble or sorted(name for name in self.items if name)

    def value(self, name: str):
        """Return the data of a dataset, or a text that says why not."""
        item = self._item(name)
        if isinstance(item, str):
            return item
        return f"no usable file: {name} is a group" if item.kind == "group" else item.value

    def attrs(self, name: str) -> dict | str:
        """Return the attributes of a group or dataset, or a text that says why not."""
        item = self._item(name)
        return item if isinstance(item, str) else item.attrs

    def shape(self, name: str) -> tuple | str | None:
        """Return the shape of a dataset, or a text that says why not."""
        item = self._item(name)
        return item if isinstance(item, str) else item.shape

    def chunks(self, name: str) -> tuple | str | None:
        """Return the chunk shape of a dataset; None without chunks; or a text."""
        item = self._item(name)
        return item if isinstance(item, str) else item.chunks

    def maxshape(self, name: str) -> tuple | str | None:
        """Return the largest shape of a dataset; None is "no limit"; or a text."""
        item = self._item(name)
        return item if isinstance(item, str) else item.maxshape

    def _item(self, name: str) -> Item | str:
        if self.trouble:
            return self.trouble
        return self.items.get(name.strip("/"), f"no usable file: it holds no {name!r}")


def contents(
    path: str | os.PathLike, only: Collection[str] | None = None, rows: int = 0
) -> Contents:
    """Return what an HDF5 file holds; of a file that is none, the reason.

    Parameters
    ----------
    only : collection of str, optional
        Names of what is wanted, without a slash at the start. Of all the rest, only the names
        are told. Default: everything is wanted.
    rows : int, optional
        Of a dataset with n rows, more than that many, read each ``n // rows``-th. Default: all.
    """
    return each(path, only=only, rows=rows)[0]


def each(
    *paths: str | os.PathLike | bytes, only: Collection[str] | None = None, rows: int = 0
) -> list[Contents]:
    """Return the `contents` of several files. Bytes stand for what a file held before."""
    return [_told(path, _ask(path, only, rows)) for path in paths]


def _ask(path: str | os.PathLike | bytes, only: Collection[str] | None, rows: int):
    """Return the answer about a file, as bytes; None if it ended the child."""
    content = path if isinstance(path, bytes) else b""
    name = None if isinstance(path, bytes) else os.path.abspath(os.fsdecode(path))
    wanted = {"name": name, "only": None if only is None else list(only), "rows": rows}
    request = json.dumps(wanted).encode() + b"\n" + content
    if not instruments.works("fork"):
        return bytearray().join(_answer(request))
    import h5py  # noqa: F401  (loaded here once, not in every child)

    return _reader.ask(request)


def _told(path: str | os.PathLike | bytes, answer) -> Contents:
    """Return the contents from an answer; where there is none, the reason."""
    try:
        if answer is None:
            raise OSError("HDF5 broke down over it")
        return _unpack(answer)
    except Exception as error:
        name = "" if isinstance(path, bytes) else f" {os.path.basename(path)}"
        return Contents({}, f"no usable file{name}: {error or type(error).__name__}"[:300])


# In the child: from the file to plain arrays and JSON


@dataclass(frozen=True)
class _Wanted:
    """What of a file is wanted; see `contents`."""

    only: Collection[str] | None
    rows: int


def _answer(request: bytes) -> list:
    head, _, content = request.partition(b"\n")
    wanted = json.loads(head)
    path = content if wanted["name"] is None else wanted["name"]
    return _pack(path, _Wanted(wanted["only"], wanted["rows"]))


def _pack(path: str | bytes, wanted: _Wanted) -> list:
    """Return the items of a file as buffers: a JSON text with its length, then the arrays."""
    try:
        with _opened(path) as raw:
            return _joined(*_items(raw, wanted))
    except Exception as error:
        why = getattr(error, "strerror", None) or str(error)
        return _joined({"trouble": why})


def _opened(path: str | os.PathLike | bytes) -> io.IOBase:
    """Open a regular file; a link is not followed."""
    if isinstance(path, bytes):
        return io.BytesIO(path)
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    file, found = io.FileIO(fd), os.fstat(fd)
    if stat.S_ISREG(found.st_mode) and found.st_size <= _LARGEST:
        return file
    file.close()
    raise OSError("it is not a regular file, or a very large one")


def _items(raw: io.IOBase, wanted: _Wanted) -> tuple[dict, list]:
    import h5py
    import numpy as np

    arrays: list = []
    found: dict = {}
    try:
        file = h5py.File(raw, "r")
    except (OSError, ValueError) as error:
        raise OSError(f"HDF5 cannot open it: {error}") from None
    with file:
        _refuse_unfinished(raw, file.userblock_size)
        found[""] = _describe(file, "", arrays, np, wanted)

        def visit(name, item):
            found[name] = _describe(item, name, arrays, np, wanted)
            return True if len(found) > _MOST_ITEMS else None

        file.visititems(visit)
    return {"items": found}, arrays


def _joined(told: dict, arrays: Collection = ()) -> list:
    """Return the buffers of an answer, each of them padded."""
    import numpy as np

    told["arrays"] = [[repr(np.lib.format.dtype_to_descr(a.dtype)), a.shape] for a in arrays]
    text = json.dumps(told, default=str).encode()
    parts: list = [len(text).to_bytes(_LENGTH, "little") + text]
    parts += [np.ascontiguousarray(a).reshape(-1).view(np.uint8) for a in arrays if a.nbytes]
    return [piece for part in parts for piece in (part, bytes(-len(part) % _ALIGNED))]


def _describe(item, name: str, arrays: list, np, wanted: _Wanted) -> dict:
    kind = "dataset" if hasattr(item, "shape") else "group"
    if wanted.only is not None and name not in wanted.only:
        text = f"no usable file: {name} was not read"
        return {"kind": kind, "attrs": {}, "value": {"text": text}}
    attrs = {name: _attribute(item, name, arrays, np) for name in list(item.attrs)[:100]}
    if kind == "group":
        return {"kind": kind, "attrs": attrs}
    return {
        "kind": kind,
        "attrs": attrs,
        "value": _value(item, arrays, np, wanted.rows),
        "shape": item.shape,
        "chunks": item.chunks,
        "maxshape": item.maxshape,
        "filters": _filters(item),
        "nbytes": item.id.get_storage_size(),
    }


def _filters(dataset) -> list[str]:
    """Return the filters in the order in which they are applied: h5py's name, or the number."""
    form = dataset.id.get_create_plist()
    codes = [form.get_filter(number)[0] for number in range(form.get_nfilters())]
    return [_FILTERS.get(code, str(code)) for code in codes]


def _value(dataset, arrays: list, np, rows: int):
    if dataset.is_virtual or dataset.external:
        return {"text": "no usable file: its data lies in another file"}
    room = _MOST_BYTES - sum(array.nbytes for array in arrays)
    if dataset.shape is None or dataset.dtype.hasobject or dataset.nbytes > room:
        return {"text": f"no usable file: {dataset.shape} of {dataset.dtype} was not read"}
    step = dataset.shape[0] // rows if rows and dataset.shape else 1
    part = slice(None, None, step) if step > 1 else ()
    return _keep(np.asarray(dataset[part]), arrays)


def _attribute(item, name: str, arrays: list, np):
    try:
        value = item.attrs[name]
    except (OSError, TypeError, ValueError) as error:
        return {"text": f"an attribute that cannot be read: {error}"[:200]}
    if isinstance(value, np.generic) and value.dtype.kind in "biufSU":
        value = value.item()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, (str, int, float, bool)):
        return {"plain": value}
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return _keep(value, arrays)
    return {"text": f"an attribute of type {type(value).__name__}"}


def _keep(array, arrays: list) -> dict:
    arrays.append(array)
    return {"array": len(arrays) - 1}


def _refuse_unfinished(raw: io.IOBase, start: int) -> None:
    """Raise if a writer has marked the file as its own, and has not closed it.

    HDF5 itself looks at the mark in files that it opens by name. Source: HDF5 File Format
    Specification, superblock versions 2 and 3.
    """
    raw.seek(start)
    head = raw.read(12)
    version, flags = head[8], head[11]
    if version >= 3 and flags & 0b101:
        raise OSError("HDF5 cannot open it: its writer has not closed it")


# In the parent


def _unpack(answer) -> Contents:
    """Return the contents from an answer, whose arrays stay where they are."""
    end = _LENGTH + int.from_bytes(bytes(answer[:_LENGTH]), "little")
    told = json.loads(bytes(answer[_LENGTH:end]))
    if "trouble" in told:
        raise OSError(told["trouble"])
    arrays = _arrays(told["arrays"], answer, end)
    return Contents({n: _item_of(form, arrays) for n, form in told["items"].items()})


def _arrays(forms: list, answer, at: int) -> list:
    import numpy as np

    found = []
    for descr, shape in forms:
        dtype = np.lib.format.descr_to_dtype(ast.literal_eval(descr))
        if dtype.hasobject:
            raise ValueError("an array of Python objects")
        at += -at % _ALIGNED
        found.append(np.ndarray(shape, dtype, buffer=answer, offset=at))
        at += found[-1].nbytes
    return found


def _item_of(form: dict, arrays: list) -> Item:
    def plain(part):
        if part is None:
            return None
        return arrays[part["array"]] if "array" in part else part.get("plain", part.get("text"))

    def as_tuple(part):
        return None if part is None else tuple(part)

    return Item(
        form["kind"],
        plain(form.get("value")),
        {name: plain(part) for name, part in form["attrs"].items()},
        as_tuple(form.get("shape")),
        as_tuple(form.get("chunks")),
        as_tuple(form.get("maxshape")),
        tuple(form.get("filters", ())),
        form.get("nbytes", 0),
    )


_reader = Forked(_answer, _SECONDS, 4 * _MOST_BYTES)
