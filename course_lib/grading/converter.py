"""nbgrader's Autograde, done by this grader: for the command and for formgrader's button."""

import logging
import os
import sys

from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException

from course_lib.grading.batch import Batch, Busy
from course_lib.grading.course import late_penalty
from course_lib.grading.master import NoAssignment
from course_lib.grading.settings import Settings


class JailedAutograde(Autograde):
    """Autograde through `course_lib.grading`.

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
        from course_lib.grading import summary
        from course_lib.grading.pool import Pool

        course = self.coursedir
        jobs = len(os.sched_getaffinity(0))
        exclude = tuple(filter(None, course.student_id_exclude.split(",")))
        try:
            with Batch(
                course, course.assignment_id, course.student_id, self.force,
                late_penalty(course), exclude,
            ) as batch:  # fmt: skip
                if not batch.students():
                    raise NbGraderException(f"No submission matches {course.student_id!r}")
                with Pool(self._settings(), jobs) as pool:
                    level = f"isolation: {pool.level}"
                    self.log.info(level)
                    summary.log_line(batch, level)
                    shown = sys.stderr if sys.stderr.isatty() else None
                    entries = batch.run(pool.run, jobs, shown)
        except (Busy, NoAssignment) as error:
            raise NbGraderException(str(error)) from None
        self._tell(entries)

    def _settings(self) -> Settings:
        timeout = self.config.Execute.get("timeout")
        return Settings(cell_timeout=float(timeout)) if timeout else Settings()

    def _tell(self, entries) -> None:
        for entry in entries:
            level = logging.ERROR if entry.status == "failed" else logging.INFO
            what = f"{entry.status}, {entry.score:g} of {entry.points:g} points"
            self.log.log(level, "%s: %s", entry.student, what)
            for note in entry.notes:
                self.log.warning("%s: %s", entry.student, note)
        failed = [entry.student for entry in entries if entry.status == "failed"]
        if failed:
            raise NbGraderException(f"not graded: {', '.join(failed)}")
