"""Whatever a file holds, reading it back gives its contents or a reason, and never raises."""

import h5py
import numpy as np
import pytest

from course_lib import hdf5_files


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
    assert "it holds no 'y'" in found.value("y")


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
