"""The website is built without a warning, and nothing on it leads nowhere."""

import ast
import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest
from IPython.core.formatters import DisplayFormatter
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import artefacts, chromium
from course_lib import predict
from course_lib.checking import check
from places import ROOT
from tools import site, site_check, site_home, site_links, site_predict, site_reports

SITE = "https://github.com/bigger-than-memory/bigger-than-memory"


REPORTED = ROOT / "exercises" / "02_memory_mapping" / "02_memory_mapping.ipynb"
PREDICTED = ROOT / "notebooks" / "02_memory_mapping.ipynb"
# What its reveals measured, one after the other, in the pages built here.
MEASURED = [1, 4, 0, None]


def as_if_run(path):
    """Return a lesson with outputs, as Jupyter keeps them: its questions measured `MEASURED`."""
    notebook = nbformat.read(path, as_version=4)
    predict.forget()
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        shown = [answer(call) for call in calls(cell.source)]
        if "my_predictions()" in cell.source:
            shown.append(predict.my_predictions())
        printed = "".join(f"{text}\n" for text in ["seen", *shown[:-1]])
        cell.outputs = [nbformat.v4.new_output("stream", text=printed)]
        for last in shown[-1:]:
            data = DisplayFormatter().format(last)[0]
            cell.outputs.append(nbformat.v4.new_output("execute_result", data=data))
    predict.forget()
    return notebook


def kept_reports(task, folder):
    """Return where the site keeps the exercise with its reports."""
    return site.kept_at(task, folder, *sorted(ROOT.glob(f"solutions/{task.stem}/mistakes/*.py")))


def as_if_checked(task):
    """Return an exercise in which every check gave the same report."""
    notebook = nbformat.read(task, as_version=4)
    report = check.Report("x", "A sum", points=1)
    report.equal("one and one", report.run(lambda: 3), 2, points=1)
    data = DisplayFormatter().format(report)[0]
    for cell in notebook.cells:
        if site_reports.tested_name(cell) and cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", data=data)]
    return notebook


def calls(source):
    """Return the calls of predict and reveal in a cell, in order."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found = [c for c in found if getattr(c.func, "id", "") in ("predict", "reveal")]
    return sorted(found, key=lambda call: call.lineno)


def answer(call):
    """Return what a call of predict or reveal shows to a reader who predicted nothing."""
    question = call.args[0].value
    if call.func.id == "predict":
        return predict.predict(question, None, *(k.value.value for k in call.keywords))
    number = [p.question for p in predict.predictions()].index(question)
    return predict.reveal(question, MEASURED[number] if number < len(MEASURED) else 2**number)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the website, one lesson as if executed; the build also looks at its links."""
    folder = tmp_path_factory.mktemp("site")
    out, kept = folder / "html", folder / "executed"
    lesson, task = site.kept_at(PREDICTED, kept), kept_reports(REPORTED, kept)
    for path, notebook in ((lesson, as_if_run(PREDICTED)), (task, as_if_checked(REPORTED))):
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
    where = ["--executed", str(kept), "--out", str(out)]
    command = [sys.executable, "-m", "tools.site", "--only", PREDICTED.stem, *where]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "there is no" not in done.stdout, done.stdout
    return out


def test_every_page_is_whole(built):
    assert site_check.check(built) == []


def test_all_that_belongs_on_it_is_there(built):
    notebooks = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")]
    pages = [*notebooks, *ROOT.glob("docs/*.md"), ROOT / "CONTRIBUTING.md"]
    made = [p.relative_to(ROOT).with_suffix(".html") for p in pages if p.name != "index.md"]
    made += [Path("index.html"), Path("404.html"), Path("search.html"), Path("api/pagecache.html")]
    assert [str(page) for page in made if not (built / page).is_file()] == []
    assert (built / "searchindex.js").stat().st_size > 10_000


def test_the_page_of_a_notebook_says_how_to_run_it(built):
    for page in [*built.glob("notebooks/*.html"), *built.glob("exercises/*/*.html")]:
        text = page.read_text(encoding="utf-8")
        notebook = page.relative_to(built).with_suffix(".ipynb").as_posix()
        assert re.search(rf'class="[^"]*run-it.*?urlpath=lab/tree/{notebook}"', text, re.DOTALL)


def test_pages_can_be_read_in_the_dark_and_by_keyboard(built):
    text = (built / "notebooks" / "00_measuring.html").read_text(encoding="utf-8")
    assert "theme-switch" in text
    assert 'id="pst-skip-link"' in text
    style = (built / "_static" / "course.css").read_text(encoding="utf-8")
    assert ":focus-visible" in style and "@media print" in style


def test_home_shows_what_each_lesson_and_exercise_takes(built):
    text = re.sub(r"<[^>]+>", " ", (built / "index.html").read_text(encoding="utf-8"))
    words = " ".join(text.split())
    lessons, exercises = site_home.entries(ROOT)
    assert len(lessons) == len(list(ROOT.glob("notebooks/src/[0-9]*.py")))
    assert len(exercises) == len(list(ROOT.glob("solutions/*/hints.toml")))
    assert all(re.fullmatch(r"\d\d[a-z]? \w.*", one.title) for one in lessons)
    assert all(re.fullmatch(r"\d+ min", one.minutes) for one in lessons)
    for one in (*lessons, *exercises):
        assert words.count(one.title) >= 2, "a card and the sidebar"
        assert one.size in words and one.needed in words
    assert "01 Watch the page cache at work (45 min)" in words
    assert "Exercise 01: the page cache (20 points)" in words
    for start in ("git clone", "make lab", "Open the first lesson on Binder"):
        assert start in words


def test_an_exercise_page_shows_reports_and_no_code_of_checks(built):
    for page in built.glob("exercises/*/*.html"):
        text = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
        assert "check.Report(" not in text and "YOUR CODE HERE" in text
    reported = (built / REPORTED.relative_to(ROOT)).with_suffix(".html").read_text("utf-8")
    problems = len(site_reports.load(ROOT / "solutions", REPORTED.stem))
    assert reported.count("What the check says") == reported.count("one and one") == problems


def test_the_library_has_each_module_under_one_role():
    listed = [module for modules in site.ROLES.values() for module in modules]
    assert sorted(listed) == sorted(site.course_lib.PUBLIC)


def test_pages_say_what_they_are_about(built):
    pages = [page for page in built.rglob("*.html") if "_static" not in page.parts]
    texts = {str(p.relative_to(built)): p.read_text(encoding="utf-8") for p in pages}
    about = r'<meta name="description" content="([^"]{20,})"'
    assert [name for name, text in texts.items() if not re.search(about, text)] == []
    assert "Know what an array costs" in re.search(about, texts["index.html"])[1]
    assert (built / "_static" / "card.png").is_file()
    assert f"{site_links.ADDRESS}_static/card.png" in texts["index.html"]
    # A missing page may be asked for from any folder.
    assert '<base href="/bigger-than-memory/"' in texts["404.html"]


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
def address(built):
    """Serve the website on this machine only."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Return one browser for all tests of this file."""
    with chromium(artefacts(tmp_path_factory.mktemp("shots")), size=(1400, 1000)) as opened:
        yield opened


@pytest.fixture
def open_site(address, browser, request):
    """Return a function that opens a page, as wide as asked for; the browser remembers nothing."""
    tell = browser.driver.execute_cdp_cmd
    tell("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "local_storage"})

    def go(page, width=1400, **media):
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        features = [{"name": "prefers-color-scheme", "value": media.get("colours", "light")}]
        tell("Emulation.setDeviceMetricsOverride", screen)
        emulated = {"media": media.get("medium", "screen"), "features": features}
        tell("Emulation.setEmulatedMedia", emulated)
        browser.go(f"{address}/{page}")
        browser.find("main h1", f"the page {page}")
        return browser

    before = request.session.testsfailed
    yield go
    if request.session.testsfailed > before:
        browser.screenshot(f"failure_{request.node.name}")


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
@pytest.mark.parametrize("width", [390, 1400])
def test_no_code_is_cut_off(open_site, width):
    cut = """return [...document.querySelectorAll('article pre')]
        .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth)
        .map(e => e.textContent.slice(0, 60))"""
    for page in (LESSON, "exercises/01_page_cache/01_page_cache.html"):
        assert open_site(page, width=width).script(cut) == []


@pytest.mark.linux
def test_a_line_of_110_letters_stays_one_line(open_site):
    browser = open_site(LESSON)
    height = """const pre = document.querySelector('article .cell_input pre');
        pre.textContent = 'x'.repeat(arguments[0]); return pre.clientHeight"""
    assert browser.script(height, 110) == browser.script(height, 1) < browser.script(height, 300)


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
    # A drawn figure brings its card, and nothing may shine out behind its corners.
    assert browser.script(colour, 'article img[src$=".svg"]') == "rgba(0, 0, 0, 0)"
    browser = open_site(LESSON, medium="print")
    for bar in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article"):
        assert not any(element.is_displayed() for element in browser.all(bar)), bar
    wrap = "return getComputedStyle(document.querySelector('article pre')).whiteSpace"
    assert browser.script(wrap) == "pre-wrap"


# Predict on the page.


def visible(browser, css):
    return [element for element in browser.all(css) if element.is_displayed()]


def test_without_a_script_a_page_says_what_was_measured(built):
    text = (built / "notebooks" / "02_memory_mapping.html").read_text(encoding="utf-8")
    assert "pages for the first 8 rows: <strong>measured 1 page</strong>." in text
    assert f"<strong>{site_predict.UNKNOWN}</strong>" in text
    assert '<th scope="row">pages for the first 8 rows</th><td>1 page</td>' in text


def test_no_page_speaks_of_predictions_that_nobody_made(built):
    texts = {page: page.read_text(encoding="utf-8") for page in built.rglob("*.html")}
    for words in ("No prediction", "you made no prediction"):
        assert [str(page) for page, text in texts.items() if words in text] == []


@pytest.mark.linux
def test_a_reader_predicts_by_keyboard(open_site):
    browser = open_site(LESSON)
    fields = visible(browser, ".ask input")
    assert len(fields) == len(site_predict.recorded(as_if_run(PREDICTED)))
    assert fields[0].accessible_name == "Your prediction: pages for the first 8 rows"
    assert browser.all(".waits") and visible(browser, ".waits") == []
    assert "1 page" not in browser.text("#measured-1")

    fields[0].send_keys("a lot", Keys.ENTER)
    assert browser.text("#said-1") == "Type a number, such as 12 or 1e6."
    assert fields[0].get_attribute("aria-invalid") == "true"
    fields[0].clear()
    fields[0].send_keys("0.1k", Keys.ENTER)
    assert press(browser) == "What was measured"
    press(browser, Keys.ENTER)
    assert browser.driver.current_url.endswith("#measured-1")
    said = "pages for the first 8 rows: you said 0.1k pages, measured 1 page. 100 times too high."
    assert browser.text("#measured-1 p") == said
    picture = browser.find("#measured-1 svg")
    assert picture.accessible_name == "On a log scale: you said 0.1k pages, measured 1 page."


@pytest.mark.linux
def test_predictions_stay_in_the_browser_and_can_be_forgotten(open_site):
    browser = open_site(LESSON)
    for number, said in ((1, "1"), (2, "2"), (3, "0"), (4, "8")):
        browser.find(f"#number-{number}").send_keys(said, Keys.ENTER)
    browser = open_site(LESSON)
    rows = [
        [cell.text for cell in row.find_elements("tag name", "td")]
        for row in browser.all(".predictions tbody tr")
    ]
    assert rows[:5] == [
        ["1 page", "1 page", "Exactly right."],
        ["2 pages", "4 pages", "2 times too low."],
        ["0 bytes", "0 B", "Exactly right."],
        ["8 pages", "unknown here", "Not measurable on the machine that made this page."],
        ["not yet", "hidden", ""],
    ]
    asked = len(rows)
    assert browser.text(".score") == (
        f"You predicted 4 of {asked} numbers; 3 of them within a factor of two."
    )
    browser.script("[...document.querySelectorAll('.predictions button')].pop().click()")
    assert browser.text(".score") == f"You have predicted none of {asked} numbers yet."
    assert len(visible(browser, ".ask input")) == asked
    browser.script("document.querySelector('.predict-intro button').click()")
    assert browser.all(".waits, .waits-note") == []
    assert browser.text("#measured-1") == "pages for the first 8 rows: measured 1 page."


# Accessibility: axe-core, as a browser's user of a screen reader or of large contrast needs it.

AXE = (files("selenium_axe_python") / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """const done = arguments[arguments.length - 1];
    axe.run().then(result => done(result.violations
        .filter(found => ['serious', 'critical'].includes(found.impact))
        .map(found => `${found.id}: ${found.nodes[0].html.slice(0, 100)}`)))"""


@pytest.mark.linux
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_serious(open_site, colours):
    found = {}
    for page in ("index.html", LESSON, PAGES[2], "docs/glossary.html", "api/index.html"):
        browser = open_site(page, colours=colours)
        if page == LESSON:  # a field, an answer with its picture, and what still waits
            browser.find("#number-1").send_keys("64", Keys.ENTER)
        browser.script(AXE)
        found[page] = browser.driver.execute_async_script(RUN_AXE)
    assert {page: faults for page, faults in found.items() if faults} == {}


NUMBERS = {
    ("4,096", "pages"): 4096,
    ("64 * MiB", "bytes"): 2**26,
    ("1.5 kB", "bytes"): 1500,
    ("4KiB", "MiB"): 2**-8,
    ("2 * 8", "MiB"): 16,
    ("20 ms", "s"): 0.02,
    ("12 %", "%"): 12,
    ("-1e2", ""): -100,
    ("3 pages", "pages"): 3,
    ("1,5", "pages"): None,
    ("3 rows", "pages"): None,
    ("", "pages"): None,
    ("MiB MiB", "bytes"): None,
}


@pytest.mark.linux
def test_numbers_may_be_typed_as_people_write_them(open_site):
    browser = open_site(LESSON)
    parsed = "return arguments[0].map(([text, unit]) => predictOnThePage.parse(text, unit))"
    assert browser.script(parsed, list(NUMBERS)) == list(NUMBERS.values())


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
