# %% mistake: does not read ahead
# promise: As many reads as allowed are always begun
# points: 1.5
# message: Reads begin too late. Before you wait for a row, start all reads that are allowed.
def prefetched(disk, count, ahead):
    for i in range(count):
        disk.start(i)
        yield disk.wait(i)


# %% mistake: starts everything at once
# promise: never more than `ahead` rows are in memory
# points: 1.5
# message: Too many rows are in memory: a row counts from its start until it is yielded.
def prefetched(disk, count, ahead):
    for i in range(count):
        disk.start(i)
    for i in range(count):
        yield disk.wait(i)


# %% mistake: one row too many
# promise: a row counts from its `start` until it is yielded.
# points: 1.5
# message: Too many rows are in memory: a row counts from its start until it is yielded.
def prefetched(disk, count, ahead):
    for i in range(min(ahead, count)):
        disk.start(i)
    for i in range(count):
        row = disk.wait(i)
        if i + ahead < count:
            disk.start(i + ahead)
        yield row


# %% mistake: starts rows beyond the last
# promise: Write a generator that yields the rows 0 to `count - 1` in order.
# points: 0
# message: You started a row that does not exist: stop at `count`.
def prefetched(disk, count, ahead):
    for i in range(ahead):
        disk.start(i)
    for i in range(count):
        yield disk.wait(i)
        disk.start(i + ahead)


# %% mistake: batches
# promise: As many reads as allowed are always begun
# points: 1.5
# message: Reads begin too late. Before you wait for a row, start all reads that are allowed.
def prefetched(disk, count, ahead):
    for first in range(0, count, ahead):
        batch = range(first, min(first + ahead, count))
        for i in batch:
            disk.start(i)
        for i in batch:
            yield disk.wait(i)


# %% mistake: forgets the last rows
# promise: Write a generator that yields the rows 0 to `count - 1` in order.
# points: 0
# message: The last rows are started, and must be yielded, too.
def prefetched(disk, count, ahead):
    for i in range(count):
        if i >= ahead:
            yield disk.wait(i - ahead)
        disk.start(i)


# %% mistake: returns an array on a map that is closed
# promise: Write a generator that yields the rows 0 to `count - 1` in order.
# points: 0
# message: the array looks at a memory map that is closed
def prefetched(disk, count, ahead):
    film = np.memmap(disk.path, "<f8", "r")
    film._mmap.close()
    return film


# %% mistake: one read fewer than allowed
# promise: As many reads as allowed are always begun
# points: 2
# message: One read fewer than allowed is begun.
def prefetched(disk, count, ahead):
    ahead = max(1, ahead - 1)
    started = 0
    for i in range(count):
        while started < min(i + ahead, count):
            disk.start(started)
            started += 1
        yield disk.wait(i)


# %% mistake: fills up only when half are left
# promise: As many reads as allowed are always begun
# points: 2
# message: As many reads as allowed are always begun: start them before you wait for a row.
def prefetched(disk, count, ahead):
    started = 0
    for i in range(count):
        if started - i <= ahead // 2:
            while started < min(i + ahead, count):
                disk.start(started)
                started += 1
        yield disk.wait(i)


# %% mistake: starts the rows again
# promise: Start each row once.
# points: 1.25
# message: Start every row that is shown once, and no other.
def prefetched(disk, count, ahead):
    for i in range(count):
        for k in range(i, min(i + ahead, count)):
            disk.start(k)
        yield disk.wait(i)


# %% mistake: waits for rows that were not started
# promise: waits until that read is done and returns the row.
# points: 0
# message: The row was not started: start all that are allowed before you wait for one.
def prefetched(disk, count, ahead):
    for i in range(count):
        if i + ahead < count:
            disk.start(i + ahead)
        yield disk.wait(i)


# %% right: a queue
from collections import deque


def prefetched(disk, count, ahead):
    begun, rest = deque(), iter(range(count))
    while True:
        for i in islice(rest, ahead - len(begun)):
            disk.start(i)
            begun.append(i)
        if not begun:
            return
        yield disk.wait(begun.popleft())


# %% right: a head start, then one for one
def prefetched(disk, count, ahead):
    for i in range(min(ahead, count)):
        disk.start(i)
    for i in range(count):
        yield disk.wait(i)
        if i + ahead < count:
            disk.start(i + ahead)


# %% mistake: ahead + 1
# promise: never more than `ahead` rows are in memory
# points: 1.5
# message: One row too many is begun.
def prefetched(disk, count, ahead):
    for i in range(min(ahead + 1, count)):
        disk.start(i)
    for i in range(count):
        yield disk.wait(i)
        if i + ahead + 1 < count:
            disk.start(i + ahead + 1)


# %% mistake: starts beyond count at the beginning only
# promise: that yields the rows 0 to `count - 1`
# points: 2.75
# message: You started a row that does not exist: stop at `count`.
def prefetched(disk, count, ahead):
    for i in range(ahead):
        disk.start(i)
    for i in range(count):
        yield disk.wait(i)
        if i + ahead < count:
            disk.start(i + ahead)


# %% mistake: start after wait of the next
# promise: Start each row once.
# points: 1.25
# message: Start each row, once: some were never started.
def prefetched(disk, count, ahead):
    for i in range(min(ahead, count)):
        disk.start(i)
    for i in range(count):
        row = disk.wait(i)
        yield row
        if i + 1 < count and i + ahead < count:
            pass
        nxt = i + ahead
        if nxt < count and nxt % 2 == 0:
            disk.start(nxt)
            if nxt + 1 < count:
                disk.start(nxt + 1)


# %% mistake: hard-coded ahead 3
# promise: at most `ahead` of them
# points: 2.25
# message: `ahead` is an argument: other numbers than 3 may come.
def prefetched(disk, count, ahead):
    for i in range(min(3, count)):
        disk.start(i)
    for i in range(count):
        yield disk.wait(i)
        if i + 3 < count:
            disk.start(i + 3)


# %% mistake: hard-coded ahead 2 as the disk works on two
# promise: As many reads as allowed are always begun
# points: 1.75
# message: As many reads as `ahead` allows are begun, not as many as the disk works on.
def prefetched(disk, count, ahead):
    for i in range(min(2, count)):
        disk.start(i)
    for i in range(count):
        yield disk.wait(i)
        if i + 2 < count:
            disk.start(i + 2)
