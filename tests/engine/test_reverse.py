"""The reverse chain: which gradients there are, in which order, and what each is."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.engine import reverse
from tests import second_opinion
from tests.conftest import calls_of
from tests.engine.test_program import (
    BROADCAST,
    CELLS,
    COLUMNS,
    COMPOUND,
    DENSE,
    ONE_LINE,
    SCALARS,
    UNUSED,
    quantities,
    traced,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            COMPOUND,
            "dL/dyhat dL/dv1 dL/dv2 dL/dc | dL/dh1 dL/dh2 | ReLU'(z_h1) ReLU'(z_h2) dL/dz_h1 dL/dz_h2"
            " dL/dw11 dL/dw12 dL/db1 dL/dw21 dL/dw22 dL/db2",
        ),
        (
            COLUMNS,
            "ReLU'(z_L11) ReLU'(z_L12) ReLU'(z_L13) ReLU'(z_L21) ReLU'(z_L22) ReLU'(z_L23)"
            " dL/dz_L11 dL/dz_L12 dL/dz_L13 dL/dz_L21 dL/dz_L22 dL/dz_L23"
            " dL/dw11 dL/dw21 dL/db1 dL/dw12 dL/dw22 dL/db2 dL/dw13 dL/dw23 dL/db3",
        ),
        (CELLS, "dL/dd dL/dfar | dL/dc dL/dw | dL/da dL/du"),
        (UNUSED, "dL/da dL/du1 dL/du2 dL/dw"),
        (SCALARS, "dL/df dL/dg | ReLU'(p) ReLU'(q) dL/dp dL/dq dL/da dL/db dL/dc"),
        ("weights: {w: 2}\nloss: w", "dL/dw"),
        (BROADCAST, "dL/dz1 dL/dz2 dL/dw11 dL/dw12 dL/dc1 dL/dw21 dL/dw22 dL/dc2 dL/db"),
    ],
)
def test_reverse_goes_back_rank_by_rank_and_unit_by_unit(text: str, expected: str) -> None:
    assert quantities(text, "reverse") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DENSE + "loss: (v@(w@x) - y)^2", "dL/dx1 dL/dx2"),
        (DENSE + "loss: (v@(w@x) - y)^2\ngradients: [target, inputs]", "dL/dx1 dL/dx2 dL/dy"),
        (UNUSED, "dL/dx1 dL/dx2"),
    ],
)
def test_gradients_of_what_is_no_weight_come_last(text: str, expected: str) -> None:
    assert quantities(text, "reverse", inputs=True).split(" | ")[-1] == expected


# sums over paths


@pytest.mark.parametrize(
    ("text", "quantity", "formula", "rule"),
    [
        (CELLS, "dL/dc", "dL/dd*w + dL/dfar*u", "3*(1/2) + 1*3"),
        (CELLS, "dL/dw", "dL/dc*a + dL/dd*c", "(9/2)*6 + 3*3"),
        (CELLS, "dL/du", "dL/da*x + dL/dfar*c", "(9/4)*2 + 1*3"),
        ("weights: {w: 3}\nloss: w + w", "dL/dw", "1 + 1", "1 + 1"),
        ("weights: {w: 3}\nloss: w*w*w", "dL/dw", "w*w + w*w + w*w", "3*3 + 3*3 + 3*3"),
        ("weights: {w: [1, 2]}\nloss: w@w", "dL/dw2", "w2 + w2", "2 + 2"),
        ("weights: {w: 3}\ninput: {x: [4, 5]}\nloss: sum(w*x)", "dL/dw", "x1 + x2", "4 + 5"),
        (UNUSED, "dL/dw", "dL/da*x1", "6*3"),
        (UNUSED, "dL/du2", "0", "0"),
        ("weights: {w: [[1, 2], [3, 4]]}\nloss: w[2,1]^2", "dL/dw12", "0", "0"),
        ("weights: {w: [[1, 2], [3, 4]]}\nloss: w[2,1]^2", "dL/dw21", "2*w21", "2*3"),
        ("weights: {w: [[1, 2], [3, 4]]}\nforward: {r: 'w[2]'}\nloss: r@r", "dL/dw21", "dL/dr1", "dL/dr1"),
    ],
)
def test_each_quantity_has_one_gradient_with_a_term_a_path(text: str, quantity: str, formula: str, rule: str) -> None:
    rows = [row for row in traced(text).rows() if row.quantity == quantity]
    assert [(row.formula, row.rule) for row in rows] == [(formula, rule)]


def test_what_does_not_lead_to_the_loss_has_no_gradient_of_its_own() -> None:
    assert "dL/ddead" not in traced(UNUSED)
    assert traced(UNUSED)["dead"] == 6


# everything against sympy


@pytest.mark.parametrize(
    "text",
    [
        COMPOUND,
        ONE_LINE,
        COLUMNS,
        CELLS,
        UNUSED,
        "weights: {w: [[1, -2], [3, 4], [5, 6]], v: [[1, 2]]}\nforward: {m: w@v.T - 1}\nloss: mean(m^3)",
        "weights: {w: [[1, -2], [3, 4]], b: [1, 2], c: [[3], [-4]]}\nloss: sum((w*b + c)^2 / 2)",
        "weights: {w: [1, -2], v: [3, 5]}\nforward: {p: w/v, q: (w - v)^-2}\nloss: dot(p, q) + sum(p)/sum(q)",
        "weights: {w: [1, -2], a: 1/4}\nforward: {h: 'leaky_relu(w, a)', g: 'leaky_relu(w, 1/10)'}\nloss: h@g",
        "weights: {w: [1, 3, 0], v: [1, 2, 0]}\nloss: sum(max(w, v)*2 + min(w, v)*5 + abs(w - v)*7)",
        "weights: {w: [-3, 2, 3, 1/2]}\nforward: {h: hardsigmoid(w), g: hardtanh(w - 1)}\nloss: h@g",
        "weights: {w: [1, -2, 3]}\ntarget: {y: [0, 0, 1/2]}\nloss: huber(w, y) + huber(w, y, 2)*absolute_error(w, y)",
        "weights: {w: [2, -1/2, 1]}\ntarget: {y: [1, -1, 1]}\nloss: hinge(w, y)^2 + half_squared_error(w, y)",
        "weights: {w: [[1, 2], [3, 4]]}\ninput: {x: [5, -6]}\nloss: (x@w@w.T@x) + x@w[2] + square(w[1,2])",
        "weights: {w: 3}\nloss: relu(relu(w - 5) + w) * -w^2 / (2 - w)",
        "weights: {w: [2, -3]}\nforward: {s: relu(w) + w}\nloss: squared_error(s, w) + mean_squared_error(s, 1)",
    ],
)
def test_every_gradient_is_sympys(text: str) -> None:
    trace = traced(text, inputs=True)
    found = second_opinion.gradients(text)
    assert {name: trace[f"dL/d{name}"] for name in found} == found


WEIGHTS_LAST = """
order: weights-last
input: {x: [1, 2]}
weights: {w: [[0, 1], [1, -1]], b: [0, 0], v: [1, 1], c: 0, unused: 5}
target: {y: 3}
forward: {z: w@x + b, h: relu(z), yhat: v@h + c}
loss: (yhat - y)^2
update: {lr: 1/10}
"""


def test_the_weights_can_come_last_equation_by_equation() -> None:
    trace = loads(WEIGHTS_LAST).trace(inputs=True)
    names = [row.quantity for step in trace.steps if step.phase == "reverse" for row in step]
    assert names == [
        *("dL/dyhat", "dL/dh1", "dL/dh2", "ReLU'(z1)", "ReLU'(z2)", "dL/dz1", "dL/dz2"),
        *("dL/dx1", "dL/dx2"),
        *("dL/dw11", "dL/dw12", "dL/db1", "dL/dw21", "dL/dw22", "dL/db2", "dL/dv1", "dL/dv2", "dL/dc", "dL/dunused"),
    ]
    moved = [row.quantity for step in trace.steps if step.phase == "update" for row in step]
    assert moved[:3] == ["w11_new", "w12_new", "b1_new"]
    assert moved[-1] == "unused_new"


def test_the_order_changes_no_value() -> None:
    last, by_rank = loads(WEIGHTS_LAST), loads(WEIGHTS_LAST.replace("weights-last", "by-rank"))
    one, other = last.trace(), by_rank.trace()
    assert {row.quantity: row.value for row in one.rows()} == {row.quantity: row.value for row in other.rows()}
    assert by_rank.trace() == loads(WEIGHTS_LAST.replace("order: weights-last\n", "")).trace()
    assert one != other


def test_a_slope_is_derived_once_for_all_of_a_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
        weights: {w: [1, -2], v: 3}
        forward: {a: gelu_tanh(w), b: gelu_tanh(a), c: gelu_tanh(v), d: gelu_tanh(c)}
        loss: sum(b)*d
    """
    derived = calls_of(monkeypatch, reverse, "slope_expression")
    rows = {row.quantity: row.formula for row in loads(text).derived().rows()}
    assert [call.shape for call, _ in derived] == [(), (2,)]
    assert rows["GELUtanh'(v)"].replace("v", "c") == rows["GELUtanh'(c)"]
    assert rows["GELUtanh'(w1)"].replace("w1", "a1") == rows["GELUtanh'(a1)"]
