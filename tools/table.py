"""The table of lessons and exercises in README.md, made from the masters."""

from __future__ import annotations

from collections.abc import Iterable

from tools.masters import Master, MasterError

BEGIN = "<!-- table: made by `make build` from the masters -->"
END = "<!-- end of table -->"


def table(lessons: Iterable[Master], assignments: Iterable[Master]) -> str:
    """Return the Markdown table: one row a lesson, its exercise beside it.

    A page without a number is no lesson, and README's text links to it.
    """
    by_number: dict[str, list[Master | None]] = {}
    for column, masters in enumerate((lessons, assignments)):
        for master in (m for m in masters if m.name[:2].isdigit()):
            by_number.setdefault(master.name[:2], [None, None])[column] = master
    rows = ["| | Lesson | Exercises |", "|---|---|---|"]
    # The capstone has a number of its own: it stands beside the lesson of the same number.
    for number, (lesson, assignment) in sorted(by_number.items()):
        rows.append(f"| {number} | {lesson_link(lesson)} | {exercise_link(assignment)} |")
    return "\n".join(rows)


def lesson_link(lesson: Master | None) -> str:
    """Return the Markdown link to a lesson's notebook."""
    return f"[{lesson.title}](notebooks/{lesson.name}.ipynb)" if lesson else ""


def exercise_link(assignment: Master | None) -> str:
    """Return the Markdown link to an assignment, with its problems and points."""
    if assignment is None:
        return ""
    path = f"exercises/{assignment.name}/{assignment.name}.ipynb"
    problems = len(assignment.graded_cells())
    return f"[{assignment.title}]({path}): {problems} problems, {assignment.points} points"


def put_table(readme: str, new: str) -> str:
    """Return the README's text with the table between the two markers replaced."""
    if readme.count(BEGIN) != 1 or readme.count(END) != 1:
        raise MasterError(f"README.md: expected {BEGIN!r} and {END!r} once each")
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{new}\n{END}{after}"
