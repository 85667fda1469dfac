# %% mistake: equal only
# promise: A figure repeats if its largest and its smallest value are at most `percent` percent of the largest apart.
# points: 1.75
# message: You take equal values only. With `percent` they may be some percent of the largest apart.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and len(set(values)) == 1:
            names.append(name)
    return names


# %% mistake: percent of the smallest
# promise: A figure repeats if its largest and its smallest value are at most `percent` percent of the largest apart.
# points: 2.75
# message: The limit is a part of the largest value, not of the smallest or the mean.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) <= percent * min(values):
            names.append(name)
    return names


# %% mistake: percent of the mean
# promise: A figure repeats if its largest and its smallest value are at most `percent` percent of the largest apart.
# points: 2.75
# message: The limit is a part of the largest value, not of the smallest or the mean.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values:
            mean = sum(values) / len(values)
            if 100 * (max(values) - min(values)) <= percent * mean:
                names.append(name)
    return names


# %% mistake: the first run against the last
# promise: its largest and its smallest value
# points: 3
# message: You compare two runs only, or neighbours. The largest and the smallest value may stand in any two runs.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None in values:
            continue
        first, last = values[0], values[-1]
        if 100 * abs(first - last) <= percent * max(first, last):
            names.append(name)
    return names


# %% mistake: neighbours only
# promise: its largest and its smallest value
# points: 3.5
# message: You compare two runs only, or neighbours. The largest and the smallest value may stand in any two runs.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None in values:
            continue
        pairs = zip(values, values[1:], strict=False)
        if all(100 * abs(a - b) <= percent * max(a, b) for a, b in pairs):
            names.append(name)
    return names


# %% mistake: less than the limit
# promise: are at most `percent` percent of the largest apart
# points: 1.75
# message: "At most" includes the limit itself: <=, not <.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) < percent * max(values):
            names.append(name)
    return names


# %% mistake: divides by a largest of 0
# promise: Zeros in all runs repeat
# points: 3.5
# message: The largest value may be 0, and nothing can be divided by it. Multiply instead.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None in values:
            continue
        if (max(values) - min(values)) / max(values) * 100 <= percent:
            names.append(name)
    return names


# %% mistake: zeros do not repeat
# promise: Zeros in all runs repeat
# points: 3.5
# message: Zeros in all runs are equal, so they repeat. 0 is a count; only None is unknown.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if not all(values):
            continue
        if 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: one run repeats
# promise: One run alone shows nothing: then the list is empty.
# points: 3.75
# message: One run alone shows nothing, so nothing repeats.
def repeating(runs, percent=0):
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: compares None
# promise: A figure that is `None` in a run, or that a run does not have, is unknown
# points: 3.5
# message: A value may be None: it cannot be compared. Leave such a figure out first.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        if not all(name in run for run in runs):
            continue
        values = [run[name] for run in runs]
        if 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: compares the runs that know
# promise: A figure that is `None` in a run, or that a run does not have, is unknown
# points: 2.75
# message: You left out the runs that do not know the figure, and compared the rest. It is unknown then.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run[name] for run in runs if run.get(name) is not None]
        if values and 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: unknown is 0
# promise: A figure that is `None` in a run, or that a run does not have, is unknown
# points: 3.75
# message: Unknown is not 0. A figure that is None, or missing, in some run does not repeat.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) or 0 for run in runs]
        if 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: every run has every figure
# promise: or that a run does not have
# points: 3.25
# message: A run may lack a figure. Ask with get(), which gives None then.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run[name] for run in runs]
        if None not in values and 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: percent as a part of 1
# promise: at most `percent` percent of the largest apart
# points: 1.5
# message: 5 percent is 0.05 of the largest, not 5 times the largest.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and max(values) - min(values) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: percent as a number
# promise: at most `percent` percent of the largest apart
# points: 1.5
# message: The limit is a part of the largest value. You compare the difference with the number `percent` itself.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and max(values) - min(values) <= percent:
            names.append(name)
    return names


# %% mistake: those that do not repeat
# promise: Return the names of the figures that repeat
# points: 0.25
# message: Those are the figures that do not repeat.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) > percent * max(values):
            names.append(name)
    return names


# %% mistake: sorted names
# promise: in the order of the first run
# points: 3
# message: The names are right, the order is not: that of the first run is asked for.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    names = []
    for name in sorted(runs[0]):
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) <= percent * max(values):
            names.append(name)
    return names


# %% mistake: the values, too
# promise: Return the names of the figures that repeat, as a list
# points: 0
# message: A list of names is asked for.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return {}
    names = {}
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) <= percent * max(values):
            names[name] = values[0]
    return names


# %% mistake: a set of names
# promise: Return the names of the figures that repeat, as a list
# points: 0
# message: A list of names is asked for.
def repeating(runs, percent=0):
    if len(runs) == 1:
        return set()
    names = set()
    for name in runs[0]:
        values = [run.get(name) for run in runs]
        if None not in values and 100 * (max(values) - min(values)) <= percent * max(values):
            names.add(name)
    return names


# %% mistake: the figures of any run, sorted
# promise: in the order of the first run
# points: 2.25
# message: You compare the runs that know a figure, and take them from all runs. The first run has the order, and a figure that any run lacks is unknown.
def repeating(runs, percent=0):
    if len(runs) < 2: return []
    out = []
    names = sorted({n for r in runs for n in r})
    for n in names:
        v = [r[n] for r in runs if n in r and r[n] is not None]
        if v and (max(v) - min(v)) * 100 <= percent * max(v):
            out.append(n)
    return out


# %% mistake: each run against the first
# promise: its largest and its smallest value
# points: 3
# message: You compare with the first run, and take its percent. The largest and the smallest value may stand in any two runs.
def repeating(runs, percent=0):
    if len(runs) == 1: return []
    out = []
    for n, first in runs[0].items():
        if first is None: continue
        ok = True
        for r in runs[1:]:
            if r.get(n) is None or abs(r[n] - first) > percent / 100 * first:
                ok = False
        if ok: out.append(n)
    return out


# %% mistake: whole percents
# promise: at most `percent` percent of the largest apart
# points: 3.5
# message: You cut off the digits of the percentage: a little more than `percent` is more. Use / and not //.
def repeating(runs, percent=0):
    if len(runs) == 1: return []
    out = []
    for n in runs[0]:
        v = [r.get(n) for r in runs]
        if None in v: continue
        if max(v) == 0 or (max(v) - min(v)) * 100 // max(v) <= percent:
            out.append(n)
    return out


# %% mistake: everything but the time
# promise: Return the names of the figures that repeat
# points: 0.5
# message: You decide by the name of a figure. Look at its values in all runs.
def repeating(runs, percent=0):
    return [n for n in runs[0] if n != "time"]


# %% mistake: deviation and mean
# promise: its largest and its smallest value
# points: 3.5
# message: The largest and the smallest value are to be compared, as they stand: no mean, no deviation.
def repeating(runs, percent=0):
    import statistics
    if len(runs) < 2: return []
    out = []
    for n in runs[0]:
        v = [r.get(n) for r in runs]
        if None in v: continue
        m = statistics.mean(v)
        if m == 0 or 100 * statistics.pstdev(v) / m <= percent:
            out.append(n)
    return out


# %% mistake: rounds the percentage
# promise: at most `percent` percent of the largest apart
# points: 3.5
# message: You round the percentage, and a little more than `percent` counts as `percent`. Do not round.
def repeating(runs, percent=0):
    if len(runs) < 2: return []
    out = []
    for n in runs[0]:
        v = [r.get(n) for r in runs]
        if None in v: continue
        s = 0 if max(v) == 0 else round((max(v) - min(v)) / max(v) * 100)
        if s <= percent: out.append(n)
    return out


# %% right: one expression, with a ratio
def repeating(runs, percent=0):
    def close(values):
        if None in values:
            return False
        low, high = min(values), max(values)
        return high == 0 or (high - low) / high * 100 <= percent

    return [n for n in runs[0] if len(runs) > 1 and close([run.get(n) for run in runs])]


# %% right: with NumPy
def repeating(runs, percent=0):
    import numpy as np

    names = []
    if len(runs) < 2:
        return names
    for name in runs[0].keys():
        if any(name not in run or run[name] is None for run in runs):
            continue
        values = np.array([run[name] for run in runs], dtype=float)
        if np.ptp(values) <= percent / 100 * values.max():
            names += [name]
    return names


# %% right: the smallest is large enough
def repeating(runs, percent=0):
    if len(runs) == 1:
        return []
    shared = set(runs[0]).intersection(*runs[1:])
    known = [n for n in runs[0] if n in shared and all(run[n] is not None for run in runs)]
    return [
        n for n in known
        if min(run[n] for run in runs) >= (1 - percent / 100) * max(run[n] for run in runs)
    ]


# %% right: the limit as a number
def repeating(runs, percent=0):
    out = []
    for n in runs[0]:
        if all(r.get(n) is not None for r in runs) and len(runs) > 1:
            hi = max(r[n] for r in runs); lo = min(r[n] for r in runs)
            if hi - lo <= hi * percent / 100:
                out.append(n)
    return out


# %% right: sorted values
def repeating(runs, percent=0):
    if len(runs) < 2:
        return []
    def good(n):
        try:
            v = sorted(r[n] for r in runs)
        except (KeyError, TypeError):
            return False
        return v[-1] == v[0] or 100 * (v[-1] - v[0]) / v[-1] <= percent
    return list(filter(lambda n: runs[0][n] is not None and good(n), runs[0]))
