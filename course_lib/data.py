"""Make the data of the lessons: seeded, in seconds, sized by the machine.

A file is written beside its name and renamed when it is whole, so a stopped notebook
leaves no half file. A file that is there and unchanged is used again.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from course_lib.units import MiB, format_bytes

DIRECTORY_VARIABLE = "COURSE_DATA"
_BLOCK = 4 * MiB


def directory() -> Path:
    """Return the directory for the data of the course; make it if it is missing.

    Notes
    -----
    ``$COURSE_DATA`` if set, else ``bigger-than-memory`` in the user's cache directory.
    It should be on a disk: tmpfs has no page cache of its own to show.
    """
    given = os.environ.get(DIRECTORY_VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = Path(given) if given else cache / "bigger-than-memory"
    path.mkdir(parents=True, exist_ok=True)
    return path


def workspace(name: str) -> Path:
    """Return the directory of one lesson, inside `directory`; make it if it is missing."""
    path = directory() / _checked(name)
    path.mkdir(exist_ok=True)
    return path


def clear(name: str) -> str:
    """Remove the directory of one lesson and say how much disk that freed."""
    path = directory() / _checked(name)
    freed = sum(f.stat().st_blocks * 512 for f in path.rglob("*") if f.is_file())
    shutil.rmtree(path, ignore_errors=True)
    return f"removed the data of {name}: {format_bytes(freed)}"


def _checked(name: str) -> str:
    if not name or name in (".", "..") or Path(name).name != name:
        raise ValueError(f"expected the plain name of a lesson, got {name!r}")
    return name


def progress(items: Iterable, total: int, label: str, after: float = 2.0) -> Iterator:
    """Yield `items`; show a progress bar once it has taken longer than `after` seconds.

    Parameters
    ----------
    items : iterable
        What to go through.
    total : int
        How many there are.
    label : str
        Text before the bar.
    after : float
        Seconds of silence.
    """
    start, drawn = time.monotonic(), None
    for number, item in enumerate(items, start=1):
        yield item
        filled = 30 * number // max(total, 1)
        late = time.monotonic() - start > after
        if late and filled != drawn:  # once for each step of the bar, not for each item
            drawn = filled
            sys.stdout.write(f"\r{label} [{'#' * filled:30}] {number} of {total}")
            sys.stdout.flush()
    if drawn is not None:
        sys.stdout.write("\n")


def make(path: str | os.PathLike, write: Callable[[Path], None], **recipe) -> Path:
    """Make a file once: write it beside its name, then rename it.

    Parameters
    ----------
    path : path
        The file, or for formats of many files the directory, to make.
    write : callable
        Gets the temporary path and writes there.
    **recipe
        What the content depends on. A file made from another recipe, or changed since,
        is made again.

    Returns
    -------
    Path
        `path`.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(2, "expected a directory that exists", str(path.parent))
    note = path.with_name(f".{path.name}.made")
    if _intact(path, note, recipe):
        return path
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        write(beside)
        _remove(path)
        beside.rename(path)
    finally:
        _remove(beside)
    note.write_text(json.dumps({"recipe": recipe, "state": _state(path)}))
    return path


def _intact(path: Path, note: Path, recipe: dict) -> bool:
    try:
        made = json.loads(note.read_text())
    except (OSError, ValueError):
        return False
    same = json.loads(json.dumps(recipe)) == made.get("recipe")
    return path.exists() and same and _state(path) == made.get("state")


def _state(path: Path) -> list:
    """Return sizes and times of the files, which change when somebody writes to them."""
    files = sorted(f for f in path.rglob("*") if f.is_file()) if path.is_dir() else [path]
    return [[f.name, f.stat().st_size, f.stat().st_mtime_ns] for f in files]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def random_bytes(path: str | os.PathLike, nbytes: int, seed: int = 0) -> Path:
    """Make a file of incompressible bytes.

    Parameters
    ----------
    path : path
        The file.
    nbytes : int
        Its size.
    seed : int
        Same seed, same bytes.

    Raises
    ------
    ValueError
        If `nbytes` is negative.
    """
    if nbytes < 0:
        raise ValueError(f"nbytes must not be negative, got {nbytes!r}")

    def write(beside: Path) -> None:
        import numpy as np

        rng = np.random.default_rng(seed)
        sizes = [_BLOCK] * (nbytes // _BLOCK) + [nbytes % _BLOCK]
        with open(beside, "wb") as file:
            for size in progress(sizes, len(sizes), Path(path).name):
                file.write(rng.bytes(size))

    return make(path, write, maker="random_bytes", nbytes=nbytes, seed=seed)


def matrix(path: str | os.PathLike, shape: tuple[int, ...], dtype="int32", seed: int = 0) -> Path:
    """Make a raw file of a C-ordered array whose item at flat index i is ``i + seed``.

    Values that tell their own place make a wrong read easy to see.

    Parameters
    ----------
    path : path
        The file: no header, so dtype and shape have to be known to read it.
    shape : tuple of int
        Shape of the array.
    dtype : dtype
        Type of the items; values wrap around where it is too small.
    seed : int
        First value.
    """
    import numpy as np

    if any(n < 0 for n in shape):
        raise ValueError(f"shape must not hold negative lengths, got {shape!r}")
    dtype, items = np.dtype(dtype), int(np.prod(shape))

    def write(beside: Path) -> None:
        step = max(1, _BLOCK // dtype.itemsize)
        starts = range(0, items, step)
        with open(beside, "wb") as file:
            for start in progress(starts, len(starts), Path(path).name):
                stop = min(start + step, items)
                file.write(np.arange(start + seed, stop + seed).astype(dtype).tobytes())

    recipe = {"shape": list(shape), "dtype": dtype.str, "seed": seed}
    return make(path, write, maker="matrix", **recipe)


def temperatures(days: range | int, rows: int, columns: int, seed: int = 0):
    """Return daily temperature maps: seasons, latitude, land, weather; degrees Celsius.

    Parameters
    ----------
    days : range or int
        Which days; a block of days is the same whether it is made alone or in a row.
    rows, columns : int
        Size of a map: latitudes by longitudes.
    seed : int
        Same seed, same planet.

    Returns
    -------
    ndarray of float32, shape (days, rows, columns)
        Rounded to 0.01 degrees, as a satellite product is.
    """
    import numpy as np

    days = range(days) if isinstance(days, int) else days
    latitude = np.linspace(np.pi / 2, -np.pi / 2, rows, dtype="f4")[:, None]
    longitude = np.linspace(0, 2 * np.pi, columns, endpoint=False, dtype="f4")[None, :]
    land = 4 * np.sin(3 * longitude + seed) * np.cos(2 * latitude)
    cube = np.empty((len(days), rows, columns), "f4")
    for i, day in enumerate(days):
        season = 12 * np.sin(2 * np.pi * day / 365.25) * np.sin(latitude)
        front = 3 * np.sin(5 * longitude - day / 3 + np.sin(4 * latitude + day / 7))
        noise = np.random.default_rng((seed, day)).normal(0, 0.4, (rows, columns))
        cube[i] = 28 * np.cos(latitude) - 8 + season + land + front + noise
    return np.round(cube, 2)


def methylation_text(path: str | os.PathLike, rows: int, chromosome: str, seed: int = 0) -> Path:
    """Make a text file of methylation calls: chromosome, position, percent, counts.

    Parameters
    ----------
    path : path
        The file. One line a site, separated by tabs:
        ``chr  pos  percent  methylated  unmethylated``.
    rows : int
        Number of sites.
    chromosome : str
        Name in the first column.
    """
    if rows < 0:
        raise ValueError(f"rows must not be negative, got {rows!r}")

    def write(beside: Path) -> None:
        import numpy as np

        rng = np.random.default_rng(seed)
        positions = np.cumsum(rng.integers(2, 200, rows))
        hit, missed = rng.integers(0, 30, rows), rng.integers(1, 30, rows)
        with open(beside, "w") as file:
            for place, yes, no in zip(positions, hit, missed, strict=True):
                file.write(f"{chromosome}\t{place}\t{100 * yes / (yes + no):.2f}\t{yes}\t{no}\n")

    return make(path, write, maker="methylation", rows=rows, chromosome=chromosome, seed=seed)


def elevations():
    """Return a real elevation grid that ships with Matplotlib: metres above the sea.

    Returns
    -------
    ndarray of int16, shape (344, 403)
        Jacksboro fault, Tennessee: a digital elevation model of the U.S. Geological Survey.
    """
    import matplotlib.cbook
    import numpy as np

    # Matplotlib opens .npz sample files with np.load itself.
    with matplotlib.cbook.get_sample_data("jacksboro_fault_dem.npz") as file:
        return np.array(file["elevation"])
