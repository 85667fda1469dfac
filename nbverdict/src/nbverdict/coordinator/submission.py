"""A submission as it was handed in: read with care, matched with the instructor's notebook.

Nothing of it is believed but the sources of its cells: tests and locked cells come from
the instructor, whatever the submission has in their place.
"""

import json
import os
import stat
from typing import Any

from nbverdict.assignment.cells import cell_source
from nbverdict.assignment.instructor import Assignment, InstructorCell, InstructorNotebook
from nbverdict.assignment.notebook import Cell, Notebook
from nbverdict.hidden import split_hidden

MAX_NOTEBOOK = 20 << 20
MAX_FILE = 100 << 20
MAX_FILES = 2000
MAX_CELLS = 20_000
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")


class Unreadable(ValueError):
    """A notebook that cannot be graded; the text is a reason for its author."""


def read(folder: str, assignment: Assignment) -> tuple[list[Notebook], dict[str, bytes], list[str]]:
    """Read a submission.

    Parameters
    ----------
    folder : str
        The directory that was handed in.
    assignment : Assignment
        What it is matched with.

    Returns
    -------
    notebooks : list of Notebook
        One for each notebook of the assignment, whether it is there or not.
    files : dict of str to bytes
        Its other files, by relative path.
    notes : list of str
        What was left out, and why.
    """
    notebooks = [_read_notebook(folder, entry) for entry in assignment.notebooks.values()]
    files, notes = _read_files(folder)
    return notebooks, files, notes


def _read_notebook(folder: str, original: InstructorNotebook) -> Notebook:
    try:
        cells = _parse(_content(os.path.join(folder, f"{original.name}.ipynb"), MAX_NOTEBOOK))
    except FileNotFoundError:
        return _absent(original, "the notebook was not handed in")
    except PermissionError:
        return _absent(original, "the notebook could not be opened: no permission")
    except (Unreadable, OSError) as error:
        return _absent(original, f"the notebook cannot be read: {error}")
    return match(cells, original)


def _absent(original: InstructorNotebook, reason: str) -> Notebook:
    cells = [
        Cell(cell.cell_type, cell.blank, cell, missing=True) for cell in original.cells if cell.name
    ]
    return Notebook(original, cells, broken=reason, notes=[reason])


def _content(path: str, limit: int) -> bytes:
    """Return the bytes of a regular file; links, devices and pipes are refused."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("it is no regular file")
        if status.st_size > limit:
            raise Unreadable(f"it has {status.st_size >> 20} MiB, more than {limit >> 20}")
        return file.read(limit + 1)


def _parse(content: bytes) -> list[dict]:
    if not content.strip():
        raise Unreadable("it is empty")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not JSON ({type(error).__name__}: {str(error)[:80]})") from None
    old = isinstance(notebook, dict) and "worksheets" in notebook
    cells = []
    for sheet in _list(notebook, "worksheets") if old else [notebook]:
        cells += [cell for cell in _list(sheet, "cells") if isinstance(cell, dict)]
        if len(cells) > MAX_CELLS:
            raise Unreadable(f"it has more than {MAX_CELLS} cells")
    for cell in cells if old else ():
        cell.setdefault("source", cell.get("input", ""))
    return cells


def _list(holder: object, name: str) -> list[Any]:
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, list):
        raise Unreadable(f"it has no list of {name}")
    return found


def match(cells: list[dict], original: InstructorNotebook) -> Notebook:
    """Match a submission's cells with the instructor's."""
    notebook = Notebook(original, [])
    last = {_grade_id(cell): n for n, cell in enumerate(cells)}
    for number, handed_in in enumerate(cells):
        name = _grade_id(handed_in)
        known = original.by_name.get(name) if last[name] == number else None
        if known is None and name in original.by_name:
            notebook.notes.append(f"cell {name} is there more than once; the last one counts")
        notebook.cells.append(_cell(handed_in, known))
    present = {cell.original.name for cell in notebook.cells if cell.original}
    if not present:
        notebook.notes.append("no cell of this assignment is in it: another assignment's notebook?")
    _add_missing(notebook, present)
    _tests_after_answers(notebook)
    for cell in notebook.cells:
        notebook.notes += cell.notes
    return notebook


def _grade_id(cell: dict) -> str:
    meta = cell.get("metadata")
    meta = meta.get("nbgrader") if isinstance(meta, dict) else None
    name = meta.get("grade_id", "") if isinstance(meta, dict) else ""
    return name if isinstance(name, str) else ""


def _cell(cell: dict, known: InstructorCell | None) -> Cell:
    source = cell_source(cell).encode("utf-8", "replace").decode()  # no lone surrogates
    kind = cell.get("cell_type")
    kind = kind if kind in ("code", "markdown", "raw") else "raw"
    if known is None:
        return Cell(kind, source, attachments=_attachments(cell))
    made = Cell(known.cell_type, source, known, attachments=_attachments(cell))
    if kind != known.cell_type:
        made.notes.append(f"cell {known.name} was turned into {kind}; it counts as what it was")
    if known.kind in ("test", "locked", "task"):
        if source.strip() not in (known.source.strip(), split_hidden(known.source)[0].strip()):
            made.notes.append(f"cell {known.name} was changed; the instructor's version counts")
        made.source = known.source
    meta = cell["metadata"]["nbgrader"]
    if known.kind == "test" and meta.get("grade") is not True:
        made.notes.append(f"cell {known.name} was marked as not graded; it is graded")
    return made


def _attachments(cell: dict) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    room = MAX_NOTEBOOK
    attachments = cell.get("attachments")
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for mime, data in bundle.items() if isinstance(bundle, dict) else ():
            if mime in _PICTURES and isinstance(data, str) and len(data) < room:
                found.setdefault(str(name), {})[mime] = data
                room -= len(data)
    return found


def _add_missing(notebook: Notebook, present: set[str]) -> None:
    """Put back what was deleted, after the cell that it followed."""
    before = ""
    for known in notebook.original.cells:
        if not known.name:
            continue
        if known.name not in present:
            made = Cell(known.cell_type, known.blank, known, missing=True)
            made.notes.append(f"cell {known.name} was deleted; it was put back")
            at = _position(notebook.cells, before) + 1 if before else 0
            notebook.cells.insert(at if before or not notebook.cells else 0, made)
        before = known.name


def _position(cells: list[Cell], name: str) -> int:
    return next(n for n, cell in enumerate(cells) if cell.original and cell.original.name == name)


def _tests_after_answers(notebook: Notebook) -> None:
    """Move each test behind the answers that the instructor has before it."""
    order = notebook.original.order
    for known in [c for c in notebook.original.cells if c.kind == "test"]:
        at = _position(notebook.cells, known.name)
        later = [
            n
            for n, cell in enumerate(notebook.cells)
            if n > at and cell.original and cell.original.kind != "test"
            and order[cell.original.name] < order[known.name]
        ]  # fmt: skip
        if later:
            cell = notebook.cells.pop(at)
            cell.notes.append(f"cell {known.name} stood before its answer; it ran after it")
            notebook.cells.insert(later[-1], cell)


def _read_files(folder: str) -> tuple[dict[str, bytes], list[str]]:
    """Read the other files of a submission, as far as they are plain and not too large."""
    found: dict[str, bytes] = {}
    notes: list[str] = []
    room = MAX_FILE

    def closed(error: OSError) -> None:
        if error.filename != folder:  # its notebooks say that already
            relative = os.path.relpath(error.filename, folder)
            notes.append(f"{relative} was left out: {error.strerror}")

    for parent, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if name != ".ipynb_checkpoints"]
        for name in names:
            path = os.path.join(parent, name)
            relative = os.path.relpath(path, folder)
            if name.endswith(".ipynb"):
                continue
            try:
                if len(found) >= MAX_FILES:
                    raise Unreadable("too many files")
                found[relative] = _content(path, room)
                room -= len(found[relative])
            except (Unreadable, OSError) as error:
                notes.append(f"{relative} was left out: {getattr(error, 'strerror', 0) or error}")
    return found, notes


def timestamp(folder: str) -> str:
    """Return the text of ``timestamp.txt``; empty if there is none that can be read."""
    try:
        content = _content(os.path.join(folder, "timestamp.txt"), 1000)
    except (OSError, Unreadable):
        return ""
    return content.decode("utf-8", "replace").strip()
