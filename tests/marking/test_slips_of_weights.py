"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.marking import slips_of_weights
from bptrace.marking.slips import wrong_rules
from bptrace.marking.working import Working
from tests.conftest import calls_of
from tests.marking.wrong_rules import check_slip


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("W for Wᵀ", "dL/dh1", "dL/du1*v11 + dL/du2*v12", "≈0.2437401982"),
        ("dW transposed", "dL/dv12", "dL/du2*h1", "≈0.01162147844"),
        ("weight on the path forgotten", "dL/dh1", "dL/du1 + dL/du2", "≈0.05069456071"),
        ("updated weights in the reverse pass", "dL/dh1", "dL/du1*v11_new + dL/du2*v21_new", "≈0.1728557202"),
        ("dW with z for h", "dL/dv11", "dL/du1*z1", "≈-0.02453622991"),
        ("dW with its own layer's output", "dL/dw12", "dL/dz1*h1", "≈-0.03972907489"),
        ("dW without its input", "dL/dw12", "dL/dz1", "≈0.1622133426"),
        ("bias gradient times an input", "dL/db1", "dL/dz1*x1", "≈0.2433200139"),
        ("bias gradient 0", "dL/db1", "0", "0"),
        ("the bias itself for its gradient", "dL/db1", "b1", "1"),
        ("bias not updated", "b1_new", "b1", "1"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)


def test_what_stands_beside_many_biases_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = calls_of(monkeypatch, slips_of_weights, "_inputs_beside")
    working = Working(loads(f"weights: {{b: {list(range(1, 41))}}}\nloss: sum(sum(b)^2)").trace())
    rules = [rule for line in working.lines.values() for rule in wrong_rules(line, working)]
    assert rules
    assert [upstream for _, upstream in asked] == [asked[0][1]]
