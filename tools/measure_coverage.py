"""Measure which lines of the grader and of the checks the tests run, in every process.

    python -m tools.measure_coverage            the tests of nbverdict and course_lib/checking
    python -m tools.measure_coverage -k jail    some of them

Processes in a jail see no folder of this machine and get none of its variables. So while this
runs, a .pth file starts coverage in every Python of the environment. A child of the grader's fork
server keeps its lines in memory and leaves them in its submission's temporary folder when it ends;
the coordinator takes them from there before it removes that folder.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TESTS = ("nbverdict/tests", "tests/grader", "tests/course_lib/checking", "tests/exercises")
LEFT = ".coverage-of-a-jail-"
MEASURED = ("/nbverdict/src/nbverdict/", "/course_lib/checking/")
Lines = dict[str, set[int]]
_CONFIG = """
[run]
branch = False
data_file = {folder}/.coverage
parallel = True
patch = fork, _exit
concurrency = thread
disable_warnings = no-data-collected, module-not-measured, couldnt-parse, module-not-imported
source_pkgs = nbverdict, course_lib.checking
[report]
exclude_also =
    if __name__ == .__main__.:
    def __repr__
    raise NotImplementedError
    if TYPE_CHECKING:
    \\.\\.\\.$
"""
# One line, as .pth files want it. It must never be what a program stumbles over.
_PTH = (
    "import sys; exec('''try:\\n import runpy\\n"
    " runpy.run_path({module!r})[\"start\"]({folder!r})\\nexcept Exception:\\n pass''')\n"
)


def start(folder: str) -> None:
    """Start coverage in a Python that begins; called by the .pth file.

    Parameters
    ----------
    folder : str
        Where the data and the configuration lie.
    """
    if not os.access(folder, os.W_OK):  # in a jail, or another user's
        return
    import coverage

    config = os.path.join(folder, "config")
    measured = coverage.Coverage(config_file=config)
    measured._auto_save = True
    measured.start()
    if "nbverdict.verdict.forkserver" in sys.orig_argv:
        leave = os._exit
        os.register_at_fork(after_in_child=lambda: _count_in_memory(leave))
    else:
        shutil.rmtree = _collecting(shutil.rmtree, folder)  # type: ignore[assignment]


def _count_in_memory(leave: Callable[[int], None]) -> None:
    """Count the lines of this child in memory, and leave them when it ends.

    Coverage's own tracer keeps none in a process that a jail's first process has forked.
    """
    import coverage

    before = coverage.Coverage.current()
    if before is not None and not hasattr(os._exit, "lines"):
        before.stop()
        before._auto_save = False
    lines: Lines = getattr(os._exit, "lines", {})
    name = LEFT + uuid.uuid4().hex
    _trace(lines)

    def leaving(status: int) -> None:
        _save(lines, name)
        leave(status)

    leaving.lines = lines  # type: ignore[attr-defined]
    os._exit = leaving  # type: ignore[assignment]
    _save_while_it_works(lambda: _save(lines, name))


def _trace(lines: Lines) -> None:
    """Note each line of our code that this process runs from now on.

    A function whose lines have all been seen is traced no more: most calls are of such ones.
    """
    unseen: dict[CodeType, set[int]] = {}

    def inside(frame: FrameType, event: str, arg: object) -> Callable:
        lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        unseen[frame.f_code].discard(frame.f_lineno)
        return inside

    def entering(frame: FrameType, event: str, arg: object) -> Callable | None:
        code = frame.f_code
        if code not in unseen:
            ours = any(part in code.co_filename for part in MEASURED)
            unseen[code] = {line for *_, line in code.co_lines() if line} if ours else set()
        return inside(frame, event, arg) if unseen[code] else None

    frame: FrameType | None = sys._getframe()
    while frame:  # or coverage's tracer comes back with the first line of a frame that it knows
        frame.f_trace, frame = None, frame.f_back
    sys.settrace(entering)
    threading.settrace(entering)


def _save(lines: Lines, name: str) -> None:
    try:
        folder = Path(os.environ["TMPDIR"])
        found = {file: sorted(numbers) for file, numbers in lines.items()}
        (folder / f"unfinished{name}").write_text(json.dumps(found))
        os.replace(folder / f"unfinished{name}", folder / name)
    except Exception:
        pass  # hostile code may have taken anything away


def _save_while_it_works(save: Callable[[], None]) -> None:
    """Save after some answers of the student's process: it never ends, it is killed."""
    from nbverdict.student import worker
    from nbverdict.wire import frames

    work = getattr(worker.main, "plain", worker.main)

    def working(*args: Any) -> None:
        send, answers = frames.send, itertools.count(1)

        def sending(*args: Any, **kwargs: Any) -> Any:
            try:
                return send(*args, **kwargs)
            finally:
                number = next(answers)
                if number & (number - 1) == 0:  # 1, 2, 4, 8, ...: new lines get rare
                    save()

        frames.send = sending  # type: ignore[assignment]
        work(*args)

    working.plain = work  # type: ignore[attr-defined]
    worker.main = working  # type: ignore[assignment]


def _collecting(remove: Callable, folder: str) -> Callable:
    """Take what processes in jails have left, before a folder is removed."""

    def removing(path, *args, **kwargs):
        for file in Path(path).rglob(LEFT + "*"):
            shutil.copy(file, folder)
        return remove(path, *args, **kwargs)

    return removing


def _as_files(folder: Path) -> None:
    """Make a data file, as coverage combines them, of what jails have left."""
    import coverage

    data = coverage.CoverageData(str(folder / ".coverage.jails"))
    for file in folder.glob(LEFT + "*"):
        data.add_lines(json.loads(file.read_text()))
        file.unlink()
    data.write()


def main() -> int:
    """Run the tests and print the report; return the tests' exit status, or 2 below the floor."""
    folder = Path(tempfile.mkdtemp(prefix="coverage-"))
    (folder / "config").write_text(_CONFIG.format(folder=folder))
    pth = Path(sysconfig.get_path("purelib")) / "zz_measure_coverage.pth"
    pth.write_text(_PTH.format(module=str(Path(__file__).resolve()), folder=str(folder)))
    try:
        tests = [sys.executable, "-m", "pytest", "-n", "2", "-q", *TESTS, *sys.argv[1:]]
        status = subprocess.run(tests, cwd=ROOT).returncode
    finally:
        pth.unlink()
    _as_files(folder)
    command = [sys.executable, "-m", "coverage"]
    where = [f"--rcfile={folder / 'config'}"]
    subprocess.run([*command, "combine", "--quiet", *where, str(folder)], cwd=ROOT)
    report = [*command, "report", "--fail-under=90", "--skip-covered", *where]
    status = subprocess.run(report, cwd=ROOT).returncode or status
    shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
