"""Build the website: executed lessons, tasks, glossary, API and guides, as static pages.

    python tools/site.py               execute every lesson, then build
    python tools/site.py --no-run      build with the lessons as they are, without outputs
    python tools/site.py --only 01     execute only what begins with 01

The pages are laid out as in the repository, so a relative link works in both places. An
executed lesson is kept and used again until it, or the library, changes.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import course_lib  # noqa: E402  (after the path is set)
from tools import site_check, site_links, site_predict  # noqa: E402
from tools.run_notebook import run_notebook  # noqa: E402

BUILD = ROOT / "docs" / "_build"
# What becomes a page besides the notebooks.
PAGES = ("docs/*.md", "CONTRIBUTING.md")
WIDGET = "application/vnd.jupyter.widget-view+json"
RUN_IT = """:::{{admonition}} Run it
:class: run-it
This page is a notebook. [Run it on Binder]({address}), or type `make lab` in a copy of the course.
:::"""


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
    shutil.move(target / "docs" / "index.md", target / "index.md")
    for lesson in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = executed(lesson, kept) if run and lesson.name.startswith(only) else read(lesson)
        put(target, lesson, as_page(notebook, lesson))
    for task in sorted((ROOT / "exercises").glob("*/*.ipynb")):
        put(target, task, as_page(read(task), task))
    write_api(target / "api")


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
    if kept.exists():
        return read(kept)
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


def kept_at(path: Path, folder: Path) -> Path:
    """Return where the executed notebook is kept."""
    return folder / f"{path.stem}-{fingerprint(path)}.ipynb"


def fingerprint(path: Path) -> str:
    """Return a digest of the notebook and of the library that it uses."""
    digest = hashlib.sha256(path.read_bytes())
    for module in sorted((ROOT / "course_lib").rglob("*.py")):
        digest.update(module.read_bytes())
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
    address = site_links.on_binder(path.relative_to(ROOT).as_posix())
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    first.source = f"{title}\n\n{RUN_IT.format(address=address)}\n{rest}"
    return nbformat.writes(notebook)


def write_api(folder: Path) -> None:
    """Write one page for each module of course_lib, and their list."""
    folder.mkdir()
    for name in course_lib.PUBLIC:
        heading = f"course_lib.{name}"
        text = f"# {heading}\n\n```{{eval-rst}}\n.. automodule:: {heading}\n   :members:\n```\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    pages = "\n".join(course_lib.PUBLIC)
    words = "\n".join(f"- [{name}]({name}.md): {word}" for name, word in course_lib.PUBLIC.items())
    intro = f"# The library\n\nWhat a cell may use.\n\n{words}\n"
    (folder / "index.md").write_text(
        f"{intro}\n```{{toctree}}\n:maxdepth: 1\n\n{pages}\n```\n", encoding="utf-8"
    )


def build(source: Path, out: Path) -> int:
    """Run Sphinx on the laid-out pages, then look at the result; warnings are errors."""
    from sphinx.cmd.build import main as sphinx

    if (out / ".buildinfo").is_file():  # what Sphinx wrote before, and nothing else
        shutil.rmtree(out)
    config, doctrees = str(ROOT / "docs"), str(source.parent / "doctrees")
    status = sphinx(["-q", "-W", "--keep-going", "-b", "html", "-c", config, "-d", doctrees,
                     str(source), str(out)])  # fmt: skip
    found = site_check.check(out)
    for fault in found:
        print(fault, file=sys.stderr)
    return status or int(bool(found))


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
