"""Run a notebook as a learner would, and report what it needed and what it left behind."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

POLL = 0.05
"""Seconds between two looks at the memory of the process tree."""


@dataclass
class Run:
    """What one execution of a notebook showed."""

    notebook: nbformat.NotebookNode
    seconds: float = 0.0
    peak: int = 0
    """Highest PSS of the whole process tree, bytes."""
    error: str = ""
    stderr: list[str] = field(default_factory=list)
    left_processes: list[str] = field(default_factory=list)
    left_segments: list[str] = field(default_factory=list)
    left_files: list[str] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    """What is wrong with the checks of a "your turn", on the empty cell and on the answer."""

    @property
    def defects(self) -> list[str]:
        """Everything that a lesson must not do."""
        found = [f"error: {self.error}"] if self.error else []
        found += [f"stderr: {text}" for text in self.stderr]
        found += self.turns
        found += [f"process left: {name}" for name in self.left_processes]
        found += [f"segment left: {name}" for name in self.left_segments]
        return found + [f"file left: {name}" for name in self.left_files]


def run_notebook(
    path: Path, python: str = sys.executable, timeout: int = 180, env=None, answers: bool = False
) -> Run:
    """Execute the notebook at `path` in its own folder with its own TMPDIR and data directory.

    Parameters
    ----------
    path : Path
        The notebook.
    python : str
        Interpreter for the kernel.
    timeout : int
        Seconds for one cell.
    env : dict, optional
        Environment variables to add.
    answers : bool
        True to run each check of a "your turn" twice: on the empty cell, and then on the model
        answer, which is put in after the first.
    """
    notebook = nbformat.read(path, as_version=4)
    if answers:
        put_answers(notebook)
    run = Run(notebook)
    segments = set(os.listdir("/dev/shm"))
    with tempfile.TemporaryDirectory(prefix="run-", dir="/var/tmp") as scratch:
        places = {name: Path(scratch, name) for name in ("data", "tmp", "ipython", "runtime")}
        for place in places.values():
            place.mkdir()
        client = _client(notebook, path, places, python, timeout, env or {})
        _execute(client, run)
        run.left_processes = _wait_for_end(client.pids)
        run.left_files = _files(places["data"]) + _files(places["tmp"])
    run.left_segments = sorted(set(os.listdir("/dev/shm")) - segments)
    run.turns = wrong_checks(notebook) if answers else []
    run.stderr = [
        output.text.strip()
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]
    return run


def put_answers(notebook: nbformat.NotebookNode) -> None:
    """Put each model answer of a "your turn", and its check once more, behind the first check."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        name = tagged(cell, "answer:")
        if name:
            check = cells[-2]
            check.metadata["tags"] = [f"empty:{name}"]
            code = re.search(r"```python\n(.*?)\n```", cell.source, re.DOTALL)
            cells.append(nbformat.v4.new_code_cell(code.group(1) if code else ""))
            cells.append(nbformat.v4.new_code_cell(check.source))
            cells[-1].metadata["tags"] = [f"answered:{name}"]
    notebook.cells = cells


def tagged(cell: nbformat.NotebookNode, prefix: str) -> str:
    """Return what follows `prefix` in a tag of the cell; empty if no tag begins so."""
    tags = cell.metadata.get("tags", ())
    return next((tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)), "")


def wrong_checks(notebook: nbformat.NotebookNode) -> list[str]:
    """Return each check that did not say what it has to say of an empty cell, or of an answer."""
    wrong = []
    for cell in notebook.cells:
        for state, words in (("empty:", "not answered yet."), ("answered:", "right.")):
            name = tagged(cell, state)
            shown = [o.data.get("text/plain", "") for o in cell.get("outputs", []) if "data" in o]
            if name and not any(text.startswith(f"{name}: {words}") for text in shown):
                wrong.append(f"check of {name}, {state[:-1]}: {' '.join(shown) or 'nothing shown'}")
    return wrong


class _Client(NotebookClient):
    """A client that remembers which processes its kernel started."""

    pids: set[int]

    async def async_start_new_kernel(self, **kwargs):
        await super().async_start_new_kernel(env=self.kernel_env, **kwargs)


def _client(notebook, path, places, python, timeout, env) -> _Client:
    client: Any = _Client(
        notebook,
        timeout=timeout,
        resources={"metadata": {"path": str(path.parent)}},
        kernel_name="python3",
    )
    client.pids = set()
    client.kernel_env = {
        **os.environ,
        "COURSE_DATA": str(places["data"]),
        "TMPDIR": str(places["tmp"]),
        "IPYTHONDIR": str(places["ipython"]),
        "JUPYTER_RUNTIME_DIR": str(places["runtime"]),
        **env,
    }
    client.create_kernel_manager()
    # Socket files: a TCP port may be taken by another program before the kernel binds it.
    client.km.transport = "ipc"
    client.km.connection_file = str(places["runtime"] / "kernel.json")
    command = client.km.kernel_spec.argv
    client.km.kernel_spec.argv = [python, *command[1:]]
    return client


def _execute(client: _Client, run: Run) -> None:
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(client, run, done))
    watcher.start()
    start = time.monotonic()
    try:
        client.execute()
    except CellExecutionError as error:
        run.error = str(error)[-1500:]
    finally:
        run.seconds = time.monotonic() - start
        done.set()
        watcher.join()


def _watch(client: _Client, run: Run, done: threading.Event) -> None:
    """Follow the memory of the kernel and of every process below it."""
    while not done.wait(POLL):
        provisioner = getattr(client.km, "provisioner", None)
        pid = getattr(provisioner, "pid", None)
        if pid:
            run.peak = max(run.peak, _tree_memory(pid, client.pids))


def _tree_memory(pid: int, seen: set[int]) -> int:
    total = 0
    try:
        kernel = psutil.Process(pid)
        for process in (kernel, *kernel.children(recursive=True)):
            seen.add(process.pid)
            total += _pss(process.pid)
    except psutil.NoSuchProcess:
        pass
    return total


def _pss(pid: int) -> int:
    """Return anonymous and shared-memory PSS; pages of files are cache, and reclaimable."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    rows = dict(line.split(":", 1) for line in text.splitlines()[1:])
    return sum(int(rows[k].split()[0]) for k in ("Pss_Anon", "Pss_Shmem") if k in rows) * 1024


def _wait_for_end(pids: set[int]) -> list[str]:
    """Return the command lines of processes that outlive the notebook by two seconds."""
    processes = []
    for pid in pids:
        try:
            processes.append(psutil.Process(pid))
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(processes, timeout=2)
    return [" ".join(p.cmdline())[:200] for p in alive if p.status() != psutil.STATUS_ZOMBIE]


def _files(folder: Path) -> list[str]:
    return [str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()]


def main() -> int:
    """Run one notebook from the command line; exit with 1 if it has a defect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--without", default="", help="instruments to switch off, or all")
    parser.add_argument("--answers", action="store_true", help="check the model answers, too")
    parser.add_argument("--html", type=Path, help="write the executed notebook here")
    options = parser.parse_args()
    env = {"COURSE_LIB_WITHOUT": options.without} if options.without else {}
    run = run_notebook(options.notebook, options.python, env=env, answers=options.answers)
    if options.html:
        from nbconvert import HTMLExporter
        from nbconvert.preprocessors import CoalesceStreamsPreprocessor

        exporter = HTMLExporter(embed_images=True)
        # What is printed piece by piece is one line, as in a notebook.
        exporter.register_preprocessor(CoalesceStreamsPreprocessor(), enabled=True)
        resources = {"metadata": {"path": str(options.notebook.parent)}}
        options.html.write_text(exporter.from_notebook_node(run.notebook, resources)[0])
    print(f"{options.notebook.name}: {run.seconds:.1f} s, peak {run.peak / 2**20:.0f} MiB")
    print("\n".join(run.defects) or "no defects")
    return 1 if run.defects else 0


if __name__ == "__main__":
    sys.exit(main())
