# %% [markdown]
# # Compress arrays where it pays, and see where it does not
#
# **Do:** pack arrays of many sizes, rearrange their bytes by hand, run four kinds of data through four compressors, and load the result from three disks on a virtual clock.
#
# **Learn**
# - why some arrays shrink many times over and others grow;
# - what shuffle, delta and rounding do;
# - below which bandwidth compressed data loads faster than raw data;
# - why unpacking a stranger's bytes is dangerous.
#
# **Need:** NumPy; [chunks](../docs/glossary.md#chunk) from lesson [04](04_zarr_chunks.ipynb) for the last part.

# %%
import os
import pickle
import time
import zlib

import blosc
import blosc2
import h5py
import numpy as np
import tables

from course_lib import data, machine, measure, memory, plotting, slowdisk
from course_lib.experiments import compression
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import MiB, format_bytes, format_seconds

folder = data.workspace("06_compression")
machine.card(folder)

# %% [markdown]
# ## 1. Pack an array
#
# Compression looks for repetition and writes it down shorter. Blosc is a compressor made for arrays. It cuts them into blocks that fit the small fast memory inside the processor, rearranges the bytes of each block with a [filter](../docs/glossary.md#filter), and hands the block to a [codec](../docs/glossary.md#codec). Both steps lose nothing.
#
# ![The compression pipeline. Writing goes left to right: the values of a chunk, a filter that rearranges their bytes, a codec that looks for repeats, fewer bytes on disk. Reading goes right to left. Below, the shuffle filter sorts the four bytes of each value by their place: first all first bytes, then all second bytes, and so on.](figures/06_compression.svg)
#
# `blosc.pack_array` does it all in one call, and `unpack_array` brings the array back:

# %% tags=["claim:F2"]
evenly = np.linspace(0, 100, 100_000)
packed = blosc.pack_array(evenly)
print(evenly.nbytes, "bytes ->", len(packed), "bytes")
assert np.array_equal(blosc.unpack_array(packed), evenly)

# %% [markdown]
# `pack_and_unpack` does the same with as many numbers as we ask for, checks that they come back exactly, and measures. Ten million:

# %% tags=["claim:F2"]
big = compression.pack_and_unpack(10_000_000, repeats=1)
print(f"{format_bytes(big.nbytes)} -> {format_bytes(big.stored)}, {big.ratio:.1f} times smaller")
print(f"packed in {format_seconds(big.pack_s)}, unpacked in {format_seconds(big.unpack_s)}")
assert big.nbytes == 80_000_000 and big.ratio > 20

# %% [markdown]
# How many times smaller the packed form is, bytes before by bytes after, is called the *ratio*. How does it go with ten numbers? They are 80 bytes.

# %%
predict("bytes of ten numbers, packed", None, unit="bytes")  # put your number in place of None

# %% tags=["claim:F3"]
ten = compression.pack_and_unpack(10)
print(f"ratio {ten.ratio:.2f}")
assert ten.stored > ten.nbytes == 80
reveal("bytes of ten numbers, packed", ten.stored)

# %% [markdown]
# The array grew. Now every size between: 10, 100, and so on up to ten million.

# %% tags=["claim:F3"]
sizes = [compression.pack_and_unpack(10**k) for k in range(1, 7)] + [big]
for p in sizes:
    took = f"pack {format_seconds(p.pack_s)}, unpack {format_seconds(p.unpack_s)}"
    print(f"{p.items:>10,} numbers: ratio {p.ratio:6.2f}, {took}")
ratios = [p.ratio for p in sizes]
assert ratios == sorted(ratios)
assert ratios[0] < ratios[1] < 1 < ratios[2]

# %%
items, x_label = [p.items for p in sizes], "numbers in the array"
sizes_of = {"array": [p.nbytes for p in sizes], "packed": [p.stored for p in sizes]}
times_of = {"pack": [p.pack_s for p in sizes], "unpack": [p.unpack_s for p in sizes]}
plotting.show(plotting.loglog(items, sizes_of, x_label, "size (bytes)"))
plotting.loglog(items, times_of, x_label, "time (s)")

# %% [markdown]
# In the first picture the lines cross. To the left, the packed form is larger than the array: a header and a description of the array cost more than ten numbers can save. To the right the lines part, because a longer array has more repetition to find. Compress large blocks, never single small arrays.
#
# In the second picture the time follows the size, once the array is large enough. What is fixed is seen at the left end.
#
# If you draw such a picture with Matplotlib yourself: old examples pass `nonposx="clip"` for values that a logarithm cannot show. The option is called `nonpositive` now.

# %% tags=["claim:F3"]
from matplotlib.figure import Figure

axes = Figure().subplots()
axes.set_xscale("log", nonpositive="clip")
try:
    axes.set_xscale("log", nonposx="clip")
except TypeError as error:
    old_option = str(error)
assert "nonposx" in old_option
old_option

# %% [markdown]
# ## 2. What is inside, and why it matters
#
# `pack_array` first *pickles* the array: it turns the Python object into bytes, as [pickling](../docs/glossary.md#pickling) does for any object. Then it compresses the pickle. This has three consequences.
#
# The first is memory. The pickle is a full copy of the array. `blosc.compress` reads the array's own memory instead. Each runs in a process of its own. How much memory does packing take on top of the array?

# %%
predict("extra memory of pack_array, in arrays", None, unit="arrays")  # put your number in place of None

# %% tags=["claim:F2"]
n = 4_000_000
ways = ("pack_array", "compress")
extra = {way: memory.peak_in_child(compression.extra_memory, way, n).value for way in ways}
known = None not in extra.values()
assert not known or extra["pack_array"] > 8 * n > 4 * extra["compress"]
reveal("extra memory of pack_array, in arrays", round(extra["pack_array"] / (8 * n), 2) if known else None)

# %%
plotting.bars(["the array itself", *ways], [8 * n, *extra.values()], "bytes", title="Memory on top")

# %% [markdown]
# `pack_array` needs the room of the array once more, and the packed bytes on top.
#
# The second is a limit. One call takes at most `MAX_BUFFERSIZE` bytes, a little under 2 GiB. The next array claims to be larger; it is one number seen 300 million times, so it costs nothing to make.

# %% tags=["claim:F2"]
print(f"{blosc.MAX_BUFFERSIZE:,} bytes")
assert blosc.MAX_BUFFERSIZE == 2_147_483_631
try:
    blosc.pack_array(np.broadcast_to(1.0, 300_000_000))
except ValueError as error:
    refused = str(error)
refused

# %% [markdown]
# The third is safety. To unpickle means to rebuild an object, and the bytes may name any function for that. Here somebody sends "an array". It is none: it asks Python to make a directory. Making a directory is harmless. Deleting one would work the same way.

# %% tags=["claim:F2"]
class NoArray:
    def __reduce__(self):
        return os.mkdir, (str(folder / "I was here"),)

received = blosc.compress(pickle.dumps(NoArray()), typesize=1)
blosc.unpack_array(received)
assert (folder / "I was here").is_dir()
sorted(f.name for f in folder.iterdir())

# %% [markdown]
# So unpack only what you packed yourself. For data from elsewhere use a format, and a library, that rebuild no objects: `.npy` with `allow_pickle=False` (NumPy's default), Zarr, HDF5 *read with h5py*, or `pack_array2` of Blosc's successor (section 7). PyTables is not among them: it unpickles the attributes as soon as a file is opened.

# %% tags=["claim:F2"]
os.rmdir(folder / "I was here")
with h5py.File(folder / "mail.h5", "w") as file:
    file.attrs["note"] = np.bytes_(pickle.dumps(NoArray(), protocol=0))
with h5py.File(folder / "mail.h5") as file:
    file.attrs["note"]  # only bytes
assert not (folder / "I was here").exists()
tables.open_file(folder / "mail.h5").close()
print("opened with PyTables:", (folder / "I was here").is_dir())
assert (folder / "I was here").is_dir()

# %% [markdown]
# `mail.h5` holds no table and nobody asked for `note`. Opening was enough.
#
# ## 3. Shuffle: the same bytes, in a better order
#
# Why does Blosc shrink evenly spaced numbers so much? Look at four neighbours, byte by byte.

# %%
values = np.linspace(0, 100, 250_000)
values[100_000:100_004].view("u1").reshape(4, 8)

# %% [markdown]
# Each line is one `float64`, lowest byte first. Down the last columns, sign and exponent, nothing changes. Along a line, everything does. A codec reads along the lines, and finds little.
#
# The [shuffle](../docs/glossary.md#shuffle) filter turns the table: first the first byte of every value, then all second bytes, and so on. In NumPy that is one transposition. `zlib`, the codec in Python's standard library, can judge.

# %%
predict("zlib after shuffle, ratio", None, unit="times")  # put your number in place of None

# %% tags=["claim:F5"]
plain = values.tobytes()
shuffled = values.view("u1").reshape(-1, 8).T.tobytes()
assert len(shuffled) == len(plain)
sizes_by_order = [len(plain), len(zlib.compress(plain)), len(zlib.compress(shuffled))]
assert sizes_by_order[2] < sizes_by_order[1] / 5
plotting.show(plotting.bars(["no compression", "zlib", "shuffle, then zlib"], sizes_by_order, "bytes"))
reveal("zlib after shuffle, ratio", round(sizes_by_order[0] / sizes_by_order[2], 1))

# %% [markdown]
# The same bytes, the same codec, another order. The filter has to know how long a value is. That is the argument `typesize`. `pack_array` takes it from the array; `blosc.compress` gets plain bytes and must be told. One that is too small costs most of the gain. (Whether the right one or its double is best depends on the codec and its release.)

# %% tags=["claim:F5"]
def packed_size(typesize):
    return len(compression.compress(values, "lz4", "shuffle", typesize))

by_typesize = {t: packed_size(t) for t in (1, 2, 4, 8, 16)}
assert min(by_typesize, key=by_typesize.get) in (8, 16) and by_typesize[8] < by_typesize[1] / 5
labels = [f"typesize {t}" for t in by_typesize]
plotting.bars(labels, by_typesize.values(), "bytes", title="float64 through lz4")

# %% [markdown]
# [Bitshuffle](../docs/glossary.md#bitshuffle) does the same with single bits: first the first bit of every value. By hand:

# %% tags=["claim:F5"]
bits = np.unpackbits(values.view("u1").reshape(-1, 8), axis=1)
bitshuffled = np.packbits(bits.T).tobytes()
assert len(bitshuffled) == len(plain)
print("shuffle:   ", format_bytes(len(zlib.compress(shuffled))))
print("bitshuffle:", format_bytes(len(zlib.compress(bitshuffled))))

# %% [markdown]
# Another filter is [delta](../docs/glossary.md#delta): keep the difference from the neighbour. A landscape rises and falls by little from one point to the next. The elevations here are real: a digital elevation model of a fault in Tennessee that comes with Matplotlib.

# %% tags=["claim:F5"]
elevations = data.elevations()
steps = np.diff(elevations, axis=1, prepend=np.zeros((344, 1), "i2"))
assert np.array_equal(np.cumsum(steps, axis=1, dtype="i2"), elevations)
by_delta = [compression.ratio(a, "zstd", "bitshuffle") for a in (elevations, steps)]
assert by_delta[1] > by_delta[0]
print(f"{elevations.min()} to {elevations.max()} m, in steps of {np.abs(steps[:, 1:]).max()} m at most")
print("ratio: {:.2f} as they are, {:.2f} as differences".format(*by_delta))

# %% [markdown]
# `cumsum` brings the elevations back exactly. The gain on top of bitshuffle is small here: mountains are rough. The smoother the data, the more delta saves.

# %% tags=["claim:F5"]
smooth = np.cumsum(np.arange(100_000) // 1000)
by_delta = [compression.ratio(a, "zstd", "bitshuffle") for a in (smooth, np.diff(smooth))]
print("smooth data, ratio: {:.1f} as they are, {:.1f} as differences".format(*by_delta))
assert by_delta[1] > 3 * by_delta[0]

# %% [markdown]
#
# ## 4. Noise does not compress, and measuring makes noise
#
# Now four kinds of data and four codecs. `linspace` is regular. `noise` is random `float64`. `elevations` are the real ones. `tenths` are temperatures that were rounded to a tenth of a degree, as `float32`. What is the best ratio that any of them reaches on noise?

# %%
predict("best ratio on noise", None, unit="times")  # put your number in place of None

# %% tags=["claim:F5"]
kinds, codecs, filters = compression.kinds(), ("blosclz", "lz4", "zlib", "zstd"), tuple(compression.FILTERS)
ratios = np.array([[[compression.ratio(a, c, f) for a in kinds.values()] for c in codecs] for f in filters])
best = dict(zip(kinds, ratios.max(axis=(0, 1)).round(2)))
assert best["noise"] < 1.3 < best["elevations"] < best["tenths"] < best["linspace"]
reveal("best ratio on noise", best["noise"])

# %%
for name, table in zip(filters, ratios.round(2)):
    plotting.show(plotting.heatmap(codecs, list(kinds), table, "", title=f"Times smaller, filter: {name}"))

# %% [markdown]
# Read the three tables column by column.
#
# - **linspace** depends on the filter: little without it, a lot with it.
# - **noise** hardly compresses with anything. What little there is comes from the sign and exponent bytes. There is no repetition in random digits, and no codec can invent it.
# - **elevations** gain from a filter too, moderately. Real data lies between.
# - **tenths** turn the rule round: *without* a filter every codec does better. A rounded temperature occurs again and again as the same four bytes, and shuffle tears these bytes apart.
#
# So no setting is best for all data. Take a piece of your own and try; it takes a second.

# %% tags=["claim:F5"]
tenths = ratios[:, :, list(kinds).index("tenths")]
assert (tenths[filters.index("none")] > tenths[filters.index("shuffle")]).all()
assert (tenths[filters.index("none")] > tenths[filters.index("bitshuffle")]).all()

# %% [markdown]
# Measured values carry digits that mean nothing: the instrument is good for a tenth, the `float64` stores fifteen digits, and the rest is noise. Noise cannot be compressed, but it can be dropped. This is [quantisation](../docs/glossary.md#quantisation), and it is the one step in this lesson that loses something. You choose how much.
#
# The next cell keeps 10 of the 52 bits behind the leading one, and rounds.

# %% tags=["claim:F5"]
def keep_bits(x, bits):
    drop = np.uint64(52 - bits)
    half = np.uint64(1) << (drop - np.uint64(1))
    return (((x.view("u8") + half) >> drop) << drop).view("f8")

rounded = keep_bits(kinds["noise"], 10)
error = np.max(np.abs(rounded / kinds["noise"] - 1))
before, after = (compression.ratio(x, "zstd", "bitshuffle") for x in (kinds["noise"], rounded))
print(f"largest relative error {error:.1e}; ratio {before:.2f} -> {after:.2f}")
assert error <= 2.0**-11 and after > 3 * before

# %% [markdown]
# Decide from the instrument's accuracy, write the choice into the metadata, and keep the raw data if it cannot be measured again.
#
# ## 5. Does it load faster? The break-even bandwidth
#
# "Compressed three times, the data loads three times as fast." That is half of the truth. The bytes come faster, and then they must be decompressed. Let an array have `n` bytes, compressed `r` times. The disk delivers `B` bytes a second, its [bandwidth](../docs/glossary.md#bandwidth), and decompression makes `D` bytes of array a second.
#
# ```
# time raw        = n / B
# time compressed = n / (r * B)  +  n / D
# ```
#
# Put the two equal, divide by `n`, and solve for `B`. The result is the [break-even bandwidth](../docs/glossary.md#break-even-bandwidth):
#
# ```
# B = D * (1 - 1 / r)
# ```
#
# On a slower disk compression wins. On a faster one raw data wins. (This is for one thread that reads, then decompresses. If it reads the next piece meanwhile, compression wins up to `B = D`.) Say the ratio is 4 and decompression makes 1000 MB a second. Where is the border?

# %%
predict("break-even bandwidth, ratio 4, 1000 MB/s", None, unit="MB/s")  # put your number in place of None

# %% tags=["claim:F1"]
border = compression.break_even(ratio=4, speed=1000e6)
disk = slowdisk.Disk("a disk at the border", latency=0, bandwidth=border)
raw = compression.load_seconds(disk, stored=64_000_000, nbytes=64_000_000)
packed = compression.load_seconds(disk, stored=16_000_000, nbytes=64_000_000, speed=1000e6)
print(format_seconds(raw), "raw,", format_seconds(packed), "compressed")
assert border == 750e6 and abs(raw - packed) < 1e-12
reveal("break-even bandwidth, ratio 4, 1000 MB/s", border / 1e6)

# %% [markdown]
# Now with data: some weeks of a daily temperature map, in tenths of a degree, as `int32`. First what it takes on this machine's disk, and what it takes to load.

# %% tags=["claim:F1"]
days = machine.scale(32 * MiB) // (512 * 512 * 4)
cube = np.round(10 * data.temperatures(days, 512, 512)).astype("i4")
stored = {"raw": cube.tobytes()}
stored |= {codec: compression.compress(cube, codec, "shuffle") for codec in ("lz4", "zstd")}
print(f"{days} days")
for name, content in stored.items():
    (folder / name).write_bytes(content)
    print(f"{name:4} {format_bytes(len(content)):>10}, ratio {cube.nbytes / len(content):.2f}")
assert all(3 * len(stored[c]) < cube.nbytes for c in ("lz4", "zstd"))

# %%
def load(name):
    content = (folder / name).read_bytes()
    array = np.frombuffer(content if name == "raw" else blosc.decompress(content), "i4")
    return int(array.sum(dtype="i8"))

cold = {name: measure.measure(load, name, cold=folder / name, label=name) for name in stored}
assert {m.value for m in cold.values()} == {int(cube.sum(dtype="i8"))}
measure.compare(*cold.values())

# %% tags=["claim:F1"]
for name, m in cold.items():
    whole_pages = -(-len(stored[name]) // 4096) * 4096
    known = m.read_bytes is not None and not m.notes
    print(name, measure.exactly("bytes from disk", m.read_bytes if known else None, whole_pages, "bytes"))

# %% [markdown]
# The column "from disk" is exact: each file comes in whole [pages](../docs/glossary.md#page), and no other byte. The times are those of this machine's disk, which may be fast enough to hide the gain, or slow enough to show it.
#
# Not to depend on that, we take a [virtual clock](../docs/glossary.md#virtual-clock). It adds up [latency](../docs/glossary.md#latency) (the wait for the first byte) and bytes by bandwidth for a disk that we describe, and decompression at a speed that we set: 1000 MiB a second.

# %% tags=["claim:F1"]
media = (slowdisk.SD_CARD, slowdisk.HARD_DISK, slowdisk.SSD)
speeds = {"lz4": 1000 * MiB, "zstd": 1000 * MiB}

def loading_times(disk, speeds):
    return {name: compression.load_seconds(disk, len(content), cube.nbytes, speeds.get(name))
            for name, content in stored.items()}

seconds = {disk.name: loading_times(disk, speeds) for disk in media}
fastest = {disk: min(times, key=times.get) for disk, times in seconds.items()}
assert fastest == {"SD card": "zstd", "hard disk": "zstd", "solid-state disk": "raw"}
assert seconds["SD card"]["raw"] > 3 * seconds["SD card"]["lz4"]
fastest

# %% [markdown]
# Each picture below is one disk. The three loads stand side by side; each begins at 0.

# %%
for disk in media:
    events = compression.loading(disk, stored, cube.nbytes, 1000 * MiB)
    plotting.show(plotting.timeline(events, title=str(disk)))

# %% [markdown]
# Mind the time axes; they differ. The same three files, and not the same answer. Where the disk is the bottleneck, compressed data loads as many times faster as it is smaller, nearly. Where the disk is faster than the border, decompression only adds work.
#
# Let us draw the time for every bandwidth, this time with the decompression speed of your machine.

# %% tags=["claim:F1"]
own = {c: compression.unpack_speed(stored[c], cube) for c in ("lz4", "zstd")}
for c, speed_here in own.items():
    border = compression.break_even(cube.nbytes / len(stored[c]), speed_here)
    print(f"{c}: unpacks {format_bytes(speed_here)}/s here, break-even at {format_bytes(border)}/s")

# %%
bandwidths = [2.0**k * MiB for k in range(2, 17, 2)]
at = [loading_times(slowdisk.Disk("any", 0, b), own) for b in bandwidths]
lines = {name: [times[name] for times in at] for name in stored}
plotting.loglog(bandwidths, lines, "bandwidth of the disk, per second (bytes)", "time to load (s)")

# %% [markdown]
# From left to right the disk gets faster. The raw line falls all the way. The compressed lines lie below it at first, and then level off: the disk no longer matters, the processor does. Where they cross the raw line is your break-even bandwidth.
#
# To feel the difference, wait for it. The next cell sleeps as long as an SD card would need for a quarter of the cube.

# %%
for name in ("raw", "zstd"):
    start = time.perf_counter()
    time.sleep(slowdisk.SD_CARD.seconds([len(stored[name]) // 4]))
    print(name, "waited", format_seconds(time.perf_counter() - start))

# %% [markdown]
# ## 6. Compressed in memory
#
# Blosc was made for this use as well: keep data compressed in memory while nobody needs it, and unpack it when somebody does. A child process keeps an array, then only its compressed form. We look at its private memory ([USS](../docs/glossary.md#uss)) both times.

# %% tags=["claim:F4"]
idle = memory.peak_in_child(compression.keep_compressed, n).value
assert None in (idle.raw, idle.packed) or idle.raw - idle.packed > 0.7 * 8 * n
plotting.bars(["array kept", "compressed kept"], [idle.raw, idle.packed], "bytes", title="Private memory")

# %% [markdown]
# What is left is the interpreter with its libraries. The array's memory is free for others.
#
# And the time? Blosc is advertised as "faster than memcpy", a plain copy in memory. Compare on your machine:

# %% tags=["claim:F4"]
print(f"copy       {format_bytes(compression.copy_speed(cube))} a second")
for c, speed_here in own.items():
    print(f"{c:10} {format_bytes(speed_here)} a second")

# %% [markdown]
# On the machines we tried, with this array and one or two threads, a copy was as fast or faster. The slogan is about processors with many cores and slow memory. How far behind a codec is differs: lz4 is made for speed, zstd for size. When the alternative is to fetch the data from a disk again, both can be worth it: the break-even bandwidth tells.
#
# ## 7. Blosc2, the successor
#
# The package `blosc` is only maintained now; new work goes into `blosc2`. Its `decompress` also reads what `blosc.compress` wrote. Side by side:
#
# | to do | blosc | blosc2 |
# |---|---|---|
# | bytes to bytes | `compress`, `decompress` | `compress2`, `decompress2` |
# | array to bytes | `pack_array` (pickle) | `pack_array2` (shape and dtype as metadata, no pickle; C-contiguous arrays only) |
# | larger than 2 GiB | no | yes, in chunks |
# | a part without unpacking all | no | `asarray(x)[a:b]` |

# %% tags=["claim:F5"]
sizes2 = [compression.pack_and_unpack(p.items, "blosc2", repeats=1) for p in sizes]
for old, new in zip(sizes, sizes2):
    print(f"{old.items:>10,} numbers: blosc {old.ratio:6.2f}, blosc2 {new.ratio:6.2f}")
assert sizes2[0].ratio < 1 and sizes2[-1].ratio > sizes[-1].ratio
sizes_of = {"array": sizes_of["array"], "blosc": sizes_of["packed"], "blosc2": [p.stored for p in sizes2]}
plotting.loglog(items, sizes_of, x_label, "size (bytes)")

# %% [markdown]
# Small arrays still grow; the header of Blosc2 is even longer. Large ones shrink more, because the default codec is another:

# %% tags=["claim:F5"]
import inspect

old_codec = inspect.signature(blosc.pack_array).parameters["cname"].default
new_codec = blosc2.cparams_dflts["codec"].name
assert (old_codec, new_codec) == ("blosclz", "ZSTD")
old_codec, new_codec

# %% [markdown]
# And with `unpack_array2` the bytes of a stranger run nothing. Mind the 2: `blosc2` has `pack_array` and `unpack_array` as well, and these unpickle like the old ones.

# %% tags=["claim:F5"]
os.rmdir(folder / "I was here")
blosc2.unpack_array(received)
print("unpack_array ran the stranger's function:", (folder / "I was here").is_dir())
os.rmdir(folder / "I was here")
try:
    blosc2.unpack_array2(received)
except RuntimeError as error:
    print("refused:", error)
assert not (folder / "I was here").exists()

# %% [markdown]
# `pack_array2` refuses arrays in Fortran order and slices with gaps. Pack `np.ascontiguousarray(x)`, and note the order yourself if it matters.

# %% tags=["claim:F5"]
try:
    blosc2.pack_array2(cube[0].T)
except ValueError as error:
    print("refused:", error)
back = blosc2.unpack_array2(blosc2.pack_array2(np.ascontiguousarray(cube[0].T)))
assert np.array_equal(back, cube[0].T)

# %% [markdown]
# `blosc2.asarray` makes a compressed array that you can slice. It has chunks, and blocks inside the chunks; a slice decompresses the blocks that it meets. Their shapes follow the size of the processor's cache unless you give `chunks=` and `blocks=`. `compress2` is for plain bytes.

# %% tags=["claim:F5"]
file = str(folder / "cube.b2nd")
made = blosc2.asarray(cube, urlpath=file, mode="w")
print("shape", made.shape, "chunks", made.chunks, "blocks", made.blocks)
one_row = measure.measure(lambda: blosc2.open(file)[3, 100], label="one row of one day")
one_day = measure.measure(lambda: blosc2.open(file)[3], label="one day")
whole = measure.measure(lambda: blosc2.open(file)[:].sum(), label="everything")
assert np.array_equal(one_row.value, cube[3, 100])
assert whole.rchar is None or one_row.rchar < one_day.rchar < whole.rchar / 3
measure.compare(one_row, one_day, whole)

# %% [markdown]
# Look at "through read()": a part takes a part of the bytes. And the limit of 2 GiB is gone. This array of zeros claims 2.4 GB, and compresses so well that you can have it here.

# %% tags=["claim:F5"]
zeros = blosc2.zeros(300_000_000, dtype="f8")
print(f"{zeros.nbytes:,} bytes, stored in {zeros.schunk.cbytes:,}")
assert zeros.nbytes > blosc.MAX_BUFFERSIZE and zeros[299_999_990:].shape == (10,)
assert len(blosc2.compress2(cube[0], typesize=4)) < cube[0].nbytes / 3

# %% [markdown]
# ## 8. Compressed chunks in Zarr and HDF5
#
# You rarely compress by hand. Zarr and HDF5 do it for each chunk, and the chunk is what makes a part readable without the rest. Here are the elevations in chunks of 88 rows, with the codecs that each library offers.

# %%
import zarr
from zarr.codecs import BloscCodec

chunks, on_disk = (88, 403), {}
blosc_codec = BloscCodec(cname="zstd", shuffle="bitshuffle")
for name, codec in {"Zarr none": None, "Zarr default": "auto", "Zarr Blosc": blosc_codec}.items():
    z = zarr.create_array(folder / name, data=elevations, chunks=chunks, compressors=codec)
    files = (f for f in (folder / name / "c").rglob("*") if f.is_file())
    on_disk[name] = sum(f.stat().st_size for f in files)

# %%
gzip = {"compression": "gzip"}
by_name = {"h5py none": {}, "h5py gzip": gzip, "h5py shuffle, gzip": gzip | {"shuffle": True}}
for name, options in by_name.items():
    with h5py.File(folder / "elevations.h5", "w") as file:
        file.create_dataset("e", data=elevations, chunks=chunks, **options)
        on_disk[name] = file["e"].id.get_storage_size()

# %%
with tables.open_file(folder / "tables.h5", "w") as file:
    steps_to_disk = tables.Filters(complevel=5, complib="blosc2:zstd", shuffle=True)
    e = file.create_carray("/", "e", obj=elevations, chunkshape=chunks, filters=steps_to_disk)
    file.flush()
    on_disk["PyTables Blosc2"] = int(e.size_on_disk)

# %% tags=["claim:F5"]
def bitshuffled_size(rows):
    part = np.ascontiguousarray(elevations[:rows])
    return [len(compression.compress(part, "zstd", how, 2)) for how in ("none", "bitshuffle")]


print("86 rows, no filter and bitshuffle:", bitshuffled_size(86))
print("88 rows, no filter and bitshuffle:", bitshuffled_size(88))
assert bitshuffled_size(86)[0] == bitshuffled_size(86)[1]
# The last chunk is stored whole, though the elevations end before it does.
assert on_disk["Zarr none"] == on_disk["h5py none"] == 4 * 88 * 403 * 2 > elevations.nbytes
assert on_disk["h5py shuffle, gzip"] < on_disk["h5py gzip"] < elevations.nbytes / 1.5
plotting.bars(on_disk.keys(), on_disk.values(), "bytes", title="The same elevations")

# %% [markdown]
# The two lines show a trap. Blosc 1, which Zarr uses, skips bitshuffle without a word where the number of items is no multiple of 8: 86 x 403 is none, 88 x 403 is one.
#
# The names differ, the steps are those of the picture at the top. Zarr says `filters` and `compressors`; HDF5 says *filter* for both; PyTables brings Blosc along.
#
# That last point is a trap. A reader needs the same codec. Plain h5py does not know Blosc unless a plug-in for the HDF5 library is installed; gzip is everywhere.

# %%
with h5py.File(folder / "tables.h5") as file:
    try:
        print("this h5py reads Blosc2:", file["e"][0, :3])
    except OSError as error:
        print("this h5py cannot:", type(error).__name__)

# %% [markdown]
# And the price of chunks, once more. One row of the Blosc-compressed Zarr array is 403 elevations of two bytes. How many bytes are read?

# %%
predict("bytes read for one row", None, unit="bytes")  # put your number in place of None

# %% tags=["claim:F5"]
from course_lib.recording import recording_store

store = recording_store(folder / "Zarr Blosc")
row = zarr.open(store, mode="r")[100]
chunk_file = folder / "Zarr Blosc" / "c" / "1" / "0"
assert np.array_equal(row, elevations[100]) and store.log.chunks == ["c/1/0"]
assert store.log.bytes == chunk_file.stat().st_size
reveal("bytes read for one row", store.log.bytes)

# %% [markdown]
# One chunk, whole, in its compressed size.

# %% [markdown]
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1.** You store a million small arrays of 20 numbers each, every one through `pack_array`. The directory is larger than the raw data. Why, and what helps?
#
# <details><summary>Answer</summary>
# Each packed array carries a header and a pickle's description, more than 20 numbers can save. Put many arrays into one large one, with an index, and compress that in chunks.
# </details>
#
# **2.** Ratio 3, decompression 600 MB/s. Your network delivers 100 MB/s, your local disk 2 GB/s. Where do you compress?
#
# <details><summary>Answer</summary>
# The break-even bandwidth is 600 x (1 - 1/3) = 400 MB/s. Over the network, at 100 MB/s, compressed data loads faster. From the local disk raw data does, unless space is what you lack.
# </details>
#
# **3.** A colleague compresses `float32` data with `blosc.compress(x.tobytes(), typesize=1)` and finds that Blosc is useless. What do you say?
#
# <details><summary>Answer</summary>
# With <code>typesize=1</code> shuffle does nothing: there is only one byte place in a value of one byte. With <code>typesize=4</code> the bytes of equal weight come together, and the codec finds them alike.
# </details>
#
# **4.** You get a file of <code>pack_array</code> bytes by mail, and it is "just an array". May you open it?
#
# <details><summary>Answer</summary>
# Only if you trust the sender as much as you would trust a program from them. <code>unpack_array</code> unpickles, and a pickle may call any function. Ask for <code>.npy</code>, Zarr, HDF5 (read with h5py, not with PyTables), or <code>blosc2.pack_array2</code>.
# </details>
#
# ## Recap
#
# - Compression finds repetition. Small arrays grow, noise stays, regular data shrinks a lot.
# - Filters bring like bytes together: shuffle and bitshuffle need the right `typesize`, delta needs smooth data. For rounded values the best filter may be none. Rounding is the only step that loses something.
# - Compressed data loads faster below the break-even bandwidth `D * (1 - 1 / r)`, and slower above.
# - `blosc.pack_array` pickles: a full copy in memory, a 2 GiB limit, and code that a stranger may choose. `pack_array2` of `blosc2` has none of the three; its `pack_array` still pickles.
# - In Zarr and HDF5 each chunk is compressed on its own, and read whole.
#
# ## Further reading
#
# - Blosc documentation: "Blosc In Depth"; python-blosc2 documentation: "Tutorials"
# - Zarr documentation: "Codecs", "Performance"
# - HDF5 documentation: "HDF5 Filters", "Registered Filter Plugins"
# - NumPy documentation: "numpy.load", the warning about pickle
#
# **Exercise:** [06 compression](../exercises/06_compression/06_compression.ipynb). **Next lesson:** [07 shared memory](07_shared_memory.ipynb).

# %%
data.clear("06_compression")
