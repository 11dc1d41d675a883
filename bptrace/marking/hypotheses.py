"""What slips would make of a working: in each row alone, and everywhere; and which of them give what is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from bptrace.marking.readings import EITHER, EXACT, WIDE, WIDEST, WRITTEN, Reading
from bptrace.marking.rule_paths import with_leaf_values
from bptrace.marking.slip import Slip
from bptrace.marking.slips import BY_NAME, made_everywhere, typed_rules, wrong_rules
from bptrace.marking.verdicts import EVERYWHERE, Naming
from bptrace.marking.working import Working
from bptrace.marking.written_register import WrittenRegister
from bptrace.numbers.intervals import Interval, Pieces
from bptrace.ops.expr import Expr, Leaf, leaf_names, node_count

MOST_CHANCES = 6
"""In no more rows at once than this a last resort is tried."""
MOST_READ = 600
"""Slips are looked for in unwritten rows that read no more numbers than this together, the nearest ones."""
MOST_PAIRS = 1_500
"""So many rules with two slips in them are tried in a line."""
MAKING = 12
"""As much effort as to work out a rule so often it takes to make all wrong rules of it."""
EITHER_WAY = Reading(EITHER, EITHER, own=True)
"""The reading by which two slips at once are tried."""


class Suspect(NamedTuple):
    """A slip that may explain a row: what it is called, and the wrong rules that come with it, by line."""

    naming: Naming
    rules: Mapping[str, Expr]


class Hypotheses:
    """The wrong rules of every line of a working, made once for all registers.

    Each register has its own effort for what it asks of them, as if they were made for it. What looks for slips raises
    SpentError where that is spent.
    """

    def __init__(self, working: Working) -> None:
        self.working = working
        self._wrong: dict[str, list[tuple[Slip, Expr]]] = {}
        self._suspects: dict[tuple[str, tuple[str, ...]], list[Suspect]] = {}
        self._pairs: dict[str, list[tuple[Slip, Slip, Expr]]] = {}
        self._kept: dict[tuple[object, ...], Pieces | None] = {}

    def wrong(self, name: str, register: WrittenRegister) -> list[tuple[Slip, Expr]]:
        """The slips that can be made in a line, with the wrong rules."""
        register.pay("one slip", name, MAKING * node_count(self.working.lines[name].rule))
        if name not in self._wrong:
            self._wrong[name] = list(wrong_rules(self.working.lines[name], self.working))
        return self._wrong[name]

    def explaining(self, name: str, register: WrittenRegister) -> list[Suspect]:
        """The slips that give what is written, by the sharpest reading by which any does; or else last resorts.

        Where numbers were rounded, that a slip gives one exactly is chance.
        """
        every = self.suspects(name, register)
        for last_resort in (False, True):
            some = [item for item in every if BY_NAME[item.naming.slip].last_resort == last_resort]
            some = [item for item in some if self._gives(item, name, register, WIDEST)]
            for reading in (*(() if register.is_rounded else (EXACT,)), *WIDE) if some else ():
                found = [suspect for suspect in some if self._gives(suspect, name, register, reading)]
                if found:
                    return found
        typed = list(self._typed(name, register))
        return [item for item in typed if any(self._gives(item, name, register, sharp) for sharp in (EXACT, WRITTEN))]

    def _typed(self, name: str, register: WrittenRegister) -> Iterator[Suspect]:
        """The slips that only could be, since they show in the digits of what is written, on the person's numbers."""
        line, written = self.working.lines[name], register.written
        theirs = with_leaf_values(line.rule, register.values)
        for slip, rule in typed_rules(written[name], line._replace(rule=theirs), self.working):
            if not isinstance(rule, Leaf) or rule.name in written:  # nothing is copied from where nothing stands
                yield Suspect(Naming(slip.name, name, name, rule, sure=False), {name: rule})

    def paired(self, name: str, register: WrittenRegister) -> dict[tuple[str, str], tuple[Naming, ...]]:
        """Every two slips, by their names, that together give what is written."""
        target = register.target(name, EITHER_WAY)
        found = {}
        for one, other, rule in self.pairs(name, register):
            register.search.spend(0)
            if _meets(register.reached(rule, EITHER_WAY), target):
                namings = [Naming(slip.name, name, name, rule, sure=False) for slip in (one, other)]
                found[one.name, other.name] = tuple(namings)
        return found

    def pairs(self, name: str, register: WrittenRegister) -> list[tuple[Slip, Slip, Expr]]:
        """The rules of a line with two slips in it."""
        single = self.wrong(name, register)
        register.pay("two slips", name, MAKING * sum(node_count(rule) for _, rule in single))
        if name not in self._pairs:
            self._pairs[name] = list(islice(self._combined(name, single), MOST_PAIRS))
        return self._pairs[name]

    def _combined(self, name: str, single: Sequence[tuple[Slip, Expr]]) -> Iterator[tuple[Slip, Slip, Expr]]:
        line = self.working.lines[name]
        for slip, rule in single:
            for other, both in wrong_rules(line._replace(rule=rule, reads=leaf_names(rule)), self.working):
                if other.name != slip.name:
                    yield slip, other, both

    def at(
        self, name: str, register: WrittenRegister, reading: Reading, among: Collection[str] | None = None
    ) -> list[Suspect]:
        """The slips, of all or of some, that give what is written in a reading."""
        every = self.suspects(name, register)
        some = [item for item in every if among is None or item.naming.slip in among]
        return [item for item in some if self._gives(item, name, register, reading)]

    def suspects(self, name: str, register: WrittenRegister) -> list[Suspect]:
        """Every slip in the row, then those in unwritten rows that it hangs on: everywhere, and in one of them."""
        unwritten = tuple(self._unwritten(name, register))
        wrong = {place: self.wrong(place, register) for place in (*unwritten, name)}
        if (name, unwritten) not in self._suspects:
            self._suspects[name, unwritten] = list(self._suspected(name, wrong))
        return self._suspects[name, unwritten]

    def _suspected(self, name: str, wrong: Mapping[str, Sequence[tuple[Slip, Expr]]]) -> Iterator[Suspect]:
        for slip, rule in wrong[name]:
            yield Suspect(Naming(slip.name, name, name, rule), {name: rule})
        if len(wrong) > 1:
            yield from self._everywhere(wrong)
        for place in (place for place in wrong if place != name):
            for slip, rule in wrong[place]:
                yield Suspect(Naming(slip.name, place, place, rule), {place: rule})

    def _everywhere(self, wrong: Mapping[str, Sequence[tuple[Slip, Expr]]]) -> Iterator[Suspect]:
        for slip, _, rules in made_everywhere(wrong):
            if len(rules) > 1 and (len(rules) <= MOST_CHANCES or not slip.last_resort):
                place, rule = next(iter(rules.items()))
                yield Suspect(Naming(slip.name, EVERYWHERE, place, rule), rules)

    def _unwritten(self, name: str, register: WrittenRegister) -> list[str]:
        """The rows that are not written and that a row hangs on through no row that is, the nearest first."""
        found: dict[str, None] = {}
        waiting = [name]
        for item in waiting:
            for part in register.reads(item):
                if part in self.working.lines and part not in register.written and part not in found:
                    found[part] = None
                    waiting.append(part)
        read = accumulate(len(self.working.lines[part].reads) for part in found)
        return [part for part, count in zip(found, read, strict=True) if count <= MOST_READ]

    def _gives(self, suspect: Suspect, name: str, register: WrittenRegister, reading: Reading) -> bool:
        """Whether a slip may give what is written, on the numbers that are written or on the right ones."""
        register.search.spend(0)
        target = register.target(name, reading)
        if _meets(self._value(suspect, name, register, reading), target):
            return True
        rule = suspect.rules.get(name) if len(suspect.rules) == 1 else None
        return rule is not None and _meets(register.reached(rule, reading, register.true), target)

    def _value(self, suspect: Suspect, name: str, register: WrittenRegister, reading: Reading) -> Pieces | None:
        """What a slip makes of a row in a reading; kept where that hangs on nothing that is written."""
        others = {key: item for key, item in suspect.rules.items() if key != name}
        rule = suspect.rules.get(name) or register.rule(name)
        if not others:
            return register.reached(rule, reading)
        if register.charged or next(register.written_below(name), None) is not None:
            return register.supposing(others).reached(rule, reading)
        key = (*((place, id(item)) for place, item in suspect.rules.items()), name, reading, register.style)
        if key not in self._kept:
            self._kept[key] = register.supposing(others).reached(rule, reading)
        return self._kept[key]


def _meets(pieces: Pieces | None, target: Interval) -> bool:
    return pieces is not None and any(item.meets(target) for item in pieces)
