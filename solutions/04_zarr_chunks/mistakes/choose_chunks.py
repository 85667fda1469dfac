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
