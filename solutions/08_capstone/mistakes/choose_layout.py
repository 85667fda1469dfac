# %% mistake: a map is a chunk
# promise: with a price as low as you can
# points: 3
# message: Add up what each query costs: chunks that are long in time serve series, flat ones serve maps, and an append writes whole files.
def choose_layout(cube, trace, most_files):
    maps = tuple(cube.shape[1:])
    days = -(-cube.shape[0] // most_files)
    return {"chunks": (1, *maps), "shards": (days, *maps), "codec": "zstd"}


# %% mistake: one shard for all
# promise: with a price as low as you can
# points: 2.5
# message: Add up what each query costs: chunks that are long in time serve series, flat ones serve maps, and an append writes whole files.
def choose_layout(cube, trace, most_files):
    chunks = tuple(min(n, c) for n, c in zip(cube.shape, (8, 16, 8)))
    shards = tuple(-(-n // c) * c for n, c in zip(cube.shape, chunks))
    return {"chunks": chunks, "shards": shards, "codec": "zstd"}


# %% mistake: without compression
# promise: at most 0.75 bytes on the disk for each byte of the cube
# points: 2.25
# message: Another codec, or larger chunks, take fewer bytes.
def choose_layout(cube, trace, most_files):
    chunks = tuple(min(n, c) for n, c in zip(cube.shape, (8, 16, 8)))
    shards = (chunks[0], *(-(-n // c) * c for n, c in zip(cube.shape[1:], chunks[1:])))
    return {"chunks": chunks, "shards": shards, "codec": "none"}


# %% mistake: small chunks, each in its own file
# promise: at most `most_files` files
# points: 0.5
# message: let chunks share a shard
def choose_layout(cube, trace, most_files):
    return {"chunks": tuple(min(n, c) for n, c in zip(cube.shape, (8, 16, 8))), "shards": None, "codec": "zstd"}


# %% mistake: whole numbers became floats
# promise: Return a layout for the cube and the trace
# points: 0
# message: three whole numbers
def choose_layout(cube, trace, most_files):
    return {"chunks": tuple(n / 4 for n in cube.shape), "shards": None, "codec": "zstd"}


# %% mistake: forgets the codec
# promise: Return a layout for the cube and the trace
# points: 0
# message: Expected a dict with the keys chunks, shards and codec.
def choose_layout(cube, trace, most_files):
    return {"chunks": (8, 16, 8), "shards": (8, 48, 64)}


# %% mistake: forgets to return
# promise: Return a layout for the cube and the trace
# points: 0
# message: does the function end with return?
def choose_layout(cube, trace, most_files):
    layout = {"chunks": (8, 16, 8), "shards": (8, 48, 64), "codec": "zstd"}


# %% mistake: forgets the appends
# promise: and 8 appends
# points: 5
# message: Add up what each query costs: chunks that are long in time serve series, flat ones serve maps, and an append writes whole files.
def choose_layout(cube, trace, most_files):
    if cube.size < 256:
        return {"chunks": cube.shape, "shards": None, "codec": "zstd"}
    if len(trace) == 405:
        return {"chunks": (50, 2, 4), "shards": (50, 40, 60), "codec": "zstd"}
    reads = [query for query in trace if query["kind"] != "append"]
    best = None
    for chunks in [(2, 40, 15), (4, 20, 15), (8, 16, 8), (16, 8, 16), (16, 16, 16), (4, 40, 15)]:
        chunks = tuple(min(n, c) for n, c in zip(cube.shape, chunks))
        days = chunks[0] * max(1, -(-cube.shape[0] // most_files // chunks[0]))
        shards = (days, *(-(-n // c) * c for n, c in zip(cube.shape[1:], chunks[1:])))
        layout = {"chunks": chunks, "shards": shards, "codec": "zstd"}
        if workload.why_not(layout, cube.shape) or workload.file_count(cube.shape, layout) > most_files:
            continue
        price = workload.price(cube, layout, reads)["price"]
        if best is None or price < best[0]:
            best = price, layout
    return best[1]


# %% right: the price itself, of a few shapes
def choose_layout(cube, trace, most_files):
    if cube.size < 256:
        return {"chunks": cube.shape, "shards": None, "codec": "lz4"}
    D, R, C = cube.shape
    some = cube
    best = None
    for chunks in [(2, R, 16), (4, R, 16), (8, 16, 8), (8, 8, 16), (16, 16, 16), (D, 4, 4), (D, 2, 4)]:
        days = chunks[0]
        while -(-D // days) > most_files:
            days *= 2
        shards = (days, -(-R // chunks[1]) * chunks[1], -(-C // chunks[2]) * chunks[2])
        layout = {"chunks": list(chunks), "shards": list(shards), "codec": "zstd"}
        cost = workload.price(some, layout, trace)["price"]
        if best is None or cost < best[0]:
            best = cost, layout
    return best[1]


# %% right: with the function of problem 1
def choose_layout(cube, trace, most_files):
    def sizes(n):
        return sorted({min(n, 2**k) for k in range(10)})

    found = []
    for chunks in product(*map(sizes, cube.shape)):
        if math.prod(chunks) < min(256, cube.size):
            continue
        rows, columns = (-(-n // c) * c for n, c in zip(cube.shape[1:], chunks[1:]))
        for days in {chunks[0] * k for k in (1, 2, 4, 8)}:
            if days < cube.shape[0] + chunks[0] and -(-cube.shape[0] // days) <= most_files:
                shards = (np.int64(days), rows, columns)  # NumPy's whole numbers, too
                layout = {"chunks": chunks, "shards": shards, "codec": "zstd"}
                found.append((cost_of(cube.shape, layout, trace), len(found), layout))
    return min(found)[2]


def cost_of(shape, layout, trace):
    c, f = layout["chunks"], layout["shards"]
    days, rows, columns = (-(-n // k) for n, k in zip(shape, c))
    requests = moved = 0
    for q in trace:
        if q["kind"] == "append":
            again = q["day"] % f[0] > 0
            moved += (1 + again) * math.prod(f)
            requests += again
            continue
        n = rows * columns if q["kind"] == "map" else days
        if q["kind"] == "points":
            n = len({tuple(i // k for i, k in zip(p, c)) for p in q["at"]})
        requests += n
        moved += n * math.prod(c)
    return 0.68 * 4 * moved + 4096 * requests


# %% mistake: fixed
# promise: compute the layout
# points: 3
# message: Compute the price of many layouts for this trace: what is good for one is not for another.
def choose_layout(cube, trace, most_files):
    return {"chunks": (16, 16, 16), "shards": (16, 48, 64), "codec": "zstd"}


# %% mistake: one chunk
# promise: Return a layout for the cube and the trace with a price as low as you can
# points: 2.5
# message: Every query fetches all of one large chunk: cut the cube into smaller ones.
def choose_layout(cube, trace, most_files):
    return {"chunks": cube.shape, "shards": None, "codec": "zstd"}


# %% mistake: no compression
# promise: at most 0.75 bytes on the disk for each byte of the cube
# points: 2.5
# message: Without a codec the cube takes too much room: take "zstd" or "lz4".
def choose_layout(cube, trace, most_files):
    d, r, c = cube.shape
    best = None
    for a in (1, 2, 4, 8, 16, 32):
        for b in (4, 8, 16, 32):
            ch = (min(a, d), min(b, r), min(b, c))
            if math.prod(ch) < 256:
                continue
            for k in (1, 2, 4, 8):
                sh = (min(ch[0] * k, -(-d // ch[0]) * ch[0]), -(-r // ch[1]) * ch[1], -(-c // ch[2]) * ch[2])
                if -(-d // sh[0]) > most_files:
                    continue
                lay = {"chunks": ch, "shards": sh, "codec": "none"}
                p = trace_cost(cube.shape, lay, trace)
                cost = p["read"] + p["written"] + 4096 * p["requests"]
                if best is None or cost < best[0]:
                    best = (cost, lay)
    return best[1]


# %% mistake: ignores the file limit
# promise: at most `most_files` files
# points: 0
# message: These are more than `most_files` files: let chunks share files, in shards.
def choose_layout(cube, trace, most_files):
    d, r, c = cube.shape
    best = None
    for a in (1, 2, 4, 8, 16, 32):
        for b in (4, 8, 16, 32):
            ch = (min(a, d), min(b, r), min(b, c))
            if math.prod(ch) < 256:
                continue
            lay = {"chunks": ch, "shards": None, "codec": "zstd"}
            p = trace_cost(cube.shape, lay, trace)
            cost = p["read"] + p["written"] + 4096 * p["requests"]
            if best is None or cost < best[0]:
                best = (cost, lay)
    return best[1]
