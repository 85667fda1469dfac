"""Which chunks a selection touches, and what a chunk shape therefore costs.

The functions compute, they read nothing: the same numbers come from counting a store's reads.
"""

import itertools
import math
from dataclasses import dataclass

from course_lib._html import table
from course_lib.units import format_bytes, format_count


@dataclass(frozen=True)
class ChunkCost:
    """What one selection costs on one chunk grid.

    Attributes
    ----------
    chunks : int
        Chunks that the selection touches.
    grid : int
        Chunks in the whole array.
    wanted : int
        Bytes of the selected elements.
    read : int
        Bytes of the touched chunks, uncompressed.
    """

    chunks: int
    grid: int
    wanted: int
    read: int

    @property
    def amplification(self) -> float:
        """Bytes read for each byte wanted; 0 when nothing is wanted."""
        return self.read / self.wanted if self.wanted else 0.0


def axis_points(part, length):
    """Return the positions along one axis as a range.

    Parameters
    ----------
    part : int or slice
    length : int

    Raises
    ------
    IndexError
        If an integer lies outside the axis.
    TypeError
        If ``part`` is neither an integer nor a slice.
    """
    if isinstance(part, slice):
        return range(length)[part]
    if not hasattr(part, "__index__"):
        raise TypeError(f"a selection is made of integers and slices, not {part!r}")
    position = range(length)[part]
    return range(position, position + 1)


def full_selection(selection, n_dims):
    """Return a selection with one part for each axis: ``...`` and missing parts become ``:``.

    Raises
    ------
    IndexError
        If there are more parts than axes.
    """
    parts = selection if isinstance(selection, tuple) else (selection,)
    if not any(part is Ellipsis for part in parts):
        parts += (Ellipsis,)
    if sum(part is Ellipsis for part in parts) > 1:
        raise IndexError("a selection holds one '...' at most")
    at = next(i for i, part in enumerate(parts) if part is Ellipsis)
    missing = n_dims - len(parts) + 1
    if missing < 0:
        raise IndexError(f"{len(parts) - 1} parts for {n_dims} axes")
    return parts[:at] + (slice(None),) * missing + parts[at + 1 :]


def axis_chunks(points, chunk):
    """Return the chunk numbers that hold the positions ``points`` of one axis.

    Examples
    --------
    >>> axis_chunks(range(0, 10, 4), 3)
    [0, 1, 2]
    """
    if len(points) == 0:
        return []
    first, last = sorted((points[0] // chunk, points[-1] // chunk))
    # Steps no longer than a chunk cannot jump over one.
    if abs(points.step) <= chunk:
        return list(range(first, last + 1))
    return sorted({point // chunk for point in points})


def chunks_touched(shape, chunks, selection):
    """Return the indices of the chunks that a selection touches.

    Parameters
    ----------
    shape, chunks : tuple of int
        Of the array and of one chunk, any number of dimensions.
    selection : int, slice, ``...`` or tuple of these
        Basic indexing, steps included.

    Returns
    -------
    list of tuple of int
        In C order.

    Examples
    --------
    >>> chunks_touched((6, 6), (2, 3), (slice(0, 3), 4))
    [(0, 1), (1, 1)]
    """
    return list(itertools.product(*_chunks_by_axis(shape, chunks, selection)))


def chunk_cost(shape, chunks, selection, itemsize):
    """Return how many chunks and bytes a selection costs.

    Parameters
    ----------
    shape, chunks : tuple of int
    selection : int, slice, ``...`` or tuple of these
    itemsize : int
        Bytes of one element.

    Returns
    -------
    ChunkCost

    Notes
    -----
    An edge chunk counts in full: Zarr and HDF5 store it in full, fill values included. Compressed
    chunks are smaller, by what the data allows.

    Examples
    --------
    >>> chunk_cost((30_000, 3_000), (500, 600), slice(0, 100), itemsize=4)
    ChunkCost(chunks=5, grid=300, wanted=1200000, read=6000000)
    """
    by_axis = _chunks_by_axis(shape, chunks, selection)
    points = _points_by_axis(shape, selection)
    touched = math.prod(map(len, by_axis))
    grid = math.prod(-(-n // chunk) for n, chunk in zip(shape, chunks, strict=True))
    wanted = math.prod(map(len, points)) * itemsize
    return ChunkCost(touched, grid, wanted, touched * math.prod(chunks) * itemsize)


def amplification(shape, chunks, selection):
    """Return the bytes read for each byte wanted; the item size does not matter.

    Examples
    --------
    >>> amplification((30_000, 3_000), (100, 3_000), (slice(None), slice(0, 10)))
    300.0
    """
    return chunk_cost(shape, chunks, selection, itemsize=1).amplification


def slider_sizes(length, most_chunks=500):
    """Return chunk lengths to offer for an axis: its divisors, and 1, 2, 5, 10, 20 ...

    Lengths that would cut the axis into more than ``most_chunks`` are left out.

    Examples
    --------
    >>> slider_sizes(12)
    [1, 2, 3, 4, 5, 6, 10, 12]
    """
    divisors = {d for d in range(1, math.isqrt(length) + 1) if length % d == 0}
    divisors |= {length // d for d in divisors}
    round_ones = {m * 10**e for e in range(len(str(length))) for m in (1, 2, 5)}
    sizes = {size for size in divisors | round_ones if size <= length}
    return sorted(size for size in sizes if -(-length // size) <= most_chunks)


def explore_chunks(shape=(30_000, 3_000), itemsize=4, selections=None, chunks=None):
    """Show a chunk grid with sliders for the chunk shape.

    Parameters
    ----------
    shape : tuple of int
        One to three dimensions.
    itemsize : int
        Bytes of one element.
    selections : dict of str to selection, optional
        What to read. By default a band along each axis.
    chunks : tuple of int, optional
        Where the sliders start: about a square root of chunks along each axis by default.

    Returns
    -------
    Explorer
        Sliders where ipywidgets is there, and the picture of the first setting elsewhere.
    """
    selections = selections or default_selections(shape)
    chunks = chunks or tuple(_nearest(slider_sizes(n), n / 10) for n in shape)
    return Explorer(tuple(shape), itemsize, selections, tuple(chunks))


def default_selections(shape):
    """Return a thin band across each axis, by name."""
    names = {}
    for axis, n in enumerate(shape):
        width = max(1, n // 300)
        band = [slice(None)] * len(shape)
        band[axis] = slice(0, width)
        names[f"{width} along axis {axis}"] = tuple(band)
    return names


@dataclass(frozen=True)
class Explorer:
    """A chunk grid to play with. Shows sliders, or a picture where there are none."""

    shape: tuple[int, ...]
    itemsize: int
    selections: dict
    chunks: tuple[int, ...]

    def picture(self, chunks=None, name=None):
        """Return the Axes of the chunk grid for one selection."""
        from course_lib.plotting import access_map

        chunks = chunks or self.chunks
        name = name or next(iter(self.selections))
        selection = self.selections[name]
        touched = chunks_touched(self.shape, chunks, selection)
        return access_map(
            self.shape, chunks, touched, selection, title=name, itemsize=self.itemsize
        )

    def costs(self, chunks=None):
        """Return the cost of every selection on one chunk shape, by name."""
        chunks = chunks or self.chunks
        return {
            name: chunk_cost(self.shape, chunks, selection, self.itemsize)
            for name, selection in self.selections.items()
        }

    def html(self, chunks=None, name=None):
        """Return the picture and the table of costs as HTML."""
        from course_lib.plotting import to_html

        return to_html(self.picture(chunks, name)) + self._table(chunks or self.chunks)

    def widget(self):
        """Return the sliders and the picture as one ipywidgets box."""
        return _widget(self)

    def _table(self, chunks):
        head = ("selection", "chunks", "wanted", "read", "read / wanted")
        rows = [(name, *_cost_cells(cost)) for name, cost in self.costs(chunks).items()]
        size = format_bytes(math.prod(chunks) * self.itemsize)
        return table(head, rows, caption=f"Chunks of {chunks}, {size} each")

    def __repr__(self):
        lines = [f"{self.shape} in chunks of {self.chunks}"]
        for name, cost in self.costs().items():
            lines.append(f"{name}: {' | '.join(_cost_cells(cost))}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Give the widget and the picture: a page without a kernel shows the picture."""
        bundle = {"text/plain": repr(self), "text/html": self.html()}
        try:
            widget = self.widget()
        except ImportError:
            return bundle
        shown = widget._repr_mimebundle_()
        # Older frontends want the data alone, newer ones return (data, metadata).
        return {**(shown[0] if isinstance(shown, tuple) else shown), **bundle}


def _widget(explorer):
    """Wire one slider per axis and a list of selections to one HTML view."""
    import ipywidgets

    wide = {"description_width": "initial"}
    room = ipywidgets.Layout(width="34em")  # with less, the track is too short to hit a length
    choice = ipywidgets.Dropdown(
        options=list(explorer.selections), description="selection", style=wide, layout=room
    )
    sliders = [
        ipywidgets.SelectionSlider(
            options=_sizes_with(n, chunk),
            value=chunk,
            description=f"chunk length, axis {axis}",
            style=wide,
            layout=room,
            # One picture when the slider comes to rest, not one for every step on the way.
            continuous_update=False,
        )
        for axis, (n, chunk) in enumerate(zip(explorer.shape, explorer.chunks, strict=True))
    ]
    # JupyterLab lines up the cells of a table only under this class.
    view = ipywidgets.HTML().add_class("jp-RenderedHTMLCommon")

    def update(_=None):
        shown = explorer.html(tuple(slider.value for slider in sliders), choice.value)
        # As wide as the picture: the class centres a table in what is around it.
        view.value = f'<div style="display: inline-block">{shown}</div>'

    for control in (choice, *sliders):
        control.observe(update, names="value")
    update()
    return ipywidgets.VBox([choice, *sliders, view])


def _sizes_with(length, chunk):
    return sorted({*slider_sizes(length), chunk})


def _nearest(sizes, wanted):
    return min(sizes, key=lambda size: abs(math.log(size / wanted)))


def _cost_cells(cost):
    return (
        f"{cost.chunks:,} of {format_count(cost.grid, 'chunks')}",
        format_bytes(cost.wanted),
        format_bytes(cost.read),
        f"{cost.amplification:,.3g}",
    )


def _points_by_axis(shape, selection):
    parts = full_selection(selection, len(shape))
    return [axis_points(part, n) for part, n in zip(parts, shape, strict=True)]


def _chunks_by_axis(shape, chunks, selection):
    points = _points_by_axis(shape, selection)
    if len(chunks) != len(shape) or min(chunks, default=1) < 1:
        raise ValueError(f"chunks {chunks} do not fit shape {shape}: one positive length per axis")
    return [axis_chunks(p, chunk) for p, chunk in zip(points, chunks, strict=True)]
