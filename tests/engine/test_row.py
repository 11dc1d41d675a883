"""A line of the register, and arrays of exact values."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from math import prod
from typing import Any

import pytest

from bptrace import Array, Enclosure, Trace, load, loads
from tests.conftest import RELU


@pytest.fixture
def trace() -> Trace:
    return load(RELU).trace()


def test_a_row_has_quantity_formula_rule_and_value(trace: Trace) -> None:
    row = trace.steps[0][1]
    assert (row.quantity, row.formula, row.rule) == ("z2", "w21*x1 + w22*x2 + b2", "1*1 + (-1)*2 + 0")
    assert row.texts() == (row.quantity, row.formula, row.rule, "-1")
    assert isinstance(row.value, Fraction)
    assert row.exact is True


@pytest.mark.parametrize(
    ("other", "equal"), [(-1, True), (Fraction(-1), True), (0, False), (Fraction(-1, 2), False), ("-1", False)]
)
def test_a_row_compares_by_its_value(trace: Trace, other: object, equal: bool) -> None:
    row = trace.steps[0][1]
    assert (row == other) is equal
    assert (row != other) is not equal
    assert (other in {row}) is equal


def test_rows_are_equal_where_they_say_the_same(trace: Trace) -> None:
    forward, reverse = trace.steps[0], trace.steps[4]
    assert forward[0] == load(RELU).trace().steps[0][0]
    assert forward[0] != forward[1]
    assert reverse[0].value == reverse[3].value
    assert reverse[0] != reverse[3]


# arrays


@pytest.fixture
def array(trace: Trace) -> Array:
    found = trace["dL/dw"]
    assert isinstance(found, Array)
    return found


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda array: array.shape, (2, 2)),
        (lambda array: len(array), 2),
        (lambda array: array[0], [-2, -4]),
        (lambda array: array[-1], [0, 0]),
        (lambda array: array[0, 1], -4),
        (lambda array: array[-2, -1], -4),
        (lambda array: array[0][1], -4),
        (lambda array: list(array), [[-2, -4], [0, 0]]),
        (lambda array: array.tolist(), [[-2, -4], [0, 0]]),
    ],
)
def test_an_array_reads_as_nested_lists_do(array: Array, read: Callable[[Array], Any], value: object) -> None:
    assert read(array) == value


@pytest.mark.parametrize("index", [2, -3, (0, 2), (2, 0)])
def test_an_array_ends(array: Array, index: Any) -> None:
    with pytest.raises(IndexError):
        array[index]


def test_a_vector_has_one_index(trace: Trace) -> None:
    vector: Any = trace["dL/db"]
    assert (vector.shape, vector[0], vector[-1], list(vector)) == ((2,), -2, 0, [-2, 0])
    assert vector[(-2,)] == -2
    with pytest.raises(IndexError):
        vector[0, 0]


@pytest.mark.parametrize("other", [[[-2, -4], [0, 1]], [[-2, -4]], [[-2], [-4]], [-2, -4, 0, 0], [], "ab", -2, None])
def test_an_array_differs_from_other_values(array: Array, other: object) -> None:
    assert array != other


def test_arrays_compare_by_shape_and_values(trace: Trace, array: Array) -> None:
    assert array == load(RELU).trace()["dL/dw"]
    assert array != trace["w"]
    column = loads("weights: {b: [[1], [1]]}\nloss: -2*b[1,1] + 0*b[2,1]").trace()["dL/db"]
    assert column == [[-2], [0]]
    assert column != trace["dL/db"]
    assert repr(column) != repr(trace["dL/db"])


def test_an_array_has_no_hash_as_lists_have_none(array: Array) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(array)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda array: array[:, 0], [-2, 0]),
        (lambda array: array[:, 1:], [[-4], [0]]),
        (lambda array: array[1:], [[0, 0]]),
        (lambda array: array[::-1], [[0, 0], [-2, -4]]),
        (lambda array: array[0, ::-1], [-4, -2]),
        (lambda array: array[0][1:], [-4]),
        (lambda array: array.T, [[-2, 0], [-4, 0]]),
        (lambda array: array[0].T, [-2, -4]),
    ],
)
def test_parts_of_an_array_are_arrays(array: Array, read: Callable[[Array], Array], value: object) -> None:
    found = read(array)
    assert isinstance(found, Array)
    assert (found, found.tolist()) == (value, value)
    assert (found.ndim, found.size, len(found)) == (len(found.shape), prod(found.shape), found.shape[0])


@pytest.fixture
def mixed() -> Array:
    found = loads("input: {x: [0, 1]}\nforward: {h: exp(x)}\nloss: sum(h)").trace()["h"]
    assert isinstance(found, Array)
    return found


def test_an_array_holds_rationals_and_enclosures(mixed: Array) -> None:
    one, e = mixed
    assert (one, isinstance(one, Fraction), isinstance(e, Enclosure)) == (1, True, True)
    assert mixed == [1, e] == mixed.tolist()
    assert mixed != [1, 2]
    assert str(mixed) == "Array([1, ≈2.718281828])"


def test_numpy_takes_it_for_an_array(array: Array, mixed: Array) -> None:
    numpy = pytest.importorskip("numpy")
    theirs = numpy.array([[-2.0, -4.0], [0, 0]])
    assert (numpy.asarray(array).shape, numpy.asarray(array).dtype) == ((2, 2), float)
    assert numpy.allclose(array, theirs)
    assert numpy.allclose(mixed, numpy.exp([0, 1]))
    assert not numpy.allclose(array, theirs + 1)
    assert array == theirs
    assert array != theirs + 1
    assert numpy.array(mixed, dtype=object).tolist() == mixed.tolist()
    assert numpy.array(mixed.tolist(), dtype=float).tolist() == [1, pytest.approx(2.718281828)]
    assert (theirs @ mixed).shape == (2,)
    assert (theirs - array).tolist() == [[0, 0], [0, 0]]
    with pytest.raises(ValueError, match="always a copy"):
        numpy.array(array, copy=False)


MASKED = "input: {m: [0, -inf]}\nweights: {s: [2, 1/3], c: 1}\nforward: {z: s + m, p: softmax(z), q: sigmoid(s)}"


@pytest.mark.parametrize("key", ["s", "z", "q"])
def test_an_array_can_be_pickled_and_copied(key: str) -> None:
    array = loads(f"{MASKED}\nloss: p[1] + q@s").trace()[key]
    for copied in (pickle.loads(pickle.dumps(array)), deepcopy(array)):
        assert copied == array
        assert repr(copied) == repr(array)


def test_a_trace_can_be_pickled(trace: Trace) -> None:
    assert pickle.loads(pickle.dumps(trace)) == trace


def test_an_ellipsis_stands_for_the_indices_that_are_left_out(trace: Trace) -> None:
    w: Any = trace["w"]
    assert w[...] == w
    assert w[..., 1] == w[:, 1]
    assert w[0, ..., 1] == w[0, 1]


@pytest.mark.parametrize(
    ("index", "kind", "message"),
    [
        (5, IndexError, "index 5 along an axis of 2"),
        ((0, -3), IndexError, "index -3 along an axis of 2"),
        ("a", TypeError, "an index is a whole number or a slice, not 'a'"),
        ((0, ..., ..., 1), TypeError, "an index is a whole number or a slice, not Ellipsis"),
        ((0, 0, 0), IndexError, "3 indices into a 2x2 matrix"),
    ],
)
def test_a_wrong_index_says_so(trace: Trace, index: Any, kind: type[Exception], message: str) -> None:
    w: Any = trace["w"]
    with pytest.raises(kind, match=message):
        w[index]


def test_a_row_and_a_step_know_the_trace_that_they_are_of() -> None:
    text = "weights: {w: 2}\nsamples: [{input: {x: 1}}, {input: {x: 3}}]\nloss: (w*x)^2"
    for trace in (loads("weights: {w: 2}\nloss: w^2").trace(), loads(text).trace(), loads(text).derived()):
        for step in trace.steps:
            assert step.trace is trace
            assert all(row.quantity in row.trace.register.places for row in step)
            assert all(row.trace == trace.of(step) for row in step)
