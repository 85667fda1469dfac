"""Build the website: executed lessons, tasks, glossary, API and guides, as static pages.

    python -m tools.site               execute every lesson, then build
    python -m tools.site --no-run      build with the lessons as they are, without outputs
    python -m tools.site --only 01     execute only what begins with 01

The pages are laid out as in the repository, so a relative link works in both places. An
executed lesson is kept and used again until it, or the library, changes.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

import course_lib
from tools import site_check, site_home, site_links, site_predict, site_reports
from tools.run_notebook import run_notebook

ROOT = Path(__file__).resolve().parents[1]

BUILD = ROOT / "docs" / "_build"
# What becomes a page besides the notebooks.
PAGES = ("docs/*.md", "CONTRIBUTING.md")
WIDGET = "application/vnd.jupyter.widget-view+json"
RUN_IT = """:::{{admonition}} {size}
:class: run-it
This page is a notebook. [Open it in Binder]({binder}), [download it]({file}), or
[start the course]({home}) on your machine.
:::"""
NOT_FOUND = """---
orphan: true
---

# There is no such page

It may have moved. The search in the bar on the left finds it by its words;
[the start page](index.md) lists all lessons and exercises.
"""
# The library's modules by what they are for; their words stand in course_lib.
ROLES = {
    "Open a lesson": ("machine", "data", "predict"),
    "Measure": ("measure", "memory", "pagecache", "counters", "recording", "slowdisk", "child"),
    "Look": ("plotting", "explore", "units"),
    "Practise": ("practice", "progress", "hints", "checking"),
}


class SiteError(Exception):
    """Something that keeps the website from being built, in one line."""


def lay_out(target: Path, run: bool, only: str, kept: Path) -> None:
    """Copy pages, lessons, tasks and figures to `target`, in the layout of the repository."""
    shutil.rmtree(target, ignore_errors=True)
    for folder in ("notebooks", "docs"):
        shutil.copytree(ROOT / folder / "figures", target / folder / "figures")
    for page in PAGES:
        for path in sorted(ROOT.glob(page)):
            put(target, path, relinked(path.read_text(encoding="utf-8"), path))
    (target / "docs" / "index.md").unlink()
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    (target / "index.md").write_text(site_home.home(index, ROOT), encoding="utf-8")
    for lesson in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = executed(lesson, kept) if run and lesson.name.startswith(only) else read(lesson)
        put(target, lesson, as_page(notebook, lesson))
    for task in sorted((ROOT / "exercises").glob("*/*.ipynb")):
        answers = site_reports.load(ROOT / "solutions", task.stem)
        asked = run and task.name.startswith(only)
        reported = reports(task, answers, kept) if asked else None
        exercise = read(task)
        site_reports.as_task(exercise, reported, answers)
        put(target, task, as_page(exercise, task))
    write_api(target / "api")
    (target / "404.md").write_text(NOT_FOUND, encoding="utf-8")


def put(target: Path, path: Path, text: str) -> None:
    """Write the page of the repository's file `path` below `target`."""
    page = target / path.relative_to(ROOT)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


def on_site(path: Path) -> bool:
    """Tell whether a file of the repository has a page: `path` is relative to its folder."""
    notebook = path.suffix == ".ipynb" and path.parts[0] in ("notebooks", "exercises")
    listed = any(path.match(page) for page in PAGES)
    return (notebook or listed) and (ROOT / path).is_file()


def relinked(text: str, path: Path) -> str:
    """Return Markdown with links that work on the website."""
    if path.name == "index.md":  # its links are written for where it goes
        return text
    return site_links.relink(text, path.relative_to(ROOT), ROOT, on_site)


def read(path: Path) -> nbformat.NotebookNode:
    """Return the notebook at `path`."""
    return nbformat.read(path, as_version=4)


def executed(path: Path, folder: Path) -> nbformat.NotebookNode:
    """Return the notebook with its outputs; run it only if it changed since the last time."""
    kept = kept_at(path, folder)
    return read(kept) if kept.exists() else run_and_keep(path, kept)


def reports(
    task: Path, answers: dict[str, list[site_reports.bank.Answer]], folder: Path
) -> nbformat.NotebookNode:
    """Return the exercise as run with a typical mistake in each answer."""
    kept = kept_at(task, folder, *sorted((ROOT / "solutions" / task.stem).glob("mistakes/*.py")))
    if kept.exists():
        return read(kept)
    with tempfile.TemporaryDirectory(prefix="reports-", dir="/var/tmp") as scratch:
        copy = Path(shutil.copytree(task.parent, Path(scratch, task.stem)), task.name)
        nbformat.write(site_reports.with_mistakes(read(task), answers), copy)
        return run_and_keep(copy, kept)


def run_and_keep(path: Path, kept: Path) -> nbformat.NotebookNode:
    """Run a notebook, keep it with its outputs at `kept`, and return it."""
    print(f"running {path.name}", flush=True)
    run = run_notebook(path)
    # What it left behind is the tests' business: others may work on this machine.
    for problem in filter(None, [run.error, *run.stderr]):
        raise SiteError(f"{path.name}: {problem}")
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob(f"{path.stem}-*.ipynb"):
        old.unlink()
    run.notebook.metadata["measured"] = {"seconds": run.seconds, "peak": run.peak}
    nbformat.write(run.notebook, kept)
    return run.notebook


def kept_at(path: Path, folder: Path, *others: Path) -> Path:
    """Return where the executed notebook is kept; its name changes with what it is made of."""
    made_of = [path, *others, *sorted((ROOT / "course_lib").rglob("*.py"))]
    # A lesson and an exercise may have the same name.
    return folder / path.parent.parent.name / f"{path.stem}-{fingerprint(made_of)}.ipynb"


def fingerprint(paths: list[Path]) -> str:
    """Return a digest of some files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def as_page(notebook: nbformat.NotebookNode, path: Path) -> str:
    """Return a notebook as a page: it says how to run it, and shows only what a page can."""
    site_predict.with_fields(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = relinked(cell.source, path)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if len(data) > 1:  # a widget has a static picture beside it
                data.pop(WIDGET, None)
    notebook.metadata.pop("widgets", None)
    first = notebook.cells[0]
    entry = site_home.entries_by_page(ROOT)[path.relative_to(ROOT).with_suffix("").as_posix()]
    _, _, rest = first.source.partition("\n")
    first.source = f"# {entry.title}\n\n{run_it(entry)}\n{rest}"
    return nbformat.writes(notebook)


def run_it(entry: site_home.Entry) -> str:
    """Return the box under a notebook's title: how long it is, and how to run it."""
    file = f"{entry.page}.ipynb"
    home = "../" * entry.page.count("/") + "index.md#start"
    return RUN_IT.format(
        size=entry.size or "Run it",
        binder=site_links.on_binder(file),
        file=f"{site_links.REPOSITORY}/raw/main/{file}",
        home=home,
    )


def write_api(folder: Path) -> None:
    """Write one page for each module of course_lib, and their list by role."""
    folder.mkdir()
    for name in course_lib.PUBLIC:
        heading = f"course_lib.{name}"
        text = f"# {heading}\n\n```{{eval-rst}}\n.. automodule:: {heading}\n   :members:\n```\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    roles = "\n\n".join(role(name, modules) for name, modules in ROLES.items())
    (folder / "index.md").write_text(
        f"# The library\n\nWhat a cell may use.\n\n{roles}\n", encoding="utf-8"
    )


def role(name: str, modules: tuple[str, ...]) -> str:
    """Return a section of the library's list: its modules, each with a word on it."""
    words = "\n".join(f"[{m}]({m}.md)\n: {course_lib.PUBLIC[m]}\n" for m in modules)
    tree = "\n".join(["```{toctree}", ":hidden:", *modules, "```"])
    return f"## {name}\n\n{words}\n{tree}"


def build(source: Path, out: Path) -> int:
    """Run Sphinx on the laid-out pages, then look at the result; warnings are errors."""
    from sphinx.cmd.build import main as sphinx

    if (out / ".buildinfo").is_file():  # what Sphinx wrote before, and nothing else
        shutil.rmtree(out)
    config, doctrees = str(ROOT / "docs"), str(source.parent / "doctrees")
    status = sphinx(["-q", "-W", "--keep-going", "-b", "html", "-c", config, "-d", doctrees,
                     str(source), str(out)])  # fmt: skip
    if not status:
        draw_card(out / "_static" / "card.png")
    found = site_check.check(out)
    for fault in found:
        print(fault, file=sys.stderr)
    return status or int(bool(found))


def draw_card(path: Path) -> None:
    """Draw the picture that stands beside a link to the site where it is passed on."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor="#1c5d99")
    figure.text(0.07, 0.62, "Bigger than memory", color="white", fontsize=54, weight="bold")
    figure.text(0.07, 0.45, "NumPy arrays that do not fit in memory", color="white", fontsize=28)
    figure.text(0.07, 0.22, "predict · run · see · explain", color="white", fontsize=28)
    figure.savefig(path)


def main() -> int:
    """Build the website from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-run", action="store_true", help="do not execute the lessons")
    parser.add_argument("--only", default="", help="execute only lessons that begin so")
    parser.add_argument("--out", type=Path, default=BUILD / "html")
    parser.add_argument("--executed", type=Path, default=BUILD / "executed",
                        help="where executed lessons are kept")  # fmt: skip
    options = parser.parse_args()
    # Sphinx's working files lie beside the result, so two builds do not meet.
    source = options.out.parent / "source"
    try:
        lay_out(source, not options.no_run, options.only, options.executed)
    except SiteError as error:
        print(f"the website was not built: {error}", file=sys.stderr)
        return 1
    status = build(source, options.out)
    if not status:
        print(f"the website is in {options.out}")
    return status


if __name__ == "__main__":
    sys.exit(main())
