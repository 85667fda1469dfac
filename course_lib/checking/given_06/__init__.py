"""Visible rows and judges of exercise 06, a module a problem: compression."""

from course_lib.checking.given_06 import (
    break_even,
    choose_settings,
    delta_shuffle,
    pack,
    quantise,
    store_zarr,
)

__all__ = ["break_even", "choose_settings", "delta_shuffle", "pack", "quantise", "store_zarr"]
