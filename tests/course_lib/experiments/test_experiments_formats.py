"""The four formats of the scorecard agree, and cost what theory says."""

import numpy as np
import pytest

from course_lib.experiments.scorecard import Cost, Scorecard
from course_lib.slowdisk import Disk


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    import h5py
    import zarr

    from course_lib.experiments.formats import CHUNKS, Table, days_by_stations
    from course_lib.experiments.object_store import ObjectStore

    folder, values = tmp_path_factory.mktemp("table"), days_by_stations(600, 1024)
    np.save(folder / "table.npy", values)
    with h5py.File(folder / "table.h5", "w") as file:
        file.create_dataset("t", data=values, chunks=CHUNKS, maxshape=(None, None), compression=4)
    with ObjectStore() as store:
        for place in (str(folder / "table.zarr"), store.zarr_store("table.zarr")):
            zarr.create_array(place, shape=values.shape, chunks=CHUNKS, dtype="f4")[:] = values
        store.files().put_file(str(folder / "table.h5"), "course/table.h5")
        yield Table(folder, store, values.shape)


def test_a_column_is_pages_or_chunks(table):
    costs = table.read(lambda array: array[:, 700])
    assert costs["memmap"].requests == table.pages_of(lambda places: places[:, 700]) == 600
    assert costs["Zarr"].requests == 3
    assert costs["HDF5"].requests >= 3
    assert costs["Zarr on S3"].bytes == costs["Zarr"].bytes
    chunk = 256 * 256 * 4
    assert [cost.coded for cost in costs.values()] == [0, 3 * chunk, 3 * chunk, 3 * chunk]


def test_single_rows_read_a_chunk_again_only_in_zarr(table):
    costs = table.read(lambda array: np.stack([array[day] for day in range(3)]))
    assert costs["Zarr"].requests == 3 * 4
    assert costs["HDF5"].requests < 12
    assert costs["Zarr"].coded == 3 * costs["HDF5"].coded == 12 * 256 * 256 * 4


def test_only_files_of_the_table_count_as_open(table, tmp_path):
    with open(tmp_path / "something else", "w"):
        costs = table.read(lambda array: array[0])
    opened = {name: cost.descriptors for name, cost in costs.items()}
    assert opened == {"memmap": 1, "HDF5": 1, "Zarr": 0, "Zarr on S3": 0}


def test_over_the_network_opening_counts_and_hdf5_can_read_piece_by_piece(table):
    import h5py

    def hdf5(task, **options):
        with table.store.files().open("course/table.h5", "rb", **options) as file:
            with h5py.File(file) as h5:
                return task(h5["t"])

    def piecewise(task):
        return hdf5(task, cache_type="none")

    (whole,) = table.over_network({"HDF5": hdf5}, lambda array: array[:, 700]).values()
    (pieces,) = table.over_network({"HDF5": piecewise}, lambda array: array[:, 700]).values()
    assert pieces.requests > whole.requests
    assert pieces.bytes < whole.bytes
    assert pieces.coded == whole.coded == 3 * 256 * 256 * 4


def test_an_appended_row_is_in_every_format(table):
    import h5py
    import zarr

    from course_lib.experiments.appending import append_row

    days = np.load(table.npy, mmap_mode="r").shape[0]

    def to_hdf5(dataset, row):
        dataset.resize(dataset.shape[0] + 1, axis=0)
        dataset[-1] = row

    row = np.full(1024, 20, "f4")
    costs = append_row(table, row, to_hdf5, lambda array, row: array.append(row[None]))
    # The table has 600 rows: each of 4 chunks is read, and written.
    assert costs["Zarr"].requests == 8
    assert [cost.coded for cost in costs.values()] == [0] + [8 * 256 * 256 * 4] * 3
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


def test_what_is_decompressed_and_what_opening_takes_are_on_the_clock():
    disk = Disk("d", 1.0, 1e9)
    card = Scorecard(["a"]).add("x", a=Cost(0, 8, coded=600), opening={"a": 2})
    assert card.seconds(disk, {"a": 10}) == [[3.0]]
    assert card.seconds(disk, {"a": 10}, coding={"a": 300.0}) == [[5.0]]
    assert card.seconds(disk, {"a": 10}, {"a": 2}) == [[4.0]]
    card.add("x", a=Cost(0, 8, coded=600), opening={"a": 2}, in_turn={})
    assert card.seconds(disk, {"a": 10}, {"a": 2}) == [[3.0]]
    card.add("x", a=Cost(0, 8))
    assert card.seconds(disk, coding={"a": 300.0}) == [[None]]


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
