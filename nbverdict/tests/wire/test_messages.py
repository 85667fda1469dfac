"""What processes tell each other: it comes back as it was, and what is odd is refused."""

import json
from dataclasses import replace

import pytest
from nbverdict.steps import CodeStep, NotebookJob, Owners, Result, TestStep, Told
from nbverdict.student.answers import (
    Callback,
    Change,
    ExceptionClass,
    Measured,
    Named,
    Returned,
    Thrown,
)
from nbverdict.wire.fields import MAX_OUTPUTS, MAX_TEXT, Malformed, outputs

OWNERS = Owners(("f",), {"np": "import numpy as np"}, {"K": "K = 1"}, ("sum",), ("a",), (), ("x",))
JOB = NotebookJob("nb", {"Point": ("__eq__",)}, (
    CodeStep("x = 1", 1, 0), TestStep("t", "assert f()", 2.5, OWNERS, 1, done=True),
))  # fmt: skip
RESULT = Result(({"output_type": "stream"},), 1.5, "why", "how", ("row",), True, "late", 0.5)
THROWN = Thrown(
    ExceptionClass("Odd", (("m", "Odd"), ("builtins", "ValueError"))), [1], "text", "f()", 3,
    {"errno": 2, "filename": "a"}, ("line",),
)  # fmt: skip
ANSWERS = [
    RESULT, OWNERS, JOB, THROWN, Returned(None, THROWN, (), ()),
    Returned([1], None, (Change(0, [2]), Change(1, None, "odd")), (("stdout", "text"),)),
    Measured(1, {"kind": "E"}, (Change(0, 1),), "printed", {"a": 1}), Named("value", 3),
    Named("exception", exception=THROWN.kind), Callback(0, (1, [2]), {"t": "dict", "v": [[], []]}),
]  # fmt: skip


def crossed(message):
    return json.loads(json.dumps(message.to_json()))


@pytest.mark.parametrize("message", ANSWERS, ids=lambda m: type(m).__name__)
def test_it_comes_back_as_it_was(message):
    assert type(message).from_json(crossed(message)) == message


@pytest.mark.parametrize("message", ANSWERS, ids=lambda m: type(m).__name__)
def test_unknown_and_missing_fields_are_refused(message):
    form = crossed(message)
    with pytest.raises(Malformed, match="unknown or missing: more"):
        type(message).from_json(form | {"more": 1})
    for name in form:
        with pytest.raises(Malformed):
            type(message).from_json({k: v for k, v in form.items() if k != name})


@pytest.mark.parametrize("form", [None, [], "x", 3, {}])
def test_what_is_no_message_is_refused(form):
    for kind in {type(message) for message in ANSWERS}:
        with pytest.raises(Malformed):
            kind.from_json(form)


@pytest.mark.parametrize(
    "odd",
    [{"score": float("nan")}, {"score": float("inf")}, {"score": "3"}, {"score": True},
     {"messages": "row"}, {"messages": [1]}, {"broken": 1}, {"reason": None}, {"ended": 0}],
    ids=str,
)  # fmt: skip
def test_a_result_of_wrong_types_is_refused(odd):
    with pytest.raises(Malformed):
        Result.from_json(crossed(RESULT) | odd)


def test_what_is_too_long_is_cut():
    long = {"reason": "x" * 10**6, "messages": ["y" * 10**6] * 2000, "outputs": [{}] * 10_000}
    found = Result.from_json(crossed(RESULT) | long)
    assert len(found.reason) == MAX_TEXT and len(found.outputs) == MAX_OUTPUTS
    assert len(found.messages) == 1000 and {len(m) for m in found.messages} == {MAX_TEXT}


@pytest.mark.parametrize("value", [None, "text", {"a": 1}, 7])
def test_outputs_that_are_no_list_are_none(value):
    assert outputs(value) == ()
    assert outputs([value, {"output_type": "stream"}])[-1:] == ({"output_type": "stream"},)


@pytest.mark.parametrize(
    "odd",
    [{"op": "other"}, {"notebook": 1}, {"step": 2}, {"step": -1}, {"step": True}, {"step": "0"},
     {"result": None}, {"op": "begin"}, {"result": {"score": 5.0}}],
    ids=str,
)  # fmt: skip
def test_a_verdict_process_tells_of_its_own_steps_only(odd):
    told = Told("result", 0, 1, RESULT)
    assert Told.from_json(crossed(told), [JOB]) == told
    with pytest.raises(Malformed):
        Told.from_json(crossed(told) | odd, [JOB])


@pytest.mark.parametrize(
    "odd",
    [{"lineno": -1}, {"lineno": "3"}, {"attributes": {"args": 1}}, {"attributes": {"code": [1]}},
     {"attributes": None}, {"traceback": [3]}, {"kind": {"name": "E"}},
     {"kind": {"name": "E", "bases": [["m"]]}}, {"kind": {"name": "E", "bases": [[1, 2]]}}],
    ids=str,
)  # fmt: skip
def test_a_students_exception_of_wrong_types_is_refused(odd):
    with pytest.raises(Malformed):
        Thrown.from_json(crossed(THROWN) | odd)


@pytest.mark.parametrize(
    "odd",
    [{"changed": [[0, 1]]}, {"changed": [{"number": -1, "form": 1, "problem": ""}]},
     {"streams": [["stdout"]]}, {"streams": [["stdout", 3]]}, {"streams": None}],
    ids=str,
)  # fmt: skip
def test_an_answer_of_wrong_types_is_refused(odd):
    with pytest.raises(Malformed):
        Returned.from_json(crossed(Returned(1, None, (), ())) | odd)


def test_a_step_that_is_done_stays_what_it_is():
    steps = tuple(replace(step, done=True) for step in JOB.steps)
    assert NotebookJob.from_json(crossed(replace(JOB, steps=steps))).steps == steps
