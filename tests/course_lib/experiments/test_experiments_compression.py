"""The counts that lesson 06 teaches."""

import numpy as np
import pytest

from course_lib import memory, slowdisk
from course_lib.experiments import compression
from course_lib.units import MiB


@pytest.mark.parametrize("packer", ["blosc", "blosc2"])
def test_small_arrays_grow_and_large_ones_shrink(packer):
    ratios = [compression.pack_and_unpack(10**k, packer).ratio for k in range(1, 6)]
    assert ratios == sorted(ratios)
    assert ratios[0] < 1 < ratios[2]


def test_shuffle_needs_the_size_of_an_item():
    values = np.linspace(0, 100, 100_000)
    by_size = {t: compression.ratio(values, "lz4", "shuffle", t) for t in (1, 8)}
    assert by_size[8] > 5 * by_size[1]


def test_compressed_bytes_come_back():
    import blosc

    values = compression.kinds(1000)["tenths"]
    for shuffle in compression.FILTERS:
        packed = compression.compress(values, "zstd", shuffle)
        assert blosc.decompress(packed) == values.tobytes()


def test_an_unknown_filter_is_named():
    with pytest.raises(ValueError, match="no filter 'twist'"):
        compression.compress(np.zeros(3), "lz4", "twist")


def test_noise_stays_and_rounded_values_shrink_best_unshuffled():
    kinds = compression.kinds(50_000)
    assert all(compression.ratio(kinds["noise"], "zstd", f) < 1.3 for f in compression.FILTERS)
    unshuffled = compression.ratio(kinds["tenths"], "zstd", "none")
    assert unshuffled > compression.ratio(kinds["tenths"], "zstd", "shuffle")


@pytest.mark.parametrize(("ratio", "speed"), [(4, 1000e6), (1.5, 300e6)])
def test_both_ways_take_equally_long_at_the_break_even_bandwidth(ratio, speed):
    disk = slowdisk.Disk("border", 0, compression.break_even(ratio, speed))
    raw = compression.load_seconds(disk, 60 * MiB, 60 * MiB)
    packed = compression.load_seconds(disk, 60 * MiB / ratio, 60 * MiB, speed)
    assert packed == pytest.approx(raw)


def test_packing_through_pickle_takes_a_second_copy():
    extra = memory.peak_in_child(compression.extra_memory, "pack_array", 1_000_000).value
    plain = memory.peak_in_child(compression.extra_memory, "compress", 1_000_000).value
    assert None in (extra, plain) or extra >= 8_000_000 > plain


def test_an_array_kept_compressed_frees_memory():
    idle = memory.peak_in_child(compression.keep_compressed, 4_000_000).value
    assert None in (idle.raw, idle.packed) or idle.raw - idle.packed > 16 * MiB


def test_loading_is_reading_and_then_unpacking():
    disk = slowdisk.Disk("example", latency=1, bandwidth=100)
    events = compression.loading(disk, {"raw": b"x" * 400, "zstd": b"x" * 100}, 400, 200)
    assert events == [("raw: read", 0, 5), ("zstd: read", 0, 2), ("zstd: unpack", 2, 4)]
