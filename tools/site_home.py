"""The site's home: two ways to start, a card for each lesson and exercise, and the sidebar.

Numbers, titles, points and needs come from the notebooks, minutes from the teacher's guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.masters import last_part, number_of
from tools.site_links import REPOSITORY, on_binder

GUIDE = Path("docs", "teaching.md")
# A row of the guide's table: | [01](../notebooks/01_page_cache.ipynb) | 45 min | ...
MINUTES = re.compile(
    r"^\| \[\d\d[a-z]?\]\(\.\./notebooks/(\w+)\.ipynb\) \| (\d+) min \|", re.MULTILINE
)
LESSON_LINK = re.compile(r"\]\((?:[\w./]*/)?(\d\d[a-z]?)_\w+\.ipynb\)")
REST = {
    "Reference": ("notebooks/old_listings", "docs/glossary", "api/index"),
    "Teaching, grading, taking part": (
        "docs/teaching", "docs/classroom", "docs/grade-your-course", "docs/grader",
        "docs/how-it-is-built", "CONTRIBUTING"),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A lesson or an exercise, as home and sidebar show it."""

    page: str
    """Its page, without an ending."""
    title: str
    """With its number."""
    minutes: str
    """In class, such as "45 min"; empty where nothing is known."""
    problems: int
    points: int
    needs: tuple[str, ...]
    """Numbers of the lessons that it builds on."""

    @property
    def number(self) -> str:
        """Its two digits, and a letter for a second part."""
        return number_of(Path(self.page).name)

    @property
    def size(self) -> str:
        """How long it is, in words."""
        work = f"{self.problems} problems, {self.points} points" if self.points else ""
        return " · ".join(filter(None, [self.minutes, work]))

    @property
    def needed(self) -> str:
        """What has to be known before, in words."""
        if not self.needs:
            return "NumPy only"
        return f"Needs lesson{'s' if len(self.needs) > 1 else ''} {', '.join(self.needs)}"


def entries(root: Path) -> tuple[list[Entry], list[Entry]]:
    """Return the lessons and the exercises of the course at `root`, in order."""
    minutes = dict(MINUTES.findall((root / GUIDE).read_text(encoding="utf-8")))
    lessons = sorted((root / "notebooks").glob("[0-9]*.ipynb"))
    exercises = sorted((root / "exercises").glob("*/*.ipynb"))
    return [entry(root, p, minutes) for p in lessons], [entry(root, p, {}) for p in exercises]


@cache
def entries_by_page(root: Path) -> dict[str, Entry]:
    """Return lessons, exercises, and notebooks without a number by their pages."""
    others = sorted((root / "notebooks").glob("[!0-9]*.ipynb"))
    listed = (*entries(root), [entry(root, path, {}) for path in others])
    return {one.page: one for some in listed for one in some}


def entry(root: Path, path: Path, minutes: dict[str, str]) -> Entry:
    """Return what home says of the notebook at `path`."""
    notebook = nbformat.read(path, as_version=4)
    marks = [c.metadata.get("nbgrader", {}) for c in notebook.cells]
    points = [m["points"] for m in marks if m.get("grade")]
    time = f"{minutes[path.stem]} min" if path.stem in minutes else ""
    page = path.relative_to(root).with_suffix("").as_posix()
    return Entry(page, title(notebook, path), time, len(points), sum(points), needs(notebook))


def title(notebook: NotebookNode, path: Path) -> str:
    """Return the notebook's heading, with the number of a lesson before it."""
    heading = notebook.cells[0].source.partition("\n")[0].removeprefix("# ").strip()
    lesson = path.parent.name == "notebooks" and path.stem[0].isdigit()
    return f"{number_of(path.stem)} {heading}" if lesson else heading


def needs(notebook: NotebookNode) -> tuple[str, ...]:
    """Return the lessons that the first paragraph about needs, or the first lines, link to."""
    text = notebook.cells[0].source
    _, found, after = text.partition("**Need:**")
    paragraph = after.partition("\n\n")[0] if found else text
    return tuple(sorted(set(LESSON_LINK.findall(paragraph))))


def home(text: str, root: Path) -> str:
    """Return the text of docs/index.md with what the files know in place of its four marks."""
    lessons, exercises = entries(root)
    numbers = [one.number for one in lessons]
    work = {last_part(one.number, numbers): one.size for one in exercises}
    parts = {"start": start(), "lessons": cards(lessons, work), "exercises": cards(exercises),
             "sidebar": sidebar(lessons, exercises)}  # fmt: skip
    for name, part in parts.items():
        text = text.replace(f"\n% {name}\n", f"\n{part}\n")
    return text


def cards(listed: list[Entry], work: dict[str, str] | None = None) -> str:
    """Return a grid with a card for each entry; the whole card is the link.

    `work` says, by number, how long a lesson's exercise is.
    """
    made = []
    for one in listed:
        exercise = (work or {}).get(one.number)
        text = f"{one.size} · exercise: {exercise}" if exercise else one.size
        made.append(card(one.title, text, one.needed, f":link: {one.page}\n:link-type: doc\n"))
    return grid(made)


def card(title: str, text: str, footer: str, options: str = "") -> str:
    """Return one card."""
    return (
        f":::::{{grid-item-card}} {title}\n{options}\n{text}\n\n"
        f"::::{{card-footer}}\n{footer}\n::::\n:::::"
    )


def grid(cards: list[str], columns: str = "1 1 2 2") -> str:
    """Return a grid of cards: its columns on a phone, a tablet, a laptop and a wide screen."""
    return "\n".join([f"::::::{{grid}} {columns}", ":gutter: 3", "", *cards, "::::::"])


def start() -> str:
    """Return two cards: in the browser, and on this machine."""
    name = REPOSITORY.rpartition("/")[2]
    return grid([
        card("In the browser", "Nothing to install. It takes a minute or two to start.",
             f"[Open the first lesson on Binder]({on_binder('notebooks/00_measuring.ipynb')})"),
        card("On your machine",
             "Linux or macOS, Python 3.11 to 3.13.\n\n"
             f"```\ngit clone {REPOSITORY}\ncd {name}\nmake lab\n```",
             f"[Without make, or with conda]({REPOSITORY}#start)"),
    ], "1 1 1 2")  # fmt: skip


def sidebar(lessons: list[Entry], exercises: list[Entry]) -> str:
    """Return the trees of pages, with numbers and sizes in their names."""
    listed = {
        "Lessons": [f"{one.title} ({one.minutes}) <{one.page}>" if one.minutes
                    else f"{one.title} <{one.page}>" for one in lessons],
        "Exercises": [f"{one.title} ({one.points} points) <{one.page}>" for one in exercises],
        **REST,
    }  # fmt: skip
    return "\n\n".join(
        "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", ":maxdepth: 1", "",
                   *pages, "```"])
        for caption, pages in listed.items()
    )  # fmt: skip
