"""Workings with one slip in them, made in every row that it applies to or in one; the rest follows on wrong numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from random import Random
from typing import NamedTuple

from bptrace.marking.parts import Parts
from bptrace.marking.slips import BY_NAME, SLIPS
from bptrace.marking.verdicts import EVERYWHERE
from bptrace.marking.working import Working
from bptrace.numbers.enclosures import agree, precision
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Expr
from tests.bench.marking.networks import Toy
from tests.bench.marking.registers import BITS, EXACT, Hand, Style, Written

Wrong = Mapping[str, Expr]
"""The wrong rules that are followed, by the row."""


class Mistake(NamedTuple):
    """A slip, and where it is made: in one row, or EVERYWHERE; in each by the same one of its rules."""

    slip: str
    place: str = EVERYWHERE
    choice: int = 0

    def __str__(self) -> str:
        return f"{self.slip} · {self.place or 'everywhere'}{f' · its rule {self.choice + 1}' if self.choice else ''}"


class Study:
    """A network and what slips make of it."""

    def __init__(self, toy: Toy) -> None:
        self.toy = toy
        self.working = Working(toy.network().trace())
        self._rules: dict[str, dict[str, tuple[Expr, ...]]] = {}
        self._outcomes: dict[tuple[tuple[str, int], ...], tuple[Rational, ...] | None] = {}

    def rules(self, slip: str) -> dict[str, tuple[Expr, ...]]:
        """The wrong rules of a slip by the row, where it has any."""
        if slip not in self._rules:
            lines = self.working.lines.items()
            found = ((name, tuple(BY_NAME[slip].rules(Parts(line, self.working)))) for name, line in lines)
            self._rules[slip] = {name: rules for name, rules in found if rules}
        return self._rules[slip]

    def wrong(self, mistake: Mistake) -> Wrong:
        """The rules that are followed with a mistake."""
        rules = self.rules(mistake.slip)
        places = rules if mistake.place == EVERYWHERE else [mistake.place]
        return {name: rules[name][min(mistake.choice, len(rules[name]) - 1)] for name in places}

    def mistakes(self, slip: str, random: Random) -> Iterator[Mistake]:
        """The slip made everywhere, and in one row that it changes."""
        rules = self.rules(slip)
        if not rules:
            return
        choice = random.randrange(3) if random.random() < 0.3 else 0
        yield Mistake(slip, EVERYWHERE, choice)
        changed = [name for name in rules if self._differs(name, self.wrong(Mistake(slip, name, choice))[name])]
        if changed:
            yield Mistake(slip, random.choice(changed), choice)

    def _differs(self, name: str, rule: Expr) -> bool:
        with precision(BITS):
            try:
                return not agree(evaluate(rule), self.working.lines[name].value)
            except ArithmeticError:
                return False

    @cached_property
    def applicable(self) -> list[str]:
        """The slips that have a wrong rule for some row."""
        return [slip.name for slip in SLIPS if self.rules(slip.name)]

    def register(self, style: Style, random: Random, mistake: Mistake | None = None) -> dict[str, Written]:
        """The rows as somebody writes them. Raises ArithmeticError where one has no value."""
        return Hand(self.working, style, random, self.wrong(mistake) if mistake else {}).register()

    def outcome(self, wrong: Wrong) -> tuple[Rational, ...] | None:
        """What the network comes to by these rules; None where a row has no value.

        What gives the same cannot be told apart by anything.
        """
        key = tuple((name, id(rule)) for name, rule in wrong.items())
        if key not in self._outcomes:
            try:
                register = Hand(self.working, EXACT, Random(0), wrong).register()
                self._outcomes[key] = tuple(written.value for written in register.values())
            except ArithmeticError:
                self._outcomes[key] = None
        return self._outcomes[key]
