"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

import pytest

from tests.marking.wrong_rules import check_slip


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("error sign lost", "dL/dyhat1", "2*(y1-yhat1)", "≈-0.5139876703"),
        ("2 or ½ dropped or doubled", "dL/dyhat1", "yhat1-y1", "≈0.2569938351"),
        ("times the output", "dL/dyhat1", "2*(yhat1-y1)*yhat1", "≈0.1320916626"),
        ("the other target", "dL/dyhat1", "2*(yhat1-y2)", "≈-1.486012330"),
        ("absolute error", "dL/dyhat2", "2*abs(yhat2-y2)", "≈0.3379285648"),
        ("slope kept where the loss has absorbed it", "dL/dz1", "(p1-y1)*p1*(1-p1)", "≈0.0003341166161"),
        ("BCE's second term lost", "dL/dp", "-1*y/p", "≈-1.370422268"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)
