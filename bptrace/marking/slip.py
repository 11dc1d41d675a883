"""What a row of the table of slips is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeAlias

from bptrace.marking.parts import Parts
from bptrace.marking.rule_paths import form
from bptrace.marking.verdicts import WrittenNumber
from bptrace.ops.expr import Expr

Wrong: TypeAlias = Callable[[Parts], Iterable[Expr]]
"""(parts of a line) gives the rules with the mistake; none where it does not apply."""
Typed: TypeAlias = Callable[[WrittenNumber, Parts], Iterable[Expr]]
"""(the number that is written, parts of a line) gives the rules with the mistake, where they hang on the number."""
MOST = 12
"""How many rules a slip may have in one line."""


def never(parts: Parts) -> Iterator[Expr]:
    """The rules of a slip that only shows in what is written."""
    yield from ()


class SlipExample(NamedTuple):
    """Where a slip shows: a network of `slip_examples`, one of its rows, and what is written there if that matters."""

    network: str
    row: str
    written: str = ""


class Slip(NamedTuple):
    """One row of the table: its name, what is done wrong in one sentence, where it can be made, and the wrong rule.

    `last_resort`: it is named only where no other slip gives the value: a sign, a copy, a neighbour. `typed`: of one
    that shows in digits alone, its rules.
    """

    name: str
    sentence: str
    where: str
    wrong: Wrong
    example: SlipExample
    last_resort: bool = False
    typed: Typed | None = None

    def rules(self, parts: Parts) -> Iterator[Expr]:
        """The rules with the mistake in a line, each once, none of them the right one."""
        return _each_once(islice(self.wrong(parts), MOST), parts)

    def typed_rules(self, number: WrittenNumber, parts: Parts) -> Iterator[Expr]:
        """The rules with a mistake that shows in the digits of the number that is written."""
        return _each_once(self.typed(number, parts) if self.typed else (), parts)


def _each_once(rules: Iterable[Expr], parts: Parts) -> Iterator[Expr]:
    seen: set[object] = set()
    for rule in rules:
        shape = form(rule)
        if shape not in seen and shape != parts.form:
            seen.add(shape)
            yield rule


class SlipGroup(NamedTuple):
    """Slips that are made in one place of the working, under a heading."""

    title: str
    slips: tuple[Slip, ...]
