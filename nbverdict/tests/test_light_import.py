"""What the coordinator loads, and whether all that nbverdict imports is declared."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = sorted((PROJECT / "src" / "nbverdict").rglob("*.py"))
HEAVY = ("course_lib", "zarr", "h5py", "tables", "dask", "matplotlib")


@pytest.mark.parametrize("module", ["coordinator.batch", "coordinator.pool", "__main__"])
def test_the_coordinator_loads_no_other_side_and_nothing_heavy(module):
    code = f"import sys, nbverdict.{module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert f"nbverdict.{module}" in loaded
    sides = ("nbverdict.verdict", "nbverdict.student", *HEAVY)
    assert sorted(n for n in loaded for s in sides if f"{n}.".startswith(f"{s}.")) == []


def imported(path):
    """Return the first part of everything that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
    return found


def others(paths):
    """Return what files import that neither Python nor nbverdict brings."""
    found = set().union(*map(imported, paths))
    return found - set(sys.stdlib_module_names) - {"nbverdict"}


def canonical(name):
    """Return the name of a distribution as pip compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements):
    """Return the names of distributions that requirements name."""
    return {canonical(re.match(r"[\w.-]+", line).group()) for line in requirements}


def brought(requirements):
    """Return the modules that distributions are imported by."""
    wanted = declared(requirements)
    found = packages_distributions().items()
    return {module for module, names in found if wanted & set(map(canonical, names))}


def test_all_imports_are_declared_and_all_that_is_declared_is_imported():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    imports, always = others(SOURCES), brought(project["dependencies"])
    assert imports - always == {"distributed"}
    assert declared(project["optional-dependencies"]["cluster"]) == {"distributed"}
    public = {module for module in always if module.isidentifier() and module[0] != "_"}
    assert public - imports == set()


def test_the_extra_is_imported_in_one_place():
    users = [path.name for path in SOURCES if "distributed" in imported(path)]
    assert users == ["cluster.py"]
