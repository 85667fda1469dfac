# %% mistake: the whole cube at once
# promise: hold no more than a few blocks and the days of one row of files.
# points: 4.75
# message: You hold the whole cube, or the maps of all blocks. Hold a block, and the days of one row of files.
def build_store(folder, path, layout):
    cube = np.concatenate([np.load(os.path.join(folder, name)) for name in sorted(os.listdir(folder))])
    store = zarr.create_array(
        path, shape=cube.shape, dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    store[...] = cube


# %% mistake: keeps the maps of all blocks
# promise: An open memory map counts, too, with all its pages that were read.
# points: 4.75
# message: You hold the whole cube, or the maps of all blocks. Hold a block, and the days of one row of files.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    maps = [np.load(name, mmap_mode="r") for name in names]
    days = sum(map(len, maps))
    store = zarr.create_array(
        path, shape=(days, *maps[0].shape[1:]), dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    place = [(block, i) for block in maps for i in range(len(block))]
    step = (store.shards or store.chunks)[0]
    for first in range(0, days, step):
        store[first : first + step] = np.stack([block[i] for block, i in place[first : first + step]])


# %% mistake: block by block
# promise: write each file once
# points: 4.5
# message: Files are written several times. Collect the days until they fill a row of files (shards, if there are any).
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    store = zarr.create_array(
        path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    day = 0
    for name in names:
        block = np.load(name)
        store[day : day + len(block)] = block
        day += len(block)


# %% mistake: the last days are left
# promise: Create the Zarr array `path` with all days
# points: 2
# message: The last days are missing: write what is left at the end.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    store = zarr.create_array(
        path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    length, day, waiting = (store.shards or store.chunks)[0], 0, np.empty((0, *shapes[0][1:]), "f4")
    for name in names:
        waiting = np.concatenate([waiting, np.load(name)])
        while len(waiting) >= length:
            store[day : day + length] = waiting[:length]
            waiting, day = waiting[length:].copy(), day + length


# %% mistake: ignores shards
# promise: in the given layout.
# points: 5
# message: The layout has shards.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    store = zarr.create_array(
        path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f4", chunks=tuple(layout["chunks"]),
        compressors=workload.compressors_of(layout["codec"]),
    )
    length, day, waiting = store.chunks[0], 0, np.empty((0, *shapes[0][1:]), "f4")
    for name in names:
        waiting = np.concatenate([waiting, np.load(name)])
        while len(waiting) >= length:
            store[day : day + length] = waiting[:length]
            waiting, day = waiting[length:].copy(), day + length
    if len(waiting):
        store[day:] = waiting


# %% mistake: ignores the codec
# promise: in the given layout.
# points: 0
# message: It has another codec: give `compressors`. Without it, Zarr compresses in its own way.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    store = zarr.create_array(
        path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]),
    )
    store[...] = np.concatenate([np.load(name) for name in names])


# %% mistake: in the order of the directory, backwards
# promise: in the order of time
# points: 1.25
# message: The days are there, in another order. Sort the names of the blocks.
def build_store(folder, path, layout):
    cube = np.concatenate([np.load(os.path.join(folder, name)) for name in sorted(os.listdir(folder))[::-1]])
    store = zarr.create_array(
        path, shape=cube.shape, dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    store[...] = cube


# %% mistake: writes nothing
# promise: Create the Zarr array `path` with all days
# points: 0
# message: The file is missing there, or has not the expected size.
def build_store(folder, path, layout):
    return None


# %% mistake: writes one row of files a block
# promise: write each file once
# points: 5.5
# message: You hold the whole cube, or days pile up: a block may hold the days of several rows of files. Write all that are full before you read the next block.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    store = zarr.create_array(
        path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    unit, day, held = (store.shards or store.chunks)[0], 0, np.empty((0, *shapes[0][1:]), "f4")
    for name in names:
        held = np.concatenate([held, np.load(name)])
        if len(held) >= unit:
            store[day : day + unit] = held[:unit]
            held, day = held[unit:], day + unit
    for start in range(0, len(held), unit):
        store[day + start : day + start + unit] = held[start : start + unit]


# %% mistake: float64
# promise: each an array of float32
# points: 1
# message: The values are right, and float32 is asked for.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    store = zarr.create_array(
        path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f8", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    unit, day, held = (store.shards or store.chunks)[0], 0, np.empty((0, *shapes[0][1:]), "f4")
    for name in names:
        held = np.concatenate([held, np.load(name)])
        while len(held) >= unit:
            store[day : day + unit] = held[:unit]
            held, day = held[unit:].copy(), day + unit
    if len(held):
        store[day:] = held


# %% mistake: a map for a chunk
# promise: in the given layout.
# points: 5.5
# message: The chunks are those of the layout.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    days, rows, columns = sum(shape[0] for shape in shapes), *shapes[0][1:]
    store = zarr.create_array(
        path, shape=(days, rows, columns), dtype="f4", chunks=(1, rows, columns) if layout["shards"] is None else tuple(layout["chunks"]),
        shards=None if layout["shards"] is None else tuple(layout["shards"]),
        compressors=workload.compressors_of(layout["codec"]),
    )
    buffer = np.empty((min(days, (store.shards or store.chunks)[0]), rows, columns), "f4")
    first = filled = 0
    for name in names:
        block = np.load(name)
        while len(block):
            taken = min(len(block), len(buffer) - filled)
            buffer[filled : filled + taken] = block[:taken]
            block, filled = block[taken:], filled + taken
            if filled == len(buffer) or first + filled == days:
                store[first : first + filled] = buffer[:filled]
                first, filled = first + filled, 0


# %% mistake: always zstd
# promise: in the given layout.
# points: 5.5
# message: The codec is that of the layout.
def build_store(folder, path, layout):
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    shapes = [np.load(name, mmap_mode="r").shape for name in names]
    days, rows, columns = sum(shape[0] for shape in shapes), *shapes[0][1:]
    store = zarr.create_array(
        path, shape=(days, rows, columns), dtype="f4", chunks=tuple(layout["chunks"]),
        shards=None if layout["shards"] is None else tuple(layout["shards"]),
        compressors=workload.compressors_of("zstd"),
    )
    buffer = np.empty((min(days, (store.shards or store.chunks)[0]), rows, columns), "f4")
    first = filled = 0
    for name in names:
        block = np.load(name)
        while len(block):
            taken = min(len(block), len(buffer) - filled)
            buffer[filled : filled + taken] = block[:taken]
            block, filled = block[taken:], filled + taken
            if filled == len(buffer) or first + filled == days:
                store[first : first + filled] = buffer[:filled]
                first, filled = first + filled, 0


# %% right: grow by concatenation
def build_store(folder, path, layout):
    names = sorted(os.listdir(folder))
    lengths, maps = [], None
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            np.lib.format.read_magic(file)
            shape, _, _ = np.lib.format.read_array_header_1_0(file)
        lengths.append(shape[0])
        maps = shape[1:]
    store = zarr.create_array(
        path, shape=(sum(lengths), *maps), dtype="float32", chunks=layout["chunks"],
        shards=layout["shards"], compressors=workload.compressors_of(layout["codec"]),
    )
    step = (layout["shards"] or layout["chunks"])[0]
    day, waiting = 0, np.empty((0, *maps), "f4")
    for name in names:
        waiting = np.concatenate([waiting, np.load(os.path.join(folder, name))])
        while len(waiting) >= step:
            store[day : day + step] = waiting[:step]
            waiting, day = waiting[step:].copy(), day + step
    if len(waiting):
        store[day:] = waiting


# %% right: row of files by row of files, through maps
def build_store(folder, path, layout):
    maps = [np.load(os.path.join(folder, name), mmap_mode="r") for name in sorted(os.listdir(folder))]
    ends = np.cumsum([len(m) for m in maps])
    store = zarr.create_array(
        path, shape=(int(ends[-1]), *maps[0].shape[1:]), dtype="f4", chunks=tuple(layout["chunks"]),
        shards=layout["shards"] and tuple(layout["shards"]), compressors=workload.compressors_of(layout["codec"]),
    )
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    del maps
    step = (store.shards or store.chunks)[0]
    for first in range(0, store.shape[0], step):
        last, parts = min(first + step, store.shape[0]), []
        for name, end in zip(files, ends):
            with open(name, "rb") as file:
                np.lib.format.read_magic(file)
                shape, _, _ = np.lib.format.read_array_header_1_0(file)
                start = int(end) - shape[0]
                low, high = max(first, start), min(last, int(end))
                if low < high:
                    size = shape[1] * shape[2]
                    file.seek((low - start) * size * 4, 1)
                    parts.append(np.fromfile(file, "f4", (high - low) * size).reshape(-1, *shape[1:]))
        store[first:last] = np.concatenate(parts)


# %% mistake: ignores shards when collecting
# promise: write each file once
# points: 5.5
# message: Files are written several times: with shards, a file is a shard, and not a chunk.
def build_store(folder, path, layout):
    names = sorted(n for n in os.listdir(folder) if n.endswith(".npy"))
    shapes = [np.load(os.path.join(folder, n), mmap_mode="r").shape for n in names]
    z = zarr.create_array(path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f4", chunks=layout["chunks"], shards=layout["shards"], compressors=workload.compressors_of(layout["codec"]))
    k = layout["chunks"][0]
    rest, at = np.empty((0, *z.shape[1:]), "f4"), 0
    for n in names:
        rest = np.concatenate([rest, np.load(os.path.join(folder, n))])
        while len(rest) >= k:
            z[at:at + k] = rest[:k]
            rest = rest[k:].copy()
            at += k
    if len(rest):
        z[at:] = rest


# %% mistake: first block's days for all
# promise: Their number of days differs.
# points: 2
# message: The blocks differ in their days: add up the days of all of them.
def build_store(folder, path, layout):
    names = sorted(n for n in os.listdir(folder) if n.endswith(".npy"))
    first = np.load(os.path.join(folder, names[0]))
    z = zarr.create_array(path, shape=(len(first) * len(names), *first.shape[1:]), dtype="f4", chunks=layout["chunks"], shards=layout["shards"], compressors=workload.compressors_of(layout["codec"]))
    for i, n in enumerate(names):
        z[i * len(first):(i + 1) * len(first)] = np.load(os.path.join(folder, n))


# %% mistake: reads blocks twice
# promise: read each block once
# points: 5.5
# message: You read the blocks twice: their headers alone tell the shapes.
def build_store(folder, path, layout):
    names = sorted(n for n in os.listdir(folder) if n.endswith(".npy"))
    shapes = [np.load(os.path.join(folder, n)).shape for n in names]
    z = zarr.create_array(path, shape=(sum(s[0] for s in shapes), *shapes[0][1:]), dtype="f4", chunks=layout["chunks"], shards=layout["shards"], compressors=workload.compressors_of(layout["codec"]))
    k = (layout["shards"] or layout["chunks"])[0]
    rest, at = np.empty((0, *z.shape[1:]), "f4"), 0
    for n in names:
        rest = np.concatenate([rest, np.load(os.path.join(folder, n))])
        while len(rest) >= k:
            z[at:at + k] = rest[:k]
            rest = rest[k:].copy()
            at += k
    if len(rest):
        z[at:] = rest
