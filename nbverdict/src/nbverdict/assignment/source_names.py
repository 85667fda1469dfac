"""Which names a piece of source binds, imports and reads; nothing is executed."""

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from nbverdict.ipython_syntax import to_python
from nbverdict.wire.special_methods import SPECIAL

_DATACLASS = ("__eq__", "__repr__")
_ORDER = ("__lt__", "__le__", "__gt__", "__ge__")
_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
# Classes of Python's library to inherit from, and what they bring.
_KNOWN_BASES = ("NamedTuple", "Enum", "IntEnum", "Sequence", "Mapping", "MutableMapping",
                "MutableSequence", "Set", "UserList", "UserDict")  # fmt: skip
_BROUGHT = frozenset({"__eq__", "__hash__", "__repr__", "__len__", "__iter__", "__getitem__",
                      "__contains__"})  # fmt: skip
BUILTIN_NAMES = frozenset(dir(builtins))


@dataclass
class Bindings:
    """What the top level of a cell binds.

    Attributes
    ----------
    names : set of str
        Names of data.
    definitions : dict
        Functions and classes: name to source.
    imports : dict
        Imported names: name to import statement.
    stars : list of str
        Statements ``from module import *``.
    classes : dict
        Classes: name to (special methods, names of bases).
    """

    names: set[str] = field(default_factory=set)
    definitions: dict[str, str] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    classes: dict[str, tuple[set[str], list[str]]] = field(default_factory=dict)


def parse(source: str) -> ast.Module:
    """Parse a cell, magics included; what does not parse is an empty module."""
    try:
        return ast.parse(to_python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def bindings(source: str) -> Bindings:
    """Return what the top level of a cell binds."""
    found = Bindings()
    for node in top_level(parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            _imports(node, found)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.definitions[node.name] = ast.unparse(node)
            if isinstance(node, ast.ClassDef):
                found.classes[node.name] = _class(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.names.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.names.add(node.name)
    return found


def top_level(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes outside of functions, classes and comprehensions, in order."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, _SCOPES):
            yield from top_level(node)


def _imports(node: ast.Import | ast.ImportFrom, found: Bindings) -> None:
    for alias in node.names:
        if alias.name == "*":
            found.stars.append(ast.unparse(node))
            continue
        bound = alias.asname or alias.name.split(".")[0]
        if isinstance(node, ast.ImportFrom):
            text = ast.unparse(ast.ImportFrom(node.module, [alias], node.level))
        else:
            text = ast.unparse(ast.Import([alias]))
        # `import a.b` and `import a.c` bind the same name: both are needed.
        old = found.imports.get(bound, "")
        same = isinstance(node, ast.Import) and not alias.asname and old.startswith("import ")
        found.imports[bound] = f"{old}\n{text}" if same else text


def _class(node: ast.ClassDef) -> tuple[set[str], list[str]]:
    methods = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
    methods |= {t.id for n in node.body if isinstance(n, ast.Assign) for t in n.targets
                if isinstance(t, ast.Name)}  # fmt: skip
    for decorator in node.decorator_list:
        text = ast.unparse(decorator)
        if "dataclass" in text:
            methods.update(_DATACLASS, _ORDER if "order=True" in text.replace(" ", "") else ())
        if "total_ordering" in text:
            methods.update(_ORDER)
    return methods & SPECIAL, [ast.unparse(base) for base in node.bases]


def class_specials(found: dict[str, tuple[set[str], list[str]]]) -> dict[str, tuple[str, ...]]:
    """Return the special methods of each class, those of its bases included."""

    def specials(name: str, seen: tuple[str, ...]) -> set[str]:
        own, bases = found.get(name, (set(), []))
        for base in bases:
            short = base.split("[")[0].split(".")[-1]
            if short in found and short not in seen:
                own = own | specials(short, (*seen, short))
            else:
                own = own | _library_specials(short)
        return own

    return {name: tuple(sorted(specials(name, (name,)))) for name in found}


def _library_specials(name: str) -> frozenset[str]:
    """Return the special methods that a class of Python brings."""
    if name in BUILTIN_NAMES and name != "object":
        return SPECIAL.intersection(dir(getattr(builtins, name)))
    return _BROUGHT if name in _KNOWN_BASES else frozenset()


def reads(source: str) -> tuple[set[str], set[str]]:
    """Return (names that the cell reads, those read directly in a class body)."""
    nodes = list(ast.walk(parse(source)))
    eager = [read for node in nodes if isinstance(node, ast.ClassDef) for read in _at_once(node)]
    return _read(nodes), _read(eager)


@cache
def free(source: str) -> frozenset[str]:
    """Return the global names that a cell reads, in its functions and classes, too."""
    return _free(source, top_too=True)


@cache
def free_in_definitions(source: str) -> frozenset[str]:
    """Return the global names that the functions and classes of a cell read."""
    return _free(source, top_too=False)


def _free(source: str, top_too: bool) -> frozenset[str]:
    found: set[str] = set()
    try:
        todo = [symtable.symtable(ast.unparse(parse(source)), "<cell>", "exec")]
    except SyntaxError:  # a `return` outside of a function parses
        return frozenset()
    while todo:
        table = todo.pop()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if s.is_referenced()
                  and (top_too if top else s.is_global())}  # fmt: skip
        todo += table.get_children()
    return frozenset(found)


def _read(nodes: Iterable[ast.AST]) -> set[str]:
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _at_once(node: ast.ClassDef) -> Iterator[ast.AST]:
    """Yield the nodes that run when the class is made: not those in its methods."""
    for part in (*node.body, *node.bases, *node.decorator_list):
        yield part
        if not isinstance(part, _SCOPES):
            yield from top_level(part)


def folders(source: str) -> list[str]:
    """Return the folders that a cell puts on the path: ``sys.path.append("code")``."""
    found = []
    for node in ast.walk(parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="append" | "insert") as put) if ast.unparse(
                put.value
            ) in ("sys.path", "path"):
                last = node.args[-1] if node.args else None
                if isinstance(last, ast.Constant) and isinstance(last.value, str):
                    found.append(last.value)
    return found


def measured(source: str, calls: Iterable[str]) -> set[str]:
    """Return the names of functions that a test runs through a report: ``report.run(f, ...)``.

    Their results are checked like any answer, so they may run in the student's process; and
    they have to, for what they cost is measured there.

    Parameters
    ----------
    source : str
        Of the test.
    calls : iterable of str
        Methods of a report that measure: ``("run",)``.
    """
    found = [node for node in ast.walk(parse(source)) if isinstance(node, ast.Call) and node.args]
    return {
        call.args[0].id
        for call in found
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in calls
        and isinstance(call.args[0], ast.Name)
    }
