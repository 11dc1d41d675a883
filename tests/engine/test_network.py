"""A network: what is asked of it, what it is given anew, and what it refuses to work out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat

from bptrace import Network, SpecError, load, loads
from bptrace.numbers.arrays import Value
from bptrace.numbers.exact import UNKNOWN
from bptrace.spec.overrides import assigned
from tests.conftest import RELU
from tests.refusals import refusal

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
        (TOWER + "d", "^net.yaml:5:6: error: d may take 301,030,302 digits; at most a million digits are worked out"),
        ("weights: {w: 3}\n\n\n\nloss: w^w^w^w", "^net.yaml:5:7: error: L may take"),
        ("weights: {x: 2}\n\n\n\nloss: huber(x, (0)^-1)", "^net.yaml:5:19: error: division by zero in L"),
        (TOWER + "1/d", "^net.yaml:5:6: error: d may take"),
        (TOWER.replace("  d: c^1000\n", "") + "c*c*c*c", "^net.yaml:5:7: error: L may take 1,204,"),
    ],
)
def test_larger_values_are_refused_before_they_are_worked_out(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        loads(text, "net.yaml").trace()


def test_a_value_that_could_grow_is_worked_out_where_it_does_not() -> None:
    assert loads(TOWER.replace("a: 2", "a: 1") + "d").trace()["dL/da"] == 1000**3


# what has no real value

THREE = "weights: {z: [1, 2, 3], w: [[1, 2], [3, 4]], x: -8, o: 0, n: 100, v: [1, -1]}\n"


@pytest.mark.parametrize(
    ("marked", "message", "hint"),
    [
        ("forward:\n  q: 1 + ¦log(x)\nloss: q", "log of a negative number in q", "q = 1 + log(-8)"),
        ("loss: 2*¦log(o)", "log of 0 in L", "L = 2*log(0)"),
        ("forward: {q: ¦sqrt(v)}\nloss: sum(q)", "sqrt of a negative number in q2", "q2 = sqrt(-1)"),
        ("loss: x¦^(1/3)", "a negative number to a power that is not whole in L", "L = (-8)^(1/3)"),
        ("loss: o¦^-0.5", "division by zero in L", "L = 0^(-0.5)"),
        ("loss: ¦sqrt(o)", "division by zero in dL/do", "dL/do = 1/(2*0)"),
        ("loss: exp(¦exp(exp(n)))", "exp of a number beyond ±2,302,585 in L", "L = exp(exp(exp(100)))"),
        ("loss: ¦sigmoid(n^9)", "exp of a number beyond ±2,302,585 in L", "L = 1/(1+exp(-1000000000000000000))"),
        ("loss: ¦cosh(n^9)", "cosh of a number beyond ±2,302,585 in L", "L = cosh(100^9)"),
        ("loss: -¦sinh(n^9)", "sinh of a number beyond ±2,302,585 in L", "L = -sinh(100^9)"),
        ("loss: x¦/(exp(o) - 1)", "division by zero in L", "L = -8/(exp(0)-1)"),
        ("loss: ¦cross_entropy(z, 4)", "the target 4 is no class number from 1 to 3 in L", None),
        ("loss: ¦cross_entropy(z, 0)", "the target 0 is no class number from 1 to 3 in L", None),
        ("loss: ¦cross_entropy(z, 1.5)", "the target 3/2 is no class number from 1 to 3 in L", None),
        ("target: {y: 4}\nloss: ¦cross_entropy(z, y)", "the target 4 is no class number from 1 to 3 in L", None),
        ("target: {y: [1, 3]}\nloss: ¦cross_entropy(w, y)", "the target 3 is no class number from 1 to 2 in L", None),
        ("loss: ¦nll(z, -1)", "the target -1 is no class number from 1 to 3 in L", None),
        ("target: {y: [0.5, 0.5, 0.5]}\nloss: ¦cross_entropy(z, y)", "the target sums to 3/2, not to 1 in L", None),
        ("target: {y: [3/2, -1/2, 0]}\nloss: ¦cross_entropy(z, y)", "the target has a negative probability in L", None),
        ("target: {y: [[1, 0], [1, 1]]}\nloss: ¦cross_entropy(w, y)", "the target sums to 2, not to 1 in L", None),
        ("loss: ¦cross_entropy(z, softmax(z))", "the target is not exact: write -sum(y*log_softmax(z))", None),
        ("loss: ¦binary_cross_entropy(o, 1)", "log of 0 in L", "L = -(log(0)+(1-1)*log(1-0))"),
        ("loss: ¦layer_norm(z, -1)[1]", "sqrt of a negative number in std", "std = sqrt(2/3+(-1))"),
    ],
)
def test_what_has_no_real_value_is_named_and_placed(marked: str, message: str, hint: str | None) -> None:
    problem = refusal(THREE + marked)
    assert problem.message.startswith(message)
    assert problem.hints == ((hint,) if hint else ())


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        ("¦softmax(z, 2)", "softmax: a vector has the axis 1 only"),
        ("¦softmax(w, 3)", "softmax: the axis, the second argument, is 1 or 2"),
        ("¦softmax(w, x)", "softmax: the axis, the second argument, is 1 or 2"),
        ("¦log_softmax(w, 1.5)", "log_softmax: the axis, the second argument, is 1 or 2"),
        ("¦softmax(x)", "softmax: the argument is a vector or a matrix"),
        ("¦layer_norm(x)", "layer_norm: the argument is a vector or a matrix"),
        ("¦cross_entropy(x, 1)", "cross_entropy: the first argument is a vector, one number a class, or a matrix"),
        ("¦cross_entropy(z, v)", "cross_entropy: the target is a class number, or a vector of 3 of probabilities"),
        ("¦cross_entropy(w, 1)", "cross_entropy: the target is a vector of class numbers, or a 2x2 matrix"),
        ("¦nll(z, z)", "nll: the target is a class number for a vector"),
        ("¦kl_divergence(z, v)", "shape mismatch: a vector of 2 and a vector of 3 do not go together"),
        ("¦sigmoid(z, 2)", "sigmoid takes 1 argument, not 2"),
        ("¦elu(z, 2, 3)", "elu takes 1 or 2 arguments, not 3"),
        ("¦exp()", "exp takes 1 argument, not 0"),
    ],
)
def test_wrong_arguments(marked: str, message: str) -> None:
    assert refusal(THREE + "loss: " + marked).message.startswith(message)


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
