"""Find the first difference between what came and what was expected, and say it in words.

Only exact plain types are compared. An object with an ``__eq__`` of its own is refused
before it is asked, so nothing can be equal to everything.
"""

import math
import mmap
import numbers
from dataclasses import dataclass

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


def difference(got, expected, rtol: float = 0.0, atol: float = 0.0) -> Difference | None:
    """Return the first difference, or ``None`` if `got` is what was expected.

    Parameters
    ----------
    got : object
        What the student's function returned.
    expected : number, str, bytes, bool, None, list, tuple, dict, set or ndarray
        What it should be. An array asks for the same shape and dtype.
    rtol, atol : float
        Relative and absolute tolerance for numbers.

    Examples
    --------
    >>> difference(3, 3) is None
    True
    >>> difference(None, 3).kind
    'returned None'
    >>> difference([1, 2], [1, 3]).detail
    'item 1: expected 3, got 2'
    """
    import numpy as np

    if got is None and expected is not None:
        return Difference("returned None", "got None: does the function end with return?")
    if isinstance(expected, np.ndarray):
        return _array_difference(got, expected, rtol, atol)
    if isinstance(expected, (list, tuple)):
        return _sequence_difference(got, expected, rtol, atol)
    if isinstance(expected, dict):
        return _dict_difference(got, expected, rtol, atol)
    return _scalar_difference(_plain(got), _plain(expected), rtol, atol)


def short(value) -> str:
    """Return the repr of plain data, shortened; of other objects only the type's name."""
    import numpy as np

    value = value.item() if isinstance(value, np.generic) else value
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


def _is_plain(value, depth: int = 0) -> bool:
    import numpy as np

    if depth > _DEEPEST:  # a list may hold itself
        return False
    if type(value) in (list, tuple, set, frozenset):
        return all(_is_plain(item, depth + 1) for item in value)
    if type(value) is dict:
        return all(_is_plain(i, depth + 1) for pair in value.items() for i in pair)
    return type(value) in (*_SCALARS, np.ndarray, np.memmap) or isinstance(value, np.generic)


def _plain(value):
    """Return the Python scalar of a NumPy scalar; leave everything else."""
    import numpy as np

    if type(value) is np.ndarray and value.ndim == 0:
        return value.item()
    return value.item() if isinstance(value, np.generic) else value


def _kind_of(value) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, numbers.Integral):
        return "whole number"
    if isinstance(value, numbers.Real):
        return "number"
    return type(value).__name__


def _scalar_difference(got, expected, rtol: float, atol: float) -> Difference | None:
    wrong_type = Difference(
        "wrong type", f"expected {short(expected)} ({_kind_of(expected)}), got {short(got)}"
    )
    if type(got) not in (*_SCALARS, set, frozenset) or not _is_plain(got):
        return wrong_type
    if isinstance(expected, float) and type(got) in (int, float):
        return _number_difference(float(got), expected, rtol, atol)
    if isinstance(expected, int) and not isinstance(expected, bool) and type(got) is float:
        same_kind = got.is_integer()  # 3.0 is a whole number that was divided
        return None if same_kind and got == expected else _values(got, expected)
    if type(got) is not type(expected):
        return wrong_type
    return None if got == expected else _values(got, expected)


def _number_difference(got: float, expected: float, rtol: float, atol: float):
    if math.isnan(expected) and math.isnan(got):
        return None
    if got == expected or math.isclose(got, expected, rel_tol=rtol, abs_tol=atol):
        return None
    return _values(got, expected)


def _values(got, expected) -> Difference:
    return Difference("wrong value", f"expected {short(expected)}, got {short(got)}")


def _sequence_difference(got, expected, rtol: float, atol: float) -> Difference | None:
    if type(got) not in (list, tuple):
        name = type(expected).__name__
        return Difference("wrong type", f"expected a {name}, got {short(got)}")
    if len(got) != len(expected):
        return Difference(
            "wrong length", f"expected {len(expected)} items, got {len(got)}: {short(got)}"
        )
    for number, (one, other) in enumerate(zip(got, expected, strict=True)):
        found = difference(one, other, rtol, atol)
        if found:
            return Difference(found.kind, f"item {number}: {found.detail}")
    return None


def _dict_difference(got, expected: dict, rtol: float, atol: float) -> Difference | None:
    if type(got) is not dict:
        return Difference("wrong type", f"expected a dict, got {short(got)}")
    keys = {k for k in got if type(k) in _SCALARS}
    if len(keys) != len(got) or keys != set(expected):
        return Difference(
            "wrong keys", f"expected keys {short(list(expected))}, got {short(list(got))}"
        )
    for key, other in expected.items():
        found = difference(got[key], other, rtol, atol)
        if found:
            return Difference(found.kind, f"key {key!r}: {found.detail}")
    return None


def _array_difference(got, expected, rtol: float, atol: float) -> Difference | None:
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
    return _element_difference(np.asarray(got), expected, rtol, atol)


def _element_difference(got, expected, rtol: float, atol: float) -> Difference | None:
    import numpy as np

    if rtol or atol:
        same = np.isclose(got, expected, rtol=rtol, atol=atol, equal_nan=True)
    else:
        same = got == expected
        if expected.dtype.kind in "fc":
            same |= np.isnan(got) & np.isnan(expected)
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
