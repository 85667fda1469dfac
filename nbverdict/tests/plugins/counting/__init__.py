"""The smallest measuring that a course can plug in: it counts the bytes that a call reads.

`nbverdict.measuring` describes what the grader asks for. The kernel counts the bytes of each
process, so the student's code cannot bend the figure.
"""

import gc
import os
from pathlib import Path

calls = ("run",)
modules = ()
found: dict = {}
kept: dict = {}


def environment(work):
    return {"COUNTING_WORK": work}


def self_test(scratch):
    return {"counts": bytes_read(os.getpid()) >= 0, "scratch": os.path.isdir(scratch)}


def believe(told):
    found.update(told)


def keep(secrets):
    kept.update(secrets)


def settle():
    gc.collect()


def call(function, args, kwargs, options):
    from nbverdict.measuring import Called
    from nbverdict.student.raised import describe

    try:
        value = function(*args, **kwargs)
    except Exception as error:
        return Called(None, args, describe(error, function), told=dict(options))
    return Called(value, args, told={**options, "work": os.environ["COUNTING_WORK"]})


def bytes_read(pid):
    """Return the bytes that a process has read from files so far."""
    text = Path(f"/proc/{pid}/io").read_text()
    return int(text.split("rchar: ")[1].split()[0])


class Run:
    """What a call returned or raised, and how many bytes it read."""

    def __init__(self, value, error, count, told):
        self.value, self.error, self.bytes_read, self.told = value, error, count, told


class Row:
    def __init__(self, label, ok, message, points):
        self.label, self.ok, self.message, self.points = label, ok, message, points


class Report:
    """Rows with points; the sum is what the cell shows last."""

    def __init__(self):
        self.rows = []

    def run(self, function, *args):
        """Call a function; the stand-in of the grader is called in its own process."""
        far = hasattr(function, "call_in_worker")
        pid = function.worker_pid if far else os.getpid()
        (function.settle if far else settle)()
        before = bytes_read(pid)
        if far:
            called = function.call_in_worker(args, {}, {"note": "a plain option"})
            count = bytes_read(pid) - before
            return Run(called.value, called.error, count, called.told)
        value = function(*args)
        return Run(value, None, bytes_read(pid) - before, {})

    def equal(self, label, got, expected, points=0):
        same = type(got) is type(expected) and got == expected
        self.rows.append(Row(label, same, "" if same else f"got {got!r}", points))

    def at_most(self, label, count, limit, points=0):
        """Add a row for a count; it needs all earlier rows, for doing nothing is cheap."""
        ok = count <= limit and all(row.ok for row in self.rows)
        self.rows.append(Row(label, ok, "" if ok else f"{count}, more than {limit}", points))

    def __repr__(self):
        return str(float(sum(row.points for row in self.rows if row.ok)))

    def _repr_html_(self):
        return "".join(f"<p>{'ok' if row.ok else 'not ok'}: {row.label}</p>" for row in self.rows)
