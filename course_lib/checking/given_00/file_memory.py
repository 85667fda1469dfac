"""Rows of `file_memory`: the memory of a mapped file, its own and shared."""

import mmap
import os
from collections.abc import Callable
from pathlib import Path

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.system import instruments

_KERNEL = "/proc/self/smaps"
_PAGES = 16


def entry(
    path: str, rss: int, pss: int, private: tuple[int, int], start: int = 0x7F0000000000
) -> str:
    """Return the lines about one part of a process's addresses, as the kernel writes them.

    Parameters
    ----------
    path : str
        The file that is mapped; empty for memory without a file.
    rss, pss : int
        In kB.
    private : (int, int)
        Private_Clean and Private_Dirty, in kB.
    start : int
        The first address.
    """
    size = rss + 4
    head = f"{start:x}-{start + 1024 * size:x} r--p 00000000 08:01 {31 if path else 0}"
    values = {
        "Size": size, "KernelPageSize": 4, "MMUPageSize": 4, "Rss": rss, "Pss": pss,
        "Pss_Dirty": private[1], "Shared_Clean": rss - sum(private), "Shared_Dirty": 0,
        "Private_Clean": private[0], "Private_Dirty": private[1], "Referenced": rss,
        "Anonymous": private[1], "Swap": 0, "SwapPss": 0, "Locked": 0,
    }  # fmt: skip
    lines = [f"{head:<72} {path}" if path else f"{head} "]
    lines += [f"{name + ':':<16}{value:8} kB" for name, value in values.items()]
    return "\n".join([*lines, "THPeligible:           0", "VmFlags: rd mr mw me sd"]) + "\n"


EXAMPLE = """\
7f0000000000-7f0000005000 r--p 00000000 08:01 31     /data/a.bin
Size:                 20 kB
Rss:                  16 kB
Pss:                   8 kB
Pss_Dirty:             0 kB
Shared_Clean:         16 kB
Private_Clean:         0 kB
Private_Dirty:         0 kB
"""
SHARED = entry("/data/a.bin", 16, 8, (0, 0))
HEAP = entry("[heap]", 900, 900, (0, 900), 0x5500000000)
NAMELESS = entry("", 300, 300, (0, 300), 0x7E0000000000)
LIBRARY = entry("/usr/lib/libm.so.6", 200, 50, (8, 4), 0x7E1000000000)
PRIVATE = entry("/data/a.bin", 40, 36, (20, 12), 0x7F1000000000)
ALONE = HEAP + SHARED + NAMELESS + LIBRARY
TWO_PARTS = LIBRARY + SHARED + HEAP + PRIVATE + NAMELESS
ALIKE = entry("/data/a.bin.old", 80, 80, (80, 0)) + SHARED + entry("/old/data/a.bin", 4, 4, (4, 0))


def of_own_map(file_memory: Callable, path: str, stand_in: str) -> dict:
    """Call `file_memory` while two processes map a file of 16 pages and have touched all.

    Where the kernel does not tell about it, `stand_in` is written and asked instead.

    Returns
    -------
    dict
        ``"memory"``: what came, in pages; ``"told by"``: the file that was asked.
    """
    path = os.path.realpath(path)
    if not (instruments.works("smaps") and instruments.works("fork")):
        kb = _PAGES * mmap.PAGESIZE // 1024
        Path(stand_in).write_text(HEAP + entry(path, kb, kb // 2, (0, 0)) + NAMELESS)
        return {"memory": _in_pages(file_memory(path, stand_in)), "told by": stand_in}
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        sum(held[:: mmap.PAGESIZE])
        with _Second(held):
            found = file_memory(path, _KERNEL)
    return {"memory": _in_pages(found), "told by": _KERNEL}


class _Second:
    """A second process that touches all pages of a map, as long as the block lasts."""

    def __init__(self, held: mmap.mmap):
        self._held = held

    def __enter__(self) -> None:
        ready, self._go = os.pipe(), os.pipe()
        self._child = os.fork()
        if not self._child:
            try:
                os.close(self._go[1])
                sum(self._held[:: mmap.PAGESIZE])
                os.write(ready[1], b"1")
                os.read(self._go[0], 1)  # returns when the parent closes its end
            finally:
                os._exit(0)
        os.close(ready[1])
        os.read(ready[0], 1)
        os.close(ready[0])

    def __exit__(self, *_) -> None:
        for end in self._go:
            os.close(end)
        os.waitpid(self._child, 0)


def _in_pages(found):
    if type(found) is not dict:
        return found
    return {
        name: value / mmap.PAGESIZE if type(value) in (int, float) else value
        for name, value in found.items()
    }


def rows(report: Report, function: Callable, own: Callable, folder: Path) -> None:
    """Add the visible rows of `file_memory`; `own` is the given function of the notebook."""
    text(report, function, folder, "the example", EXAMPLE, memory(16, 8, 0), 0.5)
    text(report, function, folder, "one of several parts", ALONE, memory(16, 8, 0), 0.75)
    text(report, function, folder, "two parts map it", TWO_PARTS, memory(56, 44, 32), 0.75)
    text(report, function, folder, "files with names alike", ALIKE, memory(16, 8, 0), 0.5)
    label = "a file that nobody maps: 0 is known"
    text(report, function, folder, label, HEAP + LIBRARY, memory(0, 0, 0), 0.5)
    own_row(report, own, folder, 1.0)
    run = report.run(function, "/data/a.bin", str(folder / "missing"))
    report.equal("no such file `smaps`", run, None, points=0.5)


def memory(rss: int, pss: int, uss: int) -> dict[str, int]:
    """Return what `file_memory` should, from kB."""
    return {"rss": 1024 * rss, "pss": 1024 * pss, "uss": 1024 * uss}


def text(
    report: Report, function: Callable, folder: Path, label: str, content: str, wanted: dict,
    points: float, mapped: str = "/data/a.bin",
) -> None:  # fmt: skip
    """Add the row of a text that stands in for the kernel's."""
    smaps = files.put(folder / "smaps", content.encode())
    report.equal(label, report.run(function, mapped, smaps), wanted, points=points)


def own_row(report: Report, own: Callable, folder: Path, points: float) -> None:
    """Add the row of a real map that two processes share."""
    path = files.put(folder / "own.raw", bytes(_PAGES * mmap.PAGESIZE))
    run = report.run(own, path, str(folder / "stand-in"))
    told = run.value if type(run.value) is dict else {}
    wanted = {"rss": _PAGES, "pss": _PAGES / 2, "uss": 0}
    label = "a map of 16 pages that two processes use, in pages"
    report.equal(label, told.get("memory"), wanted, points=points, of=run)
