"""The lists of typical mistakes in the teacher's guide, made from the bank of mistakes."""

from __future__ import annotations

import re
from pathlib import Path

BLOCK = re.compile(r"(<!-- mistakes: (\w+) -->\n).*?(<!-- end of mistakes -->)", re.DOTALL)
MISTAKE = re.compile(r"^# %% mistake: *(.+?) *$", re.MULTILINE)


def put_mistakes(guide: str, bank: Path) -> str:
    """Return the guide's text with a fresh list in each of its blocks.

    Parameters
    ----------
    guide : str
        Markdown with pairs of markers, one pair an assignment.
    bank : Path
        The folder ``solutions``.
    """
    return BLOCK.sub(
        lambda match: match[1] + mistakes(bank / match[2] / "mistakes") + match[3], guide
    )


def mistakes(folder: Path) -> str:
    """Return a Markdown list, one line for each problem of an assignment."""
    lines = [
        f"- `{path.stem}`: {'; '.join(MISTAKE.findall(path.read_text(encoding='utf-8')))}."
        for path in sorted(folder.glob("*.py"))
    ]
    if not lines:
        return ""
    return "\n".join(
        [f"**Mistakes that exercise {folder.parent.name[:2]} catches.**", "", *lines, ""]
    )
