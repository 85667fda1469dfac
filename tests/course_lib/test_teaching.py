"""Predictions, data makers, recorders and the virtual clock."""

import numpy as np
import pytest

from course_lib import data, predict, recording, slowdisk, units


@pytest.fixture(autouse=True)
def no_predictions():
    predict.forget()
    yield
    predict.forget()


def test_a_prediction_is_shown_beside_the_measurement():
    predict.predict("pages", 100, unit="pages")
    shown = predict.reveal("pages", 50)
    assert repr(shown) == ("pages: you said 100 pages, measured 50 pages. 2 times too high.")
    board = predict.my_predictions()
    assert "100 pages" in board._repr_html_() and "<img" in board._repr_html_()


def test_no_prediction_never_blocks():
    predict.predict("a", None)
    predict.reveal("a", 3)
    predict.reveal("never asked", 3)
    predict.predict("unmeasured", 3)
    predict.reveal("unmeasured", None)
    text = repr(predict.my_predictions())
    assert text.count("No prediction.") == 2 and "not measurable here" in text
    assert "No prediction to draw" in predict.my_predictions()._repr_html_()


@pytest.mark.parametrize("value", ["8", [1], True, 1j])
def test_a_prediction_is_a_number(value):
    with pytest.raises(TypeError, match="a number or None"):
        predict.predict("a", value)


def test_zero_can_be_predicted():
    predict.predict("bytes", 0)
    assert "Exactly right" in repr(predict.reveal("bytes", 0))
    predict.predict("more", 0)
    assert "Not right" in repr(predict.reveal("more", 4))


def test_data_is_made_once_and_again_when_it_changed(disk):
    path = data.matrix(disk / "m.bin", (10, 10), "int32")
    first = path.stat().st_ino
    assert np.fromfile(path, "int32")[37] == 37
    assert data.matrix(path, (10, 10), "int32").stat().st_ino == first
    path.write_bytes(b"broken")
    again = data.matrix(path, (10, 10), "int32")
    assert np.fromfile(again, "int32").size == 100
    assert np.fromfile(data.matrix(path, (5, 5), "int32"), "int32").size == 25


def test_an_interrupted_maker_leaves_nothing(disk):
    def write(beside):
        beside.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        data.make(disk / "x", write)
    assert list(disk.iterdir()) == []


def test_a_failed_remake_keeps_the_old_file(disk):
    path = data.random_bytes(disk / "x", 100)
    with pytest.raises(ValueError, match="-5"):
        data.random_bytes(path, -5)
    assert path.stat().st_size == 100


def test_seeds_decide(disk):
    one, same, other = (
        data.random_bytes(disk / name, 5 << 20, seed).read_bytes()
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert one == same != other and len(one) == 5 << 20


def test_temperatures_do_not_depend_on_the_block():
    whole = data.temperatures(range(10), 8, 16)
    part = data.temperatures(range(4, 6), 8, 16)
    assert whole.shape == (10, 8, 16) and whole.dtype == np.float32
    np.testing.assert_array_equal(whole[4:6], part)
    assert -90 < whole.min() < whole.max() < 70


def test_methylation_text_reads_back(disk):
    path = data.methylation_text(disk / "chr1.txt", 50, "chr1")
    fields = [("chr", "S10"), ("pos", "<i4"), ("pct", "<f4"), ("c", "<i4"), ("t", "<i4")]
    table = np.loadtxt(path, dtype=fields)
    assert table.size == 50 and set(table["chr"]) == {b"chr1"} and (np.diff(table["pos"]) > 0).all()


def test_a_workspace_is_a_plain_name(monkeypatch, tmp_path):
    monkeypatch.setenv(data.DIRECTORY_VARIABLE, str(tmp_path / "new"))
    (data.workspace("00") / "x").write_bytes(bytes(5000))
    assert data.clear("00") == "removed the data of 00: 8.0 KiB"
    assert list((tmp_path / "new").iterdir()) == []
    for name in ("", "..", "a/b", "/etc"):
        with pytest.raises(ValueError, match="plain name"):
            data.clear(name)


def test_progress_is_silent_when_short(capsys):
    assert list(data.progress(range(3), 3, "label")) == [0, 1, 2]
    assert capsys.readouterr().out == ""
    list(data.progress(range(3), 3, "label", after=-1))
    assert "3 of 3" in capsys.readouterr().out


def test_elevations_are_real():
    grid = data.elevations()
    assert grid.shape == (344, 403) and grid.dtype == np.int16 and grid.min() > 0


def test_a_recording_store_sees_every_chunk_of_a_copy(disk):
    zarr = pytest.importorskip("zarr")
    z = zarr.create_array(disk / "z", shape=(9, 9), chunks=(4, 4), dtype="i4")
    z[:] = np.arange(81).reshape(9, 9)
    store = recording.recording_store(disk / "z")
    again = zarr.open_array(store, mode="r")
    store.log.clear()
    assert again[8, :].tolist() == list(range(72, 81))
    assert store.log.chunks == ["c/2/0", "c/2/1", "c/2/2"]
    assert store.log.requests == 3 and store.log.bytes == sum(store.log.sizes) > 0


def test_a_recording_store_sees_partial_reads_of_a_shard(disk):
    zarr = pytest.importorskip("zarr")
    z = zarr.create_array(
        disk / "z", shape=(64, 64), chunks=(8, 8), shards=(64, 64), dtype="i4", compressors=None
    )
    z[:] = 1
    store = recording.recording_store(disk / "z")
    again = zarr.open_array(store, mode="r")
    store.log.clear()
    again[0, :]
    assert store.log.chunks == ["c/0/0"]
    whole = (disk / "z" / "c" / "0" / "0").stat().st_size
    assert 8 * 8 * 8 * 4 <= store.log.bytes < whole


def test_a_recording_file_sees_the_reads_of_hdf5(disk):
    h5py = pytest.importorskip("h5py")
    with h5py.File(disk / "x.h5", "w") as h5:
        h5["a"] = np.arange(100_000)
    with recording.RecordingFile(disk / "x.h5") as f, h5py.File(f, "r") as h5:
        a = h5["a"]
        f.log.clear()
        assert a[500:510].tolist() == list(range(500, 510))
        assert [n for _, n in f.log.entries] == [80]


def test_the_virtual_clock_adds_up():
    disk = slowdisk.Disk("d", latency=0.01, bandwidth=1000)
    assert disk.seconds([100, 200]) == pytest.approx(0.32)
    assert disk.seconds([100] * 4, at_once=2) == pytest.approx(0.42)
    assert disk.timeline([100])[0][1:] == pytest.approx((0, 0.11))
    with pytest.raises(ValueError, match="bandwidth must be positive"):
        slowdisk.Disk("d", 0, 0)


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0 B"), (1023, "1,023 B"), (1024, "1.0 KiB"), (5 << 30, "5.0 GiB"), (None, "unknown")],
)
def test_bytes_are_written_with_units(n, text):
    assert units.format_bytes(n) == text
