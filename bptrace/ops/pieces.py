"""Functions as what they are on each piece of the line: `relu(z)` is 0 where z<0, else z."""

from __future__ import annotations

from dataclasses import replace

from bptrace.ops.expr import Call, Expr
from bptrace.ops.op import OPS, Key


def by_cases(expr: Expr) -> Expr:
    """A function that has pieces as what it is by them; anything else as it is.

    >>> from bptrace.ops.expr import Name
    >>> from bptrace.ops.table import call, expansion
    >>> [OPS[by_cases(call(op, Name("z", ()))).op].name for op in ("relu", "sigmoid")]
    ['relu', 'sigmoid']
    >>> expansion(by_cases(call("relu", Name("z", ())))).branches[1].value.key
    'z'
    """
    row = OPS[expr.op] if isinstance(expr, Call) else None
    if not isinstance(expr, Call) or row is None or not row.pieces:
        return expr
    key = Key(f"{row.name} by cases")
    key.row = replace(row, definition=row.pieces)
    return Call(key, expr.args, expr.shape, expr.extra, expr.mark)
