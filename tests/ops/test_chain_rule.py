from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bptrace
from bptrace import Network
from bptrace.numbers.enclosures import ONE
from bptrace.numbers.public import public
from bptrace.ops.chain_rule import contracts, contributions, partials, piecewise, slope_expression
from bptrace.ops.evaluate import kernel
from bptrace.ops.expr import Call, Expr, Name, Number, names
from tests import second_opinion
from tests.difference_quotients import slopes
from tests.strategies import examples, networks

EQUATIONS = [
    "a*b + a*c + b*c*a",
    "a*a*a - a",
    "(a - b)^2/(c^2 + 1)",
    "a/b/c + b/(a*c)",
    "(a*b - c)^-2",
    "-(a - -b)*2 + 3/4 - c",
    "relu(a*b) + relu(a)*a",
    "relu(relu(a) - relu(b)*c)",
    "leaky_relu(a, b)",
    "leaky_relu(a*c, b)*b",
    "leaky_relu(a, b*c + 1)",
    "leaky_relu(a - c, a)",
    "leaky_relu(a, a)",
    "leaky_relu(leaky_relu(a, b), b)",
    "hardtanh(a*b) + hardsigmoid(a*b) + c*hardtanh(a)",
    "abs(a - b)*c + abs(a)",
    "max(a, b)*min(b, c) + max(a, 0)",
    "max(a*b, min(a, c)) - a",
    "square(identity(a*b)) + a",
    "huber(a, b)",
    "huber(a*b, a)",
    "huber(a, b, 1/2)*c",
    "hinge(a, b)",
    "hinge(a*b, a)*a",
    "squared_error(a, b) + half_squared_error(b, c) + mean_squared_error(a, a*c) + absolute_error(a, c)",
]
POINTS = ["a: 2, b: -3, c: 1/2", "a: -1/3, b: 2/5, c: -7/4", "a: -5, b: -4, c: 3", "a: 1/7, b: 1/3, c: 1/5"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("equation", EQUATIONS)
def test_every_use_of_a_name_counts(equation: str, point: str) -> None:
    text = f"weights: {{{point}}}\nloss: {equation}"
    trace = bptrace.loads(text).trace()
    assert {name: trace[f"dL/d{name}"] for name in "abc"} == second_opinion.gradients(text)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("equation", EQUATIONS)
def test_partial_derivatives(equation: str, point: str) -> None:
    text = f"weights: {{{point}}}\nloss: {equation}"
    network = bptrace.loads(text)
    values = {given.key: given.value for given in network.givens}
    expected = second_opinion.gradients(text)
    found = partials(network.definitions[-1].expr)
    assert set(found) == set(names(network.definitions[-1].expr))
    for key, partial in found.items():
        value = kernel(partial)(values)
        assert public(value) == expected[key]


SHARED = [
    "h: relu(w@x); g: relu(w@h); L: sum(g) + sum(w*w)",
    "h: w@x; g: h + x; f: g + h + x; L: sum(f^2)",
    "h: w@w; g: h.T@w[1]; L: dot(g, x)*w[2,1]",
    "s: b*x[1]; t: b*s + x[2]; u: b*t + s; L: (u - b)^2",
    "h: x*b + b; g: leaky_relu(h, b); L: mean(g*h)",
    "h: leaky_relu(w, x); g: leaky_relu(b, x); L: sum(h@g)",
    "h: leaky_relu(b, 1/2); g: leaky_relu(b, 1/3); L: h*g*leaky_relu(b, x[2])",
    "h: leaky_relu(b, 1 + 1); g: leaky_relu(b, 2 + 1); L: h - g",
]


@pytest.mark.parametrize("equations", SHARED)
def test_shared_names_and_skip_connections(equations: str) -> None:
    givens = "weights: {w: [[2, -1], [1/2, 3]], x: [-1, 4/3], b: -2/3}"
    forward, _, loss = equations.replace("; ", "\n  ").rpartition("\n")
    text = f"{givens}\nforward:\n  {forward}\nloss:\n{loss}\n"
    trace = bptrace.loads(text).trace()
    expected = second_opinion.gradients(text)
    assert {name: trace[f"dL/d{name}"] for name in expected} == expected


@examples(60)
@given(networks())
def test_a_gradient_has_the_shape_of_its_quantity(text: str) -> None:
    for definition in bptrace.loads(text).program().definitions:
        out = Name(definition.key, definition.shape)
        flow = contributions(
            definition.expr, Number(ONE, definition.shape), out, names(definition.expr), slope_expression
        )
        for name, gradient in flow:
            assert gradient.shape == name.shape, f"{name.key} in {definition.key}"


@examples(120)
@given(networks(), st.randoms(use_true_random=False))
def test_gradients_are_limits_of_difference_quotients(text: str, random: Random) -> None:
    """Where nothing is noted there is no kink."""
    network = bptrace.loads(text)
    trace = network.trace()
    if any(row.notes for row in trace.rows()):
        return
    slope, quotient = slopes(trace, network, Network.trace, random)
    assert abs(quotient - slope) <= (abs(slope) + 1) / 10**9


@pytest.mark.parametrize(
    "text",
    [
        "weights: {x: [0, 0], w: 2}\nloss: w*norm(x) + norm(w*x)^2 + w*exp(-norm(x)^2)",
        "weights: {W: [[1, 2], [3, 4]], b: [0, 0]}\ninput: {x: [0, 0]}\nloss: norm(tanh(W@x + b))*3 - sum(W)",
        "weights: {x: [[0, 0, 0]], w: 2}\nloss: relu(norm(x) - 1)*w + w",
        "weights: {c: [1, 2, 3], x: 0}\ninput: {n: [0, 1, 2]}\nloss: (dot(c, x^n) + x)^2",
        "weights: {x: [[0, 2], [1, 0]], w: 3}\ninput: {n: [0, 3]}\nloss: w*sum(exp(x)*x^n)",
        "weights: {b: [2, 1/2], w: 3}\nloss: w*sum(3*0^b + b)",
        "weights: {x: [1, 1], y: 1, w: 2}\nloss: w*max(max(x[1], x[2]), 3) + sum(max(x, y)) - min(x[1], y)",
    ],
)
@examples(3)
@given(st.randoms(use_true_random=False))
def test_what_is_taken_at_limits_and_ties_is_what_lies_between(text: str, random: Random) -> None:
    """Both sides are alike there, so the quotient lies at the mean of what the slopes are beside it."""
    network = bptrace.loads(text)
    slope, quotient = slopes(network.trace(), network, Network.trace, random)
    assert abs(quotient - slope) <= (abs(slope) + 1) / 10**9


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("w + 2*b", False),
        ("w*w", False),
        ("w@x + b", True),
        ("mean(x)", True),
        ("max(x)", True),
        ("max(x, b)", False),
        ("outer(x, x)", False),
        ("flatten(w)", False),
        ("concat(x, b)", False),
        ("conv1d(x, x, 1, 1)", True),
        ("avg_pool(x, 2)", True),
        ("max_pool(x, 2)", True),
        ("relu(x)", False),
        ("leaky_relu(x, b)", False),
        ("1 + leaky_relu(w@x, b)", True),
        ("huber(b, 2)", False),
        ("huber(x, 2)", True),
        ("hinge(x, 2)", True),
    ],
)
def test_which_expressions_read_many_elements_for_one(equation: str, expected: bool) -> None:
    assert contracts(expression(equation)) == expected


@pytest.mark.parametrize(
    ("equation", "expected"),
    [("leaky_relu(x, b)", True), ("huber(x, 2)", True), ("relu(x)", False), ("hinge(x, 2)", False), ("x + b", False)],
)
def test_which_functions_are_put_together_from_cases(equation: str, expected: bool) -> None:
    made = expression(equation)
    assert isinstance(made, Call)
    assert piecewise(made) == expected


def expression(equation: str) -> Expr:
    text = f"weights: {{w: [[1, 2], [3, 4]], x: [1, 2], b: 1}}\nforward:\n  q: {equation}\nloss: sum(q)"
    return bptrace.loads(text).definitions[0].expr
