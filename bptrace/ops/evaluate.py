"""Walkers that turn expressions into values and into trees of single elements.

`kernel` compiles an expression to a function over whole arrays; `expander` gives the tree of one element;
`evaluate` works out such a tree with scalar arithmetic. The last two check the first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol, TypeAlias, TypeVar, cast

from bptrace.numbers.arrays import Index, Value, array, mapped, size
from bptrace.numbers.bounds import Bound, added, literal
from bptrace.numbers.enclosures import OutOfDomainError, Scalar, at_most, less, precision_bits
from bptrace.ops.elementwise import Expander, Kernel, narrow
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Name, Number, children, rebuilt
from bptrace.ops.shared import LONG
from bptrace.ops.table import OPS, expansion

Environment: TypeAlias = Mapping[str, Value]
Answer = TypeVar("Answer")
Made: TypeAlias = dict[int, tuple[Expr, Callable[[Environment], Value]]]


class LeafArray(Protocol):
    """Anything that gives the leaf, or what stands for it, at an index."""

    def __getitem__(self, index: Index, /) -> Expr: ...


class LeafArrays(Protocol):
    """Anything that gives a quantity's elements by its key."""

    def __getitem__(self, key: str, /) -> LeafArray: ...


def kernel(expr: Expr, made: Made | None = None) -> Callable[[Environment], Value]:
    """The expression as a function from the values of the quantities it reads, by key, to its whole value.

    `made`: those of operations that it has already met, by identity.

    >>> from bptrace.numbers.exact import Rational
    >>> w, x = Name("w", ()), Name("x", ())
    >>> print(kernel(w * x + 1)({"w": Rational(1, 2), "x": Rational(3)}))
    5/2

    The function raises ZeroDivisionError or OutOfDomainError where an element has no value, UndecidedError where it
    is not told yet whether it has one.
    """
    if isinstance(expr, Name):
        return itemgetter(expr.key)
    if isinstance(expr, Number):
        value = array(expr.shape, [expr.value] * size(expr.shape))
        return lambda environment: value
    made = {} if made is None else made
    if id(expr) not in made:
        made[id(expr)] = expr, _kernel(expr, made)  # kept, or its identity could be another's
    return made[id(expr)][1]


def _kernel(expr: Expr, made: Made) -> Callable[[Environment], Value]:
    meaning = expansion(expr) if isinstance(expr, Call) else None
    if meaning is not None:
        return kernel(meaning, made)
    function = OPS[expr.op].kernel(expr) if isinstance(expr, Call) else _cases_kernel(cast(Cases, expr))
    return _applied(function, children(expr), made)


def _applied(function: Kernel, args: Sequence[Expr], made: Made) -> Callable[[Environment], Value]:
    """The function over its compiled arguments; two are spelled out, which saves a tenth of a small network's time."""
    parts = [kernel(arg, made) for arg in args]
    if len(parts) == 2:
        first, second = parts
        return lambda environment: function(first(environment), second(environment))
    return lambda environment: function(*[part(environment) for part in parts])


VALUED = (Leaf, Number)
RELATIONS = {"<": less, "<=": at_most}


def _cases_kernel(cases: Cases) -> Kernel:
    count = itertools.count()
    tests = [
        (
            (RELATIONS[branch.low[1]], next(count)) if branch.low else None,
            (RELATIONS[branch.high[0]], next(count)) if branch.high else None,
            next(count),
        )
        for branch in cases.branches
    ]

    def choose(subject: Scalar, *rest: Scalar) -> Scalar:
        for low, high, place in tests:
            if (not low or low[0](rest[low[1]], subject)) and (not high or high[0](subject, rest[high[1]])):
                return rest[place]
        raise ArithmeticError("no case holds")

    return mapped(choose, [part.shape for part in children(cases)], cases.shape)


def _holds(branch: Branch, subject: Scalar) -> bool:
    low, high = branch.low, branch.high
    above = not low or RELATIONS[low[1]](evaluate(low[0]), subject)
    return above and (not high or RELATIONS[high[0]](subject, evaluate(high[1])))


def all_hold(cases: Cases) -> bool:
    """Whether the conditions of all the cases hold, over single elements. Raises what `evaluate` raises."""
    subject = evaluate(cases.subject)
    return all(_holds(branch, subject) for branch in cases.branches)


def chosen(cases: Cases) -> tuple[Scalar, Branch]:
    """The subject's value and the branch that holds, of cases over single elements.

    Raises what `evaluate` raises for the subject or for a bound.
    """
    subject = evaluate(cases.subject)
    return subject, branch_at(cases, subject)


def branch_at(cases: Cases, subject: Scalar) -> Branch:
    """The branch that holds where the subject has a value. Raises what `evaluate` raises for a bound."""
    for branch in cases.branches:
        if _holds(branch, subject):
            return branch
    raise ArithmeticError("no case holds")


def decided(tree: Expr) -> Expr:
    """A tree of single elements in which only those cases are left that hold.

    Raises what `evaluate` raises for a subject or for a bound.
    """
    if isinstance(tree, Cases):
        return decided(chosen(tree)[1].value)
    return rebuilt(tree, [decided(part) for part in children(tree)])


def evaluate(tree: Expr) -> Scalar:
    """The value of a tree of single elements, of cases only by the one that holds.

    Raises ZeroDivisionError, OutOfDomainError where a function has no value there, and UndecidedError where enclosures
    are too wide to be compared.

    >>> from bptrace.numbers.exact import Rational
    >>> print(evaluate(Leaf("w", Rational(2)) / 3 - 1))
    -1/3
    """
    if isinstance(tree, VALUED):
        return tree.value
    if isinstance(tree, Call):
        return _worked_out(tree) if len(tree.args) < LONG else _worked_out_once(tree)
    return evaluate(chosen(cast(Cases, tree))[1].value)


def _worked_out(call: Call) -> Scalar:
    scalar = cast("Callable[..., Scalar]", OPS[call.op].scalar)
    return scalar(*[arg.value if isinstance(arg, VALUED) else evaluate(arg) for arg in call.args])


def _worked_out_once(call: Call) -> Scalar:
    """The value of a long call, which many trees may share."""
    return kept_with(call, "value", _worked_out)


def kept_with(call: Call, question: object, ask: Callable[[Call], Answer]) -> Answer:
    """What `ask` gives of a long call, kept with the call as the answer to a question at one precision."""
    bits = precision_bits()
    if getattr(call, "known", (-1,))[0] != bits:
        call.known = bits, {}
    answers = call.known[1]
    if question not in answers:
        answers[question] = ask(call)
    return cast(Answer, answers[question])


ByName: TypeAlias = Callable[[Mapping[str, Scalar]], Scalar]
"""(values by name) gives a value."""


def by_names(tree: Expr) -> ByName:
    """A tree of single elements as a function from the values of its leaves, by name; for many numbers in one rule.

    It raises what `evaluate` raises.

    >>> from bptrace.numbers.exact import Rational
    >>> print(by_names(Leaf("w", Rational(2)) / 3)({"w": Rational(1)}))
    1/3
    """
    if isinstance(tree, Leaf):
        return itemgetter(tree.name)
    if isinstance(tree, Number):
        value = tree.value
        return lambda values: value
    if isinstance(tree, Cases):
        return _cases_by_names(tree)
    scalar = cast("Callable[..., Scalar]", OPS[cast(Call, tree).op].scalar)
    parts = [by_names(part) for part in children(tree)]
    if len(parts) == 2:
        one, other = parts
        return lambda values: scalar(one(values), other(values))
    return lambda values: scalar(*[part(values) for part in parts])


def _cases_by_names(cases: Cases) -> ByName:
    subject = by_names(cases.subject)
    branches = [
        (
            (RELATIONS[branch.low[1]], by_names(branch.low[0])) if branch.low else None,
            (RELATIONS[branch.high[0]], by_names(branch.high[1])) if branch.high else None,
            by_names(branch.value),
        )
        for branch in cases.branches
    ]

    def choose(values: Mapping[str, Scalar]) -> Scalar:
        here = subject(values)
        for low, high, value in branches:
            if (not low or low[0](low[1](values), here)) and (not high or high[0](here, high[1](values))):
                return value(values)
        raise ArithmeticError("no case holds")

    return choose


# Where there is no value

NO_VALUE = (ZeroDivisionError, OutOfDomainError)


def said(problem: ArithmeticError) -> str:
    """Why a number does not exist, in a few words."""
    return "division by zero" if isinstance(problem, ZeroDivisionError) else str(problem)


def hints_of(problem: ArithmeticError) -> Sequence[str]:
    """What would be right where a number does not exist."""
    return problem.hints if isinstance(problem, OutOfDomainError) else ()


def expander(expr: Expr, leaves: LeafArrays, general: bool = False) -> Expander:
    """A function from a 0-based index of the expression to the tree of that element, over `leaves`.

    `general`: the tree holds for other values of the leaves, too, where it would be the one for theirs.
    """
    if isinstance(expr, Name):
        return leaves[expr.key].__getitem__
    if isinstance(expr, Number):
        literal = Number(expr.value, (), expr.decimal)
        return lambda index: literal
    if isinstance(expr, Cases):
        return cases_expander(expr, lambda part: expander(part, leaves, general))
    call = cast(Call, expr)
    meaning = expansion(call)
    if meaning is not None:
        return expander(meaning, leaves, general)
    row, args = OPS[call.op], [expander(arg, leaves, general) for arg in call.args]
    return (row.general if general and row.general else row.expand)(call, args)


def cases_expander(cases: Cases, expand_part: Callable[[Expr], Expander]) -> Expander:
    """The expander of cases, by `expand_part`, which makes that of each of their parts."""

    def element(part: Expr) -> Expander:
        return narrow(expand_part(part), part.shape, cases.shape)

    subject = element(cases.subject)
    branches = [
        (branch, branch.low and element(branch.low[0]), branch.high and element(branch.high[1]), element(branch.value))
        for branch in cases.branches
    ]

    def expand(index: Index) -> Expr:
        parts = [
            Branch(
                (low(index), cast("tuple[Expr, str]", branch.low)[1]) if low else None,
                (cast("tuple[str, Expr]", branch.high)[0], high(index)) if high else None,
                value(index),
            )
            for branch, low, high, value in branches
        ]
        return Cases(subject(index), parts, cases.kink)

    return expand


def live_parts(tree: Expr) -> tuple[Expr, ...]:
    """The trees below a node that its value comes from: of cases, only the one that holds, if that can be told."""
    if not isinstance(tree, Cases):
        return children(tree)
    try:
        return (tree.subject, chosen(tree)[1].value)
    except ArithmeticError:
        return (tree.subject,)


def live_nodes(tree: Expr) -> Iterator[Expr]:
    """Every node of the tree that its value comes from."""
    yield tree
    for part in live_parts(tree):
        yield from live_nodes(part)


class Growth(NamedTuple):
    """A bound on an expression's values; the bits of these and of all arrays on the way; the greatest weight met."""

    bound: Bound
    bits: int = 0
    weight: int = 1


def growth(expr: Expr, known: Mapping[str, Bound], met: dict[int, Growth] | None = None) -> Growth:
    """How large the expression's values can become, from bounds on those of the quantities it reads.

    `met`: what is known of its parts, by their identity.
    """
    if isinstance(expr, Name):
        return Growth(known[expr.key])
    if isinstance(expr, Number):
        return Growth(literal(expr.value))
    met = {} if met is None else met
    if id(expr) not in met:
        met[id(expr)] = _growth(expr, known, met)
    return met[id(expr)]


def _growth(expr: Expr, known: Mapping[str, Bound], met: dict[int, Growth]) -> Growth:
    meaning = expansion(expr) if isinstance(expr, Call) else None
    if meaning is not None:
        return growth(meaning, known, met)
    parts = [growth(part, known, met) for part in children(expr)]
    args = [part.bound for part in parts]
    bound = OPS[expr.op].growth(expr, args) if isinstance(expr, Call) else added(args)
    bits = bound.room(expr.shape) + sum(part.bits for part in parts)
    return Growth(bound, bits, max([bound.weight, *(max(part.weight, part.bound.weight) for part in parts)]))
