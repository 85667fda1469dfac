"""What exercise 07 gives, a module a problem: the work of the processes, rows and judges.

The functions `use` run in the process of the answer: they call it, and tell what they saw.
"""

from course_lib.checking.given_07 import (
    ask_child,
    collect,
    column_stats,
    gather_rows,
    reserve_block,
    shared,
    shared_array,
)
from course_lib.checking.given_07.collect import start_worker
from course_lib.checking.given_07.column_stats import partial_sums
from course_lib.checking.given_07.gather_rows import ROW, parse_line
from course_lib.checking.given_07.shared import FORK

__all__ = [
    "FORK",
    "ROW",
    "ask_child",
    "collect",
    "column_stats",
    "gather_rows",
    "parse_line",
    "partial_sums",
    "reserve_block",
    "shared",
    "shared_array",
    "start_worker",
]
