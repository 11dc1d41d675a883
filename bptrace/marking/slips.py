"""THE table of slips: what people get wrong in a line of backpropagation, each as the wrong rule that they follow.

A slip gives, for a line of the working, the rule with the mistake in it: a tree over the same names, made from the
parts of the right one. So it is evaluated, printed and followed through like any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from bptrace.marking.working import Line, Working
from bptrace.ops.expr import Expr

Wrong: TypeAlias = Callable[[Line, Working], Iterable[Expr]]
"""(line, working) gives the rules with the mistake; none where it does not apply."""


class Slip(NamedTuple):
    """One row of the table: its name, what is done wrong in one sentence, where it can be made, and the wrong rule.

    `last_resort`: it is named only where no other slip gives the value: a sign, a copy, a neighbour.
    """

    name: str
    sentence: str
    where: str
    wrong: Wrong
    last_resort: bool = False


def _sign(line: Line, working: Working) -> Iterator[Expr]:
    yield -line.rule


SLIPS: tuple[Slip, ...] = (
    Slip("sign of this row lost", "The value has the wrong sign.", "every row", _sign, last_resort=True),
)
BY_NAME = {slip.name: slip for slip in SLIPS}


def wrong_rules(line: Line, working: Working) -> Iterator[tuple[Slip, Expr]]:
    """Every slip that can be made in a line, with the wrong rule."""
    for slip in SLIPS:
        for rule in slip.wrong(line, working):
            yield slip, rule
