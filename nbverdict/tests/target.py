"""The assignment that the attacks attack, and a wrong answer for each of its problems.

Its tests are plain asserts, a number as the last expression, and one report that measures. A
target with reports of another library has the same problems, and the same names in its cells.
"""

import course
from course import answer, check, locked, plain

ASSIGNMENT = "target"
# Stands in hidden tests only. Nothing that a student can see may ever show it.
SECRET = "SECRET_7F3A9"
# An argument of a hidden test: known to the student's process, but not to its author.
ARGUMENT = 918273645


FILES = {".secret.json": f'["{SECRET}"]'}


class Course(course.Course):
    """A course that has calls measured by `counting`."""

    config = """
c.NbVerdict.measuring = "counting"
c.NbVerdict.packages = ["counting"]
c.NbVerdict.libraries = {"counting": ["counting"]}
c.NbVerdict.secrets = [".secret.json"]
"""


DOUBLE = [
    answer("double", "def double(x):\n    return FACTOR * x"),
    check("test_double", 4,
          "assert close(double(3), 6)\nassert double(4) == 8\n### BEGIN HIDDEN TESTS\n"
          f"{SECRET} = {ARGUMENT}\nassert double({SECRET}) == 2 * {SECRET}\n"
          "np.testing.assert_allclose(double(np.arange(5.0)), 2 * np.arange(5.0))\n"
          "### END HIDDEN TESTS"),
]  # fmt: skip
PARTIAL = [
    answer("partial", "def thirds(n):\n    return [n / 3] * 3"),
    check("test_partial", 3,
          "points = 0\nif sum(thirds(3)) == 3:\n    points += 1\nif len(thirds(9)) == 3:\n"
          "    points += 2\npoints"),
]  # fmt: skip
POINT = [
    answer("point", "class Point:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
           "    def norm(self):\n        return self.x + self.y\n"
           "    def __eq__(self, other):\n        return (self.x, self.y) == (other.x, other.y)"),
    check("test_point", 2, "assert Point(3, 4).norm() == 7\nassert Point(1, 2).x == 1\n"
          "assert Point(1, 2) == Point(1, 2)"),
]  # fmt: skip
CELLS = [
    plain("import os\nimport numpy as np\nimport counting"),
    locked("given", "FACTOR = 2\n\ndef close(a, b):\n    return abs(a - b) < 1e-9"),
    *DOUBLE,
    *PARTIAL,
    answer("save", "def save(path, values):\n    with open(path, 'wb') as file:\n        np.save(file, values)"),
    check("test_save", 2,
          "path = os.environ.get('COUNTING_WORK', '.') + '/a.npy'\nsave(path, np.arange(4.0))\n"
          "got = np.load(path, allow_pickle=False)\nassert got.tolist() == [0, 1, 2, 3]"),
    answer("store", "def store(path, n):\n    np.savez(path, x=np.arange(n))"),
    check("test_store", 2,
          "store('a.npz', 5)\nwith np.load('a.npz', allow_pickle=False) as stored:\n"
          "    assert stored['x'].tolist() == [0, 1, 2, 3, 4]"),
    *POINT,
    answer("first", "import struct\n\ndef first(path):\n    with open(path, 'rb', buffering=0) as file:\n"
           "        file.seek(80)\n        return struct.unpack('<d', file.read(8))[0]"),
    check("test_first", 4,
          "np.full(1 << 17, os.getpid() + 0.5).tofile('b.bin')\nreport = counting.Report()\n"
          "run = report.run(first, 'b.bin')\n"
          "report.equal('value', run.value, os.getpid() + 0.5, points=1)\n"
          "report.at_most('bytes', run.bytes_read, 8, points=3)\n### BEGIN HIDDEN TESTS\n"
          f"{SECRET} = 'c.bin'\nnp.full(99, 0.25).tofile({SECRET})\n"
          f"report.equal('another file', report.run(first, {SECRET}).value, 0.25)\n"
          f"assert counting.kept['.secret.json'] == b'[\"{SECRET}\"]', counting.kept\n"
          "### END HIDDEN TESTS\nreport"),
    # Unlocked: a student may edit it. One helper only computes, the other works with the answer.
    plain("def same(a, b):\n    return a == b\n\ndef trial(path, n):\n"
          "    with open(path, 'w') as file:\n        file.write(str(triple(n)))\n    return n"),
    answer("triple", "def triple(x):\n    return 3 * x"),
    check("test_triple", 2,
          "points = 0\nif same(triple(2), 6):\n    points += 1\n"
          "open('n.txt', 'w').close()\ncounting.Report().run(trial, 'n.txt', 4)\n"
          "with open('n.txt') as file:\n    points += file.read() == '12'\npoints"),
]  # fmt: skip

WRONG = {
    "double": "def double(x):\n    return 0",
    "partial": "def thirds(n):\n    return [n] * 2",
    "save": "def save(path, values):\n    pass",
    "store": "def store(path, n):\n    pass",
    "point": "class Point:\n    def __init__(self, x, y):\n        pass\n    def norm(self):\n        return 0",
    "first": "def first(path):\n    return 7.0",
    "triple": "def triple(x):\n    return 0",
}  # fmt: skip
POINTS = {"test_double": 4, "test_partial": 3, "test_save": 2, "test_store": 2, "test_point": 2,
          "test_first": 4, "test_triple": 2}  # fmt: skip
