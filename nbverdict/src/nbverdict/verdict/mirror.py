"""What a test sets for the student's code to see: names of the notebook, and bans on functions.

Stock nbgrader runs tests and answers in one process. Here two kinds of settings are repeated in
the student's process before each call and after each test: names that only tests bind and that
the student's code reads, and attributes of modules that a test assigns to, such as
``np.linalg.inv = None``. Modules go by name, plain data by value, functions as callbacks. What
cannot go stays with the test.
"""

from __future__ import annotations

import ast
import sys
import types
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nbverdict.wire.values import NotPlain

if TYPE_CHECKING:
    from nbverdict.verdict.border import Border

WATCH = "__nbverdict_watch__"
_MISSING = object()


class Mirror:
    """Repeat in the student's process what a test sets.

    Parameters
    ----------
    border : Border
    names : dict
        Globals of the test cells.
    """

    def __init__(self, border: Border, names: dict):
        self._border, self._names = border, names
        self.shared: tuple[str, ...] = ()
        self._sent: dict[str, object] = {}
        self._originals: dict[tuple[str, str], object] = {}
        self._banned: dict[tuple[str, str], object] = {}
        self._pid = 0

    def watch(self, holder: object, name: str) -> None:
        """Note what a module has under a name, before a test sets it."""
        if isinstance(holder, str):
            holder = sys.modules.get(holder)
        if isinstance(holder, types.ModuleType):
            key = (holder.__name__, name)
            self._originals.setdefault(key, vars(holder).get(name, _MISSING))

    def restore(self) -> None:
        """Take back here what tests have set in modules."""
        for (module, name), value in self._originals.items():
            if value is not _MISSING:
                setattr(sys.modules[module], name, value)

    def sync(self) -> None:
        """Set over there what has changed here since the last time."""
        link = self._border.link
        if not (self.shared or self._originals) or link.broken:
            return
        if self._pid != link.worker_pid:  # a fresh process knows nothing of it
            self._pid, self._sent, self._banned = link.worker_pid, {}, {}
        for name in self.shared:
            self._sync_name(name)
        for key, original in self._originals.items():
            self._sync_attribute(key, original)

    def _sync_name(self, name: str) -> None:
        value = dict.get(self._names, name, _MISSING)
        if value is _MISSING:
            if self._sent.pop(name, _MISSING) is not _MISSING:
                self._border.unbind(name)
            return
        request = self._encoded({"op": "bind", "name": name}, value)
        if request is not None and self._sent.get(name) != _mark(*request):
            self._sent[name] = _mark(*request)
            self._border.link.request(*request)

    def _sync_attribute(self, key: tuple[str, str], original: object) -> None:
        module, name = key
        value = vars(sys.modules[module]).get(name, _MISSING)
        if value is self._banned.get(key, original):
            return
        self._banned[key] = value
        head = {"op": "attribute", "module": module, "name": name}
        if value is original:
            self._border.link.request({**head, "back": True})
        elif value is _MISSING:
            self._border.link.request({**head, "gone": True})
        else:
            request = self._encoded(head, value)
            if request is not None:
                self._border.link.request(*request)

    def _encoded(self, head: dict, value: Any) -> tuple[dict, list] | None:
        encoder = self._border.encoder(callables=True)
        try:
            return {**head, "value": encoder.encode(value)}, encoder.blocks
        except NotPlain:
            return None


def _mark(head: dict, blocks: Iterable[Any]) -> object:
    return repr(head), tuple(zlib.crc32(block) for block in blocks)


class Watching(ast.NodeTransformer):
    """Put a call of `Mirror.watch` before each statement that may set an attribute of a module."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Look into the blocks of statements."""
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                setattr(node, name, [each for one in block for each in _watched(one)])
        return node


def _watched(statement: ast.stmt) -> Iterator[ast.stmt]:
    for holder, name in _set_by(statement):
        call = ast.Call(ast.Name(WATCH, ast.Load()), [holder, name], [])
        handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
        yield _placed(ast.Try([ast.Expr(call)], [handler], [], []), statement)
    yield statement


def _placed(made: ast.stmt, like: ast.stmt) -> ast.stmt:
    for node in ast.walk(made):
        ast.copy_location(node, like)
    return made


def _set_by(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield (module, name of the attribute) as expressions, for what a statement may set."""
    for node in _header(statement):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del(), value=holder) if _dotted(holder):
                yield _loaded(holder), ast.Constant(node.attr)
            case ast.Call(args=[ast.Constant(value=str(path)), *_]) if _called(node, "patch"):
                module, _, name = path.rpartition(".")
                if module:
                    yield ast.Constant(module), ast.Constant(name)
            case ast.Call(args=[holder, name, *_]) if _dotted(holder) and _called(
                node, "setattr", "delattr", "object"
            ):
                yield _loaded(holder), name


def _header(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement without those of the statements in it."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        todo += [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
        ]


def _called(node: ast.Call, *names: str) -> bool:
    return ast.unparse(node.func).split(".")[-1] in names


def _dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _loaded(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body
