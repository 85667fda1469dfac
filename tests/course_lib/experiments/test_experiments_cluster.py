"""Regions cover an array once, and the count of chunks is the count of a grid."""

import numpy as np
import pytest

from course_lib.experiments import cluster


@pytest.mark.parametrize("side", [512, 600, 4096])
def test_regions_cover_everything_once(side):
    seen = np.zeros(cluster.SHAPE, "u1")
    for region in cluster.regions(cluster.SHAPE, (side, side)):
        seen[cluster.slices(region)] += 1
    assert (seen == 1).all()


def test_blocks_off_the_grid_read_three_times_as_much():
    def reads(side):
        blocks = cluster.regions(cluster.SHAPE, (side, side))
        return sum(cluster.chunks_met(block) for block in blocks)

    assert (reads(512), reads(600), reads(1024)) == (64, 196, 64)


def test_a_task_reads_the_chunks_that_it_meets(tmp_path):
    import zarr

    path = str(tmp_path / "a.zarr")
    array = zarr.create_array(path, shape=(1024, 1024), chunks=(512, 512), dtype="f4")
    array[...] = 1
    region = ((0, 600), (0, 512))
    total, chunks, nbytes = cluster.sum_of(path, region)
    assert total == 600 * 512 and nbytes > 0
    assert chunks == cluster.chunks_met(region) == 2
