"""The counts that lesson 05 teaches."""

import errno

import h5py
import numpy as np
import pytest

from course_lib import child, memory
from course_lib.experiments import hdf5, little_memory, particles
from course_lib.system import instruments
from course_lib.units import KiB, MiB


@pytest.fixture(scope="module")
def tables_of_numbers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hdf5")
    for name, layout in (("raw", {}), ("gzip", {"compression": "gzip"})):
        hdf5.make_table(folder / name, 30, 3000, chunks=(30, 300), **layout)
    return folder


@pytest.mark.parametrize(
    ("cache", "chunks"), [(18 * KiB, 300), (200 * KiB, 300), (400 * KiB, 10), (None, 10)]
)
def test_a_cache_smaller_than_a_row_of_chunks_reads_each_chunk_for_each_row(
    tables_of_numbers, cache, chunks
):
    assert hdf5.row_by_row(tables_of_numbers / "gzip", cache).chunks == chunks


def test_a_cache_too_small_for_any_raw_chunk_reads_only_what_was_asked(tables_of_numbers):
    chunk = 30 * 300 * 4
    read = [
        hdf5.row_by_row(tables_of_numbers / "raw", n).bytes for n in (8 * KiB, 200_000, 400_000)
    ]
    assert read == [10 * chunk, 300 * chunk, 10 * chunk]


def test_places_of_the_chunks_are_their_offsets_and_sizes(tables_of_numbers):
    with h5py.File(tables_of_numbers / "raw") as file:
        assert list(hdf5.chunk_places(file["table"]).values()) == [30 * 300 * 4] * 10


@pytest.mark.skipif(not instruments.works("proc_io"), reason="nobody counts reads here")
def test_a_file_that_hdf5_opens_itself_is_read_through_the_sieve_buffer(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = np.arange(1000 * 100, dtype="i4").reshape(1000, 100)
    rows = child.run(hdf5.read_by_name, tmp_path / "x.h5", "x", np.s_[20:25]).value
    assert rows == (64 * KiB, 1)
    taken, reads = child.run(hdf5.read_by_name, tmp_path / "x.h5", "x", np.s_[:, 3]).value
    assert reads == 7 and 0.99 * 400_000 < taken <= 400_000


def test_threads_read_one_after_the_other(tables_of_numbers):
    assert hdf5.most_at_once(tables_of_numbers / "gzip", threads=3) == 1


def test_a_second_process_needs_swmr_and_sees_what_was_flushed(tmp_path):
    path = tmp_path / "live.h5"

    def seen(swmr):
        return child.run(hdf5.shape_seen, path, "x", swmr).value

    with h5py.File(path, "w", libver="latest") as file:
        x = file.create_dataset("x", (0,), maxshape=(None,), chunks=(10,), dtype="f4")
        assert seen(False).startswith(f"BlockingIOError {errno.EAGAIN}")
        file.swmr_mode = True
        x.resize(20, axis=0)
        assert seen(True) == (0,)
        x.flush()
        assert seen(True) == (20,)


def test_a_reader_that_stays_sees_more_only_after_refresh(tmp_path):
    path = tmp_path / "live.h5"
    with h5py.File(path, "w", libver="latest") as file:
        x = file.create_dataset("x", (10,), maxshape=(None,), chunks=(10,), dtype="f4")
        file.swmr_mode = True
        with hdf5.staying_reader(path, "x") as rows_seen:
            x.resize(20, axis=0)
            x.flush()
            assert (rows_seen(refresh=False), rows_seen(refresh=True)) == (10, 20)


def test_a_reader_that_cannot_open_the_file_is_an_error(tmp_path, capfd):
    with pytest.raises(ValueError), hdf5.staying_reader(tmp_path / "missing.h5", "x"):
        pass
    assert "FileNotFoundError" in capfd.readouterr().err


@pytest.fixture(scope="module")
def particle_file(tmp_path_factory):
    return particles.make(tmp_path_factory.mktemp("particles") / "p.h5", 100_000)


def test_every_way_finds_the_same_rows_and_reads_the_whole_table(particle_file):
    answers = [particles.ask(particle_file, way, 20, 50) for way in particles.WAYS]
    assert {a.hits for a in answers} == {answers[0].hits}
    if instruments.works("proc_io"):
        assert all(a.read_bytes >= 100_000 * 36 for a in answers)


def test_an_unknown_way_is_named(particle_file):
    with pytest.raises(ValueError, match="no way 'guess'"):
        particles.ask(particle_file, "guess", 0, 1)


def test_an_index_saves_reads_for_few_hits_only(tmp_path):
    path = particles.make(tmp_path / "p.h5", 500_000)
    scan = particles.ask(path, "where", 20, 20.02)
    particles.index_pressure(path)
    few = particles.ask(path, "read_where", 20, 20.02)
    many = particles.ask(path, "read_where", 20, 30)
    assert few.hits == scan.hits
    total, chunks = particles.chunks_of_hits(path, 20, 30)
    assert len(chunks) == total
    if instruments.works("proc_io"):
        assert few.read_bytes < scan.read_bytes < many.read_bytes


def test_an_array_larger_than_the_memory_of_its_process(tmp_path):
    built = memory.peak_in_child(little_memory.build, tmp_path / "e.h5", 96 * MiB, 48 * MiB)
    assert built.value.stored == 96 * MiB
    assert built.value.refused in (True, None)
    assert built.peak is None or built.peak < 48 * MiB
