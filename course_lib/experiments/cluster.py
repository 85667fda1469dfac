"""Watch the workers of a Dask cluster, and start one that is connected to by its address."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from course_lib import child, memory
from course_lib.system import instruments, procfs


def worker_pids(client) -> dict[str, int]:
    """Return the process numbers of the workers, by a short name."""
    found = client.run(os.getpid)
    return {f"worker {n}": found[address] for n, address in enumerate(sorted(found), start=1)}


def watch_workers(client, call: Callable[[], object]):
    """Run `call` and follow the memory of every worker meanwhile.

    Returns
    -------
    value : object
        What `call` returned.
    grown : dict of str to int or None
        Bytes by which each worker rose at its highest; ``None`` where that is not measured.
    """
    pids = worker_pids(client)
    if not instruments.works("peak"):
        return call(), dict.fromkeys(pids)
    for pid in pids.values():
        procfs.reset_peak(pid)
    before = {name: memory.usage(pid).peak for name, pid in pids.items()}
    value = call()
    after = {name: memory.usage(pid).peak for name, pid in pids.items()}
    return value, {name: after[name] - before[name] for name in pids}


class DistantCluster:
    """A scheduler and workers started from the command line, as on machines of their own.

    Parameters
    ----------
    folder : path
        Where they may write.
    n_workers : int
        Number of workers.

    Attributes
    ----------
    address : str
        What to give to ``Client``.
    """

    def __init__(self, folder, n_workers: int = 2):
        self._folder = Path(folder)
        note = self._folder / "scheduler.json"
        note.unlink(missing_ok=True)
        common = ["--scheduler-file", str(note), "--dashboard-address", "127.0.0.1:0"]
        self._processes = [self._start("scheduler", *common, "--host", "127.0.0.1", "--port", "0")]
        self.address = self._wait_for(note)
        options = ["--nthreads", "1", "--no-nanny"]
        for _ in range(n_workers):
            self._processes.append(self._start("worker", *common, *options))

    def _start(self, role: str, *options: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *options]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = child.environment(DASK_TEMPORARY_DIRECTORY=str(self._folder))
        return subprocess.Popen(command, env=environment, **quiet)

    def _wait_for(self, note: Path) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end and self._processes[0].poll() is None:
            try:
                return json.loads(note.read_text())["address"]
            except (FileNotFoundError, ValueError):
                time.sleep(0.05)
        self.close()
        raise RuntimeError("the scheduler did not start within 60 s")

    def close(self) -> None:
        """End all processes and wait for them."""
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> "DistantCluster":
        return self

    def __exit__(self, *exc) -> None:
        self.close()
