"""A rule beside a value is the row's own, in whatever form, or it is told which mistake is in it."""

from __future__ import annotations

import pytest

from bptrace.engine.sentence_parts import plain
from bptrace.marking.verdicts import RIGHT, WRONG
from tests.marking.by_hand import ONE, SOFT, marked, working

NOTATION = working(ONE).trace.notation


@pytest.mark.parametrize(
    ("net", "row"),
    [
        (ONE, "dL/dyhat = 2*(yhat-y) = 2*(-3.5+4) = 1"),
        (ONE, "dL/dyhat = (yhat-y)+(yhat-y) = 1"),
        (ONE, "dL/dv2 = h2*dL/dyhat = 3.5*1 = 3.5"),
        (ONE, "dL/dv2 = 2*(yhat-y)*h2 = 3.5"),
        (ONE, "dL/dw22 = 2*(yhat-y)*v2*x2 = -2"),
        (ONE, "z1 = 1*1 + -1*2 = -1"),
        (ONE, "w22_new = w22 - 0.1*dL/dw22 = 1 - 0.1*(-2) = 1.2"),
        (ONE, "dL/dv2 = dL/dyhat * dyhat/dv2 = 3.5"),
        (ONE, "∂L/∂v2 = ∂L/∂ŷ·∂ŷ/∂v2 = 3.5"),
        (SOFT, "dL/du1 = -0.7249*0.9243 = -0.6700"),
        (SOFT, "h1 = 1/(1+exp(-z1)) = 0.6457"),
    ],
)
def test_a_rule_in_another_form_is_right(net: str, row: str) -> None:
    (found,) = marked(net, row).rows
    assert (found.verdict, found.remarks) == (RIGHT, ())


@pytest.mark.parametrize(
    ("net", "row", "slip"),
    [
        (ONE, "dL/dyhat = 2*(y-yhat) = 1", "error sign lost"),
        (ONE, "dL/dh1 = -v1*dL/dyhat = 2", "sign of this row lost"),
        ("linear_2_2_2_1", "dL/dx2 = 10*w121 + 10*w122 = 10", "one path's upstream used for all"),
        (ONE, "dL/dv2 = dL/dyhat*z2 = 3.5", "dW with z for h"),
    ],
)
def test_a_wrong_rule_beside_a_right_value_is_said(net: str, row: str, slip: str) -> None:
    (found,) = marked(net, row).rows
    assert found.verdict == RIGHT
    assert slip in {naming.slip for naming in found.of_rule}
    assert slip in plain(found.remarks[0])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("w22_new = 1 - 0.15*(-2) = 1.2", "The value is right, the rule beside it is not: it gives 1.3."),
        ("dL/dv2 = 17*dL/dyhat = 3.5", "The value is right, the rule beside it is not: it gives 17."),
    ],
)
def test_a_rule_with_other_numbers_than_its_row_has(row: str, said: str) -> None:
    (found,) = marked(ONE, row).rows
    assert (found.verdict, [plain(part, NOTATION) for part in found.remarks]) == (RIGHT, [said])


def test_a_right_rule_with_wrong_arithmetic() -> None:
    (found,) = marked(ONE, "dL/dv2 = dL/dyhat*h2 = 1*3.5 = 4.5").rows
    assert (found.verdict, plain(found.remarks[0], NOTATION)) == (WRONG, "The rule is right, and gives 3.5.")


def test_a_rule_picks_the_slip_out_of_several() -> None:
    (found,) = marked(ONE, "dL/dz1 = dL/dh1 = 2").rows
    assert found.slips[0].slip == "hidden slope forgotten"
