"""Whatever may stand in a test as expected data agrees with itself, and with a copy of it."""

import copy
import datetime
import decimal
import fractions
import pathlib
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple

import numpy as np
import pytest

from course_lib.checking.difference import difference, short

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import strategies as st  # noqa: E402
from hypothesis.extra import numpy as hnp  # noqa: E402

Point = namedtuple("Point", "x y")
INTEGERS = st.integers(-(2**70), 2**70)
KEYS = st.one_of(st.none(), st.booleans(), INTEGERS, st.text(max_size=5), st.binary(max_size=5),
                 st.dates(), st.fractions(), st.tuples(INTEGERS, st.text(max_size=2)))  # fmt: skip
LEAVES = st.one_of(
    KEYS, st.floats(), st.complex_numbers(), st.datetimes(), st.times(), st.timedeltas(),
    st.decimals(), st.builds(bytearray, st.binary(max_size=5)), st.just(...),
    st.sampled_from([pathlib.Path("a/b"), pathlib.PurePosixPath("c"), range(3), range(9, 0, -2)]),
    st.slices(7), st.frozensets(KEYS, max_size=3), st.sets(KEYS, max_size=3),
    hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_side=3)),
    hnp.arrays(np.dtype([("a", "f8"), ("b", "i2", 2)]), 3),
    hnp.from_dtype(np.dtype("f4")), hnp.from_dtype(np.dtype("M8[ns]")),
)  # fmt: skip


def nested(inner):
    return st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple),
        st.builds(Point, inner, inner), st.lists(inner, max_size=3).map(deque),
        st.dictionaries(KEYS, inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3).map(OrderedDict),
        st.dictionaries(KEYS, inner, max_size=3).map(lambda d: defaultdict(list, d)),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=3).map(Counter),
    )  # fmt: skip


VALUES = st.recursive(LEAVES, nested, max_leaves=8)
OFTEN = hypothesis.settings(max_examples=100, deadline=None, derandomize=True, database=None)


@OFTEN
@hypothesis.given(VALUES)
def test_a_value_agrees_with_itself_and_with_its_copy(value):
    assert difference(value, value) is None
    assert difference(copy.deepcopy(value), value) is None


@OFTEN
@hypothesis.given(VALUES, VALUES)
def test_any_two_values_can_be_compared_and_told(one, other):
    found = difference(one, other)
    assert found is None or (found.kind and found.detail)
    assert isinstance(short(one), str)


@OFTEN
@hypothesis.given(VALUES)
def test_one_more_item_is_a_difference(value):
    assert difference([value], [value, value]).kind == "wrong length"
    assert difference([value, "no"], [value, "yes"]).kind == "wrong value"


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (datetime.datetime(2024, 1, 2), datetime.date(2024, 1, 2)),
        (decimal.Decimal("0.1"), fractions.Fraction(1, 10)),
        (pathlib.PurePosixPath("a"), pathlib.PosixPath("a")),
        (range(3), range(4)),
        (slice(3), slice(0, 3)),
        (bytearray(b"a"), b"a"),
        (deque([1]), [1]),
        (Point(1, 2), namedtuple("Other", "x y")(1, 2)),
        ((1, 2), Point(1, 2)),
        (Counter(a=1), {"a": 2}),
        (float("nan"), 1.0),
        (np.datetime64("NaT"), np.datetime64("2024-01-01")),
    ],
)
def test_other_types_and_other_values_are_told_apart(got, expected):
    assert difference(got, expected) is not None


def test_a_class_of_a_student_is_never_asked():
    class Equal(dict):
        def __eq__(self, other):
            raise AssertionError

        __hash__ = None

    class Zone(datetime.tzinfo):
        def utcoffset(self, when):
            raise AssertionError

    for got, expected in (
        (Equal(a=1), {"a": 1}),
        (deque([Equal()]), deque([{}])),
        (slice(Equal()), slice(1)),
        (datetime.datetime(2024, 1, 1, tzinfo=Zone()), datetime.datetime(2024, 1, 1)),
        (Point(Equal(), 1), Point(1, 1)),
        ([Equal()], np.array([{}], object)),
        (np.array([Equal(), 1], object), np.array([{}, 1], object)),
    ):
        assert difference(got, expected) is not None


@pytest.mark.parametrize("expected", [object(), len, int, [1, object()], {"a": {object(): 1}}])
def test_what_cannot_be_compared_is_a_mistake_of_the_test(expected):
    with pytest.raises(TypeError, match="expected plain data"):
        difference(expected, expected)


@pytest.mark.parametrize("shape", [0, 1, (2, 0), (2, 3), ()])
def test_records_of_any_shape_compare(shape):
    records = np.zeros(shape, [("a", "f8"), ("b", "i2", 2)])
    records["a"] = np.nan
    assert difference(records.copy(), records) is None


def test_a_missing_result_is_told_from_a_none_inside():
    assert "return" in difference(None, 3).detail
    for got, expected in (([None], [3]), ({"a": None}, {"a": 3}), ([None], [np.ones(2)])):
        assert "return" not in difference(got, expected).detail
    assert "return" not in difference(None, 3, returned=False).detail


def test_bytes_say_where_they_differ_first():
    found = difference(bytes(1000), bytes(700) + b"\x01" + bytes(299))
    assert found.detail == "first difference at byte 700: expected 01, got 00"
    found = difference(b"abc", b"abcd")
    assert found.kind == "wrong length" and "expected 4 bytes, got 3" in found.detail
