"""The teacher's page: scores by problem, frequent mistakes, crashes, signs of tampering.

A static page without scripts, made by the template beside this module. Everything that comes
from a submission is escaped.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from statistics import mean, median

from jinja2 import Environment, StrictUndefined, Template

from nbverdict.assignment.cells import cell_source
from nbverdict.coordinator.batch import Batch

# Words in a submission that honest answers have little use for. A hint for the eye, no proof.
_SUSPECT = {
    "looks for the gradebook": re.compile(r"gradebook\.db"),
    "looks for hidden tests": re.compile(r"BEGIN HIDDEN|/source/|/solutions/"),
    "changes the shell or the assertions": re.compile(
        r"ast_transformers|input_transformers|run_cell|showtraceback|NodeTransformer|setattr\(np"
    ),
    "reaches for other processes": re.compile(
        r"/proc/|ptrace|os\.kill|os\.fork|start_new_session|process_vm"
    ),
    "ends the process": re.compile(r"os\._exit|os\.abort"),
    "is equal to everything": re.compile(r"def __eq__\(.*\):\s*return True"),
    "uses what is not its own": re.compile(r"sys\._getframe|gc\.get_objects|ctypes"),
}
_ALTERED = ("marked as not graded", "was deleted", "turned into", "more than once", "was changed")
# The place of a submission and the random part of a test's directory: no two are alike, and
# the same mistake shall count as one.
_PLACES = re.compile(r"[\w/.-]*/grading-\w+/\d+/(?:files|extra)/(?:work/|cwd/)?")
_RANDOM = re.compile(r"(?<=-)[a-z0-9_]{8}(?=/)")
_TEMPLATE = "class_report.html"


@dataclass
class _Class:
    """What the autograded notebooks of a class say."""

    students: dict[str, float] = field(default_factory=dict)
    scores: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    points: dict[tuple[str, str], float] = field(default_factory=dict)
    mistakes: Counter = field(default_factory=Counter)
    broken: list[tuple[str, str, str]] = field(default_factory=list)
    suspects: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    waiting: int = 0
    ungraded: list[str] = field(default_factory=list)


def write(path: Path, batch: Batch, level: object) -> None:
    """Write the page of an assignment.

    Parameters
    ----------
    path : Path
        Its directory is made if it is not there.
    batch : Batch
    level : Level
        The jail that the submissions ran in.
    """
    page = _page(batch, _collect(batch), str(level))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def template() -> Template:
    """Return the template of the page; it escapes all that is put in."""
    source = files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)


def _collect(batch: Batch) -> _Class:
    found = _Class()
    for student in batch.students():
        if batch.is_new(student):
            found.ungraded.append(student)
        folder = Path(batch.target(student))
        for title in batch.assignment.notebooks:
            try:
                notebook = json.loads((folder / f"{title}.ipynb").read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            kept = notebook["metadata"].get("nbverdict")
            if kept:
                _add(found, student, title, notebook, kept)
    return found


def _add(found: _Class, student: str, title: str, notebook: dict, kept: dict) -> None:
    for mark in kept["marks"]:
        key = (title, mark["name"])
        found.points[key] = mark["points"]
        found.waiting += mark["manual"]
        if mark["score"] is None:
            continue
        found.scores.setdefault(key, []).append(mark["score"])
        found.students[student] = found.students.get(student, 0.0) + mark["score"]
        if mark["broken"]:
            found.broken.append((student, mark["name"], mark["details"]))
            continue
        for message in {_RANDOM.sub("...", _PLACES.sub("", m)) for m in mark["messages"]}:
            found.mistakes[(mark["name"], message)] += 1
    for note in kept["notes"]:
        target = found.suspects if any(word in note for word in _ALTERED) else found.notes
        if (student, note) not in target:
            target.append((student, note))
    source = "\n".join(_own_source(notebook))
    for what, pattern in _SUSPECT.items():
        match = pattern.search(source)
        if match:
            found.suspects.append((student, f"{what}: {match.group()[:60]}"))


def _own_source(notebook: dict) -> Iterator[str]:
    for cell in notebook["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and not meta.get("locked"):
            yield cell_source(cell)


def _page(batch: Batch, found: _Class, level: str) -> str:
    calibration = batch.assignment.calibration
    totals = list(found.students.values())
    middle = f"mean {mean(totals):.2f}, median {median(totals):.2f}" if totals else "no scores yet"
    return template().render(
        name=batch.name, points=batch.points, level=level, found=found, middle=middle,
        note=calibration.note(batch.name),
        unprotected=[(r.notebook, r.cell, r.why, r.change) for r in calibration.unprotected],
        worthless=[(r.notebook, r.cell, f"{r.release:g} of {r.points:g}")
                   for r in calibration.fresh if r.worthless],
        ungraded=[(student,) for student in found.ungraded],
        problems=_problems(found),
        mistakes=[(n, name, text) for (name, text), n in found.mistakes.most_common(25)],
        broken=_by_reason(found),
        suspects=sorted(found.suspects),
        remarks=_other_notes(found),
        students=[(who, f"{points:g}") for who, points in sorted(found.students.items())],
    )  # fmt: skip


def _by_reason(found: _Class) -> list[tuple[str, str, str]]:
    """Return one row for each student and reason, with all its problems."""
    problems: dict[tuple[str, str], list[str]] = {}
    for student, problem, reason in sorted(found.broken):
        problems.setdefault((student, reason), []).append(problem)
    return [
        (who, "all" if len(names) == len(found.points) else ", ".join(names), reason)
        for (who, reason), names in problems.items()
    ]


def _other_notes(found: _Class) -> list[tuple[str, str]]:
    """Return the remarks that no other table has."""
    told = {(who, reason.removeprefix("No points: ")) for who, _, reason in found.broken}
    return sorted((who, note) for who, note in found.notes if (who, f"{note}.") not in told)


def _problems(found: _Class) -> list[dict[str, object]]:
    """Return one row for each problem, in the instructor's order."""
    rows: list[dict[str, object]] = []
    for (notebook, problem), points in found.points.items():
        scores = found.scores.get((notebook, problem), [])
        share = mean(scores) / points if scores and points else 0.0
        full = sum(score >= points for score in scores)
        none = sum(score == 0 for score in scores)
        middle = f"{mean(scores):.2f}" if scores else "by hand"
        numbers = middle, f"{points:g}", f"{full}", f"{none}"
        rows.append({"notebook": notebook, "problem": problem, "numbers": numbers,
                     "percent": f"{share * 100:.0f}"})  # fmt: skip
    return rows
