"""Visible rows and judges of the capstone, a module a problem."""

from course_lib.checking.given_08 import (
    answer_trace,
    append_day,
    build_store,
    choose_layout,
    shared,
    trace_cost,
)
from course_lib.checking.given_08.shared import warm_up

__all__ = [
    "answer_trace",
    "append_day",
    "build_store",
    "choose_layout",
    "shared",
    "trace_cost",
    "warm_up",
]
