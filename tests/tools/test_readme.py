"""README names what is there."""

import re
import subprocess
from pathlib import Path

import marked
from places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_short():
    assert len(README.splitlines()) < 120


def test_links_and_pictures_lead_to_files():
    targets = re.findall(r"\]\(([^)#\s]+)", README)
    local = [t for t in targets if not t.startswith("https://")]
    assert local
    assert [t for t in local if not (ROOT / t).exists()] == []


def test_named_folders_and_files_are_there():
    named = re.findall(r"`([\w./-]+(?:/|\.yml|\.lock)|LICENSE[\w-]*)`", README)
    made_by_use = {".venv"}
    assert [n for n in named if n not in made_by_use and not (ROOT / n).exists()] == []


def test_every_make_command_is_a_recipe():
    command = ["make", "--no-print-directory", "help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    recipes = set(re.findall(r"^  make ([a-z]+)", done.stdout, re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)) <= recipes
    assert {"lab", "test", "build", "check", "bench", "grade"} <= recipes


def test_tests_lie_in_folders_like_what_they_test():
    named = {"lessons": "notebooks", "exercises": "exercises", "grader": "nbverdict"}
    for tests, code in (
        (ROOT / "tests", ROOT),
        (ROOT / "nbverdict/tests", ROOT / "nbverdict/src/nbverdict"),
    ):
        folders = {p.parent.relative_to(tests) for p in tests.rglob("test_*.py")} - {Path()}
        missing = [f for f in folders if not (code / named.get(str(f), f)).is_dir()]
        assert missing == []
    assert list((ROOT / "tests").glob("test_*.py")) == []


def test_marked_files_are_there():
    there = {p.stem for f in ("tests", "nbverdict/tests") for p in (ROOT / f).rglob("*.py")}
    assert {*marked.SLOW, *marked.LINUX_ONLY} - there == set()
