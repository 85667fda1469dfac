# %% mistake: rounds the bytes that are wanted
# promise: its strides (the step in bytes along each axis, which may be negative or 0)
# points: 0.75
# message: "The bytes that are wanted may lie far apart: follow the strides."
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    return -(-int(np.prod(shape)) * itemsize // page_size)


# %% mistake: from the first byte to the last
# promise: Return how many pages of the file its items lie on.
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
# promise: An item may lie across two pages.
# points: 2.25
# message: Item 0 has the bytes 4092 to 4099: it begins at `offset`, and ends on the next page.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(offset)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * stride
    return int(np.unique(first // page_size).size)


# %% mistake: one page an item
# promise: Return how many pages of the file its items lie on.
# points: 1.25
# message: Several items share a page. Count each page once.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    pages = 0
    for index in np.ndindex(*shape):
        first = offset + sum(i * s for i, s in zip(index, strides))
        pages += (first + itemsize - 1) // page_size - first // page_size + 1
    return pages


# %% mistake: the page size is always 4096
# promise: Bytes of a page.
# points: 2.5
# message: The page size is an argument: machines differ.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(offset)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * stride
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // 4096
    return len(set(pages.tolist()))


# %% mistake: prints and forgets to return
# promise: Return how many pages of the file its items lie on.
# points: 0
# message: got None: does the function end with return?
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    print("page " * 1000)


# %% mistake: forgets the offset
# promise: the byte of the file where its first item begins
# points: 1.75
# message: Item 0 has the bytes 4092 to 4099: it begins at `offset`, and ends on the next page.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(0)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * stride
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return int(np.unique(pages).size)


# %% mistake: takes strides without their sign
# promise: its strides (the step in bytes along each axis, which may be negative or 0)
# points: 2.75
# message: A negative stride goes back in the file.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(offset)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length) * abs(stride)
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return int(np.unique(pages).size)


# %% mistake: the last axis only
# promise: Return how many pages of the file its items lie on.
# points: 2
# message: All axes count.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    if 0 in shape:
        return 0
    first = offset + (np.arange(shape[-1]) * strides[-1] if shape else np.zeros(1, int))
    pages = np.concatenate([first, first + itemsize - 1]) // page_size
    return int(np.unique(pages).size)


# %% mistake: a single item is none
# promise: Return how many pages of the file its items lie on.
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


# %% mistake: nothing still needs a page
# promise: Return how many pages of the file its items lie on.
# points: 2.75
# message: No items, no pages: an axis may have the length 0.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    first = np.array(offset, dtype=np.int64)
    for length, stride in zip(shape, strides):
        first = first[..., None] + np.arange(length, dtype=np.int64) * stride
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return max(1, int(np.unique(pages).size))


# %% mistake: from the first byte to the last but one
# promise: Return how many pages of the file its items lie on.
# points: 1.25
# message: The last item needs a page, too.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    pages = set()
    for index in np.ndindex(*(max(0, n - 1) if k == 0 else n for k, n in enumerate(shape))):
        first = offset + sum(i * s for i, s in zip(index, strides))
        pages.update((first // page_size, (first + itemsize - 1) // page_size))
    return len(pages)


# %% mistake: a stride of 0 counts again and again
# promise: its strides (the step in bytes along each axis, which may be negative or 0)
# points: 2.75
# message: With a stride of 0, the same bytes come again. Count each page once.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    again, moving = 1, []
    for length, stride in zip(shape, strides):
        if stride == 0:
            again *= length
        else:
            moving.append((length, stride))
    first = np.array(offset, dtype=np.int64)
    for length, stride in moving:
        first = first[..., None] + np.arange(length, dtype=np.int64) * stride
    pages = np.concatenate([first.ravel(), first.ravel() + itemsize - 1]) // page_size
    return again * int(np.unique(pages).size)


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


# %% mistake: end byte inclusive
# promise: Return how many pages of the file its items lie on.
# points: 2.75
# message: An item's last byte is at start + itemsize - 1.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    at = np.array([offset])
    for n, s in zip(shape, strides):
        at = (at[:, None] + np.arange(n) * s).ravel()
    return len(np.unique(np.concatenate([at // page_size, (at + itemsize) // page_size])))


# %% mistake: two axes only
# promise: shape : tuple of int
# points: 2.5
# message: An array may have any number of axes, also none: loop over them.
def view_pages(shape, strides, itemsize, offset=0, page_size=4096):
    pages = set()
    for i in range(shape[0]):
        for j in range(shape[1] if len(shape) > 1 else 1):
            a = offset + i * strides[0] + (j * strides[1] if len(shape) > 1 else 0)
            pages |= {a // page_size, (a + itemsize - 1) // page_size}
    return len(pages)
