"""Grade the submissions of an assignment: read, run, write, one after another or many.

The order in which things are written makes a kill at any moment safe. A submission counts
as graded when its autograded directory exists, so that directory appears last:

1. the new directory is written beside the old one, under another name;
2. the old one is taken away: the submission now counts as not graded;
3. its grades are saved in one transaction;
4. the new directory gets its name.
"""

import errno
import fcntl
import glob
import logging
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TextIO

from sqlalchemy.exc import OperationalError
from tqdm import tqdm

from nbverdict.assignment import instructor, plan
from nbverdict.assignment.notebook import Notebook
from nbverdict.coordinator import autograded, grades, submission
from nbverdict.coordinator.gradebook import Gradebook, Penalty
from nbverdict.coordinator.grades import Graded
from nbverdict.settings import Settings
from nbverdict.steps import Answer, Job, NotebookJob, Result, Step

log = logging.getLogger("nbgrader.nbverdict")
# Errors of the system that the names in a submission can cause. All others are the machine's: the
# disk is full, too many files are open.
_BY_NAMES = (errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY,
             errno.EINVAL, errno.EILSEQ, errno.ELOOP)  # fmt: skip


@dataclass
class Entry:
    """What happened to one submission.

    Attributes
    ----------
    student : str
    status : str
        "graded", "skipped" (was graded already), "failed" (has no mark; try again).
    score, points : float
    notes : list of str
        What a grader should know.
    broken : bool
        True if something of it got no verdict: unreadable, crashed, over a limit.
    seconds : float
        How long its cells ran.
    """

    student: str
    status: str
    score: float = 0.0
    points: float = 0.0
    notes: list[str] = field(default_factory=list)
    broken: bool = False
    seconds: float = 0.0


@dataclass
class _Work:
    """A submission on its way."""

    student: str
    notebooks: list[Notebook]
    plans: list[tuple[Step, ...]]
    files: dict[str, bytes]
    notes: list[str]
    timestamp: str

    def job(self, assignment: instructor.Assignment) -> Job:
        """Return what the grader's processes need."""
        notebooks = tuple(
            NotebookJob(nb.original.name, nb.original.classes, steps)
            for nb, steps in zip(self.notebooks, self.plans, strict=True)
        )
        return Job(
            notebooks, self.files, assignment.extra_files, tuple(assignment.libraries),
            assignment.secrets,
        )  # fmt: skip

    def by_cell(self, answer: Answer) -> list[dict[int, Result]]:
        """Return the results of each notebook by the number of the cell."""
        return [
            {
                step.cell: answer.results[notebook, number]
                for number, step in enumerate(steps)
                if (notebook, number) in answer.results
            }
            for notebook, steps in enumerate(self.plans)
        ]


class NotRun(RuntimeError):
    """The cells of a submission could not be run: what runs them has failed."""


class Busy(RuntimeError):
    """Another grader is at work in this course."""


class Batch:
    """One run of the grader over an assignment.

    Parameters
    ----------
    coursedir : nbgrader.coursedir.CourseDirectory
    name : str
        Of the assignment.
    settings : Settings
        Its limits of output hold for the autograded notebooks too.
    student : str
        Pattern (glob) of the students to grade.
    force : bool
        Grade again what is graded.
    penalty : callable, optional
        See `Gradebook.save`.
    exclude : tuple of str
        Students to leave out, by name.
    """

    def __init__(
        self, coursedir, name: str, settings: Settings, student: str = "*", force: bool = False,
        penalty: Penalty | None = None, exclude: tuple[str, ...] = (),
    ):  # fmt: skip
        self.coursedir, self.name = coursedir, name
        self.student, self.force, self.penalty = student, force, penalty
        self.exclude, self.settings = exclude, settings
        self._tried: set[str] = set()  # what went wrong once
        self._lock = self._take_lock()
        self.gradebook = Gradebook(coursedir, name)
        try:
            self.assignment = instructor.load(self.gradebook.book, coursedir, name)
        except BaseException:
            self.close()
            raise
        self.points = sum(c.points for nb in self.assignment.notebooks.values() for c in nb.graded)

    def _take_lock(self):
        """Hold a lock while this runs; the system releases it if the grader is killed."""
        parent = self.coursedir.format_path(self.coursedir.autograded_directory, ".", ".")
        os.makedirs(parent, exist_ok=True)
        lock = open(os.path.join(parent, ".grading-lock"), "a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise Busy("another grader is at work in this course") from None
        return lock

    def close(self) -> None:
        """Close the gradebook and release the lock."""
        self.gradebook.close()
        self._lock.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    # What is there to do

    def students(self) -> list[str]:
        """Return the students that have handed something in, readable or not."""
        directory = self.coursedir.submitted_directory
        pattern = self.coursedir.format_path(directory, self.student, self.name)
        found = set()
        for path in glob.glob(pattern):
            shape = self.coursedir.format_path(
                directory, "(?P<student>.*)", re.escape(self.name), escape=False
            )
            match = re.fullmatch(_as_pattern(shape), path)
            if match and os.path.isdir(path):
                found.add(match["student"])
        return sorted((found | self._closed()) - set(self.exclude))

    def _closed(self) -> set[str]:
        """Return the students whose directory may not be looked into."""
        parent = self.coursedir.format_path(self.coursedir.submitted_directory, ".", ".")
        found = set()
        for path in glob.glob(os.path.join(os.path.normpath(parent), self.student)):
            try:
                os.stat(os.path.join(path, self.name))
            except PermissionError:
                found.add(os.path.basename(path))
            except OSError:
                continue
        return found

    def to_do(self) -> tuple[list[str], list[str]]:
        """Return (students to grade, students that are graded already)."""
        todo: list[str] = []
        done: list[str] = []
        for student in self.students():
            (todo if self.force or self.is_new(student) else done).append(student)
        return todo, done

    def is_new(self, student: str) -> bool:
        """Return True if a submission was never graded, or handed in again since."""
        target = self.target(student)
        if not os.path.exists(target):
            return True
        handed_in, graded = (
            submission.timestamp(folder) for folder in (self._source(student), target)
        )
        try:
            parse = self.coursedir.get_existing_timestamp
            return bool(handed_in and graded) and parse(self._source(student)) > parse(target)
        except Exception:  # a timestamp that is no date tells nothing
            return False

    def _source(self, student: str) -> str:
        directory = self.coursedir.submitted_directory
        return self.coursedir.format_path(directory, student, self.name)

    def target(self, student: str) -> str:
        """Return the autograded directory of a student."""
        directory = self.coursedir.autograded_directory
        path = self.coursedir.format_path(directory, student, self.name)
        return os.path.normpath(path)

    # Grading

    def run(
        self, run_job: Callable[[Job], Answer], jobs: int, file: TextIO | None = None
    ) -> list[Entry]:
        """Grade everything that is to do.

        Parameters
        ----------
        run_job : callable
            Runs one job (`Pool.run`), in this thread or far away. Called from `jobs`
            threads.
        jobs : int
            Submissions that it can run at the same time.
        file : text file, optional
            Where the progress bar goes; nowhere if there is none.
        """
        todo, done = self.to_do()
        entries = [Entry(student, "skipped") for student in done]
        waiting = list(reversed(todo))
        running: dict[Future, _Work] = {}
        with ThreadPoolExecutor(jobs) as threads, _bar(len(todo), file) as bar:
            while waiting or running:
                # A few more than can run, so that none waits for this thread to read.
                while waiting and len(running) < jobs + 2:
                    student = waiting.pop()
                    try:
                        work = self._begin(student)
                    except Exception as error:
                        self._went_wrong(student, error, waiting, entries)
                    else:
                        running[threads.submit(run_job, work.job(self.assignment))] = work
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    work = running.pop(future)
                    try:
                        entries.append(self._end(work, future))
                    except Exception as error:
                        self._went_wrong(work.student, error, waiting, entries)
                bar.update(len(entries) - len(done) - bar.n)
        return entries

    def _begin(self, student: str) -> _Work:
        autograded.sweep(os.path.dirname(self.target(student)))
        folder = self._source(student)
        notebooks, extra, notes = submission.read(folder, self.assignment)
        plans = [plan.steps(notebook) for notebook in notebooks]
        return _Work(student, notebooks, plans, extra, notes, submission.timestamp(folder))

    def _end(self, work: _Work, future: Future) -> Entry:
        if (error := future.exception()) and not _is_about_files(error):
            raise NotRun(_one_line(error)) from error
        return self._write(work, future.result())

    def _went_wrong(
        self, student: str, error: Exception, waiting: list[str], entries: list[Entry]
    ) -> None:
        """Try a submission once more; then it gets 0 points, unless the machine is to blame."""
        if _is_circumstance(error):
            entries.append(self._failed(student, error))
        elif student not in self._tried:
            self._tried.add(student)
            waiting.append(student)
        elif isinstance(error, NotRun):
            entries.append(self._failed(student, error))
        else:
            entries.append(self._without_points(student, error))

    def _failed(self, student: str, error: Exception) -> Entry:
        text, trace = _one_line(error), not _is_circumstance(error)
        log.error(
            "%s: not graded: %s", ascii(student)[1:-1], text, exc_info=error if trace else None
        )
        return Entry(student, "failed", points=self.points, notes=[text])

    def _without_points(self, student: str, error: Exception) -> Entry:
        """Save 0 points for a submission that the grader cannot handle, and the reason."""
        reason = f"the grader failed twice on this submission ({_one_line(error)})"
        log.error("%s: %s", ascii(student)[1:-1], reason, exc_info=error)
        absent = [submission.absent(nb, reason) for nb in self.assignment.notebooks.values()]
        plans: list[tuple[Step, ...]] = [() for _ in absent]
        timestamp = submission.timestamp(self._source(student))
        try:
            return self._write(_Work(student, absent, plans, {}, [], timestamp), Answer({}))
        except Exception as another:
            return self._failed(student, another)

    def _write(self, work: _Work, answer: Answer) -> Entry:
        graded = grades.grade_all(work.notebooks, list(work.by_cell(answer)), self.settings)
        notes = work.notes + [note for nb in work.notebooks for note in nb.notes]
        notes += [f"grader: {fault}" for fault in answer.faults]
        marks = [mark for entry in graded for mark in entry.grades]
        broken = any(mark.broken for mark in marks)
        self._remember(graded, notes, answer)
        target = self.target(work.student)
        made = autograded.save(target, graded, {**work.files, **self.assignment.extra_files})
        try:
            autograded.retire(target)
            score = self.gradebook.save(work.student, work.timestamp, graded, self.penalty)
            autograded.publish(made, target)
        except BaseException:
            autograded.remove(made)
            raise
        read = {nb.original.name for nb in work.notebooks if not nb.broken}  # the others said why
        notes += [f"{mark.name}: {mark.reason}" for entry in graded if entry.name in read
                  for mark in entry.grades if mark.broken]  # fmt: skip
        notes = [grades.one_line(note) for note in notes]
        return Entry(work.student, "graded", score, self.points, notes, broken, answer.seconds)

    def _remember(self, graded: list[Graded], notes: list[str], answer: Answer) -> None:
        """Keep what the grader should know in the notebooks' metadata, for the report."""
        for entry in graded:
            entry.notebook["metadata"]["nbverdict"] = {
                "notes": [grades.one_line(note) for note in notes],
                "level": answer.level,
                "graded": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
                "marks": [
                    {"name": m.name, "score": m.auto, "points": m.points, "manual": m.manual,
                     "messages": m.messages, "broken": m.broken, "details": m.details}
                    for m in entry.grades
                ],
            }  # fmt: skip


def _bar(total: int, file: TextIO | None) -> tqdm:
    """Return a progress bar; where it goes to no terminal, a line now and then."""
    tqdm.monitor_interval = 0  # no thread that watches the bar: feedback pages are made in forks
    return tqdm(
        total=total, file=file, disable=file is None or not total, unit=" submissions",
        mininterval=0.2 if file is not None and file.isatty() else 10.0,
        bar_format="[{bar:24}] {n_fmt}/{total_fmt}  {rate_noinv_fmt}  {remaining} left",
        ascii=".#",
    )  # fmt: skip


def _as_pattern(shape: str) -> str:
    """Escape a path that holds one group of a pattern."""
    before, _, after = shape.partition("(?P<student>.*)")
    return re.escape(before) + "(?P<student>[^/]*)" + after


def _is_circumstance(error: BaseException) -> bool:
    """Tell whether the machine is to blame, not a submission: so no mark, and no traceback."""
    if isinstance(error, OSError):
        return error.errno not in _BY_NAMES
    return isinstance(error, OperationalError)


def _is_about_files(error: BaseException) -> bool:
    """Tell whether a submission's files or names could not be handled, before its cells ran."""
    return isinstance(error, (OSError, UnicodeError))


def _one_line(error: BaseException) -> str:
    return grades.one_line(f"{type(error).__name__}: {error}")[:300]
