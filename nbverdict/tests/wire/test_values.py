"""Plain data crosses with its exact type; anything else is refused, whatever it claims."""

import collections
import datetime
import decimal
import fractions
import json
import pathlib
import socket
import struct

import numpy as np
import pytest
from nbverdict.verdict import border
from nbverdict.wire import arrays, frames
from nbverdict.wire.values import Decoder, Encoder, NotPlain

PLAIN = [
    None, True, 3, -(10**400), 1.5, float("inf"), "a\ud800\0é", [1, [2.5, "x"]], (1, (2,)), {1, 2},
    frozenset([1]), {1: 2, (1, 2): [3], None: {}}, b"x\0", bytearray(b"y"), 1 + 2j, range(3),
    slice(1, None), datetime.datetime(2024, 2, 29, 1), datetime.date(2024, 2, 29),
    datetime.timedelta(1, 2), decimal.Decimal("1.10"), fractions.Fraction(1, 3),
    Ellipsis, int, bool, np.float32(1.5), np.int64(3), np.bool_(True),
    np.datetime64("2024-02-29"), np.float64, np.dtype("f4"),
    collections.Counter("aab"), collections.OrderedDict(a=1), collections.deque([1], 3),
    pathlib.Path("a/b"),
]  # fmt: skip
ARRAYS = [
    np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.array(5),
    np.arange(20)[::3], np.arange(12).reshape(3, 4)[::-1, 1::2], np.zeros((0, 3)),
    np.array(["a", "bc"]), np.array([b"x", b"yz"]), np.array([1, 2], "M8[s]"),
    np.array([1 + 2j, 3]), np.zeros(2, [("a", "i4"), ("b", "f8", (2,))]), np.array([True, False]),
    np.array([np.nan, np.inf], ">f4"),
]  # fmt: skip


def crossed(value, trusted=True):
    encoder = Encoder(keep_strides=trusted)
    form = json.loads(json.dumps(encoder.encode(value)))
    blocks = [memoryview(bytearray(block)) for block in encoder.blocks]
    return Decoder(blocks, trusted=trusted).decode(form)


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_data_keeps_type_and_value(value):
    got = crossed(value)
    assert type(got) is type(value) and got == value


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}-{a.shape}-{a.strides}")
def test_arrays_keep_dtype_shape_and_order(array):
    got = crossed(array)
    assert type(got) is np.ndarray and got.dtype == array.dtype and got.shape == array.shape
    np.testing.assert_array_equal(got, array)
    assert got.flags.writeable
    if array.size:
        assert got.flags.f_contiguous == array.flags.f_contiguous
        assert got.strides == array.strides


def test_a_fixed_array_stays_fixed():
    array = np.arange(3)
    array.flags.writeable = False
    assert not crossed(array).flags.writeable


class Fancy(list):
    def __eq__(self, other):
        return True

    __hash__ = None


@pytest.mark.parametrize(
    "value", [object(), Fancy(), lambda: 1, np.array([None]), np.zeros(1).view(np.recarray)],
    ids=["object", "subclass", "function", "objects", "recarray"],
)  # fmt: skip
def test_other_types_are_named(value):
    with pytest.raises(NotPlain, match=r"an? |dtype"):
        crossed([value])


def test_a_name_of_a_field_that_no_header_can_hold_is_refused():
    with pytest.raises(NotPlain, match="dtype"):
        crossed(np.zeros(1, [("λ", "i4")]))


def test_deep_values_are_refused():
    deep: list = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(NotPlain, match="deep"):
        crossed(deep)


@pytest.mark.parametrize(
    "form",
    [{"t": "ndarray", "v": 0}, {"t": "ndarray", "v": -1}, {"t": "evil", "v": 1},
     {"t": "tuple", "v": 3}, {"t": "type", "v": "os.system"}, {"v": 1}, {"t": ["list"], "v": []},
     {"t": "int", "v": "zz"},
     {"t": "set", "v": [[1]]}, {"t": "dict", "v": [[1], []]}, {"t": "Decimal", "v": "x" * 200_000},
     {"t": "namedtuple", "name": "a b", "fields": ["x"], "v": [1]}, {"t": "handle", "v": 1},
     {"t": "range", "v": [0, 1, 0]}, {"t": "deque", "v": [], "max": -1}],
    ids=str,
)  # fmt: skip
def test_malformed_forms_are_refused(form):
    with pytest.raises(NotPlain):
        Decoder([]).decode(form)


def npy(text: str) -> memoryview:
    head = text.encode()
    return memoryview(bytearray(b"\x93NUMPY\x02\x00" + struct.pack("<I", len(head)) + head))


@pytest.mark.parametrize(
    "head",
    ["{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
     "{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976,), }",
     "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
     "{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }",
     "{'descr': '<U0', 'fortran_order': False, 'shape': (99999999999,), }",
     "__import__('os').system('true')", "(" * 5000, "{'descr': 1}", ""],
)  # fmt: skip
def test_hostile_array_headers_are_refused(head):
    with pytest.raises(arrays.BadArray):
        arrays.unpack(npy(head), memoryview(bytearray(8)))


@pytest.mark.parametrize(
    "data",
    [struct.pack("!IQ", 0xFFFFFFFF, 0), struct.pack("!IQ", 10, 1 << 60),
     struct.pack("!IQ", 2, 0) + b"[]", struct.pack("!IQ", 2, 0) + b"{]",
     struct.pack("!IQ", 12, 0) + b'{"sizes":[1]', struct.pack("!IQ", 40_000, 0) + b"[" * 40_000],
)  # fmt: skip
def test_what_is_no_frame_is_refused(data):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.close()
        with pytest.raises(frames.WireError):
            frames.receive(ours)


def test_a_frame_crosses():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        frames.send(ours, {"a": 1}, [b"xy", b""])
        head, blocks = frames.receive(theirs)
    assert head == {"a": 1} and [bytes(block) for block in blocks] == [b"xy", b""]


def test_arguments_changed_in_place_keep_their_identity():
    inner = np.zeros(2)
    old = [1, {"k": inner}, [2]]
    kept = old[1]
    border.replace(old, [5, {"k": np.ones(2)}, [2, 3]])
    assert old[1] is kept and kept["k"] is inner
    assert inner.tolist() == [1, 1] and old[0] == 5 and old[2] == [2, 3]
