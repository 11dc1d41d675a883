"""What stands for what has no value, and where a working fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bptrace.engine.quantity import Quantities, Quantity
from bptrace.engine.register import Register
from bptrace.numbers.arrays import Value, array
from bptrace.numbers.exact import Rational, rational
from bptrace.ops.evaluate import evaluate, kernel
from bptrace.ops.expr import Expr, Leaf, Name, Number, lift
from bptrace.ops.limits import at_limits, culprit, failure
from bptrace.ops.notation import Notation
from bptrace.ops.table import OPS, call

ZERO = Leaf("p", Rational(0))
LOG_OF_ZERO = call("log", ZERO)


@pytest.mark.parametrize(
    ("tree", "value"),
    [
        (ZERO * LOG_OF_ZERO, "0"),
        ((LOG_OF_ZERO * 3) * ZERO, "0"),
        (ZERO * (1 - LOG_OF_ZERO / 3), "0"),
        (2 - ZERO * -LOG_OF_ZERO, "2"),
        (call("share", ZERO, ZERO) + 1, "1"),
        (call("direction", ZERO, ZERO) + 1, "1"),
        (Number(rational("0")) * call("power one lower", ZERO, -1), "0"),
    ],
)
def test_what_has_no_value_may_have_a_limit(tree: Expr, value: str) -> None:
    assert evaluate(at_limits(tree)) == rational(value)


@pytest.mark.parametrize(
    "tree",
    [
        LOG_OF_ZERO,
        2 * LOG_OF_ZERO,
        ZERO + LOG_OF_ZERO,
        ZERO * call("log", ZERO - 1),
        ZERO * (1 / ZERO),
        ZERO * (LOG_OF_ZERO / ZERO),
        ZERO * call("log", 1 / ZERO),
        call("share", lift(1), ZERO),
        call("power one lower", ZERO, -1),
        ZERO * call("power one lower", ZERO, -2),
        call("surplus", ZERO - 1, ZERO),
    ],
)
def test_what_has_no_limit_stays_without_a_value(tree: Expr) -> None:
    with pytest.raises(ArithmeticError):
        evaluate(at_limits(tree))


def test_what_has_a_value_is_its_own_limit() -> None:
    tree = ZERO * call("log", lift(2)) + 1
    assert at_limits(tree) is tree


@pytest.mark.parametrize("find", [at_limits, culprit])
def test_each_part_of_a_long_chain_is_worked_out_a_few_times(
    find: Callable[[Expr], Expr], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, met = OPS["abs"], []
    counting = replace(row, scalar=lambda value: met.append(value) or row.scalar(value))  # type: ignore[misc,func-returns-value]
    monkeypatch.setitem(OPS, "abs", counting)
    tree: Expr = call("abs", ZERO)
    for _ in range(40):
        tree = tree / call("abs", ZERO)
    find(tree)
    assert 40 < len(met) < 40**2


VALUES: dict[str, Value] = {
    "x": array((2, 3), [Rational(n) for n in (1, -2, 3, 0, 5, -1)]),
    "y": array((3,), [Rational(n, 2) for n in (4, -1, 2)]),
    "c": Rational(-3),
}
x, y, c = Name("x", (2, 3)), Name("y", (3,)), Name("c", ())
REGISTER = Register(Quantities({name.key: Quantity(name.key, name.shape) for name in (x, y, c)}), VALUES)


def test_a_division_by_zero_is_found() -> None:
    expr = y / (call("abs", x) * 2)
    with pytest.raises(ZeroDivisionError):
        kernel(expr)(VALUES)
    found = failure(expr, REGISTER)
    assert found.place == (1, 0)
    assert found.tree is not None
    assert isinstance(found.problem, ZeroDivisionError)
    assert Notation(decimal=False).formula(found.tree) == "y1/(abs(x21)*2)"
    with pytest.raises(LookupError):
        failure(x * y, REGISTER)


def test_the_innermost_operation_is_at_fault() -> None:
    found = failure(y / (c / (c + 3)), REGISTER)
    assert found.tree is not None
    assert Notation(decimal=False).formula(culprit(found.tree)) == "c/(c+3)"
