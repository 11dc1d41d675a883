"""Numbers, lists and dicts of Python's are read as the file that they stand for; a complaint names the path."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Enclosure, SpecError, Trace, load, loads
from bptrace.engine.sentence_parts import plain
from bptrace.spec.python_data import path_text, scalar_text
from tests.conftest import NETWORKS
from tests.strategies import examples


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_what_yaml_makes_of_a_file_is_the_file(path: Path) -> None:
    trace = loads(yaml.safe_load(path.read_text(encoding="utf-8"))).trace()
    assert trace == load(path).trace()
    assert Trace.from_json(trace.to_json()) == trace


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.1, Fraction(1, 10)), (2.0, 2), (1e-7, Fraction(1, 10**7)), (1e22, 10**22), (-0.0, 0), (3, 3),
        (Fraction(1, 3), Fraction(1, 3)), (Decimal("0.25"), Fraction(1, 4)), ("1/3", Fraction(1, 3)),
        ("1e-3", Fraction(1, 1000)), (fmpq(2, 7), Fraction(2, 7)),
    ],
)  # fmt: skip
def test_numbers(value: object, wanted: object) -> None:
    assert loads({"weights": {"w": value}, "loss": "w"}).trace()["w"] == wanted


@given(st.floats(allow_nan=False, allow_infinity=False))
@examples(100)
def test_a_float_is_its_shortest_decimal(value: float) -> None:
    text = scalar_text(value)
    assert text is not None
    assert Fraction(text) == Fraction(repr(value))


def test_a_number_with_more_digits_than_python_writes() -> None:
    assert loads({"weights": {"w": 10**5000}, "loss": "w/w"}).trace()["w"] == 10**5000


@pytest.mark.parametrize(
    ("value", "wanted"),
    [((1, 2), [1, 2]), ([[1, 0.5], (2, "1/3")], [[1, Fraction(1, 2)], [2, Fraction(1, 3)]]), (range(3), [0, 1, 2])],
)
def test_lists(value: object, wanted: object) -> None:
    assert loads({"weights": {"w": value}, "loss": "sum(w)"}).trace()["w"] == wanted


def test_arrays_of_numpy() -> None:
    numpy = pytest.importorskip("numpy")
    values = {"w": numpy.array([[0.1, 2], [3, 4]], dtype=numpy.float32), "v": numpy.int64(3), "u": numpy.array(0.1)}
    trace = loads({"weights": values, "loss": "sum(w)*v*u"}).trace()
    assert trace["w"] == [[Fraction(1, 10), 2], [3, 4]]
    assert trace["v"] == 3
    assert trace["u"] == Fraction(1, 10)


@pytest.mark.parametrize("text", ["h[1] + 2", "max(0, w)", "# no", "a: b", "- 1", "é = 1", 'a "b"', "a\tb", "a\n", ""])
def test_a_text_stays_what_it_is(text: str) -> None:
    assert loads({"title": text, "loss": "1"}).title == " ".join(text.split())


def test_a_network_of_every_kind_of_part() -> None:
    data: dict[str, Any] = {
        "samples": [{"input": {"x": [1, 0]}, "target": {"y": 1}}, {"input": {"x": [0, 0.5]}, "target": {"y": 0}}],
        "weights": {"w": [0.5, 1]},
        "loss": {"J": "(w@x - y)^2"},
        "update": {"rule": "sgd", "lr": 0.1},
        "gradients": ["weights", "input"],
    }
    trace = loads(data).trace()
    assert trace["J"] == Fraction(1, 4)
    assert trace["dJ/dw"] == [Fraction(-1, 2), Fraction(1, 4)]


# complaints


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"weights": {"w": [1, "abc"]}, "loss": "w@w"}, "<dict>:weights.w[1]: error: 'abc' is not a number"),
        ({"weights": {"w": [[1], [2, None]]}, "loss": "1"}, "<dict>:weights.w[1]: error: ragged matrix"),
        ({"weights": {"w": [1, None]}, "loss": "1"}, "<dict>:weights.w[1]: error: 'null' is not a number"),
        ({"weights": {"w": None}, "loss": "1"}, "<dict>:weights.w: error: nothing is not a number"),
        ({"weights": {"w": True}, "loss": "1"}, "<dict>:weights.w: error: 'true' is not a number"),
        ({"weights": {"w": float("nan")}, "loss": "1"}, "<dict>:weights.w: error: 'nan' is not an exact number"),
        ({"weights": {"w": -1}, "loss": "log(w)"}, "<dict>:loss: error: log of a negative number"),
        ({"forward": {"z": "w@q"}, "weights": {"w": 1}, "loss": "z"}, "<dict>:forward.z: error: unknown name 'q'"),
        ({"loss": "1", "los": 2}, "<dict>:los: error: unknown section 'los'"),
        ({"weights": {"w": Enclosure(Fraction(1), Fraction(2))}, "loss": "w"}, "<dict>:weights.w: error: '≈"),
        ({"samples": [{"x": 1}], "loss": "1"}, "<dict>:samples[0].x: error: unknown field 'x'"),
        ({"weights": {1: 2}, "loss": "1"}, "error: 1 in weights is no name"),
        ({"weights": {"\ud800": 2}, "loss": "w"}, "error: a name in weights is not text: a lone surrogate"),
        ({"\ud800": 2}, "error: a name in the dict is not text: a lone surrogate"),
        ({"loss": "\ud800"}, "error: loss: not text: a lone surrogate"),
        ({"weights": {"w": [1, "\udfff"]}, "loss": "1"}, "error: weights.w[1]: not text: a lone surrogate"),
        ({True: 2, "loss": "1"}, "error: True in the dict is no name"),
        ({"weights": {"w": {1, 2}}, "loss": "1"}, "error: weights.w: '{1, 2}' is nothing that a network is made of"),
        ({"weights": {"w": b"12"}, "loss": "1"}, "error: weights.w: 'b'12'' is nothing that a network is made of"),
    ],
)  # fmt: skip
def test_a_complaint_names_the_path(data: Mapping[Any, Any], told: str) -> None:
    with pytest.raises(SpecError) as problem:
        loads(data).trace()
    assert str(problem.value).startswith(told)
    assert problem.value.hints or "ragged" in told or "log" in told
    assert (problem.value.line, problem.value.column) == (None, None)


def test_a_complaint_quotes_the_entry_and_names_other_places_by_their_paths() -> None:
    with pytest.raises(SpecError) as problem:
        loads({"weights": {"w": 1}, "forward": {"w": "max(1, 2)"}, "loss": "w"}, "mine")
    assert str(problem.value).splitlines() == [
        "mine:forward.w: error: 'w' is defined twice",
        '     |   w: "max(1, 2)"',
        "     |   ^",
        "   first at weights.w: choose another name",
    ]


@pytest.mark.parametrize("data", [[1], 5, None, b"loss: 1", Path("net.yaml")])
def test_what_is_neither_text_nor_dict(data: Any) -> None:
    with pytest.raises(SpecError, match="a network is a YAML text or a dict, not of type") as problem:
        loads(data)
    assert problem.value.hints == ("bptrace.load reads a file",)


def test_what_is_nested_in_itself_ends() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(SpecError, match="nested more than 20 deep"):
        loads({"weights": {"w": endless}, "loss": "1"})


@pytest.mark.parametrize(("path", "text"), [((), ""), (("a",), "a"), (("a", 0, "b", 1, 2), "a[0].b[1][2]")])
def test_path_text(path: tuple[str | int, ...], text: str) -> None:
    assert path_text(path) == text


# values


@pytest.mark.parametrize(
    ("values", "loss"),
    [
        ({"x": [2, 1]}, 9), ({"x": (Fraction(1, 2), "1/4"), "y": 0}, Fraction(9, 16)), ({"x[2]": 0}, 1), ({}, 9),
        ({"x1": 0.5, "y": 0.0}, Fraction(25, 4)),
    ],
)  # fmt: skip
def test_a_trace_with_other_values(values: dict[str, object], loss: object) -> None:
    network = loads("input: {x: [1, 2]}\nweights: {w: [1, 1]}\ntarget: {y: 0}\nloss: (w@x - y)^2")
    assert network.trace(values=values)["L"] == network.given(values).trace()["L"] == loss
    assert network.trace()["L"] == 9


def test_a_float_among_the_values_is_written_as_a_decimal() -> None:
    network = loads("weights: {w: 1/4}\nloss: w/2")
    assert next(network.trace(values={"w": 0.5}).rows()).rule == "0.5/2"
    assert next(network.trace(values={"w": 2.0}).rows()).rule == "2/2"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"x": [1, 2, 3]}, "values:x: error: x is a vector of 2, not a vector of 3"),
        ({"x": [1, "a"]}, "values:x[1]: error: 'a' is not a number"),
        ({"X": [1, 2]}, "values:X: error: unknown name 'X'"),
        ({"L": 1}, "values:L: error: L is worked out, not given"),
        ({"x": "\ud800"}, "error: x: not text: a lone surrogate"),
        ({"x": object}, "error: x: '<class 'object'>' is nothing that a network is made of"),
        ({"x": 1}, "values:x: error: x is a vector of 2, not a scalar"),
    ],
)
def test_values_that_are_refused(values: dict[str, object], told: str) -> None:
    with pytest.raises(SpecError) as problem:
        loads("input: {x: [1, 2]}\nweights: {w: [1, 1]}\nloss: w@x").trace(values=values)
    assert str(problem.value).startswith(told)
    assert problem.value.hints


def test_a_note_names_the_path() -> None:
    (note,) = loads({"weights": {"w": 1, "b": 2}, "loss": "w"}).notes
    assert str(note.error()).startswith("<dict>:weights.b: error: nothing reads b")
    assert plain(note.placed) == "weights.b: nothing reads b (unread)"


@pytest.mark.parametrize("values", [[1], "x=1"])
def test_values_are_a_dict(values: Any) -> None:
    with pytest.raises(SpecError, match=r"values are a dict, by the names of givens, not of type") as caught:
        loads("weights: {w: [1, 1]}\nloss: w@w").trace(values=values)
    assert list(caught.value.hints) == ["as in {'w1': 3}"]
