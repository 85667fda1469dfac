# %% [markdown]
# # Ask a table of records, and let an array grow, with PyTables
#
# **Do:** describe a table and fill it, ask it questions in four ways, count what each answer reads, give a column an index that helps and one that does not, and build an array that is larger than the memory of its process.
#
# **Learn**
# - how records are stored, appended to and asked for with a condition;
# - when an index saves reading, and why the order of the rows decides that;
# - when to take h5py, PyTables or Zarr.
#
# **Need:** lesson [05](05_hdf5.ipynb): groups, chunks and the chunk cache of an HDF5 file.

# %%
import inspect

import h5py
import numpy as np
import tables

from course_lib import child, data, machine, plotting, practice
from course_lib.experiments.particles import records
from course_lib.measure import compare, measure
from course_lib.predict import my_predictions, predict, reveal
from course_lib.units import MiB, format_bytes

folder = data.workspace("05b_pytables")
machine.card(folder)

# %% [markdown]
# ## 1. Records in a table
#
# h5py gives you HDF5 as it is. PyTables is built on the same library for another need: tables with millions of records, to which you append and of which you ask questions. A record has fields of different types. You describe one as a class.

# %% tags=["claim:E3"]
class Particle(tables.IsDescription):
    name = tables.StringCol(16)
    number = tables.Int64Col()
    pressure = tables.Float32Col()
    energy = tables.Float64Col()

# %% [markdown]
# A table has a place in a group; `"/"` is the group at the root. Rows are filled one by one and collected in a buffer in memory. When the buffer is full, or when you call `flush`, it is written to the table. The buffer has room for many thousands of these rows. We append ten.

# %%
# Put your number in place of None.
predict("rows of the table before flush", None, unit="rows")

# %% tags=["claim:E3"]
with tables.open_file(folder / "first.h5", "w") as file:
    group = file.create_group("/", "detector")
    table = file.create_table(group, "particles", Particle)
    row = table.row
    for i in range(10):
        row["name"], row["number"], row["pressure"] = f"particle {i}", i, 10.0 * i
        row.append()
    before = table.nrows
    table.flush()
    print(table.nrows, "rows after flush, of", table.rowsize, "bytes each:", table.colnames)
    assert (before, table.nrows, table.rowsize) == (0, 10, 16 + 8 + 4 + 8)

# %% tags=["hide-input"]
reveal("rows of the table before flush", before)

# %% [markdown]
# Three traps, each silent. The first stands in the output: the columns are in the order of the alphabet, unless each has a `pos=`. `table.append` wants its tuples in *that* order. The second is the width of a text: `StringCol(16)` cuts what is longer. The third is `where`, which yields the rows that fit. It hands out one and the same `Row` object each time, so copy from it what you want to keep.

# %% tags=["claim:E3"]
with tables.open_file(folder / "first.h5", "a") as file:
    table = file.root.detector.particles
    table.row["name"] = "particle number eleven"
    table.row.append()
    table.flush()
    print("cut:", table[-1]["name"])
    kept = [row for row in table.where("pressure >= 70")]
    print("rows kept:  ", [row["pressure"] for row in kept])
    print("values kept:", [row["pressure"] for row in table.where("pressure >= 70")])
    assert table[-1]["name"] == b"particle number " and len({id(row) for row in kept}) == 1

# %% [markdown]
# (Listings that say `openFile` or `createTable` are for PyTables 2. The names have underscores now, as above.)
#
# If the records are in memory already, as a structured array of NumPy, one call writes them all: `create_table(..., obj=records)`. The columns then stand in the order of the array's fields. Here is such an array: particles whose pressures are scattered over 0 to 1000, 36 bytes each.

# %%
n_rows = machine.scale(48 * MiB) // 36
particles = records(n_rows)
path = folder / "particles.h5"
with tables.open_file(path, "w") as file:
    # How many rows to expect: PyTables chooses the size of the chunks by it.
    table = file.create_table("/", "particles", obj=particles, expectedrows=n_rows)
    chunk_rows = int(table.chunkshape[0])
    print(f"{table.nrows:,} rows, {format_bytes(table.size_on_disk)}, chunks of {chunk_rows:,} rows:", table.colnames)
    assert table.colnames == list(particles.dtype.names)

# %% [markdown]
# **Your turn: store records.** Write the structured array `found` to a new file, as the table `/particles`. Then add the records of `more` to its end, with `table.append`. Return how many rows the table has.
#
# <details><summary>Hint</summary>
# Mode "w" begins with an empty file. <code>append</code> takes an array as well, and buffers it: ask for the number of rows after <code>flush</code>.
# </details>

# %% turn="store_records"
def store_records(path, found, more):
    """Write records to a new table, append others, and return the number of rows."""
    ### BEGIN SOLUTION
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", obj=found)
        table.append(more)
        table.flush()
        return int(table.nrows)
    ### END SOLUTION

# %%
def stored():
    store_records(folder / "turn.h5", particles[:3], particles[7:9])
    with h5py.File(folder / "turn.h5") as file:
        return file["particles"][:]

practice.check(
    store_records,
    ("rows", lambda: store_records(folder / "turn.h5", particles[:3], particles[7:9]), 5, "Three and two."),
    ("the records, as h5py sees them", stored, particles[[0, 1, 2, 7, 8]], "obj= takes dtype and values from the array."),
)

# %% [markdown]
# ## 2. Ask the library, not a loop
#
# Which particles have a pressure of at least 20 and below 50? There are four ways to ask.

# %%
condition, limits = "(low <= pressure) & (pressure < high)", {"low": 20, "high": 50}

def read(table):  # load everything, then choose
    pressure = table.read()["pressure"]
    return int(((20 <= pressure) & (pressure < 50)).sum())

def iterrows(table):  # Python tests row by row
    return sum(1 for row in table.iterrows() if 20 <= row["pressure"] < 50)

def where(table):  # the library tests, a block at a time, and hands out the rows that fit
    return sum(1 for row in table.where(condition, limits))

def read_where(table):  # the same, as one array
    return len(table.read_where(condition, limits))

# %% [markdown]
# The condition is a text, which PyTables compiles. `&` and the parentheses are needed: it is an expression on arrays, where `and` has no meaning. Names in it are columns of the table, or come from the dict: so no number has to be turned into text and back.
#
# There is no index yet, so nobody knows where the hits are. Will `where` read less of the file than `read`?

# %%
# Put your number in place of None.
predict("bytes that where() reads, as a share of the table", None, unit="%")

# %%
def ask(path, question):
    with tables.open_file(path) as file:
        return question(file.root.particles)

costs = {q.__name__: measure(ask, path, q, peak=True, label=q.__name__) for q in (read, iterrows, where, read_where)}
print(f"hits: {[cost.value for cost in costs.values()]}, of {n_rows:,} rows, {format_bytes(particles.nbytes)}")
compare(*costs.values())

# %% tags=["claim:E4", "hide-input"]
shares = {way: cost.rchar and cost.rchar / particles.nbytes for way, cost in costs.items()}
assert len({cost.value for cost in costs.values()}) == 1
assert None in shares.values() or (
    all(1 <= shares[way] < 1.1 for way in ("read", "iterrows", "where")) and shares["read_where"] > 1.9
)
peaks = {way: cost.peak for way, cost in costs.items()}
assert None in peaks.values() or peaks["where"] < particles.nbytes < peaks["read"]
reveal("bytes that where() reads, as a share of the table", shares["where"] and round(100 * shares["where"]))

# %%
plotting.bars(peaks.keys(), peaks.values(), "bytes", title="Peak of memory")

# %% [markdown]
# Somebody has to look at every row, so each way reads the whole table. They differ in where the work is done. `read` holds the whole table in memory. The others hold a buffer, and the chunk cache, which PyTables sets to 16 MiB. `iterrows` turns every row into Python objects and is slow; `where` tests in compiled code.
#
# One surprise is in the table above, where this machine shows bytes: `read_where` reads the file twice when the hits are scattered. It first finds the places of the hits, and then fetches those rows; by then their chunks have left the chunk cache. `where` hands out the rows while it has them.
#
# **Your turn: a column by its name.** Return how many rows have at least `low` in the column that is called `name`. `table.cols._f_col(name)` is that column, and a condition may use it under any name that the dict gives it.
#
# <details><summary>Hint</summary>
# The condition can be <code>"x >= low"</code>, and the dict <code>{"x": ..., "low": low}</code>.
# </details>

# %% turn="count_from"
def count_from(table, name, low):
    """Count the rows with at least `low` in a column, with a condition."""
    ### BEGIN SOLUTION
    names = {"x": table.cols._f_col(name), "low": low}
    return len(table.read_where("x >= low", names))
    ### END SOLUTION

# %%
def counted(name, low):
    return ask(folder / "turn2.h5", lambda table: count_from(table, name, low))

with tables.open_file(folder / "turn2.h5", "w") as file:
    file.create_table("/", "particles", obj=particles[:1000])
practice.check(
    count_from,
    ("number from 990", lambda: counted("number", 990), 10, "990 itself counts."),
    ("pressure", lambda: counted("pressure", 500), int((particles["pressure"][:1000] >= 500).sum()),
     "Use the column that was asked for."),
    ("nothing", lambda: counted("energy", 1e9), 0, "No hit is a count, too."),
)

# %% [markdown]
# ## 3. An index, and when it does not help
#
# To answer without reading everything, the file needs an [index](../docs/glossary.md#table-index): the values of the column in sorted order, each with its row number. `create_index` makes one, and `create_csindex` one that is completely sorted (CSI). It is stored in the same file, and from then on `where` and `read_where` use it by themselves.

# %%
def between(high):  # the same question for other limits
    return lambda table: len(table.read_where(condition, {"low": 20, "high": high}))

scan = measure(ask, path, where, label="where, no index")
without = path.stat().st_size
with tables.open_file(path, "a") as file:
    file.root.particles.cols.pressure.create_csindex()
print("index:", format_bytes(path.stat().st_size - without), "beside", format_bytes(without))

# %% [markdown]
# A range of 0.05 first, which holds one row in 20,000. Then one ten times as wide: one row in 2000. The index finds these rows at once. But rows cannot be read one at a time: they live in chunks, and you have seen how many rows a chunk has. The rows of the wider range lie anywhere. In what share of the chunks is there at least one of them?

# %%
# Put your number in place of None.
predict("chunks with a hit for 1 row in 2000", None, unit="%")

# %%
few = measure(ask, path, between(20.05), label="read_where, narrow range")
many = measure(ask, path, between(20.5), label="read_where, ten times as wide")

def chunks_hit(table, high):
    rows = table.get_where_list(condition, {"low": 20, "high": high})  # numbers of the rows
    return np.unique(rows // table.chunkshape[0])

with tables.open_file(path) as file:
    few_chunks, many_chunks = (chunks_hit(file.root.particles, high) for high in (20.05, 20.5))
total = -(-n_rows // chunk_rows)
print(f"{few.value} hits in {few_chunks.size} of {total} chunks, {many.value} hits in {many_chunks.size}")
compare(scan, few, many)

# %% tags=["claim:E5", "hide-input"]
assert few_chunks.size < total / 3 and many_chunks.size > 2 * total / 3
assert None in (scan.rchar, few.rchar) or few.rchar < scan.rchar / 2 < scan.rchar < many.rchar
reveal("chunks with a hit for 1 row in 2000", round(100 * many_chunks.size / total))

# %% tags=["hide-input"]
plotting.show(plotting.access_map((n_rows,), (chunk_rows,), [(c,) for c in few_chunks], title="narrow range"))
plotting.access_map((n_rows,), (chunk_rows,), [(c,) for c in many_chunks], title="ten times as wide")

# %% [markdown]
# A few hits lie in a few chunks, and the index saves most of the reading. Some more hits, scattered, and nearly every chunk holds one.
#
# The index itself has to be read, too. And `read_where` goes to the chunks twice, once to check and once to return the rows. The chunk cache holds the few chunks of the narrow range until the second visit. The many it does not hold, so the wider range read more than `where` did without an index.
#
# The cure is in the order of the rows. Records that are asked for together should lie together:
#
# ![Two tables of four chunks, with an index on the pressure beside each. In the first the rows are in any order: the four rows that the index names for a range of pressures lie in four chunks, so four chunks are read. In the second the rows are sorted by pressure: the same four rows lie in one chunk, and one chunk is read.](figures/05b_index_and_chunks.svg)

# %% tags=["claim:E5"]
in_order = particles[np.argsort(particles["pressure"])]
with tables.open_file(folder / "sorted.h5", "w") as file:
    table = file.create_table("/", "particles", obj=in_order, expectedrows=n_rows)
    table.cols._f_col("pressure").create_csindex()  # the column, by its name as a text
    together = chunks_hit(table, 20.5)
by_order = measure(ask, folder / "sorted.h5", between(20.5), label="the same, sorted rows")
assert by_order.value == many.value and together.size <= 2
assert by_order.rchar is None or by_order.rchar < scan.rchar / 20
compare(scan, many, by_order)

# %% [markdown]
# The same hits, from one or two chunks. A table has only one order, though. So sort it by the column that is asked for most, and give other columns an index if their questions have few hits.
#
# **Your turn: an index where there is none.** Open the file to change it. Give the column `name` of `/particles` a completely sorted index, unless it has an index: `column.is_indexed` tells. Return `column.index.is_csi`.
#
# <details><summary>Hint</summary>
# Mode "a" keeps what is there. The column comes from <code>_f_col</code>, as in the last turn.
# </details>

# %% turn="index_column"
def index_column(path, name):
    """Give a column a completely sorted index if it has none."""
    ### BEGIN SOLUTION
    with tables.open_file(path, "a") as file:
        column = file.root.particles.cols._f_col(name)
        if not column.is_indexed:
            column.create_csindex()
        return column.index.is_csi
    ### END SOLUTION

# %%
def indexed(name, times=1):
    with tables.open_file(folder / "turn3.h5", "w") as file:
        file.create_table("/", "particles", obj=particles[:1000])
    answers = [bool(index_column(folder / "turn3.h5", name)) for _ in range(times)]
    return answers, ask(folder / "turn3.h5", lambda table: sorted(table.indexedcolpathnames))

practice.check(
    index_column,
    ("energy", lambda: indexed("energy"), ([True], ["energy"]), "create_csindex() sorts completely."),
    ("pressure, asked twice", lambda: indexed("pressure", 2), ([True, True], ["pressure"]),
     "A second index is an error: look first."),
)

# %% [markdown]
# ## 4. Build an array that does not fit in memory
#
# An `EArray` (*extendable array*) grows along one axis: the one whose length is 0 when you create it. An *atom* is the type of its items. We append a block of 1 MiB at a time. (h5py does the same with `maxshape=(None, 1024)` and `resize`.)

# %%
def append_blocks(path, rows):
    with tables.open_file(path, "w") as file:
        cube = file.create_earray("/", "cube", tables.Float32Atom(), shape=(0, 1024), expectedrows=rows)
        for start in range(0, rows, 256):
            cube.append(np.full((256, 1024), start, "f4"))
        return int(cube.nrows)

rows = machine.scale(192 * MiB, fraction=1 / 4) // MiB * 256
room = rows * 4096 // 3
print(f"array: {format_bytes(rows * 4096)}, room: {format_bytes(room)}")
print("chunk cache of PyTables:", format_bytes(tables.parameters.CHUNK_CACHE_SIZE))

# %% [markdown]
# This runs in a child process, which may take only a third of the array's size on top of what it has at the start. First it asks NumPy for the whole array at once. Then it appends: what does it have to hold meanwhile?

# %%
# Put your number in place of None.
predict("memory that the process needs while it appends", None, unit="MiB")

# %% tags=["claim:E6"]
program = inspect.getsource(append_blocks) + """
import numpy as np, tables
from course_lib import memory
from course_lib.experiments.limits import leave_room
path, rows, room = args
limited, refused = leave_room(room), None
try:
    whole = np.ones((rows, 1024), "f4") if limited else None
except MemoryError:
    refused = True
value = limited, refused, *memory.grown_peak(lambda: append_blocks(path, rows))
"""
limited, refused, stored_rows, peak = child.run(program, folder / "cube.h5", rows, room).value
print("NumPy was refused:", refused if limited else "not tried here", "- rows in the file:", f"{stored_rows:,}")
assert stored_rows == rows and refused is (True if limited else None) and (peak is None or peak < room)

# %% tags=["hide-input"]
plotting.show(plotting.bars(["array", "room", "peak"], [rows * 4096, room if limited else None, peak], "bytes"))
reveal("memory that the process needs while it appends", peak and round(peak / MiB, 1))

# %% [markdown]
# The file took all of it, because only one block, its copy on the way, and the chunk cache are in memory at any time.
#
# **Your turn: one more block.** Append `block`, an array of `float32` of shape (n, width), to the EArray `/rows` of the file. If the file has none yet, make it. Return the number of rows.
#
# <details><summary>Hint</summary>
# Mode "a" makes the file if it is missing. <code>"/rows" in file</code> tells whether the array is there, and <code>file.root.rows</code> is the array.
# </details>

# %% turn="add_block"
def add_block(path, block):
    """Append a block of rows to an extendable array, and return how many it has."""
    ### BEGIN SOLUTION
    with tables.open_file(path, "a") as file:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float32Atom(), shape=(0, block.shape[1]))
        file.root.rows.append(block)
        return int(file.root.rows.nrows)
    ### END SOLUTION

# %%
def grown(*lengths):
    (folder / "turn4.h5").unlink(missing_ok=True)
    counts = [add_block(folder / "turn4.h5", np.full((n, 5), n, "f4")) for n in lengths]
    with h5py.File(folder / "turn4.h5") as file:
        return counts, file["rows"][:, 4].tolist(), file["rows"].dtype.str

practice.check(
    add_block,
    ("a new file", lambda: grown(2), ([2], [2, 2], "<f4"), "0 in the shape marks the axis that grows."),
    ("two blocks", lambda: grown(1, 3), ([1, 4], [1, 3, 3, 3], "<f4"), "Mode a keeps what is there."),
)

# %% [markdown]
# ## 5. h5py, PyTables or Zarr?
#
# An HDF5 file belongs to no library. The table that PyTables wrote is a dataset of records for h5py, and MATLAB, R, Julia, C, Java and Fortran read it as well. HDF5 files are known by eight bytes, which stand at the start. (A file may have a *user block* before them, as those of MATLAB do: then they stand at byte 512, 1024, 2048 or further. `h5py.is_hdf5` looks there.)

# %% tags=["claim:E8"]
with h5py.File(path) as file:
    print(file["particles"].dtype)
    assert np.array_equal(file["particles"]["pressure"][:5], particles["pressure"][:5])
with open(path, "rb") as file:
    assert file.read(8) == b"\x89HDF\r\n\x1a\n" and h5py.is_hdf5(path)

# %% [markdown]
# PyTables has one habit to know before you open files of other people: it unpickles attributes, and a pickle can run any function (lesson [06](06_compression.ipynb) shows it). `tables.open_file` alone is enough. h5py does not do that.
#
# | you need | take | because |
# |---|---|---|
# | many named arrays in one file, exchange with other languages | **h5py** | HDF5 is old, stable, and read everywhere |
# | records: append, ask with conditions, index | **PyTables** | conditions run in compiled code; indexes live in the file |
# | several processes that write at once | **Zarr** | no lock on the whole: chunks, or shards, are separate objects |
# | data in [object storage](../docs/glossary.md#object-storage), many readers far away | **Zarr** | a chunk is one or two requests, several under way at once; HDF5 reads one piece after the other |
# | many threads in one process | **Zarr** | h5py has one lock around the HDF5 library |
# | to move or archive the data as one piece | **h5py** or **PyTables** | one file, not thousands |
# | the operating system's page cache, shared by processes | a [memmap](../docs/glossary.md#memmap) | see lesson [02](02_memory_mapping.ipynb) |
#
# Zarr is the newer of the two formats and more flexible: the store can be a directory, an archive, a bucket or a dictionary. HDF5 is the one that every program knows.

# %% [markdown]
# ## How did you do?

# %%
my_predictions()

# %% [markdown]
# ## Check yourself
#
# **1.** You describe a record as a class with `time = Float64Col()` and `channel = Int32Col()`, and call `table.append([(0.5, 3)])`. What is stored?
#
# <details><summary>Answer</summary>
# The columns stand in the order of the alphabet: channel, then time. So 0.5 goes to channel, which holds whole numbers, and becomes 0, and 3 becomes the time. Give each column a <code>pos=</code>, or append a structured array whose fields have that order.
# </details>
#
# **2.** `hits = [row for row in table.where("pressure > 70")]` finds the right number of rows, and all of them look alike. Why?
#
# <details><summary>Answer</summary>
# There is one <code>Row</code> object, which moves over the table, and the list holds it many times. Keep values: <code>[row["pressure"] for row in ...]</code>, or ask with <code>read_where</code>, which returns an array.
# </details>
#
# **3.** A colleague adds an index to a column and asks for 1 % of the rows, which lie scattered. It got slower. Why?
#
# <details><summary>Answer</summary>
# With hundreds of rows in a chunk, 1 % of the rows means that almost every chunk holds a hit. All chunks are read anyway, the index on top of them, and perhaps the chunks a second time to return the rows. Sorting the table by that column brings the hits together.
# </details>
#
# **4.** An EArray of 100 GB grows by a block of 64 MiB each hour. How much memory does the program need?
#
# <details><summary>Answer</summary>
# The block, perhaps a copy of it on its way to the file, and the chunk cache of 16 MiB. What is in the file already does not count: nobody loads it to append.
# </details>
#
# ## Recap
#
# - Describe a record by a class or by a structured array; append, flush. Columns of a class are sorted by name.
# - `where` and `read_where` test in compiled code with little memory. Variables come in a dict, a column by `_f_col`.
# - Without an index every row is read. An index pays when the hits are in few chunks: few hits, or rows in the order of the column.
# - An EArray grows past the memory of its process.
#
# ## Further reading
#
# - PyTables User's Guide: "Optimization tips", "Condition syntax"
#
# **Exercise:** [05 HDF5](../exercises/05_hdf5/05_hdf5.ipynb) belongs to both parts. **Next lesson:** [06 compression](06_compression.ipynb).
#
# You have code from the web? [Old listings](old_listings.ipynb) runs what many people bring along.

# %%
data.clear("05b_pytables")
