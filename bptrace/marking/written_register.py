"""Somebody's register against a working: what each name stands for in a reading, and whether a rule gives a value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property

from bptrace.engine.effort import Effort
from bptrace.marking.readings import (
    EITHER,
    EXACT,
    POINT,
    Reading,
    Style,
    as_shown,
    blurred,
    is_binary,
    is_short,
    stood_for,
    style_of,
)
from bptrace.marking.verdicts import WrittenNumber
from bptrace.marking.working import Working
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Rational, Unknown
from bptrace.numbers.intervals import FAILURES, Interval, NoIntervalError, Pieces, checked, of_scalar
from bptrace.ops.expr import Call, Expr, leaf_names, node_count
from bptrace.ops.reach import PROVEN, REFUTED, Blur, Numbers, gives, reach

SEARCHED = 200_000
"""So many parts of rules are worked out for a register before no more slips are looked for: it takes seconds."""
TRIED = 10
"""With so many choices of numbers a rule is tried that is not refuted, more or less."""
MOST_WORLDS = 2_000
"""What rules with a slip would make of a register is kept for so many of them."""
BY_HAND = 16
"""Nobody works out a sum of more terms than this on paper, each of them rounded."""
SHORT = 4
"""A number of so many digits may be used as it is by who shows none."""


class _Known(dict[str, Pieces]):
    """What names stand for in one reading, each worked out when it is first asked for.

    `base`: where that of names is known that do not hang on `lost`.
    """

    def __init__(self, register: WrittenRegister, reading: Reading, base: _Known | None, lost: Collection[str]) -> None:
        super().__init__()
        self.register = register
        self.reading = reading
        self.base = base
        self.lost = lost

    def __missing__(self, name: str) -> Pieces:
        if self.base is not None and name not in self.lost:
            return self.base[name]
        for line in self._needed(name):
            self[line] = self.register.worked_out(line, self.reading)
        return self[name]

    def _needed(self, name: str) -> list[str]:
        """The names to be worked out for one, in the order of the working."""
        register, lines = self.register, self.register.working.lines
        found, waiting = {name}, [name]
        while waiting:
            item = waiting.pop()
            if item in lines and item not in register.written:
                more = {part for part in register.reads(item) if part not in self and self._is_own(part)} - found
                found |= more
                waiting.extend(more)
        return sorted(found, key=lambda item: register.working.order.get(item, -1))

    def _is_own(self, name: str) -> bool:
        return self.base is None or name in self.lost


class WrittenRegister:
    """The numbers that somebody has written for lines of a working, and the rules that stand for those not written.

    `charged`: rules with a slip in them that unwritten rows were found to follow, by name. `sharp`: the names of
    numbers that are exact, since their rule gives exactly them from exact numbers.
    """

    def __init__(self, working: Working, written: Mapping[str, WrittenNumber], least: int) -> None:
        self.working = working
        self.written = {name: written[name] for name in working.lines if name in written}
        self.charged: dict[str, Expr] = {}
        self.sharp: set[str] = set()
        self._base: WrittenRegister | None = None
        self._lost: Collection[str] = ()
        self._known: dict[Reading, _Known] = {}
        self._worlds: dict[tuple[tuple[str, int], ...], WrittenRegister] = {}
        self._below: dict[str, frozenset[str]] = {}
        self._busy: set[str] = set()
        self.search = Effort(SEARCHED)
        self._paid: set[tuple[str, str]] = set()
        self.style = Style(None, None, None, None, least)
        self.style = self._style(least)

    def _style(self, least: int) -> Style:
        """The style by the numbers that their rule does not give exactly of those that are written."""
        rounded, exact = [], []
        for name, number in self.written.items():
            if self.gives(self.working.lines[name].rule, name, EXACT) != PROVEN:
                rounded.append(number)
                continue
            exact.append(number)
            if all(part in self.sharp or part not in self.written for part in self.written_below(name)):
                self.sharp.add(name)
        self._known = {}
        return style_of(rounded, exact, least)

    def take_as_exact(self, name: str) -> None:
        """Take a number to be exact, since a slip gives exactly it, where all that it is worked out from is exact."""
        if all(part in self.sharp for part in self.written_below(name)):
            self.sharp.add(name)
            self._known, self._worlds = {}, {}

    @cached_property
    def is_rounded(self) -> bool:
        """Whether some number was as_shown, as can be seen: it is right, or its rule gives it, but not exactly."""
        lines = self.working.lines
        return any(
            self.gives(lines[name].rule, name, EXACT) == REFUTED and self.is_right(name) for name in self.written
        )

    @cached_property
    def values(self) -> dict[str, Rational]:
        """The numbers that are written, as they stand."""
        return {name: number.value for name, number in self.written.items()}

    def written_below(self, name: str) -> Iterator[str]:
        """The names that are written and that a row hangs on through rows that are not, and the first of those."""
        seen, waiting = {name}, [name]
        for item in waiting:
            for part in self.reads(item):
                if part in self.written:
                    yield part
                elif part in self.working.lines and part not in seen:
                    seen.add(part)
                    waiting.append(part)

    def charge(self, rules: Mapping[str, Expr]) -> None:
        """Take unwritten rows to follow these rules from now on."""
        self.charged.update(rules)
        self._known, self._worlds = {}, {}

    def supposing(self, rules: Mapping[str, Expr]) -> WrittenRegister:
        """What is known of the register where some unwritten rows follow other rules; kept for the same rules again."""
        key = tuple((name, id(rule)) for name, rule in rules.items())
        if key not in self._worlds:
            if len(self._worlds) >= MOST_WORLDS:
                self._worlds.clear()
            self._worlds[key] = self._supposing(rules)
        return self._worlds[key]

    def _supposing(self, rules: Mapping[str, Expr]) -> WrittenRegister:
        other = copy(self)
        other.charged = {**self.charged, **rules}
        other._base, other._lost = self, frozenset().union(*map(self.hanging_on, rules))
        other._known, other._worlds = {}, {}
        return other

    def hanging_on(self, name: str) -> frozenset[str]:
        """A row, and those that hang on it through rows that are not written."""
        if name not in self._below:
            self._below[name] = frozenset(self.working.following([name], known=self.written))
        return self._below[name]

    def rule(self, name: str) -> Expr:
        """The rule of a line as it is taken to be followed: the right one, unless a slip was found in it."""
        return self.charged.get(name) or self.working.lines[name].rule

    # what names stand for

    def true(self, name: str) -> Pieces:
        """The right value of a name. Raises NoIntervalError where there is none."""
        value: Scalar = self.working.value(name)
        if isinstance(value, Unknown):
            raise NoIntervalError
        return (of_scalar(value),)

    def numbers(self, reading: Reading) -> Numbers:
        """From a name to what it stands for in a reading."""
        return self._known_in(reading).__getitem__

    def _known_in(self, reading: Reading) -> _Known:
        if reading not in self._known:
            base = self._base._known_in(reading) if self._base else None
            self._known[reading] = _Known(self, reading, base, self._lost)
        return self._known[reading]

    def reads(self, name: str) -> Iterable[str]:
        """The names that the rule of a line reads, as it is taken to be followed."""
        if name not in self.charged:
            return self.working.lines[name].reads
        return leaf_names(self.charged[name])

    def worked_out(self, name: str, reading: Reading) -> Pieces:
        """What a name stands for in a reading, by what it reads. Raises NoIntervalError where that hangs on itself."""
        if name in self.written:
            return (self.value(name, reading),)
        if name not in self.working.lines:
            return self._given(name, reading)
        if name in self._busy:
            raise NoIntervalError  # a rule with a slip that reads what is worked out from it
        self._busy.add(name)
        try:
            rule = self.rule(name)
            self.search.take(self._work(rule))
            found = checked(reach(rule, self.numbers(reading), self._blur(reading, rule)))
        finally:
            self._busy.remove(name)
        if reading.unwritten is None or all(item.is_point and self._is_short(item.low, reading) for item in found):
            return found
        if reading.spread == POINT:
            return tuple(as_shown(item, self.style, reading.target) for item in found)
        digits = 0 if is_by_machine(rule) else reading.unwritten
        return tuple(blurred(item, self.style, digits) for item in found)

    def _is_short(self, value: Rational, reading: Reading) -> bool:
        """Whether a number that is not written was not rounded: a whole one, or, where none shows that, a short one."""
        return bool(value.q == 1 or (self.style.is_exact and is_short(value, reading.unwritten or SHORT)))

    def _given(self, name: str, reading: Reading) -> Pieces:
        """What a given stands for: its value, or the number that a machine has for it."""
        found = self.true(name)
        if reading.spread == POINT or not self.style.error:
            return found
        return tuple(item if is_binary(item.low) else blurred(item, self.style, 0) for item in found)

    def _blur(self, reading: Reading, rule: Expr) -> Blur | None:
        if not reading.inner or is_by_machine(rule) or self.style.is_exact:
            return None
        return lambda item: blurred(item, self.style, 0)

    def value(self, name: str, reading: Reading) -> Interval:
        """What the number that is written for a name stands for, where others are worked out from it."""
        number = self.written[name]
        how = POINT if name in self.sharp else reading.spread
        return stood_for(number.value, self._unit(number, reading), how)

    def target(self, name: str, reading: Reading) -> Interval:
        """What the number that is written for a name may have been rounded from."""
        number = self.written[name]
        return stood_for(number.value, self._unit(number, reading), reading.target)

    def _unit(self, number: WrittenNumber, reading: Reading) -> Rational:
        return self.style.own_unit(number) if reading.own else self.style.shown_unit(number)

    def reached(self, rule: Expr, reading: Reading, numbers: Numbers | None = None) -> Pieces | None:
        """The ranges of a rule's value in a reading, of other numbers than those written perhaps; None for anything."""
        self.search.take(self._work(rule))
        try:
            return reach(rule, numbers or self.numbers(reading), self._blur(reading, rule))
        except FAILURES:
            return None

    def is_right(self, name: str, reading: Reading | None = None) -> bool:
        """Whether the right value is what is written, exactly or to the digits that are written; or in a reading."""
        if reading is None:
            return self.is_value(name, self.written[name])
        try:
            (true,) = self.true(name)
        except FAILURES:
            return False
        return self.target(name, reading).meets(true)

    def is_value(self, name: str, number: WrittenNumber) -> bool:
        """Whether a number is the right value of a line or of a given, exactly or to the digits that are written."""
        try:
            (true,) = self.true(name)
        except FAILURES:
            return False
        return stood_for(number.value, self.style.own_unit(number), EITHER).meets(true)

    def gives(self, rule: Expr, name: str, reading: Reading) -> str:
        """Whether a rule can give what is written for a name: REFUTED, OPEN or PROVEN."""
        found = gives(rule, self.target(name, reading), self.numbers(reading), self._blur(reading, rule))
        self.search.take(self._work(rule) * (1 if found == REFUTED else TRIED))
        return found

    def _work(self, rule: Expr) -> int:
        """The effort to work out a rule, more where numbers are long."""
        return node_count(rule) * self.working.weight

    def pay(self, what: str, name: str, effort: int) -> None:
        """Take the effort for what is made of a line, once. Raises SpentError where none is left."""
        if (what, name) not in self._paid:
            self.search.spend(effort)
            self._paid.add((what, name))


def is_by_machine(rule: Expr) -> bool:
    """Whether a rule is so long that its parts were not rounded one by one."""
    return isinstance(rule, Call) and len(rule.args) > BY_HAND
