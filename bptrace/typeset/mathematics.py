"""Trees to mathematics. One walker writes trees of single elements and trees of whole arrays, with names or numbers.

How an operation is laid out is the business of `layouts`, what a fraction or a symbol looks like that of the glyphs,
and what a quantity is called that of `naming`. Brackets come from strength alone, as in `notation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Shape, entries, indices, size
from bptrace.numbers.digits import Numeral, exact_numeral
from bptrace.numbers.enclosures import Scalar, precision
from bptrace.ops.elementwise import broadcast_shape
from bptrace.ops.evaluate import chosen
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Lettered, Name, Number, SumOver
from bptrace.ops.notation import ATOM, CASES, FLIPPED, POWER, PRODUCT, SUM, bracketing, is_gate
from bptrace.ops.table import OPS
from bptrace.typeset.names import Names
from bptrace.typeset.operators import LAYOUTS, WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT, called


class Mathematics:
    """The walker. `look`: with names, with numbers in place of names, or with arrays written out by their elements."""

    def __init__(self, trace: Trace, names: Names, look: str = WITH_NAMES) -> None:
        self.trace = trace
        self.values = trace.values
        self.notation = trace.notation
        self.names = names
        self.glyphs = names.glyphs
        self.look = look

    def top(self, tree: Expr) -> str:
        """The whole text of a tree."""
        with precision(self.notation.bits):
            return self.write(tree, CASES, True)

    def rule(self, tree: Expr) -> str:
        """The text of a row's rule: a mere copy is written by its name."""
        return self.names.element(tree.name) if isinstance(tree, Leaf) else self.top(tree)

    def write(self, tree: Expr, needed: int, leads: bool) -> str:
        """The text of a tree in a place that asks for some strength; `leads`: nothing stands before it."""
        if isinstance(tree, Leaf):
            named = self.look != WITH_NUMBERS
            return self.element(tree.name, needed) if named else self.number(tree.value, needed, leads)
        if isinstance(tree, Name):
            return self.quantity(tree, needed, leads)
        if isinstance(tree, Number):
            return self.literal(tree, needed, leads)
        if isinstance(tree, Lettered):
            return self.names.lettered(tree.key, tree.letters)
        if isinstance(tree, SumOver):
            body = self.write(tree.body, SUM if isinstance(tree.body, SumOver) else PRODUCT, False)
            return self.wrapped(self.glyphs.total(tree.letter, body), SUM, needed)
        if isinstance(tree, Call):
            return LAYOUTS.get(tree.op, called)(self, self.seen(tree), needed, leads)
        return self.cases(cast(Cases, tree), needed)

    def seen(self, call: Call) -> Call:
        """The operation as it is laid out: a factor that is one number is one, a vector in each row lies in a row."""
        args = tuple(_as_factors(call) if call.op == "*" else call.args)
        if self.look == WITH_NAMES and len(call.shape) == 2 and _repeats(call):
            args = tuple(_lying(arg) for arg in args)
        return Call(call.op, args, call.shape, call.extra, call.mark) if args != call.args else call

    def element(self, name: str, needed: int) -> str:
        """An element by its name in the register."""
        key, _ = self.names.quantities.places[name]
        return self.named(self.names.element(name), key, needed)

    def named(self, text: str, key: str, needed: int) -> str:
        """A symbol, in brackets where a derivative would be read as the fraction that it looks like."""
        strength = POWER if self.glyphs.stacked else PRODUCT
        return self.wrapped(text, strength, needed) if self.names.is_derivative(self.names.quantities[key]) else text

    def quantity(self, name: Name, needed: int, leads: bool) -> str:
        """A whole quantity: its symbol, or its numbers."""
        if self.look == WITH_NAMES or (self.look == WRITTEN_OUT and size(name.shape) == 1):
            return self.named(self.names.whole(name.key), name.key, needed)
        if size(name.shape) == 1:
            return self.number(entries(self.values[name.key], name.shape)[0], needed, leads)
        return self.block(self.entries(name), name.shape)

    def entries(self, name: Name) -> list[str]:
        """The elements of a whole quantity in row order: their numbers, or their names."""
        if self.look == WITH_NUMBERS:
            return [self.number(item) for item in entries(self.values[name.key], name.shape)]
        quantity = self.names.quantities[name.key]
        return [self.names.at(quantity, index) for index in indices(name.shape)]

    def block(self, texts: Sequence[str], shape: Shape) -> str:
        """Texts in the shape of an array, a vector as a column."""
        width = shape[1] if len(shape) == 2 else 1
        return self.glyphs.matrix([texts[start : start + width] for start in range(0, len(texts), width)])

    def number(self, value: Scalar, needed: int = CASES, leads: bool = True) -> str:
        """A number as it stands in a place."""
        return self.bracketed(self.notation.numeral(value), needed, leads)

    def bracketed(self, number: Numeral, needed: int, leads: bool) -> str:
        """A number as it is written, bracketed where its place asks for that."""
        kind, (minus, digits, bottom, exponent, radius) = bracketing(needed, leads), number
        slashed = bottom and (needed >= ATOM or not self.glyphs.stacks(minus + digits, bottom))
        wrapped = (kind & 1 and minus) or (kind & 2 and (slashed or radius)) or (exponent and needed >= POWER)
        text = self.glyphs.number(number)
        return self.glyphs.brackets(text) if wrapped else text

    def literal(self, tree: Number, needed: int, leads: bool) -> str:
        """A literal as the file writes numbers."""
        number = exact_numeral(tree.value, True) if tree.decimal else self.notation.numeral(tree.value)
        return self.bracketed(number, needed, leads)

    def function(self, name: str) -> str:
        """A function's name: `f'_a` is the derivative of f in its parameter a."""
        whole, prime, parameter = name.partition("'")
        text = self.glyphs.function(whole)
        if not prime:
            return text
        return self.glyphs.partial(text, parameter[1:]) if parameter else self.glyphs.derivative(text)

    def partial(self, quantity: Expr) -> str:
        """The derivative of the loss in a quantity."""
        inner = self.names.whole(quantity.key) if isinstance(quantity, Name) else self.write(quantity, ATOM, True)
        return self.glyphs.partial(self.names.whole_loss, inner)

    def transposed(self, part: Expr) -> str:
        """The sign for a transpose behind what it is of."""
        return self.glyphs.transposed(self.write(part, ATOM, True))

    def wrapped(self, text: str, strength: int, needed: int) -> str:
        """The text, in brackets where its place asks for more strength than it has."""
        return self.glyphs.brackets(text) if strength < needed else text

    # cases

    def cases(self, cases: Cases, needed: int) -> str:
        """Every case with names; with numbers the one that holds, by its condition."""
        if self.look == WITH_NUMBERS and not cases.shape:
            return self.held(cases, needed)
        subject = self.write(cases.subject, SUM, True)
        branches = [(self.write(b.value, SUM, True), self.condition(subject, b)) for b in cases.branches]
        return self.wrapped(self.glyphs.cases(branches), CASES, needed)

    def held(self, cases: Cases, needed: int) -> str:
        """The case that holds among numbers."""
        value, branch = chosen(cases)
        condition = self.condition(self.compared(cases.subject, self.number(value)), branch)
        text = condition if is_gate(cases) else f"{condition}{self.glyphs.so}{self.write(branch.value, SUM, True)}"
        return self.wrapped(text, CASES, needed)

    def compared(self, subject: Expr, value: str) -> str:
        """What a case depends on, and its value: `z = 2`."""
        if isinstance(subject, Number):
            return value
        text = self.names.element(subject.name) if isinstance(subject, Leaf) else self.write(subject, SUM, True)
        return f"{text} = {value}"

    def condition(self, subject: str, branch: Branch) -> str:
        """What holds in one case: `z > 0`."""
        low, high, related = branch.low, branch.high, self.glyphs.related
        if low and not high:
            return f"{subject}{related[FLIPPED[low[1]]]}{self.write(low[0], SUM, True)}"
        before = f"{self.write(low[0], SUM, True)}{related[low[1]]}" if low else ""
        after = f"{related[high[0]]}{self.write(high[1], SUM, True)}" if high else ""
        return f"{before}{subject}{after}"


def _as_factors(call: Call) -> list[Expr]:
    """The factors of a product, of which another has its shape where one is repeated for it."""
    parts = [_once(arg) for arg in call.args]
    return parts if any(part.shape == call.shape for part in parts) else list(call.args)


def _once(part: Expr) -> Expr:
    """What a single number is that is repeated for a whole array."""
    spread = isinstance(part, Call) and part.op == "spread" and size(part.args[0].shape) == 1
    return cast(Call, part).args[0] if spread else part


def _repeats(call: Call) -> bool:
    """Whether an operation broadcasts as NumPy does."""
    return call.op == "spread" or OPS[call.op].shape is broadcast_shape


def _lying(part: Expr) -> Expr:
    """A vector beside a matrix is added to each of its rows: a column would be added to each column."""
    return Call("T", (part,), (1, *part.shape)) if len(part.shape) == 1 else part
