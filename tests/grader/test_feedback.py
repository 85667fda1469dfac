"""The student's feedback holds no hidden test, however it tries to get there."""

import json

import nbformat
import pytest
from nbverdict.nbgrader_plugin.hide_hidden_tests import NOTE, HideHiddenTests

TEST = """\
assert page_count(1) == 1
### BEGIN HIDDEN TESTS
with report.hidden():
    report.equal(
        "the last page is not full",
        report.run(page_count, 987654, other=1 < 2 > 1), 242,
    )
### END HIDDEN TESTS
report"""
SECRET = "report.run(page_count, 987654, other=1 < 2 > 1), 242,"


def strip(output):
    code = nbformat.v4.new_code_cell(TEST, outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[code])
    HideHiddenTests().preprocess(notebook, {})
    return notebook.cells[0]


def printed(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def html(text):
    return nbformat.v4.new_output("display_data", {"text/html": text})


@pytest.mark.parametrize(
    "output",
    [
        printed(f"In[-1] is {TEST!r}"),
        printed(TEST),
        printed(json.dumps(TEST)),
        html(f"<pre>{TEST}</pre>"),
        html(TEST.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")),
        nbformat.v4.new_output(
            "error", ename="AssertionError", evalue="987654", traceback=[f"\x1b[31m{SECRET}"]
        ),
    ],
    ids=["repr", "print", "json", "html", "escaped html", "traceback"],
)
def test_output_that_repeats_a_hidden_line_is_removed(output):
    cell = strip(output)
    assert "987654" not in cell.source + json.dumps(cell.outputs)
    assert "removed" in cell.outputs[0].text or "AssertionError" in cell.outputs[0].text


def test_source_says_that_hidden_tests_ran():
    assert strip(printed("")).source == f"assert page_count(1) == 1\n{NOTE}\nreport"


def test_report_with_the_label_of_a_hidden_row_stays():
    output = html("<td>the last page is not full (hidden)</td><td>0 / 1</td>")
    assert strip(output).outputs == [output]


def test_error_of_a_cell_without_hidden_tests_stays():
    output = nbformat.v4.new_output("error", ename="NameError", evalue="x", traceback=["x"])
    cell = nbformat.v4.new_code_cell("x", outputs=[output])
    HideHiddenTests().preprocess(nbformat.v4.new_notebook(cells=[cell]), {})
    assert cell.outputs == [output]
