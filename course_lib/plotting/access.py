"""Access maps: which chunks of a chunk grid a selection touches."""

import itertools
import math

import numpy as np

from course_lib.plotting.canvas import describe, legend_below, new_axes, tidy
from course_lib.plotting.selection import bounding_box, outline, wanted_handle
from course_lib.plotting.shades import draw_shares, shade_handles
from course_lib.plotting.ticks import unit_axis
from course_lib.units import format_bytes

MOST_CELLS_AN_AXIS = 320
MOST_PANELS = 12


def access_map(shape, chunks, touched, selection=None, ax=None, title=None, itemsize=None):
    """Draw the chunk grid of an array with the touched chunks dark.

    Axis 0 runs down, axis 1 to the right. A three-dimensional array is drawn as one panel for
    each chunk along axis 0, at most 12, the touched ones first. A grid of more than
    320 chunks along an axis is drawn with several chunks to a cell, and the shade is the share
    of them that is touched.

    Parameters
    ----------
    shape, chunks : tuple of int
        One, two or three dimensions.
    touched : iterable
        Chunk indices as tuples, or Zarr's chunk keys such as ``"c/0/3"``. Repeats count once.
    selection : tuple of slice or int, optional
        What was asked for; its bounding box is outlined.
    ax : matplotlib.axes.Axes, optional
    title : str, optional
        Stands before the counts.
    itemsize : int, optional
        Bytes of an element; the title then gives bytes too (of whole chunks).

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are more than three dimensions, or a touched chunk lies outside the grid.
    """
    shape, chunks = tuple(map(int, shape)), tuple(map(int, chunks))
    if len(shape) != len(chunks) or not 1 <= len(shape) <= 3:
        raise ValueError(f"access_map draws 1 to 3 dimensions, not {shape} in {chunks}")
    full_shape, full_chunks = _as_3d(shape, 1), _as_3d(chunks, 1)
    mask = _touched_mask(touched, full_shape, full_chunks, len(shape))
    panels = _choose_panels(mask)
    if ax is None:
        ax = new_axes(*_figure_size(full_shape, len(panels)))
    box = bounding_box(selection, shape)
    together = _draw_panels(ax, mask, panels, full_shape, full_chunks, box, len(shape))
    counts = _count_text(mask, chunks, itemsize, selection, shape)
    _label_axes(ax, title, counts, shape, chunks, together)
    if len(panels) < mask.shape[0]:
        ax.set_xlabel(f"{ax.get_xlabel()}; {len(panels)} of {mask.shape[0]} slabs drawn")
    handles = shade_handles("read", "not read", shared=max(together) > 1)
    legend_below(ax, handles + [wanted_handle()] * (box is not None))
    grid = f"Chunk grid of an array of shape {shape} in chunks of {chunks}"
    return describe(ax, f"{grid}: {counts}.{_where_text(mask, len(shape))}")


def _chunk_index(key):
    """Turn ``"c/0/3"``, ``"0.3"`` or ``(0, 3)`` into ``(0, 3)``."""
    if not isinstance(key, str):
        return tuple(int(i) for i in key)
    parts = key.replace(".", "/").split("/")
    numbers = itertools.takewhile(str.isdigit, reversed(parts))
    return tuple(int(part) for part in numbers)[::-1]


def _as_3d(values, fill):
    return (fill,) * (3 - len(values)) + tuple(values)


def _touched_mask(touched, shape, chunks, n_dims):
    """Return bools over the chunk grid, three-dimensional."""
    grid = tuple(max(1, -(-n // c)) for n, c in zip(shape, chunks, strict=True))
    mask = np.zeros(grid, dtype=bool)
    for index in map(_chunk_index, touched):
        full = _as_3d(index, 0)
        if len(index) != n_dims or any(not 0 <= i < n for i, n in zip(full, grid, strict=True)):
            raise ValueError(f"chunk {index} is outside the chunk grid {grid[3 - n_dims :]}")
        mask[full] = True
    return mask


def _choose_panels(mask):
    """Return the chunk numbers along axis 0 to draw: all, or the touched ones first."""
    if mask.shape[0] <= MOST_PANELS:
        return list(range(mask.shape[0]))
    met = mask.any(axis=(1, 2))
    order = np.argsort(~met, kind="stable")[:MOST_PANELS]
    return sorted(int(i) for i in order)


def _figure_size(shape, n_panels):
    """Return inches that follow the array's shape as far as a page allows."""
    down, across = _panel_layout(n_panels)
    ratio = min(0.9, max(0.5, shape[1] / shape[2]))
    if shape[1] == 1:
        return 6.6, 1.9
    if n_panels == 1:
        return 6.2, 5.0 * ratio + 1.0
    return 1.0 + 2.1 * across, 1.5 + 2.1 * ratio * down


def _panel_layout(n_panels):
    across = min(4, n_panels)
    return -(-n_panels // across), across


def _draw_panels(ax, mask, panels, shape, chunks, box, n_dims):
    """Draw the panels next to each other on one Axes; return the chunks in a cell, by axis."""
    _, height, width = shape
    down, across = _panel_layout(len(panels))
    together = [-(-n // MOST_CELLS_AN_AXIS) for n in mask.shape[1:]]
    for number, panel in enumerate(panels):
        x, y = number % across * width * 1.12, number // across * height * 1.3
        _draw_grid(ax, mask[panel], (height, width), chunks[1:], together, (x, y))
        low, high = panel * chunks[0], min(shape[0], (panel + 1) * chunks[0])
        if n_dims == 3:
            ax.text(x, y - 0.04 * height, _span_text(low, high), fontsize=8, va="bottom")
        if box is not None and (n_dims < 3 or (box[0][0] < high and box[0][1] > low)):
            rows = box[-2] if n_dims > 1 else (0, 1)
            outline(ax, rows, box[-1], height, width, origin=(x, y))
    ax.set_xlim(0, width * (1.12 * across - 0.12))
    ax.set_ylim(height * (1.3 * down - 0.3), 0)
    if n_dims == 3:
        ax.set(xticks=[], yticks=[])
    elif height == 1:
        ax.set_yticks([])
    return together


def _span_text(low, high):
    return f"axis 0: {low:,}" if high == low + 1 else f"axis 0: {low:,} to {high - 1:,}"


def _draw_grid(ax, mask, shape, chunks, together, origin):
    """Draw one chunk grid, ``together`` chunks to a cell."""
    shares = mask.astype(float)
    borders = []
    for axis in (0, 1):
        starts = np.arange(0, mask.shape[axis], together[axis])
        counts = np.diff(np.append(starts, mask.shape[axis]))
        sums = np.add.reduceat(shares, starts, axis=axis)
        shares = sums / (counts[:, None] if axis == 0 else counts)
        borders.append(np.append(starts * chunks[axis], shape[axis]))
    most = max(shares.shape)
    line_width = 0.8 if most <= 24 else 0.3 if most <= 60 else 0
    draw_shares(ax, origin[0] + borders[1], origin[1] + borders[0], shares, line_width)


def _label_axes(ax, title, counts, shape, chunks, together):
    n_dims = len(shape)
    texts = [_axis_text(axis, shape[axis], chunks[axis]) for axis in range(n_dims)]
    texts[-1] += f"; one cell = {together[1]:,} chunks" if together[1] > 1 else ""
    if n_dims > 1:
        texts[-2] += f"; one cell = {together[0]:,} chunks" if together[0] > 1 else ""
    if n_dims < 3:
        unit_axis(ax.xaxis, "")
        unit_axis(ax.yaxis, "")
    if n_dims == 1:
        ax.set_yticks([])
    heading = f"{title}\n{counts}" if title else counts
    tidy(ax, heading, xlabel=texts[-1], ylabel=texts[-2] if n_dims > 1 else "")
    if n_dims == 3:
        ax.set_title(heading, fontsize=10, loc="left", pad=20)
    ax.spines[["left", "bottom"]].set_visible(False)


def _axis_text(axis, length, chunk):
    return f"axis {axis} ({length:,} elements, {chunk:,} in a chunk)"


def _count_text(mask, chunks, itemsize, selection, shape):
    counts = f"{int(mask.sum()):,} of {mask.size:,} chunks read"
    if itemsize is None:
        return counts
    counts += f", {format_bytes(int(mask.sum()) * math.prod(chunks) * itemsize)}"
    if selection is not None:
        wanted = np.broadcast_to(0, shape)[selection]
        counts += f" for {format_bytes(wanted.size * itemsize)} wanted"
    return counts


def _where_text(mask, n_dims):
    """Say in words which chunk rows and columns are met."""
    if not mask.any():
        return ""
    spans = [np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    texts = [
        f"{span[0]} to {span[-1]} along axis {axis}"
        if len(span) > 1
        else f"{span[0]} along axis {axis}"
        for axis, span in enumerate(spans[3 - n_dims :])
    ]
    return " Chunk numbers " + ", ".join(texts) + "."
