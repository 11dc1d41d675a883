"""Each of these slips on its smallest network, to the letter."""

from __future__ import annotations

import pytest

from tests.marking.wrong_rules import check_slip


@pytest.mark.parametrize(
    ("slip", "row", "wrong", "value"),
    [
        ("minus of a difference lost", "dL/db", "dL/dd + dL/de", "12"),
        ("power rule with 2 for every n", "dL/dx", "dL/dp*2*x^2", "624"),
        ("exponent not lowered", "dL/dx", "dL/dp*3*x^3", "2808"),
        ("exp' = x·g", "dL/de", "dL/dq*exp(e)*e", "≈14.25933072"),
        ("quotient: u'/v'", "dL/dv", "dL/dp*u", "520/3"),
        ("the base differentiated for the exponent", "dL/dn", "dL/dq*n*a^(n-1)", "≈207.5693105"),
    ],
    ids=str,
)
def test_the_wrong_rule(slip: str, row: str, wrong: str, value: str) -> None:
    check_slip(slip, row, wrong, value)
