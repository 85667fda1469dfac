# %% mistake: always zstd with shuffle
# promise: Return the settings that make the array `x` smallest
# points: 0
# message: The first bytes of all numbers are alike, and so are the second. Which filter brings them together?
# message: Another setting makes this array smaller. Each time is a little more than the one before.
def choose_settings(x):
    return {"codec": "zstd", "filter": "shuffle", "delta": False}


# %% mistake: forgets delta
# promise: `delta` tells whether to compress the differences of neighbours
# points: 2
# message: Another setting makes this array smaller. Each time is a little more than the one before.
def choose_settings(x):
    best, size = {"codec": "none", "filter": "none", "delta": False}, 0.9 * x.nbytes
    for codec in ("lz4", "zstd"):
        for filter in ("none", "shuffle", "bitshuffle"):
            tried = packed_size(x, codec, filter)
            if tried < size:
                best, size = {"codec": codec, "filter": filter, "delta": False}, tried
    return best


# %% mistake: compresses noise too
# promise: If the best of them saves less than a tenth of the bytes, compression is not worth its time
# points: 2
# message: The best setting saves less than a tenth of the bytes: it is not worth its time.
def choose_settings(x):
    deltas = (False, True) if x.dtype.kind in "iu" else (False,)
    tried = [(packed_size(x, c, f, d), c, f, d) for c in ("lz4", "zstd")
             for f in ("none", "shuffle", "bitshuffle") for d in deltas]
    _, codec, filter, delta = min(tried)
    return {"codec": codec, "filter": filter, "delta": delta}


# %% mistake: never without a filter
# promise: Return the settings that make the array `x` smallest
# points: 2.75
# message: Another setting makes this array smaller. The same few numbers come again and again: does a filter help here?
def choose_settings(x):
    best, size = {"codec": "none", "filter": "none", "delta": False}, 0.9 * x.nbytes
    for filter in ("shuffle", "bitshuffle"):
        for delta in (False, True) if x.dtype.kind in "iu" else (False,):
            tried = packed_size(x, "zstd", filter, delta)
            if tried < size:
                best, size = {"codec": "zstd", "filter": filter, "delta": delta}, tried
    return best


# %% mistake: a tuple
# promise: as a dict with three keys
# points: 0
# message: Not a dict with codec, filter and delta
def choose_settings(x):
    return "zstd", "shuffle", x.dtype.kind == "i"


# %% mistake: the largest
# promise: Return the settings that make the array `x` smallest
# points: 0
# message: The first bytes of all numbers are alike, and so are the second. Which filter brings them together?
def choose_settings(x):
    tried = [(packed_size(x, c, f), c, f) for c in ("lz4", "zstd") for f in ("none", "shuffle", "bitshuffle")]
    _, codec, filter = max(tried)
    return {"codec": codec, "filter": filter, "delta": False}


# %% mistake: any saving counts
# promise: If the best of them saves less than a tenth of the bytes, compression is not worth its time
# points: 2.5
# message: The best setting saves less than a tenth of the bytes: it is not worth its time.
def choose_settings(x):
    best, size = {"codec": "none", "filter": "none", "delta": False}, x.nbytes
    for codec in ("lz4", "zstd"):
        for filter in ("none", "shuffle", "bitshuffle"):
            for delta in (False, True) if x.dtype.kind in "iu" else (False,):
                tried = packed_size(x, codec, filter, delta)
                if tried < size:
                    best, size = {"codec": codec, "filter": filter, "delta": delta}, tried
    return best


# %% mistake: compresses only what becomes tiny
# promise: If the best of them saves less than a tenth of the bytes, compression is not worth its time
# points: 1.75
# message: Some setting saves a tenth and more. Try all of them.
def choose_settings(x):
    best, size = {"codec": "none", "filter": "none", "delta": False}, 0.1 * x.nbytes
    for codec in ("lz4", "zstd"):
        for filter in ("none", "shuffle", "bitshuffle"):
            for delta in (False, True) if x.dtype.kind in "iu" else (False,):
                tried = packed_size(x, codec, filter, delta)
                if tried < size:
                    best, size = {"codec": codec, "filter": filter, "delta": delta}, tried
    return best


# %% mistake: differences of real numbers
# promise: (whole numbers only)
# points: 2.5
# message: Delta is for whole numbers only
def choose_settings(x):
    tried = [(packed_size(x, c, f, d), c, f, d) for c in ("lz4", "zstd") for f in ("none", "shuffle", "bitshuffle") for d in (True, False)]
    size, codec, filter, delta = min(tried)
    if size >= 0.9 * x.nbytes:
        codec, filter, delta = "none", "none", False
    return {"codec": codec, "filter": filter, "delta": delta}


# %% right: a list and min
def choose_settings(x):
    from itertools import product

    deltas = (False, True) if np.issubdtype(x.dtype, np.integer) else (False,)
    ways = list(product(("zstd", "lz4"), ("bitshuffle", "shuffle", "none"), deltas))
    best = min(ways, key=lambda way: packed_size(x, *way))
    if packed_size(x, *best) > 0.9 * x.nbytes:
        best = ("none", "none", False)
    return dict(zip(("codec", "filter", "delta"), best, strict=True))


# %% right: zstd only, after a look at the data
def choose_settings(x):
    answer = {"codec": "none", "filter": "none", "delta": False}
    sizes = {}
    for filter in ("none", "shuffle", "bitshuffle"):
        sizes[filter, False] = packed_size(x, "zstd", filter)
        if x.dtype.kind in "iu":
            sizes[filter, True] = packed_size(x, "zstd", filter, delta=True)
    (filter, delta), size = min(sizes.items(), key=lambda item: item[1])
    if size < x.nbytes * 9 / 10:
        answer.update(codec="zstd", filter=filter, delta=delta)
    return answer


# %% right: a bool of NumPy
def choose_settings(x):
    found = {(codec, f, d): packed_size(x, codec, f, d) for codec in ("lz4", "zstd") for f in ("none", "shuffle", "bitshuffle") for d in (False, True) if not d or np.issubdtype(x.dtype, np.integer)}
    codec, f, d = min(found, key=found.get)
    if found[codec, f, d] > 0.9 * x.nbytes:
        codec, f, d = "none", "none", False
    return {"codec": codec, "filter": f, "delta": np.bool_(d)}


# %% right: judges by a share
def choose_settings(x):
    nothing = {"codec": "none", "filter": "none", "delta": False}
    ways = [{"codec": c, "filter": f, "delta": d} for c in ("lz4", "zstd") for f in ("shuffle", "bitshuffle", "none")
            for d in ([True, False] if x.dtype.kind != "f" else [False])]
    share = {i: packed_size(x, **way) / x.nbytes for i, way in enumerate(ways)}
    i = min(share, key=share.get)
    return ways[i] if 1 - share[i] >= 0.1 else nothing


# %% mistake: delta on floats
# promise: (whole numbers only)
# points: 2.5
# message: `delta` is for whole numbers only.
def choose_settings(x):
    best = min(((packed_size(x, c, f, d), c, f, d) for c in ("lz4", "zstd") for f in ("none", "shuffle", "bitshuffle") for d in (False, True)))
    if best[0] > 0.9 * x.nbytes:
        return {"codec": "none", "filter": "none", "delta": False}
    return {"codec": best[1], "filter": best[2], "delta": best[3]}


# %% mistake: fixed zstd bitshuffle
# promise: Return the settings that make the array `x` smallest
# points: 2
# message: No setting is best for all data: try all of them.
def choose_settings(x):
    d = x.dtype.kind in "iu"
    if packed_size(x, "zstd", "shuffle", d) > 0.9 * x.nbytes:
        return {"codec": "none", "filter": "none", "delta": False}
    return {"codec": "zstd", "filter": "shuffle", "delta": d}


# %% mistake: largest
# promise: Return the settings that make the array `x` smallest
# points: 1
# message: These settings make it largest: take the smallest size.
def choose_settings(x):
    ds = (False, True) if x.dtype.kind in "iu" else (False,)
    best = max(((packed_size(x, c, f, d), c, f, d) for c in ("lz4", "zstd") for f in ("none", "shuffle", "bitshuffle") for d in ds))
    if best[0] > 0.9 * x.nbytes:
        return {"codec": "none", "filter": "none", "delta": False}
    return {"codec": best[1], "filter": best[2], "delta": best[3]}


# %% mistake: signed only
# promise: (whole numbers only)
# points: 2.75
# message: Whole numbers without a sign have differences, too.
def choose_settings(x):
    ds = (False, True) if x.dtype.kind == "i" else (False,)
    best = min(((packed_size(x, c, f, d), c, f, d) for c in ("lz4", "zstd") for f in ("none", "shuffle", "bitshuffle") for d in ds))
    if best[0] > 0.9 * x.nbytes:
        return {"codec": "none", "filter": "none", "delta": False}
    return {"codec": best[1], "filter": best[2], "delta": best[3]}


# %% mistake: no bitshuffle tried
# promise: `"bitshuffle"`
# points: 2.25
# message: Another filter makes it smaller: try "bitshuffle", too.
def choose_settings(x):
    ds = (False, True) if x.dtype.kind in "iu" else (False,)
    best = min(((packed_size(x, c, f, d), c, f, d) for c in ("lz4", "zstd") for f in ("none", "shuffle") for d in ds))
    if best[0] > 0.9 * x.nbytes:
        return {"codec": "none", "filter": "none", "delta": False}
    return {"codec": best[1], "filter": best[2], "delta": best[3]}


# %% mistake: decides on a prefix
# promise: Return the settings that make the array `x` smallest
# points: 2.25
# message: A few numbers at the start do not tell: try the whole array.
def choose_settings(x):
    ds = (False, True) if x.dtype.kind in "iu" else (False,)
    y = x[:100]
    best = min(((packed_size(y, c, f, d), c, f, d) for c in ("lz4", "zstd") for f in ("none", "shuffle", "bitshuffle") for d in ds))
    if best[0] > 0.9 * y.nbytes:
        return {"codec": "none", "filter": "none", "delta": False}
    return {"codec": best[1], "filter": best[2], "delta": best[3]}


# %% mistake: picks filter first, then codec, greedy with lz4
# promise: Return the settings that make the array `x` smallest
# points: 1.75
# message: The best filter of one codec is not that of the other: try all pairs.
def choose_settings(x):
    ds = (False, True) if x.dtype.kind in "iu" else (False,)
    size, f, d = min((packed_size(x, "lz4", f, d), f, d) for f in ("none", "shuffle", "bitshuffle") for d in ds)
    size, c = min((packed_size(x, c, f, d), c) for c in ("lz4", "zstd"))
    if size > 0.9 * x.nbytes:
        return {"codec": "none", "filter": "none", "delta": False}
    return {"codec": c, "filter": f, "delta": d}
