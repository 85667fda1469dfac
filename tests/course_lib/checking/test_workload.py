"""What a layout is said to cost is what Zarr stores and reads."""

import numpy as np
import pytest
import zarr

from course_lib import data
from course_lib.checking import workload, zarr_files
from course_lib.recording import recording_store

LAYOUTS = [
    {"chunks": (4, 8, 5), "shards": None, "codec": "none"},
    {"chunks": (3, 8, 12), "shards": None, "codec": "zstd"},
    {"chunks": (4, 8, 8), "shards": (8, 16, 24), "codec": "lz4"},
]


@pytest.fixture
def cube():
    return data.temperatures(13, 16, 20, seed=3)


def store(path, cube, layout):
    """Store a cube in a layout."""
    return zarr.create_array(
        path, data=cube, chunks=layout["chunks"], shards=layout["shards"],
        compressors=workload.compressors_of(layout["codec"]),
    )  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS[:2])
def test_price_of_reads_is_what_zarr_reads(tmp_path, cube, layout):
    store(tmp_path / "a.zarr", cube, layout)
    recorder = recording_store(tmp_path / "a.zarr")
    array = zarr.open_array(recorder, mode="r")
    recorder.log.clear()
    array[7], array[:, 3, 19], array.vindex[[0, 12, 0], [0, 15, 1], [0, 19, 0]]
    trace = [
        {"kind": "map", "day": 7},
        {"kind": "series", "row": 3, "column": 19},
        {"kind": "points", "at": [[0, 0, 0], [12, 15, 19], [0, 1, 0]]},
    ]
    cost = workload.price(cube, layout, trace)
    assert (cost["bytes"], cost["requests"]) == (recorder.log.bytes, recorder.log.requests)
    assert cost["price"] == cost["bytes"] + workload.BYTES_OF_A_REQUEST * cost["requests"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_files_and_disk_are_those_of_the_store(tmp_path, cube, layout):
    store(tmp_path / "a.zarr", cube, layout)
    found = [f for f in (tmp_path / "a.zarr" / "c").rglob("*") if f.is_file()]
    assert workload.file_count(cube.shape, layout) == len(found)
    index = 0
    if layout["shards"]:
        chunks_a_shard = np.prod(layout["shards"]) // np.prod(layout["chunks"])
        index = len(found) * (16 * chunks_a_shard + 4)
    on_disk = sum(f.stat().st_size for f in found)
    assert workload.price(cube, layout, [])["disk"] == on_disk - index


@pytest.mark.parametrize(("day", "moved", "requests"), [(12, 1, 0), (13, 2, 1)])
def test_an_append_reads_what_it_has_to_keep(day, moved, requests):
    cube = np.zeros((14, 4, 4), "f4")
    layout = {"chunks": (4, 4, 4), "shards": None, "codec": "none"}
    cost = workload.price(cube, layout, [{"kind": "append", "day": day}])
    assert (cost["bytes"], cost["requests"]) == (moved * 256, requests)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chunks": (4, 4)}, "three whole numbers"),
        ({"chunks": (14, 8, 8)}, "longer than the cube"),
        ({"chunks": (1, 1, 1)}, "at least 256 values"),
        ({"shards": (6, 16, 24)}, "whole chunks"),
        ({"shards": (32, 16, 24)}, "behind the cube"),
        ({"codec": "gzip"}, "none, lz4 or zstd"),
    ],
)
def test_a_value_that_is_no_layout_is_told_why(change, reason):
    assert reason in workload.why_not(LAYOUTS[2] | change, (13, 16, 20))
    assert workload.why_not(LAYOUTS[2], (13, 16, 20)) == ""


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_compressed_store_is_read_back_if_asked(tmp_path, cube, layout):
    store(tmp_path / "a.zarr", cube, layout)
    found = zarr_files.read(tmp_path / "a.zarr", packed=True)
    assert np.array_equal(found.values, cube)
    assert (found.chunks, found.shards, found.codec) == tuple(layout.values())
    if layout["codec"] != "none":
        assert "compressors=None" in zarr_files.read(tmp_path / "a.zarr")


PACKED = {"zstd": zarr.codecs.ZstdCodec(), "gzip": zarr.codecs.GzipCodec()}


@pytest.mark.parametrize("kind", PACKED)
def test_other_compressors_are_read_if_they_are_named(tmp_path, cube, kind):
    path = tmp_path / "a.zarr"
    zarr.create_array(path, data=cube, chunks=(4, 8, 8), compressors=PACKED[kind])
    found = zarr_files.read(path, packed=True, codecs=("blosc", kind))
    assert np.array_equal(found.values, cube)
    assert found.nbytes == sum(f.stat().st_size for f in (path / "c").rglob("*") if f.is_file())
    assert "no usable file" in zarr_files.read(path, packed=True)
    assert "no usable file" in zarr_files.read(path, packed=True, codecs=("blosc",))
    # A chunk that swells to more than its shape says: what else it holds is never unpacked.
    chunk = path / "c" / "0" / "0" / "0"
    zarr.create_array(
        tmp_path / "b.zarr", data=np.ones(10**6, "f4"), chunks=(10**6,), compressors=PACKED[kind]
    )
    chunk.write_bytes((tmp_path / "b.zarr" / "c" / "0").read_bytes())
    assert "no usable file: a chunk" in zarr_files.read(path, packed=True, codecs=(kind,))
    chunk.write_bytes(b"junk")
    assert "no usable file: a chunk" in zarr_files.read(path, packed=True, codecs=(kind,))


@pytest.mark.parametrize("position", [4, 12, 40])
def test_a_chunk_that_lies_about_its_size_is_not_unpacked(tmp_path, cube, position):
    store(tmp_path / "a.zarr", cube, LAYOUTS[1])
    chunk = tmp_path / "a.zarr" / "c" / "0" / "0" / "0"
    content = bytearray(chunk.read_bytes())
    content[position : position + 4] = b"\xff\xff\xff\x7f"
    chunk.write_bytes(content)
    assert "no usable file: a chunk" in zarr_files.part(tmp_path / "a.zarr", "values", packed=True)
