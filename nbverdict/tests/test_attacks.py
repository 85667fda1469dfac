"""Attacks that ride on a wrong answer, against tests of plain asserts and counted bytes."""

import attack_checks
import pytest
import target
from attack_checks import AttackChecks


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One batch with all attacks."""
    return attack_checks.grade(target, tmp_path_factory.mktemp("arena"))


class TestAttacks(AttackChecks):
    """Every attack on `target`."""
