"""Visible rows and judges of exercise 05, a module a problem: HDF5."""

from course_lib.checking.given_05 import (
    append_stream,
    cache_settings,
    column_stats,
    find_particles,
    recover_rows,
    shared,
    store_particles,
    write_stations,
)
from course_lib.checking.given_05.shared import warm_up

__all__ = [
    "append_stream",
    "cache_settings",
    "column_stats",
    "find_particles",
    "recover_rows",
    "shared",
    "store_particles",
    "warm_up",
    "write_stations",
]
