"""Every answer of the mistake bank gets its points and its message under stock nbgrader."""

import pytest

import bank
import stock


@pytest.mark.parametrize("assignment", bank.assignments())
def test_every_answer_gets_its_points_and_its_message(assignment, tmp_path):
    """One class an assignment: the k-th mistakes of all problems are one submission."""
    points = bank.problems(assignment)
    students = bank.make_class(assignment)
    graded = stock.grade(tmp_path, assignment, {s: book for s, (book, _) in students.items()})
    wrong = []
    for student, (_, chosen) in students.items():
        for problem, full in points.items():
            expected = 0 if student == "untouched" else full
            wrong += complaints(student, graded[student][problem], expected, chosen.get(problem))
    assert not wrong, "\n\n".join(wrong)


def complaints(student, graded, expected, variant):
    """Return what is wrong with the grade and the message of one answer."""
    expected = bank.worth(variant, expected) if variant else expected
    where = str(variant or student)
    found = []
    if graded.points != expected:
        found.append(f"{where}: expected {expected:g} points, got {graded.points}\n{graded.text}")
    for message in variant.messages if variant else ():
        if message not in graded.text:
            found.append(f"{where}: no message {message!r} in\n{graded.text}")
    return found
