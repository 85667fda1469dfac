"""Page residency maps: which pages of a file are in the page cache."""

import os

import numpy as np

from course_lib.plotting.canvas import FAINT, describe, legend_below, new_axes, tidy
from course_lib.plotting.shades import draw_shares, shade_handles
from course_lib.plotting.ticks import short
from course_lib.units import format_count

MOST_CELLS = 1024


def pages_per_cell(n_pages, most_cells=MOST_CELLS):
    """Return the smallest power of two that draws ``n_pages`` in at most ``most_cells`` cells.

    Examples
    --------
    >>> pages_per_cell(1000), pages_per_cell(65536)
    (1, 64)
    """
    size = 1
    while -(-n_pages // size) > most_cells:
        size *= 2
    return size


def cell_shares(pages, per_cell):
    """Return the share of resident pages of each cell, 0 to 1.

    Parameters
    ----------
    pages : ndarray of bool, shape (n_pages,)
    per_cell : int
        Pages that one cell stands for. The last cell may hold fewer.

    Examples
    --------
    >>> cell_shares([True, False, True], per_cell=2)
    array([0.5, 1. ])
    """
    pages = np.asarray(pages, dtype=bool)
    if pages.size == 0:
        return np.zeros(0)
    starts = np.arange(0, pages.size, per_cell)
    counts = np.diff(np.append(starts, pages.size))
    return np.add.reduceat(pages.astype(np.int64), starts) / counts


def grid_width(n_cells):
    """Return the cells in one line: 16, 32 or 64."""
    return 16 if n_cells <= 64 else 32 if n_cells <= 512 else 64


def residency_map(residency, ax=None, title=None):
    """Draw which pages of one file are in the page cache.

    Pages run left to right, then top to bottom. A file of more than 1024 pages is drawn with
    several pages to a cell (a power of two), and the shade is the share of them that is resident.
    Any resident page gives its cell a shade.

    Parameters
    ----------
    residency : Residency or array of bool
        Anything with ``pages`` (bool, one per page), ``page_size`` and ``path``; or the bools.
    ax : matplotlib.axes.Axes, optional
    title : str, optional
        Replaces the file's name. The counts are always added.

    Returns
    -------
    matplotlib.axes.Axes
    """
    label = title if title is not None else _name(residency)
    return before_after([(label, residency)], ax=ax)


def before_after(maps, ax=None, title=None):
    """Draw several residency maps side by side, at one scale and with one legend.

    Parameters
    ----------
    maps : sequence of (str, Residency)
        A label such as ``"before"``, and what `residency_map` takes.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
        One Axes holds all maps, so that they stay aligned.

    Raises
    ------
    ValueError
        If there is no map.
    """
    maps = [
        (label, _pages(residency), _page_size(residency), residency) for label, residency in maps
    ]
    if not maps:
        raise ValueError("before_after needs at least one (label, residency)")
    page_size = maps[0][2]
    heads = [_head(label, pages, residency) for label, pages, _, residency in maps]
    most_pages = max(pages.size for _, pages, _, _ in maps)
    per_cell = pages_per_cell(most_pages)
    n_cells = max(1, -(-most_pages // per_cell))
    width = grid_width(n_cells)
    lines = max(1, -(-n_cells // width))
    if ax is None:
        ax = _new_axes(len(maps), width, lines)
    for number, (_, pages, _, residency) in enumerate(maps):
        left = number * width * 1.06
        if _unknown(residency):
            _draw_unknown(ax, left, width, lines)
        else:
            _draw_cells(ax, cell_shares(pages, per_cell), width, left)
        ax.text(left, -0.02 * lines - 0.15, heads[number], fontsize=9, va="bottom", ha="left")
    right = width * (1.06 * len(maps) - 0.06)
    ax.set(xlim=(0, right), ylim=(lines, 0), aspect="equal", xticks=[])
    _offset_ticks(ax, lines, width * per_cell * page_size)
    tidy(ax, xlabel=_scale_text(per_cell, width, page_size), ylabel="offset in the file")
    ax.spines[["left", "bottom"]].set_visible(False)
    if title:
        ax.set_title(title, fontsize=10, loc="left", pad=34)
    legend_below(ax, shade_handles("resident", "not resident", shared=per_cell > 1))
    texts = [head.replace("\n", ": ") + "." for head in heads]
    return describe(ax, "Page residency map. " + " ".join(texts))


def _unknown(residency):
    """Tell whether nobody could say which pages are resident."""
    return getattr(residency, "pages", residency) is None


def _head(label, pages, residency):
    counts = (
        f"{format_count(pages.size, 'pages')}, residency unknown"
        if _unknown(residency)
        else _counts(pages)
    )
    return f"{label}\n{counts}" if label else counts


def _draw_unknown(ax, left, width, lines):
    """Hatch the place of a map that could not be measured: never draw unknown as empty."""
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((left, 0), width, lines, fc="white", ec=FAINT, hatch="////", lw=0))


def _pages(residency):
    if _unknown(residency):
        return np.zeros(getattr(residency, "total_pages", 0), dtype=bool)
    return np.asarray(getattr(residency, "pages", residency), dtype=bool).ravel()


def _page_size(residency):
    return int(getattr(residency, "page_size", 4096))


def _name(residency):
    path = getattr(residency, "path", None)
    return "" if path is None else os.path.basename(os.fspath(path))


def _counts(pages):
    n, total = int(pages.sum()), pages.size
    share = f" ({n / total:.1%})" if total else ""
    return f"{n:,} of {format_count(total, 'pages')} resident{share}"


def _scale_text(per_cell, width, page_size):
    size = short(per_cell * page_size, "bytes")
    line = short(per_cell * page_size * width, "bytes")
    return f"one cell = {format_count(per_cell, 'pages')} ({size}), one line = {line}"


def _new_axes(n_maps, width, lines):
    """Make axes whose height fits the square cells, so that no white band remains."""
    across = 6.0 if n_maps == 1 else min(11.0, 4.6 * n_maps)
    cell = across / (width * (1.06 * n_maps - 0.06))
    return new_axes(across + 1.0, max(0.35, cell * lines) + 1.2)


def _draw_cells(ax, shares, width, left):
    """Draw the cells of one map as a mesh whose last line may be incomplete."""
    lines = max(1, -(-shares.size // width))
    cells = np.ma.masked_all(lines * width)
    cells[: shares.size] = shares
    x, y = left + np.arange(width + 1), np.arange(lines + 1)
    draw_shares(ax, x, y, cells.reshape(lines, width), line_width=0.4)


def _offset_ticks(ax, lines, line_bytes):
    step = max(1, -(-lines // 8))
    ticks = np.arange(0, lines, step)
    labels = [short(int(tick) * line_bytes, "bytes") for tick in ticks]
    ax.set_yticks(ticks + 0.5, labels)
