"""Blocks are unlinked on every path, and the hazards happen as the lesson tells them."""

from multiprocessing import get_context

import numpy as np
import pytest

from course_lib import child, data
from course_lib.experiments import genomics_pipeline as genomics
from course_lib.experiments import process_stage, small_shm
from course_lib.experiments import shared_memory as shared


def test_touching_too_much_is_sigbus_and_reserving_is_enospc():
    reserved = child.run(small_shm.overfill, True)
    if str(reserved.value).startswith("not shown here"):
        assert child.run(small_shm.overfill, False).value == reserved.value
    else:
        assert reserved.value == "ENOSPC"
        assert child.run(small_shm.overfill, False).signal_name == "SIGBUS"


def test_long_names_are_not_cut(tmp_path):
    path = data.methylation_text(tmp_path / "a.txt", 5, "chrUn_KI270302v1")
    assert genomics.read_calls(path)["chr"][0] == b"chrUn_KI270302v1"


@pytest.mark.parametrize("answers", [True, False])
def test_a_worker_of_the_pipeline_unlinks_after_the_answer_and_when_the_parent_is_gone(
    tmp_path, answers
):
    path = data.methylation_text(tmp_path / "a.txt", 50, "chr1", 1)
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=genomics.offer_calls, args=(path, theirs))
    worker.start()
    theirs.close()
    name, shape, dtype = ours.recv()
    assert (shape, dtype) == ((50,), genomics.read_calls(path).dtype)
    assert shared.exists(name) in (True, None)
    if answers:
        ours.send("done")
    ours.close()
    worker.join()
    assert shared.exists(name) in (False, None) and worker.exitcode == 0


def test_a_damaged_file_is_told_as_text(tmp_path):
    ours, theirs = process_stage.Stage().Pipe()
    genomics.offer_calls(tmp_path / "missing.txt", theirs)
    assert ours.recv().startswith("FileNotFoundError")


def test_the_stage_tells_a_wait_for_ever_from_an_end():
    stage = process_stage.Stage()
    ours, theirs = stage.Pipe(duplex=False)
    worker = stage.Process(target=lambda connection: None, args=(theirs,))
    worker.start()
    with pytest.raises(RuntimeError, match="would wait for ever"):
        ours.recv()
    theirs.close()
    with pytest.raises(EOFError):
        ours.recv()
    assert (stage.open_ends(), stage.not_joined()) == (1, 1)


def test_a_look_at_a_block_sees_what_stays_open():
    def leaves_it_open(name, shape, dtype):
        block = shared.SharedMemory(name)
        kept.append(block)
        yield np.ndarray(shape, dtype, buffer=block.buf)

    kept = []
    first, ended, still_open = process_stage.looked_at(leaves_it_open)
    assert (first, ended) == (42, "well") and still_open != 0
    kept.pop().close()
