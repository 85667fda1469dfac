# %% mistake: counts items
# points: 1.25
# message: Some of these items share a page
def slice_pages(start, stop, step, itemsize, page_size=4096):
    return len(range(start, stop, step))


# %% mistake: counts bytes
# points: 0.75
# message: The items are far apart
def slice_pages(start, stop, step, itemsize, page_size=4096):
    return -(-len(range(start, stop, step)) * itemsize // page_size)


# %% mistake: forgets items across two pages
# points: 2.5
# message: It may end on the next page
def slice_pages(start, stop, step, itemsize, page_size=4096):
    return len({i * itemsize // page_size for i in range(start, stop, step)})


# %% mistake: takes the whole span of the slice
# points: 2
# message: The pages between two items are not needed.
def slice_pages(start, stop, step, itemsize, page_size=4096):
    items = range(start, stop, step)
    if not items:
        return 0
    low, high = min(items), max(items)
    return (high * itemsize + itemsize - 1) // page_size - low * itemsize // page_size + 1


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
