"""Five shades for the share of a cell's pages or chunks, told apart in grey too."""

import numpy as np

from course_lib.plotting.canvas import EMPTY, INK

SHADES = (EMPTY, "#b9d3ea", "#79a9d3", "#3f7fba", "#0f3a66")
WORDS = ("none", "up to a third", "up to two thirds", "nearly all", "all")


def shade_index(shares):
    """Return 0 for none, 4 for all, 1 to 3 between, so that one page in many is still seen.

    Examples
    --------
    >>> shade_index([0, 0.001, 0.5, 0.999, 1])
    array([0, 1, 2, 3, 4])
    """
    shares = np.asarray(shares, dtype=float)
    between = np.clip(np.ceil(shares * 3), 1, 3)
    return np.where(shares == 0, 0, np.where(shares == 1, 4, between)).astype(int)


def draw_shares(ax, x, y, shares, line_width):
    """Draw a mesh of cells, shaded by share.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    x, y : ndarray
        Borders of the cells, one more than there are cells.
    shares : ndarray or masked array, shape (rows, columns)
        0 to 1. Masked cells are not drawn.
    line_width : float
        Of the white lines between cells, in points. 0 draws none.
    """
    from matplotlib.colors import ListedColormap

    shades = np.ma.array(shade_index(np.ma.filled(shares, 0)), mask=np.ma.getmaskarray(shares))
    return ax.pcolormesh(
        x,
        y,
        shades,
        cmap=ListedColormap(SHADES),
        vmin=-0.5,
        vmax=4.5,
        edgecolors="white" if line_width else "none",
        linewidth=line_width,
    )


def shade_handles(one, other, shared):
    """Return legend handles.

    Parameters
    ----------
    one, other : str
        Words for a full and an empty cell, such as "resident" and "not resident".
    shared : bool
        A cell stands for several pages, so that the shades between can occur.
    """
    from matplotlib.patches import Patch

    words = [f"{word} {one}" if word == "all" else word for word in WORDS]
    texts = list(enumerate(words)) if shared else [(0, other), (4, one)]
    return [Patch(facecolor=SHADES[i], edgecolor=INK, lw=0.5, label=text) for i, text in texts]
