"""`make lab` serves the first lesson, without a pop-up."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from browser import artefacts, chromium
from places import ROOT
from tools.setup_venv import Environment, configure_lab

URL = re.compile(r"(http://127\.0\.0\.1:\d+)/lab/tree/(\S+)\?token=(\w+)")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a copy of what a learner opens: JupyterLab saves what it runs."""
    copy = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "exercises", "docs", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("_build"))
    for name in ("Makefile", "README.md"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def lab(course, tmp_path_factory):
    """Start `make lab` without its set-up, which is under test elsewhere; return its address."""
    configure_lab(Environment(Path(sys.prefix)))
    private = tmp_path_factory.mktemp("jupyter")
    environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(private), "HOME": str(private)}
    arguments = "ARGS=--no-browser --ServerApp.ip=127.0.0.1 --port=0"
    command = ["make", "--old-file=setup", f"VENV={sys.prefix}", arguments, "lab"]
    server = subprocess.Popen(
        command,
        cwd=course,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        address = first_address(server.stdout)
        wait_until_it_listens(address[0])
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.communicate(timeout=60)


def first_address(lines):
    """Return (address, path of the lesson, token) from what the server prints."""
    seen = []
    for line in lines:
        seen.append(line)
        if found := URL.search(line):
            return found.groups()
    raise AssertionError("JupyterLab did not start:\n" + "".join(seen))


def wait_until_it_listens(address):
    """JupyterLab prints its address a moment before it accepts the first connection."""
    host, port = address.removeprefix("http://").split(":")
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((host, int(port))).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, f"nobody listens at {address}"
            time.sleep(0.05)


def get(lab, path):
    address, _, token = lab
    request = urllib.request.Request(address + path, headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def test_it_opens_the_first_lesson(lab):
    assert lab[1] == "notebooks/00_measuring.ipynb"
    lesson = json.loads(get(lab, "/api/contents/notebooks/00_measuring.ipynb?content=0"))
    assert lesson["type"] == "notebook"


def test_links_out_of_the_lessons_folder_work(lab):
    """The server's root is the course, so a lesson can lead to its exercise."""
    names = {entry["name"] for entry in json.loads(get(lab, "/api/contents/"))["content"]}
    assert {"notebooks", "exercises", "README.md"} <= names


def test_news_and_what_only_authors_use_are_off(lab):
    page = get(lab, "/lab")
    config = json.loads(re.search(r'id="jupyter-config-data".*?>(.*?)</script>', page, re.S)[1])
    off = set(config["disabledExtensions"])
    assert "@jupyterlab/apputils-extension:announcements" in off
    authors = {f"@jupyter/nbgrader:{part}" for part in ("create-assignment", "formgrader")}
    assert authors <= off and "@jupyter/nbgrader:validate-assignment" not in off


def test_the_page_has_a_readers_width(lab):
    assert "custom/custom.css" in get(lab, "/lab")
    assert "max-width: 46rem" in get(lab, "/custom/custom.css")


def test_a_lesson_runs_clean_in_the_browser(lab, course, tmp_path):
    """A learner opens the first lesson, runs all cells and saves: no error, no warning."""
    address, lesson, token = lab
    path = course / lesson
    with chromium(artefacts(tmp_path), "lab") as browser:
        browser.go(f"{address}/lab/tree/{lesson}?token={token}")
        browser.find(".jp-Notebook .jp-Cell", "the lesson")
        browser.sees("Idle", "#jp-main-statusbar")  # before that, "Run" asks for a kernel
        browser.menu("Run", "Run All Cells")
        browser.wait(lambda: saved_as_run(browser, path), "the end of the lesson")
        browser.screenshot("lab_end")
        assert "Create Assignment" not in browser.script("return document.body.innerText")
        browser.script("document.querySelector('.jp-WindowedPanel-outer')?.scrollTo(0, 900)")
        browser.screenshot("lab_lesson")
    outputs = [o for c in code_cells(path) for o in c.outputs]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    assert any("text/html" in o.get("data", {}) for o in outputs)


def code_cells(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def saved_as_run(browser, path):
    """Save, and tell whether every code cell in the file has run."""
    if not browser.find("#jp-main-statusbar").text.count("Idle"):
        return False
    browser.menu("File", "Save Notebook")
    return all(cell.execution_count for cell in code_cells(path))
