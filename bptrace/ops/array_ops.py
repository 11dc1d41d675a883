"""How operations move elements: the shape, the array arithmetic and one element of each kind of operation.

A *kernel* acts on whole values; an *expander* gives the tree of one element at a 0-based index. Neither
knows the op table: its rows name them. The two are the two sides of the double entry.
"""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from typing import Any, TypeAlias

from bptrace.numbers.arrays import scaled
from bptrace.numbers.enclosures import multiply
from bptrace.numbers.exact import (
    ONE,
    ZERO,
    Index,
    Rational,
    Scalar,
    Shape,
    Value,
    array,
    at,
    broadcast,
    entries,
    gathered,
    indices,
    mapped,
    narrowed,
    size,
    spread,
)
from bptrace.ops.expr import NOTHING, Call, Expr, Number, ShapeError, shape_text, terms

Expander: TypeAlias = Callable[[Index], Expr]
Kernel: TypeAlias = Callable[..., Value]


# Element by element, with NumPy's broadcasting


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
    """The same call over one element of each argument."""
    op, mark = call.op, call.mark
    parts = narrow_all(call, args)
    if len(parts) == 2:
        first, second = parts
        return lambda index: Call(op, (first(index), second(index)), (), (), mark)
    return lambda index: Call(op, tuple([part(index) for part in parts]), (), (), mark)


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
    if len(parts) == 2:
        first, second = parts
        return lambda index: product(first(index), second(index))
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


# Matrix products


def matmul_shape(shapes: Sequence[Shape]) -> Shape:
    """NumPy's `@` on vectors and matrices. Raises ShapeError naming the shapes."""
    left, right = shapes
    if not left or not right or left[-1] != right[0]:
        raise ShapeError(f"{shape_text(left)} and {shape_text(right)}")
    return left[:-1] + right[1:]


def matmul_kernel(call: Call) -> Kernel:
    """FLINT's product; a vector is held as one column."""
    return _MATMUL.get(tuple(len(arg.shape) for arg in call.args), operator.mul)


_MATMUL: dict[tuple[int, ...], Kernel] = {
    (1, 1): lambda a, b: (a.transpose() * b)[0, 0],
    (1, 2): lambda a, b: b.transpose() * a,
}


def matmul_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """A sum of products; with `extra`, the right factor holds the upstream gradient and is written first."""
    left, right = args
    rows = len(call.args[0].shape) - 1
    inner = range(call.args[1].shape[0])
    upstream_right = bool(call.extra)

    def expand(index: Index) -> Expr:
        row, column = index[:rows], index[rows:]
        pairs = [(left((*row, k)), right((k, *column))) for k in inner]
        return summed([upstream_product(b, a) if upstream_right else upstream_product(a, b) for a, b in pairs])

    return expand


def matmul_axis(call: Call, argument: int, axis: int) -> int | None:
    """Rows of the result run along the left argument, columns along the right one."""
    rows = len(call.args[0].shape) - 1
    if argument == 0:
        return axis if axis < rows else None
    return axis - rows + 1 if axis >= rows else None


def outer_shape(shapes: Sequence[Shape]) -> Shape:
    """Rows along the first vector, columns along the second. Raises ShapeError naming the shapes."""
    left, right = shapes
    if (len(left), len(right)) != (1, 1):
        raise ShapeError(f"{shape_text(left)} and {shape_text(right)}")
    return left + right


def outer_kernel(call: Call) -> Kernel:
    """A column times a row."""
    return lambda a, b: a * b.transpose()


def outer_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One product; with `extra`, the right factor holds the upstream gradient and is written first."""
    left, right = args
    if call.extra:
        return lambda index: upstream_product(right(index[1:]), left(index[:1]))
    return lambda index: upstream_product(left(index[:1]), right(index[1:]))


def outer_axis(call: Call, argument: int, axis: int) -> int | None:
    """Rows of the result run along the left vector, columns along the right one."""
    return 0 if argument == axis else None


# Moving elements


def transpose_shape(shapes: Sequence[Shape]) -> Shape:
    """The lengths in reverse."""
    return shapes[0][::-1]


def transpose_kernel(call: Call) -> Kernel:
    """FLINT's transpose."""
    return lambda value: value.transpose()


def transpose_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element across the diagonal."""
    part = args[0]
    return lambda index: part(index[::-1])


def transpose_axis(call: Call, argument: int, axis: int) -> int | None:
    """Rows and columns change places."""
    return len(call.shape) - 1 - axis


def index_kernel(call: Call) -> Kernel:
    """The part at `extra`: an element, or a row of a matrix."""
    index, shape = call.extra, call.shape
    return lambda value: array(shape, [at(value, index + rest) for rest in indices(shape)])


def index_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element at `extra`, further indexed where that is a row."""
    index, part = call.extra, args[0]
    return lambda rest: part(index + rest)


def place_kernel(call: Call) -> Kernel:
    """Zeros with the value put in at `extra`: the transpose of indexing."""
    index, shape, inner = call.extra, call.shape, call.args[0].shape

    def place(value: Value) -> Value:
        held = {index + rest: at(value, rest) for rest in indices(inner)}
        return array(shape, [held.get(spot, ZERO) for spot in indices(shape)])

    return place


def place_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The value's element within `extra`; elsewhere there is no path."""
    index, part = call.extra, args[0]
    return lambda spot: part(spot[len(index) :]) if spot[: len(index)] == index else NOTHING


def spread_kernel(call: Call) -> Kernel:
    """The value repeated over the axes that broadcasting adds."""
    source, to = call.args[0].shape, call.shape
    return lambda value: spread(value, source, to)


def spread_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element that is repeated there."""
    return narrow(args[0], call.args[0].shape, call.shape)


def gather_kernel(call: Call) -> Kernel:
    """The value summed over the axes that broadcasting added."""
    source, to = call.args[0].shape, call.shape
    return lambda value: gathered(value, source, to)


def gather_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the repeated places."""
    part, source = args[0], call.args[0].shape
    added = len(source) - len(call.shape)
    lengths = (*source[:added], *(n if m == 1 else 1 for n, m in zip(source[added:], call.shape, strict=True)))
    summed_over = [axis < added or call.shape[axis - added] == 1 for axis in range(len(source))]

    def expand(index: Index) -> Expr:
        own = (0,) * added + index
        spots = [tuple(o if s else i for s, o, i in zip(summed_over, offset, own, strict=True))
                 for offset in indices(lengths)]  # fmt: skip
        return summed([part(spot) for spot in spots])

    return expand


def concat_shape(shapes: Sequence[Shape]) -> Shape:
    """Scalars and vectors end to end, or matrices one below the other. Raises ShapeError naming the shapes."""
    first = shapes[0]
    for shape in shapes:
        if first[1:] != shape[1:]:
            raise ShapeError(f"{shape_text(first)} and {shape_text(shape)}")
    return sum(map(_lines, shapes)), *first[1:]


def _lines(shape: Shape) -> int:
    return shape[0] if shape else 1


def concat_starts(call: Call) -> list[int]:
    """Where each argument begins in the result."""
    return list(accumulate([_lines(arg.shape) for arg in call.args[:-1]], initial=0))


def concat_kernel(call: Call) -> Kernel:
    """The entries of all the arguments, in order."""
    shapes, to = [arg.shape for arg in call.args], call.shape
    return lambda *values: array(to, [item for pair in zip(values, shapes, strict=True) for item in entries(*pair)])


def concat_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element of the argument that stands there."""
    starts, shapes = concat_starts(call), [arg.shape for arg in call.args]

    def expand(index: Index) -> Expr:
        which = bisect_right(starts, index[0]) - 1
        own = (index[0] - starts[which], *index[1:])
        return args[which](own if shapes[which] else ())

    return expand


def lines_kernel(call: Call) -> Kernel:
    """The elements, or rows, that follow on `extra`."""
    first, width, shape = call.extra[0], size(call.shape[1:]), call.shape
    source = call.args[0].shape
    return lambda value: array(shape, entries(value, source)[first * width : first * width + size(shape)])


def lines_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element so many places, or rows, further on."""
    first, part = call.extra[0], args[0]
    return lambda index: part((first + index[0], *index[1:]))


def reshape_kernel(call: Call) -> Kernel:
    """The same entries in row order."""
    source, to = call.args[0].shape, call.shape
    return lambda value: array(to, entries(value, source))


def reshape_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element at the same place in row order."""
    source, to, part = call.args[0].shape, call.shape, args[0]
    return lambda index: part(_unflattened(_flattened(index, to), source))


def _flattened(index: Index, shape: Shape) -> int:
    place = 0
    for i, length in zip(index, shape, strict=True):
        place = place * length + i
    return place


def _unflattened(place: int, shape: Shape) -> Index:
    return (*divmod(place, shape[1]),) if len(shape) == 2 else (place,) * len(shape)


# Reductions of a whole array to a scalar


def scalar_shape(shapes: Sequence[Shape]) -> Shape:
    """A scalar."""
    return ()


def reduction(function: Callable[..., Scalar]) -> Callable[[Call], Kernel]:
    """A scalar function of all the elements."""

    def kernel(call: Call) -> Kernel:
        shape = call.args[0].shape
        return lambda value: function(*entries(value, shape))

    return kernel


def _elements(call: Call, args: Sequence[Expander]) -> list[Expr]:
    return [args[0](index) for index in indices(call.args[0].shape)]


def reduction_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The same call over all the elements."""
    return lambda index: Call(call.op, tuple(_elements(call, args)), ())


def total_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum of all the elements."""
    return lambda index: summed(_elements(call, args))


def mean_kernel(call: Call) -> Kernel:
    """The sum of the elements over their number."""
    shape = call.args[0].shape
    return lambda value: sum(entries(value, shape), ZERO) / size(shape)


def mean_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the number of elements."""
    count = Number(Rational(size(call.args[0].shape)))
    return lambda index: Call("/", (summed(_elements(call, args)), count), ())
