"""The coordinator's side of the fork server: run one job, survive whatever dies.

`run_job` sends a job to a fresh verdict process and collects its results. Where that
process dies (a hostile file crashed the library that read it), the cell that it was at
scores 0 and a new process goes on with the rest.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from json import dumps

from nbverdict.coordinator.scratch import Scratch
from nbverdict.jail.place import FIRST_UID, FULL, PROCESS_ONLY, Level, Place, package_directory
from nbverdict.settings import Settings
from nbverdict.wire import frames

_GRACE = 15.0  # seconds that the verdict process may be late itself, before it is killed


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
        self._lock = threading.Lock()
        self._slots = list(range(jobs))
        self._slot_lock = threading.Condition()
        self._level: Level | None = None
        self._measured: dict = {}
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # -P: nothing is imported from the directory that the grader was started in, but for the
        # packages that the course names.
        command = [sys.executable, "-P", "-m", "nbverdict.verdict.forkserver"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(self._places())}
        self._process = subprocess.Popen(
            [*command, str(theirs.fileno())], pass_fds=[theirs.fileno()], cwd="/",
            stdin=subprocess.DEVNULL, env=environment, start_new_session=True,
        )  # fmt: skip
        theirs.close()
        self._control = ours
        self._loaded: list[str] = []
        if self.settings.measuring:
            self._control.send(dumps({"load": [self.settings.measuring]}).encode())

    def _places(self) -> list[str]:
        """Return the directories that this package and the course's packages lie in."""
        names = ("nbverdict", *self.settings.packages)
        return list(dict.fromkeys(str(package_directory(name).parent) for name in names))

    def load(self, libraries: list[str]) -> None:
        """Have the fork server import what an assignment's cells import, once."""
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
        """How strong the jail is, by trial."""
        if self._level is None:
            allowed = self.settings.namespaces
            found = self._probe(FULL) if allowed else {"why": "namespaces are switched off"}
            if found.get("ok"):
                self._level = Level(FULL, "", tuple(found["extras"]))
                self._measured = found["measured"]
            else:
                weaker = self._probe(PROCESS_ONLY)
                if not weaker.get("ok"):
                    raise RuntimeError(f"no jail works here: {weaker.get('why')}")
                why = str(found.get("why", "the trial gave no answer"))
                self._level = Level(PROCESS_ONLY, why, tuple(weaker["extras"]))
                self._measured = weaker["measured"]
        return self._level

    def _probe(self, level: str) -> dict:
        place = self._place(0)
        try:
            with self._verdict(place, level, probe=True) as sock:
                return frames.receive(sock, time.monotonic() + 60)[0]
        except frames.WireError as error:
            return {"why": str(error)}
        finally:
            self.scratch.clear(place)

    def _verdict(self, place: Place, level: str, **more) -> socket.socket:
        """Fork a verdict process; return the connection to it."""
        ours, theirs = socket.socketpair()
        request = {"place": place.to_dict(), "settings": self.settings.to_dict(), "level": level}
        request["measured"] = self._measured
        with theirs, self._lock:
            self._alive()
            message = dumps(request | more).encode()
            socket.send_fds(self._control, [message], [theirs.fileno()])
        return ours

    def _place(self, slot: int) -> Place:
        uid = FIRST_UID + (os.getpid() % 4096) * 256 + slot if os.geteuid() == 0 else 0
        return self.scratch.place(slot, uid, self.settings.shared_memory)

    def run(self, job: dict) -> dict:
        """Run one job in a free place; return ``{"results", "faults", "seconds"}``.

        Parameters
        ----------
        job : dict
            ``notebooks``, ``files`` (submitted, by relative path) and ``given`` (the
            instructor's), both as bytes; ``libraries`` that its cells import.
        """
        level = self.level.name
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
                self.load(job.get("libraries", []))
                with self._verdict(place, level) as sock:
                    run.follow(sock)
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

    def __init__(self, job: dict, settings: Settings, started: float):
        self.job, self.settings, self.started = job, settings, started
        self.results: dict[str, dict] = {}
        self.faults: list[str] = []
        self.ended = False
        self._at: tuple[int, int] | None = None

    def unfinished(self) -> bool:
        """Return True if another verdict process has work to do."""
        if self.ended or len(self.faults) > 50:
            return False
        late = time.monotonic() - self.started > self.settings.submission_timeout + _GRACE
        return not (late and self.faults)

    def follow(self, sock: socket.socket) -> None:
        """Send what is left and collect results until the process is done or dead."""
        self._at = None
        try:
            frames.send(sock, {"notebooks": self._left()}, (), time.monotonic() + _GRACE)
            while True:
                limit = time.monotonic() + self.settings.cell_timeout + _GRACE
                head, _ = frames.receive(sock, limit)
                if head["op"] == "end":
                    self.ended = True
                    return
                if head["op"] == "fault":
                    return self._fault(head["text"])
                self._at = head["notebook"], head["step"]
                if head["op"] == "result":
                    self._keep(head)
        except frames.Late:
            self._fault("the verdict process took too long")
        except frames.WireError:
            self._fault("the verdict process died")

    def _left(self) -> list[dict]:
        """Return the notebooks, with the tests marked that have a result already."""
        left = []
        for n, notebook in enumerate(self.job["notebooks"]):
            steps = []
            for s, step in enumerate(notebook["steps"]):
                done = f"{n}/{s}" in self.results
                again = step["kind"] == "code" and not self.results.get(f"{n}/{s}", {}).get("ended")
                steps.append(step | {"done": done and not again})
            left.append(notebook | {"steps": steps})
        return left

    def _keep(self, head: dict) -> None:
        key = f"{head.pop('notebook')}/{head.pop('step')}"
        head.pop("op")
        self.results.setdefault(key, head)
        self._at = None

    def _fault(self, text: str) -> None:
        """Blame the cell that was running: it scores 0, the others get another chance."""
        self.faults.append(text)
        if self._at is None:
            if len(self.faults) > 3:
                self.ended = True
            return
        reason = f"{text} while this cell ran"
        error = {"output_type": "error", "ename": "NotSolved", "evalue": reason,
                 "traceback": [f"No points: {reason}."]}  # fmt: skip
        key = f"{self._at[0]}/{self._at[1]}"
        self.results[key] = {
            "score": 0.0, "outputs": [error], "reason": f"No points: {reason}.", "broken": True,
            "ended": reason, "details": reason, "messages": [reason],
        }  # fmt: skip

    def answer(self) -> dict:
        """Return what is known."""
        seconds = time.monotonic() - self.started
        return {"results": self.results, "faults": self.faults, "seconds": seconds}
