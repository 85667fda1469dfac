"""Answers of the bank get their points and their messages under stock nbgrader.

Each problem gives some, other ones in each problem: stock nbgrader takes seconds a submission. All
of them are graded by the course's own grader, and run by the build, which makes the tables.
"""

import pytest

import bank
import stock

MOST = {"mistake": 4, "right": 1}
"""Submissions of each kind."""


def some(assignment):
    """Return the class of the bank without the submissions that are too many."""
    variants = bank.load(assignment)
    for number, (problem, found) in enumerate(sorted(variants.items())):
        kept = []
        for kind, most in MOST.items():
            answers = [answer for answer in found if answer.kind == kind]
            first = number * most % max(1, len(answers))
            kept += (answers[first:] + answers[:first])[:most]
        variants[problem] = kept
    return bank.make_class(assignment, variants)


@pytest.mark.parametrize("assignment", bank.assignments())
def test_answers_get_their_points_and_their_message(assignment, tmp_path):
    """One class an assignment: the k-th mistakes of all problems are one submission."""
    points = bank.problems(assignment)
    students = some(assignment)
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
