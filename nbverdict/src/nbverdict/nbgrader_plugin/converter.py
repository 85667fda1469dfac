"""nbgrader's Autograde, done by this grader: for the command and for formgrader's button."""

import os
import sys

from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException

from nbverdict.assignment.instructor import NoAssignment
from nbverdict.coordinator.batch import Batch, Busy
from nbverdict.course import late_penalty, settings_of


class JailedAutograde(Autograde):
    """Autograde through `nbverdict`.

    The options that make sense here are obeyed: assignment, student, force, the timeout of
    a cell, and students to leave out.
    """

    def start(self) -> None:
        """Grade what the course directory's patterns name.

        Raises
        ------
        NbGraderException
            If nothing could be graded, or some submission has no mark.
        """
        from nbverdict.coordinator import summary
        from nbverdict.coordinator.pool import NoJail, Pool

        course = self.coursedir
        jobs = len(os.sched_getaffinity(0))
        exclude = tuple(filter(None, course.student_id_exclude.split(",")))
        try:
            settings = settings_of(self.config)
            with Batch(
                course, course.assignment_id, settings, course.student_id, self.force,
                late_penalty(course), exclude,
            ) as batch:  # fmt: skip
                if not batch.students():
                    raise NbGraderException(f"No submission matches {course.student_id!r}")
                note = batch.assignment.calibration.note(batch.name)
                if note:
                    self.log.warning(note)
                with Pool(settings, jobs) as pool:
                    isolation = f"isolation: {pool.level}"
                    self.log.info(isolation)
                    summary.log_line(batch, isolation)
                    shown = sys.stderr if sys.stderr.isatty() else None
                    entries = batch.run(pool.run, jobs, shown)
        except (Busy, NoAssignment, NoJail, ValueError) as error:
            raise NbGraderException(str(error)) from None
        self._tell(entries)

    def _tell(self, entries) -> None:
        for entry in entries:
            log = self.log.error if entry.status == "failed" else self.log.info
            what = f"{entry.status}, {entry.score:g} of {entry.points:g} points"
            student = ascii(entry.student)[1:-1]
            log("%s: %s", student, what)
            for note in entry.notes:
                self.log.warning("%s: %s", student, note)
        failed = [entry.student for entry in entries if entry.status == "failed"]
        if failed:
            raise NbGraderException(f"not graded: {', '.join(failed)}")
