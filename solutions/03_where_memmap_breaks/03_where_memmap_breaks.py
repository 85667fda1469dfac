# %% [markdown]
# # Exercise 03: where memory maps break
#
# Practise what [lesson 03](../../notebooks/03_where_memmap_breaks.ipynb) showed: the order of the
# bytes decides what a slice costs, descriptors run out, and rows must be there in time.
#
# Each problem has a task, a cell for your answer, and a check. Write your answer where it says
# `YOUR CODE HERE`, run the cell, then run the check below it. The check shows what passed, what
# was expected, what came, and what to learn. You may run it as often as you like.
# A few hidden tests decide on the rest of the points.
#
# Stuck? `hint("view_pages", 1)` gives a small hint, `2` and `3` say more. After three tries
# `solution("view_pages")` shows an answer.

# %% locked="setup"
import json
import os
import struct
import zlib
from itertools import islice, permutations

import numpy as np

from course_lib import pagecache
from course_lib.checking import check, files
from course_lib.checking.difference import is_closed_map
from course_lib.hints import hint, solution  # noqa: F401


def copy_of(array):
    """Copy an array, but not one whose memory is gone: to look there would end Python."""
    if is_closed_map(array):
        raise ValueError("the array looks at a memory map that is closed")
    return np.array(array)

# %% [markdown]
# ## 1. Predict the pages of any slice
#
# A memory map of a raw file is an array. So is any slice of it, and NumPy describes each by four
# things: the byte of the file where its first item begins, its shape, its strides (the step in
# bytes along each axis, which may be negative or 0), and the size of an item. Return how many
# pages of the file its items lie on. An item may lie across two pages.
#
# Example: a file holds 1000 rows of 1024 int32 values, so a row is 4096 bytes. The third column
# is `view_pages((1000,), (4096,), 4, 8)`: 1000 pages. The third row is
# `view_pages((1024,), (4,), 4, 8192)`: 1 page.

# %% solution="view_pages"
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    """Count the pages that the items of a strided array lie on.

    Parameters
    ----------
    shape : tuple of int
        Items along each axis; ``()`` is a single item.
    strides : tuple of int
        Bytes from one item to the next along each axis.
    itemsize : int
        Bytes of one item; at most `page_size`.
    offset : int
        Byte of the file where the item at index 0 of every axis begins.
    page_size : int
        Bytes of a page.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION
    # Byte of every item: the sum of index times stride over the axes. Broadcasting one axis
    # after the other makes all of them.
    first = np.array(offset, dtype=np.int64)
    for length, stride in zip(shape, strides, strict=True):
        first = first[..., None] + np.arange(length, dtype=np.int64) * stride
    # An item lies on the page of its first byte and on the page of its last byte.
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return int(np.unique(pages).size)
    ### END SOLUTION


# %% test="view_pages" points=3
report = check.Report("view_pages", "Pages of any slice", points=3)
run = report.run(view_pages, (1000,), (4096,), 4, 8)
report.equal("a column", run, 1000, points=0.5, known=[
    (1, "4000 bytes are wanted, but they are far apart: follow the strides."),
    (999, "The last item needs a page too."),
])
run = report.run(view_pages, (100, 50), (10_000, 40), 4, 0)
report.equal("every tenth value of 100 rows", run, 147, points=0.5, known=[
    (5000, "Several items share a page. Count each page once."),
    (lambda n: n in (243, 244, 242), "The gaps between the rows are not read."),
    (lambda n: n > 147, "Count each page once, and only pages that hold an item."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    i, j, k = np.indices((40, 3, 9))
    places = 990_000 - 24_000 * i + 9001 * j + 12 * k
    run = report.run(view_pages, (40, 3, 9), (-24_000, 9001, 12), 12, 990_000)
    report.equal("three axes, one backwards", run, pagecache.pages_of(places, 12), points=0.5)
    run = report.run(view_pages, (3,), (12_288,), 8, 4092)
    report.equal("items across two pages", run, 6, points=0.5, known=[
        (3, "Where does an item end? It may end on the next page."),
    ])
    run = report.run(view_pages, (5, 0), (4096, 8), 8, 100)
    report.equal("an axis of length 0", run, 0, points=0.25, known=[
        (lambda n: n in (1, 5), "No items, no pages."),
    ])
    run = report.run(view_pages, (), (), 8, 5000)
    report.equal("a single item", run, 1, points=0.25, known=[
        (0, "Without an axis there is one item."),
    ])
    run = report.run(view_pages, (4, 3000), (0, 8), 8, 16_000, 16_384)
    report.equal("a stride of 0, and other pages", run, 3, points=0.5, known=[
        (lambda n: n > 3, "With a stride of 0, the same bytes come again. The page size is an argument."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 2. Open any raw file
#
# A raw file does not say what it holds. Open one as a read-only memory map, and return the array.
# `dtype` is a text such as `">i2"` (big-endian, two bytes). The data begins at byte `offset`,
# and there may be other bytes behind it. `order` is `"C"` or `"F"`. One number of `shape` may be
# -1: as many as fit, and then the data reaches to the end of the file. Do not read what nobody
# asks for. Where the file does not hold that shape, raise `ValueError`.
#
# Example: `open_raw("a.raw", "<f4", (-1, 3), 16)` on a file of 64 bytes is an array of shape
# (4, 3). With a file of 66 bytes it raises `ValueError`: two bytes are left over.

# %% solution="open_raw"
def open_raw(path, dtype, shape, offset=0, order="C"):
    """Open a raw file as a read-only memory-mapped array.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        What an item is, its byte order included.
    shape : tuple of int
        Items along each axis; one of them may be -1.
    offset : int
        Byte where the data begins.
    order : {"C", "F"}
        Which index changes fastest from one item to the next: the last ("C") or the first.

    Returns
    -------
    ndarray or memmap

    Raises
    ------
    ValueError
        If the file does not hold that shape.
    """
    ### BEGIN SOLUTION
    shape = tuple(shape)
    if -1 in shape:
        known = 1
        for length in shape:
            known *= 1 if length == -1 else length
        nbytes = os.path.getsize(path) - offset
        many, left = divmod(nbytes, known * np.dtype(dtype).itemsize)
        if nbytes < 0 or left:
            raise ValueError(f"{path} has {nbytes} bytes from {offset}, which are no {shape}")
        shape = tuple(many if length == -1 else length for length in shape)
    # memmap itself raises ValueError for a file that is too short. It takes any offset: the
    # map begins at a page, and the array somewhere in it.
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape, order=order)
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to open a file with your function and to take a part.

# %% locked="part_of_raw"
def part_of_raw(path, arguments, index):
    """Open a raw file with `open_raw`, take a part, and say what the array is like.

    `index` has a number for each axis, or None for all of it.
    """
    array = open_raw(path, *arguments)
    copy_of(array[:0] if getattr(array, "ndim", 0) else array)
    part = np.array(array[tuple(slice(None) if i is None else i for i in index)])
    owner = array
    while getattr(owner, "base", None) is not None:
        owner = owner.base
    return {
        "part": part,
        "shape": array.shape,
        "writeable": bool(array.flags.writeable),
        "mapped": type(owner).__name__ in ("mmap", "memoryview"),
    }


# %% test="open_raw" points=3
def field(run, name):
    """Return one entry of what the given function found."""
    return run.value.get(name) if type(run.value) is dict else run.value


def kinds(dtype, swapped=None):
    """Return the typical mistakes of a part."""
    return [
        (lambda a: a.dtype != np.dtype(dtype), "The dtype tells the byte order, too: keep it."),
        (lambda a: swapped is not None and np.array_equal(a, swapped), "Is the order C or F?"),
    ]


folder = check.workdir("raw")
rng = np.random.default_rng(3)
table = rng.integers(0, 30_000, (512, 1024)).astype("<i2")
path = files.put(folder / "table.raw", b"0123456789" + table.tobytes() + b"tail")
report = check.Report("open_raw", "Open any raw file", points=3)
run = report.run(part_of_raw, path, ["<i2", (512, 1024), 10], (100, None), watch=[path], cold=True)
report.equal("a row of a file with a header", field(run, "part"), table[100], points=0.5, of=run, known=[
    *kinds("<i2"), (lambda a: a.shape == (1024,), "Where does the data begin? `offset` counts bytes."),
])
report.at_most("pages fetched for one row", run.pages, 4, points=0.5, message=
    "You read the file. A memory map fetches only pages that are used.",
    analytic=2 if field(run, "mapped") is True else 257)
report.equal("may it be written to", field(run, "writeable"), False, points=0.25, of=run, known=[
    (True, 'Open it read-only: mode="r".'),
])
cube = np.asfortranarray(rng.standard_normal((6, 5, 4)).astype(">f8"))
path = files.put(folder / "cube.raw", cube)
run = report.run(part_of_raw, path, [">f8", (6, 5, 4), 0, "F"], (None, 2, None))
wrong = cube.ravel(order="F").reshape(6, 5, 4)[:, 2]
report.equal("big-endian, in Fortran order", field(run, "part"), np.array(cube[:, 2]), points=0.5,
             of=run, known=kinds(">f8", wrong))
### BEGIN HIDDEN TESTS
with report.hidden():
    run = report.run(part_of_raw, files.put(folder / "words.raw", b"..." + b"abcde" * 12),
                     ["S5", (4, -1), 3], (None, None))
    report.equal("a length to find out", field(run, "part"), np.full((4, 3), b"abcde", "S5"),
                 points=0.5, of=run, known=[
        ("ValueError", "-1 stands for as many as the file holds."),
        (lambda a: a.shape != (4, 3), "The file's size, less the offset, gives the missing length."),
    ])
    right = report.rows[0].ok and report.rows[-1].ok
    run = report.run(part_of_raw, files.put(folder / "odd.raw", b"x" * 65), ["<f4", (-1, 4), 1 << 4], (None, None))
    left_over = "Bytes are left over: the file does not hold that shape."
    if right:
        report.raises("bytes left over", run, ValueError, points=0.25, known=[(lambda v: True, left_over)])
    else:
        report.true("bytes left over", False, points=0.25, message=left_over)
    right = report.rows[0].ok
    run = report.run(part_of_raw, path, [">f8", (6, 5, 5), 0, "F"], (0, 0, None))
    if right:
        report.raises("a file that is too short", run, ValueError, points=0.25)
    else:
        report.true("a file that is too short", False, points=0.25, message="First open a whole file.")
    run = report.run(part_of_raw, path, ["<u1", (0, 7), 100], (None, None))
    report.equal("an array without items", field(run, "shape"), (0, 7), points=0.25, of=run)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 3. Many arrays in one file
#
# A dict of a thousand memory maps needs a thousand descriptors. Write two functions.
# `pack(path, arrays)` writes all arrays of a dict into one file; how it looks inside is up to you.
# `open_packed(path)` returns them as a dict again: same names in the same order, same dtypes, shapes
# and values. It does not read the arrays, it makes them look at one memory map, so few descriptors
# and little memory suffice. The file is complete in itself: another program may move it elsewhere
# and open it. Where its end is missing, or where it holds nothing but zeros, `open_packed` raises
# `ValueError`.
#
# Example: after `pack("all.bin", {"a": np.arange(3), "b": np.zeros((2, 2), "f4")})`,
# `open_packed("all.bin")["b"].shape` is (2, 2).

# %% solution="open_packed"
def pack(path, arrays):
    """Write many arrays into one file.

    Parameters
    ----------
    path : str
        The file to make.
    arrays : dict of str to ndarray
        Any shapes and plain dtypes, in C or Fortran order.
    """
    ### BEGIN SOLUTION
    # Data first, then the index, then a tail of fixed size that tells where the index is. Only a
    # complete file has the right tail.
    index = {}
    with open(path, "wb") as file:
        for name, array in arrays.items():
            index[name] = [array.dtype.str, list(array.shape), file.tell()]
            file.write(array.tobytes())  # in C order, whatever the order in memory
            file.write(bytes(-file.tell() % 64))  # the next array begins at a round place
        text = json.dumps(index).encode()
        file.write(text)
        file.write(struct.pack("<QI4s", len(text), zlib.crc32(text), b"PACK"))
    ### END SOLUTION


def open_packed(path):
    """Open the arrays of a packed file, all on one memory map.

    Parameters
    ----------
    path : str
        A file that `pack` has written.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    ValueError
        If the file is not complete.
    """
    ### BEGIN SOLUTION
    if os.path.getsize(path) < 16:
        raise ValueError(f"{path} is too short for a packed file")
    whole = np.memmap(path, dtype=np.uint8, mode="r")  # one descriptor, one map
    length, checksum, mark = struct.unpack("<QI4s", whole[-16:].tobytes())
    text = whole[-16 - length : -16].tobytes() if mark == b"PACK" else b""
    if len(text) != length or zlib.crc32(text) != checksum or mark != b"PACK":
        raise ValueError(f"{path} is not a complete packed file")
    return {
        name: np.ndarray(shape, dtype, buffer=whole, offset=start)
        for name, (dtype, shape, start) in json.loads(text).items()
    }
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to open a packed file with few descriptors.

# %% locked="use_packed"
def use_packed(path, names, spare=64):
    """Open a packed file while only `spare` descriptors are free; return some of its arrays."""
    import resource

    held = len(os.listdir("/dev/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, held + spare), hard))
    try:
        arrays = open_packed(path)
        if type(arrays) is not dict:
            raise TypeError(f"expected a dict, got {type(arrays).__name__}")
        used = {name: copy_of(arrays[name]) for name in names}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    more = len(os.listdir("/dev/fd")) - held
    return {"arrays": used, "names": list(arrays), "descriptors": more}


# %% test="open_packed" points=5
def found(run, name):
    """Return one entry of what the given function found."""
    return run.value.get(name) if type(run.value) is dict else run.value


def move(path, new):
    """Rename a file if it is there: what lies beside it stays behind. Return the new path."""
    try:
        os.rename(path, new)
    except OSError:
        pass
    return str(new)


folder = check.workdir("pack")
rng = np.random.default_rng(4)
report = check.Report("open_packed", "Many arrays in one file", points=5)
few = {"a": np.arange(3), "b": rng.standard_normal((2, 3)).astype("f4")}
packed = report.run(pack, str(folder / "few.bin"), few)
if not packed.error:
    run = report.run(use_packed, str(folder / "few.bin"), ["a", "b"])
else:
    run = packed
report.equal("two arrays", found(run, "arrays"), few, points=0.5, of=run, known=[
    ("FileNotFoundError", "There is no file at `path`. np.savez adds .npz to a name that it is given."),
])
many = {f"clip {n}": rng.integers(0, 999, (64, 128)).astype("i4") for n in range(250)}
path = str(folder / "many.bin")
packed = report.run(pack, path, many)
moved = folder / "moved"
moved.mkdir()
os.chmod(moved, 0o777)
path = move(path, moved / "all.bin")
wanted = {name: many[name] for name in ("clip 99", "clip 100", "clip 101")}
run = report.run(use_packed, path, list(wanted), watch=[path] if os.path.isfile(path) else [], cold=True)
enough = [
    ("OSError", "Were there too many open files? One map serves all arrays: np.ndarray(shape, "
     "dtype, buffer=whole, offset=start). Or is something missing beside the moved file?"),
    ("FileNotFoundError", "The packed file is complete in itself: nothing beside it, no memory of it."),
    ("KeyError", "The packed file is complete in itself: nothing beside it, no memory of it."),
]
report.equal("three of 250 arrays, with few descriptors, after a move", found(run, "arrays"), wanted,
             points=1, of=run, known=enough)
report.at_most("memory", run.peak, 5 << 20, points=0.5, message=
    "You read all arrays. Let them look at the memory map: nothing is read before it is used.")
### BEGIN HIDDEN TESTS
with report.hidden():
    names = found(run, "names")
    report.true("all names, in order", type(names) is list and names == list(many), points=0.25, of=run,
                message="The dict has the names of all arrays, in the order they were packed in.")
    count = found(run, "descriptors")
    good = report.rows[1].ok and type(count) is int and count <= 2
    report.true("descriptors in use", good, points=0.25, of=run, message=
        "One file needs one descriptor, or two, whatever the number of arrays.")
    odd = {
        "fortran": np.asfortranarray(rng.standard_normal((5, 7))), "ümläut/x": np.arange(7, dtype="u1"),
        "big": np.arange(9, dtype=">i2").reshape(3, 3)[:, ::2], "none": np.zeros((0, 4), "f4"),
        "one": np.array(3.5), "bytes": np.array([b"ab", b"abc"]), "complex": np.array([1j]),
    }  # fmt: skip
    packed = report.run(pack, str(folder / "odd.bin"), odd)
    path = move(folder / "odd.bin", moved / "odd.bin")
    run = report.run(use_packed, path, list(odd)) if not packed.error else packed
    report.equal("other dtypes, shapes and orders", found(run, "arrays"), odd, points=1, of=run)
    path = str(folder / "few.bin")
    works, whole = report.rows[0].ok, files.read_bytes(path)
    whole = whole if type(whole) is bytes else b""
    torn = {
        "the last byte is missing": whole[:-1], "half of the file": whole[: len(whole) // 2],
        "an empty file": b"", "nothing but zeros": bytes(len(whole)),
    }  # fmt: skip
    complete = "Make sure that the file is complete before you use it. Raise ValueError where it is not."
    first_work = "First make it work for a complete file."
    for number, (label, content) in enumerate(torn.items()):
        worth = 0.5 if number in (0, 3) else 0.25
        run = report.run(use_packed, files.put(folder / f"torn{number}.bin", content), [])
        if works:
            report.raises(label, run, ValueError, points=worth, known=[(lambda v: True, complete)])
        else:
            report.true(label, False, points=worth, message=first_work)
### END HIDDEN TESTS
report

# %% [markdown]
# ## 4. Rows, the first one at once
#
# A camera film lies in a raw file, row after row. Write a generator that yields its rows, from row
# `start` on, as one-dimensional arrays. The first row is there at once, however large the file is
# and wherever `start` is. It never holds more than a few rows, and a row that was yielded stays
# as it is when the next one comes. The file has whole rows only, perhaps none: then there is nothing
# to yield. The file is closed when the generator ends or is closed.
#
# Example: `next(iter_rows("film.raw", "<u2", 640))` is an array of 640 values, and about 1280 bytes
# of the file were read for it.

# %% solution="iter_rows"
def iter_rows(path, dtype, columns, start=0):
    """Yield the rows of a raw file, one at a time.

    Parameters
    ----------
    path : str
        The file.
    dtype : str
        What an item is.
    columns : int
        Items of a row.
    start : int
        Number of the first row to yield.

    Yields
    ------
    ndarray, shape (columns,)
    """
    ### BEGIN SOLUTION
    nbytes = columns * np.dtype(dtype).itemsize
    with open(path, "rb") as file:
        file.seek(start * nbytes)  # costs nothing, however far it goes
        # Every read() makes a new bytes object, so rows that were yielded stay as they are.
        while row := file.read(nbytes):
            yield np.frombuffer(row, dtype)
    ### END SOLUTION


# %% [markdown]
# The next cell is given. The check uses it to take a few rows from your generator.

# %% locked="some_rows"
def some_rows(path, dtype, columns, start, count):
    """Take `count` rows of `iter_rows`, close it, and return copies of them."""
    rows = iter_rows(path, dtype, columns, start)
    copy_of(rows[:0] if isinstance(rows, np.ndarray) else 0)
    taken = list(islice(rows, count))
    rows.close()
    return [copy_of(row) for row in taken]


# %% test="iter_rows" points=3
folder = check.workdir("film")
rng = np.random.default_rng(5)
film = rng.integers(0, 4096, (4096, 512)).astype("<u2")
path = files.put(folder / "film.raw", film)
own = [
    (lambda rows: len(rows) > 1 and all(np.array_equal(r, rows[-1]) for r in rows),
     "All rows are the last one: you yield the same memory again and again."),
    ("AttributeError", "A generator function has a `yield` in it."),
]  # fmt: skip


report = check.Report("iter_rows", "Rows, one at a time", points=3)
run = report.run(some_rows, path, "<u2", 512, 0, 3, watch=[path], cold=True)
report.equal("the first three rows", run, list(film[:3]), points=0.75, known=own)
report.at_most("bytes read for them", run.bytes_read, 256 << 10, points=0.25, message=
    "You read much more than three rows before the first one is there.")
report.at_most("memory for them", run.peak, 2 << 20, points=0.25, message=
    "You hold the whole file. Hold a row.")
### BEGIN HIDDEN TESTS
with report.hidden():
    path = files.put(folder / "film.raw", film)
    run = report.run(some_rows, path, "<u2", 512, 4000, 2, watch=[path], cold=True)
    report.equal("rows from the far end", run, list(film[4000:4002]), points=0.5, known=own)
    report.at_most("bytes read for them", run.bytes_read, 256 << 10, points=0.5, message=
        "You read the rows before `start`. Go there at once: file.seek.")
    report.at_most("descriptors left open", run.descriptors, 0, points=0.25, message=
        "The file stays open when the generator is closed: use `with open(...)`.")
    small = rng.standard_normal((3, 5)).astype(">f8")
    run = report.run(some_rows, files.put(folder / "small.raw", small), ">f8", 5, 1, 100)
    report.equal("all rows to the end", run, list(small[1:]), points=0.25, known=[
        (lambda rows: len(rows) < 2, "The last row counts, too."),
        (lambda rows: len(rows) > 2, "After the last row the generator ends."),
    ])
    run = report.run(some_rows, files.put(folder / "none.raw", b""), "<i4", 7, 0, 5)
    report.equal("an empty file", run, [], points=0.25, known=[
        ("ValueError", "An empty file has no rows. It cannot be mapped."),
    ])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 5. Read ahead, but not too far
#
# Reads take 25 ms on average, and a row is due every 20 ms. So reads must begin before their rows
# are due. `disk.start(i)` begins to read row `i` and returns at once; the disk works on two rows
# at a time. `disk.wait(i)` waits until that read is done and returns the row. Write a generator
# that yields the rows 0 to `count - 1` in order. As many reads as allowed are always begun, but
# never more than `ahead` rows are in memory: a row counts from its `start` until it is yielded.
# Start each row once. (The reader of the lesson began the next row before it yielded one. Here that
# is one row too many.)
#
# Example: with `ahead=3`, the calls are start 0, start 1, start 2, wait 0, and row 0 is yielded.
# When the generator goes on, it calls start 3 and wait 1, and yields row 1.

# %% solution="prefetched"
def prefetched(disk, count, ahead):
    """Yield rows in order, with at most `ahead` of them in memory.

    Parameters
    ----------
    disk : Disk
        Has the methods ``start(i)`` and ``wait(i)``.
    count : int
        How many rows there are.
    ahead : int
        How many rows may be in memory; at least 1.

    Yields
    ------
    ndarray
    """
    ### BEGIN SOLUTION
    started = 0
    for i in range(count):
        # Rows i to i + ahead - 1 may be in memory now: row i - 1 was yielded.
        while started < min(i + ahead, count):
            disk.start(started)
            started += 1
        yield disk.wait(i)
    ### END SOLUTION


# %% [markdown]
# The next cell is given. Its disk has a log and no clock: the check works out from the log what
# would have been late.

# %% locked="play"
class Disk:
    """A disk that reads ahead, and writes down what it is asked for."""

    def __init__(self, path, columns, rows):
        self.path, self.columns, self.rows = path, columns, rows
        self.log = []
        self.begun = {}

    def start(self, i):
        """Begin to read row i."""
        if not 0 <= i < self.rows:
            raise IndexError(f"there is no row {i}: the last one is {self.rows - 1}")
        self.log.append(["start", int(i)])
        self.begun[i] = np.fromfile(self.path, "<f8", self.columns, offset=8 * self.columns * i)

    def wait(self, i):
        """Return row i, whose read was started."""
        if i not in self.begun:
            raise KeyError(f"row {i} was not started, or you had it already")
        self.log.append(["wait", int(i)])
        return self.begun.pop(i)


def play(path, columns, count, ahead):
    """Show the rows of `prefetched`; return the rows and the log."""
    disk, shown = Disk(path, columns, count), []
    rows = prefetched(disk, count, ahead)
    copy_of(rows[:0] if isinstance(rows, np.ndarray) else 0)
    for row in rows:
        disk.log.append(["show", len(shown)])
        shown.append(copy_of(row))
    return {"rows": shown, "log": disk.log}


# %% test="prefetched" points=3
def steps(run):
    """Return the log as pairs, or nothing where there is none."""
    log = run.value.get("log") if type(run.value) is dict else None
    pairs = log if type(log) is list else []
    return [tuple(s) for s in pairs if type(s) in (list, tuple) and len(s) == 2]


def rows_of(run):
    """Return the rows that were shown."""
    return run.value.get("rows") if type(run.value) is dict else run.value


def most_in_memory(log):
    """Return the largest number of rows that were started and not yet shown."""
    change = {"start": 1, "show": -1}
    return max(np.cumsum([change.get(what, 0) for what, _ in log] or [0]))


def late_frames(log, read_ms, period=20, workers=2):
    """Play the log on a virtual clock; return how many rows come after they are due."""
    now, free, done, due, late = 0, [0] * workers, {}, None, 0
    for what, i in log:
        if what == "start":
            done[i] = max(now, min(free)) + read_ms[i]
            free[free.index(min(free))] = done[i]
        elif what == "wait":
            now = max(now, done.get(i, 0))
        else:
            due = now if due is None else due + period
            late, now = late + (now > due), max(now, due)
    return late


folder = check.workdir("play")
rng = np.random.default_rng(6)
film = rng.standard_normal((100, 4))
path = files.put(folder / "film.raw", film)
read_ms = [int(ms) for ms in rng.choice([15, 20, 40], 100, p=[0.35, 0.4, 0.25])]
kept = "The row was not started, or you waited for it twice."
first_right = "This counts once the rows are right."
report = check.Report("prefetched", "Read ahead", points=3)
run = report.run(play, path, 4, 100, 8)
report.equal("100 rows", rows_of(run), list(film), points=0.5, of=run, known=[
    ("KeyError", kept), ("IndexError", "You started a row that does not exist: stop at `count`."),
    (lambda rows: len(rows) == 92, "The last rows are started, and must be yielded, too."),
])
right, late = report.rows[-1].ok, late_frames(steps(run), read_ms)
report.true("late rows, on a virtual clock", right and late <= 2, points=0.75, of=run, got=late,
            expected="at most 2", message=
    "Reads begin too late. Before you wait for a row, start all reads that are allowed."
    if right else first_right)
most = most_in_memory(steps(run))
report.true("rows in memory", right and most <= 8, points=0.5, of=run, got=int(most), expected="at most 8",
            message="Too many rows are in memory: a row counts from its start until it is yielded."
            if right else first_right)
### BEGIN HIDDEN TESTS
with report.hidden():
    run = report.run(play, path, 4, 7, 3)
    report.equal("fewer rows, a short lead", rows_of(run), list(film[:7]), points=0.25, of=run)
    right, log = report.rows[-1].ok, steps(run)
    report.true("its rows in memory", right and most_in_memory(log) <= 3, points=0.25, of=run,
                message="`ahead` is the limit, whatever its value." if right else first_right)
    started = [i for what, i in log if what == "start"]
    report.true("each row once", right and sorted(started) == list(range(7)), points=0.25, of=run,
                message="Start every row that is shown once, and no other." if right else first_right)
    run = report.run(play, path, 4, 2, 50)
    report.equal("fewer rows than the lead", rows_of(run), list(film[:2]), points=0.25, of=run, known=[
        ("IndexError", "There are fewer rows than `ahead`: stop at `count`."),
    ])
    run = report.run(play, path, 4, 5, 1)
    good = not run.error and most_in_memory(steps(run)) == 1
    report.equal("no lead at all", rows_of(run) if good else None, list(film[:5]), points=0.25, of=run,
                 known=[(None, "With a lead of 1, one row at a time is in memory.")])
### END HIDDEN TESTS
report

# %% [markdown]
# ## 6. Choose the order of the loops
#
# A program visits every item of an array in a raw file, with one loop for each axis. The order of
# the loops is free. A page that was left is forgotten: coming back reads it again. Return the axes
# in the order in which the loops should be nested, the outermost first, such that as few pages as
# possible are read. Strides tell how the array lies in the file, in bytes; they may be negative. No
# two items overlap, unless a stride is 0.
#
# Example: for a C-ordered table of 1000 x 1024 int32 values, `loop_order((1000, 1024), (4096, 4))`
# is `[0, 1]`: the inner loop runs along a row. In Fortran order the strides are (4, 4000), and
# the answer is `[1, 0]`.

# %% solution="loop_order"
def loop_order(shape, strides):
    """Order the loops over an array's axes so that few pages are read.

    Parameters
    ----------
    shape : tuple of int
        Items along each axis; at least one.
    strides : tuple of int
        Bytes from one item to the next along each axis.

    Returns
    -------
    list of int
        The axes, that of the outermost loop first.
    """
    ### BEGIN SOLUTION
    # The innermost loop takes the smallest steps, so that it stays on a page for long. What
    # counts is the length of a step, not its direction.
    return sorted(range(len(shape)), key=lambda axis: -abs(strides[axis]))
    ### END SOLUTION


# %% test="loop_order" points=3
def pages_read(shape, strides, order):
    """Count how often the page changes on the way through the array."""
    places = np.zeros(1, dtype=np.int64)
    for axis in order:
        places = (places[:, None] + np.arange(shape[axis]) * strides[axis]).ravel()
    return 1 + int(np.count_nonzero(np.diff(places // 4096)))


def plain(value):
    """Return a list with the whole numbers of NumPy turned into Python's own."""
    if type(value) not in (list, tuple):
        return value
    return [v.item() if isinstance(v, np.integer) else v for v in value]


def is_order(value, axes):
    """Tell whether a value is a list of all axes, each once."""
    if type(value) is not list or not all(type(v) is int for v in value):
        return False
    return sorted(value) == list(range(axes))


def judge(label, shape, strides, points, known=()):
    """Check one array: the answer's page reads against the best possible."""
    run = report.run(loop_order, shape, strides)
    best = min(pages_read(shape, strides, order) for order in permutations(range(len(shape))))
    order = plain(run.value)
    if run.error or not is_order(order, len(shape)):
        report.equal(label, run, sorted(range(len(shape)), key=lambda a: -abs(strides[a])), points=points)
        return
    came = pages_read(shape, strides, order)
    message = next((text for wrong, text in known if tuple(order) == wrong), "")
    report.true(label, came <= best, points=points, of=run, got=f"{came} page reads",
                expected=f"{best} page reads", message=message or
                "The innermost loop should take the smallest steps in the file.")  # fmt: skip


report = check.Report("loop_order", "The order of the loops", points=3)
judge("a table in C order", (60, 1024), (4096, 4), 0.5, [
    ((1, 0), "That is the order from the inside out. The outermost loop comes first."),
])
judge("a table in Fortran order", (1024, 60), (4, 4096), 0.5, [
    ((0, 1), "The strides decide, not the position of the axis."),
])
judge("a cube whose axes were swapped", (16, 20, 24), (192, 3072, 8), 0.5, [
    ((0, 1, 2), "The strides decide, not the position of the axis."),
    ((2, 1, 0), "The strides decide, not the position of the axis."),
])
### BEGIN HIDDEN TESTS
with report.hidden():
    judge("a table upside down", (50, 600), (-4800, 8), 0.5, [
        ((1, 0), "A step backwards is as long as one forwards."),
    ])
    judge("four axes, long and short", (3, 200, 2, 10), (-64_000, 16, 32_000, 3200), 0.5, [
        ((2, 0, 3, 1), "The length of an axis does not decide: the length of a step does."),
    ])
    judge("one axis", (7,), (4096,), 0.25)
    judge("an axis repeated with stride 0", (40, 30), (0, 8192), 0.25, [
        ((0, 1), "A stride of 0 is no step at all: it stays on the page."),
    ])
### END HIDDEN TESTS
report
