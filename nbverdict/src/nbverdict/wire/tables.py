"""Tables of pandas as plain data: columns as arrays or lists, with index, names and exact dtypes.

pandas is no dependency: it is used where the submission or the test has it. Only the exact classes
cross, as with other plain data, and what is built from a message is built of arrays and lists.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import numpy as np

# Extension types that are made from a list; the missing values of each are None in it.
_TYPED = frozenset({"str", "string", "boolean", "Float32", "Float64", "Int8", "Int16", "Int32",
                    "Int64", "UInt8", "UInt16", "UInt32", "UInt64"})  # fmt: skip


class NoTable(ValueError):
    """A table, or what claims to be one, that does not cross."""


def _pandas() -> Any:
    """Return pandas, which is no dependency of this package."""
    try:
        return importlib.import_module("pandas")
    except ImportError:
        raise NoTable("pandas is not installed") from None


def is_table(value: Any) -> bool:
    """Return True for what changes in place as a list does: a DataFrame or a Series."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and type(value) in (pandas.DataFrame, pandas.Series)


def taken(value: Any) -> list | None:
    """Return the parts of an object of pandas as lists and arrays; None if it is none that crosses.

    Raises
    ------
    NoTable
        If a column holds what does not cross.
    """
    pandas = sys.modules.get("pandas")
    kind = type(value)
    if pandas is None:
        return None
    if kind is pandas.DataFrame:
        columns = [_values(value.iloc[:, n].array) for n in range(value.shape[1])]
        return ["DataFrame", _index(value.index), _index(value.columns), columns]
    if kind is pandas.Series:
        return ["Series", _index(value.index), _values(value.array), value.name]
    if isinstance(value, pandas.Index):
        return ["Index", _index(value)]
    if kind is pandas.Timestamp:
        return ["Timestamp", value.isoformat(), value.unit]
    if kind is pandas.Timedelta:
        return ["Timedelta", value.isoformat(), value.unit]
    return None


def _index(index: Any) -> list:
    pandas = sys.modules["pandas"]
    if type(index) is pandas.RangeIndex:
        return ["range", index.start, index.stop, index.step, index.name]
    if type(index) is pandas.MultiIndex:
        levels = [_values(index.get_level_values(n).array) for n in range(index.nlevels)]
        return ["multi", levels, list(index.names)]
    return ["index", _values(index.array), index.name]


def _values(array: Any) -> list:
    pandas = sys.modules["pandas"]
    dtype = array.dtype
    if isinstance(dtype, pandas.CategoricalDtype):
        return ["category", array.codes, _values(dtype.categories.array), bool(dtype.ordered)]
    if isinstance(dtype, pandas.DatetimeTZDtype):
        return ["zone", array.tz_convert("UTC").tz_localize(None).to_numpy(), str(dtype.tz)]
    if str(dtype) in _TYPED:
        pairs = zip(array.tolist(), array.isna(), strict=True)
        return ["typed", str(dtype), [None if missing else item for item, missing in pairs]]
    plain = array.to_numpy()
    if plain.dtype.kind != "O":
        return ["numpy", plain]
    if str(dtype) != "object":
        raise NoTable(f"a column of dtype {dtype} does not cross")
    return ["object", plain.tolist()]


def built(parts: list) -> Any:
    """Return the object of pandas that `taken` has taken apart.

    Raises
    ------
    NoTable
        If there is none.
    """
    pandas = _pandas()
    match parts:
        case ["DataFrame", index, names, list(columns)]:
            rows = _built_index(index)
            series = [pandas.Series(_built_values(column), index=rows) for column in columns]
            made = pandas.DataFrame(dict(enumerate(series)), index=rows)
            made.columns = _built_index(names)
            return made
        case ["Series", index, values, name]:
            return pandas.Series(_built_values(values), index=_built_index(index), name=name)
        case ["Index", index]:
            return _built_index(index)
        case ["Timestamp" | "Timedelta" as kind, str(text), str(unit)]:
            return getattr(pandas, kind)(text).as_unit(unit)
    raise NoTable("no table")


def _built_index(parts: Any) -> Any:
    pandas = _pandas()

    match parts:
        case ["range", int(start), int(stop), int(step), name]:
            return pandas.RangeIndex(start, stop, step, name=name)
        case ["multi", list(levels), list(names)]:
            return pandas.MultiIndex.from_arrays([_built_values(v) for v in levels], names=names)
        case ["index", values, name]:
            return pandas.Index(_built_values(values), name=name)
    raise NoTable("no index")


def _built_values(parts: Any) -> Any:
    pandas = _pandas()

    match parts:
        case ["numpy", np.ndarray() as array]:
            return array
        case ["object", list(items)]:
            return pandas.array(_objects(items), dtype=object)
        case ["typed", str(name), list(items)] if name in _TYPED:
            return pandas.array(items, dtype=name)
        case ["zone", np.ndarray() as array, str(zone)]:
            return pandas.DatetimeIndex(array).tz_localize("UTC").tz_convert(zone)
        case ["category", np.ndarray() as codes, categories, bool(ordered)]:
            kinds = pandas.Index(_built_values(categories))
            return pandas.Categorical.from_codes(codes, kinds, ordered=ordered)
    raise NoTable("no values")


def _objects(items: list) -> np.ndarray:
    made = np.empty(len(items), dtype=object)
    for number, item in enumerate(items):
        made[number] = item
    return made


def replace(old: Any, new: Any) -> None:
    """Give a table the contents of another one, so that other names for it see them.

    Raises
    ------
    NoTable
        If they are no tables of one kind.
    """
    if type(old) is not type(new) or not is_table(old):
        raise NoTable("no table of the same kind")
    old._update_inplace(new)
