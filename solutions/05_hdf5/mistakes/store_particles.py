# %% mistake: no index
# promise: Such a question should read a small part of the file only, so the column needs an index
# points: 2
# message: Too much is read: there is no index on the column that will be asked for.
def store_particles(path, records, column):
    with tables.open_file(path, "w") as file:
        file.create_table("/", "particles", obj=np.sort(records, order=column))


# %% mistake: an index on scattered rows
# promise: And records that are asked for together should lie together
# points: 2
# message: Too much is read: the hits are scattered over the table, so many chunks hold one.
def store_particles(path, records, column):
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", obj=records)
        table.cols._f_col(column).create_csindex()


# %% mistake: always the pressure
# promise: The table will be asked for narrow ranges of `column`
# points: 2
# message: Too much is read: the index is on another column. The column is an argument.
def store_particles(path, records, column):
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", obj=np.sort(records, order="pressure"))
        table.cols.pressure.create_csindex()


# %% mistake: sorts each field for itself
# promise: `records` is a structured array.
# points: 0
# message: The fields of a record belong together: sort the records, not a field.
def store_particles(path, records, column):
    ordered = records.copy()
    ordered[column] = np.sort(records[column])
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", obj=ordered)
        table.cols._f_col(column).create_csindex()


# %% mistake: forgets the last records
# promise: Write it with PyTables
# points: 0
# message: "Some records are missing: the last block is shorter, and is appended, too."
def store_particles(path, records, column):
    ordered = np.sort(records, order=column)
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", obj=ordered[:0])
        for start in range(0, len(ordered) - 1024, 1024):
            table.append(ordered[start : start + 1024])
        table.flush()
        table.cols._f_col(column).create_csindex()


# %% mistake: an array, no table
# promise: as the table `/particles`.
# points: 2
# message: Too much is read: there is no index on the column that will be asked for.
def store_particles(path, records, column):
    with h5py.File(path, "w") as file:
        file["particles"] = np.sort(records, order=column)


# %% mistake: another name
# promise: as the table `/particles`.
# points: 0
# message: The table has another name, or lies in a group: it should be `/particles`.
def store_particles(path, records, column):
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "records", obj=np.sort(records, order=column))
        table.cols._f_col(column).create_csindex()


# %% mistake: keeps the old file
# promise: to a new file at `path`
# points: 1.5
# message: The old table is still there. Mode "w" begins with an empty file.
def store_particles(path, records, column):
    with tables.open_file(path, "a") as file:
        table = file.create_table("/", "particles", obj=np.sort(records, order=column))
        table.cols._f_col(column).create_csindex()


# %% mistake: a method that the table does not have
# promise: Write it with PyTables
# points: 0
# message: AttributeError
def store_particles(path, records, column):
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", obj=np.sort(records, order=column))
        table.create_csindex(column)


# %% mistake: names the fields itself
# promise: `records` is a structured array.
# points: 2.25
# message: your function raised
def store_particles(path, records, column):
    class Particle(tables.IsDescription):
        number = tables.Int64Col(pos=0)
        pressure = tables.Float64Col(pos=1)
        energy = tables.Float64Col(pos=2)

    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", Particle)
        table.append(np.sort(records, order=column))
        table.flush()
        table.cols._f_col(column).create_csindex()


# %% mistake: appends to the old table
# promise: to a new file at `path`
# points: 1.5
# message: The records of the old file are left: mode 'w' begins with an empty file.
def store_particles(path, records, column):
    ordered = records[np.argsort(records[column])]
    with tables.open_file(path, "a") as file:
        if "/particles" in file:
            table = file.root.particles
            for name in list(table.colindexes):
                table.cols._f_col(name).remove_index()
            table.append(ordered)
        else:
            table = file.create_table("/", "particles", obj=ordered)
        table.cols._f_col(column).create_csindex()


# %% mistake: describes the table, and appends nothing
# promise: Write it with PyTables
# points: 0
# message: The table is empty: it has the fields, and the records have to be appended.
def store_particles(path, records, column):
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", description=records.dtype)
        table.cols._f_col(column).create_csindex()


# %% right: row by row, then an index
def store_particles(path, records, column):
    with tables.open_file(path, "w") as file:
        table = file.create_table("/", "particles", records.dtype, expectedrows=len(records))
        row = table.row
        for record in records[np.argsort(records[column])]:
            for field in records.dtype.names:
                row[field] = record[field]
            row.append()
        table.flush()
        table.cols._f_col(column).create_csindex()


# %% right: small chunks, a light index on sorted rows
def store_particles(path, records, column):
    ordered = records[np.argsort(records[column], kind="stable")]
    file = tables.open_file(path, "w")
    table = file.create_table(file.root, "particles", ordered.dtype, chunkshape=1024)
    table.append(ordered)
    table.cols._f_col(column).create_index(kind="full", optlevel=9)
    file.close()


# %% right: an index first, then the rows
def store_particles(path, records, column):
    with tables.open_file(path, mode="w") as file:
        table = file.create_table("/", "particles", description=records.dtype)
        getattr(table.cols, column).create_csindex()
        table.append(records[records[column].argsort()])
        table.flush()
        table.flush_rows_to_index()


# %% mistake: sorts the argument in place
# promise: The array of the caller stays as it is.
# points: 2.75
# message: The caller's array was sorted in place: sort a copy.
def store_particles(path, records, column):
    records.sort(order=column)
    with tables.open_file(path, "w") as f:
        t = f.create_table("/", "particles", obj=records)
        t.cols._f_col(column).create_csindex()


# %% mistake: never closed
# promise: Write it with PyTables to a new file at `path`
# points: 0
# message: The file is still open: close it, or use `with`.
def store_particles(path, records, column):
    f = tables.open_file(path, "w")
    t = f.create_table("/", "particles", obj=np.sort(records, order=column))
    t.cols._f_col(column).create_csindex()


# %% mistake: stored as an array
# promise: as the table `/particles`
# points: 0
# message: /particles is no table: create_table makes one.
def store_particles(path, records, column):
    with tables.open_file(path, "w") as f:
        f.create_array("/", "particles", obj=np.sort(records, order=column))


# %% mistake: drops duplicates
# promise: Write it with PyTables
# points: 2.25
# message: Records with the same value are missing: np.unique drops them, np.argsort keeps them.
def store_particles(path, records, column):
    _, first = np.unique(records[column], return_index=True)
    with tables.open_file(path, "w") as f:
        t = f.create_table("/", "particles", obj=records[first])
        t.cols._f_col(column).create_csindex()
