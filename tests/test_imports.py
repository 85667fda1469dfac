"""Who may import whom: the contracts of pyproject.toml hold, and each of them can break."""

import ast
import copy
import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter import api
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "notebooks" / "src").glob("*.py"))
HELPERS = sorted((ROOT / "course_lib").glob("*.py"))
CHECKING = sorted((ROOT / "course_lib" / "checking").rglob("*.py"))

# One forbidden import for each thing that a contract says.
FORBIDDEN = [
    ("course-lib-layers", "course_lib.measure", "course_lib.checking.outcome"),
    ("course-lib-layers", "course_lib.memory", "course_lib.experiments.holders"),
    ("course-lib-layers", "course_lib.experiments.reading", "course_lib.checking.files"),
    ("course-lib-layers", "course_lib.system.procfs", "course_lib.units"),
    ("course-lib-layers", "course_lib.plotting.charts", "course_lib.measure"),
    ("plotting-takes-results", "course_lib.plotting.charts", "course_lib.system.procfs"),
    ("checking-is-small", "course_lib.checking.check", "course_lib.measure"),
    ("course-without-grader", "course_lib.checking.local_call", "nbverdict.measuring"),
    ("grader-without-course", "nbverdict.student.worker", "course_lib.checking.local_call"),
    ("nbverdict-layers", "nbverdict.verdict.judge", "nbverdict.coordinator.batch"),
    ("nbverdict-layers", "nbverdict.student.worker", "nbverdict.jail.levels"),
    ("coordinator-runs-nothing", "nbverdict.coordinator.pool", "nbverdict.verdict.link"),
    ("coordinator-runs-nothing", "nbverdict.coordinator.grades", "nbverdict.student.shell"),
    ("coordinator-runs-nothing", "nbverdict.coordinator.pool", "nbverdict.jail.levels"),
    ("coordinator-runs-nothing", "nbverdict.coordinator.grades", "nbverdict.wire.values"),
    ("coordinator-runs-nothing", "nbverdict.nbgrader_plugin.converter", "nbverdict.verdict.link"),
    ("verdict-knows-no-course", "nbverdict.verdict.judge", "nbverdict.assignment.lint"),
    ("no-circles", "nbverdict.wire.arrays", "nbverdict.wire.values"),
    ("no-circles", "course_lib.units", "course_lib.plotting.ticks"),
]


TYPES = {
    "acyclic_siblings": AcyclicSiblingsContract, "forbidden": ForbiddenContract,
    "layers": LayersContract,
}  # fmt: skip


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph(
        "course_lib", "nbverdict", cache_dir=None, exclude_type_checking_imports=True
    )


@pytest.fixture(scope="module")
def contracts():
    """Return {id: contract} as pyproject.toml has them."""
    found = api.read_configuration(str(ROOT / "pyproject.toml"))
    return {
        options["id"]: TYPES[options["type"]](
            name=options["name"], session_options=found["session_options"],
            contract_options={k: v for k, v in options.items() if k not in ("id", "name", "type")},
        ) for options in found["contracts_options"]
    }  # fmt: skip


def kept(contract, graph):
    return contract.check(copy.deepcopy(graph), verbose=False).kept


def test_all_contracts_are_kept():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert ", 0 broken" in done.stdout


@pytest.mark.parametrize(("name", "importer", "imported"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(contracts, graph, name, importer, imported):
    assert {importer, imported} <= graph.modules
    assert kept(contracts[name], graph)
    worse = copy.deepcopy(graph)
    worse.add_import(importer=importer, imported=imported)
    assert not kept(contracts[name], worse)


def test_each_contract_breaks_here_at_least_once(contracts):
    assert set(contracts) == {name for name, _, _ in FORBIDDEN}


@pytest.mark.parametrize(
    ("name", "module"),
    [("course-lib-layers", "course_lib.new"), ("nbverdict-layers", "nbverdict.new")],
)
def test_a_new_module_has_to_be_put_somewhere(contracts, graph, name, module):
    worse = copy.deepcopy(graph)
    worse.add_module(module)
    assert not kept(contracts[name], worse)


def imported(path, top_level=False):
    """Return the dotted names that a file imports: ``course_lib.checking.check``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def below(names, *packages):
    return sorted(n for n in names for p in packages if f"{n}.".startswith(f"{p}."))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_uses_helpers_plots_and_experiments(path):
    names = imported(path)
    assert below(names, "nbverdict", "course_lib.system") == []
    assert below(names, "course_lib.checking") == []


def test_what_a_lesson_may_not_import_is_found(tmp_path):
    text = "def f():\n    from course_lib.system import procfs\nimport nbverdict.hidden as hidden\n"
    (tmp_path / "x.py").write_text(text)
    found = imported(tmp_path / "x.py")
    assert below(found, "nbverdict", "course_lib.system") == [
        "course_lib.system.procfs", "nbverdict.hidden",
    ]  # fmt: skip


@pytest.mark.parametrize("path", HELPERS + CHECKING, ids=lambda path: path.stem)
def test_plots_are_imported_where_they_are_drawn(path):
    """Matplotlib takes half a second, and most calls draw nothing."""
    assert below(imported(path, top_level=True), "course_lib.plotting") == []


def test_the_grader_does_not_even_name_the_course():
    sources = (ROOT / "nbverdict" / "src").rglob("*.py")
    assert [str(p) for p in sources if "course_lib" in p.read_text(encoding="utf-8")] == []
