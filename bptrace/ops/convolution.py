"""Convolution and pooling: windows that move over a vector or a matrix.

A convolution is the deep learning one, a cross-correlation: `c[i] = x[i]*w[1] + x[i+1]*w[2] + …`. The rows of
the table keep their settings in `extra`: stride and padding of a convolution, size and stride of a pooling.

A kernel lays out what every window reads as a matrix, a window a row, from one table of places; an expander
works out for its own element what is read there, or who reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product as combinations
from typing import NamedTuple, cast

from bptrace.numbers.bounds import Bound
from bptrace.numbers.enclosures import less
from bptrace.numbers.exact import ONE, ZERO, Index, Rational, Scalar, Shape, Value, array, entries, indices, size, whole
from bptrace.ops.array_ops import Expander, Kernel, product, summed, upstream_product
from bptrace.ops.expr import NOTHING, Call, Expr, Leaf, Number, Operand, lift, number, shape_text

SETTING_LIMIT = 1_000_000
READ_LIMIT = 1_000_000
"""How many elements all windows together may read."""

Pairs = list[tuple[Index, Index]]


class Windows(NamedTuple):
    """Windows of one shape over a source: each axis starts `padding` before it and moves on by `stride`."""

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
        return _joined([self._read_by(axis, i) for axis, i in enumerate(place)])

    def _read_by(self, axis: int, i: int) -> list[tuple[int, int]]:
        start = i * self.stride - self.padding
        first, last = max(0, -start), min(self.window[axis], self.source[axis] - start)
        return [(k, start + k) for k in range(first, last)]

    def that_read(self, spot: Index) -> Pairs:
        """The windows that read an element of the source, each with the element's position in it."""
        return _joined([self._that_read(axis, j) for axis, j in enumerate(spot)])

    def _that_read(self, axis: int, j: int) -> list[tuple[int, int]]:
        reach = j + self.padding
        first = max(0, -((self.window[axis] - 1 - reach) // self.stride))
        last = min(self.shape[axis] - 1, reach // self.stride)
        return [(i, reach - i * self.stride) for i in range(first, last + 1)]

    def at_position(self, position: Index) -> Pairs:
        """Every window, with the source's index that it reads at one position."""
        return _joined([self._at_position(axis, k) for axis, k in enumerate(position)])

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


def _joined(axes: Sequence[list[tuple[int, int]]]) -> Pairs:
    """The pairs of each axis as pairs of indices, in row order."""
    if len(axes) == 1:
        return [((one,), (other,)) for one, other in axes[0]]
    return [((a, c), (b, d)) for (a, b), (c, d) in combinations(*axes)]


# What a file's call means, and what is wrong with it


def convolution(x: Expr, w: Expr, stride: Operand = 1, padding: Operand = 0) -> Expr:
    """The cross-correlation of x with the kernel w."""
    extra = setting(stride), setting(padding)
    return Call("conv", (x, w), Windows(x.shape, w.shape, *extra).shape, extra)


def averages(x: Expr, width: Operand, stride: Operand | None = None) -> Expr:
    """The mean of each window."""
    extra = _pooling(width, stride)
    made = Call("window sums", (x,), pooled(x.shape, extra).shape, extra)
    return made / Number(Rational(extra[0] ** len(x.shape)))


def maxima(name: Callable[[str, Expr], Expr], x: Expr, width: Operand, stride: Operand | None = None) -> Expr:
    """The greatest element of each window; which one that is gets a name of its own, for the gradient to read."""
    extra = _pooling(width, stride)
    shape = pooled(x.shape, extra).shape
    return Call("max_pool at", (x, name("k", Call("argmax of windows", (x,), shape, extra))), shape, extra)


def pooled(shape: Shape, extra: tuple[int, ...]) -> Windows:
    """The windows of a pooling, whose `extra` is size and stride."""
    width, stride = extra
    return Windows(shape, (width,) * len(shape), stride)


def _pooling(width: Operand, stride: Operand | None) -> tuple[int, int]:
    return setting(width), setting(width if stride is None else stride)


def setting(operand: Operand) -> int:
    """The whole number that a setting is."""
    return cast(int, whole(cast(Scalar, number(lift(operand)))))


def convolution_problem(rank: int) -> Callable[..., str]:
    """What is wrong with the arguments of a convolution over arrays of this rank, or nothing."""

    def problem(x: Expr, w: Expr, stride: Operand = 1, padding: Operand = 0) -> str:
        if (len(x.shape), len(w.shape)) != (rank, rank):
            return f"x and w, the first two arguments, are {('', 'vectors', 'matrices')[rank]}"
        wrong = unfit("stride", "third", stride) or unfit("padding", "fourth", padding, 0)
        windows = None if wrong else Windows(x.shape, w.shape, setting(stride), setting(padding))
        return wrong if windows is None else _too_large(windows, f"w, {shape_text(w.shape)},")

    return problem


def pooling_problem(x: Expr, width: Operand, stride: Operand | None = None) -> str:
    """What is wrong with the arguments of a pooling, or nothing."""
    if not x.shape:
        return "x, the first argument, is a vector or a matrix"
    wrong = unfit("size", "second", width) or unfit("stride", "third", width if stride is None else stride)
    windows = None if wrong else pooled(x.shape, _pooling(width, stride))
    return wrong if windows is None else _too_large(windows, f"a window of {_lengths(windows.window)}")


def unfit(name: str, place: str, operand: Operand, least: int = 1) -> str:
    """What a setting has to be, where it is not a whole number within its limits; else nothing."""
    value = number(lift(operand))
    setting = None if value is None else whole(value)
    if setting is not None and least <= setting <= SETTING_LIMIT:
        return ""
    return f"{name}, the {place} argument, is a whole number from {least} to {SETTING_LIMIT:,}"


def _too_large(windows: Windows, what: str) -> str:
    if any(m > n for n, m in zip(windows.padded, windows.window, strict=True)):
        padded = f" padded to {_lengths(windows.padded)}" if windows.padding else ""
        return f"{what} does not fit into x, {shape_text(windows.source)}{padded}"
    read = size(windows.shape) * size(windows.window)
    return f"its windows read {read:,} elements; at most {READ_LIMIT:,} are taken" if read > READ_LIMIT else ""


def _lengths(shape: Shape) -> str:
    return "x".join(map(str, shape))


# Convolution: the arguments of each are (x, w), (upstream gradient, w) and (upstream gradient, x)


def conv_kernel(call: Call) -> Kernel:
    """What the windows read, a window a row, times the kernel as one column."""
    x, w = (arg.shape for arg in call.args)
    windows, layout, shape = Windows(x, w, *call.extra), (size(call.shape), size(w)), call.shape

    def kernel(source: Value, weights: Value) -> Value:
        made = _laid_out(source, x, windows.table(), layout) * array(layout[1:], entries(weights, w))
        return array(shape, entries(made, layout[:1]))

    return kernel


def conv_to_x_kernel(call: Call) -> Kernel:
    """A column times a row: each window's share of what it has read, added up where that stands."""
    upstream, w = (arg.shape for arg in call.args)
    windows, layout, shape = Windows(call.shape, w, *call.extra), (size(upstream), size(w)), call.shape

    def kernel(gradient: Value, weights: Value) -> Value:
        column = array((layout[0], 1), entries(gradient, upstream))
        row = array((1, layout[1]), entries(weights, w))
        return _added_up(windows.table(), entries(column * row, layout), shape)

    return kernel


def conv_to_w_kernel(call: Call) -> Kernel:
    """What the windows read, a position a row, times the upstream gradient as one column."""
    upstream, x = (arg.shape for arg in call.args)
    windows, layout, shape = Windows(x, call.shape, *call.extra), (size(call.shape), size(upstream)), call.shape

    def kernel(gradient: Value, source: Value) -> Value:
        by_window = windows.table()
        table = [place for position in range(layout[0]) for place in by_window[position :: layout[0]]]
        made = _laid_out(source, x, table, layout) * array(layout[1:], entries(gradient, upstream))
        return array(shape, entries(made, layout[:1]))

    return kernel


def _laid_out(value: Value, shape: Shape, table: Sequence[int], layout: Shape) -> Value:
    """The elements at the table's places as a matrix, 0 in the padding."""
    items = [*entries(value, shape), ZERO]
    return array(layout, [items[place] for place in table])


def _added_up(table: Sequence[int], items: Sequence[Scalar], shape: Shape) -> Value:
    """Each item added to its place of the table; what falls into the padding is dropped."""
    sums = [ZERO] * (size(shape) + 1)
    for place, item in zip(table, items, strict=True):
        sums[place] = sums[place] + item
    return array(shape, sums[:-1])


def conv_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """A sum of products over the window, the padding's zeros left out."""
    x, w = args
    windows = Windows(call.args[0].shape, call.args[1].shape, *call.extra)
    return lambda index: summed([product(x(spot), w(k)) for k, spot in windows.read_by(index)])


def conv_to_x_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows that read the element."""
    upstream, w = args
    windows = Windows(call.shape, call.args[1].shape, *call.extra)
    return lambda spot: summed([upstream_product(upstream(i), w(k)) for i, k in windows.that_read(spot)])


def conv_to_w_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows."""
    upstream, x = args
    windows = Windows(call.args[1].shape, call.shape, *call.extra)
    return lambda k: summed([upstream_product(upstream(i), x(spot)) for i, spot in windows.at_position(k)])


def of_conv(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """Each window's gradient, times what the element met there."""
    x, w = node.args
    to_x = Call("conv to x", (upstream, w), x.shape, node.extra)
    return [to_x, Call("conv to w", (upstream, x), w.shape, node.extra)]


# Pooling


def sums_kernel(call: Call) -> Kernel:
    """What the windows read, a window a row, times a column of ones."""
    source = call.args[0].shape
    windows = pooled(source, call.extra)
    layout, shape = (size(call.shape), size(windows.window)), call.shape
    ones = array(layout[1:], [ONE] * layout[1])
    return lambda value: array(shape, entries(_laid_out(value, source, windows.table(), layout) * ones, layout[:1]))


def sums_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the window."""
    return lambda index: summed(_read(call, args[0], index))


def sums_to_x_kernel(call: Call) -> Kernel:
    """Each window's gradient, added up where the window has read."""
    upstream, shape, windows = call.args[0].shape, call.shape, pooled(call.shape, call.extra)
    count = size(windows.window)
    return lambda gradient: _added_up(
        windows.table(), [item for item in entries(gradient, upstream) for _ in range(count)], shape
    )


def sums_to_x_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows that read the element."""
    upstream, windows = args[0], pooled(call.shape, call.extra)
    return lambda spot: summed([upstream(i) for i, _ in windows.that_read(spot)])


def of_sums(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient of each window, to every element that it reads."""
    return [Call("window sums to x", (upstream,), node.args[0].shape, node.extra)]


def argmax_kernel(call: Call) -> Kernel:
    """The position of each window's greatest element, found by going through it: a later one has to be greater."""
    source, shape = call.args[0].shape, call.shape
    windows = pooled(source, call.extra)

    def kernel(value: Value) -> Value:
        items = entries(value, source)
        return array(shape, [Rational(_first_greatest([items[place] for place in row])) for row in _cut(windows)])

    return kernel


def _first_greatest(items: Sequence[Scalar]) -> int:
    best = 0
    for place in range(1, len(items)):
        if less(items[best], items[place]):
            best = place
    return best + 1


def _cut(windows: Windows) -> Iterator[Sequence[int]]:
    """The places that each window reads."""
    table, width = windows.table(), size(windows.window)
    return (table[start : start + width] for start in range(0, len(table), width))


def argmax_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The same call over the window's elements."""
    return lambda index: Call(call.op, tuple(_read(call, args[0], index)), (), (), call.mark)


def maxima_kernel(call: Call) -> Kernel:
    """The element that stands where each window has its greatest one."""
    (source, where), shape = (arg.shape for arg in call.args), call.shape
    windows = pooled(source, call.extra)

    def kernel(value: Value, winners: Value) -> Value:
        items = entries(value, source)
        return array(shape, [items[place] for place in _won(windows, entries(winners, where))])

    return kernel


def _won(windows: Windows, winners: Sequence[Scalar]) -> list[int]:
    """The place that won in each window."""
    return [places[cast(int, whole(winner)) - 1] for places, winner in zip(_cut(windows), winners, strict=True)]


def maxima_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The greatest of the window's elements."""
    return lambda index: Call("max of all", tuple(_read(call, args[0], index)), ())


def maxima_to_x_kernel(call: Call) -> Kernel:
    """Each window's gradient, added up where its greatest element stands."""
    (upstream, where), shape = (arg.shape for arg in call.args), call.shape
    windows = pooled(shape, call.extra)

    def kernel(gradient: Value, winners: Value) -> Value:
        return _added_up(_won(windows, entries(winners, where)), entries(gradient, upstream), shape)

    return kernel


def maxima_to_x_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows in which the element won; where it did not, there is no path."""
    upstream, winner = args
    windows = pooled(call.shape, call.extra)
    numbered = {position: place for place, position in enumerate(indices(windows.window), 1)}

    def won(window: Index, position: Index) -> bool:
        return whole(cast(Leaf, winner(window)).value) == numbered[position]

    return lambda spot: summed([upstream(i) if won(i, k) else NOTHING for i, k in windows.that_read(spot)])


def of_maxima(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr | None]:
    """The upstream gradient of each window, to the element that won; who won has no gradient."""
    x, winner = node.args
    return [Call("max_pool to x", (upstream, winner), x.shape, node.extra), None]


def _read(call: Call, part: Expander, index: Index) -> list[Expr]:
    """The elements that a window of a pooling reads."""
    return [part(spot) for _, spot in pooled(call.args[0].shape, call.extra).read_by(index)]


def count(call: Call) -> int:
    """How many elements one window of a pooling reads; `extra` holds its size."""
    width: int = call.extra[0]
    return size((width,) * len(call.shape))


def position_growth(call: Call, bounds: Sequence[Bound]) -> Bound:
    """A position is at most the number of elements in a window."""
    return Bound(count(call).bit_length(), 1)
