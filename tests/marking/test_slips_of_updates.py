"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

import pytest

from tests.marking.wrong_rules import check_slip


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("step up instead of down", "w11_new", "w11 + lr*dL/dw11", "≈0.5243320014"),
        ("the weight in the gradient's place", "w11_new", "w11 - lr*w11", "9/20"),
        ("rate twice", "w11_new", "w11 - lr*lr*dL/dw11", "≈0.4975667999"),
        ("rate not at all", "w11_new", "w11 - 1*dL/dw11", "≈0.2566799861"),
        ("L2 without its 2", "dL/dw1", "dL/dyhat*x1 + (1/10)*w1", "-14/5"),
        ("L2 with the other sign", "dL/dw1", "dL/dyhat*x1 + (-1/5)*w1", "-17/5"),
        ("L2 on the bias too", "dL/db", "dL/dyhat + (1/5)*b", "-29/10"),
        ("momentum: rate twice", "w1_new", "w1 - lr*(momentum*v_w1+lr*dL/dw1)", "1321/500"),
        ("momentum: dampened first step", "w1_new", "w1 - lr*(momentum*v_w1+(1-momentum)*dL/dw1)", "127/50"),
        ("momentum: velocity lost", "w1_new", "w1 - lr*dL/dw1", "14/25"),
        ("Adam: β without its power", "mhat_w1", "m_w1_new/(1-beta1)", "-19857/5642"),
        ("Adam: eps in the root", "w1_new", "w1 - lr*mhat_w1/sqrt(vhat_w1+eps)", "≈2.190346111"),
        ("Adam: no bias correction", "mhat_w1", "m_w1_new", "-19857/11284"),
        ("Adam: βs swapped", "m_w1_new", "beta2*m_w1 + (1-beta2)*dL/dw1", "-36783/22568"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)
