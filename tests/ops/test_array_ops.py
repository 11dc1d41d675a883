"""Every array operation at every shape: whole arrays, single elements and plain Python agree."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from bptrace.engine.elements import Register
from bptrace.engine.model import Quantities, Quantity
from bptrace.numbers.exact import ZERO, Index, Rational, Scalar, Shape, array, at, broadcast, indices, size
from bptrace.ops.array_ops import reshaped
from bptrace.ops.evaluate import evaluate, expander, kernel
from bptrace.ops.expr import NOTHING, Call, Expr, Leaf, Name, Number, ShapeError, gather_to, nodes, spread_to
from bptrace.ops.table import OPS, call
from tests.ops.test_table import Grid, each, entry, matmul, whole

SHAPES: list[Shape] = [(), (1,), (2,), (3,), (1, 1), (1, 3), (2, 1), (2, 3), (3, 2)]
PAIRS = [(one, two) for one in SHAPES for two in SHAPES]
MATCHING = [(one, two) for one, two in PAIRS if broadcast(one, two) is not None]
WIDER = [(one, two) for one, two in PAIRS if broadcast(one, two) == two]
FITTING = [(one, two) for one, two in PAIRS if one and two and one[-1] == two[0]]
PARTS: list[tuple[Shape, Index]] = [
    (shape, index[:length])
    for shape in SHAPES
    for length in range(1, len(shape) + 1)
    for index in dict.fromkeys(index[:length] for index in indices(shape))
]


def grid(shape: Shape, first: int = -3) -> Grid:
    """Different small numbers, none of them 0."""
    numbers = (Rational(n * n * n + 1, 7) for n in count(first))
    return {index: next(number for number in numbers if number) for index in indices(shape)}


def names(*shapes: Shape) -> list[Name]:
    return [Name(key, shape) for key, shape in zip("xy", shapes, strict=False)]


def assert_agree(expr: Expr, meaning: Grid, *givens: Grid) -> None:
    """The whole value, each element's tree, and what plain Python makes of it are one."""
    named = dict(zip("xy", givens, strict=False))
    quantities = {key: Quantity(key, shape_of(given), key) for key, given in named.items()}
    values = {key: array(shape_of(given), list(given.values())) for key, given in named.items()}
    expand, value = expander(expr, Register(Quantities(quantities), values)), kernel(expr)(values)
    assert {index: at(value, index) for index in indices(expr.shape)} == meaning
    assert {index: evaluate(expand(index)) for index in indices(expr.shape)} == meaning


def shape_of(given: Grid) -> Shape:
    return tuple(last + 1 for last in max(given))


@pytest.mark.parametrize(("one", "two"), MATCHING)
@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        ("+", lambda x, y: x + y),
        ("-", lambda x, y: x - y),
        ("*", lambda x, y: x * y),
        ("/", lambda x, y: x / y),
        ("max", max),
        ("min", min),
    ],
)
def test_two_arguments_broadcast(op: str, meaning: Callable[..., Scalar], one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    assert_agree(call(op, *names(one, two)), each(meaning)(x, y), x, y)


@pytest.mark.parametrize(("one", "two"), MATCHING)
@pytest.mark.parametrize("op", ["+", "*"])
def test_many_arguments_broadcast(op: str, one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    first, second = names(one, two)
    meaning = each(lambda a, b: a + b + a + 2 if op == "+" else a * b * a * 2)
    assert_agree(call(op, first, second, first, Number(Rational(2))), meaning(x, y), x, y)


@pytest.mark.parametrize(("one", "two"), FITTING)
def test_matrix_products(one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    for upstream_right in [(), (1,)]:
        assert_agree(call("@", *names(one, two), extra=upstream_right), matmul(x, y), x, y)


@pytest.mark.parametrize(("one", "two"), [(one, two) for one, two in PAIRS if len(one) == len(two) == 1])
def test_outer_products(one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    for upstream_right in [(), (1,)]:
        meaning = {i + j: x[i] * y[j] for i in x for j in y}
        assert_agree(call("outer", *names(one, two), extra=upstream_right), meaning, x, y)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        ("sum", whole(sum)),
        ("mean", whole(lambda items: sum(items) / len(items))),
        ("max of all", whole(max)),
        ("min of all", whole(min)),
        ("count_max", whole(lambda items: items.count(max(items)))),
        ("count_min", whole(lambda items: items.count(min(items)))),
        ("neg", each(lambda x: -x)),
        ("abs", each(abs)),
        ("sign", each(lambda x: (x > 0) - (x < 0))),
        ("step", each(lambda x: int(x > 0))),
    ],
)
def test_one_argument(op: str, meaning: Callable[[Grid], Grid], shape: Shape) -> None:
    x = grid(shape)
    assert_agree(call(op, *names(shape)), meaning(x), x)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if len(shape) == 2])
def test_transposes(shape: Shape) -> None:
    x = grid(shape)
    assert_agree(call("T", *names(shape)), {index[::-1]: x[index] for index in x}, x)


@pytest.mark.parametrize(("shape", "index"), PARTS)
def test_indexing_and_placing(shape: Shape, index: Index) -> None:
    x = grid(shape)
    inner = shape[len(index) :]
    meaning = {spot[len(index) :]: x[spot] for spot in x if spot[: len(index)] == index}
    assert_agree(Call("index", (Name("x", shape),), inner, index), meaning, x)
    part = grid(inner)
    placed = {spot: part[spot[len(index) :]] if spot[: len(index)] == index else ZERO for spot in indices(shape)}
    assert_agree(Call("place", (Name("x", inner),), shape, index), placed, part)


@pytest.mark.parametrize(("one", "two"), [(one, two) for one, two in PAIRS if one[1:] == two[1:]])
def test_joining_and_taking_apart(one: Shape, two: Shape) -> None:
    x, y = grid(one), grid(two, -1)
    joined = call("concat", *names(one, two))
    first = one[0] if one else 1
    below = {(first + (i[0] if i else 0), *i[1:]): y[i] for i in y}
    meaning = {(i[0] if i else 0, *i[1:]): x[i] for i in x} | below
    assert_agree(joined, meaning, x, y)
    for start, given in [(0, one), (first, two)]:
        part = {i: meaning[start + i[0], *i[1:]] for i in indices(given)} if given else {}
        if part:
            assert_agree(Call("lines", (Name("x", joined.shape),), given, (start,)), part, meaning)


@pytest.mark.parametrize(("one", "two"), [(one, two) for one, two in PAIRS if size(one) == size(two)])
def test_reshaping(one: Shape, two: Shape) -> None:
    x = grid(one)
    assert_agree(reshaped(Name("x", one), two), dict(zip(indices(two), x.values(), strict=True)), x)


@pytest.mark.parametrize(("shape", "to"), WIDER)
def test_spreading_and_gathering(shape: Shape, to: Shape) -> None:
    x = grid(shape)
    assert_agree(spread_to(Name("x", shape), to), {index: entry(x, index) for index in indices(to)}, x)
    y = grid(to)
    places = {own: [i for i in y if entry({j: j for j in x}, i) == own] for own in x}
    assert_agree(gather_to(Name("x", to), shape), {own: sum(y[i] for i in places[own]) for own in x}, y)


def test_what_does_not_exist_is_left_out_of_sums() -> None:
    nowhere = Call("place", (Name("x", ()),), (2,), (1,))
    expr = call("+", Name("y", (2,)), call("*", nowhere, Name("y", (2,))))
    registered = Register(
        Quantities({"x": Quantity("x", (), "x"), "y": Quantity("y", (2,), "y")}),
        {"x": Rational(5), "y": array((2,), [Rational(2), Rational(3)])},
    )
    expand = expander(expr, registered)
    assert [[node.name for node in nodes(expand((i,))) if isinstance(node, Leaf)] for i in (0, 1)] == [
        ["y1"],
        ["y2", "x", "y2"],
    ]
    assert expander(nowhere, registered)((0,)) is NOTHING


# Shapes that do not fit


@pytest.mark.parametrize(
    ("op", "shapes", "problem"),
    [
        ("+", [(2,), (3,)], r"^a vector of 2 and a vector of 3$"),
        ("*", [(2, 3), (2,)], r"^a 2x3 matrix and a vector of 2$"),
        ("max", [(2, 3), (3, 2)], r"^a 2x3 matrix and a 3x2 matrix$"),
        ("@", [(2, 3), (2,)], r"^a 2x3 matrix and a vector of 2$"),
        ("@", [(2,), (3, 2)], r"^a vector of 2 and a 3x2 matrix$"),
        ("@", [(), (3,)], r"^a scalar and a vector of 3$"),
        ("@", [(3,), ()], r"^a vector of 3 and a scalar$"),
        ("outer", [(2,), (2, 3)], r"^a vector of 2 and a 2x3 matrix$"),
        ("outer", [(), (2,)], r"^a scalar and a vector of 2$"),
        ("concat", [(2,), (2, 2)], r"^a vector of 2 and a 2x2 matrix$"),
        ("concat", [(2, 2), (2, 3)], r"^a 2x2 matrix and a 2x3 matrix$"),
        ("concat", [(2, 2), ()], r"^a 2x2 matrix and a scalar$"),
        ("squared_error", [(2,), (3,)], r"^a vector of 2 and a vector of 3$"),
    ],
)
def test_shapes_that_do_not_fit_are_named(op: str, shapes: list[Shape], problem: str) -> None:
    with pytest.raises(ShapeError, match=problem):
        call(op, *names(*shapes))


# The axis of an argument that runs along an axis of the result

ALONG: list[tuple[str, tuple[Shape, ...]]] = [
    (op, pair) for op in ["+", "-", "*", "/", "max", "min"] for pair in MATCHING
]
ALONG += [("@", pair) for pair in FITTING]
ALONG += [(op, (shape,)) for op in ["neg", "abs", "sign", "step"] for shape in SHAPES]
ALONG += [("outer", (one, two)) for one, two in PAIRS if len(one) == len(two) == 1]
ALONG += [("T", (shape,)) for shape in SHAPES if len(shape) == 2]


@pytest.mark.parametrize(("op", "shapes"), ALONG)
def test_axes(op: str, shapes: tuple[Shape, ...]) -> None:
    made = call(op, *names(*shapes))
    read = {index: list(reads(made, index)) for index in indices(made.shape)}
    for argument, shape in enumerate(shapes):
        for axis in range(len(made.shape)):
            wanted = OPS[op].axis(made, argument, axis)
            running = [
                own
                for own in range(len(shape))
                if shape[own] == made.shape[axis]
                and all(spot[own] == at[axis] for at, spots in read.items() for who, spot in spots if who == argument)
            ]
            if wanted is None:
                assert all(shape[own] == 1 for own in running)
            else:
                assert wanted in running


def reads(made: Call, index: Index) -> list[tuple[int, Index]]:
    """Which elements of which argument one element of the result reads."""
    keys = [f"{argument}" for argument in range(len(made.args))]
    values = {key: array(arg.shape, [Rational(1)] * size(arg.shape)) for key, arg in zip(keys, made.args, strict=True)}
    quantities = {key: Quantity(key, arg.shape, key, bracketed=True) for key, arg in zip(keys, made.args, strict=True)}
    renamed = Call(made.op, tuple(Name(key, quantities[key].shape) for key in keys), made.shape, made.extra)
    register = Register(Quantities(quantities), values)
    tree = expander(renamed, register)(index)
    leaves = {id(leaf): (int(key), spot) for key, found in register.items() for spot, leaf in found.items()}
    return [leaves[id(node)] for node in nodes(tree) if isinstance(node, Leaf)]
