# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Old listings: code from the web, run today
#
# Much code for large arrays is older than the libraries that it meets. Here are ten listings that people
# bring along, written anew and made small. For each: the listing as people have it, what happens today
# and why, the version to use now, and the lesson that explains it. Search this page for a name of yours.
#
# | names in your code | what happens today | section |
# |---|---|---|
# | `data.npy`, `for row in np.load(...)` | runs; the whole file comes before the first row | 1 |
# | a dict of 1000 arrays, `np.load` with `mmap_mode` | `OSError: Too many open files` | 2 |
# | `memmapped.dat`, 1,000,000 x 100, filled by columns, `del f` | runs; every column touches every page | 3 |
# | `small_test.mmap`, `bigger_test.mmap`, shape `10e6`, engines | `FileNotFoundError`, `TypeError`, a copy for each engine | 4 |
# | `example.zarr`, `zarr.open(..., mode="a")`, `compressor=` | runs, and may not do what you asked for | 5 |
# | `example.hdf5`, `f0_100`, `[20:25]`, `.value` | `AttributeError` | 6 |
# | `Particle(IsDescription)`, `openFile`, `table.where` | `openFile` is gone; rows that are all the same | 7 |
# | `pack_array`, 10 to 10^8 numbers, `%timeit`, `nonposx` | `TypeError`; 10^8 takes 2.3 GiB | 8 |
# | `loadtxt_worker`, `in_queue`, `out_queue`, "done" | `FileNotFoundError`, now and then | 9 |
# | `Pool.map` and `SharedMemory` | `FileNotFoundError`, or blocks that leak | 10 |
#
# **Need:** NumPy. Each section can be read alone. No listing here harms your machine: sizes are bounded,
# and what may die does so in a process of its own.

# %%
import os
import pickle
import subprocess
import sys
import time
import weakref
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import blosc
import blosc2
import h5py
import matplotlib.pyplot as plt
import numcodecs
import numpy as np
import tables
import zarr

from course_lib import child, data, machine, pagecache, practice
from course_lib.units import format_bytes

os.chdir(data.workspace("old"))  # the listings name their files without a folder
machine.card()

# %% [markdown]
# Two helpers: one shows the error that a call ends with, the other runs a listing as a program.

# %%
def error_of(call):
    """Print and return the error that a call ends with; None if it ends well."""
    try:
        call()
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        return error


def program(listing):
    """Run a listing as `python listing.py`, and return what it printed and how it ended."""
    Path("listing.py").write_text(listing)
    return subprocess.run([sys.executable, "listing.py"], capture_output=True, text=True, timeout=60)

# %% [markdown]
# ## 1. `data.npy`, row by row
#
# **As people have it.** A generator, so that "only one row at a time is in memory".

# %%
np.save("data.npy", np.zeros([500, 300, 3]))

def rows():
    for row in np.load("data.npy"):
        yield row

kind = next(rows()).dtype
print(sum(1 for row in rows()), "rows of", next(rows()).nbytes, "bytes, of", kind)
assert kind == "float64" and os.path.getsize("data.npy") == 128 + 500 * 300 * 3 * 8

# %% [markdown]
# **Today.** It runs. But `np.load` reads the whole file before the first row comes; the generator hands
# out pieces of what is in memory. And `np.zeros` makes `float64`: 3.6 MB, twice what `float32` takes.
#
# **Now.** `mmap_mode="r"` maps the file. A row is a view of the map, and its pages come when it is used.

# %%
def mapped_rows():
    for row in np.load("data.npy", mmap_mode="r"):
        yield row

whole = practice.peak_of(lambda: next(rows()))
mapped = practice.peak_of(lambda: next(mapped_rows()))
print("memory for the first row:", format_bytes(whole), "by np.load,", format_bytes(mapped), "mapped")
assert whole >= 500 * 300 * 3 * 8 > 20 * mapped

# %% [markdown]
# `row.copy()` keeps a row when the file may change. **Explained in** lessons
# [01](01_page_cache.ipynb) and [02](02_memory_mapping.ipynb).
#
# ## 2. A dict of 1000 arrays
#
# **As people have it.** One array of shape (500, 30, 3) in each file, all "open" in a dict. We give the
# child a limit of 256 open files; on most systems it is 1024, and the listing dies at array 1017 or so.

# %%
for number in range(300):
    np.save(f"part{number}.npy", np.full((5, 30, 3), number))

dict_of_maps = """
import numpy as np
arrays = {}
try:
    for number in range(300):
        arrays[number] = np.load(f"part{number}.npy", mmap_mode="r")
except OSError as error:
    print(error.errno, error.strerror)
value = len(arrays)
"""
stopped = child.run(dict_of_maps, limits={"nofile": 256})
print(stopped.stdout, "after", stopped.value, "arrays")
assert stopped.stdout.startswith("24 ") and 200 < stopped.value < 256

# %% [markdown]
# **Today.** Each map keeps an open file, a *descriptor*. Without `mmap_mode` there is no such limit, and
# everything is in memory: 1000 of these arrays as `float64` are 360 MB. (The question was first asked on
# Windows. Its limits differ, and this course does not cover it.)
#
# **Now.** One packed file, one map, and an index of where each array begins. `np.asarray` makes a plain array
# over the map and copies nothing: its slices are made faster than those of a memmap.

# %%
sizes = [np.load(f"part{number}.npy", mmap_mode="r").size for number in range(300)]
starts = np.cumsum([0, *sizes])
with open("packed.raw", "wb") as file:
    for number in range(300):
        np.load(f"part{number}.npy").tofile(file)

values = np.asarray(np.memmap("packed.raw", "i8", "r"))  # an ordinary array over the map
starts = starts.tolist()  # Python's integers index faster than NumPy's

def array(number):
    return values[starts[number] : starts[number + 1]].reshape(-1, 30, 3)

assert len(values) == 300 * 450 and (array(299) == 299).all() and array(7).shape == (5, 30, 3)

# %% [markdown]
# Three traps of `np.load(..., mmap_mode="r")`. A `.npz` is loaded whole, without a word. An array of Python
# objects cannot be mapped. And a map stays open as long as *anything* points into it: a slice, a reshaped
# array, or Jupyter's `Out[5]`, which keeps what a cell has shown (`%reset -f out` lets go).

# %%
np.savez("parts.npz", a=np.zeros(10))
with np.load("parts.npz", mmap_mode="r") as archive:
    print("from a .npz:", type(archive["a"]).__name__)
    assert type(archive["a"]) is np.ndarray
np.save("objects.npy", np.array([{}, None]))
assert isinstance(error_of(lambda: np.load("objects.npy", mmap_mode="r")), ValueError)

m = np.load("part0.npy", mmap_mode="r")
the_map, part = weakref.ref(m._mmap), m[2:4]
del m
still_open = the_map() is not None
del part
print("open after `del m`:", still_open, "- after the slice has gone, too:", the_map() is not None)
assert still_open and the_map() is None

# %% [markdown]
# **"The first row at once, then 50 a second."** Keep the first rows of all arrays in memory: 8 rows of
# 1000 such arrays are 2.9 MB as `float32`. Meanwhile ask for the rest without waiting: the call returns at
# once, and the kernel fetches in the background.

# %%
np.save("film.npy", np.zeros((2000, 300, 3)))
asked = bool(pagecache.evict("film.npy")) and hasattr(os, "posix_fadvise")  # not on macOS
seen = None
with open("film.npy", "rb") as file:
    if asked:
        os.posix_fadvise(file.fileno(), 0, 2**20, os.POSIX_FADV_WILLNEED)
        for _ in range(500):  # we wait to see it; a player goes on
            seen = pagecache.residency("film.npy").resident_pages
            if seen is None or seen >= 256:
                break
            time.sleep(0.01)
print("pages in memory, of 256 in the first MiB:", "not known here" if seen is None else seen)
assert seen is None or seen >= 256

# %% [markdown]
# **Explained in** lesson [03](03_where_memmap_breaks.ipynb), from the limits to the player.
#
# ## 3. `memmapped.dat`, a table of 1,000,000 x 100 filled by columns
#
# **As people have it**, with a tenth of the rows. The full table has 400 MB.

# %%
n = 100_000
f = np.memmap("memmapped.dat", dtype="float32", mode="w+", shape=(n, 100))
for column in range(100):
    f[:, column] = column
del f  # "this writes the file"

f = np.memmap("memmapped.dat", dtype="float32", shape=(n, 100))
print("last column:", (f[:, 99] == 99).all(), "- mode:", f.mode)
with open("memmapped.dat", "rb") as file:
    file.seek(4 * 99)
    print("by hand:", np.fromfile(file, "float32", 1))

# %% [markdown]
# **Today.** It runs, and nothing warns. Three things are not as they look.
#
# - The file lies row by row. A row has 400 bytes, so about ten rows share a page, and *each* column touches
#   *every* page. While the table fits in memory that only takes time. When it does not, each of the 100
#   columns reads and writes the whole file.
# - `del f` writes nothing to the disk; NumPy has no code for it. Other programs see the values, for the
#   kernel has them. A power cut loses them. `f.flush()` waits for the disk.
# - Opened without a mode, the file is open for *writing*: the default is `r+`. And a shape that is too
#   large makes the file longer.

# %%
starts_of_rows = 400 * np.arange(n)
one_column = pagecache.pages_of(starts_of_rows, 4)
a_thousand_rows = pagecache.pages_of(4 * np.arange(1000 * 100), 4)
print("pages for 100,000 values: one column", one_column, "- a thousand rows", a_thousand_rows)
assert (one_column, a_thousand_rows) == (9766, 98)

np.arange(10, dtype="float32").tofile("ten.dat")
too_long = np.memmap("ten.dat", "float32", shape=20)
print("the file had 40 bytes and has", os.path.getsize("ten.dat"))
assert too_long.mode == "r+" and os.path.getsize("ten.dat") == 80
del too_long, f

# %% [markdown]
# **Now.** Go along the file, in blocks of rows. `.npy` knows its type and shape, and the mode is named.

# %%
f = np.lib.format.open_memmap("memmapped.npy", mode="w+", dtype="float32", shape=(n, 100))
for start in range(0, n, 10_000):
    f[start : start + 10_000] = np.arange(100)
f.flush()
f = np.load("memmapped.npy", mmap_mode="r")
assert (f[:, 99] == 99).all()

# %% [markdown]
# Whose data comes in columns turns the *file*: then a column lies in one piece. (`shape=(100, n)`, with
# `f[column]` for a column, is the same file.)

# %%
by_columns = np.memmap("columns.dat", "float32", "w+", shape=(n, 100), order="F")
print("from one value of a column to the next:", by_columns.strides[0], "bytes; before:", f.strides[0])
assert by_columns.strides == (4, 4 * n) and f.strides == (400, 4)
del by_columns, f

# %% [markdown]
# **Explained in** lesson [02](02_memory_mapping.ipynb), "The column trap", "Four modes", "When others see a
# change". A full disk under a `w+` map kills the process: lesson [03](03_where_memmap_breaks.ipynb).
#
# ## 4. `small_test.mmap`, `bigger_test.mmap`, and engines
#
# **As people have it.** Ten numbers, mapped twice. Then ten million, to be sent to the engines of a cluster.

# %%
missing = error_of(lambda: np.memmap("small_test.mmap", dtype="float32", mode="r+", shape=(10,)))
float_shape = error_of(lambda: np.memmap("bigger_test.mmap", "float64", "w+", shape=10e6))
in_a_tuple = error_of(lambda: np.memmap("bigger_test.mmap", "float64", "w+", shape=(10e6,)))
assert isinstance(missing, FileNotFoundError)
assert isinstance(float_shape, TypeError) and isinstance(in_a_tuple, TypeError)

# %% [markdown]
# **Today.** `r+` wants a file that is there; `w+` makes it. `10e6` is a float: NumPy once cut it, now a shape
# needs integers. And a map that is *sent* to another process is pickled, which copies all values. It
# arrives as a memmap that maps nothing: what an engine writes into it, nobody sees.

# %%
a = np.memmap("small_test.mmap", dtype="float32", mode="w+", shape=(10,))
b = np.memmap("small_test.mmap", dtype="float32", mode="r+", shape=(10,))
a[3] = 7
print("the other map sees", b[3])
bigger = np.memmap("bigger_test.mmap", dtype="float64", mode="w+", shape=(10 * 100_000,))
message = pickle.dumps(bigger)
arrived = pickle.loads(message)
print(f"{bigger.nbytes:,} bytes of values, a message of {len(message):,} bytes")
print("what arrives:", type(arrived).__name__, "- the map below it:", arrived._mmap)
assert b[3] == 7 and len(message) > bigger.nbytes and arrived._mmap is None
del arrived, message

# %% [markdown]
# **Now.** Send the path. Each engine maps the file for itself, and all of them share its pages.

# %%
np.lib.format.open_memmap("bigger_test.npy", mode="w+", dtype="float64", shape=(1_000_000,)).flush()
engine = """
import numpy as np
np.load(args[0], mmap_mode="r+")[args[1]] = 1
"""
for number in range(2):
    child.run(engine, "bigger_test.npy", number).check()
total = np.load("bigger_test.npy", mmap_mode="r").sum()
print("two processes wrote, the third sees", total)
assert total == 2

# %% [markdown]
# The path has to mean the same file everywhere, on one machine or on a shared file system. **Explained in**
# lessons [02](02_memory_mapping.ipynb) and [09](09_beyond_one_machine.ipynb).
#
# ## 5. `example.zarr`, opened with mode "a"
#
# **As people have it.**

# %%
z = zarr.open("example.zarr", mode="a", shape=(1024, 1024), chunks=(512, 512), dtype="i2")
z[:] = 1
print(z)
again = zarr.open("example.zarr", mode="a", shape=(10, 10), chunks=(5, 5), dtype="f8")
print("asked for 10 x 10 doubles, got", again.shape, again.dtype)
mistyped = zarr.open("exampel.zarr", mode="a")
print("a mistyped name:", mistyped)
assert again.shape == (1024, 1024) and again.dtype == "i2" and isinstance(mistyped, zarr.Group)

# %% [markdown]
# **Today.** It runs. But "a" means "open what is there, or make it". If something is there, shape, chunks and
# type are ignored without a word. Without a shape, a mistyped name makes an empty group.
#
# The options have changed with format 3. An old `compressor=` is refused, and so is the new `compressors=`
# in this call. `chunks` that are left out are chosen for you.

# %%
size = {"shape": (1024, 1024), "dtype": "i2"}
old = error_of(lambda: zarr.open("old.zarr", mode="w", compressor=numcodecs.Blosc(), **size))
new = error_of(lambda: zarr.open("new.zarr", mode="w", compressors=zarr.codecs.ZstdCodec(), **size))
assert old and new
print("chunks chosen:", zarr.open("any.zarr", mode="w", shape=(30_000, 3_000), dtype="i2").chunks)

# %% [markdown]
# **Now.** `create_array` makes, and refuses to overwrite. `open_array` opens, and refuses what is not there.

# %%
z = zarr.create_array("made.zarr", shape=(1024, 1024), chunks=(512, 512), dtype="i2",
                      compressors=zarr.codecs.ZstdCodec(level=3))
z[:] = 1
twice = error_of(lambda: zarr.create_array("made.zarr", shape=(10, 10), chunks=(5, 5), dtype="f8"))
nowhere = error_of(lambda: zarr.open_array("mode.zarr", mode="r"))
assert twice and nowhere and zarr.open_array("made.zarr", mode="r").shape == (1024, 1024)

# %% [markdown]
# `chunks=(512, None)` and `(512, -1)`, for "the whole axis", work in `zarr.open`, and not in every version of
# `create_array`: write the length. Old arrays, with files such as `0.0`, are of format 2 and can still be
# read. **Explained in** lesson [04](04_zarr_chunks.ipynb), with a table of old and new names.
#
# ## 6. `example.hdf5`, groups, and `.value`
#
# **As people have it.**

# %%
f = h5py.File("example.hdf5", "w")
group = f.create_group("random")
for number in (100, 200):
    group.create_dataset(f"f0_{number}", data=np.arange(number, dtype="f8"))
f.close()

f = h5py.File("example.hdf5")
dataset = f["random/f0_100"]
gone = error_of(lambda: dataset.value)
print("five items:", dataset[20:25], "- mode:", f.mode)
f.close()
closed = error_of(lambda: dataset[20:25])
assert isinstance(gone, AttributeError) and closed

# %% [markdown]
# **Today.** `.value` went with h5py 3: it read the *whole* dataset, which its name does not say. The default mode
# is `r`; it was "a", so old code that writes after `h5py.File(path)` now fails, and yours no longer changes
# files by accident. And a dataset is a view into the file. After `close()` it is good for nothing.
#
# **Now.** `[...]` reads all, a slice reads the slice, and `with` says how long the file is open.

# %%
with h5py.File("example.hdf5", "r") as f:
    everything = f["random/f0_100"][...]
    five = f["random/f0_100"][20:25]
print(everything.shape, five)
assert everything.shape == (100,) and five.tolist() == [20, 21, 22, 23, 24]

# %% [markdown]
# **Explained in** lesson [05](05_hdf5.ipynb).
#
# ## 7. `Particle`, and `table.where`
#
# **As people have it.** (Most copies begin with `from tables import *`.)

# %%
class Particle(tables.IsDescription):
    name = tables.StringCol(16)
    idnumber = tables.Int64Col()
    pressure = tables.Float32Col()
    energy = tables.Float64Col()

camel = error_of(lambda: tables.openFile("tutorial1.h5", mode="w"))
h5file = tables.open_file("tutorial1.h5", mode="w")
table = h5file.create_table(h5file.create_group("/", "detector"), "readout", Particle)
particle = table.row
for number in range(10):
    particle["name"], particle["idnumber"] = f"Particle {number}", number
    particle["pressure"] = particle["energy"] = 10.0 * number
    particle.append()
table.flush()
assert isinstance(camel, AttributeError) and table.nrows == 10

# %%
condition = "(pressure > 20) & (energy < 50)"
kept = [row for row in table.where(condition)]
print("rows that match:", [row["energy"] for row in table.where(condition)])
print("rows kept in a list:", [row["energy"] for row in kept])
print("columns:", table.colnames)
mixed = error_of(lambda: table.append([("Particle 7", 7, 70.0, 70.0)]))  # in the order of the class
assert mixed and [row["energy"] for row in table.where(condition)] == [30, 40]
assert len({id(row) for row in kept}) == 1 and len(kept) == 2

# %% [markdown]
# **Today.** `openFile`, `createTable` and the like are now `open_file`, `create_table`. The rest runs, with two traps.
#
# - `where` and `iterrows` hand out *one* Row object again and again. A list of it holds the same object many
#   times, and shows where it stood last. Take values out while you go: `row["energy"]`, `row.fetch_all_fields()`.
# - Columns stand in the order of the alphabet, unless each has a `pos=`. So `table.append` of tuples in the
#   order of the class fails, or mixes columns of one type up.
#
# **Now.** `read_where` returns a structured array, and variables come in by name. (`iterrows` with an `if`
# would read every row into Python.)

# %%
found = table.read_where("(pressure > low) & (energy < high)", {"low": 20, "high": 50})
print(found[["name", "energy"]])
assert found["energy"].tolist() == [30, 40]

class Ordered(tables.IsDescription):
    name = tables.StringCol(16, pos=0)
    idnumber = tables.Int64Col(pos=1)

ordered = h5file.create_table("/", "ordered", Ordered)
ordered.append([("Particle 7", 7)])
print(ordered.colnames, ordered[0])
assert ordered.colnames == ["name", "idnumber"] and ordered[0]["idnumber"] == 7
h5file.close()

# %% [markdown]
# PyTables unpickles attributes when it opens a file, so do not open a stranger's. **Explained in** lesson
# [05](05_hdf5.ipynb); lesson [06](06_compression.ipynb) says why pickles run code.
#
# ## 8. `pack_array`, from 10 to 10^8 numbers
#
# **As people have it**, up to 10^6. `%timeit` and log-log axes, with `nonposx`.

# %%
counts = [10**power for power in range(1, 7)]
packed = [len(blosc.pack_array(np.linspace(0, 100, count))) for count in counts]
figure, axes = plt.subplots(figsize=(5, 3))
axes.plot(counts, [8 * count for count in counts], "o-", label="the array")
axes.plot(counts, packed, "s--", label="packed")
old = error_of(lambda: axes.set_xscale("log", nonposx="clip"))
axes.set_xscale("log", nonpositive="clip")  # today's name
axes.set_yscale("log", nonpositive="clip")
axes.set(xlabel="numbers", ylabel="bytes", title="pack_array of np.linspace")
axes.legend()
plt.show()
assert isinstance(old, (TypeError, ValueError)) and packed[0] > 80 and packed[-1] < 8_000_000 / 4

# %% [markdown]
# **Today.** `nonposx` and `nonposy` became `nonpositive` in matplotlib 3.3. Ten numbers get *larger*: the pickle
# names the type, and Blosc adds a header.
#
# And why not 10^8? They are 800 MB. `pack_array` first makes a pickle of that size, and asks for as much again for
# the result, of which it fills little. `unpack_array` holds the pickle and the array that comes out of it.
# Measured for 10^8, your own array included: 1.55 GiB to pack, and 2.29 GiB to unpack. A machine with 2 GiB
# kills the notebook. `%timeit` packs anew in each of its loops. Count instead, with a hundredth of the numbers:

# %%
numbers = np.linspace(0, 100, 10**6)
bytes_packed = blosc.pack_array(numbers)
to_pack = practice.peak_of(lambda: blosc.pack_array(numbers))
to_unpack = practice.peak_of(lambda: blosc.unpack_array(bytes_packed))
print(f"memory asked for, in arrays: {to_pack / 8e6:.1f} to pack, {to_unpack / 8e6:.1f} to unpack")
assert to_pack >= numbers.nbytes and to_unpack >= 2 * numbers.nbytes

# %% [markdown]
# **Now.** `blosc2.pack_array2` takes no pickle. (`blosc2.pack_array` has the old name *and* pickles.) It wants an
# array in C order. For an array that is to be kept, let Zarr or HDF5 compress it chunk by chunk.

# %%
frame = blosc2.pack_array2(np.ascontiguousarray(numbers))
print("pack_array:", len(bytes_packed), "bytes - pack_array2:", len(frame), "bytes")
assert np.array_equal(blosc2.unpack_array2(frame), numbers) and len(frame) < numbers.nbytes / 4
numbers = frame = bytes_packed = None

# %% [markdown]
# **Explained in** lesson [06](06_compression.ipynb). Never unpack what a stranger packed: `unpack_array` loads a pickle.
#
# ## 9. `loadtxt_worker`, with `in_queue` and `out_queue`
#
# **As people have it.** Workers parse text, put the array into shared memory, and wait for "done". The line with
# `busy` is ours: it makes worker 1 slow to listen, so that what happens now and then happens always.

# %%
for number in range(2):
    np.savetxt(f"samples{number}.txt", np.full((3, 2), number))

two_queues = """
import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory
import numpy as np

def loadtxt_worker(number, out_queue, in_queue, busy):
    array = np.loadtxt(f"samples{number}.txt")
    shm = SharedMemory(create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=shm.buf)[:] = array
    out_queue.put((number, shm.name, array.shape, array.dtype))
    if number == 1:
        busy.wait()
    in_queue.get()  # "done"
    shm.close()
    shm.unlink()
    out_queue.put("gone")

if __name__ == "__main__":
    out_queue, in_queue, busy = mp.Queue(), mp.Queue(), mp.Event()
    shared = (out_queue, in_queue, busy)
    workers = [mp.Process(target=loadtxt_worker, args=(n, *shared)) for n in (0, 1)]
    for worker in workers:
        worker.start()
    offers = dict((offer[0], offer[1:]) for offer in (out_queue.get(), out_queue.get()))
    in_queue.put("done")  # the parent has read the block of worker 1 first
    out_queue.get()  # one of them has gone
    try:
        SharedMemory(offers[0][0])
    except FileNotFoundError as error:
        print("block of worker 0:", type(error).__name__)
    in_queue.put("done")
    busy.set()
    out_queue.get()
    for worker in workers:
        worker.join()
"""
ended = program(two_queues)
print(ended.stdout)
assert ended.returncode == 0 and "worker 0: FileNotFoundError" in ended.stdout, ended.stderr

# %% [markdown]
# **Today.** All workers wait on one queue, so any of them may take a "done" that was meant for another. It unlinks its
# block before the parent has read it. Three more traps: a worker that dies never offers anything, and
# `out_queue.get()` waits for ever. An empty file has an array of no bytes. And a column of type `S10`, as in
# many listings that read names of chromosomes, cuts longer names without a word: two names become one.

# %%
Path("calls.txt").write_text("chrUn_KI270302v1 17\nchrUn_KI270303v1 25\n")
names = np.loadtxt("calls.txt", dtype=[("chr", "S10"), ("pos", "i8")])["chr"]
print(names, "of width", names.dtype.itemsize, "- two different names:", names[0] != names[1])
assert names[0] == names[1]
empty = error_of(lambda: SharedMemory(create=True, size=np.zeros((0, 2)).nbytes))
assert isinstance(empty, ValueError)

# %% [markdown]
# **Now.** A pipe for each worker: "done" reaches the right one, and a dead worker is an `EOFError`. (Take the
# width of a text column from the data.)

# %%
pipe_each = """
import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory
import numpy as np

def loadtxt_worker(path, pipe):
    array = np.loadtxt(path, ndmin=2)
    shm = SharedMemory(create=True, size=max(array.nbytes, 1))
    try:
        np.ndarray(array.shape, array.dtype, buffer=shm.buf)[:] = array
        pipe.send((shm.name, array.shape, array.dtype))
        pipe.recv()  # "done"
    finally:
        shm.close()
        shm.unlink()

if __name__ == "__main__":
    started = []
    for path in ("samples0.txt", "no_such.txt", "samples1.txt"):
        ours, theirs = mp.Pipe()
        worker = mp.Process(target=loadtxt_worker, args=(path, theirs))
        worker.start()
        theirs.close()
        started.append((path, worker, ours))
    for path, worker, ours in started:
        try:
            name, shape, dtype = ours.recv()
            shm = SharedMemory(name)
            print(path, np.ndarray(shape, dtype, buffer=shm.buf).sum())
            shm.close()
            ours.send("done")
        except EOFError:
            print(path, "its worker died")
        worker.join()
"""
ended = program(pipe_each)
print(ended.stdout)
told = ["samples0.txt 0.0", "no_such.txt its worker died", "samples1.txt 6.0"]
assert ended.stdout.splitlines() == told

# %% [markdown]
# **Explained in** lesson [07](07_shared_memory.ipynb).
#
# ## 10. `Pool.map` with `SharedMemory`, and one HDF5 file
#
# **As people have it.** Each task makes a block and returns its name; the parent attaches after the pool. The way in
# which workers start decides what happens: *fork* is Linux's default up to Python 3.13, *forkserver* from 3.14 on,
# *spawn* is that of macOS and Windows.

# %%
pool_map = """
import multiprocessing as mp, os, sys, time
from multiprocessing.shared_memory import SharedMemory
import numpy as np

def load(number):
    array = np.loadtxt(f"samples{number % 2}.txt")
    shm = SharedMemory(create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, buffer=shm.buf)[:] = array
    shm.close()
    return shm.name

def there(name):
    try:
        shm = SharedMemory(name)
    except FileNotFoundError:
        return False
    shm.close()
    return True

if __name__ == "__main__":
    with mp.get_context("METHOD").Pool(2) as pool:
        names = pool.map(load, range(3))
        pool.close()
        pool.join()
    end = time.monotonic() + 10
    while "METHOD" == "fork" and any(os.path.exists("/dev/shm/" + name) for name in names):
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    print("blocks that the parent finds:", sum(map(there, names)))
"""
left = {}
for method in ("fork", "spawn"):
    ended = program(pool_map.replace("METHOD", method))
    left[method] = ended.stdout.strip()
    warned = [line for line in ended.stderr.splitlines() if "leaked" in line]
    print(f"{method}: {left[method]}", *(line.split("UserWarning: ")[-1] for line in warned[-1:]), sep="\n    ")
assert left["spawn"].endswith(": 3")
assert left["fork"].endswith(": 0") or not os.path.isdir("/dev/shm")

# %% [markdown]
# **Today.** Python's *resource tracker* removes blocks that nobody unlinked. With *spawn* all workers share the tracker of
# the program: the blocks are there, nobody unlinks them, and they fill `/dev/shm` until the program ends. With
# *fork*, each worker starts a tracker of its own, which removes the worker's blocks when the worker ends. So the parent
# gets `FileNotFoundError`, unless it read them inside the `with` block, or had used shared memory before.
#
# **Now.** The parent owns one block, makes it before the pool, and unlinks it. Tasks say which part is theirs.

# %%
one_owner = """
import multiprocessing as mp
from multiprocessing.shared_memory import SharedMemory
import h5py
import numpy as np

SHAPE = (2, 3, 2)

def load(task):
    name, number = task
    shm = SharedMemory(name)
    array = np.ndarray(SHAPE, "f8", buffer=shm.buf)
    array[number] = np.loadtxt(f"samples{number}.txt")
    del array
    shm.close()

if __name__ == "__main__":
    shm = SharedMemory(create=True, size=8 * 12)
    try:
        with mp.get_context("spawn").Pool(2) as pool:
            pool.map(load, [(shm.name, 0), (shm.name, 1)])
            pool.close()
            pool.join()
        array = np.ndarray(SHAPE, "f8", buffer=shm.buf)
        with h5py.File("samples.h5", "w") as file:
            file["samples"] = array
        del array
    finally:
        shm.close()
        shm.unlink()
"""
ended = program(one_owner)
with h5py.File("samples.h5", "r") as file:
    print(file["samples"].shape, "sum", file["samples"][...].sum())
    assert not ended.stderr and file["samples"][1].sum() == 6, ended.stderr

# %% [markdown]
# **Explained in** lesson [07](07_shared_memory.ipynb), "Pool, and the block that nobody unlinks".

# %%
os.chdir(data.directory())
print(data.clear("old"))
