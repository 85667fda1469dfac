# %% [markdown]
# # Exercise 00: measuring
#
# Practise what [lesson 00](../../notebooks/00_measuring.ipynb) showed: counters only grow, counts repeat
# and times do not, a peak is gone when you look later, and shared memory is counted in three ways.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# The checks use files that look like the kernel's, so they work on every machine. Where the kernel
# tells the same, they ask it, too, and say so.
#
# Stuck? `hint("growth", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("growth")` shows an answer.

# %% locked="setup"
import tracemalloc
from course_lib.checking import cases, check, given_00
from course_lib.hints import hint, solution  # noqa: F401

# %% [markdown]
# ## 1. Read a counter before and after
#
# A counter of the kernel only grows. So what some work has cost is the difference of two looks: one
# before it, one after it. Call `work()` once, and return by how much the counter `name` grew
# meanwhile. The file `path` holds the counters, one on each line, such as `rchar: 8292`. The lines may
# stand in any order, another one at the second look.
#
# A counter that the file does not have is unknown, and on a machine without counters there is no such
# file. Then return `None`; the work is done all the same. A counter that stands still has grown by 0:
# that is known. An error of `work()` goes on to the caller, whatever its kind.
#
# To look is a read, too: with `/proc/self/io`, `rchar` has grown by some hundred bytes more than the
# work has read. The check allows up to 64 KiB.
#
# Example: the file `counters` holds `rchar: 100` before the work and `rchar: 4196` after it. Then
# `growth(work, "rchar", "counters")` is 4096.

# %% solution="growth"
def growth(work, name, path="/proc/self/io"):
    """Do some work and return by how much a counter grew meanwhile.

    Parameters
    ----------
    work : callable
        A function without arguments.
    name : str
        The counter.
    path : str
        The file that holds the counters.

    Returns
    -------
    int or None
    """
    ### BEGIN SOLUTION
    def look():
        try:
            with open(path) as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        # The whole name: "write_bytes" is a part of "cancelled_write_bytes".
        counters = dict(line.split(": ") for line in lines)
        return int(counters[name]) if name in counters else None

    before = look()
    work()
    after = look()
    # 0 is a count, None is none: `if not before` would mix them up.
    return None if before is None or after is None else after - before
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check calls your function with it: `count_work` with work that changes
# a file of counters, and `count_read` with work that reads a file of 1 MiB.

# %% locked="count_work"
def count_work(path, name, before, after, error=""):
    """Return what `growth` returned, and how often it did the work."""
    return given_00.growth.count_work(growth, path, name, before, after, error)


def count_read(path, source):
    """Return what `growth` says of a read of 1 MiB, in whole steps of 64 KiB."""
    return given_00.growth.count_read(growth, path, source)


# %% test="growth" points=5
report = check.Report("growth", "A counter before and after", points=5)
folder = check.workdir("counters")
given_00.growth.rows(report, count_work, count_read, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, path, zeros = given_00.growth, str(folder / "more"), {"a": 0, "c": 2**45, "bc": 5, "b": 0}
    given.asked(report, count_work, "a counter that begins with 0", (path, "b", zeros, zeros | {"b": 7}), 7, 0.5)
    given.asked(report, count_work, "large numbers", (path, "c", zeros, {"bc": 9, "c": 2**46}), 2**45, 0.5)
    run, works = report.run(count_work, path, "a", None, None, "a file of the work's"), report.rows[-1].ok
    report.raises("an error of the work, where there are no counters", run, FileNotFoundError, "a file of the work's",
                  points=0.25, after=works)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Say which figures repeat
#
# `runs` holds what several runs of one program measured: for each run a dict with a number, or
# `None`, for each figure. Return the names of the figures that repeat, as a list, in the order of the
# first run. A figure repeats if its largest and its smallest value are at most `percent` percent of the
# largest apart. With `percent=0` they are equal. Zeros in all runs repeat, and no value is negative.
#
# A figure that is `None` in a run, or that a run does not have, is unknown: it does not repeat. One run
# alone shows nothing: then the list is empty.
#
# Example: with
#
# ```python
# runs = [
#     {"time": 0.21, "bytes": 4096, "peak": 1000},
#     {"time": 0.34, "bytes": 4096, "peak": 990},
# ]
# ```
#
# `repeating(runs)` is `["bytes"]`, and `repeating(runs, 5)` is `["bytes", "peak"]`: the peaks are 10 of
# 1000 apart, which is 1 percent.

# %% solution="repeating"
def repeating(runs, percent=0):
    """Return the figures whose values in all runs are close together.

    Parameters
    ----------
    runs : list of dict of str to (int, float or None)
        What each run measured; at least one run.
    percent : int or float
        How far apart the largest and the smallest value may be, in percent of the largest.

    Returns
    -------
    list of str
    """
    ### BEGIN SOLUTION
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        # get() is None for a figure that a run does not have: unknown, like None itself.
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names
    ### END SOLUTION


# %% test="repeating" points=4
report = check.Report("repeating", "Figures that repeat", points=4)
given_00.repeating.rows(report, repeating)
### BEGIN HIDDEN TESTS
with report.hidden():
    spikes = [{"e": 1, "d": 5, "c": 3.5, "b": 10}, {"d": 8, "b": 9.5, "c": 3.5, "e": 1}, {"b": 10, "c": 3.5, "d": 5}]
    cases.ask(report, repeating, [
        cases.Case("three runs, in other orders", (spikes, 6), ["c", "b"], 0.5),
        cases.Case("more than the half", ([{"a": 0, "b": 2}, {"a": 1, "b": 1}], 50), ["b"], 0.25),
        cases.Case("unknown in the first run", ([{"a": None, "b": 0}, {"a": 3, "b": 0}], 0), ["b"], 0.25),
    ], hidden=True)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Find the peak of each call
#
# Call each function of `calls` once, in order, and return a list with the peak of each of them: the most
# bytes that `tracemalloc` saw during that call. What was there before the call does not count, and
# every call has a peak of its own: a large call does not show in the peaks of those after it. A call may
# keep some of its memory; that is no part of later peaks either.
#
# Tracing makes every program slow, so it is off when your function has ended. That holds also where
# a call raises an error. The error goes on to the caller. The check counts in blocks of 64 KiB: what
# Python needs for itself is less than half of one.
#
# Example: `peaks([lambda: np.ones(2**20, "u1"), lambda: np.ones(2**20, "u1") + 1])` is about
# `[1048576, 2097152]`, which are 16 and 32 blocks.

# %% solution="peaks"
def peaks(calls):
    """Call functions and return the peak of the memory that each of them asked for.

    Parameters
    ----------
    calls : list of callable
        Functions without arguments.

    Returns
    -------
    list of int
        In bytes.
    """
    ### BEGIN SOLUTION
    found = []
    for call in calls:
        # Started anew, tracemalloc knows nothing of what was there before.
        tracemalloc.start()
        try:
            call()
            now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        found.append(peak)
    return found
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check calls your function with it. Each list in `calls` stands for
# a function: it takes so many blocks of 64 KiB, one number after the other, and gives all back at a 0.

# %% locked="measure_peaks"
def measure_peaks(calls):
    """Return the peaks in blocks, the functions called, and whether it still traces."""
    return given_00.peaks.measure(peaks, calls)


# %% test="peaks" points=5
report = check.Report("peaks", "The peak of each call", points=5)
given_00.peaks.rows(report, measure_peaks)
### BEGIN HIDDEN TESTS
with report.hidden():
    given, calls = given_00.peaks, [[20], [2, 3, 0, 4, 0], [1], [30, 0], [6]]
    run = given.asked(report, measure_peaks, "five calls", calls, [20, 5, 1, 30, 6], 0.5)
    given.part(report, run, "and the calls", "calls", [0, 1, 2, 3, 4], 0.25)
    run = given.asked(report, measure_peaks, "the first call raises", [[], [3, 0]], "ValueError", 0.25)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Tell shared from private memory
#
# The file `/proc/self/smaps` tells of each part of a process's addresses what is behind it. Lesson 00
# prints one part. A part begins with a line of addresses. Where a file is mapped there, that line ends
# with the path of the file; where none is, with other words or with nothing. Then come lines with a name,
# a colon and a value; which lines there are differs between kernels. Four of them matter here:
#
# ```
# 7f0000000000-7f0000005000 r--p 00000000 08:01 31     /data/a.bin
# Size:                 20 kB
# Rss:                  16 kB
# Pss:                   8 kB
# Pss_Dirty:             0 kB
# Shared_Clean:         16 kB
# Private_Clean:         0 kB
# Private_Dirty:         0 kB
# ```
#
# Return what of the file `mapped` is in memory, as a dict with three keys: `"rss"` from `Rss`, `"pss"` from
# `Pss`, and `"uss"`, which is `Private_Clean` and `Private_Dirty` together. Add up all parts that map
# the file. Count in bytes: 1 kB is 1024 bytes in this file. Paths may look alike: `/data/a.bin.old` is
# another file. No path here has a space in it.
#
# A file that is not mapped has 0 in all three: that is known. If there is no file `smaps`, as on macOS,
# nothing is known: return `None`.
#
# Example: for the part above, `file_memory("/data/a.bin")` is `{"rss": 16384, "pss": 8192, "uss": 0}`. Two
# processes use its four pages.

# %% solution="file_memory"
def file_memory(mapped, smaps="/proc/self/smaps"):
    """Return how much of a mapped file is in the memory of a process.

    Parameters
    ----------
    mapped : str
        Path of the file.
    smaps : str
        The file in which the kernel tells about the process's addresses.

    Returns
    -------
    dict of str to int, or None
        ``"rss"``, ``"pss"`` and ``"uss"`` in bytes.
    """
    ### BEGIN SOLUTION
    belongs = {"Rss:": "rss", "Pss:": "pss", "Private_Clean:": "uss", "Private_Dirty:": "uss"}
    found, ours = {"rss": 0, "pss": 0, "uss": 0}, False
    try:
        with open(smaps) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            # A line of addresses: a new part begins, of this file or of another one.
            ours = words[-1] == mapped
        elif ours and words[0] in belongs:
            found[belongs[words[0]]] += int(words[1]) * 1024
    return found
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to map a file in two processes and ask your function.

# %% locked="memory_of_map"
def memory_of_map(path, stand_in):
    """Return what `file_memory` says of a map that two processes use, in pages."""
    return given_00.file_memory.of_own_map(file_memory, path, stand_in)


# %% test="file_memory" points=6
report = check.Report("file_memory", "Shared and private memory", points=6)
folder = check.workdir("smaps")
given_00.file_memory.rows(report, file_memory, memory_of_map, folder)
### BEGIN HIDDEN TESTS
with report.hidden():
    given = given_00.file_memory
    apart = given.entry("/b/c.npy", 400, 120, (16, 60)) + given.NAMELESS + given.entry("/b/c.npy", 12, 12, (0, 12)) + given.HEAP
    given.text(report, file_memory, folder, "two parts, and memory without a file after each", apart,
               given.memory(412, 132, 88), 1.0, "/b/c.npy")
    given.text(report, file_memory, folder, "one page", given.LIBRARY + given.entry("/m", 4, 2, (0, 0)), given.memory(4, 2, 0),
               0.5, "/m")
### END HIDDEN TESTS
report
