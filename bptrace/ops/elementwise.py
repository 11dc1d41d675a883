"""Element by element, with NumPy's broadcasting: what an operation does unless its row says otherwise.

A *kernel* acts on whole values; an *expander* gives the tree of one element at a 0-based index. Neither
knows the op table: its rows name them. The two are the two sides of the double entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from typing import Any, TypeAlias

from bptrace.numbers.arrays import Index, Shape, Value, broadcast, mapped, narrowed, scaled
from bptrace.numbers.enclosures import ONE, multiply
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import (
    NOTHING,
    Call,
    Expr,
    Lettered,
    Number,
    ShapeError,
    SumOver,
    nodes,
    shape_text,
    terms,
    times,
)

Expander: TypeAlias = Callable[[Index], Expr]
"""From a 0-based index to the tree of the element there."""
Kernel: TypeAlias = Callable[..., Value]
"""From the arguments' whole values to the whole value of the result."""
NewLetter: TypeAlias = Callable[[], str]
"""Gives a letter that no index has yet."""


def broadcast_shape(shapes: Sequence[Shape]) -> Shape:
    """The common shape. Raises ShapeError naming the shapes."""
    shape = broadcast(*shapes)
    if shape is None:
        raise ShapeError(" and ".join(map(shape_text, shapes)))
    return shape


def elementwise_axis(call: Call, argument: int, axis: int) -> int | None:
    """The axis of the argument that runs along an axis of the result, or None where it is repeated."""
    shape = call.args[argument].shape
    own = axis - (len(call.shape) - len(shape))
    return own if own >= 0 and shape[own] == call.shape[axis] else None


def elementwise_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The call over one element of each argument."""
    op, extra, mark = call.op, call.extra, call.mark
    parts = narrow_all(call, args)
    return lambda index: Call(op, tuple([part(index) for part in parts]), (), extra, mark)


def narrow_all(call: Call, args: Sequence[Expander]) -> list[Expander]:
    """The arguments' expanders, each read at the result's index."""
    return [narrow(part, arg.shape, call.shape) for part, arg in zip(args, call.args, strict=True)]


def narrow(part: Expander, shape: Shape, to: Shape) -> Expander:
    """An expander of `shape` read with the indices of the broadcast shape `to`."""
    return part if shape == to else lambda index: part(narrowed(index, shape))


def sum_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum."""
    parts = narrow_all(call, args)
    return lambda index: summed([part(index) for part in parts])


def product_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One product, which does not exist where a factor does not."""
    parts = narrow_all(call, args)
    return lambda index: reduce(product, [part(index) for part in parts])


def summed(parts: Sequence[Expr]) -> Expr:
    """One visible sum of element trees: sums joined, paths that do not exist left out."""
    kept = [term for part in parts if part is not NOTHING for term in terms(part)]
    if len(kept) < 2:
        return kept[0] if kept else NOTHING
    return Call("+", tuple(kept), ())


def upstream_product(upstream: Expr, other: Expr) -> Expr:
    """One product with an upstream gradient; where that is a literal 1, it is dropped."""
    return other if isinstance(upstream, Number) and upstream.value == ONE else product(upstream, other)


def product(first: Expr, second: Expr) -> Expr:
    """One product of two element trees; none where a factor has no path."""
    if first is NOTHING or second is NOTHING:
        return NOTHING
    return Call("*", (first, second), ())


def folded(function: Callable[[Any, Any], Any]) -> Callable[[Call], Kernel]:
    """A binary operator over two or more values: FLINT's own arithmetic where the shapes allow it."""

    def kernel(call: Call) -> Kernel:
        shapes = [arg.shape for arg in call.args]
        totals = list(accumulate(shapes, lambda one, other: broadcast_shape([one, other])))
        steps = [_binary(function, one, other) for one, other in zip(totals, shapes[1:], strict=False)]
        return steps[0] if len(steps) == 1 else _chained(steps)

    return kernel


def _chained(steps: Sequence[Kernel]) -> Kernel:
    def chain(first: Value, *rest: Value) -> Value:
        for step, value in zip(steps, rest, strict=True):
            first = step(first, value)
        return first

    return chain


def _binary(function: Callable[[Any, Any], Any], one: Shape, other: Shape) -> Kernel:
    if function is multiply and () in (one, other):
        return multiply if one == other else scaled
    if function is not multiply and one == other:
        return function
    return mapped(function, [one, other], broadcast_shape([one, other]))


# A sum over a letter, in the form that an element has at any index at once


def sum_over_letters(lengths: Shape, fresh: NewLetter) -> tuple[Index, Callable[[Expr], Expr]]:
    """A letter for each axis that is summed over, 0 for one of a single element; and what makes the sum of a body.

    A body without the letter is as many times itself: such a sum would not say how many terms it has.
    They stand where an index has numbers: expanders pass an index on, and look into none.
    """
    letters = [fresh() if length > 1 else "" for length in lengths]
    places: Any = tuple(letter or 0 for letter in letters)

    def close(body: Expr) -> Expr:
        for letter, length in reversed(list(zip(letters, lengths, strict=True))):
            if letter:
                body = SumOver(letter, body) if _has(body, letter) else times([Number(Rational(length)), body])
        return body

    return places, close


def _has(body: Expr, letter: str) -> bool:
    return any(isinstance(node, Lettered) and letter in node.letters for node in nodes(body))
