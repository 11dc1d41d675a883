"""A rule that somebody has written beside a value, held against the row's own: is it the same for other numbers too.

Where a rule has names, other numbers are put in their place: two rules that agree then are one rule, in whatever order
or form. Where it has numbers, they are the person's own, as far as they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from bptrace.engine.effort import SpentError
from bptrace.engine.sentence_parts import Figure, Sentence, sentence
from bptrace.errors import SpecError
from bptrace.marking.conventions import Meant
from bptrace.marking.hypotheses import Hypotheses
from bptrace.marking.readings import EITHER, WIDEST, is_short, stood_for
from bptrace.marking.rule_paths import form, leaves_changed, parts_changed, with_leaf_values
from bptrace.marking.verdicts import MISTAKES, WRONG, Answer, MarkedRow, Naming
from bptrace.marking.written_register import WrittenRegister
from bptrace.numbers.enclosures import ONE, Scalar
from bptrace.numbers.exact import Rational
from bptrace.numbers.intervals import FAILURES, Pieces, checked, point
from bptrace.ops.evaluate import NO_VALUE, evaluate
from bptrace.ops.expr import Cases, Expr, Leaf, Number, leaf_names, node_count
from bptrace.ops.reach import Numbers, reach

MOST_NAMED = 4
"""So many slips are named at most where two at once explain a rule."""
TRIALS = 3
"""With so many choices of other numbers rules are compared."""
SHORT = 2
"""A decimal of no more digits is taken to be all there is of it."""
SAME = 4
"""As much effort as to work out two rules so often it takes to compare them."""
Way: TypeAlias = Callable[[Mapping[str, Rational]], Numbers]
"""(numbers for some names) gives the numbers for all."""
PLACES = 18
"""A literal of more decimals than this is one that does not end."""


class RuleChecks:
    """The rules beside the values of one register."""

    def __init__(self, register: WrittenRegister, hypotheses: Hypotheses, meant: Meant) -> None:
        self.meant = meant
        self.register = register
        self.hypotheses = hypotheses
        self.working = register.working
        self._held: _Held | None = None

    def of_row(self, answer: Answer, row: MarkedRow) -> MarkedRow:
        """The row with what is to be said of the rule that stands beside the value, where one does."""
        try:
            return self._of_row(answer, row)
        except SpentError:
            return row

    def _of_row(self, answer: Answer, row: MarkedRow) -> MarkedRow:
        rules = [self._as_meant(rule, row.name) for rule in (answer.formula, answer.rule) if rule is not None]
        if answer.rule_problem and answer.rule is None:
            row = row._replace(remarks=(*row.remarks, _unread(answer.rule_problem)))
        right = self.register.rule(row.name)
        wrong = next((rule for rule in rules if not self.is_same(rule, right)), None)
        if not rules or (wrong is None and row.verdict not in MISTAKES):
            return row
        if row.verdict in MISTAKES and wrong is None:
            if self._gives(rules[-1], row.name):
                return row
            return row._replace(verdict=WRONG, slips=(), remarks=(self._arithmetic(rules[-1]),))
        assert wrong is not None, "what is left has a wrong rule"
        if row.verdict in MISTAKES:
            alike = tuple(naming for naming in row.slips if self.is_same(wrong, naming.rule))
            return row._replace(slips=alike or row.slips)
        of_rule = self._explained(row.name, wrong)
        return row._replace(of_rule=of_rule, remarks=(*row.remarks, self._wrong_rule(wrong, of_rule)))

    def _as_meant(self, rule: Expr, name: str) -> Expr:
        """A rule by the right numbers, where the person has others: of what it reads, and of the row itself."""
        meant = self.meant
        if not meant:
            return rule
        found = leaves_changed(rule, lambda leaf: Number(meant[leaf.name]) * leaf if leaf.name in meant else leaf)
        return found / Number(meant[name]) if name in meant else found

    def _gives(self, rule: Expr, name: str) -> bool:
        """Whether a written rule can give the value beside it."""
        found = _reached(blurred_literals(rule), self._put_in({}))
        target = self.register.target(name, WIDEST)
        return found is not None and any(item.meets(target) for item in found)

    def _explained(self, name: str, rule: Expr) -> tuple[Naming, ...]:
        """The slips that a written rule has in it: one, or two at once."""
        for slip, wrong in self.hypotheses.wrong(name, self.register):
            if self.is_same(rule, wrong):
                return (Naming(slip.name, name, name, wrong),)
        found: dict[str, Naming] = {}
        for one, other, wrong in self.hypotheses.pairs(name, self.register):
            if not {one.name, other.name} <= found.keys() and self.is_same(rule, wrong):
                found |= {slip.name: Naming(slip.name, name, name, wrong, sure=False) for slip in (one, other)}
        return tuple(found.values())[:MOST_NAMED]

    def _arithmetic(self, rule: Expr) -> Sentence:
        return sentence("The rule is right, and gives ", *self._figure(rule), ".")

    def _wrong_rule(self, rule: Expr, slips: Sequence[Naming]) -> Sentence:
        if not slips:
            return sentence("The value is right, the rule beside it is not: it gives ", *self._figure(rule), ".")
        named = ", ".join(naming.slip for naming in slips)
        which = named if slips[0].sure else f"two slips at once, it could be, of {named}"
        return sentence("The value is right, the rule beside it is not: ", which, ".")

    def _figure(self, rule: Expr) -> tuple[Figure | str, ...]:
        value = self.value(rule)
        return ("no value",) if value is None else (Figure(value, apart=True),)

    def value(self, rule: Expr) -> Scalar | None:
        """What a rule comes to with the person's numbers, or the right ones where none is written; None for none."""
        try:
            known = leaves_changed(rule, lambda leaf: self.working.leaf(leaf.name))
            theirs = {name: number.value for name, number in self.register.written.items()}
            return evaluate(with_leaf_values(known, theirs))
        except (*FAILURES, *NO_VALUE):
            return None

    def is_same(self, written: Expr, rule: Expr) -> bool:
        """Whether a written rule is a rule of the row: for other numbers in place of the names in it, too.

        What is worked out from those names is so on the other numbers as well, or else stays as it is written. Raises
        SpentError where no effort is left to tell.
        """
        if form(written) == form(rule):
            return True  # most are the register's own, and need no numbers
        self.register.search.spend(SAME * (node_count(written) + node_count(rule)))
        if self._held is None or self._held.written is not written:
            self._held = _Held(written)
        ways = (self._put_in, self._put_in_right, self._followed_through)
        return any(self._held.agrees(rule, way) for way in ways)

    def _put_in(self, trial: Mapping[str, Rational]) -> Numbers:
        known = self.register.numbers(WIDEST)
        return lambda name: _literal(name) or ((point(trial[name]),) if name in trial else known(name))

    def _put_in_right(self, trial: Mapping[str, Rational]) -> Numbers:
        """Numbers by which what is not named is as it should be, whatever the person has."""
        known = self.register.true
        return lambda name: _literal(name) or ((point(trial[name]),) if name in trial else known(name))

    def _followed_through(self, trial: Mapping[str, Rational]) -> Numbers:
        """Numbers by which what hangs on the names that have others is worked out anew; gates stay as they are."""
        found: dict[str, Pieces] = {name: (point(value),) for name, value in trial.items()}
        hanging = self.working.following(trial)
        known = self.register.numbers(WIDEST)

        def number(name: str) -> Pieces:
            if name not in found:
                is_own = name in hanging and not isinstance(self.working.lines[name].rule, Cases)
                found[name] = _literal(name) or (
                    checked(reach(self.working.lines[name].rule, number)) if is_own else known(name)
                )
            return found[name]

        return number


class _Held:
    """A written rule that is held against others, with what it comes to by each way to choose other numbers."""

    def __init__(self, written: Expr) -> None:
        self.written = written
        self.tree = blurred_literals(written)
        named = leaf_names(written)
        self.choices = [dict(zip(named, choice, strict=True)) for choice in _choices(len(named))]
        self._reached: dict[tuple[Way, int], tuple[Numbers, Pieces | None]] = {}

    def agrees(self, rule: Expr, way: Way) -> bool:
        """Whether a rule comes to the same by a way to choose numbers."""
        return all(self._agrees_once(rule, way, place) for place in range(len(self.choices)))

    def _agrees_once(self, rule: Expr, way: Way, place: int) -> bool:
        if (way, place) not in self._reached:
            numbers = way(self.choices[place])
            self._reached[way, place] = numbers, _reached(self.tree, numbers)
        numbers, one = self._reached[way, place]
        other = _reached(rule, numbers)
        return one is None or other is None or any(part.meets(item) for part in one for item in other)


def _unread(problem: SpecError) -> Sentence:
    return sentence("The rule beside it is not read: ", problem.message, ".")


def _reached(rule: Expr, numbers: Numbers) -> Pieces | None:
    try:
        return reach(rule, numbers)
    except FAILURES:
        return None


def _choices(count: int) -> Iterator[tuple[Rational, ...]]:
    """Numbers that have nothing to do with one another, for so many names; none of them is 0 or 1."""
    for trial in range(TRIALS if count else 1):
        sign = -1 if trial == 1 else 1
        yield tuple(sign * Rational(7 + 3 * place + trial, 4 + trial + 2 * place) for place in range(count))


LITERAL = "literal "


def blurred_literals(rule: Expr) -> Expr:
    """The rule with its long decimals as leaves that stand for whatever they were rounded from."""

    def blurred(part: Expr) -> Expr | None:
        is_long = isinstance(part, Number) and _decimals(part.value) and not is_short(part.value, SHORT)
        return Leaf(f"{LITERAL}{part.value}", part.value) if isinstance(part, Number) and is_long else None

    return parts_changed(rule, blurred)


def _literal(name: str) -> Pieces:
    """What a literal stands for, by the places that it has."""
    if not name.startswith(LITERAL):
        return ()
    value = Rational(*map(int, name.removeprefix(LITERAL).split("/")))
    return (stood_for(value, ONE / Rational(10) ** _decimals(value), EITHER),)


def _decimals(value: Rational) -> int:
    """How many places stand behind the point of a number that is written as a decimal; 0 where none do."""
    return next((count for count in range(PLACES) if (value * Rational(10) ** count).q == 1), 0)
