"""Draw what the measuring modules found, and diagrams of ideas; nothing in here measures.

Every plotter takes ``ax=None`` and returns the Axes. Without ``ax`` it makes a figure of its own,
and a notebook shows that figure, with its alt text, when the Axes is a cell's last expression.
"""

from course_lib.plotting.access import access_map
from course_lib.plotting.cache_film import cache_film
from course_lib.plotting.charts import bars, heatmap, loglog, memory_bars
from course_lib.plotting.comparison import predictions
from course_lib.plotting.diagrams import (
    blocks_in_memory,
    items_on_pages,
    steps_in_order,
    strides_map,
)
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
    "blocks_in_memory",
    "cache_film",
    "heatmap",
    "items_on_pages",
    "lifelines",
    "loglog",
    "memory_bars",
    "page_access_map",
    "predictions",
    "residency_map",
    "show",
    "steps_in_order",
    "strides_map",
    "timeline",
    "to_html",
]
