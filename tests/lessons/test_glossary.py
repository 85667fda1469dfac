"""Every link to the glossary meets a term, and the terms stay short and sorted."""

import re

from places import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^## (.+)\n\n(.+)$", GLOSSARY, flags=re.MULTILINE))


def anchor(term):
    """Return the anchor that GitHub and MyST give to a heading."""
    return re.sub(r"[^\w\- ]", "", term.lower()).replace(" ", "-")


ANCHORS = {anchor(term) for term in ENTRIES}


def test_terms_are_sorted_and_their_anchors_differ():
    terms = [term.lower().lstrip("/") for term in ENTRIES]
    assert terms == sorted(terms)
    assert len(ANCHORS) == len(ENTRIES) >= 45


def test_entries_are_one_to_three_sentences():
    for term, text in ENTRIES.items():
        assert text.endswith("."), term
        assert 1 <= len(re.findall(r"\.(?= |$)", text)) <= 3, term


def test_links_between_terms():
    links = set(re.findall(r"\]\(#([^)]+)\)", GLOSSARY))
    assert links <= ANCHORS


def test_links_from_the_lessons_and_assignments():
    masters = [*ROOT.glob("notebooks/src/*.py"), *ROOT.glob("solutions/*/*.py"), *ROOT.glob("*.md")]
    for path in masters:
        links = re.findall(r"glossary\.(?:md|html)#([\w/-]+)", path.read_text(encoding="utf-8"))
        assert set(links) <= ANCHORS, f"{path.name}: {sorted(set(links) - ANCHORS)}"
