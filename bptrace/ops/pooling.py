"""Rows of the op table: pooling, which gives one number a window. Calls keep size and stride in `extra`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from bptrace.numbers.arrays import Index, Shape, Value, array, entries, indices, size
from bptrace.numbers.bounds import Bound, added
from bptrace.numbers.enclosures import ONE, Scalar, less
from bptrace.numbers.exact import Rational, whole
from bptrace.ops.arithmetic import greatest, tied
from bptrace.ops.convolution import Windows, col2im, im2col, lengths_text, too_large
from bptrace.ops.elementwise import Expander, Kernel, summed
from bptrace.ops.expr import NOTHING, Call, Expr, Leaf, Number, Operand
from bptrace.ops.op import Namer, Op, defined, in_steps
from bptrace.ops.settings import setting, unfit

# What a file's call means, and what is wrong with it


def _averages(x: Expr, width: Operand, stride: Operand | None = None) -> Expr:
    """The mean of each window."""
    extra = _pooling(width, stride)
    made = Call("window sums", (x,), pooled(x.shape, extra).shape, extra)
    return made / Number(Rational(extra[0] ** len(x.shape)))


def _maxima(name: Namer, x: Expr, width: Operand, stride: Operand | None = None) -> Expr:
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


def _pooling_problem(x: Expr, width: Operand, stride: Operand | None = None) -> str:
    """What is wrong with the arguments of a pooling, or nothing."""
    if not x.shape:
        return "x, the first argument, is a vector or a matrix"
    wrong = unfit("size", "second", width) or unfit("stride", "third", width if stride is None else stride)
    windows = None if wrong else pooled(x.shape, _pooling(width, stride))
    return wrong if windows is None else too_large(windows, f"a window of {lengths_text(windows.window)}")


# One operation each


def _sums_kernel(call: Call) -> Kernel:
    """What the windows read, a window a row, times a column of ones."""
    source = call.args[0].shape
    windows = pooled(source, call.extra)
    layout, shape = (size(call.shape), size(windows.window)), call.shape
    ones = array(layout[1:], [ONE] * layout[1])
    return lambda value: array(shape, entries(im2col(value, source, windows.table(), layout) * ones, layout[:1]))


def _sums_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the window."""
    return lambda index: summed(_window_elements(call, args[0], index))


def _sums_to_x_kernel(call: Call) -> Kernel:
    """Each window's gradient, added up where the window has read."""
    upstream, shape, windows = call.args[0].shape, call.shape, pooled(call.shape, call.extra)
    _window_size = size(windows.window)
    return lambda gradient: col2im(
        windows.table(), [item for item in entries(gradient, upstream) for _ in range(_window_size)], shape
    )


def _sums_to_x_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows that read the element."""
    upstream, windows = args[0], pooled(call.shape, call.extra)
    return lambda spot: summed([upstream(i) for i, _ in windows.that_read(spot)])


def _of_sums(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient of each window, to every element that it reads."""
    return [Call("window sums to x", (upstream,), node.args[0].shape, node.extra)]


def _argmax_kernel(call: Call) -> Kernel:
    """The position of each window's greatest element, found by going through it: a later one has to be greater."""
    source, shape = call.args[0].shape, call.shape
    windows = pooled(source, call.extra)

    def kernel(value: Value) -> Value:
        items = entries(value, source)
        return array(shape, [Rational(_first_greatest([items[place] for place in row])) for row in _by_window(windows)])

    return kernel


def _argmax_in_cells(args: Sequence[str], apart: Callable[[str], str]) -> str:
    """One more for each element that a later one exceeds, up to the first that none does."""
    *before, greatest_after = args
    place = ""
    for arg in reversed(before):
        place = f"({arg}<{greatest_after})" + (f"*(1+{place})" if place else "")
        greatest_after = apart(f"MAX({arg},{greatest_after})")
    return f"(1+{place})" if place else "1"


def _first_greatest(items: Sequence[Scalar]) -> int:
    best = 0
    for place in range(1, len(items)):
        if less(items[best], items[place]):
            best = place
    return best + 1


def _by_window(windows: Windows) -> Iterator[Sequence[int]]:
    """The places that each window reads."""
    table, width = windows.table(), size(windows.window)
    return (table[start : start + width] for start in range(0, len(table), width))


def _argmax_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The call over the window's elements."""
    return lambda index: Call(call.op, tuple(_window_elements(call, args[0], index)), (), (), call.mark)


def _maxima_kernel(call: Call) -> Kernel:
    """The element that stands where each window has its greatest one."""
    (source, where), shape = (arg.shape for arg in call.args), call.shape
    windows = pooled(source, call.extra)

    def kernel(value: Value, winners: Value) -> Value:
        items = entries(value, source)
        return array(shape, [items[place] for place in _won(windows, entries(winners, where))])

    return kernel


def _won(windows: Windows, winners: Sequence[Scalar]) -> list[int]:
    """The place that won in each window."""
    return [places[cast(int, whole(winner)) - 1] for places, winner in zip(_by_window(windows), winners, strict=True)]


def _maxima_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """The greatest of the window's elements."""
    return lambda index: Call("max of all", tuple(_window_elements(call, args[0], index)), ())


def _maxima_to_x_kernel(call: Call) -> Kernel:
    """Each window's gradient, added up where its greatest element stands."""
    (upstream, where), shape = (arg.shape for arg in call.args), call.shape
    windows = pooled(shape, call.extra)

    def kernel(gradient: Value, winners: Value) -> Value:
        return col2im(_won(windows, entries(winners, where)), entries(gradient, upstream), shape)

    return kernel


def _maxima_to_x_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the windows in which the element won; where it did not, there is no path."""
    upstream, winner = args
    windows = pooled(call.shape, call.extra)
    numbered = {position: place for place, position in enumerate(indices(windows.window), 1)}

    def won(window: Index, position: Index) -> bool:
        return whole(cast(Leaf, winner(window)).value) == numbered[position]

    return lambda spot: summed([upstream(i) if won(i, k) else NOTHING for i, k in windows.that_read(spot)])


def _maxima_to_x_general(call: Call, args: Sequence[Expander]) -> Expander:
    """One sum over the windows that read the element, of each the choice of its gradient where the element wins."""
    upstream, winner = args
    windows = pooled(call.shape, call.extra)

    def gradient(window: Index, position: Index) -> Expr:
        choices = [upstream(window) if place == position else NOTHING for place in indices(windows.window)]
        return Call("pick", (*choices, winner(window)), ())

    return lambda spot: summed([gradient(i, k) for i, k in windows.that_read(spot)])


def _of_maxima(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr | None]:
    """The upstream gradient of each window, to the element that won; who won has no gradient."""
    x, winner = node.args
    return [Call("max_pool to x", (upstream, winner), x.shape, node.extra), None]


def _window_elements(call: Call, part: Expander, index: Index) -> list[Expr]:
    """The elements that a window of a pooling reads."""
    return [part(spot) for _, spot in pooled(call.args[0].shape, call.extra).read_by(index)]


def _window_size(call: Call) -> int:
    """How many elements one window of a pooling reads; `extra` holds its size."""
    width: int = call.extra[0]
    return size((width,) * len(call.shape))


def _are_apart(call: Call) -> bool:
    """Whether windows move on by their whole size, or more."""
    width, stride = call.extra
    return bool(width <= stride)


def _position_growth(call: Call, bounds: Sequence[Bound]) -> Bound:
    """A position is at most the number of elements in a window."""
    return Bound(_window_size(call).bit_length(), 1, common=1)


def _place_of_greatest(*values: Scalar) -> Scalar:
    best = greatest(*values)
    return Rational(next(place for place, value in enumerate(values, 1) if value is best))


ROWS = (
    defined(
        "avg_pool",
        _averages,
        "avg_pool(x, size, stride): the mean of each window over a vector or matrix; stride is size if left out, "
        "partial windows are dropped",
        terms=lambda node: setting(node.args[1]) ** len(node.shape),
        linear=lambda node: True,
        check=_pooling_problem,
    ),
    Op(
        "window sums",
        kernel=_sums_kernel,
        expand=_sums_expand,
        gradient=_of_sums,
        apart=_are_apart,
        terms=_window_size,
        linear=lambda node: True,
        regular=False,
    ),
    Op("window sums to x", kernel=_sums_to_x_kernel, expand=_sums_to_x_expand, terms=_window_size, regular=False),
    in_steps(
        "max_pool",
        _maxima,
        "max_pool(x, size, stride): the greatest of each window; the first of equal ones takes the whole gradient",
        check=_pooling_problem,
    ),
    Op(
        "argmax of windows",
        spelled="argmax",
        scalar=_place_of_greatest,
        kernel=_argmax_kernel,
        expand=_argmax_expand,
        cell=_argmax_in_cells,
        decides=True,
        kink=("the first of equal ones takes the whole gradient",),
        meets=tied(greatest),
        terms=_window_size,
        growth=_position_growth,
        regular=False,
    ),
    Op(
        "max_pool at",
        kernel=_maxima_kernel,
        expand=_maxima_expand,
        gradient=_of_maxima,
        apart=_are_apart,
        terms=_window_size,
        growth=lambda node, bounds: bounds[0],
        regular=False,
    ),
    Op(
        "max_pool to x",
        kernel=_maxima_to_x_kernel,
        expand=_maxima_to_x_expand,
        general=_maxima_to_x_general,
        reads_values=True,
        terms=_window_size,
        growth=lambda node, bounds: added(bounds[:1], _window_size(node)),
        regular=False,
    ),
)
