# %% [markdown]
# # Map a file and use it as an array
#
# **Do:** open files with `np.memmap`, touch parts of them, and watch which pages move.
#
# **Learn**
# - what a memory map is, which modes there are, and when changes reach the disk;
# - how to compute on a file that is larger than your memory, and which loops to avoid;
# - how several processes use one copy of an array.
#
# **Need:** [lesson 01](01_page_cache.ipynb): the page cache, dirty pages, eviction.

# %%
import inspect
import mmap
import os
import pickle

import numpy as np

from course_lib import child, counters, data, machine, measure, memory, pagecache, plotting, practice
from course_lib.experiments import holders, out_of_core
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import GiB, MiB, format_bytes

machine.card()

# %% [markdown]
# ## 1. An array that loads on use
#
# ![Two processes map one file. Virtual pages that were touched point to the same pages of the page
# cache; untouched ones point nowhere.](figures/02_mapping.svg)
#
# A process has [virtual memory](../docs/glossary.md#virtual-memory): addresses, most of which have
# no memory behind them. The system call [mmap](../docs/glossary.md#mmap) says: these addresses
# stand for that file. Nothing is read. When the process touches an address for the first time, the
# processor stops and calls the kernel. That is a [page fault](../docs/glossary.md#page-fault). The
# kernel finds the page in the page cache, or reads it from the disk, and makes the address point
# to it.
#
# `np.memmap` makes an array on top of that. We need a raw file, with nothing but the values of
# 1024 x 1024 integers of two bytes.

# %%
folder = data.workspace("02")
path = data.matrix(folder / "square.raw", (1024, 1024), "int16")
evicted = bool(pagecache.evict(path))  # without this, no count of pages below can be exact
a = np.memmap(path, mode="r", dtype="int16", shape=(1024, 1024))
opened = pagecache.residency(path)
type(a), a.shape, a.dtype, format_bytes(a.nbytes)

# %% [markdown]
# The file is mapped and cold. By default the kernel would read ahead (lesson 01). To see single
# pages we switch that off for this map, with
# [madvise](../docs/glossary.md#madvise). Then we touch one element, and then the first eight rows.
# A row has 1024 values of two bytes. (`_mmap` is NumPy's private name for the map below the array.
# NumPy has no other way to give advice. Never close it, as lesson 03 shows.)

# %%
# Put your number in place of None.
predict("pages for the first 8 rows", None, unit="pages")

# %%
a._mmap.madvise(mmap.MADV_RANDOM)
one = int(a[500, 500])
after_one = pagecache.residency(path)
eight_rows = int(a[:8].sum())
after_rows = pagecache.residency(path)
plotting.before_after([("opened", opened), ("one element", after_one), ("and 8 rows", after_rows)])

# %% tags=["claim:B1", "hide-input"]
pages = [r.resident_pages if evicted else None for r in (opened, after_one, after_rows)]
print(measure.exactly("pages when opened", pages[0], 0))
print(measure.exactly("pages after one element", pages[1], 1))
print(measure.exactly("pages after 8 rows more", pages[2], 1 + 8 * 1024 * 2 // 4096))
reveal("pages for the first 8 rows", None if pages[2] is None else pages[2] - 1)

# %% [markdown]
# Opening read nothing. One element cost its page, and eight rows cost the pages that hold them.
#
# ## 2. The mapped pages are the cache pages
#
# A read copies twice (lesson 01). A map needs no second copy: the addresses of the process point
# straight to the pages of the cache. Here is a way to see it. When the kernel is asked to evict a
# file, it leaves the pages that somebody has mapped. So we touch the whole file, try to evict it,
# delete the array, and try again.

# %%
# Put your number in place of None.
predict("pages left after evicting a file with a live map", None, unit="pages")

# %%
int(a.sum())
pagecache.evict(path)
with_map = pagecache.residency(path)
del a
pagecache.evict(path)
without_map = pagecache.residency(path)
plotting.before_after([("evicted, map alive", with_map), ("evicted, map gone", without_map)])

# %% tags=["claim:B2", "hide-input"]
print(measure.exactly("with the map", with_map.resident_pages if evicted else None, 512, "pages"))
print(measure.exactly("without the map", without_map.resident_pages if evicted else None, 0, "pages"))
reveal("pages left after evicting a file with a live map", with_map.resident_pages if evicted else None)

# %% [markdown]
# While the map lived, the cache kept every page: they were the array's own.
#
# ## 3. What a raw file does not know
#
# The file holds values and nothing else. Their type and shape were in our call, and nowhere else.
# Without them, NumPy has to assume something.

# %% tags=["claim:B5"]
guessed = np.memmap(path, mode="r")
wrong = np.memmap(path, mode="r", dtype="float32", shape=(1024, 512))
print("no dtype given:", guessed.dtype, guessed.shape)
print("wrong dtype given: no error, first values", wrong[0, :3])
assert guessed.dtype == np.uint8 and guessed.shape == (2 * MiB,)

# %% [markdown]
# The default is single bytes, in one row. A wrong type gives wrong numbers and no error. So write the
# type and the shape down, or use the format that NumPy has for it. A `.npy` file begins with a header that holds both, and the order of axes and bytes.
# `np.lib.format.open_memmap` makes one as a map, and `np.load(..., mmap_mode="r")` opens one.

# %% tags=["claim:B5"]
npy_path = folder / "square.npy"
b = np.lib.format.open_memmap(npy_path, mode="w+", dtype="int16", shape=(1024, 1024))
b[:] = 7
b.flush()
again = np.load(npy_path, mmap_mode="r")
print("from the header:", again.dtype, again.shape)
with open(npy_path, "rb") as file:  # the header, without the values
    version = np.lib.format.read_magic(file)
    header_shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    print("version", version, header_shape, fortran_order, dtype.str, "values from", file.tell())
assert again.offset == 128 and again.shape == (1024, 1024) and again.dtype == np.int16

# %% [markdown]
# `<i2` says: two bytes, the lowest first, which is the byte order of most processors. `>i2` has them
# the other way round. A raw file does not tell that either. Prefer `.npy` where you can choose. Raw
# files come from instruments and from other languages. And mind `.npz`, a zip file of `.npy` files:
# `mmap_mode` is ignored there without a word.

# %% tags=["hide-input"]
np.savez(folder / "square.npz", b=again)
with np.load(folder / "square.npz", mmap_mode="r") as archive:
    loaded_whole = archive["b"]
print("from the .npz:", type(loaded_whole).__name__)
assert not isinstance(loaded_whole, np.memmap) and isinstance(again, np.memmap)

# %% [markdown]
# ### A window of a raw file without a map
#
# `np.fromfile` copies values from a file into an ordinary array. With `offset` (in bytes) and
# `count` (in values), or after a `seek`, it reads just a window. It does not need addresses for
# the whole file, and the window stays yours when the file changes. `tofile` writes such a window.

# %% tags=["claim:B8"]
row_500 = np.fromfile(path, dtype="int16", count=1024, offset=500 * 1024 * 2)
with open(path, "rb") as file:
    file.seek(500 * 1024 * 2)
    the_same = np.fromfile(file, dtype="int16", count=1024)
mapped = np.memmap(path, mode="r", dtype="int16", shape=(1024, 1024))
assert np.array_equal(row_500, mapped[500]) and np.array_equal(the_same, mapped[500])
with open(path, "r+b") as file:  # r+b: change the file that is there
    file.seek(500 * 1024 * 2)
    (row_500 + 1).tofile(file)
print("row 500 began with", row_500[:4], "and begins with", mapped[500, :4])
assert np.array_equal(mapped[500], row_500 + 1)  # the map shows what the file holds now
del loaded_whole, mapped, guessed, wrong, again, b

# %% [markdown]
# **Your turn: one row of a .npy file.** Its header says where the values begin and how long a row is.
# Return row number `row` of a two-dimensional array, and read nothing but the header and that row.
#
# <details><summary>Hint</summary>
# After <code>read_magic</code> and <code>read_array_header_1_0</code>, <code>file.tell()</code> is the
# byte where the values begin. Add <code>row</code> times the columns times
# <code>dtype.itemsize</code>, <code>seek</code> there, and take <code>np.fromfile(file, dtype, columns)</code>.
# </details>

# %% turn="row_of_npy"
def row_of_npy(path, row):
    """Return one row of a two-dimensional array in a .npy file of version 1."""
    ### BEGIN SOLUTION
    with open(path, "rb") as file:
        np.lib.format.read_magic(file)
        (rows, columns), fortran, dtype = np.lib.format.read_array_header_1_0(file)
        file.seek(file.tell() + row * columns * dtype.itemsize)
        return np.fromfile(file, dtype, columns)
    ### END SOLUTION

# %%
np.save(folder / "big_endian.npy", np.arange(6, dtype=">i4").reshape(2, 3))
practice.check(
    row_of_npy,
    ("row 500", lambda: row_of_npy(npy_path, 500), np.full(1024, 7, "int16"), "The type is the header's."),
    ("big-endian, row 1", lambda: row_of_npy(folder / "big_endian.npy", 1), np.array([3, 4, 5], ">i4"),
     "Skip whole rows: columns times itemsize bytes for each. Keep the byte order."),
    ("peak of the memory asked for", lambda: practice.peak_of(lambda: row_of_npy(npy_path, 500)),
     practice.AtMost(256 * 1024, "bytes"), "np.load would read all rows."),
)

# %% [markdown]
# ## 4. Four modes
#
# `mode` says what may be done with the file.
#
# | mode | the file | writing to the array |
# |---|---|---|
# | `r` | must exist | is an error |
# | `r+`, the default | must exist; a larger shape extends it | changes the file |
# | `w+` | is made, or emptied | changes the file |
# | `c` | must exist | changes a private copy of the page, never the file |
#
# **The default is `r+`.** Whoever leaves the mode out has opened the file for writing, and a shape
# that is too large makes it longer, without a word. (A shape needs whole numbers: `10_000_000`, for
# `10e6` is a float, and a TypeError.)

# %% tags=["claim:B7"]
small = folder / "small.raw"
np.arange(1000, dtype="int32").tofile(small)
try:
    np.memmap(small, mode="r", dtype="int32")[0] = 1
except ValueError as error:
    print("r:", error)
else:
    raise AssertionError("a map of mode r could be written")
private = np.memmap(small, mode="c", dtype="int32")
private[0] = 12345
in_file = np.fromfile(small, "int32", count=1)[0]
print("c: the array says", private[0], "and the file says", in_file)
assert in_file == 0

# %% tags=["claim:B7"]
longer = np.memmap(small, dtype="int32", shape=(2000,))  # no mode given
print(f"{longer.mode}: from 4000 bytes to", small.stat().st_size)
assert longer.mode == "r+" and small.stat().st_size == 8000 and longer[999] == 999 and not longer[1000:].any()
emptied = np.memmap(small, mode="w+", dtype="int32", shape=(1000,))
print("w+: the largest value is", emptied.max(), "and the file has", small.stat().st_size, "bytes")
assert not emptied.any()
del private, longer, emptied

# %% [markdown]
# `c` stands for [copy-on-write](../docs/glossary.md#copy-on-write). The page is shared until you
# write to it, and then you get a copy of your own.
#
# ### A gigabyte that takes no room
#
# `w+` makes the file as long as the shape says, and writes no zeros. A
# [sparse file](../docs/glossary.md#sparse-file) has holes, and a hole takes no room on the disk. We make
# an array of 1 GiB and write to two places. (To give the file its length, NumPy writes one byte at its
# end.)

# %%
# Put your number in place of None.
predict("bytes on the disk, 1 GiB with two values in it", None, unit="bytes")

# %%
sparse = folder / "sparse.raw"
rss_before = memory.usage().rss
g = np.memmap(sparse, mode="w+", dtype="uint8", shape=(1 * GiB,))
grown = memory.usage().rss - rss_before
on_disk = [os.stat(sparse).st_blocks * 512]
g[100 * MiB] = g[500 * MiB] = 1
g.flush()
on_disk.append(os.stat(sparse).st_blocks * 512)
labels = ["length of the file", "on the disk, new", "on the disk, 2 values"]
plotting.bars(labels, [g.nbytes, *on_disk], "bytes", log=True, title="A file with holes")

# %% tags=["claim:B6", "hide-input"]
ext4 = machine.card().file_system == "ext4"  # others may count their own records in
print(measure.exactly("on the disk, new", on_disk[0] if ext4 else None, 4096, "bytes"))
print(measure.exactly("on the disk, two values", on_disk[1] if ext4 else None, 12288, "bytes"))
assert g.nbytes == GiB and on_disk[1] < 16 * MiB and grown < 16 * MiB
reveal("bytes on the disk, 1 GiB with two values in it", on_disk[1])

# %% [markdown]
# The byte at the end took one page, and each of the two values another.
# `w+` promises a gigabyte and sets nothing aside: room on the disk is found when a page is
# first written to. If the disk is full by then, no call is under way that could return an error.
# The kernel kills the process with [SIGBUS](../docs/glossary.md#sigbus); lesson 03 shows it.
# `os.posix_fallocate` takes the room at once, and a full disk is then an error that you can catch.

# %% tags=["claim:B6"]
taken = []
with open(folder / "reserved.raw", "wb") as file:
    file.truncate(16 * MiB)  # a longer file, one hole: what w+ does
    taken.append(os.fstat(file.fileno()).st_blocks * 512)
    if hasattr(os, "posix_fallocate"):  # not on macOS
        os.posix_fallocate(file.fileno(), 0, 16 * MiB)
        taken.append(os.fstat(file.fileno()).st_blocks * 512)
print("on the disk, after truncate and after posix_fallocate:", *map(format_bytes, taken))
assert taken[0] < MiB and (len(taken) == 1 or taken[1] >= 16 * MiB)
del g
sparse.unlink()

# %% [markdown]
# ## 5. When others see a change, and when the disk has it
#
# Two maps of one file use the same pages, in one process or in two.

# %% tags=["claim:B9"]
np.zeros(16 * 4096, "uint8").tofile(small)
first = np.memmap(small, mode="r+", dtype="uint8")
second = np.memmap(small, mode="r+", dtype="uint8")
first[5] = 42
print("the other map sees", second[5])
child.run("import numpy; numpy.memmap(args[0], mode='r+', dtype='uint8')[5] += 1", str(small)).check()
print("after another process has added 1:", first[5], second[5])
assert first[5] == second[5] == 43

# %% [markdown]
# There is nothing to pass on: there is one page. That holds on one machine. On a network file system
# such as NFS each machine has a page cache of its own. There a change is sure to be seen only after the
# writer has closed or synced its file and the reader has opened it anew.
#
# The disk is another matter. NumPy's own reference says that deleting a memmap, `del f`, flushes its
# changes first. (So it does up to version 2.5; the cell below prints the line of yours.) We test it. We
# change one value in each of the 16 pages, delete the arrays, and count the dirty pages.

# %%
print(np.__version__, [line for line in np.memmap.__doc__.splitlines() if "you delete" in line])
# Put your number in place of None.
predict("dirty pages after del", None, unit="pages")

# %%
del first, second
pagecache.evict(small)  # writes the old changes, too
f = np.memmap(small, mode="r+", dtype="uint8")
f[::4096] = 7
changed = pagecache.dirty_pages(small)
del f
deleted = pagecache.dirty_pages(small)
seen = child.run("import numpy; value = int(numpy.fromfile(args[0], 'uint8').sum())", str(small)).value

# %% tags=["claim:B4"]
f = np.memmap(small, mode="r+", dtype="uint8")
f.flush()
print(measure.exactly("dirty pages after the change", changed if evicted else None, 16))
print(measure.exactly("dirty pages after del", deleted if evicted else None, 16))
print(measure.exactly("dirty pages after flush()", pagecache.dirty_pages(small), 0))
assert seen >= 16 * 7  # the other process saw the changes before the flush
reveal("dirty pages after del", deleted)

# %% [markdown]
# `del` flushes nothing; NumPy has no code for it. The pages are as dirty as before, and the kernel will
# write them when it thinks fit. Other programs on this machine see the changes at once. It matters for
# a crash of the machine. `f.flush()`, which calls [msync](../docs/glossary.md#msync), returns when the
# disk has everything.
#
# ## 6. The column trap
#
# A table of 100,000 rows and 100 columns of `float32` is stored row by row, in
# [C order](../docs/glossary.md#c-order), so a row of 400 bytes lies in one piece. You write one column
# of 400 kB, `table[:, 0] = ...`. How many pages of 4096 bytes does it make dirty?

# %%
# Put your number in place of None.
predict("dirty pages for one column", None, unit="pages")

# %%
shape, table_path = (100_000, 100), folder / "table.raw"

def new_table(order="C"):
    table = np.memmap(table_path, mode="w+", dtype="float32", shape=shape, order=order)
    table._mmap.madvise(mmap.MADV_RANDOM)
    table.flush()
    return table

table = new_table()
table[:, 0] = 1.0
column_dirty = pagecache.dirty_pages(table_path)
table = new_table()
table[:1000] = 1.0  # the same number of values: 1000 rows of 100
rows_dirty = pagecache.dirty_pages(table_path)

# %% tags=["claim:B3", "hide-input"]
row_starts = np.arange(100_000) * 400
column_theory = pagecache.pages_of(row_starts, itemsize=4)
rows_theory = pagecache.pages_of(np.arange(100_000) * 4, itemsize=4)
print(measure.exactly("one column", column_dirty, column_theory, "pages"))
print(measure.exactly("1000 rows", rows_dirty, rows_theory, "pages"))
print(f"bytes made dirty for each byte of the column: {column_theory * 4096 / 400_000:.0f}")
dirty = [column_dirty, rows_dirty]
plotting.show(plotting.bars(["one column", "1000 rows"], dirty, "pages", title="Dirty pages for 100,000 values"))
reveal("dirty pages for one column", column_dirty)

# %% [markdown]
# There are about ten rows in a page here, and the column has a value in each row. So one column makes
# every page of the table dirty, and each time the kernel writes back, it writes the whole table. We
# fill ten columns in both ways, with a flush after each step, and add up what is written.

# %%
table = new_table()
with counters.watch() as by_columns:
    for column in range(10):
        table[:, column] = column
        table.flush()

table = new_table()
with counters.watch() as by_rows:
    for start in range(0, 100_000, 10_000):
        table[start : start + 10_000, :10] = np.arange(10)
        table.flush()

# %% tags=["claim:B3", "hide-input"]
wrote = [by_columns.delta.write_bytes, by_rows.delta.write_bytes]
offsets = row_starts[:, None] + np.arange(10) * 4
block_pages = sum(pagecache.pages_of(offsets[i : i + 10_000], 4) for i in range(0, 100_000, 10_000))
print(measure.exactly("column by column", wrote[0], 10 * column_theory * 4096, "bytes", slack=MiB))
print(measure.exactly("row block by row block", wrote[1], block_pages * 4096, "bytes", slack=MiB))
assert np.array_equal(table[99_999, :10], np.arange(10))
plotting.bars(["column by column", "row block by row block"], wrote, "bytes", title="Written for the same 4 MB")

# %% [markdown]
# (A notebook writes a little on its own.) Both loops leave the same table. The second does all the work
# on a block of rows while its pages are there. That is the rule for maps: **go along the storage order, in blocks.**
#
# If you must write columns, store columns: `order="F"` is
# [Fortran order](../docs/glossary.md#fortran-order), in which each column lies in one piece.

# %% tags=["claim:B3"]
table = new_table(order="F")
table[:, 0] = 1.0
dirty = pagecache.dirty_pages(table_path)
print(measure.exactly("one column in Fortran order", dirty, rows_theory, "pages"))

# %% [markdown]
# For a table of a million rows in C order the count follows without a file. A column of 4 MB would
# dirty these many pages:

# %% tags=["claim:B3", "hide-input"]
million = pagecache.pages_of(np.arange(1_000_000) * 400, itemsize=4)
print(f"{million:,} pages, {format_bytes(million * 4096)}")
print("20 columns with a flush each:", format_bytes(20 * million * 4096))
assert million == 97_657
del table
table_path.unlink()

# %% [markdown]
# ## 7. Reductions, and what they need
#
# `sum`, `mean` and `std` work on a memmap as on any array. But NumPy does not know that you are short
# of memory. For `x.std()` it makes an array of `x - mean`, as large as `x`, in ordinary memory. The cure is a loop over blocks: one pass for the mean, one for
# the deviation. The pictures show what is in memory at each step of such a loop. In the first, each
# block has a map of its own, which ends with the block.

# %%
plotting.show(plotting.blocks_in_memory(4, title="a map for each block"))
plotting.show(plotting.blocks_in_memory(4, kept=True, title="one map for all"))

# %% tags=["claim:B10"]
values = data.matrix(folder / "values.raw", (16 * MiB,), "float32")  # 0, 1, 2, ...
count, step = os.path.getsize(values) // 4, MiB // 4  # values in the file, and in a block

def blocks():
    for start in range(0, count, step):
        shape = (min(step, count - start),)  # the last block may be shorter
        yield np.memmap(values, mode="r", dtype="float32", offset=4 * start, shape=shape)

mean = sum(float(block.sum(dtype="f8")) for block in blocks()) / count
variance = sum(float(np.square(block - mean, dtype="f8").sum()) for block in blocks()) / count
print(f"mean {mean:,}, standard deviation {variance**0.5:,.0f}")
assert mean == (count - 1) / 2 and abs(variance / (count**2 / 12) - 1) < 1e-6

# %% [markdown]
# **Your turn: the mean of each column.** A raw file of float32 holds a table, row after row. Return the
# mean of each column as float64, and hold at most `step` rows at a time. Read the blocks with
# `np.fromfile`: on an open file it goes on where the last one ended.
#
# <details><summary>Hint</summary>
# Begin with <code>total = np.zeros(columns)</code>. For <code>first in range(0, rows, step)</code>,
# read <code>min(step, rows - first) * columns</code> values, reshape them to
# <code>(-1, columns)</code>, and add their sum along axis 0. Divide at the end.
# </details>

# %% turn="column_means"
def column_means(path, rows, columns, step):
    """Return the mean of each column of a table of float32, read `step` rows at a time."""
    ### BEGIN SOLUTION
    total = np.zeros(columns)
    with open(path, "rb") as file:
        for first in range(0, rows, step):
            block = np.fromfile(file, "float32", min(step, rows - first) * columns)
            total += block.reshape(-1, columns).sum(axis=0, dtype="float64")
    return total / rows
    ### END SOLUTION

# %%
means = np.arange(1024) + 1024 * (16 * 1024 - 1) / 2  # of the columns of 16,384 rows of 0, 1, 2, ...
practice.check(
    column_means,
    ("mean of column 7", lambda: float(column_means(values, 16_384, 1024, 256)[7]), float(means[7]),
     "Sum in float64: float32 keeps seven digits only. Divide by the rows once, at the end."),
    ("in blocks of 999 rows", lambda: float(column_means(values, 16_384, 1024, 999)[-1]), float(means[-1]),
     "The last block is shorter. A mean of the blocks' means gives it too much weight."),
    ("peak of the memory asked for", lambda: practice.peak_of(lambda: column_means(values, 16_384, 1024, 256)),
     practice.AtMost(4 * MiB, "bytes"), "A block has 1 MiB. Keep the sums, and let each block go."),
)

# %% [markdown]
# Now the standard deviation of this file of 64 MiB in five ways, each in a process of its own. We look
# at the peak of its RSS.

# %%
size = os.path.getsize(values)
# Put your number in place of None.
predict("peak of x.std() on a map of 64 MiB", None, unit="bytes")

# %%
results = {way: memory.peak_in_child(f, str(values)) for way, f in out_of_core.WAYS.items()}
peaks = {way: result.peak for way, result in results.items()}
plotting.bars(list(peaks), list(peaks.values()), "bytes", title="Peak of x.std(), x of 64 MiB")

# %% tags=["claim:B10", "hide-input"]
exact = ((16 * MiB) ** 2 / 12) ** 0.5  # the standard deviation of 0, 1, 2, ...
for way, result in results.items():
    print(f"{way}: {result.value:,.0f}")
    assert abs(result.value / exact - 1) < 1e-3
if peaks["map it, x.std()"] is not None:
    assert peaks["map it, x.std()"] > 1.9 * size > 1.5 * peaks["map it, in blocks"]
    assert max(peaks["map each block"], peaks["read it, in blocks"]) < size / 4
reveal("peak of x.std() on a map of 64 MiB", peaks["map it, x.std()"])

# %% [markdown]
# With `x.std()`, both the loaded file and the map need the file and once more as much. In blocks,
# the extra array is gone. One map in blocks still shows the size of the file, because RSS counts every
# mapped page that was touched, until its map is gone. Such pages are clean, and the kernel takes them
# back when it needs them. Are they memory that you need? That depends on who counts.
#
# ## 8. A file larger than the memory of its process
#
# We take a file of 256 MiB and a process that may take 64 MiB. Two limits differ in what they count:
#
# - the **data** limit counts memory of the process's own: arrays, and maps of mode `c`, but no
#   other maps of files;
# - the **address** limit counts all addresses, with maps, touched or not.
#
# Each of the five ways is tried in a child process with one limit.

# %%
# Put your number in place of None.
predict("ways of 5 that work with the data limit", None, unit="ways")

# %%
large = data.matrix(folder / "large.raw", (machine.scale(256 * MiB) // 4,), "float32")
room = large.stat().st_size // 4

def attempt(way, limit):
    return child.run(out_of_core.attempt, way, str(large), limit, room).value

limits = ("data", "addresses")
outcome = {limit: {way: attempt(way, limit) for way in out_of_core.WAYS} for limit in limits}
for limit, attempts in outcome.items():
    print(f"{format_bytes(large.stat().st_size)} file, room for {format_bytes(room)} of {limit}")
    print(*(f"    {way:22}{result}" for way, result in attempts.items()), sep="\n")

# %% tags=["claim:B10", "hide-input"]
works = {limit: sum(r.value is not None for r in tries.values()) for limit, tries in outcome.items()}
for limit, expected in (("data", 3), ("addresses", 2)):
    limited = all(r.limited for r in outcome[limit].values())
    seen = works[limit] if limited else None
    print(measure.exactly(f"ways that work with a limit of {limit}", seen, expected))
reveal("ways of 5 that work with the data limit", works["data"])

# %% [markdown]
# Loading fails at once, `x.std()` of the map at its temporary array. Blocks of one map pass the data
# limit, which does not count mapped pages. The limit of a container counts them, but drops clean ones
# instead of refusing. The address limit, which some clusters set with `ulimit -v`, refuses even to map
# the whole file, with [ENOMEM](../docs/glossary.md#enomem).
#
# **A map for each block, or a window that is read, passes every limit**, and looks small to every
# meter. Some batch systems stop a job by its RSS, and the checks of the exercise count RSS as well.
# So take a map for each block when you go over a whole file, and one map when you jump about in it.
#
# This is computing out of core: the data stays in the file, and blocks of it pass through memory.
# Writing works too: a block is read, changed, and written to where it came from. Here is such a
# function of the course, with a map of mode `r+` for each block; it waits for the disk once.

# %%
print(inspect.getsource(out_of_core.shift_and_scale))
done = child.run(out_of_core.standardise, str(large), room)
done.check()
print(f"{done.value:,} values standardised with room for {format_bytes(room)}")

# %% tags=["hide-input"]
print(measure.exactly("dirty pages afterwards", pagecache.dirty_pages(large), 0))
assert abs(out_of_core.map_in_blocks(str(large)) - 1) < 1e-6

# %% [markdown]
# **Your turn: change a file in place.** Add 1 to every value of a raw file of int16, with an open file
# and no map. Hold `step` values at a time, and return when the disk has them.
#
# <details><summary>Hint</summary>
# Open with <code>"r+b"</code>. For each block: <code>seek</code> to its byte, <code>np.fromfile</code>,
# <code>seek</code> back, <code>tofile</code>. At the end <code>file.flush()</code> and
# <code>os.fsync(file.fileno())</code>.
# </details>

# %% turn="add_one"
def add_one(path, step):
    """Add 1 to the int16 values of a raw file, in place and durably, `step` values at a time."""
    ### BEGIN SOLUTION
    with open(path, "r+b") as file:
        for start in range(0, os.path.getsize(path), 2 * step):
            file.seek(start)
            block = np.fromfile(file, "int16", step)
            file.seek(start)
            (block + 1).astype("int16").tofile(file)
        file.flush()
        os.fsync(file.fileno())
    ### END SOLUTION

# %%
def added(step):
    np.arange(10_000, dtype="int16").tofile(folder / "add.raw")
    add_one(folder / "add.raw", step)
    return pagecache.dirty_pages(folder / "add.raw"), np.fromfile(folder / "add.raw", "int16")

on_a_disk = pagecache.dirty_pages(path) is not None
practice.check(
    add_one,
    ("the values", lambda: added(1000)[1], np.arange(1, 10_001, dtype="int16"), "Go back with seek before you write."),
    ("in blocks of 999", lambda: added(999)[1], np.arange(1, 10_001, dtype="int16"), "An offset counts bytes: two for each value."),
    ("dirty pages afterwards", lambda: added(1000)[0], 0 if on_a_disk else None, "flush is Python's buffer, fsync is the disk."),
)

# %% [markdown]
# ## 9. Many processes, one copy
#
# Four processes use the same array of 32 MiB. First each loads it, then each maps it. We look from
# outside, with RSS and [PSS](../docs/glossary.md#pss) (lesson 00).

# %%
# Put your number in place of None.
predict("PSS of 4 processes, loaded / mapped", None, unit="times")

# %%
shared = data.random_bytes(folder / "shared.raw", machine.scale(32 * MiB, 1 / 32))
with holders.HeldFile("load", shared, processes=4) as held:
    loaded = memory.table(held.pids)
with holders.HeldFile("map", shared, processes=4) as held:
    mapped = memory.table(held.pids)
plotting.show(plotting.memory_bars(loaded, title="np.fromfile"))
plotting.show(plotting.memory_bars(mapped, title="np.memmap"))

# %% tags=["claim:B11", "hide-input"]
one_copy = shared.stat().st_size
assert abs(loaded.total("rss") - mapped.total("rss")) < one_copy  # RSS cannot tell them apart
if mapped.total("pss") is not None:
    assert loaded.total("pss") - mapped.total("pss") > 2.5 * one_copy  # four copies against one
ratio = None if mapped.total("pss") is None else round(loaded.total("pss") / mapped.total("pss"), 2)
reveal("PSS of 4 processes, loaded / mapped", ratio)

# %% [markdown]
# By RSS the two cases look alike. By PSS the maps share one copy. For arrays that many processes read,
# a map is the easiest way to share on one machine: all it takes is a path. Send the path, not the array: pickling a memmap copies its values into the message,
# and what arrives is a copy in memory without a file.

# %% tags=["claim:B11", "hide-input"]
square = np.memmap(path, mode="r", dtype="int16", shape=(1024, 1024))
message = pickle.dumps(square)
print(f"{format_bytes(len(message))} for the array, {len(pickle.dumps(str(path)))} bytes for the path")
assert len(message) > square.nbytes and pickle.loads(message)._mmap is None  # mapped no more
del square, message

# %% [markdown]
# `memory.table` takes the numbers of any processes of yours. Lesson 09 watches the workers of a
# cluster in this way.
#
# ## 10. A map needs a file system
#
# A map is made from an open file, by its [file descriptor](../docs/glossary.md#file-descriptor). An
# object in [object storage](../docs/glossary.md#object-storage) such as S3 has none.

# %% tags=["claim:B13"]
refused = None
try:
    np.memmap("s3://bucket/array.raw", mode="r")
except OSError as error:
    refused = error
    print(f"{type(error).__name__}: {error}")
assert refused

# %% [markdown]
# Some tools mount a bucket as a file system (mountpoint-s3, gcsfuse, rclone). Then a map may work, but
# each fault on a page becomes a request over the network. For such data there are formats that read by
# request, in chunks. They are the subject of [lesson 04](04_zarr_chunks.ipynb).
#
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1. You open a file of 500 GiB with `np.memmap` on a laptop with 16 GiB. It takes no time. Has
# anything been read?**
#
# <details><summary>Answer</summary>
# No. The call only reserved addresses. Each page is read when it is touched first, and the kernel
# can drop it again later.
# </details>
#
# **2. A program changes values in a memmap, deletes the array and ends. A second program reads the
# file. Does it see the changes? And does the disk have them?**
#
# <details><summary>Answer</summary>
# The second program sees them, because it reads the same pages of the cache. The disk may not have
# them yet: <code>del</code> flushes nothing. Call <code>flush()</code> if it matters.
# </details>
#
# **3. You need the mean of each column of a C-ordered table that is ten times larger than memory. Its
# rows are shorter than a page. How do you loop?**
#
# <details><summary>Answer</summary>
# Over blocks of rows, with one running sum per column. Each page is read once. A loop over columns
# would read the whole file for every column.
# </details>
#
# **4. Eight workers each load a table of 4 GiB with `np.load`, and the machine runs out of memory.
# What is the smallest change?**
#
# <details><summary>Answer</summary>
# <code>np.load(path, mmap_mode="r")</code>. All workers then use the same pages of the cache: one
# copy instead of eight. The sum of PSS shows it, RSS does not.
# </details>
#
# ## Recap
#
# - A memmap reads a page when it is touched. Its pages are the pages of the cache; there is no
#   second copy.
# - Raw files do not know type and shape; `.npy` files do.
# - Changes are visible to others at once, and on the disk after `flush()`. `del` does not flush.
# - Go along the storage order, in blocks. A column of a C-ordered table touches a page for every
#   row, or every page of the file where a row is shorter than a page.
# - Processes that map one file share one copy. PSS shows it.
# - Temporary arrays are ordinary memory: reduce in blocks when the file is large. A map for each
#   block keeps RSS small.
# - The default mode `r+` writes. A full disk under a map is SIGBUS.
#
# ## Further reading
#
# - The NumPy reference: `numpy.memmap`, `numpy.lib.format`, `numpy.fromfile`.
# - The man pages mmap(2), madvise(2), msync(2), and getrlimit(2).
#
# **Now you:** [exercise 02](../exercises/02_memory_mapping/02_memory_mapping.ipynb). Then go on
# with [lesson 03: where memmap breaks](03_where_memmap_breaks.ipynb).
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
del f
print(data.clear("02"))
