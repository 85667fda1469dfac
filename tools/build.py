"""Build every generated file of the course from its masters.

Lessons and assignments are written as text, ``notebooks/src/*.py`` and
``solutions/<name>/<name>.py``. From them come the notebooks beside them, the students' version
under ``exercises/``, the table in README.md, and the lists of mistakes in docs/teaching.md.
Everything is first built in a temporary folder, then moved into place, so a failed build changes
nothing.

    python -m tools.build                 build everything
    python -m tools.build 04_zarr         build only what begins with 04_zarr
    python -m tools.build --check         change nothing; exit 1 if a file is stale
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

from course_lib.checking import diagnosis
from tools import diagnoses, guide, promises, release, table
from tools.masters import Master, MasterError, read_master, to_text

ROOT = Path(__file__).resolve().parents[1]


# Files beside a master that stay where they are: the release carries only the rest.
NOT_COPIED = ("*.py", "*.pyc", "*.ipynb", ".*")
# What a build may leave in these folders; anything else that matches is an orphan.
GENERATED = (
    "notebooks/*.ipynb",
    "solutions/*/*.ipynb",
    "exercises/*/*.ipynb",
    "exercises/*/*.toml",
    "solutions/*/diagnoses.json",
    "solutions/*/.diagnoses.json",
    "exercises/*/*.json",
)
# Made here, so not carried over from what lies beside a master.
MADE_HERE = (diagnosis.FILE, diagnosis.FULL_FILE)


def find_masters(root: Path, prefix: str = "") -> tuple[list[Path], list[Path]]:
    """Return the masters of lessons and of assignments whose names begin with `prefix`."""
    lessons = sorted((root / "notebooks" / "src").glob(f"{prefix}*.py"))
    assignments = sorted((root / "solutions").glob(f"{prefix}*/{prefix}*.py"))
    return lessons, [path for path in assignments if path.stem == path.parent.name]


def build(root: Path, stage: Path, prefix: str = "") -> list[str]:
    """Build the course at `root` into the empty folder `stage`; return what went wrong."""
    problems: list[str] = []
    lesson_paths, assignment_paths = find_masters(root, prefix)
    lessons = build_all(lesson_paths, lambda path: build_lesson(path, stage), problems)
    made = build_all(assignment_paths, lambda path: build_assignment(path, root, stage), problems)
    if not prefix and not problems:
        try:
            build_readme(root, stage, lessons, made)
            build_guide(root, stage)
        except MasterError as error:
            problems.append(str(error))
    return problems


def build_all(
    paths: list[Path], build_one: Callable[[Path], Master], problems: list[str]
) -> list[Master]:
    """Build each path; put what an author did wrong into `problems` and go on."""
    built = []
    for path in paths:
        try:
            built.append(build_one(path))
        except MasterError as error:
            problems.append(str(error))
        except Exception as error:  # a file jupytext cannot read must name itself, too
            problems.append(f"{path}: {type(error).__name__}: {error}")
    return built


def build_lesson(path: Path, stage: Path) -> Master:
    """Write the notebook of one lesson below `stage`."""
    master = read_master(path)
    write(stage / "notebooks" / f"{master.name}.ipynb", to_text(master.notebook))
    return master


def build_assignment(path: Path, root: Path, stage: Path) -> Master:
    """Write the instructor's and the students' version of one assignment below `stage`."""
    master = read_master(path)
    folder = stage / "solutions" / master.name
    write(folder / f"{master.name}.ipynb", to_text(master.notebook))
    for sibling in sorted(path.parent.iterdir()):
        unwanted = (*NOT_COPIED, *MADE_HERE)
        if sibling.is_file() and not any(fnmatch(sibling.name, p) for p in unwanted):
            shutil.copyfile(sibling, folder / sibling.name)
    promises.check(path.parent / "mistakes", master.notebook)
    build_diagnoses(path, root, folder)
    release.generate(stage, master.name)
    return master


def build_diagnoses(path: Path, root: Path, folder: Path) -> None:
    """Write the tables that name mistakes into `folder`; run answers only if something changed."""
    bank = path.parent / "mistakes"
    if not bank.is_dir():
        return
    made_from = diagnoses.digest([path, *bank.glob("*.py"), *diagnoses.sources(root, path.stem)])
    kept = [path.parent / name for name in MADE_HERE]
    if all(file.is_file() and diagnoses.made_from(file) == made_from for file in kept):
        for file in kept:
            shutil.copyfile(file, folder / file.name)
        return
    solved = folder / f"{path.stem}.ipynb"
    for name, text in diagnoses.run(bank, solved, made_from, root).items():
        write(folder / name, text)


def build_readme(root: Path, stage: Path, lessons: list[Master], made: list[Master]) -> None:
    """Write README.md with a fresh table below `stage`."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    write(stage / "README.md", table.put_table(readme, table.table(lessons, made)))


def build_guide(root: Path, stage: Path) -> None:
    """Write the teacher's guide with fresh lists of mistakes below `stage`."""
    page = root / "docs" / "teaching.md"
    if page.exists():
        text = guide.put_mistakes(page.read_text(encoding="utf-8"), root / "solutions")
        write(stage / "docs" / "teaching.md", text)


def write(path: Path, text: str) -> None:
    """Write `text` with the same line ends everywhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def staged_files(stage: Path) -> list[Path]:
    """Return every built file, relative to `stage`; the copied siblings are no product."""
    files = [p.relative_to(stage) for p in sorted(stage.rglob("*")) if p.is_file()]
    made = (*MADE_HERE,)
    return [p for p in files if p.parts[0] != "solutions" or p.suffix == ".ipynb" or p.name in made]


def stale(root: Path, stage: Path) -> list[Path]:
    """Return the files that are missing in `root` or differ from those just built."""
    return [
        path
        for path in staged_files(stage)
        if not (root / path).is_file() or (root / path).read_bytes() != (stage / path).read_bytes()
    ]


def orphans(root: Path, stage: Path, prefix: str = "") -> list[Path]:
    """Return generated files in `root` that no master makes any more."""
    made = set(staged_files(stage))
    found = {path.relative_to(root) for pattern in GENERATED for path in root.glob(pattern)}
    return sorted(p for p in found - made if p.parts[1].startswith(prefix))


def install(root: Path, stage: Path, paths: list[Path]) -> None:
    """Put built files in place: written beside, then renamed, so no reader sees half a file."""
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        shutil.copyfile(stage / path, beside)
        os.replace(beside, target)


def run(root: Path, prefix: str, check: bool) -> int:
    """Build or check; print what changed; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="course-build-") as folder:
        stage = Path(folder).resolve()
        problems = build(root, stage, prefix)
        for problem in problems:
            print(problem.replace(f"{root}/", ""), file=sys.stderr)
        if problems:
            return 1
        changed, left = stale(root, stage), orphans(root, stage, prefix)
        if check:
            return report(changed, left)
        install(root, stage, changed)
        for path in left:
            (root / path).unlink()
        print(f"{len(changed)} files written, {len(left)} orphans removed")
        return 0


def report(changed: list[Path], left: list[Path]) -> int:
    """Name the stale and orphaned files; return the exit code."""
    for path in changed:
        print(f"{path}: stale; run `make build`", file=sys.stderr)
    for path in left:
        print(f"{path}: no master makes it; run `make build`", file=sys.stderr)
    return 1 if changed or left else 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prefix", nargs="?", default="", help="build only names that begin so")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if stale")
    options = parser.parse_args(arguments)
    if options.prefix and not any(find_masters(ROOT, options.prefix)):
        parser.error(f"no master begins with {options.prefix!r}")
    return run(ROOT, options.prefix, options.check)


if __name__ == "__main__":
    sys.exit(main())
