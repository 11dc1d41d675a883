"""What a row of the op table is, and how the table is asked. The rows themselves are in `ops`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from bptrace.numbers.bounds import Bound, added
from bptrace.numbers.exact import Scalar, Shape, mapped
from bptrace.ops import array_ops
from bptrace.ops.array_ops import Expander, Kernel
from bptrace.ops.expr import Call, Expr, Name, Number, Operand, lift, nodes

Gradient: TypeAlias = Callable[[Expr, Call, Expr], Sequence[Expr | None]]
"""(upstream gradient, call, output) gives one gradient an argument; None where there is none."""
Namer: TypeAlias = Callable[[str, Expr], Expr]
"""(stem, part) gives what stands for a part of a working: a name of its own, or the part as it is."""


class Op:
    """One row of the table.

    `arity`: the least and the greatest number of arguments; (0, 0) for a row that no file can call.
    `spelled`: how a file and a rule write it.
    `scalar`: what it does to single elements. `fold`: the operator on two operands, FLINT's own, that an
    operation on two or more repeats; it gives both `scalar` and `kernel`.
    `linear(call)`: no gradient reads an argument's value. `regular`: all elements have trees of one form.
    `terms(call)`: how many elements one element sums or compares. `growth(call, bounds)`: how large it gets.
    `axis(call, argument, axis)`: the axis of an argument that runs along an axis of the result, or None.
    `check(arguments)`: what is wrong with them that `shape` does not say, or nothing.
    `definition(*arguments)`: what a function means, in terms of other rows; its gradient is derived from it
    unless `gradient` says it. `steps(name, *arguments)`: the same, with parts that get rows of their own.
    `real(call)`: the value may leave the rationals; `decides`: it compares its arguments.
    `reads_values`: which elements it reads hangs on the values of others, so its arguments have names.
    `accurate`: the result has about as many correct digits as the arguments.
    `constant`: a number with a name. `symbolic`: what sympy calls it.
    `prefixed`: it is written before its only argument, without brackets.
    `unspecified`: it is left open what it is, so that it has a name and derivatives, but no values.
    `title`: what an activation's slope is called; `slope(output, *arguments)`: the slope where it is not
    derived; `reads_output`: it is written with the output. `kink`: what is taken where there is no slope.
    `meets(values)`: the place of the argument that is exactly 0, or of two that are equal, at such a kink.
    `about`: for a row that a file can call, how it is called and what it gives, for the README.
    """

    def __init__(
        self,
        name: str,
        *,
        arity: tuple[int, int] = (0, 0),
        spelled: str = "",
        scalar: Callable[..., Scalar] | None = None,
        fold: Callable[[Any, Any], Any] | None = None,
        shape: Callable[[Sequence[Shape]], Shape] = array_ops.broadcast_shape,
        kernel: Callable[[Call], Kernel] | None = None,
        expand: Callable[[Call, Sequence[Expander]], Expander] = array_ops.elementwise_expand,
        gradient: Gradient | None = None,
        axis: Callable[[Call, int, int], int | None] = lambda call, argument, axis: None,
        linear: Callable[[Call], bool] = lambda call: False,
        regular: bool = True,
        terms: Callable[[Call], int] = lambda call: 1,
        growth: Callable[[Call, Sequence[Bound]], Bound] | None = None,
        real: Callable[[Call], bool] = lambda call: False,
        decides: bool = False,
        reads_values: bool = False,
        accurate: bool = False,
        constant: bool = False,
        prefixed: bool = False,
        unspecified: bool = False,
        symbolic: str = "",
        definition: Callable[..., Expr] | None = None,
        steps: Callable[..., Expr] | None = None,
        check: Callable[..., str] = lambda *args: "",
        title: str = "",
        slope: Callable[..., Expr] | None = None,
        reads_output: bool = False,
        kink: str = "",
        meets: Callable[[Sequence[Scalar]], tuple[int, ...]] = lambda values: (),
        about: str = "",
    ) -> None:
        self.name = name
        self.arity = arity
        self.spelled = spelled or name
        self.fold = fold
        self.scalar = (lambda *args: reduce(fold, args)) if fold else scalar
        self.shape = shape
        self.kernel = kernel or (array_ops.folded(fold) if fold else self._elementwise_kernel)
        self.expand = expand
        self.gradient = gradient or (lambda upstream, call, out: [None] * len(call.args))
        self.axis = axis
        self.linear = linear
        self.regular = regular
        self.terms = terms
        self.growth = growth or (lambda call, args: added(args, terms(call)))
        self.real = real
        self.decides = decides
        self.reads_values = reads_values
        self.accurate = accurate
        self.constant = constant
        self.prefixed = prefixed
        self.unspecified = unspecified
        self.symbolic = symbolic
        self.definition = (lambda *args: steps(_as_it_is, *args)) if steps else definition
        self.steps = steps
        self.derived = gradient is None and self.definition is not None
        self.check = check
        self.title = title
        self.slope = slope
        self.reads_output = reads_output
        self.kink = kink
        self.meets = meets
        self.about = about

    def _elementwise_kernel(self, call: Call) -> Kernel:
        assert self.scalar, f"{self.name} acts on whole arrays only"
        return mapped(self.scalar, [arg.shape for arg in call.args], call.shape)


def _as_it_is(stem: str, part: Expr) -> Expr:
    return part


class Key(str):
    """The name of a row that is in no table and so comes along with it: a function of a file's own."""

    row: Op


class _Table(dict[str, Op]):
    def __missing__(self, name: str) -> Op:
        if isinstance(name, Key):
            return name.row
        raise KeyError(name)


OPS: dict[str, Op] = _Table()
"""Every row by name; `ops` fills it."""


def call(op: str, *args: Operand, extra: tuple[int, ...] = ()) -> Call:
    """A call with the shape that its row gives. Raises ShapeError."""
    parts = tuple(lift(arg) for arg in args)
    return Call(op, parts, shape_of(op, parts), extra)


def shape_of(op: str, args: tuple[Expr, ...]) -> Shape:
    """The shape that an operation gives on these arguments. Raises ShapeError."""
    row = OPS[op]
    return row.definition(*args).shape if row.definition else row.shape([arg.shape for arg in args])


def expansion(call: Call) -> Expr | None:
    """The definition of a function over this call's arguments, or None for an operation that has none."""
    definition = OPS[call.op].definition
    return definition(*call.args) if definition else None


def all_nodes(expr: Expr) -> Iterator[Expr]:
    """Every node of the tree, and of the definitions behind its functions.

    A definition is looked into over names in place of its arguments, which are nodes of the tree already:
    one that reads an argument twice would otherwise double the work at every level of nesting.
    """
    for node in nodes(expr):
        yield node
        if isinstance(node, Call):
            yield from inner_nodes(node)


def inner_nodes(call: Call) -> Iterator[Expr]:
    """Every node of the definition behind a function, over names; none for an operation that has none."""
    if OPS[call.op].definition:
        stand_ins = [arg if isinstance(arg, Number) else Name("", arg.shape) for arg in call.args]
        meaning = expansion(Call(call.op, tuple(stand_ins), call.shape))
        yield from all_nodes(meaning) if meaning is not None else ()


def function_names() -> list[str]:
    """Every function that a file can call."""
    return sorted({row.spelled for row in OPS.values() if row.arity != (0, 0)})


def function(name: str, count: int) -> Op | None:
    """The row that a file's call of `name` with `count` arguments means, or None."""
    rows = [row for row in OPS.values() if row.spelled == name and row.arity[0] <= count <= row.arity[1]]
    return rows[0] if rows else None


def arities(name: str) -> list[int]:
    """The numbers of arguments that a function takes; empty where there is no such function."""
    spans = [
        range(row.arity[0], row.arity[1] + 1) for row in OPS.values() if row.spelled == name and row.arity != (0, 0)
    ]
    return sorted({count for span in spans for count in span})


class Rows(NamedTuple):
    """The functions that an equation can call: their names, how many arguments each takes, and which row that is."""

    names: Callable[[], list[str]]
    arities: Callable[[str], list[int]]
    function: Callable[[str, int], Op | None]


FILE_ROWS = Rows(function_names, arities, function)
