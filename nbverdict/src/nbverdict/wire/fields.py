"""Read the fields of a message: types are checked, and what is too long is cut or refused.

What crosses is a frozen dataclass on both sides. `Message.to_json` gives it as plain data, and its
``from_json`` reads each field with one of the functions below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

MAX_TEXT = 10_000
MAX_ITEMS = 1000
MAX_OUTPUTS = 500
MAX_SOURCE = 1 << 26  # of what the trusted side sends: its frame is no longer


class Malformed(ValueError):
    """A message that is none of ours."""


class Message:
    """What crosses as one JSON object: each field of the dataclass by its own name."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}  # type: ignore[arg-type]


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Message):
        return value.to_json()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def read_fields(form: Any, readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Return the fields of a message, each read by its reader.

    Raises
    ------
    Malformed
        If a field is unknown or missing, or not what its reader expects.
    """
    odd = mapping(form).keys() ^ readers.keys()
    if odd:
        raise Malformed(f"fields unknown or missing: {', '.join(sorted(map(str, odd)))[:200]}")
    return {name: read(form[name]) for name, read in readers.items()}


def anything(value: Any) -> Any:
    """Return the value: another module looks into it."""
    return value


def text(value: Any, most: int = MAX_TEXT) -> str:
    """Return a text, cut to `most` characters."""
    if type(value) is not str:
        raise Malformed(f"expected a text, got {type(value).__name__}")
    return value[:most]


def source(value: Any) -> str:
    """Return a text of any length that fits in a frame."""
    return text(value, MAX_SOURCE)


def whole(value: Any) -> int:
    """Return a whole number, not negative."""
    if type(value) is not int or not 0 <= value < 1 << 31:
        raise Malformed(f"expected a whole number, got {str(value)[:40]}")
    return value


def number(value: Any) -> float:
    """Return a finite number."""
    if type(value) not in (int, float) or not -1e15 < value < 1e15:  # NaN is not
        raise Malformed(f"expected a number, got {str(value)[:40]}")
    return float(value)


def flag(value: Any) -> bool:
    """Return True or False."""
    if type(value) is not bool:
        raise Malformed(f"expected true or false, got {str(value)[:40]}")
    return value


def items(value: Any) -> list[Any]:
    """Return a list."""
    if type(value) is not list:
        raise Malformed(f"expected a list, got {type(value).__name__}")
    return value


def mapping(value: Any) -> dict[str, Any]:
    """Return a dictionary; JSON has no keys but texts."""
    if type(value) is not dict:
        raise Malformed(f"expected fields, got {type(value).__name__}")
    return value


def texts(value: Any, most: int = MAX_ITEMS) -> tuple[str, ...]:
    """Return texts, at most `most` of them."""
    return tuple(text(item) for item in items(value)[:most])


def sources(value: Any) -> tuple[str, ...]:
    """Return texts, any number of any length that fits in a frame."""
    return tuple(source(item) for item in items(value))


def named_sources(value: Any) -> dict[str, str]:
    """Return texts by name."""
    return {name: source(item) for name, item in mapping(value).items()}


def outputs(value: Any) -> tuple[dict[str, Any], ...]:
    """Return the outputs of a cell as far as they are dictionaries, at most `MAX_OUTPUTS`.

    What is in them is looked at where the autograded notebook is made.
    """
    found = value[:MAX_OUTPUTS] if type(value) is list else ()
    return tuple(item for item in found if type(item) is dict)


def maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a reader that takes None too."""
    return lambda value: None if value is None else read(value)
