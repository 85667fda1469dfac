"""Raise what a test runner takes for an order: skip, exit, interrupt."""

ANSWERS = {
    "double": """
import unittest
def double(x): raise unittest.SkipTest("not today")
""",
    "partial": """
def thirds(n): raise SystemExit(0)
""",
    "save": """
def save(path, values): raise KeyboardInterrupt
""",
    "store": """
def store(path, n): raise GeneratorExit
""",
    "first": """
def first(path): raise StopIteration(0.5)
""",
}
