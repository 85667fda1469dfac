# %% [markdown]
# # Compress arrays where it pays, and see where it does not
#
# **Do:** compress arrays of many sizes, rearrange their bytes by hand, run four kinds of data through four compressors, compress the chunks of Zarr and HDF5, and load the result from three disks on a virtual clock.
#
# **Learn**
# - why some arrays shrink many times over and others grow;
# - what shuffle, delta and rounding do;
# - below which bandwidth compressed data loads faster than raw data;
# - why unpacking a stranger's bytes is dangerous.
#
# **Need:** NumPy; [chunks](../docs/glossary.md#chunk) from lesson [04](04_zarr_chunks.ipynb) for section 5.

# %%
import inspect
import io
import os
import pickle
import struct
import timeit
import zlib

import blosc
import blosc2
import h5py
import numcodecs
import numpy as np
import tables
import zarr

from course_lib import data, machine, measure, memory, plotting, practice, slowdisk
from course_lib.experiments import compression
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import MiB, format_bytes, format_seconds

folder = data.workspace("06_compression")
machine.card(folder)

# %% [markdown]
# ## 1. Compress an array
#
# Compression looks for repetition and writes it down shorter. Blosc is a compressor made for arrays. It cuts them into blocks that fit the processor's cache, rearranges the bytes of each block with a [filter](../docs/glossary.md#filter), and hands it to a [codec](../docs/glossary.md#codec). Both steps lose nothing.
#
# ![The compression pipeline. Writing goes left to right: the values of a chunk, a filter that rearranges their bytes, a codec that looks for repeats, fewer bytes on disk. Reading goes right to left. Below, the shuffle filter sorts the four bytes of each value by their place: first all first bytes, then all second bytes, and so on.](figures/06_compression.svg)
#
# `blosc.compress` takes anything that lies in memory in one piece, and the two steps as arguments: `shuffle` is the filter, which needs `typesize`, the bytes of an item; `cname` is the codec, and `clevel` how hard it tries, from 0 to 9.

# %% tags=["claim:F2"]
evenly = np.linspace(0, 100, 100_000)
packed = blosc.compress(evenly, typesize=8, clevel=5, shuffle=blosc.SHUFFLE, cname="zstd")
back = np.frombuffer(blosc.decompress(packed), "float64")
print(evenly.nbytes, "bytes ->", len(packed), "bytes")
assert np.array_equal(back, evenly)

# %% [markdown]
# Only bytes come back: shape and dtype are yours to remember. Bytes before by bytes after is the *ratio*.
#
# How does it go with ten numbers, 80 bytes? Blosc puts a header of 16 bytes in front, and stores bytes as they are if it finds nothing to save.

# %%
predict("bytes of ten numbers, compressed", None, unit="bytes")  # put your number in place of None

# %% tags=["claim:F3"]
ten = np.linspace(0, 100, 10)
print("pack_array:", len(blosc.pack_array(ten)), "bytes")
small = len(blosc.compress(ten, typesize=8, clevel=5, shuffle=blosc.SHUFFLE, cname="zstd"))
assert len(blosc.pack_array(ten)) > small > ten.nbytes
reveal("bytes of ten numbers, compressed", small)

# %% [markdown]
# The array grew. `blosc.pack_array`, the first line, remembers shape and dtype as well and takes still more; how much depends on NumPy's release. Here it is with every size up to ten million:

# %% tags=["claim:F3"]
def packed_and_timed(items):
    x, repeat = np.linspace(0, 100, items), 1 if items > 10**6 else 5
    packed = blosc.pack_array(x)
    pack_s = min(timeit.repeat(lambda: blosc.pack_array(x), number=1, repeat=repeat))
    unpack_s = min(timeit.repeat(lambda: blosc.unpack_array(packed), number=1, repeat=repeat))
    return x.nbytes, len(packed), pack_s, unpack_s

items = [10**k for k in range(1, 8)]
before, after, pack_s, unpack_s = zip(*map(packed_and_timed, items))
ratios = [a / b for a, b in zip(before, after)]
for n, ratio in zip(items, ratios):
    print(f"{n:>10,} numbers: ratio {ratio:6.2f}")
assert ratios == sorted(ratios) and ratios[1] < 1 < ratios[2] and ratios[-1] > 20

# %% tags=["hide-input"]
x_label = "numbers in the array"
plotting.show(plotting.loglog(items, {"array": before, "packed": after}, x_label, "size (bytes)"))
plotting.loglog(items, {"pack": pack_s, "unpack": unpack_s}, x_label, "time (s)")

# %% [markdown]
# In the first picture the lines cross. To the left, header and description cost more than the numbers can save. To the right a longer array has more repetition to find. In the second, the time follows the size once the array is large. Compress large blocks, never single small arrays.
#
# Old listings go on to 10<sup>8</sup> numbers, 800 MB. `pack_array` needs that room once more (section 2) and `unpack_array` twice: too much for a machine of 2 GiB. They also draw with `nonposx="clip"`; Matplotlib's option is called `nonpositive` now.

# %% tags=["claim:F3", "hide-input"]
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
# ## 2. What pack_array does inside
#
# `pack_array` first *pickles* the array: it turns the Python object into bytes, as [pickling](../docs/glossary.md#pickling) does for any object. Then it compresses the pickle. This has three consequences.
#
# The first is memory. The pickle is a full copy of the array. `blosc.compress` reads the array's own memory. We run each in a process of its own and look how far its memory rises:

# %% tags=["claim:F2"]
print(inspect.getsource(compression.extra_memory))
n = 4_000_000
ways = ("pack_array", "compress")
extra = {way: memory.peak_in_child(compression.extra_memory, way, n).value for way in ways}
assert None in extra.values() or extra["pack_array"] > 8 * n > 4 * extra["compress"]
plotting.bars(["the array itself", *ways], [8 * n, *extra.values()], "bytes", title="Memory on top")

# %% [markdown]
# `pack_array` needs the room of the array once more, and the packed bytes on top.
#
# The second is a limit: one call takes a little under 2 GiB. The next array claims more: it is one number seen 300 million times.

# %% tags=["claim:F2", "hide-input"]
print(f"{blosc.MAX_BUFFERSIZE:,} bytes")
assert blosc.MAX_BUFFERSIZE == 2_147_483_631
try:
    blosc.pack_array(np.broadcast_to(1.0, 300_000_000))
except ValueError as error:
    refused = str(error)
refused

# %% [markdown]
# The third is safety. To unpickle means to rebuild an object, and the bytes may name any function for that. Here somebody sends "an array". It is none: it asks Python to make a directory. Deleting one would work the same way.

# %% tags=["claim:F2"]
class NoArray:
    def __reduce__(self):
        return os.mkdir, (str(folder / "I was here"),)

received = blosc.compress(pickle.dumps(NoArray()), typesize=1)
blosc.unpack_array(received)
print("made by unpack_array:", (folder / "I was here").is_dir())
assert (folder / "I was here").is_dir()

# %% [markdown]
# So unpack only what you packed yourself. For other data use a format, and a library, that rebuild no objects: `.npy` with `allow_pickle=False`, Zarr, HDF5 *read with h5py*. PyTables is not among them: it unpickles attributes as soon as a file is opened.

# %% tags=["claim:F2"]
os.rmdir(folder / "I was here")
with h5py.File(folder / "mail.h5", "w") as file:
    file.attrs["note"] = np.bytes_(pickle.dumps(NoArray(), protocol=0))
with h5py.File(folder / "mail.h5") as file:
    file.attrs["note"]  # only bytes
assert not (folder / "I was here").exists()
tables.open_file(folder / "mail.h5").close()
print("made by opening with PyTables:", (folder / "I was here").is_dir())
assert (folder / "I was here").is_dir()

# %% [markdown]
# Opening was enough.
#
# The `.npy` format holds dtype, shape and order in a header, and then the numbers. `np.save` writes it into any file object, also into an `io.BytesIO`, a file in memory. So it makes bytes from any array of numbers, without pickle:

# %% tags=["claim:F2"]
table = np.asfortranarray(np.arange(12, dtype="i2").reshape(3, 4))
buffer = io.BytesIO()
np.save(buffer, table, allow_pickle=False)
content = buffer.getvalue()
back = np.load(io.BytesIO(zlib.decompress(zlib.compress(content))), allow_pickle=False)
print(len(content), "bytes, then", back.dtype, back.shape, "Fortran order:", back.flags.f_contiguous)
assert np.array_equal(back, table) and back.flags.f_contiguous

# %% [markdown]
# ## 3. Filters: the same bytes, in a better order
#
# Why does Blosc shrink evenly spaced numbers so much? Look at four neighbours, byte by byte.

# %%
values = np.linspace(0, 100, 250_000)
values[100_000:100_004].view("u1").reshape(4, 8)

# %% [markdown]
# Each line is one `float64`, lowest byte first. Down the last columns, sign and exponent, nothing changes. Along a line, everything does. A codec reads along the lines, and finds little.
#
# The [shuffle](../docs/glossary.md#shuffle) filter turns the table: first the first byte of every value, then all second bytes, and so on. In NumPy that is one transposition. `zlib`, the codec in Python's standard library, can judge.

# %% tags=["claim:F5"]
plain = values.tobytes()
shuffled = values.view("u1").reshape(-1, 8).T.tobytes()
by_order = {"as it is": len(plain), "zlib": len(zlib.compress(plain)), "shuffle, zlib": len(zlib.compress(shuffled))}
assert len(shuffled) == len(plain) and by_order["shuffle, zlib"] < by_order["zlib"] / 5
plotting.bars(by_order, by_order.values(), "bytes")

# %% [markdown]
# **Your turn: undo the shuffle.** `content` has first all lowest bytes, then all second bytes, and so on. Return the array of `dtype` that it was made from.
#
# <details><summary>Hint</summary>
# <code>np.frombuffer(content, "u1").reshape(itemsize, -1)</code> has a line for each place. Transpose it, make it contiguous with <code>np.ascontiguousarray</code>, and <code>view</code> it as <code>dtype</code>.
# </details>

# %% turn="unshuffle"
def unshuffle(content, dtype):
    """Return the one-dimensional array whose bytes were shuffled."""
    ### BEGIN SOLUTION
    places = np.frombuffer(content, "u1").reshape(np.dtype(dtype).itemsize, -1)
    return np.ascontiguousarray(places.T).view(dtype).ravel()
    ### END SOLUTION

# %%
practice.check(
    unshuffle,
    ("two int16", lambda: unshuffle(b"\x00\x01\x01\x00", "<i2"), np.array([256, 1], "<i2"), "The lowest bytes are 00 and 01, the high ones 01 and 00."),
    ("the float64 above", lambda: unshuffle(shuffled, "f8"), values, "A line for each place, then the transpose."),
)

# %% [markdown]
# The filter has to know how long a value is: `typesize`. One that is too small costs most of the gain. (Whether the right one or its double is best depends on the codec.)

# %% tags=["claim:F5"]
by_typesize = {
    f"typesize {t}": len(blosc.compress(values, typesize=t, clevel=5, shuffle=blosc.SHUFFLE, cname="lz4"))
    for t in (1, 2, 4, 8, 16)
}
assert min(by_typesize.values()) < by_typesize["typesize 1"] / 5
assert by_typesize["typesize 8"] < by_typesize["typesize 1"] / 5
plotting.bars(by_typesize, by_typesize.values(), "bytes", title="float64 through lz4")

# %% [markdown]
# Two more filters. [Delta](../docs/glossary.md#delta) keeps the difference from the neighbour. [Bitshuffle](../docs/glossary.md#bitshuffle) does with bits what shuffle does with bytes.
#
# ![Above, delta: the values 1000, 1002, 1003, 1001 become 1000 and the differences 2, 1 and -2. Below, bitshuffle: four bytes stand in four lines of eight bits. Read down the columns, the eight bits of each place come together, and most of these groups are all 0 or all 1.](figures/06_filters.svg)
#
# The elevations are real: a landscape in Tennessee, which comes with Matplotlib. `np.diff` takes the differences, `np.cumsum` undoes it, and for storage `numcodecs.Delta` does both.

# %% tags=["claim:F5"]
elevations = data.elevations()
delta = numcodecs.Delta(dtype="<i2")
steps = delta.encode(elevations.ravel())
assert np.array_equal(steps[1:], np.diff(elevations.ravel()))
assert np.array_equal(delta.decode(steps), elevations.ravel())
smooth = np.cumsum(np.arange(100_000) // 1000)
for name, x in {"elevations": elevations.ravel(), "smooth numbers": smooth}.items():
    sizes = [len(blosc.compress(a, x.itemsize, 5, blosc.BITSHUFFLE, "zstd")) for a in (x, np.diff(x))]
    print(f"{name}: ratio {x.nbytes / sizes[0]:.1f} as they are, {x.nbytes / sizes[1]:.1f} as differences")
assert sizes[1] < sizes[0] / 3

# %% [markdown]
# Delta gains little for mountains, which are rough, and much for smooth data. A difference can be too large for its dtype: then it wraps around, and the sum wraps back. `x.astype(x.dtype.newbyteorder("<"))` puts the lowest byte first, whatever the machine or the file had.

# %% tags=["claim:F5"]
x = np.array([250, 3, 200], ">u2").astype("u1")
gaps = np.diff(x)  # 3 - 250 is -247, and 9 in one unsigned byte
assert np.array_equal(np.cumsum([x[0], *gaps], dtype="u1"), x)
big = np.array([1, 2], ">i4")
little = big.astype(big.dtype.newbyteorder("<"))
print(gaps, big.tobytes().hex(" "), "->", little.tobytes().hex(" "))

# %% [markdown]
# ## 4. Noise does not compress, and measuring makes noise
#
# Now four kinds of data and four codecs. `linspace` is regular. `noise` is random `float64` between 0 and 1. `elevations` are the real ones. `tenths` are temperatures that were rounded to a tenth of a degree, as `float32`.
#
# A `float64` has 64 bits: 12 for sign and exponent, 52 behind the leading one. In the noise these 52 are random. What is the best ratio that any codec can reach on it?

# %%
predict("best ratio on noise", None, unit="times")  # put your number in place of None

# %% tags=["claim:F5"]
kinds, codecs = compression.kinds(), ("blosclz", "lz4", "zlib", "zstd")
filters = {"none": blosc.NOSHUFFLE, "shuffle": blosc.SHUFFLE, "bitshuffle": blosc.BITSHUFFLE}
ratio = {
    (name, codec, how): x.nbytes / len(blosc.compress(x, x.itemsize, 5, filters[how], codec))
    for name, x in kinds.items() for codec in codecs for how in filters
}
best = {name: max(ratio[name, c, f] for c in codecs for f in filters) for name in kinds}
reveal("best ratio on noise", round(best["noise"], 2))

# %% tags=["claim:F5", "hide-input"]
for how in filters:
    shown = [[round(ratio[name, c, how], 2) for name in kinds] for c in codecs]
    plotting.show(plotting.heatmap(codecs, list(kinds), shown, "", title=f"Times smaller, filter: {how}"))
assert 1 < best["noise"] < 64 / 52 < 1.3 < best["elevations"] < best["tenths"] < best["linspace"]
for c in codecs:
    assert ratio["tenths", c, "none"] > max(ratio["tenths", c, f] for f in ("shuffle", "bitshuffle"))

# %% [markdown]
# Read the three tables column by column.
#
# - **linspace** depends on the filter: little without it, a lot with it.
# - **noise** hardly compresses with anything. 64 bits for 52 would be 1.23, and no codec finds repetition in random digits.
# - **elevations** gain from a filter too, moderately. Real data lies between.
# - **tenths** turn the rule round: *without* a filter every codec does better. A rounded temperature occurs again and again as the same four bytes, and shuffle tears them apart.
#
# So no setting is best for all data. Try on a piece of your own.
#
# **Your turn: try them all.** Return the codec, `"lz4"` or `"zstd"`, and the filter, `"none"`, `"shuffle"` or `"bitshuffle"`, with which Blosc makes an array smallest, at level 5. Example: `("zstd", "none")` for the tenths.
#
# <details><summary>Hint</summary>
# <code>filters</code>, from above, has Blosc's constant for each name. Collect <code>len(blosc.compress(...))</code> of each pair in a dict; <code>min(sizes, key=sizes.get)</code> is the key with the smallest value.
# </details>

# %% turn="smallest"
def smallest(x):
    """Return (codec, filter) that make an array smallest."""
    ### BEGIN SOLUTION
    sizes = {}
    for codec in ("lz4", "zstd"):
        for name, how in filters.items():
            packed = blosc.compress(x, typesize=x.itemsize, clevel=5, shuffle=how, cname=codec)
            sizes[codec, name] = len(packed)
    return min(sizes, key=sizes.get)
    ### END SOLUTION

# %%
def best_pair(name):  # from the tables above
    return max(((c, f) for c in ("lz4", "zstd") for f in filters), key=lambda pair: ratio[name, *pair])

practice.check(
    smallest,
    ("linspace", lambda: smallest(kinds["linspace"]), best_pair("linspace"), "Look at all six: the smallest number of bytes wins."),
    ("tenths", lambda: smallest(kinds["tenths"]), best_pair("tenths"), "Here no filter is best. Is typesize that of the array?"),
    ("elevations", lambda: smallest(kinds["elevations"]), best_pair("elevations"), "Any shape will do: Blosc sees bytes only."),
)

# %% [markdown]
# Measured values carry digits that mean nothing: the instrument is good for a tenth, the `float64` stores fifteen digits. This noise cannot be compressed, but it can be dropped. This is [quantisation](../docs/glossary.md#quantisation), the one step in this lesson that loses something. You choose how much: a *relative* error, or an *absolute* one.
#
# `numcodecs.BitRound` keeps some of the 52 bits and rounds. With 10 bits no number changes by more than 1 part in 2,048.

# %% tags=["claim:F5"]
noise = kinds["noise"]
rounded = numcodecs.BitRound(keepbits=10).encode(noise).view("f8")
error = np.max(np.abs(rounded / noise - 1))
small = len(blosc.compress(rounded, 8, 5, blosc.BITSHUFFLE, "zstd"))
print(f"largest relative error {error:.1e}; ratio {best['noise']:.2f} -> {noise.nbytes / small:.2f}")
assert error <= 2.0**-11 and noise.nbytes / small > 3 * best["noise"]

# %% [markdown]
# **Your turn: an absolute error.** Round the numbers of `x` to multiples of a step, so that none moves by more than `error`. The step shall be as large as that allows, and the dtype stays.
#
# <details><summary>Hint</summary>
# A number is at most half a step from the nearest multiple, so the step may be twice the error. <code>np.round(x / step) * step</code> is the nearest multiple.
# </details>

# %% turn="round_to"
def round_to(x, error):
    """Return the numbers of an array as multiples of twice the error."""
    ### BEGIN SOLUTION
    step = 2 * error
    return np.round(x / step) * step
    ### END SOLUTION

# %%
hundreds = (100 * noise).astype("f4")
practice.check(
    round_to,
    ("three numbers", lambda: round_to(np.array([1.06, 2.5, -0.9]), 0.25), np.array([1.0, 2.5, -1.0]), "Multiples of 0.5."),
    ("largest move", lambda: float(np.abs(round_to(hundreds, 0.5) - hundreds).max()), practice.AtMost(0.5, ""), "Round, do not cut off."),
    ("different numbers, 0 to 100", lambda: len(np.unique(round_to(hundreds, 0.5))), 101, "The step may be twice the error."),
    ("dtype", lambda: str(round_to(hundreds, 0.5).dtype), "float32", "The result has the dtype of x."),
)

# %% [markdown]
# Decide from the instrument's accuracy, write the choice into the metadata, and keep the raw data if it cannot be measured again.
#
# ## 5. Compressed chunks in Zarr and HDF5
#
# You rarely compress by hand. Zarr and HDF5 do it for each chunk, and the chunk is what makes a part readable without the rest. Here are the elevations in chunks of 88 rows.

# %%
from zarr.codecs import BloscCodec

chunks, on_disk = (88, 403), {}
blosc_codec = BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle")
for name, codec in {"Zarr none": None, "Zarr default": "auto", "Zarr Blosc": blosc_codec}.items():
    z = zarr.create_array(folder / name, data=elevations, chunks=chunks, compressors=codec, overwrite=True)
    files = [f for f in (folder / name / "c").rglob("*") if f.is_file()]
    on_disk[name] = sum(f.stat().st_size for f in files)
print([(f.parent.name, f.stat().st_size) for f in sorted(files)])

# %%
gzip = {"compression": "gzip", "compression_opts": 4}
by_name = {"h5py none": {}, "h5py gzip": gzip, "h5py shuffle, gzip": gzip | {"shuffle": True}}
for name, options in by_name.items():
    with h5py.File(folder / "elevations.h5", "w") as file:
        file.create_dataset("e", data=elevations, chunks=chunks, **options)
        on_disk[name] = file["e"].id.get_storage_size()

with tables.open_file(folder / "tables.h5", "w") as file:
    filters_of_e = tables.Filters(complevel=5, complib="blosc2:zstd", shuffle=True)
    e = file.create_carray("/", "e", obj=elevations, chunkshape=chunks, filters=filters_of_e)
    file.flush()
    on_disk["PyTables Blosc2"] = int(e.size_on_disk)

# %% tags=["claim:F5", "hide-input"]
# The last chunk is stored whole, though the elevations end before it does.
assert on_disk["Zarr none"] == on_disk["h5py none"] == 4 * 88 * 403 * 2 > elevations.nbytes
assert on_disk["h5py shuffle, gzip"] < on_disk["h5py gzip"] < elevations.nbytes / 1.5
plotting.bars(on_disk.keys(), on_disk.values(), "bytes", title="The same elevations")

# %% [markdown]
# The names differ, the steps are those of the first picture. Zarr says `filters` and `compressors`; HDF5 says *filter* for both; PyTables brings Blosc along. A reader needs the same codec. Plain h5py knows gzip, but not Blosc; there the package `hdf5plugin` helps, once it is installed and imported.
#
# Another trap: Blosc 1, which Zarr uses, skips bitshuffle without a word where the number of items is no multiple of 8. 86 x 403 is none, 88 x 403 is one.

# %% tags=["claim:F5", "hide-input"]
def bitshuffled_sizes(rows):
    part = np.ascontiguousarray(elevations[:rows])
    return [len(blosc.compress(part, 2, 5, how, "zstd")) for how in (blosc.NOSHUFFLE, blosc.BITSHUFFLE)]

for rows in (86, 88):
    print(f"{rows} rows, no filter and bitshuffle:", bitshuffled_sizes(rows))
assert bitshuffled_sizes(86)[0] == bitshuffled_sizes(86)[1]
with h5py.File(folder / "tables.h5") as file:
    try:
        print("this h5py reads Blosc2:", file["e"][0, :3])
    except OSError as error:
        print("this h5py cannot read Blosc2:", type(error).__name__)

# %% [markdown]
# And the price of chunks. The cell that wrote the Zarr arrays printed the size of each chunk of the last one. One row of it is 403 elevations of two bytes. How many bytes are read for row 100?

# %%
predict("bytes read for row 100", None, unit="bytes")  # put your number in place of None

# %% tags=["claim:F5"]
from course_lib.recording import RecordingFile, recording_store

store = recording_store(folder / "Zarr Blosc")
row = zarr.open_array(store, mode="r")[100]
print(store.log.chunks)
assert np.array_equal(row, elevations[100]) and store.log.chunks == ["c/1/0"]
assert store.log.bytes == (folder / "Zarr Blosc" / "c" / "1" / "0").stat().st_size
reveal("bytes read for row 100", store.log.bytes)

# %% [markdown]
# One chunk, whole, in its compressed size. To find a block in one file, a reader needs an index: where does each begin? Here is such a file, by hand. It opens with the number of blocks; then come the places where each begins, and where the last one ends; then the blocks. `struct.pack("<Q", n)` makes 8 bytes of a number, the lowest first.

# %%
numbers = np.linspace(0, 1, 9_500)
blocks = [zlib.compress(numbers[i : i + 1000]) for i in range(0, 9_500, 1000)]
places = 8 + 8 * (len(blocks) + 1) + np.cumsum([0, *map(len, blocks)])
with open(folder / "numbers.blk", "wb") as file:
    file.write(struct.pack("<Q", len(blocks)))
    file.write(places.astype("<u8").tobytes())
    file.writelines(blocks)

# %% [markdown]
# **Your turn: read one block.** `file` is open. Return the float64 of block `number`, and read nothing but its two places and its bytes.
#
# <details><summary>Hint</summary>
# Its place stands at byte <code>8 + 8 * number</code>, and its end is the next entry: <code>struct.unpack("<QQ", file.read(16))</code>. Then <code>seek</code>, <code>read</code>, <code>zlib.decompress</code>, <code>np.frombuffer</code>.
# </details>

# %% turn="read_block"
def read_block(file, number):
    """Return one block of an open file of compressed blocks."""
    ### BEGIN SOLUTION
    file.seek(8 + 8 * number)
    begin, end = struct.unpack("<QQ", file.read(16))
    file.seek(begin)
    return np.frombuffer(zlib.decompress(file.read(end - begin)))
    ### END SOLUTION

# %%
def bytes_read(number):
    with RecordingFile(folder / "numbers.blk") as file:
        read_block(file, number)
        return file.log.bytes

def from_file(number):
    with open(folder / "numbers.blk", "rb") as file:
        return read_block(file, number)

practice.check(
    read_block,
    ("block 3", lambda: from_file(3), numbers[3000:4000], "Two places, then the bytes between them."),
    ("the last block", lambda: from_file(9), numbers[9000:], "The last entry is the end of the last block."),
    ("bytes read", lambda: bytes_read(3), 16 + len(blocks[3]), "Seek to the block, and read up to its end."),
)

# %% [markdown]
# ## 6. Does it load faster? The break-even bandwidth
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
border = 1000e6 * (1 - 1 / 4)
raw, packed = 64e6 / border, 16e6 / border + 64e6 / 1000e6
print(f"64 MB at {border / 1e6:.0f} MB/s:", format_seconds(raw), "raw,", format_seconds(packed), "compressed")
assert abs(raw - packed) < 1e-12
reveal("break-even bandwidth, ratio 4, 1000 MB/s", border / 1e6)

# %% [markdown]
# Now with data: some weeks of a daily temperature map, in tenths of a degree, as `int32`. Three files, each loaded cold from this machine's disk.

# %% tags=["claim:F1"]
days = machine.scale(32 * MiB) // (512 * 512 * 4)
cube = np.round(10 * data.temperatures(days, 512, 512)).astype("i4")
stored = {"raw": cube.tobytes()}
stored |= {c: blosc.compress(cube, 4, 5, blosc.SHUFFLE, c) for c in ("lz4", "zstd")}
for name, content in stored.items():
    (folder / name).write_bytes(content)
    print(f"{name:4} {format_bytes(len(content)):>10}, ratio {cube.nbytes / len(content):.2f}")

def load(name):
    content = (folder / name).read_bytes()
    return int(np.frombuffer(content if name == "raw" else blosc.decompress(content), "i4").sum(dtype="i8"))

cold = {name: measure.measure(load, name, cold=folder / name, label=name) for name in stored}
measure.compare(*cold.values())

# %% tags=["claim:F1", "hide-input"]
assert all(3 * len(stored[c]) < cube.nbytes for c in ("lz4", "zstd"))
assert {m.value for m in cold.values()} == {int(cube.sum(dtype="i8"))}
for name, m in cold.items():
    whole_pages = -(-len(stored[name]) // 4096) * 4096
    known = m.read_bytes is not None and not m.notes
    print(name, measure.exactly("bytes from disk", m.read_bytes if known else None, whole_pages, "bytes"))

# %% [markdown]
# The column "from disk" is exact: each file comes in whole [pages](../docs/glossary.md#page). The times are those of this machine's disk. Not to depend on it, we take a [virtual clock](../docs/glossary.md#virtual-clock). It adds up [latency](../docs/glossary.md#latency) (the wait for the first byte) and bytes by bandwidth for a disk that we describe, and decompression at 1000 MiB a second.

# %% tags=["claim:F1"]
def load_seconds(disk, name, speed=1000 * MiB):
    unpacking = 0 if name == "raw" else cube.nbytes / speed
    return disk.seconds([len(stored[name])]) + unpacking

media = (slowdisk.SD_CARD, slowdisk.HARD_DISK, slowdisk.SSD)
fastest = {disk.name: min(stored, key=lambda name: load_seconds(disk, name)) for disk in media}
assert fastest == {"SD card": "zstd", "hard disk": "zstd", "solid-state disk": "raw"}
assert load_seconds(slowdisk.SD_CARD, "raw") > 3 * load_seconds(slowdisk.SD_CARD, "lz4")
fastest

# %% tags=["hide-input"]
for disk in media:
    events = []
    for name in stored:
        read, done = disk.seconds([len(stored[name])]), load_seconds(disk, name)
        events += [(f"{name}: read", 0, read)] + [(f"{name}: unpack", read, done)] * (done > read)
    plotting.show(plotting.timeline(events, title=str(disk)))

# %% [markdown]
# Each picture is one disk; mind the time axes, which differ. On a slow disk, compressed data loads nearly as many times faster as it is smaller. Above the border decompression only adds work.
#
# The next cell times decompression on your machine, and beside it a plain copy in memory: Blosc is advertised as "faster than memcpy".

# %% tags=["claim:F1", "claim:F4"]
target = cube.copy()

def speed(work):
    return cube.nbytes / min(timeit.repeat(work, number=1, repeat=3))

own = {c: speed(lambda: blosc.decompress_ptr(stored[c], target.ctypes.data)) for c in ("lz4", "zstd")}
assert np.array_equal(target, cube)
print(f"copy: {format_bytes(speed(lambda: np.copyto(target, cube)))}/s")
for c, unpack in own.items():
    border = unpack * (1 - len(stored[c]) / cube.nbytes)
    print(f"{c}: unpacks {format_bytes(unpack)}/s, break-even at {format_bytes(border)}/s")

# %% tags=["hide-input"]
bandwidths = [2.0**k * MiB for k in range(2, 17, 2)]
disks = [slowdisk.Disk("any", 0, b) for b in bandwidths]
lines = {name: [load_seconds(d, name, own.get(name)) for d in disks] for name in stored}
plotting.loglog(bandwidths, lines, "bandwidth of the disk, per second (bytes)", "time to load (s)")

# %% [markdown]
# From left to right the disk gets faster. The compressed lines lie below the raw one at first, and then level off. Where they cross it is your break-even bandwidth.
#
# And the copy? On our machines, with this array and one or two threads, it was as fast or faster. The slogan is about many cores and slow memory.
#
# ## 7. Compressed in memory
#
# Blosc was made for this, too: keep data compressed in memory while nobody needs it. A child process keeps an array, then only its compressed form. Its private memory ([USS](../docs/glossary.md#uss)) both times:

# %% tags=["claim:F4"]
print(inspect.getsource(compression.keep_compressed))
raw, kept = memory.peak_in_child(compression.keep_compressed, n).value
assert None in (raw, kept) or raw - kept > 0.7 * 8 * n
plotting.bars(["array kept", "compressed kept"], [raw, kept], "bytes", title="Private memory")

# %% [markdown]
# What is left is the interpreter with its libraries.
#
# ## 8. Blosc2, the successor
#
# The package `blosc` is only maintained now; new work goes into `blosc2`. Its `decompress` also reads what `blosc.compress` wrote. Side by side:
#
# | to do | blosc | blosc2 |
# |---|---|---|
# | bytes to bytes | `compress`, `decompress` | `compress2`, `decompress2` |
# | array to bytes | `pack_array` (pickle) | `pack_array2` (shape and dtype as metadata, no pickle; C-contiguous arrays only) |
# | larger than 2 GiB | no | yes, in chunks |
# | a part without unpacking all | no | `asarray(x)[a:b]` |

# %% tags=["claim:F5", "hide-input"]
print("default codecs:", inspect.signature(blosc.pack_array).parameters["cname"].default, blosc2.cparams_dflts["codec"].name)
after2 = [len(blosc2.pack_array2(np.linspace(0, 100, count))) for count in items]
assert after2[0] > before[0] and after2[-1] < after[-1]
assert blosc2.decompress(blosc.compress(evenly, typesize=8)) == evenly.tobytes()
plotting.loglog(items, {"array": before, "blosc": after, "blosc2": after2}, x_label, "size (bytes)")

# %% [markdown]
# Small arrays still grow, and large ones shrink more, because the default codec is another.
#
# With `unpack_array2` the bytes of a stranger run nothing. Mind the 2: `blosc2` has `pack_array` and `unpack_array` as well, and these unpickle like the old ones.

# %% tags=["claim:F5"]
os.rmdir(folder / "I was here")
blosc2.unpack_array(received)
print("unpack_array ran the stranger's function:", (folder / "I was here").is_dir())
os.rmdir(folder / "I was here")
try:
    blosc2.unpack_array2(received)
except RuntimeError as error:
    print("unpack_array2 refused:", error)
assert not (folder / "I was here").exists()

# %% tags=["claim:F5", "hide-input"]
try:
    blosc2.pack_array2(cube[0].T)
except ValueError as error:
    print("pack_array2, Fortran order: refused:", error)
back = blosc2.unpack_array2(blosc2.pack_array2(np.ascontiguousarray(cube[0].T)))
assert np.array_equal(back, cube[0].T)
zeros = blosc2.zeros(300_000_000, dtype="f8")
print(f"larger than 2 GiB: {zeros.nbytes:,} bytes of zeros, stored in {zeros.schunk.cbytes:,}")
assert zeros.nbytes > blosc.MAX_BUFFERSIZE and zeros[299_999_990:].shape == (10,)
assert len(blosc2.compress2(cube[0], typesize=4)) < cube[0].nbytes / 3

# %% [markdown]
# `pack_array2` refuses arrays in Fortran order and slices with gaps. Pack `np.ascontiguousarray(x)`, and note the order yourself if it matters.
#
# `blosc2.asarray` makes a compressed array that you can slice. It has chunks, and blocks inside the chunks; a slice decompresses the blocks that it meets. Their shapes follow the size of the processor's cache unless you give `chunks=` and `blocks=`.

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
# A part takes a part of the bytes: see "through read()".

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
#
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
data.clear("06_compression")
