"""Every claim of the course is shown in a lesson cell that fails when it stops being true."""

import re
import tomllib

import pytest

from places import ROOT
from tools.masters import read_master

CLAIMS = tomllib.loads((ROOT / "tests" / "lessons" / "claims.toml").read_text())
LESSONS = sorted((ROOT / "notebooks" / "src").glob("*.py"))


@pytest.fixture(scope="module")
def cells():
    """Map each claim to the code cells that are tagged with it."""
    found = {}
    for lesson in LESSONS:
        for cell in read_master(lesson).notebook.cells:
            for tag in cell.metadata.get("tags", []):
                if tag.startswith("claim:"):
                    found.setdefault(tag.removeprefix("claim:"), []).append((lesson.stem, cell))
    return found


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_lesson_shows_the_claim(claim, cells):
    assert claim in cells, f"no lesson cell is tagged claim:{claim} ({CLAIMS[claim]})"


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_check_holds_the_claim(claim, cells):
    sources = [cell.source for _, cell in cells.get(claim, []) if cell.cell_type == "code"]
    held = any(re.search(r"\bassert\b|\bexactly\(|raises", source) for source in sources)
    raising = any("raises-exception" in c.metadata.get("tags", []) for _, c in cells.get(claim, []))
    assert held or raising, f"claim {claim} is shown, but no assert stands in its cell"


def test_no_cell_names_an_unknown_claim(cells):
    assert set(cells) <= set(CLAIMS)
