"""The attacks of nbverdict's tests, against the course's reports, HDF5 files and page counts."""

import arena
import attack_checks
import pytest
import report_target
from attack_checks import AttackChecks

from places import ROOT


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One batch with all attacks."""
    return attack_checks.grade(report_target, tmp_path_factory.mktemp("reports"))


class TestAttacksOnReports(AttackChecks):
    """Every attack on `report_target`."""


def test_the_documented_table_has_them_all():
    page = (ROOT / "docs" / "grader.md").read_text()
    table = page.split("| attack | stock |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [line.split("|") for line in table]
    assert [row[1].strip(" `") for row in rows] == arena.NAMES
    assert {row[-2].strip() for row in rows} == {"0"}
