"""Effort: what proofs and higher precision may take, counted, so that every machine gives up at the same place.

A unit is about what a function of a number takes at a thousand bits, a hundredth of a millisecond.
"""

from __future__ import annotations

from math import isqrt

from bptrace.ops.expr import Call
from bptrace.ops.table import OPS

RISING = 300_000
PROOFS = 300_000
"""The most that higher precision takes in a working, and the most that proofs do."""
FUNCTION_BITS = 10_000
PRODUCT_BITS = 20_000


class SpentError(ArithmeticError):
    """All the effort that a working may take is spent."""


class Effort:
    """What may still be spent. `refused`: whether more was asked for."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.refused = False

    def allows(self, units: int) -> bool:
        """Whether so many units are left."""
        return units < self.left

    def take(self, units: int) -> None:
        """Have so many units less, or none."""
        self.left = max(self.left - units, 0)

    def spend(self, units: int) -> None:
        """Take so many units. Raises SpentError where no more are left."""
        if not self.allows(units):
            self.left, self.refused = 0, True
            raise SpentError
        self.left -= units


def effort_of(call: Call, bits: int) -> int:
    """What an operation on single numbers takes at a precision.

    >>> from bptrace.ops.expr import Name
    >>> w = Name("w", ())
    >>> effort_of(Call("exp", (w,)), 1_000), effort_of(Call("exp", (w,)), 100_000), effort_of(w * w * w, 100_000)
    (4, 3161, 18)
    """
    if OPS[call.op].real(call):
        return 1 + bits * isqrt(bits) // FUNCTION_BITS
    return len(call.args) * (1 + bits // PRODUCT_BITS)
