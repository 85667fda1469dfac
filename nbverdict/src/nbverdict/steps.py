"""What the coordinator and a verdict process tell each other, as frozen data with types.

`to_json` gives what goes over the wire, `from_json` reads it. A verdict process has read files
that a student's code wrote, and its outputs are the student's own. So nothing that comes back is
believed: an unknown or missing field or a wrong type raises `Malformed`, and what is too long is
cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbverdict.wire import fields
from nbverdict.wire.fields import Malformed, Message, read_fields

# From the coordinator


@dataclass(frozen=True)
class Owners(Message):
    """Who owns the names of a test cell.

    Attributes
    ----------
    student : tuple of str
        Names that are asked for over the border.
    remade : dict of str to str
        Names that a statement or definition makes anew on the trusted side: name to source.
    locked : dict of str to str
        Names that a locked cell binds, each with the source of the cell.
    overrides : tuple of str
        Names of Python's own that the student binds.
    eager : tuple of str
        Names that a class body reads: a namespace is not asked for these, so they come first.
    stars : tuple of str
        Statements ``from module import *``.
    rerun_first : tuple of str
        Sources that the student's process runs anew just before the test.
    imported : dict of str to str
        Names of the student's that an import of an answer cell binds: name to statement.
    shared : tuple of str
        Names that only tests bind and the student's code reads: they are set over there, too.
    folders : tuple of str
        Folders of the instructor's files that are on the path.
    """

    student: tuple[str, ...] = ()
    remade: dict[str, str] = field(default_factory=dict)
    locked: dict[str, str] = field(default_factory=dict)
    overrides: tuple[str, ...] = ()
    eager: tuple[str, ...] = ()
    stars: tuple[str, ...] = ()
    rerun_first: tuple[str, ...] = ()
    imported: dict[str, str] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, form: Any) -> Owners:
        """Read what `to_json` gave."""
        names = ("student", "overrides", "eager", "stars", "rerun_first", "shared", "folders")
        readers = {
            "remade": fields.named_sources,
            "locked": fields.named_sources,
            "imported": fields.named_sources,
            **dict.fromkeys(names, fields.sources),
        }
        return cls(**read_fields(form, readers))


@dataclass(frozen=True)
class CodeStep(Message):
    """A cell of the student's to run.

    Attributes
    ----------
    source : str
    count : int
        Its execution count.
    cell : int
        Number of the cell in the notebook.
    done : bool
        True if it has its result already, from a verdict process before this one.
    """

    source: str
    count: int
    cell: int
    done: bool = False

    @classmethod
    def from_json(cls, form: Any) -> CodeStep:
        """Read what `to_json` gave."""
        readers: dict[str, Callable] = {
            "source": fields.source, "count": fields.whole, "cell": fields.whole,
            "done": fields.flag,
        }  # fmt: skip
        return cls(**read_fields(form, readers))


@dataclass(frozen=True)
class TestStep(Message):
    """A test cell to run.

    Attributes
    ----------
    name : str
        Its grade_id.
    source : str
    points : float
    owners : Owners
    cell : int
        Number of the cell in the notebook.
    done : bool
        True if it has its result already, from a verdict process before this one.
    inside : bool
        True if it runs in the student's process, as stock nbgrader has it.
    """

    __test__ = False  # a word of the grader's, no test of pytest's

    name: str
    source: str
    points: float
    owners: Owners
    cell: int
    done: bool = False
    inside: bool = False

    @classmethod
    def from_json(cls, form: Any) -> TestStep:
        """Read what `to_json` gave."""
        readers: dict[str, Callable] = {
            "name": fields.source, "source": fields.source, "points": fields.number,
            "owners": Owners.from_json, "cell": fields.whole, "done": fields.flag,
            "inside": fields.flag,
        }  # fmt: skip
        return cls(**read_fields(form, readers))


Step = CodeStep | TestStep


def _step(form: Any) -> Step:
    return (
        TestStep.from_json(form) if "owners" in fields.mapping(form) else CodeStep.from_json(form)
    )


@dataclass(frozen=True)
class NotebookJob(Message):
    """What has to be run of one notebook.

    Attributes
    ----------
    name : str
    classes : dict of str to tuple of str
        The instructor's classes, each with the special methods that it defines.
    steps : tuple of CodeStep or TestStep
    """

    name: str
    classes: dict[str, tuple[str, ...]]
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        classes = {name: list(specials) for name, specials in self.classes.items()}
        return super().to_json() | {"classes": classes}

    @classmethod
    def from_json(cls, form: Any) -> NotebookJob:
        """Read what `to_json` gave."""

        def classes(value: Any) -> dict[str, tuple[str, ...]]:
            return {
                fields.source(name): fields.sources(specials)
                for name, specials in fields.mapping(value).items()
            }

        def steps(value: Any) -> tuple[Step, ...]:
            return tuple(map(_step, fields.items(value)))

        return cls(**read_fields(form, {"name": fields.source, "classes": classes, "steps": steps}))


@dataclass(frozen=True)
class Job:
    """A submission to run. Notebooks and secrets go to the verdict process; files go to a disk.

    Attributes
    ----------
    notebooks : tuple of NotebookJob
    submitted_files, extra_files : dict of str to bytes
        The student's other files and the instructor's, by relative path.
    libraries : tuple of str
        Modules that its cells import.
    secrets : dict of str to bytes
        The instructor's files that only the trusted side gets, by name: they go to no disk.
    """

    notebooks: tuple[NotebookJob, ...]
    submitted_files: dict[str, bytes] = field(default_factory=dict)
    extra_files: dict[str, bytes] = field(default_factory=dict)
    libraries: tuple[str, ...] = ()
    secrets: dict[str, bytes] = field(default_factory=dict)


# From the verdict process


@dataclass(frozen=True)
class Result(Message):
    """What came of a step.

    Attributes
    ----------
    outputs : tuple of dict
        As nbformat has them.
    public : tuple of dict or None
        What the student may see of them, where the code knows arguments of hidden tests; None if
        that is all.
    score : float
        Points of a test.
    reason : str
        What the student reads; empty if there is nothing to say.
    details : str
        What the grader reads.
    messages : tuple of str
        What was wrong, row by row.
    broken : bool
        True if there was no verdict: a crash, a limit.
    ended : str
        Why the cell was ended; empty if it came to its end.
    seconds : float
    """

    outputs: tuple[dict[str, Any], ...] = ()
    score: float = 0.0
    reason: str = ""
    details: str = ""
    messages: tuple[str, ...] = ()
    broken: bool = False
    ended: str = ""
    seconds: float = 0.0
    public: tuple[dict[str, Any], ...] | None = None

    @classmethod
    def from_json(cls, form: Any) -> Result:
        """Read what `to_json` gave."""
        readers: dict[str, Callable] = {
            "outputs": fields.outputs, "score": fields.number, "reason": fields.text,
            "details": fields.text, "messages": fields.texts, "broken": fields.flag,
            "ended": fields.text, "seconds": fields.number,
            "public": fields.maybe(fields.outputs),
        }  # fmt: skip
        return cls(**read_fields(form, readers))


Key = tuple[int, int]
"""Which result: (number of the notebook, number of the step)."""


@dataclass(frozen=True)
class Told(Message):
    """What a verdict process says: where it is, what came of a step, that it is at its end.

    Attributes
    ----------
    op : str
        "begin", "result", "end", "fault".
    notebook, step : int
        The step of "begin" and "result".
    result : Result or None
        Of "result".
    text : str
        Of "fault".
    """

    op: str
    notebook: int = 0
    step: int = 0
    result: Result | None = None
    text: str = ""

    @property
    def key(self) -> Key:
        """The step that it is about."""
        return self.notebook, self.step

    @classmethod
    def from_json(cls, form: Any, jobs: Sequence[NotebookJob]) -> Told:
        """Read what `to_json` gave; a step that is none of the job's is malformed."""
        readers: dict[str, Callable] = {
            "op": fields.text, "notebook": fields.whole, "step": fields.whole,
            "result": fields.maybe(Result.from_json), "text": fields.text,
        }  # fmt: skip
        made = cls(**read_fields(form, readers))
        known = made.notebook < len(jobs) and made.step < len(jobs[made.notebook].steps)
        about = made.op in ("begin", "result")
        if made.op not in ("begin", "result", "end", "fault") or (about and not known):
            raise Malformed(f"a message {made.op[:40]!r} about step {made.key}")
        if (made.op == "result") != (made.result is not None):
            raise Malformed(f"a message {made.op!r} with or without a result")
        return made


@dataclass(frozen=True)
class Answer:
    """What came of a job.

    Attributes
    ----------
    results : dict of (int, int) to Result
        By (notebook, step).
    faults : tuple of str
        What went wrong with verdict processes.
    seconds : float
    level : str
        The jail that it ran in, where that was not the coordinator's own.
    """

    results: dict[Key, Result]
    faults: tuple[str, ...] = ()
    seconds: float = 0.0
    level: str = ""
