"""Trees to mathematics in any format: the one walker.

Brackets come from strength alone. How an operation is laid out stands in its row of the op table, what the pieces look
like and how they are put together is the format's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, cast

from bptrace.numbers.digits import Numeral, exact_numeral
from bptrace.numbers.enclosures import ONE, ZERO, Scalar, precision
from bptrace.ops.evaluate import chosen
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Number, Taken
from bptrace.ops.format import ARGUMENT, ATOM, CASES, FRACTION, PRODUCT, SUM, Operators, T
from bptrace.ops.layout import WITH_NUMBERS, Each, Layout
from bptrace.ops.table import OPS, Op

FLIPPED = {"<": ">", "<=": ">="}


class Walker(Generic[T]):
    """Writes trees of single elements, by the names of their leaves or by their numbers.

    `terms`: the most terms of a row that are written out, the rest being counted; None writes all.
    `bits`: the precision that enclosures were worked out with. `notation`: how numbers are written.
    """

    format: Operators[T]
    notation: Any  # a Notation, which has walkers itself
    look: str
    terms: int | None
    bits: int

    def __init__(self) -> None:
        self.ways: dict[type[Expr], Callable[[Any, int, bool], T]] = {
            Leaf: self.leaf,
            Number: self.literal,
            Taken: self.literal,
            Call: self.deciding,
            Cases: self.cases,
        }
        """How each kind of node is written."""

    def top(self, tree: Expr) -> T:
        """The whole of a tree."""
        with precision(self.bits):
            return self.write(tree, CASES, True)

    def factor(self, tree: Expr) -> T:
        """The whole of a tree as it stands behind other factors."""
        with precision(self.bits):
            return self.write(tree, PRODUCT, False)

    def write(self, tree: Expr, needed: int, leads: bool) -> T:
        """A tree in a place that asks for some strength; `leads`: nothing stands before it."""
        return self.ways[type(tree)](tree, needed, leads)

    def wrapped(self, piece: T, strength: int, needed: int) -> T:
        """The piece, in brackets where its place asks for more strength than it has."""
        return self.format.brackets(piece) if strength < needed else piece

    # leaves

    def leaf(self, leaf: Leaf, needed: int, leads: bool) -> T:
        """An element by its name or by its number."""
        return self.number(leaf.value, needed, leads) if self.look == WITH_NUMBERS else self.element(leaf, needed)

    def element(self, leaf: Leaf, needed: int) -> T:
        """An element by its name, in a place."""
        raise NotImplementedError

    def number(self, value: Scalar, needed: int = CASES, leads: bool = True) -> T:
        """A number in a place."""
        raise NotImplementedError

    def numeral(self, number: Numeral, needed: int, leads: bool) -> T:
        """A number as it is to be written, in a place."""
        raise NotImplementedError

    def literal(self, tree: Number, needed: int, leads: bool) -> T:
        """A literal as the file writes numbers."""
        if tree.decimal is None or not (tree.decimal or self.notation.keeps_fraction(tree)):
            return self.number(tree.value, needed, leads)
        return self.numeral(exact_numeral(tree.value, tree.decimal), needed, leads)

    # operations

    def layout(self, tree: Expr) -> Layout | None:
        """How an operation is laid out; None for a function and for what is none."""
        return OPS[tree.op].layout if isinstance(tree, Call) else None

    def deciding(self, call: Call, needed: int, leads: bool) -> T:
        """An operation in a place; the numbers of one that decides have digits enough for what it decides."""
        if not OPS[call.op].decides or self.look != WITH_NUMBERS:
            return self.call(call, needed, leads)
        with self.telling(call):
            return self.call(call, needed, leads)

    @contextmanager
    def telling(self, tree: Expr) -> Iterator[None]:
        """Write numbers with as many digits as they need for what a tree decides on."""
        usual = self.notation
        self.notation = usual.telling(tree)
        try:
            yield
        finally:
            self.notation = usual

    def call(self, call: Call, needed: int, leads: bool) -> T:
        """An operation in a place."""
        call = self.seen(call) if call.shape else call
        layout = OPS[call.op].layout
        return cast(T, layout.write(self, call, needed, leads)) if layout else self.function(call, needed, leads)

    def seen(self, call: Call) -> Call:
        """An operation on arrays as it is written."""
        return call

    def function(self, call: Call, needed: int, leads: bool) -> T:
        """A function of its arguments."""
        row = OPS[call.op]
        if row.prefixed:
            return self.prefixed(row, call.args[0])
        name = self.title(row)
        return self.format.called(name, self.several(call.args, SUM, ARGUMENT, leads=True)) if call.args else name

    def title(self, row: Op) -> T:
        """What a function is called."""
        return self.format.function(row.title or row.spelled)

    def prefixed(self, row: Op, arg: Expr) -> T:
        """An operation that stands before its argument."""
        return self.format.row([self.format.function(row.spelled), self.write(arg, ATOM, True)])

    def several(self, parts: Sequence[Expr], needed: int, kind: str, leads: bool = False, taken: int = 0) -> list[T]:
        """The parts of a row, the middle of a long one left out and counted.

        A single one takes no more room than the words for it. `taken` says how many of the parts to be shown stand
        already.
        """
        if len(parts) == 1:  # a product's second factor, mostly: rows without a pattern take 1.1 times as long without
            return [self.write(parts[0], needed, leads)]
        front, left_out, back = self.cut(parts, kind, taken)
        pieces = [self.write(part, needed, leads) for part in front]
        if left_out:
            pieces += [self.format.more(left_out, kind), *[self.write(part, needed, leads) for part in back]]
        return pieces

    def cut(self, parts: Sequence[Each], kind: str, taken: int = 0) -> tuple[Sequence[Each], int, Sequence[Each]]:
        """The parts that are written in front, how many are left out, and those at the end."""
        terms = self.terms
        if terms is None or kind not in self.format.counted or len(parts) <= terms - taken + 1:
            return parts, 0, ()
        back = terms // 3
        front = terms - taken - back
        return parts[:front], len(parts) - front - back, parts[len(parts) - back :]

    # cases

    def cases(self, cases: Cases, needed: int, leads: bool) -> T:
        """Every case with names; with numbers the one that holds, by its condition."""
        if self.look == WITH_NUMBERS and not cases.shape:
            return self.wrapped(self.held(cases), CASES, needed)
        subject = self.write(cases.subject, SUM, True)
        branches = [(self.write(b.value, SUM, True), self.condition(subject, b)) for b in cases.branches]
        return self.wrapped(self.format.cases(branches), CASES, needed)

    def held(self, cases: Cases) -> T:
        """The case that holds among numbers, in digits enough; where its condition tells the value, only that."""
        with self.telling(cases):
            value, branch = chosen(cases)
            condition = self.condition(self.compared(cases.subject, value), branch)
            return condition if is_gate(cases) else self.so(condition, branch)

    def so(self, condition: T, branch: Branch) -> T:
        """A condition, and the value that holds then."""
        return self.format.joined([condition, self.write(branch.value, SUM, True)], ":")

    def compared(self, subject: Expr, value: Scalar) -> T:
        """What a case depends on, and its value: `z = 2`."""
        number = self.number(value)
        if isinstance(subject, Number):
            return number
        named = isinstance(subject, Leaf)
        piece = self.element(cast(Leaf, subject), CASES) if named else self.write(subject, SUM, True)
        return self.format.joined([piece, number], "=")

    def condition(self, subject: T, branch: Branch) -> T:
        """What holds in one case: `z > 0`."""
        low, high, signs = branch.low, branch.high, self.format.signs
        if low and not high:
            return self.format.row([subject, signs[FLIPPED[low[1]]], self.write(low[0], SUM, True)])
        before = [self.write(low[0], SUM, True), signs[low[1]]] if low else []
        after = [signs[high[0]], self.write(high[1], SUM, True)] if high else []
        return self.format.row([*before, subject, *after])


def bracketing(needed: int, leads: bool) -> int:
    """Which numbers are bracketed in a place: 1 negative ones, 2 fractions, 3 both, 0 neither."""
    return (not leads or needed > PRODUCT) + 2 * (needed > FRACTION)


def is_gate(cases: Cases) -> bool:
    """Whether the condition alone tells the value: strictly inside gives 1, on or beyond a bound gives 0."""
    return all(_gate_branch(branch) for branch in cases.branches)


def as_gate(cases: Cases) -> Cases:
    """A gate with the conditions of other cases, each strict on both sides or not: only its condition is written."""
    return Cases(cases.subject, [branch._replace(value=Number(_passing(branch))) for branch in cases.branches])


def _passing(branch: Branch) -> Scalar:
    return ONE if "<" in (branch.low and branch.low[1], branch.high and branch.high[0]) else ZERO


def _gate_branch(branch: Branch) -> bool:
    if not isinstance(branch.value, Number):
        return False
    relations = {bound for bound in (branch.low and branch.low[1], branch.high and branch.high[0]) if bound}
    return (relations == {"<"} and branch.value.value == ONE) or (relations == {"<="} and branch.value.value == ZERO)
