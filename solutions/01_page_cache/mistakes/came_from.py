# %% mistake: believes rchar
# promise: `rchar` counts the bytes that `read` delivered, wherever they came from.
# points: 0.5
# message: Only the change of `read_bytes` tells: `rchar` counts cached bytes too.
def came_from(before, after, wanted):
    if before["rchar"] is None:
        return "unknown"
    fetched = after["rchar"] - before["rchar"]
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: does not subtract
# promise: The counters before and after the read.
# points: 0.75
# message: Counters only grow. Subtract what was counted before.
def came_from(before, after, wanted):
    fetched = after.get("read_bytes")
    if fetched is None:
        return "unknown"
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: forgets readahead
# promise: `"disk"` if at least `wanted` bytes did
# points: 1.75
# message: Readahead may fetch more than was wanted.
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    fetched = last - first
    return "cache" if fetched == 0 else "disk" if fetched == wanted else "both"


# %% mistake: unknown is 0
# promise: `"unknown"` if the machine does not count `read_bytes`: then it is `None` or missing.
# points: 1.5
# message: Unknown is not 0: nobody counted.
def came_from(before, after, wanted):
    fetched = (after.get("read_bytes") or 0) - (before.get("read_bytes") or 0)
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: 0 is unknown
# promise: `"unknown"` if the machine does not count `read_bytes`: then it is `None` or missing.
# points: 1.75
# message: "0 is a count. Only None or a missing counter is unknown."
def came_from(before, after, wanted):
    if not before.get("read_bytes"):
        return "unknown"
    fetched = after["read_bytes"] - before["read_bytes"]
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: never asks whether it is counted
# promise: `"unknown"` if the machine does not count `read_bytes`: then it is `None` or missing.
# points: 1.5
# message: "The counter may be None, or missing from the dict: ask for it first."
def came_from(before, after, wanted):
    fetched = after["read_bytes"] - before["read_bytes"]
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: the cache only where read delivered all bytes
# promise: and `rchar` does not see a map.
# points: 1.75
# message: "`rchar` does not see a memory map. The disk was not asked: that is known."
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    fetched = last - first
    if fetched == 0:
        return "cache" if after.get("rchar", 0) - before.get("rchar", 0) >= wanted else "unknown"
    return "disk" if fetched >= wanted else "both"


# %% mistake: everything that is not all is the cache
# promise: `"both"` for anything between
# points: 1.5
# message: A part came from the disk, and that is no longer the cache alone.
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    return "disk" if last - first >= wanted else "cache"


# %% mistake: anything from the disk is the disk
# promise: `"both"` for anything between
# points: 1.5
# message: Less than `wanted` bytes came from the disk. `rchar` does not tell it, and counters only grow: subtract.
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    return "disk" if last > first else "cache"


# %% mistake: a map needs no read, so it is the cache
# promise: and `rchar` does not see a map.
# points: 1.5
# message: A memory map does not use read(): `rchar` does not see it.
def came_from(before, after, wanted):
    if before.get("read_bytes") is None or after.get("read_bytes") is None:
        return "unknown"
    fetched = after["read_bytes"] - before["read_bytes"]
    if after["rchar"] == before["rchar"]:
        return "cache"
    return "cache" if not fetched else "disk" if fetched >= wanted else "both"


# %% mistake: exactly the wanted bytes are both
# promise: `"disk"` if at least `wanted` bytes did
# points: 1.75
# message: At least `wanted` bytes are all of them: that is the disk.
def came_from(before, after, wanted):
    if before.get("read_bytes") is None or after.get("read_bytes") is None:
        return "unknown"
    fetched = after["read_bytes"] - before["read_bytes"]
    return "cache" if not fetched else "disk" if fetched > wanted else "both"


# %% right: asks forgiveness
def came_from(before, after, wanted):
    try:
        fetched = after["read_bytes"] - before["read_bytes"]
    except (KeyError, TypeError):
        return "unknown"
    if fetched >= wanted > 0:
        return "disk"
    return "both" if fetched else "cache"


# %% right: a table of cases
def came_from(before, after, wanted):
    counts = [c.get("read_bytes") for c in (before, after)]
    if None in counts:
        return "unknown"
    fetched = counts[1] - counts[0]
    return ("cache", "both", "disk")[(fetched > 0) + (fetched >= max(wanted, 1))]


# %% right: a match
def came_from(before, after, wanted):
    match before.get("read_bytes"), after.get("read_bytes"):
        case (None, _) | (_, None):
            return "unknown"
        case (first, last) if first == last:
            return "cache"
        case (first, last):
            return "both" if last - first < wanted else "disk"


# %% mistake: compares rchar
# promise: The program may have used `read` or a memory map, and `rchar` does not see a map.
# points: 1.75
# message: `rchar` does not see a memory map: compare with `wanted`.
def came_from(before, after, wanted):
    if before.get("read_bytes") is None or after.get("read_bytes") is None:
        return "unknown"
    d = after["read_bytes"] - before["read_bytes"]
    r = after["rchar"] - before["rchar"]
    return "cache" if d == 0 else "disk" if d >= r else "both"


# %% mistake: KeyError when missing
# promise: then it is `None` or missing
# points: 1.5
# message: The counter may be None, or missing from the dict: ask for it first.
def came_from(before, after, wanted):
    if after["read_bytes"] is None:
        return "unknown"
    d = after["read_bytes"] - before["read_bytes"]
    return "cache" if d == 0 else "disk" if d >= wanted else "both"


# %% mistake: only looks at after for None
# promise: if the machine does not count `read_bytes`
# points: 1.75
# message: The counter may be None before as well as after.
def came_from(before, after, wanted):
    if after.get("read_bytes") is None:
        return "unknown"
    d = after["read_bytes"] - before["read_bytes"]
    return "cache" if d == 0 else "disk" if d >= wanted else "both"


# %% mistake: no rchar is unknown
# promise: `rchar` does not see a map
# points: 1.5
# message: A memory map does not use read(): `rchar` does not see it.
def came_from(before, after, wanted):
    if before.get("read_bytes") is None or after.get("read_bytes") is None:
        return "unknown"
    if after["rchar"] == before["rchar"]:
        return "cache"
    d = after["read_bytes"] - before["read_bytes"]
    return "cache" if d == 0 else "disk" if d >= wanted else "both"
