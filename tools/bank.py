"""Read the bank of answers: wrong and right answers to every problem.

The format of the files is described in the README of the bank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_HEAD = re.compile(r"^# %% (mistake|right):(.*)$", re.MULTILINE)
_FIELD = re.compile(r"^# (points|message|promise): *(.*)$")


class BankError(Exception):
    """A file of the bank that is not written as its README says."""


@dataclass(frozen=True)
class Answer:
    """One answer to one problem.

    Attributes
    ----------
    assignment, problem, name : str
    kind : str
        "mistake" or "right".
    points : float or None
        What it must get; None means full marks.
    messages : tuple of str
        Texts that must stand in its report; the first says what to learn.
    promise : str
        What the task says, in its own words, and the mistake breaks; empty for a right answer.
    source : str
        Content of the solution cell.
    """

    assignment: str
    problem: str
    kind: str
    name: str
    points: float | None
    messages: tuple[str, ...]
    promise: str
    source: str

    def __str__(self) -> str:
        return f"{self.assignment}/{self.problem} ({self.kind}: {self.name})"

    @property
    def message(self) -> str:
        """What to learn from the mistake: the first message that ends with a full stop.

        Empty for a right answer, and for a mistake of which only the difference is shown.
        """
        return next((text for text in self.messages if text.endswith(".")), "")


def load(folder: Path) -> dict[str, list[Answer]]:
    """Return ``{problem: answers}`` of an assignment's bank, its problems in order of name."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.py"))}


def read(path: Path) -> list[Answer]:
    """Return the answers to one problem.

    Raises
    ------
    BankError
        If the file is not written as it should be.
    """
    head, *parts = _HEAD.split(path.read_text(encoding="utf-8"))
    if head.strip():
        raise BankError(f"{path}: begins with text before the first section")
    sections = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [_section(path, *section) for section in sections]


def _section(path: Path, kind: str, name: str, text: str) -> Answer:
    """Return the answer of one section: `# field: value` lines, then the code."""
    lines, fields = text.strip().splitlines(), []
    while lines and (match := _FIELD.match(lines[0])):
        fields.append(match.groups())
        lines.pop(0)
    where = f"{path}, {kind}: {name.strip()}"
    points = [float(value) for key, value in fields if key == "points"]
    messages = tuple(_unquoted(value) for key, value in fields if key == "message")
    promise = " ".join(_unquoted(value) for key, value in fields if key == "promise")
    if len(points) != (kind == "mistake"):
        raise BankError(f"{where}: a mistake states its points, once")
    if bool(messages) != (kind == "mistake"):
        raise BankError(f"{where}: a mistake states a message")
    if bool(promise) != (kind == "mistake"):
        raise BankError(f"{where}: a mistake states the promise of the task that it breaks")
    compile("\n".join(lines), where, "exec")
    source = "\n".join(lines).strip()
    return Answer(
        _assignment(path), path.stem, kind, name.strip(), points[0] if points else None,
        messages, promise, source,
    )  # fmt: skip


def _unquoted(value: str) -> str:
    return value.strip().strip('"')


def _assignment(path: Path) -> str:
    return path.parents[1].name if path.parent.name == "mistakes" else path.parent.name
