"""Plain data as JSON and blocks of bytes, and back, with the exact types.

What JSON has itself (None, bool, int, float, str, list) goes as it is; everything else is
an object with a tag. Only the types below cross. An instance of a subclass is not plain
data: its methods would be the student's code. The decoder builds nothing but these types,
so that no message, however made, runs code on the trusted side.
"""

import datetime
import decimal
import fractions
import pathlib
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from nbverdict.wire import arrays, tables

_SCALARS = frozenset({type(None), bool, int, float, str})
_LARGE = 1 << 1000  # json would convert it by decimal digits, which Python limits
MAX_DEPTH = 60
MAX_ITEMS = 4_000_000
_SEQUENCES: dict[str, Callable[[list], Any]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
}
_MAPPINGS = {"dict": dict, "Counter": Counter, "OrderedDict": OrderedDict}
_TEXTS: dict[str, Callable[[str], Any]] = {
    "Decimal": decimal.Decimal,
    "Fraction": fractions.Fraction,
    "PosixPath": pathlib.PosixPath,
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
}
_TEXT_TYPES: dict[type, Callable[[Any], str]] = {
    decimal.Decimal: str,
    fractions.Fraction: str,
    pathlib.PosixPath: str,
    datetime.date: datetime.date.isoformat,
    datetime.datetime: datetime.datetime.isoformat,
    datetime.time: datetime.time.isoformat,
}
_SINGLE = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}
_BUILTIN_TYPES = {
    f"{t.__module__}.{t.__name__}": t
    for t in (
        *_SCALARS, list, tuple, set, frozenset, dict, complex, bytes, bytearray, range, slice,
        object, type, *np.sctypeDict.values(), np.ndarray,
    )
}  # fmt: skip


class NotPlain(TypeError):
    """A value that is not plain data, or too deep or too long to cross."""


class Encoder:
    """Turn values into JSON and blocks.

    Parameters
    ----------
    special : callable, optional
        Asked about every value that is not plain data; returns its JSON form or None.
    keep_strides : bool
        Say how sliced arrays lie in memory, for a decoder that trusts this side.
    """

    def __init__(self, special=lambda value: None, keep_strides: bool = False):
        self.blocks: list = []
        self._special, self._keep_strides = special, keep_strides
        self._items = 0

    def encode(self, value, depth: int = 0):
        """Return the JSON form of a value; its bytes are added to `blocks`."""
        kind = type(value)
        if kind in _SCALARS:
            return value if kind is not int or -_LARGE < value < _LARGE else _tag("int", hex(value))
        if depth > MAX_DEPTH:
            raise NotPlain(f"a value nested more than {MAX_DEPTH} deep")
        encode = self._by_type.get(kind)
        if encode:
            return encode(self, value, depth + 1)
        return self._others(value, kind, depth + 1)

    def _others(self, value, kind, depth: int):
        if kind is np.memmap:
            return self._array(value, depth)
        if issubclass(kind, np.generic) and kind in np.sctypeDict.values():
            return _tag("np", self._npy(np.asarray(value)))
        if kind in _TEXT_TYPES:
            return _tag(kind.__name__, _TEXT_TYPES[kind](value))
        if kind is type and value in _BUILTIN_TYPES.values():
            return _tag("type", f"{value.__module__}.{value.__name__}")
        if isinstance(value, np.dtype) and not value.hasobject:
            return _tag("dtype", self._npy(np.empty(0, value)))
        if kind.__module__.partition(".")[0] == "pandas":
            parts = self._table(value)
            if parts is not None:
                return _tag("pandas", self.encode(parts, depth))
        if tuple in kind.__mro__[1:2] and "_fields" in kind.__dict__:
            return self._named_tuple(value, kind, depth)
        found = self._special(value)
        if found is None:
            raise NotPlain(f"{_article(kind)} is not plain data")
        return found

    def _table(self, value) -> list | None:
        try:
            return tables.taken(value)
        except tables.NoTable as error:
            raise NotPlain(str(error)) from None

    def _sequence(self, value, depth):
        items = self._many(list(value), depth)
        if type(value) is list:
            return items
        form = _tag(type(value).__name__, items)
        if type(value) is deque and value.maxlen is not None:
            form["max"] = value.maxlen
        return form

    def _many(self, items: list, depth) -> list:
        self._items += len(items)
        if self._items > MAX_ITEMS:
            raise NotPlain(f"a value with more than {MAX_ITEMS} items")
        kinds = set(map(type, items))
        if kinds <= _SCALARS and (int not in kinds or _all_short(items)):
            return items
        return [self.encode(item, depth) for item in items]

    def _mapping(self, value, depth):
        keys, values = self._many(list(value), depth), self._many(list(value.values()), depth)
        form = _tag(type(value).__name__, [keys, values])
        if type(value) is defaultdict:
            factory = value.default_factory
            form["of"] = None if factory is None else self.encode(factory, depth)
        return form

    def _named_tuple(self, value, kind, depth):
        form = _tag("namedtuple", self._many(list(tuple.__iter__(value)), depth))
        return {**form, "name": kind.__name__, "fields": list(kind._fields)}

    def _bytes(self, value, depth):
        self.blocks.append(bytes(value))
        return _tag(type(value).__name__, len(self.blocks) - 1)

    def _complex(self, value, depth):
        return _tag("complex", [value.real, value.imag])

    def _range(self, value, depth):
        parts = (value.start, value.stop, value.step)
        return _tag(type(value).__name__, [self.encode(part, depth) for part in parts])

    def _timedelta(self, value, depth):
        return _tag("timedelta", [value.days, value.seconds, value.microseconds])

    def _single(self, value, depth):
        return _tag("single", "Ellipsis" if value is Ellipsis else "NotImplemented")

    def _array(self, value, depth):
        form = _tag("ndarray", self._npy(np.asarray(value)))
        if not value.flags.writeable:
            form["fixed"] = True
        strides = arrays.strides_to_keep(value) if self._keep_strides else None
        if strides:
            form["strides"] = list(strides)
        return form

    def _masked(self, value, depth):
        parts = [self._array(np.asarray(value.data), depth)]
        parts.append(self._array(np.ma.getmaskarray(value), depth))
        return _tag("masked", parts)

    def _npy(self, array) -> int:
        try:
            self.blocks += arrays.pack(array)
        except arrays.BadArray as error:
            raise NotPlain(str(error)) from None
        return len(self.blocks) - 2

    _by_type: ClassVar[dict[type, Callable[..., Any]]] = {
        list: _sequence, tuple: _sequence, set: _sequence, frozenset: _sequence,
        deque: _sequence, dict: _mapping, Counter: _mapping, OrderedDict: _mapping,
        defaultdict: _mapping, bytes: _bytes, bytearray: _bytes, complex: _complex,
        range: _range, slice: _range, datetime.timedelta: _timedelta,
        type(Ellipsis): _single, type(NotImplemented): _single,
        np.ndarray: _array, np.ma.MaskedArray: _masked,
    }  # fmt: skip


def _all_short(items: list) -> bool:
    return all(type(item) is not int or -_LARGE < item < _LARGE for item in items)


def _tag(name: str, value) -> dict:
    return {"t": name, "v": value}


def _article(kind: type) -> str:
    """Name a type as a reader knows it: ``a zarr.core.array.Array``."""
    try:
        module, name = str(kind.__module__), str(kind.__qualname__)
    except Exception:
        module, name = "", "object of the student's own class"
    name = name if module in ("builtins", "__main__") else f"{module}.{name}"
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name[:100]}"


class Decoder:
    """Turn JSON and blocks back into values.

    Parameters
    ----------
    blocks : list of memoryview
    special : callable, optional
        Asked about every tag that is not plain data; returns (True, value) if it knows it.
    trusted : bool
        True if the other side may say how arrays lie in memory.
    """

    def __init__(self, blocks, special=lambda form: (False, None), trusted: bool = False):
        self._blocks, self._special, self._trusted = blocks, special, trusted

    def decode(self, form, depth: int = 0):
        """Return the value of a JSON form.

        Raises
        ------
        NotPlain
            If the form is not one that an `Encoder` writes.
        """
        kind = type(form)
        if kind in _SCALARS:
            return form
        if depth > MAX_DEPTH:
            raise NotPlain(f"a value nested more than {MAX_DEPTH} deep")
        try:
            return self._many(form, depth) if kind is list else self._tagged(form, depth)
        except (KeyError, IndexError, ValueError, TypeError, ArithmeticError) as error:
            if isinstance(error, NotPlain):
                raise
            raise NotPlain(f"a malformed value: {type(error).__name__}: {error}"[:200]) from None

    def _many(self, forms: list, depth) -> list:
        if set(map(type, forms)) <= _SCALARS:
            return forms
        return [self.decode(form, depth + 1) for form in forms]

    def _tagged(self, form: dict, depth):
        name, value = form["t"], form.get("v")
        if name in _SEQUENCES:
            items = self._many(_list(value), depth)
            return deque(items, form.get("max")) if name == "deque" else _SEQUENCES[name](items)
        if name in _MAPPINGS or name == "defaultdict":
            return self._mapping(name, form, depth)
        if name in _TEXTS:
            if type(value) is not str or len(value) > 100_000:
                raise NotPlain(f"not a {name}")
            return _TEXTS[name](value)
        method = self._by_tag.get(name)
        if method:
            return method(self, value, form, depth)
        known, found = self._special(form)
        if not known:
            raise NotPlain(f"an unknown form {str(name)[:40]!r}")
        return found

    def _mapping(self, name, form, depth):
        keys, values = (self._many(_list(part), depth) for part in form["v"])
        pairs = zip(keys, values, strict=True)
        if name != "defaultdict":
            if name == "dict":
                return dict(pairs)
            made = _MAPPINGS[name]()
            for key, value in pairs:
                made[key] = value
            return made
        factory = None if form["of"] is None else self.decode(form["of"], depth)
        if factory is not None and type(factory) is not type:
            raise NotPlain("a defaultdict with an odd factory")
        return defaultdict(factory, pairs)

    def _int(self, value, form, depth):
        return int(value, 16)

    def _bytes(self, value, form, depth):
        return (bytes if form["t"] == "bytes" else bytearray)(self._blocks[_index(value)])

    def _complex(self, value, form, depth):
        return complex(*map(float, value))

    def _range(self, value, form, depth):
        return {"range": range, "slice": slice}[form["t"]](*self._many(_list(value), depth))

    def _timedelta(self, value, form, depth):
        return datetime.timedelta(*value)

    def _single(self, value, form, depth):
        return _SINGLE[value]

    def _type(self, value, form, depth):
        return _BUILTIN_TYPES[value]

    def _dtype(self, value, form, depth):
        return self._npy(value).dtype

    def _scalar(self, value, form, depth):
        return self._npy(value)[()]

    def _array(self, value, form, depth):
        array = self._npy(value)
        if self._trusted and "strides" in form:
            array = arrays.with_strides(array, form["strides"])
        if form.get("fixed"):
            array.flags.writeable = False
        return array

    def _masked(self, value, form, depth):
        data, mask = (self._array(part["v"], part, depth) for part in value)
        return np.ma.MaskedArray(data, mask)

    def _named_tuple(self, value, form, depth):
        # It checks that they are identifiers; a type checker wants to know them.
        made = namedtuple(form["name"], form["fields"])  # type: ignore[misc]
        return made(*self._many(_list(value), depth))

    def _pandas(self, value, form, depth):
        return tables.built(self._many(_list(value), depth))

    def _npy(self, at) -> np.ndarray:
        at = _index(at)
        return arrays.unpack(self._blocks[at], self._blocks[at + 1])

    _by_tag: ClassVar[dict[str, Callable[..., Any]]] = {
        "int": _int, "bytes": _bytes, "bytearray": _bytes, "complex": _complex,
        "range": _range, "slice": _range, "timedelta": _timedelta, "single": _single,
        "type": _type, "dtype": _dtype, "np": _scalar, "ndarray": _array,
        "masked": _masked, "namedtuple": _named_tuple, "pandas": _pandas,
    }  # fmt: skip


def _list(value) -> list:
    if type(value) is not list:
        raise NotPlain("a malformed value: a list was expected")
    return value


def _index(value) -> int:
    if type(value) is not int or value < 0:
        raise NotPlain("a malformed value: no such block")
    return value
