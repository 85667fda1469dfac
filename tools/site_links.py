"""Links of the website: pages stay pages, other files lead to the repository."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

REPOSITORY = os.environ.get(
    "COURSE_REPOSITORY", "https://github.com/bigger-than-memory/bigger-than-memory"
)
# Where the pages of the repository are published.
ADDRESS = re.sub(r"https://github\.com/([^/]+)/(.*)", r"https://\1.github.io/\2/", REPOSITORY)
# The target of a Markdown link or image, without a title behind it.
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
OUTSIDE = re.compile(r"^[a-z]+:|^#")


def on_binder(notebook: str) -> str:
    """Return the address that opens a notebook of the repository in JupyterLab on Binder."""
    owner = REPOSITORY.removeprefix("https://github.com/")
    return f"https://mybinder.org/v2/gh/{owner}/main?urlpath=lab/tree/{notebook}"


def relink(text: str, page: Path, root: Path, on_site: Callable[[Path], bool]) -> str:
    """Return Markdown whose links work on the website.

    Parameters
    ----------
    text : str
        Markdown.
    page : Path
        Where the text stands, relative to the repository.
    root : Path
        Folder of the repository.
    on_site : callable
        Tells whether a path, relative to the repository, has a page on the website.

    Notes
    -----
    A link to a file that does not exist becomes plain text. The tests of lessons and pages
    complain about it; the website is built all the same.
    """

    def change(match: re.Match) -> str:
        picture, words, target = match.groups()
        if OUTSIDE.match(target):
            return match[0]
        path, _, _ = target.partition("#")
        found = Path(os.path.normpath(page.parent / path))
        if picture or on_site(found):
            return match[0]
        if (root / found).exists():
            kind = "tree" if (root / found).is_dir() else "blob"
            return f"[{words}]({REPOSITORY}/{kind}/main/{found.as_posix()})"
        print(f"{page}: there is no {found}")
        return words

    return LINK.sub(change, text)
