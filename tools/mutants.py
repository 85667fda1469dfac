"""Change the model answers in small ways, and name the changes that no row notices.

    python -m tools.mutants 01_page_cache              every problem of an assignment
    python -m tools.mutants 01_page_cache page_count   one problem

A change that keeps full marks shows a row that is missing. If it makes no difference that anybody
could see, or breaks what no task promises, it stands in `solutions/mutants.toml`, with the reason.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from course_lib.checking import diagnosis
from tools import diagnoses
from tools.masters import read_master

ROOT = Path(__file__).resolve().parents[1]

_SECONDS = 3.0  # of a call: many changes make a loop endless
_OTHERS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn,
    ast.NotIn: ast.In, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "floor": "ceil", "ceil": "floor", "float64": "float32",
          "f8": "f4", "zeros": "ones", "any": "all", "all": "any", "argmin": "argmax"}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A model answer with one small change.

    Attributes
    ----------
    change : str
        The line before and after, as `mutants.toml` has it.
    source : str
        The whole answer.
    """

    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    r"""Yield every change of an answer, each once.

    Parameters
    ----------
    source : str
        The solution cell.

    Examples
    --------
    >>> for mutant in mutants("def f(x):\n    return x < 3"):
    ...     print(mutant.change)
    return x < 3 -> return x <= 3
    return x < 3 -> return x < 4
    return x < 3 -> return x < 2
    """
    tree = ast.parse(source)
    before, seen = ast.unparse(tree), set()
    for number, node in enumerate(ast.walk(tree)):
        for kind in range(len(list(_changes(node)))):
            changed = copy.deepcopy(tree)
            target = next(n for k, n in enumerate(ast.walk(changed)) if k == number)
            list(_changes(target))[kind]()
            after = ast.unparse(ast.fix_missing_locations(changed))
            if after != before and after not in seen:
                seen.add(after)
                yield Mutant(_difference(before, after), after)


def _changes(node: ast.AST) -> Iterator:
    """Yield functions that change a node in place."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            yield _setter(node.ops, place, _OTHERS[type(operator)]())
    elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in _OTHERS:
        yield lambda: setattr(node, "op", _OTHERS[type(node.op)]())
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield lambda: setattr(node, "value", node.value + 1)
        yield lambda: setattr(node, "value", node.value - 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield lambda: setattr(node, "value", not node.value)
    elif isinstance(node, ast.Constant) and node.value in _NAMES:
        yield lambda: setattr(node, "value", _NAMES[node.value])
    elif isinstance(node, ast.Name) and node.id in _NAMES:
        yield lambda: setattr(node, "id", _NAMES[node.id])
    elif isinstance(node, ast.Attribute) and node.attr in _NAMES:
        yield lambda: setattr(node, "attr", _NAMES[node.attr])
    elif isinstance(node, ast.Call) and len(node.args) == 1 and _name(node) in ("abs", "sorted"):
        yield lambda: setattr(node, "func", ast.Name("list" if _name(node) == "sorted" else "int"))
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield lambda: setattr(node, "test", ast.Constant(False))
        if not isinstance(node, ast.While):
            yield lambda: setattr(node, "test", ast.Constant(True))
    yield from _dropped_lines(node)


def _dropped_lines(node: ast.AST) -> Iterator:
    """Yield functions that drop a call that nobody waits for: flush, close, unlink, join."""
    for block in ("body", "orelse", "finalbody"):
        lines = getattr(node, block, None)
        for place, line in enumerate(lines if isinstance(lines, list) else []):
            if isinstance(line, ast.Expr) and isinstance(line.value, (ast.Call, ast.Await)):
                yield _setter(lines, place, ast.Pass())


def _setter(items, place: int, value):
    def change() -> None:
        items[place] = value

    return change


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _difference(before: str, after: str) -> str:
    """Return the first line that differs, before and after."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next(f"{a.strip()} -> {b.strip()}" for a, b in pairs if a != b)


def survivors(runner: diagnoses.Runner, problem: str, source: str) -> Iterator[str]:
    """Yield the changes of an answer that keep full marks."""
    for mutant in mutants(source):
        came = runner.behaviour(problem, mutant.source)
        if came is not None and set(came.rows) <= {diagnosis.PASSED, diagnosis.UNKNOWN}:
            yield mutant.change


def unexplained(assignment: str, problems: Iterable[str] = ()) -> dict[str, list[str]]:
    """Return ``{problem: changes}`` that keep full marks and are not listed as equal.

    Parameters
    ----------
    assignment : str
        Its name.
    problems : iterable of str
        Those to try; all if empty.
    """
    folder = ROOT / "solutions" / assignment
    notebook = read_master(folder / f"{assignment}.py").notebook
    cells = list(diagnoses.cells(notebook))
    diagnoses._SECONDS = _SECONDS  # each answer's process inherits it
    equal, runner, found = listed().get(assignment, {}), diagnoses.Runner(cells), {}
    wanted = set(problems)
    with tempfile.TemporaryDirectory() as work:
        before = os.getcwd()
        os.chdir(work)
        try:
            for cell in cells:
                if cell.kind == "answer" and (not wanted or cell.name in wanted):
                    known = equal.get(cell.name, {})
                    left = survivors(runner, cell.name, cell.source)
                    found[cell.name] = [change for change in left if change not in known]
        finally:
            os.chdir(before)
    return found


def listed() -> dict[str, dict[str, dict[str, str]]]:
    """Return ``{assignment: {problem: {change: why no row should notice it}}}``."""
    return tomllib.loads((ROOT / "solutions" / "mutants.toml").read_text(encoding="utf-8"))


def main() -> int:
    """Print the changes that nobody notices; the exit status is 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignment")
    parser.add_argument("problems", nargs="*")
    options = parser.parse_args()
    found = unexplained(options.assignment, options.problems)
    for problem, changes in found.items():
        print(f"{problem}: {len(changes)} changes keep full marks")
        for change in changes:
            print(f"  {change}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
