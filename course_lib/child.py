"""Run something in a process that may die alone, with limits if wanted.

The child is a fresh interpreter, not a copy of this one, so it starts small and its
crash (SIGBUS, SIGSEGV, out of memory) cannot take the notebook with it.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# Limits that a child can be given, by the words of `ulimit`.
_LIMITS = {"as": "RLIMIT_AS", "data": "RLIMIT_DATA", "nofile": "RLIMIT_NOFILE"}
_MAIN = "from course_lib.child import _serve; _serve()"


@dataclass(frozen=True)
class ChildResult:
    """How a child process ended.

    Attributes
    ----------
    exitcode : int
        0 for success; negative is the number of the signal that killed it.
    value : object
        What the function returned; ``None`` if it did not return.
    stdout, stderr : str
        What it printed.
    peak : int or None
        Highest RSS of the child, in bytes, interpreter included.
    """

    exitcode: int
    value: object = field(repr=False)
    stdout: str
    stderr: str
    peak: int | None = None

    @property
    def signal_name(self) -> str:
        """Name of the signal that killed the child, or an empty text."""
        return signal.Signals(-self.exitcode).name if self.exitcode < 0 else ""

    @property
    def last_line(self) -> str:
        """Last line of the error text: the exception, without its traceback."""
        lines = self.stderr.strip().splitlines()
        return lines[-1] if lines else ""

    def check(self) -> None:
        """Raise RuntimeError if the child did not succeed."""
        if self.exitcode:
            raise RuntimeError(f"the child process failed ({self}):\n{self.stderr[-2000:]}")

    def __str__(self) -> str:
        if self.exitcode < 0:
            return f"killed by {self.signal_name}"
        if self.exitcode:
            return f"exit code {self.exitcode}: {self.last_line}"
        return "finished"


def run(
    task: Callable | str, *args, limits: dict[str, int] | None = None, timeout: float = 60
) -> ChildResult:
    """Run a function, or a program text, in a fresh Python process.

    Parameters
    ----------
    task : callable or str
        A function of an importable module, or Python source. Source sees its arguments
        as ``args`` and may set ``value``.
    *args
        Pickled arguments.
    limits : dict, optional
        Soft limits by name: ``"as"`` and ``"data"`` in bytes, ``"nofile"`` in descriptors.
    timeout : float
        Seconds after which the child is killed.

    Raises
    ------
    ValueError
        For an unknown limit, or a function defined in a notebook.

    Examples
    --------
    >>> run("value = sum(args)", 1, 2).value
    3
    >>> run("import os, signal; os.kill(os.getpid(), signal.SIGBUS)").signal_name
    'SIGBUS'
    """
    _check(task, limits or {})
    with tempfile.TemporaryDirectory(prefix="child-") as folder:
        request = Path(folder, "request")
        request.write_bytes(pickle.dumps((task, args, limits or {})))
        done = _start(folder, timeout)
        answer = Path(folder, "answer")
        value, peak = pickle.loads(answer.read_bytes()) if answer.exists() else (None, None)
    return ChildResult(done.returncode, value, done.stdout, done.stderr, peak)


def environment(**more: str) -> dict[str, str]:
    """Return the variables of a child process that finds the same modules as this one.

    Parameters
    ----------
    **more : str
        Further variables, or other values.
    """
    search = os.pathsep.join(path or os.getcwd() for path in sys.path)
    return {**os.environ, "PYTHONPATH": search, **more}


def _start(folder: str, timeout: float) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(
            [sys.executable, "-c", _MAIN, folder],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment(),
        )
    except subprocess.TimeoutExpired as late:
        output, error = (
            (part or b"").decode(errors="replace") for part in (late.stdout, late.stderr)
        )
        return subprocess.CompletedProcess(
            late.cmd, -signal.SIGKILL, output, error + f"\nstopped after {timeout} s"
        )


def _check(task: Callable | str, limits: dict[str, int]) -> None:
    unknown = set(limits) - set(_LIMITS)
    if unknown:
        raise ValueError(f"unknown limits {sorted(unknown)}; expected some of {sorted(_LIMITS)}")
    if callable(task) and getattr(task, "__module__", "") == "__main__":
        raise ValueError(
            f"{getattr(task, '__name__', task)!r} is defined in the notebook; a new process "
            "cannot import it. Put it into a module, or pass its source as text"
        )


def _serve() -> None:
    """Do the work of the child: read the request, run it, leave the answer."""
    folder = Path(sys.argv[1])
    task, args, limits = pickle.loads((folder / "request").read_bytes())
    _apply(limits)
    value = _execute(task, args) if isinstance(task, str) else task(*args)
    partial = folder / "answer.partial"
    partial.write_bytes(pickle.dumps((value, _own_peak())))
    partial.rename(folder / "answer")


def _apply(limits: dict[str, int]) -> None:
    if not limits:
        return
    import resource

    for name, soft in limits.items():
        number = getattr(resource, _LIMITS[name])
        resource.setrlimit(number, (soft, resource.getrlimit(number)[1]))


def _execute(source: str, args: tuple) -> object:
    names: dict[str, object] = {"__name__": "__main__", "args": args, "value": None}
    exec(compile(source, "<child>", "exec"), names)
    return names["value"]


def _own_peak() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
