"""A network: what is asked of it, what it is given anew, and what it refuses to work out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from flint import fmpq, fmpq_mat

from bptrace import Network, load, loads
from bptrace.numbers.arrays import Value
from bptrace.numbers.exact import UNKNOWN
from tests.conftest import EVERY_NETWORK, RELU, traced


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


@pytest.mark.parametrize(
    "make",
    [
        lambda network: network,
        lambda network: network.replaced({}),
        lambda network: network.stepped(network.trace()),
        lambda network: network.rounded(fmpq(1, 10)),
        lambda network: network.at_precision(300),
    ],
)
def test_keeps_what_its_file_says(make: Callable[[Network], Network]) -> None:
    text = "weights: {w: 2}\nloss: w^2\nupdate: {lr: 1/4, round: 1/2}"
    stated = make(loads(text)).stated
    assert stated is not None
    assert (stated.source.text, stated.grid) == (text, fmpq(1, 2))
    assert {given.key: given.value for given in stated.givens} == {"w": fmpq(2), "lr": fmpq(1, 4)}


def test_knows_what_a_trace_of_its_own_was_asked_for() -> None:
    network = loads("input: {x: 1}\nweights: {w: 2}\nloss: w*x\nupdate: {lr: 1/4}")
    asked = network.scope_of(network.trace(inputs=True, update=False))
    assert asked == (frozenset({"input", "weights"}), False)
    assert network.scope_of(load(RELU).trace()) is None


def test_its_traces_take_the_precision_that_its_givens_were_made_with() -> None:
    network = loads("weights: {w: 1}\nloss: exp(w)\nupdate: {lr: 1/4}")
    trace = network.trace()
    assert network.least_bits == 0
    assert network.stepped(trace).least_bits == trace.bits
    assert network.at_precision(500).trace().bits == 500
    assert network.at_precision(500).stepped(network.at_precision(500).trace()).least_bits == 500


@pytest.mark.parametrize("inputs", [False, True])
@pytest.mark.parametrize("net", EVERY_NETWORK, ids=lambda path: path.stem)
def test_how_many_rows_there_will_be_is_known_before(net: Path, inputs: bool) -> None:
    network, trace = load(net), traced(net, inputs=inputs)
    assert network.row_count(inputs) == trace.count
    assert network.line_count(inputs) == sum(len(step.plan.definitions) for step in trace.steps)


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


# rows as on paper

LOGITS = "input: {x: [1, -1]}\nweights: {W: [[1, 2], [0, 1/2]], b: [0, 1]}\n"


@pytest.mark.parametrize(
    ("equations", "quantity", "formula"),
    [
        ("forward: {z: W@x + b, h: sigmoid(z)}\nloss: sum(h)", "sigmoid'(z1)", "h1*(1-h1)"),
        ("forward: {z: W@x + b, h: tanh(z)}\nloss: sum(h)", "tanh'(z1)", "1-h1^2"),
        ("forward: {z: W@x + b, h: softplus(z)}\nloss: sum(h)", "softplus'(z2)", "1/(1+exp(-z2))"),
        ("forward: {z: W@x + b, p: softmax(z)}\nloss: p[1]*p[2]", "p1", "exp(z1)/(exp(z1)+exp(z2))"),
        (
            "forward: {z: W@x + b, p: softmax(z)}\nloss: p[1]*p[2]",
            "dL/dz1",
            "dL/dp1*p1*(1-p1) + dL/dp2*(-p2*p1)",
        ),
        ("forward: {z: W@x + b}\nloss: cross_entropy(z, 2)", "p1", "exp(z1)/(exp(z1)+exp(z2))"),
        ("forward: {z: W@x + b}\nloss: cross_entropy(z, 2)", "L", "-log(p2)"),
        ("forward: {z: W@x + b}\nloss: cross_entropy(z, 2)", "dL/dz1", "p1"),
        ("forward: {z: W@x + b}\nloss: cross_entropy(z, 2)", "dL/dz2", "p2-1"),
        ("target: {y: 1}\nforward: {z: W@x + b}\nloss: cross_entropy(z, y)", "dL/dz1", "p1-1"),
        ("target: {y: [1/3, 2/3]}\nforward: {z: W@x + b}\nloss: cross_entropy(z, y)", "dL/dz1", "p1-y1"),
        ("target: {y: [1/3, 2/3]}\nforward: {z: W@x + b}\nloss: cross_entropy(z, y)", "L", "-(y1*log(p1)+y2*log(p2))"),
        ("loss: 3*cross_entropy(W@x + b, 2)", "dL/dz_L1", "3*p1"),
        ("loss: cross_entropy(W@x + b, 2)", "dL/dz_L2", "p2-1"),
        ("target: {y: [2, 1]}\nforward: {z: W}\nloss: cross_entropy(z, y)", "L", "-(log(p12)+log(p21))"),
        ("target: {y: [2, 1]}\nforward: {z: W}\nloss: cross_entropy(z, y)", "dL/dz12", "p12-1"),
        ("target: {y: [2, 1]}\nforward: {z: W}\nloss: cross_entropy(z, y)", "dL/dz22", "p22"),
        ("target: {y: [0, 1]}\nforward: {z: W@x}\nloss: bce_with_logits(z, y)", "dL/dz1", "p1-y1"),
        ("forward: {z: W@x, h: 2*sigmoid(z) + 1}\nloss: sum(h)", "sigmoid'(z1)", "h_h1*(1-h_h1)"),
        ("forward: {z: W@x, h: 2*sigmoid(z) + 1}\nloss: sum(h)", "dL/dz1", "dL/dh_h1*sigmoid'(z1)"),
        ("loss: log(sum(exp(b)))", "dL/db1", "dL/dz_L*exp(b1)"),
        ("loss: logsumexp(b)", "dL/db1", "exp(b1-L)"),
        ("loss: norm(b)", "dL/db2", "b2/L"),
        ("loss: sqrt(b[2])", "dL/db2", "1/(2*L)"),
    ],
)
def test_rows_that_leave_the_rationals_are_written_as_on_paper(equations: str, quantity: str, formula: str) -> None:
    rows = {row.quantity: row.formula for row in loads(LOGITS + equations).trace().rows()}
    assert rows[quantity] == formula


@pytest.mark.parametrize(
    ("values", "half"), [({}, True), ({"x": fmpq_mat(2, 1, [3, 4])}, False), ({"w": UNKNOWN}, False)]
)
def test_knows_anew_with_other_values_whether_some_are_missing(values: dict[str, Value], half: bool) -> None:
    network = loads("input: {x: vector of 2}\nweights: {w: 3}\nloss: sum(w*x)")
    assert network.half_valued
    assert network.replaced(values).half_valued == half
