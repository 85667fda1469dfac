"""Draw what the measuring modules found; nothing in here measures.

Every plotter takes ``ax=None`` and returns the Axes. Without ``ax`` it makes a figure of its own,
and a notebook shows that figure, with its alt text, when the Axes is a cell's last expression.
"""

from .access import access_map
from .canvas import alt, show, to_html
from .charts import bars, heatmap, loglog, memory_bars
from .comparison import predictions
from .events import timeline
from .pages import page_access_map
from .residency import before_after, residency_map

__all__ = [
    "access_map",
    "alt",
    "bars",
    "before_after",
    "heatmap",
    "loglog",
    "memory_bars",
    "page_access_map",
    "predictions",
    "residency_map",
    "show",
    "timeline",
    "to_html",
]
