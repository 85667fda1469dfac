"""Bars, lines and tables of figures, each with its unit."""

import math

import numpy as np

from course_lib.plotting.canvas import (
    DARK,
    EMPTY,
    FAINT,
    INK,
    LIGHT,
    describe,
    legend_below,
    new_axes,
    tidy,
)
from course_lib.plotting.ticks import unit_axis
from course_lib.units import UNKNOWN, format_bytes, format_count

HATCH = "////"
# Marker and dash differ as well as colour: any one of the three is enough to tell two lines apart.
LINES = (
    (DARK, "o", "-"),
    ("#c8741a", "s", "--"),
    (INK, "^", ":"),
    ("#5b8c5a", "D", "-."),
    (FAINT, "v", "-"),
    ("#8e4b86", "P", "--"),
)


def bars(labels, values, unit, ax=None, title=None, log=False):
    """Draw one horizontal bar for each label, with its figure written at the end.

    Parameters
    ----------
    labels : sequence of str
    values : sequence of float or None
        None is written as "unknown" and draws no bar.
    unit : str
        ``"bytes"``, ``"s"``, or a plural noun such as ``"pages"``.
    ax : matplotlib.axes.Axes, optional
    title : str, optional
    log : bool
        Use a logarithmic axis; zero then draws no bar, and its figure still stands there.

    Returns
    -------
    matplotlib.axes.Axes
    """
    labels, values = [str(label) for label in labels], [_known(value) for value in values]
    if ax is None:
        ax = new_axes(6.5, 1.1 + 0.42 * len(labels))
    places = np.arange(len(labels))
    lengths = [value or 0 for value in values]
    ax.barh(places, lengths, height=0.62, color=DARK)
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    log = log and any(lengths)  # with nothing known there is nothing to scale
    if log:
        low = min(length for length in lengths if length > 0)
        ax.set_xscale("log")
        # Half a decade at least: the shortest bar must still look like a bar.
        ax.set_xlim(10 ** math.floor(math.log10(low) - 0.5), max(lengths) * 8)
    else:
        ax.set_xlim(0, max([*lengths, 0]) * 1.25 or 1)
    texts = [format_count(value, unit) for value in values]
    for place, length, text in zip(places, lengths, texts, strict=True):
        at = length if length else ax.get_xlim()[0]
        ax.annotate(
            text, (at, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8
        )
    unit_axis(ax.xaxis, unit, log)
    # The ticks of a time carry their own unit, ms or s; "s" below them would contradict.
    kind = "time" if unit == "s" else unit
    tidy(ax, title=title or "", xlabel=f"{kind}, log scale" if log else kind)
    pairs = ", ".join(f"{label} {text}" for label, text in zip(labels, texts, strict=True))
    return describe(ax, f"Bar chart. {title + ': ' if title else ''}{pairs}.")


def loglog(x, lines, xlabel, ylabel, ax=None, title=None):
    """Draw lines on two logarithmic axes, told apart by marker, dash and colour.

    Parameters
    ----------
    x : sequence of float
        Positive.
    lines : dict of str to sequence of float or None
        One value for each x. None and values that are not positive leave a gap.
    xlabel, ylabel : str
        With the unit. An axis whose label ends in "(bytes)" or "(s)" gets ticks in that unit.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    if ax is None:
        ax = new_axes(6.5, 4.2)
    x = np.asarray(x, dtype=float)
    for number, (label, values) in enumerate(lines.items()):
        colour, marker, dash = LINES[number % len(LINES)]
        y = np.array([math.nan if v is None or v <= 0 else v for v in values], dtype=float)
        ax.plot(x, y, dash, color=colour, marker=marker, ms=5, lw=1.6, label=label)
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis, text in ((ax.xaxis, xlabel), (ax.yaxis, ylabel)):
        unit_axis(axis, _unit_in(text), log=True)
    ax.grid(True, which="major", color=EMPTY, lw=0.8)
    ax.set_axisbelow(True)
    tidy(ax, title=title or "", xlabel=xlabel, ylabel=ylabel)
    if len(lines) > 1:
        ax.legend(fontsize=8, frameon=False)
    texts = [f"{label} from {_ends(values, _unit_in(ylabel))}" for label, values in lines.items()]
    heading = f"{ylabel} against {xlabel}, log axes"
    return describe(ax, f"{title + '. ' if title else ''}{heading}: {'; '.join(texts)}.")


def memory_bars(table, ax=None, title=None):
    """Draw the memory of several processes: private, shared, and what RSS claims.

    The private part is USS. The shared part is PSS - USS: the process's share of the pages that
    several processes map. Bars therefore add up to what the machine spends. RSS counts every
    shared page in full in each process, and stands beside them as a mark.

    Parameters
    ----------
    table : UsageTable or sequence
        Rows with ``rss``, ``pss`` and ``uss`` in bytes (None where unknown), and ``label`` or
        ``pid``. A table holds them in ``rows``.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    rows = list(getattr(table, "rows", table))
    if ax is None:
        ax = new_axes(7.0, 1.7 + 0.42 * len(rows))
    places = np.arange(len(rows))
    private = np.array([row.uss or 0 for row in rows], dtype=float)
    shared = np.array([_shared_part(row) for row in rows], dtype=float)
    ax.barh(places, private, height=0.6, color=DARK, label="private (USS)")
    ax.barh(
        places,
        shared,
        left=private,
        height=0.6,
        facecolor=LIGHT,
        edgecolor=INK,
        hatch=HATCH,
        lw=0.6,
        label="its share of shared pages (PSS - USS)",
    )
    known = [(place, row.rss) for place, row in enumerate(rows) if row.rss is not None]
    ax.plot(
        [rss for _, rss in known], [p for p, _ in known], "D", mfc="white", mec=INK, label="RSS"
    )
    for place, row in enumerate(rows):
        if None in (row.pss, row.uss):
            missing = " and ".join(n for n in ("PSS", "USS") if getattr(row, n.lower()) is None)
            at = (private[place], place)
            text = f"{missing} unknown"
            ax.annotate(
                text, at, xytext=(6, 0), textcoords="offset points", va="center", fontsize=8
            )
    ax.set_yticks(places, [_row_label(row) for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1.08 * max([1.0, *(private + shared), *(rss for _, rss in known)]))
    unit_axis(ax.xaxis, "bytes", log=False)
    totals = f"PSS adds up to {_sum_text(rows, 'pss')}, RSS to {_sum_text(rows, 'rss')}"
    tidy(ax, title=f"{title}: {totals}" if title else totals, xlabel="memory (bytes)")
    handles, _ = ax.get_legend_handles_labels()
    legend_below(ax, sorted(handles, key=lambda handle: handle.get_label() == "RSS"))
    texts = [
        f"{_row_label(row)} USS {format_bytes(row.uss)}, PSS {format_bytes(row.pss)}, "
        f"RSS {format_bytes(row.rss)}"
        for row in rows
    ]
    return describe(ax, f"Memory per process. {totals}. {'; '.join(texts)}.")


def heatmap(rows, columns, values, unit, ax=None, title=None):
    """Draw a scorecard: one cell for each row and column, with its figure in it.

    The shade is logarithmic over the whole table: darker is more. Unknown cells are hatched.

    Parameters
    ----------
    rows, columns : sequence of str
    values : array-like of float or None, shape (rows, columns)
    unit : str
        As in `bars`; empty where the title says what the figures are.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = [[_known(value) for value in line] for line in values]
    if len(table) != len(rows) or any(len(line) != len(columns) for line in table):
        raise ValueError(f"heatmap needs {len(rows)} x {len(columns)} values")
    if ax is None:
        ax = new_axes(2.2 + 1.25 * len(columns), 1.3 + 0.42 * len(rows))
    shades = _log_shades(table)
    for y, line in enumerate(table):
        for x, value in enumerate(line):
            _score_cell(ax, x, y, shades[y][x], format_count(value, unit))
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.xaxis.tick_top()
    kind = "time" if unit == "s" else unit
    tidy(ax, title=title or "", xlabel="; ".join(filter(None, (kind, "darker is more, log scale"))))
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    lines = (
        f"{row}: " + ", ".join(map("{} {}".format, columns, (format_count(v, unit) for v in line)))
        for row, line in zip(rows, table, strict=True)
    )
    heading = ", ".join(filter(None, (title or "Scorecard", unit)))
    return describe(ax, f"{heading}. {'; '.join(lines)}.")


def _known(value):
    """Turn NaN into None: both mean that the figure is not known."""
    return None if value is None or value != value else value


def _score_cell(ax, x, y, shade, text):
    """Draw one cell; the text is white on dark shades."""
    from matplotlib.patches import Rectangle

    corner = (x - 0.48, y - 0.46)
    if shade is None:
        ax.add_patch(Rectangle(corner, 0.96, 0.92, fc="white", ec=FAINT, hatch=HATCH, lw=0))
        style = {"bbox": {"fc": "white", "ec": "none", "pad": 1.5}}
    else:
        light, dark = np.array([0.93, 0.95, 0.97]), np.array([0.06, 0.23, 0.40])
        ax.add_patch(Rectangle(corner, 0.96, 0.92, fc=light + (dark - light) * shade, lw=0))
        style = {"color": "white" if shade > 0.5 else INK}
    ax.text(x, y, text, ha="center", va="center", fontsize=8, **style)


def _log_shades(table):
    """Return 0 for the least, 1 for the most, on a logarithmic scale; None where unknown."""
    # Seconds may all lie below 1: the smallest positive value then takes the place of 1.
    one = min([1.0, *(v for line in table for v in line if v and v > 0)])
    logs = [
        [None if v is None else math.log10(max(v, 0) / one + 1) for v in line] for line in table
    ]
    known = [v for line in logs for v in line if v is not None]
    low, high = min(known, default=0), max(known, default=1)
    span = (high - low) or 1
    return [[None if v is None else (v - low) / span for v in line] for line in logs]


def _shared_part(row):
    """Return PSS - USS; 0, with a note beside the bar, where either is unknown."""
    return 0 if None in (row.pss, row.uss) else row.pss - row.uss


def _row_label(row):
    return str(getattr(row, "label", "") or f"pid {row.pid}")


def _sum_text(rows, name):
    values = [getattr(row, name) for row in rows]
    return UNKNOWN if None in values else format_bytes(sum(values))


def _ends(values, unit):
    known = [v for v in values if v is not None]
    if not known:
        return UNKNOWN
    return f"{format_count(known[0], unit)} to {format_count(known[-1], unit)}"


def _unit_in(label):
    """Return the unit in the parentheses at a label's end."""
    return label[label.rindex("(") + 1 : -1] if label.endswith(")") and "(" in label else ""
