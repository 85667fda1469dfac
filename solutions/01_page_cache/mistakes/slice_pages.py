# %% mistake: counts items
# promise: for 4 pages of 1024 items.
# points: 1.5
# message: Some of these items share a page. Count each page once.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    return len(range(start, stop, step))


# %% mistake: counts bytes
# promise: for only four items: one on each page.
# points: 0.75
# message: The items are far apart, and every one of them fetches a whole page.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    return -(-len(range(start, stop, step)) * itemsize // page_size)


# %% mistake: forgets items across two pages
# promise: An item whose bytes lie across two pages needs both.
# points: 2.5
# message: This item has the bytes 4092 to 4103. It may end on the next page.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    return len({i * itemsize // page_size for i in range(start, stop, step)})


# %% mistake: takes the whole span of the slice
# promise: Return how many pages the slice `x[start:stop:step]` needs.
# points: 2.25
# message: The pages between two items are not needed.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    items = range(start, stop, step)
    if not items:
        return 0
    low, high = min(items), max(items)
    return (high * itemsize + itemsize - 1) // page_size - low * itemsize // page_size + 1


# %% mistake: takes the step in bytes
# promise: `start`, `stop` and `step` mean what they mean in `range(start, stop, step)`.
# points: 2
# message: All pages up to `stop` are counted. `step` counts items, not bytes, and the pages between two items are not needed.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    pages = set()
    for first in range(start * itemsize, stop * itemsize, step):
        pages.update((first // page_size, (first + itemsize - 1) // page_size))
    return len(pages)


# %% mistake: begins at byte 0
# promise: item after item, from byte 0.
# points: 2.25
# message: Item `start` begins at byte start * itemsize, wherever the slice ends.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    first = np.arange(0, stop - start, step) * itemsize
    return int(np.unique(np.concatenate([first, first + itemsize - 1]) // page_size).size)


# %% mistake: knows one page size
# promise: Bytes of a page.
# points: 2.5
# message: The page size is an argument: machines differ.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    first = np.arange(start, stop, step) * itemsize
    return int(np.unique(np.concatenate([first, first + itemsize - 1]) // 4096).size)


# %% mistake: no step backwards
# promise: `start`, `stop` and `step` mean what they mean in `range(start, stop, step)`.
# points: 2.5
# message: A step backwards takes items, too, as in `range`.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    if stop <= start:
        return 0
    first = np.arange(start, stop, step) * itemsize
    return int(np.unique(np.concatenate([first, first + itemsize - 1]) // page_size).size)


# %% mistake: an empty slice needs a page
# promise: `start`, `stop` and `step` mean what they mean in `range(start, stop, step)`.
# points: 2.75
# message: An empty slice needs no page.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    first = np.arange(start, stop, step) * itemsize
    return max(1, int(np.unique(np.concatenate([first, first + itemsize - 1]) // page_size).size))


# %% mistake: each item for itself
# promise: for 4 pages of 1024 items.
# points: 1.75
# message: Many items share a page. Count each page once.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    pages = 0
    for item in range(start, stop, step):
        first, last = item * itemsize, item * itemsize + itemsize - 1
        pages += last // page_size - first // page_size + 1
    return pages


# %% mistake: returns bytes
# promise: Return how many pages the slice `x[start:stop:step]` needs.
# points: 0.25
# message: Those are bytes. The pages are asked for that hold them.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    return len(range(start, stop, step)) * itemsize


# %% right: a set of pages
def slice_pages(start, stop, step, itemsize, page_size=4096):
    pages = set()
    for i in range(start, stop, step):
        pages.update((i * itemsize // page_size, (i * itemsize + itemsize - 1) // page_size))
    return len(pages)


# %% right: from the library
def slice_pages(start, stop, step, itemsize, page_size=4096):
    from course_lib import pagecache

    return pagecache.pages_of(np.arange(start, stop, step) * itemsize, itemsize, page_size)


# %% right: marks the pages
def slice_pages(start, stop, step, itemsize, page_size=4096):
    marked = np.zeros(max(start, stop, 0) * itemsize // page_size + 2, bool)
    for item in range(start, stop, step):
        first = item * itemsize
        marked[first // page_size : (first + itemsize - 1) // page_size + 1] = True
    return np.count_nonzero(marked)


# %% mistake: end inclusive
# promise: An item whose bytes lie across two pages needs both.
# points: 2.5
# message: The last byte of an item is one before the next item's first.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    p = set()
    for i in range(start, stop, step):
        p |= {i * itemsize // page_size, (i + 1) * itemsize // page_size}
    return len(p)


# %% mistake: negative step treated as slice swap
# promise: mean what they mean in `range(start, stop, step)`
# points: 2.75
# message: A range that goes back begins at `start`: to swap start and stop gives other items.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    if step < 0:
        start, stop, step = stop, start, -step
    p = set()
    for i in range(start, stop, step):
        p |= {i * itemsize // page_size, ((i + 1) * itemsize - 1) // page_size}
    return len(p)
