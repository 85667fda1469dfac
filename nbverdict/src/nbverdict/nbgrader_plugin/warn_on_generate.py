"""Warn about test cells that cannot work across the border when an assignment is generated."""

from nbgrader.preprocessors import NbGraderPreprocessor

from nbverdict.assignment.lint import from_source, problems
from nbverdict.course import plugged_in


class BorderCheck(NbGraderPreprocessor):
    """Warn about such cells when an assignment is generated and not calibrated."""

    def preprocess(self, nb, resources):
        """Log a warning with the id of each cell that cannot work; change nothing."""
        if plugged_in(self.config).calibrate:  # which knows better
            return nb, resources
        for name, text in problems(from_source(nb, resources.get("unique_key", ""))):
            self.log.warning("test cell %s will not work in nbverdict: %s", name, text)
        return nb, resources
