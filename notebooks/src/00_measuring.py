# %% [markdown]
# # Measure before you guess
#
# **Do:** read a file, fill some memory, and look at both with several instruments.
#
# **Learn**
# - why this course counts bytes and [pages](../docs/glossary.md#page) and does not trust seconds;
# - what the memory of a [process](../docs/glossary.md#process) is, a running program, and what
#   [RSS](../docs/glossary.md#rss), [PSS](../docs/glossary.md#pss) and
#   [USS](../docs/glossary.md#uss) count;
# - what each instrument misses, and which figures are the same in every run.
#
# **Need:** Python and some NumPy. No knowledge of operating systems.
#
# Every experiment of the course goes the same way. You predict a number, run the cell, see your
# number beside the measured one, and read why. A wrong prediction is worth more than no
# prediction. You can always go on without one.
#
# Three times you write some lines yourself. The cell below yours checks them, and tells you what it
# expected. Where you get stuck, a hint and an answer are folded below.

# %%
import tracemalloc

import numpy as np

from course_lib import child, data, machine, measure, memory, pagecache, plotting, practice
from course_lib.experiments import holders, measuring, reading
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import MiB, format_bytes

machine.card()

# %% [markdown]
# The card describes the machine that this notebook runs on. Each lesson opens with it, because
# the size of the data follows from it. Its second table lists the instruments. Their names are
# mostly Linux's own, and you need not know them yet. Some machines do not have all of them: a
# [container](../docs/glossary.md#container) may forbid one, and macOS has few.
#
# An instrument counts as working only if it has just seen what a small test did. Where one is
# missing, the lesson says so, gives the number that theory predicts, and goes on. You will never
# see a 0 that means "unknown".
#
# ## 1. The same read, five times
#
# ![The same cold read in three runs: the time is another one each time, the count of pages is the
# same.](figures/00_time_and_counts.svg)
#
# We make a file of random bytes. To read it from the disk each time, the measuring function drops
# it from memory first. Lesson 01 explains where it drops it from. Such a read is called
# [cold](../docs/glossary.md#cold).
#
# Sizes are given in KiB, MiB and GiB: 1 MiB is 1024 KiB, and 1 KiB is 1024 bytes. Where the unit
# of a prediction is bytes, you may write it as a product, such as `4 * MiB`.

# %%
folder = data.workspace("00")
path = data.random_bytes(folder / "random.bin", 16 * MiB)
size = path.stat().st_size
# Put your number in place of None.
predict("bytes from the disk for one cold read", None, unit="bytes")

# %%
runs = [
    measure.measure(reading.read_blocks, path, cold=path, repeats=2, label=f"run {n}")
    for n in range(1, 6)
]
measure.compare(*runs)

# %%
times = [run.best for run in runs]
plotting.bars([run.label for run in runs], times, "s", title="Time of a cold read")

# %% [markdown]
# Look down the columns "time" and "from disk"; the others come later. (Each run reads twice, and
# "time" is the shorter of the two.) The times differ, by little on a quiet machine and by much on a
# busy one, although the work is the same. The disk, the other programs and the machine below this
# one all have a part in it. The bytes from the disk do not differ. (If you see a few pages more in
# one run, the notebook has read a file of its own meanwhile. Section 6 measures in fresh processes,
# which do nothing else.)
#
# The next cell compares each count with theory. Such cells are folded: what they print is for you,
# and their lines are there if you want to look.

# %% tags=["hide-input"]
for run in runs:
    seen = None if run.notes else run.read_bytes
    print(measure.exactly(f"{run.label}, from the disk", seen, size, "bytes", slack=MiB))
reveal("bytes from the disk for one cold read", seen)

# %% [markdown]
# That is why the course predicts, compares and grades counts. A count can be derived with pencil
# and paper, it is the same on a busy machine, and a test can hold it. Time is what you feel in the
# end, so we look at it too. But we look at it, and never build on it.
#
# ## 2. Bytes that one counter cannot see
#
# Linux keeps two counters of reading for each process. `rchar` adds up what went through `read()`,
# the [system call](../docs/glossary.md#system-call) by which a program asks for bytes of a file.
# `read_bytes` adds up what was fetched from the disk. A program can also
# read a file with no call of `read()` at all, through a memory map: addresses that stand for the
# bytes of the file (lesson 02). How many bytes does `rchar` count then?

# %%
# Put your number in place of None.
predict("bytes through read() when a map is used", None, unit="bytes")

# %%
by_read = measure.measure(reading.read_blocks, path, cold=path, repeats=2, label="read()")
by_map = measure.measure(reading.touch_map, path, cold=path, repeats=2, label="memory map")
measure.compare(by_read, by_map)

# %% tags=["hide-input"]
if by_map.rchar is not None:
    assert by_read.rchar >= size and by_map.rchar < size // 100
seen = None if by_map.notes else by_map.read_bytes
print(measure.exactly("from the disk, by map", seen, size, "bytes", slack=MiB))
reveal("bytes through read() when a map is used", by_map.rchar)

# %% [markdown]
# The map fetched every byte from the disk, and `rchar` saw next to nothing. The few bytes that it
# did see are the measuring itself: the counters stand in a file, and looking at them is a read.
# No instrument is wrong here. Each answers its own question. So before you use one, ask what it
# cannot see.
#
# Linux shows the counters of this process as a text, in a file that no disk has.

# %%
try:
    with open("/proc/self/io") as file:
        print(file.read())
except OSError as error:
    print("cannot be measured here:", error)

# %% [markdown]
# **Your turn: read a counter.** Write the function that finds one counter in such a text. A counter
# that the text does not have is `None`, and not 0.
#
# <details><summary>Hint</summary>
# Go over <code>text.splitlines()</code>. <code>line.split(": ")</code> gives the name and the digits,
# and <code>int</code> makes a number of them.
# </details>

# %% turn="counter"
def counter(text, name):
    """Return the value of one counter, or None if the text does not have it."""
    ### BEGIN SOLUTION
    for line in text.splitlines():
        found, digits = line.split(": ")
        if found == name:
            return int(digits)
    ### END SOLUTION

# %%
text = "rchar: 8292\nwchar: 12\nread_bytes: 4096\ncancelled_write_bytes: 0"
practice.check(
    counter,
    ("rchar", lambda: counter(text, "rchar"), 8292, "The name ends before the colon."),
    ("read_bytes", lambda: counter(text, "read_bytes"), 4096, "Compare the whole name."),
    ("a 0 is a count", lambda: counter(text, "cancelled_write_bytes"), 0, "0 was counted."),
    ("no such counter", lambda: repr(counter(text, "syscr")), "None", "Unknown is None, not 0."),
)

# %% [markdown]
# ## 3. Memory that was asked for, and memory that is there
#
# A process has addresses, and some of them have memory behind them. Asking for an array gives
# addresses. The [kernel](../docs/glossary.md#kernel), the core of the operating system, puts memory behind an address when it
# is first used. It does so in pages, of 4096 bytes on most machines. (For arrays from 4 MiB on, NumPy
# asks for huge pages. Where Linux gives them, one touch of such an array brings 2 MiB.) The pages that are there are
# called [resident](../docs/glossary.md#resident), and RSS, the resident set size, counts them.
#
# Python has an instrument of its own, `tracemalloc`. It counts what Python code asked for. We
# measure three arrays of 16 MiB with both: zeros that nobody touched, ones, and a map of our file
# with every page touched. Each runs in a fresh process, so that nothing is there from before.

# %%
# Put your number in place of None.
predict("RSS growth of np.zeros, 16 MiB, untouched", None, unit="bytes")

# %%
kinds = ("zeros", "ones", "memmap")
views = {kind: child.run(measuring.two_views, kind, str(path)).value for kind in kinds}
labels = [f"{kind}: {name}" for kind in kinds for name in ("tracemalloc", "RSS")]
values = [figure for kind in kinds for figure in (views[kind].traced, views[kind].resident)]
plotting.bars(labels, values, "bytes", title="One array of 16 MiB, two instruments")

# %% tags=["hide-input"]
assert views["zeros"].traced >= size and views["zeros"].resident < size // 10
assert views["memmap"].traced < size // 10 and views["memmap"].resident >= size
reveal("RSS growth of np.zeros, 16 MiB, untouched", views["zeros"].resident)

# %% [markdown]
# `np.zeros` asks for addresses and touches nothing. `tracemalloc` counts all of it, RSS next to
# nothing. With the map it is the other way round: Python asked for nothing, and the pages of the file
# are resident all the same.
#
# `tracemalloc` keeps two figures: what is there now, and the peak since it was started. They come as
# a pair from `tracemalloc.get_traced_memory()`, between `tracemalloc.start()` and
# `tracemalloc.stop()`. Here both are those of one array.

# %%
tracemalloc.start()
ones = np.ones(MiB, "u1")
print("now, peak:", tracemalloc.get_traced_memory())
tracemalloc.stop()

# %% [markdown]
# **Your turn: the peak of a call.** Call a function and return the most bytes that `tracemalloc`
# saw meanwhile. Think first: what is the peak of `np.ones(n, "u1") + 1`, in arrays of n bytes?
#
# <details><summary>Hint</summary>
# Start, call, read the pair, stop, return. The second number of the pair is the peak.
# </details>

# %% turn="peak_of"
def peak_of(function):
    """Call a function and return the peak of the memory that it asked for, in bytes."""
    ### BEGIN SOLUTION
    tracemalloc.start()
    function()
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
    ### END SOLUTION

# %%
practice.check(
    peak_of,
    ("MiB, one array of 4", lambda: round(peak_of(lambda: np.ones(4 * MiB, "u1")) / MiB), 4,
     "The array is gone after the call. The peak is the second number of the pair."),
    ("MiB, ones + 1", lambda: round(peak_of(lambda: np.ones(4 * MiB, "u1") + 1) / MiB), 8,
     "Both arrays are there when the sum is made."),
    ("stopped afterwards", lambda: (peak_of(int), tracemalloc.is_tracing())[1], False,
     "Tracing slows every program down: stop it."),
)

# %% [markdown]
# ## 4. A peak that nobody saw
#
# What stops a program is its peak: the most memory it had at any moment. One way to find a peak
# is polling: look at the memory a few times a second and keep the largest figure. The package
# `memory_profiler` does that. Our function fills 32 MiB for a short moment, and does nothing before
# and after. We poll it six times, with a look every 0.3 s, and with the spike at another moment in
# each run.

# %%
# Put your number in place of None.
predict("runs of 6 in which polling sees half of the spike", None, unit="runs")

# %%
spike = 32 * MiB
polled = child.run(measuring.polled_peaks, spike, 0.3, 6).value
kept = memory.peak_in_child(measuring.spike, spike)
names = [f"polled, run {n}" for n in range(1, 7)] + ["kept by the kernel"]
plotting.bars(names, [*polled, kept.peak], "bytes", title="One spike of 32 MiB, as two ways see it")

# %% tags=["hide-input"]
print("The kernel's figure:", kept)
if kept.peak is not None:
    assert kept.peak >= 0.95 * spike
reveal("runs of 6 in which polling sees half of the spike", sum(p > spike / 2 for p in polled))

# %% [markdown]
# Polling sees a spike only if it looks at the right moment, and you cannot know whether it did.
# The kernel itself keeps the largest RSS that a process has had, the
# [high-water mark](../docs/glossary.md#high-water-mark). It misses no peak, however short, and is
# exact to some 100 KiB, because the kernel counts pages in batches. The course takes its peaks from
# there, in a fresh process.
#
# ### What memory_profiler is good for
#
# It can show the memory after each line of a function. Here is the function, and its picture.

# %%
import inspect

print(inspect.getsource(measuring.steps))

# %%
lines = child.run(measuring.line_by_line, 32 * MiB).value
texts, above = zip(*lines)
plotting.bars(texts, above, "bytes", title="Memory after each line")

# %% tags=["hide-input"]
whole = memory.peak_in_child(measuring.steps, 32 * MiB)
print("highest line:", format_bytes(max(above)), "- high-water mark:", whole)
if whole.peak is not None:
    assert whole.peak > 1.3 * max(above)

# %% [markdown]
# Each array shows as a step, and `del` shows as a step down. That is a helpful picture of one's
# own code. But look at the line with the sum. `first + second` is an array as large as the others.
# It is made and dropped inside the line, so no line ends with it, and the picture does not show
# it. The high-water mark does. `memory_profiler` has no maintainer any more; keep it for pictures.
#
# ## 5. Memory that several processes share
#
# ![Two processes share four pages. RSS counts them in full for both, PSS gives half of them to
# each, USS leaves them out.](figures/00_where_memory_is_counted.svg)
#
# Two processes that map the same file use the same pages. Who pays for them? RSS counts them in
# full for each process. PSS, the proportional set size, divides each page by the number of
# processes that use it. USS, the unique set size, counts only the pages that nobody else has.
# We start three processes that map our file of 16 MiB and touch all of it. A Python process has
# almost as much again that it shares with nobody, so the ratio will stay well below 3.

# %%
# Put your number in place of None.
predict("RSS of three processes / PSS of three processes", None, unit="times")

# %%
with holders.HeldFile("map", path, processes=3) as held:
    usage = memory.table(held.pids)
usage

# %%
plotting.memory_bars(usage)

# %% tags=["hide-input"]
pss, rss = usage.total("pss"), usage.total("rss")
if pss is not None:
    assert rss - pss >= 2 * size  # the file, counted three times and once
reveal("RSS of three processes / PSS of three processes", None if pss is None else round(rss / pss, 2))

# %% [markdown]
# RSS counts the file three times. It also counts three times what every Python process shares: the
# program code of Python and NumPy. So the sum of RSS is more than these processes have in memory. The
# sum of PSS counts each page once. It is the most that they need, for the kernel may drop pages of
# files that nobody changed. When you ask whether something fits in memory, add up PSS.
#
# Where do these sums come from? Linux tells of each part of a process's addresses what is behind it.
# Here is what it says of a map of our file in this process, of which we touch a quarter. The first line
# has the addresses, and at its end the path of the file. USS is `Private_Clean` and `Private_Dirty`
# together.

# %%
mapped = np.memmap(path, mode="r", dtype="u1")
touched = mapped[: size // 4 : 4096].sum()
try:
    with open("/proc/self/smaps") as file:
        lines = file.read().splitlines()
    begins = [n for n, line in enumerate(lines) if line.endswith(str(path.resolve()))]
    print("\n".join(line for n in begins for line in lines[n : n + 12]))
except OSError as error:
    print("cannot be measured here:", error)
del mapped  # pages of an open map cannot be dropped, and the next section reads cold again

# %% [markdown]
# **Your turn: three sums.** `parts` tells of one process how many pages it shares with how many
# others: pairs of a number of pages and of the processes that use them, itself included. Return its
# RSS, PSS and USS in pages.
#
# <details><summary>Hint</summary>
# RSS adds up all pages, PSS adds up pages divided by processes, and USS adds up the pages with one
# process. Each is one <code>sum(... for pages, processes in parts)</code>.
# </details>

# %% turn="three_sums"
def three_sums(parts):
    """Return RSS, PSS and USS of a process, in pages."""
    ### BEGIN SOLUTION
    rss = sum(pages for pages, processes in parts)
    pss = sum(pages / processes for pages, processes in parts)
    uss = sum(pages for pages, processes in parts if processes == 1)
    return rss, pss, uss
    ### END SOLUTION

# %%
practice.check(
    three_sums,
    ("alone", lambda: three_sums([(100, 1)]), (100, 100, 100), "Nothing is shared: all agree."),
    ("B of the picture", lambda: three_sums([(4, 2), (2, 1)]), (6, 4, 2), "Half of four pages each."),
    ("three parts", lambda: three_sums([(90, 1), (60, 3), (8, 2)]), (158, 114, 90),
     "USS counts what nobody else has; PSS divides the rest."),
)

# %% [markdown]
# ## 6. Which figures repeat
#
# Now the question behind this lesson: which figures may a test rely on? We read the same cold file
# in four fresh processes, once with `read()` and once through a map without
# [readahead](../docs/glossary.md#readahead), which lesson 01 explains. For each figure we take the
# largest and the smallest of the four runs, and see how far they are apart, in percent of the
# largest. One figure is new: how many pages of the file are in memory after the read, in what
# lesson 01 calls the [page cache](../docs/glossary.md#page-cache).

# %%
# Put your number in place of None.
predict("spread of the bytes from the disk", None, unit="%")

# %%
rows = measuring.in_fresh_processes(path, times=4)
apart = measuring.spread(rows)
percent = [None if value is None else round(value, 1) for value in apart.values()]
plotting.bars(list(apart), percent, "%", title="Largest against smallest of 4 runs")

# %% tags=["hide-input"]
pages = pagecache.residency(path).total_pages
for row in rows:
    measure.exactly("bytes from the disk", row["bytes from the disk"], size, "bytes")
    measure.exactly("major faults", row["major faults of a map"], pages)
assert apart["calls of read()"] in (0, None)
print(measure.exactly("major faults of a map", rows[0]["major faults of a map"], pages, "faults"))
reveal("spread of the bytes from the disk", apart["bytes from the disk"])

# %% [markdown]
# Bytes from the disk, calls of `read()` and pages in the cache repeat exactly. So do
# [major faults](../docs/glossary.md#major-fault): a major fault is a touch of a page that has to
# come from the disk, and here it comes once for each page of the file. Time does not repeat.
# [Minor faults](../docs/glossary.md#minor-fault), touches of a page that is in memory already,
# may repeat here, but the kernel maps as many pages at once as it likes, so the figure differs
# between machines. The course does not use it.
#
# The peak repeats to some percent, as the bar above shows. That is enough for a limit with a margin,
# and so the exercises use it.
#
# One trap remains: an instrument that answers, and answers wrongly. Linux says for a file that is
# neither yours nor writable for you that every page is in memory, whether it is or not. The course
# asks first whose file it is. This is the answer for a file of Python's own library.

# %%
import os

print(pagecache.residency(os.__file__))

# %% [markdown]
# If Python was installed by somebody else, the line above says why there is no answer. If it is
# yours, you see a count. It may be 0, because Python reads the compiled copy beside this file.
#
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1. A program reads 1 GiB, and `rchar` says 2 MiB. Is the counter broken?**
#
# <details><summary>Answer</summary>
# No. It counts what goes through <code>read()</code>. A program that reads through a memory map
# does not call it. Look at the bytes from the disk, or at the pages in memory.
# </details>
#
# **2. Two colleagues measure the same code. One says 0.8 s, the other 0.2 s. Who is right?**
#
# <details><summary>Answer</summary>
# Both. One of them may have read from the disk and the other from memory, or a busy machine got in
# the way. Ask for counts: bytes from the disk, calls, pages. If these differ, the two did
# different work. If not, only the machines differ.
# </details>
#
# **3. `memory_profiler` says that a function needs 100 MiB. It is killed in a container of
# 200 MiB. How can that be?**
#
# <details><summary>Answer</summary>
# The tool looks from time to time, or after each line. A temporary array inside one line, or a
# spike between two looks, does not show. Look at the high-water mark.
# </details>
#
# **4. Eight processes have an RSS of 1 GiB each on a machine with 4 GiB, and all of them run well.
# Why?**
#
# <details><summary>Answer</summary>
# They share pages, for example a mapped file or the code of the libraries. RSS counts a shared page
# in every process. The sum of PSS tells what they have together.
# </details>
#
# ## Recap
#
# - Counts repeat and can be derived; time does neither.
# - Every instrument has a blind spot: `rchar` does not see maps, `tracemalloc` does not see what
#   is resident, polling does not see what is short, RSS does not see sharing.
# - Peaks come from the kernel's high-water mark, sums from PSS.
# - A figure that cannot be measured is unknown, and not 0.
#
# ## Further reading
#
# - The man pages proc(5), in particular `/proc/pid/io` and `/proc/pid/smaps_rollup`, and
#   getrusage(2).
# - The Python documentation of tracemalloc, "Trace memory allocations".
# - The documentation of memory_profiler and of psutil.
# - The [glossary](../docs/glossary.md) of this course.
#
# This lesson has no exercise. Go on with [lesson 01: the page cache](01_page_cache.ipynb).
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.
#
# The last cell of a lesson removes the data that the lesson made. To try something again after
# it, run the lesson from the top.

# %%
print(data.clear("00"))
