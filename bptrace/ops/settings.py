"""Arguments that are whole numbers, such as a stride or a length."""

from __future__ import annotations

from typing import cast

from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import whole
from bptrace.ops.expr import Operand, lift, number

SETTING_LIMIT = 1_000_000


def setting(operand: Operand) -> int:
    """The whole number that a literal is, once `unfit` has found nothing wrong with it."""
    return cast(int, whole(cast(Scalar, number(lift(operand)))))


def unfit(name: str, place: str, operand: Operand, least: int = 1) -> str:
    """What a setting has to be, where it is not a whole number within its limits; else nothing.

    >>> unfit("stride", "third", lift("1/2"))
    'stride, the third argument, is a whole number from 1 to 1,000,000'
    """
    value = number(lift(operand))
    count = None if value is None else whole(value)
    if count is not None and least <= count <= SETTING_LIMIT:
        return ""
    return f"{name}, the {place} argument, is a whole number from {least} to {SETTING_LIMIT:,}"
