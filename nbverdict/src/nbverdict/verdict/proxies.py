"""Stand-ins on the trusted side for what stays in the student's process.

A stand-in answers calls and attribute reads with plain data or with further stand-ins. Its
class is this module's, so no method of the student's runs here. Special methods are asked
for over the border only where the instructor's own class of that name has them; and a
comparison never asks the student's side whether its object equals plain data: an object
that is "equal to everything" equals nothing but itself.
"""

import inspect
import types

from nbverdict.verdict.link import Broken
from nbverdict.wire.special_methods import COMPARING, SPECIAL

# Asked for over the border, though this module's classes have some of them, too.
_READABLE = frozenset({"__name__", "__qualname__", "__module__", "__doc__", "__annotations__",
                       "__defaults__", "__dict__", "__wrapped__", "__slots__", "__code__",
                       "__kwdefaults__", "__dataclass_fields__", "__members__"})  # fmt: skip
_TYPES = {
    "__len__": int, "__bool__": bool, "__int__": int, "__index__": int, "__float__": float,
    "__complex__": complex, "__str__": str, "__repr__": str, "__hash__": int, "__format__": str,
    "__contains__": bool,
}  # fmt: skip


class Remote:
    """An object of the student's; its attributes and methods are asked for over the border."""

    __slots__ = ("_border", "_form")

    def __init__(self, border, form: dict):
        object.__setattr__(self, "_border", border)
        object.__setattr__(self, "_form", form)

    def __getattribute__(self, name: str):
        if name in _READABLE:
            return self._border.operate(self, "getattr", (name,))
        if name == "__class__":
            return self._class()
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._border.operate(self, "getattr", (name,))

    def _class(self) -> type:
        """Return what `isinstance` shall believe: a locked class that it belongs to."""
        return self._border.local_class(self) or type(self)

    def __dir__(self):
        found = self._border.operate(self, "dir", ())
        return [name for name in found if type(name) is str] if type(found) is list else []

    def __await__(self):
        yield from ()
        return self._border.operate(self, "await", ())

    def __setattr__(self, name: str, value) -> None:
        self._border.operate(self, "setattr", (name, value))

    def __enter__(self):
        return self._border.operate(self, "__enter__", ())

    def __exit__(self, kind, value, trace):
        if kind is not None and issubclass(kind, (AssertionError, Broken)):
            self._border.operate(self, "__exit__", (None, None, None))
            return False  # a context manager of the student's does not silence a test
        args = (kind, str(value), None) if kind else (None, None, None)
        return self._border.operate(self, "__exit__", args) is True

    def __reduce_ex__(self, protocol):
        raise TypeError("an object of the student's code cannot be copied")

    def __repr__(self) -> str:
        return f"<{self._form.get('name', 'object')} of the student's code>"


class RemoteCallable(Remote):
    """A function or another callable of the student's.

    Attributes
    ----------
    worker_pid : int
        The process that runs it, for those who measure it.
    """

    __slots__ = ()

    def __call__(self, *args, **kwargs):
        """Call it as a test does: return its value, or raise what it raised."""
        return self._border.call(self, args, kwargs)

    def _class(self) -> type:
        return types.FunctionType if self._form.get("function") else super()._class()

    @property
    def __signature__(self):
        return _signature(self._border.operate(self, "signature", ()))

    @property
    def worker_pid(self) -> int:
        """The process that runs it, for those who measure it."""
        return self._border.link.worker_pid

    def settle(self) -> None:
        """Have the process free what earlier calls left."""
        self._border.settle()

    def call_in_worker(self, args: tuple, kwargs: dict, options: dict):
        """Call it as the course measures a call; return a `measuring.Called` of plain data."""
        return self._border.call_measured(self, args, kwargs, options)


class RemoteClass(RemoteCallable):
    """A class of the student's."""

    __slots__ = ()

    def __subclasscheck__(self, other) -> bool:
        if not isinstance(other, RemoteClass):
            return False
        return self._border.operate(self, "subclass", (other,)) is True

    def _class(self) -> type:
        return type

    @property
    def __bases__(self):
        return self._border.bases(self)

    def __instancecheck__(self, instance) -> bool:
        if isinstance(instance, tuple) and hasattr(instance, "_fields"):  # it came as plain data
            return type(instance).__name__ == self.__name__ and instance._fields == self._fields
        if not isinstance(instance, Remote):
            return False
        return self._border.operate(self, "isinstance", (instance,)) is True


# Errors name the type, and a reader knows these: "'function' object is not iterable".
Remote.__name__, RemoteCallable.__name__, RemoteClass.__name__ = "object", "function", "type"


def make_class(name: str, specials) -> type:
    """Return a class of stand-ins whose `specials` are asked for over the border."""
    members = {special: _special(special) for special in specials if special in SPECIAL}
    if "__eq__" in members:
        members.setdefault("__hash__", Remote.__hash__)
    base = RemoteCallable if "__call__" in members else Remote
    members.pop("__call__", None)
    members["__slots__"] = ()
    return type(name, (base,), members)


def _special(name: str):
    if name in COMPARING:
        return _comparison(name)
    if name == "__iter__":
        return lambda self: iterate(self._border, self._border.operate(self, "iter", ()))
    wanted = _TYPES.get(name)

    def special(self, *args):
        value = self._border.operate(self, name, args)
        if wanted is not None and type(value) is not wanted:
            raise TypeError(f"{name} returned {type(value).__name__}, not {wanted.__name__}")
        return value

    return special


def _comparison(name: str):
    def compare(self, other):
        if not isinstance(other, Remote):
            if name in ("__eq__", "__ne__"):
                return name == "__ne__"
            return NotImplemented
        value = self._border.operate(self, name, (other,))
        return value if type(value) is bool else NotImplemented

    return compare


def iterate(border, remote):
    """Yield the items of an iterator of the student's."""
    if not isinstance(remote, Remote):
        yield from remote
        return
    kind: str = "next"
    args: tuple = ()
    while True:
        try:
            item = border.operate(remote, kind, args)
        except StopIteration as end:
            return end.value
        sent = yield item
        kind, args = ("next", ()) if sent is None else ("send", (sent,))


def _signature(described) -> inspect.Signature:
    """Return a signature from what the student's process tells of it.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        parts, returned = described
        made = [
            inspect.Parameter(name, inspect._ParameterKind(kind), default=_one(default),
                              annotation=_one(annotation))
            for name, kind, default, annotation in parts
        ]  # fmt: skip
        return inspect.Signature(made, return_annotation=_one(returned))
    except (TypeError, ValueError) as error:
        raise ValueError(f"no signature: {error}") from None


def _one(given: list):
    return given[0] if given else inspect.Parameter.empty
