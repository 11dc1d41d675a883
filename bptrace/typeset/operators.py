"""How operations are laid out: one row each in `LAYOUTS`; any other is written as a function of its arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from bptrace.numbers.arrays import Shape, size
from bptrace.numbers.digits import Numeral
from bptrace.ops.expr import Call, Expr, Name, SumOver
from bptrace.ops.notation import ATOM, CASES, FRACTION, POWER, PRODUCT, SUM, Notation
from bptrace.ops.table import OPS, expansion
from bptrace.typeset.format import Glyphs
from bptrace.typeset.names import Names

WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT = "names", "numbers", "written out"
"""How a tree is written: with names, with numbers in place of names, or with the names of an array's elements."""


class Walker(Protocol):
    """What walks a tree and writes the parts of an operation."""

    glyphs: Glyphs
    names: Names
    notation: Notation
    look: str

    def write(self, tree: Expr, needed: int, leads: bool) -> str: ...
    def wrapped(self, text: str, strength: int, needed: int) -> str: ...
    def entries(self, name: Name) -> list[str]: ...
    def block(self, texts: Sequence[str], shape: Shape) -> str: ...
    def function(self, name: str) -> str: ...
    def partial(self, quantity: Expr) -> str: ...
    def transposed(self, part: Expr) -> str: ...


Layout: TypeAlias = "Callable[[Walker, Call, int, bool], str]"
"""(walker, operation, strength that the place asks for, whether nothing stands before it) gives the text."""


def _sum(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    first, *rest = call.args
    parts = [_first(walker, first, leads or needed > SUM), *[walker.write(arg, FRACTION, False) for arg in rest]]
    return walker.wrapped(" + ".join(_cut(walker, parts)), SUM, needed)


def _first(walker: Walker, part: Expr, leads: bool) -> str:
    """What stands first in a sum or difference: a sum over an index is bracketed, or it would reach over the rest."""
    reaches = isinstance(part, SumOver) or (isinstance(part, Call) and part.op in SUMS and size(part.args[0].shape) > 1)
    return walker.write(part, FRACTION if reaches else SUM, leads)


def _cut(walker: Walker, parts: Sequence[str]) -> Sequence[str]:
    """The parts with their middle counted where there are more than are shown; a single one takes no more room."""
    shown = walker.notation.terms
    if shown is None or len(parts) <= shown + 1:
        return parts
    back = shown // 3
    left_out = len(parts) - shown
    return [*parts[: shown - back], walker.glyphs.words(f"… {left_out} more …"), *parts[len(parts) - back :]]


def _difference(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    one, other = call.args
    text = f"{_first(walker, one, leads or needed > SUM)} - {walker.write(other, FRACTION, False)}"
    return walker.wrapped(text, SUM, needed)


def _negative(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    text = f"-{walker.write(call.args[0], FRACTION, False)}"
    return text if leads and needed <= PRODUCT else walker.glyphs.brackets(text)


def _product(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    inner_leads = leads or needed > PRODUCT
    several = sum(size(arg.shape) > 1 for arg in call.args) > 1
    first = _strength(call.args[0], MATRIX_PRODUCTS) if several else PRODUCT
    text, shape = walker.write(call.args[0], first, inner_leads), call.args[0].shape
    for arg in call.args[1:]:
        text += _times(walker, shape, arg.shape) + walker.write(arg, _strength(arg, MATRIX_PRODUCTS), False)
        shape = arg.shape if size(shape) == 1 else shape
    return walker.wrapped(text, PRODUCT, needed)


MATRIX_PRODUCTS = ("@", "outer")
SUMS = ("sum", "mean", "gather")


def _strength(part: Expr, others: Sequence[str]) -> int:
    """What a factor needs: a product of another kind is bracketed, since the two are not associative."""
    return POWER if isinstance(part, Call) and part.op in others and part.shape else PRODUCT


def _times(walker: Walker, before: Shape, after: Shape) -> str:
    """The sign between two factors: none between a number and an array that is written out."""
    if size(before) > 1 and size(after) > 1:
        return walker.glyphs.each
    return " " if size(after) > 1 and walker.look == WITH_NUMBERS else walker.glyphs.times


def _quotient(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    top, bottom = call.args
    if walker.glyphs.stacked and not top.shape and not bottom.shape:
        return _stacked(walker, walker.write(top, CASES, True), walker.write(bottom, CASES, True), needed)
    over = walker.write(top, PRODUCT, leads or needed > FRACTION)
    under = walker.write(bottom, POWER, False)
    return walker.wrapped(f"{over}{walker.glyphs.over}{under}", FRACTION, needed)


def _stacked(walker: Walker, top: str, bottom: str, needed: int) -> str:
    """One above the other; parts that need line breaks side by side, in brackets."""
    if walker.glyphs.stacks(top, bottom):
        return walker.wrapped(walker.glyphs.fraction(top, bottom), POWER, needed)
    over, under = (text if _is_one_thing(text) else walker.glyphs.brackets(text) for text in (top, bottom))
    return walker.wrapped(f"{over}{walker.glyphs.over}{under}", FRACTION, needed)


def _is_one_thing(text: str) -> bool:
    """Whether a text is a number, a symbol or a function, which no operator parts outside all groups."""
    outside, depth = "", 0
    for char in text:
        depth += (char in "({") - (char in ")}")
        outside += char if not depth else ""
    return not re.search(r"[ /]|^-", outside)


def _power(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    base, exponent = call.args
    raised = walker.write(exponent, CASES if walker.glyphs.stacked else ATOM, walker.glyphs.stacked)
    return walker.wrapped(walker.glyphs.power(walker.write(base, ATOM, True), raised), POWER, needed)


def _exponential(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    """A power of e where one can be read as one, else a function."""
    exponent = walker.write(call.args[0], CASES, True)
    if walker.glyphs.raises(exponent):
        return walker.wrapped(walker.glyphs.power(walker.glyphs.e, exponent), POWER, needed)
    return walker.glyphs.called(walker.function("exp"), [exponent])


def _root(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    inner = walker.write(call.args[0], CASES, True)
    return (
        walker.glyphs.root(inner)
        if walker.glyphs.fits(inner)
        else walker.glyphs.called(walker.function("sqrt"), [inner])
    )


def _size(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    return walker.glyphs.size(walker.write(call.args[0], CASES, True))


def _matrix_product(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    """A vector is a column: before a vector it is transposed, and before a matrix the matrix is, for a column again."""
    left, right = call.args
    ranks = len(left.shape), len(right.shape)
    if ranks == (1, 2):
        return _side_by_side(walker, _turned(walker, right, leads or needed > PRODUCT), left, needed)
    inner_leads = leads or needed > PRODUCT
    first = _turned(walker, left, inner_leads) if ranks == (1, 1) else _factor(walker, left, inner_leads)
    return _side_by_side(walker, first, right, needed)


def _outer(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    left, right = call.args
    first = _factor(walker, left, leads or needed > PRODUCT)
    return _joined(walker, first, _turned(walker, right), size(right.shape) == 1, needed)


def _factor(walker: Walker, part: Expr, leads: bool) -> str:
    return walker.write(part, _strength(part, "*"), leads)


def _side_by_side(walker: Walker, first: str, second: Expr, needed: int) -> str:
    return _joined(walker, first, _factor(walker, second, False), size(second.shape) == 1, needed)


def _joined(walker: Walker, first: str, second: str, is_single: bool, needed: int) -> str:
    """Two factors with nothing between them, but for a number that would run into what stands before it."""
    apart = is_single and walker.look == WITH_NUMBERS and second[:1].isdigit()
    return walker.wrapped(first + (walker.glyphs.times if apart else " ") + second, PRODUCT, needed)


def _transpose(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    if len(call.shape) < 2:
        return walker.write(call.args[0], needed, leads)
    is_product = isinstance(call.args[0], Call) and call.args[0].op == "@"
    return walker.wrapped(_turned(walker, call.args[0], leads), PRODUCT if is_product else ATOM, needed)


def _turned(walker: Walker, part: Expr, leads: bool = False) -> str:
    """The transpose: numbers with rows for columns, a product of its transposed factors, else the sign."""
    if size(part.shape) == 1:
        return walker.write(part, PRODUCT, leads)
    if isinstance(part, Name) and walker.look != WITH_NAMES:
        items = walker.entries(part)
        rows, columns = part.shape if len(part.shape) == 2 else (part.shape[0], 1)
        across = [items[row * columns + column] for column in range(columns) for row in range(rows)]
        return walker.block(across, (columns, rows))
    if isinstance(part, Call) and part.op == "T":
        return walker.write(part.args[0], ATOM, True) if len(part.shape) == 2 else _turned(walker, part.args[0], leads)
    if isinstance(part, Call) and part.op == "@" and all(len(arg.shape) == 2 for arg in part.args):
        left, right = part.args
        return _joined(walker, _turned(walker, right, leads), _turned(walker, left), size(left.shape) == 1, PRODUCT)
    return walker.transposed(part)


def _as_it_is(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    return walker.write(call.args[0], needed, leads)


def _gathered(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    """A sum over the axes that are gone; nothing to see where those had one element, but a row that turns."""
    part = call.args[0]
    if size(part.shape) == size(call.shape):
        is_row = len(part.shape) == 2 and len(call.shape) == 1
        return _turned(walker, part, leads) if is_row else walker.write(part, needed, leads)
    along = "" if not call.shape else walker.glyphs.words("rows" if _loses_rows(part.shape, call.shape) else "columns")
    text = walker.glyphs.total(along, walker.write(part, PRODUCT, not walker.glyphs.stacked))
    return walker.wrapped(text, SUM, needed)


def _loses_rows(before: Shape, after: Shape) -> bool:
    return len(after) < 2 or after[0] < before[0]


def _mean(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    glyphs, part = walker.glyphs, call.args[0]
    share = glyphs.number(Numeral("", "1", str(size(part.shape))))
    return walker.wrapped(f"{share} {glyphs.total('', walker.write(part, PRODUCT, not glyphs.stacked))}", SUM, needed)


def _picked(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    """The element that another quantity chooses, by that one's name as its subscript."""
    part, chosen_by = call.args
    if isinstance(part, Name) and isinstance(chosen_by, Name) and walker.look == WITH_NAMES:
        return walker.names.lettered(part.key, [chosen_by.key])
    return walker.glyphs.part(walker.write(part, ATOM, True), walker.write(chosen_by, CASES, True))


def _less_one(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    """Probabilities less 1 at the class that another quantity chooses."""
    p, target = call.args
    chosen_by = walker.glyphs.called(walker.function("onehot"), [walker.write(target, SUM, True)])
    return walker.wrapped(f"{walker.write(p, SUM, leads or needed > SUM)} - {chosen_by}", SUM, needed)


def _total(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    if size(call.args[0].shape) == 1:
        return walker.write(call.args[0], needed, leads)
    text = walker.glyphs.total("", walker.write(call.args[0], PRODUCT, not walker.glyphs.stacked))
    return walker.wrapped(text, SUM, needed)


def _indexed(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    """An element or a row of a quantity by its subscript."""
    part, numbers = call.args[0], [str(place + 1) for place in call.extra]
    if isinstance(part, Name) and walker.look == WITH_NAMES:
        return walker.names.lettered(part.key, numbers if len(numbers) == len(part.shape) else [*numbers, "·"])
    return walker.glyphs.part(walker.write(part, ATOM, True), ",".join(numbers))


def called(walker: Walker, call: Call, needed: int, leads: bool) -> str:
    """A function of its arguments, the middle of many left out."""
    row, meaning = OPS[call.op], expansion(call)
    if meaning is not None and not row.title and not call.shape:
        return walker.write(meaning, needed, leads)
    if row.prefixed:
        return walker.partial(call.args[0])
    name = walker.function(row.title or row.spelled)
    if not call.args:
        return name
    return walker.glyphs.called(name, _cut(walker, [walker.write(arg, SUM, True) for arg in call.args]))


LAYOUTS: dict[str, Layout] = {
    "+": _sum,
    "sum of samples": _sum,
    "-": _difference,
    "neg": _negative,
    "*": _product,
    "/": _quotient,
    "^": _power,
    "exp": _exponential,
    "sqrt": _root,
    "abs": _size,
    "@": _matrix_product,
    "outer": _outer,
    "T": _transpose,
    "spread": _as_it_is,
    "distribution": _as_it_is,
    "gather": _gathered,
    "sum": _total,
    "mean": _mean,
    "pick": _picked,
    "less one": _less_one,
    "index": _indexed,
}
"""How operations are laid out that are not written as functions, a row each."""
