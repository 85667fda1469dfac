"""Look at the built website: links, words for pictures, sizes, and a way to run each notebook.

python tools/site_check.py docs/_build/html
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

MOST_BYTES = 3_000_000
"""A page and its pictures, bytes."""
# Pages that Sphinx makes of the index: they hold no text of the course.
MADE = {"genindex.html", "search.html", "py-modindex.html"}


@dataclass
class Page(HTMLParser):
    """What one page refers to."""

    path: Path
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    pictures: list[tuple[str, str | None]] = field(default_factory=list)
    """Address and alt text."""
    language: str | None = None

    def __post_init__(self) -> None:
        """Read the page."""
        super().__init__()
        self.text = self.path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        """Note anchors, links and pictures."""
        known = dict(attributes)
        self.anchors.update(known[key] for key in ("id", "name") if known.get(key))
        if tag == "html":
            self.language = known.get("lang")
        if tag == "img":
            self.pictures.append((known.get("src", ""), known.get("alt")))
        for key in ("href", "src"):
            if known.get(key) and tag != "base":
                self.links.append(known[key])


def check(folder: Path) -> list[str]:
    """Return everything that is wrong with the website in `folder`."""
    folder = folder.resolve()
    static = folder / "_static"
    paths = [path for path in sorted(folder.rglob("*.html")) if static not in path.parents]
    pages = {path: Page(path) for path in paths}
    found = []
    for path, page in pages.items():
        faults = [*dead_links(page, pages, folder), *silent_pictures(page), *weight(page)]
        if not page.language:
            faults.append("does not say its language")
        if path.name not in MADE and not can_be_run(page):
            faults.append("has no link to run the course")
        found += [f"{path.relative_to(folder)}: {fault}" for fault in faults]
    return found


def can_be_run(page: Page) -> bool:
    """Tell whether a page leads to the course, or to its own notebook, on Binder."""
    own = f"{page.path.parent.name}/{page.path.stem}.ipynb"
    is_notebook = re.match(r"\d\d[a-z]?_", page.path.stem)
    binder = [link for link in page.links if link.startswith("https://mybinder.org/")]
    return any(not is_notebook or link.endswith(own) for link in binder)


def dead_links(page: Page, pages: dict[Path, Page], folder: Path) -> list[str]:
    """Return the links inside the website that lead nowhere."""
    dead = []
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
        anchor = unquote(parts.fragment)
        if folder not in target.parents or not target.is_file():
            dead.append(f"dead link {link}")
        elif anchor and target in pages and anchor not in pages[target].anchors:
            dead.append(f"dead anchor {link}")
    return dead


def silent_pictures(page: Page) -> list[str]:
    """Return the pictures without words; a file name is no description."""
    return [
        f"picture without alt text: {source[:60]}"
        for source, words in page.pictures
        if not words or len(words.split()) < 2 or words.endswith((".png", ".svg"))
    ]


def weight(page: Page) -> list[str]:
    """Return a complaint if a page and its pictures are too large."""
    files = {page.path.parent / unquote(s) for s, _ in page.pictures if not urlsplit(s).scheme}
    size = len(page.text.encode()) + sum(f.stat().st_size for f in files if f.is_file())
    return [f"{size / 1e6:.1f} MB with its pictures"] if size > MOST_BYTES else []


def main() -> int:
    """Check a folder; exit with 1 if something is wrong."""
    found = check(Path(sys.argv[1]))
    print("\n".join(found) or "the website is whole")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
