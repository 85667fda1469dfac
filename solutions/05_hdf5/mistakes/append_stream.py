# %% mistake: begins anew each time
# promise: Append all complete rows of `source`
# points: 2.25
# message: The first rows are gone. Mode "a" keeps what the file holds.
def append_stream(path, source, width):
    with tables.open_file(path, "w") as file, open(source, "rb") as stream:
        rows = file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        while block := stream.read(width * 4096):
            rows.append(np.frombuffer(block[: len(block) // (4 * width) * 4 * width], "f4").reshape(-1, width))
        return int(rows.nrows)


# %% mistake: makes the array each time
# promise: The next call, with a source of 5 rows, returns 15.
# points: 2.25
# message: The array is there already: append to it.
def append_stream(path, source, width):
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        rows = file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        while block := stream.read(width * 4096):
            block = block[: len(block) // (4 * width) * 4 * width]
            rows.append(np.frombuffer(block, "f4").reshape(-1, width))
        return int(rows.nrows)


# %% mistake: trips over the torn row
# promise: The last row may be incomplete, because the camera is still writing it; leave it out.
# points: 1
# message: The last row may be incomplete, and half a row is no row: leave it out.
def append_stream(path, source, width):
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        while block := stream.read(width * 4096):
            file.root.rows.append(np.frombuffer(block, "f4").reshape(-1, width))
        return int(file.root.rows.nrows)


# %% mistake: loads the whole source
# promise: hold at most about 1 MiB of it
# points: 2.5
# message: You hold the whole source, or much more than 1 MiB of it. Read a block, append it, read the next.
def append_stream(path, source, width):
    x = np.fromfile(source, np.float32)
    x = x[: x.size // width * width].reshape(-1, width)
    with tables.open_file(path, "a") as file:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        file.root.rows.append(x)
        return int(file.root.rows.nrows)


# %% mistake: counts what was added
# promise: Return how many rows `/rows` has afterwards.
# points: 2.75
# message: The result is how many rows the array has: not how many were added, and not those of the last source only.
def append_stream(path, source, width):
    added = 0
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        while block := stream.read(width * 4096):
            block = block[: len(block) // (4 * width) * 4 * width]
            file.root.rows.append(np.frombuffer(block, "f4").reshape(-1, width))
            added += len(block) // (4 * width)
    return added


# %% mistake: an array that cannot grow
# promise: If there is no such file yet, make it, with a first axis that can grow.
# points: 1.5
# message: This array cannot grow. In an EArray the axis that grows has length 0 at the start.
def append_stream(path, source, width):
    x = np.fromfile(source, np.float32)
    x = x[: x.size // width * width].reshape(-1, width)
    with tables.open_file(path, "a") as file:
        file.create_array("/", "rows", x)
    return len(x)


# %% mistake: float64
# promise: rows of `width` numbers of `float32`
# points: 0.75
# message: The rows are float32, and so should the array be.
def append_stream(path, source, width):
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float64Atom(), (0, width))
        while block := stream.read(width * 4096):
            block = block[: len(block) // (4 * width) * 4 * width]
            file.root.rows.append(np.frombuffer(block, "f4").reshape(-1, width))
        return int(file.root.rows.nrows)


# %% mistake: blocks of 16 MiB
# promise: hold at most about 1 MiB of it
# points: 2.5
# message: You hold the whole source, or much more than 1 MiB of it. Read a block, append it, read the next.
def append_stream(path, source, width):
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        while block := stream.read((16 << 20) // (4 * width) * 4 * width):
            block = block[: len(block) // (4 * width) * 4 * width]
            file.root.rows.append(np.frombuffer(block, "f4").reshape(-1, width))
        return int(file.root.rows.nrows)


# %% mistake: reads the source twice
# promise: and read it once.
# points: 2.75
# message: You read more than the source holds: once is enough.
def append_stream(path, source, width):
    with open(source, "rb") as stream:
        total = sum(len(block) for block in iter(lambda: stream.read(1 << 20), b"")) // (4 * width)
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        step = max(1, (1 << 20) // (4 * width))
        for start in range(0, total, step):
            n = min(step, total - start)
            file.root.rows.append(np.frombuffer(stream.read(n * 4 * width), "f4").reshape(n, width))
        return int(file.root.rows.nrows)


# %% mistake: fills up the torn row
# promise: The last row may be incomplete, because the camera is still writing it; leave it out.
# points: 1.25
# message: The last row is incomplete: leave it out.
def append_stream(path, source, width):
    with tables.open_file(path, "a") as file, open(source, "rb") as stream:
        if "/rows" not in file:
            file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        while block := stream.read((1 << 18) // width * 4 * width):
            block += bytes(-len(block) % (4 * width))
            file.root.rows.append(np.frombuffer(block, "f4").reshape(-1, width))
        return int(file.root.rows.nrows)


# %% mistake: never writes the second time
# promise: Append all complete rows of `source`
# points: 2.25
# message: The new rows are missing: where the array is there already, the rows go behind its last.
def append_stream(path, source, width):
    with tables.open_file(path, "a") as file:
        if "/rows" in file:
            return int(file.root.rows.nrows)
        rows = file.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        with open(source, "rb") as stream:
            while block := stream.read(4 * width * max(1, (1 << 20) // (4 * width))):
                complete = len(block) // (4 * width) * (4 * width)
                rows.append(np.frombuffer(block[:complete], np.float32).reshape(-1, width))
        return int(rows.nrows)


# %% right: np.fromfile with an offset
def append_stream(path, source, width):
    total = os.path.getsize(source) // (4 * width)
    with tables.open_file(path, "a") as file:
        if "/rows" not in file:
            file.create_earray("/", "rows", atom=tables.Float32Atom(), shape=(0, width), expectedrows=total)
        step = max(1, 500_000 // (4 * width))
        for start in range(0, total, step):
            n = min(step, total - start)
            block = np.fromfile(source, "f4", count=n * width, offset=start * 4 * width)
            file.root.rows.append(block.reshape(n, width))
        return int(file.root.rows.nrows)


# %% right: one buffer, keeps the rest of a block
def append_stream(path, source, width):
    file = tables.open_file(path, "a")
    try:
        rows = file.root.rows if "rows" in file.root else None
        if rows is None:
            rows = file.create_earray(file.root, "rows", tables.Float32Atom(), shape=(0, width))
        rest = b""
        with open(source, "rb", buffering=0) as stream:
            while block := stream.read(300_001):
                rest += block
                n = len(rest) // (4 * width)
                rows.append(np.frombuffer(rest, "f4", count=n * width).reshape(n, width))
                rest = rest[n * width * 4 :]
        return rows.nrows
    finally:
        file.close()


# %% right: with h5py
def append_stream(path, source, width):
    with h5py.File(path, "a") as file, open(source, "rb") as stream:
        if "rows" not in file:
            file.create_dataset("rows", (0, width), "f4", maxshape=(None, width), chunks=(64, width))
        rows = file["rows"]
        while block := stream.read(4 * width * max(1, 2**17 // width)):
            n = len(block) // (4 * width)
            rows.resize(len(rows) + n, axis=0)
            if n:
                rows[-n:] = np.frombuffer(block, "f4", count=n * width).reshape(n, width)
        return len(rows)


# %% mistake: fixed block of 1 MiB not row aligned
# promise: Append all complete rows of `source`
# points: 2
# message: The end of each block was lost: let a block be a whole number of rows.
def append_stream(path, source, width):
    with tables.open_file(path, "a") as f, open(source, "rb") as g:
        if "/rows" not in f:
            f.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        e = f.root.rows
        while b := g.read(1 << 19):
            n = len(b) // (4 * width)
            e.append(np.frombuffer(b[:n * width * 4], "f4").reshape(n, width))
        return int(e.nrows)


# %% mistake: memmap in blocks
# promise: pages of a memory map count as memory
# points: 2.25
# message: Pages of the map count as memory, and a torn number at the end cannot be mapped: read blocks.
def append_stream(path, source, width):
    n = os.path.getsize(source) // (4 * width)
    m = np.memmap(source, "f4", "r")[:n * width].reshape(n, width)
    with tables.open_file(path, "a") as f:
        if "/rows" not in f:
            f.create_earray("/", "rows", tables.Float32Atom(), (0, width))
        k = max(1, (1 << 19) // (4 * width))
        for i in range(0, n, k):
            f.root.rows.append(m[i:i + k])
        return int(f.root.rows.nrows)


# %% mistake: plain array instead of earray
# promise: with a first axis that can grow
# points: 2.25
# message: A plain array cannot grow: create_earray.
def append_stream(path, source, width):
    old = None
    if os.path.exists(path):
        with tables.open_file(path, "r") as f:
            old = f.root.rows.read()
    x = np.fromfile(source, "f4")
    n = len(x) // width
    x = x[:n * width].reshape(n, width)
    if old is not None:
        x = np.concatenate([old, x])
    with tables.open_file(path, "w") as f:
        f.create_array("/", "rows", x)
    return len(x)
