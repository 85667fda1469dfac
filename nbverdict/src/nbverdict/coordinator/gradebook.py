"""Write the grades of a submission into nbgrader's gradebook: all of them, or none."""

import datetime
from collections.abc import Callable

from nbgrader import api
from nbgrader.utils import parse_utc

from nbverdict.coordinator.grades import Graded

Penalty = Callable[[str, float, float], float | None]


class Gradebook:
    """The gradebook, open for one batch.

    Parameters
    ----------
    coursedir : nbgrader.coursedir.CourseDirectory
    assignment : str

    Notes
    -----
    One transaction for each submission: a grader that is killed leaves a submission as it
    was before or as it is after, and SQLite takes back what was half done.
    """

    def __init__(self, coursedir, assignment: str):
        self.book = api.Gradebook(coursedir.db_url, coursedir.course_id)
        self.assignment = assignment
        self._cells: dict[str, dict[tuple[str, str], str]] = {}

    def close(self) -> None:
        """Close the gradebook."""
        self.book.close()

    def save(
        self, student: str, timestamp: str, graded: list[Graded], penalty: Penalty | None = None
    ) -> float:
        """Save the grades of a submission; return its score.

        What a person has entered (manual scores, comments) stays, and asks for another look.

        Parameters
        ----------
        student : str
        timestamp : str
            When it was handed in; text that is no date counts as none.
        graded : list of Graded
            Its notebooks.
        penalty : callable, optional
            Called with (student, score, seconds late); returns points or None.
        """
        session = self.book.db
        try:
            submission = self._submission(session, student, timestamp)
            total = 0.0
            for entry in graded:
                notebook = self._notebook(session, submission, entry.name)
                total += self._grades(notebook, entry)
                self._comments(notebook, entry)
                self._late(submission, notebook, student, penalty)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        session.expunge_all()
        return total

    def _submission(self, session, student: str, timestamp: str) -> api.SubmittedAssignment:
        assignment = (
            session.query(api.Assignment).filter(api.Assignment.name == self.assignment).one()
        )
        if session.get(api.Student, student) is None:
            session.add(api.Student(id=student))
        found = (
            session.query(api.SubmittedAssignment)
            .filter_by(assignment_id=assignment.id, student_id=student)
            .one_or_none()
        )
        if found is None:
            found = api.SubmittedAssignment(assignment_id=assignment.id, student_id=student)
            session.add(found)
            session.flush()
        when = _parse(timestamp)
        if when is not None:
            found.timestamp = when
        return found

    def _notebook(self, session, submission, name: str) -> api.SubmittedNotebook:
        source = (
            session.query(api.Notebook)
            .filter_by(assignment_id=submission.assignment_id, name=name)
            .one()
        )
        found = (
            session.query(api.SubmittedNotebook)
            .filter_by(assignment_id=submission.id, notebook_id=source.id)
            .one_or_none()
        )
        if found is None:
            found = api.SubmittedNotebook(assignment_id=submission.id, notebook_id=source.id)
            session.add(found)
            session.flush()
        if name not in self._cells:
            rows = session.query(api.BaseCell.id, api.BaseCell.name, api.BaseCell.type)
            rows = rows.filter(api.BaseCell.notebook_id == source.id).all()
            self._cells[name] = {(row.name, row.type): row.id for row in rows}
        return found

    def _grades(self, notebook: api.SubmittedNotebook, entry: Graded) -> float:
        known, cells, total = {g.cell_id: g for g in notebook.grades}, self._cells[entry.name], 0.0
        for mark in entry.grades:
            cell = cells.get((mark.name, "GradeCell")) or cells.get((mark.name, "TaskCell"))
            row = known.get(cell)
            if row is None:
                row = api.Grade(cell_id=cell, notebook_id=notebook.id)
                self.book.db.add(row)
            row.auto_score = mark.auto
            row.needs_manual_grade = mark.manual or row.manual_score is not None
            total += mark.auto or 0.0
        return total

    def _comments(self, notebook: api.SubmittedNotebook, entry: Graded) -> None:
        known, cells = {c.cell_id: c for c in notebook.comments}, self._cells[entry.name]
        for name, text in entry.comments.items():
            cell = cells.get((name, "SolutionCell")) or cells.get((name, "TaskCell"))
            if cell is None:
                continue
            row = known.get(cell)
            if row is None:
                row = api.Comment(cell_id=cell, notebook_id=notebook.id)
                self.book.db.add(row)
            row.auto_comment = text

    def _late(self, submission, notebook, student: str, penalty: Penalty | None) -> None:
        """Take off what the course's plugin says, between nothing and the whole score."""
        notebook.late_submission_penalty = None
        if penalty is None or submission.timestamp is None:
            return
        self.book.db.flush()
        self.book.db.refresh(submission)
        if submission.total_seconds_late <= 0:
            return
        score = sum((g.manual_score or g.auto_score or 0.0) for g in notebook.grades)
        points = penalty(student, score, submission.total_seconds_late)
        if points is not None:
            notebook.late_submission_penalty = min(max(points, 0), score)


def _parse(timestamp: str) -> datetime.datetime | None:
    try:
        return parse_utc(timestamp) if timestamp else None
    except (ValueError, OverflowError, TypeError):
        return None
