# %% [markdown]
# # Watch the page cache at work
#
# **Do:** read and write a file of some megabytes, and look at which of its pages are in memory.
#
# **Learn**
# - why the second read of a file is faster than the first, in any language;
# - what a write does, and when data is safe;
# - what the kernel reads that nobody asked for, and what it drops when memory is short;
# - why `np.load` seems to have a cache.
#
# **Need:** [lesson 00](00_measuring.ipynb): counts, cold reads, resident pages.

# %%
import inspect
import os
import zlib
from collections import OrderedDict

import numpy as np

from course_lib import child, data, machine, measure, pagecache, plotting, practice
from course_lib.experiments import little_cache, reading, writing
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import KiB, MiB, format_bytes, format_count

machine.card()

# %% [markdown]
# ## 1. Read a file twice
#
# ![A read asks the page cache first and goes to the disk only for pages that are not there. A
# write changes pages in the cache and returns; the kernel flushes them
# later.](figures/01_page_cache.svg)
#
# The kernel keeps parts of files that were used, in memory that nobody else needs. This memory is
# the [page cache](../docs/glossary.md#page-cache). It is organised in
# [pages](../docs/glossary.md#page), and each page is 4096 bytes on most machines. The first read
# copies twice: from the disk into the page cache, and from there into the memory of the process.
# The second read finds the pages in the cache and copies once.
#
# Nothing smaller than a page moves. Byte b of a file lies on page `b // 4096`, so an item of several
# bytes can lie across two pages, and then it needs both. Here are items of 12 bytes, with pages of
# 32 bytes to keep the picture small.

# %%
plotting.items_on_pages(itemsize=12, count=9, page_size=32)

# %% [markdown]
# We make a file, drop it from the cache ([evict](../docs/glossary.md#evict) it), and read it
# twice. How many bytes does the second read fetch from the disk?

# %%
folder = data.workspace("01")
path = data.random_bytes(folder / "random.bin", machine.scale(64 * MiB))
size = path.stat().st_size
# Put your number in place of None.
predict("bytes from the disk, second read", None, unit="bytes")

# %%
pagecache.evict(path)
before = pagecache.residency(path)
cold = measure.measure(reading.read_blocks, path, label="first read (cold)", cold=path, repeats=2)
warm = measure.measure(reading.read_blocks, path, label="second read (warm)", watch=path)
measure.compare(cold, warm)

# %%
after = pagecache.residency(path)
plotting.before_after([("after evicting", before), ("after reading", after)])

# %% tags=["claim:A1", "hide-input"]
known = not cold.notes  # some machines cannot evict, and then no read here is cold
first, second = (m.read_bytes if known else None for m in (cold, warm))
cached = after.resident_pages if known else None
print(measure.exactly("from the disk, cold", first, size, "bytes", slack=MiB))
print(measure.exactly("from the disk, warm", second, 0, "bytes", slack=MiB))
print(measure.exactly("pages in the cache", cached, size // pagecache.PAGE_SIZE, slack=64))
reveal("bytes from the disk, second read", second)

# %%
plotting.bars(["cold", "warm"], [cold.best, warm.best], "s", title="The same read, cold and warm")

# %% [markdown]
# (The asserts of this lesson allow a few pages more or less: a notebook reads files of its own, and
# the kernel may take back a cached page at any time.)
#
# Both reads copied the whole file to the process: the column "through read()" says so. Only the
# first went to the disk. How much that matters depends on the disk. On a fast disk a
# [cold](../docs/glossary.md#cold) read may take a few times as long as a warm one, on a slow or
# remote one many times as long.
#
# What does evicting do? It is two system calls, and `pagecache.evict` makes them. The kernel drops
# only pages that the disk has, so `fsync` comes first. `posix_fadvise` with `DONTNEED` then says
# that nobody wants them, from byte 0 to the end, which a length of 0 stands for.

# %% tags=["claim:A1"]
fd = os.open(path, os.O_RDONLY)
os.fsync(fd)
if hasattr(os, "posix_fadvise"):  # not on macOS
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
print(os.fstat(fd).st_size, "bytes in the file")
os.close(fd)

# %% tags=["claim:A1", "hide-input"]
left = pagecache.residency(path).resident_pages if known else None
print(measure.exactly("pages in the cache afterwards", left, 0, "pages"))

# %% [markdown]
# A file that is read in blocks needs the memory of one block. `read(n)` gives at most n bytes, and
# none at the end.

# %%
checksum = 0
with open(path, "rb") as file:
    while block := file.read(MiB):
        checksum = zlib.crc32(block, checksum)
print(f"checksum of {format_bytes(size)}, in blocks of 1 MiB: {checksum:08x}")

# %% [markdown]
# `zlib.crc32(block, checksum)` goes on from the checksum of what came before. Any sum, count or
# maximum can be carried from block to block in this way.
#
# **Your turn: a loop over blocks.** Count the bytes of a file that are 0, and hold one block of it at
# a time. `block.count(0)` counts them in one block.
#
# <details><summary>Hint</summary>
# Begin with a total of 0, open the file with <code>"rb"</code>, and loop with
# <code>while part := file.read(block):</code> as in the cell above.
# </details>

# %% turn="count_zeros"
def count_zeros(path, block):
    """Count the bytes of a file that are 0, reading `block` bytes at a time."""
    ### BEGIN SOLUTION
    zeros = 0
    with open(path, "rb") as file:
        while part := file.read(block):
            zeros += part.count(0)
    return zeros
    ### END SOLUTION

# %%
zeros = int((np.fromfile(path, "u1") == 0).sum())
practice.check(
    count_zeros,
    ("bytes that are 0", lambda: count_zeros(path, MiB), zeros, "Every block counts, not the last one alone."),
    ("in blocks of 999,999", lambda: count_zeros(path, 999_999), zeros, "The last block is shorter, and counts."),
    ("peak of the memory asked for", lambda: practice.peak_of(lambda: count_zeros(path, MiB)),
     practice.AtMost(3 * MiB, "bytes"), "Let each block go before the next: keep the count, not the bytes."),
)

# %% [markdown]
# Cold and warm are also why a benchmark that reads a file twice measures two different things.
#
# ## 2. `np.load` has no cache
#
# People notice that a second `np.load` of the same file is faster, and conclude that NumPy keeps
# it. Test it. We load a file four times, and evict it from the page cache before the first and
# before the third time. If NumPy had a cache of its own, the third load would read nothing from the
# disk.

# %%
array_path = folder / "array.npy"
np.save(array_path, np.arange(2 * MiB))
array_bytes = pagecache.residency(array_path).total_pages * pagecache.PAGE_SIZE
# Put your number in place of None.
predict("bytes from the disk, np.load after evicting", None, unit="bytes")

# %%
np.load(array_path)  # once for the program code
first = measure.measure(np.load, array_path, label="1: evicted before", cold=array_path)
second = measure.measure(np.load, array_path, label="2: as it was", watch=array_path)
third = measure.measure(np.load, array_path, label="3: evicted before", cold=array_path)
fourth = measure.measure(np.load, array_path, label="4: as it was", watch=array_path)
measure.compare(first, second, third, fourth)

# %% tags=["claim:A4", "hide-input"]
for load, expected in [(first, array_bytes), (second, 0), (third, array_bytes), (fourth, 0)]:
    from_disk = None if first.notes else load.read_bytes
    print(measure.exactly(load.label, from_disk, expected, "bytes", slack=MiB))
assert first.value is not second.value and np.array_equal(first.value, second.value)
reveal("bytes from the disk, np.load after evicting", None if third.notes else third.read_bytes)

# %% [markdown]
# The third load went to the disk again. (The times may jump about; the bytes do not.) Nothing had
# changed for NumPy; only the page cache was empty. The cache belongs to the kernel. Every program
# profits from it: a file that your editor has read is warm for NumPy. And each `np.load` makes a new array with a memory of its own.
#
# ## 3. The kernel reads ahead
#
# Ask for one byte, and the kernel must fetch at least one page. Often it fetches more, because
# whoever reads a byte often wants the next one too. That is
# [readahead](../docs/glossary.md#readahead). Its largest size is a setting of the disk. Linux
# comes with 128 KiB; those who set up a machine often choose another value.

# %% tags=["claim:A5"]
print("readahead on this disk:", format_bytes(machine.readahead(folder)))

# %% [markdown]
# Now read the first quarter of the file in order, 64 KiB at a time, and see what is in the cache.
# (The kernel stays about one such window ahead of whoever reads in order.)

# %%
# Put your number in place of None.
predict("pages in the cache after reading a quarter", None, unit="pages")

# %%
def read_quarter():
    with open(path, "rb", buffering=0) as file:
        for _ in range(size // 4 // (64 * KiB)):
            file.read(64 * KiB)

pagecache.evict(path)
read_quarter()
quarter = pagecache.residency(path)
plotting.residency_map(quarter, title="A quarter was read")

# %% tags=["claim:A5", "hide-input"]
asked = size // 4 // pagecache.PAGE_SIZE
if known and quarter.pages is not None:
    assert quarter.resident_pages >= asked
    print(quarter.resident_pages - asked, "pages were read ahead of the program")
reveal("pages in the cache after reading a quarter", quarter.resident_pages)

# %% [markdown]
# So the next read finds its pages in the cache.
# For reads here and there, readahead is a waste. A program can say so with another advice,
# `POSIX_FADV_RANDOM`. We read one byte in each of eight places. (`os.pread(fd, n, place)` reads n
# bytes at a place.)

# %%
# Put your number in place of None.
predict("pages for 8 bytes in 8 places, no readahead", None, unit="pages")

# %%
places = range(0, size, size // 8)
pagecache.evict(path)
fd = os.open(path, os.O_RDONLY)
if hasattr(os, "posix_fadvise"):
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
for place in places:
    os.pread(fd, 1, place)
os.close(fd)
scattered = pagecache.residency(path)
plotting.residency_map(scattered, title="8 bytes were read")

# %% tags=["claim:A5", "hide-input"]
by_theory = pagecache.pages_of(list(places))
print(measure.exactly("pages read", scattered.resident_pages if known else None, by_theory, "pages"))
reveal("pages for 8 bytes in 8 places, no readahead", scattered.resident_pages if known else None)

# %% [markdown]
# Now each byte costs exactly one page. (A file system whose blocks are larger than a page fetches at
# least a block.) Eight bytes cost eight pages: 4096 bytes moved for each byte wanted. This factor is
# called [amplification](../docs/glossary.md#amplification). It follows from the page size alone, so
# you can compute it. The course does that wherever it can: `pagecache.pages_of` counts the pages
# under some offsets.
#
# **Your turn: items here and there.** Read `n` bytes at each of some places, with the advice for
# random reads, and return the pieces as a list of `bytes`. How many pages do 100 items of 24 bytes
# take, when each begins 8 bytes before a page ends?
#
# <details><summary>Hint</summary>
# The cell above has every call that you need. Collect the results of <code>os.pread</code> in a list,
# and close the descriptor before you return it.
# </details>

# %% turn="read_items"
def read_items(path, places, n):
    """Return the `n` bytes at each of some places of a file, without readahead."""
    ### BEGIN SOLUTION
    fd = os.open(path, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
    items = [os.pread(fd, n, place) for place in places]
    os.close(fd)
    return items
    ### END SOLUTION

# %%
far = [64 * KiB * k + 4088 for k in range(100)]
whole = path.read_bytes()
wanted = [whole[place : place + 24] for place in far] if hasattr(os, "posix_fadvise") else None
free = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else None
practice.check(
    read_items,
    ("the items", lambda: read_items(path, far, 24), wanted, "One piece of n bytes for each place."),
    ("pages in the cache", lambda: (pagecache.evict(path), read_items(path, far, 24), pagecache.residency(path))[2].resident_pages,
     pagecache.pages_of(far, itemsize=24) if known and wanted else None,
     "Each item lies on two pages. With more, the kernel has read ahead: give the advice first."),
    ("descriptors afterwards", lambda: (read_items(path, far, 24), len(os.listdir("/proc/self/fd")))[1],
     free if wanted else None, "What os.open opens stays open until os.close."),
)

# %% [markdown]
# A file that is mapped (lesson 02) gets more than it asks for, too. When a process touches a page of
# a mapped file, the kernel also maps pages around it that are in the cache already:
# [fault-around](../docs/glossary.md#fault-around). And it keeps neighbouring pages together in
# [folios](../docs/glossary.md#folio), and maps a whole one at once. So touching every page of a warm
# file takes fewer faults than pages. How many fewer depends on the kernel, and nothing is built on it.

# %% tags=["claim:A5", "hide-input"]
reading.read_blocks(path)
mapped = measure.measure(reading.touch_map, path, label="touch every page")
faults, pages = mapped.counts.minflt, after.total_pages
if faults is not None and mapped.majflt == 0:
    assert faults < pages
print("pages touched:", format_count(pages))
print("faults without a read:", format_count(faults))

# %% [markdown]
# ## 4. A write returns before the data is on the disk
#
# A write goes to the page cache as well. It changes pages there, or makes new ones, and returns.
# Such a page is [dirty](../docs/glossary.md#dirty-page): newer than the disk. About half a
# minute later (a setting), or when there are many of them, the kernel writes them to the disk. That is called
# [writeback](../docs/glossary.md#writeback). To wait for it, a program calls
# [fsync](../docs/glossary.md#fsync).
#
# How many dirty pages does a write of 32 MiB leave?

# %%
# Put your number in place of None.
predict("dirty pages after writing 32 MiB", None, unit="pages")

# %%
written_path = folder / "written.bin"
write = measure.measure(writing.write_blocks, written_path, 32 * MiB, label="write")
dirty = pagecache.dirty_pages(written_path)
flush = measure.measure(writing.sync, written_path, label="fsync")
clean = pagecache.dirty_pages(written_path)
times = [write.best, flush.best]
plotting.bars(["write 32 MiB", "fsync"], times, "s", title="Time until the call returned")

# %% tags=["claim:A2", "hide-input"]
try:
    with open("/proc/sys/vm/dirty_expire_centisecs") as setting:
        print("a page may stay dirty for", int(setting.read()) / 100, "s")
except OSError:
    print("this system does not tell how long a page may stay dirty")
print(measure.exactly("dirty pages after the write", dirty, 32 * MiB // pagecache.PAGE_SIZE, "pages"))
print(measure.exactly("dirty pages after fsync", clean, 0, "pages"))
reveal("dirty pages after writing 32 MiB", dirty)

# %% [markdown]
# The write returned with every page dirty. If the machine had lost its power then, all of it would
# have been lost. `fsync` returned when none was dirty. The two times depend on the disk: `fsync` waits
# until the disk has stored everything, which takes a slow disk long and a fast one a moment. (On
# macOS `fsync` hands the data to the drive, and does not wait until the drive has stored it.
# `fcntl.fcntl(fd, fcntl.F_FULLFSYNC)` does.)
#
# Waiting is cheap for one large write and expensive for many small ones. We append 4 KiB a hundred
# times, without and with an fsync after each.

# %% tags=["claim:A2"]
quick = writing.small_writes(folder / "small.bin", 100, durable=False)
safe = writing.small_writes(folder / "small.bin", 100, durable=True)
plotting.bars(["write", "write and fsync"], [quick, safe], "s", title="One write of 4 KiB", log=True)

# %% [markdown]
# So programs collect what they write, and wait once.
#
# What if the program crashes? The dirty pages belong to the kernel, not to the process, so they are
# safe. But Python's files have a buffer in front of them: `file.write` collects bytes there, and
# makes the system call when the buffer is full. A child process writes 6000 bytes in six calls and
# is killed.

# %% tags=["claim:A2"]
killed = """
import os, signal
file = open(args[0], "wb", buffering=args[1])
for _ in range(6):
    file.write(bytes(1000))
os.kill(os.getpid(), signal.SIGKILL)
"""
kept = []
for buffering in (4000, 0):  # bytes of Python's buffer; 0 makes each write a system call
    child.run(killed, str(folder / "killed.bin"), buffering)
    kept.append(os.path.getsize(folder / "killed.bin"))
print("in the file, with Python's buffer and without:", *kept)
assert kept[0] < kept[1] == 6000

# %% [markdown]
# What reached the kernel is there. What was in Python's buffer is lost; `file.flush()` would have
# sent it. If the machine crashes, the dirty pages are lost as well.
#
# ### Save so that a crash cannot spoil the file
#
# Overwriting a file in place has a moment in which it is half old and half new. The cure has four
# steps: write the new content under another name, wait until it is on the disk, give it the right
# name in one step, and wait until the directory with the name is on the disk.

# %%
plotting.steps_in_order([
    ("beside", "write\nresult.partial"), ("beside", "flush, fsync\nresult.partial"),
    ("name", "os.replace\nto result"), ("folder", "fsync\nthe folder"),
], title="Replace a file")

# %% [markdown]
# Read the steps in the source.

# %%
print(inspect.getsource(writing.save_durably).split('"""')[-1])

# %% tags=["claim:A5", "hide-input"]
writing.save_durably(folder / "result.bin", b"first" * 1000)
writing.save_durably(folder / "result.bin", b"second" * 1000)
dirty = pagecache.dirty_pages(folder / "result.bin")
print(measure.exactly("dirty pages after save_durably", dirty, 0, "pages"))
assert (folder / "result.bin").read_bytes() == b"second" * 1000
assert not list(folder.glob("result.bin.*"))

# %% [markdown]
# ## 5. When memory is short, the cache gives way
#
# The page cache takes memory that nobody uses, and the kernel takes it back as soon as a program
# needs it. A clean page is simply dropped: the disk has the same bytes. So cached files do not
# make a machine "full". This machine counts in three ways: all its memory, what nobody uses at all,
# and what a program could have, with the cache that would be given back.

# %% tags=["claim:A3"]
import psutil

ram = psutil.virtual_memory()
labels = ["total", "free: not even cache", "available"]
plotting.bars(labels, [ram.total, ram.free, ram.available], "bytes", title="Memory of this machine")

# %% [markdown]
# So look at "available" when you wonder whether there is room.
#
# But a file that is larger than the memory that is left for it cannot stay. What does the second
# read of such a file cost? Say a cache has room for 1000 pages, and always drops the page that was
# used longest ago. You read a file of 1100 pages front to back, twice.

# %%
# Put your number in place of None.
predict("pages read in pass 2 of 1100, room for 1000", None, unit="pages")

# %%
file_sizes = [500, 900, 1000, 1001, 1100, 2000]
second_pass = [little_cache.misses(n, cache_pages=1000)[1] for n in file_sizes]
labels = [f"file of {n} pages" for n in file_sizes]
plotting.bars(labels, second_pass, "pages", title="Read in pass 2, with room for 1000 pages")

# %% tags=["claim:A3", "hide-input"]
assert little_cache.misses(1000, 1000) == [1000, 0]
assert little_cache.misses(1001, 1000) == [1001, 1001]
reveal("pages read in pass 2 of 1100, room for 1000", little_cache.misses(1100, 1000)[1])

# %% [markdown]
# There is a cliff. A file that fits is never read again; one page more, and all of it is. When you
# reach page 1001, page 1 is dropped, and it is the first one you need in the next pass. Then you
# need page 2, which was dropped for page 1, and so on.
#
# **Your turn: the little cache.** The rule is called LRU, "least recently used". `cache` is an
# `OrderedDict` whose keys are the pages in the order of their last use, the oldest first. Write what
# happens when a page is wanted: say whether it was there, and leave the cache as it is afterwards,
# with at most `room` pages.
#
# <details><summary>Hint</summary>
# <code>cache.move_to_end(page)</code> makes a page the newest, <code>cache[page] = None</code> adds
# one, and <code>cache.popitem(last=False)</code> drops the oldest.
# </details>

# %% turn="want"
def want(cache, page, room):
    """Return True if the page was in the cache, else False; it is the newest one afterwards."""
    ### BEGIN SOLUTION
    hit = page in cache
    cache[page] = None
    cache.move_to_end(page)
    if len(cache) > room:
        cache.popitem(last=False)
    return hit
    ### END SOLUTION

# %%
def hits(pages, room):
    cache = OrderedDict()
    return [want(cache, page, room) for page in pages].count(True)

practice.check(
    want,
    ("hits for 1 2 1 2, room for 2", lambda: hits([1, 2, 1, 2], 2), 2, "A page that is there is a hit: return True."),
    ("hits for 1 2 1 3 1, room for 2", lambda: hits([1, 2, 1, 3, 1], 2), 2,
     "The second use of page 1 makes it newer than page 2: 3 takes the place of 2."),
    ("two passes of 1000, room for 1000", lambda: hits([*range(1000)] * 2, 1000), 1000, "All of it fits."),
    ("two passes of 1001, room for 1000", lambda: hits([*range(1001)] * 2, 1000), 0,
     "Drop the oldest page. Dropping the newest would keep most of the file."),
)

# %% [markdown]
# Linux is not quite as strict about the order. But the cliff is there. To
# see it, a process needs little memory. In a [container](../docs/glossary.md#container), a set of
# processes kept apart from the rest, that is the usual case: its limit is set by a
# [cgroup](../docs/glossary.md#cgroup), and a page of the cache counts against the limit of the
# group that brought it in. So free memory of the host, the machine around the container, does not help.
#
# We try it with a limit of 64 MiB, in a group of processes made for it. Only an administrator
# (root) may do that.

# %% tags=["claim:A3"]
limit, small, large = 64 * MiB, folder / "fits.bin", folder / "too_large.bin"
data.random_bytes(small, limit // 4), data.random_bytes(large, 2 * limit)
tries = [little_cache.read_twice_limited(p, limit) for p in (small, large)]
for p, tried in zip((small, large), tries):
    passes = map(format_bytes, tried.read_bytes) if tried.read_bytes else [f"not tried: {tried.why}"]
    print(f"file of {format_bytes(p.stat().st_size)}, pass 1 and pass 2:", *passes, sep="  ")

# %% tags=["claim:A3", "hide-input"]
page = pagecache.PAGE_SIZE
pages = [p.stat().st_size // page for p in (small, large)]
by_theory = [little_cache.misses(n, limit // page)[1] * page for n in pages]
print("pass 2 of the two files by theory:", *map(format_bytes, by_theory), sep="  ")
if tries[0].read_bytes:
    assert tries[0].read_bytes[1] == 0
    assert tries[1].read_bytes[1] > large.stat().st_size // 2

# %% [markdown]
# If the experiment ran, the two figures of a line are the bytes from the disk in the first and in
# the second pass. If it did not, the line says what it needs, and you would have seen about what the
# theory says.
#
# Which part of a container's memory is its own (`anon`), and which is cache of files that can be dropped
# (`file`)? The kernel says so to whoever is inside:

# %%
stat = "/sys/fs/cgroup/memory.stat"  # beside it lie memory.current and memory.max, the limit
if os.path.exists(stat):
    with open(stat) as file:
        parts = dict(line.split() for line in file)
    print({name: format_bytes(int(parts[name])) for name in ("anon", "file")})
else:
    print("this machine does not show it here")

# %% [markdown]
# The lesson for your own work: a program that goes over the same large file again and again reads
# it from the disk each time, unless the file fits into the memory that its container leaves. Then
# it is better to go over the file once, and to do all the work on each part while it is there.
#
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1. A script reads a file in 2 s. You run it again, and it takes 0.3 s. You restart the
# notebook kernel and run it once more. What do you expect?**
#
# <details><summary>Answer</summary>
# About 0.3 s. The page cache belongs to the operating system and outlives the process. The file
# is cold again after it was evicted, after a restart of the machine, or when others needed the
# memory.
# </details>
#
# **2. A program wrote a file and ended without an error. The power fails a second later. Is the
# file on the disk?**
#
# <details><summary>Answer</summary>
# Not surely. The pages may still have been dirty. Only fsync, and an fsync of the directory for a
# new name, makes sure. If only the program had crashed after its last system call, the data would
# be safe: the kernel writes dirty pages whether their writer lives or not.
# </details>
#
# **3. You need one value in each of 1000 places of a large cold file, each place far from the
# others. How many bytes must be read at least?**
#
# <details><summary>Answer</summary>
# 1000 pages, or 4,096,000 bytes with pages of 4096 bytes. With readahead it may be many times
# more bytes, and there are still 1000 requests, because each place is far from the others. If you need such values often, store them next to each
# other.
# </details>
#
# **4. A container with a limit of 2 GiB reads a file of 3 GiB ten times, on a host with 500 GiB.
# The file is read from the disk ten times. Why?**
#
# <details><summary>Answer</summary>
# The pages that the container brings into the cache count against its limit. The file does not fit,
# so each pass drops what the next pass needs first. The host's free memory does not count.
# </details>
#
# ## Recap
#
# - Every ordinary read and write goes through the page cache, page by page. A warm read does not
#   touch the disk.
# - The cache is the kernel's. It serves all programs, outlives them, and gives way to them.
# - A write returns with dirty pages. `fsync` waits until they are safe.
# - The kernel reads ahead for those who read in order. Without readahead, a byte costs a page.
# - A file that does not quite fit is read again whole, in every pass.
#
# ## Further reading
#
# - The man pages posix_fadvise(2), fsync(2), mincore(2), and readahead(2).
# - The kernel's documentation: "Memory Resource Controller" in the cgroup guide, and
#   `/proc/sys/vm`, where the dirty limits are.
# - The manual of vmtouch, "the Virtual Memory Toucher".
#
# **Now you:** [exercise 01](../exercises/01_page_cache/01_page_cache.ipynb). Then go on with
# [lesson 02: memory-mapped arrays](02_memory_mapping.ipynb).
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
print(data.clear("01"))
