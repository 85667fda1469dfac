"""Name a mistake by how an answer behaves on the rows of its problem.

A wrong answer that somebody has met before behaves in a way of its own: on each row it gives a
value, raises an error, or breaks a budget. `make build` runs every known wrong answer and keeps
what came, as a digest. A report compares its own rows with that table, and says what the answers
that behave alike have in common.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course_lib import hints
from course_lib.checking.difference import is_closed_map

PASSED = "passed"
UNKNOWN = "?"
"""A row that tells nothing: not measured here, or it depends on one that failed."""
UNSTABLE = "~"
"""Stands for a value that differs from run to run: an address, a time, a temporary path."""
_DIGITS = 9
_MOST_ITEMS = 1 << 20  # of an array: enough to tell mistakes apart, and quick
_MOST_MESSAGES = 2


@dataclass(frozen=True)
class Known:
    """A known wrong answer.

    Attributes
    ----------
    message : str
        What to learn from the mistake.
    rows : tuple of str
        How it behaves on the visible rows, in order.
    """

    message: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Diagnosis:
    """What the known answers that behave alike say.

    Attributes
    ----------
    messages : tuple of str
        One message, or two that cannot be told apart.
    certain : bool
        False if rows that would tell were not measured here.
    """

    messages: tuple[str, ...]
    certain: bool = True

    def __str__(self) -> str:
        text = self.messages[0]
        if len(self.messages) == 2:
            text = f"Either: {text} Or: {self.messages[1]}"
        return text if self.certain else f"Perhaps: {text}"


def of_value(row: str, value: object) -> str:
    """Return how a row with a wrong value behaves; `row` salts the digest."""
    return f"value {_digest(row, value)}"


def of_error(kind: str) -> str:
    """Return how a row behaves whose call raised an error of this class."""
    return f"error {kind}"


def of_count(row: str, count: float) -> str:
    """Return how a row with a broken budget behaves."""
    return f"over {_digest(row, count)}"


def diagnose(rows: Sequence[str], known: Iterable[Known]) -> Diagnosis | None:
    """Return what the known answers say that behave like these rows.

    Parameters
    ----------
    rows : list of str
        How the answer behaves on the visible rows.
    known : iterable of Known
        The table of the problem.

    Returns
    -------
    Diagnosis or None
        None if no known answer behaves so, or three or more messages would fit.

    Examples
    --------
    >>> table = [Known("You rounded down.", ("passed", "value 1f", "over 9a"))]
    >>> str(diagnose(["passed", "value 1f", "over 9a"], table))
    'You rounded down.'
    >>> diagnose(["passed", "value 77", "over 9a"], table) is None
    True
    """
    if all(row in (PASSED, UNKNOWN) for row in rows):
        return None
    fits = [(found, entry) for entry in known if (found := _agreement(rows, entry.rows))]
    if not fits:
        return None
    best = max(found.exact for found, _ in fits)
    chosen = [(found, entry.message) for found, entry in fits if found.exact == best]
    messages = tuple(dict.fromkeys(message for _, message in chosen))
    certain = all(found.certain for found, _ in chosen)
    return Diagnosis(messages, certain) if len(messages) <= _MOST_MESSAGES else None


def visible_part(
    rows: Sequence[str], known: Iterable[Known], hidden: Sequence[bool]
) -> tuple[list[str], list[Known]]:
    """Return the visible rows of an answer and of the known ones.

    Parameters
    ----------
    rows : list of str
        How the answer behaves on all rows.
    known : iterable of Known
        The table of all rows.
    hidden : list of bool
        Which rows are hidden.
    """

    def seen(behaviour: Sequence[str]) -> list[str]:
        return [row for row, secret in zip(behaviour, hidden, strict=True) if not secret]

    same_rows = [entry for entry in known if len(entry.rows) == len(hidden)]
    return seen(rows), [Known(entry.message, tuple(seen(entry.rows))) for entry in same_rows]


@dataclass(frozen=True)
class _Agreement:
    exact: int
    certain: bool


def _agreement(rows: Sequence[str], other: Sequence[str]) -> _Agreement | None:
    """Return how well two behaviours agree; None if a row tells them apart."""
    if len(rows) != len(other):
        return None
    exact, failed, loose = 0, 0, 0
    for mine, theirs in zip(rows, other, strict=True):
        if UNKNOWN in (mine, theirs):
            continue
        if (mine == PASSED) != (theirs == PASSED):
            return None
        if mine == PASSED:
            continue
        found = _same_failure(mine, theirs)
        if found is None:
            return None
        failed += 1
        exact += found
        loose += not found and theirs.endswith(UNSTABLE)
    unmeasured = sum(m == UNKNOWN and t not in (UNKNOWN, PASSED)
                     for m, t in zip(rows, other, strict=True))  # fmt: skip
    # What differs from run to run agrees with anything: alone it names nothing.
    return _Agreement(exact, certain=not unmeasured) if failed > loose else None


def _same_failure(mine: str, theirs: str) -> int | None:
    """Return 1 for the same failure, 0 for one of the same kind, None for another one."""
    if mine == theirs:
        return 1
    kinds = mine.split()[0], theirs.split()[0]
    if kinds == ("over", "over"):  # counts of other machines may differ
        return 0
    return 0 if kinds[0] == kinds[1] and theirs.endswith(UNSTABLE) else None


# The table


@cache
def _table(path: Path, changed: int) -> dict[str, tuple[Known, ...]]:
    return from_json(path.read_text(encoding="utf-8"))


_trusted: dict[str, tuple[Known, ...]] = {}


def trust(text: str) -> None:
    """Take over the table of all rows, as `to_json` wrote it; the grader's trusted side does."""
    _trusted.update(from_json(text))


def of_all_rows(problem: str) -> tuple[Known, ...]:
    """Return how known wrong answers behave on all rows of a problem.

    The grader hands its table over: files near by are the student's there. Elsewhere it lies
    with the solutions, if these lie near.
    """
    paths = (folder / FULL_FILE for folder in hints.solution_folders())
    return _trusted[problem] if problem in _trusted else load(paths, problem)


def of_visible_rows(problem: str) -> tuple[Known, ...]:
    """Return the same for the rows that a learner sees: the table lies beside the notebook."""
    return load([Path.cwd() / FILE], problem)


def load(paths: Iterable[Path], problem: str) -> tuple[Known, ...]:
    """Return the known wrong answers of a problem, from the first table that has it."""
    for path in paths:
        try:
            table = _table(path, path.stat().st_mtime_ns)
        except (OSError, ValueError):
            continue  # a learner may delete or damage it: then nothing is named
        if problem in table:
            return table[problem]
    return ()


FILE = "diagnoses.json"
"""Name of the table of the visible rows, beside the notebook of its exercise."""
FULL_FILE = ".diagnoses.json"
"""Name of the table of all rows, beside the solutions; no release has it."""


def to_json(table: Mapping[str, Iterable[Known]], made_from: str) -> str:
    """Return the text of a table, an entry a line, without repetition.

    Parameters
    ----------
    table : dict of str to list of Known
        For each problem its known wrong answers.
    made_from : str
        What tells whether the table is stale: a digest of its sources.
    """
    parts = [f'"made_from": {json.dumps(made_from)}']
    for problem, entries in sorted(table.items()):
        lines = [json.dumps([e.message, *e.rows], ensure_ascii=False)
                 for e in dict.fromkeys(entries)]  # fmt: skip
        parts.append(f"{json.dumps(problem)}: [\n" + ",\n".join(lines) + "\n]")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def from_json(text: str) -> dict[str, tuple[Known, ...]]:
    """Return the table that `to_json` has written.

    Raises
    ------
    ValueError
        If it is none.
    """
    read = json.loads(text)
    if not isinstance(read, dict):
        raise ValueError(f"no table: {text[:40]!r}")
    return {
        problem: tuple(map(_known, entries))
        for problem, entries in read.items()
        if problem != "made_from" and isinstance(entries, list)
    }


def _known(entry: object) -> Known:
    if not isinstance(entry, list) or not entry or not all(isinstance(e, str) for e in entry):
        raise ValueError(f"no entry of a table: {entry!r:.60}")
    return Known(entry[0], tuple(entry[1:]))


def merged(first: Known, second: Known) -> Known:
    """Return what two runs of one answer have in common: what differs is unstable.

    Raises
    ------
    ValueError
        If a row fails in one run and passes in the other.
    """
    return Known(first.message, tuple(map(_stable, first.rows, second.rows)))


def _stable(one: str, other: str) -> str:
    if one == other:
        return one
    kinds = one.split()[0], other.split()[0]
    if kinds[0] != kinds[1]:
        raise ValueError(f"a row that behaves differently from run to run: {one!r}, {other!r}")
    return f"{kinds[0]} {UNSTABLE}"


# Digests


def _digest(row: str, value: object) -> str:
    hashed = hashlib.blake2b(digest_size=6)
    for part in ("row", row):
        hashed.update(part.encode())
    _feed(hashed, value, 0)
    return hashed.hexdigest()


def _feed(hashed, value: object, depth: int) -> None:
    """Feed the canonical form of plain data; of anything else only the name of its type."""
    import numpy as np

    if depth > 50:
        hashed.update(b"deep")
    elif isinstance(value, np.ndarray) and is_closed_map(value):  # to read it ends the process
        hashed.update(b"array on a closed map")
    elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
        _feed_array(hashed, value)
    elif isinstance(value, np.generic):
        _feed(hashed, value.item(), depth + 1)
    elif isinstance(value, dict):
        hashed.update(b"dict")
        for key, item in value.items():
            _feed(hashed, key, depth + 1)
            _feed(hashed, item, depth + 1)
    elif isinstance(value, (list, tuple)):
        hashed.update(f"list {len(value)}".encode())
        for item in value:
            _feed(hashed, item, depth + 1)
    elif isinstance(value, (set, frozenset)):
        hashed.update(repr(sorted(map(repr, value))).encode())
    elif isinstance(value, (float, complex)):
        hashed.update(f"{value:.{_DIGITS}g}".encode())
    elif value is None or isinstance(value, (bool, int, str, bytes)):
        hashed.update(f"{type(value).__name__} {value!r}".encode())
    else:
        hashed.update(type(value).__name__.encode())


def _feed_array(hashed, array) -> None:
    """Feed dtype, shape and items; floats with the digits that all machines agree on."""
    import numpy as np

    hashed.update(f"array {array.dtype.str} {array.shape}".encode())
    array = array.reshape(-1)[:_MOST_ITEMS]
    if array.dtype.kind not in "fc":
        return hashed.update(np.ascontiguousarray(array).tobytes())
    with np.errstate(all="ignore"):  # whatever an answer left: a warning would cost its points
        wide = np.asarray(array, dtype="c16" if array.dtype.kind == "c" else "f8")
        _feed_floats(hashed, wide, _DIGITS if array.dtype.itemsize >= 8 else 5)
    return None


def _feed_floats(hashed, wide, digits: int) -> None:
    import numpy as np

    for part in (wide.real, wide.imag) if wide.dtype.kind == "c" else (wide,):
        mantissa, exponent = np.frexp(np.where(np.isfinite(part), part, 0))
        scale = 2.0 ** math.floor(digits * math.log2(10))
        hashed.update(np.rint(mantissa * scale).astype("i8").tobytes())
        hashed.update(np.where(mantissa == 0, 0, exponent).astype("i4").tobytes())
        sign = np.sign(np.where(np.isnan(part), 0, part)) * np.where(np.isinf(part), 3, 1)
        hashed.update(np.where(np.isnan(part), 2, sign).astype("i1").tobytes())
