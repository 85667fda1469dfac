"""What is imported before the first submission."""

from nbverdict.assignment.libraries import wanted


def test_what_the_cells_import_comes_before_the_fork():
    cells = ["from sympy.abc import x", "def f():\n    import networkx as nx"]
    assert wanted(cells, {}) == ["sympy.abc", "networkx"]


def test_pythons_own_modules_and_the_courses_do_not():
    assert wanted(["import asyncio_like, os\nfrom mycourse import given"], {"mycourse": []}) == [
        "asyncio_like"
    ]
