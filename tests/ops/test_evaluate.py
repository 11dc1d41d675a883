from __future__ import annotations

import pytest
from hypothesis import given

from bptrace.engine.quantity import Quantities, Quantity
from bptrace.engine.register import Register
from bptrace.numbers.arrays import Shape, Value, array, at, indices
from bptrace.numbers.exact import Rational, rational
from bptrace.numbers.public import public
from bptrace.ops.evaluate import Made, chosen, evaluate, expander, kernel
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Name, Number, above, below, between
from bptrace.ops.notation import Notation
from bptrace.ops.table import call
from tests.readers.register import value_of
from tests.strategies import Tree, examples, trees


@pytest.mark.parametrize(
    ("op", "args", "value"),
    [
        ("+", "1 2 1/2", "7/2"),
        ("-", "1 3", "-2"),
        ("neg", "-2", "2"),
        ("*", "2 3 1/4", "3/2"),
        ("/", "1 -4", "-1/4"),
        ("^", "-2 3", "-8"),
        ("^", "-2 -3", "-1/8"),
        ("^", "0 0", "1"),
        ("abs", "-1/3", "1/3"),
        ("sign", "-1/3", "-1"),
        ("sign", "0", "0"),
        ("step", "-5", "0"),
        ("step", "0", "1/2"),
        ("step", "1/9", "1"),
        ("max", "-1 -2", "-1"),
        ("min", "-1 -2", "-2"),
        ("max of all", "-1 4 2", "4"),
        ("min of all", "3 4 2", "2"),
        ("count_max", "3 1 3", "2"),
        ("count_min", "3 1 3", "1"),
        ("argmax of windows", "1 3 0 3", "2"),
        ("argmax of windows", "-1/3", "1"),
    ],
)
def test_scalar_operations(op: str, args: str, value: str) -> None:
    tree = Call(op, tuple(Number(rational(arg)) for arg in args.split()), ())
    assert evaluate(tree) == rational(value)


@pytest.mark.parametrize(("op", "args"), [("/", "1 0"), ("/", "0 0"), ("^", "0 -1")])
def test_division_by_zero(op: str, args: str) -> None:
    with pytest.raises(ZeroDivisionError):
        evaluate(Call(op, tuple(Number(rational(arg)) for arg in args.split()), ()))


@examples(100)
@given(trees())
def test_a_tree_has_the_value_that_its_formula_has(tree: Tree) -> None:
    formula = Notation(decimal=False).formula(tree.expr)
    assert public(evaluate(tree.expr)) == value_of(formula, tree.names)


@pytest.mark.parametrize(
    ("subject", "value"),
    [("-2", "-1"), ("-1", "-1"), ("-1/2", "0"), ("0", "0"), ("1", "1"), ("1000001/1000000", "1")],
)
def test_one_case_holds(subject: str, value: str) -> None:
    cases = Cases(
        Leaf("x", rational(subject)), [between(-1, 1, 0), above(1, 1, strict=False), below(-1, -1, strict=False)]
    )
    assert evaluate(cases) == rational(value)
    assert chosen(cases)[0] == rational(subject)


def test_a_case_that_does_not_hold_is_not_worked_out() -> None:
    x = Leaf("x", Rational(0))
    assert evaluate(Cases(x, [above(0, Number(Rational(1)) / x), below(0, 7)])) == 7


# Whole arrays against single elements

X: tuple[Value, Shape] = (array((2, 3), [Rational(n) for n in (1, -2, 3, 0, 5, -1)]), (2, 3))
Y: tuple[Value, Shape] = (array((3,), [Rational(n, 2) for n in (4, -1, 2)]), (3,))
C: tuple[Value, Shape] = (Rational(-3), ())
x, y, c = Name("x", (2, 3)), Name("y", (3,)), Name("c", ())
REGISTER = Register(
    Quantities({key: Quantity(key, shape) for key, shape in [("x", (2, 3)), ("y", (3,)), ("c", ())]}),
    {"x": X[0], "y": Y[0], "c": C[0]},
)


@pytest.mark.parametrize(
    ("expr", "values"),
    [
        (x * y, "2 1 3 0 -5/2 -1"),
        (x + c, "-2 -5 0 -3 2 -4"),
        (call("@", x, y), "6 -7/2"),
        (call("@", y, call("T", x)), "6 -7/2"),
        (call("outer", y, y), "4 -1 2 -1 1/4 -1/2 2 -1/2 1"),
        (call("sum", x), "6"),
        (call("mean", x) * y, "2 -1/2 1"),
        (call("max", x, c), "1 -2 3 0 5 -1"),
        (call("max of all", x), "5"),
        (call("count_min", x), "1"),
        (Cases(x, [above(0, y), below(0, c)]), "2 -3 1 -3 -1/2 -3"),
        (Cases(y, [above(x, 1), below(x, c)]), "1 1 -3 1 -3 1"),
        (call("relu", x), "1 0 3 0 5 0"),
        (call("hinge", y, c), "11"),
        (Number(Rational(4), (2,)), "4 4"),
    ],
)
def test_whole_arrays_and_their_elements(expr: Expr, values: str) -> None:
    whole = kernel(expr)({"x": X[0], "y": Y[0], "c": C[0]})
    expand = expander(expr, REGISTER)
    expected = [rational(value) for value in values.split()]
    assert [at(whole, index) for index in indices(expr.shape)] == expected
    assert [evaluate(expand(index)) for index in indices(expr.shape)] == expected


def test_what_two_expressions_share_is_made_into_a_function_once() -> None:
    made, shared = Made(), call("exp", Name("x", (2,)))
    gradients = [shared * Name("y", (2,)) for _ in range(3)]
    functions = [kernel(each, made) for each in gradients]
    assert len(made) == len({*map(id, gradients), id(shared)}) == 4
    assert len(set(functions)) == 3
