"""What the student's process answers: `to_json` there, `from_json` on the trusted side.

The student's code can forge all of it. So `from_json` refuses unknown fields and wrong types, and
cuts what is too long. Values stay in the form of an `Encoder` here: the border decodes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbverdict.wire import fields
from nbverdict.wire.fields import Malformed, Message, read_fields

_MAX_BASES = 50
_MAX_LINES = 30
_MAX_PRINTS = 1000
_MAX_WARNINGS = 100
# What a built-in exception carries besides its arguments.
ATTRIBUTES = ("errno", "strerror", "filename", "code", "name", "key")


def _short(value: Any) -> str:
    return fields.text(value, 100)


def _pair(value: Any) -> tuple[str, str]:
    pair = fields.items(value)
    if len(pair) != 2:
        raise Malformed(f"expected a pair, got {len(pair)} items")
    return fields.source(pair[0]), fields.source(pair[1])


@dataclass(frozen=True)
class ExceptionClass(Message):
    """An exception class of the student's notebook.

    Attributes
    ----------
    name : str
    bases : tuple of (str, str)
        Module and name of the class itself and of the classes below ``object`` that it is made of.
    """

    name: str
    bases: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, kind: type) -> ExceptionClass:
        """Describe a class: in the student's process."""
        bases = tuple((str(base.__module__), str(base.__name__)) for base in kind.__mro__[:-1])
        return cls(str(kind.__name__), bases)

    @classmethod
    def from_json(cls, form: Any) -> ExceptionClass:
        """Read what the student's process sent."""

        def bases(value: Any) -> tuple[tuple[str, str], ...]:
            return tuple(_pair(item) for item in fields.items(value)[:_MAX_BASES])

        return cls(**read_fields(form, {"name": _short, "bases": bases}))


@dataclass(frozen=True)
class Thrown(Message):
    """An exception that a call let through.

    Attributes
    ----------
    kind : ExceptionClass
    args : object
        The encoded list of its arguments; None if they are no plain data.
    message : str
    line : str
        The student's line that failed; empty if it is not known.
    lineno : int
        Its number in the cell; 0 if it is not known.
    attributes : dict of str to (int or str)
        See `ATTRIBUTES`.
    traceback : tuple of str
    """

    kind: ExceptionClass
    args: Any
    message: str
    line: str
    lineno: int
    attributes: dict[str, int | str]
    traceback: tuple[str, ...]

    @classmethod
    def from_json(cls, form: Any) -> Thrown:
        """Read what the student's process sent."""

        def attributes(value: Any) -> dict[str, int | str]:
            found = fields.mapping(value)
            if not found.keys() <= set(ATTRIBUTES):
                raise Malformed("an exception with unknown attributes")
            if any(type(each) not in (int, str) for each in found.values()):
                raise Malformed("an exception with attributes of odd types")
            return {n: each if type(each) is int else each[:2000] for n, each in found.items()}

        def traceback(value: Any) -> tuple[str, ...]:
            return tuple(fields.text(line, 4000) for line in fields.items(value)[:_MAX_LINES])

        readers: dict[str, Callable] = {
            "kind": ExceptionClass.from_json, "args": fields.anything,
            "message": lambda value: fields.text(value, 2000),
            "line": lambda value: fields.text(value, 200), "lineno": fields.whole,
            "attributes": attributes, "traceback": traceback,
        }  # fmt: skip
        return cls(**read_fields(form, readers))


@dataclass(frozen=True)
class Change(Message):
    """An argument that a call has changed.

    Attributes
    ----------
    number : int
        Which argument, the named ones after the others.
    form : object
        Its encoded contents; None if they are no plain data.
    problem : str
        Why they are none; empty if they are.
    state : bool
        True if the contents are the state of a random generator.
    """

    number: int
    form: Any
    problem: str = ""
    state: bool = False

    @classmethod
    def from_json(cls, form: Any) -> Change:
        """Read what the student's process sent."""
        return cls(**read_fields(form, {"number": fields.whole, "form": fields.anything,
                                        "problem": fields.text, "state": fields.flag}))  # fmt: skip


def _changes(value: Any) -> tuple[Change, ...]:
    return tuple(map(Change.from_json, fields.items(value)))


@dataclass(frozen=True)
class Returned(Message):
    """What came of a call.

    Attributes
    ----------
    value : object
        The encoded result; None if it raised.
    thrown : Thrown or None
        What it raised.
    changed : tuple of Change
    streams : tuple of (str, str)
        What it printed: "stdout" or "stderr", and the text.
    warned : tuple of (ExceptionClass, str)
        What it warned of.
    """

    value: Any
    thrown: Thrown | None
    changed: tuple[Change, ...]
    streams: tuple[tuple[str, str], ...]
    warned: tuple[tuple[ExceptionClass, str], ...] = ()

    @classmethod
    def from_json(cls, form: Any) -> Returned:
        """Read what the student's process sent."""

        def warned(value: Any) -> tuple[tuple[ExceptionClass, str], ...]:
            pairs = [fields.items(item) for item in fields.items(value)[:_MAX_WARNINGS]]
            return tuple(
                (ExceptionClass.from_json(kind), fields.text(said)) for kind, said in pairs
            )

        def streams(value: Any) -> tuple[tuple[str, str], ...]:
            return tuple(_pair(item) for item in fields.items(value)[:_MAX_PRINTS])

        readers: dict[str, Callable] = {
            "value": fields.anything, "thrown": fields.maybe(Thrown.from_json),
            "changed": _changes, "streams": streams, "warned": warned,
        }  # fmt: skip
        return cls(**read_fields(form, readers))


@dataclass(frozen=True)
class Measured(Message):
    """What came of a call that the course measures.

    Attributes
    ----------
    value : object
        The encoded result; None if it raised.
    error : object
        What `measuring.Raised.to_json` gave; None if it raised nothing.
    changed : tuple of Change
    printed : str
    told : dict or None
        See `measuring.Called`.
    """

    value: Any
    error: Any
    changed: tuple[Change, ...]
    printed: str
    told: dict[str, Any] | None

    @classmethod
    def from_json(cls, form: Any) -> Measured:
        """Read what the student's process sent."""
        readers: dict[str, Callable] = {
            "value": fields.anything, "error": fields.anything, "changed": _changes,
            "printed": fields.source, "told": fields.maybe(fields.mapping),
        }  # fmt: skip
        return cls(**read_fields(form, readers))


@dataclass(frozen=True)
class Named(Message):
    """What a name means in the student's notebook.

    Attributes
    ----------
    kind : str
        "missing", "exception", "value", "other": what cannot cross.
    value : object
        The encoded value.
    exception : ExceptionClass or None
    text : str
        Why it cannot cross.
    """

    kind: str
    value: Any = None
    exception: ExceptionClass | None = None
    text: str = ""

    @classmethod
    def from_json(cls, form: Any) -> Named:
        """Read what the student's process sent."""
        readers: dict[str, Callable] = {
            "kind": _short, "value": fields.anything,
            "exception": fields.maybe(ExceptionClass.from_json), "text": fields.text,
        }  # fmt: skip
        made = cls(**read_fields(form, readers))
        if (made.kind == "exception") != (made.exception is not None):
            raise Malformed("a name that is an exception and is none")
        return made


@dataclass(frozen=True)
class Names(Message):
    """The names of the student's notebook.

    Attributes
    ----------
    names : tuple of str
    """

    names: tuple[str, ...]

    @classmethod
    def from_json(cls, form: Any) -> Names:
        """Read what the student's process sent."""
        return cls(**read_fields(form, {"names": fields.texts}))


@dataclass(frozen=True)
class Origin(Message):
    """Where an imported object comes from.

    Attributes
    ----------
    path : tuple of str
        Its module, and its name there if it is none itself; empty if that is not known.
    """

    path: tuple[str, ...]

    @classmethod
    def from_json(cls, form: Any) -> Origin:
        """Read what the student's process sent."""
        return cls(**read_fields(form, {"path": fields.texts}))


@dataclass(frozen=True)
class Inside(Message):
    """What came of a test cell that ran in the student's process.

    Attributes
    ----------
    outputs : tuple of dict
        As nbformat has them.
    error : str
        The exception that ended it, in one line; empty if it came to its end.
    text : str or None
        The ``repr`` of its last expression; None if that has no value.
    """

    outputs: tuple[dict[str, Any], ...]
    error: str
    text: str | None

    @classmethod
    def from_json(cls, form: Any) -> Inside:
        """Read what the student's process sent."""
        readers: dict[str, Callable] = {
            "outputs": fields.outputs, "error": fields.text, "text": fields.maybe(fields.text),
        }  # fmt: skip
        return cls(**read_fields(form, readers))


@dataclass(frozen=True)
class Callback(Message):
    """A call of a function of the test's, by the student's code.

    Attributes
    ----------
    callback : int
        Its number.
    args : tuple
        Encoded.
    kwargs : object
        The encoded dictionary.
    op : str
        Always "callback": this is no answer.
    """

    callback: int
    args: tuple[Any, ...]
    kwargs: Any
    op: str = "callback"

    @classmethod
    def from_json(cls, form: Any) -> Callback:
        """Read what the student's process sent."""
        readers: dict[str, Callable] = {
            "callback": fields.whole, "args": lambda value: tuple(fields.items(value)),
            "kwargs": fields.anything, "op": _short,
        }  # fmt: skip
        return cls(**read_fields(form, readers))
