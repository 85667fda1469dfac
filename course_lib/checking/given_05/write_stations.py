"""Rows of `write_stations`: a file with groups and attributes."""

from collections.abc import Callable

from course_lib.checking import hdf5_files
from course_lib.checking.check import Report
from course_lib.checking.hdf5_files import Contents


def rows(report: Report, write: Callable, path: str) -> None:
    """Add the visible rows of `write_stations`."""
    _example(report, write, path)
    _replaced(report, write, path)
    _just_long(report, write, path)


def _just_long(report: Report, write: Callable, path: str) -> None:
    import numpy as np

    ice = np.arange(10_000.0)
    run = report.run(write, path, {"bern": station(46.9, 7.4, {"ice": "mm"}, ice=ice)})
    found, series = hdf5_files.contents(path), "stations/bern/ice"
    chunk, day = slice_bytes(found, series, ice.shape, 8)
    good = filters(found, series) == ["gzip", "shuffle"] and chunk >= 4096 and day <= 65536
    came = f"{filters(found, series)}, chunks of {chunk:,} bytes"
    report.true(
        "how a series of 10,000 values is stored", good, points=0.25, of=run, got=came,
        expected="['gzip', 'shuffle'], chunks of 4096 to 65,536 bytes",
        message="A series of 10,000 values is long, also if it has one axis: gzip, shuffle, and "
        "chunks of at most 64 KiB.",
    )  # fmt: skip


def _example(report: Report, write: Callable, path: str) -> None:
    import numpy as np

    warm, place = np.arange(3.0), {"latitude": 59.9, "longitude": 10.7}
    oslo = {"oslo": station(59.9, 10.7, {"temperature": "K"}, temperature=warm)}
    run = report.run(write, path, oslo)
    found, series = hdf5_files.contents(path), "stations/oslo/temperature"
    names = ["stations", "stations/oslo", series]
    report.equal("the example: names in the file", found.names, names, points=0.25, of=run)
    report.equal("its series", found.value(series), warm, points=0.25, of=run)
    report.equal("the unit", found.attrs(series), {"unit": "K"}, points=0.25, of=run)
    report.equal("where the station is", found.attrs("stations/oslo"), place, points=0.25, of=run)


def _replaced(report: Report, write: Callable, path: str) -> None:
    import numpy as np

    snow = (np.arange(128 * 64 * 64) // 17).reshape(128, 64, 64).astype("i2")
    wind, units = np.arange(12, dtype="f4").reshape(3, 4), {"wind": "m/s", "snow": "mm"}
    stations = {
        "rome": station(41.9, 12.5, units, wind=wind, snow=snow),
        "nuuk": station(64.2, -51.7, {}),
    }
    run = report.run(write, path, stations)
    found, series = hdf5_files.contents(path), "stations/rome/snow"
    names = ["stations", "stations/nuuk", "stations/rome", series, "stations/rome/wind"]
    report.equal(
        "names in a file that replaces the old one", found.names, names, points=0.25, of=run
    )
    report.equal(
        "a series of another dtype and shape", found.value(series), snow, points=0.25, of=run
    )
    unit = {"unit": "mm"}
    report.equal(
        "its unit, and not that of the wind", found.attrs(series), unit, points=0.25, of=run
    )
    wanted = ["gzip", "shuffle"]
    report.equal("filters of this long series", filters(found, series), wanted, points=0.25, of=run)
    chunk, day = slice_bytes(found, series, snow.shape, 2)
    report.true(
        "bytes that one day decompresses", chunk >= 4096 and day <= 65536, points=0.25, of=run,
        got=f"{day:,} bytes", expected="at most 65,536 bytes, from chunks of at least 4096",
        message=why_bad_chunks(found.shape(series) == snow.shape, chunk, day),
    )  # fmt: skip


def station(latitude: float, longitude: float, units: dict, **series) -> dict:
    """Return one station as `write_stations` takes it."""
    return {"latitude": latitude, "longitude": longitude, "series": series, "units": units}


def filters(found: Contents, name: str) -> list | str:
    """Return the names of a dataset's filters, sorted, or a text that says why not."""
    item = found.items.get(name)
    if item is None or item.kind != "dataset":
        return found.trouble or f"no usable file: it holds no {name!r}"
    return sorted(item.filters)


def slice_bytes(found: Contents, name: str, shape: tuple, itemsize: int) -> tuple[int, int]:
    """Return the bytes of a chunk, and those that ``dataset[i]`` decompresses; 0 if there are none.

    Without chunks a read decompresses nothing.
    """
    from math import prod

    chunks = found.chunks(name)
    if type(chunks) is not tuple or len(chunks) != len(shape):
        return 0, 0
    chunk = prod(chunks) * itemsize
    return chunk, chunk * prod(-(-n // c) for n, c in zip(shape[1:], chunks[1:], strict=True))


def why_bad_chunks(there: bool, chunk: int, decompressed: int) -> str:
    """Say what is wrong with the chunks of a series that is read day by day."""
    if not there:
        return "This counts once the dataset is there, and has the right shape."
    if not chunk:
        return "This dataset has no chunks, and what has no chunks cannot be compressed."
    if decompressed > 65536:
        return (
            f"One day meets chunks of {decompressed:,} bytes together. Let a chunk hold whole days,"
            " and only a few: chunks=(days, *shape of a day)."
        )
    return f"A chunk has {chunk:,} bytes only. So many small chunks make a large index."
