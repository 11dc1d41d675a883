"""Rows of the op table: a whole array to one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bptrace.numbers.arrays import Index, indices, size
from bptrace.numbers.bounds import Bound, added, multiplied
from bptrace.numbers.enclosures import ZERO, Scalar, compare
from bptrace.numbers.exact import Rational
from bptrace.ops import layout
from bptrace.ops.arithmetic import TIE, greatest, smallest, tied
from bptrace.ops.elementwise import Expander, NewLetter, sum_over_letters, summed
from bptrace.ops.expr import Branch, Call, Cases, Expr, Number, above, below, spread_to
from bptrace.ops.op import CellFormula, Gradient, call, reduces
from bptrace.ops.shared import remembered


def _add(*values: Scalar) -> Scalar:
    return sum(values, ZERO)


def _average(*values: Scalar) -> Scalar:
    return sum(values, ZERO) / len(values)


def _count_of(choose: Callable[..., Scalar]) -> Callable[..., Scalar]:
    """From values to how many of them equal the chosen one."""

    def count(*values: Scalar) -> Scalar:
        best = choose(*values)
        return Rational(sum(not compare(value, best) for value in values))

    return count


# In a spreadsheet

MOST_ARGUMENTS = 250
"""A spreadsheet's function takes 255."""


def in_groups(function: str) -> CellFormula:
    """A spreadsheet's function of any number of arguments, which can be taken a few at a time: `MAX(C2,C3)`."""

    def formula(args: Sequence[str], apart: Callable[[str], str]) -> str:
        starts = range(0, len(args), MOST_ARGUMENTS)
        groups = [apart(f"{function}({','.join(args[start : start + MOST_ARGUMENTS])})") for start in starts]
        return groups[0] if len(groups) == 1 else formula(groups, apart)

    return formula


def _equal_in_cells(function: str) -> CellFormula:
    """How many of the arguments equal the chosen one."""
    choose = in_groups(function)

    def formula(args: Sequence[str], apart: Callable[[str], str]) -> str:
        chosen = apart(choose(args, apart))
        return f"({'+'.join([f'({arg}={chosen})' for arg in args])})"

    return formula


# One element's tree


def _elements(call: Call, args: Sequence[Expander]) -> list[Expr]:
    return [args[0](index) for index in indices(call.args[0].shape)]


def _for_all(call: Call, expand: Expander) -> Expander:
    """The expander of what all the elements come to."""
    return remembered(expand, size(call.args[0].shape))


def _expand_alike(call: Call, args: Sequence[Expander]) -> Expander:
    """The operation itself over all the elements."""
    return _for_all(call, lambda index: Call(call.op, tuple(_elements(call, args)), ()))


def _expand_sum(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum of all the elements."""
    return _for_all(call, lambda index: summed(_elements(call, args)))


def _expand_mean(call: Call, args: Sequence[Expander]) -> Expander:
    """One visible sum over the number of elements."""
    count = Number(Rational(size(call.args[0].shape)))
    return _for_all(call, lambda index: Call("/", (summed(_elements(call, args)), count), ()))


def _sum_lettered(call: Call, args: Sequence[Expander], fresh: NewLetter) -> Expander:
    """A sum over a letter for each axis."""

    def expand(index: Index) -> Expr:
        places, close = sum_over_letters(call.args[0].shape, fresh)
        return close(args[0](places))

    return expand


def _mean_lettered(call: Call, args: Sequence[Expander], fresh: NewLetter) -> Expander:
    """A sum over a letter for each axis, over the number of elements."""
    total, count = _sum_lettered(call, args, fresh), Number(Rational(size(call.args[0].shape)))
    return lambda index: Call("/", (total(index), count), ())


# Gradients, and how large values grow


def _of_sum(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """The upstream gradient, to every element."""
    return [spread_to(upstream, node.args[0].shape)]


def _of_mean(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
    """An equal share of the upstream gradient, to every element."""
    shape = node.args[0].shape
    return [spread_to(upstream * Number(Rational(1, size(shape))), shape)]


def _of_extreme(count: str, branches: Callable[[Expr, Expr], list[Branch]]) -> Gradient:
    """The upstream gradient goes to the extreme element; equal ones share it alike (PyTorch's amax)."""

    def gradient(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr]:
        share = 1 / call(count, node.args[0])
        return [upstream * Cases(node.args[0], branches(out, share))]

    return gradient


def _mean_growth(call: Call, args: Sequence[Bound]) -> Bound:
    count = size(call.args[0].shape)
    return multiplied([added(args, count), Bound(1, count.bit_length(), common=count)])


def _count_growth(call: Call, args: Sequence[Bound]) -> Bound:
    """No more are equal than there are elements."""
    return Bound(size(call.args[0].shape).bit_length(), 1, common=1)


ROWS = (
    reduces(
        "sum",
        _add,
        _expand_sum,
        _of_sum,
        "sum(a): the sum of all elements",
        layout=layout.total,
        linear=lambda node: True,
        lettered=_sum_lettered,
    ),
    reduces(
        "mean",
        _average,
        _expand_mean,
        _of_mean,
        "mean(a): the mean of all elements",
        layout=layout.mean,
        linear=lambda node: True,
        growth=_mean_growth,
        lettered=_mean_lettered,
    ),
    reduces(
        "max of all",
        greatest,
        _expand_alike,
        _of_extreme("count_max", lambda out, share: [above(out, share, strict=False), below(out, 0, strict=True)]),
        "max(a): the greatest element; equal ones share the gradient",
        cell=in_groups("MAX"),
        spelled="max",
        scalar=greatest,
        rising=True,
        decides=True,
    ),
    reduces(
        "min of all",
        smallest,
        _expand_alike,
        _of_extreme("count_min", lambda out, share: [below(out, share), above(out, 0)]),
        "min(a): the smallest element; equal ones share the gradient",
        cell=in_groups("MIN"),
        spelled="min",
        scalar=smallest,
        rising=True,
        decides=True,
    ),
    *[
        reduces(
            name,
            _count_of(choose),
            _expand_alike,
            cell=_equal_in_cells(function),
            scalar=_count_of(choose),
            decides=True,
            growth=_count_growth,
            kink=TIE,
            meets=tied(choose),
        )
        for name, choose, function in (("count_max", greatest, "MAX"), ("count_min", smallest, "MIN"))
    ],
)
