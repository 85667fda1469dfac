"""The website is built without a warning, and nothing on it leads nowhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import bank
from tools import site_check, site_links

ROOT = bank.ROOT
SITE = "https://github.com/bigger-than-memory/bigger-than-memory"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the website, lessons not executed; the build also looks at its links."""
    out = tmp_path_factory.mktemp("site") / "html"
    command = [sys.executable, "tools/site.py", "--no-run", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "there is no" not in done.stdout, done.stdout
    return out


def test_every_page_is_whole(site):
    assert site_check.check(site) == []


def test_all_that_belongs_on_it_is_there(site):
    notebooks = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")]
    pages = [*notebooks, *ROOT.glob("docs/*.md"), ROOT / "CONTRIBUTING.md"]
    made = [p.relative_to(ROOT).with_suffix(".html") for p in pages if p.name != "index.md"]
    made += [Path("index.html"), Path("search.html"), Path("api/pagecache.html")]
    assert [str(page) for page in made if not (site / page).is_file()] == []
    assert (site / "searchindex.js").stat().st_size > 10_000


def test_the_page_of_a_notebook_says_how_to_run_it(site):
    for page in [*site.glob("notebooks/*.html"), *site.glob("exercises/*/*.html")]:
        text = page.read_text(encoding="utf-8")
        notebook = page.relative_to(site).with_suffix(".ipynb").as_posix()
        assert re.search(rf'class="[^"]*run-it.*?urlpath=lab/tree/{notebook}"', text, re.DOTALL)


def test_pages_can_be_read_in_the_dark_and_by_keyboard(site):
    text = (site / "notebooks" / "00_measuring.html").read_text(encoding="utf-8")
    assert "theme-switch" in text
    assert 'id="pst-skip-link"' in text
    style = (site / "_static" / "course.css").read_text(encoding="utf-8")
    assert ":focus-visible" in style and "@media print" in style


def write(folder, name, body):
    page = folder / name
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f'<html lang="en"><a href="https://mybinder.org/x">Run</a>{body}</html>')


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="gone.html">x</a>', "dead link gone.html"),
        ('<a href="../outside.html">x</a>', "dead link ../outside.html"),
        ('<a href="b.html#gone">x</a>', "dead anchor b.html#gone"),
        ('<a href="#gone">x</a>', "dead anchor #gone"),
        ('<img src="data:,">', "picture without alt text"),
        ('<img src="data:," alt="../_images/plot.png">', "picture without alt text"),
        ("<p>" + "x" * site_check.MOST_BYTES, "3.0 MB with its pictures"),
    ],
)
def test_the_check_sees(body, fault, tmp_path):
    write(tmp_path, "a.html", body)
    write(tmp_path, "b.html", '<p id="here">')
    found = site_check.check(tmp_path)
    assert len(found) == 1 and found[0].startswith(f"a.html: {fault}")


def test_the_check_accepts_what_is_right(tmp_path):
    body = '<a href="b.html#here">x</a><a href="https://x.org/y"></a><img src="data:," alt="A map">'
    write(tmp_path, "a.html", body)
    write(tmp_path, "b.html", '<p id="here">')
    assert site_check.check(tmp_path) == []


def test_the_check_wants_a_way_to_run_the_notebook_itself(tmp_path):
    write(tmp_path, "notebooks/01_page.html", "")
    assert site_check.check(tmp_path) == ["notebooks/01_page.html: has no link to run the course"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](b.md#c)", "[a](b.md#c)"),
        ("[a](#c)", "[a](#c)"),
        ("[a](https://x.org)", "[a](https://x.org)"),
        ("![a b](figures/x.svg)", "![a b](figures/x.svg)"),
        ("[a](../LICENSE)", f"[a]({SITE}/blob/main/LICENSE)"),
        ("[a](../tools)", f"[a]({SITE}/tree/main/tools)"),
        ("[a](gone.md)", "a"),
    ],
)
def test_links_lead_to_pages_or_to_the_repository(text, expected):
    page = Path("docs/page.md")
    assert site_links.relink(text, page, ROOT, lambda p: p == Path("docs/b.md")) == expected
