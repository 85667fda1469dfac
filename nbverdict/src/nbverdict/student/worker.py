"""The student's process: runs cells and calls, and answers with plain data.

Everything in this process belongs to the student's code, this module included: it may be
replaced, and its answers may be forged. The verdict process believes none of them more
than it would believe a return value.
"""

import asyncio
import builtins
import importlib
import inspect
import os
import random
import signal
import socket
import sys
import traceback
import types
import warnings
import zlib

import numpy as np

from nbverdict.measuring import Measuring, Raised
from nbverdict.settings import Settings
from nbverdict.student.answers import (
    ATTRIBUTES,
    Callback,
    Change,
    ExceptionClass,
    Inside,
    Measured,
    Named,
    Names,
    Origin,
    Returned,
    Thrown,
)
from nbverdict.student.raised import describe
from nbverdict.student.shell import Outputs, Shell
from nbverdict.wire import frames, generators, tables
from nbverdict.wire.generators import RANDOM, random_state
from nbverdict.wire.values import Decoder, Encoder, NotPlain

_MUTABLE = (list, dict, set, bytearray, np.ndarray)
_FRAMES = 6  # of a traceback: formatting a deep recursion takes seconds


class Worker:
    """Serve one notebook.

    Parameters
    ----------
    shell : Shell
    sock : socket
        Connection to the verdict process.
    measuring : Measuring
        How the course measures a call.
    """

    def __init__(self, shell: Shell, sock: socket.socket, measuring: Measuring):
        self.shell, self.sock, self.measuring = shell, sock, measuring
        self.objects: list = []
        self.numbers: dict[int, int] = {}
        self.unbound: dict[str, object] = {}
        self.replaced: dict[tuple[str, str], object] = {}

    def serve(self) -> None:
        """Answer requests until the other side hangs up."""
        while True:
            try:
                head, blocks = frames.receive(self.sock)
            except frames.Gone:
                os._exit(0)
            self.answer(head, blocks)

    def answer(self, head: dict, blocks: list) -> None:
        """Answer one request.

        Parameters
        ----------
        head : dict
            The request; its ``op`` names the method that answers.
        blocks : list of memoryview
            The bytes that belong to it.
        """
        operation = getattr(self, f"do_{head['op']}")
        try:
            answer, out = operation(head, blocks)
        except Exception as error:  # a fault of this module: say so instead of dying
            answer, out = {"fault": f"{type(error).__name__}: {error}"[:500]}, []
        frames.send(self.sock, answer, out)

    # Requests

    def do_cell(self, head, blocks):
        """Run a student's cell."""
        outputs = self.shell.run(head["source"], head["count"])
        return {"outputs": outputs + self._from_programs()}, []

    def do_inside(self, head, blocks):
        """Run a test cell here, as stock nbgrader does."""
        outputs, error, text = self.shell.run_test(head["source"])
        shown = (*outputs, *self._from_programs())
        return Inside(shown, error, text).to_json(), []

    def do_settle(self, head, blocks):
        """Free what earlier calls left."""
        self.measuring.settle()
        return {}, []

    def do_name(self, head, blocks):
        """Look up a global name: what is it, and if it is data, its value."""
        name, space = head["name"], self.shell.user_ns
        if name not in space:
            return Named("missing").to_json(), []
        value = space[name]
        if isinstance(value, type) and issubclass(value, BaseException):
            return Named("exception", exception=ExceptionClass.of(value)).to_json(), []
        encoder = Encoder(self._handle)
        try:
            return Named("value", encoder.encode(value)).to_json(), encoder.blocks
        except NotPlain as error:
            return Named("other", text=str(error)).to_json(), []

    def do_names(self, head, blocks):
        """Return the names of the notebook, as ``dir()`` there has them."""
        found = [name for name in self.shell.user_ns if type(name) is str]
        return Names(tuple(n for n in found if not n.startswith("_"))).to_json(), []

    def do_origin(self, head, blocks):
        """Return where the object of a name was imported from."""
        value = self.shell.user_ns.get(head["name"])
        if isinstance(value, types.ModuleType):
            return Origin((value.__name__,)).to_json(), []
        if isinstance(value, np.ufunc):
            return Origin(("numpy", value.__name__)).to_json(), []
        path = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        return Origin(tuple(map(str, path)) if all(path) else ()).to_json(), []

    def do_attribute(self, head, blocks):
        """Set an attribute of a module as a test has set it, or take that back."""
        module, name = importlib.import_module(head["module"]), head["name"]
        key = (head["module"], name)
        self.replaced.setdefault(key, vars(module).get(name, self.replaced))
        if "value" in head:
            setattr(module, name, self._decoder(blocks).decode(head["value"]))
        elif "back" in head and self.replaced[key] is not self.replaced:
            setattr(module, name, self.replaced[key])
        else:
            vars(module).pop(name, None)
        return {}, []

    def do_unbind(self, head, blocks):
        """Delete a global name, as a test does to see whether a function uses it."""
        name = head["name"]
        if name in self.shell.user_ns:
            # A stand-in that the test still holds knows the object by this name.
            self.unbound[name] = self.shell.user_ns.pop(name)
        return {}, []

    def do_bind(self, head, blocks):
        """Give a global name to an object of this side, as the test does afterwards."""
        self.shell.user_ns[head["name"]] = self._decoder(blocks).decode(head["value"])
        return {}, []

    def do_call(self, head, blocks):
        """Call something; send back its value or error, and the arguments it changed."""
        decoder = self._decoder(blocks)
        self._take_seeds(head, decoder)
        target = decoder.decode(head["target"])
        args, kwargs = decoder.decode(head["args"]), decoder.decode(head["kwargs"])
        before = [_fingerprint(arg) for arg in (*args, *kwargs.values())]
        if "options" in head:
            return self._measured(target, args, kwargs, head, before)
        self.shell.outputs = Outputs(self.shell.settings)
        encoder, thrown, form = Encoder(self._handle), None, None
        with warnings.catch_warnings(record=True) as seen:
            try:
                value = self._perform(head, target, args, kwargs)
                form = self._result(encoder, value, (*args, *kwargs.values()))
            except NotPlain as problem:
                text = f"this result cannot be handed to a test: {problem}"
                thrown = self._thrown(TypeError(text), encoder, target)
            except BaseException as raised:
                thrown = self._thrown(raised, encoder, target)
        warned = tuple((ExceptionClass.of(w.category), str(w.message)[:2000]) for w in seen)
        changed = self._changed(encoder, (*args, *kwargs.values()), before)
        shown = [*self.shell.outputs.items, *self._from_programs()]
        streams = tuple((output["name"], output["text"]) for output in shown if "name" in output)
        return Returned(form, thrown, changed, streams, warned).to_json(), encoder.blocks

    def _perform(self, head, target, args, kwargs):
        kind = head.get("kind", "call")
        if kind == "call":
            return target(*args, **kwargs)
        if kind == "getattr":
            value = getattr(target, args[0])
            return dict(value) if isinstance(value, types.MappingProxyType) else value
        if kind == "dir":
            return [name for name in dir(target) if type(name) is str]
        if kind == "send":
            return target.send(*args)
        if kind == "await":
            return asyncio.new_event_loop().run_until_complete(target)
        if kind == "bases":
            return list(target.__bases__)
        if kind == "subclass":
            return issubclass(args[0], target)
        if kind == "signature":
            return _parameters(target)
        if kind == "setattr":
            return setattr(target, *args)
        if kind == "isinstance":
            return isinstance(args[0], target)
        if kind == "next":
            return next(target)
        if kind == "iter":
            return iter(target)
        # A special method, as an operator finds it: on the class.
        return getattr(type(target), kind)(target, *args)

    def _measured(self, target, args, kwargs, head, before):
        encoder, form = Encoder(), None
        called = self.measuring.call(target, tuple(args), kwargs, head["options"])
        error = called.error
        try:
            form = encoder.encode(called.value)
        except (NotPlain, RecursionError) as problem:
            encoder.blocks.clear()
            if error is None:
                plain = isinstance(problem, NotPlain)
                text = f"in the result, {problem}" if plain else "the result is nested too deep"
                error = Raised("TypeError", text, bases=("TypeError",))
        changed = self._changed(encoder, (*args, *kwargs.values()), before)
        raised = None
        if error is not None:
            fields = error.kind, error.message, error.line, error.lineno, tuple(error.bases)
            raised = Raised(*fields).to_json()
        printed = called.printed[: self.shell.settings.output]
        answer = Measured(form, raised, changed, printed, getattr(called, "told", None))
        return answer.to_json(), encoder.blocks

    # Values

    def _result(self, encoder, value, args):
        for number, arg in enumerate(args):
            if value is arg and (isinstance(value, _MUTABLE) or tables.is_table(value)):
                return {"t": "argument", "v": number}
        return encoder.encode(value)

    def _handle(self, value):
        """Keep an object here and send its number."""
        number = self.numbers.get(id(value))
        if number is None or self.objects[number] is not value:
            number = len(self.objects)
            self.objects.append(value)
            self.numbers[id(value)] = number
        kind = type(value)
        name = value.__name__ if isinstance(value, type) else kind.__name__
        made = {"t": "handle", "v": number, "form": _form(value), "name": str(name)[:200]}
        if made["form"] == "object":
            own = [base.__name__ for base in kind.__mro__ if base.__module__ == "__main__"]
            made |= {"bases": own} if own else {"of": [kind.__module__, kind.__qualname__]}
        return made

    def _decoder(self, blocks) -> Decoder:
        decoder: Decoder = Decoder(blocks, lambda form: self._resolve(form, decoder), trusted=True)
        return decoder

    def _resolve(self, form, decoder):
        """Decode what only this side knows: its own objects and names, and callbacks."""
        kind, value = form["t"], form.get("v")
        if kind == "handle":
            return True, self.objects[value]
        if kind == "name":
            return True, {**self.unbound, **self.shell.user_ns}[value]
        if kind == "import":
            return True, _imported(*value)
        if kind == "module":
            return True, importlib.import_module(value)
        if kind == "generator":
            return True, generators.made(value, decoder.decode(form["state"]))
        if kind == "dataclass":
            parts = [decoder.decode(part) for part in form["parts"]]
            return True, _imported(*value)(**dict(zip(form["names"], parts, strict=True)))
        if kind == "object":
            made = object.__new__(self.shell.user_ns[value])
            vars(made).update(decoder.decode(form["state"]))
            return True, made
        if kind == "callback":
            return True, self._callback(value)
        return False, None

    def _callback(self, number: int):
        def callback(*args, **kwargs):
            encoder = Encoder(self._handle)
            forms = tuple(encoder.encode(arg) for arg in args)
            asked = Callback(number, forms, encoder.encode(kwargs))
            frames.send(self.sock, asked.to_json(), encoder.blocks)
            while True:
                head, blocks = frames.receive(self.sock)
                if head["op"] != "result":
                    self.answer(head, blocks)
                    continue
                if "error" in head:
                    kind = getattr(builtins, head["error"][0], RuntimeError)
                    raise kind(head["error"][1])
                return self._decoder(blocks).decode(head["value"])

        return callback

    def _changed(self, encoder, args, before) -> tuple[Change, ...]:
        changed = []
        for number, (arg, old) in enumerate(zip(args, before, strict=True)):
            try:
                if old is None or _fingerprint(arg) == old:
                    continue
                state = isinstance(arg, RANDOM)
                form = encoder.encode(random_state(arg) if state else arg)
                changed.append(Change(number, form, state=state))
            except NotPlain as error:
                changed.append(Change(number, None, str(error)))
        return tuple(changed)

    def _thrown(self, raised, encoder, target) -> Thrown:
        try:
            args = encoder.encode(list(raised.args))
        except Exception:
            args = None
        text = describe(raised, _function_of(target))
        trace = raised.__traceback__ and raised.__traceback__.tb_next
        lines = traceback.format_list(traceback.extract_tb(trace, limit=-_FRAMES))
        attributes: dict[str, int | str] = {}
        for name in ATTRIBUTES:
            value = getattr(raised, name, None)
            if isinstance(value, (int, str)) and type(value) in (int, str):
                attributes[name] = value
        kind, trace = ExceptionClass.of(type(raised)), tuple(line.rstrip()[:2000] for line in lines)
        return Thrown(kind, args, text.message, text.line, text.lineno, attributes, trace)

    def _take_seeds(self, head, decoder) -> None:
        """Take over the state of the random generators that the test has seeded."""
        if "seeds" in head:
            for name, state in decoder.decode(head["seeds"]).items():
                {"random": random.setstate, "numpy": np.random.set_state}[name](state)

    def _from_programs(self) -> list[dict]:
        """Return what programs that the cell started wrote to descriptor 1 and 2."""
        size = os.lseek(1, 0, os.SEEK_END)
        if not size:
            return []
        text = os.pread(1, self.shell.settings.output, 0).decode(errors="replace")
        os.ftruncate(1, 0)
        os.lseek(1, 0, os.SEEK_SET)
        return [{"output_type": "stream", "name": "stdout", "text": text}]


def _imported(module: str, name: str):
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _form(value) -> str:
    """Return what a stand-in for the value has to do."""
    kind = type(value)
    if isinstance(value, type):
        return "class"
    ours = kind.__module__ in ("builtins", "itertools", "__main__")
    if ours and hasattr(kind, "__next__") and not hasattr(kind, "read"):
        return "iterator"
    if isinstance(value, types.FunctionType):
        return "function"
    return "callable" if callable(value) else "object"


def _parameters(function) -> list:
    """Return the signature of a function as plain data, and its annotations and defaults."""
    found = inspect.signature(function)
    parts = [[p.name, int(p.kind), _given(p.default), _given(p.annotation)]
             for p in found.parameters.values()]  # fmt: skip
    return [parts, _given(found.return_annotation)]


def _given(value) -> list:
    return [] if value is inspect.Parameter.empty else [value]


def _function_of(target):
    return getattr(target, "__init__", target) if isinstance(target, type) else target


def _fingerprint(value):
    """Return what changes when a mutable argument changes; None for what cannot change."""
    if isinstance(value, RANDOM):
        value = (random_state(value),)
    if not isinstance(value, (*_MUTABLE, tuple)) and not tables.is_table(value):
        return None
    if isinstance(value, np.ndarray):
        solid = np.ascontiguousarray(value).reshape(-1)
        data = solid.view(np.uint8).data if solid.nbytes else b""
        return zlib.crc32(data), value.shape
    encoder = Encoder(lambda value: {"t": "handle", "v": id(value)})
    form = encoder.encode(value)
    return repr(form), [zlib.crc32(block) for block in encoder.blocks]


def main(shell: Shell, sock: socket.socket, measuring: Measuring, settings: Settings) -> None:
    """Run the student's process; never return.

    Parameters
    ----------
    shell : Shell
        Of the fork server: here is a copy of it.
    sock : socket
        Connection to the verdict process.
    measuring : Measuring
        How the course measures a call.
    settings : Settings
        How much output is kept.
    """
    shell.settings = settings
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="IPython")
    output = os.memfd_create("output")
    os.set_inheritable(output, True)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, sock.fileno())
    os.closerange(sock.fileno() + 1, 4096)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    shell.take_over_streams()
    sys.argv = ["notebook"]
    for path in ("", os.getcwd()):
        if path not in sys.path:
            sys.path.insert(0, path)
    Worker(shell, sock, measuring).serve()
