"""Take hidden tests out of the page that a student gets back.

Stock nbgrader prints the whole source of every test cell into the feedback, hidden tests
included, and tracebacks and printed text can repeat it. This preprocessor stands in
nbgrader's feedback pipeline and removes them, whichever grader made the results.
"""

import html
import json
import re
from collections.abc import Iterable

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from nbverdict.hidden import split_hidden

NOTE = "# Hidden tests ran here."
AFTER_HIDDEN = (
    "What this cell showed is left out: it ran after hidden tests had called your functions.\n"
    "Run it in your own notebook to see it.\n"
)
# Shorter pieces of a line occur anywhere: "report", "x = 1".
SHORTEST_SECRET = 16


class HideHiddenTests(Preprocessor):
    """Remove hidden tests from sources, and outputs that repeat a line of them."""

    # nbconvert's own default is off: registered, but silently skipped.
    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Clean the whole notebook; one cell's output may show another cell's test."""
        secrets: set[str] = set()
        for cell in nb.cells:
            cell.source, hidden = split_hidden(cell.source, NOTE)
            secrets.update(squeezed(line for line in hidden if has_code(line)))
        secrets -= squeezed(line for cell in nb.cells for line in cell.source.splitlines())
        for cell in filter(lambda cell: cell.cell_type == "code", nb.cells):
            known = cell.metadata.get("nbverdict", {})
            if known.get("after_hidden") and cell.outputs:
                cell.outputs = [note(AFTER_HIDDEN)]
            else:
                if type(known.get("public")) is list:
                    cell.outputs = known["public"]
                cell.outputs = [clean_output(cell, output, secrets) for output in cell.outputs]
        return nb, resources


def has_code(line: str) -> bool:
    """Say whether a line has names outside its strings.

    A line that is only a string, a label or a message, is what the report may show.
    """
    return bool(re.search(r"[A-Za-z_]", re.sub(r"""\w?"[^"]*"|\w?'[^']*'""", "", line)))


def squeezed(lines: Iterable[str]) -> set[str]:
    """Return the long lines as they look squeezed, raw and in HTML."""
    found = {squeeze(form) for line in lines for form in (line, html.escape(line))}
    return {line for line in found if len(line) >= SHORTEST_SECRET}


def squeeze(text: str) -> str:
    r"""Return only the letters, digits and operators, so that quoting and escapes do not matter.

    Examples
    --------
    >>> squeeze("f(&quot;a&quot;,\\n  1)") == squeeze('f("a", 1)')
    True
    """
    text = re.sub(r"\x1b\[[0-9;]*m|<[^<>]*>", "", text)  # colours of tracebacks, HTML tags
    text = re.sub(r"&(#\d+|#x[0-9a-fA-F]+|\w+);|\\[nt]", "", text)
    return re.sub(r"[^\w=+*/%]", "", text)


def clean_output(cell: NotebookNode, output: NotebookNode, secrets: set[str]) -> NotebookNode:
    """Return the output, or a note if it repeats a hidden line.

    The traceback of a test cell that held hidden tests always goes: the value in an
    assertion's message is a secret, too.
    """
    if output.output_type == "error" and NOTE in cell.source:
        return note(f"A test stopped with {output.ename}.\n")
    shown = squeeze(json.dumps(output, ensure_ascii=False))
    if any(secret in shown for secret in secrets):
        return note("This output repeated a hidden test and was removed.\n")
    return output


def note(text: str) -> NotebookNode:
    """Return a text output."""
    return NotebookNode(output_type="stream", name="stdout", text=text)
