# %% mistake: forgets that compressed bytes are read too
# promise: Return the bandwidth at which both take equally long.
# points: 0.5
# message: "The compressed bytes come from the disk, too: only the difference is saved."
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes:
        return 0.0
    return raw_bytes / seconds if seconds else 0.0


# %% mistake: a bare formula
# promise: If the compressed array is never first, return 0.0.
# points: 1.25
# message: No bandwidth is below zero. This array is never first: 0.0.
def break_even(raw_bytes, packed_bytes, seconds):
    return (raw_bytes - packed_bytes) / seconds


# %% mistake: seconds per byte
# promise: A disk delivers a number of bytes per second, its bandwidth.
# points: 0.5
# message: These are seconds per byte. Turn the fraction over.
def break_even(raw_bytes, packed_bytes, seconds):
    saved = raw_bytes - packed_bytes
    return seconds / saved if saved > 0 else 0.0


# %% mistake: looks at the time first
# promise: If both always take equally long, return 0.0.
# points: 1.75
# message: Nothing is saved. Look at the bytes before you look at the time.
def break_even(raw_bytes, packed_bytes, seconds):
    if seconds == 0:
        return math.inf
    return max(0.0, (raw_bytes - packed_bytes) / seconds)


# %% mistake: gigabytes per second
# promise: A disk delivers a number of bytes per second, its bandwidth.
# points: 0.75
# message: The answer is in bytes per second.
def break_even(raw_bytes, packed_bytes, seconds):
    saved = (raw_bytes - packed_bytes) / 1e9
    if saved <= 0:
        return 0.0
    return saved / seconds if seconds else math.inf


# %% mistake: the bytes of both
# promise: Return the bandwidth at which both take equally long.
# points: 0.75
# message: Which bytes are saved? Not both arrays together.
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes:
        return 0.0
    return (raw_bytes + packed_bytes) / seconds if seconds else math.inf


# %% mistake: the compressed bytes alone
# promise: Return the bandwidth at which both take equally long.
# points: 0.75
# message: "The bytes that are saved count: those of the array without those of the compressed one."
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes:
        return 0.0
    return packed_bytes / seconds if seconds else math.inf


# %% mistake: the size of the difference
# promise: If the compressed array is never first, return 0.0.
# points: 1.75
# message: More bytes and more time: the compressed array is never first.
def break_even(raw_bytes, packed_bytes, seconds):
    saved = abs(raw_bytes - packed_bytes)
    if saved == 0:
        return 0.0
    return saved / seconds if seconds else math.inf


# %% mistake: divides by no time
# promise: If it is first on every disk, return `math.inf`.
# points: 1.75
# message: Decompression in no time is first on every disk. Do not divide by 0.
def break_even(raw_bytes, packed_bytes, seconds):
    saved = raw_bytes - packed_bytes
    if saved <= 0:
        return 0.0
    return saved / seconds


# %% right: with an error that means infinity
def break_even(raw_bytes, packed_bytes, seconds):
    saved = max(0.0, float(raw_bytes) - packed_bytes)
    try:
        return saved / seconds
    except ZeroDivisionError:
        return math.inf if saved else 0.0


# %% right: with NumPy
def break_even(raw_bytes, packed_bytes, seconds):
    saved = np.float64(raw_bytes) - packed_bytes
    if saved <= 0:
        return np.float64(0)
    with np.errstate(divide="ignore"):
        return np.divide(saved, seconds)


# %% mistake: inverse
# promise: Return the bandwidth at which both take equally long.
# points: 0
# message: This is seconds per byte. A bandwidth is bytes per second.
def break_even(raw_bytes, packed_bytes, seconds):
    return seconds / (raw_bytes - packed_bytes)


# %% mistake: negative
# promise: If the compressed array is never first, return 0.0.
# points: 1.5
# message: No bandwidth is below zero. This array is never first: 0.0.
def break_even(raw_bytes, packed_bytes, seconds):
    if seconds == 0:
        return math.inf
    return (raw_bytes - packed_bytes) / seconds


# %% mistake: ratio
# promise: Return the bandwidth at which both take equally long.
# points: 0.75
# message: Only the bytes that are saved count: raw_bytes - packed_bytes.
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes:
        return 0.0
    return math.inf if seconds == 0 else raw_bytes / seconds


# %% mistake: zero seconds gives 0
# promise: If it is first on every disk, return `math.inf`.
# points: 1.75
# message: With no time to decompress it is first on every disk: math.inf.
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes or seconds == 0:
        return 0.0
    return (raw_bytes - packed_bytes) / seconds


# %% mistake: integer division
# promise: Bytes per second.
# points: 1.25
# message: A bandwidth need not be a whole number: / and not //.
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes:
        return 0.0
    return math.inf if seconds == 0 else (raw_bytes - packed_bytes) // seconds


# %% mistake: in MB
# promise: Bytes per second.
# points: 0.75
# message: The bandwidth counts bytes per second, not MB.
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes:
        return 0.0
    return math.inf if seconds == 0 else (raw_bytes - packed_bytes) / seconds / 1e6


# %% mistake: None when never
# promise: If the compressed array is never first, return 0.0.
# points: 1.5
# message: An array that is never first has the bandwidth 0.0, not None.
def break_even(raw_bytes, packed_bytes, seconds):
    if packed_bytes >= raw_bytes:
        return None
    return math.inf if seconds == 0 else (raw_bytes - packed_bytes) / seconds
