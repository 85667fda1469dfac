"""A figure as a picture with alt text, for a notebook or a page."""

import base64
import html
import io

DOTS_PER_INCH = 144
CSS_PIXELS_PER_INCH = 80


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
