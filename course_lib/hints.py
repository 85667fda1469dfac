"""Give hints in stages, and the model answer when it is time."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

TRIES_BEFORE_SOLUTION = 3


@dataclass
class Attempts:
    """How often a problem was tried in this notebook, and whether it passed."""

    tries: int = 0
    passed: bool = False


@dataclass(frozen=True)
class Note:
    """A text for the learner."""

    text: str
    is_code: bool = field(default=False)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        tag = "pre" if self.is_code else "p"
        return f"<{tag}>{escape(self.text)}</{tag}>"


_attempts: dict[str, Attempts] = {}


def record_attempt(problem: str, passed: bool) -> None:
    """Count one check of a problem; reports call it."""
    attempts = _attempts.setdefault(problem, Attempts())
    attempts.tries += 1
    attempts.passed = attempts.passed or passed


def hint(problem: str, n: int = 1) -> Note:
    """Return the n-th hint of a problem; each says more than the one before.

    Parameters
    ----------
    problem : str
        Name of the problem, as its report shows it.
    n : int
        1 for the first hint.

    Raises
    ------
    ValueError
        If there is no such problem, or no such hint. The text names what there is.
    """
    hints = _all_hints()
    if problem not in hints:
        known = ", ".join(sorted(hints)) or "none: open the notebook in its own folder"
        raise ValueError(f"no hints for {problem!r}; there are hints for: {known}")
    stages = hints[problem]
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= len(stages):
        raise ValueError(f"{problem} has hints 1 to {len(stages)}, got {n!r}")
    rest = len(stages) - n
    more = f" (hint({problem!r}, {n + 1}) says more)" if rest else " (this was the last hint)"
    return Note(stages[n - 1].strip() + more)


def solution(problem: str) -> Note:
    """Return the model answer, once the problem is passed or was tried three times.

    Before that, and where the solutions are not on this machine, the note says so.
    """
    attempts = _attempts.get(problem, Attempts())
    if not attempts.passed and attempts.tries < TRIES_BEFORE_SOLUTION:
        left = TRIES_BEFORE_SOLUTION - attempts.tries
        return Note(f"Run the check of {problem!r} {left} more times, or pass it, and ask again.")
    cell = cell_of_master("solution", problem)
    lines = [line for line in cell.splitlines() if not re.match(r"\s*### (BEGIN|END) ", line)]
    if cell:
        return Note("\n".join(lines).strip(), is_code=True)
    return Note(f"The solution of {problem!r} is not on this machine. Ask your teacher.")


def _all_hints() -> dict[str, list[str]]:
    """Read the hints.toml beside the notebook, or those of all exercises near it."""
    here = Path.cwd()
    if (here / "hints.toml").is_file():
        return tomllib.loads((here / "hints.toml").read_text())
    found: dict[str, list[str]] = {}
    for pattern in ("exercises/*/hints.toml", "../exercises/*/hints.toml"):
        for file in sorted(here.glob(pattern)):
            found.update(tomllib.loads(file.read_text()))
    return found


def solution_folders(folder: Path | None = None) -> Iterator[Path]:
    """Yield the folders of solutions that lie near `folder`: in it, or up to three above.

    Three, since nbgrader runs a submission in ``autograded/student/assignment``. Default: the
    working directory.
    """
    here = folder or Path.cwd()
    for place in (here, *list(here.parents)[:3]):
        yield from sorted(place.glob("solutions/*/"))


def cell_of_master(kind: str, problem: str, folder: Path | None = None) -> str:
    """Return a cell of the master that has the problem; empty if none lies near `folder`.

    Parameters
    ----------
    kind : str
        "solution" or "test".
    problem : str
        Name of the problem.
    """
    head = re.compile(rf'^# %%.*\b{kind}="{re.escape(problem)}".*$', re.MULTILINE)
    for place in solution_folders(folder):
        for path in sorted(place.glob("*.py")):
            master = path.read_text(encoding="utf-8")
            start = head.search(master)
            if start:
                return re.split(r"^# %%", master[start.end() :], maxsplit=1, flags=re.MULTILINE)[0]
    return ""
