"""What a course plugs in to have calls of the student's functions measured.

The setting ``c.NbVerdict.measuring`` names a module, or an object in one, with the members of
`Measuring`. Without it nothing is measured, and plain asserts grade as they are.
"""

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Raised:
    """What a call raised, as text.

    Attributes
    ----------
    kind : str
        Name of the exception's class.
    message : str
        Its text, shortened.
    line : str
        The student's line that failed; empty if it is not known.
    lineno : int
        Its number in the cell; 0 if it is not known.
    bases : tuple of str
        Names of the built-in exceptions that it is a kind of.
    """

    kind: str
    message: str
    line: str = ""
    lineno: int = 0
    bases: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"bases": list(self.bases)}

    @classmethod
    def from_json(cls, form: dict) -> "Raised":
        """Return what the student's process told of an error, its sizes and types bounded."""
        lineno = form["lineno"] if type(form["lineno"]) is int else 0
        bases = tuple(str(base)[:100] for base in form["bases"][:50])
        texts = str(form["kind"])[:100], str(form["message"])[:500], str(form["line"])[:200]
        return cls(*texts, lineno, bases)


@dataclass(frozen=True)
class Called:
    """What came of a measured call.

    Attributes
    ----------
    value : object
        The result; ``None`` if it raised.
    args : tuple
        The arguments after the call, changes in place included.
    error : Raised or None
        What it raised.
    printed : str
        What it printed, shortened.
    told : dict or None
        What the student's process tells of itself, as plain data: a claim, no proof. Who reads
        it checks every field.
    """

    value: object
    args: tuple = ()
    error: Raised | None = None
    printed: str = ""
    told: dict | None = None


class Measuring(Protocol):
    """What a course provides; a module with these names does.

    On the trusted side a stand-in for a student's function offers ``worker_pid`` (the process
    to measure), ``settle()`` and ``call_in_worker(args, kwargs, options)``, which returns a
    `Called`. A report that a test cell ends with may offer ``rows``, a list of objects with
    ``ok``, ``label``, ``message`` and ``hidden``, ``_repr_html_``, and ``_repr_public_html_``: the
    page without what came from code that knows arguments of hidden tests.
    """

    calls: tuple[str, ...]
    """Methods of a report that measure: ``("run",)`` for ``report.run(function, ...)``."""

    modules: tuple[str, ...]
    """Modules that these functions import later: the fork server imports them, once for all."""

    def environment(self, work: str) -> dict[str, str]:
        """Return variables for both sides: asked for in the command, which has all its own.

        Parameters
        ----------
        work : str
            A directory on disk that both sides can use.
        """

    def self_test(self, scratch: str) -> dict:
        """Return as plain data what can be measured here: on the trusted side, once a batch.

        Parameters
        ----------
        scratch : str
            A directory on disk for files of the test.
        """

    def believe(self, found: dict) -> None:
        """Take over what was found: on the trusted side, in each verdict process.

        Parameters
        ----------
        found : dict
            What `self_test` has returned.
        """

    def keep(self, secrets: dict[str, bytes]) -> None:
        """Keep the instructor's secret files: on the trusted side, in each verdict process.

        Parameters
        ----------
        secrets : dict
            What ``c.NbVerdict.secrets`` names and lies beside the notebooks, by name. The
            student's process was forked before they came, so it cannot hold them.
        """

    def settle(self) -> None:
        """Free what earlier calls left: in the student's process."""

    def call(self, function: Callable, args: tuple, kwargs: dict, options: dict) -> Called:
        """Call a function in the student's process; never raise for its errors.

        Parameters
        ----------
        function : callable
        args, kwargs : tuple, dict
            Its arguments.
        options : dict
            What the trusted side has given to ``call_in_worker``.
        """


class Nothing:
    """The default: no call is measured."""

    calls: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    def environment(self, work: str) -> dict[str, str]:
        """Return no variables."""
        return {}

    def self_test(self, scratch: str) -> dict:
        """Return nothing."""
        return {}

    def believe(self, found: dict) -> None:
        """Do nothing."""

    def keep(self, secrets: dict[str, bytes]) -> None:
        """Do nothing."""

    def settle(self) -> None:
        """Do nothing."""

    def call(self, function: Callable, args: tuple, kwargs: dict, options: dict) -> Called:
        """Refuse: no test asks for it without the setting."""
        raise NotImplementedError("no measuring is set: see c.NbVerdict.measuring")


class NotPluggedIn(ValueError):
    """What the course names cannot measure calls."""


def load(name: str) -> Measuring:
    """Return what measures calls; `Nothing` for an empty name.

    Parameters
    ----------
    name : str
        A module, or an object in one: ``c.NbVerdict.measuring``.

    Raises
    ------
    NotPluggedIn
        If there is no such module or object, or it lacks a member.
    """
    if not name:
        return Nothing()
    found = _imported(name)
    wanted = (
        "calls", "modules", "environment", "self_test", "believe", "keep", "settle", "call",
    )  # fmt: skip
    lacking = [member for member in wanted if not hasattr(found, member)]
    if lacking:
        raise NotPluggedIn(f"c.NbVerdict.measuring: {name} has no {', '.join(lacking)}")
    return found


def _imported(name: str) -> Any:
    """Return the module `name`, or what it names in a module.

    Raises
    ------
    NotPluggedIn
        If there is neither. What the module itself cannot import is its own error.
    """
    module, _, member = name.rpartition(".")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not f"{name}.".startswith(f"{error.name}."):
            raise
    try:
        return getattr(importlib.import_module(module), member)
    except (ModuleNotFoundError, AttributeError, ValueError):
        raise NotPluggedIn(f"c.NbVerdict.measuring: there is no {name!r}") from None
