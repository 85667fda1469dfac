"""Draw what the measuring modules found; nothing in here measures.

Every plotter takes ``ax=None`` and returns the Axes. Without ``ax`` it makes a figure of its own,
and a notebook shows that figure, with its alt text, when the Axes is a cell's last expression.
"""

from course_lib.plotting.access import access_map
from course_lib.plotting.cache_film import cache_film
from course_lib.plotting.charts import bars, heatmap, loglog, memory_bars
from course_lib.plotting.comparison import predictions
from course_lib.plotting.events import timeline
from course_lib.plotting.lifelines import lifelines
from course_lib.plotting.pages import page_access_map
from course_lib.plotting.picture import alt, show, to_html
from course_lib.plotting.residency import before_after, residency_map

__all__ = [
    "access_map",
    "alt",
    "bars",
    "before_after",
    "cache_film",
    "heatmap",
    "lifelines",
    "loglog",
    "memory_bars",
    "page_access_map",
    "predictions",
    "residency_map",
    "show",
    "timeline",
    "to_html",
]
