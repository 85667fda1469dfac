"""What exists from which step to which: bars over the steps of a short story."""

from course_lib.plotting.canvas import DARK, FAINT, INK, LIGHT, describe, new_axes, tidy

HATCH = "////"


def lifelines(steps, lives, hatched=(), ax=None, title=None):
    """Draw one bar for each thing, from the step that made it to the step that ended it.

    Parameters
    ----------
    steps : sequence of str
        What happened, in order: one column each.
    lives : dict of str to (int, int or None)
        For each thing the number of the step that made it, and of the one that ended it;
        ``None`` if it still exists in the end.
    hatched : collection of str
        Things whose bars are drawn light and hatched, to set them apart.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a step does not exist, or an end does not come after its start.
    """
    last = len(steps) - 1
    for thing, (start, end) in lives.items():
        if not 0 <= start <= last or not (end is None or start < end <= last):
            raise ValueError(f"{thing}: no steps {start} to {end} in {len(steps)} steps")
    if ax is None:
        ax = new_axes(7.0, 1.3 + 0.45 * len(lives))
    for lane, (thing, (start, end)) in enumerate(lives.items()):
        stop = last + 0.5 if end is None else end
        light = {"fc": LIGHT, "ec": INK, "hatch": HATCH, "lw": 0.5}
        style = light if thing in hatched else {"fc": DARK}
        ax.barh(lane, stop - start, left=start, height=0.6, zorder=2, **style)
    ax.set_xticks(range(len(steps)), steps)
    ax.set_yticks(range(len(lives)), list(lives))
    ax.grid(axis="x", color=FAINT, lw=0.5)
    ax.set_xlim(-0.3, last + 0.5)
    ax.set_ylim(len(lives) - 0.5, -0.5)
    tidy(ax, title or "", "what happens, step by step")
    return describe(ax, _in_words(steps, lives, title))


def _in_words(steps, lives, title):
    """Say who lives from where to where."""
    parts = [
        f"{thing} from {_said(steps[start])} "
        + ("on, and it is still there in the end" if end is None else f"to {_said(steps[end])}")
        for thing, (start, end) in lives.items()
    ]
    return f"{title + '. ' if title else ''}Steps: {'; '.join(map(_said, steps))}. " + (
        "What exists: " + "; ".join(parts) + "."
    )


def _said(step):
    return " ".join(step.split())
