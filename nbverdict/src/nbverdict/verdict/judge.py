"""The verdict process of one submission: holds the tests, runs them, sends the scores.

It is forked for one submission and ends with it. It enters the jail's view of the file
system itself, starts the student's process in it, and gives up its rights before it reads
anything that a student has written. The tests arrive after that fork: the student's
process cannot hold them.
"""

import atexit
import os
import signal
import socket
import sys
import tempfile
import time

from nbverdict.jail import levels, syscalls
from nbverdict.jail.place import FULL, HOME, Place
from nbverdict.measuring import Measuring, load
from nbverdict.settings import Settings
from nbverdict.student import worker
from nbverdict.verdict import link
from nbverdict.verdict.border import Border
from nbverdict.verdict.link import Broken, Link
from nbverdict.verdict.test_namespace import TrustedNames
from nbverdict.verdict.testcell import TestCell
from nbverdict.wire import frames


def main(patron: socket.socket, request: dict, shell) -> None:
    """Judge one submission; never return.

    Parameters
    ----------
    patron : socket
        Connection to the coordinator.
    request : dict
        ``place``, ``settings``, ``level``.
    shell : shell.Shell
        For the student's process.
    """
    place, settings = Place(**request["place"]), Settings(**request["settings"])
    level = request["level"]
    try:
        measuring = load(settings.measuring)
        link_ = _open(patron, place, settings, level, shell, measuring)
        measuring.believe(request["measured"])
        head, _ = frames.receive(patron)
        Judge(link_, patron).run(head)
    except BaseException as error:
        _tell(patron, {"op": "fault", "text": f"{type(error).__name__}: {error}"[:1000]})
        os._exit(1)
    link_.stop()
    os._exit(0)


def _open(patron, place, settings, level, shell, measuring: Measuring) -> Link:
    levels.enter_view(place, level, settings.packages)
    _environment(place, measuring)
    ours, theirs = socket.socketpair()
    if levels.fork_init(level) == 0:
        ours.close()
        patron.close()

        def spawn(sock):
            levels.close_worker(place, level, settings)
            sock.send(b"!")
            worker.main(shell, sock, measuring)

        link.init_main(theirs, spawn, level == FULL)
    theirs.close()
    levels.give_up_rights(place, level, settings)
    # The trusted side keeps no name of the student's and imports from no place of theirs.
    sys.path[:] = [path for path in sys.path if path and not path.startswith(place.files)]
    if place.given:
        sys.path.append(place.given)
    sys.modules.pop("__main__", None)
    return Link(ours, patron, place, settings)


def _environment(place: Place, measuring: Measuring) -> None:
    """Set the variables that both sides share; the student's process inherits them."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ")
    keep = {name: value for name, value in os.environ.items() if name in kept}
    keep |= measuring.environment(os.path.join(place.files, "work"))
    os.environ.clear()
    os.environ.update(
        keep, HOME=HOME, USER="student", LOGNAME="student", TMPDIR=place.scratch,
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
    patron : socket
        Where the results go.
    """

    def __init__(self, link: Link, patron: socket.socket):
        self.link, self.patron = link, patron

    def run(self, job: dict) -> None:
        """Run all notebooks; send a message for each cell."""
        for number, notebook in enumerate(job["notebooks"]):
            self._notebook(number, notebook)
        _tell(self.patron, {"op": "end"})

    def _notebook(self, number: int, notebook: dict) -> None:
        self._ran: list[dict] = []
        self.link.start()
        self.border = Border(self.link, notebook["classes"])
        self.names = TrustedNames(self.border)
        for place, step in enumerate(notebook["steps"]):
            if step.get("done"):
                continue
            self._send("begin", number, place)
            if step["kind"] == "test":
                result = self._test(step)
            else:
                result = self._code(step)
            self._send("result", number, place, **result)

    def _send(self, op: str, notebook: int, step: int, **more) -> None:
        _tell(self.patron, {"op": op, "notebook": notebook, "step": step, **more})

    def _code(self, step: dict) -> dict:
        """Run a cell of the student's."""
        started = time.monotonic()
        try:
            self._recover()
            outputs = self._cell(step)
            self._ran.append(step)
        except Broken as reason:
            text = f"This cell was ended: {reason}."
            outputs = [
                {"output_type": "error", "ename": "Ended", "evalue": text, "traceback": [text]}
            ]
            return {"outputs": outputs, "ended": str(reason)}
        return {"outputs": outputs, "seconds": time.monotonic() - started}

    def _cell(self, step: dict) -> list:
        self.link.start_cell()
        head = {"op": "cell", "source": step["source"], "count": step["count"]}
        answer = self.link.request(head, patient=True)[0]
        outputs = answer.get("outputs")
        return outputs if type(outputs) is list else []

    def _test(self, step: dict) -> dict:
        try:
            self._recover()
            for source in step["given"]:  # as the instructor has it, whatever it became since
                self._cell({"source": source, "count": 0})
        except Broken as reason:
            self.link.broken = str(reason)
        self.names.prepare(step)
        cell = TestCell(step, self.names, self.link)
        self.border.cell = cell
        started = time.monotonic()
        result = cell.run()
        return result | {"seconds": time.monotonic() - started}

    def _recover(self) -> None:
        """After a crash: start over, with the cells that ran well before it."""
        if not self.link.broken or time.monotonic() > self.link.end:
            return
        again, self._ran = self._ran, []
        self.link.start()
        for step in again:
            try:
                self._cell(step)
                self._ran.append(step)
            except Broken:
                self.link.start()
                return self._replay_without(step, again)

    def _replay_without(self, bad: dict, again: list[dict]) -> None:
        self._ran = []
        for step in again:
            if step is not bad:
                self._cell(step)
                self._ran.append(step)


def _tell(patron: socket.socket, head: dict) -> None:
    try:
        frames.send(patron, head)
    except frames.Gone:
        os._exit(1)


def quiet_exit() -> None:
    """Forget the exit handlers and signal handlers of the fork server."""
    atexit._clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


_PROBE = """
import os
try:
    found = [os.getpid() < 100, os.listdir("/home"), os.getuid()]
except OSError as error:
    found = repr(error)
"""


def probe(patron: socket.socket, request: dict, shell) -> None:
    """Try the jail with a harmless cell; tell whether it closes, and how well."""
    place, settings = Place(**request["place"]), Settings(**request["settings"])
    level = request["level"]
    try:
        measuring = load(settings.measuring)
        link_ = _open(patron, place, settings, level, shell, measuring)
        link_.start()
        link_.start_cell()
        link_.request({"op": "cell", "source": _PROBE, "count": 1})
        border = Border(link_, {})
        if border.name("found") is None:
            raise RuntimeError("the trial cell did not run")
        answer = {"ok": True, "extras": levels.extras(place, level)}
        link_.stop()
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
        answer["measured"] = measuring.self_test(place.scratch)
    except BaseException as error:
        answer = {"ok": False, "why": f"{type(error).__name__}: {error}"[:300]}
    _tell(patron, answer)
    os._exit(0)
