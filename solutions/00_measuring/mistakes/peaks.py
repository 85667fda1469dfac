# %% mistake: what is there afterwards
# promise: the most bytes that `tracemalloc` saw during that call
# points: 1
# message: That is what is there after the call. The peak is the second number of the pair.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
            now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        found.append(now)
    return found


# %% mistake: the whole pair
# promise: return a list with the peak of each of them
# points: 1
# message: get_traced_memory() gives a pair: what is there now, and the peak. Only the peak is asked for.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
            found.append(tracemalloc.get_traced_memory())
        finally:
            tracemalloc.stop()
    return found


# %% mistake: one start for all calls
# promise: every call has a peak of its own
# points: 2.25
# message: Tracing goes on from call to call, so a large peak shows in all calls after it. Begin anew for each call.
def peaks(calls):
    found = []
    tracemalloc.start()
    try:
        for call in calls:
            call()
            found.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    return found


# %% mistake: the peak above what is left
# promise: the most bytes that `tracemalloc` saw during that call
# points: 3.5
# message: You subtract what is there after the call. What it keeps was a part of its peak, too.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
            now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        found.append(peak - now)
    return found


# %% mistake: counts what was there before
# promise: What was there before the call does not count
# points: 3.5
# message: What an earlier call has kept is in your later peaks. Subtract what is there when a call begins, or start tracing anew.
def peaks(calls):
    found = []
    tracemalloc.start()
    try:
        for call in calls:
            tracemalloc.reset_peak()
            call()
            found.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    return found


# %% mistake: never stops
# promise: so it is off when your function has ended
# points: 4.25
# message: Tracing is still on, and slows everything down: tracemalloc.stop().
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        call()
        found.append(tracemalloc.get_traced_memory()[1] - before)
    return found


# %% mistake: never stops, one start for all
# promise: so it is off when your function has ended
# points: 1.5
# message: Tracing is still on, and slows everything down: tracemalloc.stop(). It also goes on from call to call.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        call()
        found.append(tracemalloc.get_traced_memory()[1])
    return found


# %% mistake: an error leaves tracing on
# promise: That holds also where a call raises an error.
# points: 4.75
# message: An error of a call goes past your stop(). Put it into `finally`.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        call()
        found.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return found


# %% mistake: swallows the error
# promise: The error goes on to the caller.
# points: 4.25
# message: A call raised an error, and nobody learns of it. Use `finally` without `except`.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
        except Exception:
            pass
        found.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return found


# %% mistake: swallows the error, no peak for it
# promise: The error goes on to the caller.
# points: 4.25
# message: A call raised an error, and nobody learns of it. Use `finally` without `except`.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
            found.append(tracemalloc.get_traced_memory()[1])
        except Exception:
            found.append(None)
        finally:
            tracemalloc.stop()
    return found


# %% mistake: stops before it asks
# promise: the most bytes that `tracemalloc` saw during that call
# points: 1
# message: Next to nothing came. Start tracing before the call, ask for the peak after it and stop last, and return bytes: divide by nothing.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
        finally:
            tracemalloc.stop()
        found.append(tracemalloc.get_traced_memory()[1])
    return found


# %% mistake: starts after the call
# promise: the most bytes that `tracemalloc` saw during that call
# points: 1
# message: Next to nothing came. Start tracing before the call, ask for the peak after it and stop last, and return bytes: divide by nothing.
def peaks(calls):
    found = []
    for call in calls:
        call()
        tracemalloc.start()
        found.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return found


# %% mistake: calls everything twice
# promise: Call each function of `calls` once
# points: 4.25
# message: Each function is to be called once, in the order of the list.
def peaks(calls):
    found = []
    for call in calls:
        call()
        tracemalloc.start()
        try:
            call()
            found.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    return found


# %% mistake: backwards
# promise: Call each function of `calls` once, in order
# points: 4.25
# message: Each function is to be called once, in the order of the list.
def peaks(calls):
    found = []
    for call in reversed(calls):
        tracemalloc.start()
        try:
            call()
            found.insert(0, tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    return found


# %% mistake: the largest of all
# promise: return a list with the peak of each of them
# points: 0.75
# message: A list is asked for, with one peak for each call.
def peaks(calls):
    found = 0
    for call in calls:
        tracemalloc.start()
        try:
            call()
            found = max(found, tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    return found


# %% mistake: in KiB
# promise: the most bytes that `tracemalloc` saw
# points: 1
# message: Next to nothing came. Start tracing before the call, ask for the peak after it and stop last, and return bytes: divide by nothing.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
            found.append(tracemalloc.get_traced_memory()[1] / 1024)
        finally:
            tracemalloc.stop()
    return found


# %% mistake: in MiB
# promise: the most bytes that `tracemalloc` saw
# points: 1
# message: Next to nothing came. Start tracing before the call, ask for the peak after it and stop last, and return bytes: divide by nothing.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
            found.append(tracemalloc.get_traced_memory()[1] / 2**20)
        finally:
            tracemalloc.stop()
    return found


# %% mistake: adds up the peaks
# promise: every call has a peak of its own
# points: 1
# message: You add up the peaks. They were there one after the other, never together.
def peaks(calls):
    found, total = [], 0
    for call in calls:
        tracemalloc.start()
        try:
            call()
            total += tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        found.append(total)
    return found


# %% mistake: returns after the first call
# promise: return a list with the peak of each of them
# points: 0.25
# message: The function ends after its first call: the return stands inside the loop.
def peaks(calls):
    found = []
    for call in calls:
        tracemalloc.start()
        try:
            call()
            found.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        return found


# %% mistake: one start, subtracts, no reset
# promise: every call has a peak of its own
# points: 2.25
# message: The peak goes on from call to call, so a large one shows in all calls after it. Reset it, or start anew for each call.
def peaks(calls):
    tracemalloc.start()
    out = []
    try:
        for c in calls:
            before = tracemalloc.get_traced_memory()[0]
            c()
            out.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
    return out


# %% mistake: ends at the error
# promise: The error goes on to the caller.
# points: 4.25
# message: A call raised an error, and nobody learns of it. Use `finally` without `except`.
def peaks(calls):
    out = []
    tracemalloc.start()
    for c in calls:
        try:
            tracemalloc.reset_peak()
            b = tracemalloc.get_traced_memory()[0]
            c()
            out.append(tracemalloc.get_traced_memory()[1] - b)
        except Exception:
            tracemalloc.stop()
            return out
    tracemalloc.stop()
    return out


# %% mistake: the size of the result
# promise: the most bytes that `tracemalloc` saw during that call
# points: 1
# message: Next to nothing came. Start tracing before the call, ask for the peak after it and stop last, and return bytes: divide by nothing.
def peaks(calls):
    import sys
    return [sys.getsizeof(c()) for c in calls]


# %% right: one start, and subtracts
def peaks(calls):
    tracemalloc.start()
    try:
        found = []
        for call in calls:
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            call()
            found.append(tracemalloc.get_traced_memory()[1] - before)
        return found
    finally:
        tracemalloc.stop()


# %% right: a function for one call
def peaks(calls):
    def peak_of(call):
        try:
            tracemalloc.start()
            result = call()
            _, most = tracemalloc.get_traced_memory()
            del result
        except BaseException:
            tracemalloc.stop()
            raise
        tracemalloc.stop()
        return most

    return [peak_of(call) for call in calls]


# %% right: forgets what was traced
def peaks(calls):
    from contextlib import contextmanager

    @contextmanager
    def tracing():
        tracemalloc.start()
        try:
            yield
        finally:
            tracemalloc.stop()

    found = []
    with tracing():
        for call in calls:
            tracemalloc.clear_traces()
            call()
            found += [tracemalloc.get_traced_memory()[1]]
    return found


# %% right: a map over the calls
def peaks(calls):
    def one(c):
        tracemalloc.start()
        try:
            c()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    return list(map(one, calls))


# %% right: resets, and subtracts
def peaks(calls):
    res = []
    tracemalloc.start()
    try:
        for f in calls:
            tracemalloc.reset_peak()
            size, peak = tracemalloc.get_traced_memory()
            f()
            size2, peak2 = tracemalloc.get_traced_memory()
            res.append(peak2 - size)
    finally:
        tracemalloc.stop()
    return res
