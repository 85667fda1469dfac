"""nbgrader's settings for this course. nbgrader reads them where it is started: in this folder."""

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "bigger-than-memory"

# The course's own names for nbgrader's "source" and "release" folders.
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# nbgrader copies every file beside a notebook into the release. A master (*.py) holds the model
# answers and the hidden tests, so it must stay behind.
c.CourseDirectory.ignore = ["*.py", "*.pyc", "__pycache__", ".ipynb_checkpoints", ".*"]

# What stands where the model answer stood. raise makes an untouched problem fail, visibly.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# Seconds for one cell. Every problem is solved in well under a second; a loaded machine may need
# more, an endless loop should not hold the class up for long.
c.Execute.timeout = 30

# For stock nbgrader, which leaves a deleted test cell out otherwise: no score, a person must look.
# The course's own grader needs no such setting. It always puts a deleted test cell back after the
# cell that it followed and runs it, so a right answer keeps its points; the report names it.
c.OverwriteCells.add_missing_cells = True

# The feedback page of stock nbgrader prints the hidden tests. HideHiddenTests takes them out, so it
# comes after the grades are known and before the page is made.
# By name: nbgrader's preprocessors take a second to import, and most commands need none of them.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbverdict.nbgrader_plugin.hide_hidden_tests.HideHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# --- The grader (nbverdict) ---
# What it takes from this course: how a call is measured, which packages submissions may import,
# and which modules the words of a cell stand for (imported once, before the first submission).
c.NbVerdict.measuring = "course_lib.checking.grader_side"
c.NbVerdict.packages = ["course_lib"]
# The table that names mistakes, with the hidden rows: for the trusted side alone.
c.NbVerdict.secrets = [".diagnoses.json"]
c.NbVerdict.libraries = {
    "course_lib": [
        "asyncio",
        "concurrent.futures.thread",
        "concurrent.futures.process",
        "tracemalloc",
        "csv",
        "multiprocessing.shared_memory",
        "multiprocessing.resource_tracker",
        "psutil",
        "numpy.testing",
        "unittest.mock",
    ],
    "check": ["course_lib.checking.check", "course_lib.checking.outcome"],
    **{
        name: [f"course_lib.{name}"]
        for name in ("measure", "memory", "recording", "data", "hints", "machine", "child")
    },
}

# `nbgrader autograde` and formgrader's button grade with it too; NBVERDICT=stock asks for
# nbgrader's own. `nbgrader generate_assignment` names the tests that could not work in it. Other
# commands of nbgrader work where it is not installed; those that grade or show tests must not.
import importlib.util  # noqa: E402

if importlib.util.find_spec("nbverdict"):
    from nbverdict.nbgrader_plugin import wiring

    wiring.install(c)
