"""One submission cannot starve, outlive or read what is not its own: in a pool, at both levels."""

import json
import os
from pathlib import Path

import pytest
from nbverdict.coordinator import pool as pool_module
from nbverdict.coordinator.pool import Pool
from nbverdict.settings import MiB, Settings
from nbverdict.steps import Answer, CodeStep, Job, NotebookJob, Owners, Result, TestStep

SECRET = "s3cr3t-hunter2"
LIMITS = {"memory": 300 * MiB, "disk": 200 * MiB, "file_size": 500 * MiB}


@pytest.fixture(scope="module", params=[True, False], ids=["full", "process-only"])
def pool(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEACHER_TOKEN", SECRET)
        patch.setattr(pool_module, "_VERDICT_LATE", 0.5)
        settings = Settings(cell_timeout=2.5, namespaces=request.param, **LIMITS)
        with Pool(settings, 1) as made:
            assert made.level.name == ("full" if request.param else "process only")
            yield made


def run(pool: Pool, source: str, *checks: str) -> Answer:
    """Run a cell that defines `f`, and tests of it."""
    owners = Owners(student=("f",))
    tests = [TestStep(f"t{n}", check, 1.0, owners, n) for n, check in enumerate(checks, 1)]
    return pool.run(Job((NotebookJob("nb", {}, (CodeStep(source, 1, 0), *tests)),)))


def first(answer: Answer) -> Result:
    return answer.results[0, 1]


def below(pid: int) -> list[int]:
    """Return the children of a process that lives in one thread."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


READS_ENVIRONMENTS = """
import glob, os
def f():
    found = [repr(dict(os.environ))]
    for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ"):
        try:
            found.append(open(path, "rb").read().decode())
        except OSError:
            pass
    return "|".join(found)
"""


def test_the_teachers_variables_stay_out(pool):
    assert os.environ["TEACHER_TOKEN"] == SECRET
    answer = run(pool, READS_ENVIRONMENTS + "print(f())", "assert f().count('PATH=') > 0")
    assert first(answer).score == 1.0
    assert SECRET not in json.dumps([result.to_json() for result in answer.results.values()])


HOLDS_THREADS = """
import threading, time
def f(n):
    for _ in range(80):
        try:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        except RuntimeError:
            break
    return range(10**18)
"""
STARTS_THREADS = """
import threading, time
def f(n):
    started = [threading.Thread(target=time.sleep, args=(0.1,)) for _ in range(n)]
    for thread in started:
        thread.start()
    return len(started)
"""


def test_a_test_that_hangs_takes_all_its_processes_along(pool):
    hung = run(pool, HOLDS_THREADS, "assert sum(f(3)) == 3", "assert True")
    assert first(hung).broken and hung.results[0, 2].score == 1.0
    assert hung.faults == ("the verdict process took too long",)
    assert below(pool._process.pid) == []
    for _ in range(2):
        honest = run(pool, STARTS_THREADS, "assert f(8) == 8")
        assert first(honest).score == 1.0, first(honest).reason
    assert below(pool._process.pid) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has users to give away")
def test_each_submission_has_a_user_of_its_own(pool):
    source = "import os\nf = os.getuid"
    users = {first(run(pool, source, "f()\nprint(f())")).outputs[0]["text"] for _ in range(3)}
    assert len(users) == 3


# `block` has 10 MiB; `fill` uses up all of a map. The call that holds it lasts a second longer.
START = """import mmap, os, time
block = bytes(10 << 20)
def fill(held):
    for at in range(0, len(held), len(block)):
        held[at:at + len(block)] = block
    return held
def removed():
    fd = os.open("x", os.O_RDWR | os.O_CREAT)
    os.unlink("x")
    os.posix_fallocate(fd, 0, 100 << 20)
    return fd
"""
MEMORY = {
    "a memfd": "fd = os.memfd_create('x')\nfor _ in range(40): os.write(fd, block)",
    "a mapped memfd": "fd = os.memfd_create('x')\nos.truncate(fd, 400 << 20)\n"
    "held = fill(mmap.mmap(fd, 400 << 20))\nos.close(fd)",
    "shared anonymous memory": "held = fill(mmap.mmap(-1, 400 << 20))",
    "shared by children": "for _ in range(4):\n    held = fill(mmap.mmap(-1, 100 << 20))\n"
    "    if os.fork() == 0:\n        time.sleep(9)\n    del held",
    "a child that left": "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
    "        held = [bytearray(block) for _ in range(14)]\n        time.sleep(9)\n"
    "    os._exit(0)\nheld = [bytearray(block) for _ in range(14)]",
    "emptied maps": "held = fill(mmap.mmap(-1, 400 << 20))\nheld.madvise(mmap.MADV_DONTNEED)",
}
FILES = {
    "removed files": "held = [removed() for _ in range(3)]",
    "removed files in maps": "held = []\nfor n in range(3):\n    fd = removed()\n"
    "    held.append(mmap.mmap(fd, 100 << 20))\n    os.close(fd)",
}


def _body(code: str) -> str:
    lines = "\n".join("    " + line for line in code.split("\n"))
    return f"{START}def f():\n{lines}\n    time.sleep(1)\n    return 1"


@pytest.mark.parametrize("what", [*MEMORY, *FILES])
def test_hidden_memory_and_files_count(pool, what):
    result = first(run(pool, _body((MEMORY | FILES)[what]), "assert f() == 1"))
    limit = "used more than 300 MiB of memory" if what in MEMORY else "wrote more than 200 MiB"
    assert result.score == 0 and result.broken and limit in result.reason, result.reason


SHARES = """held = fill(mmap.mmap(-1, 120 << 20))
for _ in range(4):
    if os.fork() == 0:
        assert sum(held[::4096]) == 0
        time.sleep(9)"""


def test_what_processes_share_counts_once(pool):
    assert first(run(pool, _body(SHARES), "assert f() == 1")).score == 1.0


def test_a_process_that_hides_is_ended(pool):
    if pool.level.name != "full":
        pytest.skip("the grader may read what nobody else may")
    hides = "if os.fork() == 0:\n    import shutil\n    shutil.copyfile('/bin/sleep', 'nap')\n" \
        "    os.chmod('nap', 0o111)\n    os.execv('nap', ['nap', '9'])"  # fmt: skip
    result = first(run(pool, _body(hides), "assert f() == 1"))
    assert result.broken and "cannot be looked into" in result.reason


def test_the_trusted_side_has_a_limit_on_memory(pool):
    source = "import numpy as np\ndef f(): return np.zeros((20000, 1), 'f4')"
    check = "import numpy as np\nassert not (f() + np.zeros((1, 20000), 'f4')).any()"
    answer = run(pool, source, check, "assert f().shape == (20000, 1)")
    assert first(answer).score == 0 and "MemoryError" in first(answer).reason
    assert answer.results[0, 2].score == 1.0 and not answer.faults
