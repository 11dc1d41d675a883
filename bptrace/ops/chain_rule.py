"""The chain rule: from an upstream gradient to the gradient of everything an expression reads.

The walker knows no operation: each row of the op table says what its arguments' gradients are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from bptrace.numbers.enclosures import ONE, ZERO
from bptrace.ops.expr import (
    Branch,
    Call,
    Cases,
    Expr,
    Name,
    Number,
    children,
    gather_to,
    names,
    plus,
    reads_one_of,
    spread_to,
    substitute,
)
from bptrace.ops.table import OPS, all_nodes, expansion, inner_nodes

Contribution: TypeAlias = tuple[Name, Expr]
SlopeNamer: TypeAlias = Callable[[Call, Expr], Expr]


def contributions(
    expr: Expr, upstream: Expr, out: Expr, wanted: Collection[str], slope: SlopeNamer
) -> Iterator[Contribution]:
    """Each use of a wanted quantity in `expr`, in order, with the gradient that flows back through it.

    `upstream` has the shape of `expr`; `out` is what the expression's own value is called; `slope(call, output)`
    gives what stands for the slope of an activation. Each gradient has the shape of its quantity.

    >>> w, x, dz = Name("w", ()), Name("x", ()), Name("dL/dz", ())
    >>> flow = contributions(w * x, dz, Name("z", ()), {"w", "x"}, slope_expression)
    >>> [(name.key, [factor.key for factor in gradient.args]) for name, gradient in flow]
    [('w', ['dL/dz', 'x']), ('x', ['dL/dz', 'w'])]
    """
    if isinstance(expr, Name):
        if expr.key in wanted:
            yield expr, upstream
    elif isinstance(expr, Cases):
        for key, partial in partials(expr).items():
            if key in wanted:
                yield names(expr)[key], gather_to(upstream * partial, names(expr)[key].shape)
    elif isinstance(expr, Call) and reads_one_of(expr, wanted):
        yield from _through(expr, upstream, out, wanted, slope)


def _through(
    call: Call, upstream: Expr, out: Expr, wanted: Collection[str], slope: SlopeNamer
) -> Iterator[Contribution]:
    row, meaning = OPS[call.op], expansion(call)
    if meaning is not None:
        meaning = with_place(meaning, call)
    others, first = _read_apart(call, wanted) if row.title else (set(), set())
    if row.title and others.isdisjoint(first):
        if first:
            through = with_place(gather_to(upstream * slope(call, out), call.args[0].shape), call)
            yield from contributions(call.args[0], through, call.args[0], wanted, slope)
        if meaning is not None and others:
            yield from contributions(meaning, upstream, out, others, slope)
    elif row.gradient is None:
        if meaning is not None:
            yield from contributions(meaning, spread_to(upstream, meaning.shape), out, wanted, slope)
    else:
        for arg, gradient in zip(call.args, row.gradient(upstream, call, out), strict=True):
            if gradient is not None:
                flow = with_place(gather_to(gradient, arg.shape), call)
                yield from contributions(arg, flow, arg, wanted, slope)


def _read_apart(call: Call, wanted: Collection[str]) -> tuple[set[str], set[str]]:
    """The wanted quantities that the arguments after the first read, and those that the first one reads."""
    others = {key for arg in call.args[1:] for key in names(arg) if key in wanted}
    return others, {key for key in names(call.args[0]) if key in wanted}


def with_place(made: Expr, call: Call) -> Expr:
    """What was made of a call, with the call's place in the file where an operation has none of its own."""
    if call.mark is None or (isinstance(made, Call) and made.mark is not None):
        return made  # what a call is made of has a place where it has one
    if isinstance(made, Call):
        made.mark = call.mark
    for part in children(made):
        with_place(part, call)
    return made


def slope_expression(call: Call, out: Expr) -> Expr:
    """The slope of an activation in its first argument: its row's own, or else derived from its definition.

    `out` is what the activation's output is called: sigmoid's slope is `out*(1 - out)`. Raises TypeError where a
    slope has to be derived in what is not a quantity.
    """
    row = OPS[call.op]
    if row.slope:
        return with_place(row.slope(out, *call.args), call)
    meaning, subject = expansion(call), call.args[0]
    if meaning is None or not isinstance(subject, Name):
        raise TypeError(f"{row.name} has no slope of its own in what is not a quantity")
    return partials(meaning).get(subject.key, Number(ZERO, subject.shape))


def partials(expr: Expr) -> dict[str, Expr]:
    """The derivative of an elementwise expression in each quantity it reads, by key, with the expression's shape.

    Upstream gradients play no part in it: what is given back is the diagonal of each Jacobian.

    >>> x = Name("x", (3,))
    >>> found = partials(x * x)
    >>> list(found), found["x"].shape
    (['x'], (3,))
    """
    if isinstance(expr, Cases):
        pieces = [partials(branch.value) for branch in expr.branches]
        keys = {key: None for piece in pieces for key in piece}
        return {key: _rebranched(expr, [piece.get(key, Number(ZERO)) for piece in pieces]) for key in keys}
    originals = names(expr)
    scalar = substitute(expr, {key: Name(key, ()) for key in originals})
    found: dict[str, list[Expr]] = {}
    for name, gradient in contributions(scalar, Number(ONE), scalar, originals, slope_expression):
        found.setdefault(name.key, []).append(gradient)
    return {key: substitute(plus(gradients), originals) for key, gradients in found.items()}


def _rebranched(cases: Cases, values: list[Expr]) -> Cases:
    branches = [Branch(old.low, old.high, new) for old, new in zip(cases.branches, values, strict=True)]
    return Cases(cases.subject, branches, cases.kink)


def contracts(expr: Expr) -> bool:
    """Whether one element of the expression reads several elements of what it is made of."""
    return any(isinstance(node, Call) and OPS[node.op].terms(node) > 1 for node in all_nodes(expr))


def piecewise(call: Call) -> bool:
    """Whether a function is put together from cases."""
    return any(isinstance(node, Cases) for node in inner_nodes(call))
