# %% [markdown]
# # Find where memory maps break
#
# **Do:** read a row and a column of one file, run into three limits of the system on purpose, keep a thousand small arrays in four ways, deliver rows fifty times a second from a slow disk, and crash three processes.
#
# **Learn**
# - why the direction of reading decides the cost, and what readahead gives and takes;
# - which limits end a collection of memory maps, and why one packed file with an index has none of them;
# - how a reader that works ahead hides a slow disk;
# - which three accidents kill a process that uses a memory map.
#
# **Need:** lessons [00](00_measuring.ipynb) to [02](02_memory_mapping.ipynb): [page](../docs/glossary.md#page), [page cache](../docs/glossary.md#page-cache), [memmap](../docs/glossary.md#memmap).

# %%
import mmap
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from math import isqrt

import numpy as np

from course_lib import child, data, machine, pagecache, plotting, practice
from course_lib.experiments import limits, row_stream, small_arrays, small_shm
from course_lib.experiments.table_reads import cold_pages, needed_pages
from course_lib.measure import compare, exactly, measure
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import MiB, format_bytes

machine.card()

# %% [markdown]
# ## 1. A row and a column
#
# A memory map brings a file into memory page by page. So the question is "on how many pages do the values lie?". We make a table of whole numbers, int32, four bytes each, in [C order](../docs/glossary.md#c-order): row after row.

# %%
place = data.workspace("03")
side = 1024 * isqrt(machine.scale(256 * MiB) // (4 * MiB))
path = data.matrix(place / "table.raw", (side, side), "int32")
print(f"{side:,} rows of {side:,} values, {format_bytes(path.stat().st_size)}")
print(f"a page holds {machine.card().page_size // 4:,} values")

# %% [markdown]
# ![A table stored row by row. The values of a row are neighbours and fill a few pages. The values of a column are a whole row apart, so each lies on another page.](figures/03_rows_and_columns.svg)
#
# How many bytes lie between a value and the next one along each axis? These numbers are the [strides](../docs/glossary.md#stride), and they decide the rest. Here is a small table, and then ours.

# %%
plotting.show(plotting.strides_map((3, 5), np.zeros((3, 5), "int32").strides, title="int32, C order"))
print("ours, down and across:", np.memmap(path, "int32", "r", shape=(side, side)).strides)
print("in Fortran order:     ", np.memmap(path, "int32", "r", shape=(side, side), order="F").strides)

# %% [markdown]
# The value in row r and column c begins at byte `r * strides[0] + c * strides[1]`, and its page is that byte divided by the page size. With `order="F"`, [Fortran order](../docs/glossary.md#fortran-order), the strides change places, and rows and columns do, too.
#
# One row and one column hold the same number of values. How many pages does each need?

# %%
# Put your number in place of None.
predict("pages that one row needs", None, unit="pages")

# %%
# Put your number in place of None.
predict("pages that one column needs", None, unit="pages")

# %% [markdown]
# By default the kernel reads ahead, and we come to that. To see what the table itself needs, we give each map an advice with [madvise](../docs/glossary.md#madvise): `MADV_RANDOM` means "fetch only the page I touch", `MADV_NORMAL` is the default.

# %%
def read(selection, advice):
    table = np.memmap(path, "int32", "r", shape=(side, side))
    table._mmap.madvise(advice)
    return int(table[selection].sum(dtype="int64"))

one_row = (side // 2, slice(None))
one_column = (slice(None), side // 2)
row = measure(read, one_row, mmap.MADV_RANDOM, cold=path, label="one row")
column = measure(read, one_column, mmap.MADV_RANDOM, cold=path, label="one column")
compare(row, column)

# %% [markdown]
# Both reads started [cold](../docs/glossary.md#cold). A [major fault](../docs/glossary.md#major-fault) is a touch of a page for which a read from the disk has to be started. Compare with theory:

# %% tags=["claim:B14", "hide-input"]
row_needs = needed_pages((side, side), 4, one_row)
column_needs = needed_pages((side, side), 4, one_column)
print(exactly("pages of the row", cold_pages(row), int(row_needs.sum()), "pages"))
print(exactly("pages of the column", cold_pages(column), int(column_needs.sum()), "pages"))
print(f"the column needs {column_needs.sum() // row_needs.sum():,} times as many pages")
print(reveal("pages that one row needs", int(row_needs.sum())))
reveal("pages that one column needs", int(column_needs.sum()))

# %%
for title, pages, wanted in (("one row", row_needs, one_row), ("one column", column_needs, one_column)):
    plotting.show(plotting.page_access_map(pages, (side, side), selection=wanted, title=title))

# %% [markdown]
# The arrow heads mark what was wanted. The column needs a page of its own for every value. The factor between the two is the number of values on a page, for a table of any size, as long as a row is at least a page long.
#
# **Your turn: the pages of one axis.** `length` items of `itemsize` bytes begin `stride` bytes apart, the first at byte `offset`. Return on how many pages they lie. An item may lie on two pages, and a stride may be negative.
#
# <details><summary>Hint</summary>
# <code>offset + np.arange(length) * stride</code> is the first byte of each item. The last one is <code>itemsize - 1</code> further. Divide both by the page size, and count the different numbers with <code>np.unique</code>.
# </details>

# %% turn="pages_along"
def pages_along(length, stride, itemsize, offset=0, page_size=4096):
    """Count the pages that the items of one axis lie on."""
    ### BEGIN SOLUTION
    first = offset + np.arange(length) * stride
    last = first + itemsize - 1
    return np.unique(np.concatenate([first, last]) // page_size).size
    ### END SOLUTION

# %%
practice.check(
    pages_along,
    ("a row of our table", lambda: pages_along(side, 4, 4), side * 4 // 4096, "Neighbours share a page: count different pages."),
    ("a column of our table", lambda: pages_along(side, side * 4, 4, offset=8), side, "Each value is a whole row further."),
    ("10 items of 12 bytes, pages of 32", lambda: pages_along(10, 12, 12, 0, 32), 4, "32 and 4096 are different: use page_size."),
    ("4 of 12 bytes, each on two pages of 32", lambda: pages_along(4, 96, 12, 24, 32), 8, "Look at the page of the last byte, too."),
    ("backwards", lambda: pages_along(3, -4096, 4, 8192), 3, "A negative stride goes down from the offset."),
)

# %% [markdown]
# ## 2. The same, with readahead
#
# Whoever touches a page will probably want its neighbours, so by default the kernel fetches those too. How much is a setting of the disk, which the machine card shows. For the column two forces pull in opposite directions: more bytes, but fewer reads to start.

# %%
# Put your number in place of None.
predict("bytes from disk for one column, with readahead", None, unit="bytes")

# %% tags=["claim:B14"]
row_ahead = measure(read, one_row, mmap.MADV_NORMAL, cold=path, label="one row, readahead")
row_seen = pagecache.residency(path)  # which pages are in memory now
column_ahead = measure(read, one_column, mmap.MADV_NORMAL, cold=path, label="one column, readahead")
column_seen = pagecache.residency(path)
compare(row, row_ahead, column, column_ahead)

# %% tags=["claim:B14", "hide-input"]
for alone, ahead in ((row, row_ahead), (column, column_ahead)):
    assert ahead.value == alone.value
    assert None in (cold_pages(alone), cold_pages(ahead)) or ahead.pages >= alone.pages
reveal("bytes from disk for one column, with readahead", column_ahead.read_bytes)

# %% [markdown]
# This is what the kernel brought into memory. (Pages that are still on their way count as read, and not yet as in memory.)

# %% tags=["hide-input"]
for title, seen, wanted in (("one row", row_seen, one_row), ("one column", column_seen, one_column)):
    if seen.pages is None:
        print(f"{title}: no picture, {seen.missing}")
    else:
        name = f"{title}, readahead: in memory"
        plotting.show(plotting.page_access_map(seen, (side, side), selection=wanted, title=name))

# %% tags=["hide-input"]
labels = ["row, random", "row, readahead", "column, random", "column, readahead"]
read_bytes = [m.read_bytes for m in (row, row_ahead, column, column_ahead)]
plotting.show(plotting.bars(labels, read_bytes, "bytes", log=True, title="Bytes from disk for the same number of values"))
faults = [column.majflt, column_ahead.majflt]
plotting.show(plotting.bars(labels[2:], faults, "major faults", log=True, title="Major faults"))

# %% [markdown]
# Without readahead the disk delivers fewer bytes, with it fewer and larger pieces. On many machines the read that moved more bytes was the faster one. (Few major faults do not mean as few waits: waiting for a page that is on its way counts as a *minor* fault.)
#
# So "random" is right for a few scattered places, and wrong when you read most of the file. (`MADV_WILLNEED` fetches a part in the background, `MADV_DONTNEED` lets go of one.) With readahead on, the factor between column and row hides behind a setting of the disk, and can change without any change in your code.

# %% [markdown]
# ## 3. The same line of code, cold and warm
#
# The line `table[:, k]` does not show what it costs. Run the very same read twice, without emptying the cache in between.

# %% tags=["claim:B15"]
cold = measure(read, one_column, mmap.MADV_RANDOM, cold=path, label="cold")
warm = measure(read, one_column, mmap.MADV_RANDOM, watch=path, label="warm, the same line again")
print(exactly("reads started, warm", warm.majflt, 0, "major faults"))
compare(cold, warm)

# %% [markdown]
# The cost depends on what the machine did before, on other programs, and on the disk's settings. When you must know what a read costs, you want reads that you can count, as in the next lesson.

# %% [markdown]
# ## 4. Three walls
#
# Speech, gestures and sensor recordings come as thousands of small arrays. Say 1000 recordings of 500 rows, and each row a picture of 30 points in 3 dimensions: shape `(500, 30, 3)`. It is tempting to open each as a memmap and keep them in a dict. Child processes show what stops that, so that only they fail.

# %%
count = small_arrays.how_many(1000)
folder = small_arrays.make(place / "arrays", count)
print(f"{count:,} files of {format_bytes((folder / '0000.npy').stat().st_size)} each")

# %% [markdown]
# **The first wall: descriptors.** A [file descriptor](../docs/glossary.md#file-descriptor) is the number by which a process knows an open file. A process may have only so many. The usual limit is 1024 or 256; the child gets 256.
#
# `np.load(path, mmap_mode="r")` keeps one descriptor for every map, until the last array that uses the map is gone. (A slice keeps it as well, and so does a notebook that shows the array: `Out` holds it.) How many maps will the child open before the system says no?

# %%
# Put your number in place of None.
predict("memmaps with a limit of 256 descriptors", None, unit="memmaps")

# %% tags=["claim:C2"]
file = str(folder / "0000.npy")
wall = child.run(limits.memmaps_until_error, file, 1000, limits={"nofile": 256}).value
print(wall)
assert wall.error == "EMFILE" and 200 < wall.opened < 256
reveal("memmaps with a limit of 256 descriptors", wall.opened)

# %% [markdown]
# [EMFILE](../docs/glossary.md#emfile) means "too many open files". A few descriptors were taken already, such as input and output.
#
# The usual advice is to raise the limit. The *soft* limit stops you. Up to the *hard* limit you may raise it yourself, without an administrator. The change ends with the process.

# %% tags=["claim:C6"]
raise_limit = """
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
value = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
"""
raised = child.run(raise_limit, limits={"nofile": 256})
print("the child started with 256 and gave itself", raised.value)
assert raised.value > 256

# %% [markdown]
# **The second wall: maps.** The kernel keeps a list of the memory maps of each process, and that list has a limit of its own, `vm.max_map_count`. The next child maps one page of one file over and over, without a descriptor for each.

# %% tags=["claim:C3"]
wall = child.run(limits.maps_until_error, file).value
print(wall)
assert not wall.error or (wall.error == "ENOMEM" and 0.9 * wall.limit < wall.opened < wall.limit)

# %% [markdown]
# The error is [ENOMEM](../docs/glossary.md#enomem), "cannot allocate memory", although there is plenty left: the list of maps is full. (Some systems have raised this limit to a million; then the cell says that it did not try.) So raising the limit of descriptors only moves the wall.
#
# **The third wall: memory.** The other tempting way is a dict of ordinary arrays. The next child has room for 64 MiB more than it starts with.

# %% tags=["claim:C4"]
wall = child.run(limits.load_until_error, file, 1000, 64 * MiB).value
print(wall)
if wall.error:
    assert wall.error == "MemoryError" and wall.opened * small_arrays.ARRAY_BYTES < 80 * MiB

# %% [markdown]
# With a limit on the process, NumPy raises `MemoryError`. In most containers nobody refuses: the kernel promises memory that it does not have, and when it runs out it kills a process. The notebook then says "kernel died".

# %% [markdown]
# ## 5. Four ways to keep a thousand arrays
#
# Two ways so far: a dict of memmaps and a dict of arrays. A third is to call `np.load` each time a row is wanted. The fourth has none of these walls: put all arrays into **one packed file**, one after the other, with an index of where each starts.
#
# ![Left: many small files, each with a descriptor and a map. Right: one packed file in which the arrays stand one after the other, and an index of offsets that says where each begins.](figures/03_packed_file.svg)
#
# One map serves them all. An array is a slice of it:

# %%
starts = np.load(folder / "starts.npy").tolist()
flat = np.memmap(folder / "packed.raw", "float32", "r")
flat._mmap.madvise(mmap.MADV_RANDOM)
values = np.asarray(flat)  # the same pages as an ordinary array: slices of it are made faster

def array(k):
    return values[starts[k]:starts[k] + 500 * 30 * 3].reshape(500, 30, 3)

assert np.array_equal(array(7), np.load(folder / "0007.npy")) and np.shares_memory(array(7), flat)
print("starts of the first arrays, in items:", starts[:4])

# %% [markdown]
# Neither `np.asarray` nor `reshape` copies anything: `array(k)` is a view of the map.
#
# An index can also stand *in* the file, in front of the arrays. Then the file is complete in itself. `np.ndarray(buffer=..., offset=...)` makes an array at any byte of a buffer, and `np.frombuffer` one from there on. Both copy nothing.

# %% tags=["claim:C5"]
lengths = np.array([3, 2], "<i8")  # the index: how many values each array has
packed_bytes = lengths.tobytes() + np.arange(5, dtype="<f4").tobytes()
head = np.frombuffer(packed_bytes, dtype="<i8", count=2)
second = np.ndarray((head[1],), "<f4", buffer=packed_bytes, offset=head.nbytes + 4 * int(head[0]))
print("index:", head, " second array:", second)
assert second.tolist() == [3, 4]

# %% [markdown]
# **Your turn: open a packed file.** A file begins with the number of its arrays and then the number of values of each, all as `<i8`. The arrays follow, one after the other, as `<f4`. At the very end stand the four bytes `DONE`: a writer that was stopped has not written them. Return array number `k` as a view of one map, or raise `ValueError` if the mark is missing.
#
# <details><summary>Hint</summary>
# Map the file as <code>np.uint8</code>. <code>whole[-4:].tobytes()</code> is the mark. The lengths are <code>np.frombuffer(whole, "&lt;i8", count, 8)</code>, where the last number is a byte. The arrays begin at byte 8 + 8 * count, and the one wanted 4 bytes later for each value before it.
# </details>

# %% turn="open_array"
def open_array(path, k):
    """Return array number `k` of a packed file, as a view of a map."""
    ### BEGIN SOLUTION
    whole = np.memmap(path, np.uint8, "r")
    if whole[-4:].tobytes() != b"DONE":
        raise ValueError(f"{path} is not complete")
    count = int(np.frombuffer(whole, "<i8", 1)[0])
    lengths = np.frombuffer(whole, "<i8", count, 8)
    start = 8 + 8 * count + 4 * int(lengths[:k].sum())
    return np.ndarray((lengths[k],), "<f4", buffer=whole, offset=start)
    ### END SOLUTION

# %%
tiny = np.array([3, 3, 2, 1], "<i8").tobytes() + np.arange(6, dtype="<f4").tobytes()
(place / "tiny.pack").write_bytes(tiny + b"DONE"), (place / "torn.pack").write_bytes(tiny[:-4])

def refused():
    try:
        open_array(place / "torn.pack", 0)
    except ValueError:
        return "ValueError"

practice.check(
    open_array,
    ("array 0", lambda: open_array(place / "tiny.pack", 0), np.array([0, 1, 2], "<f4"), "It begins behind the index: at byte 32."),
    ("array 1", lambda: open_array(place / "tiny.pack", 1), np.array([3, 4], "<f4"), "Three values of four bytes stand before it."),
    ("a view, no copy", lambda: open_array(place / "tiny.pack", 2).flags.owndata, False, "np.ndarray(buffer=, offset=) copies nothing."),
    ("a torn file", refused, "ValueError", "Look for the mark before you believe the index."),
)

# %% [markdown]
# Now the comparison. Each way runs in a process of its own. It opens all arrays, then reads one row from each of 100 different arrays, cold once and warm five times.

# %%
# Put your number in place of None.
predict("bytes from disk for 100 rows out of one packed file", None, unit="bytes")

# %%
flat._mmap.madvise(mmap.MADV_DONTNEED)  # pages that a map holds cannot be evicted
picks = small_arrays.accesses(count, 100)
costs = {}
for way in small_arrays.WAYS:
    run = child.run(small_arrays.measure_way, way, str(folder), count, picks)
    run.check()
    costs[way] = run.value

# %% tags=["claim:C1", "hide-input"]
heads = ("descriptors", "own memory", "to open", "100 rows", "warm access")
print(" " * 18 + "".join(f"{head:>13}" for head in heads))
for way, cost in costs.items():
    sizes = "".join(f"{format_bytes(n):>13}" for n in (cost.memory, cost.opening, cost.reading))
    print(f"{way:18}{cost.descriptors!s:>13}{sizes}{cost.seconds * 1e6:>10.1f} us")
assert len({cost.total for cost in costs.values()}) == 1  # all four read the same values

# %% [markdown]
# "To open" and "100 rows" are bytes from the disk, "own memory" is what the process alone holds, and "warm access" is the time for one row.

# %% tags=["hide-input"]
plotting.show(plotting.bars(list(costs), [c.reading for c in costs.values()], "bytes", log=True,
    title="Bytes from disk for 100 rows, cold"))
plotting.show(plotting.bars(list(costs), [c.memory for c in costs.values()], "bytes", log=True,
    title="Memory of its own"))

# %% [markdown]
# - **np.load each time** holds nothing, and reads a whole array for every row.
# - **dict of arrays** reads everything at the start and holds everything. After that an access costs next to nothing.
# - **dict of memmaps** holds little memory and a descriptor for each array. For one row, readahead fetches most of the small file.
# - **one packed file** holds one descriptor, and fetches the pages of the row and nothing else.
#
# The counts can be checked against theory:

# %% tags=["claim:C5", "claim:C2", "hide-input"]
packed, maps = costs["one packed file"], costs["dict of memmaps"]
by_theory = small_arrays.packed_pages(picks) * machine.card().page_size
print(exactly("bytes for 100 rows, packed", packed.reading, by_theory, "bytes"))
print(exactly("descriptors of the packed file", packed.descriptors, 1))
print(exactly("descriptors of the memmaps", maps.descriptors, count))
assert None in (packed.reading, maps.reading) or packed.reading < maps.reading
reveal("bytes from disk for 100 rows out of one packed file", packed.reading)

# %% [markdown]
# On a Raspberry Pi Zero 0.02 to 0.1 s were once measured for a fresh `np.load` of a larger array, 0.0005 s for a memmap, and 0.00013 s for an array in a dict.

# %% [markdown]
# ## 6. Rows at 50 Hz
#
# Now the arrays have to be played: one row every 20 ms, fifty a second, and the first one as soon as possible. The disk is moody. A read takes between 1 and 50 ms.

# %%
reads = row_stream.read_times(100)
print("the first reads take, in ms:", reads[:12])
print("on average:", sum(reads) / len(reads), "ms")

# %% [markdown]
# The average read takes longer than a row may take. The simplest player reads each row at the moment it is due. A row is late if it is there after it was due. We count on a [virtual clock](../docs/glossary.md#virtual-clock): nothing waits, the times are added up, and the result is the same on every machine.
#
# **Your turn: rows when they are due.** Row 0 is read first, and starts the clock when it is there: row n is due n periods later. A read begins when its row is due, or when the read before it has ended, whichever is later. `reads` has the time of each read. Return how many rows come late.
#
# <details><summary>Hint</summary>
# Keep <code>now</code>, the time when the last read ended; it begins as 0 when row 0 is there. For each other row: <code>now = max(now, due) + reads[n]</code>, and it is late if <code>now > due</code>. Every read takes time, so think what that means.
# </details>

# %% turn="late_rows"
def late_rows(reads, period):
    """Count the rows that are there after they were due, read one by one when they are due."""
    ### BEGIN SOLUTION
    now, late = 0, 0
    for n in range(1, len(reads)):
        due = n * period
        now = max(now, due) + reads[n]
        late += now > due
    return late
    ### END SOLUTION

# %%
practice.check(
    late_rows,
    ("four reads of 5 ms, a row every 20 ms", lambda: late_rows([5, 5, 5, 5], 20), 3,
     "A read that begins when its row is due is always too late, however fast. Row 0 cannot be late."),
    ("the 100 reads above", lambda: late_rows(reads, 20), row_stream.simulate(reads, 20, 0).late, "Count rows, not milliseconds."),
    ("reads from memory, which take 0 ms", lambda: late_rows([0] * 50, 20), 0, "In time is not late: > and not >=."),
)

# %% [markdown]
# The better player has a *prefetching* reader. One or two helpers, worker [threads](../docs/glossary.md#thread) in the same process, read rows before they are needed, up to eight ahead. The clock starts when these eight are there, so the price of a full buffer is a later first row.

# %%
# Put your number in place of None.
predict("late rows of 100, one worker reads ahead", None, unit="rows")

# %%
# Put your number in place of None.
predict("late rows of 100, two workers read ahead", None, unit="rows")

# %% tags=["claim:C5"]
alone = row_stream.simulate(reads, period=20, workers=0)
one = row_stream.simulate(reads, period=20, workers=1, ahead=8)
two = row_stream.simulate(reads, period=20, workers=2, ahead=8)
print("the first row is due after", alone.due[0], one.due[0], two.due[0], "ms")
for name, run in (("read when due", alone), ("one worker", one), ("two workers", two)):
    plotting.show(plotting.timeline(run.events, due=run.due_seconds, title=name))

# %% tags=["claim:C5", "hide-input"]
assert (alone.late, one.late, two.late) == (99, 64, 0)
print("late rows:", alone.late, "without prefetch,", one.late, "with one worker,", two.late, "with two")
print(reveal("late rows of 100, one worker reads ahead", one.late))
reveal("late rows of 100, two workers read ahead", two.late)

# %% [markdown]
# Each bar is the read of a row, each tick the moment it was due.
#
# - **Read when due:** every row but the first is late, and the delays add up.
# - **One worker:** a buffer of eight rows helps for a while. But the worker needs more than 20 ms a row on average, so the buffer drains. Reading ahead hides *uneven* reads. It cannot hide a reader that is too slow on average.
# - **Two workers:** two reads wait at the same time, so together they deliver a row in half the time.
#
# The first row comes soonest without a buffer. To have both, keep the first rows of all arrays in memory: eight rows of a thousand arrays are 2.9 MB.
#
# The generator that does this is short. `pool.submit` starts a read in a worker thread and returns at once; `.result()` waits for it.

# %%
def prefetched(read, rows, workers, ahead=8):
    with ThreadPoolExecutor(workers) as pool:
        queue = deque(pool.submit(read, n) for n in range(min(ahead, rows)))
        wait(queue)
        for n in range(rows):
            row = queue.popleft().result()
            if n + ahead < rows:
                queue.append(pool.submit(read, n + ahead))
            yield row


# %% [markdown]
# Now feel it. `slow_reader` really sleeps as long as the disk would take. A dot is a row in time, an L a late one. Beside the live rows stands the count of the virtual clock.

# %%
rows = np.concatenate([array(0), array(1)])
read_row = row_stream.slow_reader(rows, [ms / 1000 for ms in reads])
players = {
    "read when due": ((read_row(n) for n in range(50)), 0),
    "one worker": (prefetched(read_row, 50, workers=1), 1),
    "two workers": (prefetched(read_row, 50, workers=2), 2),
}
for name, (player, workers) in players.items():
    by_clock = row_stream.simulate(reads[:50], 20, workers, ahead=8).late
    print(f"{name:15}{by_clock:>3} late by the clock ", end="")
    row_stream.play(player, period=0.020)

# %% tags=["hide-input"]
asked = []
list(prefetched(asked.append, rows=3, workers=1))
assert asked == [0, 1, 2]  # never beyond the last row

# %% [markdown]
# ## 7. Three ways to die
#
# With memory maps, three accidents kill the process: the kernel sends it a *signal* that ends it at once, and Python cannot catch that. We try them in children that die alone.
#
# **First:** somebody shortens a file that you have mapped. The map still has its old length, but behind it there is nothing.

# %% tags=["claim:B16"]
truncated = """
import os, tempfile
import numpy as np
with tempfile.TemporaryFile() as file:
    file.write(bytes(1_000_000)); file.flush()
    array = np.memmap(file, mode="r")
    os.truncate(file.fileno(), 0)
    value = int(array[500_000])
"""
death = child.run(truncated)
print(death)
assert death.signal_name == "SIGBUS"

# %% [markdown]
# [SIGBUS](../docs/glossary.md#sigbus) is the kernel's answer when a page is mapped but cannot be brought: the file ends before it. Another program that rewrites your data file in place is enough. The remedy: write a new file beside the old one and rename it.
#
# **Second:** you close the map, and the array that looks through it is still alive.

# %% tags=["claim:B16"]
closed = """
import tempfile
import numpy as np
with tempfile.TemporaryFile() as file:
    file.write(bytes(1_000_000)); file.flush()
    array = np.memmap(file, mode="r")
    array._mmap.close()
    value = int(array[500_000])
"""
death = child.run(closed)
print(death)
assert death.signal_name == "SIGSEGV"

# %% [markdown]
# [SIGSEGV](../docs/glossary.md#sigsegv) means that the address belongs to nothing any more. Use `_mmap` for advice, and leave closing to Python: a map ends with the last array that uses it. (Jupyter's `Out` may hold one.)
#
# **Third:** the disk is full. `mode="w+"` makes a sparse file (lesson 02), and room is found when a page is first written to. The next child makes a map of 8 MiB on a file system of 1 MiB.

# %% tags=["claim:B16"]
filled = child.run(small_shm.fill_map, False)
asked = child.run(small_shm.fill_map, True)
print("make the map, fill it:         ", filled.stdout.strip(), "-", filled.value or filled)
print("make the map, reserve, fill it:", asked.stdout.strip(), "-", asked.value)
possible = not str(asked.value).startswith("not shown here")
assert not possible or (filled.signal_name, asked.value) == ("SIGBUS", "ENOSPC")

# %% [markdown]
# Making the map succeeds. The store that needs a page for which there is no room is SIGBUS again. With `os.posix_fallocate` before it, the same full disk is an error that a program can catch: ENOSPC, "no space left". (Where it says "not shown here", the machine does not let a process have a file system of its own.)

# %% [markdown]
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1.** A file holds a C-ordered float64 table of 10,000 rows and 4,096 columns. Pages have 4096 bytes. On how many pages does one column lie, and how many times more is that than one row?
#
# <details><summary>Answer</summary>
# A row has 4,096 x 8 = 32,768 bytes, which is 8 pages. A column has a value in each row, each 32,768 bytes from the next, so each lies on another page: 10,000 pages. That is 1,250 times more than a row, for 2.4 times as many values: 512 times more for each value, as many as a page holds.
# </details>
#
# **2.** You read one value from each of 50 places in a file of many GiB. Which advice do you give the kernel, and why would the other advice be bad?
#
# <details><summary>Answer</summary>
# "Random": each place costs one page. With readahead the kernel would fetch a window around each place, most of which nobody needs. If you were to read the file from front to back, it would be the other way round: then readahead saves trips to the disk.
# </details>
#
# **3.** A colleague's program opens 5,000 memmaps and dies with "too many open files". He asks the administrator to raise the limit. What do you tell him?
#
# <details><summary>Answer</summary>
# First, that he may raise the soft limit himself with <code>resource.setrlimit</code>, up to the hard limit. Second, that with more arrays the next wall is the number of maps, and it answers with "cannot allocate memory". Third, that one packed file with an index needs one descriptor and one map for any number of arrays.
# </details>
#
# **4.** Reads take 15 ms on average, and now and then 60 ms. A row is due every 20 ms. Does one worker that reads ahead suffice? And if reads take 30 ms on average?
#
# <details><summary>Answer</summary>
# With 15 ms on average, yes: the worker is faster than the player, so the buffer refills, and a buffer of a few rows covers the slow reads. With 30 ms on average, no buffer is large enough for a long film: it drains by 10 ms with each row. Two workers halve the average to 15 ms, if the disk can serve two reads at a time.
# </details>

# %% [markdown]
# ## Recap
#
# - What counts is the number of pages on which the wanted values lie. In a C-ordered file, a column lies on one page per row, or on every page where a row is shorter than a page.
# - Readahead trades bytes for trips to the disk. `madvise` chooses. Neither shows in the line of code that reads.
# - Many maps end at EMFILE (descriptors), then at ENOMEM (maps); many loaded arrays end at the memory.
# - One packed file with an index has none of these walls, and reads only what is needed.
# - A prefetching reader hides uneven reads. Its workers must be fast enough on average.
# - Truncating a mapped file and a full disk are SIGBUS, closing a map under an array is SIGSEGV. No `except` catches them.
#
# **Now you:** [exercise 03](../exercises/03_where_memmap_breaks/03_where_memmap_breaks.ipynb). Then go on with [lesson 04: chunks with Zarr](04_zarr_chunks.ipynb).
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %% [markdown]
# ## Further reading
#
# The manual pages madvise(2), mmap(2), getrlimit(2) and signal(7); "Sysctl vm.max_map_count" in the Linux kernel's documentation of virtual memory; `numpy.memmap` in NumPy's reference; `concurrent.futures` in Python's library reference.

# %%
flat = values = rows = None  # the map ends with the last one that uses it
print(data.clear("03"))
