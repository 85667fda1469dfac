"""nbgrader's GenerateAssignment, with a calibration of the new assignment at its end."""

from collections.abc import Iterable

from nbgrader.converters.generate_assignment import GenerateAssignment

from nbverdict.assignment.calibration import INSIDE, Row
from nbverdict.course import plugged_in, settings_of


class CalibratedGenerate(GenerateAssignment):
    """Generate an assignment, then say what its tests are worth in this grader.

    ``c.NbVerdict.calibrate = False`` leaves the second part out.
    """

    def start(self) -> None:
        """Generate what the course directory's patterns name, and calibrate it."""
        super().start()
        name = self.coursedir.assignment_id
        if self.no_database or not name or not plugged_in(self.config).calibrate:
            return
        try:
            self._calibrate(name)
        except Exception as error:  # the assignment itself is there
            self.log.warning("not calibrated: %s: %s", type(error).__name__, error)

    def _calibrate(self, name: str) -> None:
        from nbverdict.coordinator import calibrate

        found = calibrate.course_assignment(self.coursedir, name, settings_of(self.config))
        for row in found.rows:
            for text in calibrate.remarks(row):
                self.log.warning("test cell %s/%s: %s", row.notebook, row.cell, text)
        self.log.info(_summary(found.rows))


def _summary(rows: Iterable[Row]) -> str:
    where = [row.where for row in rows]
    inside = where.count(INSIDE)
    return f"{len(where)} tests: {len(where) - inside} protected, {inside} inside"
