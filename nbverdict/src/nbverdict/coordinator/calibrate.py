"""Grade the model answer and the untouched release, to see what each test is worth here.

A test whose model answer keeps across the border the score that it has in stock nbgrader is
*protected*. Any other runs *inside*, in the student's process. The model answer is graded with
every test inside, too: that is what stock nbgrader would do, and what to compare with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from nbverdict.assignment import advice, calibration, instructor, lint, plan
from nbverdict.assignment.calibration import INSIDE, PROTECTED, Calibration, Row
from nbverdict.assignment.instructor import Assignment, InstructorNotebook
from nbverdict.assignment.notebook import Cell, Notebook
from nbverdict.coordinator.gradebook import Gradebook
from nbverdict.coordinator.grades import clean
from nbverdict.coordinator.pool import Pool
from nbverdict.settings import Settings
from nbverdict.steps import Answer, Job, NotebookJob, Result, Step, TestStep

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

Inside = dict[str, frozenset[str]]
"""For each notebook the tests that run inside."""
Results = dict[tuple[str, str], Result]
"""By notebook and test."""
_ROUNDS = 4
# The line of a traceback that names the exception, whose text may go on; less our own module.
_RAISED = re.compile(r"(?:nbverdict\.[\w.]+\.)?((?:\w+\.)*[A-Z]\w*(?:: .*)?)$")
_NOTHING = Result(details="the grader never got to this test")


def calibrate(assignment: Assignment, run_job: Callable[[Job], Answer]) -> Calibration:
    """Find out where each test of an assignment has to run.

    Parameters
    ----------
    assignment : Assignment
    run_job : callable
        Runs one job (`Pool.run`); called from several threads.
    """
    nowhere: Inside = dict.fromkeys(assignment.notebooks, frozenset())
    everywhere = {name: _tests(nb) for name, nb in assignment.notebooks.items()}
    with ThreadPoolExecutor(2) as threads:
        jobs = [threads.submit(_run, assignment, at, run_job) for at in (nowhere, everywhere)]
        first, stock = (job.result() for job in jobs)
    inside, model = _settled(assignment, first, stock, run_job)
    release = _run(assignment, inside, run_job, released=True)
    rows = [
        _row(notebook, name, inside, (first, model, stock, release))
        for notebook in assignment.notebooks.values()
        for name in notebook.by_name
        if name in everywhere[notebook.name]
    ]
    return Calibration(tuple(rows), assignment.digests())


def course_assignment(coursedir: CourseDirectory, name: str, settings: Settings) -> Calibration:
    """Calibrate an assignment of a course, and keep what was found.

    Parameters
    ----------
    coursedir : nbgrader.coursedir.CourseDirectory
    name : str
        Of the assignment.
    settings : Settings

    Raises
    ------
    NoAssignment
        If it was never generated.
    """
    with Pool(settings, 2) as pool:
        gradebook = Gradebook(coursedir, name)
        try:
            assignment = instructor.load(gradebook.book, coursedir, name)
        finally:
            gradebook.close()
        pool.load(assignment.libraries)
        _level = pool.level  # the jail is tried here, once: the jobs below run in two threads
        found = calibrate(assignment, pool.run)
    calibration.write(calibration.path_of(coursedir, name), found)
    return found


def _tests(notebook: InstructorNotebook) -> frozenset[str]:
    return frozenset(cell.name for cell in notebook.cells if cell.kind == "test")


def _run(
    assignment: Assignment, inside: Inside, run_job: Callable[[Job], Answer], released: bool = False
) -> Results:
    """Grade the model answer, or the untouched release."""
    plans: dict[str, tuple[Step, ...]] = {}
    for name, notebook in assignment.notebooks.items():
        cells = [
            Cell(cell.cell_type, cell.blank if released else cell.source, cell)
            for cell in notebook.cells
        ]
        plans[name] = plan.steps(Notebook(notebook, cells), inside[name])
    jobs = tuple(
        NotebookJob(name, notebook.classes, plans[name])
        for name, notebook in assignment.notebooks.items()
    )
    answer = run_job(Job(jobs, {}, assignment.extra_files, tuple(assignment.libraries)))
    return {
        (name, step.name): answer.results.get((number, place), _NOTHING)
        for number, (name, steps) in enumerate(plans.items())
        for place, step in enumerate(steps)
        if isinstance(step, TestStep)
    }


def _settled(
    assignment: Assignment, first: Results, stock: Results, run_job: Callable[[Job], Answer]
) -> tuple[Inside, Results]:
    """Move tests inside until the model answer loses nothing; return them and its results.

    A test that loses inside needs what an earlier test of its notebook has left: that one goes
    inside, too.
    """
    inside: Inside = dict.fromkeys(assignment.notebooks, frozenset())
    results = first
    for number in range(_ROUNDS):
        lost = _lost(results, stock)
        if not lost:
            break
        for name, notebook in assignment.notebooks.items():
            more = lost.get(name, frozenset())
            if more & inside[name] or (more and number == _ROUNDS - 1):
                more = _up_to(notebook, more & inside[name] or more)
            inside[name] |= more
        results = _run(assignment, inside, run_job)
    return inside, results


def _lost(results: Results, stock: Results) -> dict[str, frozenset[str]]:
    """Return for each notebook the tests with a lower score than in stock nbgrader."""
    found: dict[str, frozenset[str]] = {}
    for (notebook, test), result in results.items():
        if result.score < stock[notebook, test].score:
            found[notebook] = found.get(notebook, frozenset()) | {test}
    return found


def _up_to(notebook: InstructorNotebook, lost: frozenset[str]) -> frozenset[str]:
    """Return the tests of a notebook up to the last one of these."""
    last = max(notebook.order[name] for name in lost)
    return frozenset(name for name in _tests(notebook) if notebook.order[name] <= last)


def _row(
    notebook: InstructorNotebook, test: str, inside: Mapping[str, frozenset[str]],
    found: tuple[Results, Results, Results, Results],
) -> Row:  # fmt: skip
    first, model, stock, release = (results[notebook.name, test] for results in found)
    cell = notebook.by_name[test]
    where = INSIDE if test in inside[notebook.name] else PROTECTED
    why = change = ""
    if where == INSIDE:
        why = _told(first) if first.score < stock.score else advice.NEEDED
        change = advice.for_test(why, lint.in_test(notebook, cell))
    elif model.score < cell.points:
        why = _told(stock) or f"the test itself gives {model.score:g} points"
    return Row(
        notebook.name, test, where, cell.points, model.score, stock.score, release.score,
        why, change,
    )  # fmt: skip


def _told(result: Result) -> str:
    """Return what a test has failed with, in one line."""
    lines = [line for line in result.details.strip().split("\n") if line.strip()]
    raised = [match[1] for line in lines if (match := _RAISED.match(line))] or lines
    return clean(raised[-1])[:300] if raised else ""


def table(name: str, found: Calibration) -> str:
    """Return the calibration as text for a terminal.

    Parameters
    ----------
    name : str
        Of the assignment.
    found : Calibration
    """
    rows = found.rows
    inside, worthless = ([r for r in rows if r.where == INSIDE], [r for r in rows if r.worthless])
    lines = [
        f"{name}: {len(rows)} tests, {len(rows) - len(inside)} protected, {len(inside)} inside; "
        f"{len(worthless)} that the untouched release passes"
    ]
    wide = max((len(f"{row.notebook}/{row.cell}") for row in rows), default=0)
    for row in rows:
        model = f"model {row.model:g} of {row.points:g}"
        lines.append(f"  {row.notebook + '/' + row.cell:{wide}}  {row.where:9}  {model}")
        lines += [f"      {text}" for text in remarks(row)]
    return "\n".join(lines)


def remarks(row: Row) -> list[str]:
    """Return what there is to say of a test, in sentences."""
    found = []
    if row.where == INSIDE:
        found.append(f"runs inside, where a student could forge its result: {row.why}")
        found.append(f"to protect it: {row.change}")
    elif row.model < row.points:
        found.append(f"the model answer gets {row.model:g} of {row.points:g} points: {row.why}")
    if row.worthless:
        found.append(f"worthless: the untouched release gets {row.release:g} points")
    return found
