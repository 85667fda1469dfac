# %% mistake: shares rows, not files
# promise: so no file may get rows from two workers.
# points: 1
# message: A worker begins or ends inside a file. A file holds a shard, if the array has shards, otherwise a chunk: cut there only.
def worker_rows(path, workers):
    rows = zarr.open_array(path, mode="r").shape[0]
    begins = [k * rows // workers for k in range(workers + 1)]
    return list(zip(begins[:-1], begins[1:]))


# %% mistake: chunks, where the array has shards
# promise: A file holds a chunk, or, where the array has shards, a shard
# points: 2.5
# message: A worker begins or ends inside a file. A file holds a shard, if the array has shards, otherwise a chunk: cut there only.
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    rows, unit = array.shape[0], array.chunks[0]
    units = -(-rows // unit)
    begins = [min(rows, k * units // workers * unit) for k in range(workers + 1)]
    return list(zip(begins[:-1], begins[1:]))


# %% mistake: the last worker takes the rest
# promise: no worker gets more than one row of files more than another.
# points: 2.5
# message: Share the rows of files evenly: one more or less is the most that is needed.
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    rows, unit = array.shape[0], (array.shards or array.chunks)[0]
    units = -(-rows // unit)
    each = units // workers
    begins = [k * each * unit for k in range(workers)] + [rows]
    return list(zip(begins[:-1], begins[1:]))


# %% mistake: forgets the rows behind the last full chunk
# promise: together they cover all rows once.
# points: 0.75
# message: cover all rows
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    unit = (array.shards or array.chunks)[0]
    units = array.shape[0] // unit
    begins = [k * units // workers * unit for k in range(workers + 1)]
    return list(zip(begins[:-1], begins[1:]))


# %% mistake: gives the length instead of the end
# promise: Return `(start, stop)` for each worker, in order
# points: 0
# message: Expected one (start, stop) for each worker, which follow each other and cover all rows.
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    rows, unit = array.shape[0], (array.shards or array.chunks)[0]
    units = -(-rows // unit)
    begins = [min(rows, k * units // workers * unit) for k in range(workers + 1)]
    return [(a, b - a + 1) for a, b in zip(begins[:-1], begins[1:])]


# %% mistake: returns nothing
# promise: Return `(start, stop)` for each worker, in order
# points: 0
# message: got None
def worker_rows(path, workers):
    print(zarr.open_array(path, mode="r").info)


# %% mistake: the first workers get all they can
# promise: no worker gets more than one row of files more than another.
# points: 2.5
# message: Share the rows of files evenly: one more or less is the most that is needed.
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    rows, unit = array.shape[0], (array.shards or array.chunks)[0]
    each = -(-(-(-rows // unit)) // workers) * unit
    return [(min(rows, k * each), min(rows, (k + 1) * each)) for k in range(workers)]


# %% mistake: only the workers who get rows
# promise: A worker for whom nothing is left gets an empty range
# points: 2.25
# message: Expected one (start, stop) for each worker: 
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    rows, unit = array.shape[0], (array.shards or array.chunks)[0]
    units = -(-rows // unit)
    workers = min(workers, units)
    begins = [min(rows, k * units // workers * unit) for k in range(workers + 1)]
    return list(zip(begins[:-1], begins[1:]))


# %% mistake: rows of files, not rows
# promise: together they cover all rows once.
# points: 0
# message: Expected one (start, stop) for each worker, which follow each other and cover all rows.
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    rows, unit = array.shape[0], (array.shards or array.chunks)[0]
    units = -(-rows // unit)
    begins = [k * units // workers for k in range(workers + 1)]
    return list(zip(begins[:-1], begins[1:]))


# %% right: the first ones get one more
def worker_rows(path, workers):
    array = zarr.open(path, mode="r")
    unit = array.shards[0] if array.shards else array.chunks[0]
    units, parts, at = -(-array.shape[0] // unit), [], 0
    for worker in range(workers):
        take = units // workers + (worker < units % workers)
        stop = min(at + take * unit, array.shape[0])
        parts.append((at, stop))
        at = stop
    return parts


# %% right: splits the starts of the files
def worker_rows(path, workers):
    array = zarr.open_array(path, mode="r")
    rows, unit = array.shape[0], (array.shards or array.chunks)[0]
    parts = []
    for starts in np.array_split(np.arange(0, rows, unit), workers):
        parts.append([int(starts[0]), min(rows, int(starts[-1]) + unit)] if starts.size else [rows, rows])
    return parts


# %% right: np.array_split, whole numbers of NumPy
def worker_rows(path, workers):
    z = zarr.open_array(path, mode="r")
    unit = (z.shards or z.chunks)[0]
    n = z.shape[0]
    edges = np.arange(0, n, unit)
    parts = np.array_split(edges, workers)
    return [(p[0], min(p[-1] + unit, n)) if len(p) else (n, n) for p in parts]


# %% mistake: beyond the end
# promise: together they cover all rows once
# points: 0.75
# message: The last range ends behind the last row: min(stop, rows).
def worker_rows(path, workers):
    z = zarr.open_array(path, mode="r")
    n, c = z.shape[0], (z.shards or z.chunks)[0]
    k = -(-n // c)
    e = [k * i // workers * c for i in range(workers + 1)]
    return list(zip(e[:-1], e[1:]))


# %% mistake: fewer entries than workers
# promise: A worker for whom nothing is left gets an empty range
# points: 2.25
# message: A worker for whom nothing is left gets an empty range: the list has one pair for each worker.
def worker_rows(path, workers):
    z = zarr.open_array(path, mode="r")
    n, c = z.shape[0], (z.shards or z.chunks)[0]
    k = -(-n // c)
    e = [min(n, k * i // workers * c) for i in range(workers + 1)]
    return [(a, b) for a, b in zip(e[:-1], e[1:]) if a < b]


# %% mistake: drops the last row of files
# promise: together they cover all rows once
# points: 0.75
# message: The last row of files may be filled in part, and counts, too: round up.
def worker_rows(path, workers):
    z = zarr.open_array(path, mode="r")
    n, c = z.shape[0], (z.shards or z.chunks)[0]
    k = n // c
    e = [min(n, k * i // workers * c) for i in range(workers + 1)]
    return list(zip(e[:-1], e[1:]))


# %% mistake: inclusive stop
# promise: First row of each worker, and the row after its last one.
# points: 0
# message: The second number is the row after the last one, not the last one.
def worker_rows(path, workers):
    z = zarr.open_array(path, mode="r")
    n, c = z.shape[0], (z.shards or z.chunks)[0]
    k = -(-n // c)
    e = [min(n, k * i // workers * c) for i in range(workers + 1)]
    return [(a, b - 1) for a, b in zip(e[:-1], e[1:])]


# %% mistake: shard counted as times chunk
# promise: A file holds a chunk, or, where the array has shards, a shard
# points: 2.75
# message: `z.shards` is the shape of a shard in items, not in chunks.
def worker_rows(path, workers):
    z = zarr.open_array(path, mode="r")
    n = z.shape[0]
    c = z.chunks[0] * z.shards[0] if z.shards else z.chunks[0]
    k = -(-n // c)
    e = [min(n, k * i // workers * c) for i in range(workers + 1)]
    return list(zip(e[:-1], e[1:]))


# %% mistake: round robin lists of starts
# promise: Return `(start, stop)` for each worker, in order
# points: 0
# message: Return one range for each worker, not one for each row of files.
def worker_rows(path, workers):
    z = zarr.open_array(path, mode="r")
    n, c = z.shape[0], (z.shards or z.chunks)[0]
    return [(i, min(n, i + c)) for i in range(0, n, c)]
