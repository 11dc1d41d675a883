"""Arguments that are whole numbers."""

from __future__ import annotations

import pytest

from bptrace.ops.expr import Name, Operand
from bptrace.ops.settings import setting, unfit

WANTED = "size, the second argument, is a whole number from 1 to 1,000,000"


@pytest.mark.parametrize(("operand", "count"), [("1", 1), ("1e6", 1_000_000), (7, 7)])
def test_a_whole_number_within_its_limits_is_a_setting(operand: Operand, count: int) -> None:
    assert unfit("size", "second", operand) == ""
    assert setting(operand) == count


@pytest.mark.parametrize("operand", ["0", "-1", "3/2", "1000001", Name("n", ())])
def test_anything_else_is_told_what_it_has_to_be(operand: Operand) -> None:
    assert unfit("size", "second", operand) == WANTED


def test_a_padding_may_be_0() -> None:
    assert unfit("padding", "fourth", 0, least=0) == ""
