"""Decimal commas: which commas are points."""

from __future__ import annotations

import pytest

from bptrace.marking.decimal_comma import with_points

COMMAS = [
    ("0,25", "0.25"),
    ("-1,5e-3 + (0,5)*2", "-1.5e-3 + (0.5)*2"),
    ("max(1,5)*0,5", "max(1,5)*0.5"),
    ("max((0,5), 3)", "max((0.5), 3)"),
    ("w[1,2]", "w[1,2]"),
    ("relu (1,5)", "relu (1,5)"),
    ("ReLU'(1,5)", "ReLU'(1,5)"),
    ("[1,5]", "[1,5]"),
    ("1,234,567", "1,234,567"),
    ("1.5,2", "1.5,2"),
    ("x1,2", "x1,2"),
    ("0,5" * 1_000, "0,5" * 1_000),
]


@pytest.mark.parametrize(("text", "read"), COMMAS, ids=[text[:20] for text, _ in COMMAS])
def test_a_comma_in_a_number_is_a_point_but_not_one_in_a_list(text: str, read: str) -> None:
    assert with_points(text) == read
