"""Axes that show themselves with alt text, and the few colours that all plotters share."""

import base64
import html
import io

# Each pair differs in luminance, so that the pictures keep their meaning in grey.
INK = "#1b2430"
FAINT = "#8a96a3"
EMPTY = "#e9edf1"
DARK = "#1c5d99"
LIGHT = "#f0b45a"
DOTS_PER_INCH = 144
CSS_PIXELS_PER_INCH = 80


def new_axes(width=7.0, height=4.0):
    """Make one Axes on a figure that pyplot does not know.

    pyplot would show the figure a second time at the end of the cell, and keep it in memory.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from ._axes import SelfShowingAxes

    # Room for the marks that stand on the border of a map.
    layout = ConstrainedLayoutEngine(w_pad=0.16, h_pad=0.06)
    figure = Figure(figsize=(width, height), layout=layout, facecolor="white")
    return figure.add_subplot(axes_class=SelfShowingAxes)


def tidy(ax, title="", xlabel="", ylabel=""):
    """Label the axes and keep only the two spines that carry ticks."""
    if title:
        ax.set_title(title, fontsize=10, loc="left", color=INK, pad=12)
    ax.set_xlabel(xlabel, fontsize=9, color=INK)
    ax.set_ylabel(ylabel, fontsize=9, color=INK)
    ax.tick_params(labelsize=8, colors=INK)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def legend_below(ax, handles):
    """Put the legend under the axes, where it hides no data."""
    columns = len(handles) if len(handles) <= 5 else 3
    figure = ax.figure
    if len(figure.axes) == 1 and figure.get_layout_engine() is not None:
        return figure.legend(
            handles=handles, loc="outside lower center", ncols=columns, fontsize=8, frameon=False
        )
    # The figure is the caller's: a legend of the figure would belong to every panel.
    return ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=columns,
        fontsize=8,
        frameon=False,
    )


def describe(ax, text):
    """Store the alt text of one Axes: matplotlib's own free label, which repr(ax) shows too."""
    ax.set_label(text)
    return ax


def alt(ax) -> str:
    """Return the alt text of the figure that holds ``ax``.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Any Axes of the figure. The texts of all its panels are joined.
    """
    texts = (panel.get_label() for panel in ax.figure.axes)
    return " ".join(text for text in texts if text and not text.startswith("<"))


def png(ax) -> bytes:
    """Render the figure that holds ``ax`` as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    target = io.BytesIO()
    FigureCanvasAgg(ax.figure).print_figure(target, format="png", dpi=DOTS_PER_INCH)
    return target.getvalue()


def to_html(ax) -> str:
    """Return the figure as an ``<img>`` element with alt text, sharp on dense screens."""
    width = round(ax.figure.get_figwidth() * CSS_PIXELS_PER_INCH)
    data = base64.b64encode(png(ax)).decode()
    return (
        f'<img alt="{html.escape(alt(ax))}" width="{width}" style="max-width:100%" '
        f'src="data:image/png;base64,{data}">'
    )


def show(ax) -> None:
    """Show the figure in the middle of a cell, with its alt text; print the text elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        shell = None
    else:
        shell = get_ipython()
    if shell is None:
        print(alt(ax))
    else:
        display({"text/html": to_html(ax), "text/plain": alt(ax)}, raw=True)
    _forget(ax.figure)


def _forget(figure):
    """Close a figure that the caller made with pyplot, which would show it once more."""
    import sys

    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)
