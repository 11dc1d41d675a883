"""What the table promises of all its rows."""

from __future__ import annotations

import pytest

import bptrace
from bptrace.engine.quantity import Quantities, Quantity
from bptrace.engine.register import Register
from bptrace.numbers.arrays import Index, Shape, array, indices, size
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Call, Leaf, Name, ShapeError, nodes
from bptrace.ops.table import OPS, ROWS, all_nodes, call
from tests.op_cases import (
    FITTING,
    MATCHING,
    PAIRS,
    SHAPES,
    names,
    network,
)
from tests.ops import (
    test_activations,
    test_arithmetic,
    test_array_ops,
    test_convolution,
    test_elementary,
    test_losses,
    test_pooling,
    test_products,
    test_reductions,
)

TESTS = (
    test_arithmetic,
    test_products,
    test_array_ops,
    test_convolution,
    test_pooling,
    test_reductions,
    test_elementary,
    test_activations,
    test_losses,
)
CASES = [case for module in TESTS for case in module.CASES]


def test_every_callable_row_has_a_case() -> None:
    assert {row.name for row in ROWS if row.arity != (0, 0)} <= {case.op for case in CASES}


def test_every_row_is_put_to_work_by_some_case() -> None:
    updated = bptrace.loads("weights: {w: 1}\nloss: w^2\nupdate: {rule: adam, round: 1/8}")
    networks = [network(case, {name: [1] * 12 for name in case.shapes}) for case in CASES]
    seen = {
        node.op
        for each_network in [*networks, updated]
        for definition in each_network.program().definitions
        for node in all_nodes(definition.expr)
        if isinstance(node, Call)
    }
    of_others = {"sum of samples", "signed sum"}  # their cases are in test_samples.py and test_stages.py
    short = {"softmax", "log_softmax"}  # which have steps only where they are long
    assert seen == {name for name, row in OPS.items() if not row.steps or name in short} - of_others


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
    quantities = {key: Quantity(key, arg.shape, bracketed=True) for key, arg in zip(keys, made.args, strict=True)}
    renamed = Call(made.op, tuple(Name(key, quantities[key].shape) for key in keys), made.shape, made.extra)
    register = Register(Quantities(quantities), values)
    tree = expander(renamed, register)(index)
    leaves = {id(leaf): (int(key), spot) for key, found in register.items() for spot, leaf in found.items()}
    return [leaves[id(node)] for node in nodes(tree) if isinstance(node, Leaf)]
