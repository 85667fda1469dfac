"""Find the first difference between what came and what was expected, and say it in words.

Only exact plain types are compared. An object with an ``__eq__`` of its own is refused
before it is asked, so nothing can be equal to everything. Two kindnesses are on purpose: a list
will do for a tuple and a tuple for a list, and 4.0 will do for 4.
"""

import datetime
import decimal
import fractions
import math
import mmap
import numbers
import pathlib
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass
from typing import Any

_SHORT = 160
_DEEPEST = 50


@dataclass(frozen=True)
class Difference:
    """Why a result is not the expected one.

    Attributes
    ----------
    kind : str
        Sort of mistake, safe to show for a hidden case: ``"wrong shape"``.
    detail : str
        The same with the values.
    """

    kind: str
    detail: str


def difference(
    got: Any, expected: Any, rtol: float = 0.0, atol: float = 0.0, returned: bool = True
) -> Difference | None:
    """Return the first difference, or ``None`` if `got` is what was expected.

    Parameters
    ----------
    got : object
        What the student's function returned.
    expected : plain data
        What it should be: a number, text, bytes, None, an array, a date or time, a Decimal, a
        Fraction, a Path, a range or slice, and lists, tuples, namedtuples, deques, dicts and
        sets of these. An array asks for the same shape and dtype, a dict for any kind of dict.
    rtol, atol : float
        Relative and absolute tolerance for numbers.
    returned : bool
        False if `got` was looked up somewhere, and is no result of a call.

    Raises
    ------
    TypeError
        If `expected` holds anything else: that is a mistake of the test.

    Examples
    --------
    >>> difference(3, 3) is None
    True
    >>> difference(None, 3).kind
    'returned None'
    >>> difference([1, 2], [1, 3]).detail
    'item 1: expected 3, got 2'
    """
    if got is None and expected is not None and returned:
        return Difference("returned None", "got None: does the function end with return?")
    return _difference(got, expected, rtol, atol, 0)


def _difference(got, expected, rtol: float, atol: float, depth: int) -> Difference | None:
    import numpy as np

    if depth > _DEEPEST:
        return Difference("wrong type", "it is nested too deep")
    if isinstance(expected, np.ndarray):
        return _array_difference(got, expected, rtol, atol, depth)
    if isinstance(expected, (list, tuple, deque)):
        return _sequence_difference(got, expected, rtol, atol, depth)
    if isinstance(expected, dict):
        return _dict_difference(got, expected, rtol, atol, depth)
    if isinstance(expected, slice):
        return _slice_difference(got, expected, depth)
    return _scalar_difference(_plain(got), _plain(expected), rtol, atol)


def short(value) -> str:
    """Return the repr of plain data, shortened; of other objects only the type's name."""
    import numpy as np

    value = value.item() if _is_numpy_scalar(value) else value
    if type(value) in (np.ndarray, np.memmap):
        if is_closed_map(value):
            return "an array on a closed memory map"
        if value.size > 8:
            return f"array of shape {value.shape}, dtype {value.dtype}"
    elif not _is_plain(value):
        return f"an object of type {type(value).__name__}"
    elif _holds_closed_map(value):
        return f"a {type(value).__name__} with an array on a closed memory map"
    text = repr(value)
    return text if len(text) <= _SHORT else text[: _SHORT - 3] + "..."


def is_closed_map(array) -> bool:
    """Tell whether an array looks at a memory map that is closed; reading it would crash."""
    while array is not None:
        if isinstance(array, mmap.mmap):
            return array.closed
        array = getattr(array, "base", None)
    return False


def _holds_closed_map(value) -> bool:
    """Tell whether plain data hold an array that cannot be read, at any depth."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return any(map(_holds_closed_map, value))
    return is_closed_map(value)


_SCALARS = (int, float, complex, bool, str, bytes, type(None))
_DICTS = (dict, Counter, OrderedDict, defaultdict)
_SEQUENCES = (list, tuple, set, frozenset, deque)
_EXACT = (
    datetime.date, datetime.datetime, datetime.time, datetime.timedelta, decimal.Decimal,
    fractions.Fraction, range, bytearray, pathlib.PosixPath, pathlib.WindowsPath,
    pathlib.PurePosixPath, pathlib.PureWindowsPath, type(Ellipsis),
)  # fmt: skip
"""Types without tolerance and without parts: the same type, and equal."""


def _is_plain(value, depth: int = 0) -> bool:
    import numpy as np

    if depth > _DEEPEST:  # a list may hold itself
        return False
    if type(value) in _SEQUENCES or _is_named_tuple(value):
        return all(_is_plain(item, depth + 1) for item in _items(value))
    if type(value) in _DICTS:
        return all(_is_plain(i, depth + 1) for pair in value.items() for i in pair)
    if type(value) is slice:
        return all(_is_plain(p, depth + 1) for p in (value.start, value.stop, value.step))
    if type(value) in (datetime.datetime, datetime.time):  # a zone may be of a class of its own
        return value.tzinfo is None or type(value.tzinfo) in _ZONES
    return type(value) in (*_SCALARS, *_EXACT, np.ndarray, np.memmap) or _is_numpy_scalar(value)


_ZONES = (datetime.timezone, zoneinfo.ZoneInfo)


def _is_named_tuple(value) -> bool:
    return tuple in type(value).__mro__[1:2] and "_fields" in type(value).__dict__


def _is_numpy_scalar(value) -> bool:
    import numpy as np

    return isinstance(value, np.generic) and type(value).__module__ == "numpy"


def _items(value):
    """Return the items of a sequence or set as its built-in base gives them."""
    return tuple.__iter__(value) if isinstance(value, tuple) else iter(value)


def _plain(value):
    """Return the Python scalar of a NumPy scalar; leave everything else."""
    import numpy as np

    if type(value) is np.ndarray and value.ndim == 0:
        return value.item()
    return value.item() if _is_numpy_scalar(value) else value


def _kind_of(value) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, numbers.Integral):
        return "whole number"
    if isinstance(value, numbers.Real):
        return "number"
    return type(value).__name__


def _scalar_difference(got, expected, rtol: float, atol: float) -> Difference | None:
    import numpy as np

    if not isinstance(expected, (np.longdouble, np.clongdouble)):  # these have no Python scalar
        _want_plain(expected)
    wrong_type = Difference(
        "wrong type", f"expected {short(expected)} ({_kind_of(expected)}), got {short(got)}"
    )
    if not _is_plain(got):
        return wrong_type
    if isinstance(expected, float) and type(got) in (int, float):
        return _number_difference(got, expected, rtol, atol)
    if isinstance(expected, int) and not isinstance(expected, bool) and type(got) is float:
        same_kind = got.is_integer()  # 3.0 is a whole number that was divided
        return None if same_kind and got == expected else _values(got, expected)
    if type(got) is not type(expected):
        return wrong_type
    if isinstance(expected, (bytes, bytearray)):
        return _bytes_difference(got, expected)
    return None if _same(got, expected) else _values(got, expected)


def _want_plain(expected) -> None:
    if not _is_plain(expected):
        raise TypeError(f"a test cannot compare with {short(expected)}: expected plain data")


def _same(got, expected) -> bool:
    """Compare two plain values of one type; what is no number is equal to what is none."""
    import numpy as np

    if isinstance(expected, (complex, np.inexact)):
        parts = [(got.real, expected.real), (got.imag, expected.imag)]
        return all(a == b or (a != a and b != b) for a, b in parts)
    if isinstance(expected, decimal.Decimal):  # comparing with a signaling NaN raises
        return (
            got.compare_total(expected) == 0
            if expected.is_nan() or got.is_nan()
            else (got == expected)
        )
    return got == expected


def _number_difference(got, expected: float, rtol: float, atol: float):
    try:
        number = float(got)
    except OverflowError:  # a whole number of hundreds of digits
        return _values(got, expected)
    if math.isnan(expected) and math.isnan(number):
        return None
    if number == expected or math.isclose(number, expected, rel_tol=rtol, abs_tol=atol):
        return None
    return _values(got, expected)


def _values(got, expected) -> Difference:
    return Difference("wrong value", f"expected {short(expected)}, got {short(got)}")


def _bytes_difference(got, expected) -> Difference | None:
    if got == expected:
        return None
    at = next((i for i, (a, b) in enumerate(zip(got, expected, strict=False)) if a != b), None)
    lengths = f"expected {len(expected):,} bytes, got {len(got):,}"
    first = (
        ""
        if at is None
        else (f"first difference at byte {at}: expected {expected[at]:02x}, got {got[at]:02x}")
    )
    if len(got) != len(expected):
        return Difference("wrong length", "; ".join(filter(None, (lengths, first))))
    short_enough = len(expected) <= _SHORT // 8
    both = f"expected {short(expected)}, got {short(got)}; " if short_enough else ""
    return Difference("wrong value", both + first)


def _slice_difference(got, expected: slice, depth: int) -> Difference | None:
    if type(got) is not slice or not _is_plain(got):
        return Difference("wrong type", f"expected {short(expected)}, got {short(got)}")
    one, other = ((s.start, s.stop, s.step) for s in (got, expected))
    return _values(got, expected) if _difference(one, other, 0.0, 0.0, depth + 1) else None


def _sequence_difference(got, expected, rtol: float, atol: float, depth: int) -> Difference | None:
    if not _fits_sequence(got, expected):
        name = type(expected).__name__
        return Difference("wrong type", f"expected a {name}, got {short(got)}")
    if len(got) != len(expected):
        return Difference(
            "wrong length", f"expected {len(expected)} items, got {len(got)}: {short(got)}"
        )
    for number, (one, other) in enumerate(zip(_items(got), _items(expected), strict=True)):
        found = _difference(one, other, rtol, atol, depth + 1)
        if found:
            return Difference(found.kind, f"item {number}: {found.detail}")
    return None


def _fits_sequence(got, expected) -> bool:
    """Tell whether a value is a sequence of the right kind."""
    if _is_named_tuple(expected):  # its class may have come from another process
        names = [(type(v).__name__, type(v)._fields) for v in (got, expected) if _is_named_tuple(v)]
        return len(names) == 2 and names[0] == names[1]
    if isinstance(expected, deque):
        return type(got) is deque and got.maxlen == expected.maxlen
    return type(got) in (list, tuple)


def _dict_difference(got, expected, rtol: float, atol: float, depth: int) -> Difference | None:
    if type(got) not in _DICTS:
        return Difference("wrong type", f"expected a dict, got {short(got)}")
    _want_plain(list(expected))
    if not all(_is_plain(key) for key in got) or set(got) != set(expected):
        return Difference(
            "wrong keys", f"expected keys {short(list(expected))}, got {short(list(got))}"
        )
    for key, other in expected.items():
        found = _difference(got[key], other, rtol, atol, depth + 1)
        if found:
            return Difference(found.kind, f"key {key!r}: {found.detail}")
    return None


def _array_difference(got, expected, rtol: float, atol: float, depth: int) -> Difference | None:
    import numpy as np

    if type(got) not in (np.ndarray, np.memmap):
        return Difference("wrong type", f"expected an array, got {short(got)}")
    if is_closed_map(got):
        return Difference(
            "array on a closed map", "the array looks at a memory map that is closed: copy it"
        )
    if got.shape != expected.shape:
        return Difference("wrong shape", f"expected shape {expected.shape}, got {got.shape}")
    if got.dtype != expected.dtype:
        return Difference("wrong dtype", f"expected dtype {expected.dtype}, got {got.dtype}")
    if expected.dtype.hasobject:  # each item is asked in its own way
        return _sequence_difference(got.tolist(), expected.tolist(), rtol, atol, depth)
    return _element_difference(np.asarray(got), expected, rtol, atol)


def _element_difference(got, expected, rtol: float, atol: float) -> Difference | None:
    import numpy as np

    same = _same_elements(got, expected, rtol, atol)
    if np.all(same):
        return None
    where = tuple(int(i) for i in np.argwhere(~np.asarray(same))[0])
    if expected.dtype.kind in "fc" and np.isnan(got[where]):
        return Difference("NaN where a number was expected", f"NaN at index {where}")
    wrong = int(np.size(same) - np.count_nonzero(same))
    at = f" at index {where}" if where else ""
    return Difference(
        "wrong values",
        f"{wrong} of {np.size(same)} values differ; first{at}: "
        f"expected {short(expected[where])}, got {short(got[where])}",
    )


def _same_elements(got, expected, rtol: float, atol: float):
    """Return element by element whether two arrays of one dtype agree."""
    import numpy as np

    if expected.dtype.names is not None:  # records may hold numbers that are none
        fields = [_same_elements(got[n], expected[n], rtol, atol) for n in expected.dtype.names]
        same = np.ones(expected.shape, bool)
        for field in fields:  # a field may be an array of its own
            same &= field.all(axis=tuple(range(expected.ndim, field.ndim)))
        return same
    if (rtol or atol) and expected.dtype.kind in "iufcb":
        return np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    same = np.asarray(got == expected)
    if expected.dtype.kind in "fc":
        return same | (np.isnan(got) & np.isnan(expected))
    if expected.dtype.kind in "mM":
        return same | (np.isnat(got) & np.isnat(expected))
    return same
