"""A network: what is asked of it, what it is given anew, and what it refuses to work out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat

from bptrace import SpecError, load, loads
from bptrace.exact import Value
from bptrace.settings import assigned
from tests.conftest import RELU

TOWER = "weights: {a: 2}\nforward:\n  b: a^1000\n  c: b^1000\n  d: c^1000\nloss: "


def test_knows_what_the_file_says() -> None:
    network = load(RELU)
    assert (network.title, network.loss, network.optimizer, network.decimal) == (
        "Two-layer ReLU network",
        "L",
        None,
        False,
    )
    assert [(given.section, given.key) for given in network.givens] == [
        ("input", "x"),
        ("weights", "w"),
        ("weights", "b"),
        ("weights", "v"),
        ("weights", "c"),
        ("target", "y"),
    ]


def test_givens_are_in_the_files_order() -> None:
    text = "input: {x: [1]}\nlayers: [{weights: [[2]], bias: [3]}]\ntarget: {y: 4}\nloss: yhat - y\nupdate: {lr: 5}"
    assert [given.key for given in loads(text).givens] == ["x", "W1", "b1", "y", "lr"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("weights: {w: 2}\ninput: {x: 3}\nloss: w*x", "dL/dw"),
        ("weights: {w: 2}\ninput: {x: 3}\nloss: w*x\ngradients: [input]", "dL/dx"),
        ("weights: {w: 2}\ninput: {x: 3}\nloss: w*x\ngradients: inputs", "dL/dx"),
        ("weights: {w: 2}\ninput: {x: 3}\nloss: w*x\ngradients: [weights, inputs]", "dL/dw dL/dx"),
        ("weights: {w: 2}\ntarget: {y: 3}\nloss: w*y\ngradients: [targets]", "dL/dy"),
        ("input: {x: 3}\nloss: x^2", "dL/dx"),
        ("weights: {w: 2}\nloss: {J: w^2}", "dJ/dw"),
    ],
)
def test_works_out_the_gradients_that_the_file_asks_for(text: str, names: str) -> None:
    rows = [row.quantity for step in loads(text).trace().steps if step.phase == "reverse" for row in step]
    assert rows == names.split()


# other values for some givens


@pytest.mark.parametrize(
    ("values", "loss", "gradient"),
    [
        ({}, 1, [[-2, -4], [0, 0]]),
        ({"c": fmpq(1, 2)}, Fraction(1, 4), [[-1, -2], [0, 0]]),
        ({"x": fmpq_mat(2, 1, [2, 1])}, 1, [[-4, -2], [-4, -2]]),
        ({"x": fmpq_mat(2, 1, [2, 1]), "y": fmpq(2)}, 0, [[0, 0], [0, 0]]),
    ],
)
def test_is_worked_out_anew_with_other_values(
    values: dict[str, Value], loss: int | Fraction, gradient: list[list[int]]
) -> None:
    network = load(RELU)
    before = list(network.trace().rows())
    trace = network.replaced(values).trace()
    assert trace["L"] == loss
    assert trace["dL/dw"] == gradient
    assert list(network.trace().rows()) == before


@pytest.mark.parametrize(("decimal", "text"), [(False, "5/2"), (True, "2.5")])
def test_prints_decimals_where_a_new_value_is_written_as_one(decimal: bool, text: str) -> None:
    network = load(RELU).replaced({"c": fmpq(1, 2)}, decimal)
    rows = {row.quantity: row.value_text for row in network.trace().rows()}
    assert rows["yhat"] == text


# what is refused


@pytest.mark.parametrize(
    ("text", "quantity", "line", "column", "rule"),
    [
        ("weights: {a: 0}\nloss: 1/a", "L", 2, 8, "L = 1/0"),
        ("weights: {a: 0}\nloss: a^-2", "L", 2, 8, "L = 0^(-2)"),
        ("weights: {a: 2, b: 2}\nforward:\n  q: 3 / (a-b)\nloss: q", "q", 3, 8, "q = 3/(2-2)"),
        ("weights: {w: [1, 0]}\nforward: {q: 1 + 6/w}\nloss: sum(q)", "q2", 2, 19, "q2 = 1 + 6/0"),
        ("weights: {w: [[1, 2], [0, 1]]}\nloss: sum(2/w)", "L", 2, 12, "L = 2/1 + 2/2 + 2/0 + 2/1"),
        ("weights: {a: 0}\nforward: {h: relu(5/a)}\nloss: h", "z_h", 2, 20, "z_h = 5/0"),
    ],
)
def test_a_division_by_zero_is_named_and_placed(text: str, quantity: str, line: int, column: int, rule: str) -> None:
    network = loads(text, "net.yaml")
    with pytest.raises(
        SpecError, match=f"^net.yaml:{line}:{column}: error: division by zero in {quantity}\n"
    ) as caught:
        network.trace()
    assert (caught.value.line, caught.value.column, caught.value.hints) == (line, column, (rule,))


def test_a_division_by_zero_that_a_setting_brings_is_placed_in_the_file() -> None:
    network = assigned(loads("weights: {a: 1}\nloss: 1/a", "net.yaml"), ["a=0"])
    with pytest.raises(SpecError, match=r"^net.yaml:2:8: error: division by zero in L"):
        network.trace()


def test_values_of_a_million_digits_are_worked_out() -> None:
    assert loads(TOWER.replace("  d: c^1000\n", "") + "c").trace()["L"] == 2**1_000_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOWER + "d", "^net.yaml:5:6: error: d may take 301,030,603 digits; at most a million digits are worked out"),
        (TOWER + "1/d", "^net.yaml:5:6: error: d may take"),
        (TOWER.replace("  d: c^1000\n", "") + "c*c*c*c", "^net.yaml:5:7: error: L may take 1,204,"),
    ],
)
def test_larger_values_are_refused_before_they_are_worked_out(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        loads(text, "net.yaml").trace()


def test_a_value_that_could_grow_is_worked_out_where_it_does_not() -> None:
    assert loads(TOWER.replace("a: 2", "a: 1") + "d").trace()["dL/da"] == 1000**3
