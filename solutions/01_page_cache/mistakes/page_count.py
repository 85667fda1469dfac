# %% mistake: rounds down
# promise: The kernel caches whole pages.
# points: 0.5
# message: You rounded down. A part of a page is still a page.
def page_count(start, stop, page_size=4096):
    return (stop - start) // page_size


# %% mistake: looks at the length only
# promise: the range has only 1000 bytes, but byte 4096 begins a new page.
# points: 1.25
# message: Either the length alone decides in your answer, but where the range starts counts too; or the last page is not counted.
def page_count(start, stop, page_size=4096):
    return -(-(stop - start) // page_size)


# %% mistake: counts the page of the stop byte
# promise: Return how many pages hold the bytes `start` up to, but without, `stop` of a file.
# points: 1.5
# message: "The byte at `stop` is not in the range, so its page need not count."
def page_count(start, stop, page_size=4096):
    return stop // page_size - start // page_size + 1


# %% mistake: forgets the empty range
# promise: An empty range needs no page.
# points: 1.75
# message: An empty range holds no byte, so it needs no page.
def page_count(start, stop, page_size=4096):
    return (stop - 1) // page_size - start // page_size + 1


# %% mistake: knows one page size
# promise: Bytes of a page.
# points: 1.5
# message: The page size is an argument: machines differ.
def page_count(start, stop, page_size=4096):
    return 0 if start == stop else (stop - 1) // 4096 - start // 4096 + 1


# %% mistake: returns nothing
# promise: Return how many pages hold the bytes `start` up to, but without, `stop` of a file.
# points: 0
# message: does the function end with return?
def page_count(start, stop, page_size=4096):
    (stop - 1) // page_size - start // page_size + 1


# %% mistake: one page more where the range begins inside a page
# promise: Return how many pages hold the bytes `start` up to, but without, `stop` of a file.
# points: 1.5
# message: A range that begins inside a page may end on the same page.
def page_count(start, stop, page_size=4096):
    return -(-(stop - start) // page_size) + (start % page_size != 0) if stop > start else 0


# %% mistake: counts boundaries, not pages
# promise: Return how many pages hold the bytes `start` up to, but without, `stop` of a file.
# points: 0.25
# message: The number of pages from the first to the last is one more than the number of steps between them.
def page_count(start, stop, page_size=4096):
    return (stop - 1) // page_size - start // page_size


# %% mistake: the pages of the length, and one if it begins inside
# promise: the range has only 1000 bytes, but byte 4096 begins a new page.
# points: 1
# message: Which page holds the first byte, and which the last? The length alone does not tell.
def page_count(start, stop, page_size=4096):
    if start == stop:
        return 0
    return (stop - start) // page_size + (start % page_size > 0)


# %% right: rounds both ends to boundaries
def page_count(start, stop, page_size=4096):
    down = start - start % page_size
    up = -(-stop // page_size) * page_size
    return (up - down) // page_size if stop > start else 0


# %% right: length of a range of pages
def page_count(start, stop, page_size=4096):
    pages = range(start // page_size, -(-stop // page_size))
    return len(pages) if start != stop else 0


# %% right: a set, byte by byte
def page_count(start, stop, page_size=4096):
    return len({byte // page_size for byte in range(start, stop)})


# %% right: a whole number as a float
def page_count(start, stop, page_size=4096):
    first, last = np.floor(start / page_size), np.ceil(stop / page_size)
    return max(0.0, float(last - first)) if stop > start else 0.0


# %% mistake: returns list of pages
# promise: Return how many pages
# points: 0
# message: Return how many pages there are, not which.
def page_count(start, stop, page_size=4096):
    return list(range(start // page_size, -(-stop // page_size))) if stop > start else []
