"""Every lesson runs as a learner would run it, and has the parts of a lesson.

Each lesson runs twice: with all instruments in a stand-in for Binder's pod (see pod.py), and with
every instrument switched off on a plain disk. Both times it runs as an ordinary user with a
/dev/shm of 64 MiB and no network, where the machine lets us build that. Each check of a "your turn"
runs on the empty cell, and then on the model answer.
"""

import json
import re
import sys

import nbformat
import pytest

import pod
from course_lib import practice
from places import ROOT
from tools.masters import number_of
from tools.run_notebook import tagged

LESSONS = sorted(path.stem for path in (ROOT / "notebooks" / "src").glob("[0-9]*.py"))
# Notebooks that are no lessons: they run as lessons do, and need not have their parts.
OTHERS = sorted(path.stem for path in (ROOT / "notebooks" / "src").glob("[!0-9]*.py"))
WITHOUT_EXERCISE = ("00_measuring", "09_beyond_one_machine")
MiB = 2**20
MOST_MEMORY = 512 * MiB
MOST_CPU_SECONDS = 60

# Run in an interpreter of its own, so that the counted CPU time is that of one notebook.
RUNNER = """
import json, resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tools.run_notebook import run_notebook
without = {"COURSE_LIB_WITHOUT": sys.argv[3]} if sys.argv[3] else {}
run = run_notebook(Path(sys.argv[2]), env=without, answers=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    "seconds": run.seconds, "cpu": used.ru_utime + used.ru_stime,
    "peak": run.peak, "defects": run.defects,
}))
"""


@pytest.fixture(scope="module")
def pods():
    """Return {name of a place to run in: Pod}."""
    with pod.build() as binder, pod.build(plain=True) as disk:
        yield {"binder": binder, "disk": disk}


def run_lesson(name, without, place):
    """Run one lesson; return its time, CPU time, peak and defects."""
    notebook = ROOT / "notebooks" / f"{name}.ipynb"
    done = place.run(sys.executable, "-c", RUNNER, str(ROOT), str(notebook), without)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def runs():
    """Yield (lesson, instruments switched off, place)."""
    for name in (*LESSONS, *OTHERS):
        yield name, "", "binder"
        yield name, "all", "disk"
        # Dirty pages of an overlay cannot be counted: those lessons run on a plain disk, too.
        if "dirty_pages(" in (ROOT / "notebooks" / "src" / f"{name}.py").read_text("utf-8"):
            yield name, "", "disk"


@pytest.mark.parametrize(("name", "without", "place"), list(runs()))
def test_lesson_runs_clean_and_small(name, without, place, pods, record_property):
    run = run_lesson(name, without, pods[place])
    needed = f"{run['seconds']:.0f} s, {run['cpu']:.0f} s of CPU, {run['peak'] / MiB:.0f} MiB"
    how = f"{without or 'no'} instruments switched off; {pods[place].real}"
    record_property("lesson needed", f"{name}: {needed} ({how})")
    assert not run["defects"], "\n".join(run["defects"][:9])
    assert run["peak"] <= MOST_MEMORY
    # CPU time: the wall time depends on who else uses the machine.
    assert run["cpu"] <= MOST_CPU_SECONDS


# The parts of a lesson.


@pytest.fixture(params=LESSONS)
def lesson(request):
    """Return (name, notebook, text of its markdown cells)."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{request.param}.ipynb", as_version=4)
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return request.param, notebook, text


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_lesson_has_every_part(lesson):
    name, notebook, text = lesson
    assert re.match(r"# [A-Z]", notebook.cells[0].source)
    for part in ("**Do", "**Learn", "**Need"):
        assert part in notebook.cells[0].source, f"the first cell lacks {part}"
    cells = code_cells(notebook)
    assert "machine.card(" in cells[0].source, "the card opens the lesson"
    assert any("my_predictions()" in cell.source for cell in cells)
    assert f'data.clear("{number_of(name)}' in cells[-1].source
    for heading in ("## Check yourself", "## Recap", "## Further reading"):
        assert heading in text, f"no {heading}"


def test_lesson_asks_before_it_shows(lesson):
    _, notebook, _ = lesson
    source = "\n".join(cell.source for cell in code_cells(notebook))
    predicted = re.findall(r'(?<!\w)predict\(\s*"([^"]+)",\s*(\w+)', source)
    assert len(predicted) >= 3
    assert all(value == "None" for _, value in predicted), "a prediction is the learner's to make"
    revealed = set(re.findall(r'reveal\(\s*"([^"]+)"', source))
    assert {question for question, _ in predicted} == revealed


def test_lesson_lets_the_learner_write(lesson):
    cells = lesson[1].cells
    turns = [n for n, cell in enumerate(cells) if tagged(cell, "turn:")]
    assert len(turns) >= 3
    for turn in turns:
        answer = re.search(r"```python\n(.*?)\n```", cells[turn + 2].source, re.DOTALL).group(1)
        head = cells[turn].source.split("...  # Write your lines here.")[0].rstrip()
        lines = [line for line in answer[len(head) :].splitlines() if line.strip()]
        assert 1 <= len(lines) <= 9, "one to six lines, and a comment or two"
        task = cells[turn - 1].source
        assert "**Your turn" in task
        assert "<details><summary>Hint</summary>" in task, f"no hint: {task}"


MOST_CODE_CELLS, MOST_WORDS, MOST_PREDICTIONS = 40, 2000, 8


def length(notebook):
    """Return code cells that are not folded, words before the questions, and predictions.

    No words are the target of a link, what a picture shows, and what a reader unfolds.
    """
    cells = code_cells(notebook)
    seen = [cell for cell in cells if "hide-input" not in cell.metadata.get("tags", ())]
    text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    text = text.partition("## Check yourself")[0]
    text = re.sub(r"<details>.*?</details>|!\[[^]]*\]|\]\([^)]*\)", "", text, flags=re.DOTALL)
    asked = sum(len(re.findall(r"(?<!\w)predict\(", cell.source)) for cell in cells)
    return len(seen), len(re.findall(r"\S*\w\S*", text)), asked


def test_lesson_fits_into_an_hour(lesson):
    name, notebook, _ = lesson
    cells, words, asked = length(notebook)
    short = cells <= MOST_CODE_CELLS and words <= MOST_WORDS and asked <= MOST_PREDICTIONS
    said = f"{name}: {cells} code cells to read, {words} words, {asked} predictions"
    assert short, said


def test_an_empty_turn_is_not_answered_and_stops_nobody(lesson):
    _, notebook, _ = lesson
    for cell in notebook.cells:
        if name := tagged(cell, "turn:"):
            made: dict = {}
            exec(cell.source, made)
            assert practice.is_untouched(made[name]), cell.source


def test_lesson_has_four_questions_with_answers(lesson):
    _, _, text = lesson
    text = text.partition("## Check yourself")[2]
    answers = re.findall(r"<details>\s*<summary>.*?</summary>(.*?)</details>", text, re.DOTALL)
    assert len(answers) == 4
    assert all(len(answer.split()) > 10 for answer in answers), "an answer explains"


def test_lesson_has_a_figure_with_words_for_it(lesson):
    name, _, text = lesson
    figures = re.findall(r"!\[([^\]]*)\]\((figures/[^)]+\.svg)\)", text)
    assert any(path.startswith(f"figures/{number_of(name)}_") for _, path in figures)
    for words, path in figures:
        assert len(words.split()) > 5, f"{path} needs alt text"
        assert (ROOT / "notebooks" / path).is_file()


def test_lesson_links_to_what_exists(lesson):
    name, _, text = lesson
    targets = {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)}
    local = {t for t in targets if t and "://" not in t}
    assert not [t for t in local if not _exists(t)]
    if name not in WITHOUT_EXERCISE:
        assert any(t.startswith(f"../exercises/{name[:2]}_") for t in local)


def _exists(target: str) -> bool:
    return (ROOT / "notebooks" / target).resolve().is_file()


def test_lesson_is_stored_without_outputs_and_in_short_cells(lesson):
    _, notebook, _ = lesson
    for number, cell in enumerate(code_cells(notebook)):
        assert cell.outputs == [] and cell.execution_count is None
        # The first cell imports: its length is no burden to the reader.
        assert number == 0 or len(cell.source.splitlines()) <= 16, cell.source
