"""The teacher's page: scores by problem, frequent mistakes, crashes, signs of tampering.

A static page without scripts. Everything that comes from a submission is escaped.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from statistics import mean, median

from nbverdict.assignment.cells import cell_source
from nbverdict.coordinator.batch import Batch

# Words in a submission that honest answers have little use for. A hint for the eye, no proof.
_SUSPECT = {
    "looks for the gradebook": re.compile(r"gradebook\.db|sqlite3"),
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
_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { padding: .25rem .75rem; border-bottom: 1px solid #8885; text-align: left }
td { vertical-align: top }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.bar { display: inline-block; height: .7rem; background: #3b7dd8; vertical-align: middle }
.track { display: inline-block; width: 10rem; border: 1px solid #8888; line-height: 0 }
code { white-space: pre-wrap; overflow-wrap: break-word }
td:last-child code { overflow-wrap: anywhere }
"""


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


def write(path: Path, batch: Batch, level) -> None:
    """Write the page of an assignment."""
    found = _collect(batch)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_page(batch, found, str(level)), encoding="utf-8")


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


def _own_source(notebook: dict):
    for cell in notebook["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and not meta.get("locked"):
            yield cell_source(cell)


def _page(batch: Batch, found: _Class, level: str) -> str:
    title = f"Grading report: {batch.name}"
    totals = list(found.students.values())
    waiting = f" {found.waiting} written answers wait for a person." if found.waiting else ""
    middle = f"mean {mean(totals):.2f}, median {median(totals):.2f}" if totals else "no scores yet"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{len(totals)} students, {middle} of {batch.points:g} points by the tests."
        f"{waiting}</p>",
        f"<p>Isolation: {escape(level)}.</p>",
        *_ungraded(found),
        "<h2>Scores by problem</h2>", _problems(found),
        "<h2>Most frequent mistakes</h2>",
        _table(("students", "problem", "message"),
               [(n, name, text) for (name, text), n in found.mistakes.most_common(25)]),
        "<h2>What crashed or broke a limit</h2>",
        _table(("student", "problem", "what the student reads"), _by_reason(found)),
        "<h2>What looks like tampering</h2>",
        "<p>Signs, no proof: read the submission before you judge. None of it changed a "
        "mark.</p>",
        _table(("student", "sign"), sorted(found.suspects)),
        "<h2>Other remarks</h2>", _table(("student", "remark"), _other_notes(found)),
        "<h2>Students</h2>",
        _table(("student", "points"), [(s, f"{n:g}") for s, n in sorted(found.students.items())]),
    ]  # fmt: skip
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    policy += "style-src 'unsafe-inline'\">"
    return (
        f"{head}</title>{policy}<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _ungraded(found: _Class) -> list[str]:
    """Return the part about submissions without a mark, if there are any."""
    if not found.ungraded:
        return []
    told = "<p>No mark, or only that of an earlier hand-in: run the grader again.</p>"
    rows = [(student,) for student in found.ungraded]
    return ["<h2>Not graded</h2>", told, _table(("student",), rows)]


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


def _problems(found: _Class) -> str:
    rows = []
    for key, points in found.points.items():
        scores = found.scores.get(key, [])
        share = mean(scores) / points if scores and points else 0.0
        bar = (
            f'<span class="track"><span class="bar" style="width:{share * 100:.0f}%"></span></span>'
        )
        full = sum(score >= points for score in scores)
        none = sum(score == 0 for score in scores)
        cells = [
            f"{mean(scores):.2f}" if scores else "by hand",
            f"{points:g}",
            f"{full}",
            f"{none}",
        ]
        numbers = "".join(f'<td class="n">{cell}</td>' for cell in cells)
        rows.append(
            f"<tr><td>{escape(key[0])}</td><td>{escape(key[1])}</td>{numbers}<td>{bar}</td></tr>"
        )
    head = ("notebook", "problem", "mean", "of", "full marks", "no points", "")
    return f"<table>{_head(head)}{''.join(rows)}</table>"


def _head(titles) -> str:
    return "<tr>" + "".join(f"<th>{escape(title)}</th>" for title in titles) + "</tr>"


def _table(titles, rows) -> str:
    """Return a table with every cell escaped, or "None."."""
    rows = list(rows)
    if not rows:
        return "<p>None.</p>"
    lines = (
        "<tr>" + "".join(f"<td><code>{escape(str(c)[:600])}</code></td>" for c in row) + "</tr>"
        for row in rows
    )
    return f"<table>{_head(titles)}{''.join(lines)}</table>"
