"""Constructs that a test can use, each with the marks of stock nbgrader: one row for each cause.

A case is one answer and one test of one point. The model answer and the untouched release are
graded, and a wrong answer where there is one to tell apart.
"""

from importlib.util import find_spec
from typing import NamedTuple

from course import answer, check, locked, plain


class Case(NamedTuple):
    """One answer and its test.

    Attributes
    ----------
    name, answer, test : str
    wrong : str
        An answer that deserves nothing; empty if there is none to tell.
    before : tuple
        Cells that stand before the answer.
    after : tuple
        Cells between the answer and the test.
    """

    name: str
    answer: str
    test: str
    wrong: str = ""
    before: tuple = ()
    after: tuple = ()


def ban(target: str, use: str) -> str:
    """Return a test that takes a function away while the answer runs."""
    return f"old, {target} = {target}, None\ntry:\n    {use}\nfinally:\n    {target} = old"


IMPORTS = [
    Case(
        "import_module",
        "import math as m1",
        "assert type(m1.sqrt(4)) is float",
        "import cmath as m1",
    ),
    Case("import_helper", "from helper import double", "assert double(2) == 4"),
    Case("import_star", "from cmath import *", "assert phase(1) == 0"),
    Case("import_constant", "from math import tau as turn", "assert turn > 6", "turn = 1"),
    Case(
        "import_changed",
        "from math import floor as low",
        "assert low(1.5) == 1",
        "low = lambda x: 2",
    ),
]
BANS = [
    Case(
        "ban_none",
        "def solve(a, b):\n    return np.linalg.solve(a, b)",
        ban("np.linalg.inv", "assert np.allclose(solve(np.eye(2), np.ones(2)), 1)"),
        "def solve(a, b):\n    return np.linalg.inv(a) @ b",
    ),
    Case(
        "ban_must_use",
        "def inverse(a):\n    return np.linalg.inv(a)",
        "kept = np.linalg.inv\nnp.linalg.inv = None\ntry:\n    inverse(np.eye(2))\nexcept TypeError:\n"
        "    pass\nelse:\n    raise AssertionError('does not use inv')\nfinally:\n    np.linalg.inv = kept",
        "def inverse(a):\n    return a",
    ),
    Case(
        "ban_is_over", "def after(a):\n    return np.linalg.inv(a)", "assert after(np.eye(1)) == 1"
    ),
    Case(
        "input_replaced",
        "def ask():\n    return input('?')",
        "import builtins\nreal = builtins.input\nbuiltins.input = lambda *a: '5'\ntry:\n"
        "    assert ask() == '5'\nfinally:\n    builtins.input = real",
        "def ask():\n    return '6'",
    ),
    Case(
        "input_patched",
        "def ask2():\n    return input()",
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='7'):\n"
        "    assert ask2() == '7'",
        "def ask2():\n    return '6'",
    ),
    Case(
        "patch_object",
        "def now():\n    import time\n    return time.time()",
        "import time\nfrom unittest.mock import patch\nwith patch.object(time, 'time', lambda: 3.0):\n"
        "    assert now() == 3.0",
        "def now():\n    return 4.0",
    ),
]
LOOKS = [
    Case("doc_missing", "def d1(x):\n    'Doc.'", "assert d1.__doc__", "def d1(x): return x"),
    Case(
        "doc_text",
        "def d2(x):\n    'Return x unchanged.'",
        "assert 'unchanged' in d2.__doc__",
        "def d2(x): 'No.'",
    ),
    Case(
        "doc_class",
        "class D3:\n    'A thing.'",
        "assert D3.__doc__ == D3().__doc__ == 'A thing.'",
        "class D3: pass",
    ),
    Case("module", "def d4(): pass", "assert d4.__module__ == '__main__'"),
    Case(
        "vars",
        "class D5:\n    def __init__(self): self.v = 1",
        "assert vars(D5()) == D5().__dict__ == {'v': 1}",
    ),
    Case("dir_here", "x1 = 1", "assert 'x1' in dir()"),
    Case("locals", "x2 = 1", "assert 'x2' in locals() and locals()['x2'] == 1"),
    Case("globals", "x3 = 1", "assert 'x3' in globals() and globals().get('x3') == 1", "y3 = 1"),
    Case(
        "dir_object",
        "class D6:\n    def hi(self): pass",
        "assert 'hi' in dir(D6()) and 'hi' in dir(D6)",
        "class D6: pass",
    ),
    Case(
        "signature",
        "def d7(a, b=2, *, c: int = 3): pass",
        'import inspect\nassert str(inspect.signature(d7)) == "(a, b=2, *, c: int = 3)"\n'
        "assert inspect.getfullargspec(d7).args == ['a', 'b']",
        "def d7(a): pass",
    ),
    Case(
        "code",
        "def d8(a):\n    t = a\n    return t",
        "assert d8.__code__.co_varnames == ('a', 't')",
        "def d8(a): pass",
    ),
    Case(
        "subclass",
        "class A9: pass\nclass B9(A9): pass",
        "assert issubclass(B9, A9) and not issubclass(A9, B9)",
    ),
    Case(
        "identity",
        "from enum import Enum\nclass Color(Enum):\n    RED = 1",
        "assert Color.RED is Color.RED and Color.RED.value == 1",
    ),
    Case(
        "singleton",
        "class Sing:\n    one = None\n    def __new__(cls):\n        cls.one = cls.one or object.__new__(cls)\n"
        "        return cls.one",
        "assert Sing() is Sing()",
    ),
]
NAMES = [
    Case(
        "test_binds",
        "def power(x):\n    return M @ x",
        "M = np.eye(2)\nx = np.ones(2)\nassert (power(x) == x).all()",
    ),
    Case(
        "test_imports",
        "r1 = stats.mean([1, 3])",
        "assert r1 == 2",
        before=(check("test_imports_before", 0, "import statistics as stats"),),
    ),
    Case(
        "test_sets",
        "r2 = K2 + 1",
        "assert r2 == 8",
        before=(check("test_sets_before", 0, "K2 = 7"),),
    ),
    Case(
        "test_defines",
        "r3 = helped(4)",
        "assert r3 == 5",
        before=(check("test_defines_before", 0, "def helped(x):\n    return x + 1"),),
    ),
    Case(
        "test_changes",
        "def count():\n    return len(items4)",
        "items4 = []\nassert count() == 0\nitems4.append(1)\nassert count() == 1",
    ),
]
SYNTAX = [
    Case(
        "magic_locked",
        "m6 = DATA6.mean()",
        "assert m6 == DATA6.mean()",
        before=(locked("given6", "%matplotlib inline\nDATA6 = np.arange(5.)\nnp.random.randint?"),),
    ),
    Case(
        "timed_locked",
        "v7 = 5",
        "assert near7(v7, 5)",
        "v7 = 9\ndef near7(a, b): return True",
        before=(locked("given7", "%%time\ndef near7(a, b): return abs(a - b) < 1e-9"),),
    ),
    Case("command", "!echo hello > out.txt\nv8 = 5", "assert v8 == 5"),
    Case(
        "await",
        "async def later(x):\n    return x * 2",
        "assert (await later(1)) == 2",
        "async def later(x): return 0",
    ),
]
MORE = [
    Case(
        "send",
        "def acc():\n    t = 0\n    while True:\n        t += (yield t) or 0",
        "g = acc()\nnext(g)\nassert g.send(2) == 2 and g.send(3) == 5",
    ),
    Case(
        "generator",
        "def draw(rng):\n    return rng.random()",
        "r = np.random.default_rng(0)\ns = np.random.default_rng(0)\nassert draw(r) != draw(r)\n"
        "assert [s.random(), s.random()][1] != draw(r)",
        "def draw(rng): return 1",
    ),
    Case(
        "random",
        "def draw2(rng):\n    return rng.random()",
        "import random\nq = random.Random(0)\nassert draw2(q) != draw2(q)\nn = np.random.RandomState(0)\n"
        "assert draw2(n) != draw2(n)",
        "def draw2(rng): return 1",
    ),
    Case(
        "warns",
        "def warned():\n    import warnings\n    warnings.warn('old', DeprecationWarning)",
        "import warnings\nwith warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter('always')\n"
        "    warned()\nassert seen[0].category is DeprecationWarning and 'old' in str(seen[0].message)",
        "def warned(): pass",
    ),
]
CLASSES = [
    Case(
        "named_tuple",
        "from collections import namedtuple\nRow = namedtuple('Row', 'a b')\ndef row(): return Row(1, 2)",
        "assert isinstance(row(), Row) and row().a == 1",
        "Row = tuple\ndef row(): return (1, 2)",
    ),
    Case(
        "locked_base",
        "class Kid(Base): pass",
        "assert isinstance(Kid(), Base) and issubclass(Kid, Base)",
        "class Kid: pass",
        before=(locked("given_base", "class Base: pass"),),
    ),
    Case(
        "linked_list",
        "def count_nodes(h):\n    return 0 if h is None else 1 + count_nodes(h.next)",
        "assert count_nodes(LN(1, LN(2))) == 2",
        "def count_nodes(h): return 1",
        before=(
            locked(
                "given_list",
                "class LN:\n    def __init__(self, v, next=None): self.v, self.next = v, next",
            ),
        ),
    ),
    Case(
        "function_type",
        "def f1(): pass",
        "import types\nassert isinstance(f1, types.FunctionType)",
        "f1 = 3",
    ),
    Case(
        "class_type",
        "class C1: pass",
        "import inspect\nassert isinstance(C1, type) and inspect.isclass(C1)",
        "C1 = 3",
    ),
    Case(
        "dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass P1:\n    v: int",
        "import dataclasses\nassert dataclasses.is_dataclass(P1) and P1(1).v == 1",
        "class P1:\n    v = 1\n    def __init__(self, v): pass",
    ),
    Case(
        "cursor",
        "import sqlite3\ndef query():\n    con = sqlite3.connect(':memory:')\n    return con.execute('select 1 union select 2')",
        "assert query().fetchone() == (1,)\nassert list(query()) == [(1,), (2,)]",
    ),
    Case(
        "library_object",
        "from types import SimpleNamespace\nimport string\nt1 = string.Formatter().parse('a{b}')\n"
        "from collections import ChainMap\nc1 = ChainMap({'a': 1}, {'b': 2})",
        "from collections import ChainMap\nassert len(c1) == 2 and c1['b'] == 2 and list(t1)[0][0] == 'a'",
    ),
]
# One failed star import takes nothing from the other tests; and folders put on the path are found.
PATHS = [
    Case(
        "star_fails",
        "width = 81",
        "assert width == 81",
        before=(
            locked(
                "given_star",
                "import sys\nsys.path.append('no such folder')\nfrom nowhere_at_all import *",
            ),
        ),
    ),
    Case(
        "star_folder",
        "height = tall(2)",
        "assert height == tall(2)",
        # Nothing that the student's process writes is imported beside the test.
        "height = 5\nopen('code/utils2.py', 'w').write('def tall(x): return 5')",
        before=(
            locked("given_folder", "import sys\nsys.path.append('code')\nfrom utils2 import *"),
        ),
    ),
]
PLOTS = [
    Case(
        "axes",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nlines = ax.plot([1, 2])",
        "assert len(ax.lines) == 1 and ax.get_title() == '' and len(lines) == 1\n"
        "assert ax.lines[0].get_ydata().tolist() == [1, 2]",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nlines = ax.lines",
    ),
]
TABLES = [
    Case(
        "frame_argument",
        "def total(df):\n    return df['a'].sum()",
        "assert total(pd.DataFrame({'a': [1, 2]})) == 3",
        "def total(df): return 4",
    ),
    Case(
        "frame_result",
        "def doubled(df):\n    return df * 2",
        "pd.testing.assert_frame_equal(doubled(pd.DataFrame({'a': [1, 2]})), pd.DataFrame({'a': [2, 4]}))",
        "def doubled(df): return df",
    ),
    Case(
        "frame_variable",
        "frame = pd.DataFrame({'a': [1, 2, 3]})",
        "assert frame['a'].sum() == 6 and len(frame) == 3 and (frame.a > 0).all()\nassert frame.groupby('a').size().index.tolist() == [1, 2, 3]",
        "frame = 6",
    ),
    Case(
        "frame_changed",
        "def add(df):\n    df['b'] = df.a + 1",
        "df = pd.DataFrame({'a': [1]})\nadd(df)\nassert df.b.tolist() == [2]",
        "def add(df): pass",
    ),
    Case(
        "series_argument",
        "def top(s):\n    return s.sort_values().index[-1]",
        "assert top(pd.Series([1, 3], ['x', 'y'])) == 'y'",
        "def top(s): return 'x'",
    ),
]
HAS_PANDAS = find_spec("pandas") is not None
HAS_PLOTS = find_spec("matplotlib") is not None

SETUP = plain("import numpy as np\nimport math" + ("\nimport pandas as pd" if HAS_PANDAS else ""))
NOTEBOOKS = {
    "one": [*IMPORTS, *BANS, *SYNTAX, *MORE],
    "two": [*LOOKS, *NAMES, *CLASSES],
    "paths": [*PATHS, *(PLOTS if HAS_PLOTS else []), *(TABLES if HAS_PANDAS else [])],
}
CASES = {case.name: case for cases in NOTEBOOKS.values() for case in cases}
FILES = {
    "helper.py": b"def double(x):\n    return 2 * x\n",
    "code/utils2.py": b"def tall(x):\n    return 2 * x\n",
}


def cells(cases: list[Case]) -> list[dict]:
    """Return the cells of a notebook of cases."""
    found = [SETUP]
    for case in cases:
        found += [*case.before, answer(case.name, case.answer), *case.after,
                  check(f"test_{case.name}", 1, case.test)]  # fmt: skip
    return found
