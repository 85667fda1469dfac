"""The website is built without a warning, and nothing on it leads nowhere."""

import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import artefacts, chromium
from places import ROOT
from tools import site_check, site_links

SITE = "https://github.com/bigger-than-memory/bigger-than-memory"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the website, lessons not executed; the build also looks at its links."""
    out = tmp_path_factory.mktemp("site") / "html"
    command = [sys.executable, "-m", "tools.site", "--no-run", "--out", str(out)]
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


# In a browser: what no look at the files can tell.

LESSON = "notebooks/02_memory_mapping.html"
PAGES = (
    "index.html",
    LESSON,
    "exercises/01_page_cache/01_page_cache.html",
    "docs/glossary.html",
    "docs/teaching.html",
    "api/pagecache.html",
    "api/checking.html",
    "CONTRIBUTING.html",
)


class Quiet(SimpleHTTPRequestHandler):
    """Serve files and write no log."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(site):
    """Serve the website on this machine only."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_site(address, tmp_path, request):
    """Return a function that opens a browser on a page, as wide as asked for."""
    with chromium(artefacts(tmp_path), request.node.name, size=(1400, 1000)) as browser:

        def go(page, width=1400, **media):
            screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            features = [{"name": "prefers-color-scheme", "value": media.get("colours", "light")}]
            tell = browser.driver.execute_cdp_cmd
            tell("Emulation.setDeviceMetricsOverride", screen)
            emulated = {"media": media.get("medium", "screen"), "features": features}
            tell("Emulation.setEmulatedMedia", emulated)
            browser.go(f"{address}/{page}")
            browser.find("main h1", f"the page {page}")
            return browser

        yield go


def press(browser, *keys):
    """Press keys one after the other; return the words of what has the focus then."""
    for key in keys:
        ActionChains(browser.driver).send_keys(key).perform()
    return browser.script("return document.activeElement.textContent.trim()")


@pytest.mark.linux
def test_no_page_is_wider_than_a_phone(open_site):
    widths = {}
    for page in PAGES:
        browser = open_site(page, width=390)
        widths[page] = browser.script("return document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(PAGES, 390)


@pytest.mark.linux
def test_the_search_finds_and_asks_nobody_else(open_site):
    browser = open_site("index.html")
    ActionChains(browser.driver).key_down(Keys.CONTROL).send_keys("k").key_up(
        Keys.CONTROL
    ).perform()
    browser.find("dialog input[type=search]", "the search field")
    press(browser, "readahead", Keys.ENTER)
    browser.sees("matching the search query")
    found = [link.get_attribute("href") for link in browser.all("#search-results li a")]
    assert any("glossary.html#readahead" in link for link in found), found
    asked = "return performance.getEntriesByType('resource').map(e => new URL(e.name).hostname)"
    assert set(browser.script(asked)) == {"127.0.0.1"}
    browser.click('#search-results li a[href*="glossary.html#readahead"]')
    browser.sees("The kernel reads more of a file than was asked for")


@pytest.mark.linux
def test_the_keyboard_is_enough(open_site):
    browser = open_site(LESSON)
    assert press(browser, Keys.TAB) == "Skip to main content"
    ring = "return getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(12):
        press(browser, Keys.TAB)
        assert browser.script(ring) == "solid"
    browser.script("document.querySelector('article summary').focus()")
    press(browser, Keys.ENTER)
    assert browser.script("return document.querySelector('article details').open")
    assert browser.script("return document.querySelectorAll('main article').length") == 1


@pytest.mark.linux
def test_dark_pages_and_paper(open_site):
    browser = open_site(LESSON, colours="dark")
    colour = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
    assert browser.script(colour, "body") != "rgb(255, 255, 255)"
    assert browser.script(colour, "article img") == "rgb(255, 255, 255)"
    browser = open_site(LESSON, medium="print")
    for bar in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article"):
        assert not any(element.is_displayed() for element in browser.all(bar)), bar
    wrap = "return getComputedStyle(document.querySelector('article pre')).whiteSpace"
    assert browser.script(wrap) == "pre-wrap"


# What looks at the files.


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
