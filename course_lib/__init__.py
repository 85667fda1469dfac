"""Measuring and plotting helpers of the course "Bigger than memory".

``import course_lib`` loads nothing heavy: each module loads on first use, and NumPy,
Zarr or Matplotlib load only inside the functions that need them.
"""

from importlib import import_module

__version__ = "0.1.0"

PUBLIC = {
    "machine": "the card that opens every lesson: limits, and which instruments work here",
    "data": "synthetic data, made in seconds",
    "measure": "what a call reads, writes and needs at its peak",
    "memory": "resident, shared and private memory of processes",
    "pagecache": "which pages of a file are in memory, and how to drop them",
    "counters": "the kernel's counters of a process, before and after",
    "recording": "files and stores that note every read",
    "slowdisk": "a virtual clock for a slow disk",
    "child": "run a function in a fresh process",
    "explore": "the chunks that a selection touches",
    "predict": "commit a number, then see it beside the measured one",
    "practice": "instant checks of the lines that a lesson asks for",
    "progress": "how far you are, in a notebook and in the whole course",
    "hints": "staged hints, and model answers",
    "units": "bytes and seconds as text",
    "plotting": "pictures of what was measured",
    "checking": "reports of graded cells, and what only they use",
}
"""What a cell may use, in the order of the API pages, each with a word on it."""


def __getattr__(name: str):
    """Import a module of the package the first time somebody asks for it."""
    if name in PUBLIC:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name the modules, so that completion in a notebook finds them."""
    return sorted({*PUBLIC, *globals()})
