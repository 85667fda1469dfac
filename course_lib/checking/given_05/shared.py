"""What several problems of exercise 05 use."""

FIELDS = (("number", "i8"), ("pressure", "f8"), ("energy", "f8"))


def warm_up(path: str) -> None:
    """Use PyTables once, so that the memory of its libraries counts for nobody.

    Its cache of chunks is made small for the same reason: by itself it keeps up to 16 MiB of an
    array, which is more than the little data of the exercise.
    """
    import numpy as np
    import tables

    tables.parameters.CHUNK_CACHE_SIZE = 1 << 20
    with tables.open_file(path, "w") as file:
        file.create_earray("/", "x", obj=np.zeros(3)).append(np.ones(3))
        assert file.root.x[:].size == 6


def part(got, key: str):
    """Return a part of a dict, whatever came."""
    if got is None or type(got) is dict:
        return got and got.get(key, "no such key")
    return f"no dict with {key!r}"


def dataset_file(path, x, **how) -> str:
    """Write an array as the dataset ``x`` of a file."""
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=x, **how)
    return str(path)


def particles(n: int, seed: int):
    """Return records with scattered pressures and energies."""
    import numpy as np

    rng = np.random.default_rng(seed)
    records = np.zeros(n, list(FIELDS))
    records["number"] = rng.permutation(n)
    records["pressure"], records["energy"] = rng.uniform(0, 1000, n), rng.uniform(0, 50, n)
    return records


def table_file(path, records, index: str | None = None) -> tuple:
    """Write the table, sorted by a column that gets an index; return the path and the rows."""
    import numpy as np
    import tables

    with tables.open_file(str(path), "w") as file:
        ordered = records[np.argsort(records[index])] if index else records
        table = file.create_table("/", "particles", obj=ordered)
        if index:
            table.cols._f_col(index).create_csindex()
    return str(path), ordered
