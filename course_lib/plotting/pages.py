"""Page maps: which parts of a C-ordered array lie in the pages that were touched."""

import numpy as np

from course_lib.plotting.canvas import describe, legend_below, new_axes, tidy
from course_lib.plotting.selection import bounding_box, outline, wanted_handle
from course_lib.plotting.shades import draw_shares, shade_handles
from course_lib.plotting.ticks import unit_axis
from course_lib.units import format_count


def page_access_map(
    pages_touched, shape, itemsize=4, page_size=4096, offset=0, selection=None, ax=None, title=None
):
    """Draw which parts of a C-ordered array lie in the touched pages of its file.

    A line of the picture is one or more rows of the array, a cell one or more columns. The shade
    is the share of a cell's pages that was touched; any touched page gives a shade.

    Parameters
    ----------
    pages_touched : array
        Bools, one per page of the file; or page numbers; or a Residency.
    shape : tuple of int
        Rows and columns.
    itemsize, page_size, offset : int
        Bytes of an element, of a page, and of what stands before the array (128 in a .npy file).
    selection : tuple of slice or int, optional
        Outlined.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the array is not two-dimensional.
    """
    if len(shape) != 2:
        raise ValueError(f"page_access_map draws two dimensions, not {shape}")
    rows, columns = map(int, shape)
    n_pages = -(-(offset + rows * columns * itemsize) // page_size)
    pages = _page_bools(pages_touched, n_pages)
    cells, rows_a_cell, columns_a_cell = page_cells(
        pages, rows, columns, itemsize, page_size, offset
    )
    if ax is None:
        ax = new_axes(6.2, 4.6)
    draw_shares(ax, _edges(columns, columns_a_cell), _edges(rows, rows_a_cell), cells, 0)
    box = bounding_box(selection, (rows, columns))
    if box is not None:
        outline(ax, *box, rows, columns)
    ax.set(xlim=(0, columns), ylim=(rows, 0))
    unit_axis(ax.xaxis, "")
    unit_axis(ax.yaxis, "")
    counts = f"{int(pages.sum()):,} of {n_pages:,} pages read"
    values = page_size // itemsize
    tidy(
        ax,
        title=f"{title}: {counts}" if title else counts,
        xlabel=f"column (a page holds {values:,} values)",
        ylabel=f"row (one cell = {format_count(rows_a_cell, 'rows')})",
    )
    ax.spines[["left", "bottom"]].set_visible(False)
    handles = shade_handles("read", "not read", shared=True)
    legend_below(ax, handles + [wanted_handle()] * (box is not None))
    array = f"a C-ordered array of {rows:,} rows and {columns:,} columns"
    return describe(ax, f"Pages of {array}: {counts}.")


def page_cells(pages, rows, columns, itemsize, page_size, offset=0):
    """Return (cells, rows a cell, columns a cell): how far each cell's pages were touched.

    Parameters
    ----------
    pages : ndarray of bool, shape (n_pages,)
    rows, columns, itemsize, page_size, offset : int

    Returns
    -------
    cells : ndarray of float, shape (at most 128, at most 64)
        Share of the pages under each cell that was touched, 0 to 1.
    rows_a_cell, columns_a_cell : int
    """
    rows_a_cell = -(-rows // 128)
    pages_a_row = -(-columns * itemsize // page_size)
    columns_a_cell = -(-columns // min(64, columns, 2 * pages_a_row))
    lefts = _edges(columns, columns_a_cell)
    before = np.concatenate([[0], np.cumsum(pages)])
    cells = np.zeros((-(-rows // rows_a_cell), lefts.size - 1))
    for line in range(cells.shape[0]):
        row = np.arange(line * rows_a_cell, min(rows, (line + 1) * rows_a_cell))[:, None]
        first = (offset + (row * columns + lefts[:-1]) * itemsize) // page_size
        last = (offset + (row * columns + lefts[1:]) * itemsize - 1) // page_size
        met, all_pages = before[last + 1] - before[first], last - first + 1
        cells[line] = met.sum(axis=0) / all_pages.sum(axis=0)
    return cells, rows_a_cell, columns_a_cell


def _edges(length, step):
    return np.append(np.arange(0, length, step), length)


def _page_bools(pages_touched, n_pages):
    values = np.asarray(getattr(pages_touched, "pages", pages_touched))
    if values.dtype == bool:
        pages = np.zeros(max(n_pages, values.size), dtype=bool)
        pages[: values.size] = values
        return pages[:n_pages]
    pages = np.zeros(n_pages, dtype=bool)
    pages[values.astype(np.int64)] = True
    return pages
