# %% mistake: query by query
# promise: several of them need the same chunks.
# points: 2.75
# message: Several queries need the same chunk: read it once, and keep it. Others are not needed at all.
def answer_trace(path, trace):
    cube, found = zarr.open_array(path, mode="r"), []
    for q in trace:
        if q["kind"] == "map":
            found.append(cube[q["day"]])
        elif q["kind"] == "series":
            found.append(cube[:, q["row"], q["column"]])
        else:
            at = np.array(q["at"], int).reshape(-1, 3)
            found.append(cube.vindex[at[:, 0], at[:, 1], at[:, 2]] if len(at) else np.empty(0, cube.dtype))
    return found


# %% mistake: point by point
# promise: and none twice.
# points: 1.75
# message: A query opens chunks that it does not need, or the same one for several points.
def answer_trace(path, trace):
    cube, found = zarr.open_array(path, mode="r"), []
    for q in trace:
        if q["kind"] == "map":
            found.append(np.stack([cube[q["day"], row] for row in range(cube.shape[1])]))
        elif q["kind"] == "series":
            found.append(cube[:, q["row"], q["column"]])
        else:
            found.append(np.array([cube[d, r, c] for d, r, c in q["at"]], cube.dtype))
    return found


# %% mistake: the whole cube first
# promise: So read no chunk that no query needs
# points: 2.5
# message: Several queries need the same chunk: read it once, and keep it. Others are not needed at all.
def answer_trace(path, trace):
    cube, found = zarr.open_array(path, mode="r")[...], []
    if not trace:
        return []
    for q in trace:
        if q["kind"] == "map":
            found.append(cube[q["day"]])
        elif q["kind"] == "series":
            found.append(cube[:, q["row"], q["column"]])
        else:
            found.append(np.array([cube[d, r, c] for d, r, c in q["at"]], cube.dtype))
    return found


# %% mistake: a map keeps its axis
# promise: a map is an array of shape (rows, columns)
# points: 0.75
# message: The values are right, but not the shapes: a map has two axes, a series and points have one.
def answer_trace(path, trace):
    cube, found = zarr.open_array(path, mode="r"), []
    for q in trace:
        if q["kind"] == "map":
            found.append(cube[q["day"] : q["day"] + 1])
        elif q["kind"] == "series":
            found.append(cube[:, q["row"], q["column"]])
        else:
            found.append(np.array([cube[d, r, c] for d, r, c in q["at"]], cube.dtype))
    return found


# %% mistake: another dtype
# promise: They have the dtype of the cube.
# points: 0.25
# message: The values are right. The answers have the dtype of the cube.
def answer_trace(path, trace):
    cube, found = zarr.open_array(path, mode="r"), []
    for q in trace:
        if q["kind"] == "map":
            found.append(cube[q["day"]].astype(float))
        elif q["kind"] == "series":
            found.append(cube[:, q["row"], q["column"]].astype(float))
        else:
            found.append(np.array([float(cube[d, r, c]) for d, r, c in q["at"]]))
    return found


# %% mistake: all maps first
# promise: Return the answers to the queries of a trace, a list in the order of the trace
# points: 0.25
# message: expected
def answer_trace(path, trace):
    cube, found = zarr.open_array(path, mode="r"), []
    for q in sorted(trace, key=lambda q: q["kind"]):
        if q["kind"] == "map":
            found.append(cube[q["day"]])
        elif q["kind"] == "series":
            found.append(cube[:, q["row"], q["column"]])
        else:
            found.append(np.array([cube[d, r, c] for d, r, c in q["at"]], cube.dtype))
    return found


# %% mistake: forgets to return
# promise: Return the answers to the queries of a trace, a list in the order of the trace
# points: 0
# message: does the function end with return?
def answer_trace(path, trace):
    zarr.open_array(path, mode="r")


# %% mistake: deletes the store
# promise: Return the answers to the queries of a trace, a list in the order of the trace
# points: 0
# message: Your function raised 
def answer_trace(path, trace):
    import shutil

    shutil.rmtree(path)
    return zarr.open_array(path, mode="r")[...]


# %% right: the needed chunks first, into a cube in memory
def answer_trace(path, trace):
    cube = zarr.open_array(path, mode="r")
    marks = np.zeros([-(-n // c) for n, c in zip(cube.shape, cube.chunks)], bool)
    d, r, c = cube.chunks
    for q in trace:
        if q["kind"] == "map":
            marks[q["day"] // d] = True
        elif q["kind"] == "series":
            marks[:, q["row"] // r, q["column"] // c] = True
        else:
            for i, j, k in q["at"]:
                marks[i // d, j // r, k // c] = True
    copy = np.zeros(cube.shape, cube.dtype)
    for index in np.argwhere(marks):
        place = tuple(slice(i * n, (i + 1) * n) for i, n in zip(index.tolist(), cube.chunks))
        copy[place] = cube[place]
    found = []
    for q in trace:
        if q["kind"] == "map":
            found.append(copy[q["day"]].copy())
        elif q["kind"] == "series":
            found.append(copy[:, q["row"], q["column"]].copy())
        else:
            at = np.array(q["at"], int).reshape(-1, 3).T
            found.append(copy[tuple(at)])
    return found


# %% right: chunk by chunk, into the answers
def answer_trace(path, trace):
    cube = zarr.open_array(path, mode="r")
    found = []
    for q in trace:
        if q["kind"] == "map":
            places = np.ix_([q["day"]], range(cube.shape[1]), range(cube.shape[2]))
            shape = cube.shape[1:]
        elif q["kind"] == "series":
            places = np.ix_(range(cube.shape[0]), [q["row"]], [q["column"]])
            shape = cube.shape[:1]
        else:
            places = tuple(np.array(q["at"], int).reshape(-1, 3).T)
            shape = (len(q["at"]),)
        places = [p.ravel() for p in np.broadcast_arrays(*places)]
        found.append((places, np.empty(len(places[0]), cube.dtype), shape))
    for index in np.ndindex(*(math.ceil(n / c) for n, c in zip(cube.shape, cube.chunks))):
        block = None
        for places, values, _ in found:
            inside = np.all([p // c == i for p, c, i in zip(places, cube.chunks, index)], axis=0)
            if inside.any():
                block = cube.get_block_selection(index) if block is None else block
                values[inside] = block[tuple(p[inside] % c for p, c in zip(places, cube.chunks))]
    return [values.reshape(shape) for _, values, shape in found]


# %% mistake: float64 points, empty too
# promise: They have the dtype of the cube.
# points: 0.25
# message: The points have another dtype than the cube.
class Chunks(dict):
    def __init__(self, z):
        self.z = z
    def __missing__(self, i):
        s = tuple(slice(a * c, a * c + c) for a, c in zip(i, self.z.chunks))
        self[i] = self.z[s]
        return self[i]
def answer_trace(path, trace):
    z = zarr.open_array(path, mode="r")
    ch, c, g = Chunks(z), z.chunks, [-(-n // k) for n, k in zip(z.shape, z.chunks)]
    out = []
    for q in trace:
        if q["kind"] == "map":
            d = q["day"]
            out.append(np.block([[ch[d // c[0], i, j][d % c[0]] for j in range(g[2])] for i in range(g[1])]))
        elif q["kind"] == "series":
            r, k = q["row"], q["column"]
            out.append(np.concatenate([ch[i, r // c[1], k // c[2]][:, r % c[1], k % c[2]] for i in range(g[0])]))
        else:
            out.append(np.array([float(ch[tuple(a // b for a, b in zip(p, c))][tuple(a % b for a, b in zip(p, c))]) for p in q["at"]]))
    return out


# %% mistake: results by kind, not in order
# promise: a list in the order of the trace
# points: 0.25
# message: The answers come in the order of the trace.
class Chunks(dict):
    def __init__(self, z):
        self.z = z
    def __missing__(self, i):
        s = tuple(slice(a * c, a * c + c) for a, c in zip(i, self.z.chunks))
        self[i] = self.z[s]
        return self[i]
def answer_trace(path, trace):
    z = zarr.open_array(path, mode="r")
    ch, c, g = Chunks(z), z.chunks, [-(-n // k) for n, k in zip(z.shape, z.chunks)]
    out = []
    for q in sorted(trace, key=lambda q: q["kind"]):
        if q["kind"] == "map":
            d = q["day"]
            out.append(np.block([[ch[d // c[0], i, j][d % c[0]] for j in range(g[2])] for i in range(g[1])]))
        elif q["kind"] == "series":
            r, k = q["row"], q["column"]
            out.append(np.concatenate([ch[i, r // c[1], k // c[2]][:, r % c[1], k % c[2]] for i in range(g[0])]))
        else:
            out.append(np.array([ch[tuple(a // b for a, b in zip(p, c))][tuple(a % b for a, b in zip(p, c))] for p in q["at"]], dtype=z.dtype))
    return out


# %% mistake: points as scalars list
# promise: points are an array with a value for each point
# points: 0.25
# message: The points of one query are one answer: an array.
class Chunks(dict):
    def __init__(self, z):
        self.z = z
    def __missing__(self, i):
        s = tuple(slice(a * c, a * c + c) for a, c in zip(i, self.z.chunks))
        self[i] = self.z[s]
        return self[i]
def answer_trace(path, trace):
    z = zarr.open_array(path, mode="r")
    ch, c, g = Chunks(z), z.chunks, [-(-n // k) for n, k in zip(z.shape, z.chunks)]
    out = []
    for q in trace:
        if q["kind"] == "map":
            d = q["day"]
            out.append(np.block([[ch[d // c[0], i, j][d % c[0]] for j in range(g[2])] for i in range(g[1])]))
        elif q["kind"] == "series":
            r, k = q["row"], q["column"]
            out.append(np.concatenate([ch[i, r // c[1], k // c[2]][:, r % c[1], k % c[2]] for i in range(g[0])]))
        else:
            out.extend(ch[tuple(a // b for a, b in zip(p, c))][tuple(a % b for a, b in zip(p, c))] for p in q["at"])
    return out
