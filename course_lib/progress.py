"""Say how far you are: in this notebook, and in all lessons and exercises as you saved them.

Nothing is kept beside the notebooks: what a lesson or an exercise shows when it was saved last is
all there is to know.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_lib._html import Link, table

_SENTENCE = re.compile(r"<span style=[^>]*>([^<]+)</span>")
_RIGHT = re.compile(r"<b>\w+: right\.</b>")
_DONE = ("Solved", "All visible checks pass")
NOT_RUN = "Not run yet."


@dataclass(frozen=True)
class Standing:
    """Where one problem stands.

    Attributes
    ----------
    problem : str
        Its name, as its report and its hints have it.
    points : float
        What it is worth.
    score : float
        Points earned by the checks that have run.
    sentence : str
        The words that head its report.
    """

    problem: str
    points: float
    score: float = 0.0
    sentence: str = NOT_RUN

    @property
    def done(self) -> bool:
        """True if nothing that the learner can see is open."""
        return self.sentence.startswith(_DONE)


@dataclass(frozen=True)
class Total:
    """Where all problems of an exercise stand."""

    problems: tuple[Standing, ...]

    @property
    def sentence(self) -> str:
        """The whole in words."""
        if not self.problems:
            return "The marks stand beside each problem."
        done = sum(problem.done for problem in self.problems)
        score = sum(problem.score for problem in self.problems)
        points = sum(problem.points for problem in self.problems)
        return f"{done} of {len(self.problems)} problems pass; {score:g} of {points:g} points."

    def __repr__(self) -> str:
        lines = [f"- {p.problem}: {p.score:g} of {p.points:g}. {p.sentence}" for p in self.problems]
        return "\n".join([self.sentence, *lines])

    def _repr_html_(self) -> str:
        if not self.problems:
            return f"<p>{self.sentence}</p>"
        rows = [(p.problem, p.sentence, f"{p.score:g} / {p.points:g}") for p in self.problems]
        return table(("problem", "where you stand", "points"), rows, self.sentence, text=True)


@dataclass(frozen=True)
class Lesson:
    """How much of a lesson was run when it was saved last."""

    path: Path
    title: str
    run: int
    cells: int
    right: int
    turns: int
    finished: bool
    """True if its last code cell has run."""

    def row(self, start: Path) -> tuple:
        """Return the cells of its line in the overview."""
        turns = f"{self.right} of {self.turns} right" if self.turns else ""
        return _link(self, start), f"{self.run} of {self.cells} cells run", turns


@dataclass(frozen=True)
class Exercise:
    """How far an exercise was when it was saved last."""

    path: Path
    title: str
    total: Total

    @property
    def finished(self) -> bool:
        """True if nothing that the learner can see is open."""
        return all(problem.done for problem in self.total.problems)

    def row(self, start: Path) -> tuple:
        """Return the cells of its line in the overview."""
        done, points = self.total.sentence.removesuffix(".").split("; ")
        return _link(self, start), done, points


@dataclass(frozen=True)
class Overview:
    """All lessons and exercises, in the order in which to do them."""

    items: tuple[Lesson | Exercise, ...]
    start: Path

    @property
    def next(self) -> str:
        """What to do now, in words."""
        if not self.items:
            return "There are no lessons or exercises near this notebook."
        for item in self.items:
            if not item.finished:
                return f"Next: {item.title}."
        return "You have done all of it."

    def __repr__(self) -> str:
        lines = [[str(cell) for cell in item.row(self.start) if cell] for item in self.items]
        return "\n".join([*(f"- {'; '.join(line)}" for line in lines), self.next])

    def _repr_html_(self) -> str:
        rows = [item.row(self.start) for item in self.items]
        head = ("", "when you saved it last", "")
        return f"<p><b>{self.next}</b></p>{table(head, rows, text=True) if rows else ''}"


_noted: dict[str, Standing] = {}


def note(standing: Standing) -> None:
    """Remember where a problem stands in this notebook; reports call it."""
    _noted[standing.problem] = standing


def total(folder: str | Path = ".") -> Total:
    """Return where all problems of this notebook stand, by the checks that have run in it.

    Parameters
    ----------
    folder : path
        Where the notebook lies. Default: the working directory, as in JupyterLab.

    Returns
    -------
    Total
        A notebook shows it as a table. It is empty while a teacher's grader runs the notebook:
        there the checks run in another process, and the marks stand beside each problem.
    """
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return Total(())
    found = {p.problem: p for path in _notebooks(folder) for p in _problems(_cells(path))}
    return Total(tuple((found | _noted).values()))


def show(folder: str | Path = ".") -> Overview:
    """Return how far you are in the whole course, by the notebooks as they were saved last.

    Parameters
    ----------
    folder : path
        Where to look: in it and in up to two folders above, for `notebooks` and `exercises`, or
        for assignments that were fetched. Default: the working directory.

    Returns
    -------
    Overview
        A notebook shows it as a table with links, and says what is next.
    """
    start = Path(folder).resolve()
    root = next((p for p in (start, *start.parents[:2]) if (p / "notebooks").is_dir()), start)
    items = [*_lessons(root), *_exercises(root)]
    return Overview(tuple(sorted(items, key=_order)), start)


def _order(item: Lesson | Exercise) -> tuple[str, bool]:
    """Return a key that puts an exercise behind the last lesson of its number."""
    number = re.match(r"\d*", item.path.stem)
    return (number[0] if number else ""), isinstance(item, Exercise)


def _lessons(root: Path) -> Iterator[Lesson]:
    for path in sorted((root / "notebooks").glob("[0-9]*.ipynb")):
        cells = _cells(path)
        code = [cell for cell in cells if cell["cell_type"] == "code" and cell["source"]]
        turns = [cell for cell in code if "practice.check(" in _text(cell["source"])]
        ran = [bool(cell.get("execution_count")) for cell in code]
        right = sum(bool(_RIGHT.search(_shown(cell, "text/html"))) for cell in turns)
        yield Lesson(
            path, f"lesson {path.stem[:2]}, {_title(cells, path)}", sum(ran), len(code), right,
            len(turns), bool(ran) and ran[-1],
        )  # fmt: skip


def _exercises(root: Path) -> Iterator[Exercise]:
    for pattern in ("exercises/[0-9]*/[0-9]*.ipynb", "[0-9]*/[0-9]*.ipynb"):
        for path in sorted(root.glob(pattern)):
            cells = _cells(path)
            problems = tuple(_problems(cells))
            if problems:
                yield Exercise(path, _title(cells, path), Total(problems))


def _problems(cells: Sequence[dict]) -> Iterator[Standing]:
    """Yield what the graded cells of an exercise say, as it was saved."""
    for cell in cells:
        graded = cell.get("metadata", {}).get("nbgrader", {})
        name = re.search(r'Report\("(\w+)"', _text(cell.get("source", "")))
        if not (graded.get("grade") and name):
            continue
        sentence = _SENTENCE.search(_shown(cell, "text/html"))
        score = _shown(cell, "text/plain") if sentence else ""
        earned = float(score) if re.fullmatch(r"\d+(\.\d+)?", score) else 0.0
        points = float(graded.get("points", 0))
        yield Standing(name[1], points, earned, sentence[1] if sentence else NOT_RUN)


def _notebooks(folder: str | Path) -> list[Path]:
    return sorted(Path(folder).glob("*.ipynb"))


def _cells(path: Path) -> list[dict]:
    """Return the cells of a notebook; none of one that cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [cell for cell in cells if isinstance(cell, dict) and "cell_type" in cell]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _title(cells: Sequence[dict], path: Path) -> str:
    first = _text(cells[0].get("source", "")) if cells else ""
    heading = re.match(r"#\s+(.+)", first)
    title = heading[1] if heading else path.stem
    return title[0].lower() + title[1:] if title.startswith("Exercise") else title


def _shown(cell: dict, kind: str) -> str:
    outputs = cell.get("outputs", [])
    return "".join(_text(output.get("data", {}).get(kind, "")) for output in outputs)


def _text(lines: str | list[str]) -> str:
    return "".join(lines)


def _link(item: Lesson | Exercise, start: Path) -> Link:
    return Link(item.title, os.path.relpath(item.path, start))
