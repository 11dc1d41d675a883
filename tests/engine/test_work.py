"""Values that there are not, or that grow too large: each is named with its place in the file."""

from __future__ import annotations

import pytest

from bptrace import SpecError, loads
from bptrace.ops.classes import CLASSES, PROBABILITIES
from bptrace.spec.overrides import assigned
from tests.refusals import refusal

TOWER = "weights: {a: 2}\nforward:\n  b: a^1000\n  c: b^1000\n  d: c^1000\nloss: "


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
        ("forward: {h: ¦sqrt(o)}\nloss: 2*h", "division by zero in dL/do", "dL/do = 2/(2*0)"),
        ("loss: ¦exp(exp(exp(n)))", "exp of a number beyond ±1e400 in L", "L = exp(exp(exp(100)))"),
        ("loss: 2 + ¦exp(exp(n))", "exp of a number beyond ±2,302,585 in L", "L = 2 + exp(exp(100))"),
        (
            "loss: ¦exp(n^3)*exp(n^3)*exp(n^3)",
            "more than a million digits in L",
            "L = exp(100^3)*exp(100^3)*exp(100^3)",
        ),
        ("forward: {p: exp(-n^4)}\nloss: 1¦/p", "more than a million digits in L", "L = 1/6.451709693e-43429449"),
        ("loss: ¦cosh(n^9)", "cosh of a number beyond ±2,302,585 in L", "L = cosh(100^9)"),
        ("loss: -¦sinh(n^9)", "sinh of a number beyond ±2,302,585 in L", "L = -sinh(100^9)"),
        ("loss: x¦/(exp(o) - 1)", "division by zero in L", "L = -8/(exp(0)-1)"),
        ("loss: ¦cross_entropy(z, 4)", "the target 4 is no class number from 1 to 3 in L", CLASSES),
        ("loss: ¦cross_entropy(z, 0)", "the target 0 is no class number from 1 to 3 in L", CLASSES),
        ("loss: ¦cross_entropy(z, 1.5)", "the target 3/2 is no class number from 1 to 3 in L", CLASSES),
        ("target: {y: 4}\nloss: ¦cross_entropy(z, y)", "the target 4 is no class number from 1 to 3 in L", CLASSES),
        (
            "target: {y: [1, 3]}\nloss: ¦cross_entropy(w, y)",
            "the target 3 is no class number from 1 to 2 in L",
            CLASSES,
        ),
        ("loss: 2 - o*¦nll(z, 4)", "the target 4 is no class number from 1 to 3 in L", CLASSES),
        ("loss: ¦nll(z, -1)", "the target -1 is no class number from 1 to 3 in L", CLASSES),
        (
            "target: {y: [0.5, 0.5, 0.5]}\nloss: ¦cross_entropy(z, y)",
            "the target sums to 3/2, not to 1 in L",
            PROBABILITIES,
        ),
        (
            "target: {y: [3/2, -1/2, 0]}\nloss: ¦cross_entropy(z, y)",
            "the target has a negative probability in L",
            PROBABILITIES,
        ),
        (
            "target: {y: [[1, 0], [1, 1]]}\nloss: ¦cross_entropy(w, y)",
            "the target sums to 2, not to 1 in L",
            PROBABILITIES,
        ),
        (
            "loss: ¦cross_entropy(z, softmax(z))",
            "the target is not exact in L",
            "write -sum(y*log_softmax(z)) for such a target",
        ),
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
        ("weights: {u: [0, -1e9]}\nloss: sum(1¦/gelu_tanh(u))", "division by zero in L"),
        (
            'weights: {u: [3000000, -1]}\nforward: {a: log(u+1-u), b: "logsigmoid(u)¦^(1/3)"}\nloss: sum(b)',
            "cannot tell which way (-log(1+exp(-u1)))^(1/3) goes, in b1",
        ),
    ],
)
def test_an_element_without_a_value_may_stand_beside_one_that_cannot_be_told(marked: str, message: str) -> None:
    """Nothing is printed without what cannot be told."""
    assert refusal(marked).message == message
    with pytest.raises(SpecError) as refused:
        loads(marked.replace("¦", "")).trace(partial=True)
    assert refused.value.message == message


def test_a_rule_with_a_number_that_may_be_anything_is_told_with_names() -> None:
    problem = refusal("weights: {v: -2, y: -1e-30}\nloss: cosh(selu(y¦^v))")
    assert problem.message.startswith("log of a negative number in dL/dv")
    assert problem.hints == ("dL/dv = dL/dz_L*z_L*log(y)",)


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
        ("¦kl_divergence(z, v)", "shape mismatch: a vector of 3 and a vector of 2 do not go together"),
        ("¦sigmoid(z, 2)", "sigmoid takes 1 argument, not 2"),
        ("¦elu(z, 2, 3)", "elu takes 1 or 2 arguments, not 3"),
        ("¦exp()", "exp takes 1 argument, not 0"),
    ],
)
def test_wrong_arguments(marked: str, message: str) -> None:
    assert refusal(THREE + "loss: " + marked).message.startswith(message)
