"""Whatever a file holds, reading it back gives its contents or a reason, and never raises."""

import os
import signal

import h5py
import numpy as np
import pytest

from course_lib.checking import hdf5_files


def test_tells_values_attributes_and_layout(tmp_path):
    x = np.arange(6, dtype=">i2").reshape(2, 3)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        made = file.create_dataset(
            "g/x", data=x, chunks=(1, 3), maxshape=(None, 3), compression="gzip"
        )
        made.attrs["unit"] = "K"
        file["g"].attrs["latitude"] = 59.9
    found = hdf5_files.contents(tmp_path / "a.h5")
    assert found.names == ["g", "g/x"]
    assert found.value("g/x").dtype == x.dtype and np.array_equal(found.value("/g/x"), x)
    assert found.attrs("g/x") == {"unit": "K"} and found.attrs("g") == {"latitude": 59.9}
    assert found.chunks("g/x") == (1, 3) and found.maxshape("g/x") == (None, 3)
    assert found.items["g/x"].filters == ("gzip",)
    with h5py.File(tmp_path / "a.h5") as file:
        assert found.items["g/x"].nbytes == file["g/x"].id.get_storage_size() > 0
    assert "it holds no 'y'" in found.value("y")


@pytest.mark.parametrize(
    ("asked", "filters"),
    [
        ({}, ()),
        ({"shuffle": True, "compression": "gzip"}, ("shuffle", "gzip")),
        ({"compression": "lzf", "fletcher32": True}, ("lzf", "fletcher32")),
        ({"scaleoffset": 2}, ("scaleoffset",)),
    ],
)
def test_names_filters_as_h5py_does_in_their_order(tmp_path, asked, filters):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=np.arange(100), chunks=(10,), **asked)
    assert hdf5_files.contents(tmp_path / "a.h5").items["x"].filters == filters


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"\x89HDF\r\n\x1a\n" + bytes(2000)])
def test_gives_a_reason_for_what_is_no_hdf5(tmp_path, content):
    (tmp_path / "a.h5").write_bytes(content)
    found = hdf5_files.contents(tmp_path / "a.h5")
    assert found.items == {} and found.trouble.startswith("no usable file a.h5")
    assert found.value("x") == found.names == found.trouble


def test_a_file_with_any_byte_damaged_gives_contents_or_a_reason(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=np.arange(100), chunks=(10,), compression="gzip")
    content = bytearray((tmp_path / "a.h5").read_bytes())
    for place in range(0, len(content), len(content) // 40):
        damaged = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        (tmp_path / "b.h5").write_bytes(damaged)
        found = hdf5_files.contents(tmp_path / "b.h5")
        assert found.items or found.trouble


def test_follows_no_link_out_of_the_file(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = np.arange(5)
    layout = h5py.VirtualLayout((5,), "i8")
    layout[:] = h5py.VirtualSource(secret, "x", (5,))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["link"] = h5py.ExternalLink(str(secret), "x")
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("external", (5,), "i8", external=[(str(secret), 0, 40)])
    found = hdf5_files.contents(tmp_path / "a.h5")
    assert found.names == ["external", "virtual"]
    assert all("another file" in found.value(name) for name in found.names)
    (tmp_path / "b.h5").symlink_to(secret)
    assert hdf5_files.contents(tmp_path / "b.h5").trouble


def test_refuses_what_its_writer_has_not_closed(tmp_path):
    with h5py.File(tmp_path / "live.h5", "w", libver="latest") as file:
        file["x"] = np.arange(5)
        file.flush()
        content = (tmp_path / "live.h5").read_bytes()
        (tmp_path / "dead.h5").write_bytes(content)
        found = hdf5_files.each(tmp_path / "live.h5", tmp_path / "dead.h5", content)
    assert all("HDF5 cannot open it" in each.trouble for each in found)
    assert hdf5_files.contents(tmp_path / "live.h5").names == ["x"]


def test_reads_several_files_and_a_part_of_each(tmp_path):
    for name, rows in (("a.h5", 70), ("b.h5", 3200)):
        with h5py.File(tmp_path / name, "w") as file:
            file["rows"] = np.arange(rows)
            file["rows"].attrs["unit"] = "K"
            file["other"] = 7
    before = (tmp_path / "a.h5").read_bytes()
    (tmp_path / "a.h5").unlink()
    found = hdf5_files.each(before, tmp_path / "a.h5", tmp_path / "b.h5", only=["rows"], rows=64)
    assert np.array_equal(found[0].value("rows"), np.arange(70))
    assert found[1].trouble.startswith("no usable file a.h5")
    assert np.array_equal(found[2].value("rows"), np.arange(0, 3200, 50))
    assert found[2].shape("rows") == (3200,) and found[2].attrs("rows") == {"unit": "K"}
    assert found[0].names == ["other", "rows"] and "was not read" in found[0].value("other")


def test_a_file_that_ends_the_child_leaves_the_others(tmp_path, monkeypatch):
    for name in "abc":
        h5py.File(tmp_path / name, "w").create_dataset("x", data=[1]).file.close()
    pack = hdf5_files._pack

    def breaks_down(path, wanted):
        if path.endswith("b"):
            os.kill(os.getpid(), signal.SIGKILL)
        return pack(path, wanted)

    monkeypatch.setattr(hdf5_files, "_pack", breaks_down)
    hdf5_files._reader.end()  # the next one knows of it
    found = hdf5_files.each(*(tmp_path / name for name in "abc"))
    assert [each.names for each in found[::2]] == [["x"], ["x"]]
    assert found[1].trouble == "no usable file b: HDF5 broke down over it"
    hdf5_files._reader.end()
