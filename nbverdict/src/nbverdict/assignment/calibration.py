"""What a trial with the model answer and the untouched release has found out about the tests.

It is kept beside the folder of the assignment as plain JSON: not in it, for nbgrader copies what
is in it into the release. For each notebook it has a digest of what its tests depend on; where
that has changed since, the calibration is stale and not used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1
PROTECTED, INSIDE = "protected", "inside"


@dataclass(frozen=True)
class Row:
    """What is known of one test cell.

    Attributes
    ----------
    notebook, cell : str
    where : str
        "protected": it runs beside the student's process. "inside": it runs in it, as stock
        nbgrader has it.
    points : float
        The most that it can give.
    model : float
        What the model answer gets, run there.
    stock : float
        What the model answer gets if every test runs inside.
    release : float
        What the untouched release gets.
    why : str
        Why the cell runs inside, or why the model answer gets less than all points.
    change : str
        What a small change would do about it; empty if there is nothing to do.
    """

    notebook: str
    cell: str
    where: str
    points: float
    model: float
    stock: float
    release: float
    why: str = ""
    change: str = ""

    @property
    def worthless(self) -> bool:
        """True if the untouched release gets points."""
        return self.release > 0

    @property
    def remarkable(self) -> bool:
        """True if the teacher should know of it."""
        return self.where == INSIDE or self.worthless or self.model < self.points


@dataclass(frozen=True)
class Calibration:
    """What is known of the tests of an assignment.

    Attributes
    ----------
    rows : tuple of Row
    digests : dict of str to str
        Of each notebook, when it was found out.
    stale : tuple of str
        The notebooks that have changed since.
    """

    rows: tuple[Row, ...] = ()
    digests: dict[str, str] = field(default_factory=dict)
    stale: tuple[str, ...] = ()

    @property
    def fresh(self) -> tuple[Row, ...]:
        """The rows of notebooks that have not changed since."""
        return tuple(row for row in self.rows if row.notebook not in self.stale)

    @property
    def unprotected(self) -> tuple[Row, ...]:
        """The tests that run inside."""
        return tuple(row for row in self.fresh if row.where == INSIDE)

    def inside(self, notebook: str) -> frozenset[str]:
        """Return the tests of a notebook that have to run inside."""
        return frozenset(
            row.cell for row in self.rows if row.notebook == notebook and row.where == INSIDE
        )

    def older_than(self, now: Mapping[str, str]) -> tuple[str, ...]:
        """Return the notebooks whose digest is another one now."""
        return tuple(name for name, digest in now.items() if self.digests.get(name) != digest)

    def note(self, assignment: str) -> str:
        """Return what a teacher should know before the grading; empty if there is nothing."""
        command = f"run `python -m nbverdict calibrate {assignment}`"
        if not self.digests:
            return f"not calibrated: {command} to see that the model answer gets its points"
        if self.stale:
            names = ", ".join(self.stale)
            return f"calibrated before the last change of {names}: {command} again"
        names = ", ".join(row.cell for row in self.unprotected)
        return f"not protected, as they run in the student's process: {names}" if names else ""


def digest(cells: Iterable[Any], calls: Iterable[str], files: Mapping[str, bytes]) -> str:
    """Return a digest of what the marks of a notebook's tests depend on.

    Parameters
    ----------
    cells : iterable of InstructorCell
    calls : iterable of str
        Methods of a report that measure.
    files : dict of str to bytes
        The instructor's other files.
    """
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    everything = [VERSION, [astuple(cell) for cell in cells], list(calls), sorted(hashes.items())]
    return hashlib.sha256(json.dumps(everything).encode()).hexdigest()


def path_of(coursedir: Any, assignment: str) -> Path:
    """Return where the calibration of an assignment is kept."""
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    return folder.parent / f"{assignment}.calibration.json"


def read(path: Path) -> Calibration:
    """Read a calibration; one that is missing or cannot be read is empty."""
    try:
        form = json.loads(path.read_text(encoding="utf-8"))
        if form["version"] != VERSION:
            return Calibration()
        return Calibration(tuple(Row(**row) for row in form["tests"]), dict(form["digests"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Calibration()


def write(path: Path, found: Calibration) -> None:
    """Write a calibration."""
    form = {"version": VERSION, "digests": found.digests, "tests": [asdict(r) for r in found.rows]}
    path.write_text(json.dumps(form, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
