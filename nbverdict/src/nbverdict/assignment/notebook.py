"""A submitted notebook, matched with the instructor's: which cell is which."""

from dataclasses import dataclass, field

from nbverdict.assignment.instructor import InstructorCell, InstructorNotebook


@dataclass
class Cell:
    """One cell of a notebook to grade.

    Attributes
    ----------
    cell_type, source : str
    original : InstructorCell or None
        The instructor's cell that it is, if any.
    notes : list of str
        What was odd about it.
    missing : bool
        True if the submission did not have it.
    """

    cell_type: str
    source: str
    original: InstructorCell | None = None
    attachments: dict = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: bool = False


@dataclass
class Notebook:
    """A submitted notebook, or its absence.

    Attributes
    ----------
    original : InstructorNotebook
    cells : list of Cell
    broken : str
        Why it could not be read; then the cells are the instructor's and all score 0.
    notes : list of str
        What was odd about it, for the grader.
    """

    original: InstructorNotebook
    cells: list[Cell]
    broken: str = ""
    notes: list[str] = field(default_factory=list)
