"""Somebody's register against a working: what each name stands for in a reading, and whether a rule gives a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from functools import partial

from bptrace.marking.readings import EITHER, EXACT, POINT, Reading, Style, blurred, spread, style_of
from bptrace.marking.verdicts import WrittenNumber
from bptrace.marking.working import Working
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Rational, Unknown
from bptrace.numbers.ranges import FAILURES, NoRangeError, Pieces, Range, of_scalar, point
from bptrace.ops.expr import Expr, Leaf, nodes
from bptrace.ops.reach import Blur, Numbers, gives, reach


class Register:
    """The numbers that somebody has written for lines of a working, and the rules that stand for those not written.

    `charged`: rules with a slip in them that unwritten rows were found to follow, by name. `sharp`: the names of
    numbers that are exact, since their rule gives exactly them from exact numbers.
    """

    def __init__(self, working: Working, written: Mapping[str, WrittenNumber], least: int) -> None:
        self.working = working
        self.written = {name: written[name] for name in working.lines if name in written}
        self.style: Style = style_of(self.written.values(), least)
        self.charged: dict[str, Expr] = {}
        self.sharp: set[str] = set()
        self._known: dict[Reading, dict[str, Pieces]] = {}
        self._find_sharp()

    def charge(self, rules: Mapping[str, Expr]) -> None:
        """Take unwritten rows to follow these rules from now on."""
        self.charged.update(rules)
        self._known.clear()

    def supposing(self, rules: Mapping[str, Expr]) -> Register:
        """The same numbers, with other rules for some unwritten rows."""
        other = copy(self)
        other.charged = {**self.charged, **rules}
        other._known = {}
        return other

    def _find_sharp(self) -> None:
        """Note of each number in order whether it is exactly what its rule gives of exact ones."""
        for name, number in self.written.items():
            if self._gives_exactly(self.working.lines[name].rule, number):
                self.sharp.add(name)

    def _gives_exactly(self, rule: Expr, number: WrittenNumber) -> bool:
        try:
            found = reach(rule, self._exact_number)
        except FAILURES:
            return False
        return found == (point(number.value),)

    def _exact_number(self, name: str) -> Pieces:
        """The one that a name stands for, where that is exact. Raises NoRangeError."""
        if name in self.written:
            if name not in self.sharp:
                raise NoRangeError
            return (point(self.written[name].value),)
        if name in self.working.lines:
            return reach(self.rule(name), self._exact_number)
        return self.true(name)

    def rule(self, name: str) -> Expr:
        """The rule of a line as it is taken to be followed: the right one, unless a slip was found in it."""
        return self.charged.get(name) or self.working.lines[name].rule

    # what names stand for

    def true(self, name: str) -> Pieces:
        """The right value of a name. Raises NoRangeError where there is none."""
        value: Scalar = self.working.value(name)
        if isinstance(value, Unknown):
            raise NoRangeError
        return (of_scalar(value),)

    def numbers(self, reading: Reading) -> Numbers:
        """From a name to what it stands for in a reading."""
        return partial(self._number, reading, self._known.setdefault(reading, {}))

    def _number(self, reading: Reading, known: dict[str, Pieces], name: str) -> Pieces:
        if name not in known:
            for line in self._needed(name, known):
                known[line] = self._worked_out(reading, known, line)
        return known[name]

    def _needed(self, name: str, known: Mapping[str, Pieces]) -> list[str]:
        """The names to be worked out for one, in the order of the working."""
        found, waiting = {name}, [name]
        while waiting:
            item = waiting.pop()
            if item not in self.written and item in self.working.lines:
                more = {part for part in self.reads(item) if part not in known} - found
                found |= more
                waiting.extend(more)
        return sorted(found, key=lambda item: self.working.order.get(item, -1))

    def reads(self, name: str) -> Iterable[str]:
        """The names that the rule of a line reads, as it is taken to be followed."""
        if name not in self.charged:
            return self.working.lines[name].reads
        return dict.fromkeys(node.name for node in nodes(self.charged[name]) if isinstance(node, Leaf))

    def _worked_out(self, reading: Reading, known: dict[str, Pieces], name: str) -> Pieces:
        if name in self.written:
            return (self.value(name, reading),)
        if name not in self.working.lines:
            return self.true(name)
        found = reach(self.rule(name), partial(self._number, reading, known), self._blur(reading))
        if reading.unwritten is None or all(item.is_point and item.low.q == 1 for item in found):
            return found
        return tuple(blurred(item, self.style, reading.unwritten) for item in found)

    def _blur(self, reading: Reading) -> Blur | None:
        if not reading.inner or self.style.is_exact:
            return None
        return lambda item: blurred(item, self.style, 0)

    def value(self, name: str, reading: Reading) -> Range:
        """What the number that is written for a name stands for, where others are worked out from it."""
        number = self.written[name]
        how = POINT if name in self.sharp else reading.spread
        return spread(number.value, self._unit(number, reading), how)

    def target(self, name: str, reading: Reading) -> Range:
        """What the number that is written for a name may have been rounded from."""
        number = self.written[name]
        how = POINT if reading == EXACT else (EITHER if reading.spread == POINT else reading.spread)
        return spread(number.value, self._unit(number, reading), how)

    def _unit(self, number: WrittenNumber, reading: Reading) -> Rational:
        return self.style.own_unit(number) if reading.own else self.style.shown_unit(number)

    def gives(self, rule: Expr, name: str, reading: Reading, numbers: Numbers | None = None) -> str:
        """Whether a rule can give what is written for a name: REFUTED, OPEN or PROVEN.

        `numbers`: what other names stand for, where that is not what is written for them.
        """
        return gives(rule, self.target(name, reading), numbers or self.numbers(reading), self._blur(reading))
