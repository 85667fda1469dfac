"""What a page makes of text cells: links to pages only, and a page whatever is attached."""

import base64
import re

import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbverdict.coordinator import grades
from nbverdict.nbgrader_plugin import wiring
from nbverdict.settings import Settings
from traitlets.config import Config

PNG = "iVBORw0KGgo="
SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()


@pytest.fixture(scope="module")
def page():
    """Return what makes a page of cells, as formgrader does."""
    config = Config()
    wiring.install(config)
    exporter = HTMLExporter(config=config, template_name="basic")
    return lambda *cells: exporter.from_notebook_node(new_notebook(cells=list(cells)))[0]


@pytest.mark.parametrize(
    ("source", "link"),
    [
        ("[a](https://a.b/c?d=e&f)", "https://a.b/c?d=e&amp;f"),
        ("[a](mailto:a@b.c)", "mailto:a@b.c"),
        ("[a](other.html#b:c)", "other.html#b:c"),
        ("<a href='http://a.b'>a</a>", "http://a.b"),
        ("[a](javascript:alert(1))", "#link-left-out"),
        ("[a](java&#115;cript:alert(1))", "#link-left-out"),
        ("[a](JavaScript:x)", "#link-left-out"),
        ("[a](vbscript:x)", "#link-left-out"),
        ("[a](data:text/html,x)", "#link-left-out"),
        ("[a](file:///etc/passwd)", "#link-left-out"),
        (f"[a](data:image/svg+xml;base64,{SVG})", "#link-left-out"),
        ("[a][1]\n\n[1]: javascript:x", "#link-left-out"),
    ],
)
def test_links_lead_to_pages_only(page, source, link):
    assert re.findall(r'<a href="([^"]*)"', page(new_markdown_cell(source))) == [link]


def test_html_links_with_data_lose_their_target(page):
    assert "href" not in page(new_markdown_cell("<a href='data:text/html,x'>a</a>"))


def test_pictures_that_are_there_are_shown(page):
    attachments = {"a.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": SVG}}
    source = f"![a](attachment:a.png) ![b](attachment:b.svg) ![c](data:image/png;base64,{PNG})"
    made = page(new_markdown_cell(source, attachments=attachments))
    assert re.findall(r'src="data:image/([a-z+]+);', made) == ["png", "svg+xml", "png"]


def test_an_attachment_that_is_missing_is_a_note(page):
    made = page(new_markdown_cell("before ![a](attachment:<b>nowhere.png) after"), new_code_cell())
    assert "missing attachment" in made and "<b>nowhere" not in made and "after" in made


@pytest.mark.parametrize("make", [new_markdown_cell, new_code_cell])
def test_sources_turn_no_direction_and_control_no_terminal(page, make):
    made = page(make("a\u202eb\u2066c\x9bd\x1b[2Je"))
    assert not re.search(r"[\x1b\x9b\u202a-\u202e\u2066-\u2069]", made)


def test_reports_turn_no_direction_and_control_no_terminal():
    data = {"text/html": "<p>a\u202eb\x1b[2Jc\x9bd\ud800</p>\n"}
    assert grades._data(data, True, Settings())["text/html"] == "<p>abcd?</p>\n"
