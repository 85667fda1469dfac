# %% mistake: reads the whole file
# promise: Touch only the blocks that hold them.
# points: 3.25
# message: You read more than the header and two blocks. The table tells where they lie: seek there.
def read_part(path, start, stop):
    with open(path, "rb") as file:
        content = file.read()
    items, size = struct.unpack_from("<QQ", content)
    stop = min(stop, items)
    if start >= stop:
        return np.empty(0)
    first, last = start // size, (stop - 1) // size
    places = np.frombuffer(content, "<u8", count=-(-items // size) + 1, offset=16)
    parts = []
    for k in range(first, last + 1):
        try:
            parts.append(np.frombuffer(zlib.decompress(content[places[k] : places[k + 1]])))
        except zlib.error:
            raise ValueError(f"block {k}") from None
    return np.concatenate(parts)[start - first * size : stop - first * size]


# %% mistake: decompresses everything
# promise: other damaged blocks do not matter.
# points: 1.25
# message: You decompressed a block that was not needed. The item at `stop` is not asked for.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        count = -(-items // size)
        places = struct.unpack(f"<{count + 1}Q", file.read(8 * (count + 1)))
        blocks = [file.read(b - a) for a, b in zip(places, places[1:], strict=False)]
    try:
        x = b"".join(zlib.decompress(block) for block in blocks)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return np.frombuffer(x)[start:stop]


# %% mistake: one block too many
# promise: other damaged blocks do not matter.
# points: 2.5
# message: You decompressed a block that was not needed. The item at `stop` is not asked for.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        first, last = start // size, min(stop // size, (items - 1) // size)
        file.seek(16 + 8 * first)
        places = struct.unpack(f"<{last - first + 2}Q", file.read(8 * (last - first + 2)))
        file.seek(places[0])
        stored = file.read(places[-1] - places[0])
    x = b""
    for k in range(last - first + 1):
        try:
            x += zlib.decompress(stored[places[k] - places[0] : places[k + 1] - places[0]])
        except zlib.error:
            raise ValueError(f"block {first + k}") from None
    return np.frombuffer(x)[start - first * size : stop - first * size]


# %% mistake: forgets the next block
# promise: Return the items `start` up to, but without, `stop`.
# points: 1.25
# message: The part goes on in the next block.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        k = start // size
        file.seek(16 + 8 * k)
        begin, end = struct.unpack("<QQ", file.read(16))
        file.seek(begin)
        try:
            block = np.frombuffer(zlib.decompress(file.read(end - begin)))
        except zlib.error:
            raise ValueError(f"block {k}") from None
    return block[start - k * size : stop - k * size]


# %% mistake: zlib's own error
# promise: A damaged block that is needed raises `ValueError` with the number of the block in its text
# points: 3.25
# message: "zlib.error says nothing about the block. Catch it and raise ValueError with the block's number."
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        first, last = start // size, (stop - 1) // size
        file.seek(16 + 8 * first)
        places = struct.unpack(f"<{last - first + 2}Q", file.read(8 * (last - first + 2)))
        file.seek(places[0])
        blocks = [file.read(b - a) for a, b in zip(places, places[1:], strict=False)]
    x = np.frombuffer(b"".join(map(zlib.decompress, blocks)))
    return x[start - first * size : stop - first * size]


# %% mistake: no thought for an empty part
# promise: an empty part is an empty array.
# points: 3.5
# message: An empty part is an empty array.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        stop = min(stop, items)
        parts = []
        for k in range(start // size, (stop - 1) // size + 1):
            file.seek(16 + 8 * k)
            begin, end = struct.unpack("<QQ", file.read(16))
            file.seek(begin)
            try:
                parts.append(np.frombuffer(zlib.decompress(file.read(end - begin))))
            except zlib.error:
                raise ValueError(f"block {k}") from None
    if start == stop:
        raise ValueError("an empty part")
    return np.concatenate(parts)[start % size : start % size + stop - start]


# %% mistake: whole blocks
# promise: Return the items `start` up to, but without, `stop`.
# points: 2.25
# message: These are whole blocks. Cut the part out of them.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        parts = []
        for k in range(start // size, (stop - 1) // size + 1):
            file.seek(16 + 8 * k)
            begin, end = struct.unpack("<QQ", file.read(16))
            file.seek(begin)
            try:
                parts.append(np.frombuffer(zlib.decompress(file.read(end - begin))))
            except zlib.error:
                raise ValueError(f"block {k}") from None
    return np.concatenate(parts)


# %% mistake: counts the damaged block from the first one
# promise: A damaged block that is needed raises `ValueError` with the number of the block in its text
# points: 3.25
# message: the error does not name the value
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        first, last = start // size, (stop - 1) // size
        file.seek(16 + 8 * first)
        places = struct.unpack(f"<{last - first + 2}Q", file.read(8 * (last - first + 2)))
        file.seek(places[0])
        blocks = [file.read(b - a) for a, b in zip(places, places[1:], strict=False)]
    parts = []
    for k, block in enumerate(blocks):
        try:
            parts.append(zlib.decompress(block))
        except zlib.error:
            raise ValueError(f"block {k}") from None
    return np.frombuffer(b"".join(parts))[start - first * size : stop - first * size]


# %% mistake: the table one entry short
# promise: where each block begins in the file, and where the last one ends
# points: 3.75
# message: What lies beyond the end is left out. And the table has one entry more than there are blocks.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        table = np.frombuffer(file.read(8 * -(-items // size)), "<u8")
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        parts = []
        for k in range(start // size, (stop - 1) // size + 1):
            file.seek(int(table[k]))
            try:
                parts.append(zlib.decompress(file.read(int(table[k + 1] - table[k]))))
            except zlib.error:
                raise ValueError(f"block {k}") from None
    return np.frombuffer(b"".join(parts))[start % size : start % size + stop - start]


# %% mistake: puts zeros for a damaged block
# promise: A damaged block that is needed raises `ValueError` with the number of the block in its text
# points: 3.25
# message: no error was raised
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as file:
        items, size = struct.unpack("<QQ", file.read(16))
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        first, last = start // size, (stop - 1) // size
        file.seek(16 + 8 * first)
        places = struct.unpack(f"<{last - first + 2}Q", file.read(8 * (last - first + 2)))
        file.seek(places[0])
        blocks = [file.read(b - a) for a, b in zip(places, places[1:], strict=False)]
    parts = []
    for block in blocks:
        try:
            parts.append(zlib.decompress(block))
        except zlib.error:
            parts.append(bytes(8 * size))
    return np.frombuffer(b"".join(parts))[start - first * size : stop - first * size]


# %% mistake: reads item by item
# promise: Touch only the blocks that hold them.
# points: 3
# message: You read more than the header and two blocks. The table tells where they lie: seek there.
def read_part(path, start, stop):
    def item(i):
        with open(path, "rb", buffering=0) as file:
            items, size = struct.unpack("<QQ", file.read(16))
            if i >= items:
                return None
            file.seek(16 + 8 * (i // size))
            begin, end = struct.unpack("<QQ", file.read(16))
            file.seek(begin)
            try:
                return np.frombuffer(zlib.decompress(file.read(end - begin)))[i % size]
            except zlib.error:
                raise ValueError(f"block {i // size}") from None

    values = [item(i) for i in range(start, stop)]
    return np.array([v for v in values if v is not None], float)


# %% right: a memory map of the file
def read_part(path, start, stop):
    raw = np.memmap(path, np.uint8, mode="r")
    items, size = (int(v) for v in raw[:16].view("<u8"))
    picked = range(items)[start:stop]
    if not picked:
        return np.zeros(0)
    table = raw[16 : 16 + 8 * (-(-items // size) + 1)].view("<u8")
    out = np.empty(len(picked))
    done = 0
    for k in range(picked[0] // size, picked[-1] // size + 1):
        try:
            block = np.frombuffer(zlib.decompress(raw[int(table[k]) : int(table[k + 1])].tobytes()))
        except zlib.error as error:
            raise ValueError(f"block {k}: {error}") from error
        piece = block[max(0, picked[0] - k * size) : picked[-1] + 1 - k * size]
        out[done : done + len(piece)] = piece
        done += len(piece)
    return out


# %% right: positional reads
def read_part(path, start, stop):
    import os

    fd = os.open(path, os.O_RDONLY)
    try:
        items, size = struct.unpack("<QQ", os.pread(fd, 16, 0))
        stop = min(stop, items)
        if stop <= start:
            return np.array([], dtype=np.float64)
        first, last = start // size, (stop - 1) // size
        table = np.frombuffer(os.pread(fd, 8 * (last - first + 2), 16 + 8 * first), "<u8").tolist()
        parts = []
        for k in range(last - first + 1):
            try:
                parts.append(zlib.decompress(os.pread(fd, table[k + 1] - table[k], table[k])))
            except zlib.error as error:
                raise ValueError(f"block {first + k} of {path} is damaged") from error
    finally:
        os.close(fd)
    x = np.frombuffer(b"".join(parts), "<f8")
    return x[start - first * size :][: stop - start].astype("f8")


# %% right: the whole table, with a buffer
def read_part(path, start, stop):
    with open(path, "rb") as file:
        items, size = struct.unpack("<QQ", file.read(16))
        table = np.frombuffer(file.read(8 * (-(-items // size) + 1)), "<u8")
        stop = min(stop, items)
        if start >= stop:
            return np.empty(0)
        pieces = []
        for k in range(start // size, -(-stop // size)):
            file.seek(int(table[k]))
            try:
                pieces.append(zlib.decompress(file.read(int(table[k + 1] - table[k]))))
            except zlib.error:
                raise ValueError(f"cannot decompress block {k}") from None
    return np.frombuffer(b"".join(pieces))[start % size : start % size + stop - start]


# %% mistake: no number of the block
# promise: raises `ValueError` with the number of the block in its text
# points: 3.25
# message: The text of the error has to name the block: its number, counted from 0.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as f:
        n, k = struct.unpack("<QQ", f.read(16))
        stop = min(stop, n)
        if start >= stop:
            return np.empty(0)
        b = -(-n // k)
        at = np.frombuffer(f.read(8 * (b + 1)), "<u8")
        out = []
        for i in range(start // k, (stop - 1) // k + 1):
            f.seek(int(at[i]))
            try:
                out.append(np.frombuffer(zlib.decompress(f.read(int(at[i + 1] - at[i])))))
            except zlib.error:
                raise ValueError("a block is damaged")
    first = start // k * k
    return np.concatenate(out)[start - first:stop - first]


# %% mistake: does not cut the start
# promise: Return the items `start` up to, but without, `stop`.
# points: 1
# message: The blocks that were read begin before `start`: cut with start minus the first item of the first block.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as f:
        n, k = struct.unpack("<QQ", f.read(16))
        stop = min(stop, n)
        if start >= stop:
            return np.empty(0)
        b = -(-n // k)
        at = np.frombuffer(f.read(8 * (b + 1)), "<u8")
        out = []
        for i in range(start // k, (stop - 1) // k + 1):
            f.seek(int(at[i]))
            try:
                out.append(np.frombuffer(zlib.decompress(f.read(int(at[i + 1] - at[i])))))
            except zlib.error:
                raise ValueError(f"block {i}")
    return np.concatenate(out)[start:stop]


# %% mistake: list instead of empty array, n // k blocks
# promise: the last block may have fewer
# points: 3.75
# message: The last block may have fewer items: round the number of blocks up.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as f:
        n, k = struct.unpack("<QQ", f.read(16))
        stop = min(stop, n)
        b = n // k
        at = np.frombuffer(f.read(8 * (b + 1)), "<u8")
        if start >= stop:
            return np.empty(0)
        out = []
        for i in range(start // k, min(b, (stop - 1) // k + 1)):
            f.seek(int(at[i]))
            try:
                out.append(np.frombuffer(zlib.decompress(f.read(int(at[i + 1] - at[i])))))
            except zlib.error:
                raise ValueError(f"block {i}")
    first = start // k * k
    return np.concatenate(out)[start - first:stop - first]


# %% mistake: block numbers from 1 in the error
# promise: with the number of the block in its text
# points: 3.25
# message: The text of the error has to name the block: its number, counted from 0.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as f:
        n, k = struct.unpack("<QQ", f.read(16))
        stop = min(stop, n)
        if start >= stop:
            return np.empty(0)
        b = -(-n // k)
        at = np.frombuffer(f.read(8 * (b + 1)), "<u8")
        out = []
        for i in range(start // k, (stop - 1) // k + 1):
            f.seek(int(at[i]))
            try:
                out.append(np.frombuffer(zlib.decompress(f.read(int(at[i + 1] - at[i])))))
            except zlib.error:
                raise ValueError(f"block {i + 1}")
    first = start // k * k
    return np.concatenate(out)[start - first:stop - first]


# %% mistake: skips damaged blocks
# promise: A damaged block that is needed raises `ValueError`
# points: 3.25
# message: A damaged block that is needed raises ValueError: made-up numbers are worse than none.
def read_part(path, start, stop):
    with open(path, "rb", buffering=0) as f:
        n, k = struct.unpack("<QQ", f.read(16))
        stop = min(stop, n)
        if start >= stop:
            return np.empty(0)
        b = -(-n // k)
        at = np.frombuffer(f.read(8 * (b + 1)), "<u8")
        out = []
        for i in range(start // k, (stop - 1) // k + 1):
            f.seek(int(at[i]))
            try:
                out.append(np.frombuffer(zlib.decompress(f.read(int(at[i + 1] - at[i])))))
            except zlib.error:
                out.append(np.full(k, np.nan))
    first = start // k * k
    return np.concatenate(out)[start - first:stop - first]
