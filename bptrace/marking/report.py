"""What a marked register is told by: each verdict in words, the first mistake explained, how many rows have which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from bptrace.engine.sentence_parts import (
    LONGEST,
    Calculation,
    Figure,
    Named,
    Sentence,
    names_listed,
    plain,
    sentence,
    separated,
)
from bptrace.errors import SpecError
from bptrace.marking.marks import Scheme, marks_by_row, total_marks
from bptrace.marking.parts import Parts
from bptrace.marking.rule_paths import form, with_leaf_values
from bptrace.marking.slips import BY_NAME
from bptrace.marking.spelling import KNOWN_HERE
from bptrace.marking.verdicts import (
    EVERYWHERE,
    FOLLOWS,
    MISTAKES,
    ROUNDED,
    SLIP,
    UNKNOWN,
    UNREADABLE,
    VERDICTS,
    Marked,
    MarkedRow,
    Naming,
    WrittenNumber,
)
from bptrace.marking.working import Working
from bptrace.numbers.digits import ABOUT, EQUAL
from bptrace.numbers.enclosures import Scalar, precision
from bptrace.ops.evaluate import NO_VALUE, evaluate
from bptrace.ops.expr import Cases, Expr
from bptrace.ops.notation import TERMS, Notation
from bptrace.ops.shorten import abridged

MORE_DIGITS, FEWEST_DIGITS = 2, 4
"""How many digits more a right value has than what is written, and how many at least."""
SLIPS = 3
"""How many slips are named where several may be the one."""
LOOKED_AT = 50
"""In so many rows a slip that is made everywhere is looked for where it tells."""
AFTER, HANGING = 2, 6
"""How many rows are named that a row hangs on, and that hang on one."""
MANY = {FOLLOWS: "follow", SLIP: "slips"}
"""How a verdict is counted of more rows than one, where not by its own name."""


class Explained(NamedTuple):
    """The first mistake: a line that says which, the wrong rule, the right one, and sentences about both.

    `wrong` has the person's numbers, `right` the true ones; None where it is not told.
    """

    heading: Sentence
    wrong: Calculation | None = None
    right: Calculation | None = None
    sentences: tuple[Sentence, ...] = ()


class Report:
    """A marked register and what is said of it; with `hints` neither right values nor names of slips."""

    def __init__(
        self, marked: Marked, working: Working, network: str, scheme: Scheme | None = None, hints: bool = False
    ) -> None:
        self.marked = marked
        self.working = working
        self.network = network
        self.hints = hints
        self.marks = marks_by_row(marked, scheme)
        self.total = total_marks(self.marks, scheme)

    @property
    def rows(self) -> tuple[MarkedRow, ...]:
        """The rows, in the order of the file."""
        return self.marked.rows

    @property
    def title(self) -> str:
        """What the network is called, or where it is read from."""
        return self.working.trace.title or self.network

    @cached_property
    def notation(self) -> Notation:
        """How numbers and rules are written for the person: a little more digits than theirs, and long sums cut."""
        longest = max((number.digits for number in self._written if number.decimals is not None), default=0)
        exact = self.exact_notation
        digits = min(max(longest + MORE_DIGITS, FEWEST_DIGITS), exact.digits) if longest else exact.digits
        return Notation(exact.decimal, TERMS, digits, exact.bits, fractions=exact.fractions)

    @cached_property
    def exact_notation(self) -> Notation:
        """How the register itself writes numbers, but in decimals where the person writes any."""
        trace = self.working.trace
        has_points = any(number.decimals is not None and number.decimals > 0 for number in self._written)
        fractions = trace.notation.fractions or not trace.decimal
        return Notation(trace.decimal or has_points, None, trace.digits, trace.bits, fractions=fractions)

    @property
    def _written(self) -> list[WrittenNumber]:
        return [row.answer.number for row in self.rows if row.answer and row.answer.number]

    def value(self, row: MarkedRow) -> Scalar | None:
        """The right value; none with hints, or where no quantity is meant."""
        known = row.verdict not in (UNKNOWN, UNREADABLE)
        return self.working.value(row.name) if known and not self.hints else None

    def text(self, told: Sentence) -> str:
        """A sentence as plain text."""
        return plain(told, self.notation)

    def words(self, row: MarkedRow) -> Sentence:
        """The verdict in words: `follows dL/dz1`, `slip: hidden slope forgotten`."""
        if self.hints and row.verdict in (ROUNDED, *MISTAKES):
            return sentence(_rounded(row._replace(besides=())) if row.verdict == ROUNDED else row.verdict)
        return WORDS[row.verdict](row) if row.verdict in WORDS else sentence(row.verdict)

    def slips(self, row: MarkedRow) -> tuple[Naming, ...]:
        """The slips that are named: what explains the row, is proven beside its rounding, or is in its rule alone."""
        return () if self.hints else row.slips or row.besides or row.of_rule

    def remarks(self) -> Iterator[tuple[MarkedRow, Sentence]]:
        """What else there is to say of rows, each with its row."""
        if not self.hints:
            yield from ((row, remark) for row in self.rows for remark in row.remarks)

    def problems(self) -> Iterator[tuple[str, SpecError]]:
        """What is said of rows that cannot be read, or are of no quantity, each with its verdict."""
        said: set[str] = set()
        for row in self.rows:
            if row.answer and (problem := row.answer.problem):
                hints = [hint for hint in problem.hints if hint not in said]
                said.update(hint for hint in hints if hint.startswith(KNOWN_HERE))
                yield row.verdict, SpecError(problem.message, problem.mark, *hints)

    @property
    def verdicts(self) -> Counter[str]:
        """How many rows have which verdict."""
        return Counter(row.verdict for row in self.rows)

    @cached_property
    def first(self) -> MarkedRow | None:
        """The first row with a mistake of its own, in the order in which a working goes: givens first."""
        return min((row for row in self.rows if row.verdict in MISTAKES), key=self._order, default=None)

    def explained(self) -> Explained | None:
        """The first mistake explained, or with hints where to look; None where there is none."""
        if self.hints:
            return self._hint()
        if self.first is None:
            return None
        explain = self._slip if self.first.slips else self._wrong
        return explain(self.first)

    def _hint(self) -> Explained | None:
        """Where to look: at the first mistake, or else at the first that is right to its digits, by chance perhaps."""
        perhaps = min((row for row in self.rows if row.besides), key=self._order, default=None)
        if self.first:
            return Explained(self._look("Look first at ", self.first, self.first.slips))
        if perhaps:
            row = perhaps._replace(slips=perhaps.besides)
            return Explained(self._look("Right to its digits, perhaps by chance: ", row, row.slips))
        return None

    def _look(self, start: str, row: MarkedRow, namings: Sequence[Naming]) -> Sentence:
        place = Named(_place(row))
        line = f", line {row.answer.line}" if row.answer and _place(row) == row.name else ", which is not written"
        slips = [BY_NAME[naming.slip] for naming in namings if naming.slip in BY_NAME]
        kinds = dict.fromkeys(slip.where for slip in slips if not slip.last_resort)
        again = "work its rule out again" if row.name in self.working.lines else "it is given in the network"
        about = sentence(": ", separated(kinds, ", or ")) if kinds else f": {again}"
        return sentence(start, place, line, about, ".")

    def _order(self, row: MarkedRow) -> int:
        return self.working.order.get(_place(row), -1)

    def _slip(self, row: MarkedRow) -> Explained:
        naming, wrong = self._telling(row)
        told = [sentence(BY_NAME[naming.slip].sentence)] if naming.slip in BY_NAME else []
        if len(row.slips) > 1:
            told.append(sentence("On this network the numbers do not tell these apart."))
        unwritten = "" if naming.row in self._numbers else ", which is not written"
        heading = sentence(Named(naming.row), unwritten, ": ", "" if naming.sure else "could be ", _names(row.slips))
        return Explained(heading, wrong, self._right(naming.row), (*told, *self._hanging(row)))

    def _telling(self, row: MarkedRow) -> tuple[Naming, Calculation | None]:
        """A slip that explains a row, and what its rule gives: where that is not the right value, if there is such."""
        short = self.notation.short
        for naming in (*row.slips[:1], *self._elsewhere(row, row.slips[0]), *row.slips[1:]):
            wrong = self._calculation(naming.row, self._with_their_numbers(naming.rule))
            if wrong and short(wrong.value) != short(self.working.value(naming.row)):
                return naming, wrong
        naming = row.slips[0]
        return naming, self._calculation(naming.row, self._with_their_numbers(naming.rule))

    def _elsewhere(self, row: MarkedRow, naming: Naming) -> Iterator[Naming]:
        """A slip that is made everywhere, in each other row that a row hangs on, by the same one of its rules."""
        lines, slip = self.working.lines, BY_NAME.get(naming.slip)
        if naming.place != EVERYWHERE or slip is None:
            return
        below = self.working.below(row.name, self._numbers)[:LOOKED_AT]
        variants = [form(rule) for rule in slip.rules(Parts(lines[naming.row], self.working))]
        variant = variants.index(form(naming.rule)) if form(naming.rule) in variants else 0
        for place in sorted(below, key=self.working.order.__getitem__):
            rules = list(slip.rules(Parts(lines[place], self.working)))
            if rules:
                yield naming._replace(row=place, rule=rules[min(variant, len(rules) - 1)])

    def _wrong(self, row: MarkedRow) -> Explained:
        if row.name not in self.working.lines:
            return Explained(sentence(Named(row.name), " is ", Figure(self.working.value(row.name)), " in the network"))
        line, told = self.working.lines[row.name], list(self._hanging(row))
        own = self._calculation(row.name, self._with_their_numbers(line.rule))
        short = self.notation.short
        if own and short(own.value) != short(line.value):
            told.insert(0, sentence("With the numbers that are written here the rule gives ", Figure(own.value), "."))
        found = "no slip explains it" if self.marked.is_searched else "no slip was found"
        return Explained(sentence(Named(row.name), ": ", found), None, self._right(row.name), tuple(told))

    def _right(self, name: str) -> Calculation:
        line = self.working.lines[name]
        return Calculation(line.rule, line.value, quantity=name)

    def _calculation(self, name: str, rule: Expr) -> Calculation | None:
        """What a rule comes to; None where it has no value."""
        try:
            with precision(self.working.bits):
                return Calculation(rule, evaluate(rule), quantity=name)
        except NO_VALUE:
            return None

    def sides(self, calculation: Calculation) -> list[str]:
        """The sides of an equation from the quantity to the value."""
        return equation_sides(calculation, self.notation)

    @cached_property
    def _numbers(self) -> Mapping[str, Scalar]:
        """The person's own number of each line, as it is read."""
        read = (row.answer for row in self.rows if row.answer and not row.answer.problem)
        return {answer.name: answer.number.value for answer in read if answer.number}

    def _with_their_numbers(self, rule: Expr) -> Expr:
        return with_leaf_values(rule, self._numbers)

    def _hanging(self, row: MarkedRow) -> Iterator[Sentence]:
        """What else hangs on a row."""
        names = [other.name for other in self.rows if {row.name, _place(row)} & {*other.after}]
        if names:
            one = len(names) == 1
            yield sentence(_some(names, HANGING), " hangs on it." if one else " hang on it.")


def equation_sides(calculation: Calculation, notation: Notation) -> list[str]:
    """The sides of an equation from the quantity to the value, each behind its sign, none twice; long ones are cut."""
    tree = calculation.tree
    formula, rule, shown = notation.formula(tree), notation.rule(tree), notation.short(calculation.value)
    if isinstance(tree, Cases):
        return [calculation.quantity, f"{shown.sign} {shown.digits}", f"({rule})"]
    is_about = notation.has_about(tree)
    sides = {calculation.quantity: "", formula: f"{EQUAL} "}
    sides.setdefault(rule, f"{ABOUT if is_about else EQUAL} ")
    sides.setdefault(shown.digits, f"{ABOUT if is_about else shown.sign} ")
    return [sign + abridged(side, LONGEST) for side, sign in sides.items()]


def _place(row: MarkedRow) -> str:
    """Where a mistake is made: a row that may not be written."""
    return row.slips[0].row if row.slips else row.name


def _rounded(row: MarkedRow) -> Sentence:
    digits = f": {row.digits} digit{'s' * (row.digits > 1)}" if row.digits else ""
    return sentence(ROUNDED, digits, *([", or: ", _names(row.besides)] if row.besides else ()))


def _follows(row: MarkedRow) -> Sentence:
    return sentence(FOLLOWS, " ", _some(row.after, AFTER), ", a wrong 0" if row.is_easy else "")


def _slip(row: MarkedRow) -> Sentence:
    return sentence(SLIP, ", could be: " if not row.slips[0].sure else ": ", _names(row.slips))


def _names(namings: Sequence[Naming]) -> str:
    return names_of_slips(list(dict.fromkeys(naming.slip for naming in namings)))


def names_of_slips(names: Sequence[str]) -> str:
    """Slips of which each may be the one, the first of many.

    >>> names_of_slips(["a", "b"]), names_of_slips(["a", "b", "c", "d", "e"])
    ('a, or b', 'a, or b, or c, and 2 more')
    """
    more = len(names) - SLIPS
    return ", or ".join(names[:SLIPS]) + (f", and {more} more" if more > 0 else "")


WORDS = {ROUNDED: _rounded, FOLLOWS: _follows, SLIP: _slip}
"""What says more of a verdict than its name."""


def _some(names: Sequence[str], most: int) -> Sentence:
    """Names listed, those that are too many counted."""
    if len(names) <= most:
        return names_listed(names)
    return sentence(names_listed(names[: most - 1]), f" and {len(names) - most + 1} more")


def counted_verdicts(verdicts: Mapping[str, int]) -> str:
    """Verdicts counted: `6 rows: 4 right, 1 follows, 1 slip`.

    >>> counted_verdicts({"slip": 2, "right": 1})
    '3 rows: 1 right, 2 slips'
    """
    number = sum(verdicts.values())
    kinds = [
        f"{count:,} {kind if count == 1 else MANY.get(kind, kind)}"
        for kind in VERDICTS
        if (count := verdicts.get(kind))
    ]
    return f"{number:,} row{'s' * (number != 1)}: {', '.join(kinds)}" if number else "no rows"
