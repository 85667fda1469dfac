"""Warn about test cells that cannot work across the border when an assignment is generated."""

from nbgrader.preprocessors import NbGraderPreprocessor

from nbverdict.assignment.lint import from_source, problems


class BorderCheck(NbGraderPreprocessor):
    """Warn about such cells when an assignment is generated."""

    def preprocess(self, nb, resources):
        """Log a warning with the id of each cell that cannot work; change nothing."""
        for name, text in problems(from_source(nb, resources.get("unique_key", ""))):
            self.log.warning("test cell %s will not work in nbverdict: %s", name, text)
        return nb, resources
