"""The target of the attacks once more, with the course's reports, work directory and HDF5.

The problems, the wrong answers and the points are those of nbverdict's own target: only the cells
differ that the course's library writes, measures or reads.
"""

import course
from course import ENVIRONMENT, answer, check, locked, plain
from target import ARGUMENT, ASSIGNMENT, DOUBLE, PARTIAL, POINT, POINTS, SECRET, WRONG

from course_lib.checking import diagnosis
from places import ROOT

__all__ = ["ARGUMENT", "ASSIGNMENT", "CELLS", "FILES", "POINTS", "SECRET", "WRONG", "Course"]


FILES = {diagnosis.FULL_FILE: diagnosis.to_json(
    {"first": [diagnosis.Known(SECRET, ("passed", "passed", "value 0"))]}, "x"
)}  # fmt: skip


class Course(course.Course):
    """A course that plugs in what this one does."""

    config = """
c.NbVerdict.measuring = "course_lib.checking.grader_side"
c.NbVerdict.packages = ["course_lib"]
c.NbVerdict.secrets = [".diagnoses.json"]
"""
    environment = ENVIRONMENT | {"PYTHONPATH": str(ROOT)}


CELLS = [
    plain("import os\nimport numpy as np\nfrom course_lib.checking import check"),
    locked("given", "FACTOR = 2\n\ndef close(a, b):\n    return abs(a - b) < 1e-9"),
    *DOUBLE,
    *PARTIAL,
    answer("save", "def save(path, values):\n    with open(path, 'wb') as file:\n        np.save(file, values)"),
    check("test_save", 2,
          "path = check.workdir('save') / 'a.npy'\nsave(str(path), np.arange(4.0))\n"
          "got = np.load(path, allow_pickle=False)\nassert got.tolist() == [0, 1, 2, 3]"),
    answer("store", "import h5py\n\ndef store(path, n):\n    with h5py.File(path, 'w') as f:\n        f['x'] = np.arange(n)"),
    check("test_store", 2,
          "import h5py\nstored = str(check.workdir('store') / 'a.h5')\nstore(stored, 5)\n"
          "with h5py.File(stored) as f:\n    assert f['x'][:].tolist() == [0, 1, 2, 3, 4]"),
    *POINT,
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
          "    report.equal('another file', run, 0.25, points=0.001)\n"
          "from course_lib.checking import diagnosis\nassert diagnosis.of_all_rows('first')\n"
          "### END HIDDEN TESTS\nreport"),
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
