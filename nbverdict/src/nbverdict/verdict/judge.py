"""The verdict process of one submission: holds the tests, runs them, sends the scores.

It is forked for one submission and ends with it. It enters the jail's view of the file
system itself, starts the student's process in it, and gives up its rights before it reads
anything that a student has written. The tests arrive after that fork: the student's
process cannot hold them.
"""

import atexit
import importlib.util
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbverdict.hidden import hidden_lines
from nbverdict.jail import levels, syscalls
from nbverdict.jail.place import FULL, HOME, Place, Request, Trial
from nbverdict.measuring import Measuring, load
from nbverdict.settings import Settings
from nbverdict.steps import CodeStep, NotebookJob, Result, TestStep, Told
from nbverdict.student import worker
from nbverdict.student.answers import Inside
from nbverdict.student.shell import Shell
from nbverdict.verdict import imports, inside, link
from nbverdict.verdict.border import Border
from nbverdict.verdict.link import Broken, Link
from nbverdict.verdict.test_namespace import TestNamespace
from nbverdict.verdict.testcell import TestCell
from nbverdict.wire import fields, frames
from nbverdict.wire.outputs import trimmed


def main(coordinator: socket.socket, request: Request, shell: Shell) -> None:
    """Judge one submission; never return.

    Parameters
    ----------
    coordinator : socket
        Connection to the coordinator.
    request : Request
    shell : Shell
        For the student's process.
    """
    try:
        measuring = load(request.settings.measuring)
        link_ = _open(coordinator, request, shell, measuring)
        measuring.believe(request.measured)
        head, blocks = frames.receive(coordinator)
        secrets = zip(head["secrets"], blocks, strict=True)
        measuring.keep({name: bytes(block) for name, block in secrets})
        Judge(link_, coordinator).run([NotebookJob.from_json(form) for form in head["notebooks"]])
    except BaseException as error:
        fault = Told("fault", text=f"{type(error).__name__}: {error}"[:1000])
        _tell(coordinator, fault.to_json())
        os._exit(1)
    link_.stop()
    os._exit(0)


def _open(coordinator: socket.socket, request: Request, shell: Shell, measuring: Measuring) -> Link:
    place, settings, level_name = request.place, request.settings, request.level_name
    levels.enter_view(place, level_name, settings.packages)
    _environment(place, request.environment)
    ours, theirs = socket.socketpair()
    init_pid = levels.fork_init(level_name)
    if init_pid == 0:
        ours.close()
        coordinator.close()

        def spawn(sock: socket.socket) -> None:
            levels.close_worker(place, level_name, settings)
            sock.send(b"!")
            worker.main(shell, sock, measuring, settings)

        link.init_main(theirs, spawn, level_name == FULL)
    theirs.close()
    levels.give_up_rights(place, level_name, settings)
    # The trusted side keeps no name of the student's and imports from no place of theirs.
    sys.path[:] = [path for path in sys.path if path and not path.startswith(place.files)]
    imports.trust_only(place.extra_files, place.files, place.cwd)
    sys.modules.pop("__main__", None)
    return Link(ours, coordinator, place, settings, init_pid)


def _environment(place: Place, measuring: dict[str, str]) -> None:
    """Set the variables that both sides share; the student's process inherits them."""
    kept = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
    keep = {name: value for name, value in os.environ.items() if name in kept}
    os.environ.clear()
    os.environ.update(
        keep | measuring, HOME=HOME, USER="student", LOGNAME="student", TMPDIR=place.scratch,
        NBGRADER_EXECUTION="autograde", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1",
        MPLCONFIGDIR=place.scratch,
        MPLBACKEND="module://matplotlib_inline.backend_inline", IPYTHONDIR=place.scratch,
        PYTHONDONTWRITEBYTECODE="1", JUPYTER_PLATFORM_DIRS="1",
    )  # fmt: skip
    tempfile.tempdir = place.scratch
    os.umask(0o022)


class Judge:
    """Run the notebooks of one submission, cell by cell.

    Parameters
    ----------
    link : Link
    coordinator : socket
        Where the results go.
    """

    def __init__(self, link: Link, coordinator: socket.socket):
        self.link, self.coordinator = link, coordinator

    def run(self, notebooks: Iterable[NotebookJob]) -> None:
        """Run all notebooks; send a message for each cell."""
        for number, notebook in enumerate(notebooks):
            self._notebook(number, notebook)
        _tell(self.coordinator, Told("end").to_json())

    def _notebook(self, notebook_number: int, notebook: NotebookJob) -> None:
        self._ran: list[CodeStep] = []
        self.link.start()
        self.border = Border(self.link, notebook.classes)
        self.names = TestNamespace(self.border)
        for number, step in enumerate(notebook.steps):
            if step.done:
                self.link.told_hidden |= isinstance(step, TestStep) and bool(
                    hidden_lines(step.source)
                )
                continue
            _tell(self.coordinator, Told("begin", notebook_number, number).to_json())
            result = self._step(step)
            _tell(self.coordinator, Told("result", notebook_number, number, result).to_json())
        self.names.mirror.restore()

    def _step(self, step: CodeStep | TestStep) -> Result:
        if isinstance(step, CodeStep):
            return self._code(step)
        return self._inside(step) if step.inside else self._test(step)

    def _code(self, step: CodeStep) -> Result:
        """Run a cell of the student's."""
        started = time.monotonic()
        try:
            self._recover()
            found = self._cell(step.source, step.count)
            self._ran.append(step)
        except Broken as reason:
            text = f"This cell was ended: {reason}."
            shown = {"output_type": "error", "ename": "Ended", "evalue": text, "traceback": [text]}
            return Result((shown,), ended=str(reason))
        return Result(found, seconds=time.monotonic() - started)

    def _cell(self, source: str, count: int) -> tuple[dict[str, Any], ...]:
        self.link.start_cell()
        head = {"op": "cell", "source": source, "count": count}
        answer, _ = self.link.request(head, patient=True)
        return trimmed(answer.get("outputs"), self.link.settings)

    def _test(self, step: TestStep) -> Result:
        try:
            self._recover()
            for source in step.owners.rerun_first:  # the instructor's, whatever it became since
                self._cell(source, 0)
        except Broken as reason:
            self.link.broken = str(reason)
        self.names.prepare(step.owners)
        cell = TestCell(step, self.names, self.link)
        self.border.cell = cell
        started = time.monotonic()
        result = cell.run()
        self._sync()
        return replace(self._cut(result), seconds=time.monotonic() - started)

    def _cut(self, result: Result) -> Result:
        """Cut what a test has shown, before it leaves this process."""
        settings = self.link.settings
        public = None if result.public is None else trimmed(result.public, settings, html=True)
        return replace(result, outputs=trimmed(result.outputs, settings, html=True), public=public)

    def _sync(self) -> None:
        """Let the student's cells after a test find what it has set for them."""
        try:
            self.names.mirror.sync()
        except Broken:
            pass  # the next cell starts a new process

    def _inside(self, step: TestStep) -> Result:
        """Run a test cell in the student's process: what comes back is that process's word."""
        started = time.monotonic()
        try:
            self._recover()
            self.names.mirror.shared = step.owners.shared
            self.names.mirror.sync()
            self.link.start_cell()
            answer, _ = self.link.request({"op": "inside", "source": step.source})
            result = inside.result(step, Inside.from_json(answer))
        except (Broken, fields.Malformed) as reason:
            result = inside.broken(str(reason))
        return replace(self._cut(result), seconds=time.monotonic() - started)

    def _recover(self) -> None:
        """After a crash: start over, with the cells that ran well before it."""
        if not self.link.broken or time.monotonic() > self.link.end:
            return
        again, self._ran = self._ran, []
        self.link.start()
        self.border.forget()
        self._sync()
        for step in again:
            try:
                self._replay(step)
            except Broken:
                self.link.start()
                return self._replay_without(step, again)

    def _replay_without(self, bad: CodeStep, again: list[CodeStep]) -> None:
        self._ran = []
        for step in again:
            if step is not bad:
                self._replay(step)

    def _replay(self, step: CodeStep) -> None:
        self._cell(step.source, step.count)
        self._ran.append(step)


def _tell(coordinator: socket.socket, head: dict) -> None:
    try:
        frames.send(coordinator, head)
    except frames.Gone:
        os._exit(1)


def quiet_exit() -> None:
    """Forget the exit handlers and signal handlers of the fork server."""
    atexit._clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


# Tries to open what a cell may import, and the program that it may start.
_TRIAL = """
import sys
closed = []
for path in {paths}:
    try:
        open(path, "rb").close()
    except OSError as error:
        closed.append(f"{{path}}: {{error.strerror}}")
tried = True
"""


def trial(coordinator: socket.socket, request: Request, shell: Shell) -> None:
    """Try the jail with a harmless cell; tell whether it closes, and how well; never return.

    Parameters
    ----------
    coordinator : socket
        Connection to the coordinator.
    request : Request
    shell : Shell
        For the student's process.
    """
    try:
        measuring = load(request.settings.measuring)
        files = _files_of_python(request.settings.packages)
        link_ = _open(coordinator, request, shell, measuring)
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
        _try(link_, files, request.settings)
        extras = tuple(levels.extras(request.place, request.level_name))
        found = Trial(True, "", extras, measuring.self_test(request.place.scratch))
    except BaseException as error:
        found = Trial(False, f"{type(error).__name__}: {error}"[:300])
    _tell(coordinator, found.to_json())
    os._exit(0)


def _files_of_python(packages: Iterable[str]) -> list[str]:
    """Return the interpreter and a file of each place that modules lie in."""
    specs = map(importlib.util.find_spec, ("json", "numpy", "nbverdict", *packages))
    return [sys.executable, *(spec.origin for spec in specs if spec and spec.origin)]


def _try(link_: Link, paths: list[str], settings: Settings) -> None:
    link_.start()
    link_.start_cell()
    link_.request({"op": "cell", "source": _TRIAL.format(paths=paths), "count": 1})
    border = Border(link_, {})
    if border.name("tried") is not True:
        raise RuntimeError("the trial cell did not run")
    if closed := border.name("closed"):
        who = f"the user {os.getuid()}, as whom submissions run,"
        raise RuntimeError(f"{who} cannot open Python's own files: {closed[0]}")
    if settings.measuring:
        _can_measure(link_.worker_pid)
    link_.stop()


def _can_measure(pid: int) -> None:
    """Raise if the kernel tells of this process what it does not tell of the student's.

    An instrument that no process has is the course's to replace. One that is there for the
    self-test and not for the calls would fail every test that measures.
    """
    for name, is_open in (("io", _reads), ("clear_refs", _opens_for_writing)):
        if is_open(f"/proc/self/{name}") and not is_open(f"/proc/{pid}/{name}"):
            raise RuntimeError(f"/proc/PID/{name} of the student's process cannot be opened")


def _reads(path: str) -> bool:
    try:
        return bool(Path(path).read_bytes())
    except OSError:
        return False


def _opens_for_writing(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_WRONLY))
    except OSError:
        return False
    return True
