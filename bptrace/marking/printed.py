"""The functions that rules are written with: those that a file calls, and those over numbers that only rules name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from bptrace.numbers.arrays import size
from bptrace.ops.expr import Expr, shape_text
from bptrace.ops.notation import TEXT
from bptrace.ops.op import OPS, Key, KnownFunctions, Op, arities, function, function_names

ARGUMENT_LIMIT = 1_000


def printed_names() -> list[str]:
    """Every function that a file or a rule can be written with."""
    return sorted({*function_names(), *_over_numbers()})


def printed_arities(name: str) -> list[int]:
    """The numbers of arguments that it takes there; empty where there is no such function."""
    row = _over_numbers().get(name)
    return sorted({*arities(name), *(_counts(row) if row else ())})


def printed_function(name: str, count: int) -> Op | None:
    """The row that a call of it means: what it means in a file, or else the row over so many numbers; or None."""
    row = _over_numbers().get(name)
    return function(name, count) or (row if row and count in _counts(row) else None)


PRINTED_ROWS = KnownFunctions(printed_names, printed_arities, printed_function)


@cache
def _over_numbers() -> dict[str, Op]:
    """The rows that act on numbers, by how they are written; no operator, and no number with a name."""
    names = [row for row in OPS.values() if row.spelled.isidentifier() and row.name not in TEXT]
    rows = [row for row in names if row.scalar and not row.constant]
    return {row.spelled: _of_any_number(row) if _is_open(row) else row for row in rows}


def _of_any_number(row: Op) -> Op:
    """The row over numbers alone: in the table it reads whole arrays, or two arguments."""
    key = Key(f"{row.spelled} of numbers")
    key.row = Op(key, spelled=row.spelled, scalar=row.scalar, decides=row.decides, check=_array_among)
    return key.row


def _array_among(*args: Expr) -> str:
    wrong = next((shape_text(arg.shape) for arg in args if size(arg.shape) != 1), "")
    return f"takes numbers, not {wrong}" if wrong else ""


def _counts(row: Op) -> Sequence[int]:
    if isinstance(row.name, Key):
        return range(1, ARGUMENT_LIMIT + 1)
    return [_parameters(row)[0]]


def _is_open(row: Op) -> bool:
    return _parameters(row)[1]


@cache
def _parameters(row: Op) -> tuple[int, bool]:
    """How many numbers the row's own function takes, and whether it takes any more."""
    from inspect import Parameter, signature  # slow to load

    assert row.scalar
    kinds = [parameter.kind for parameter in signature(row.scalar).parameters.values()]
    return len(kinds), Parameter.VAR_POSITIONAL in kinds
