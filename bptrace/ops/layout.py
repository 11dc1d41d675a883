"""How operations are laid out, whatever the format: which sign stands between, what stands first, what is bracketed.

A row of the op table names its layout; an operation without one is written as a function of its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol, TypeVar

from bptrace.numbers.arrays import Shape, size
from bptrace.numbers.digits import Numeral
from bptrace.ops.expr import Call, Expr, Name, SumOver
from bptrace.ops.format import (
    ATOM,
    CASES,
    FACTOR,
    FRACTION,
    OUTERMOST,
    POWER,
    PRODUCT,
    SUM,
    TERM,
    Typesetting,
)

T = TypeVar("T")
Each = TypeVar("Each")

HALF = Numeral("", "1", "2")
WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT = "names", "numbers", "written out"
"""How a tree is written: with names, with numbers in place of names, or with the names of an array's elements."""


class Writer(Protocol[T]):
    """What walks a tree and writes its parts: `needed` is what their place asks for, `leads` that nothing is before it.

    `several`: parts of a long row, `taken` of which stand already. Trees of single elements are written with operators
    in a format that has nothing else; what is for arrays meets none of those.
    """

    @property
    def format(self) -> Typesetting[T]: ...
    @property
    def look(self) -> str: ...
    def write(self, tree: Expr, needed: int, leads: bool) -> T: ...
    def several(
        self, parts: Sequence[Expr], needed: int, kind: str, leads: bool = False, taken: int = 0
    ) -> list[T]: ...
    def cut(self, parts: Sequence[Each], kind: str, taken: int = 0) -> tuple[Sequence[Each], int, Sequence[Each]]: ...
    def wrapped(self, piece: T, strength: int, needed: int) -> T: ...
    def layout(self, tree: Expr) -> Layout | None: ...
    def entries(self, name: Name) -> list[T]: ...
    def block(self, pieces: Sequence[T], shape: Shape) -> T: ...
    def lettered(self, key: str, letters: Sequence[str]) -> T: ...
    def transposed(self, part: Expr) -> T: ...


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """How one kind of operation is laid out.

    `write(writer, operation, needed, leads)` gives the piece. `operator`: files write it with one, and so do rules.
    `whole(operation)`: it can be written with whole arrays; `spread(shape)`: an argument of that shape is then written
    in the shape of the result.
    """

    write: Callable[[Any, Call, int, bool], Any]
    operator: bool = False
    whole: Callable[[Call], bool] = lambda call: False
    spread: Callable[[Shape], bool] = lambda shape: False


# Sums and differences


def _sums(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    return _terms(writer, call, needed, leads, " + " if needed == OUTERMOST else "+")


def _sum_of_samples(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    return _terms(writer, call, needed, leads, " + ", apart=writer.format.apart)


def _terms(writer: Writer[T], call: Call, needed: int, leads: bool, sign: str, apart: bool = False) -> T:
    first, *rest = call.args
    parts = [_first(writer, first, needed, (leads or needed > SUM) and not apart)]
    parts += writer.several(rest, FRACTION, TERM, taken=1)
    return writer.wrapped(writer.format.joined(parts, sign), SUM, needed)


def _signed_sum(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """Terms behind their signs: what is negative is subtracted."""
    form, (first, *rest) = writer.format, call.args
    plus, minus = (" + ", " - ") if needed == OUTERMOST else ("+", "-")

    def behind_sign(term: Expr) -> list[T]:
        is_taken = isinstance(term, Call) and writer.layout(term) is negative
        bare = term.args[0] if isinstance(term, Call) and is_taken else term
        return [form.signs[minus if is_taken else plus], writer.write(bare, FRACTION, False)]

    front, left_out, back = writer.cut(rest, TERM, taken=1)
    gap = [form.signs[plus], form.more(left_out, TERM)] if left_out else []
    parts = [*chain.from_iterable(map(behind_sign, front)), *gap, *chain.from_iterable(map(behind_sign, back))]
    return writer.wrapped(form.row([_first(writer, first, needed, leads or needed > SUM), *parts]), SUM, needed)


def _first(writer: Writer[T], part: Expr, needed: int, leads: bool) -> T:
    """What stands first in a sum or difference: a sum over an index is bracketed, or it would reach over the rest."""
    layout = writer.layout(part)
    if needed == OUTERMOST and layout in (sums, difference, signed):
        return writer.write(part, OUTERMOST, leads)
    reaches = isinstance(part, SumOver) or (layout in (total, mean, gathered) and _sums_several(part))
    return writer.write(part, FRACTION if reaches else SUM, leads)


def _sums_several(part: Expr) -> bool:
    return isinstance(part, Call) and size(part.args[0].shape) > 1


def _difference(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    one, other = call.args
    parts = [_first(writer, one, needed, leads or needed > SUM), writer.write(other, FRACTION, False)]
    return writer.wrapped(writer.format.joined(parts, " - " if needed == OUTERMOST else "-"), SUM, needed)


def _negative(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    piece = writer.format.negative(writer.write(call.args[0], FRACTION, False))
    return piece if leads and needed <= PRODUCT else writer.format.brackets(piece)


def _total(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    part = call.args[0]
    if size(part.shape) == 1:
        return writer.write(part, needed, leads)
    return writer.wrapped(writer.format.total(_behind_sum_sign(writer, part)), SUM, needed)


def _behind_sum_sign(writer: Writer[T], part: Expr) -> T:
    """What stands behind a sum sign."""
    return writer.write(part, PRODUCT, not writer.format.stacked)


def _mean(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    form, part = writer.format, call.args[0]
    share = form.number(Numeral("", "1", str(size(part.shape))))
    return writer.wrapped(form.joined([share, form.total(_behind_sum_sign(writer, part))], "beside"), SUM, needed)


def _gathered(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """A sum over the axes that are gone; nothing to see where those had one element, but a row that turns."""
    part = call.args[0]
    if size(part.shape) == size(call.shape):
        is_row = len(part.shape) == 2 and len(call.shape) == 1
        return _turned(writer, part, leads) if is_row else writer.write(part, needed, leads)
    along = "" if not call.shape else "rows" if _loses_rows(part.shape, call.shape) else "columns"
    return writer.wrapped(writer.format.total(_behind_sum_sign(writer, part), along=along), SUM, needed)


def _loses_rows(before: Shape, after: Shape) -> bool:
    return len(after) < 2 or after[0] < before[0]


# Products, quotients, powers


def _product(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    first, *rest = call.args
    several = call.shape and sum(size(arg.shape) > 1 for arg in call.args) > 1
    strength = _strength(writer, first, MATRIX_PRODUCTS) if several else PRODUCT
    piece = writer.write(first, strength, leads or needed > PRODUCT)  # here: 200 factors stand inside one another
    if call.shape:
        piece = _array_product(writer, piece, call)
    else:
        piece = writer.format.joined([piece, *writer.several(rest, PRODUCT, FACTOR, taken=1)], "*")
    return writer.wrapped(piece, PRODUCT, needed)


def _array_product(writer: Writer[T], written: T, call: Call) -> T:
    """A product of arrays whose first factor is written."""
    first, *rest = call.args
    parts, shape = [written], first.shape
    for arg in rest:
        sign = writer.format.signs[_times(writer, shape, arg.shape)]
        parts += [sign, writer.write(arg, _strength(writer, arg, MATRIX_PRODUCTS), False)]
        shape = arg.shape if size(shape) == 1 else shape
    return writer.format.row(parts)


def _strength(writer: Writer[T], part: Expr, others: Sequence[Layout]) -> int:
    """What a factor needs: a product of another kind is bracketed, since the two are not associative."""
    return POWER if part.shape and writer.layout(part) in others else PRODUCT


def _times(writer: Writer[T], before: Shape, after: Shape) -> str:
    """The sign between two factors: none between a number and an array that is written out."""
    if size(before) > 1 and size(after) > 1:
        return "each"
    return "beside" if size(after) > 1 and writer.look == WITH_NUMBERS else "*"


def _quotient(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    top, bottom = call.args
    if writer.format.stacked and not top.shape and not bottom.shape:
        return _stacked(writer, writer.write(top, CASES, True), writer.write(bottom, CASES, True), needed)
    parts = [writer.write(top, PRODUCT, leads or needed > FRACTION), writer.write(bottom, POWER, False)]
    return writer.wrapped(writer.format.joined(parts, "/"), FRACTION, needed)


def _stacked(writer: Writer[T], top: T, bottom: T, needed: int) -> T:
    """One above the other; parts that need line breaks side by side, in brackets."""
    form = writer.format
    if form.stacks(top, bottom):
        return writer.wrapped(form.fraction(top, bottom), POWER, needed)
    parts = [part if form.is_one_thing(part) else form.brackets(part) for part in (top, bottom)]
    return writer.wrapped(form.joined(parts, "/"), FRACTION, needed)


def _power(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    base, exponent = call.args
    stacked = writer.format.stacked
    below, raised = writer.write(base, ATOM, True), writer.write(exponent, CASES if stacked else ATOM, stacked)
    return writer.wrapped(writer.format.power(below, raised), POWER, needed)


def _exponential(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """A power of e where one can be read as one, else a function."""
    form, exponent = writer.format, writer.write(call.args[0], CASES, True)
    if form.raises(exponent):
        return writer.wrapped(form.power_of_e(exponent), POWER, needed)
    return form.called(form.function("exp"), [exponent])


def _root(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """A root sign, under which no line breaks; what needs line breaks is raised to the power of a half."""
    form, inner = writer.format, writer.write(call.args[0], CASES, True)
    if form.roots(inner):
        return form.root(inner)
    return writer.wrapped(form.power(form.brackets(inner), form.number(HALF)), POWER, needed)


def _absolute_value(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    return writer.format.size(writer.write(call.args[0], CASES, True))


# Products of arrays


def _matrix_product(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """A vector is a column: before a vector it is transposed, and before a matrix the matrix is, for a column again."""
    left, right = call.args
    ranks = len(left.shape), len(right.shape)
    inner = leads or needed > PRODUCT
    if ranks == (1, 2):
        return _side_by_side(writer, _turned(writer, right, inner), left, needed)
    first = _turned(writer, left, inner) if ranks == (1, 1) else _factor(writer, left, inner)
    return _side_by_side(writer, first, right, needed)


def _outer(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    left, right = call.args
    first = _factor(writer, left, leads or needed > PRODUCT)
    return _beside(writer, first, _turned(writer, right), size(right.shape) == 1, needed)


def _factor(writer: Writer[T], part: Expr, leads: bool) -> T:
    return writer.write(part, _strength(writer, part, (product,)), leads)


def _side_by_side(writer: Writer[T], first: T, second: Expr, needed: int) -> T:
    return _beside(writer, first, _factor(writer, second, False), size(second.shape) == 1, needed)


def _beside(writer: Writer[T], first: T, second: T, is_single: bool, needed: int) -> T:
    """Two factors with nothing between them, but for a number that would run into what stands before it."""
    apart = is_single and writer.look == WITH_NUMBERS and writer.format.begins_with_digit(second)
    return writer.wrapped(writer.format.joined([first, second], "*" if apart else "beside"), PRODUCT, needed)


def _transpose(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    if len(call.shape) < 2:
        return writer.write(call.args[0], needed, leads)
    is_product = writer.layout(call.args[0]) is matrix_product
    return writer.wrapped(_turned(writer, call.args[0], leads), PRODUCT if is_product else ATOM, needed)


def _turned(writer: Writer[T], part: Expr, leads: bool = False) -> T:
    """The transpose: numbers with rows for columns, a product of its transposed factors, else the sign."""
    if size(part.shape) == 1:
        return writer.write(part, PRODUCT, leads)
    if isinstance(part, Name) and writer.look != WITH_NAMES:
        items = writer.entries(part)
        rows, columns = part.shape if len(part.shape) == 2 else (part.shape[0], 1)
        across = [items[row * columns + column] for column in range(columns) for row in range(rows)]
        return writer.block(across, (columns, rows))
    layout = writer.layout(part)
    if isinstance(part, Call) and layout is transpose:
        return writer.write(part.args[0], ATOM, True) if len(part.shape) == 2 else _turned(writer, part.args[0], leads)
    if isinstance(part, Call) and layout is matrix_product and all(len(arg.shape) == 2 for arg in part.args):
        left, right = part.args
        return _beside(writer, _turned(writer, right, leads), _turned(writer, left), size(left.shape) == 1, PRODUCT)
    return writer.transposed(part)


# What moves elements


def _as_it_is(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    return writer.write(call.args[0], needed, leads)


def _picked(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """The element that another quantity chooses, by that one's name as its subscript."""
    part, chosen_by = call.args
    if isinstance(part, Name) and isinstance(chosen_by, Name) and writer.look == WITH_NAMES:
        return writer.lettered(part.key, [chosen_by.key])
    return writer.format.part(writer.write(part, ATOM, True), writer.write(chosen_by, CASES, True))


def _less_one(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """Probabilities less 1 at the class that another quantity chooses."""
    form, (p, target) = writer.format, call.args
    chosen_by = form.called(form.function("onehot"), [writer.write(target, SUM, True)])
    return writer.wrapped(form.joined([writer.write(p, SUM, leads or needed > SUM), chosen_by], "-"), SUM, needed)


def _times_log(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """A number times the log of another."""
    weight, value = call.args
    return writer.write(Call("*", (weight, Call("log", (value,)))), needed, leads)


def _indexed(writer: Writer[T], call: Call, needed: int, leads: bool) -> T:
    """An element or a row of a quantity by its subscript."""
    form, part, places = writer.format, call.args[0], [str(place + 1) for place in call.extra]
    if isinstance(part, Name) and writer.look == WITH_NAMES:
        return writer.lettered(part.key, places if len(places) == len(part.shape) else [*places, "·"])
    below = form.joined([form.number(Numeral("", place)) for place in places], ",")
    return form.part(writer.write(part, ATOM, True), below)


def _any_call(call: Call) -> bool:
    return True


def _is_array(shape: Shape) -> bool:
    return size(shape) > 1


sums = Layout(_sums, operator=True, whole=_any_call, spread=lambda shape: True)
samples = Layout(_sum_of_samples, operator=True, whole=_any_call, spread=lambda shape: True)
signed = Layout(_signed_sum, operator=True)
difference = Layout(_difference, operator=True, whole=_any_call, spread=lambda shape: True)
negative = Layout(_negative, operator=True, whole=_any_call)
product = Layout(_product, operator=True, whole=_any_call, spread=_is_array)
quotient = Layout(_quotient, operator=True, whole=lambda call: size(call.args[1].shape) == 1, spread=_is_array)
power = Layout(_power, operator=True)
exponential = Layout(_exponential)
root = Layout(_root)
absolute = Layout(_absolute_value)
total = Layout(_total)
mean = Layout(_mean)
gathered = Layout(_gathered)
matrix_product = Layout(_matrix_product, whole=_any_call)
outer = Layout(_outer, whole=_any_call)
transpose = Layout(_transpose, whole=_any_call)
repeated = Layout(_as_it_is)
as_it_is = Layout(_as_it_is)
picked = Layout(_picked)
less_one = Layout(_less_one)
times_log = Layout(_times_log, operator=True, whole=_any_call, spread=_is_array)
indexed = Layout(_indexed)
MATRIX_PRODUCTS = (matrix_product, outer)
