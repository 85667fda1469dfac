"""The score of a test cell that ran in the student's process, as stock nbgrader has it.

For cells that do not work across the border; `calibrate` finds them. The student's code could
forge what such a cell seems to have done, as it could under stock nbgrader. What it shows is the
student's, too: nothing active of it reaches a page.
"""

from typing import Any

from nbverdict.steps import Result, TestStep
from nbverdict.student.answers import Inside
from nbverdict.verdict.testcell import score_of

_SHOWN = ("text/plain", "image/png", "image/jpeg")


def result(step: TestStep, told: Inside) -> Result:
    """Return the score and the outputs of a test that ran inside.

    Parameters
    ----------
    step : TestStep
    told : Inside
        What the student's process says of it.
    """
    outputs = tuple(_passive(output) for output in told.outputs)
    if told.error:
        return Result(outputs, 0.0, told.error, told.error, (told.error.split("\n")[0],))
    score, reason = score_of(told.text, step.points)
    return Result(outputs, score, reason, reason)


def broken(reason: str) -> Result:
    """Return the result of a test that gave no verdict: a crash, a limit."""
    told = f"No points: {reason}."
    error = {"output_type": "error", "ename": "NotSolved", "evalue": told, "traceback": [told]}
    return Result((error,), 0.0, told, reason, (told,), broken=True)


def _passive(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output with nothing but text and pictures in it."""
    data = output.get("data")
    if not isinstance(data, dict):
        return output
    return output | {"data": {kind: data[kind] for kind in _SHOWN if kind in data}}
