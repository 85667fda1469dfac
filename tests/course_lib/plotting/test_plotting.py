"""Plotters draw the right cells, say it in words, and leave pyplot alone."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from course_lib import plotting
from course_lib.plotting import (
    access,
    comparison,
    pages,
    picture,
    residency,
    selection,
    shades,
    ticks,
)

PNG = b"\x89PNG"
MiB = 1024 * 1024


def page_map(n_pages, resident=slice(0, 0), path="data.bin"):
    pages_in = np.zeros(n_pages, dtype=bool)
    pages_in[resident] = True
    return SimpleNamespace(path=path, pages=pages_in, page_size=4096)


def usage(label, rss, pss, uss):
    return SimpleNamespace(label=label, pid=7, rss=rss, pss=pss, uss=uss)


def figures():
    """One call of every plotter, as (name, function of ax)."""
    rows = [usage("a", 282 * MiB, 70 * MiB, 12 * MiB), usage("", 200 * MiB, None, None)]
    events = [("read 0", 0.0, 0.02), ("read 1", 0.02, 0.05)]
    return {
        "residency": lambda ax: plotting.residency_map(page_map(100, slice(0, 9)), ax=ax),
        "before_after": lambda ax: plotting.before_after(
            [("before", page_map(9)), ("after", page_map(9, 3))], ax=ax
        ),
        "access": lambda ax: plotting.access_map((10, 9), (5, 3), [(0, 1)], ax=ax),
        "access_1d": lambda ax: plotting.access_map((10,), (5,), [(1,)], slice(6, 8), ax=ax),
        "access_3d": lambda ax: plotting.access_map((4, 4, 4), (2, 2, 2), [(1, 1, 1)], ax=ax),
        "page_access": lambda ax: plotting.page_access_map([0, 2], (64, 64), ax=ax),
        "memory": lambda ax: plotting.memory_bars(rows, ax=ax),
        "bars": lambda ax: plotting.bars(["row", "column"], [8, None], "pages", ax=ax),
        "bars_log": lambda ax: plotting.bars(["row"], [8], "pages", ax=ax, log=True),
        "loglog": lambda ax: plotting.loglog(
            [1, 10], {"raw": [8, 80], "packed": [None, 20]}, "elements", "size (bytes)", ax=ax
        ),
        "heatmap": lambda ax: plotting.heatmap(["w"], ["x", "y"], [[1, None]], "pages", ax=ax),
        "items_on_pages": lambda ax: plotting.items_on_pages(12, 9, 32, ax=ax),
        "strides_map": lambda ax: plotting.strides_map((3, 4), (8, 2), ax=ax),
        "blocks": lambda ax: plotting.blocks_in_memory(4, kept=True, ax=ax),
        "steps": lambda ax: plotting.steps_in_order([("a", "reads"), ("b", "writes")], ax=ax),
        "lifelines": lambda ax: plotting.lifelines(
            ["make", "use", "end"], {"a": (0, 2), "b": (1, None)}, ["b"], ax=ax
        ),
        "cache_film": lambda ax: plotting.cache_film([0, 1, 0], [[], [0], [0, 1]], ax=ax),
        "timeline": lambda ax: plotting.timeline(events, ax=ax),
        "timeline_due": lambda ax: plotting.timeline(events, ax=ax, due=[0.02, 0.04]),
        "predictions": lambda ax: plotting.predictions(
            [("pages", 8, 8192, "pages"), ("bytes", None, 3), ("zero", 5, 0), ("none", 0, 5)], ax=ax
        ),
    }


@pytest.fixture(params=figures())
def plotter(request):
    return figures()[request.param]


def test_plotter_makes_labelled_axes_with_alt_text(plotter):
    ax = plotter(None)
    assert ax.get_xlabel()
    assert len(plotting.alt(ax)) > 20
    assert picture.png(ax).startswith(PNG)


def test_plotter_draws_on_given_axes(plotter):
    from matplotlib.figure import Figure

    ax, other = Figure(layout="constrained", figsize=(12, 4)).subplots(1, 2)
    assert plotter(ax) is ax
    assert not other.get_xlabel()
    assert picture.png(ax).startswith(PNG)


def test_plotter_leaves_global_state_alone(plotter):
    import matplotlib

    before = dict(matplotlib.rcParams)
    plotter(None)
    assert dict(matplotlib.rcParams) == before


def test_no_figure_is_left_in_pyplot():
    from matplotlib import pyplot

    for draw in figures().values():
        draw(None)
    assert pyplot.get_fignums() == []


def test_importing_the_package_does_not_import_matplotlib():
    code = "import sys, course_lib.plotting; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# alt text and display


def test_html_is_one_image_with_escaped_alt_text():
    ax = plotting.bars(['a "quoted" <label>'], [1], "pages")
    html = ax._repr_html_()
    assert html.count("<img") == 1
    assert 'alt="Bar chart. a &quot;quoted&quot; &lt;label&gt; 1 page."' in html
    assert "base64," in html


def test_alt_joins_the_panels_of_a_figure():
    from matplotlib.figure import Figure

    left, right = Figure().subplots(1, 2)
    plotting.bars(["a"], [1], "pages", ax=left)
    plotting.bars(["b"], [2], "pages", ax=right)
    assert plotting.alt(left) == plotting.alt(right)
    assert "a 1 page" in plotting.alt(left)
    assert "b 2 pages" in plotting.alt(left)


def test_show_prints_the_alt_text_outside_a_notebook(capsys):
    plotting.show(plotting.bars(["a"], [1], "pages"))
    assert capsys.readouterr().out == "Bar chart. a 1 page.\n"


def test_show_displays_html_and_text_in_a_notebook(monkeypatch):
    import IPython
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: shown.append(data))
    plotting.show(plotting.bars(["a"], [1], "pages"))
    assert shown[0]["text/plain"] == "Bar chart. a 1 page."
    assert shown[0]["text/html"].startswith("<img alt=")


# residency


@pytest.mark.parametrize(
    ("n_pages", "per_cell"),
    [(0, 1), (1, 1), (1024, 1), (1025, 2), (65536, 64), (1_000_000, 1024)],
)
def test_pages_per_cell(n_pages, per_cell):
    assert residency.pages_per_cell(n_pages) == per_cell


def test_cell_shares_of_an_incomplete_last_cell():
    shares = residency.cell_shares([True, True, False, True, True], per_cell=2)
    np.testing.assert_array_equal(shares, [1, 0.5, 1])


def test_shades_never_round_one_page_away_or_up():
    np.testing.assert_array_equal(shades.shade_index([0, 1e-6, 0.999999, 1]), [0, 1, 3, 4])


@pytest.mark.parametrize("n_pages", [0, 1, 63, 64, 65, 5000])
def test_residency_map_draws_every_cell_once(n_pages):
    ax = plotting.residency_map(page_map(n_pages))
    drawn = ax.collections[0].get_array()
    cells = -(-n_pages // residency.pages_per_cell(n_pages))
    assert drawn.count() == cells


def test_residency_map_of_a_million_pages_shows_a_single_one():
    ax = plotting.residency_map(page_map(1_000_000, 123_456))
    drawn = ax.collections[0].get_array()
    assert (drawn == 1).sum() == 1
    assert "1 of 1,000,000 pages resident" in plotting.alt(ax)


def test_before_after_uses_one_scale():
    ax = plotting.before_after([("small", page_map(10)), ("large", page_map(4096))])
    assert [mesh.get_array().count() for mesh in ax.collections] == [3, 1024]
    assert "one cell = 4 pages (16 KiB)" in ax.get_xlabel()


def test_before_after_needs_a_map():
    with pytest.raises(ValueError, match="at least one"):
        plotting.before_after([])


# chunk grids


def test_access_map_counts_chunks_and_bytes():
    touched = [(i, 1) for i in range(60)]
    wanted = np.s_[:, 700:710]
    ax = plotting.access_map((30000, 3000), (500, 600), touched, wanted, itemsize=4)
    assert ax.get_title(loc="left") == "60 of 300 chunks read, 68.7 MiB for 1.1 MiB wanted"
    drawn = ax.collections[0].get_array()
    assert drawn.shape == (60, 5)
    assert (drawn[:, 1] == 4).all()
    assert drawn.sum() == 60 * 4


@pytest.mark.parametrize("key", [(0, 3), "c/0/3", "0.3", "group/array/c/0/3", np.array([0, 3])])
def test_access_map_reads_chunk_keys(key):
    assert access._chunk_index(key) == (0, 3)


def test_access_map_counts_a_repeated_chunk_once():
    ax = plotting.access_map((10, 10), (5, 5), ["c/0/1", "c/0/1", (0, 1)])
    assert "1 of 4 chunks read" in plotting.alt(ax)


@pytest.mark.parametrize("bad", [(2, 0), (0, -1), (1,), (0, 0, 0)])
def test_access_map_refuses_a_chunk_outside_the_grid(bad):
    with pytest.raises(ValueError, match="outside the chunk grid"):
        plotting.access_map((10, 10), (5, 5), [bad])


def test_access_map_refuses_four_dimensions():
    with pytest.raises(ValueError, match="1 to 3 dimensions"):
        plotting.access_map((2,) * 4, (1,) * 4, [])


def test_access_map_puts_many_chunks_in_a_cell():
    ax = plotting.access_map((1_000_000, 10), (1000, 10), [(500, 0)])
    drawn = ax.collections[0].get_array()
    assert drawn.shape == (250, 1)
    assert (drawn > 0).sum() == 1
    assert "one cell = 4 chunks" in ax.get_ylabel()


def test_access_map_draws_a_panel_for_each_slab_and_says_which_are_missing():
    ax = plotting.access_map((365, 18, 36), (1, 18, 36), [(i, 0, 0) for i in range(100, 106)])
    assert len(ax.collections) == access.MOST_PANELS
    assert sum(bool(mesh.get_array().sum()) for mesh in ax.collections) == 6
    assert "12 of 365 slabs drawn" in ax.get_xlabel()


# selections


@pytest.mark.parametrize(
    ("wanted", "box"),
    [
        (slice(2, 5), [(2, 5), (0, 8)]),
        ((slice(None), 3), [(0, 10), (3, 4)]),
        ((Ellipsis, -1), [(0, 10), (7, 8)]),
        ((slice(9, 0, -4), slice(0, 8, 3)), [(1, 10), (0, 7)]),
        (slice(4, 4), [(0, 0), (0, 8)]),
        (None, None),
    ],
)
def test_bounding_box(wanted, box):
    assert selection.bounding_box(wanted, (10, 8)) == box


def test_thin_selection_is_marked_at_the_border_and_hides_nothing():
    ax = plotting.access_map((1000, 1000), (10, 1000), [(3, 0)], np.s_[30:31])
    assert [line.get_marker() for line in ax.lines] == [4]
    assert ax.patches[:] == []


def test_thin_selection_that_is_part_of_a_row_shows_which_part():
    ax = plotting.access_map((1000, 1000), (10, 100), [(3, 4)], np.s_[30:31, 400:450])
    arrow, *strokes = ax.lines
    assert arrow.get_marker() == 4
    assert {tuple(line.get_xdata()) for line in strokes} == {(400, 450)}
    column = plotting.access_map((1000, 1000), (100, 10), [(4, 3)], np.s_[400:450, 30:31])
    assert {tuple(line.get_ydata()) for line in column.lines[:-1]} == {(400, 450)}


# pages


def test_page_cells_of_one_row_and_one_column():
    row = np.zeros(64, dtype=bool)
    row[0:2] = True
    cells, rows_a_cell, _ = pages.page_cells(row, 32, 2048, 4, 4096)
    assert rows_a_cell == 1
    assert (cells[0] == 1).all()
    assert cells[1:].sum() == 0
    column = np.zeros(64, dtype=bool)
    column[::2] = True
    cells, _, columns_a_cell = pages.page_cells(column, 32, 2048, 4, 4096)
    assert (cells[:, : 1024 // columns_a_cell] == 1).all()
    assert cells[:, 1024 // columns_a_cell :].sum() == 0


def test_page_cells_respect_the_header():
    cells, _, _ = pages.page_cells(np.array([False, True]), 1, 1024, 4, 4096, offset=128)
    np.testing.assert_array_equal(cells, [[0, 0.5]])


def test_page_access_map_takes_bools_numbers_or_a_residency():
    by_number = plotting.page_access_map([1], (64, 64))
    by_bool = plotting.page_access_map(np.array([False, True]), (64, 64))
    by_object = plotting.page_access_map(page_map(4, 1), (64, 64))
    texts = {plotting.alt(ax) for ax in (by_number, by_bool, by_object)}
    assert texts == {"Pages of a C-ordered array of 64 rows and 64 columns: 1 of 4 pages read."}


# charts


def test_bars_write_unknown_and_draw_no_bar_for_it():
    ax = plotting.bars(["a", "b"], [4096, None], "bytes")
    assert [patch.get_width() for patch in ax.patches] == [4096, 0]
    assert [text.get_text() for text in ax.texts] == ["4.0 KiB", "unknown"]


def test_bars_of_zeros():
    assert "a 0 pages" in plotting.alt(plotting.bars(["a"], [0], "pages", log=True))


@pytest.mark.parametrize("least", [1, 17, 10_300])
def test_shortest_log_bar_is_not_a_hairline(least):
    ax = plotting.bars(["a", "b"], [least, 1e6], "bytes", log=True)
    assert least / ax.get_xlim()[0] > 3


def test_memory_bars_stack_up_to_pss():
    rows = [usage("a", 282 * MiB, 70 * MiB, 12 * MiB), usage("b", 282 * MiB, 71 * MiB, 13 * MiB)]
    ax = plotting.memory_bars(SimpleNamespace(rows=rows))
    assert [patch.get_width() / MiB for patch in ax.patches] == [12, 13, 58, 58]
    assert ax.get_title(loc="left") == "PSS adds up to 141.0 MiB, RSS to 564.0 MiB"


def test_memory_bars_never_add_up_what_is_unknown():
    ax = plotting.memory_bars([usage("a", MiB, None, None), usage("b", MiB, MiB, MiB)])
    assert "PSS adds up to unknown" in plotting.alt(ax)
    assert [text.get_text() for text in ax.texts] == ["PSS and USS unknown"]


def test_memory_bars_draw_the_private_part_alone_where_pss_is_unknown():
    ax = plotting.memory_bars([usage("a", 3 * MiB, None, MiB)])
    assert [patch.get_width() for patch in ax.patches] == [MiB, 0]
    assert [text.get_text() for text in ax.texts] == ["PSS unknown"]


def test_heatmap_darkens_with_the_logarithm_and_keeps_unknown_apart():
    ax = plotting.heatmap(["r"], ["a", "b", "c"], [[0, 999_999, None]], "bytes")
    few, many, unknown = ax.patches
    assert sum(few.get_facecolor()[:3]) > sum(many.get_facecolor()[:3])
    assert unknown.get_hatch()
    assert "c unknown" in plotting.alt(ax)


def test_heatmap_refuses_a_table_of_another_shape():
    with pytest.raises(ValueError, match="1 x 2"):
        plotting.heatmap(["r"], ["a", "b"], [[1]], "pages")


def test_loglog_leaves_gaps():
    ax = plotting.loglog([1, 10, 100], {"a": [1, 0, None]}, "elements", "time (s)")
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [1, np.nan, np.nan])


def test_ticks_are_short():
    ax = plotting.loglog([8, 8e8], {"a": [1e-6, 10]}, "array (bytes)", "time (s)")
    picture.png(ax)
    low, high = ax.get_xlim()
    ticks_and_labels = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    x_labels = [label.get_text() for at, label in ticks_and_labels if low <= at <= high]
    assert "1 MiB" in x_labels
    assert max(map(len, x_labels)) <= 7
    assert ticks.short(1_500_000, "pages") == "1.5M"


# timeline and predictions


def test_timeline_counts_late_events_exactly():
    """A sequential reader of 25.5 ms a row at 50 Hz is late on every row but the first few."""
    ends = np.cumsum(np.full(100, 0.0255))
    events = [(f"row {i}", end - 0.0255, end) for i, end in enumerate(ends)]
    ax = plotting.timeline(events, due=[0.0255 + 0.02 * i for i in range(100)])
    assert "100 events in 2.55 s, 99 late" in plotting.alt(ax)


def test_timeline_takes_objects_and_shares_lanes():
    event = SimpleNamespace(label="worker", start_s=0.0, end_s=1.0)
    ax = plotting.timeline([event, ("worker", 1.0, 2.0), ("other", 0.0, 1.0)])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["worker", "other"]


def test_timeline_of_nothing():
    assert "nothing read" in plotting.alt(plotting.timeline([]))


@pytest.mark.parametrize(
    ("said", "measured", "words"),
    [
        (8, 8, "right"),
        (0, 0, "right"),
        (8, 8192, "1,000x too low"),
        (30, 20, "1.5x too high"),
        (5, 0, "zero measured"),
        (0, 5, "zero predicted"),
        (None, 5, "not compared"),
        (5, None, "not compared"),
    ],
)
def test_prediction_words(said, measured, words):
    assert comparison._times(comparison._ratio(said, measured)) == words


def test_predictions_take_the_rows_of_predict():
    from course_lib.predict import Prediction

    row = Prediction("pages for one column", 8192, 8192, "pages")
    assert "1 of 1 within a factor of two" in plotting.alt(plotting.predictions([row]))


def test_unknown_residency_is_drawn_as_unknown_and_not_as_empty():
    from course_lib.pagecache import Residency

    unknown = Residency("data.bin", None, 40960, "switched off")
    ax = plotting.residency_map(unknown)
    assert "residency unknown" in plotting.alt(ax)
    assert "0 of" not in plotting.alt(ax)


def test_diagrams_say_what_they_draw():
    assert "2 across two pages" in plotting.alt(plotting.items_on_pages(12, 9, 32))
    assert "0 across two pages" in plotting.alt(plotting.items_on_pages(8, 9, 32))
    assert "1 across two pages" in plotting.alt(plotting.items_on_pages(8, 2, 32, offset=28))
    assert "At most 1 block " in plotting.alt(plotting.blocks_in_memory(4))
    assert "At most 4 blocks " in plotting.alt(plotting.blocks_in_memory(4, kept=True))
    bytes_of_items = [text.get_text() for text in plotting.strides_map((2, 3), (6, 2)).texts]
    assert set("0 2 4 6 8 10".split()) <= set(bytes_of_items)
    with pytest.raises(ValueError, match="65"):
        plotting.items_on_pages(1, 65, 4096)


def test_each_actor_has_a_lane():
    ax = plotting.steps_in_order([("one", "reads"), ("two", "reads"), ("one", "writes")])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
    assert "one: reads; two: reads; one: writes" in plotting.alt(ax)


def test_lifelines_say_what_exists_from_where_to_where():
    ax = plotting.lifelines(["make it", "use\nit", "end it"], {"name": (0, 2), "map": (1, None)})
    words = plotting.alt(ax)
    assert "name from make it to end it" in words
    assert "map from use it on, and it is still there in the end" in words
    assert [round(bar.get_width(), 1) for bar in ax.patches] == [2, 1.5]


@pytest.mark.parametrize("life", [(0, 3), (2, 1), (1, 1), (-1, 1)])
def test_lifelines_refuse_steps_that_do_not_exist(life):
    with pytest.raises(ValueError, match="no steps"):
        plotting.lifelines(["a", "b", "c"], {"name": life})


def test_cache_film_counts_what_is_fetched_and_found():
    ax = plotting.cache_film([0, 1, 2, 1], [[], [0], [0, 1], [1, 2]], title="two places")
    assert "4 requests, 3 fetched, 1 found in the cache. It holds 2 at most" in plotting.alt(ax)
    with pytest.raises(ValueError, match="1 requests, 0 contents"):
        plotting.cache_film([0], [])
