"""Functions that unlocked cells give to the student: the instructor's text of them counts.

A student may edit such a cell, and a test that uses what it defines would believe the edit.
So the instructor's version takes its place, for tests that also ask for an answer, directly or
through such functions. A test that asks for no answer tests the function itself: then the
student's counts.

A function that only computes, and that the test only calls, runs on the trusted side. Any
other may depend on what the student's process holds (its children, its open files, its
data), so it is defined anew over there, just before the test.
"""

import ast
from functools import cache

from nbverdict.assignment import source_names
from nbverdict.assignment.source_names import BUILTIN_NAMES

# Their functions compute and do nothing else. (np.save is not called by a helper that compares.)
_COMPUTING = ("math", "cmath", "numpy", "statistics", "itertools", "functools", "operator",
              "collections", "re", "string", "fractions", "decimal")  # fmt: skip
_REACHING = {"open", "print", "input", "exec", "eval", "compile", "globals", "locals", "vars",
             "setattr", "delattr", "__import__", "breakpoint"}  # fmt: skip


@cache
def functions(source: str) -> dict[str, str]:
    """Return the functions that a cell defines: name to source.

    One that keeps attributes (``f.calls = 0``) would lose them by being defined again, and
    is left out.
    """
    tree = source_names.parse(source)
    kept = {node.value.id for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)}  # fmt: skip
    return {
        node.name: ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name not in kept
    }


@cache
def globals_of(text: str) -> frozenset[str]:
    r"""Return the global names that a function reads, its defaults and decorators included.

    Examples
    --------
    >>> sorted(globals_of("def f(a, n=SIZE):\n    return [g(x, n) for x in a]"))
    ['SIZE', 'g']
    """
    return source_names.free(text)


def asked(read: set[str], given: dict[str, str]) -> set[str]:
    """Return the names that a test reads, those that given functions read for it included."""
    reached = _reached(read & set(given), given)
    return read.union(*(globals_of(given[name]) for name in reached))


def only_called(name: str, source: str) -> bool:
    """Return True if a cell calls the function and does nothing else with its name."""
    nodes = list(ast.walk(source_names.parse(source)))
    read = sum(isinstance(n, ast.Name) and n.id == name for n in nodes)
    called = sum(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == name
                 for n in nodes)  # fmt: skip
    return read == called


def split(test: str, given: dict[str, str], imports: dict[str, str]) -> tuple[dict[str, str], str]:
    """Say where the given functions that a test needs shall run.

    Parameters
    ----------
    test : str
        Source of the test cell.
    given : dict
        The functions: name to source.
    imports : dict
        Imported names: name to statement.

    Returns
    -------
    trusted : dict
        Those that run beside the test: name to source.
    fresh : str
        A cell that defines the others anew in the student's process; empty if there are none.
    """
    read = source_names.reads(test)[0] & set(given)
    here = {name for name in read if only_called(name, test) and computes(name, given, imports)}
    there = _reached(read - here, given)
    trusted = {name: given[name] for name in _reached(here, given)}
    return trusted, "\n\n".join(text for name, text in given.items() if name in there)


def _reached(start: set[str], given: dict[str, str]) -> set[str]:
    """Return given functions with those that they call."""
    found, todo = set(), list(start)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += globals_of(given[name]) & set(given)
    return found


def computes(name: str, given: dict[str, str], imports: dict[str, str]) -> bool:
    """Return True if a function, with all that it calls, depends on its arguments only."""
    free = set().union(*(globals_of(given[each]) for each in _reached({name}, given)))
    return all(_computes(each, imports) for each in free - set(given))


def _computes(name: str, imports: dict[str, str]) -> bool:
    if name in imports:
        modules = [line.split()[1].split(".")[0] for line in imports[name].split("\n")]
        return all(module in _COMPUTING for module in modules)
    return name in BUILTIN_NAMES - _REACHING
