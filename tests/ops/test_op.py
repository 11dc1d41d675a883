from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from fractions import Fraction

import pytest

import bptrace
from bptrace.ops.expr import Call, Cases, Expr, Name, above, below
from bptrace.ops.op import activation, defined, expansion, in_steps
from bptrace.ops.operations import operations
from bptrace.ops.table import OPS, Op, all_nodes, arities, function, function_names
from tests.readers.register import check_rows


def test_rows_are_found_by_name_and_number_of_arguments() -> None:
    assert [function("max", count) for count in (1, 2, 3)] == [OPS["max of all"], OPS["max"], None]
    assert (arities("max"), arities("huber"), arities("relu"), arities("step")) == ([1, 2], [2, 3], [1], [])
    assert not {"+", "sign", "step", "count_max", "conv", "gather"} & set(function_names())


def test_nested_definitions_are_looked_into_once_a_level() -> None:
    """huber reads its first argument several times; a nest of them must not double the work at each level."""
    nest: Expr = Name("x", ())
    for _ in range(40):
        nest = Call("huber", (nest, Name("y", ())), ())
    assert len(list(all_nodes(nest))) < 40 * 100


ABOUT = "cube(z): z^3"
NEW_ROWS = [
    activation("cube", lambda z: z**3, ABOUT),
    activation("cube", lambda z: z * z * z, ABOUT, lambda out, z: 3 * z**2),
    activation("cube", lambda z: Cases(z, [above(0, z * z * z), below(0, z**3)]), ABOUT),
    defined("cube", lambda z: z * z**2, ABOUT),
    defined("cube", lambda z: z**3, ABOUT, lambda upstream, out, z: upstream * 3 * z**2),
    in_steps("cube", lambda name, z: z * name("square", z**2), ABOUT),
]
MADE_BY = ["definition", "slope", "cases", "no title", "gradient", "steps"]


@pytest.mark.parametrize("row", NEW_ROWS, ids=MADE_BY)
@pytest.mark.parametrize("x", ["1/2", "-3"])
def test_a_new_activation_is_one_row(row: Op, x: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPS, row.name, row)
    trace = bptrace.loads(f"weights: {{x: {x}, w: 2}}\nforward: {{h: cube(w*x)}}\nloss: h").trace()
    assert trace["dL/dx"] == 3 * (2 * Fraction(x)) ** 2 * 2
    assert trace["dL/dw"] == 3 * (2 * Fraction(x)) ** 2 * Fraction(x)
    assert bool([row for row in trace.rows() if row.quantity == "cube'(z_h)"]) == bool(row.title)
    check_rows(trace)


def test_what_a_row_does_not_say_the_makers_find_out() -> None:
    definition = lambda yhat, y, delta=1: yhat - y * delta  # noqa: E731
    assert [row.arity for row in (defined("f", definition, "f(yhat, y, delta): ..."), defined("f", definition))] == [
        (2, 3),
        (0, 0),
    ]
    assert in_steps("f", lambda name, x, width, stride=None: x, "f(x, width, stride): ...").arity == (2, 3)
    assert activation("f", lambda z: z, "f(z): z").title == Op("f").spelled == "f"


def test_arguments_without_a_gradient_have_none() -> None:
    x, y, upstream = Name("x", ()), Name("y", ()), Name("dL/df", ())
    for rule in (lambda upstream, out, x, y: upstream, lambda upstream, out, x, y: (upstream,)):
        gradient = defined("f", lambda x, y: x, gradient=rule).gradient
        assert gradient
        assert gradient(upstream, Call("f", (x, y), ()), x) == [upstream, None]


def test_a_function_is_looked_into_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made, softplus = list[Expr](), OPS["softplus"]

    def meaning(z: Expr) -> Expr:
        made.append(z)
        return 1 + z

    monkeypatch.setitem(OPS, "softplus", replace(softplus, definition=meaning))
    x = Name("x", ())
    factor = Call("softplus", (x,), ())
    gradients = [factor * Call("exp", (x,), ()) for _ in range(10)]
    assert [len(list(all_nodes(each))) for each in gradients] == [8] * 10
    assert [operations(each).rule for each in gradients] == [3] * 10
    assert len(made) == 2  # over its argument, and over a name for it
    assert expansion(factor) is expansion(factor)


def test_a_row_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        OPS["relu"].title = "rectifier"  # type: ignore[misc]  # as it should be
