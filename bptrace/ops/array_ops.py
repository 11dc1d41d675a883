"""Rows of the op table: what moves the elements of an array, or repeats them, or sums what was repeated."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from bptrace.numbers.arrays import Index, Shape, Value, array, at, entries, gathered, indices, size, spread
from bptrace.numbers.enclosures import ZERO
from bptrace.ops import layout
from bptrace.ops.elementwise import Expander, Kernel, NewLetter, narrow, sum_over_letters, summed
from bptrace.ops.expr import NOTHING, Call, Expr, ShapeError, gather_to, shape_text, spread_to
from bptrace.ops.op import Op, call, defined, moves
from bptrace.ops.settings import setting, unfit
from bptrace.ops.shared import remembered

ARGUMENT_LIMIT = 200


def _transpose_shape(shapes: Sequence[Shape]) -> Shape:
    """The lengths in reverse."""
    return shapes[0][::-1]


def _transpose_kernel(call: Call) -> Kernel:
    """FLINT's transpose."""
    return lambda value: value.transpose()


def _transpose_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element across the diagonal."""
    part = args[0]
    return lambda index: part(index[::-1])


def _transpose_axis(call: Call, argument: int, axis: int) -> int | None:
    """Rows and columns change places."""
    return len(call.shape) - 1 - axis


def _index_kernel(call: Call) -> Kernel:
    """The part at `extra`: an element, or a row of a matrix."""
    index, shape = call.extra, call.shape
    return lambda value: array(shape, [at(value, index + rest) for rest in indices(shape)])


def _index_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element at `extra`, further indexed where that is a row."""
    index, part = call.extra, args[0]
    return lambda rest: part(index + rest)


def _place_kernel(call: Call) -> Kernel:
    """Zeros with the value put in at `extra`: the transpose of indexing."""
    index, shape, inner = call.extra, call.shape, call.args[0].shape

    def place(value: Value) -> Value:
        held = {index + rest: at(value, rest) for rest in indices(inner)}
        return array(shape, [held.get(spot, ZERO) for spot in indices(shape)])

    return place


def _place_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The value's element within `extra`; elsewhere there is no path."""
    index, part = call.extra, args[0]
    return lambda spot: part(spot[len(index) :]) if spot[: len(index)] == index else NOTHING


def _spread_kernel(call: Call) -> Kernel:
    """The value repeated over the axes that broadcasting adds."""
    source, to = call.args[0].shape, call.shape
    return lambda value: spread(value, source, to)


def _spread_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element that is repeated there."""
    return narrow(args[0], call.args[0].shape, call.shape)


def _gather_kernel(call: Call) -> Kernel:
    """The value summed over the axes that broadcasting added."""
    source, to = call.args[0].shape, call.shape
    return lambda value: gathered(value, source, to)


def _gather_expand(call: Call, args: Sequence[Expander]) -> Expander:
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

    return remembered(expand, size(lengths))


def _gather_lettered(call: Call, args: Sequence[Expander], fresh: NewLetter) -> Expander:
    """A sum over a letter for each axis that broadcasting added or repeated."""
    source, to = call.args[0].shape, call.shape
    added = len(source) - len(to)
    gone = [axis < added or to[axis - added] < source[axis] for axis in range(len(source))]

    def expand(index: Index) -> Expr:
        places, close = sum_over_letters(tuple(n for n, is_gone in zip(source, gone, strict=True) if is_gone), fresh)
        summed_over, own = iter(places), iter(index)
        kept = [None if axis < added else next(own) for axis in range(len(source))]
        spot: Any = tuple(next(summed_over) if out else place for out, place in zip(gone, kept, strict=True))
        return close(args[0](spot))

    return expand


def _concat_shape(shapes: Sequence[Shape]) -> Shape:
    """Scalars and vectors end to end, or matrices one below the other. Raises ShapeError naming the shapes."""
    first = shapes[0]
    for shape in shapes:
        if first[1:] != shape[1:]:
            raise ShapeError(f"{shape_text(first)} and {shape_text(shape)}", "rows that are joined have one length")
    return sum(map(_length, shapes)), *first[1:]


def _length(shape: Shape) -> int:
    return shape[0] if shape else 1


def _concat_starts(call: Call) -> list[int]:
    """Where each argument begins in the result."""
    return list(accumulate([_length(arg.shape) for arg in call.args[:-1]], initial=0))


def _concat_kernel(call: Call) -> Kernel:
    """The entries of all the arguments, in order."""
    shapes, to = [arg.shape for arg in call.args], call.shape
    return lambda *values: array(to, [item for pair in zip(values, shapes, strict=True) for item in entries(*pair)])


def _concat_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element of the argument that stands there."""
    starts, shapes = _concat_starts(call), [arg.shape for arg in call.args]

    def expand(index: Index) -> Expr:
        which = bisect_right(starts, index[0]) - 1
        own = (index[0] - starts[which], *index[1:])
        return args[which](own if shapes[which] else ())

    return expand


def _lines_kernel(call: Call) -> Kernel:
    """The elements, or rows, that follow on `extra`."""
    first, width, shape = call.extra[0], size(call.shape[1:]), call.shape
    source = call.args[0].shape
    return lambda value: array(shape, entries(value, source)[first * width : first * width + size(shape)])


def _lines_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The element so many places, or rows, further on."""
    first, part = call.extra[0], args[0]
    return lambda index: part((first + index[0], *index[1:]))


def _reshape_kernel(call: Call) -> Kernel:
    """The entries as they are in row order, in another shape."""
    source, to = call.args[0].shape, call.shape
    return lambda value: array(to, entries(value, source))


def _reshape_expand(call: Call, args: Sequence[Expander]) -> Expander:
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


# Gradients


def transposed(expr: Expr) -> Expr:
    """The transpose of a matrix; a transpose gives back what it is of, a vector itself.

    >>> from bptrace.ops.expr import Name
    >>> w = Name("w", (2, 3))
    >>> transposed(w).shape, transposed(transposed(w)) is w
    ((3, 2), True)
    """
    if len(expr.shape) < 2:
        return expr
    return expr.args[0] if isinstance(expr, Call) and expr.op == "T" else call("T", expr)


def indexed(expr: Expr, index: Index) -> Call:
    """One element, or one row of a matrix, at a 0-based index that lies within the shape.

    >>> from bptrace.ops.expr import Name
    >>> indexed(Name("w", (2, 3)), (1,)).shape
    (3,)
    """
    return Call("index", (expr,), expr.shape[len(index) :], index)


def _of_index(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient at the index; elsewhere no path."""
    return [Call("place", (upstream,), node.args[0].shape, node.extra)]


def _of_concat(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The part of the upstream gradient that stands where the argument stands."""
    parts = zip(node.args, _concat_starts(node), strict=True)
    return [
        Call("lines", (upstream,), arg.shape, (start,)) if arg.shape else indexed(upstream, (start,))
        for arg, start in parts
    ]


def reshaped(expr: Expr, shape: Shape) -> Expr:
    """The elements in row order, in another shape of as many."""
    return Call("row order", (expr,), shape)


def _reshape_problem(a: Expr, *lengths: Expr) -> str:
    names = ("rows", "columns") if len(lengths) == 2 else ("n",)
    wrong = [unfit(*pair) for pair in zip(names, ("second", "third"), lengths, strict=False)]
    if any(wrong):
        return next(filter(None, wrong))
    held, to = size(a.shape), tuple(map(setting, lengths))
    if held == size(to):
        return ""
    elements = f"{held:,} element{'s' * (held != 1)}"
    return f"{shape_text(a.shape)} has {elements}, {shape_text(to)} has {size(to):,}"


ROWS = (
    moves(
        "T",
        _transpose_kernel,
        _transpose_expand,
        lambda upstream, node, out: [transposed(upstream)],
        layout=layout.transpose,
        shape=_transpose_shape,
        axis=_transpose_axis,
    ),
    moves("index", _index_kernel, _index_expand, _of_index, layout=layout.indexed),
    moves("place", _place_kernel, _place_expand, regular=False),
    moves(
        "spread",
        _spread_kernel,
        _spread_expand,
        lambda upstream, node, out: [gather_to(upstream, node.args[0].shape)],
        layout=layout.repeated,
    ),
    Op(
        "gather",
        layout=layout.gathered,
        kernel=_gather_kernel,
        expand=_gather_expand,
        lettered=_gather_lettered,
        gradient=lambda upstream, node, out: [spread_to(upstream, node.args[0].shape)],
        terms=lambda node: size(node.args[0].shape) // size(node.shape),
        linear=lambda node: True,
    ),
    moves(
        "concat",
        _concat_kernel,
        _concat_expand,
        _of_concat,
        arity=(1, ARGUMENT_LIMIT),
        shape=_concat_shape,
        regular=False,
        about="concat(a, b, ...): scalars and vectors end to end; matrices one below the other",
    ),
    moves("lines", _lines_kernel, _lines_expand, regular=False),
    moves(
        "row order",
        _reshape_kernel,
        _reshape_expand,
        lambda upstream, node, out: [reshaped(upstream, node.args[0].shape)],
        regular=False,
    ),
    defined(
        "flatten",
        lambda a: reshaped(a, (size(a.shape),)),
        "flatten(a): the elements in row order, as a vector",
        linear=lambda node: True,
    ),
    defined(
        "reshape",
        lambda a, *lengths: reshaped(a, tuple(map(setting, lengths))),
        "reshape(a, n): the elements in row order, as a vector of n; reshape(a, rows, columns): as a matrix",
        arity=(2, 3),
        linear=lambda node: True,
        check=_reshape_problem,
    ),
)
