"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

import pytest

from tests.marking.wrong_rules import check_slip


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("output slope forgotten", "dL/du1", "dL/dyhat1", "≈0.5139876703"),
        ("hidden slope forgotten", "dL/dz1", "dL/dh1", "≈0.1725646598"),
        ("slope at h instead of z", "sigmoid'(u1)", "(1/(1+exp(-yhat1)))*(1-1/(1+exp(-yhat1)))", "≈0.2459171521"),
        ("slope at z where it needs h", "sigmoid'(u1)", "u1*(1-u1)", "≈-2.188757735"),
        ("f for f'", "sigmoid'(u1)", "yhat1", "≈0.2569938351"),
        ("the 1 of tanh' lost", "tanh'(z1)", "-h1^2", "≈-0.05998515119"),
        ("slope twice", "dL/dz1", "dL/dh1*tanh'(z1)*tanh'(z1)", "≈0.1524829507"),
        ("leak lost", "LeakyReLU'(z2)", "1 if z2>0, 0 if z2<=0", "0"),
        ("gate always open", "ReLU'(u2)", "1", "1"),
        ("gate on h ≥ 0", "ReLU'(u2)", "1 if yhat2>=0, 0 if yhat2<0", "1"),
        ("gate on the gradient's sign", "ReLU'(u1)", "1 if dL/dyhat1>0, 0 if dL/dyhat1<=0", "0"),
        ("ReLU' = z", "ReLU'(u1)", "u1 if u1>0, 0 if u1<=0", "117/20"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)
