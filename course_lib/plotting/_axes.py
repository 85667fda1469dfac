"""The Axes class of our own figures. It is apart because it must import matplotlib to exist."""

from matplotlib.axes import Axes

from course_lib.plotting.picture import alt, to_html


class SelfShowingAxes(Axes):
    """An Axes that a notebook shows as its figure when it is the last expression of a cell."""

    def _repr_html_(self):
        return to_html(self)

    def _repr_pretty_(self, printer, cycle):
        """Show the alt text where there are no pictures, as in a terminal."""
        printer.text(alt(self))
