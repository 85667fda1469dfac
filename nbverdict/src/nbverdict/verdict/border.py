"""The trusted end of the border: arguments go out, plain data and stand-ins come in."""

from __future__ import annotations

import builtins
import contextlib
import dataclasses
import io
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from nbverdict.measuring import Called, Raised
from nbverdict.student.answers import (
    Callback,
    Change,
    ExceptionClass,
    Measured,
    Named,
    Names,
    Origin,
    Returned,
    Thrown,
)
from nbverdict.verdict import proxies
from nbverdict.verdict.link import Link
from nbverdict.verdict.proxies import Remote, RemoteCallable, RemoteClass
from nbverdict.wire import tables
from nbverdict.wire.fields import Malformed
from nbverdict.wire.generators import RANDOM, random_state, set_random_state
from nbverdict.wire.special_methods import LOOKING
from nbverdict.wire.values import Decoder, Encoder, NotPlain

if TYPE_CHECKING:
    from nbverdict.verdict.testcell import TestCell

_PRINTED = 4000  # characters of what a measured call printed, for its report
# Where an exception of the student's keeps what is known of its way through their code.
STUDENTS_SIDE = "nbverdict_thrown"
# Exceptions of these would not be errors but orders to a test runner.
_NOT_ERRORS = {"unittest", "_pytest", "pytest", "nbverdict", "bdb", "doctest"}
_NOT_RAISED = (GeneratorExit, KeyboardInterrupt)


class Border:
    """Everything that crosses between a verdict and the student's process.

    Parameters
    ----------
    link : Link
    classes : dict of str to tuple of str
        The instructor's classes, each with the special methods that it defines.
    """

    def __init__(self, link: Link, classes: Mapping[str, Iterable[str]]):
        self.link = link
        self._classes = {name: proxies.make_class(name, found) for name, found in classes.items()}
        self._library: dict[tuple[str, str], type[Remote] | None] = {}
        # Returns the class that a locked cell has defined under a name; see `test_namespace`.
        self.local: Callable[[str], type | None] = lambda name: None
        self._errors: dict[tuple[tuple[str, str], ...], type] = {}
        self._callbacks: list = []
        self._callback_numbers: dict[int, int] = {}
        self._stand_ins: dict[tuple[int, str], Remote] = {}
        # Called before each request that runs the student's code; see `mirror`.
        self.before_call: Callable[[], None] = lambda: None
        self._seeds = self._seeds_now()
        self.cell: TestCell | None = None
        link.callback = self._answer_callback

    # Names

    def name(self, name: str):
        """Return what the student's notebook calls `name`.

        Raises
        ------
        KeyError
            If there is no such name.
        """
        answer, blocks = self.link.request({"op": "name", "name": name})
        try:
            named = Named.from_json(answer)
            value = self._decode(named.value, blocks)
        except (NotPlain, Malformed) as error:
            self.link.break_(f"the value of {name} is not plain data ({error})")
        if named.kind == "value":
            return self._by_name(name, value)
        if named.exception is not None:
            return self._error_class(named.exception)
        if named.kind == "other":
            raise NotPlain(f"the value of {name} cannot be handed to a test: {named.text}")
        raise KeyError(name)

    def imported(self, name: str, ours: object):
        """Return what an import of the student's means; `ours` if it is the same object.

        Parameters
        ----------
        name : str
            The name that it binds.
        ours : object
            What the instructor's import binds; None if it does not work here.

        Raises
        ------
        KeyError
            If the student has no such name.
        """
        answer, _ = self.link.request({"op": "origin", "name": name})
        try:
            origin = Origin.from_json(answer).path
        except Malformed as error:
            self.link.break_(f"the origin of {name} is not plain data ({error})")
        if ours is not None and origin and origin == _origin(ours):
            return ours
        return self.name(name)

    def names(self) -> list[str]:
        """Return the names of the student's notebook."""
        answer, _ = self.link.request({"op": "names"})
        try:
            return list(Names.from_json(answer).names)
        except Malformed as error:
            self.link.break_(f"the names are not plain data ({error})")

    def unbind(self, name: str) -> None:
        """Delete a name of the student's notebook."""
        self.link.request({"op": "unbind", "name": name})

    def bind(self, name: str, value: Remote) -> None:
        """Give a name of the student's notebook to an object that lives there."""
        encoder = self.encoder()
        head = {"op": "bind", "name": name, "value": encoder.encode(value)}
        self.link.request(head, encoder.blocks)

    def _by_name(self, name: str, value):
        if isinstance(value, RemoteCallable) and type(value) in (RemoteCallable, RemoteClass):
            # By its name, so that a call finds what the name means then.
            form = {**value._form, "t": "name", "v": name, "number": value._form["v"]}
            return self._stand_in(type(value), form, name)
        return value

    def _stand_in(self, kind: type[Remote], form: dict, name: str = "") -> Remote:
        """Return the one stand-in for an object, so that it is itself when it comes again."""
        key = (form.get("number", form["v"]), name)
        found = self._stand_ins.get(key)
        if found is None or type(found) is not kind:
            found = self._stand_ins[key] = kind(self, form)
        return found

    def forget(self) -> None:
        """Forget the stand-ins: another process numbers its objects anew."""
        self._stand_ins.clear()

    # Calls

    def call(self, target: Remote, args: tuple, kwargs: dict):
        """Call something of the student's as a test does: return its value or raise."""
        return self._call("call", target, args, kwargs)

    def operate(self, target: Remote, kind: str, args: tuple):
        """Read an attribute, step an iterator, or use a special method.

        Parameters
        ----------
        target : Remote
        kind : str
            "getattr", "setattr", "isinstance", "next", "iter", or the special method's name.
        args : tuple
        """
        return self._call(kind, target, args, {})

    def settle(self) -> None:
        """Have the student's process free what earlier calls left."""
        self.link.request({"op": "settle"})

    def _call(self, kind: str, target, args, kwargs):
        self.before_call()
        head, blocks = self._outgoing(target, args, kwargs)
        answer, parts = self.link.request({**head, "kind": kind}, blocks)
        everything = (*args, *kwargs.values())
        try:
            returned = Returned.from_json(answer)
        except Malformed as error:
            self.link.break_(f"the result is not plain data ({error})"[:300])
        self._show(returned.streams)
        for kind_of_warning, text in returned.warned:
            self._warn(kind_of_warning, text)
        try:
            self._put_back(returned.changed, parts, everything)
            if returned.thrown is None:
                return self._value(returned.value, parts, everything)
        except (NotPlain, KeyError, ValueError, TypeError, IndexError) as error:
            self.link.break_(f"the result is not plain data ({error})"[:300])
        raise self._error(returned.thrown, parts)

    def call_measured(self, target: Remote, args: tuple, kwargs: dict, options: dict) -> Called:
        """Call it for a report, which measures it; never raise for what it raised.

        Parameters
        ----------
        target : Remote
        args, kwargs : tuple, dict
        options : dict
            What the course's `Measuring.call` gets.
        """
        self.before_call()
        head, blocks = self._outgoing(target, args, kwargs)
        head.update(op="call", options=options)
        answer, parts = self.link.request(head, blocks)
        changed = [*args, *kwargs.values()]
        try:
            measured = Measured.from_json(answer)
            value = self._decode(measured.value, parts)
            for change in measured.changed:
                changed[change.number] = change.problem or self._decode(change.form, parts)
            error = None if measured.error is None else Raised.from_json(measured.error)
        except (NotPlain, KeyError, TypeError, ValueError, IndexError) as problem:
            text = f"the result is not plain data: {problem}"[:500]
            error = Raised("TypeError", text, bases=("TypeError",))
            return Called(None, tuple(changed[: len(args)]), error)
        printed = measured.printed[:_PRINTED]
        return Called(value, tuple(changed[: len(args)]), error, printed, measured.told)

    def _outgoing(self, target, args, kwargs) -> tuple[dict, list]:
        encoder = self.encoder()
        head = {
            "op": "call", "target": encoder.encode(target),
            "args": [encoder.encode(arg) for arg in args], "kwargs": encoder.encode(kwargs),
        }  # fmt: skip
        seeds = self._seeds_now()
        if seeds != self._seeds:
            self._seeds = seeds
            states = {"random": random.getstate(), "numpy": np.random.get_state()}
            head["seeds"] = encoder.encode(states)
        return head, encoder.blocks

    def encoder(self, callables: bool = False) -> Encoder:
        """Return what turns values into requests.

        Parameters
        ----------
        callables : bool
            Let any object that can be called go out as a callback, as functions do.
        """

        def special(value):
            form = self._outgoing_special(value, encoder)
            if form is None and callables and callable(value) and not isinstance(value, type):
                return self._callback(value)
            return form

        encoder: Encoder = Encoder(special, keep_strides=True)
        return encoder

    def _callback(self, function) -> dict:
        number = self._callback_numbers.get(id(function))
        if number is None:
            number = self._callback_numbers[id(function)] = len(self._callbacks)
            self._callbacks.append(function)
        return {"t": "callback", "v": number}

    def _seeds_now(self) -> tuple:
        name, keys, *more = np.random.get_state(legacy=True)
        return name, np.asarray(keys).tobytes(), more, random.getstate()

    def _outgoing_special(self, value, encoder):
        """Encode what only goes out: stand-ins, library functions, the test's own functions."""
        if isinstance(value, Remote):
            form = value._form
            return {"t": form["t"], "v": form["v"]}
        if isinstance(value, types.ModuleType):
            return {"t": "module", "v": value.__name__}
        path = _importable(value)
        if path:
            return {"t": "import", "v": path}
        if isinstance(value, RANDOM):
            source = getattr(value, "bit_generator", value)
            return {"t": "generator", "v": type(source).__name__,
                    "state": encoder.encode(random_state(value))}  # fmt: skip
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [f.name for f in dataclasses.fields(value) if f.init]
            parts = [encoder.encode(getattr(value, name)) for name in names]
            return {"t": "dataclass", "v": _importable(type(value)), "names": names, "parts": parts}
        if self.local(type(value).__name__) is type(value) and hasattr(value, "__dict__"):
            return {"t": "object", "v": type(value).__name__, "state": encoder.encode(vars(value))}
        if isinstance(value, (types.FunctionType, types.MethodType)):
            return self._callback(value)
        return None

    # What comes in

    def _decode(self, form, blocks):
        return Decoder(blocks, self._incoming_special).decode(form)

    def _incoming_special(self, form: dict):
        if form["t"] != "handle":
            return False, None
        if type(form["v"]) is not int or type(form.get("name")) is not str:
            raise NotPlain("a malformed handle")
        kept = {"t": "handle", "v": form["v"], "name": form["name"][:200]}
        bases = form.get("bases")
        kept["bases"] = [b for b in bases[:50] if type(b) is str] if type(bases) is list else []
        kept["function"] = form.get("form") == "function"
        if form.get("form") == "iterator":
            return True, proxies.iterate(self, Remote(self, kept))
        return True, self._stand_in(self._kind(form), kept)

    def _kind(self, form: dict) -> type[Remote]:
        """Return the class of the stand-in for a handle."""
        if form.get("form") == "class":
            return RemoteClass
        known = self._classes.get(form["name"])
        if form.get("form") in ("callable", "function") and known is None:
            return RemoteCallable
        return known or self._of_library(form) or Remote

    def _of_library(self, form: dict) -> type[Remote] | None:
        """Return stand-ins for a class of an installed library, which may be looked into."""
        path = form.get("of")
        if type(path) is not list or len(path) != 2 or any(type(part) is not str for part in path):
            return None
        module, name = path
        if (module, name) not in self._library:
            found: object = sys.modules.get(module)
            for part in name.split("."):
                found = getattr(found, part, None)
            specials = LOOKING.intersection(dir(found)) if isinstance(found, type) else ()
            made = proxies.make_class(form["name"][:100], specials) if specials else None
            self._library[module, name] = made
        return self._library[module, name]

    def local_class(self, remote: Remote) -> type | None:
        """Return the instructor's class of the test's side that an object of theirs belongs to."""
        found = (self.local(name) for name in remote._form.get("bases", ()))
        return next((kind for kind in found if kind is not None), None)

    def bases(self, remote: Remote) -> tuple:
        """Return the bases of a class; the instructor's as the test knows them."""
        found = self.operate(remote, "bases", ())
        names = [base._form["name"] if isinstance(base, Remote) else "" for base in found]
        return tuple(self.local(name) or base for name, base in zip(names, found, strict=True))

    def _value(self, form, blocks, args):
        if type(form) is dict and form.get("t") == "argument":
            return args[form["v"]]
        return self._decode(form, blocks)

    def _put_back(self, changed: tuple[Change, ...], blocks, args) -> None:
        """Give the arguments the contents that the call has left in them."""
        for change in changed:
            if change.problem:
                raise NotPlain(f"an argument now holds something else: {change.problem}"[:200])
            if change.state:
                _set_state(args[change.number], self._decode(change.form, blocks))
                continue
            replace(args[change.number], self._decode(change.form, blocks))

    def _show(self, streams: tuple[tuple[str, str], ...]) -> None:
        """Print what the call has printed, so that a test can redirect and read it."""
        if not streams or (self.cell and self.cell.captures() and self.link.told_hidden):
            return  # what it prints may be the secret arguments
        for name, text in streams:
            text = text[: self.link.settings.output]
            print(text, end="", file=sys.stderr if name == "stderr" else sys.stdout)

    def _warn(self, described: ExceptionClass, text: str) -> None:
        """Warn as the student's code has warned; the test's filters say what comes of it."""
        kind = self._error_class(described)
        kind = kind if issubclass(kind, Warning) else UserWarning
        hidden = self.cell is not None and self.cell.in_hidden()
        unseen = io.StringIO() if hidden else sys.stderr  # it may hold the secret arguments
        with contextlib.redirect_stderr(unseen):
            warnings.warn_explicit(text, kind, "your code", 1)

    def _error(self, thrown: Thrown, blocks) -> BaseException:
        """Return the exception that the student's code has raised, as a built-in or stand-in."""
        kind = self._error_class(thrown.kind)
        try:
            args = self._decode(thrown.args, blocks)
        except NotPlain:
            args = None
        error = _make(kind, args if type(args) is list else [thrown.message])
        for name, value in thrown.attributes.items():
            try:
                setattr(error, name, value)
            except (AttributeError, TypeError):
                pass
        vars(error)[STUDENTS_SIDE] = thrown
        return error

    def _error_class(self, described: ExceptionClass) -> type:
        """Return a known exception class, or a stand-in with the name of the student's."""
        bases = described.bases
        found = [known for pair in bases if (known := self._known(*pair))]
        base = next(iter(found), Exception)
        if bases and found and self._known(*bases[0]) is base:
            return base
        if bases not in self._errors:
            name = described.name if described.name.isidentifier() else "StudentError"
            self._errors[bases] = type(name, (self._errors.get(bases[1:]) or base,), {})
        return self._errors[bases]

    def _known(self, module: str, name: str) -> type | None:
        return _known_exception(module, name, {*_NOT_ERRORS, *self.link.settings.packages})

    # Functions of the test that the student's code calls

    def _answer_callback(self, head: dict, blocks) -> tuple[dict, list]:
        encoder = self.encoder()
        try:
            asked = Callback.from_json(head)
            function = self._callbacks[asked.callback]
            args = [self._decode(form, blocks) for form in asked.args]
            kwargs = self._decode(asked.kwargs, blocks)
            return {"op": "result", "value": encoder.encode(function(*args, **kwargs))}, (
                encoder.blocks
            )
        except Exception as error:
            return {"op": "result", "error": [type(error).__name__, str(error)[:500]]}, []


def replace(old, new) -> None:
    """Give `old` the contents of `new`, so that other names for it see them."""
    if tables.is_table(old):
        return tables.replace(old, new)
    match old:
        case np.ndarray() if isinstance(new, np.ndarray):
            _replace_array(old, new)
        case _ if type(old) is not type(new):
            return
        case list() if len(old) == len(new):
            old[:] = [_merged(a, b) for a, b in zip(old, new, strict=True)]
        case list() | bytearray():
            old[:] = new
        case dict():
            merged = {k: _merged(old[k], v) if k in old else v for k, v in new.items()}
            old.clear()
            old.update(merged)
        case set():
            old.clear()
            old.update(new)
        case tuple():
            for a, b in zip(old, new, strict=True):
                _merged(a, b)


def _replace_array(old: np.ndarray, new: np.ndarray) -> None:
    if type(old) is type(new) and old.shape != new.shape:
        old.resize(new.shape, refcheck=False)
    old[...] = new


def _merged(old, new):
    """Return `old` with new contents if it is a container of the same kind, else `new`."""
    if type(old) is type(new) and isinstance(old, (list, dict, set, bytearray, tuple)):
        replace(old, new)
        return old if not isinstance(old, tuple) else new
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray) and old.shape == new.shape:
        replace(old, new)
        return old
    return new


def _set_state(generator, state) -> None:
    """Let a generator of the test's go on where the student's call has left it."""
    if not isinstance(generator, RANDOM):
        raise NotPlain("a state of something that is no random generator")
    set_random_state(generator, state)


def _origin(value) -> tuple[str, ...]:
    """Return where a module, or what has been imported from one, comes from; empty if unknown."""
    if isinstance(value, types.ModuleType):
        return (value.__name__,)
    return tuple(_importable(value) or ())


def _importable(value) -> list[str] | None:
    """Return where the other side can import a function or class from: [module, name]."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(value, np.ufunc):
        module, name = "numpy", value.__name__
    if not isinstance(module, str) or not isinstance(name, str):
        return None
    found: object = sys.modules.get(module)
    if found is None or "<" in name or module == "__main__":
        return None
    for part in name.split("."):
        found = getattr(found, part, None)
    return [module, name] if found is value else None


def _known_exception(module: str, name: str, not_errors: set[str]) -> type | None:
    """Return an exception class of Python or of an installed library, loaded already."""
    if module == "builtins":
        found = getattr(builtins, name, None)
    elif module.split(".")[0] in not_errors:
        return None
    else:
        found = vars(sys.modules[module]).get(name) if module in sys.modules else None
    if isinstance(found, type) and issubclass(found, BaseException):
        return None if found in _NOT_RAISED else found
    return None


def _make(kind: type, args: list) -> BaseException:
    error: BaseException
    try:
        error = kind.__new__(kind, *args)
    except Exception:
        error = BaseException.__new__(kind)
    error.args = tuple(args)
    return error
