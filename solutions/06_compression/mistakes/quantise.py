# %% mistake: the step is the error
# promise: The step should be more than half of the largest that the bound allows.
# points: 0.5
# message: rounding moves a number by half a step only
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(error))
    return (np.round(x.astype("f8") / step) * step).astype(x.dtype)


# %% mistake: returns x
# promise: Round `x` to multiples of a step
# points: 0.25
# message: Within the bound, but a larger step is possible.
def quantise(x, error):
    return x.copy()


# %% mistake: cuts off
# promise: so that no number moves by more than `error`
# points: 0
# message: These numbers are cut off, not rounded: np.round goes to the nearest multiple.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(2 * error))
    return (np.trunc(x.astype("f8") / step) * step).astype(x.dtype)


# %% mistake: a decimal step in float32
# promise: A decimal step would be rounded itself, and could break the bound.
# points: 1.25
# message: Nearly: the step is not exact in binary. Take a power of two.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = x.dtype.type(2 * error)
    return np.round(x / step) * step


# %% mistake: twice too far
# promise: so that no number moves by more than `error`
# points: 0
# message: Rounding moves a number by half a step. The step is twice the error at most.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.ceil(math.log2(2 * error) + 0.4)
    return (np.round(x.astype("f8") / step) * step).astype(x.dtype)


# %% mistake: whole numbers
# promise: Round `x` to multiples of a step
# points: 0
# message: These are multiples of the step. Multiply by the step again.
def quantise(x, error):
    step = 2.0 ** math.floor(math.log2(2 * error))
    return np.round(x / step).astype("i4")


# %% mistake: changes x in place
# promise: `x` stays as it is
# points: 2.75
# message: The caller's array was changed in place. Return a new one.
def quantise(x, error):
    if error:
        step = 2.0 ** math.floor(math.log2(2 * error))
        x[...] = np.round(x.astype("f8") / step) * step
    return x


# %% mistake: float64 comes out
# promise: return the rounded array with the same dtype and shape.
# points: 1.25
# message: The result has the dtype of `x`.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(2 * error))
    return np.round(x.astype("f8") / step) * step


# %% mistake: no thought for an error of 0
# promise: with an error of 0 nothing changes.
# points: 2.5
# message: With an error of 0 nothing changes: there is no step to divide by.
def quantise(x, error):
    step = 2.0 ** math.floor(math.log2(2 * error))
    return (np.round(x.astype("f8") / step) * step).astype(x.dtype)


# %% mistake: NaN becomes 0
# promise: NaN and infinity stay what they are
# points: 2.5
# message: expected nan, got 0.0
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(2 * error))
    return np.nan_to_num(np.round(x.astype("f8") / step) * step, nan=0.0).astype(x.dtype)


# %% mistake: rounds to decimals
# promise: The step should be more than half of the largest that the bound allows.
# points: 0.5
# message: Within the bound, but a larger step is possible.
def quantise(x, error):
    if error == 0:
        return x.copy()
    return np.round(x, max(0, math.ceil(-math.log10(error))))


# %% mistake: floor
# promise: so that no number moves by more than `error`
# points: 0.25
# message: These numbers are cut off, not rounded: np.round goes to the nearest multiple.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(2 * error))
    return (np.floor(x.astype("f8") / step) * step).astype(x.dtype)


# %% mistake: fewer digits for all alike
# promise: The step should be more than half of the largest that the bound allows.
# points: 0.25
# message: values differ
def quantise(x, error):
    return x.astype("f2").astype(x.dtype) if error else x.copy()


# %% mistake: turns the multiples into whole numbers
# promise: NaN and infinity stay what they are
# points: 2.5
# message: NaN and infinity are no whole numbers, and stay what they are.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(2 * error))
    multiples = [round(value / step) for value in x.ravel().tolist()]
    return (np.array(multiples, "f8") * step).reshape(x.shape).astype(x.dtype)


# %% right: whole numbers between, by ldexp
def quantise(x, error):
    y = x.astype(np.float64)
    if error > 0:
        mantissa, exponent = math.frexp(2 * error)
        y = np.ldexp(np.rint(np.ldexp(y, 1 - exponent)), exponent - 1)
    return y.astype(x.dtype)


# %% right: a decimal step with a margin, in float64
def quantise(x, error):
    if not error:
        return np.array(x)
    step = 1.98 * error
    y = np.array(x, dtype=np.float64)
    good = np.isfinite(y)
    y[good] = np.rint(y[good] / step) * step
    return y.astype(x.dtype)


# %% right: floor of the number and a half
def quantise(x, error):
    if error == 0:
        return +x
    step = 1.0
    while step > 2 * error:
        step /= 2
    while 2 * step <= 2 * error:
        step *= 2
    with np.errstate(invalid="ignore"):
        return (np.floor(x / np.float64(step) + 0.5) * step).astype(x.dtype)


# %% mistake: step is the error
# promise: The step should be more than half of the largest that the bound allows.
# points: 0.5
# message: Rounding moves a number by half a step, so the step may be twice the error.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(error))
    return (np.round(x / step) * step).astype(x.dtype)


# %% mistake: step too large by rounding up
# promise: no number moves by more than `error`
# points: 0.5
# message: The step is larger than twice the error: round its power of two down.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.ceil(math.log2(2 * error))
    return (np.round(x / step) * step).astype(x.dtype)


# %% mistake: np.round decimals
# promise: A decimal step would be rounded itself, and could break the bound.
# points: 0.25
# message: Nearly: a decimal step is not exact in binary. Take a power of two.
def quantise(x, error):
    if error == 0:
        return x.copy()
    return np.round(x, int(-math.floor(math.log10(2 * error))))


# %% mistake: integers lose NaN
# promise: NaN and infinity stay what they are
# points: 2.5
# message: Integers have no NaN and no infinity: round floats with np.round.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(2 * error))
    return (np.round(x / step).astype("i8") * step).astype(x.dtype)


# %% mistake: nan_to_num
# promise: NaN and infinity stay what they are
# points: 2.5
# message: NaN and infinity stay what they are: nothing has to replace them.
def quantise(x, error):
    if error == 0:
        return x.copy()
    step = 2.0 ** math.floor(math.log2(2 * error))
    return np.nan_to_num((np.round(x / step) * step)).astype(x.dtype)


# %% mistake: truncates mantissa relative
# promise: Round `x` to multiples of a step
# points: 0
# message: All numbers have the same step, large and small ones: the bound is absolute.
def quantise(x, error):
    if error == 0:
        return x.copy()
    m, e = np.frexp(x)
    bits = max(1, int(-math.log2(error)))
    return np.ldexp(np.round(m * 2.0 ** bits) / 2.0 ** bits, e).astype(x.dtype)
