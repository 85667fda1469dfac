"""Rows of `replace_file`: a write that survives."""

import os
import stat
import sys
from collections.abc import Callable

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.outcome import Outcome


def steps_of(replace_file: Callable, path: str, chunks: list) -> list[str]:
    """Call a function that replaces a file; return its syncs and renames, in order.

    Returns
    -------
    list of str
        ``"sync"`` (all of the new content has left Python's buffer), ``"sync folder"``,
        ``"rename"``; after it ``"gap"`` if the old file was gone then, and ``"elsewhere"`` if
        the new content was not in a file of the same folder.
    """
    folder, size = os.path.dirname(path), sum(map(len, chunks))
    there, at, steps = os.path.lexists(path), os.stat(os.path.dirname(path)), []

    def watch(frame, event, function):
        name = getattr(function, "__name__", "") if event == "c_call" else ""
        if name in ("replace", "rename") and function.__module__ == os.replace.__module__:
            steps.append("rename")
            steps.extend(["gap"] if there and not os.path.lexists(path) else [])
            steps.extend([] if _holds_file_of(folder, size) else ["elsewhere"])
        elif name in ("fsync", "fdatasync", "sync"):
            opened = list(_open_files())
            if name == "sync" or any(stat.S_ISREG(f.st_mode) and f.st_size == size for f in opened):
                steps.append("sync")
            if name == "sync" or any(os.path.samestat(f, at) for f in opened):
                steps.append("sync folder")

    sys.setprofile(watch)
    try:
        replace_file(path, chunks)
    finally:
        sys.setprofile(None)
    return steps


def _open_files():
    for fd in range(256):
        try:
            yield os.fstat(fd)
        except OSError:
            pass


def _holds_file_of(folder: str, size: int) -> bool:
    """Tell whether a file below a folder has so many bytes; the old content has not."""
    paths = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
    return any(os.path.isfile(p) and os.path.getsize(p) == size for p in paths)


def rows(report: Report, replace_file: Callable, steps: Callable, folder) -> None:
    """Add all visible rows of `replace_file`; a folder for each of them."""
    _new_file(report, replace_file, steps, folder)
    _old_file(report, replace_file, steps, folder)
    _leftover(report, replace_file, folder)
    _not_bytes(report, replace_file, folder)


def _place(folder, name: str) -> str:
    """Return the path of a file in a new folder that the student's process may write into."""
    (folder / name).mkdir()
    os.chmod(folder / name, 0o777)
    return str(folder / name / "a.raw")


def _noted(run: Outcome) -> list[str]:
    steps = run.value
    return [s for s in steps if type(s) is str] if type(steps) is list else []


def _new_file(report: Report, replace_file: Callable, steps: Callable, folder) -> None:
    path, parts = _place(folder, "new"), [b"abc", b"def"]
    noted = report.run(steps, _place(folder, "noted"), parts)
    run = report.run(replace_file, path, parts, watch=[os.path.dirname(path)])
    report.equal("the example: its content", files.read_bytes(path), b"abcdef", points=0.25, of=run)
    alone = report.rows[-1].ok and files.names(os.path.dirname(path)) == ["a.raw"]
    report.true(
        "and nothing else",
        alone,
        points=0.25,
        of=run,
        message="Another file is left in the folder."
        if report.rows[-1].ok
        else "This counts once the content is right.",
    )
    report.at_most(
        "dirty pages when it returns",
        run.dirty,
        0,
        points=0.25,
        message="The content is in the page cache only. os.fsync brings it to the disk; flush() first "
        "brings it out of Python's own buffer.",
        analytic=0 if "sync" in _noted(noted) else 1,
    )


def _old_file(report: Report, replace_file: Callable, steps: Callable, folder) -> None:
    path, old = _place(folder, "old"), b"old" * 5000
    files.put(path, old)
    with open(path, "rb") as reader:  # opened before: it must go on seeing the old content
        run = report.run(replace_file, path, [b"new"])
        still = reader.read(20_000)
    report.equal("new content of an old file", files.read_bytes(path), b"new", points=0.25, of=run)
    right = report.rows[-1].ok
    report.true(
        "whoever reads the old file sees all of it",
        right and still == old,
        points=0.25,
        of=run,
        message="You wrote into the old file. Write a new one beside it, and rename: os.replace."
        if right
        else "This counts once the content is right.",
    )
    path = _place(folder, "steps")
    run = report.run(steps, files.put(path, b"old" * 99), [b"new", b"er"])
    order_rows(report, run, (0.25, 0.25, 0.5, 0.25))


def order_rows(report: Report, run: Outcome, points: tuple) -> None:
    """Add the rows for what `steps_of_replace` noted on an old file."""
    noted = _noted(run)
    at = noted.index("rename") if "rename" in noted else None
    before, after = (noted[:at], noted[at:]) if at is not None else ([], [])
    no_rename = (
        "" if after else "There is no rename: os.replace gives the new file the old one's name."
    )
    report.true(
        "the old file is there until the rename",
        after and "gap" not in after,
        points=points[0],
        of=run,
        message=no_rename
        or "At the moment of the rename there was no file of that name: whoever opened it then "
        "got an error. A rename takes the place of the old file.",
    )
    report.true(
        "the new file grows in the same folder",
        after and "elsewhere" not in after,
        points=points[1],
        of=run,
        message=no_rename
        or "Write the new file in the folder of the old one. Between two file systems, "
        "a move copies the bytes, and is not done at once.",
    )
    report.true(
        "the content is synced before the rename",
        "sync" in before,
        points=points[2],
        of=run,
        message=no_rename
        or "First sync the content, then rename. The other way round, a crash between the two "
        "leaves a good name on an empty file. Before the sync, flush() brings the content "
        "out of Python's own buffer.",
    )
    report.true(
        "the folder is synced after the rename",
        "sync folder" in after,
        points=points[3],
        of=run,
        message=no_rename
        or "The name stands in the folder: after the rename, open the folder with os.open and "
        "sync it too.",
    )


def _leftover(report: Report, replace_file: Callable, folder) -> None:
    path = _place(folder, "leftover")
    files.put(path + ".tmp", b"half of an earlier try")
    run = report.run(replace_file, path, [b"new"])
    report.equal(
        "beside a file that a crash left", files.read_bytes(path), b"new", points=0.25, of=run
    )


def _not_bytes(report: Report, replace_file: Callable, folder) -> None:
    path, works = _place(folder, "kept"), report.rows[0].ok
    files.put(path, b"old" * 100)
    run = report.run(replace_file, path, [b"new" * 10, "text", b"more"])
    report.raises("a piece that is not bytes", run, TypeError, points=0.25)
    # An answer that refuses everything keeps the old file, too: that earns nothing.
    raised = works and report.rows[-1].ok
    kept = raised and files.read_bytes(path) == b"old" * 100
    report.true(
        "the old file after that error",
        kept,
        points=0.25,
        message="The old file must be as before. Touch it only when the new one is complete."
        if raised
        else "The error must reach the caller, and good pieces must be written.",
    )
    alone = kept and files.names(os.path.dirname(path)) == ["a.raw"]
    report.true(
        "no other file after that error",
        alone,
        points=0.25,
        message="A file that was begun is left in the folder. Remove it, and raise the error again."
        if kept
        else "This counts once the error goes on and the old file is kept.",
    )
