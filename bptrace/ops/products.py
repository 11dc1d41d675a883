"""Rows of the op table: matrix products, outer products and dot products."""

from __future__ import annotations

import operator
from collections.abc import Sequence

from bptrace.numbers.arrays import Index, Shape
from bptrace.numbers.bounds import multiplied
from bptrace.ops import layout
from bptrace.ops.array_ops import transposed
from bptrace.ops.elementwise import Expander, Kernel, NewLetter, sum_over_letters, summed, upstream_product
from bptrace.ops.expr import Call, Expr, Name, ShapeError, shape_text
from bptrace.ops.op import Op, call, defined, total


def _matmul_shape(shapes: Sequence[Shape]) -> Shape:
    """NumPy's `@` on vectors and matrices. Raises ShapeError naming the shapes."""
    left, right = shapes
    if not _fit(left, right):
        raise ShapeError(f"{shape_text(left)} and {shape_text(right)}")
    return left[:-1] + right[1:]


def _fit(left: Shape, right: Shape) -> bool:
    return bool(left and right) and left[-1] == right[0]


def fitting_products(left: Expr, right: Expr) -> list[str]:
    """Where `left@right` has no shape, a line that tells the products of the same two that have, or none.

    >>> fitting_products(Name("W", (2, 3)), Name("x", (2,)))
    ['W.T@x or x@W would fit: a row of weights is a unit, a column an input']
    """
    names = [arg.key if isinstance(arg, Name) else "(...)" for arg in (left, right)]
    ways = [
        (left.shape[::-1], right.shape, "{0}.T@{1}"),
        (right.shape, left.shape, "{1}@{0}"),
        (left.shape, right.shape[::-1], "{0}@{1}.T"),
    ]
    fits = [text.format(*names) for one, other, text in ways if _fit(one, other)]
    return [f"{' or '.join(fits)} would fit: a row of weights is a unit, a column an input"] if fits else []


def forgotten_matrix_product(expr: Expr) -> Call | None:
    """The product of a matrix and a vector, element by element, that the tree is or that it adds something to."""
    if not isinstance(expr, Call) or expr.op not in ("*", "+", "-"):
        return None
    if expr.op == "*":
        return expr if sorted(len(arg.shape) for arg in expr.args) == [1, 2] else None
    return next(filter(None, map(forgotten_matrix_product, expr.args)), None)


def product_text(product: Call, sign: str) -> str:
    """How a product is written with a sign, dots for factors without a name: `W@x`."""
    return sign.join(arg.key if isinstance(arg, Name) else "(...)" for arg in product.args)


def _matmul_kernel(call: Call) -> Kernel:
    """FLINT's product; a vector is held as one column."""
    return _MATMUL.get(tuple(len(arg.shape) for arg in call.args), operator.mul)


_MATMUL: dict[tuple[int, ...], Kernel] = {
    (1, 1): lambda a, b: (a.transpose() * b)[0, 0],
    (1, 2): lambda a, b: b.transpose() * a,
}


def _matmul_expand(call: Call, args: Sequence[Expander]) -> Expander:
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


def _matmul_lettered(call: Call, args: Sequence[Expander], fresh: NewLetter) -> Expander:
    """A sum over one letter of products, in the order of `_matmul_expand`."""
    left, right = args
    rows, upstream_right = len(call.args[0].shape) - 1, bool(call.extra)

    def expand(index: Index) -> Expr:
        places, close = sum_over_letters((call.args[1].shape[0],), fresh)
        pair = left((*index[:rows], *places)), right((*places, *index[rows:]))
        one, other = pair[::-1] if upstream_right else pair
        return close(upstream_product(one, other))

    return expand


def _matmul_axis(call: Call, argument: int, axis: int) -> int | None:
    """Rows of the result run along the left argument, columns along the right one."""
    rows = len(call.args[0].shape) - 1
    if argument == 0:
        return axis if axis < rows else None
    return axis - rows + 1 if axis >= rows else None


def _outer_shape(shapes: Sequence[Shape]) -> Shape:
    """Rows along the first vector, columns along the second. Raises ShapeError naming the shapes."""
    left, right = shapes
    if (len(left), len(right)) != (1, 1):
        raise ShapeError(f"{shape_text(left)} and {shape_text(right)}", "outer takes two vectors")
    return left + right


def _outer_kernel(call: Call) -> Kernel:
    """A column times a row."""
    return lambda a, b: a * b.transpose()


def _outer_expand(call: Call, args: Sequence[Expander]) -> Expander:
    """One product; with `extra`, the right factor holds the upstream gradient and is written first."""
    left, right = args
    if call.extra:
        return lambda index: upstream_product(right(index[1:]), left(index[:1]))
    return lambda index: upstream_product(left(index[:1]), right(index[1:]))


def _outer_axis(call: Call, argument: int, axis: int) -> int | None:
    """Rows of the result run along the left vector, columns along the right one."""
    return 0 if argument == axis else None


def _of_matmul(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """Outer products and transposed products, by the ranks; the upstream gradient is written first."""
    left, right = node.args
    ranks = (len(left.shape), len(right.shape))
    if ranks == (1, 1):
        return [upstream * right, upstream * left]
    if ranks == (2, 1):
        return [call("outer", upstream, right), call("@", transposed(left), upstream, extra=(1,))]
    if ranks == (1, 2):
        return [call("@", right, upstream, extra=(1,)), call("outer", left, upstream, extra=(1,))]
    return [call("@", upstream, transposed(right)), call("@", transposed(left), upstream, extra=(1,))]


def _of_outer(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The other vector, summed over its elements with the upstream gradient before each."""
    left, right = node.args
    return [call("@", upstream, right), call("@", transposed(upstream), left)]


def _check_vectors(a: Expr, b: Expr) -> str:
    """Raise ShapeError where these are not two vectors of one length; matrices of one shape would go together."""
    if len(a.shape) == 1 and a.shape == b.shape:
        return ""
    left, right = (arg.key if isinstance(arg, Name) else letter for arg, letter in ((a, "a"), (b, "b")))
    hint = f"the matrix product is {left}@{right}" if a.shape and b.shape else f"a product is {left}*{right}"
    raise ShapeError(f"{shape_text(a.shape)} and {shape_text(b.shape)}", f"dot takes two vectors of one length; {hint}")


ROWS = (
    Op(
        "@",
        layout=layout.matrix_product,
        shape=_matmul_shape,
        kernel=_matmul_kernel,
        expand=_matmul_expand,
        lettered=_matmul_lettered,
        gradient=_of_matmul,
        axis=_matmul_axis,
        terms=lambda node: node.args[1].shape[0],
        growth=lambda node, bounds: multiplied(bounds, node.args[1].shape[0]),
    ),
    Op(
        "outer",
        layout=layout.outer,
        arity=(2, 2),
        shape=_outer_shape,
        kernel=_outer_kernel,
        expand=_outer_expand,
        gradient=_of_outer,
        axis=_outer_axis,
        growth=lambda node, bounds: multiplied(bounds),
        accurate=True,
        about="outer(a, b): the matrix of all products, rows along a, columns along b",
    ),
    defined(
        "dot",
        lambda a, b: total(a * b),
        "dot(a, b): the sum of the products of two vectors",
        check=_check_vectors,
    ),
)
