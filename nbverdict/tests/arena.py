"""Submit every attack of `attacks/` to a target assignment, each on a wrong answer.

A target is a module: ``ASSIGNMENT``, its ``CELLS``, a ``WRONG`` answer for each problem, the
``POINTS`` of its tests, what is ``SECRET``, the ``ARGUMENT`` of a hidden test, ``FILES`` for the
trusted side alone, and the ``Course`` that it is graded in.
"""

import hashlib
import importlib.util
import os
from pathlib import Path
from types import ModuleType

from course import Course

FOLDER = Path(__file__).parent / "attacks"
NAMES = sorted(path.stem for path in FOLDER.glob("[ab]*.py"))


def load(name: str) -> ModuleType:
    """Return the module of an attack."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def submit(course: Course, target: ModuleType, name: str) -> None:
    """Hand in a wrong answer with an attack on it."""
    attack = load(name)
    places = {"{root}": str(course.root), "{home}": str(Path.home())}

    def filled(source: str) -> str:
        for place, path in places.items():
            source = source.replace(place, path)
        return source

    answers = {**target.WRONG, **{cell: filled(text) for cell, text in attack.ANSWERS.items()}}
    change = getattr(attack, "change", None)
    files = {n: c for n, c in getattr(attack, "FILES", {}).items() if "/" not in n}
    course.submit(
        name, target.ASSIGNMENT, {"nb": answers}, files, change and (lambda _, nb: change(nb))
    )


def give_secrets(course: Course, target: ModuleType) -> None:
    """Write the files for the trusted side, after the release is made, which has none of them."""
    for name, content in target.FILES.items():
        (course.root / "source" / target.ASSIGNMENT / name).write_text(content)


def build(root: Path, target: ModuleType) -> Course:
    """Return a course with every attack, two honest students and one wrong one handed in."""
    course = target.Course(root)
    course.assignment(target.ASSIGNMENT, {"nb": target.CELLS})
    give_secrets(course, target)
    for student in ("0_honest", "z_honest"):
        course.submit(student, target.ASSIGNMENT, course.model(target.ASSIGNMENT))
    course.submit("1_wrong", target.ASSIGNMENT, {"nb": target.WRONG})
    for name in NAMES:
        submit(course, target, name)
    return course


def fingerprint(root: Path) -> dict[str, str]:
    """Return the hash of every file that no grader may change."""
    found = {}
    for folder in ("source", "release", "submitted"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def planted() -> list[str]:
    """Return the files that attacks try to leave on the machine."""
    homes = {Path.home(), Path(os.environ.get("HOME", "/root"))}
    found = [p for home in homes for d in (".ipython", ".config", ".local")
             for p in (home / d).rglob("00-grading-attack.py")]  # fmt: skip
    return [str(p) for p in found + list(Path("/dev/shm").glob("grading_attack*"))]
