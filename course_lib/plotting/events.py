"""The timeline of reads, or of rows that must be ready in time."""

from course_lib.plotting.canvas import DARK, INK, LIGHT, describe, legend_below, new_axes, tidy
from course_lib.plotting.ticks import unit_axis
from course_lib.units import format_seconds

MOST_LANES = 16


def timeline(events, ax=None, title=None, due=None):
    """Draw reads, or rows, as bars over time.

    Events with the same label share a lane. With more than 16 labels every event gets a thin
    lane of its own, in the order given.

    Parameters
    ----------
    events : sequence
        ``(label, start_s, end_s)``, or objects with these attributes. Seconds.
    ax : matplotlib.axes.Axes, optional
    title : str, optional
    due : sequence of float, optional
        When each event had to be done, in seconds. Events that end later are marked late.

    Returns
    -------
    matplotlib.axes.Axes
    """
    events = [_event(event) for event in events]
    lanes, names = _lanes([label for label, _, _ in events])
    if ax is None:
        ax = new_axes(7.0, 1.5 + 0.3 * len(names) if names else 4.2)
    height = 0.66 if names else 0.9
    late = _late(events, due)
    for is_late, style in ((False, {"fc": DARK, "ec": DARK}), (True, _late_style(names))):
        chosen = [n for n in range(len(events)) if late[n] == is_late]
        starts = [events[n][1] for n in chosen]
        widths = [events[n][2] - events[n][1] for n in chosen]
        ax.barh([lanes[n] for n in chosen], widths, left=starts, height=height, lw=0.5, **style)
    if due is not None:
        _draw_due(ax, lanes, due, height)
    ax.set_ylim(max(lanes, default=0) + 0.6, -0.6)
    end = max([stop for _, _, stop in events] + list(due or []), default=0)
    ax.set_xlim(0, end * 1.03 or 1)
    unit_axis(ax.xaxis, "s")
    if names:
        ax.set_yticks(range(len(names)), names)
    summary = _timeline_text(events, late if due is not None else None)
    tidy(ax, f"{title}: {summary}" if title else summary, "time (s)", "" if names else "number")
    if due is not None:
        _due_legend(ax)
    return describe(ax, f"Timeline. {title + ': ' if title else ''}{summary}.")


def _event(event):
    if hasattr(event, "start_s"):
        return str(event.label), float(event.start_s), float(event.end_s)
    label, start, end = event
    return str(label), float(start), float(end)


def _lanes(labels):
    """Return the lane of each event, and the lanes' names, or none if there are too many."""
    names = list(dict.fromkeys(labels))
    if len(names) > MOST_LANES:
        return list(range(len(labels))), []
    return [names.index(label) for label in labels], names


def _late(events, due):
    if due is None:
        return [False] * len(events)
    # A nanosecond of slack: due times are sums of floats.
    return [end > limit + 1e-9 for (_, _, end), limit in zip(events, due, strict=True)]


def _late_style(names):
    style = {"fc": LIGHT, "ec": INK}
    return {**style, "hatch": "////"} if names else style


def _draw_due(ax, lanes, due, height):
    low = [lane - height / 2 for lane in lanes]
    high = [lane + height / 2 for lane in lanes]
    ax.vlines(due, low, high, color=INK, lw=1.4)


def _due_legend(ax):
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    legend_below(
        ax,
        [
            Patch(facecolor=DARK, label="in time"),
            Patch(facecolor=LIGHT, edgecolor=INK, hatch="////", label="late"),
            Line2D([], [], color=INK, lw=1.4, label="due"),
        ],
    )


def _timeline_text(events, late):
    if not events:
        return "nothing read"
    total = max(end for _, _, end in events) - min(start for _, start, _ in events)
    counts = f"{len(events):,} events in {format_seconds(total)}"
    return counts if late is None else f"{counts}, {sum(late):,} late"
