"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from bptrace.marking import slips_of_layers
from bptrace.marking.slips import wrong_rules
from bptrace.marking.working import Working
from bptrace.numbers.arrays import Index, Shape, indices
from bptrace.spec.reader import loads
from tests.marking.wrong_rules import check_slip


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("broadcast not summed", "dL/db1", "dL/dZ21", "3/4"),
        ("summed where it is a mean", "dL/dw", "dL/dw(1) + dL/dw(2) + dL/dw(3)", "8"),
        ("mean twice", "dL/dw", "(1/3)*((dL/dw(1) + dL/dw(2) + dL/dw(3))/3)", "8/9"),
        ("softmax's diagonal only", "dL/dz1", "dL/dp1*p1*(1-p1)", "≈-0.08606823439"),
        ("mean and variance of a norm taken as constants", "dL/du1", "dL/dd1", "≈2.034756733"),
        ("ties of a max all given the whole gradient", "dL/dc1", "dL/dm*(1 if c1>=m, 0 if c1<m) + dL/ds", "-8"),
        ("pooling windows assigned instead of added", "dL/dh2", "dL/dm2*(1/2)", "47/8"),
        ("kernel not flipped in dx", "dL/dx2", "dL/dh1*k1 + dL/dh2*k2", "191/8"),
        ("dropout mask lost", "dL/dh1", "dL/dd1*2", "≈-80.10708561"),
        ("dropout scale lost", "dL/dh2", "dL/dd2*m2", "≈-78.53542807"),
        ("another gate's slope", "dL/dz_i2", "dL/di2*sigmoid'(z_f2)", "≈-0.0001198529349"),
        ("the carried dc or dh lost", "dL/dc1", "dL/dh_h1*tanh'(c1)", "≈0.002790909072"),
        ("dc replaced instead of added", "dL/dc1", "dL/dc2*f2", "≈0.1183086793"),
        ("reset gate skipped", "dL/dun", "dL/dz_n*h0", "≈-0.0005230147732"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)


def test_whether_a_given_is_a_mask_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = ", ".join("21" * 20)
    text = f"input: {{m: [{numbers}]}}\nweights: {{w: [{numbers}]}}\nforward: {{h: 2*w, d: m*h}}\nloss: sum(d^2)"
    working = Working(loads(text).trace())
    asked = Counter[Shape]()

    def counted(shape: Shape) -> Iterator[Index]:
        asked[shape] += 1
        return indices(shape)

    monkeypatch.setattr(slips_of_layers, "indices", counted)
    for line in working.lines.values():
        list(wrong_rules(line, working))
    assert asked[40,] == 1
