# %% mistake: reads the table and asks NumPy
# promise: Let PyTables test the condition, so that it uses the index that the table has.
# points: 1.5
# message: You read the whole table. `read_where` and `where` use its index.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        rows = file.root.particles.read()
    return rows[(rows[column] >= low) & (rows[column] < high)]


# %% mistake: a Python loop
# promise: Let PyTables test the condition, so that it uses the index that the table has.
# points: 1.25
# message: You read the whole table. `read_where` and `where` use its index.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        table = file.root.particles
        hits = [row.fetch_all_fields() for row in table.iterrows() if low <= row[column] < high]
        return np.array(hits, table.dtype) if hits else []


# %% mistake: `and` in the condition
# promise: and below `high`
# points: 0
# message: In a condition, & stands for `and`, and each comparison has parentheses of its own.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} <= {column}) and ({column} < {high!r})")


# %% mistake: high itself
# promise: and below `high`
# points: 1
# message: The value `high` itself is not in the range.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} <= {column}) & ({column} <= {high!r})")


# %% mistake: numbers lose digits
# promise: whose `column` is at least `low`
# points: 1
# message: "The record whose value is `low` itself is missing: the number lost digits on its way into the condition."
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low:.8f} <= {column}) & ({column} < {high:.8f})")


# %% mistake: always the pressure
# promise: Return the records of the table `/particles` whose `column`
# points: 1
# message: The name of the column is an argument.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        names = {"low": low, "high": high}
        return file.root.particles.read_where("(low <= pressure) & (pressure < high)", names)


# %% mistake: the variable in place of the field
# promise: Return the records of the table `/particles` whose `column`
# points: 0
# message: "The condition compares a text with a number: `column` is the name of a field, and its values shall be compared."
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where("(low <= column) & (column < high)")


# %% mistake: without low itself
# promise: whose `column` is at least `low`
# points: 0.5
# message: The value `low` itself is in the range.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} < {column}) & ({column} < {high!r})")


# %% mistake: sorted by the column
# promise: in the order of the table.
# points: 1.5
# message: The records come in the order of the table, not in that of the values.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        found = file.root.particles.read_where(f"({low!r} <= {column}) & ({column} < {high!r})")
    return np.sort(found, order=column)


# %% mistake: the column only
# promise: as one structured array
# points: 0
# message: expected dtype
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} <= {column}) & ({column} < {high!r})", field=column)


# %% mistake: no hit is nothing
# promise: A range that holds nothing gives an empty array.
# points: 1.75
# message: No hit is an answer, too: an empty array of records.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        table = file.root.particles
        names = {"x": table.cols._f_col(column), "low": low, "high": high}
        found = [row.fetch_all_fields() for row in table.where("(low <= x) & (x < high)", names)]
        return np.concatenate([np.atleast_1d(row) for row in found])


# %% mistake: a list where nothing is found
# promise: A range that holds nothing gives an empty array.
# points: 1.75
# message: An empty array of records has their dtype.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        table = file.root.particles
        names = {"x": table.cols._f_col(column), "low": low, "high": high}
        found = table.read_where("(low <= x) & (x < high)", names)
        return found if len(found) else []


# %% right: the condition as text
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} <= {column}) & ({column} < {high!r})")


# %% right: coordinates first
def find_particles(path, column, low, high):
    with tables.open_file(path, "r") as file:
        table = file.get_node("/particles")
        where = table.get_where_list(f"({column} >= low) & ({column} < high)", {"low": low, "high": high}, sort=True)
        return table.read_coordinates(where)


# %% right: a loop over where
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        table = file.root.particles
        hits = [row.fetch_all_fields() for row in table.where(f"({column} >= {low!r}) & ({column} < {high!r})")]
        return np.array(hits, table.dtype)


# %% right: get_where_list and a fancy index
def find_particles(path, column, low, high):
    file = tables.open_file(path)
    table = file.root.particles
    values = getattr(table.cols, column)
    rows = table.get_where_list("(v >= a) & (v < b)", condvars={"v": values, "a": low, "b": high})
    found = table[np.sort(rows)]
    file.close()
    return found


# %% mistake: returns list of rows
# promise: one structured array
# points: 0
# message: Return one structured array, not a list.
def find_particles(path, column, low, high):
    with tables.open_file(path, "r") as f:
        return [r[:] for r in f.root.particles.where(f"({column} >= {low}) & ({column} < {high})")]


# %% mistake: only the column
# promise: Return the records of the table
# points: 0
# message: These are the values of the column. Return whole records.
def find_particles(path, column, low, high):
    with tables.open_file(path, "r") as f:
        return f.root.particles.read_where(f"({column} >= {low}) & ({column} < {high})", field=column)


# %% mistake: empty range None
# promise: A range that holds nothing gives an empty array.
# points: 1.75
# message: A range that holds nothing gives an empty array, not None.
def find_particles(path, column, low, high):
    with tables.open_file(path, "r") as f:
        r = f.root.particles.read_where(f"({column} >= {low}) & ({column} < {high})")
    return r if len(r) else None
