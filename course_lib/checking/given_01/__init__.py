"""Visible rows and judges of exercise 01, a module a problem: the page cache."""

from course_lib.checking.given_01 import (
    came_from,
    drop_from_cache,
    file_crc32,
    page_count,
    replace_file,
    resident_after,
    slice_pages,
)

__all__ = [
    "came_from",
    "drop_from_cache",
    "file_crc32",
    "page_count",
    "replace_file",
    "resident_after",
    "slice_pages",
]
