"""The walker over the quantities of a trace: single elements and whole arrays, with names or with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bptrace.engine.quantity import SlopeAt
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Shape, entries, indices, size
from bptrace.numbers.digits import Numeral
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Rational
from bptrace.ops import layout
from bptrace.ops.elementwise import broadcast_shape
from bptrace.ops.expr import Call, Expr, Leaf, Lettered, Name, Number, SumOver
from bptrace.ops.format import ATOM, CASES, POWER, PRODUCT, SUM, T
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT
from bptrace.ops.notation import Notation
from bptrace.ops.shared import LONG, OncePerCall
from bptrace.ops.table import OPS, Op, expansion
from bptrace.ops.walker import Walker, bracketing
from bptrace.typeset.format import Format
from bptrace.typeset.names import Names

HALF = Rational(1, 2)
KEPT = 10_000
"""How many terms of long operations are kept as they are written: a piece takes some ten times what its tree does."""

NUMBERS, SHORT_BITS = 2_000, 300
"""How many numbers are kept as they are written, and how long those are."""


class Mathematics(Walker[T]):
    """Writes trees as mathematics is set.

    `look`: with names, with numbers in place of names, or with arrays written out by their elements.
    """

    format: Format[T]
    notation: Notation

    def __init__(self, trace: Trace, names: Names[T], look: str = WITH_NAMES) -> None:
        super().__init__()
        self.trace = trace
        self.values = trace.values
        self.notation = trace.notation if look == WITH_NUMBERS else trace.notation.unrounded
        self.terms, self.bits = trace.notation.terms, trace.notation.bits
        self.names = names
        self.format = names.format
        self.look = look
        self._numbers: dict[tuple[object, ...], T] = {}
        self._written = OncePerCall(self._long, KEPT)
        self.ways |= {Name: self.quantity, Lettered: self.at_letters, SumOver: self.sum_over}

    def top(self, tree: Expr) -> T:
        """The whole of a tree; with names, once for all samples."""
        if self.look != WITH_NAMES:
            return super().top(tree)
        return self.names.once(tree, (type(self), self.terms), lambda: super(Mathematics, self).top(tree))

    def rule(self, tree: Expr) -> T:
        """A row's rule: a mere copy is written by its name."""
        return self.names.element(tree.name) if isinstance(tree, Leaf) else self.top(tree)

    def added(self, trees: Sequence[Expr]) -> T:
        """The trees as the terms of a sum, each in brackets where it needs them there; a single one as it stands."""
        needed = SUM if len(trees) > 1 else CASES
        terms = [self.write(tree, needed, leads=not place) for place, tree in enumerate(trees)]
        return self.format.joined(terms, "+")

    # leaves

    def element(self, leaf: Leaf, needed: int) -> T:
        """An element by its name, in a place."""
        piece, is_derivative = self.names.fraction_or_not(leaf.name)
        return self.wrapped(piece, self.format.derivative_strength, needed) if is_derivative else piece

    def named(self, piece: T, key: str, needed: int) -> T:
        """A symbol, in brackets where a derivative would be read as the fraction that it looks like."""
        is_derivative = self.names.is_derivative(self.names.quantities[key])
        return self.wrapped(piece, self.format.derivative_strength, needed) if is_derivative else piece

    def quantity(self, name: Name, needed: int, leads: bool) -> T:
        """A whole quantity: its symbol, or its numbers."""
        if self.look == WITH_NAMES or (self.look == WRITTEN_OUT and size(name.shape) == 1):
            return self.named(self.names.whole(name.key), name.key, needed)
        if size(name.shape) == 1:
            return self.number(entries(self.values[name.key], name.shape)[0], needed, leads)
        return self.block(self.entries(name), name.shape)

    def entries(self, name: Name) -> list[T]:
        """The elements of a whole quantity in row order: their numbers, or their names."""
        if self.look == WITH_NUMBERS:
            return [self.number(item) for item in entries(self.values[name.key], name.shape)]
        quantity = self.names.quantities[name.key]
        return [self.names.at(quantity, index) for index in indices(name.shape)]

    def block(self, pieces: Sequence[T], shape: Shape) -> T:
        """Pieces in the shape of an array, a vector as a column."""
        width = shape[1] if len(shape) == 2 else 1
        return self.format.matrix([pieces[start : start + width] for start in range(0, len(pieces), width)])

    def number(self, value: Scalar, needed: int = CASES, leads: bool = True) -> T:
        """A number in a place; a short one is written once for all that it stands in alike."""
        if type(value) is not Rational or value.height_bits() > SHORT_BITS:
            return self.numeral(self.notation.numeral(value), needed, leads)
        place = value.p, value.q, needed, leads, self.notation
        if place not in self._numbers:
            if len(self._numbers) >= NUMBERS:
                self._numbers.clear()
            self._numbers[place] = self.numeral(self.notation.numeral(value), needed, leads)
        return self._numbers[place]

    def numeral(self, number: Numeral, needed: int, leads: bool) -> T:
        """A number as it is to be written, bracketed where its place asks for that."""
        kind, (minus, _, bottom, exponent, radius) = bracketing(needed, leads), number
        slashed = bottom and (needed >= ATOM or self.format.slashes(number))
        wrapped = (kind & 1 and minus) or (kind & 2 and (slashed or radius)) or (exponent and needed >= POWER)
        piece = self.format.number(number)
        return self.format.brackets(piece) if wrapped else piece

    def literal(self, tree: Number, needed: int, leads: bool) -> T:
        """A literal as the file writes numbers; a half that is written as one is a character, where there is one."""
        half = self.format.half if tree.value == HALF and self.notation.keeps_fraction(tree) else None
        return self.wrapped(half, POWER, needed) if half else super().literal(tree, needed, leads)

    # at letters

    def lettered(self, key: str, letters: Sequence[str]) -> T:
        """An element at an index of letters."""
        return self.names.lettered(key, letters)

    def at_letters(self, tree: Lettered, needed: int, leads: bool) -> T:
        """A node that stands for an element at an index of letters."""
        return self.names.lettered(tree.key, tree.letters)

    def sum_over(self, tree: SumOver, needed: int, leads: bool) -> T:
        """A sum over a letter."""
        body = self.write(tree.body, SUM if isinstance(tree.body, SumOver) else PRODUCT, False)
        return self.wrapped(self.format.total(body, tree.letter), SUM, needed)

    # operations

    def write(self, tree: Expr, needed: int, leads: bool) -> T:
        """A tree in a place; a long operation, which many rows may share, is written once.

        A short one goes its way from here: a product of 200 factors is as deep, and each call between is 200 more.
        """
        if isinstance(tree, Call) and len(tree.args) >= LONG:
            return self._written.of(tree, needed, leads, self.notation)
        return self.ways[type(tree)](tree, needed, leads)

    def _long(self, call: Call, needed: int, leads: bool, _: Notation) -> T:
        return super().write(call, needed, leads)

    def seen(self, call: Call) -> Call:
        """An operation as it is seen: a factor that is one number is one, a vector in each row lies in a row."""
        args = tuple(_as_factors(call) if self.layout(call) is layout.product else call.args)
        if self.look == WITH_NAMES and len(call.shape) == 2 and _repeats(call):
            args = tuple(_lying(arg) for arg in args)
        return Call(call.op, args, call.shape, call.extra, call.mark) if args != call.args else call

    def function(self, call: Call, needed: int, leads: bool) -> T:
        """A function of its arguments; one that makes a single number of arrays by what it means."""
        meaning = expansion(call)
        if meaning is not None and not OPS[call.op].title and not call.shape:
            return self.write(meaning, needed, leads)
        return super().function(call, needed, leads)

    def title(self, row: Op) -> T:
        """What a function is called; a loss that is left open has the symbol of its value."""
        if row.unspecified and row.spelled == self.names.loss and row.arity == (0, 0):
            return self.names.whole_loss
        return self.named_function(row.title or row.spelled)

    def named_function(self, name: str) -> T:
        """A function by what it is called: `f'_a` is the derivative of f in its parameter a."""
        whole, prime, parameter = name.partition("'")
        function = self.names.function(whole)
        if not prime:
            return function
        if parameter:
            return self.format.partial(function, self.format.letter(parameter[1:]))
        return self.format.derivative(function)

    def open_derivative(self, trace: Trace, key: str, argument: Expr) -> T:
        """What is known by its name alone as what it means: how the loss, or a function, changes with its argument."""
        form, at, role = self.format, self.top(argument), trace.program.quantities[key].role
        if isinstance(role, SlopeAt):
            return form.partial(form.called(self.named_function(role.activation), [at]), at)
        loss = next(item.expr for item in trace.program.definitions if item.key == trace.program.loss)
        return form.partial(self.top(loss), at)

    def prefixed(self, row: Op, arg: Expr) -> T:
        """The derivative of the loss in a quantity."""
        inner = self.names.whole(arg.key) if isinstance(arg, Name) else self.write(arg, ATOM, True)
        return self.format.partial(self.names.whole_loss, inner)

    def transposed(self, part: Expr) -> T:
        """The sign for a transpose behind what it is of."""
        return self.format.transposed(self.write(part, ATOM, True))


def _as_factors(call: Call) -> list[Expr]:
    """The factors of a product, of which another has its shape where one is repeated for it."""
    parts = [_once(arg) for arg in call.args]
    return parts if any(part.shape == call.shape for part in parts) else list(call.args)


def _once(part: Expr) -> Expr:
    """What a single number is that is repeated for a whole array."""
    return cast(Call, part).args[0] if _is_repeated(part) and size(cast(Call, part).args[0].shape) == 1 else part


def _is_repeated(part: Expr) -> bool:
    return isinstance(part, Call) and OPS[part.op].layout is layout.repeated


def _repeats(call: Call) -> bool:
    """Whether an operation broadcasts as NumPy does."""
    return _is_repeated(call) or OPS[call.op].shape is broadcast_shape


def _lying(part: Expr) -> Expr:
    """A vector beside a matrix is added to each of its rows: a column would be added to each column."""
    return Call("T", (part,), (1, *part.shape)) if len(part.shape) == 1 else part
