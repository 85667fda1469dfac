"""Predictions beside what was measured."""

import math

from course_lib.plotting.canvas import DARK, EMPTY, FAINT, INK, LIGHT, describe, new_axes, tidy
from course_lib.plotting.ticks import short, unit_axis
from course_lib.units import format_count


def predictions(pairs, ax=None, title=None):
    """Draw how far each prediction was from what was measured.

    The questions have different units, so the axis is the ratio predicted / measured, which is
    logarithmic: 1 is right, 10 and 1/10 are equally wrong.

    Parameters
    ----------
    pairs : sequence
        ``(question, predicted, measured)`` or ``(question, predicted, measured, unit)``, or
        objects with ``question``, ``said``, ``measured`` and ``unit``. None means that no
        prediction was given, or that it could not be measured.
    ax : matplotlib.axes.Axes, optional
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    pairs = [_pair(pair) for pair in pairs]
    ratios = [_ratio(predicted, measured) for _, predicted, measured, _ in pairs]
    if ax is None:
        ax = new_axes(8.0, 1.5 + 0.5 * len(pairs))
    finite = [abs(math.log10(r)) for r in ratios if r is not None and 0 < r < math.inf]
    # Zero and infinity stand at the edge, as an arrow.
    edge = 10.0 ** math.ceil(1.1 * max([1.0, *finite]))
    ax.set_xscale("log")
    ax.axvline(1, color=INK, lw=1.2)
    for place, ratio in enumerate(ratios):
        _draw_ratio(ax, place, ratio, edge)
    ax.set_xlim(1 / edge, edge)
    ax.set_ylim(len(pairs) - 0.4, -0.6)
    ax.set_yticks(range(len(pairs)), [_pair_text(pair) for pair in pairs])
    ax.grid(True, axis="x", color=EMPTY, lw=0.8)
    ax.set_axisbelow(True)
    unit_axis(ax.xaxis, "", log=True)
    tidy(ax, title or "Predicted against measured", "predicted / measured (1 is right), log axis")
    right = sum(ratio is not None and 0.5 <= ratio <= 2 for ratio in ratios)
    given = sum(ratio is not None for ratio in ratios)
    texts = "; ".join(_pair_text(pair).replace("\n", ": ") for pair in pairs)
    return describe(
        ax, f"Predictions: {right} of {given} within a factor of two of what was measured. {texts}."
    )


def _pair(pair):
    if hasattr(pair, "question"):
        return pair.question, pair.said, pair.measured, pair.unit
    question, predicted, measured, *unit = pair
    return question, predicted, measured, unit[0] if unit else ""


def _ratio(predicted, measured):
    """Return predicted / measured; 1 for two zeros, infinity when only ``measured`` is zero."""
    if predicted is None or measured is None:
        return None
    if predicted == measured:
        return 1.0
    if measured == 0:
        return math.inf
    return max(predicted / measured, 0.0)


def _draw_ratio(ax, place, ratio, edge):
    text = ax.get_yaxis_transform()
    ax.text(1.02, place, _times(ratio), transform=text, fontsize=8, va="center", color=INK)
    if ratio is None:
        return
    if not 0 < ratio < math.inf:
        at, marker = (edge, ">") if ratio else (1 / edge, "<")
    else:
        at, marker = ratio, "o"
    ax.plot([1, at], [place, place], color=FAINT, lw=1.6, zorder=2)
    face = DARK if 0.5 <= ratio <= 2 else LIGHT
    ax.plot([at], [place], marker, ms=9, mfc=face, mec=INK, zorder=3, clip_on=False)


def _times(ratio):
    """Say how far off a ratio is."""
    if ratio is None:
        return "not compared"
    if ratio == 1:
        return "right"
    if ratio == 0:
        return "zero predicted"
    if ratio == math.inf:
        return "zero measured"
    factor = ratio if ratio > 1 else 1 / ratio
    return f"{short(float(f'{factor:.2g}'), '')}x too {'high' if ratio > 1 else 'low'}"


def _pair_text(pair):
    question, predicted, measured, unit = pair
    given = "no prediction" if predicted is None else f"predicted {format_count(predicted, unit)}"
    return f"{question}\n{given}, measured {format_count(measured, unit)}"
