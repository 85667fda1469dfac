"""Read back the HDF5 file that a student's function left, whatever it left.

The HDF5 library was not made for files of strangers: a broken one may end the process. So
the file is taken as bytes, and a forked child opens these bytes. Nothing outside of them is
read: links to other files, and data that lies in other files, are left out. Attributes that
PyTables would unpickle stay bytes.
"""

import io
import json
import os
import select
import signal
import time
import warnings
from dataclasses import dataclass, field

from course_lib import files, instruments

_MOST_ITEMS = 2000
_MOST_BYTES = 64 * 1024 * 1024
_SECONDS = 20


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
    chunks, maxshape : tuple or None
        As h5py tells them.
    filters : tuple of str
        ``"gzip"``, ``"shuffle"``, ...
    """

    kind: str
    value: object = None
    attrs: dict = field(default_factory=dict)
    chunks: tuple | None = None
    maxshape: tuple | None = None
    filters: tuple = ()


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


def contents(path: str | os.PathLike) -> Contents:
    """Return what an HDF5 file holds; of a file that is none, the reason."""
    content = files.read_bytes(path)
    if isinstance(content, str):
        return Contents({}, content)
    try:
        answer = _in_a_child(content) if instruments.works("fork") else _pack(content)
        return _unpack(answer)
    except Exception as error:
        name = os.path.basename(path)
        return Contents({}, f"no usable file {name}: {error or type(error).__name__}"[:300])


# In the child: from the file to plain arrays and JSON


def _pack(content: bytes) -> bytes:
    """Return the items of a file as an .npz archive: arrays, and a JSON text about them."""
    import h5py
    import numpy as np

    arrays, found = {}, {}
    try:
        file = _open_image(h5py, content)
    except (OSError, ValueError) as error:
        return _npz({"json": _json({"trouble": f"HDF5 cannot open it: {error}"})})
    with file:
        found[""] = _describe(file, arrays, np)

        def visit(name, item):
            found[name] = _describe(item, arrays, np)
            return True if len(found) > _MOST_ITEMS else None

        file.visititems(visit)
    return _npz({"json": _json({"items": found}), **arrays})


def _open_image(h5py, content: bytes):
    """Open bytes as a file in memory."""
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fapl_core(64 * 1024, False)
    access.set_file_image(content)
    return h5py.File(h5py.h5f.open(b"image.h5", h5py.h5f.ACC_RDONLY, fapl=access))


def _describe(item, arrays: dict, np) -> dict:
    attrs = {name: _attribute(item, name, arrays, np) for name in list(item.attrs)[:100]}
    if not hasattr(item, "shape"):
        return {"kind": "group", "attrs": attrs}
    return {
        "kind": "dataset",
        "attrs": attrs,
        "value": _value(item, arrays, np),
        "chunks": item.chunks,
        "maxshape": item.maxshape,
        "filters": list(item._filters),
    }


def _value(dataset, arrays: dict, np):
    if dataset.is_virtual or dataset.external:
        return {"text": "no usable file: its data lies in another file"}
    room = _MOST_BYTES - sum(array.nbytes for array in arrays.values())
    if dataset.shape is None or dataset.dtype.hasobject or dataset.nbytes > room:
        return {"text": f"no usable file: {dataset.shape} of {dataset.dtype} was not read"}
    return _keep(np.asarray(dataset[()]), arrays)


def _attribute(item, name: str, arrays: dict, np):
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


def _keep(array, arrays: dict) -> dict:
    arrays[f"a{len(arrays)}"] = array
    return {"array": f"a{len(arrays) - 1}"}


def _json(value):
    import numpy as np

    return np.frombuffer(json.dumps(value, default=str).encode(), np.uint8)


def _npz(arrays: dict) -> bytes:
    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


# In the parent


def _unpack(answer: bytes) -> Contents:
    import numpy as np

    with np.load(io.BytesIO(answer), allow_pickle=False) as archive:
        told = json.loads(archive["json"].tobytes())
        if "trouble" in told:
            raise OSError(told["trouble"])
        return Contents({n: _item_of(form, archive) for n, form in told["items"].items()})


def _item_of(form: dict, archive) -> Item:
    def plain(part):
        if part is None:
            return None
        return archive[part["array"]] if "array" in part else part.get("plain", part.get("text"))

    def as_tuple(part):
        return None if part is None else tuple(part)

    return Item(
        form["kind"],
        plain(form.get("value")),
        {name: plain(part) for name, part in form["attrs"].items()},
        as_tuple(form.get("chunks")),
        as_tuple(form.get("maxshape")),
        tuple(form.get("filters", ())),
    )


def _in_a_child(content: bytes) -> bytes:
    """Return `_pack(content)`, made by a forked child that may crash or hang."""
    import h5py  # noqa: F401  (loaded here once, not in every child)

    inlet, outlet = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Python warns of threads; the child starts none
        pid = os.fork()
    if pid == 0:
        _answer(outlet, content)
    os.close(outlet)
    try:
        answer = _read_all(inlet)
    finally:
        os.close(inlet)
        _end(pid)
    if not answer:
        raise OSError("HDF5 broke down over it")
    return answer


def _answer(outlet: int, content: bytes) -> None:
    code = 1
    try:
        signal.alarm(_SECONDS)
        try:
            answer = memoryview(_pack(content))
        except Exception as error:
            answer = memoryview(_npz({"json": _json({"trouble": str(error)})}))
        while answer:
            answer = answer[os.write(outlet, answer) :]
        code = 0
    finally:
        os._exit(code)


def _read_all(inlet: int) -> bytes:
    parts, last = [], time.monotonic() + _SECONDS
    while True:
        ready, _, _ = select.select([inlet], [], [], max(0.0, last - time.monotonic()))
        part = os.read(inlet, 1 << 20) if ready else b""
        parts.append(part)
        if not part or sum(map(len, parts)) > 4 * _MOST_BYTES:
            return b"".join(parts)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(pid, 0)
