# %% mistake: cubes, whatever is read
# promise: Return the chunk shape with which all the reads together fetch as few bytes as you can.
# points: 0.5
# message: Only rows are read: a chunk should be a row, or a part of one.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    length = int((largest / itemsize) ** (1 / len(shape)))
    return tuple(min(n, max(1, length)) for n in shape)


# %% mistake: the whole array
# promise: at most `largest` bytes
# points: 0
# message: The chunk has more than `largest` bytes: items times itemsize.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    return tuple(shape)


# %% mistake: always rows
# promise: Return the chunk shape with which all the reads together fetch as few bytes as you can.
# points: 0.75
# message: Maps want flat chunks, series want long ones. Try several shapes and add up what they cost.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    room, chunks = largest // itemsize, []
    for n in reversed(shape):
        chunks.append(max(1, min(n, room)))
        room //= chunks[-1]
    return tuple(reversed(chunks))


# %% mistake: forgets the itemsize
# promise: `itemsize` times the items of a full chunk.
# points: 0
# message: The chunk has more than `largest` bytes: items times itemsize.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    best = None
    for chunks in product(*({min(n, 1 << k) for k in range(9)} for n in shape)):
        if smallest <= np.prod(chunks) <= largest:
            cost = 0
            for selection, times in reads:
                touched = [(b - 1) // c - a // c + 1 for (a, b), c in zip(selection, chunks)]
                cost += times * int(np.prod(touched)) * int(np.prod(chunks))
            best = min(best or (cost, chunks), (cost, chunks))
    return best[1]


# %% mistake: few chunks instead of few bytes
# promise: each chunk costs all its bytes, those at the edge too
# points: 2.5
# message: Few chunks, or large ones, are not few bytes: count the bytes of each chunk that is touched. A chunk need not be as large as it may be.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    best = None
    for chunks in product(*({min(n, 1 << k) for k in range(9)} for n in shape)):
        if smallest <= np.prod(chunks) * itemsize <= largest:
            cost = 0
            for selection, times in reads:
                touched = [(b - 1) // c - a // c + 1 for (a, b), c in zip(selection, chunks)]
                cost += times * int(np.prod(touched))
            best = min(best or (cost, chunks), (cost, chunks))
    return best[1]


# %% mistake: numbers that are no whole numbers
# promise: Return the chunk shape
# points: 0
# message: whole numbers
def choose_chunks(shape, itemsize, reads, smallest, largest):
    return tuple((largest / itemsize) ** (1 / len(shape)) for n in shape)


# %% mistake: how often does not count
# promise: `reads` is a list of `(selection, times)`
# points: 3.25
# message: "How often a read happens counts, too: some of them happen much more often."
def choose_chunks(shape, itemsize, reads, smallest, largest):
    lengths = np.indices(shape) + 1
    size = np.prod(lengths, axis=0) * itemsize
    cost = np.zeros(shape)
    for selection, _ in reads:
        touched = 1
        for (a, b), c in zip(selection, lengths):
            touched = touched * ((b - 1) // c - a // c + 1)
        cost += touched * size
    cost[(size < smallest) | (size > largest)] = np.inf
    return tuple(int(n) + 1 for n in np.unravel_index(np.argmin(cost), shape))


# %% mistake: where a read begins does not count
# promise: A read fetches every chunk that it touches
# points: 3.25
# message: Where a read begins counts, too
def choose_chunks(shape, itemsize, reads, smallest, largest):
    lengths = np.indices(shape) + 1
    size = np.prod(lengths, axis=0) * itemsize
    cost = np.zeros(shape)
    for selection, times in reads:
        touched = times
        for (a, b), c in zip(selection, lengths):
            touched = touched * -(-(b - a) // c)
        cost += touched * size
    cost[(size < smallest) | (size > largest)] = np.inf
    return tuple(int(n) + 1 for n in np.unravel_index(np.argmin(cost), shape))


# %% mistake: the largest chunk that is allowed
# promise: Return the chunk shape with which all the reads together fetch as few bytes as you can.
# points: 1.25
# message: A chunk need not be as large as it may be.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    lengths = np.indices(shape) + 1
    size = np.prod(lengths, axis=0) * itemsize
    cost = np.zeros(shape)
    for selection, times in reads:
        touched = times
        for (a, b), c in zip(selection, lengths):
            touched = touched * ((b - 1) // c - a // c + 1)
        cost += touched * size
    best = int(size[size <= largest].max())
    cost[size != best] = np.inf
    return tuple(int(n) + 1 for n in np.unravel_index(np.argmin(cost), shape))


# %% mistake: smaller than allowed
# promise: at least `smallest`
# points: 0
# message: The chunk has less than `smallest` bytes: items times itemsize.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    lengths = np.indices(shape) + 1
    size = np.prod(lengths, axis=0) * itemsize
    cost = np.zeros(shape)
    for selection, times in reads:
        touched = times
        for (a, b), c in zip(selection, lengths):
            touched = touched * ((b - 1) // c - a // c + 1)
        cost += touched * size
    cost[size > largest] = np.inf
    return tuple(int(n) + 1 for n in np.unravel_index(np.argmin(cost), shape))


# %% right: a loop over all lengths
def choose_chunks(shape, itemsize, reads, smallest, largest):
    tables = []
    for axis, n in enumerate(shape):
        tables.append([
            [(s[axis][1] - 1) // c - s[axis][0] // c + 1 for s, _ in reads] for c in range(1, n + 1)
        ])
    times = np.array([t for _, t in reads])
    best = None
    for head in product(*(range(1, n + 1) for n in shape[:-1])):
        items = int(np.prod(head))
        longest = min(shape[-1], largest // (items * itemsize))
        if longest < 1:
            continue
        touched = np.ones(len(reads), int)
        for table, c in zip(tables, head):
            touched = touched * table[c - 1]
        cost = (np.array(tables[-1][:longest]) * touched) @ times * np.arange(1, longest + 1) * items
        cost = np.where(np.arange(1, longest + 1) * items * itemsize < smallest, 1 << 60, cost)
        k = int(np.argmin(cost))
        if best is None or cost[k] < best[0]:
            best = (int(cost[k]), (*head, k + 1))
    return best[1]


# %% right: all shapes, read by read
def choose_chunks(shape, itemsize, reads, smallest, largest):
    lengths = np.indices(shape) + 1
    nbytes = np.prod(lengths, axis=0) * itemsize
    cost = np.zeros(shape)
    for selection, times in reads:
        ends = np.array(selection).reshape(len(shape), 2, *[1] * len(shape))
        cost += times * nbytes * np.prod((ends[:, 1] - 1) // lengths - ends[:, 0] // lengths + 1, axis=0)
    cost[(nbytes < smallest) | (nbytes > largest)] = np.inf
    return [int(n) for n in lengths[(slice(None), *np.unravel_index(np.argmin(cost), shape))]]


# %% right: all shapes at once, whole numbers of NumPy
def choose_chunks(shape, itemsize, reads, smallest, largest):
    lengths = np.indices(shape) + 1
    size = np.prod(lengths, axis=0) * itemsize
    cost = np.zeros(shape)
    for sel, times in reads:
        t = times
        for (a, b), c in zip(sel, lengths):
            t = t * ((b - 1) // c - a // c + 1)
        cost += t * size
    cost[(size < smallest) | (size > largest)] = np.inf
    return tuple(np.array(np.unravel_index(np.argmin(cost), shape)) + 1)


# %% mistake: ignores times
# promise: `reads` is a list of `(selection, times)`
# points: 2.25
# message: A read that comes many times counts many times.
def cost(shape, itemsize, chunks, sel):
    n = 1
    for c, (a, b) in zip(chunks, sel):
        n *= (b - 1) // c - a // c + 1
    return n * itemsize * int(np.prod(chunks))
def choose_chunks(shape, itemsize, reads, smallest, largest):
    opts = [[2 ** k for k in range(20) if 2 ** k < n] + [n] for n in shape]
    best = None
    for c in product(*opts):
        if not smallest <= itemsize * int(np.prod(c)) <= largest:
            continue
        p = sum(cost(shape, itemsize, c, s) for s, t in reads)
        if best is None or p < best[0]:
            best = (p, c)
    return best[1]


# %% mistake: shape of the most frequent read
# promise: Return the chunk shape with which all the reads together fetch as few bytes as you can.
# points: 2.25
# message: The other reads count, too: try several shapes, and add up what all reads cost.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    sel, _ = max(reads, key=lambda r: r[1])
    c = [b - a for a, b in sel]
    while np.prod(c) * itemsize > largest:
        k = int(np.argmax(c))
        c[k] = -(-c[k] // 2)
    while np.prod(c) * itemsize < smallest:
        k = int(np.argmin([x / n for x, n in zip(c, shape)]))
        c[k] = min(shape[k], c[k] * 2)
    return tuple(c)


# %% mistake: bytes of edge chunks clipped
# promise: each chunk costs all its bytes, those at the edge too
# points: 3.5
# message: A chunk at the edge costs all its bytes, too.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    opts = [sorted({*range(1, min(n, 12) + 1), *[2 ** k for k in range(20) if 2 ** k < n], n}) for n in shape]
    best = None
    for c in product(*opts):
        if not smallest <= itemsize * int(np.prod(c)) <= largest:
            continue
        p = 0
        for s, t in reads:
            n = itemsize
            for k, (a, b), size in zip(c, s, shape):
                lo, hi = a // k * k, min(size, ((b - 1) // k + 1) * k)
                n *= hi - lo
            p += t * n
        if best is None or p < best[0]:
            best = (p, c)
    return best[1]


# %% mistake: limits in items
# promise: a chunk has at least `smallest` and at most `largest` bytes
# points: 0
# message: The limits are bytes: items times itemsize.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    opts = [sorted({2 ** k for k in range(20) if 2 ** k < n} | {n}) for n in shape]
    best = None
    for c in product(*opts):
        if not smallest <= int(np.prod(c)) <= largest:
            continue
        p = 0
        for s, t in reads:
            n = 1
            for k, (a, b) in zip(c, s):
                n *= (b - 1) // k - a // k + 1
            p += t * n * int(np.prod(c))
        if best is None or p < best[0]:
            best = (p, c)
    return best[1] if best else tuple(shape)


# %% mistake: powers of two only, never whole axis
# promise: Return the chunk shape with which all the reads together fetch as few bytes as you can.
# points: 2.5
# message: Powers of two alone are too few: try other lengths, and the whole axis.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    opts = [[2 ** k for k in range(20) if 2 ** k <= n] for n in shape]
    best = None
    for c in product(*opts):
        if not smallest <= itemsize * int(np.prod(c)) <= largest:
            continue
        p = 0
        for s, t in reads:
            n = 1
            for k, (a, b) in zip(c, s):
                n *= (b - 1) // k - a // k + 1
            p += t * n * itemsize * int(np.prod(c))
        if best is None or p < best[0]:
            best = (p, c)
    return best[1] if best else tuple(shape)


# %% mistake: ignores where a read starts
# promise: A read fetches every chunk that it touches
# points: 3
# message: Where a read begins counts, too: a short one may touch two chunks.
def choose_chunks(shape, itemsize, reads, smallest, largest):
    opts = [sorted({*range(1, min(n, 20)), *[n // k for k in range(1, 12) if n // k], n}) for n in shape]
    best = None
    for c in product(*opts):
        if not smallest <= itemsize * int(np.prod(c)) <= largest:
            continue
        p = 0
        for s, t in reads:
            n = 1
            for k, (a, b) in zip(c, s):
                n *= -(-(b - a) // k)
            p += t * n * itemsize * int(np.prod(c))
        if best is None or p < best[0]:
            best = (p, c)
    return best[1]
