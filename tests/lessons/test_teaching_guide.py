"""The teacher's guide speaks of every lesson, and of problems and mistakes that exist."""

import re

import pytest

import bank
from places import ROOT
from tools import guide
from tools.masters import number_of

TEXT = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
LESSONS = sorted(path.stem for path in (ROOT / "notebooks" / "src").glob("[0-9]*.py"))
PROBLEMS = {problem: a for a in bank.assignments() for problem in bank.problems(a)}


def part(lesson):
    """Return the text below the heading of one lesson."""
    found = re.findall(
        rf"^## Lesson {number_of(lesson)}: .*?(?=^## )", TEXT, re.MULTILINE | re.DOTALL
    )
    headings = f"{len(found)} sections '## Lesson {number_of(lesson)}: ...'"
    assert len(found) == 1, f"docs/teaching.md has {headings}, one is wanted"
    return found[0]


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_has_a_goal_a_show_and_questions(lesson):
    text = part(lesson)
    assert all(f"**{word}.**" in text for word in ("Goal", "Show live", "Ask"))
    assert text.count("?") >= 2


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_lesson_has_minutes_time_and_memory(lesson):
    link = f"[{number_of(lesson)}](../notebooks/{lesson}.ipynb)"
    row = rf"^\| {re.escape(link)} \| \d+ min \| \d+ s \| \d+ MiB \|"
    found = re.search(row, TEXT, re.MULTILINE)
    wanted = f"| {link} | 45 min | 6 s | 190 MiB | ... |"
    assert found, f"docs/teaching.md has no row like {wanted}"


def test_no_part_is_about_a_lesson_that_is_gone():
    assert re.findall(r"^## Lesson (\w+):", TEXT, re.MULTILINE) == [number_of(n) for n in LESSONS]


def test_every_assignment_has_its_list_of_mistakes():
    named = re.findall(r"<!-- mistakes: (\w+) -->", TEXT)
    assert sorted(named) == bank.assignments(), "docs/teaching.md: <!-- mistakes: NN_name -->"
    assert guide.put_mistakes(TEXT, bank.BANK) == TEXT, "stale; run `make build`"


def test_plans_name_problems_that_exist():
    plans = TEXT[TEXT.index("## Half a day") :]
    assert set(re.findall(r"`(\w+)`", plans)) <= set(PROBLEMS)
    for days in ("## Half a day", "## One day", "## Two days"):
        assert days in plans


def test_sections_that_the_half_day_names_exist():
    plan = TEXT[TEXT.index("## Half a day") : TEXT.index("## Two days")]
    for lesson, sections in re.findall(r"[Ll]esson (\d\d[a-z]?), sections ([\d, toand]+)", plan):
        master = next((ROOT / "notebooks" / "src").glob(f"{lesson}_*.py")).read_text("utf-8")
        for number in re.findall(r"\d+", sections):
            named = rf"^# ## (?:{number}\. |Workload {number}: )"
            assert re.search(named, master, re.MULTILINE), f"lesson {lesson}, section {number}"
