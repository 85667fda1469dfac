"""Rows of `open_packed`: many arrays in one file."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.given_03.shared import copy_of, entry
from course_lib.checking.outcome import Outcome


def use_packed(open_packed: Callable, path: str, names: list, spare: int = 64) -> dict:
    """Open a packed file while only `spare` descriptors are free; return some of its arrays."""
    import resource

    held = len(os.listdir("/dev/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, held + spare), hard))
    try:
        arrays = open_packed(path)
        if not isinstance(arrays, dict):
            raise TypeError(f"expected a dict, got {type(arrays).__name__}")
        used = {name: copy_of(arrays[name]) for name in names}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    more = len(os.listdir("/dev/fd")) - held
    return {"arrays": used, "names": list(arrays), "descriptors": more}


def move(path: str, new) -> str:
    """Rename a file if it is there: what lies beside it stays behind. Return the new path."""
    try:
        os.rename(path, new)
    except OSError:
        pass
    return str(new)


def packed_row(
    report: Report,
    pack: Callable,
    use: Callable,
    folder: Path,
    label: str,
    arrays: dict,
    points: float,
) -> None:
    """Add the row for some arrays that are packed, moved elsewhere and opened again."""
    place = folder / f"moved-{len(report.rows)}"
    place.mkdir()
    os.chmod(place, 0o777)
    path = folder / f"some-{len(report.rows)}.bin"
    packed = report.run(pack, str(path), arrays)
    run = (
        packed
        if packed.error
        else report.run(use, move(str(path), place / "some.bin"), list(arrays))
    )
    report.equal(label, entry(run, "arrays"), arrays, points=points, of=run)


def rows(report: Report, pack: Callable, use: Callable, folder: Path) -> None:
    """Add the visible rows of `open_packed`; `use` is the given function `use_packed`."""
    import numpy as np

    rng = np.random.default_rng(4)
    few = {"a": np.arange(3), "b": np.zeros((2, 2), "f4")}
    packed_row(report, pack, use, folder, "the example", few, 0.5)
    works = report.rows[-1].ok
    many = {f"clip {n}": rng.integers(0, 999, (64, 128)).astype("i4") for n in range(250)}
    path, moved = str(folder / "many.bin"), folder / "moved"
    report.run(pack, path, many)
    moved.mkdir()
    os.chmod(moved, 0o777)
    path = move(path, moved / "all.bin")
    wanted = {name: many[name] for name in ("clip 99", "clip 100", "clip 101")}
    run = report.run(
        use, path, list(wanted), watch=[path] if os.path.isfile(path) else [], cold=True
    )
    report.equal(
        "three of 250 arrays, with few descriptors, after a move",
        entry(run, "arrays"),
        wanted,
        points=0.75,
        of=run,
    )
    right = report.rows[-1].ok
    report.at_most(
        "memory",
        run.peak,
        5 << 20,
        points=0.5,
        message="You read all arrays. Let them look at the memory map: nothing is read before it is used.",
    )
    names, count = entry(run, "names"), entry(run, "descriptors")
    report.true(
        "all names, in order",
        type(names) is list and names == list(many),
        points=0.25,
        of=run,
        message="The dict has the names of all arrays, in the order they were packed in.",
    )
    report.true(
        "descriptors in use",
        right and type(count) is int and count <= 2,
        points=0.25,
        of=run,
        message="One file needs one descriptor, or two, whatever the number of arrays.",
    )
    odd = {
        "fortran": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        "big": np.arange(5, dtype=">i2"),
        "größe": np.array(2.5),
        "none": np.zeros((3, 0), "f4"),
    }
    packed_row(report, pack, use, folder, "other orders, and an array without items", odd, 0.5)
    small = folder / "few.bin"
    report.run(pack, str(small), few)
    whole = files.read_bytes(small)
    there = isinstance(whole, bytes)
    content_of = cast(bytes, whole) if there else b""
    torn = {"the last byte is missing": content_of[:-1], "nothing but zeros": bytes(len(whole))}
    for label, content in torn.items():
        run = report.run(use, files.put(folder / "torn.bin", content), [])
        torn_row(report, run, label, 0.5, works and there)


def torn_row(report: Report, run: Outcome, label: str, points: float, works: bool) -> None:
    """Add the row for a file that is not complete; it counts once a complete one can be read."""
    if works:
        report.raises(label, run, ValueError, points=points)
    else:
        text = "First make it work for a complete file."
        report.true(label, False, points=points, message=text)
