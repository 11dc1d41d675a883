"""Trees to text. One walker writes formulas (names) and rules (numbers); brackets come from strength alone.

`-2*1`, `10*1 + (-10)*(-1)`, `2*(2-3)`, `z1=2>0`, `(-5/4)*(1/10)`: a negative number that does not lead is
bracketed, a fraction inside a product is bracketed, and only the outermost sum is spaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from bptrace.numbers.digits import ABOUT, EQUAL, Numeral, Shown, elided, exact_numeral, proven_numeral
from bptrace.numbers.enclosures import ONE, ZERO, Scalar, compare, is_enclosure, precision
from bptrace.numbers.exact import Integer
from bptrace.ops.evaluate import chosen, evaluate, live_parts
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Number, Slot, children
from bptrace.ops.table import OPS

CASES, SUM, FRACTION, PRODUCT, POWER, ATOM = range(6)


class Form(NamedTuple):
    """How an operator is written: its strength, and the strength its arguments need to go unbracketed.

    `spaces`: with spaces around it at the top of a rule: "always", "compound" (where an argument is
    itself an operation, and no power) or never. A form with no `first` stands before its only argument.
    `apart`: the arguments are spaced wherever they stand, and a negative number is bracketed even where it leads.
    `part`: what one of the arguments is called.
    """

    sign: str
    strength: int
    first: int | None
    rest: int
    spaces: str = ""
    apart: bool = False
    part: str = "term"


TEXT = {
    "+": Form("+", SUM, SUM, FRACTION, "always"),
    "-": Form("-", SUM, SUM, FRACTION, "compound"),
    "sum of samples": Form(" + ", SUM, SUM, FRACTION, apart=True),
    "*": Form("*", PRODUCT, PRODUCT, PRODUCT, part="factor"),
    "/": Form("/", FRACTION, PRODUCT, POWER),
    "^": Form("^", POWER, ATOM, ATOM),
    "neg": Form("-", SUM, None, FRACTION),
}
MEMORY = 20_000
TERMS = 9
"""How many terms of a sum are written out on a screen and in a sentence."""
DIGITS = 10
FLIPPED = {"<": ">", "<=": ">="}


class Pattern(NamedTuple):
    """A text with `%s` for each leaf; `slots` says which slot of the tree goes there, and in which bracketing."""

    template: str
    slots: tuple[tuple[int, int], ...]

    def filled(self, leaves: Sequence[Leaf], write: Callable[[Leaf], tuple[str, ...]]) -> tuple[str, str]:
        """The text over the leaves' names, and over their values, each in the one of its texts that fits its place.

        `write` makes the texts of a leaf that has none yet.
        """
        slots, template = self.slots, self.template
        if len(slots) == 2:  # one product, as most rows are: texts take 1.1 times as long without
            (one, kind), (two, other) = slots
            first, second = leaves[one], leaves[two]
            numbers = (first.texts or write(first))[kind], (second.texts or write(second))[other]
            return template % (first.name, second.name), template % numbers
        names = [leaves[slot].name for slot, _ in slots]
        values = [(leaves[slot].texts or write(leaves[slot]))[kind] for slot, kind in slots]
        return template % tuple(names), template % tuple(values)


class Notation:
    """How trees and numbers print.

    `decimal`: terminating decimals rather than fractions where both are exact.
    `terms`: the most terms of a sum that are written out, the rest being counted; None writes all.
    `digits`: how many of an enclosure's are printed, all proven; `bits`: the precision it was worked out with.
    """

    def __init__(self, decimal: bool, terms: int | None = None, digits: int = DIGITS, bits: int = 0) -> None:
        self.decimal = decimal
        self.terms = terms
        self.digits = digits
        self.bits = bits
        self._texts: dict[tuple[Integer, Integer], tuple[str, ...]] = {}

    def number(self, value: Scalar) -> str:
        """The text of a number: exact, or the proven digits of an enclosure."""
        return self.texts(value)[0]

    def shown(self, value: Scalar) -> Shown:
        """A row's value."""
        return Shown(ABOUT if is_enclosure(value) else EQUAL, self.texts(value)[0])

    def short(self, value: Scalar) -> Shown:
        """A row's value, the middle of a long exact number left out and counted, for a table."""
        return self.shown(value) if is_enclosure(value) else Shown(EQUAL, elided(value, self.decimal))

    def texts(self, value: Scalar) -> tuple[str, ...]:
        """The text of a number, bare and as it stands where each `bracketing` asks for brackets."""
        if is_enclosure(value):
            return _bracketings(self.numeral(value))
        ratio = value.p, value.q
        found = self._texts.get(ratio)
        if found is None:
            found = _bracketings(exact_numeral(value, self.decimal))
            if len(self._texts) < MEMORY and len(found[0]) < 100:
                self._texts[ratio] = found
        return found

    def numeral(self, value: Scalar) -> Numeral:
        """A number as it is written: exact, or the proven digits of an enclosure."""
        if not is_enclosure(value):
            return exact_numeral(value, self.decimal)
        with precision(self.bits):
            return proven_numeral(value, self.digits)

    def write(self, leaf: Leaf) -> tuple[str, ...]:
        """A leaf's texts, kept with it."""
        leaf.texts = self.texts(leaf.value)
        return leaf.texts

    def formula(self, tree: Expr) -> str:
        """A tree of single elements with the names of its quantities."""
        return _Writer(self, names=True).top(tree)

    def rule(self, tree: Expr) -> str:
        """A tree of single elements with their numbers; a mere copy is written by its name."""
        if isinstance(tree, Leaf):
            return tree.name
        with precision(self.bits):
            return _Writer(self, names=False).top(tree)

    def pattern(self, tree: Expr) -> Pattern:
        """The text of a tree with slots in place of leaves, for formulas and rules alike."""
        writer = _Writer(self, names=False)
        template = writer.top(tree)
        return Pattern(template, tuple(writer.slots))


class _Writer:
    """The walker. `needed` is the strength the place asks for; `leads` says that nothing stands before it."""

    __slots__ = ("names", "notation", "slots")

    def __init__(self, notation: Notation, names: bool) -> None:
        self.notation = notation
        self.names = names
        self.slots: list[tuple[int, int]] = []

    def top(self, tree: Expr) -> str:
        form = sum_form(tree)
        if form and (form.spaces == "always" or any(map(is_compound, children(tree)))):
            return self.spaced(cast(Call, tree), form)
        return self.write(tree, CASES, True)

    def spaced(self, tree: Call, form: Form) -> str:
        """A sum at the top, and the sums that lead it: `a - b + c`."""
        leading = sum_form(tree.args[0])
        first = self.spaced(cast(Call, tree.args[0]), leading) if leading else ""
        return self.joined(tree.args, form, f" {form.sign} ", True, first)

    def write(self, tree: Expr, needed: int, leads: bool) -> str:
        if isinstance(tree, Leaf):
            return tree.name if self.names else self.notation.texts(tree.value)[bracketing(needed, leads)]
        if isinstance(tree, Slot):
            self.slots.append((tree.number, bracketing(needed, leads)))
            return "%s"
        if isinstance(tree, Call):
            form = TEXT.get(tree.op)
            return self.operator(tree, form, needed, leads) if form else self.function(tree)
        if isinstance(tree, Number):
            texts = _bracketings(exact_numeral(tree.value, True)) if tree.decimal else self.notation.texts(tree.value)
            return texts[bracketing(needed, leads)]
        text = self.cases(cast(Cases, tree))
        return f"({text})" if needed > CASES else text

    def operator(self, tree: Call, form: Form, needed: int, leads: bool) -> str:
        if form.first is None:
            text = form.sign + self.write(tree.args[0], form.rest, False)
            return text if leads and needed <= PRODUCT else f"({text})"
        if form.strength < needed:
            return f"({self.joined(tree.args, form, form.sign, True)})"
        return self.joined(tree.args, form, form.sign, leads)

    def joined(self, args: tuple[Expr, ...], form: Form, sign: str, leads: bool, first: str = "") -> str:
        first = first or self.write(args[0], cast(int, form.first), leads and not form.apart)
        if len(args) == 2:  # rows without a pattern take 1.1 times as long without
            return first + sign + self.write(args[1], form.rest, False)
        front, left_out, back = self.cut(args[1:], 1)
        parts = [first, *[self.write(arg, form.rest, False) for arg in front]]
        if left_out:
            parts.append(f"… {left_out} more {form.part}s …")
        return sign.join(parts + [self.write(arg, form.rest, False) for arg in back])

    def cut(self, args: Sequence[Expr], taken: int) -> tuple[Sequence[Expr], int, Sequence[Expr]]:
        """The arguments that are written in front, how many are left out, and those at the end.

        A single one takes no more room than the words for it. `taken` says how many of the terms to be shown stand
        already.
        """
        terms = self.notation.terms
        if terms is None or len(args) <= terms - taken + 1:
            return args, 0, ()
        back = terms // 3
        front = terms - taken - back
        return args[:front], len(args) - front - back, args[len(args) - back :]

    def function(self, call: Call) -> str:
        row = OPS[call.op]
        if row.prefixed or not call.args:
            return row.spelled + "".join([self.write(arg, ATOM, True) for arg in call.args])
        front, left_out, back = self.cut(call.args, 0)
        parts = [self.write(arg, SUM, True) for arg in front]
        if left_out:
            parts.append(f"… {left_out} more …")
        parts += [self.write(arg, SUM, True) for arg in back]
        return f"{row.spelled}({','.join(parts)})"

    def cases(self, cases: Cases) -> str:
        if self.names:
            branches = [(self.write(branch.value, SUM, True), branch) for branch in cases.branches]
            subject = self.write(cases.subject, SUM, True)
            return ", ".join(f"{value} if {self.condition(subject, branch)}" for value, branch in branches)
        value, branch = chosen(cases)
        condition = self.condition(self.compared(cases.subject, value), branch)
        return condition if is_gate(cases) else f"{condition}: {self.write(branch.value, SUM, True)}"

    def compared(self, subject: Expr, value: Scalar) -> str:
        text = self.notation.number(value)
        if isinstance(subject, Number):
            return text
        return f"{subject.name if isinstance(subject, Leaf) else self.write(subject, SUM, True)}={text}"

    def condition(self, subject: str, branch: Branch) -> str:
        low, high = branch.low, branch.high
        if low and not high:
            return f"{subject}{FLIPPED[low[1]]}{self.write(low[0], SUM, True)}"
        before = f"{self.write(low[0], SUM, True)}{low[1]}" if low else ""
        after = f"{high[0]}{self.write(high[1], SUM, True)}" if high else ""
        return f"{before}{subject}{after}"


def sum_form(tree: Expr) -> Form | None:
    """The form of a sum or a difference; None for any other tree."""
    form = TEXT.get(tree.op) if isinstance(tree, Call) else None
    return form if form and form.spaces else None


def is_compound(tree: Expr) -> bool:
    """Whether a side of a difference is itself an operation; a power is read as one thing."""
    form = TEXT.get(tree.op) if isinstance(tree, Call) else None
    return isinstance(tree, Call) and (form is None or form.strength < POWER)


def bracketing(needed: int, leads: bool) -> int:
    """Which numbers are bracketed in a place: 1 negative ones, 2 fractions, 3 both, 0 neither."""
    return (not leads or needed > PRODUCT) + 2 * (needed > FRACTION)


def _bracketings(number: Numeral) -> tuple[str, str, str, str]:
    """A number as it stands in a place of each bracketing."""
    text = number.text
    if not (number.minus or number.bottom or number.radius):
        return text, text, text, text
    closed, parted = f"({text})", number.bottom or number.radius
    return text, closed if number.minus else text, closed if parted else text, closed


def is_gate(cases: Cases) -> bool:
    """Whether the condition alone tells the value: strictly inside gives 1, on or beyond a bound gives 0."""
    return all(_gate_branch(branch) for branch in cases.branches)


def _gate_branch(branch: Branch) -> bool:
    if not isinstance(branch.value, Number):
        return False
    relations = {bound for bound in (branch.low and branch.low[1], branch.high and branch.high[0]) if bound}
    return (relations == {"<"} and branch.value.value == ONE) or (relations == {"<="} and branch.value.value == ZERO)


def live_nodes(tree: Expr) -> Iterator[Expr]:
    """Every node of the tree that its value comes from."""
    yield tree
    for part in live_parts(tree):
        yield from live_nodes(part)


def bound_at(cases: Cases) -> Expr | None:
    """The bound that the subject lies exactly on, where the slope is a convention; else None."""
    value = evaluate(cases.subject)
    bounds = [bound for b in cases.branches for bound in (b.low and b.low[0], b.high and b.high[1]) if bound]
    return next((bound for bound in bounds if not compare(evaluate(bound), value)), None)
