# %% mistake: opens the file as usual
# promise: HDF5 refuses to open it as usual, because a writer seems to be at work.
# points: 0.25
# message: If HDF5 refuses to open the dead file: it takes the dead writer for one at work. An SWMR reader may open its file all the same.
def recover_rows(path, target):
    with h5py.File(path, "r") as dead, h5py.File(target, "w") as file:
        complete = int(dead["complete"][()])
        file["rows"] = dead["rows"][:complete]
        file["rows"].attrs.update(dead["rows"].attrs)
        return complete


# %% mistake: copies the unsafe rows too
# promise: And `rows` may be longer than what is safe: its end was being written.
# points: 0.5
# message: The end of `rows` was being written. `complete` tells what is safe.
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as dead, h5py.File(target, "w") as file:
        dead.copy("rows", file)
        return len(file["rows"])


# %% mistake: the rows without their attributes
# promise: with the same dtype and the same attributes
# points: 2.75
# message: The dataset's attributes are not in the target.
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as dead, h5py.File(target, "w") as file:
        file["rows"] = dead["rows"][: dead["complete"][()]]
        return len(file["rows"])


# %% mistake: makes the target first
# promise: and makes no target.
# points: 2.75
# message: A target was made of a file that cannot be read. Open the dead file first.
def recover_rows(path, target):
    with h5py.File(target, "w") as file, h5py.File(path, "r", swmr=True) as dead:
        complete = int(dead["complete"][()])
        file["rows"] = dead["rows"][:complete]
        file["rows"].attrs.update(dead["rows"].attrs)
        return complete


# %% mistake: all numbers become float32
# promise: with the same dtype and the same attributes
# points: 2.5
# message: The target has the same dtype as the dead file.
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as dead, h5py.File(target, "w") as file:
        complete = int(dead["complete"][()])
        file.create_dataset("rows", data=dead["rows"][:complete], dtype="f4")
        file["rows"].attrs.update(dead["rows"].attrs)
        return complete


# %% mistake: copies the bytes of the dead file
# promise: HDF5 refuses to open it as usual, because a writer seems to be at work.
# points: 1
# message: HDF5 cannot open it: 
def recover_rows(path, target):
    import shutil

    with h5py.File(path, "r", swmr=True) as dead:
        complete = int(dead["complete"][()])
    shutil.copy(path, target)
    return complete


# %% mistake: clears the mark of the dead writer
# promise: Leave the dead file as it is.
# points: 2.75
# message: Something was written to the dead file. It may be all there is: open it for reading.
def recover_rows(path, target):
    with open(path, "r+b") as raw:
        if raw.read(8) != b"\x89HDF\r\n\x1a\n":
            raise OSError("no HDF5 file")
        raw.seek(0)
    with h5py.File(path, "r", swmr=True) as dead, h5py.File(target, "w") as file:
        complete = int(dead["complete"][()])
        file["rows"] = dead["rows"][:complete]
        file["rows"].attrs.update(dead["rows"].attrs)
    with open(path, "r+b") as raw:
        raw.seek(11)
        raw.write(b"\0")
    return complete


# %% mistake: writes the unit only
# promise: with the same dtype and the same attributes
# points: 2.75
# message: expected keys ['unit', 'offset']
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as dead, h5py.File(target, "w") as file:
        complete = int(dead["complete"][()])
        file["rows"] = dead["rows"][:complete]
        file["rows"].attrs["unit"] = dead["rows"].attrs["unit"]
        return complete


# %% mistake: takes a dead writer without rows for an error
# promise: and return their number; before the first flush that is 0.
# points: 2.5
# message: no rows are safe
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as dead:
        complete = int(dead["complete"][()])
        if complete == 0:
            raise OSError("no rows are safe")
        with h5py.File(target, "w") as file:
            file["rows"] = dead["rows"][:complete]
            file["rows"].attrs.update(dead["rows"].attrs)
    return complete


# %% right: block by block
def recover_rows(path, target):
    with h5py.File(path, "r", libver="latest", swmr=True) as dead:
        source, complete = dead["rows"], int(dead["complete"][...])
        with h5py.File(target, "w") as file:
            rows = file.create_dataset("rows", (complete, *source.shape[1:]), source.dtype)
            for start in range(0, complete, 50):
                rows[start : start + 50] = source[start : min(start + 50, complete)]
            for key, value in source.attrs.items():
                rows.attrs[key] = value
    return complete


# %% right: copies all, then cuts
def recover_rows(path, target):
    with h5py.File(path, swmr=True) as dead:
        complete = dead["complete"][()]
        with h5py.File(target, "w") as file:
            dead.copy(dead["rows"], file, name="rows")
            file["rows"].resize(complete, axis=0)
    return int(complete)


# %% mistake: float64
# promise: with the same dtype
# points: 1.25
# message: The target has the same dtype as the dead file.
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as f, h5py.File(target, "w") as g:
        n = int(f["complete"][()])
        d = g.create_dataset("rows", data=f["rows"][:n].astype("f8"))
        d.attrs.update(f["rows"].attrs)
    return n


# %% mistake: one row less
# promise: Copy the safe rows
# points: 1.25
# message: One safe row is missing: rows[:complete].
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as f, h5py.File(target, "w") as g:
        n = int(f["complete"][()])
        d = g.create_dataset("rows", data=f["rows"][:n - 1])
        d.attrs.update(f["rows"].attrs)
    return n


# %% mistake: returns the length of rows
# promise: return their number
# points: 2.25
# message: Return how many rows are safe, not how many there are.
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as f, h5py.File(target, "w") as g:
        n = int(f["complete"][()])
        d = g.create_dataset("rows", data=f["rows"][:n])
        d.attrs.update(f["rows"].attrs)
        return len(f["rows"])


# %% mistake: copies a broken source, returns 0
# promise: A file that is no HDF5 file raises `OSError`
# points: 2.5
# message: Let the OSError go on to the caller.
def recover_rows(path, target):
    try:
        f = h5py.File(path, "r", swmr=True)
    except OSError:
        return 0
    with f, h5py.File(target, "w") as g:
        n = int(f["complete"][()])
        d = g.create_dataset("rows", data=f["rows"][:n])
        d.attrs.update(f["rows"].attrs)
    return n


# %% mistake: copies the bytes of the file
# promise: Copy the safe rows to a new file
# points: 1
# message: A copy of the bytes is as dead as the file was. Write the safe rows to a new file.
import shutil
def recover_rows(path, target):
    shutil.copy(path, target)
    with h5py.File(target, "r", swmr=True) as f:
        return int(f["complete"][()])


# %% mistake: no target if nothing is safe
# promise: before the first flush that is 0
# points: 2.75
# message: Where no row is safe, the target has an empty dataset all the same.
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as f:
        n = int(f["complete"][()])
        if n == 0:
            return 0
        with h5py.File(target, "w") as g:
            d = g.create_dataset("rows", data=f["rows"][:n])
            d.attrs.update(f["rows"].attrs)
    return n


# %% mistake: minimum of zeros: filters rows that are all zero
# promise: set the number `complete` to the rows that are safe
# points: 2
# message: Zeros do not tell what is safe: the number `complete` does.
def recover_rows(path, target):
    with h5py.File(path, "r", swmr=True) as f:
        x = f["rows"][:]
        keep = x[np.any(x != 0, axis=tuple(range(1, x.ndim)))] if x.ndim > 1 else x[x != 0]
        with h5py.File(target, "w") as g:
            d = g.create_dataset("rows", data=keep)
            d.attrs.update(f["rows"].attrs)
    return len(keep)
