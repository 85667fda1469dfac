# %% mistake: reads the table and asks NumPy
# points: 1.5
# message: You read the whole table. `read_where` and `where` use its index.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        rows = file.root.particles.read()
    return rows[(rows[column] >= low) & (rows[column] < high)]


# %% mistake: a Python loop
# points: 1.25
# message: You read the whole table. `read_where` and `where` use its index.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        table = file.root.particles
        hits = [row.fetch_all_fields() for row in table.iterrows() if low <= row[column] < high]
        return np.array(hits, table.dtype) if hits else []


# %% mistake: `and` in the condition
# points: 0
# message: In a condition, & stands for `and`, and each comparison has parentheses of its own.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} <= {column}) and ({column} < {high!r})")


# %% mistake: high itself
# points: 1
# message: The value `high` itself is not in the range.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} <= {column}) & ({column} <= {high!r})")


# %% mistake: numbers lose digits
# points: 1
# message: The record whose value is `low` itself is missing. Is it compared with <=, and does `low` keep all its digits?
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low:.8f} <= {column}) & ({column} < {high:.8f})")


# %% mistake: always the pressure
# points: 1
# message: The name of the column is an argument.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        names = {"low": low, "high": high}
        return file.root.particles.read_where("(low <= pressure) & (pressure < high)", names)


# %% mistake: the variable in place of the field
# points: 0
# message: The condition compares a text with a number: `column` is the name of a field. Which values shall be compared?
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where("(low <= column) & (column < high)")


# %% mistake: without low itself
# points: 0.5
# message: The value `low` itself is in the range.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} < {column}) & ({column} < {high!r})")


# %% mistake: sorted by the column
# points: 1.5
# message: The records come in the order of the table, not in that of the values.
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        found = file.root.particles.read_where(f"({low!r} <= {column}) & ({column} < {high!r})")
    return np.sort(found, order=column)


# %% mistake: the column only
# points: 0
# message: expected dtype
def find_particles(path, column, low, high):
    with tables.open_file(path) as file:
        return file.root.particles.read_where(f"({low!r} <= {column}) & ({column} < {high!r})", field=column)


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
