"""A cache at work: what it holds, and what has to be fetched, request by request."""

import numpy as np

from course_lib.plotting.canvas import (
    DARK,
    EMPTY,
    INK,
    LIGHT,
    describe,
    legend_below,
    new_axes,
    tidy,
)


def cache_film(asked, held, ax=None, title=None, what="chunk"):
    """Draw the requests from left to right, and what the cache held at each.

    Parameters
    ----------
    asked : sequence of int
        What each request wants, by number.
    held : sequence of collection of int
        What the cache held when the request came.
    ax : matplotlib.axes.Axes, optional
    title : str, optional
    what : str
        Name of what is cached.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are not as many contents as requests, or no request.
    """
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    if len(asked) != len(held) or not len(asked):
        raise ValueError(f"{len(asked)} requests, {len(held)} contents of the cache")
    kinds = np.zeros((1 + max([*asked, *(n for h in held for n in h)]), len(asked)))
    for step, (wanted, there) in enumerate(zip(asked, held, strict=True)):
        kinds[list(there), step] = 1
        kinds[wanted, step] = 2 if wanted in there else 3
    if ax is None:
        ax = new_axes(7.0, 1.6 + 0.16 * len(kinds))
    colours = (EMPTY, "#b9d3ea", LIGHT, DARK)
    ax.pcolormesh(kinds, cmap=ListedColormap(colours), vmin=-0.5, vmax=3.5, ec="white", lw=0.5)
    ax.set_ylim(len(kinds), 0)
    ax.set_yticks(np.arange(len(kinds)) + 0.5, range(len(kinds)))
    fetched, found = int((kinds == 3).sum()), int((kinds == 2).sum())
    counts = f"{len(asked):,} requests, {fetched:,} fetched, {found:,} found in the cache"
    tidy(ax, f"{title}: {counts}" if title else counts, "request", f"number of the {what}")
    words = ("held", "found in the cache", "fetched")
    handles = [
        Patch(fc=c, ec=INK, lw=0.4, label=w) for c, w in zip(colours[1:], words, strict=True)
    ]
    legend_below(ax, handles)
    most = max(map(len, held))
    return describe(
        ax,
        f"Film of a cache. {title + ': ' if title else ''}{counts}. It holds {most} at most.",
    )
