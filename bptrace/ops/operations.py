"""How many elementary operations an expression takes, from shapes alone: work is counted before it begins."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from bptrace.numbers.arrays import size
from bptrace.ops.expr import Call, Expr, Name, Number, children
from bptrace.ops.table import OPS, expansion


class Operations(NamedTuple):
    """Operations on two numbers: of the rule of one element, and of all the arrays on the way to the whole value."""

    rule: int
    arrays: int


NONE = Operations(0, 0)
Counted: TypeAlias = dict[int, tuple[Expr, Operations]]


def operations(expr: Expr, counted: Counted | None = None) -> Operations:
    """The operations of an expression. `counted`: those of nodes that it has already met, by identity.

    A rule is written out to its last leaf, so a part that is summed over counts once for each term.

    >>> w, x = Name("w", (2, 3)), Name("x", (3,))
    >>> from bptrace.ops.table import call
    >>> operations(call("@", w, x) + 1)
    Operations(rule=6, arrays=12)
    """
    counted = {} if counted is None else counted
    if isinstance(expr, Name | Number):
        return NONE
    if id(expr) not in counted:
        counted[id(expr)] = expr, _operations(expr, counted)  # kept, or its identity could be another's
    return counted[id(expr)][1]


def _operations(expr: Expr, counted: Counted) -> Operations:
    meaning = expansion(expr) if isinstance(expr, Call) else None
    if meaning is not None:
        return operations(meaning, counted)
    parts = [operations(part, counted) for part in children(expr)]
    rules = [part.rule for part in parts]
    own, alone = (
        (OPS[expr.op].operations(expr, given) for given in (rules, [0] * len(rules)))
        if isinstance(expr, Call)
        else (len(rules) + sum(rules), len(rules))
    )
    return Operations(own, sum(part.arrays for part in parts) + alone * size(expr.shape))
