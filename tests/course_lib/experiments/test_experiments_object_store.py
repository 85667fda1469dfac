"""The object store answers like S3, logs every request, and forgets everything at the end."""

import pytest


@pytest.fixture
def store():
    from course_lib.experiments.object_store import ObjectStore

    with ObjectStore() as store:
        yield store


def test_zarr_reads_only_the_touched_chunks(store):
    import zarr

    options = {"shape": (8, 8), "chunks": (2, 4), "dtype": "i4"}
    z = zarr.create_array(store.zarr_store("a.zarr"), **options)
    z[:] = 7
    assert len(store.objects()) == 9  # 4 x 2 chunks and the metadata
    store.clear()
    assert z[3, 0] == 7
    assert {r.key for r in store.requests()} == {"course/a.zarr/c/1/0"}
    assert sum(r.method == "GET" and r.status in (200, 206) for r in store.requests()) == 1


def test_a_new_store_is_empty(store):
    assert store.objects() == {}


def test_the_server_ends_with_the_block():
    import psutil

    from course_lib.experiments.object_store import ObjectStore

    with ObjectStore() as store:
        assert psutil.pid_exists(store.pid)
    assert not psutil.pid_exists(store.pid)
