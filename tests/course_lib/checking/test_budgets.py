"""A budget holds whatever the function does to be seen doing less."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing import resource_tracker

import numpy as np
import pytest

from course_lib.checking import check, leftovers, outcome, processes
from course_lib.system import instruments, procfs
from course_lib.units import MiB

pytestmark = pytest.mark.linux
PAGE = 4096
TRACKER = "from multiprocessing.resource_tracker import main;main({})"


@pytest.fixture
def file(tmp_path):
    if procfs.file_system(tmp_path) in ("tmpfs", "ramfs"):
        pytest.skip("needs a file system on a disk")
    path = tmp_path / "a.raw"
    path.write_bytes(bytes(100 * PAGE))
    return str(path)


def budget(count, limit, **more):
    """Return the row of a budget, after a right result."""
    report = check.Report("p", "t", points=2)
    report._right[count.run] = True
    report.at_most("it", count, limit, **more)
    return report.rows[0]


# Other processes


@pytest.mark.parametrize(
    ("programs", "left"),
    [
        ([["resource_tracker", "-c", "import time; time.sleep(60)"]], 1),
        ([[sys.executable, "-c", "import time; time.sleep(60)  # forkserver"]], 1),
        ([[sys.executable, "-c", TRACKER]], 0),
        ([[sys.executable, "-c", TRACKER], [sys.executable, "-c", TRACKER]], 1),
    ],
    ids=["a name", "a word", "a helper", "a second one"],
)
def test_processes_left_are_counted_but_for_helpers_however_late(monkeypatch, programs, left):
    # A busy machine may take longer over a fork and an exec than a report waits for.
    monkeypatch.setattr(leftovers, "_MOMENT", 1.0)
    resource_tracker.ensure_running()  # as other tests leave one: a process has one, no more

    assert _in_a_child(lambda: _left_of(programs)) == left


def _left_of(programs: list[list[str]]) -> int:
    """Return how many processes count as left by a function that starts these programs."""
    read, write = os.pipe()  # a tracker ends with it
    os.set_inheritable(read, True)
    pids = []

    def student():
        for name, *words in programs:
            pids.append(os.fork())
            if pids[-1] == 0:
                time.sleep(0.03)  # until here it looks like its parent
                os.execv(sys.executable, [name, *(word.format(read) for word in words)])

    run = outcome.run(student)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os.close(read)
    os.close(write)
    assert set(run.processes.names) <= set(map(str, pids))
    return run.processes.value


def _in_a_child(ask: Callable[[], int]) -> int:
    """Return the answer of a process that has no helper of multiprocessing yet."""
    pid = os.fork()
    if pid == 0:
        answer = 255
        try:
            answer = ask()
        finally:
            os._exit(answer)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_children_are_found_while_threads_come_and_go(monkeypatch):
    """A thread that ends between the listing and the reading must hide no child."""
    listed, calls = os.listdir, []

    def with_one_that_ends(path):
        calls.append(path)
        return [*listed(path), *(["999999999"] if len(calls) < 3 else [])]

    pid = os.fork()
    if pid == 0:
        signal.pause()
    monkeypatch.setattr(os, "listdir", with_one_that_ends)
    found = processes.children(os.getpid())
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert pid in found and len(calls) == 3


def test_what_a_child_reads_counts(file):
    def student(path, wait):
        ready, done = os.pipe()
        pid = os.fork()
        if pid == 0:
            with open(path, "rb", buffering=0) as raw:
                raw.read(50_000)
            os.write(done, b".")
            signal.pause()
        os.read(ready, 1)
        os.close(ready)
        os.close(done)
        if wait:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return pid

    ended, alive = (outcome.run(student, file, wait) for wait in (True, False))
    os.kill(alive.value, signal.SIGKILL)
    os.waitpid(alive.value, 0)
    assert ended.bytes_read.value == alive.bytes_read.value == 50_001


def in_a_child():
    pid = os.fork()
    if pid == 0:
        np.ones(MiB)
        os._exit(0)
    os.waitpid(pid, 0)


def test_a_peak_is_not_told_of_a_call_that_starts_a_process():
    if not instruments.works("peak"):
        pytest.skip("the high-water mark is not told here")
    count = outcome.run(in_a_child).peak
    assert count.value is None and count.failed
    row = budget(count, 64 * MiB)
    assert row.state == "not yet" and "another process took part" in row.message


def test_memory_that_is_nobodys_own_counts():
    if not instruments.works("peak"):
        pytest.skip("the high-water mark is not told here")
    kept = []

    def student():
        kept.append(os.memfd_create("kept"))
        os.ftruncate(kept[0], 64 * MiB)  # holes take no memory
        return os.write(kept[0], bytes(8 * MiB))

    peak = outcome.run(student).peak.value
    os.close(kept[0])
    assert abs(peak - 8 * MiB) < MiB  # zeros that were never written take no memory


# Files


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (os.unlink, "is gone"),
        (lambda path: (os.unlink(path), os.mkdir(path)), "is another file now"),
        (lambda path: (os.rename(path, path + "2"), os.symlink(path + "2", path)), "another file"),
        (lambda path: (os.rename(path, path + "2"), shutil.copy(path + "2", path)), "another file"),
    ],
    ids=["unlink", "folder", "link", "copy"],
)
def test_a_file_that_was_put_aside_keeps_no_budget(file, then, why):
    def student(path):
        with open(path, "rb") as raw:
            raw.read()
        then(path)

    count = outcome.run(student, file, watch=[file], cold=True).pages
    row = budget(count, 8)
    assert count.value is None and row.state == "not yet" and why in row.message


def test_a_right_answer_has_read_something(file):
    def evict(path):
        with open(path, "rb") as raw:
            raw.read()
            os.posix_fadvise(raw.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    if not instruments.works("evict") or not instruments.works("mincore"):
        pytest.skip("the page cache is not told here")
    run = outcome.run(evict, file, watch=[file], cold=True)
    assert run.pages.value == 0
    assert "0 pages were seen" in budget(run.pages, 8).message
    assert budget(run.pages, 0).ok  # here nothing is what was asked for
    warm = outcome.run(evict, file, watch=[file])
    assert warm.pages.least == 0
    nothing = outcome.run(len, file, watch=[file], cold=True)
    for count in (nothing.bytes_read, nothing.reads, nothing.opened, nothing.chunks):
        assert count.value == 0 and not budget(count, 9).ok
    assert budget(outcome.run(len, file).bytes_read, 9).ok  # nobody knows what it had to read


def test_an_author_may_ask_for_more_than_nothing():
    count = outcome.Count(3, "pages")
    assert budget(count, 8).ok and budget(count, 8, at_least=3).ok
    assert "3 pages were seen" in budget(count, 8, at_least=4).message


# Instruments that a call takes away


def test_a_count_that_a_call_takes_away_costs_its_points(monkeypatch):
    if not instruments.works("proc_io"):
        pytest.skip("the kernel's counters are not told here")

    def student():
        def closed(pid):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(procfs, "io", closed)
        return 1

    count = outcome.run(student).bytes_read
    assert count.value is None and count.failed and count.analytic is None
    assert "cannot be read any more" in budget(count, 99).message


def test_points_of_a_failed_count_do_not_follow_the_others():
    report = check.Report("p", "t", points=3)
    run = report.run(lambda: 1)
    report.equal("value", run, 1, points=1)
    failed = outcome.Count(None, "segments", "they cannot be read", 0, run=run.number, failed=True)
    report.at_most("segments", failed, 0, points=2)
    assert float(report) == 1 and "This could not be counted: they cannot be read." in str(report)
    assert report.rows[1].measured


def test_hidden_rows_do_not_tell_which_file_was_put_aside():
    report = check.Report("p", "t", points=3)
    run = report.run(lambda: 1)
    failed = outcome.Count(None, "pages", "918273.raw is gone", run=run.number, failed=True)
    with report.hidden():
        report.equal("value", run, 1, points=1)
        report.at_most("pages", failed, 0, points=2)
    assert "918273" not in report._repr_html_()


# Descriptors and segments


def test_another_file_at_a_known_number_is_left_open(file):
    known = os.open("/dev/null", os.O_RDONLY)

    def student(path):
        fd = os.open(path, os.O_RDONLY)
        os.dup2(fd, known)
        os.close(fd)

    count = outcome.run(student, file).descriptors
    os.close(known)
    assert count.names == (str(known),)


def test_a_folder_of_segments_that_was_closed_costs_the_points(monkeypatch):
    real = os.listdir

    def student():
        def closed(path="."):
            if path == "/dev/shm":
                raise PermissionError(13, "Permission denied")
            return real(path)

        monkeypatch.setattr(os, "listdir", closed)

    count = outcome.run(student).segments
    assert count.failed and "cannot be read any more" in count.missing
