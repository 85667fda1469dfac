"""What must hold for any value, any bytes and any JSON, tried on many that a machine makes up."""

import json
import os
import socket
import struct
from collections import Counter, OrderedDict, deque

import numpy as np
import pytest

pytest.importorskip("hypothesis", reason="property tests need hypothesis: nbverdict[test]")

from course import answer, check, plain
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from nbverdict.assignment.lint import from_source
from nbverdict.coordinator import submission
from nbverdict.wire import arrays, frames
from nbverdict.wire.values import Decoder, Encoder, NotPlain

PROPERTY = settings(
    max_examples=100, deadline=None, database=None, derandomize="CI" in os.environ
)  # fmt: skip

# Plain values

NUMBERS = st.integers() | st.integers(-(1 << 1100), 1 << 1100) | st.floats(allow_nan=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(st.characters(codec=None), max_size=8)
OTHERS = (
    st.binary(max_size=8)
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
    | st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 9))
)
HASHABLE = SCALARS | OTHERS | st.tuples(SCALARS, OTHERS)
VALUES = st.recursive(
    SCALARS | OTHERS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, max_size=4).map(lambda items: deque(items, 5))
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4).map(OrderedDict)
        | st.sets(HASHABLE, max_size=4)
        | st.frozensets(HASHABLE, max_size=4)
        | st.dictionaries(HASHABLE, st.integers(), max_size=4).map(Counter)
    ),
    max_leaves=12,
)


def crossed(value):
    """Send a value over the border, as bytes, and return what arrives."""
    encoder = Encoder(keep_strides=True)
    form = json.loads(json.dumps(encoder.encode(value)))
    blocks = [memoryview(bytearray(block)) for block in encoder.blocks]
    return Decoder(blocks, trusted=True).decode(form)


def typed(value):
    """Return a value with the types of all its parts: 1, True and 1.0 are equal, these are not."""
    if isinstance(value, dict):
        return type(value), [(typed(key), typed(item)) for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return type(value), {key: typed(key) for key in value}
    if isinstance(value, (list, tuple, deque)):
        return type(value), [typed(item) for item in value]
    return type(value), value


@PROPERTY
@given(VALUES)
def test_plain_values_arrive_equal_and_of_the_same_types(value):
    assert typed(crossed(value)) == typed(value)


# Arrays

DTYPES = (
    hnp.scalar_dtypes() | hnp.byte_string_dtypes() | hnp.unicode_string_dtypes(max_len=4)
    | hnp.array_dtypes(subtype_strategy=hnp.scalar_dtypes(), max_size=3)
)  # fmt: skip


@st.composite
def views(draw):
    """An array, sliced with any steps and turned: not contiguous, most of the time."""
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=6))
    array = draw(hnp.arrays(draw(DTYPES), shape, fill=st.nothing()))
    array = array[draw(hnp.basic_indices(shape))]
    if draw(st.booleans()):
        array = np.asarray(array).T
    return np.asarray(array)


@PROPERTY
@given(views())
def test_arrays_arrive_with_their_bytes_shape_and_strides(array):
    try:
        head, data = arrays.pack(array)
    except arrays.BadArray:
        assert not str(array.dtype).isascii()
        return
    made = arrays.unpack(memoryview(head), memoryview(bytearray(data)))
    assert (made.dtype, made.shape) == (array.dtype, array.shape)
    assert made.tobytes() == array.tobytes()
    got = crossed(array)
    assert (got.dtype, got.shape, got.tobytes()) == (array.dtype, array.shape, array.tobytes())
    if arrays.strides_to_keep(array):
        assert got.strides == array.strides


# What a hostile student's process may send

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
TAGS = (
    "tuple set frozenset deque dict Counter OrderedDict defaultdict Decimal Fraction PosixPath "
    "date datetime time int bytes bytearray complex range slice timedelta single type dtype np "
    "ndarray masked namedtuple handle callback"
).split()
FORMS = st.recursive(
    JSON,
    lambda inner: st.fixed_dictionaries(
        {"t": st.sampled_from(TAGS), "v": inner | st.lists(inner, max_size=3) | st.integers(0, 3)},
        optional=dict.fromkeys(("max", "of", "fixed", "strides", "name", "fields"), inner),
    ),
    max_leaves=12,
)
HEAD = arrays.pack(np.arange(3.0))[0]
BLOCKS = st.lists(st.binary(max_size=40) | st.just(HEAD) | st.just(bytes(24)), max_size=4)


@PROPERTY
@given(FORMS, BLOCKS)
def test_any_form_is_decoded_or_refused(form, blocks):
    try:
        Decoder([memoryview(bytearray(block)) for block in blocks]).decode(form)
    except NotPlain:
        pass


LENGTHS = st.integers(0, 50) | st.integers(0, (1 << 32) - 1)
MESSAGES = st.builds(
    lambda length, total, head, rest: struct.pack("!IQ", length, total) + head + rest,
    LENGTHS, LENGTHS, st.binary(max_size=40) | JSON.map(lambda form: json.dumps(form).encode()),
    st.binary(max_size=40),
)  # fmt: skip


@st.composite
def exact_messages(draw):
    """A frame of the right length, with a head that may say anything of its blocks."""
    blocks = draw(st.binary(max_size=20))
    sizes = st.lists(st.integers(-1, 20), max_size=3) | st.just([len(blocks)])
    head = draw(JSON | st.fixed_dictionaries({"sizes": JSON | sizes}))
    text = json.dumps(head).encode()
    return struct.pack("!IQ", len(text), len(blocks)) + text + blocks


@PROPERTY
@given(st.binary(max_size=60) | MESSAGES | exact_messages())
def test_any_bytes_are_a_frame_or_refused(data):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.close()
        try:
            head, blocks = frames.receive(ours, max_head=1 << 16, max_blocks=1 << 16)
        except frames.WireError:
            return
    assert type(head) is dict and sum(map(len, blocks)) <= len(data)


# What a student may hand in

MASTER = from_source(
    {"cells": [plain("x = 1"), answer("f", "def f(): return 1"), check("test_f", 1, "assert f()"),
               answer("g", "def g(): return 1"), check("test_g", 1, "assert g()")]}, "nb",
)  # fmt: skip
NAMES = st.sampled_from(["f", "g", "test_f", "test_g", "other"])
META = JSON | st.fixed_dictionaries({"nbgrader": JSON | st.fixed_dictionaries({"grade_id": NAMES})})
CELLS = JSON | st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw"]) | JSON,
        "source": st.text() | st.lists(JSON, max_size=3) | JSON,
        "input": JSON,
        "metadata": META,
        "attachments": JSON | st.dictionaries(st.text(), st.dictionaries(
            st.sampled_from(["image/png", "text/html"]), JSON, max_size=2), max_size=2),
    },
)  # fmt: skip
SHEETS = JSON | st.fixed_dictionaries({}, optional={"cells": JSON | st.lists(CELLS, max_size=4)})
NOTEBOOKS = JSON | st.fixed_dictionaries(
    {},
    optional={
        "cells": JSON | st.lists(CELLS, max_size=6),
        "worksheets": JSON | st.lists(SHEETS, max_size=3),
        "nbformat": JSON,
    },
)


@PROPERTY
@given(NOTEBOOKS)
@example({"worksheets": [None]})
@example({"worksheets": [{"cells": [1]}]})
@example({"worksheets": [{"cells": None}]})
def test_any_json_is_matched_or_unreadable(notebook):
    try:
        cells = submission._parse(json.dumps(notebook).encode())
    except submission.Unreadable:
        return
    matched = submission.match(cells, MASTER)
    assert {cell.original.name for cell in matched.cells if cell.original} >= {"test_f", "test_g"}
