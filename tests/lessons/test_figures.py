"""Drawn diagrams are well-formed, described in words, self-contained, and nothing is cut off."""

import re
from xml.etree import ElementTree

import pytest

from places import ROOT
from tools.masters import number_of

FOLDER = ROOT / "notebooks" / "figures"
FIGURES = sorted(FOLDER.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
# Generous widths of a letter in the fonts that the figures ask for, by font size.
LETTER = {15: 8.4, 14: 7.5, 12: 7.3}
LESSONS = sorted(number_of(p.stem) for p in FOLDER.parent.glob("src/[0-9]*.py"))


@pytest.fixture(params=FIGURES, ids=lambda path: path.name)
def path(request):
    return request.param


@pytest.fixture
def root(path):
    return ElementTree.parse(path).getroot()


def test_has_title_and_description(root):
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert len(title.text) > 10
    assert len(description.text) > 100
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_depends_on_nothing_outside(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "//" not in text
    assert not re.search(r"<(image|use|script|foreignObject|a)\b|href|@import|@font-face", text)
    assert set(re.findall(r"url\((.*?)\)", text)) <= {"#tip"}


def test_is_small(path):
    assert path.stat().st_size < 100_000


def test_size_is_the_view_box(root):
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"


def test_stands_on_a_light_card(root):
    """A dark page would hide dark text without one."""
    card = root.find(f"{SVG}rect")
    assert card.get("class") == "card"
    assert float(card.get("width")) == float(root.get("width")) - 2
    assert float(card.get("height")) == float(root.get("height")) - 2


def text_box(element):
    """Return left, right, top and bottom of a text, with generous letters."""
    classes = (element.get("class") or "").split()
    size = 15 if "head" in classes else 12 if {"small", "mono"} & set(classes) else 14
    width = LETTER[size] * len(element.text)
    x, y = float(element.get("x")), float(element.get("y"))
    left = x - width / 2 if "mid" in classes else x - width if "end" in classes else x
    return left, left + width, y - size, y + size / 3


def test_text_is_inside(root):
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter(f"{SVG}text"):
        left, right, top, bottom = text_box(element)
        assert left >= 0, element.text
        assert right <= width, element.text
        assert top >= 0, element.text
        assert bottom <= height, element.text


def test_texts_do_not_overlap(root):
    boxes = [(element.text, text_box(element)) for element in root.iter(f"{SVG}text")]
    for number, (text, (left, right, _, base)) in enumerate(boxes):
        for other, (other_left, other_right, _, other_base) in boxes[:number]:
            apart = right <= other_left or other_right <= left
            assert apart or abs(base - other_base) > 10, (text, other)


def test_shapes_are_inside(root):
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(element.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height


def test_belongs_to_a_lesson(path):
    assert re.match(r"[a-z0-9_]+\.svg$", path.name)
    assert number_of(path.stem) in LESSONS


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_has_a_figure(lesson):
    assert any(path.name.startswith(f"{lesson}_") for path in FIGURES)
