"""The register's own way to write: trees and numbers as text, as a file has them.

`-2*1`, `10*1 + (-10)*(-1)`, `2*(2-3)`, `z1=2>0`, `(-5/4)*(1/10)`: a negative number that does not lead is
bracketed, a fraction inside a product is bracketed, and only the outermost sum is spaced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias, cast

from bptrace.numbers.digits import (
    ABOUT,
    CLEAR,
    DIGITS,
    EQUAL,
    NEARLY_ZERO,
    Numeral,
    Shown,
    elided,
    exact_numeral,
    fixed_numeral,
    needs_more_places,
    proven_numeral,
)
from bptrace.numbers.enclosures import Scalar, UndecidedError, agree, compare, is_enclosure, is_underflow, precision
from bptrace.numbers.exact import ABSENT, Integer, Missing, NoValueError, NumberError, Rational, rational
from bptrace.ops import layout
from bptrace.ops.evaluate import NO_VALUE, all_hold, chosen, evaluate, kept_with, live_parts
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, Slot, children, names, rebuilt
from bptrace.ops.format import ARGUMENT, CASES, FACTOR, OUTERMOST, PRODUCT, TERM
from bptrace.ops.shared import LONG, OncePerCall
from bptrace.ops.table import OPS
from bptrace.ops.walker import Walker, bracketing

MEMORY = 20_000
BITS_A_PLACE = 4
ENCLOSURES, SHORT_BITS = 2_000, 2_000
"""How many enclosures are kept with their digits, and the precision of those at the most."""
_PROVEN: dict[tuple[int, int, int, int | None], tuple[Scalar, Numeral]] = {}
"""By identity, precision and look: the value is kept, so that no other has its identity. The looks of one trace share
them: a value stands in a rule, in a stage and in sentences, each with terms and places of its own."""
TERMS = 9
"""How many terms of a sum are written out on a screen and in a sentence."""
MOST_DIGITS = 200
"""How many digits more are tried, for the numbers of a rule to give its value."""


Settings: TypeAlias = "tuple[bool, int | None, int, int, int | None, bool]"
"""What one notation may have otherwise than another."""


class Pattern(NamedTuple):
    """A text with `%s` for each leaf; `slots` says which slot of the tree goes there, and in which bracketing.

    `formula` is the text for names, `rule` that for numbers: a name is bracketed by its place, a number by its texts.
    """

    formula: str
    rule: str
    slots: tuple[tuple[int, int], ...]

    def filled(self, leaves: Sequence[Leaf], write: Callable[[Leaf], tuple[str, ...]]) -> tuple[str, str]:
        """The text over the leaves' names, and over their values, each in the one of its texts that fits its place.

        `write` makes the texts of a leaf that has none yet.
        """
        slots, formula, rule = self.slots, self.formula, self.rule
        if len(slots) == 2:  # one product, as most rows are: texts take 1.1 times as long without
            (one, kind), (two, other) = slots
            first, second = leaves[one], leaves[two]
            numbers = (first.texts or write(first))[kind], (second.texts or write(second))[other]
            return formula % (first.name, second.name), rule % numbers
        names = [leaves[slot].name for slot, _ in slots]
        values = [(leaves[slot].texts or write(leaves[slot]))[kind] for slot, kind in slots]
        return formula % tuple(names), rule % tuple(values)


class Notation:
    """How trees and numbers print.

    `decimal`: terminating decimals rather than fractions where both are exact.
    `terms`: the most terms of a sum that are written out, the rest being counted; None writes all.
    `digits`: how many of an enclosure's are printed, all proven; `bits`: the precision it was worked out with.
    `places`: what takes more decimal places is rounded to so many, an enclosure too; in formulas nothing is.
    `fractions`: a literal that is written as a fraction stays one among decimals.
    """

    def __init__(
        self,
        decimal: bool,
        terms: int | None = None,
        digits: int = DIGITS,
        bits: int = 0,
        places: int | None = None,
        fractions: bool = False,
    ) -> None:
        self.decimal = decimal
        self.terms = terms
        self.digits = digits
        self.bits = bits
        self.places = places
        self.fractions = fractions
        self._texts: dict[tuple[Integer, Integer], tuple[str, ...]] = {}
        self._told = OncePerCall(self._telling)

    def number(self, value: Scalar) -> str:
        """The text of a number: exact, or the proven digits of an enclosure."""
        return self.texts(value)[0]

    def shown(self, value: Scalar) -> Shown:
        """A row's value, of one nearer to 0 than 1e-1000 without a digit; of a missing one why there is none."""
        if not is_enclosure(value):
            if isinstance(value, Missing):
                return Shown(EQUAL, value.text)
            return Shown(ABOUT if self.rounds(value) else EQUAL, self.texts(value)[0])
        return NEARLY_ZERO if is_underflow(value) else Shown(ABOUT, self.texts(value)[0])

    def in_array(self, value: Scalar) -> str:
        """The text of a value that stands among others."""
        return ABSENT if isinstance(value, Missing) else self.shown(value).text

    def short(self, value: Scalar) -> Shown:
        """A row's value, the middle of a long exact number left out and counted, for a table."""
        if type(value) is Rational and not self.rounds(value):
            return Shown(EQUAL, elided(value, self.decimal))
        return self.shown(value)

    def is_about(self, value: Scalar) -> bool:
        """Whether the digits of a number are not all of it."""
        return is_enclosure(value) or self.rounds(value)

    def has_about(self, tree: Expr) -> bool:
        """Whether a tree's value comes from numbers whose digits are not all of them; one times 0 is 0, whatever it is.

        >>> third, two, zero = (Leaf("", Rational(*ratio)) for ratio in ((1, 3), (2, 1), (0, 1)))
        >>> [Notation(decimal=True, places=2).has_about(third * other) for other in (two, zero)]
        [True, False]
        """
        if isinstance(tree, Leaf | Number):
            return self.is_about(tree.value)
        if isinstance(tree, Call) and len(tree.args) >= LONG:
            with precision(self.bits):
                return kept_with(tree, self.places, self._comes_from_about)
        return any(map(self.has_about, live_parts(tree))) and not self._is_nothing(tree)

    def _comes_from_about(self, call: Call) -> bool:
        return any(map(self.has_about, call.args)) and not self._is_nothing(call)

    def _is_nothing(self, tree: Expr) -> bool:
        """Whether a product or a quotient is 0 for a factor that is known to be."""
        form = OPS[tree.op].layout if isinstance(tree, Call) else None
        parts = children(tree)[:1] if form is layout.quotient else children(tree) if form is layout.product else ()
        return any(map(self._is_zero, parts))

    def _is_zero(self, factor: Expr) -> bool:
        try:
            value = evaluate(factor)
        except (NoValueError, UndecidedError, *NO_VALUE):
            return False
        return type(value) is Rational and value == 0 and not self.has_about(factor)  # in turn: it asks of each part

    def keeps_fraction(self, literal: Number) -> bool:
        """Whether a literal is written as a fraction, and printed as one."""
        return literal.decimal is False and (not self.decimal or (self.fractions and self.places is None))

    def rounds(self, value: Scalar) -> bool:
        """Whether it is a rational that is printed rounded."""
        return self.places is not None and type(value) is Rational and needs_more_places(value, self.places)

    def texts(self, value: Scalar) -> tuple[str, ...]:
        """The text of a number, bare and as it stands where each `bracketing` asks for brackets."""
        if type(value) is not Rational:
            return _bracketings(self.numeral(value))
        ratio = value.p, value.q
        found = self._texts.get(ratio)
        if found is None:
            found = _bracketings(self.numeral(value))
            if len(self._texts) < MEMORY and len(found[0]) < 100:
                self._texts[ratio] = found
        return found

    def numeral(self, value: Scalar) -> Numeral:
        """A number as it is written: exact, or the proven digits of an enclosure; of a missing one the word for it."""
        if isinstance(value, Missing):
            return Numeral("", ABSENT)
        places = self.places
        if not is_enclosure(value):
            rounded = places is not None and needs_more_places(value, places) and fixed_numeral(value, places)
            return rounded or exact_numeral(value, self.decimal)
        place = id(value), self.digits, self.bits, places
        found = _PROVEN.get(place) or (value, self._proven(value))
        if self.bits <= SHORT_BITS:
            if len(_PROVEN) >= ENCLOSURES:
                _PROVEN.clear()
            _PROVEN[place] = found
        return found[1]

    def _proven(self, value: Scalar) -> Numeral:
        """The proven digits of an enclosure, rounded where it takes more places than are asked for."""
        places = self.places
        with precision(self.bits if places is None else max(self.bits, CLEAR) + BITS_A_PLACE * places):
            rounded = places is not None and fixed_numeral(value, places)
            return rounded or proven_numeral(value, self.digits)

    def write(self, leaf: Leaf) -> tuple[str, ...]:
        """A leaf's texts, kept with it."""
        leaf.texts = self.texts(leaf.value)
        return leaf.texts

    def formula(self, tree: Expr) -> str:
        """A tree of single elements with the names of its quantities."""
        return self._with_names.top(tree)

    def factor(self, tree: Expr) -> str:
        """A tree of single elements with the names of its quantities, bracketed as what stands behind a factor is."""
        return self._with_names.factor(tree)

    def rule(self, tree: Expr) -> str:
        """A tree of single elements with their numbers; a mere copy is written by its name."""
        if isinstance(tree, Leaf):
            return tree.name
        with precision(self.bits):
            return self._with_numbers.top(tree)

    @cached_property
    def _with_names(self) -> _Register:
        return _Register(self.unrounded, layout.WITH_NAMES)

    @cached_property
    def unrounded(self) -> Notation:
        """The way to write what is not rounded: the literals of formulas."""
        return (
            self
            if self.places is None
            else Notation(self.decimal, self.terms, self.digits, self.bits, fractions=self.fractions)
        )

    @cached_property
    def _with_numbers(self) -> _Register:
        return _Register(self, layout.WITH_NUMBERS)

    def telling(self, tree: Expr) -> Notation:
        """With as many digits as the numbers of a call, or of the case that holds, need for what they decide on."""
        if not self.bits and self.places is None:
            return self
        return self._told.of(tree) if isinstance(tree, Call) else self._telling(tree)

    def _telling(self, tree: Expr) -> Notation:
        with precision(self.bits):
            is_told = self._case_test(tree) if isinstance(tree, Cases) else self._call_test(tree)
            tries = (self.finer(more) if more else self for more in range(MOST_DIGITS))
            return next((each for each in tries if _is_sure(is_told, each)), self.unrounded) if is_told else self

    def _case_test(self, cases: Cases) -> Callable[[Notation], bool]:
        """Whether the case that holds among numbers holds among those that are printed, too."""
        value, branch = chosen(cases)
        subject = Leaf("", value)
        condition = Cases(subject, [branch._replace(value=subject)])
        return lambda notation: all_hold(cast(Cases, notation.as_printed(condition)))

    def _call_test(self, tree: Expr) -> Callable[[Notation], bool] | None:
        """Whether the numbers that are printed give the exact value; None where none is decided on.

        One that is an argument's, as of max, is as good as it is printed.
        """
        if not isinstance(tree, Call) or not OPS[tree.op].decides or names(tree):
            return None
        try:
            args = [evaluate(arg) for arg in tree.args]
            value = evaluate(tree)
        except (NoValueError, *NO_VALUE):
            return None
        if is_enclosure(value):
            return None
        if any(type(arg) is Rational and value in (arg, -arg) for arg in args):
            return lambda notation: self._printed(evaluate(notation.as_printed(tree))) == self._printed(value)
        return lambda notation: agree(evaluate(notation.as_printed(tree)), value)

    def finer(self, more: int) -> Notation:
        """With so many digits and places more."""
        places = None if self.places is None else self.places + more
        return Notation(self.decimal, self.terms, self.digits + more, self.bits, places, self.fractions)

    def with_terms(self, terms: int | None) -> Notation:
        """With so many terms of a sum at the most."""
        return Notation(self.decimal, terms, self.digits, self.bits, self.places, self.fractions)

    @property
    def settings(self) -> Settings:
        """What one notation may have otherwise than another."""
        return self.decimal, self.terms, self.digits, self.bits, self.places, self.fractions

    def as_printed(self, tree: Expr) -> Expr:
        """The tree with its enclosures, and what is rounded, at the numbers that they are printed as."""
        if isinstance(tree, Leaf) and self._is_printed_otherwise(tree.value):
            return Leaf(tree.name, self._printed(tree.value))
        if isinstance(tree, Number) and not tree.decimal and self.rounds(tree.value):
            return Number(self._printed(tree.value))
        if isinstance(tree, Call) and len(tree.args) >= LONG:  # a maximum is in the condition of every element
            return kept_with(tree, (Notation.as_printed, self.settings), self._of_printed)
        return self._of_printed(tree)

    def _of_printed(self, tree: Expr) -> Expr:
        parts = [self.as_printed(part) for part in children(tree)]
        return rebuilt(tree, parts) if parts else tree

    def _printed(self, value: Scalar) -> Scalar:
        """The number that is printed; one that no file may hold, for its exponent, stands for itself."""
        try:
            return rational(self.numeral(value).text)
        except NumberError:
            return value

    def _is_printed_otherwise(self, value: Scalar) -> bool:
        return not value.contains(0) if is_enclosure(value) else self.rounds(value)

    def pattern(self, tree: Expr) -> Pattern:
        """The text of a tree with slots in place of leaves, for formulas and rules alike."""
        named, writer = _PatternText(self.unrounded, layout.WITH_NAMES), _PatternText(self, layout.WITH_NUMBERS)
        return Pattern(named.top(tree), writer.top(tree), tuple(writer.slots))


class TextFormat:
    """Pieces of text, put together as a file would have them."""

    stacked = False
    apart = True
    counted: tuple[str, ...] = (TERM, FACTOR, ARGUMENT)
    signs = {sign: sign for sign in ("+", " + ", "-", " - ", "*", "/", "<", "<=", ">", ">=", "=")} | {":": ": "}

    def row(self, parts: Sequence[str]) -> str:
        return "".join(parts)

    def joined(self, parts: Sequence[str], sign: str) -> str:
        return self.signs[sign].join(parts)

    def brackets(self, inner: str) -> str:
        return f"({inner})"

    def negative(self, inner: str) -> str:
        return f"-{inner}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{exponent}"

    def called(self, function: str, args: Sequence[str]) -> str:
        return f"{function}({','.join(args)})"

    def function(self, name: str) -> str:
        return name

    def cases(self, branches: Sequence[tuple[str, str]]) -> str:
        return ", ".join([f"{value} if {condition}" for value, condition in branches])

    def more(self, count: int, kind: str) -> str:
        return f"… {count} more …" if kind == ARGUMENT else f"… {count} more {kind}s …"


class _Register(Walker[str]):
    """Writes trees of single elements with operators and functions alone. `keeps`: a long call is written once."""

    format = TextFormat()
    notation: Notation
    keeps = True

    def __init__(self, notation: Notation, look: str) -> None:
        super().__init__()
        self.notation = notation
        self.look = look
        self.terms = notation.terms
        self.bits = notation.bits
        self._written = OncePerCall(self._anew)

    def top(self, tree: Expr) -> str:
        """The whole text: an outermost sum is spaced, a difference where one of its sides is an operation."""
        form = self.layout(tree)
        spaced = form in (layout.sums, layout.signed) or (
            form is layout.difference and any(map(self.is_compound, cast(Call, tree).args))
        )
        return self.write(tree, OUTERMOST if spaced else CASES, True)

    def is_compound(self, tree: Expr) -> bool:
        """Whether a side of a difference is itself an operation; a power is read as one thing."""
        return isinstance(tree, Call) and self.layout(tree) is not layout.power

    def leaf(self, leaf: Leaf, needed: int, leads: bool) -> str:
        """The name, or the text of the number where there is one."""
        if self.look == layout.WITH_NAMES or type(leaf.value) is Missing:
            return self.named(leaf.name, leaf.name, needed)
        return self.notation.texts(leaf.value)[bracketing(needed, leads)]

    def element(self, leaf: Leaf, needed: int) -> str:
        """The name."""
        return self.named(leaf.name, leaf.name, needed)

    def named(self, text: str, name: str, needed: int) -> str:
        """What stands for a name, in brackets where a gradient's would be read as the quotient that it looks like."""
        return f"({text})" if needed > PRODUCT and "/" in name else text

    def number(self, value: Scalar, needed: int = CASES, leads: bool = True) -> str:
        """The text of a number as its place brackets it."""
        return self.notation.texts(value)[bracketing(needed, leads)]

    def numeral(self, number: Numeral, needed: int, leads: bool) -> str:
        """The text of a number that is written in its own way."""
        return _bracketings(number)[bracketing(needed, leads)]

    def call(self, call: Call, needed: int, leads: bool) -> str:
        """An operator as it is laid out, anything else as a function."""
        if self.keeps and len(call.args) >= LONG:
            return self._written.of(call, needed, leads, self.notation)  # many rows may share it
        form = OPS[call.op].layout  # not by `_anew`: a deep nest takes a frame more of each call
        if form and form.operator:
            return cast(str, form.write(self, call, needed, leads))
        return self.function(call, needed, leads)

    def _anew(self, call: Call, needed: int, leads: bool, notation: Notation | None = None) -> str:
        form = OPS[call.op].layout
        if form and form.operator:
            return cast(str, form.write(self, call, needed, leads))
        return self.function(call, needed, leads)


class _PatternText(_Register):
    """Writes a tree with slots, each time anew: of each slot it is kept where it goes."""

    keeps = False

    def __init__(self, notation: Notation, look: str) -> None:
        super().__init__(notation, look)
        self.slots: list[tuple[int, int]] = []
        self.ways[Slot] = self.slot

    def slot(self, slot: Slot, needed: int, leads: bool) -> str:
        """A gap, of which is kept which slot goes there and how it is bracketed."""
        self.slots.append((slot.number, bracketing(needed, leads)))
        return self.named("%s", slot.key, needed) if self.look == layout.WITH_NAMES else "%s"


def _is_sure(is_told: Callable[[Notation], bool], notation: Notation) -> bool:
    try:
        return is_told(notation)
    except ArithmeticError:  # what is printed as 0 may stand below a bar
        return False


def _bracketings(number: Numeral) -> tuple[str, str, str, str]:
    """A number as it stands in a place of each bracketing."""
    text = number.text
    if not (number.minus or number.bottom or number.radius):
        return text, text, text, text
    closed, parted = f"({text})", number.bottom or number.radius
    return text, closed if number.minus else text, closed if parted else text, closed


def bound_at(cases: Cases) -> Expr | None:
    """The bound that the subject lies exactly on, where the slope is a convention; else None."""
    value = evaluate(cases.subject)
    bounds = [bound for b in cases.branches for bound in (b.low and b.low[0], b.high and b.high[1]) if bound]
    return next((bound for bound in bounds if not compare(evaluate(bound), value)), None)
