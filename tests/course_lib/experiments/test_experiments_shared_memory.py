"""Blocks are unlinked on every path, and the hazards happen as the lesson tells them."""

from multiprocessing import get_all_start_methods

import numpy as np
import pytest

from course_lib import child, data
from course_lib.experiments import genomics_pipeline as genomics
from course_lib.experiments import shared_hazards as hazards
from course_lib.experiments import shared_memory as shared
from course_lib.experiments import small_shm
from course_lib.experiments.shared_memory import SharedArray


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    assert not shared.segments("lesson07")
    assert not shared.segments("hazard07")


def test_an_error_in_the_block_unlinks():
    with pytest.raises(ZeroDivisionError), SharedArray.create((10,), "f8") as mine:
        name = mine.offer.name
        assert shared.exists(name)
        raise ZeroDivisionError
    assert not shared.exists(name)


def test_an_empty_block_is_refused():
    with pytest.raises(ValueError, match="at least one byte"):
        SharedArray.create((0, 3), "f8")


def test_a_block_larger_than_dev_shm_is_an_error_not_a_crash():
    size = 2 * shared.SHM.stat().st_blksize + _dev_shm_bytes()
    with pytest.raises(OSError, match=r"No space left|Cannot allocate"):
        SharedArray.create((size,), "u1")


def _dev_shm_bytes():
    import os

    stat = os.statvfs(shared.SHM)
    return stat.f_blocks * stat.f_frsize


def test_the_offer_is_small_and_enough():
    with SharedArray.create((1000, 3), "f4") as mine:
        mine.array[7, 1] = 5
        assert shared.message_bytes(mine.offer) < 300
        with SharedArray.attach(mine.offer) as same:
            assert same.array.shape == (1000, 3) and same.array[7, 1] == 5


def test_a_stranger_destroys_unless_polite():
    assert child.run(hazards.visited_by_stranger, False).value == []
    assert len(child.run(hazards.visited_by_stranger, True).value) == 1


@pytest.mark.parametrize(("method", "left"), [("spawn", 3), ("fork", 0)])
def test_what_a_pool_leaves_depends_on_how_its_workers_start(method, left):
    if method not in get_all_start_methods() or shared.segments() is None:
        pytest.skip("no fork, or nobody can list the blocks here")
    assert len(child.run(hazards.pool_without_unlink, 3, method).value) == left


def test_the_answer_reaches_the_wrong_worker():
    assert child.run(hazards.crossed_answers).value["taken by"] == "A"


def test_touching_too_much_is_sigbus_and_reserving_is_enospc():
    reserved = child.run(small_shm.overfill, True)
    if str(reserved.value).startswith("not shown here"):
        assert child.run(small_shm.overfill, False).value == reserved.value
    else:
        assert reserved.value == "ENOSPC"
        assert child.run(small_shm.overfill, False).signal_name == "SIGBUS"


def test_names_are_cut_only_when_asked(tmp_path):
    path = data.methylation_text(tmp_path / "a.txt", 5, "chrUn_KI270302v1")
    assert genomics.read_calls(path)["chr"][0] == b"chrUn_KI270302v1"
    assert genomics.read_calls(path, 10)["chr"][0] == b"chrUn_KI27"


def test_the_pipeline_writes_all_rows_and_names_the_bad_file(tmp_path):
    import h5py

    good = [data.methylation_text(tmp_path / f"{i}.txt", 50, "chr1", i) for i in range(3)]
    bad = tmp_path / "bad.txt"
    bad.write_text("chr1\tx\n")
    result = genomics.gather([*good, bad, tmp_path / "missing.txt"], tmp_path / "out.h5")
    assert result.rows == {f"{i}.txt": 50 for i in range(3)}
    assert sorted(result.failed) == ["bad.txt", "missing.txt"]
    with h5py.File(tmp_path / "out.h5") as h5:
        assert np.array_equal(h5["calls/2"][()], genomics.read_calls(good[2]))
