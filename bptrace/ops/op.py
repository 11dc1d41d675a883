"""What a row of the op table is, the makers of rows, and how the table is asked.

The rows stand beside what they do, one tuple a file: `arithmetic`, `elementary`, `products`, `array_ops`,
`convolution`, `pooling`, `reductions`, `activations`, `losses`. `table` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from bptrace.numbers.arrays import Shape, entries, mapped, size
from bptrace.numbers.bounds import Bound, added
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.intervals import Reach
from bptrace.ops.elementwise import (
    Expander,
    Kernel,
    NewLetter,
    broadcast_shape,
    elementwise_axis,
    elementwise_expand,
    folded,
)
from bptrace.ops.expr import Call, Expr, Kink, Name, Number, Operand, gather_to, lift, nodes
from bptrace.ops.layout import Layout
from bptrace.ops.shared import LONG

Gradient: TypeAlias = Callable[[Expr, Call, Expr], Sequence[Expr | None]]
"""(upstream gradient, call, output) gives one gradient an argument; None where there is none."""
GradientRule: TypeAlias = Callable[..., "Expr | tuple[Expr | None, ...]"]
"""(upstream gradient, output, *arguments) gives the first argument's gradient, or a tuple of the first ones'."""
Expansion: TypeAlias = Callable[[Call, Sequence[Expander]], Expander]
"""(call, arguments' expanders) gives the expander of the result."""
CellFormula: TypeAlias = Callable[[Sequence[str], Callable[[str], str]], str]
"""(arguments as a spreadsheet has them, what puts a long text into a cell of its own) gives an operation on them."""
Namer: TypeAlias = Callable[[str, Expr], Expr]
"""(stem, part) gives what stands for a part of a working: a name of its own, or the part as it is."""


def _no_problem(*args: Expr) -> str:
    return ""


def on_arrays(scalar: Callable[..., Scalar]) -> Callable[[Call], Kernel]:
    """The kernel of a row from what it does to single numbers."""
    return lambda call: mapped(scalar, [arg.shape for arg in call.args], call.shape)


def _elementwise_kernel(call: Call) -> Kernel:
    scalar = OPS[call.op].scalar
    assert scalar, f"{call.op} acts on whole arrays only"
    return on_arrays(scalar)(call)


def _no_axis(call: Call, argument: int, axis: int) -> None:
    return None


def _never(call: Call) -> bool:
    return False


def _always(call: Call) -> bool:
    return True


def _one_element(call: Call) -> int:
    return 1


def _operations_of_terms(call: Call, parts: Sequence[int]) -> int:
    """The arguments' own for each term, what joins them, and what joins the terms."""
    terms = OPS[call.op].terms(call)
    return max(terms * len(parts) - 1, 1) + terms * sum(parts)


def _operations_of_one(call: Call, parts: Sequence[int]) -> int:
    return max(parts, default=0)


def _growth_of_sum(call: Call, bounds: Sequence[Bound]) -> Bound:
    return added(bounds, OPS[call.op].terms(call))


def _nothing(call: Call) -> Sequence[Expr]:
    return ()


def _meets_nothing(call: Call, values: Sequence[Scalar]) -> Sequence[Expr]:
    return ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Op:
    """One row of the op table: an operation, an activation or a loss.

    What a row does not say is as for an operation that acts element by element, with NumPy's broadcasting.
    """

    name: str
    """What the package calls it: `max of all` is the greatest element, `max` the greater of two."""

    # How it is written

    spelled: str = ""
    """How files and rules write it, where not by its name."""
    arity: tuple[int, int] = (0, 0)
    """The least and the greatest number of arguments in a file; (0, 0) for a row that no file can call."""
    check: Callable[..., str] = _no_problem
    """(*arguments) gives what is wrong with them, or nothing. Raises ShapeError where shapes fit by chance alone."""
    about: str = ""
    """For a row that a file can call: how it is called and what it gives, as the list of functions has it."""
    takes_axis: bool = False
    """Its second argument is an axis, which a file may write as `axis=1`."""
    constant: bool = False
    """It is a number with a name, such as pi."""
    layout: Layout | None = None
    """How it is set where it is not a function of its arguments."""
    cell: str | CellFormula = ""
    """How a spreadsheet writes it, where not by its layout: `EXP({})` of all arguments, `{0}/{1}` of two."""
    prefixed: bool = False
    """It is written before its only argument, without brackets: `dL/d` before `yhat`."""
    unspecified: bool = False
    """The file leaves open what it is, so that it has a name and derivatives, but no values."""

    # What it gives: by other rows (`definition`), or by a kernel for arrays and an expander for an element

    definition: Callable[..., Expr] | None = None
    """(*arguments) gives what the function means, in terms of other rows; all that follows is then theirs."""
    pieces: Callable[..., Expr] | None = None
    """(*arguments) gives what a function is by cases, for whoever asks for that instead of its definition or kernel."""
    steps: Callable[..., Expr] | None = None
    """(name, *arguments) gives the definition with parts that get names and rows of their own; `name` is a `Namer`."""
    takes_steps: Callable[[Call], bool] = _always
    """(call) says that its parts do get them: of some rows only where it would be long without."""
    scalar: Callable[..., Scalar] | None = None
    """What it does to single numbers. It may raise ZeroDivisionError, OutOfDomainError or UndecidedError."""
    rising: bool = False
    """It does not fall where an argument rises, so that its range lies between its values at their ends."""
    reach: Reach | None = None
    """(arguments' ranges) gives the range of the result, where it does not rise and enclosures give no sharp one."""
    fold: Callable[[Any, Any], Any] | None = None
    """The operator on two operands that an operation on two or more repeats."""
    shape: Callable[[Sequence[Shape]], Shape] = broadcast_shape
    """(arguments' shapes) gives the shape of the result. Raises ShapeError."""
    kernel: Callable[[Call], Kernel] = _elementwise_kernel
    """(call) gives the function from the arguments' whole values to the result's."""
    expand: Expansion = elementwise_expand
    general: Expansion | None = None
    """Gives trees that are right for any values, where `expand` looks at some."""
    lettered: Callable[[Call, Sequence[Expander], NewLetter], Expander] | None = None
    """(call, arguments' expanders, new letter) gives the expander at an index of letters, where it sums."""

    # Its gradient

    gradient: Gradient | None = None
    """Without one, it is the definition's; where there is no definition either, nothing flows back."""
    title: str = ""
    """What an activation's slope is called: `ReLU` for `ReLU'(z1)`. With a title, its slope has rows of its own."""
    slope: Callable[..., Expr] | None = None
    """(output, *arguments) gives an activation's slope in its first argument, where it is not derived."""
    names_output: bool = False
    """Within a longer expression its output gets a name, because its gradient would repeat all of it."""
    linear: Callable[[Call], bool] = _never
    """(call) says that no gradient reads an argument's value, so that arguments need no name for that."""
    kink: Kink = ()
    """What is taken where there is no slope, for a note beside the row."""
    meets: Callable[[Call, Sequence[Scalar]], Sequence[Expr]] = _meets_nothing
    """(call, arguments' values) gives what is exactly 0, or all that are equal, at such a kink; else nothing."""

    limit: Callable[[Call, Sequence[Scalar]], Expr | None] | None = None
    """(call of single elements that has no value, its arguments' values) gives what stands for it there, or None."""
    weak: bool = False
    """Its limit stands for it only beside a factor that is exactly 0: log(0) in 0*log(0)."""
    affine: Callable[[Call], Sequence[Expr]] = _nothing
    """(call) gives the arguments whose sum or multiple it is, which leaves one that is infinite as weak as it is."""

    # What is known of its elements and values

    axis: Callable[[Call, int, int], int | None] = _no_axis
    """(call, argument's place, axis of the result) gives the argument's axis that runs along it, or None."""
    regular: bool = True
    """The trees of all its elements have one form."""
    terms: Callable[[Call], int] = _one_element
    """(call) gives how many elements of an argument one element sums or compares."""
    operations: Callable[[Call, Sequence[int]], int] = _operations_of_terms
    """(call, operations in one element of each argument) gives those in the rule of one element, or more."""
    growth: Callable[[Call, Sequence[Bound]], Bound] = _growth_of_sum
    """(call, arguments' bounds) gives a bound on the size of the result; a sum's, if a row does not say."""
    real: Callable[[Call], bool] = _never
    """(call) says that the value may leave the rationals."""
    accurate: bool = False
    """The result has about as many correct digits as the arguments."""
    decides: bool = False
    """It compares its arguments: one that may leave the rationals gets a name, so that it can be proven equal."""
    reads_values: bool = False
    """Which elements it reads hangs on the values of others, so its arguments get names, and it needs values."""
    apart: Callable[[Call], bool] = _never
    """(call) says that windows do not overlap: no element is read by two of them."""
    symbolic: str = ""
    """What sympy calls a function that leaves the rationals, for closed forms."""
    formal: Callable[..., Any] | None = None
    """(symbols, *forms) gives what `symbolic` is in algebra alone, for proofs; without one it is a symbol by itself."""

    def __post_init__(self) -> None:
        if not self.spelled:
            object.__setattr__(self, "spelled", self.name)

    @property
    def is_elementwise(self) -> bool:
        """Whether an element of the result is made of the arguments' elements at its place alone."""
        return self.axis is elementwise_axis


# Makers of rows; `fields` are more fields of `Op`


def elementwise(
    name: str, scalar: Callable[..., Scalar], gradient: GradientRule | None = None, about: str = "", **fields: Any
) -> Op:
    """A row that acts on single numbers; without `about`, no file can call it."""
    return Op(name, scalar=scalar, axis=elementwise_axis, gradient=_by_argument(gradient), about=about, **fields)


def folds(
    name: str,
    fold: Callable[[Any, Any], Any],
    gradient: Gradient,
    many: Callable[[Sequence[Scalar]], Scalar] | None = None,
    **fields: Any,
) -> Op:
    """A row that repeats an operator on two numbers or arrays of one shape, FLINT's own where it can be.

    `many`: gives the same of many numbers, faster.
    """

    def scalar(*args: Scalar) -> Scalar:
        return many(args) if many and len(args) >= LONG else reduce(fold, args)

    return Op(name, fold=fold, scalar=scalar, kernel=folded(fold), axis=elementwise_axis, gradient=gradient, **fields)


def moves(
    name: str, kernel: Callable[[Call], Kernel], expand: Expansion, gradient: Gradient | None = None, **fields: Any
) -> Op:
    """A row each of whose elements is one of the argument's, or 0: nothing is worked out."""
    fields = {"linear": _always, "accurate": True, "operations": _operations_of_one, **fields}
    return Op(name, kernel=kernel, expand=expand, gradient=gradient, **fields)


def reduces(
    name: str,
    function: Callable[..., Scalar],
    expand: Expansion,
    gradient: Gradient | None = None,
    about: str = "",
    **fields: Any,
) -> Op:
    """A row that makes one number of all the elements of an array."""

    def kernel(call: Call) -> Kernel:
        shape = call.args[0].shape
        return lambda value: function(*entries(value, shape))

    return Op(
        name,
        kernel=kernel,
        expand=expand,
        gradient=gradient,
        about=about,
        arity=(1, 1) if about else (0, 0),
        shape=lambda shapes: (),
        terms=lambda call: size(call.args[0].shape),
        **fields,
    )


def defined(
    name: str, definition: Callable[..., Expr], about: str = "", gradient: GradientRule | None = None, **fields: Any
) -> Op:
    """A row that other rows define; without `about`, no file can call it. Its gradient is derived, unless given."""
    fields = {"arity": _arity(definition) if about else (0, 0), **fields}
    return Op(name, definition=definition, about=about, gradient=_by_argument(gradient), **fields)


def in_steps(name: str, steps: Callable[..., Expr], about: str, **fields: Any) -> Op:
    """A row that other rows define, with parts that get names and rows of their own."""
    least, most = _arity(steps)
    fields = {"arity": (least - 1, most - 1), **fields}
    return Op(name, definition=lambda *args: steps(_unnamed, *args), steps=steps, about=about, **fields)


def activation(
    name: str,
    definition: Callable[..., Expr],
    about: str,
    slope: Callable[..., Expr] | None = None,
    title: str = "",
    **fields: Any,
) -> Op:
    """A row for an activation: its slope is a quantity of its own, derived unless given.

    >>> cube = activation("cube", lambda z: z**3, "cube(z): z^3", lambda out, z: 3 * z**2)
    >>> cube.arity, cube.title
    ((1, 1), 'cube')
    """
    return defined(name, definition, about, slope=slope, title=title or name, **fields)


def _arity(function: Callable[..., Any]) -> tuple[int, int]:
    """The least and the greatest number of arguments that a Python function takes by their place."""
    most: int = function.__code__.co_argcount  # inspect.signature is slow to load
    return most - len(function.__defaults__ or ()), most


def _by_argument(rule: GradientRule | None) -> Gradient | None:
    """A rule over arguments as one over the call."""
    if rule is None:
        return None

    def gradient(upstream: Expr, call: Call, out: Expr) -> Sequence[Expr | None]:
        found = rule(upstream, out, *call.args)
        firsts = found if isinstance(found, tuple) else (found,)
        return [*firsts, *[None] * (len(call.args) - len(firsts))]

    return gradient


def _unnamed(stem: str, part: Expr) -> Expr:
    return part


# The table


class Key(str):
    """The name of a row that is in no table and so comes along with it: a function of a file's own."""

    row: Op


class _Table(dict[str, Op]):
    def __missing__(self, name: str) -> Op:
        if isinstance(name, Key):
            return name.row
        raise KeyError(name)


OPS: dict[str, Op] = _Table()
"""Every row by name; `table` fills it."""


def call(op: str, *args: Operand, extra: tuple[int, ...] = ()) -> Call:
    """A call with the shape that its row gives. Raises ShapeError, and KeyError where there is no such row.

    >>> import bptrace.ops.table
    >>> call("@", Name("w", (2, 3)), Name("x", (3,))).shape
    (2,)
    """
    parts = tuple(lift(arg) for arg in args)
    return Call(op, parts, result_shape(op, parts), extra)


def result_shape(op: str, args: tuple[Expr, ...]) -> Shape:
    """The shape that an operation gives on these arguments. Raises ShapeError naming the shapes."""
    row = OPS[op]
    return row.definition(*args).shape if row.definition else row.shape([arg.shape for arg in args])


def expansion(call: Call) -> Expr | None:
    """The definition of a function over this call's arguments, or None for an operation that has none."""
    definition = OPS[call.op].definition
    if definition is None:
        return None
    if not hasattr(call, "meaning"):  # a factor of many gradients is met in each of them
        call.meaning = definition(*call.args)
    return call.meaning


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
        if not hasattr(call, "inner"):
            stand_ins = [arg if isinstance(arg, Number) else Name("", arg.shape) for arg in call.args]
            meaning = expansion(Call(call.op, tuple(stand_ins), call.shape))
            call.inner = tuple(all_nodes(meaning)) if meaning is not None else ()
        yield from call.inner


def function_names() -> list[str]:
    """Every function that a file can call."""
    return sorted({row.spelled for row in OPS.values() if row.arity != (0, 0)})


def function(name: str, count: int) -> Op | None:
    """The row that a file's call of `name` with `count` arguments means, or None.

    >>> import bptrace.ops.table
    >>> [row.name for row in (function("max", 1), function("max", 2)) if row]
    ['max of all', 'max']
    """
    rows = [row for row in OPS.values() if row.spelled == name and row.arity[0] <= count <= row.arity[1]]
    return rows[0] if rows else None


def arities(name: str) -> list[int]:
    """The numbers of arguments that a function takes; empty where there is no such function.

    >>> import bptrace.ops.table
    >>> arities("huber"), arities("hubert")
    ([2, 3], [])
    """
    spans = [
        range(row.arity[0], row.arity[1] + 1) for row in OPS.values() if row.spelled == name and row.arity != (0, 0)
    ]
    return sorted({count for span in spans for count in span})


class KnownFunctions(NamedTuple):
    """The functions that an equation can call: their names, how many arguments each takes, and which row that is."""

    names: Callable[[], list[str]]
    arities: Callable[[str], list[int]]
    function: Callable[[str, int], Op | None]


FILE_ROWS = KnownFunctions(function_names, arities, function)


# What definitions are put together from: sums, means


def total(expr: Expr) -> Expr:
    """The sum of all elements; a scalar stands for itself."""
    return call("sum", expr) if expr.shape else expr


def average(expr: Expr) -> Expr:
    """The mean of all elements; a scalar stands for itself."""
    return call("mean", expr) if expr.shape else expr


def along(expr: Expr, axis: int) -> Expr:
    """The sum along an axis, counted from 0, that is kept with length 1; a vector's is a scalar.

    >>> import bptrace.ops.table
    >>> along(Name("z", (2, 3)), 1).shape
    (2, 1)
    """
    if len(expr.shape) < 2:
        return total(expr)
    rows, columns = expr.shape
    return gather_to(expr, (1, columns) if axis == 0 else (rows, 1))
