# %% [markdown]
# # Find where memory maps break
#
# **Do:** read a row and a column of the same file, run into three limits of the system on purpose, keep a thousand small arrays in four ways, deliver rows fifty times a second from a slow disk, and crash three processes.
#
# **Learn**
# - why the direction of reading decides the cost;
# - what readahead gives and takes;
# - which limits end a collection of memory maps;
# - why one packed file with an index beats a thousand files;
# - how a reader that works ahead hides a slow disk;
# - which three accidents kill a process that uses a memory map.
#
# **Need:** lessons [00](00_measuring.ipynb) to [02](02_memory_mapping.ipynb). You know what a [page](../docs/glossary.md#page), the [page cache](../docs/glossary.md#page-cache) and a [memmap](../docs/glossary.md#memmap) are.

# %%
from course_lib import machine

machine.card()

# %% [markdown]
# ## 1. A row and a column
#
# A memory map brings a file into memory page by page. Nothing smaller than a page moves. So the question is never "how many values do I want?" but "on how many pages do they lie?".
#
# We make a table of whole numbers, int32, four bytes each, and store it in [C order](../docs/glossary.md#c-order): row after row. Each value is its own position in the file.

# %%
from math import isqrt
from course_lib import data
from course_lib.units import MiB, format_bytes

place = data.workspace("03")
side = 1024 * isqrt(machine.scale(256 * MiB) // (4 * MiB))
path = data.matrix(place / "table.raw", (side, side), "int32")
print(f"{side:,} rows of {side:,} values, {format_bytes(path.stat().st_size)}")
print(f"a page holds {machine.card().page_size // 4:,} values")

# %% [markdown]
# ![A table stored row by row. The values of a row are neighbours and fill a few pages. The values of a column are a whole row apart, so each lies on another page.](figures/03_rows_and_columns.svg)
#
# One row and one column of this table hold the same number of values, so the same number of bytes. How many pages does each need? Write your numbers down before you run the experiment. Dividing the figures printed above is allowed.

# %%
from course_lib.predict import my_predictions, predict, reveal

# Put your number in place of None.
predict("pages that one row needs", None, unit="pages")

# %%
# Put your number in place of None.
predict("pages that one column needs", None, unit="pages")

# %% [markdown]
# The kernel likes to fetch more than it was asked for. That is [readahead](../docs/glossary.md#readahead), and we come to it soon. To see what the table itself needs, we switch it off: the system call [madvise](../docs/glossary.md#madvise) tells the kernel how a map will be read, and the advice "random" means "fetch only the page I touch". `advise` below is one line, the one of lesson 02: `array._mmap.madvise(mmap.MADV_RANDOM)`.

# %%
import numpy as np
from course_lib.experiments.maps import advise

def read(selection, pattern):
    table = np.memmap(path, "int32", "r", shape=(side, side))
    advise(table, pattern)
    return int(table[selection].sum(dtype="int64"))

print("bytes to the next value, down and across:", np.memmap(path, "int32", "r", shape=(side, side)).strides)
one_row = (side // 2, slice(None))
one_column = (slice(None), side // 2)

# %%
from course_lib.measure import compare, exactly, measure

row = measure(read, one_row, "random", cold=path, label="one row")
column = measure(read, one_column, "random", cold=path, label="one column")
compare(row, column)

# %% [markdown]
# Both reads started [cold](../docs/glossary.md#cold): the file was dropped from the page cache first. A [major fault](../docs/glossary.md#major-fault) is a touch of a page for which a read from the disk has to be started.
#
# The two numbers printed above are the [strides](../docs/glossary.md#stride): how many bytes lie between a value and the next one along each axis. They decide the rest. The value in row r and column c begins at byte `r * strides[0] + c * strides[1]`, and its page is that byte divided by the page size. (A value that crosses the border of a page lies on two.) With `order="F"` the strides change places, and rows and columns do, too.
#
# Now compare with what theory says. `needed_pages` marks the pages on which the selected values lie; it computes, it reads nothing.

# %% tags=["claim:B14"]
from course_lib.experiments.table_reads import cold_pages, needed_pages

row_needs = needed_pages((side, side), 4, one_row)
column_needs = needed_pages((side, side), 4, one_column)
print(exactly("pages of the row", cold_pages(row), int(row_needs.sum()), "pages"))
print(exactly("pages of the column", cold_pages(column), int(column_needs.sum()), "pages"))
print(f"the column needs {column_needs.sum() // row_needs.sum():,} times as many pages")

# %%
reveal("pages that one row needs", int(row_needs.sum()))

# %%
reveal("pages that one column needs", int(column_needs.sum()))

# %%
from course_lib import plotting

for title, pages, wanted in (("one row", row_needs, one_row), ("one column", column_needs, one_column)):
    plotting.show(plotting.page_access_map(pages, (side, side), selection=wanted, title=title))

# %% [markdown]
# The arrow heads mark what was wanted. In the first picture the marked line is thin: a few pages, all of them full of wanted values. In the second picture a band goes through the whole file. Each of its pages came for a single value.
#
# A value of the row costs a share of a page, a value of the column a page of its own. The factor between the two is the number of values on a page, for a table of any size, as long as a row is at least a page long.

# %% [markdown]
# ## 2. The same, with readahead
#
# That was the table's own need. By default the kernel adds readahead: whoever touches a page will probably want its neighbours, so it fetches those too. How much depends on the disk's setting, which the machine card shows. Linux ships with 128 KiB; cloud machines often have more.
#
# What does it do to the column? Two forces pull in opposite directions: more bytes, but fewer reads to start.

# %%
# Put your number in place of None.
predict("bytes from disk for one column, with readahead", None, unit="bytes")

# %% tags=["claim:B14"]
from course_lib import pagecache

row_ahead = measure(read, one_row, "normal", cold=path, label="one row, readahead")
row_seen = pagecache.residency(path)  # which pages are in memory now
column_ahead = measure(read, one_column, "normal", cold=path, label="one column, readahead")
column_seen = pagecache.residency(path)
for alone, ahead in ((row, row_ahead), (column, column_ahead)):
    assert ahead.value == alone.value
    assert None in (cold_pages(alone), cold_pages(ahead)) or ahead.pages >= alone.pages
compare(row, row_ahead, column, column_ahead)

# %%
reveal("bytes from disk for one column, with readahead", column_ahead.read_bytes)

# %% [markdown]
# The same two pictures again. This time they show what the kernel really brought into memory. What was read ahead may still be on its way when we look. So pages in memory and bytes from disk need not agree: what is still on its way counts as read, and not yet as in memory.

# %%
for title, seen, wanted in (("one row", row_seen, one_row), ("one column", column_seen, one_column)):
    if seen.pages is None:
        print(f"{title}: no picture, {seen.missing}")
    else:
        name = f"{title}, readahead: in memory"
        plotting.show(plotting.page_access_map(seen, (side, side), selection=wanted, title=name))

# %%
plotting.show(plotting.bars(
    ["row, random", "row, readahead", "column, random", "column, readahead"],
    [m.read_bytes for m in (row, row_ahead, column, column_ahead)],
    "bytes", log=True, title="Bytes from disk for the same number of values"))

# %%
plotting.show(plotting.bars(
    ["column, random", "column, readahead"], [column.majflt, column_ahead.majflt],
    "major faults", log=True, title="Major faults"))

# %% [markdown]
# There are two stories here, and both are true.
#
# - **Fewer bytes.** Without readahead the disk delivers only the pages that are needed.
# - **Fewer trips.** With readahead the disk delivers more, in larger pieces. The process starts fewer reads, and each costs a trip to the disk. Look at the times in the table: on many machines the read that moved more bytes was the faster one.
#
# Few major faults do not mean as few waits. A page that readahead has asked for may still be on its way when the process touches it. The process waits for it, and the kernel counts that as a *minor* fault.
#
# So "random" is the right advice when you want a few scattered places, and the wrong one when you sooner or later read most of the file. And the factor between column and row, which theory gives exactly, is hidden behind a setting of the disk as soon as readahead is on. If you move the program to another machine, it can change without any change in your code.

# %% [markdown]
# ## 3. The same line of code, cold and warm
#
# Transparent reading has a price: the line `table[:, k]` does not show what it costs. Run the very same read twice, without emptying the cache in between.

# %% tags=["claim:B15"]
cold = measure(read, one_column, "random", cold=path, label="cold")
warm = measure(read, one_column, "random", watch=path, label="warm, the same line again")
print(exactly("reads started, warm", warm.majflt, 0, "major faults"))
compare(cold, warm)

# %% [markdown]
# Nothing in the code tells the two apart. The cost depends on what the machine did before, on other programs that want memory, and on the disk's settings. When you must know what a read costs, you want reads that you can see and count. The next lesson is about a format that gives you those.

# %% [markdown]
# ## 4. Three walls
#
# Now a different way to break memory maps: use many. Speech, gestures, sensor recordings and game replays come as thousands of small arrays. Say 1000 recordings of 500 rows, and each row a picture of 30 points in 3 dimensions: shape `(500, 30, 3)`.
#
# It is tempting to open each as a memmap and keep them in a dict. Let us see what stops that. We let child processes do it, so that only they fail.

# %%
from course_lib.experiments import small_arrays

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
from course_lib import child
from course_lib.experiments import limits

file = str(folder / "0000.npy")
wall = child.run(limits.memmaps_until_error, file, 1000, limits={"nofile": 256}).value
print(wall)
assert wall.error == "EMFILE" and 200 < wall.opened < 256

# %%
reveal("memmaps with a limit of 256 descriptors", wall.opened)

# %% [markdown]
# [EMFILE](../docs/glossary.md#emfile) is the system's name for "too many open files". The few descriptors that are missing to 256 were taken already: input, output, error output and what Python itself holds open.
#
# The usual advice is to raise the limit. There are two limits: the *soft* limit, which stops you, and the *hard* limit, up to which you may raise the soft one yourself, without asking an administrator.

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
# The advice to edit `/etc/security/limits.conf` raises the hard limit, and needs an administrator. `resource.setrlimit` needs nobody. The change ends with the process.
#
# **The second wall: maps.** Suppose you had all the descriptors in the world. The kernel keeps a list of the memory maps of each process, and that list has a limit of its own, `vm.max_map_count`. The next child maps one page of one file over and over, without a descriptor for each.

# %% tags=["claim:C3"]
wall = child.run(limits.maps_until_error, file).value
print(wall)
assert not wall.error or (wall.error == "ENOMEM" and 0.9 * wall.limit < wall.opened < wall.limit)

# %% [markdown]
# The error is [ENOMEM](../docs/glossary.md#enomem), "cannot allocate memory", although there is plenty of memory left. It is the list of maps that is full. Some systems have raised this limit to a million; then the cell says that it did not try. So raising the limit of descriptors moves the wall. It does not remove it.
#
# **The third wall: memory.** The other tempting way is to load everything: a dict of ordinary arrays. The next child has room for 64 MiB more than it starts with.

# %% tags=["claim:C4"]
wall = child.run(limits.load_until_error, file, 1000, 64 * MiB).value
print(wall)
if wall.error:
    assert wall.error == "MemoryError" and wall.opened * small_arrays.ARRAY_BYTES < 80 * MiB

# %% [markdown]
# With a limit on the process, NumPy gets a refusal and raises `MemoryError`, and you can read it. On most machines and in most containers there is no such polite refusal: the kernel promises memory that it does not have, and when it runs out it kills a process. The notebook then says "kernel died", without a reason.

# %% [markdown]
# ## 5. Four ways to keep a thousand arrays
#
# Two ways so far: a dict of memmaps and a dict of arrays. A third is to call `np.load` each time a row is wanted. The fourth has none of these walls. Put all arrays into **one packed file**, one after the other, and write down where each starts. That list of starts is the index.
#
# ![Left: many small files, each with a descriptor and a map. Right: one packed file in which the arrays stand one after the other, and an index of offsets that says where each begins.](figures/03_packed_file.svg)
#
# One map serves them all. An array is a slice of it:

# %%
starts = np.load(folder / "starts.npy").tolist()
flat = advise(np.memmap(folder / "packed.raw", "float32", "r"), "random")

values = np.asarray(flat)  # the same pages as an ordinary array: slices of it are made faster

def array(k):
    return values[starts[k]:starts[k] + 500 * 30 * 3].reshape(500, 30, 3)

assert np.array_equal(array(7), np.load(folder / "0007.npy")) and np.shares_memory(array(7), flat)
print("starts of the first arrays, in items:", starts[:4])

# %% [markdown]
# The arrays here all have the same length, so the starts could be computed. An index also serves arrays of different lengths, which is what real recordings are.
#
# `reshape` copies nothing: the array that comes back is a view of the map. Nor does `np.asarray`: it takes off NumPy's class `memmap`, which does work of its own at every slice.
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
#
# Now the comparison. Each way runs in a process of its own. It opens all arrays, then reads one row from each of 100 different arrays: cold once, then warm five times. The page cache is emptied between opening and the cold read, so that both costs can be seen.

# %%
# Put your number in place of None.
predict("bytes from disk for 100 rows out of 1000 memmaps", None, unit="bytes")

# %%
# Put your number in place of None.
predict("bytes from disk for 100 rows out of one packed file", None, unit="bytes")

# %%
advise(flat, "dontneed")  # pages that a map holds cannot be evicted
picks = small_arrays.accesses(count, 100)
costs = {}
for way in small_arrays.WAYS:
    run = child.run(small_arrays.measure_way, way, str(folder), count, picks)
    run.check()
    costs[way] = run.value

# %% tags=["claim:C1"]
heads = ("descriptors", "own memory", "to open", "100 rows", "warm access")
print(" " * 18 + "".join(f"{head:>13}" for head in heads))
for way, cost in costs.items():
    sizes = "".join(f"{format_bytes(n):>13}" for n in (cost.memory, cost.opening, cost.reading))
    print(f"{way:18}{cost.descriptors!s:>13}{sizes}{cost.seconds * 1e6:>10.1f} us")
assert len({cost.total for cost in costs.values()}) == 1  # all four read the same values

# %% [markdown]
# "To open" and "100 rows" are bytes from the disk, "own memory" is what the process alone holds, and "warm access" is the time for one row.

# %%
plotting.show(plotting.bars(list(costs), [c.reading for c in costs.values()], "bytes", log=True,
    title="Bytes from disk for 100 rows, cold"))
plotting.show(plotting.bars(list(costs), [c.memory for c in costs.values()], "bytes", log=True,
    title="Memory of its own"))

# %% [markdown]
# - **np.load each time** holds nothing, and reads a whole array for every row. Its warm access is the slowest: it opens, parses and copies a file each time, even when every byte is in the page cache.
# - **dict of arrays** reads everything at the start and holds everything. After that an access costs next to nothing.
# - **dict of memmaps** holds little memory and a descriptor for each array. Opening it reads the beginning of every file, where the header is. For one row, readahead fetches most of the small file, or all of it.
# - **one packed file** holds one descriptor. With the advice "random" it fetches the pages of the row and nothing else. An access makes one slice of an ordinary array.
#
# The counts can be checked against theory:

# %% tags=["claim:C5", "claim:C2"]
packed, maps = costs["one packed file"], costs["dict of memmaps"]
by_theory = small_arrays.packed_pages(picks) * machine.card().page_size
print(exactly("bytes for 100 rows, packed", packed.reading, by_theory, "bytes"))
print(exactly("descriptors of the packed file", packed.descriptors, 1))
print(exactly("descriptors of the memmaps", maps.descriptors, count))
assert None in (packed.reading, maps.reading) or packed.reading < maps.reading

# %%
reveal("bytes from disk for 100 rows out of 1000 memmaps", maps.reading)

# %%
reveal("bytes from disk for 100 rows out of one packed file", packed.reading)

# %% [markdown]
# A note on old figures. On a Raspberry Pi Zero, a very small computer, 0.02 to 0.1 s were once measured for a fresh `np.load` of a larger array, 0.0005 s for a memmap, and 0.00013 s for an array in a dict. Your times are different, and the order is the same: the fresh load is the slowest and the array in memory the fastest.

# %% [markdown]
# ## 6. Rows at 50 Hz
#
# Now the arrays have to be played: one row every 20 ms, fifty a second, and the first one as soon as possible. The disk is moody. A read takes between 1 and 50 ms.

# %%
from course_lib.experiments import row_stream

reads = row_stream.read_times(100)
print("the first reads take, in ms:", reads[:12])
print("on average:", sum(reads) / len(reads), "ms")

# %% [markdown]
# The average read takes longer than a row may take. The simplest player reads each row at the moment it is due. A row is late if it is there after it was due. How many of the 100 rows come late?
#
# We count on a [virtual clock](../docs/glossary.md#virtual-clock): nothing waits, the times are added up, and the result is the same on every machine.

# %%
# Put your number in place of None.
predict("late rows of 100, read when they are due", None, unit="rows")

# %% [markdown]
# The better player has a *prefetching* reader. One or two helpers, called worker [threads](../docs/glossary.md#thread), run beside the player in the same process and read rows before they are needed, up to eight ahead. The clock starts when these eight are there, so the price of a full buffer is a later first row.

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
print("late rows:", alone.late, "without prefetch,", one.late, "with one worker,", two.late, "with two")
print("the first row is due after", alone.due[0], one.due[0], two.due[0], "ms")
assert (alone.late, one.late, two.late) == (99, 64, 0)

# %%
for name, run in (("read when due", alone), ("one worker", one), ("two workers", two)):
    plotting.show(plotting.timeline(run.events, due=run.due_seconds, title=name))

# %%
print(reveal("late rows of 100, read when they are due", alone.late))
print(reveal("late rows of 100, one worker reads ahead", one.late))
print(reveal("late rows of 100, two workers read ahead", two.late))

# %% [markdown]
# Read the pictures from top to bottom: each bar is the read of a row, each tick the moment it was due.
#
# - **Read when due:** the first row starts the clock, and every other row is late. Each begins to be read when it is already due, and the delays add up.
# - **One worker:** a buffer of eight rows helps for a while. But the worker needs more than 20 ms a row on average, so the buffer drains, and from then on rows are late. Reading ahead hides *uneven* reads. It cannot hide a reader that is too slow on average.
# - **Two workers:** two reads wait at the same time, so together they deliver a row in half the time. Now the buffer fills faster than it drains.
#
# The first row comes soonest without a buffer. To have both, keep the first rows of all arrays in memory: eight rows of a thousand arrays are 2.9 MB.
#
# The generator that does this is short. `pool.submit` starts a read in a worker thread and returns at once; `.result()` waits for it.

# %%
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait

def prefetched(read, rows, workers, ahead=8):
    with ThreadPoolExecutor(workers) as pool:
        queue = deque(pool.submit(read, n) for n in range(min(ahead, rows)))
        wait(queue)
        for n in range(rows):
            row = queue.popleft().result()
            if n + ahead < rows:
                queue.append(pool.submit(read, n + ahead))
            yield row

asked = []
list(prefetched(asked.append, rows=3, workers=1))
assert asked == [0, 1, 2]  # never beyond the last row

# %% [markdown]
# Now feel it. `slow_reader` reads rows of the packed file and really sleeps as long as the moody disk would take. Fifty rows are one second of film. A dot is a row in time, an L a late one.

# %%
rows = np.concatenate([array(0), array(1)])
read_row = row_stream.slow_reader(rows, [ms / 1000 for ms in reads])
players = {
    "read when due": (read_row(n) for n in range(50)),
    "one worker": prefetched(read_row, 50, workers=1),
    "two workers": prefetched(read_row, 50, workers=2),
}
for name, player in players.items():
    print(f"{name:15}", end="")
    row_stream.play(player, period=0.020)

# %% [markdown]
# The live counts depend on how busy the machine is, so this lesson does not hold them to a number. The virtual clock is the place for exact figures, the live run for the feeling.

# %% [markdown]
# ## 7. Three ways to die
#
# With ordinary files, a mistake gives a Python error. With memory maps, three accidents kill the process: the kernel sends it a *signal*, a message that ends it at once, and Python cannot catch that. We try them in children that die alone.
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
# [SIGBUS](../docs/glossary.md#sigbus) is the kernel's answer when a page is mapped but cannot be brought: the file ends before it. Another program that rewrites your data file in place is enough. The remedy: write a new file beside the old one and rename it. Whoever has the old one mapped keeps the old one.
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
# [SIGSEGV](../docs/glossary.md#sigsegv) means that the address belongs to nothing any more. `_mmap` begins with an underscore for a reason: use it for advice, and leave closing to Python. A map ends by itself when the last array that uses it is gone.
#
# **Third:** the disk is full. `mode="w+"` makes a sparse file (lesson 02), and room is found when a page is first written to. The next child gets a file system of 1 MiB and makes a map of 8 MiB there.

# %% tags=["claim:B16"]
from course_lib.experiments import small_shm

filled = child.run(small_shm.fill_map, False)
asked = child.run(small_shm.fill_map, True)
print("make the map, fill it:         ", filled.stdout.strip(), "-", filled.value or filled)
print("make the map, reserve, fill it:", asked.stdout.strip(), "-", asked.value)
possible = not str(asked.value).startswith("not shown here")
assert not possible or (filled.signal_name, asked.value) == ("SIGBUS", "ENOSPC")

# %% [markdown]
# Making the map succeeds. The store that needs a page for which there is no room is SIGBUS again. With `os.posix_fallocate` before it, the same full disk is an error that a program can catch: ENOSPC, "no space left". (Where it says "not shown here", the machine does not let a process have a file system of its own. The rule is the same.)

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

# %% [markdown]
# ## Further reading
#
# The manual pages madvise(2), mmap(2), getrlimit(2) and signal(7); "Sysctl vm.max_map_count" in the Linux kernel's documentation of virtual memory; `numpy.memmap` in NumPy's reference; `concurrent.futures` in Python's library reference.

# %%
flat = values = rows = None  # the map ends with the last one that uses it
print(data.clear("03"))
