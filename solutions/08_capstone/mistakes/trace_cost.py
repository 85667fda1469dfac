# %% mistake: rounds the number of chunks down
# promise: A chunk costs all its bytes, at the edge too, and so does a file.
# points: 2.5
# message: The chunks at the edge count, too: round up.
def trace_cost(shape, layout, trace):
    chunks = layout["chunks"]
    per_file = layout["shards"] or chunks
    days, rows, columns = (n // c for n, c in zip(shape, chunks))
    files_a_day = max(1, shape[1] // per_file[1]) * max(1, shape[2] // per_file[2])
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        size = 4 * math.prod(chunks)
        if query["kind"] == "map":
            requests = rows * columns
        elif query["kind"] == "series":
            requests = days
        elif query["kind"] == "points":
            requests = len({tuple(i // c for i, c in zip(point, chunks)) for point in query["at"]}) + 0
        else:
            size = 4 * math.prod(per_file)
            cost["written"] += files_a_day * size
            requests = files_a_day if query["day"] % per_file[0] else 0
        cost["requests"] += requests
        cost["read"] += requests * size
    return cost


# %% mistake: one request a point
# promise: asks for each chunk that it touches, once.
# points: 3
# message: Points in the same chunk need it once.
def trace_cost(shape, layout, trace):
    chunks = layout["chunks"]
    per_file = layout["shards"] or chunks
    grid = [math.ceil(n / c) for n, c in zip(shape, chunks)]
    files_a_day = math.ceil(shape[1] / per_file[1]) * math.ceil(shape[2] / per_file[2])
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        size = 4 * math.prod(chunks)
        if query["kind"] == "map":
            requests = grid[1] * grid[2]
        elif query["kind"] == "series":
            requests = grid[0]
        elif query["kind"] == "points":
            requests = len(query["at"])
        else:
            size = 4 * math.prod(per_file)
            cost["written"] += files_a_day * size
            requests = files_a_day if query["day"] % per_file[0] else 0
        cost["requests"] += requests
        cost["read"] += requests * size
    return cost


# %% mistake: an append writes only
# promise: If such a file holds earlier days already, it has to be read first: one request a file, and all its bytes.
# points: 2.5
# message: A file that holds earlier days is read before it is written.
def trace_cost(shape, layout, trace):
    chunks = layout["chunks"]
    per_file = layout["shards"] or chunks
    grid = [math.ceil(n / c) for n, c in zip(shape, chunks)]
    files_a_day = math.ceil(shape[1] / per_file[1]) * math.ceil(shape[2] / per_file[2])
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        requests = 0
        if query["kind"] == "map":
            requests = grid[1] * grid[2]
        elif query["kind"] == "series":
            requests = grid[0]
        elif query["kind"] == "points":
            requests = len({tuple(i // c for i, c in zip(point, chunks)) for point in query["at"]})
        else:
            cost["written"] += files_a_day * 4 * math.prod(per_file)
        cost["requests"] += requests
        cost["read"] += requests * 4 * math.prod(chunks)
    return cost


# %% mistake: forgets the shards
# promise: An append writes each file that holds a value of its day, all bytes of it.
# points: 3.5
# message: A read fetches chunks, an append whole files: with shards, these are shards.
def trace_cost(shape, layout, trace):
    chunks = layout["chunks"]
    grid = [math.ceil(n / c) for n, c in zip(shape, chunks)]
    size = 4 * math.prod(chunks)
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        if query["kind"] == "map":
            requests = grid[1] * grid[2]
        elif query["kind"] == "series":
            requests = grid[0]
        elif query["kind"] == "points":
            requests = len({tuple(i // c for i, c in zip(point, chunks)) for point in query["at"]})
        else:
            requests = grid[1] * grid[2]
            cost["written"] += requests * size
            requests *= query["day"] % chunks[0] > 0
        cost["requests"] += requests
        cost["read"] += requests * size
    return cost


# %% mistake: counts values, not bytes
# promise: the last two in bytes.
# points: 0.25
# message: A value has 4 bytes.
def trace_cost(shape, layout, trace):
    chunks = layout["chunks"]
    per_file = layout["shards"] or chunks
    grid = [math.ceil(n / c) for n, c in zip(shape, chunks)]
    files_a_day = math.ceil(shape[1] / per_file[1]) * math.ceil(shape[2] / per_file[2])
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        size = math.prod(chunks)
        if query["kind"] == "map":
            requests = grid[1] * grid[2]
        elif query["kind"] == "series":
            requests = grid[0]
        elif query["kind"] == "points":
            requests = len({tuple(i // c for i, c in zip(point, chunks)) for point in query["at"]})
        else:
            size = math.prod(per_file)
            cost["written"] += files_a_day * size
            requests = files_a_day if query["day"] % per_file[0] else 0
        cost["requests"] += requests
        cost["read"] += requests * size
    return cost


# %% mistake: forgets to return
# promise: Return a dict with three numbers
# points: 0
# message: does the function end with return?
def trace_cost(shape, layout, trace):
    cost = {"requests": 0, "read": 0, "written": 0}


# %% mistake: every append reads
# promise: It holds earlier days if the day is not the first one of the file.
# points: 3.75
# message: The first day of a file finds no file that it has to read.
def trace_cost(shape, layout, trace):
    chunks = layout["chunks"]
    per_file = layout["shards"] or chunks
    grid = [math.ceil(n / c) for n, c in zip(shape, chunks)]
    files_a_day = math.ceil(shape[1] / per_file[1]) * math.ceil(shape[2] / per_file[2])
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        size = 4 * math.prod(chunks)
        if query["kind"] == "map":
            requests = grid[1] * grid[2]
        elif query["kind"] == "series":
            requests = grid[0]
        elif query["kind"] == "points":
            requests = len({tuple(i // c for i, c in zip(point, chunks)) for point in query["at"]})
        else:
            size = 4 * math.prod(per_file)
            cost["written"] += files_a_day * size
            requests = files_a_day
        cost["requests"] += requests
        cost["read"] += requests * size
    return cost


# %% mistake: a read fetches whole shards
# promise: A chunk is what a read fetches.
# points: 3.5
# message: A read fetches single chunks, also out of a shard.
def trace_cost(shape, layout, trace):
    chunks = layout["shards"] or layout["chunks"]
    return cost_with(shape, chunks, trace)


def cost_with(shape, chunks, trace):
    days, rows, columns = (-(-n // c) for n, c in zip(shape, chunks))
    cost, size = {"requests": 0, "read": 0, "written": 0}, 4 * math.prod(chunks)
    for query in trace:
        if query["kind"] == "map":
            n = rows * columns
        elif query["kind"] == "series":
            n = days
        elif query["kind"] == "points":
            n = len({tuple(i // c for i, c in zip(p, chunks)) for p in query["at"]})
        else:
            cost["written"] += rows * columns * size
            n = rows * columns if query["day"] % chunks[0] else 0
        cost["requests"] += n
        cost["read"] += n * size
    return cost


# %% mistake: counts different points
# promise: asks for each chunk that it touches, once.
# points: 3
# message: Different points may lie in the same chunk, which is fetched once.
def trace_cost(shape, layout, trace):
    chunks = layout["chunks"]
    per_file = layout["shards"] or chunks
    grid = [math.ceil(n / c) for n, c in zip(shape, chunks)]
    files_a_day = math.ceil(shape[1] / per_file[1]) * math.ceil(shape[2] / per_file[2])
    cost = {"requests": 0, "read": 0, "written": 0}
    for query in trace:
        size = 4 * math.prod(chunks)
        if query["kind"] == "map":
            requests = grid[1] * grid[2]
        elif query["kind"] == "series":
            requests = grid[0]
        elif query["kind"] == "points":
            requests = len(set(map(tuple, query["at"])))
        else:
            size = 4 * math.prod(per_file)
            cost["written"] += files_a_day * size
            requests = files_a_day if query["day"] % per_file[0] else 0
        cost["requests"] += requests
        cost["read"] += requests * size
    return cost


# %% right: with a grid of marks
def trace_cost(shape, layout, trace):
    chunks = tuple(layout["chunks"])
    per_file = chunks if layout["shards"] is None else tuple(layout["shards"])
    requests = read = written = 0
    for query in trace:
        marks = np.zeros([math.ceil(n / c) for n, c in zip(shape, chunks)], bool)
        if query["kind"] == "map":
            marks[query["day"] // chunks[0]] = True
        elif query["kind"] == "series":
            marks[:, query["row"] // chunks[1], query["column"] // chunks[2]] = True
        elif query["kind"] == "points":
            for day, row, column in query["at"]:
                marks[day // chunks[0], row // chunks[1], column // chunks[2]] = True
        requests += int(marks.sum())
        read += int(marks.sum()) * math.prod(chunks) * 4
        if query["kind"] == "append":
            count = len(range(0, shape[1], per_file[1])) * len(range(0, shape[2], per_file[2]))
            written += count * math.prod(per_file) * 4
            if query["day"] % per_file[0] != 0:
                requests += count
                read += count * math.prod(per_file) * 4
    return {"written": written, "read": read, "requests": requests}


# %% right: a function for each kind
def trace_cost(shape, layout, trace):
    chunks = np.array(layout["chunks"])
    per_file = np.array(layout["shards"] or layout["chunks"])
    grid, files_grid = -(-np.array(shape) // chunks), -(-np.array(shape) // per_file)
    chunk_bytes, file_bytes = int(4 * chunks.prod()), int(4 * per_file.prod())

    def append(q):
        n = int(files_grid[1] * files_grid[2])
        again = n if q["day"] % int(per_file[0]) else 0
        return again, again * file_bytes, n * file_bytes

    def read(n):
        return int(n), int(n) * chunk_bytes, 0

    costs = {
        "map": lambda q: read(grid[1] * grid[2]),
        "series": lambda q: read(grid[0]),
        "points": lambda q: read(len(np.unique(np.array(q["at"]).reshape(-1, 3) // chunks, axis=0))),
        "append": append,
    }
    parts = [costs[q["kind"]](q) for q in trace] or [(0, 0, 0)]
    return dict(zip(("requests", "read", "written"), map(sum, zip(*parts))))


# %% mistake: 8 bytes
# promise: Its values are float32, 4 bytes each.
# points: 0.25
# message: A value has 4 bytes.
def trace_cost(shape, layout, trace):
    c = layout["chunks"]
    f = layout["shards"] or c
    g = [-(-n // k) for n, k in zip(shape, c)]
    cb, fb = 8 * math.prod(c), 8 * math.prod(f)
    rq = rd = wr = 0
    for q in trace:
        if q["kind"] == "map":
            n = g[1] * g[2]
        elif q["kind"] == "series":
            n = g[0]
        elif q["kind"] == "points":
            n = len({tuple(i // k for i, k in zip(p, c)) for p in q["at"]})
        else:
            m = -(-shape[1] // f[1]) * -(-shape[2] // f[2])
            wr += m * fb
            if q["day"] % f[0]:
                rq += m
                rd += m * fb
            continue
        rq += n
        rd += n * cb
    return {"requests": rq, "read": rd, "written": wr}


# %% mistake: writes count as requests
# promise: one request a file, and all its bytes
# points: 2.25
# message: Only what is read is a request: writing is none.
def trace_cost(shape, layout, trace):
    c = layout["chunks"]
    f = layout["shards"] or c
    g = [-(-n // k) for n, k in zip(shape, c)]
    cb, fb = 4 * math.prod(c), 4 * math.prod(f)
    rq = rd = wr = 0
    for q in trace:
        if q["kind"] == "map":
            n = g[1] * g[2]
        elif q["kind"] == "series":
            n = g[0]
        elif q["kind"] == "points":
            n = len({tuple(i // k for i, k in zip(p, c)) for p in q["at"]})
        else:
            m = -(-shape[1] // f[1]) * -(-shape[2] // f[2])
            wr += m * fb
            rq += m
            if q["day"] % f[0]:
                rq += m
                rd += m * fb
            continue
        rq += n
        rd += n * cb
    return {"requests": rq, "read": rd, "written": wr}


# %% mistake: clipped edges
# promise: A chunk costs all its bytes, at the edge too, and so does a file.
# points: 1.5
# message: A chunk or file at the edge costs all its bytes, too.
def trace_cost(shape, layout, trace):
    c = layout["chunks"]
    f = layout["shards"] or c
    g = [-(-n // k) for n, k in zip(shape, c)]
    def size(index, k):
        return 4 * math.prod(min((i + 1) * a, n) - i * a for i, a, n in zip(index, k, shape))
    rq = rd = wr = 0
    for q in trace:
        if q["kind"] == "map":
            ids = {(q["day"] // c[0], i, j) for i in range(g[1]) for j in range(g[2])}
        elif q["kind"] == "series":
            ids = {(i, q["row"] // c[1], q["column"] // c[2]) for i in range(g[0])}
        elif q["kind"] == "points":
            ids = {tuple(i // k for i, k in zip(p, c)) for p in q["at"]}
        else:
            files = [(q["day"] // f[0], i, j) for i in range(-(-shape[1] // f[1])) for j in range(-(-shape[2] // f[2]))]
            b = sum(size(i, f) for i in files)
            wr += b
            if q["day"] % f[0]:
                rq += len(files)
                rd += b
            continue
        rq += len(ids)
        rd += sum(size(i, c) for i in ids)
    return {"requests": rq, "read": rd, "written": wr}


# %% mistake: deduplicates over the whole trace
# promise: asks for each chunk that it touches, once
# points: 3.25
# message: Each query asks anew: nothing is kept from one query to the next.
def trace_cost(shape, layout, trace):
    c = layout["chunks"]
    f = layout["shards"] or c
    g = [-(-n // k) for n, k in zip(shape, c)]
    cb, fb = 4 * math.prod(c), 4 * math.prod(f)
    ids = set()
    rq = rd = wr = 0
    for q in trace:
        if q["kind"] == "map":
            ids |= {(q["day"] // c[0], i, j) for i in range(g[1]) for j in range(g[2])}
        elif q["kind"] == "series":
            ids |= {(i, q["row"] // c[1], q["column"] // c[2]) for i in range(g[0])}
        elif q["kind"] == "points":
            ids |= {tuple(i // k for i, k in zip(p, c)) for p in q["at"]}
        else:
            m = -(-shape[1] // f[1]) * -(-shape[2] // f[2])
            wr += m * fb
            if q["day"] % f[0]:
                rq += m
                rd += m * fb
    return {"requests": rq + len(ids), "read": rd + len(ids) * cb, "written": wr}
