# %% mistake: always C order
# promise: In Fortran order the strides are (4, 4000), and the answer is `[1, 0]`.
# points: 1.25
# message: "The strides decide, not the position of the axis, and also those below a page."
def loop_order(shape, strides):
    return list(range(len(shape)))


# %% mistake: from the inside out
# promise: Return the axes in the order in which the loops should be nested, the outermost first
# points: 0.25
# message: The outermost loop comes first.
def loop_order(shape, strides):
    return sorted(range(len(shape)), key=lambda axis: abs(strides[axis]))


# %% mistake: the sign counts
# promise: Strides tell how the array lies in the file, in bytes; they may be negative.
# points: 2.25
# message: A step backwards is as long as one forwards. The outermost loop comes first.
def loop_order(shape, strides):
    return sorted(range(len(shape)), key=lambda axis: -strides[axis])


# %% mistake: the longest axis inside
# promise: such that as few pages as possible are read.
# points: 2
# message: "The strides decide: the length of an axis does not, the length of a step does."
def loop_order(shape, strides):
    return sorted(range(len(shape)), key=lambda axis: shape[axis])


# %% mistake: returns the strides
# promise: Return the axes in the order in which the loops should be nested, the outermost first
# points: 0
# message: item 0: expected 0, got
def loop_order(shape, strides):
    return sorted(strides)


# %% mistake: counts the strides in pages
# promise: such that as few pages as possible are read.
# points: 1.5
# message: The strides decide, not the position of the axis, and also those below a page.
def loop_order(shape, strides):
    return sorted(range(len(shape)), key=lambda axis: -(abs(strides[axis]) // 4096))


# %% mistake: the bytes of an axis
# promise: such that as few pages as possible are read.
# points: 2.75
# message: The length of an axis does not decide: the length of a step does.
def loop_order(shape, strides):
    return sorted(range(len(shape)), key=lambda axis: -abs(strides[axis]) * shape[axis])


# %% mistake: backwards
# promise: Return the axes in the order in which the loops should be nested, the outermost first
# points: 1
# message: The strides decide, not the position of the axis.
def loop_order(shape, strides):
    return list(range(len(shape)))[::-1]


# %% right: with NumPy
def loop_order(shape, strides):
    return np.argsort(-np.abs(strides), kind="stable").tolist()


# %% right: tries all orders
def loop_order(shape, strides):
    def changes(order):
        places = np.zeros(1, int)
        for axis in order:
            places = (places[:, None] + np.arange(shape[axis]) * strides[axis]).ravel()
        return np.count_nonzero(np.diff(places // 4096))

    return min(permutations(range(len(shape))), key=changes)


# %% right: whole numbers of NumPy
def loop_order(shape, strides):
    return list(np.argsort(np.abs(strides))[::-1])


# %% right: a tuple
def loop_order(shape, strides):
    return tuple(sorted(range(len(strides)), key=lambda axis: abs(strides[axis]), reverse=True))


# %% mistake: by shape
# promise: Strides tell how the array lies in the file
# points: 0.75
# message: The lengths of the axes do not decide: the steps do.
def loop_order(shape, strides):
    return sorted(range(len(shape)), key=lambda k: -shape[k])


# %% mistake: returns the ranks
# promise: Return the axes in the order in which the loops should be nested
# points: 2
# message: This is the place of each axis. Return the axes, in their order.
def loop_order(shape, strides):
    return np.argsort(np.argsort([-abs(s) for s in strides])).tolist()


# %% mistake: zero strides outermost
# promise: such that as few pages as possible are read
# points: 2.75
# message: An axis with stride 0 stays on the same item: as the outermost loop it visits all pages again.
def loop_order(shape, strides):
    return sorted(range(len(shape)), key=lambda k: -abs(strides[k]) if strides[k] else -10**18)


# %% mistake: two axes only
# promise: The axes, that of the outermost loop first.
# points: 1.75
# message: An array may have any number of axes: sort them.
def loop_order(shape, strides):
    return [0, 1] if abs(strides[0]) >= abs(strides[1]) else [1, 0]
