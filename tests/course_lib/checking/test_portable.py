"""The counts that stand in for missing instruments agree with the kernel's, where it has some."""

import io
import json
import os
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from course_lib.checking import check, files, portable
from course_lib.pagecache import PAGE_SIZE
from course_lib.system import instruments

SIZE = 64 * PAGE_SIZE


@pytest.fixture
def path():
    return files.put(check.workdir("portable") / "a.raw", bytes(SIZE))


@pytest.fixture
def both(path, monkeypatch):
    """Return a function that gives a count as the kernel tells it, and from the trace."""

    def run(function, name):
        counted = getattr(check.outcome.run(function, path, watch=[path], cold=True), name)
        files.put(path, bytes(SIZE))
        with monkeypatch.context() as patch:
            patch.setenv(instruments.OFF_SWITCH, "all")
            traced = getattr(check.outcome.run(function, path, watch=[path], cold=True), name)
        assert traced.value is None and traced.missing
        return counted.value, traced.analytic

    return run


def all_at_once(path):
    with open(path, "rb") as file:
        file.read()


def in_blocks(path):
    with open(path, "rb", buffering=0) as file:
        while file.read(3000):
            pass


def into_a_buffer(path):
    buffer = bytearray(5000)
    with open(path, "rb") as file:
        while file.readinto(buffer):
            pass


def as_text(path):
    Path(path).read_text()


def by_descriptor(path):
    fd = os.open(path, os.O_RDWR)
    os.pread(fd, 5000, 100)
    os.preadv(fd, [bytearray(300), bytearray(800)], 0)
    os.read(fd, 700)
    os.pwrite(fd, b"x" * 900, 50)
    os.writev(fd, [b"a" * 100, b"b"])
    os.close(fd)


def numpy_reads(path):
    np.fromfile(path, "f8", count=1024, offset=16)
    with open(path, "r+b") as file:
        np.fromfile(file, "f8", count=512)


def numpy_writes(path):
    with open(path, "r+b") as file:
        file.seek(PAGE_SIZE)
        np.ones(2 * PAGE_SIZE, "u1").tofile(file)


def npy(path):
    np.save(path + ".npy", np.ones(SIZE, "u1"))
    np.load(path + ".npy")


def a_copy(path):
    shutil.copyfile(path, path + ".copy")


def append(path):
    with open(path, "ab") as file:
        file.write(b"x" * 100)


def a_map(path):
    x = np.memmap(path, "u1", "r")
    x[0] + x[-1]


def write_through_a_map(path):
    x = np.memmap(path, "u1", "r+")
    x[:] = 1


def write_and_flush(path):
    x = np.memmap(path, "u1", "r+")
    x[:] = 1
    x.flush()


def copy_on_write(path):
    x = np.memmap(path, "u1", "c")
    x[:] = 1


def write_and_sync(path):
    with open(path, "r+b") as file:
        file.write(b"x" * 9999)
        file.flush()
        os.fsync(file)


def sync_too_soon(path):
    with open(path, "r+b") as file:
        file.write(b"x" * 9999)
        os.fsync(file.fileno())


def read_and_drop(path):
    with open(path, "rb") as file:
        file.read()
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


READERS = [all_at_once, in_blocks, into_a_buffer, as_text, by_descriptor, numpy_reads, npy, a_copy]
WRITERS = [by_descriptor, numpy_writes, npy, a_copy, append, write_through_a_map]
MAPS = [a_map, write_through_a_map, write_and_flush, copy_on_write]
STATES = [*MAPS, all_at_once, append, numpy_writes, write_and_sync, sync_too_soon]


@pytest.mark.linux
@pytest.mark.parametrize("function", READERS, ids=lambda f: f.__name__)
def test_bytes_read_are_those_of_the_kernel(function, both):
    counted, traced = both(function, "bytes_read")
    # C's stdio reads ahead to the next whole page.
    assert traced <= counted <= traced + 2 * PAGE_SIZE


@pytest.mark.linux
@pytest.mark.parametrize("function", WRITERS, ids=lambda f: f.__name__)
def test_bytes_written_are_those_of_the_kernel(function, both):
    counted, traced = both(function, "bytes_written")
    assert traced == counted


@pytest.mark.linux
@pytest.mark.parametrize("function", STATES, ids=lambda f: f.__name__)
def test_a_file_is_dirty_when_the_kernel_says_so(function, both):
    counted, traced = both(function, "dirty")
    assert (traced > 0) == (counted > 0)


@pytest.mark.linux
@pytest.mark.parametrize("function", [all_at_once, read_and_drop], ids=lambda f: f.__name__)
def test_pages_of_reads_are_those_in_the_cache(function, both):
    counted, traced = both(function, "pages")
    assert traced == counted


@pytest.mark.linux
def test_writes_through_a_map_are_bytes_dirtied(both):
    counted, traced = both(write_through_a_map, "bytes_dirtied")
    assert traced == counted == SIZE


def test_what_a_map_gave_away_was_in_the_cache(path, monkeypatch):
    monkeypatch.setenv(instruments.OFF_SWITCH, "all")
    files.put(path, bytes(256 * PAGE_SIZE))

    def pages(function):
        return check.outcome.run(function, path, watch=[path], cold=True).pages.analytic

    assert pages(lambda p: np.memmap(p, "u1", "r")[:9].tolist()) == 0
    assert 200 < pages(lambda p: np.array(np.memmap(p, "u1", "r"))) <= 256


def test_maps_and_arrays_are_held_together(path):
    with portable.traced() as trace:
        for _ in range(3):
            x = np.memmap(path, "u1", "r")
            copy = np.array(x)
            del x, copy
    assert SIZE <= trace.allocated < 1.5 * SIZE
    assert 2 * SIZE <= trace.held < 2.5 * SIZE


def test_everything_is_as_before_after_the_block(path):
    before = io.open, os.read, np.fromfile, h5py.Dataset.__getitem__
    with pytest.raises(KeyError), portable.traced():
        assert open is not before[0]
        raise KeyError
    assert (io.open, os.read, np.fromfile, h5py.Dataset.__getitem__) == before


@pytest.mark.parametrize(
    "arguments", [("rz",), ("rt", 0), ("rb", -1, "utf-8"), ("q",), (3,)], ids=repr
)
def test_wrong_arguments_of_open_get_the_error_of_python(path, arguments):
    with pytest.raises((TypeError, ValueError)) as expected:
        open(path, *arguments)
    with portable.traced(), pytest.raises(expected.type) as found:
        open(path, *arguments)
    assert str(found.value) == str(expected.value)


def test_a_text_file_is_as_python_opens_it(path):
    with portable.traced(), open(path, "w", 1, newline="") as file:
        assert (file.mode, file.line_buffering) == ("w", True)
        file.write("a\n")
        assert files.read_bytes(path) == b"a\n"
    with pytest.raises(FileExistsError), portable.traced():
        open(path, "x")


def test_hdf5_reads_are_at_least_the_result(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file, portable.traced() as trace:
        file["x"] = np.zeros((100, 8), "f4")
        file["words"] = ["a", "b"]
        file["words"][0], file["x"][3], file["x"][:, 2], file["x"][2:4, 1:3]
        assert trace.bytes_read >= 32 + 3200
        file["empty"] = h5py.Empty("f4")
        file["empty"][()], file["x"][()]
    assert trace.reads >= 100


def test_a_trace_crosses_a_border_as_json(path):
    files.put(path, bytes(SIZE), durable=False)
    with portable.traced([path], unsynced=files.unsynced()) as trace:
        read_and_drop(path)
        append(path)
    copy = portable.Trace.of(json.loads(json.dumps(trace.told())), cold=False)
    assert copy.told() == trace.told() and copy.opened == [path, path]
    assert copy.pages(path) == trace.pages(path) == SIZE // PAGE_SIZE + 1
    assert copy.dirty_pages(path) == trace.dirty_pages(path) > 0


@pytest.mark.parametrize(
    "forged", [{}, {"reads": -1}, {"bytes_read": "9"}, {"files": [[1, 2]]}, {"held": True}], ids=str
)
def test_a_forged_trace_is_refused(forged):
    told = portable.Trace().told() | forged if forged else forged
    with pytest.raises((KeyError, TypeError, ValueError)):
        portable.Trace.of(told, cold=True)
