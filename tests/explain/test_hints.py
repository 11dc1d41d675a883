"""Hints: each kind of rule has one that says how to go about it, and none that tells the value."""

from __future__ import annotations

import pytest

from bptrace import Trace, load
from bptrace.engine.sentence_parts import Calculation, Figure, Valued, plain
from bptrace.errors import Source
from bptrace.explain.kinds import KINDS
from bptrace.explain.sentences import row_hint
from bptrace.stepping.cursor import place_of
from tests.conftest import NETWORKS, ROOT

HINTS = [
    ("relu_2_2_1", "z1", "add up x1 and x2, each times its weight, and the bias b1"),
    ("generic_skip", "z0", "x times its weight"),
    ("relu_2_2_1", "h1", "relu(z): max(0, z)"),
    ("softmax_classifier", "p1", "softmax(z, axis): exp(z) over its sum"),
    ("sigmoid_2_2_2", "E_total", "half_squared_error(yhat, y): half the sum of (yhat - y)^2"),
    ("relu_2_2_1", "L", "from the inside out: first yhat-y"),
    ("expression_graph", "g", "a sum of 2 terms: each by itself first"),
    ("expression_graph", "e", ""),
    ("generic_skip", "yhat", "there is nothing to work out: it is another quantity, unchanged"),
    ("softmax_long_way", "dL/dp1", "move p1 a little: does L change at all?"),
    ("expression_graph", "dg_total/dg", "by how much does g_total change when g grows by 1?"),
    ("relu_2_2_1", "dL/dyhat",
     "here the chain begins: the derivative of L with respect to yhat, all else fixed"),
    ("relu_2_2_1", "ReLU'(z1)", "the slope of ReLU: on which side of its kink is z1?"),
    ("sigmoid_2_2_2", "sigmoid'(net_o1)", "the derivative of sigmoid, at net_o1"),
    ("relu_2_2_1", "dL/dz1", "the chain rule: the gradient at h1, times the slope of the activation between"),
    ("relu_2_2_1", "dL/dw12", "the chain rule: the gradient at z1, times how z1 changes with w12"),
    ("relu_2_2_1", "dL/dw21", "the chain rule: the gradient at z2, times how z2 changes with w21"),
    ("relu_2_2_1", "dL/db1", "b1 enters z1 with a factor of 1: what becomes of the gradient there?"),
    ("attention", "dL/dP11",
     "P11 acts through A11 and A12: the gradient at each, times how it changes with P11; add up"),
    ("xor_batch", "dL/dw11", "the mean of what the 4 samples come to"),
    ("tie_at_zero", "w21_new", "the old value, less the step that the update rule makes of its gradient"),
    ("momentum", "v_w1_new", "a sum of 2 terms: each by itself first"),
]  # fmt: skip


def network(name: str) -> Trace:
    return load(ROOT / "networks" / f"{name}.yaml").trace()


@pytest.mark.parametrize(("name", "quantity", "hint"), HINTS, ids=[f"{row[0]} {row[1]}" for row in HINTS])
def test_a_hint_says_how_to_go_about_a_row(name: str, quantity: str, hint: str) -> None:
    trace = network(name)
    assert plain(row_hint(trace, place_of(trace, Source("test", quantity))), trace.notation) == hint


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_no_hint_tells_a_value_or_is_the_name_of_the_kind_alone(path: str) -> None:
    trace = load(path).trace()
    names = {kind.name for kind in KINDS}
    for place in range(trace.count):
        hint = row_hint(trace, place)
        assert not any(isinstance(part, Calculation | Figure | Valued) for part in hint)
        assert plain(hint, trace.notation) not in names
