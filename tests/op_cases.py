"""One checker for every row of the op table: a line a case, in the test of the file that has the row.

A case is held against sympy's own derivative and every printed rule is read back; a kink, against the convention
that is taken there; a formula, against what one writes by hand; whole arrays, against their elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Any, TypeAlias

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Max, Rational

import bptrace
from bptrace.engine.quantity import Quantities, Quantity
from bptrace.engine.register import Register
from bptrace.numbers import exact
from bptrace.numbers.arrays import Shape, array, at, broadcast, indices
from bptrace.numbers.public import Enclosure
from bptrace.ops.convolution import Windows
from bptrace.ops.evaluate import evaluate, expander, kernel
from bptrace.ops.expr import Expr, Name
from tests.readers.register import check_rows
from tests.refusals import refusal
from tests.strategies import examples

Grid: TypeAlias = dict[tuple[int, ...], Any]
"""An array of symbols or numbers by 0-based index; a scalar has the one index ()."""
Domain: TypeAlias = Callable[[list[Fraction]], list[Fraction]]
Point: TypeAlias = dict[str, list[Fraction]]
DIGITS = 10
V, M = {"x": (3,)}, {"x": (2, 3)}
TWO = {"x": (3,), "y": (3,)}
PAIRED = {"x": (2, 3), "y": (2, 3)}
WIDE = {"x": (3,), "y": (2, 3)}
TALL = {"x": (2, 1), "y": ()}
LINE, IMAGE, SMALL = {"x": (5,), "y": (2,)}, {"x": (3, 4), "y": (2, 2)}, {"x": (2, 2), "y": (2, 1)}


# What an equation means, on grids


def lengths(grid: Grid) -> tuple[int, ...]:
    return tuple(last + 1 for last in max(grid))


def entry(grid: Grid, index: tuple[int, ...]) -> Any:
    """What broadcasting reads at an index of the result."""
    shape = lengths(grid)
    own = index[len(index) - len(shape) :]
    return grid[tuple(min(i, n - 1) for i, n in zip(own, shape, strict=True))]


def each(formula: Callable[..., Any]) -> Callable[..., Grid]:
    """A formula on single elements as one on arrays that broadcast."""

    def lifted(*grids: Grid) -> Grid:
        rank = max(len(lengths(grid)) for grid in grids)
        padded = [(1,) * (rank - len(lengths(grid))) + lengths(grid) for grid in grids]
        shape = tuple(map(max, *padded)) if len(padded) > 1 else padded[0]
        return {index: formula(*(entry(grid, index) for grid in grids)) for index in indices(shape)}

    return lifted


def whole(formula: Callable[[list[Any]], Any]) -> Callable[[Grid], Grid]:
    """A formula on all elements."""
    return lambda grid: {(): formula(list(grid.values()))}


def total(term: Callable[..., Any]) -> Callable[..., Grid]:
    """The sum of a term an element."""
    return lambda *grids: {(): sum(each(term)(*grids).values())}


def average(term: Callable[..., Any]) -> Callable[..., Grid]:
    """The mean of a term an element."""
    return lambda *grids: whole(lambda terms: sum(terms) / len(terms))(each(term)(*grids))


def matmul(left: Grid, right: Grid) -> Grid:
    rows, inner, columns = {i[:-1] for i in left}, {j[0] for j in right}, {j[1:] for j in right}
    return {i + j: sum(left[(*i, k)] * right[(k, *j)] for k in inner) for i in rows for j in columns}


def correlation(stride: int = 1, padding: int = 0) -> Callable[[Grid, Grid], Grid]:
    """What a convolution is: at each place, the products with what lies under the kernel, 0 beyond the edge."""

    def meaning(x: Grid, w: Grid) -> Grid:
        places = windows(tuple(n + 2 * padding for n in lengths(x)), lengths(w), stride)
        return {i: sum(x.get(under(i, k, stride, padding), 0) * w[k] for k in w) for i in places}

    return meaning


def pooling(combine: Callable[[list[Any]], Any], size: int, stride: int) -> Callable[[Grid], Grid]:
    """One number a window."""

    def meaning(x: Grid) -> Grid:
        window = (size,) * len(lengths(x))
        places = windows(lengths(x), window, stride)
        return {i: combine([x[under(i, k, stride)] for k in indices(window)]) for i in places}

    return meaning


def windows(shape: Shape, window: Shape, stride: int) -> list[tuple[int, ...]]:
    """The place of each window that lies within the shape, by trying all."""
    tries = indices(tuple(n + 1 for n in shape))
    return [i for i in tries if all(a * stride + m <= n for a, m, n in zip(i, window, shape, strict=True))]


def under(place: tuple[int, ...], position: tuple[int, ...], stride: int, padding: int = 0) -> tuple[int, ...]:
    return tuple(i * stride + k - padding for i, k in zip(place, position, strict=True))


def tried(windows: Windows) -> dict[tuple[int, ...], list[tuple[int, ...]]]:
    """Where each window stands at each of its positions, on the source or beside it."""
    return {i: [under(i, k, windows.stride, windows.padding) for k in indices(windows.window)]
            for i in indices(windows.shape)}  # fmt: skip


def mean(items: list[Any]) -> Any:
    return sum(items) / len(items)


def biggest(items: list[Any]) -> Any:
    return Max(*items)


def rowwise(shape: Shape) -> Callable[[Grid], Grid]:
    """The same elements in row order."""
    return lambda x: dict(zip(indices(shape), x.values(), strict=True))


def line(*items: Any) -> Grid:
    return {(place,): item for place, item in enumerate(items)}


def positive(numbers: list[Fraction]) -> list[Fraction]:
    return [abs(number) for number in numbers]


def probabilities(numbers: list[Fraction]) -> list[Fraction]:
    """Numbers strictly between 0 and 1."""
    return [abs(number) / (1 + abs(number)) for number in numbers]


def distributions(width: int) -> Domain:
    """Numbers from 0 of which each row of the width sums to 1."""

    def shared(numbers: list[Fraction]) -> list[Fraction]:
        rows = [positive(numbers[start : start + width]) for start in range(0, len(numbers), width)]
        return [number / sum(row) for row in rows for number in row]

    return shared


def always(*numbers: int) -> Domain:
    return lambda drawn: [*map(Fraction, numbers), *drawn[len(numbers) :]]


def lines(grid: Grid, axis: int = -1) -> list[list[tuple[int, ...]]]:
    """The indices of each row, or along another axis."""
    axis %= len(lengths(grid))
    found: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for index in grid:
        found.setdefault(index[:axis] + index[axis + 1 :], []).append(index)
    return list(found.values())


def along(formula: Callable[[list[Any]], list[Any]], axis: int = -1) -> Callable[[Grid], Grid]:
    """A formula on whole rows, or along another axis."""

    def lifted(grid: Grid) -> Grid:
        return {
            index: item
            for places in lines(grid, axis)
            for index, item in zip(places, formula([grid[i] for i in places]), strict=True)
        }

    return lifted


def softmax(row: list[Any]) -> list[Any]:
    return [sympy.exp(z) / sum(map(sympy.exp, row)) for z in row]


def logistic(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


def surprise(*classes: int, log: Callable[[Any], Any] = sympy.log) -> Callable[..., Grid]:
    """Minus the log of what each row has for its class; the classes are counted from 1."""
    return lambda grid, target=None: {
        (): -sum(log(grid[row[number - 1]]) for row, number in zip(lines(grid), classes, strict=True))
    }


# Gradients, against sympy


@dataclass(frozen=True, eq=False)
class Case:
    """An equation, the shapes of what it reads, and what it means to sympy. `op` is the row under test."""

    op: str
    text: str
    shapes: Mapping[str, Shape]
    meaning: Callable[..., Grid]
    domain: Mapping[str, Domain] = field(default_factory=dict)  # what a given's random numbers are made into

    def __str__(self) -> str:
        return f"{self.text} {[*self.shapes.values()]}"


def against_sympy(cases: Sequence[Case]) -> Any:
    """A test of each case: away from kinks its gradients are sympy's, its rules read back, and nothing is noted."""

    @pytest.mark.parametrize("case", cases, ids=str)
    @examples(4)
    @given(point=points())
    def test(case: Case, point: Point) -> None:
        point = drawn(case, point)
        trace = network(case, point).trace()
        check_gradients(trace, case, point)
        check_rows(trace)
        assert not [note for row in trace.rows() for note in row.notes]

    return test


def network(case: Case, point: dict[str, list[Any]]) -> bptrace.Network:
    """A network around the case; the upstream gradient of each of its elements is another, and not 0."""
    givens = [f"{name}: {nested(shape, iter(point[name]))}" for name, shape in case.shapes.items()]
    text = f"weights: {{{', '.join(givens)}}}\nforward:\n  q: {case.text}\nloss: sum((q + 1/13)^2)"
    return bptrace.loads(text)


def nested(shape: Shape, items: Any) -> str:
    if not shape:
        return str(next(items))
    return f"[{', '.join(nested(shape[1:], items) for _ in range(shape[0]))}]"


@cache
def approximated(case: Case, name: str) -> Any:
    """What a gradient of the case, or its loss, is to mpmath: a function of all its symbols."""
    symbols, composed, derivatives = symbolic(case)
    flat = [symbol for grid in symbols.values() for symbol in grid.values()]
    return sympy.lambdify(flat, derivatives.get(name, composed), "mpmath")


@cache
def symbolic(case: Case) -> tuple[dict[str, Grid], Any, dict[str, Any]]:
    """The case's symbols, its loss, and sympy's derivative of that by the name of each gradient."""
    symbols = {
        name: {index: sympy.Symbol(element(name, index), real=True) for index in indices(shape)}
        for name, shape in case.shapes.items()
    }
    composed = sum((item + Rational(1, 13)) ** 2 for item in case.meaning(*symbols.values()).values())
    flat = [symbol for grid in symbols.values() for symbol in grid.values()]
    return symbols, composed, {f"dL/d{symbol}": sympy.diff(composed, symbol) for symbol in flat}


def element(name: str, index: tuple[int, ...]) -> str:
    return name + "".join(str(i + 1) for i in index)


def multiples(share: Fraction) -> st.SearchStrategy[list[Fraction]]:
    """Different ones, on which no kink of the table lies: neither on their products, nor on those with others."""
    tops = st.integers(-35, 35).filter(lambda top: top % 7 and top % 11)
    return st.lists(tops.map(lambda top: top * share), min_size=12, max_size=12, unique=True)


def points() -> st.SearchStrategy[Point]:
    return st.fixed_dictionaries({"x": multiples(Fraction(1, 7)), "y": multiples(Fraction(1, 11))})


def drawn(case: Case, point: Point) -> Point:
    """The point within the case's domain."""
    return {name: case.domain.get(name, list)(numbers) for name, numbers in point.items()}


def check_gradients(trace: bptrace.Trace, case: Case, point: Point) -> None:
    symbols, composed, derivatives = symbolic(case)
    values = {
        symbol: Rational(value.numerator, value.denominator)
        for name, grid in symbols.items()
        for symbol, value in zip(grid.values(), point[name], strict=False)
    }
    for name, expected in {"L": composed, **derivatives}.items():
        found = trace[name]
        if isinstance(found, Enclosure):
            assert_holds(found, approximated(case, name), values.values(), name)
        else:
            assert found == exactly(expected, values), name


def exactly(expr: Any, values: dict[Any, Any]) -> Fraction:
    found = sympy.sympify(expr).xreplace(values)
    result = found if found.is_Rational else sympy.simplify(sympy.expand(found))
    assert result.is_Rational, f"{result} is not a rational number"
    return Fraction(int(result.p), int(result.q))


def assert_holds(found: Enclosure, function: Any, arguments: Iterable[Any], name: str) -> None:
    """An enclosure is narrow, and holds what mpmath makes of the function with three times its digits."""
    with mpmath.workdps(3 * DIGITS + 20):
        result = function(*(mpmath.mpf(int(value.p)) / int(value.q) for value in arguments))
        expected = Fraction(mpmath.nstr(result, 3 * DIGITS))
    size = abs(expected)
    slack = size / 10 ** (3 * DIGITS - 2)
    assert found.lower - slack <= expected <= found.upper + slack, name
    assert found.upper - found.lower < size / 10**DIGITS, name


# Gradients as they are written


FORMULA_GIVENS = "weights: {x: 2, y: 3, v: [1, 2], u: [3, 4], A: [[1, 2], [3, 4]], B: [[5, 6], [7, 8]]}\n"


def as_by_hand(formulas: Sequence[tuple[str, str, str]]) -> Callable[..., None]:
    """A test of each (equation, gradient, formula): the formula is the upstream gradient times the rest."""

    @pytest.mark.parametrize(("equation", "quantity", "formula"), formulas)
    def test(equation: str, quantity: str, formula: str) -> None:
        trace = bptrace.loads(f"{FORMULA_GIVENS}forward:\n  q: {equation}\nloss: mean(q*q)^2").trace()
        assert {row.quantity: row.formula for row in trace.rows()}[quantity] == formula

    return test


# Kinks: what is taken, and that the register says so


SMOOTH = ""
OF_A_LITERAL = LOG_OF_ZERO = "0 times log(0) is taken as 0"


def at_kinks(kinks: Sequence[tuple[str, str, str, Any, str]]) -> Any:
    """A test of each (givens, equation, gradient, value, convention): the value is taken, the convention noted.

    What the rules print, read back, gives their values there too.
    """

    @pytest.mark.parametrize(("givens", "equation", "quantity", "value", "convention"), kinks)
    def test(givens: str, equation: str, quantity: str, value: Any, convention: str) -> None:
        trace = bptrace.loads(f"weights: {{{givens}}}\nloss: {equation}").trace()
        assert trace[quantity] == Fraction(str(value))
        check_rows(trace)
        notes = [note for row in trace.rows() for note in row.notes]
        assert {note.rpartition(": ")[2] for note in notes} == {convention} - {SMOOTH}
        met = (" is exactly ", " are equal: ")
        assert all(any(map(note.__contains__, met)) or note == convention == OF_A_LITERAL for note in notes)

    return test


# Whole arrays, single elements and plain Python

SHAPES: list[Shape] = [(), (1,), (2,), (3,), (1, 1), (1, 3), (2, 1), (2, 3), (3, 2)]
PAIRS = [(one, two) for one in SHAPES for two in SHAPES]
MATCHING = [(one, two) for one, two in PAIRS if broadcast(one, two) is not None]
WIDER = [(one, two) for one, two in PAIRS if broadcast(one, two) == two]
FITTING = [(one, two) for one, two in PAIRS if one and two and one[-1] == two[0]]


def grid(shape: Shape, first: int = -3) -> Grid:
    """Different small numbers, none of them 0."""
    numbers = (exact.Rational(n * n * n + 1, 7) for n in count(first))
    return {index: next(number for number in numbers if number) for index in indices(shape)}


def names(*shapes: Shape) -> list[Name]:
    return [Name(key, shape) for key, shape in zip("xy", shapes, strict=False)]


def assert_agree(expr: Expr, meaning: Grid, *givens: Grid) -> None:
    """The whole value, each element's tree, and what plain Python makes of it are one."""
    named = dict(zip("xy", givens, strict=False))
    quantities = {key: Quantity(key, lengths(given)) for key, given in named.items()}
    values = {key: array(lengths(given), list(given.values())) for key, given in named.items()}
    expand, value = expander(expr, Register(Quantities(quantities), values)), kernel(expr)(values)
    assert {index: at(value, index) for index in indices(expr.shape)} == meaning
    assert {index: evaluate(expand(index)) for index in indices(expr.shape)} == meaning


# What the register says, and what does not fit

GIVENS = "weights: {x: 2, v: [1, 3, 3, 0], u: [2, -1], A: [[1, 3], [0, 2]], B: [[1, 0, 2], [3, 1, 1], [2, 2, 0]]}\n"


def written_as(rules: Sequence[tuple[str, str, str, str | None]]) -> Callable[..., None]:
    """A test of each (equation, element, formula, rule): they are what one writes by hand."""

    @pytest.mark.parametrize(("equation", "quantity", "formula", "rule"), rules)
    def test(equation: str, quantity: str, formula: str, rule: str | None) -> None:
        text = f"{GIVENS}forward: {{q: '{equation}'}}\nloss: mean(q)^2"
        rows = {row.quantity: row for row in bptrace.loads(text).trace().rows()}
        assert rows[quantity].formula == formula
        assert rule is None or rows[quantity].rule == rule

    return test


def refused_with(problems: Sequence[tuple[str, str]]) -> Callable[..., None]:
    """A test of each (equation with its place marked, message): what does not fit is said with its numbers."""

    @pytest.mark.parametrize(("equation", "problem"), problems)
    def test(equation: str, problem: str) -> None:
        assert refusal(f"{GIVENS}loss: {equation}\n").message == problem

    return test
