"""The four formats of the scorecard agree, and cost what theory says."""

import numpy as np
import pytest

from course_lib.experiments.scorecard import Cost, Scorecard
from course_lib.slowdisk import Disk


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    from course_lib.experiments.formats import Table
    from course_lib.experiments.object_store import ObjectStore

    with ObjectStore() as store:
        yield Table(tmp_path_factory.mktemp("table"), store, days=600, stations=1024)


def test_a_column_is_pages_or_chunks(table):
    costs = table.read(lambda array: array[:, 700])
    assert costs["memmap"].requests == table.pages_of(lambda places: places[:, 700]) == 600
    assert costs["Zarr"].requests == 3
    assert costs["HDF5"].requests >= 3
    assert costs["Zarr on S3"].bytes == costs["Zarr"].bytes


def test_single_rows_read_a_chunk_again_only_in_zarr(table):
    costs = table.read(lambda array: np.stack([array[day] for day in range(3)]))
    assert costs["Zarr"].requests == 3 * 4
    assert costs["HDF5"].requests < 12


def test_only_files_of_the_table_count_as_open(table, tmp_path):
    with open(tmp_path / "something else", "w"):
        costs = table.read(lambda array: array[0])
    opened = {name: cost.descriptors for name, cost in costs.items()}
    assert opened == {"memmap": 1, "HDF5": 1, "Zarr": 0, "Zarr on S3": 0}


def test_every_store_needs_the_same_chunks(table):
    from course_lib.experiments.stores import chunks_by_store

    met = chunks_by_store(table, lambda array: array[:, 700])
    assert list(met.values()) == [["c/0/2", "c/1/2", "c/2/2"]] * 4


def test_only_zarr_reads_a_part_of_remote_data(table):
    from course_lib.experiments.remote import hdf5_without_readahead, read_remote, upload

    upload(table)
    costs = read_remote(table, lambda array: array[:, 700])
    assert costs["memmap"].bytes == table.npy.stat().st_size
    assert costs["Zarr on S3"].bytes < costs["Zarr"].bytes / 3
    piecewise = hdf5_without_readahead(table, lambda array: array[:, 700])
    assert piecewise.requests > costs["HDF5"].requests


def test_an_appended_row_is_in_every_format(table):
    import h5py
    import zarr

    from course_lib.experiments.appending import append_row

    days = np.load(table.npy, mmap_mode="r").shape[0]
    costs = append_row(table, np.full(1024, 20.0))
    assert costs["memmap"].bytes == 128 + 4096
    assert np.load(table.npy)[days].tolist() == [20.0] * 1024
    with h5py.File(table.h5) as h5:
        assert h5["t"].shape[0] == days + 1 and h5["t"][days, 5] == 20
    for store in (str(table.zarr), table.store.zarr_store("table.zarr")):
        array = zarr.open_array(store, mode="r")
        assert array.shape[0] == days + 1 and array[days, 5] == 20


def test_only_the_requests_of_one_selection_overlap_on_the_clock():
    disk = Disk("d", 1.0, 1e9)
    card = Scorecard(["a"])
    card.add("loop of points", a=Cost(0, 50), calls=50)
    card.add("rows of 8 chunks", a=Cost(0, 64), calls=8)
    card.add("one column", a=Cost(0, 8))
    assert card.seconds(disk, {"a": 10}) == [[50.0], [8.0], [1.0]]
    card = Scorecard(["a"]).add("column", a=Cost(0, 16)).add("points", a=Cost(0, 100), calls=50)
    assert card.seconds(disk, {"a": 10}, in_turn={"a": 2}) == [[2.0], [100.0]]


def test_the_card_knows_its_winners_and_its_clock():
    card = Scorecard(["a", "b"]).add("x", a=Cost(1000, 10), b=Cost(1400, 1))
    assert card.best("x", "bytes") == ["a", "b"]
    assert card.best("x", "requests") == ["b"]
    assert card.seconds(Disk("d", 1.0, 1000.0), {"a": 5}) == [[3.0, 2.4]]
    assert card.seconds(Disk("d", 1.0, 1000.0), impossible=[("x", "a")]) == [[None, 2.4]]
    with pytest.raises(ValueError, match="unknown formats"):
        card.add("y", c=Cost(1, 1))
    with pytest.raises(ValueError, match="no measure"):
        card.values("colour")
