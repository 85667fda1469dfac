# %% mistake: shuffles, takes no differences
# promise: First take differences
# points: 0.5
# message: The bytes are shuffled. Take the differences first.
def delta_shuffle(x):
    little = x.astype(x.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(x.size, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    columns = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    little = np.ascontiguousarray(columns.T).view(dtype.newbyteorder("<")).ravel()
    return little.astype(dtype)


# %% mistake: takes differences, does not shuffle
# promise: Then shuffle the bytes of the differences
# points: 1
# message: These are the differences. Shuffle them: the lowest bytes of all come first.
def delta_shuffle(x):
    delta = x.astype(f"<u{x.itemsize}")
    delta[1:] -= delta[:-1].copy()
    return delta.tobytes()


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    delta = np.frombuffer(data, f"<u{dtype.itemsize}")
    return np.cumsum(delta, dtype=delta.dtype).astype(dtype)


# %% mistake: the sum has another dtype
# promise: `unshuffle_delta` undoes both.
# points: 2.75
# message: The result has the dtype that is asked for.
def delta_shuffle(x):
    unsigned = x.astype(f"<u{x.itemsize}")
    delta = np.diff(unsigned, prepend=unsigned.dtype.type(0))
    return delta.view(np.uint8).reshape(x.size, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    size = np.dtype(dtype).itemsize
    columns = np.frombuffer(data, np.uint8).reshape(size, -1)
    return np.cumsum(np.ascontiguousarray(columns.T).view(f"<i{size}").ravel(), dtype="i8")


# %% mistake: forgets the byte order
# promise: first the lowest byte of every item, then the second byte of every item
# points: 3
# message: The lowest byte of a big-endian item is its last.
def delta_shuffle(x):
    unsigned = x.copy().view(f"<u{x.itemsize}")
    delta = unsigned.copy()
    delta[1:] -= unsigned[:-1]
    return delta.view(np.uint8).reshape(x.size, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    columns = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    delta = np.ascontiguousarray(columns.T).view(f"<u{dtype.itemsize}").ravel()
    return np.cumsum(delta, dtype=delta.dtype).view(dtype)


# %% mistake: drops the first item
# promise: the first item stays
# points: 0.25
# message: The first item stays: without it nobody can go back.
def delta_shuffle(x):
    delta = np.diff(x.astype(f"<u{x.itemsize}"))
    return delta.view(np.uint8).reshape(-1, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    size = np.dtype(dtype).itemsize
    columns = np.frombuffer(data, np.uint8).reshape(size, -1)
    delta = np.ascontiguousarray(columns.T).view(f"<u{size}").ravel()
    return np.cumsum(np.append(0, delta)).astype(dtype)


# %% mistake: differences of lists
# promise: Differences wrap around like the integers themselves, so nothing is lost.
# points: 2.75
# message: Differences wrap around: take them between unsigned integers of the same size.
def delta_shuffle(x):
    values = x.tolist()
    delta = [b - a for a, b in zip([0, *values], values, strict=False)]
    little = np.array(delta, f"<i{x.itemsize}")
    return little.view(np.uint8).reshape(x.size, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    columns = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    delta = np.ascontiguousarray(columns.T).view(f"<u{dtype.itemsize}").ravel()
    return np.cumsum(delta, dtype=delta.dtype).view(dtype.newbyteorder("<")).astype(dtype)


# %% mistake: highest bytes first
# promise: first the lowest byte of every item, then the second byte of every item
# points: 1
# message: The lowest bytes come first, the highest last.
def delta_shuffle(x):
    unsigned = x.astype(f">u{x.itemsize}")
    delta = unsigned.copy()
    delta[1:] -= unsigned[:-1]
    return delta.view(np.uint8).reshape(x.size, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    columns = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    delta = np.ascontiguousarray(columns.T).view(f">u{dtype.itemsize}").ravel()
    return np.cumsum(delta, dtype=delta.dtype).astype(f"u{dtype.itemsize}").view(f"{dtype.kind}{dtype.itemsize}").astype(dtype)


# %% mistake: differences of int64
# promise: Differences wrap around like the integers themselves, so nothing is lost.
# points: 0.75
# message: More bytes come out than went in: the differences have the dtype of `x`, not a larger one.
def delta_shuffle(x):
    delta = np.diff(x.astype("<i8"), prepend=0)
    return delta.view(np.uint8).reshape(x.size, 8).T.tobytes()


def unshuffle_delta(data, dtype):
    columns = np.frombuffer(data, np.uint8).reshape(8, -1)
    return np.cumsum(np.ascontiguousarray(columns.T).view("<i8").ravel()).astype(dtype)


# %% mistake: native byte order comes back
# promise: `unshuffle_delta` undoes both.
# points: 3.75
# message: The numbers are right. Their byte order is part of the dtype.
def delta_shuffle(x):
    unsigned = x.astype(f"<u{x.itemsize}")
    delta = unsigned.copy()
    delta[1:] -= unsigned[:-1]
    return delta.view(np.uint8).reshape(x.size, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    columns = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    delta = np.ascontiguousarray(columns.T).view(f"<u{dtype.itemsize}").ravel()
    return np.cumsum(delta, dtype=delta.dtype).astype(f"{dtype.kind}{dtype.itemsize}")


# %% mistake: looks at the bytes of a view
# promise: Prepare integers for a compressor.
# points: 3.75
# message: Not every array is contiguous: copy it first.
def delta_shuffle(x):
    little = x if x.dtype.str[0] in "<|" else x.view(x.dtype.newbyteorder("<"))
    if little is not x:
        little = x.view("u1").reshape(x.size, -1)[:, ::-1].copy().view(x.dtype.newbyteorder("<")).ravel()
    unsigned = little.view(f"<u{x.itemsize}")
    delta = unsigned.copy()
    delta[1:] -= unsigned[:-1]
    return delta.view(np.uint8).reshape(x.size, x.itemsize).T.tobytes()


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    columns = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, -1)
    delta = np.ascontiguousarray(columns.T).view(f"<u{dtype.itemsize}").ravel()
    unsigned = np.cumsum(delta, dtype=delta.dtype)
    return unsigned.view(dtype.newbyteorder("<")).astype(dtype)


# %% right: with strides
def delta_shuffle(x):
    delta = np.diff(x.astype(f"<u{x.itemsize}"), prepend=np.zeros(1, f"<u{x.itemsize}"))
    raw = delta.astype(f"<u{x.itemsize}").tobytes()
    return b"".join(raw[k :: x.itemsize] for k in range(x.itemsize))


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    n = len(data) // dtype.itemsize
    raw = bytearray(len(data))
    for k in range(dtype.itemsize):
        raw[k :: dtype.itemsize] = data[k * n : (k + 1) * n]
    with np.errstate(over="ignore"):
        total = np.add.accumulate(np.frombuffer(bytes(raw), f"<u{dtype.itemsize}"), dtype=f"<u{dtype.itemsize}")
    return total.astype(dtype)


# %% right: whole numbers of Python
def delta_shuffle(x):
    size, before, items = x.itemsize, 0, []
    for value in x.tolist():
        items.append(((value - before) % 256**size).to_bytes(size, "little"))
        before = value
    return bytes(item[k] for k in range(size) for item in items)


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    size, total, values = dtype.itemsize, 0, []
    n = len(data) // size
    for i in range(n):
        total = (total + int.from_bytes(data[i::n], "little")) % 256**size
        values.append(total)
    return np.array(values, f"u{size}").astype(f"{dtype.kind}{size}").astype(dtype)


# %% right: an array of bytes, column by column
def delta_shuffle(x):
    y = np.ascontiguousarray(x).astype(x.dtype.newbyteorder("<")).view(f"<u{x.itemsize}")
    delta = np.concatenate([y[:1], y[1:] - y[:-1]])
    table = np.frombuffer(delta.tobytes(), np.uint8).reshape(-1, x.itemsize)
    return b"".join(table[:, k].tobytes() for k in range(x.itemsize))


def unshuffle_delta(data, dtype):
    dtype = np.dtype(dtype)
    table = np.frombuffer(data, np.uint8).reshape(dtype.itemsize, len(data) // dtype.itemsize)
    delta = np.frombuffer(table.T.tobytes(), f"<u{dtype.itemsize}")
    out = delta.copy()
    for i in range(1, len(out)):
        with np.errstate(over="ignore"):
            out[i] += out[i - 1]
    return out.view(dtype.newbyteorder("<")).astype(dtype)


# %% mistake: np.diff without first
# promise: the first item stays
# points: 1.5
# message: The first item stays: np.diff alone drops it.
def delta_shuffle(x):
    d = np.diff(x)
    return d.view("u1").reshape(-1, x.itemsize).T.tobytes()
def unshuffle_delta(data, dtype):
    dt = np.dtype(dtype)
    d = np.frombuffer(data, "u1").reshape(dt.itemsize, -1).T.copy().view(dt).ravel()
    return np.cumsum(d, dtype=dt)


# %% mistake: ignores big endian
# promise: in any byte order
# points: 3
# message: Big-endian items have their lowest byte last: convert the differences to little-endian first.
def delta_shuffle(x):
    d = np.diff(x, prepend=x.dtype.type(0)).astype(x.dtype)
    return np.ascontiguousarray(d).view("u1").reshape(-1, x.itemsize).T.tobytes()
def unshuffle_delta(data, dtype):
    dt = np.dtype(dtype)
    d = np.frombuffer(data, "u1").reshape(dt.itemsize, -1).T.copy().view(dt).ravel()
    return np.cumsum(d, dtype=dt).astype(dt)


# %% mistake: int64 result
# promise: The dtype of the integers
# points: 2.75
# message: The result has another dtype: np.cumsum adds up in a wider one, unless it is told.
def delta_shuffle(x):
    d = np.diff(x, prepend=x.dtype.type(0)).astype(x.dtype.newbyteorder("<"))
    return d.view("u1").reshape(-1, x.itemsize).T.tobytes()
def unshuffle_delta(data, dtype):
    dt = np.dtype(dtype).newbyteorder("<")
    d = np.frombuffer(data, "u1").reshape(dt.itemsize, -1).T.copy().view(dt).ravel()
    return np.cumsum(d)


# %% mistake: shuffle before delta
# promise: First take differences
# points: 1
# message: First take differences, then shuffle the bytes.
def delta_shuffle(x):
    b = x.astype(x.dtype.newbyteorder("<")).view("u1").reshape(-1, x.itemsize).T.ravel()
    return np.diff(b, prepend=np.uint8(0)).tobytes()
def unshuffle_delta(data, dtype):
    dt = np.dtype(dtype)
    b = np.cumsum(np.frombuffer(data, "u1"), dtype="u1")
    return b.reshape(dt.itemsize, -1).T.copy().view(dt.newbyteorder("<")).ravel().astype(dt)


# %% mistake: differences to the next
# promise: every other item becomes its difference to the one before
# points: 0.5
# message: Each item becomes its difference to the one before, not to the next.
def delta_shuffle(x):
    d = x.copy()
    d[:-1] = x[:-1] - x[1:]
    return d.astype(x.dtype.newbyteorder("<")).view("u1").reshape(-1, x.itemsize).T.tobytes()
def unshuffle_delta(data, dtype):
    dt = np.dtype(dtype)
    d = np.frombuffer(data, "u1").reshape(dt.itemsize, -1).T.copy().view(dt.newbyteorder("<")).ravel()
    return np.cumsum(d[::-1], dtype=dt.newbyteorder("="))[::-1].astype(dt)


# %% mistake: reshape the wrong way round
# promise: first the lowest byte of every item, then the second byte of every item
# points: 1
# message: The bytes are a table with one row an item: reshape(-1, itemsize), then transpose.
def delta_shuffle(x):
    d = np.diff(x, prepend=x.dtype.type(0)).astype(x.dtype.newbyteorder("<"))
    return d.view("u1").reshape(x.itemsize, -1).T.tobytes()
def unshuffle_delta(data, dtype):
    dt = np.dtype(dtype)
    d = np.frombuffer(data, "u1").reshape(-1, dt.itemsize).T.copy().view("u1").ravel().view(dt.newbyteorder("<"))
    return np.cumsum(d, dtype=dt.newbyteorder("=")).astype(dt)
