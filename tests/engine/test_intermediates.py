"""Parts of an equation whose values a gradient needs have names."""

from __future__ import annotations

import pytest

from bptrace import loads

DENSE = """
input: {x: [1, 2]}
weights: {w: [[1, 2], [3, -4]], b: [0, 1], v: [1, -1], c: 3}
target: {y: 1}
"""
COMPOUND = DENSE + "forward: {h: relu(w@x + b), yhat: v@h + c}\nloss: (yhat - y)^2"
ONE_LINE = DENSE + "loss: (v@relu(w@x + b) + c - y)^2"


@pytest.mark.parametrize(
    ("text", "quantity", "formula"),
    [
        (COMPOUND, "z_h2", "w21*x1 + w22*x2 + b2"),
        (COMPOUND, "h2", "max(0,z_h2)"),
        (COMPOUND, "dL/dz_h2", "dL/dh2*ReLU'(z_h2)"),
        (ONE_LINE, "h_L1", "max(0,z_L1)"),
        (ONE_LINE, "L", "z_L_2^2"),
        (ONE_LINE, "dL/dv1", "dL/dz_L_2*h_L1"),
        ("weights: {w: 2}\nforward: {z_h: w, h: relu(w*3)}\nloss: h + z_h", "h", "max(0,z_h_2)"),
        ("weights: {w: 2, z_h: 1}\nforward: {h: relu(w*z_h)}\nloss: h", "h", "max(0,z_h_2)"),
        ("weights: {w: 2}\nforward: {h: relu(w*3), z_h: w}\nloss: h + z_h", "h", "max(0,z_h_2)"),
        ("weights: {w: 2}\nforward: {h: relu(w)}\nloss: h", "h", "max(0,w)"),
        ("weights: {w: 2}\nforward: {h: w*3}\nloss: h^2", "h", "w*3"),
    ],
)
def test_a_part_gets_a_name_where_a_gradient_needs_its_value(text: str, quantity: str, formula: str) -> None:
    assert {row.quantity: row.formula for row in loads(text).trace().rows()}[quantity] == formula


def long_rules(loss: str, shape: str) -> dict[str, str]:
    """The formulas of a network whose one weight has more elements along a line than share a sum in every rule."""
    line = f"[{', '.join('120' * 167)}]"
    text = f"weights: {{w: {f'[{line}, {line}]' if shape == 'matrix' else line}}}\nloss: {loss}\n"
    return {row.quantity: row.formula for row in loads(text).trace().rows()}


@pytest.mark.parametrize(
    ("loss", "shape", "quantity", "formula"),
    [
        ("sum(softmax(w)^2)", "vector", "exp_L[7]", "exp(w[7])"),
        ("sum(softmax(w)^2)", "vector", "dL/dw[7]", "dL/dexp_L[7]*exp_L[7]"),
        ("sum(softmax(w)^2)", "matrix", "dL/dw[2,7]", "dL/dexp_L[2,7]*exp_L[2,7]"),
        ("sum(log_softmax(w)^2)", "vector", "dL/dw[7]", "dL/dsum_L*exp(w[7]) + 2*(w[7]-log(sum_L))"),
        ("cross_entropy(w, 7)", "vector", "p[7]", "exp_L[7]/sum_L"),
        ("cross_entropy(w, 7)", "vector", "dL/dw[7]", "p[7]-1"),
    ],
)
def test_what_a_long_softmax_shares_has_one_row(loss: str, shape: str, quantity: str, formula: str) -> None:
    formulas = long_rules(loss, shape)
    assert formulas[quantity] == formula
    assert sum(len(text) > 1000 for text in formulas.values()) <= 5


def test_a_constant_array_among_cases_has_a_name() -> None:
    rows = {row.quantity: row for row in loads("weights: {w: 1}\nloss: huber(w, concat(1, 2))").trace().rows()}
    assert rows["dL/dw"] == -1
    assert rows["z_L2"] == 2


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        ("nll(v, y+1)", "-2"),
        ("nll(v, 3-1)", "-2"),
        ("cross_entropy(0*v, 1+1) - log(3)", "0"),
        ("kl_divergence(p/1, p/1)", "0"),
    ],
)
def test_what_says_which_elements_are_read_has_a_name(loss: str, value: str) -> None:
    trace = loads(f"input: {{y: 1, p: [1/2, 1/2, 0]}}\nweights: {{v: [1, 2, 3]}}\nloss: {loss}").trace()
    assert {row.quantity: row.value_text for row in trace.rows()}["L"] == value
