"""A class goes once around the loop in a browser: release, fetch, submit, grade, feedback."""

import fcntl
import getpass
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import nbformat
import psutil
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import artefacts, chromium
from places import ROOT

ASSIGNMENT = "01_page_cache"
TEACHER, STUDENT, OTHER = "course-teacher", "course-student1", "course-student2"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port, tmp_path):
    """Start the classroom as `make classroom` does; return the process and what it printed."""
    log = tmp_path / "classroom.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "tools.classroom", "--port", str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    limit = time.monotonic() + 300  # the first start may install an environment for all users
    while "Stop it with Ctrl-C" not in log.read_text(errors="replace"):
        assert process.poll() is None, f"the classroom ended:\n{log.read_text()[-2000:]}"
        assert time.monotonic() < limit, f"no classroom yet:\n{log.read_text()[-2000:]}"
        time.sleep(0.2)
    return process, log.read_text()


@pytest.fixture(scope="module", autouse=True)
def alone(tmp_path_factory):
    """Hold a lock: the users have fixed names, and another worker may have a test of this file.

    xdist_group would say the same, but xdist 3.8 loses the groups with pytest 9.2.
    """
    with open(tmp_path_factory.getbasetemp().parent / "classroom.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    port, tmp_path = free_port(), tmp_path_factory.mktemp("classroom")
    process, log = start(port, tmp_path)
    passwords = dict(re.findall(r"(course-\S+)\s+password (\S+)", log))
    yield Classroom(f"http://127.0.0.1:{port}", passwords)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=180)


class Classroom:
    """What the pages of the hub offer, as steps."""

    def __init__(self, url, passwords):
        self.url, self.passwords = url, passwords

    def sign_in(self, browser, name):
        browser.go(f"{self.url}/hub/login")
        for field, text in (("username", name), ("password", self.passwords[name])):
            browser.find(f"[name={field}]").send_keys(text)
        browser.click("#login_submit")
        browser.wait(lambda: f"/user/{name}/lab" in browser.driver.current_url, "the lab")
        browser.find(".jp-Notebook .jp-Cell", "the first lesson")

    def manage(self, browser, icon):
        """Click an icon in the assignment's row of formgrader; wait for its success."""
        browser.go(f"{self.url}/user/{TEACHER}/formgrader/manage_assignments")
        browser.wait(lambda: click_in_row(browser, ASSIGNMENT, icon), f"the icon {icon}")
        confirm(browser)

    def autograde(self, browser):
        """Press the flash beside the student's submission, and wait for the score."""
        browser.go(f"{self.url}/user/{TEACHER}/formgrader/manage_submissions/{ASSIGNMENT}")
        # Without system users every server runs as one user, and nbgrader asks for that name.
        name = STUDENT if os.geteuid() == 0 else getpass.getuser()
        browser.wait(lambda: click_in_row(browser, name, ".glyphicon-flash"), "the flash")
        confirm(browser)

    def runs(self, name, command):
        """Return the exit status of a command run as one of the demonstration's users."""
        words = ["runuser", "-u", name, "--", "sh", "-c", command]
        return subprocess.run(words, capture_output=True).returncode

    def get(self, browser, path):
        """Return status and JSON of a request with this browser's own session."""
        code = """
            const [url, done] = arguments;
            const token = (document.cookie.match("\\\\b_xsrf=([^;]*)") || ["", ""])[1];
            fetch(url, {headers: {"X-XSRFToken": token}})
                .then(async r => done([r.status, await r.json().catch(() => null)]))
                .catch(e => done([String(e), null]));
        """
        return browser.driver.execute_async_script(code, f"{self.url}{path}")


def click_in_row(browser, text, icon):
    for row in browser.all("tbody tr"):
        if text in row.text:
            icons = row.find_elements(By.CSS_SELECTOR, icon)
            if icons:
                icons[-1].click()
                return True
    return False


def confirm(browser):
    """Wait for formgrader's own window, which must tell of a success, and close it."""
    text = browser.find(".modal .modal-title", "formgrader's answer")
    browser.wait(lambda: text.text.strip(), "formgrader's answer")
    assert "Success" in text.text, browser.text(".modal")[:2000]
    browser.click(".modal .modal-footer button, .modal .close")


def button(browser, text):
    """Click the visible button with that text."""

    def press():
        for element in browser.all("button, a.btn, .btn"):
            if element.is_displayed() and element.text.strip() == text:
                element.click()
                return True
        return False

    browser.wait(press, f"the button {text!r}")


def model_answer(problem):
    """Return the model's solution cell, as a person would type it."""
    path = ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == problem:
            lines = cell.source.splitlines()
            return "\n".join(line for line in lines if "### " not in line)
    raise AssertionError(f"no solution cell {problem}")


def first_problem():
    """Return the name of the assignment's first graded problem and its points."""
    path = ROOT / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    cells = [c.metadata.get("nbgrader", {}) for c in nbformat.read(path, as_version=4).cells]
    graded = next(m for m in cells if m.get("grade"))
    return graded["grade_id"].removeprefix("test_"), graded["points"]


def type_answer(browser, problem):
    """Put the caret into the cell of a problem, select all, and type over it."""

    def cell():
        for content in browser.all(".jp-CodeCell .cm-content"):
            if f"def {problem}(" in content.text and "YOUR CODE HERE" in content.text:
                return content
        browser.script("document.querySelector('.jp-WindowedPanel-outer')?.scrollBy(0, 300)")
        return None

    content = browser.wait(cell, f"the cell of {problem}")
    browser.script("arguments[0].scrollIntoView({block: 'center'})", content)
    content.click()
    content.send_keys(Keys.CONTROL, "a")
    # As one insertion: the editor would indent and close brackets of single keys by itself.
    browser.script("document.execCommand('insertText', false, arguments[0])", model_answer(problem))


def sees_report(browser, problem):
    """Scroll through the notebook until the report of the problem shows."""

    def look():
        for table in browser.all(".jp-RenderedHTMLCommon table"):
            if "points" in table.text and "passed" in table.text:
                browser.script("arguments[0].scrollIntoView({block: 'center'})", table)
                return table.text
        browser.script("document.querySelector('.jp-WindowedPanel-outer')?.scrollBy(0, 200)")
        return None

    return browser.wait(look, f"the report of {problem}")


def fetch(room, browser, shots):
    """A student fetches the assignment from the list."""
    room.sign_in(browser, STUDENT)
    browser.menu("Nbgrader", "Assignment List")
    button(browser, "Fetch")
    browser.wait(lambda: "Submit" in browser.text(), "the button Submit")
    browser.screenshot("2_fetched")


def solve(room, browser, shots):
    """The student answers the first problem, runs the check, sees the report, saves."""
    problem, _ = first_problem()
    browser.go(f"{room.url}/user/{STUDENT}/lab/tree/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    browser.find(".jp-Notebook .jp-Cell", "the exercise")
    type_answer(browser, problem)
    browser.sees("Idle", "#jp-main-statusbar")
    browser.menu("Run", "Run All Cells")
    report = sees_report(browser, problem)
    browser.screenshot("3_report")
    assert "not yet" not in report, report
    browser.menu("File", "Save Notebook")


def submit(room, browser, shots):
    """The student hands the assignment in."""
    browser.menu("Nbgrader", "Assignment List")
    button(browser, "Submit")
    browser.wait(lambda: "no submitted" not in browser.text(), "the submission")
    browser.screenshot("4_submitted")


def test_it_leaves_nothing_and_a_second_start_works(tmp_path):
    port = free_port()
    before = set(os.listdir("/var/tmp"))
    for _ in range(2):
        process, _ = start(port, tmp_path)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=180) == 0
        _, alive = psutil.wait_procs(children, timeout=10)
        assert not alive
    left = {name for name in set(os.listdir("/var/tmp")) - before if name.startswith("classroom-")}
    assert not left


def test_once_around_the_loop(classroom, tmp_path):
    shots = artefacts(tmp_path)
    with chromium(shots, "teacher") as teacher, chromium(shots, "student") as student:
        classroom.sign_in(teacher, TEACHER)
        classroom.manage(teacher, ".glyphicon-education")
        classroom.manage(teacher, ".glyphicon-cloud-upload")
        teacher.screenshot("1_released")
        for step in (fetch, solve, submit):
            step(classroom, student, shots)
        classroom.manage(teacher, ".glyphicon-cloud-download")
        classroom.autograde(teacher)
        teacher.screenshot("5_graded")
        classroom.manage(teacher, ".glyphicon-comment")
        classroom.manage(teacher, ".glyphicon-envelope")
        sees_feedback(classroom, student, shots)
        keeps_out(classroom, student)


def sees_feedback(room, browser, shots):
    """The student fetches the feedback and reads the score, without any hidden test."""
    browser.menu("Nbgrader", "Assignment List")
    button(browser, "Fetch Feedback")
    page = browser.wait(lambda: feedback_page(room, browser), "the feedback's page")
    browser.go(f"{room.url}/user/{STUDENT}/files/{ASSIGNMENT}/feedback/{page}")
    problem, points = first_problem()
    browser.sees(f"test_{problem}")
    browser.screenshot("6_feedback")
    assert "HIDDEN TESTS" not in browser.driver.page_source
    assert f"{points}.0 / {points}.0" in browser.text() or f"{points} / {points}" in browser.text()


def feedback_page(room, browser):
    """Return the path of the fetched feedback below the assignment's folder, if it is there."""
    folder = f"/user/{STUDENT}/api/contents/{ASSIGNMENT}/feedback"
    _, times = room.get(browser, folder)
    for time_ in (times or {}).get("content") or []:
        _, files = room.get(browser, f"{folder}/{time_['name']}")
        for file in (files or {}).get("content") or []:
            if file["name"].endswith(".html"):
                return f"{time_['name']}/{file['name']}"
    return None


def keeps_out(room, browser):
    """A student gets neither formgrader nor the files of others nor the solutions."""
    own = f"/user/{STUDENT}"
    browser.go(f"{room.url}{own}/lab")
    assert room.get(browser, f"{own}/formgrader")[0] == 404
    config = browser.script("return document.getElementById('jupyter-config-data').textContent")
    assert "@jupyter/nbgrader:create-assignment" in json.loads(config)["disabledExtensions"]
    assert room.get(browser, f"{own}/api/contents/{ASSIGNMENT}")[0] == 200
    for path in (f"/user/{TEACHER}/api/contents", f"/user/{OTHER}/api/contents"):
        assert room.get(browser, path)[0] in (403, 404, 503)
    if os.geteuid() == 0:
        assert room.runs(STUDENT, f"ls /var/tmp/classroom-*/home/{TEACHER}") != 0
        assert room.runs(STUDENT, f"ls /var/tmp/classroom-*/home/{STUDENT}") == 0


def test_a_taken_port_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tools.classroom", "--port", str(port)],
            cwd=ROOT, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and f"port {port} cannot be used" in done.stderr
