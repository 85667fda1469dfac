"""Reading back what a student left never raises, and what was dirtied is counted."""

import os

import numpy as np
import pytest

from course_lib.checking import check, files, outcome
from course_lib.system import instruments, procfs


def test_a_file_comes_back_as_it_was_put(tmp_path):
    path = files.put(tmp_path / "a.raw", np.arange(6, dtype=">i2").reshape(2, 3))
    assert files.read_raw(path, ">i2", (2, 3)).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert files.size(path) == 12
    assert files.names(tmp_path) == ["a.raw"]


def test_fortran_order_is_kept(tmp_path):
    path = files.put(tmp_path / "a.raw", np.asfortranarray([[1, 2], [3, 4]], dtype="u1"))
    assert files.read_bytes(path) == bytes([1, 3, 2, 4])
    assert files.read_raw(path, "u1", (2, 2), order="F").tolist() == [[1, 2], [3, 4]]


def leave_nothing(path):
    pass


def leave_a_folder(path):
    path.mkdir()


def leave_a_link(path):
    path.symlink_to("/etc/passwd")


def leave_a_pipe(path):
    os.mkfifo(path)


@pytest.mark.parametrize("leave", [leave_nothing, leave_a_folder, leave_a_link, leave_a_pipe])
def test_what_is_no_file_gives_a_reason(tmp_path, leave):
    path = tmp_path / "out.raw"
    leave(path)
    for found in (files.read_bytes(path), files.read_raw(path, "u1", (3,)), files.size(path)):
        assert found.startswith("no usable file out.raw: ")
    report = check.Report("p", "t", points=1)
    report.equal("content", files.read_bytes(path), b"abc", points=1)
    assert report.rows[0].message == files.read_bytes(path)
    with report.hidden():
        report.equal("content", files.read_bytes(path), b"abc", points=1)
    assert report.rows[1].message == "no usable file, or not of the expected size"


def test_a_file_of_the_wrong_size_says_both_sizes(tmp_path):
    path = files.put(tmp_path / "a.raw", b"12345")
    assert files.read_raw(path, "u1", (4,)) == "no usable file a.raw: it has 5 bytes, expected 4"


@pytest.mark.parametrize("leave", [leave_a_folder, leave_a_link])
def test_putting_never_follows_what_is_there(tmp_path, leave):
    path = tmp_path / "a.raw"
    leave(path)
    assert files.read_bytes(files.put(path, b"new")) == b"new"
    assert not path.is_symlink()


def fill_and_flush(path, times):
    data = np.memmap(path, "u1", "r+")
    for value in range(times):
        data[:] = value
        data.flush()


@pytest.mark.parametrize("times", [1, 3])
def test_bytes_dirtied_counts_what_a_map_writes_again(times, tmp_path):
    if not instruments.works("proc_io") or procfs.file_system(tmp_path) in ("tmpfs", "ramfs"):
        pytest.skip("needs /proc/self/io, and a file system on a disk")
    path = files.put(tmp_path / "a.raw", bytes(64 * 4096))
    run = outcome.run(fill_and_flush, path, times, watch=[path], cold=True)
    assert run.error is None
    assert run.bytes_written.value == 0
    assert run.bytes_dirtied.value == times * 64 * 4096


def test_bytes_dirtied_is_unknown_without_the_counters(tmp_path, monkeypatch):
    monkeypatch.setenv(instruments.OFF_SWITCH, "proc_io")
    count = outcome.run(leave_nothing, tmp_path).bytes_dirtied
    assert count.value is None and count.missing


def take_away(path):
    os.chmod(path, 0)


def blow_up(path):
    os.truncate(path, 1 << 40)


@pytest.mark.parametrize("function", [take_away, blow_up])
def test_a_file_that_nobody_can_look_at_counts_whole(function, tmp_path):
    if os.geteuid() == 0 and function is take_away:
        pytest.skip("root may read every file")
    path = files.put(tmp_path / "a.raw", bytes(3 * 4096))
    run = outcome.run(function, path, watch=[path])
    assert run.pages.value == -(-os.path.getsize(path) // 4096)


def test_a_folder_that_was_deleted_is_made_again(tmp_path):
    folder = tmp_path / "gone"
    run = outcome.run(leave_nothing, folder, watch=[folder])
    assert run.error is None
    assert files.read_bytes(files.put(folder / "a.raw", b"new")) == b"new"


def test_a_list_that_holds_itself_is_no_answer():
    report = check.Report("p", "t", points=1)
    endless = []
    endless.append(endless)
    report.equal("list", endless, [1], points=1)
    assert report.score == 0
