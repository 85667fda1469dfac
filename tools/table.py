"""The table of lessons and exercises in README.md, made from the masters."""

from __future__ import annotations

from collections.abc import Iterable

from tools.masters import Master, MasterError, last_part, number_of

BEGIN = "<!-- table: made by `make build` from the masters -->"
END = "<!-- end of table -->"


def table(lessons: Iterable[Master], assignments: Iterable[Master]) -> str:
    """Return the Markdown table: one row a lesson, its exercise beside it.

    A page without a number is no lesson, and README's text links to it.
    """
    by_number: dict[str, list[Master | None]] = {}
    for master in (m for m in lessons if m.name[0].isdigit()):
        by_number[number_of(master.name)] = [master, None]
    # The capstone has a number of its own: it stands beside the lesson of the same number. An
    # exercise on a lesson of two parts follows the second.
    for exercise in assignments:
        place = last_part(number_of(exercise.name), by_number)
        by_number.setdefault(place, [None, None])[1] = exercise
    rows = ["| | Lesson | Exercises |", "|---|---|---|"]
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
