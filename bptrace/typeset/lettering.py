"""Operations that sum, at an index of letters: what one element is is one sum over a letter, not written out.

An index here holds letters where the expanders of `arrays` have numbers; they pass it on and look into none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from bptrace.numbers.exact import Index, Rational, Shape, size
from bptrace.ops.elementwise import Expander, upstream_product
from bptrace.ops.expr import Call, Expr, Number, SumOver

LetteredExpand: TypeAlias = Callable[[Call, Sequence[Expander], Callable[[], str]], Expander]
"""(operation, expanders of its arguments, what gives a new letter) gives the expander of one element."""


def _matmul(call: Call, args: Sequence[Expander], fresh: Callable[[], str]) -> Expander:
    """A sum over one letter of products, in the order of `matmul_expand`."""
    left, right = args
    rows, upstream_right = len(call.args[0].shape) - 1, bool(call.extra)

    def expand(index: Index) -> Expr:
        places, close = _over((call.args[1].shape[0],), fresh)
        pair = left((*index[:rows], *places)), right((*places, *index[rows:]))
        one, other = pair[::-1] if upstream_right else pair
        return close(upstream_product(one, other))

    return expand


def _over(lengths: Shape, fresh: Callable[[], str]) -> tuple[Index, Callable[[Expr], Expr]]:
    """A letter for each axis that is summed over, 0 for one of a single element; and what makes the sum of a body."""
    letters = [fresh() if length > 1 else "" for length in lengths]
    places: Any = tuple(letter or 0 for letter in letters)

    def close(body: Expr) -> Expr:
        for letter in filter(None, reversed(letters)):
            body = SumOver(letter, body)
        return body

    return places, close


def _total(call: Call, args: Sequence[Expander], fresh: Callable[[], str]) -> Expander:
    """A sum over a letter for each axis."""

    def expand(index: Index) -> Expr:
        places, close = _over(call.args[0].shape, fresh)
        return close(args[0](places))

    return expand


def _mean(call: Call, args: Sequence[Expander], fresh: Callable[[], str]) -> Expander:
    """The same over the number of elements."""
    total, count = _total(call, args, fresh), Number(Rational(size(call.args[0].shape)))
    return lambda index: Call("/", (total(index), count), ())


def _gather(call: Call, args: Sequence[Expander], fresh: Callable[[], str]) -> Expander:
    """A sum over a letter for each axis that broadcasting added or repeated."""
    source, to = call.args[0].shape, call.shape
    added = len(source) - len(to)
    gone = [axis < added or to[axis - added] < source[axis] for axis in range(len(source))]

    def expand(index: Index) -> Expr:
        places, close = _over(tuple(n for n, is_gone in zip(source, gone, strict=True) if is_gone), fresh)
        summed_over, own = iter(places), iter(index)
        kept = [None if axis < added else next(own) for axis in range(len(source))]
        spot: Any = tuple(next(summed_over) if out else place for out, place in zip(gone, kept, strict=True))
        return close(args[0](spot))

    return expand


def _softmax_gradient(call: Call, args: Sequence[Expander], fresh: Callable[[], str]) -> Expander:
    """The Jacobian's row by the upstream gradient, what is common in front: p[j]*(g[j] - sum over i of g[i]*p[i])."""
    (upstream, output), (axis,) = args, call.extra

    def expand(index: Index) -> Expr:
        places, close = _over((call.shape[axis],), fresh)
        other = (*index[:axis], *places, *index[axis + 1 :])
        return output(index) * (upstream(index) - close(upstream_product(upstream(other), output(other))))

    return expand


LETTERED: dict[str, LetteredExpand] = {
    "@": _matmul,
    "sum": _total,
    "mean": _mean,
    "gather": _gather,
    "softmax gradient": _softmax_gradient,
}
"""What operations sum over, a row each."""
