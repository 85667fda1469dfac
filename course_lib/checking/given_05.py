"""Make the files of exercise 05, and tell what a right answer gives.

The checks of the exercise call these functions, so that a check stays a few lines long.
"""

import os

from course_lib.checking import files
from course_lib.checking.check import Report
from course_lib.checking.hdf5_files import Contents

FIELDS = (("number", "i8"), ("pressure", "f8"), ("energy", "f8"))


def warm_up(path: str) -> None:
    """Use PyTables once, so that the memory of its libraries counts for nobody.

    Its cache of chunks is made small for the same reason: by itself it keeps up to 16 MiB of an
    array, which is more than the little data of the exercise.
    """
    import numpy as np
    import tables

    tables.parameters.CHUNK_CACHE_SIZE = 1 << 20
    with tables.open_file(path, "w") as file:
        file.create_earray("/", "x", obj=np.zeros(3)).append(np.ones(3))
        assert file.root.x[:].size == 6


def part(got, key: str):
    """Return a part of a dict, whatever came."""
    if got is None or type(got) is dict:
        return got and got.get(key, "no such key")
    return f"no dict with {key!r}"


# 1. Stations


def station(latitude: float, longitude: float, units: dict, **series) -> dict:
    """Return one station as `write_stations` takes it."""
    return {"latitude": latitude, "longitude": longitude, "series": series, "units": units}


def filters(found: Contents, name: str) -> list | str:
    """Return the names of a dataset's filters, sorted, or a text that says why not."""
    item = found.items.get(name)
    if item is None or item.kind != "dataset":
        return found.trouble or f"no usable file: it holds no {name!r}"
    return sorted(item.filters)


def slice_bytes(found: Contents, name: str, shape: tuple, itemsize: int) -> tuple[int, int]:
    """Return the bytes of a chunk, and those that ``dataset[i]`` decompresses; 0 if there are none.

    Without chunks a read decompresses nothing.
    """
    from math import prod

    chunks = found.chunks(name)
    if type(chunks) is not tuple or len(chunks) != len(shape):
        return 0, 0
    chunk = prod(chunks) * itemsize
    return chunk, chunk * prod(-(-n // c) for n, c in zip(shape[1:], chunks[1:], strict=True))


def why_bad_chunks(there: bool, chunk: int, decompressed: int) -> str:
    """Say what is wrong with the chunks of a series that is read day by day."""
    if not there:
        return "This counts once the dataset is there, and has the right shape."
    if not chunk:
        return "This dataset has no chunks, and what has no chunks cannot be compressed."
    if decompressed > 65536:
        return (
            f"One day meets chunks of {decompressed:,} bytes together. Let a chunk hold whole days,"
            " and only a few: chunks=(days, *shape of a day)."
        )
    return f"A chunk has {chunk:,} bytes only. So many small chunks make a large index."


# 2. Columns


def dataset_file(path, x, **how) -> str:
    """Write an array as the dataset ``x`` of a file."""
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, **how)
    return str(path)


def statistics(x) -> dict:
    """Return what `column_stats` should say of an array."""
    import numpy as np

    return {"mean": x.mean(axis=0, dtype=np.float64), "std": x.std(axis=0, dtype=np.float64)}


def drifting(rows: int, columns: int):
    """Return temperatures of float32 that rise row by row, so that blocks differ."""
    import numpy as np

    x = np.random.default_rng(5).random((rows, columns), dtype="f4")
    x += (280 + np.arange(rows, dtype="f4") / 50)[:, None]
    return x


def wrong_means(x, block: int) -> list:
    """Return what mistakes make of the mean of columns, as `known` wants it."""
    import numpy as np

    wide = x.astype(np.float64)
    near = wide.mean(axis=0)
    whole = wide[: len(x) // block * block]
    of_blocks = np.array([wide[i : i + block].mean(axis=0) for i in range(0, len(x), block)])
    exact = [
        (whole.mean(axis=0), "The last block is shorter, and counts too."),
        (whole.sum(axis=0) / len(x), "The last block is shorter, and counts too."),
        (of_blocks.mean(axis=0), "The last block is shorter, so it counts less than the others."),
        (near - wide[0], "The first row was subtracted. Add it to the mean again."),
        (wide.mean(axis=1), "This is one number for each row. The rows are axis 0."),
    ]
    lost = "Sums of float32 lose digits: convert the block to float64 first."
    return [
        *_close_to(exact, 1e-12),
        (lambda a: a.dtype == "f4" and np.allclose(a, near, rtol=1e-3), lost),
        (lambda a: np.allclose(a, near, rtol=1e-5, atol=0), lost),
    ]


def wrong_deviations(x, block: int) -> list:
    """Return what mistakes make of the standard deviation of columns, as `known` wants it."""
    import numpy as np

    wide = x.astype(np.float64)
    right, whole = wide.std(axis=0), wide[: len(x) // block * block].std(axis=0)
    variances = np.array([wide[i : i + block].var(axis=0) for i in range(0, len(x), block)])
    own = "The blocks have means of their own. Add up squares over all blocks, and take the root "
    exact = [
        (right**2, "This is the variance: take its square root."),
        (wide.std(axis=0, ddof=1), "np.std divides by the number of rows."),
        (whole, "The last block is shorter, and counts too."),
        (np.sqrt(variances[-1]), "This is the last block only."),
        (np.sqrt(variances).mean(axis=0), own + "at the end."),
        (np.sqrt(variances.mean(axis=0)), own + "at the end."),
    ]
    return _close_to(exact, 1e-8)


def _close_to(pairs: list, rtol: float) -> list:
    """Return pairs whose values are compared with a tolerance, of the same shape only."""
    import numpy as np

    def near(wrong):
        return lambda a: a.shape == wrong.shape and np.allclose(a, wrong, rtol=rtol, atol=0)

    return [(near(wrong), text) for wrong, text in pairs]


# 3. The chunk cache


def gzip_file(path, shape: tuple, chunks: tuple, dtype: str) -> str:
    """Write a compressed dataset ``x``. Its axes can grow, so a chunk may be longer than one."""
    import numpy as np

    x = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    how = {"compression": "gzip", "compression_opts": 1, "maxshape": (None,) * len(shape)}
    return dataset_file(path, x, chunks=chunks, **how)


def cache_bytes(settings) -> int | str:
    """Return the cache size that came, or a text that says why there is none."""
    import numpy as np

    size = settings.get("rdcc_nbytes") if type(settings) is dict else None
    size = size.item() if isinstance(size, np.integer) else size
    if type(size) is int and 0 <= size <= 1 << 30:
        return size
    return "no settings with rdcc_nbytes, a whole number of bytes"


def chunk_reads(path: str, settings, axis: int) -> int | str:
    """Walk along an axis of the dataset ``x`` and count how often a chunk is read."""
    import h5py

    from course_lib.recording import RecordingFile

    size = cache_bytes(settings)
    if type(size) is str:
        return size
    with RecordingFile(path) as raw, h5py.File(raw, "r", rdcc_nbytes=size) as file:
        x = file["x"]
        places = {x.id.get_chunk_info(k).byte_offset for k in range(x.id.get_num_chunks())}
        raw.log.clear()
        for i in range(x.shape[axis]):
            x[(slice(None),) * axis + (i,)]
        return sum(offset in places for offset, _ in raw.log.entries)


def wrong_caches(shape: tuple, chunks: tuple, itemsize: int, axis: int, settings) -> list:
    """Return the messages for sizes that typical mistakes give, as `known` wants it.

    The row may show another value, the reads that came of it, so the settings are told here.
    """
    from math import prod

    others = [k for k in range(len(shape)) if k != axis]
    chunk = prod(chunks) * itemsize
    up = [-(-n // c) for n, c in zip(shape, chunks, strict=True)]
    down = [max(1, n // c) for n, c in zip(shape, chunks, strict=True)]
    along = {k: chunk * prod(n for i, n in enumerate(up) if i != k) for k in others}
    a_slice = prod(shape[k] for k in others) * itemsize
    other = (
        "This suits a loop along another axis. Count the chunks along all axes but the loop's own."
    )
    texts = {
        **dict.fromkeys(along.values(), other),
        0: "A cache of 0 bytes keeps nothing, and neighbouring slices lie in the same chunks.",
        chunk: "This is one chunk. How many chunks does a slice meet? The next needs them again.",
        a_slice: "These are the bytes of a slice. The cache holds whole chunks.",
        a_slice * chunks[axis]: "A chunk at the edge takes as much memory as any other: round up.",
        chunk * prod(down[k] for k in others): "A chunk at the edge takes as much memory as any "
        "other: round up.",
        chunk // itemsize * prod(up[k] for k in others): f"Each item has {itemsize} bytes.",
        chunk * prod(up): "These are all chunks of the dataset. How many does one slice meet?",
    }
    right, size = chunk * prod(up[k] for k in others), cache_bytes(settings)
    if type(size) is str or size == right:
        return []
    small = "It is too small for the chunks that one slice meets, and then it is as bad as none."
    large = "This is more than the chunks of one slice take. How many chunks does a slice meet?"
    text = texts.get(size, small if size < right else large)
    return [(lambda value: True, text)]


# 4. and 5. A table


def particles(n: int, seed: int):
    """Return records with scattered pressures and energies."""
    import numpy as np

    rng = np.random.default_rng(seed)
    records = np.zeros(n, list(FIELDS))
    records["number"] = rng.permutation(n)
    records["pressure"], records["energy"] = rng.uniform(0, 1000, n), rng.uniform(0, 50, n)
    return records


def table_file(path, records, index: str | None = None) -> tuple:
    """Write the table, sorted by a column that gets an index; return the path and the rows."""
    import numpy as np
    import tables

    with tables.open_file(str(path), "w") as file:
        ordered = records[np.argsort(records[index])] if index else records
        table = file.create_table("/", "particles", obj=ordered)
        if index:
            table.cols._f_col(index).create_csindex()
    return str(path), ordered


def ask_table(path: str, column: str, low: float, high: float):
    """Return the sorted numbers of the particles with ``low <= column < high``."""
    import numpy as np
    import tables

    with tables.open_file(path) as file:
        table = file.root.particles
        names = {"x": table.cols._f_col(column), "low": low, "high": high}
        return np.sort(table.read_where("(low <= x) & (x < high)", names)["number"])


def by_number(stored):
    """Return records in a known order, or the text that says why there are none."""
    import numpy as np

    named = isinstance(stored, np.ndarray) and "number" in (stored.dtype.names or ())
    return stored[np.argsort(stored["number"])] if named else stored


def wrong_tables(records, column: str) -> list:
    """Return what mistakes make of the table, by number, as `known` wants it."""
    import numpy as np

    torn, each = records.copy(), records.copy()
    torn[column] = np.sort(records[column])
    for name in records.dtype.names:
        each[name] = np.sort(records[name])
    together = "The fields of a record belong together: sort the records, not a field."
    return [
        (lambda a: type(a) is str and "holds no" in a, "The table has another name, or lies in "
         "a group: it should be `/particles`."),
        (by_number(torn), together), (by_number(each), together),
        (lambda a: a.dtype == records.dtype and 0 < len(a) < len(records)
         and np.isin(a["number"], records["number"]).all(),
         "Some records are missing. Was each of them appended?"),
        (lambda a: a.dtype == records.dtype and not len(a),
         "The table is empty. Was anything appended, and the table flushed?"),
    ]  # fmt: skip


def question(report: Report, asked, records, found: Contents, wanted: tuple, points: tuple) -> None:
    """Add the rows of a question to the table: its answer, and the bytes that were read for it.

    Parameters
    ----------
    asked : Outcome or None
        The run of `ask_table`; None if the table is not right, and nobody asked.
    records : structured ndarray
        What should be in the table.
    found : Contents
        What is in the file.
    wanted : (str, float, float)
        The column, and the range.
    points : (float, float)
        Worth of the two rows.
    """
    import numpy as np

    column, low, high = wanted
    first, second = f"records with {low} <= {column} < {high}", "bytes read for them"
    if asked is None:
        for label, worth in zip((first, second), points, strict=True):
            report.true(label, False, worth, message="This counts once the table is right.")
        return
    fits = (low <= records[column]) & (records[column] < high)
    report.equal(first, asked, np.sort(records["number"][fits]), points=points[0])
    report.at_most(
        second, asked.bytes_read, 170_000, points=points[1],
        message=_why_so_much(found, column), analytic=_expected_cost(found, *wanted),
    )  # fmt: skip


def _why_so_much(found: Contents, column: str) -> str:
    """Say what makes a question dear: no index, or scattered rows."""
    import numpy as np

    there = {n.rpartition("/")[2] for n in found.items if n.startswith("_i_particles/")}
    rows = found.value("particles")
    if not there:
        return "Too much is read: there is no index on the column that will be asked for."
    if column not in there:
        return "Too much is read: the index is on another column. The column is an argument."
    if isinstance(rows, np.ndarray) and (np.diff(rows[column]) < 0).any():
        return "Too much is read: the hits are scattered over the table, so many chunks hold one."
    return "Too much is read, though there is an index. How many rows has a chunk?"


def _expected_cost(found: Contents, column: str, low: float, high: float) -> int:
    """Return the bytes that a question should cost, where nobody counts them."""
    import numpy as np

    rows, chunks = found.value("particles"), found.chunks("particles")
    if not isinstance(rows, np.ndarray) or not isinstance(chunks, tuple):
        return 1 << 30
    if column not in (rows.dtype.names or ()):
        return 1 << 30
    if f"_i_particles/{column}" not in found.items:
        return rows.nbytes
    hits = np.flatnonzero((low <= rows[column]) & (rows[column] < high))
    return np.unique(hits // chunks[0]).size * chunks[0] * rows.itemsize


# 6. A stream


def stream_file(path, rows, torn: bytes = b"") -> str:
    """Write rows of float32 to a raw file, and the beginning of one more."""
    return files.put(path, rows.tobytes() + torn, durable=False)


def sparse_stream(path, rows: int, width: int, step: int) -> tuple:
    """Write rows that are 0 but for every `step`-th, which is fast; return (path, these rows)."""
    import numpy as np

    marked = 1 + np.arange(rows // step * width, dtype="f4").reshape(-1, width)
    with open(files.put(path, b"", durable=False), "r+b") as file:
        file.truncate(rows * width * 4)
        for number, row in enumerate(marked):
            file.seek(number * step * width * 4)
            file.write(row.tobytes())
    return str(path), marked


def thinned(found: Contents, shape: tuple):
    """Return what was read of the dataset ``rows`` of this shape, or why there is none."""
    came = found.shape("rows")
    return found.value("rows") if came in (shape, None) or type(came) is str else f"shape {came}"


# 7. A dead writer


def dead_file(path, rows, complete: int) -> tuple:
    """Leave a file as a killed SWMR writer does: a copy, taken while the file is open."""
    import h5py

    live = os.fspath(path) + ".live"
    shape, chunks = (0, *rows.shape[1:]), (50, *rows.shape[1:])
    with h5py.File(live, "w", libver="latest") as file:
        dataset = file.create_dataset(
            "rows", shape, rows.dtype, maxshape=(None, *rows.shape[1:]), chunks=chunks
        )
        dataset.attrs["unit"], dataset.attrs["offset"] = "K", 273.15
        done = file.create_dataset("complete", (), "i8")
        file.swmr_mode = True
        dataset.resize(len(rows), axis=0)
        dataset[...] = rows
        done[...] = complete
        file.flush()
        content = files.read_bytes(live)
    return files.put(path, content, durable=False), content
