"""Print what each attack gets from either grader, as the table of docs/grader.md.

Run it as ``python nbverdict/tests/attack_table.py [NAME ...]``. It takes ten minutes or more,
because stock nbgrader is started for each.
"""

import os
import sys
import tempfile
from pathlib import Path

import arena
import target
import unjailed

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")


def main(names: list[str]) -> None:
    """Print the rows of these attacks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = arena.build(_new(folder), target)
        ours.grade(target.ASSIGNMENT, "--timeout", "4", "--memory", "700", "--quiet")
        marks = ours.scores(target.ASSIGNMENT)
        folder.chmod(0o711)  # stock runs as another user
        stock = unjailed.Unjailed(_new(folder), target)
        stock.folder.chmod(0o711)
        print("| attack | stock | and besides | this grader |\n|---|---|---|---|")
        for name in names:
            earned, harm = stock.attack(name)
            points = sum(marks[name].values())
            print(f"| `{name}` | {earned} | {', '.join(harm)} | {points:g} |", flush=True)


def _new(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


if __name__ == "__main__":
    main(sys.argv[1:] or arena.NAMES)
