"""What the numbers of a working can tell apart: the slips that would leave every value right, and those that are alike.

The rules of a working, right and wrong, hang on its shape alone. So they are prepared once, and other numbers are put
into them as often as is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from bptrace.engine.plans import FORWARD
from bptrace.marking.rule_paths import form
from bptrace.marking.slips import made_everywhere, wrong_rules
from bptrace.marking.working import Working, length_in_bits
from bptrace.numbers.enclosures import Scalar, agree, precision
from bptrace.ops.evaluate import ByName, by_names
from bptrace.ops.expr import Expr, leaf_names, node_count

LONGEST_BITS = 10_000
"""Numbers that lead to a longer one than this, and than twice the longest of the file's own, are none to work with."""
MOST_NODES = 10_000
"""Where the rules of a working have more numbers, names and operations together, no slip is worked out."""
Values: TypeAlias = Mapping[str, Scalar]
"""A value for each name of a working."""


class Mistake(NamedTuple):
    """A slip made in every row that it applies to, by the same one of its rules in each.

    `slips`: its name, and those of slips that have the very same rules here. `rules`: the wrong rule of each row.
    """

    slips: tuple[str, ...]
    choice: int
    rules: Mapping[str, Expr]

    @property
    def slip(self) -> str:
        """The name that it goes by."""
        return self.slips[0]


class Unseen(NamedTuple):
    """What numbers do not show: slips that leave every value right, and groups that give the same values in all rows.

    `rows`: how often a slip in one row alone leaves it right.
    """

    hidden: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    rows: int = 0

    @property
    def total(self) -> int:
        """How many slips cannot be told."""
        return len(self.hidden) + sum(len(group) - 1 for group in self.alike)

    def common(self, other: Unseen) -> Unseen:
        """What neither these numbers nor others show.

        >>> Unseen(("a", "b"), (("c", "d", "e"),)).common(Unseen(("a",), (("b", "c", "d"),)))
        Unseen(hidden=('a',), alike=(('c', 'd'),), rows=0)
        """
        found = []
        for group in self.alike:
            parts: dict[object, list[str]] = {}
            for slip in group:
                parts.setdefault(other.place(slip), []).append(slip)
            found += [tuple(part) for place, part in parts.items() if place is not None and len(part) > 1]
        return Unseen(tuple(slip for slip in self.hidden if slip in other.hidden), tuple(found))

    def place(self, slip: str) -> tuple[str, ...] | None:
        """The slips that one is not told from; None where it is told from all."""
        if slip in self.hidden:
            return self.hidden
        return next((group for group in self.alike if slip in group), None)


class Prepared(NamedTuple):
    """A mistake ready to be made with any numbers: its rules, and what follows from them, in order.

    `ahead`: a wrong rule reads a row that stands further down and that is wrong too. `longest`: how many bits a number
    may have.
    """

    mistake: Mistake
    wrong: Mapping[str, ByName]
    program: tuple[tuple[str, ByName], ...]
    ahead: bool
    longest: int

    def changed(self, values: Values) -> Mapping[str, Scalar | None]:
        """The rows that a wrong rule changes by itself, in order, and to what: None where it gives no value."""
        if self.ahead:
            outcome = self.outcome(values)
            return {next(iter(self.wrong)): None} if outcome is None else outcome
        found: dict[str, Scalar | None] = {}
        for name, rule in self.wrong.items():
            try:
                value = rule(values)
            except ArithmeticError:
                found[name] = None
            else:
                if not agree(value, values[name]):
                    found[name] = value
        return found

    def outcome(self, values: Values) -> dict[str, Scalar] | None:
        """The rows that come out wrong, and what they come to; None where one has no value."""
        made = dict(values)
        try:
            for name, rule in self.program:
                made[name] = _checked(rule(made), self.longest)
        except ArithmeticError:
            return None
        return {name: made[name] for name, _ in self.program if not agree(made[name], values[name])}


def mistakes(working: Working) -> list[Mistake]:
    """The slips that can be made in a working everywhere, those with the same rules as one; without last resorts."""
    wrong = {name: list(wrong_rules(line, working)) for name, line in working.lines.items()}
    found = {(slip.name, choice): rules for slip, choice, rules in made_everywhere(wrong) if not slip.last_resort}
    same: dict[object, list[tuple[str, int]]] = {}
    for key, rules in found.items():
        same.setdefault(tuple((name, form(rule)) for name, rule in rules.items()), []).append(key)
    return [
        Mistake(tuple(dict.fromkeys(slip for slip, _ in keys)), keys[0][1], found[keys[0]]) for keys in same.values()
    ]


class Discrimination:
    r"""What numbers of a working can tell apart, whichever they are.

    >>> import bptrace
    >>> text = "input: {x: 1}\nweights: {w: 2}\nforward: {z: w*x}\nloss: z^2"
    >>> told = Discrimination(Working(bptrace.loads(text).trace()))
    >>> told.unseen(told.own).hidden
    ('dW without its input',)
    """

    def __init__(self, working: Working) -> None:
        self.working = working
        self.longest = max(LONGEST_BITS, 2 * working.longest)

    @cached_property
    def _right(self) -> list[tuple[str, ByName]]:
        """The rule of each line, for other numbers."""
        return [(line.name, by_names(line.rule)) for line in self.working.lines.values()]

    @cached_property
    def _forward(self) -> list[tuple[str, ByName]]:
        return [pair for pair in self._right if self.working.lines[pair[0]].phase == FORWARD]

    @cached_property
    def nodes(self) -> int:
        """How many numbers, names and operations the rules have together."""
        return sum(node_count(line.rule) for line in self.working.lines.values())

    @property
    def work(self) -> int:
        """How many they are where long numbers count more often."""
        return self.nodes * self.working.weight

    @property
    def counted(self) -> str:
        """How many they are, in words."""
        by_length = ", long ones counted by their length" if self.working.weight > 1 else ""
        return f"the rules have {self.work:,} numbers, names and operations{by_length}"

    @property
    def is_too_long(self) -> bool:
        """Whether no slip is worked out, since there would be too much to do."""
        return self.work > MOST_NODES

    @cached_property
    def prepared(self) -> list[Prepared]:
        """Every mistake; none where that is too long."""
        return [] if self.is_too_long else [self._prepared(mistake) for mistake in mistakes(self.working)]

    @cached_property
    def wrong_nodes(self) -> int:
        """How many the rules with a slip have."""
        return sum(node_count(rule) for item in self.prepared for rule in item.mistake.rules.values())

    @property
    def own(self) -> Values:
        """The value of every name with the numbers that the working has."""
        return {**self.working.givens, **{line.name: line.value for line in self.working.lines.values()}}

    def values(self, givens: Values, forward: bool = False) -> dict[str, Scalar]:
        """The value of every name with other numbers for some givens, or of those of the forward pass.

        Raises ArithmeticError where there is none.
        """
        values = {**self.working.givens, **givens}
        with precision(self.working.bits):
            for name, rule in self._forward if forward else self._right:
                values[name] = _checked(rule(values), self.longest)
        return values

    def unseen(self, values: Values) -> Unseen:
        """What these numbers do not show."""
        with precision(self.working.bits):
            return self._unseen(values)

    def _unseen(self, values: Values) -> Unseen:
        hidden: dict[str, None] = {}
        rows = 0
        first: dict[str, list[tuple[Scalar | None, list[Prepared]]]] = {}
        for item in self.prepared:
            changed = item.changed(values)
            rows += sum(name not in changed for name in item.wrong)
            if changed:
                place = next(iter(changed))
                _group_of(changed[place], first.setdefault(place, [])).append(item)
            else:
                hidden[item.mistake.slip] = None
        alike = {
            group
            for groups in first.values()
            for _, items in groups
            if len(items) > 1
            for group in _alike(items, values)
        }
        return Unseen(tuple(hidden), tuple(sorted(alike)), rows)

    def _prepared(self, mistake: Mistake) -> Prepared:
        working, right = self.working, dict(self._right)
        wrong = {name: by_names(rule) for name, rule in mistake.rules.items()}
        reads = {name: working.lines[name].reads for name in working.following(mistake.rules)}
        reads |= {name: leaf_names(rule) for name, rule in mistake.rules.items()}
        order, ahead = _in_order(reads, working)
        return Prepared(
            mistake, wrong, tuple((name, wrong.get(name) or right[name]) for name in order), ahead, self.longest
        )


def _checked(value: Scalar, longest: int) -> Scalar:
    """The value. Raises OverflowError where it is too long a number: in a chain of products each is twice as long."""
    if length_in_bits(value) > longest:
        raise OverflowError
    return value


def _group_of(value: Scalar | None, groups: list[tuple[Scalar | None, list[Prepared]]]) -> list[Prepared]:
    """The mistakes that give a value, or none that exists."""
    for known, items in groups:
        if known is value or (known is not None and value is not None and agree(known, value)):
            return items
    groups.append((value, []))
    return groups[-1][1]


def _alike(items: Sequence[Prepared], values: Values) -> Iterator[tuple[str, ...]]:
    """The slips of these that give the same values in all rows."""
    groups: list[tuple[Values, list[str]]] = []
    for item in items:
        outcome = item.outcome(values)
        if outcome is None:
            continue
        same = next((names for other, names in groups if _same(other, outcome)), None)
        if same is None:
            groups.append((outcome, [item.mistake.slip]))
        elif item.mistake.slip not in same:
            same.append(item.mistake.slip)
    return (tuple(names) for _, names in groups if len(names) > 1)


def _same(one: Values, other: Values) -> bool:
    return one.keys() == other.keys() and all(agree(value, other[name]) for name, value in one.items())


def _in_order(reads: Mapping[str, Sequence[str]], working: Working) -> tuple[list[str], bool]:
    """These rows, each behind those that it reads, as far as that can be; and whether that is not the register's."""
    order: dict[str, None] = {}
    entered: set[str] = set()

    def visit(name: str) -> None:
        if name not in entered:
            entered.add(name)
            for part in reads[name]:
                if part in reads:
                    visit(part)
            order[name] = None

    plain = sorted(reads, key=working.order.__getitem__)
    for name in plain:
        visit(name)
    return list(order), list(order) != plain
