"""Diagrams of an idea, drawn from its numbers: items on pages, strides, blocks, steps in order."""

from itertools import product

from course_lib.plotting.canvas import DARK, EMPTY, FAINT, INK, LIGHT, describe, new_axes, tidy
from course_lib.units import format_count

MOST_ITEMS = 64


def items_on_pages(itemsize, count, page_size, offset=0, ax=None, title=None):
    """Draw the items of a raw file above the pages that hold them.

    An item that lies on two pages is drawn in another colour. Small pages make it easy to see.

    Parameters
    ----------
    itemsize, count : int
        Bytes of an item, and how many there are (at most 64).
    page_size : int
        Bytes of a page.
    offset : int
        Byte at which the first item begins.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are more items than can be told apart.
    """
    if not 1 <= count <= MOST_ITEMS:
        raise ValueError(f"expected 1 to {MOST_ITEMS} items, got {count}")
    ax = new_axes(7.0, 1.9) if ax is None else ax
    stop = offset + count * itemsize
    pages = -(-stop // page_size)
    across = 0
    for page in range(pages):
        _box(ax, page * page_size, 0, page_size, 0.8, EMPTY, f"page {page}")
    for item in range(count):
        start = offset + item * itemsize
        two = start // page_size != (start + itemsize - 1) // page_size
        across += two
        _box(
            ax, start, 1, itemsize, 0.8, LIGHT if two else DARK, str(item), INK if two else "white"
        )
    ax.set(xlim=(0, pages * page_size), ylim=(-0.1, 1.9), yticks=[])
    ax.set_xticks([page * page_size for page in range(pages + 1)])
    where = f"{format_count(count, 'items')} of {itemsize} bytes, pages of {page_size} bytes"
    summary = f"{where}: {across} across two pages"
    tidy(ax, f"{title}: {summary}" if title else summary, "byte of the file")
    ax.spines["left"].set_visible(False)
    return describe(ax, f"Items of a raw file above its pages. {summary}.")


def strides_map(shape, strides, ax=None, title=None):
    """Draw a small table with the byte at which each item begins, and its strides as arrows.

    Parameters
    ----------
    shape, strides : (int, int)
        As an array has them.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    (rows, columns), (down, right) = shape, strides
    ax = new_axes(1.8 + 0.62 * columns, 1.3 + 0.4 * rows) if ax is None else ax
    for row, column in product(range(rows), range(columns)):
        first = (row, column) in ((0, 0), (1, 0), (0, 1))
        byte = row * down + column * right
        _box(ax, column, row, 0.92, 0.8, LIGHT if first else EMPTY, str(byte))
    arrow = {"arrowstyle": "->", "color": INK, "lw": 1.6}
    ax.annotate("", (1.46, -0.18), (0.46, -0.18), arrowprops=arrow)
    ax.annotate("", (-0.12, 1.4), (-0.12, 0.4), arrowprops=arrow)
    ax.text(0.96, -0.25, f"{right:+} bytes", ha="center", va="bottom", fontsize=8, color=INK)
    ax.text(-0.2, 0.9, f"{down:+} bytes", ha="right", va="center", fontsize=8, color=INK)
    ax.set(xlim=(-1.6, columns), ylim=(rows, -0.7), xticks=[], yticks=[])
    said = f"strides {strides}: {down} bytes down, {right} bytes across"
    tidy(ax, f"{title}: {said}" if title else said, "in each box: the byte where the item begins")
    ax.spines[["left", "bottom"]].set_visible(False)
    table = f"A table of {rows} rows and {columns} columns with the byte of each item"
    return describe(ax, f"{table}; {said}.")


def blocks_in_memory(blocks, kept=False, ax=None, title=None):
    """Draw which blocks of a file are in memory at each step of a loop over them.

    Parameters
    ----------
    blocks : int
        How many blocks the file has.
    kept : bool
        True if a block stays in memory when the next one comes, as with one map for all.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = new_axes(4.2, 2.6) if ax is None else ax
    for step, block in product(range(blocks), repeat=2):
        now, held = block == step, block < step and kept
        colour = DARK if now else LIGHT if held else EMPTY
        text = "in use" if now else "kept" if held else ""
        _box(ax, block, step, 0.94, 0.86, colour, text, "white" if now else INK)
    ax.set(xlim=(0, blocks), ylim=(blocks, 0), yticks=[n + 0.43 for n in range(blocks)])
    ax.set_yticklabels([f"step {n + 1}" for n in range(blocks)])
    ax.set_xticks([n + 0.47 for n in range(blocks)], [f"block {n}" for n in range(blocks)])
    most = f"at most {format_count(blocks if kept else 1, 'blocks')} in memory"
    tidy(ax, f"{title}: {most}" if title else most, "the file, front to back")
    ax.spines[["left", "bottom"]].set_visible(False)
    return describe(ax, f"A loop over {blocks} blocks of a file. {most.capitalize()}.")


def steps_in_order(steps, ax=None, title=None):
    """Draw who does what, one step after the other; each actor has a lane.

    Parameters
    ----------
    steps : list of (str, str)
        Who, and what, in order. A line break in the words makes a second line.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    lanes = list(dict.fromkeys(who for who, _ in steps))
    ax = new_axes(max(4.0, 0.8 + 1.45 * len(steps)), 1.0 + 0.6 * len(lanes)) if ax is None else ax
    for number, (who, what) in enumerate(steps):
        lane = lanes.index(who)
        _box(ax, number, lane + 0.1, 0.9, 0.8, DARK, what, "white")
        if number:
            before = lanes.index(steps[number - 1][0]) + 0.5
            arrow = {"arrowstyle": "->", "color": FAINT, "lw": 1.2}
            ax.annotate("", (number, lane + 0.5), (number - 0.1, before), arrowprops=arrow)
    ax.set(xlim=(0, len(steps)), ylim=(len(lanes), 0), xticks=[])
    ax.set_yticks([n + 0.5 for n in range(len(lanes))], lanes)
    tidy(ax, title or "", "one step after the other")
    ax.spines[["left", "bottom"]].set_visible(False)
    said = "; ".join(f"{who}: {' '.join(what.split())}" for who, what in steps)
    return describe(ax, f"{title + '. ' if title else ''}Steps in order. {said}.")


def _box(ax, x, y, width, height, colour, text="", ink=INK):
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor=INK, lw=0.6))
    ax.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=8, color=ink)
