"""The coordinator's side of the fork server: run one job, survive whatever dies.

`run_job` sends a job to a fresh verdict process and collects its results. Where that
process dies (a hostile file crashed the library that read it), the cell that it was at
scores 0 and a new process goes on with the rest.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from json import dumps

from nbverdict.coordinator.scratch import Scratch
from nbverdict.jail.place import (
    FIRST_UID,
    FULL,
    PROCESS_ONLY,
    STUCK,
    UIDS,
    Level,
    Place,
    Request,
    Trial,
    package_directory,
)
from nbverdict.measuring import load
from nbverdict.settings import Settings
from nbverdict.steps import (
    Answer,
    Job,
    Key,
    Malformed,
    NotebookJob,
    Result,
    Step,
    TestStep,
    Told,
)
from nbverdict.wire import frames, outputs

# All that the grader's processes get of the variables of the command. The kernel shows a process
# what it was started with, so a token among them could be printed into the feedback.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")
_VERDICT_LATE = 15.0  # seconds that the verdict process may be late itself, before it is killed
_MESSAGE = 32 << 20  # bytes of what a verdict process says of one cell
_ENDING = 60.0  # seconds for the fork server to kill it, and to import libraries before that


class NoJail(RuntimeError):
    """Not even the weaker jail works on this machine: nothing can be graded."""


class StillThere(RuntimeError):
    """Processes of a submission are there that cannot be killed."""


class Pool:
    """A fork server and the places in which submissions run.

    Parameters
    ----------
    settings : Settings
    jobs : int
        Submissions that run at the same time.

    Attributes
    ----------
    level : Level
        How strong the jail is; known once the server has answered.
    """

    def __init__(self, settings: Settings, jobs: int):
        self.settings, self.jobs = settings, jobs
        self.scratch = Scratch()
        self._uid = secrets.randbelow(UIDS)  # another grader at work here starts elsewhere
        self._lock = threading.Lock()
        self._slots = list(range(jobs))
        self._slot_lock = threading.Condition()
        self._level: Level | None = None
        self._measured: dict = {}
        self._measuring = load(settings.measuring)
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # -P: nothing is imported from the directory that the grader was started in, but for the
        # packages that the course names.
        command = [sys.executable, "-P", "-m", "nbverdict.verdict.forkserver"]
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(self._places())
        self._process = subprocess.Popen(
            [*command, str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd="/",
            stdin=subprocess.DEVNULL, env=environment, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        self._control = ours
        self._loaded: list[str] = []
        if self.settings.measuring:
            names = [self.settings.measuring, *self._measuring.modules]
            self._control.send(dumps({"load": names}).encode())

    def _places(self) -> list[str]:
        """Return the directories that this package and the course's packages lie in."""
        names = ("nbverdict", *self.settings.packages)
        return list(dict.fromkeys(str(package_directory(name).parent) for name in names))

    def load(self, libraries: Iterable[str]) -> None:
        """Have the fork server import what an assignment's cells import, once.

        Parameters
        ----------
        libraries : iterable of str
            Names of modules.
        """
        with self._lock:
            self._alive()
            missing = [name for name in libraries if name not in self._loaded]
            if missing:
                self._control.send(dumps({"load": missing}).encode())
                self._loaded += missing

    def _alive(self) -> None:
        if self._process.poll() is not None:
            self._control.close()
            self._start()

    @property
    def level(self) -> Level:
        """How strong the jail is, by trial.

        Raises
        ------
        NoJail
            If none works here.
        """
        if self._level is None:
            allowed = self.settings.namespaces
            found = self._trial(FULL) if allowed else Trial(False, "namespaces are switched off")
            if found.works:
                self._level = Level(FULL, "", found.extras)
            else:
                why, found = found.why, self._trial(PROCESS_ONLY)
                if not found.works:
                    raise NoJail(f"no jail works here: {found.why}")
                self._level = Level(PROCESS_ONLY, why, found.extras)
            self._measured = found.measured
        return self._level

    def _trial(self, level_name: str) -> Trial:
        place = self._place(0)
        try:
            with self._verdict(place, level_name, trial=True) as sock:
                return Trial.from_json(frames.receive(sock, time.monotonic() + 60)[0])
        except (frames.WireError, StillThere) as error:
            return Trial(False, str(error))
        finally:
            self.scratch.clear(place)

    @contextmanager
    def _verdict(
        self, place: Place, level_name: str, trial: bool = False
    ) -> Iterator[socket.socket]:
        """Fork a verdict process; give the connection to it, and end it with all that it started.

        Raises
        ------
        StillThere
            If not all of its processes could be ended.
        """
        variables = self._measuring.environment(os.path.join(place.files, "work"))
        request = Request(place, self.settings, level_name, self._measured, variables, trial)
        message = dumps(request.to_json()).encode()
        ours, theirs = socket.socketpair()
        leash, held = socket.socketpair()
        with leash:
            with theirs, held, self._lock:
                self._alive()
                socket.send_fds(self._control, [message], [theirs.fileno(), held.fileno()])
            try:
                with ours:
                    yield ours
            finally:
                self._let_go(leash)

    def _let_go(self, leash: socket.socket) -> None:
        leash.shutdown(socket.SHUT_WR)
        leash.settimeout(_ENDING)
        try:
            stuck = leash.recv(1) == STUCK
        except ConnectionResetError:
            stuck = False  # the fork server has died, and what was below it ends by itself
        except TimeoutError:
            stuck = True
        if stuck:
            raise StillThere("not all processes of the submission could be ended")

    def _place(self, slot: int) -> Place:
        uid = 0
        if os.geteuid() == 0:
            with self._lock:
                self._uid = (self._uid + 1) % UIDS
            uid = FIRST_UID + self._uid
        limit, packages = self.settings.shared_memory, self.settings.packages
        return self.scratch.place(slot, uid, limit, packages)

    def run(self, job: Job) -> Answer:
        """Run one job in a free place, once there is one.

        Parameters
        ----------
        job : Job
        """
        level_name = self.level.name
        with self._slot_lock:
            while not self._slots:
                self._slot_lock.wait()
            slot = self._slots.pop()
        place = self._place(slot)
        started = time.monotonic()
        try:
            self.scratch.fill(place, job)
            run = _Run(job, self.settings, started)
            while run.unfinished():
                self.load(job.libraries)
                try:
                    with self._verdict(place, level_name) as sock:
                        run.follow(sock)
                except StillThere as problem:
                    run.faults.append(str(problem))
            return run.answer()
        finally:
            self.scratch.clear(place)
            with self._slot_lock:
                self._slots.append(slot)
                if self.level.name != FULL and len(self._slots) == self.jobs:
                    self.scratch.sweep_segments()
                self._slot_lock.notify()

    def close(self) -> None:
        """End the fork server and remove all files."""
        self._control.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.scratch.root, ignore_errors=True)
        self.scratch.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


class _Run:
    """The results of one job, collected from one verdict process after another."""

    def __init__(self, job: Job, settings: Settings, started: float):
        self.job, self.settings, self.started = job, settings, started
        self.results: dict[Key, Result] = {}
        self.faults: list[str] = []
        self.ended = False
        self._room = settings.kept
        self._at: Key | None = None

    def unfinished(self) -> bool:
        """Return True if another verdict process has work to do."""
        if self.ended or len(self.faults) > 50:
            return False
        late = time.monotonic() - self.started > self.settings.submission_timeout + _VERDICT_LATE
        return not (late and self.faults)

    def follow(self, sock: socket.socket) -> None:
        """Send what is left and collect results until the process is done or dead."""
        self._at = None
        try:
            left = [notebook.to_json() for notebook in self._left()]
            secrets = self.job.secrets
            head = {"notebooks": left, "secrets": list(secrets)}
            frames.send(sock, head, list(secrets.values()), time.monotonic() + _VERDICT_LATE)
            while not self._heard(self._next(sock)):
                pass
        except frames.Late:
            self._fault("the verdict process took too long")
        except frames.WireError:
            self._fault("the verdict process died")
        except Malformed:
            self._fault("the verdict process sent something that is no result")

    def _next(self, sock: socket.socket) -> Told:
        limit = time.monotonic() + self.settings.cell_timeout + _VERDICT_LATE
        return Told.from_json(frames.receive(sock, limit, _MESSAGE, 0)[0], self.job.notebooks)

    def _heard(self, told: Told) -> bool:
        """Take in one message; return True if it was the last one."""
        if told.op == "fault":
            self._fault(told.text)
        self.ended = told.op == "end" or self.ended
        if told.op in ("end", "fault"):
            return True
        self._at = told.key
        if told.result is not None:
            self.results.setdefault(told.key, self._fitting(told.result))
            self._at = None
        return False

    def _fitting(self, result: Result) -> Result:
        """Return a result without its outputs, where those of all cells together are too much."""
        self._room -= outputs.size(result.outputs)
        if self._room >= 0:
            return result
        text = "The output of this cell is left out: the notebook's cells have shown too much.\n"
        notice = {"output_type": "stream", "name": "stdout", "text": text}
        return replace(result, outputs=(notice,) if result.outputs else ())

    def _left(self) -> list[NotebookJob]:
        """Return the notebooks, with the steps marked that need not run again."""
        return [
            replace(notebook, steps=tuple(
                replace(step, done=self._is_done((n, s), step))
                for s, step in enumerate(notebook.steps)
            ))
            for n, notebook in enumerate(self.job.notebooks)
        ]  # fmt: skip

    def _is_done(self, key: Key, step: Step) -> bool:
        """Return True for a test with a result, and for a cell that had to be ended."""
        found = self.results.get(key)
        return found is not None and (isinstance(step, TestStep) or bool(found.ended))

    def _fault(self, text: str) -> None:
        """Blame the cell that was running: it scores 0, the others get another chance."""
        self.faults.append(text)
        if self._at is None:
            if len(self.faults) > 3:
                self.ended = True
            return
        reason = f"{text} while this cell ran"
        told = f"No points: {reason}."
        error = {"output_type": "error", "ename": "NotSolved", "evalue": reason,
                 "traceback": [told]}  # fmt: skip
        self.results[self._at] = Result(
            (error,), 0.0, told, reason, (reason,), broken=True, ended=reason
        )

    def answer(self) -> Answer:
        """Return what is known."""
        seconds = time.monotonic() - self.started
        return Answer(self.results, tuple(self.faults), seconds)
