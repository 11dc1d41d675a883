"""Marks: what a register earns, with the working counted that is right after an earlier mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bptrace.marking.verdicts import FOLLOWS, RIGHT, ROUNDED, Marked, MarkedRow
from bptrace.numbers.exact import Rational

EARNING = (RIGHT, ROUNDED, FOLLOWS)
"""The verdicts that earn a row its marks."""
NONE, ONE = Rational(0), Rational(1)
Scheme: TypeAlias = Mapping[str, Rational]
"""How many marks each quantity has, by its name in the register."""


class Marks(NamedTuple):
    """Marks that are earned, of those that can be."""

    got: Rational
    of: Rational


def marks_by_row(marked: Marked, scheme: Scheme | None = None) -> list[Marks | None]:
    """The marks of each row: one where it earns it, or by a scheme as many as its quantity has.

    None for a row that the scheme has no marks for. Of a quantity that is written twice the last row counts.
    """
    if scheme is None:
        return [_marks(row, ONE) for row in marked.rows]
    last = {row.name: place for place, row in enumerate(marked.rows)}
    counts = [row.name in scheme and last[row.name] == place for place, row in enumerate(marked.rows)]
    return [_marks(row, scheme[row.name]) if own else None for row, own in zip(marked.rows, counts, strict=True)]


def _marks(row: MarkedRow, most: Rational) -> Marks:
    return Marks(most if row.verdict in EARNING else NONE, most)


def total_marks(rows: Sequence[Marks | None], scheme: Scheme | None = None) -> Marks:
    """The marks of all rows together; by a scheme, of all that it has, whether there is a row for it or not."""
    known = [marks for marks in rows if marks]
    of = scheme.values() if scheme is not None else (marks.of for marks in known)
    return Marks(_sum(marks.got for marks in known), _sum(of))


def _sum(numbers: Iterable[Rational]) -> Rational:
    return sum(numbers, NONE)
