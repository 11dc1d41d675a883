"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

import pytest

from tests.marking.wrong_rules import check_slip


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("sign of this row lost", "dL/dw11", "-dL/dz1*x1", "≈-0.2433200139"),
        ("the wrong weight or unit (neighbour's)", "dL/dw12", "dL/dz2*x2", "≈-0.08691844638"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)
