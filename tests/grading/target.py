"""The assignment that the attacks attack, and a wrong answer for each of its problems."""

from course import answer, check, locked, plain

ASSIGNMENT = "target"
# Stands in hidden tests only. Nothing that a student can see may ever show it.
SECRET = "SECRET_7F3A9"
# An argument of a hidden test: known to the student's process, but not to its author.
ARGUMENT = 918273645

CELLS = [
    plain("import os\nimport numpy as np\nfrom course_lib.checking import check"),
    locked("given", "FACTOR = 2\n\ndef close(a, b):\n    return abs(a - b) < 1e-9"),
    answer("double", "def double(x):\n    return FACTOR * x"),
    check("test_double", 4,
          "assert close(double(3), 6)\nassert double(4) == 8\n### BEGIN HIDDEN TESTS\n"
          f"{SECRET} = {ARGUMENT}\nassert double({SECRET}) == 2 * {SECRET}\n"
          "np.testing.assert_allclose(double(np.arange(5.0)), 2 * np.arange(5.0))\n"
          "### END HIDDEN TESTS"),
    answer("partial", "def thirds(n):\n    return [n / 3] * 3"),
    check("test_partial", 3,
          "points = 0\nif sum(thirds(3)) == 3:\n    points += 1\nif len(thirds(9)) == 3:\n"
          "    points += 2\npoints"),
    answer("save", "def save(path, values):\n    with open(path, 'wb') as file:\n        np.save(file, values)"),
    check("test_save", 2,
          "path = check.workdir('save') / 'a.npy'\nsave(str(path), np.arange(4.0))\n"
          "got = np.load(path, allow_pickle=False)\nassert got.tolist() == [0, 1, 2, 3]"),
    answer("store", "import h5py\n\ndef store(path, n):\n    with h5py.File(path, 'w') as f:\n        f['x'] = np.arange(n)"),
    check("test_store", 2,
          "import h5py\nstored = str(check.workdir('store') / 'a.h5')\nstore(stored, 5)\n"
          "with h5py.File(stored) as f:\n    assert f['x'][:].tolist() == [0, 1, 2, 3, 4]"),
    answer("point", "class Point:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
           "    def norm(self):\n        return self.x + self.y\n"
           "    def __eq__(self, other):\n        return (self.x, self.y) == (other.x, other.y)"),
    check("test_point", 2, "assert Point(3, 4).norm() == 7\nassert Point(1, 2).x == 1\n"
          "assert Point(1, 2) == Point(1, 2)"),
    answer("first", "def first(path):\n    return float(np.load(path, mmap_mode='r')[0])"),
    check("test_first", 4,
          "big = check.workdir('first') / 'b.npy'\nnp.save(big, np.full(1 << 17, os.getpid() + 0.5))\n"
          "report = check.Report('first', 'Read one number', points=4)\n"
          "run = report.run(first, str(big), watch=[big], cold=True)\n"
          "report.equal('value', run, os.getpid() + 0.5, points=1)\n"
          "report.at_most('pages', run.pages, 8, points=3)\n"
          "### BEGIN HIDDEN TESTS\nwith report.hidden():\n"
          f"    {SECRET} = check.workdir('again') / 'c.npy'\n    np.save({SECRET}, np.full(9, 0.25))\n"
          f"    run = report.run(first, str({SECRET}))\n"
          "    report.equal('another file', run, 0.25, points=0.001)\n### END HIDDEN TESTS\nreport"),
    # Unlocked: a student may edit it. One helper only computes, the other works with the answer.
    plain("def same(a, b):\n    return a == b\n\ndef trial(path, n):\n"
          "    with open(path, 'w') as file:\n        file.write(str(triple(n)))\n    return n"),
    answer("triple", "def triple(x):\n    return 3 * x"),
    check("test_triple", 2,
          "points = 0\nif same(triple(2), 6):\n    points += 1\n"
          "written = check.workdir('triple') / 'n.txt'\nwritten.write_text('')\n"
          "check.Report('triple', 'Write it', points=1).run(trial, str(written), 4)\n"
          "if written.read_text() == '12':\n    points += 1\npoints"),
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
