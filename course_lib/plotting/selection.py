"""The outline of a selection on a map."""

from course_lib.plotting.canvas import INK, LIGHT

# A box thinner than this part of its axis would hide what lies under it.
THIN = 0.02


def bounding_box(selection, shape):
    """Return the (start, stop) of a selection along each axis, or None."""
    if selection is None:
        return None
    selection = selection if isinstance(selection, tuple) else (selection,)
    if Ellipsis in selection:
        at = selection.index(Ellipsis)
        fill = (slice(None),) * (len(shape) - len(selection) + 1)
        selection = selection[:at] + fill + selection[at + 1 :]
    selection += (slice(None),) * (len(shape) - len(selection))
    return [_range_of(part, n) for part, n in zip(selection, shape, strict=True)]


def _range_of(part, length):
    if isinstance(part, slice):
        points = range(length)[part]
    else:
        point = range(length)[part]
        points = range(point, point + 1)
    if len(points) == 0:
        return 0, 0
    return min(points[0], points[-1]), max(points[0], points[-1]) + 1


def outline(ax, rows, columns, height, width, origin=(0, 0)):
    """Mark a box in light colour inside a dark stroke, visible on every shade.

    A box too thin to see through is marked at the border of the map instead: by an arrow head
    along the axis where it is thin, by a stroke along the other, unless it takes that one whole.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    rows, columns : tuple of int
        Start and stop.
    height, width : int
        Of the map, in elements.
    origin : tuple of float
        Where the map's first element stands on the axes: x, y.
    """
    x, y = origin
    thin_rows = rows[1] - rows[0] < THIN * height
    thin_columns = columns[1] - columns[0] < THIN * width
    style = {"ms": 9, "mfc": LIGHT, "mec": INK, "clip_on": False, "zorder": 4, "ls": "none"}
    if thin_rows:
        ax.plot([x + width], [y + sum(rows) / 2], marker=4, **style)
    elif thin_columns and rows != (0, height):
        _stroke(ax, [x + width] * 2, [y + rows[0], y + rows[1]])
    if thin_columns:
        ax.plot([x + sum(columns) / 2], [y], marker=7, **style)
    elif thin_rows and columns != (0, width):
        _stroke(ax, [x + columns[0], x + columns[1]], [y] * 2)
    if not thin_rows and not thin_columns:
        _rectangle(ax, x + columns[0], y + rows[0], columns[1] - columns[0], rows[1] - rows[0])


def wanted_handle():
    """Return the legend handle of a selection."""
    from matplotlib.lines import Line2D

    style = {"ls": "none", "ms": 9, "mfc": LIGHT, "mec": INK}
    return Line2D([], [], marker="s", label="wanted", **style)


def _stroke(ax, xs, ys):
    """Draw a line in light colour inside a dark one."""
    for colour, line in ((INK, 6.0), (LIGHT, 4.0)):
        ax.plot(xs, ys, color=colour, lw=line, solid_capstyle="butt", clip_on=False, zorder=4)


def _rectangle(ax, x, y, width, height):
    from matplotlib.patches import Rectangle

    for colour, line in ((INK, 4.0), (LIGHT, 2.0)):
        box = Rectangle((x, y), width, height, fill=False, ec=colour, lw=line)
        box.set(zorder=3, clip_on=False)
        ax.add_patch(box)
