# %% mistake: rounds the file size down
# promise: The file has three pages; the last one holds only 1808 bytes.
# points: 1.25
# message: A file of 10,000 bytes has three pages: a part of a page is one.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(file_size // page_size, dtype=bool)
    for start, stop in reads:
        stop = min(stop, file_size)
        if start < stop:
            resident[start // page_size : (stop - 1) // page_size + 1] = True
    return resident


# %% mistake: one item a byte
# promise: Return a boolean array with one item for each page of the file
# points: 0.25
# message: One item for each page is asked for, not one for each byte.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(file_size, dtype=bool)
    for start, stop in reads:
        resident[start:stop] = True
    return resident


# %% mistake: takes the page of the stop byte
# promise: so exactly the pages in use are fetched.
# points: 1.75
# message: "The byte at `stop` is not read, so its page may stay out."
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    for start, stop in reads:
        resident[start // page_size : stop // page_size + 1] = True
    return resident


# %% mistake: takes the first page only
# promise: so exactly the pages in use are fetched.
# points: 1.75
# message: A range may reach into the next page.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    for start, stop in reads:
        if start < min(stop, file_size):
            resident[start // page_size] = True
    return resident


# %% mistake: goes beyond the end
# promise: What lies beyond the end of the file is not read, and a range may be empty.
# points: 2
# message: What lies beyond the end of the file is not read, and has no page.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    for start, stop in reads:
        if start < stop:
            for page in range(start // page_size, (stop - 1) // page_size + 1):
                resident[page] = True
    return resident


# %% mistake: whole numbers for truth values
# promise: Return a boolean array with one item for each page of the file
# points: 0
# message: expected dtype bool, got
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=np.int64)
    for start, stop in reads:
        stop = min(stop, file_size)
        if start < stop:
            resident[start // page_size : (stop - 1) // page_size + 1] = 1
    return resident


# %% mistake: the first and the last page of a range only
# promise: so exactly the pages in use are fetched.
# points: 2.75
# message: The pages between the first and the last one of a range are read, too.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    for start, stop in reads:
        stop = min(stop, file_size)
        if start < stop:
            resident[start // page_size] = resident[(stop - 1) // page_size] = True
    return resident


# %% mistake: each read takes the place of the one before
# promise: `True` where the page is resident afterwards.
# points: 1.25
# message: The pages of the earlier reads stay in the cache.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    for start, stop in reads:
        resident = np.zeros(-(-file_size // page_size), dtype=bool)
        stop = min(stop, file_size)
        if start < stop:
            resident[start // page_size : (stop - 1) // page_size + 1] = True
    return resident


# %% mistake: one span from the first read to the last
# promise: so exactly the pages in use are fetched.
# points: 2.25
# message: What lies between two reads is not read.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    spans = [(a, min(b, file_size)) for a, b in reads if a < min(b, file_size)]
    if spans:
        first, last = min(a for a, _ in spans), max(b for _, b in spans)
        resident[first // page_size : (last - 1) // page_size + 1] = True
    return resident


# %% mistake: an empty range reads a page
# promise: What lies beyond the end of the file is not read, and a range may be empty.
# points: 2.5
# message: An empty range reads nothing.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // page_size), dtype=bool)
    for start, stop in reads:
        if start < file_size:
            last = max(start, min(stop, file_size) - 1)
            resident[start // page_size : last // page_size + 1] = True
    return resident


# %% mistake: knows one page size
# promise: Bytes of a page.
# points: 2.75
# message: The page size is an argument: machines differ.
def resident_after(file_size, reads, page_size=4096):
    resident = np.zeros(-(-file_size // 4096), dtype=bool)
    for start, stop in reads:
        stop = min(stop, file_size)
        if start < stop:
            resident[start // 4096 : (stop - 1) // 4096 + 1] = True
    return resident


# %% right: byte by byte
def resident_after(file_size, reads, page_size=4096):
    resident = [False] * -(-file_size // page_size)
    for start, stop in reads:
        for byte in range(start, min(stop, file_size)):
            resident[byte // page_size] = True
    return np.array(resident, dtype=bool)


# %% right: every page compared with every range
def resident_after(file_size, reads, page_size=4096):
    first = np.arange(0, file_size, page_size)
    last = np.minimum(first + page_size, file_size)
    starts = np.array([r[0] for r in reads])[:, None]
    stops = np.array([r[1] for r in reads])[:, None]
    return ((starts < stops) & (starts < last) & (stops > first)).any(axis=0)


# %% mistake: stop page
# promise: First byte of each range, and the byte after its last one.
# points: 2.25
# message: The byte at `stop` is not read, so its page may stay out.
def resident_after(file_size, reads, page_size=4096):
    r = np.zeros(-(-file_size // page_size), bool)
    for a, b in reads:
        if b > a:
            r[a // page_size:b // page_size + 1] = True
    return r


# %% mistake: whole pages only
# promise: `True` where the page is resident afterwards
# points: 1.25
# message: A page of which only a part is read is resident all the same: round start down and stop up.
def resident_after(file_size, reads, page_size=4096):
    r = np.zeros(-(-file_size // page_size), bool)
    for a, b in reads:
        r[-(-a // page_size):b // page_size] = True
    return r


# %% mistake: list of bool int
# promise: Return a boolean array with one item for each page of the file
# points: 0
# message: The items are numbers: give the array dtype bool.
def resident_after(file_size, reads, page_size=4096):
    r = np.zeros(-(-file_size // page_size))
    for a, b in reads:
        if b > a:
            r[a // page_size:(b - 1) // page_size + 1] = 1
    return r


# %% mistake: one page more
# promise: one item for each page of the file
# points: 1.75
# message: The file has one page fewer: round the number of its pages up, and do not add one.
def resident_after(file_size, reads, page_size=4096):
    r = np.zeros(file_size // page_size + 1, bool)
    for a, b in reads:
        if b > a:
            r[a // page_size:(b - 1) // page_size + 1] = True
    return r


# %% mistake: range that begins beyond the end wraps to the last page
# promise: What lies beyond the end of the file is not read
# points: 2.75
# message: A range that begins behind the end reads nothing, not the last page.
def resident_after(file_size, reads, page_size=4096):
    n = -(-file_size // page_size)
    r = np.zeros(n, bool)
    for a, b in reads:
        if b > a:
            r[min(a // page_size, n - 1):min((b - 1) // page_size, n - 1) + 1] = True
    return r


# %% mistake: list returned
# promise: Return a boolean array
# points: 0
# message: Return a NumPy array, not a list.
def resident_after(file_size, reads, page_size=4096):
    n = -(-file_size // page_size)
    return [any(a < b and a < (k + 1) * page_size and b > k * page_size and a < file_size for a, b in reads) for k in range(n)]
