"""What the definitions of functions are put together from: sums, means, cases."""

from __future__ import annotations

from bptrace.ops.expr import Branch, Expr, Operand, gather_to, lift
from bptrace.ops.op import call


def above(low: Operand, value: Operand, *, strict: bool = True) -> Branch:
    """The case `subject > low`, or `>=`."""
    return Branch((lift(low), "<" if strict else "<="), None, lift(value))


def below(high: Operand, value: Operand, *, strict: bool = False) -> Branch:
    """The case `subject <= high`, or `<`."""
    return Branch(None, ("<" if strict else "<=", lift(high)), lift(value))


def between(low: Operand, high: Operand, value: Operand, *, strict: bool = True) -> Branch:
    """The case `low < subject < high`, or with `<=` on both sides."""
    relation = "<" if strict else "<="
    return Branch((lift(low), relation), (relation, lift(high)), lift(value))


def total(expr: Expr) -> Expr:
    """The sum of all elements; a scalar stands for itself."""
    return call("sum", expr) if expr.shape else expr


def average(expr: Expr) -> Expr:
    """The mean of all elements; a scalar stands for itself."""
    return call("mean", expr) if expr.shape else expr


def along(expr: Expr, axis: int) -> Expr:
    """The sum along an axis, counted from 0, which keeps the length 1; a vector's is a scalar."""
    if len(expr.shape) < 2:
        return total(expr)
    rows, columns = expr.shape
    return gather_to(expr, (1, columns) if axis == 0 else (rows, 1))
