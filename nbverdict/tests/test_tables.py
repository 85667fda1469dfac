"""Tables of pandas cross by value: exact dtypes, index and names."""

import pytest
from nbverdict.wire import tables
from nbverdict.wire.values import Decoder, Encoder, NotPlain

pd = pytest.importorskip("pandas", reason="pandas is no dependency")


def crossed(value):
    encoder = Encoder()
    form = encoder.encode(value)
    return Decoder([bytes(block) for block in encoder.blocks]).decode(form)


FRAMES = {
    "plain": lambda: pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": ["x", "y"]}),
    "mixed": lambda: pd.DataFrame({"o": pd.Series([1, "a", None], dtype=object)}),
    "empty": lambda: pd.DataFrame({"a": []}),
    "twice": lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "indexed": lambda: pd.DataFrame({"n": [1, 2]}, index=pd.Index(["p", "q"], name="key")),
    "grouped": lambda: pd.DataFrame({"k": [1, 1], "m": ["u", "v"], "v": [3, 4]}).groupby(["k", "m"]).sum(),
    "times": lambda: pd.DataFrame({"t": pd.date_range("2024-02-28", periods=2, tz="Europe/Rome")}),
    "days": lambda: pd.DataFrame({"d": pd.to_datetime(["2024-02-29", None])}),
    "typed": lambda: pd.DataFrame({"i": pd.array([1, None], "Int64"), "s": pd.array(["a", None], "string"),
                                   "b": pd.array([True, None], "boolean")}),
    "sorted": lambda: pd.DataFrame({"c": pd.Categorical(["lo", "hi"], ["lo", "hi"], ordered=True)}),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_comes_as_it_went(name):
    frame = FRAMES[name]()
    pd.testing.assert_frame_equal(crossed(frame), frame, check_freq=False)


@pytest.mark.parametrize("name", FRAMES)
def test_so_do_its_columns_and_its_index(name):
    frame = FRAMES[name]()
    pd.testing.assert_series_equal(crossed(frame.iloc[:, 0]), frame.iloc[:, 0], check_freq=False)
    pd.testing.assert_index_equal(crossed(frame.index), frame.index)
    pd.testing.assert_index_equal(crossed(frame.columns), frame.columns)


@pytest.mark.parametrize(
    "value", [pd.Timestamp("2024-02-29 12:00"), pd.Timedelta("1 days 02:00:00")]
)
def test_a_moment_crosses(value):
    assert crossed(value) == value and type(crossed(value)) is type(value)


def test_what_a_column_cannot_hold_is_said():
    with pytest.raises(NotPlain, match="object is not plain data"):
        crossed(pd.DataFrame({"o": [object()]}))
    with pytest.raises(NotPlain, match="does not cross"):
        crossed(pd.DataFrame({"p": pd.period_range("2024", periods=2, freq="D")}))


@pytest.mark.parametrize(
    "parts",
    [["DataFrame"], ["Series", ["index", ["typed", "os.system", []], None], ["object", []], None],
     ["Index", ["range", 0, 1, "x", None]], ["Timestamp", "no", "ns"], ["Period", "2024", "D"], [[], []]],
)  # fmt: skip
def test_a_forged_table_is_none(parts):
    encoder = Encoder()
    form = {"t": "pandas", "v": encoder.encode(parts)}
    with pytest.raises(NotPlain):
        Decoder([bytes(block) for block in encoder.blocks]).decode(form)


def test_a_table_takes_new_contents_in_place():
    frame = pd.DataFrame({"a": [1]})
    tables.replace(frame, pd.DataFrame({"a": [2], "b": [3]}))
    assert frame.to_dict("list") == {"a": [2], "b": [3]}
    with pytest.raises(tables.NoTable):
        tables.replace(frame, [1])
