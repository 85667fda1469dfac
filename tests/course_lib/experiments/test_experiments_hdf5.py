"""What lessons 05 and 05b say of HDF5, where their own cells do not hold it."""

import h5py
import numpy as np
import pytest
import tables

from course_lib import child
from course_lib.experiments import hdf5, particles
from course_lib.system import instruments
from course_lib.units import KiB

counted = pytest.mark.skipif(not instruments.works("proc_io"), reason="nobody counts reads here")


@counted
def test_a_file_that_hdf5_opens_itself_is_read_through_the_sieve_buffer(tmp_path):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = np.arange(1000 * 100, dtype="i4").reshape(1000, 100)
    rows = child.run(hdf5.read_by_name, tmp_path / "x.h5", "x", np.s_[20:25]).value
    assert rows == (64 * KiB, 1)
    taken, reads = child.run(hdf5.read_by_name, tmp_path / "x.h5", "x", np.s_[:, 3]).value
    assert reads == 7 and 0.99 * 400_000 < taken <= 400_000


@counted
def test_chunks_do_not_go_through_the_sieve_buffer(tmp_path):
    """Nor does a Python file object, the recorder of the lesson, change what is read of them."""
    with h5py.File(tmp_path / "x.h5", "w") as file:
        values = np.arange(100 * 3000, dtype="i4").reshape(100, 3000)
        chunked = file.create_dataset("x", data=values, chunks=(100, 300), compression="gzip")
        sizes = [chunked.id.get_chunk_info(i).size for i in range(10)]
    whole = child.run(hdf5.read_by_name, tmp_path / "x.h5", "x", np.s_[:]).value
    part = child.run(hdf5.read_by_name, tmp_path / "x.h5", "x", np.s_[20:25, 450:700]).value
    index = whole[0] - sum(sizes)
    assert (whole[1], part[1]) == (11, 3), "ten chunks, two chunks, and a look into the index"
    assert 0 < index < 8 * KiB and part[0] == sum(sizes[1:3]) + index


@counted
@pytest.mark.parametrize("axis", [0, 1])
def test_a_large_array_costs_a_buffer_for_a_row_and_most_of_the_file_for_a_column(tmp_path, axis):
    """Question 3 of lesson 05, on a file of the same row length with fewer rows."""
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["x"] = np.zeros((1000, 10_000), "i4")
    selection = (np.s_[5], np.s_[:, 5])[axis]
    taken, reads = child.run(hdf5.read_by_name, tmp_path / "x.h5", "x", selection).value
    assert reads == (1, 500)[axis]
    assert 0.99 < taken / (reads * 64 * KiB) <= 1


def test_what_older_libraries_read(tmp_path):
    """libver="latest" stores complex numbers in a way that the library of PyTables may not know."""
    with h5py.File(tmp_path / "x.h5", "w", libver="v110") as file:
        file["z"] = np.ones(3, complex)
    with tables.open_file(tmp_path / "x.h5") as file:
        assert file.root.z[:].tolist() == [1, 1, 1]


def test_particles_are_the_same_each_time_and_scattered():
    made = particles.records(50_000)
    assert np.array_equal(made, particles.records(50_000))
    assert made.itemsize == 36
    counts = np.histogram(made["pressure"], 10, (0, 1000))[0]
    assert counts.min() > 4500 and counts.max() < 5500
