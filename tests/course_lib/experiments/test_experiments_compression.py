"""What lesson 06 compresses, and what it measures in processes of their own."""

import blosc
import pytest

from course_lib import memory
from course_lib.experiments import compression
from course_lib.units import MiB


@pytest.fixture(scope="module")
def kinds():
    return compression.kinds(50_000)


def ratio(x, how):
    return x.nbytes / len(
        blosc.compress(x, typesize=x.itemsize, clevel=5, shuffle=how, cname="zstd")
    )


def test_noise_stays_and_rounded_values_shrink_best_unshuffled(kinds):
    ways = (blosc.NOSHUFFLE, blosc.SHUFFLE, blosc.BITSHUFFLE)
    assert max(ratio(kinds["noise"], how) for how in ways) < 64 / 52
    assert ratio(kinds["tenths"], blosc.NOSHUFFLE) > ratio(kinds["tenths"], blosc.SHUFFLE)


def test_packing_through_pickle_takes_a_second_copy():
    extra = memory.peak_in_child(compression.extra_memory, "pack_array", 1_000_000).value
    plain = memory.peak_in_child(compression.extra_memory, "compress", 1_000_000).value
    assert None in (extra, plain) or extra >= 8_000_000 > plain


def test_an_array_kept_compressed_frees_memory():
    raw, packed = memory.peak_in_child(compression.keep_compressed, 4_000_000).value
    assert None in (raw, packed) or raw - packed > 16 * MiB
