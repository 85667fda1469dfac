# %% mistake: rounds the bytes that are wanted
# points: 0.75
# message: follow the strides
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    return -(-int(np.prod(shape)) * itemsize // page_size)


# %% mistake: from the first byte to the last
# points: 2
# message: The gaps between the rows are not read.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    if 0 in shape:
        return 0
    low = high = offset
    for length, stride in zip(shape, strides):
        low += min(0, (length - 1) * stride)
        high += max(0, (length - 1) * stride)
    return (high + itemsize - 1) // page_size - low // page_size + 1


# %% mistake: forgets items across two pages
# points: 2.25
# message: Item 0 has the bytes 4092 to 4099: it begins at `offset`, and ends on the next page.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(offset)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * stride
    return int(np.unique(first // page_size).size)


# %% mistake: one page an item
# points: 1.25
# message: Several items share a page. Count each page once.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    pages = 0
    for index in np.ndindex(*shape):
        first = offset + sum(i * s for i, s in zip(index, strides))
        pages += (first + itemsize - 1) // page_size - first // page_size + 1
    return pages


# %% mistake: the page size is always 4096
# points: 2.5
# message: The page size is an argument: machines differ.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(offset)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * stride
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // 4096
    return len(set(pages.tolist()))


# %% mistake: prints and forgets to return
# points: 0
# message: got None: does the function end with return?
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    print("page " * 1000)


# %% mistake: forgets the offset
# points: 1.75
# message: Item 0 has the bytes 4092 to 4099: it begins at `offset`, and ends on the next page.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(0)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * stride
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return int(np.unique(pages).size)


# %% mistake: takes strides without their sign
# points: 2.75
# message: A negative stride goes back in the file.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(offset)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * abs(stride)
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return int(np.unique(pages).size)


# %% mistake: the last axis only
# points: 2
# message: All axes count.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    if 0 in shape:
        return 0
    first = offset + (np.arange(shape[-1]) * strides[-1] if shape else np.zeros(1, int))
    pages = np.concatenate([first, first + itemsize - 1]) // page_size
    return int(np.unique(pages).size)


# %% mistake: a single item is none
# points: 2.75
# message: Without an axis there is one item.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    if not shape:
        return 0
    first = np.array(offset)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * stride
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return int(np.unique(pages).size)


# %% right: a loop over all items
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    pages = set()
    for index in np.ndindex(*shape):
        first = offset + sum(i * s for i, s in zip(index, strides))
        pages.update((first // page_size, (first + itemsize - 1) // page_size))
    return len(pages)


# %% right: from the library
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    grids = np.indices(shape).reshape(len(shape), -1) if shape else np.zeros((0, 1), int)
    places = offset + np.tensordot(np.array(strides, dtype=int), grids, axes=1)
    return pagecache.pages_of(places, itemsize, page_size)
