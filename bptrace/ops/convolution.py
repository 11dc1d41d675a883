"""Rows of the op table: convolution, the windows it moves over a vector or a matrix, and its gradients.

It is the deep learning one, a cross-correlation: `c[i] = x[i]*w[1] + x[i+1]*w[2] + …`. Its calls keep stride and
padding in `extra`.

A kernel lays out what every window reads as a matrix, a window a row, from one table of places; an expander
works out for its own element what is read there, or who reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product as combinations
from typing import Any, NamedTuple

from bptrace.numbers.arrays import Index, Shape, Value, array, entries, size
from bptrace.numbers.bounds import Bound, multiplied
from bptrace.numbers.enclosures import ZERO, Scalar
from bptrace.ops.elementwise import Expander, Kernel, product, summed, upstream_product
from bptrace.ops.expr import Call, Expr, Operand, shape_text
from bptrace.ops.op import OPS, Op, defined
from bptrace.ops.settings import setting, unfit

READ_LIMIT = 1_000_000
"""How many elements all windows together may read."""

Pairs = list[tuple[Index, Index]]


class Windows(NamedTuple):
    """Windows of one shape over a source: each axis starts `padding` before it and moves on by `stride`.

    >>> windows = Windows((5,), (3,), stride=2, padding=1)
    >>> windows.shape, windows.read_by((0,))
    ((3,), [((1,), (0,)), ((2,), (1,))])
    """

    source: Shape
    window: Shape
    stride: int
    padding: int = 0

    @property
    def shape(self) -> Shape:
        """How many windows there are along each axis; partial ones are dropped."""
        padded = self.padded
        return tuple((n - m) // self.stride + 1 for n, m in zip(padded, self.window, strict=True))

    @property
    def padded(self) -> Shape:
        """The source's lengths with the padding."""
        return tuple(n + 2 * self.padding for n in self.source)

    def read_by(self, place: Index) -> Pairs:
        """What one window reads: each position in it, with the source's index there."""
        return _crossed([self._read_by(axis, i) for axis, i in enumerate(place)])

    def _read_by(self, axis: int, i: int) -> list[tuple[int, int]]:
        start = i * self.stride - self.padding
        first, last = max(0, -start), min(self.window[axis], self.source[axis] - start)
        return [(k, start + k) for k in range(first, last)]

    def that_read(self, spot: Index) -> Pairs:
        """The windows that read an element of the source, each with the element's position in it."""
        return _crossed([self._that_read(axis, j) for axis, j in enumerate(spot)])

    def _that_read(self, axis: int, j: int) -> list[tuple[int, int]]:
        reach = j + self.padding
        first = max(0, -((self.window[axis] - 1 - reach) // self.stride))
        last = min(self.shape[axis] - 1, reach // self.stride)
        return [(i, reach - i * self.stride) for i in range(first, last + 1)]

    def at_position(self, position: Index) -> Pairs:
        """Every window, with the source's index that it reads at one position."""
        return _crossed([self._at_position(axis, k) for axis, k in enumerate(position)])

    def _at_position(self, axis: int, k: int) -> list[tuple[int, int]]:
        places = [(i, i * self.stride + k - self.padding) for i in range(self.shape[axis])]
        return [(i, j) for i, j in places if 0 <= j < self.source[axis]]

    def table(self) -> list[int]:
        """For each window, and each position in it, the place in the source's row order; -1 in the padding."""
        lines = [self._lines(axis) for axis in range(len(self.source))]
        above, across = lines if len(lines) == 2 else ([[0]], lines[0])
        columns = self.source[-1]
        return [
            row * columns + column if row >= 0 and column >= 0 else -1
            for rows in above
            for places in across
            for row in rows
            for column in places
        ]

    def _lines(self, axis: int) -> list[list[int]]:
        within = range(self.source[axis])
        starts = [self.stride * i - self.padding for i in range(self.shape[axis])]
        return [[j if j in within else -1 for j in range(start, start + self.window[axis])] for start in starts]


def _crossed(axes: Sequence[list[tuple[int, int]]]) -> Pairs:
    """The pairs of each axis as pairs of indices, in row order."""
    if len(axes) == 1:
        return [((one,), (other,)) for one, other in axes[0]]
    return [((a, c), (b, d)) for (a, b), (c, d) in combinations(*axes)]


# What a file's call means, and what is wrong with it


def _convolution(x: Expr, w: Expr, stride: Operand = 1, padding: Operand = 0) -> Expr:
    """The cross-correlation of x with the kernel w."""
    extra = setting(stride), setting(padding)
    return Call("conv", (x, w), Windows(x.shape, w.shape, *extra).shape, extra)


def _convolution_problem(rank: int) -> Callable[..., str]:
    """What is wrong with the arguments of a convolution over arrays of this rank, or nothing."""

    def problem(x: Expr, w: Expr, stride: Operand = 1, padding: Operand = 0) -> str:
        if (len(x.shape), len(w.shape)) != (rank, rank):
            return f"x and w, the first two arguments, are {('', 'vectors', 'matrices')[rank]}"
        wrong = unfit("stride", "third", stride) or unfit("padding", "fourth", padding, 0)
        windows = None if wrong else Windows(x.shape, w.shape, setting(stride), setting(padding))
        return wrong if windows is None else too_large(windows, f"w, {shape_text(w.shape)},")

    return problem


def too_large(windows: Windows, what: str) -> str:
    """Why windows do not fit into their source, or read too much; or nothing."""
    if any(m > n for n, m in zip(windows.padded, windows.window, strict=True)):
        padded = f" padded to {lengths_text(windows.padded)}" if windows.padding else ""
        return f"{what} does not fit into x, {shape_text(windows.source)}{padded}"
    read = size(windows.shape) * size(windows.window)
    return f"its windows read {read:,} elements; at most {READ_LIMIT:,} are taken" if read > READ_LIMIT else ""


def lengths_text(shape: Shape) -> str:
    """Lengths as in `2x3`."""
    return "x".join(map(str, shape))


# Convolution: the arguments of each are (x, w), (upstream gradient, w) and (upstream gradient, x)


def _conv_kernel(call: Call) -> Kernel:
    """What the windows read, a window a row, times the kernel as one column."""
    x, w = (arg.shape for arg in call.args)
    windows, layout, shape = Windows(x, w, *call.extra), (size(call.shape), size(w)), call.shape

    def kernel(source: Value, weights: Value) -> Value:
        made = im2col(source, x, windows.table(), layout) * array(layout[1:], entries(weights, w))
        return array(shape, entries(made, layout[:1]))

    return kernel


def _conv_to_x_kernel(call: Call) -> Kernel:
    """A column times a row: each window's share of what it has read, added up where that stands."""
    upstream, w = (arg.shape for arg in call.args)
    windows, layout, shape = Windows(call.shape, w, *call.extra), (size(upstream), size(w)), call.shape

    def kernel(gradient: Value, weights: Value) -> Value:
        column = array((layout[0], 1), entries(gradient, upstream))
        row = array((1, layout[1]), entries(weights, w))
        return col2im(windows.table(), entries(column * row, layout), shape)

    return kernel


def _conv_to_w_kernel(call: Call) -> Kernel:
    """What the windows read, a position a row, times the upstream gradient as one column."""
    upstream, x = (arg.shape for arg in call.args)
    windows, layout, shape = Windows(x, call.shape, *call.extra), (size(call.shape), size(upstream)), call.shape

    def kernel(gradient: Value, source: Value) -> Value:
        by_window = windows.table()
        table = [place for position in range(layout[0]) for place in by_window[position :: layout[0]]]
        made = im2col(source, x, table, layout) * array(layout[1:], entries(gradient, upstream))
        return array(shape, entries(made, layout[:1]))

    return kernel


def im2col(value: Value, shape: Shape, table: Sequence[int], layout: Shape) -> Value:
    """The elements at the table's places as a matrix, as Caffe's im2col does it: 0 in the padding."""
    items = [*entries(value, shape), ZERO]
    return array(layout, [items[place] for place in table])


def col2im(table: Sequence[int], items: Sequence[Scalar], shape: Shape) -> Value:
    """Each item added to its place of the table, the transpose of `im2col`; what falls into the padding is dropped."""
    sums = [ZERO] * (size(shape) + 1)
    for place, item in zip(table, items, strict=True):
        sums[place] = sums[place] + item
    return array(shape, sums[:-1])


def _conv_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """A sum of products over the window, the padding's zeros left out."""
    x, w = args
    windows = Windows(call.args[0].shape, call.args[1].shape, *call.extra)
    return lambda index: summed([product(x(spot), w(k)) for k, spot in windows.read_by(index)])


def _conv_to_x_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows that read the element."""
    upstream, w = args
    windows = Windows(call.shape, call.args[1].shape, *call.extra)
    return lambda spot: summed([upstream_product(upstream(i), w(k)) for i, k in windows.that_read(spot)])


def _conv_to_w_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows."""
    upstream, x = args
    windows = Windows(call.args[1].shape, call.shape, *call.extra)
    return lambda k: summed([upstream_product(upstream(i), x(spot)) for i, spot in windows.at_position(k)])


def _of_conv(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """Each window's gradient, times what the element met there."""
    x, w = node.args
    to_x = Call("conv to x", (upstream, w), x.shape, node.extra)
    return [to_x, Call("conv to w", (upstream, x), w.shape, node.extra)]


def _sum_of_products(call: Call, args: Sequence[Bound]) -> Bound:
    return multiplied(args, OPS[call.op].terms(call))


def _convolves(name: str, rank: int, about: str) -> Op:
    return defined(name, _convolution, about, terms=_size_of_second, check=_convolution_problem(rank))


def _size_of_first(call: Call) -> int:
    return size(call.args[0].shape)


def _size_of_second(call: Call) -> int:
    return size(call.args[1].shape)


def _products(name: str, terms: Callable[[Call], int], **fields: Any) -> Op:
    return Op(name, terms=terms, growth=_sum_of_products, regular=False, **fields)


ROWS = (
    _convolves(
        "conv1d",
        1,
        "conv1d(x, w, stride, padding): the kernel w moved over the vector x, products summed at each place; "
        "stride 1 and padding 0 if left out",
    ),
    _convolves("conv2d", 2, "conv2d(x, w, stride, padding): the kernel w moved over the matrix x, as in conv1d"),
    _products("conv", _size_of_second, kernel=_conv_kernel, expand=_conv_expand, gradient=_of_conv),
    _products("conv to x", _size_of_second, kernel=_conv_to_x_kernel, expand=_conv_to_x_expand),
    _products("conv to w", _size_of_first, kernel=_conv_to_w_kernel, expand=_conv_to_w_expand),
)
