"""Marks: what a register earns, with the working counted that is right after an earlier mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bptrace.marking.verdicts import FOLLOWS, RIGHT, ROUNDED, UNKNOWN, UNREADABLE, Marked, MarkedRow
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

    None for a row that counts for none: of no quantity of the network, of one that the scheme has no marks for, or that
    is written elsewhere too. Of those that can be read the first counts.
    """
    counting = _counting(marked.rows)
    most = dict.fromkeys(counting, ONE) if scheme is None else scheme
    places = {place: most[name] for name, place in counting.items() if name in most}
    return [_marks(row, places[place]) if place in places else None for place, row in enumerate(marked.rows)]


def _counting(rows: Sequence[MarkedRow]) -> dict[str, int]:
    """Which row counts for each quantity, by their places."""
    found: dict[str, int] = {}
    for is_read in (True, False):
        for place, row in enumerate(rows):
            name = row.answer.name if row.answer else row.name
            if name and row.verdict != UNKNOWN and (row.verdict != UNREADABLE) == is_read:
                found.setdefault(name, place)
    return found


def _marks(row: MarkedRow, most: Rational) -> Marks:
    return Marks(most if row.verdict in EARNING else NONE, most)


def total_marks(rows: Sequence[Marks | None], scheme: Scheme | None = None) -> Marks:
    """The marks of all rows together; by a scheme, of all that it has, whether there is a row for it or not."""
    known = [marks for marks in rows if marks]
    of = scheme.values() if scheme is not None else (marks.of for marks in known)
    return Marks(_sum(marks.got for marks in known), _sum(of))


def _sum(numbers: Iterable[Rational]) -> Rational:
    return sum(numbers, NONE)
