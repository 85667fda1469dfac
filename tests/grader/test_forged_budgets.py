"""Budgets cannot be forged: each trick rides on a wrong answer and gains no row by it.

Each problem gives a point for the right result, which all the answers below return, and more for
budgets that none of them keeps.
"""

import pytest
from course import answer, check, plain
from report_target import Course

NAME, RESULT, ALL = "budgets", 1.0, 31.0

CELLS = [
    plain("import os, signal, zlib\nimport numpy as np\nfrom course_lib.checking import check"),
    answer("page", "def page(path):\n"
           "    return bytes(np.memmap(path, mode='r')[409600:413696])"),
    check("test_page", 3,
          "path = check.workdir('page') / 'a.raw'\nbook = np.random.default_rng(1).bytes(1 << 20)\n"
          "path.write_bytes(book)\nreport = check.Report('page', 'One page', points=3)\n"
          "run = report.run(page, str(path), watch=[path], cold=True)\n"
          "report.equal('bytes', run, book[409600:413696], points=1)\n"
          "report.at_most('pages', run.pages, 8, points=2)\nreport"),
    answer("digest", "def digest(path):\n    crc = 0\n    with open(path, 'rb') as file:\n"
           "        while block := file.read(1 << 16):\n            crc = zlib.crc32(block, crc)\n"
           "    return crc"),
    check("test_digest", 7,
          "path = check.workdir('digest') / 'a.raw'\n"
          "book = np.random.default_rng(2).bytes(8 << 20)\npath.write_bytes(book)\n"
          "report = check.Report('digest', 'A checksum', points=7)\n"
          "run = report.run(digest, str(path), watch=[path])\n"
          "report.equal('checksum', run, __import__('zlib').crc32(book), points=1)\n"
          "report.at_most('memory', run.peak, 1 << 20, points=2)\n"
          "report.at_most('bytes', run.bytes_read, 9 << 20, points=4)\nreport"),
    answer("total", "def total(folder):\n"
           "    return sum(open(f'{folder}/c/{n}', 'rb').read()[0] for n in range(2))"),
    check("test_total", 5,
          "folder = check.workdir('total')\n(folder / 'c').mkdir(mode=0o777)\n"
          "os.chmod(folder / 'c', 0o777)\n"
          "for n in range(4):\n    (folder / 'c' / str(n)).write_bytes(bytes([n + 3]))\n"
          "report = check.Report('total', 'Two of four files', points=5)\n"
          "run = report.run(total, str(folder), watch=[folder])\n"
          "report.equal('sum', run, 7, points=1)\n"
          "report.at_most('files', run.chunks, 2, points=4)\nreport"),
    answer("tidy", "def tidy(name):\n    return 5"),
    check("test_tidy", 16,
          "report = check.Report('tidy', 'Leave nothing', points=16)\n"
          "name = 'psm_budgets'\nrun = report.run(tidy, name, segment_prefix=name)\n"
          "report.equal('five', run, 5, points=1)\n"
          "report.at_most('processes', run.processes, 0, points=3)\n"
          "report.at_most('descriptors', run.descriptors, 0, points=4)\n"
          "report.at_most('segments', run.segments, 0, points=8)\nreport"),
]  # fmt: skip

PAGE = """
def page(path):
    book = {read}
    {then}
    return book[409600:413696]
"""
READ_ALL = "open(path, 'rb').read()"
DIRECT = (
    "mmap.mmap(-1, 1 << 20); fd = os.open(path, os.O_RDONLY | os.O_DIRECT); "
    "os.readv(fd, [book]); os.close(fd)"
)
SWAP = """
from course_lib.checking import local_call
settle = local_call.settle
def swap():
    settle()
    for folder, _, names in os.walk(os.environ["COURSE_WORKDIR"]):
        for name in names:
            path = f"{folder}/{name}"
            if "page-" in path and not os.path.islink(path):
                open(f"/dev/shm/{name}", "wb").write(open(path, "rb").read())
                os.unlink(path)
                os.symlink(f"/dev/shm/{name}", path)
local_call.settle = swap
"""
ASIDE = """
import signal
if os.fork():
    while True:
        signal.pause()
"""
TWICE = """
def digest(path):
    open(path, "rb").read()
    book = open(path, "rb").read()
    {then}
    return zlib.crc32(book)
"""
BACK = """crc = zlib.crc32(book); del book
    try: open("/proc/self/clear_refs", "w").write("5")
    except OSError: pass
    return crc"""
SETTLE = """
from course_lib.checking import local_call
settle, known = local_call.settle, {}
def read_all():
    settle()
    for folder, _, names in os.walk(os.environ["COURSE_WORKDIR"]):
        for name in names:
            known[f"{folder}/{name}"] = zlib.crc32(open(f"{folder}/{name}", "rb").read())
    for folder, _, names in os.walk(os.environ["COURSE_WORKDIR"]):
        for name in names:
            zlib.crc32(open(f"{folder}/{name}", "rb").read())
local_call.settle = read_all
def digest(path):
    return known[path]
"""
CHILD = """
def digest(path):
    read, write = os.pipe()
    if os.fork() == 0:
        book = np.fromfile(path, "u1"); book = np.fromfile(path, "u1")
        os.write(write, str(zlib.crc32(book)).encode()); os._exit(0)
    os.wait()
    found = int(os.read(read, 99))
    os.close(read); os.close(write)
    return found
"""
HELD = """
held = os.memfd_create("held")
def digest(path):
    for n in range(2):
        with open(path, "rb") as file:
            os.lseek(held, 0, 0)
            while os.sendfile(held, file.fileno(), None, 1 << 16): pass
    crc = 0
    os.lseek(held, 0, 0)
    while block := os.read(held, 1 << 16): crc = zlib.crc32(block, crc)
    return crc
"""
LINKS = """
def total(folder):
    for n in range(4):
        os.link(f"{folder}/c/{n}", f"{folder}-{n}")
    found = [open(f"{folder}-{n}", "rb").read()[0] for n in range(4)]
    return sum(found[:2])
"""
TIDY = """
import subprocess, sys, threading, time
kept, spare = [], os.open("/dev/null", os.O_RDONLY)
def tidy(name):
    {leave}
    return 5
"""
CHURN = """
def churn():
    while True:
        for t in [threading.Thread(target=time.sleep, args=(0.0001,)) for _ in range(8)]: t.start()
threading.Thread(target=churn, daemon=True).start()
"""
CLOSED = """
from course_lib.checking import local_call
call, listdir = local_call.call, os.listdir
def closing(*args, **kwargs):
    os.chmod("/dev/shm", 0o1777)
    try: return call(*args, **kwargs)
    finally: os.chmod("/dev/shm", 0)
local_call.call = closing
"""
DISGUISED = "[sys.executable, '-c', 'import time; time.sleep(1000)  # forkserver']"

TRICKS = {
    "reads all": {"page": PAGE.format(read=READ_ALL, then="pass")},
    "unlinks": {"page": PAGE.format(read=READ_ALL, then="os.unlink(path)")},
    "links": {"page": PAGE.format(read=READ_ALL,
              then="os.rename(path, path + 'x'); os.symlink(path + 'x', path)")},
    "evicts": {"page": PAGE.format(
        read=READ_ALL, then="os.posix_fadvise(os.open(path, 0), 0, 0, os.POSIX_FADV_DONTNEED)")},
    "reads around the cache": {"page": "import mmap\n" + PAGE.format(read=DIRECT, then="pass")},
    "swaps while settling": {"page": SWAP + PAGE.format(read=READ_ALL, then="pass")},
    "reads twice": {"digest": TWICE.format(then="pass")},
    "sets the mark back": {"digest": TWICE.format(then=BACK)},
    "stands aside": {"page": ASIDE, "digest": TWICE.format(then="pass")},
    "reads while settling": {"digest": SETTLE},
    "has a child read": {"digest": CHILD},
    "holds a file in memory": {"digest": HELD},
    "opens other links": {"total": ASIDE + LINKS},
    "leaves a child": {"tidy": TIDY.format(
        leave="kept.append(subprocess.Popen(['sleep', '1000']))")},
    "leaves a child among threads": {"tidy": TIDY.format(
        leave="kept.append(subprocess.Popen(['sleep', '1000']))") + CHURN},
    "leaves a child in disguise": {"tidy": TIDY.format(
        leave=f"kept.append(subprocess.Popen({DISGUISED}))")},
    "leaves an orphan": {"tidy": TIDY.format(leave="os.system('sleep 1000 &')")},
    "leaves a descriptor at a known number": {"tidy": TIDY.format(
        leave="fd = os.open('/dev/zero', 0); os.dup2(fd, spare); os.close(fd)")},
    "leaves a block and closes the folder": {"tidy": CLOSED + TIDY.format(
        leave="open('/dev/shm/' + name, 'w').close()")},
}  # fmt: skip
# What they leave undone is the one row that they lose.
LOST = {"page": 2.0, "digest": 6.0, "total": 4.0, "tidy": 3.0}
OTHER = {
    "holds a file in memory": 6.0,
    "leaves a descriptor at a known number": 4.0,
    "leaves a block and closes the folder": 8.0,
    "stands aside": 6.0,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """One batch with all tricks."""
    made = Course(tmp_path_factory.mktemp("budgets"))
    made.assignment(NAME, {"nb": CELLS})
    model = made.model(NAME)["nb"]
    made.submit("honest", NAME, {"nb": model})
    for name, answers in TRICKS.items():
        made.submit(name.replace(" ", "_"), NAME, {"nb": {**model, **answers}})
    made.grade(NAME, "--timeout", "8")
    return made


@pytest.fixture(scope="module")
def scores(course):
    return course.scores(NAME)


def test_the_model_answer_keeps_all_budgets(scores):
    assert sum(scores["honest"].values()) == ALL


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_gains_no_row(scores, trick):
    problem = list(TRICKS[trick])[-1]
    points = {"page": 3, "digest": 7, "total": 5, "tidy": 16}[problem]
    found = scores[trick.replace(" ", "_")][f"test_{problem}"]
    assert found == points - OTHER.get(trick, LOST[problem])
