"""Measuring and plotting helpers of the course "Bigger than memory".

``import course_lib`` loads nothing heavy: each module loads on first use, and NumPy,
Zarr or Matplotlib load only inside the functions that need them.
"""

from importlib import import_module

__version__ = "0.1.0"

_MODULES = frozenset(
    "check child counters data explore grading hints instruments machine measure memory "
    "pagecache plotting predict recording slowdisk units".split()
)


def __getattr__(name: str):
    """Import a module of the package the first time somebody asks for it."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name the modules, so that completion in a notebook finds them."""
    return sorted(_MODULES | set(globals()))
