"""Rows of `view_pages`: the pages of any slice."""

from collections.abc import Callable

from course_lib import pagecache
from course_lib.checking.cases import Case, ask
from course_lib.checking.check import Report


def pages(shape: tuple, strides: tuple, itemsize: int, offset: int = 0, size: int = 4096) -> int:
    """Count the pages of a strided array."""
    import numpy as np

    first = np.array(offset, dtype=np.int64)
    for length, stride in zip(shape, strides, strict=True):
        first = first[..., None] + np.arange(length, dtype=np.int64) * stride
    return pagecache.pages_of(first.ravel(), itemsize, size)


def _view(title: str, points: float, arguments: tuple) -> Case:
    return Case(title, arguments, pages(*arguments), points)


_BACK = ((4, 4), (-3000, 4500), 8, 60_000)


_AGAIN = ((4, 3000), (0, 8), 8, 16_000, 16_384)


CASES = [
    _view("an example", 0.25, ((1000,), (4096,), 4, 8)),
    _view("an example", 0.25, ((1024,), (4,), 4, 8192)),
    _view("every tenth value of 100 rows", 0.5, ((100, 50), (10_000, 40), 4, 0)),
    _view("from the middle of a page", 0.25, ((1024,), (4,), 4, 6144)),
    _view("items across two pages", 0.25, ((3,), (12_288,), 8, 4092)),
    _view("an axis backwards", 0.25, _BACK),
    _view("an axis of length 0", 0.25, ((5, 0), (4096, 8), 8, 100)),
    _view("a single item", 0.25, ((), (), 8, 5000)),
    _view("a stride of 0, and other pages", 0.25, _AGAIN),
]


def rows(report: Report, view_pages: Callable) -> None:
    """Add the visible rows of `view_pages`."""
    ask(report, view_pages, CASES)
