"""Axes that show themselves with alt text, and the few colours that all plotters share."""

# Each pair differs in luminance, so that the pictures keep their meaning in grey.
INK = "#1b2430"
FAINT = "#8a96a3"
EMPTY = "#e9edf1"
DARK = "#1c5d99"
LIGHT = "#f0b45a"


def new_axes(width=7.0, height=4.0):
    """Make one Axes on a figure that pyplot does not know.

    pyplot would show the figure a second time at the end of the cell, and keep it in memory.
    """
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from course_lib.plotting._axes import SelfShowingAxes

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
