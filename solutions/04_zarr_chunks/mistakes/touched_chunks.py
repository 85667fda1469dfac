# %% mistake: only the first and the last item count
# promise: the columns 0 and 8 are not in the chunks `(.., 1)`.
# points: 1.75
# message: A step may jump over whole chunks.
def touched_chunks(shape, chunks, selection):
    axes = []
    for length, chunk, parts in zip(shape, chunks, selection):
        items = range(*slice(*parts).indices(length))
        if not items:
            return []
        low, high = min(items), max(items)
        axes.append(range(low // chunk, high // chunk + 1))
    return list(product(*axes))


# %% mistake: the chunk at the end is forgotten
# promise: Return the sorted list of the chunks that hold a selected item.
# points: 0.75
# message: The last selected row is 30, in chunk 3, and the last column is 44, in chunk 2.
def touched_chunks(shape, chunks, selection):
    axes = []
    for length, chunk, parts in zip(shape, chunks, selection):
        start, stop, step = slice(*parts).indices(length)
        axes.append(sorted({i // chunk for i in range(start, stop // chunk * chunk, step)}))
    return list(product(*axes))


# %% mistake: chunks of one axis beside those of the other
# promise: Return the sorted list of the chunks that hold a selected item.
# points: 1.25
# message: Each chunk along one axis meets each chunk along the other.
def touched_chunks(shape, chunks, selection):
    axes = []
    for length, chunk, parts in zip(shape, chunks, selection):
        axes.append(sorted({i // chunk for i in range(*slice(*parts).indices(length))}))
    return list(zip(*axes))


# %% mistake: takes the numbers as they are
# promise: they may be negative, reach beyond the end, or be `None`.
# points: 1.75
# message: None means all the way, or a step of 1.
def touched_chunks(shape, chunks, selection):
    if any(part is not None and part[0] is not None and part[1] is not None and part[0] >= part[1] for part in selection):
        return []
    axes = [sorted({i // c for i in range(*part)}) for c, part in zip(chunks, selection)]
    return list(product(*axes))


# %% mistake: not sorted
# promise: Return the sorted list of the chunks that hold a selected item.
# points: 2.5
# message: The list is sorted.
def touched_chunks(shape, chunks, selection):
    axes = []
    for length, chunk, parts in zip(shape, chunks, selection):
        found = dict.fromkeys(i // chunk for i in range(*slice(*parts).indices(length)))
        axes.append(list(found))
    return list(product(*axes))


# %% mistake: an array
# promise: Return the sorted list of the chunks that hold a selected item.
# points: 0
# message: expected a list, got
def touched_chunks(shape, chunks, selection):
    axes = [np.arange(n)[slice(*p)] // c for n, c, p in zip(shape, chunks, selection)]
    return np.unique(np.array(list(product(*axes))), axis=0)


# %% mistake: takes a step without its sign
# promise: They mean what they mean in `z[start:stop:step]`
# points: 2.5
# message: A negative step goes from `start` down to `stop`: here to the items 30, 21 and 12.
def touched_chunks(shape, chunks, selection):
    axes = []
    for length, chunk, (start, stop, step) in zip(shape, chunks, selection):
        items = range(*slice(start, stop, abs(step or 1)).indices(length))
        axes.append(sorted({item // chunk for item in items}))
    return list(product(*axes))


# %% mistake: swaps the ends of a negative step
# promise: They mean what they mean in `z[start:stop:step]`
# points: 2.5
# message: A negative step begins at `start`, so the items are others than with the ends swapped.
def touched_chunks(shape, chunks, selection):
    axes = []
    for length, chunk, (start, stop, step) in zip(shape, chunks, selection):
        if step is not None and step < 0:
            start, stop, step = stop, start, -step
        items = range(*slice(start, stop, step).indices(length))
        axes.append(sorted({item // chunk for item in items}))
    return list(product(*axes))


# %% mistake: chunks beyond the end of an axis
# promise: they may be negative, reach beyond the end, or be `None`.
# points: 2.5
# message: The slice may reach beyond the end of the axis, and there is no chunk there.
def touched_chunks(shape, chunks, selection):
    axes = []
    for length, chunk, (start, stop, step) in zip(shape, chunks, selection):
        begin, end, by = slice(start, stop, step).indices(length)
        if stop is not None and stop > length and by > 0:
            end = stop
        axes.append(sorted({item // chunk for item in range(begin, end, by)}))
    return list(product(*axes))


# %% mistake: the first chunk along each axis
# promise: Return the sorted list of the chunks that hold a selected item.
# points: 0.5
# message: A selection may reach into the next chunks: look at its last item, too.
def touched_chunks(shape, chunks, selection):
    touched = []
    for length, chunk, parts in zip(shape, chunks, selection):
        items = range(*slice(*parts).indices(length))
        touched.append([items[0] // chunk] if len(items) else [])
    return list(product(*touched))


# %% mistake: leaves out an axis without items
# promise: Return the sorted list of the chunks that hold a selected item.
# points: 2.75
# message: Where one axis has no item, nothing is selected.
def touched_chunks(shape, chunks, selection):
    touched = []
    for length, chunk, parts in zip(shape, chunks, selection):
        items = range(*slice(*parts).indices(length))
        if len(items):
            touched.append(sorted({item // chunk for item in items}))
    return list(product(*touched))


# %% right: marks the items
def touched_chunks(shape, chunks, selection):
    marked = np.zeros(shape, bool)
    marked[tuple(slice(*parts) for parts in selection)] = True
    places = np.argwhere(marked) // np.array(chunks)
    return [tuple(int(i) for i in row) for row in np.unique(places, axis=0)]


# %% right: one axis after the other
def touched_chunks(shape, chunks, selection):
    if not shape:
        return [()]
    rest = touched_chunks(shape[1:], chunks[1:], selection[1:])
    items = np.arange(shape[0])[slice(*selection[0])]
    return [(i, *more) for i in np.unique(items // chunks[0]).tolist() for more in rest]


# %% right: np.unique, whole numbers of NumPy
def touched_chunks(shape, chunks, selection):
    axes = [np.unique(np.arange(n)[slice(*sel)] // c) for n, c, sel in zip(shape, chunks, selection)]
    return sorted(product(*axes))


# %% mistake: no negatives or None
# promise: they may be negative, reach beyond the end, or be `None`
# points: 2
# message: The parts of a slice may be None, negative or beyond the end: slice(...).indices(length) turns them into plain numbers.
def touched_chunks(shape, chunks, selection):
    axes = []
    for n, c, (a, b, s) in zip(shape, chunks, selection):
        axes.append(sorted({i // c for i in range(a, b, s)}))
    return list(product(*axes))


# %% mistake: stop chunk included
# promise: They mean what they mean in `z[start:stop:step]`
# points: 2.5
# message: The item at `stop` is not selected.
def touched_chunks(shape, chunks, selection):
    axes = []
    for n, c, s in zip(shape, chunks, selection):
        a, b, st = slice(*s).indices(n)
        axes.append(sorted({i // c for i in range(a, b + 1, st)}))
    return list(product(*axes))


# %% mistake: duplicates
# promise: Return the sorted list of the chunks that hold a selected item.
# points: 1.25
# message: Each chunk is named once, however many items of it are selected.
def touched_chunks(shape, chunks, selection):
    axes = [[i // c for i in range(*slice(*s).indices(n))] for n, c, s in zip(shape, chunks, selection)]
    return sorted(product(*axes))


# %% mistake: divides by number of chunks
# promise: the chunks at the end of an axis may be filled in part
# points: 2.75
# message: An axis is not shared out evenly: every chunk but the last has its full length. The chunk of an item is item // length.
def touched_chunks(shape, chunks, selection):
    axes = []
    for n, c, s in zip(shape, chunks, selection):
        k = -(-n // c)
        axes.append(sorted({i * k // n for i in range(*slice(*s).indices(n))}))
    return list(product(*axes))


# %% mistake: returns a set
# promise: Return the sorted list of the chunks
# points: 0
# message: A set has no order: return a sorted list.
def touched_chunks(shape, chunks, selection):
    axes = [{i // c for i in range(*slice(*s).indices(n))} for n, c, s in zip(shape, chunks, selection)]
    return set(product(*axes))


# %% mistake: offset element of first items
# promise: Chunk `(0, 0)` holds the first item
# points: 0.5
# message: These are the first items of the chunks. A chunk is named by its place in the grid: item // length.
def touched_chunks(shape, chunks, selection):
    axes = [sorted({i // c * c for i in range(*slice(*s).indices(n))}) for n, c, s in zip(shape, chunks, selection)]
    return list(product(*axes))


# %% mistake: two axes only
# promise: selection : list of (start, stop, step)
# points: 2
# message: An array may have any number of axes: loop over them.
def touched_chunks(shape, chunks, selection):
    out = set()
    for i in range(*slice(*selection[0]).indices(shape[0])):
        for j in range(*slice(*selection[1]).indices(shape[1])):
            out.add((i // chunks[0], j // chunks[1]))
    return sorted(out)
