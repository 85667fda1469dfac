# %% mistake: believes rchar
# points: 0.75
# message: Only the change of `read_bytes` tells: `rchar` counts cached bytes too.
def came_from(before, after, wanted):
    if before["rchar"] is None:
        return "unknown"
    fetched = after["rchar"] - before["rchar"]
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: does not subtract
# points: 1.25
# message: Counters only grow. Subtract what was counted before.
def came_from(before, after, wanted):
    fetched = after.get("read_bytes")
    if fetched is None:
        return "unknown"
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: forgets readahead
# points: 1.5
# message: Readahead may fetch more than was wanted.
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    fetched = last - first
    return "cache" if fetched == 0 else "disk" if fetched == wanted else "both"


# %% mistake: unknown is 0
# points: 1.5
# message: Unknown is not 0: nobody counted.
def came_from(before, after, wanted):
    fetched = (after.get("read_bytes") or 0) - (before.get("read_bytes") or 0)
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: 0 is unknown
# points: 1.5
# message: 0 is a count.
def came_from(before, after, wanted):
    if not before.get("read_bytes"):
        return "unknown"
    fetched = after["read_bytes"] - before["read_bytes"]
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: never asks whether it is counted
# points: 1.5
# message: The counter may be missing from the dict.
# message: None is no number: ask for it first.
def came_from(before, after, wanted):
    fetched = after["read_bytes"] - before["read_bytes"]
    return "cache" if fetched == 0 else "disk" if fetched >= wanted else "both"


# %% mistake: the cache only where read delivered all bytes
# points: 1.75
# message: `rchar` does not see a memory map
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    fetched = last - first
    if fetched == 0:
        return "cache" if after.get("rchar", 0) - before.get("rchar", 0) >= wanted else "unknown"
    return "disk" if fetched >= wanted else "both"


# %% mistake: everything that is not all is the cache
# points: 1.75
# message: A part came from the disk, and that is no longer the cache alone.
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    return "disk" if last - first >= wanted else "cache"


# %% mistake: anything from the disk is the disk
# points: 1.75
# message: Less than `wanted` bytes came from the disk. `rchar` does not tell it, and counters only grow: subtract.
def came_from(before, after, wanted):
    first, last = before.get("read_bytes"), after.get("read_bytes")
    if first is None or last is None:
        return "unknown"
    return "disk" if last > first else "cache"


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
