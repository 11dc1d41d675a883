from __future__ import annotations

from fractions import Fraction

import pytest

import bptrace
from bptrace.ops.expr import Call, Cases, Expr, Name
from bptrace.ops.op import above, below
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


NEW_ROWS = [
    Op("cube", arity=(1, 1), title="cube", definition=lambda z: z**3),
    Op("cube", arity=(1, 1), title="cube", definition=lambda z: Cases(z, [above(0, z * z * z), below(0, z**3)])),
    Op("cube", arity=(1, 1), definition=lambda z: z * z**2),
]


@pytest.mark.parametrize("row", NEW_ROWS, ids=["power", "cases", "untitled"])
@pytest.mark.parametrize("x", ["1/2", "-3"])
def test_a_new_activation_is_one_row(row: Op, x: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPS, row.name, row)
    trace = bptrace.loads(f"weights: {{x: {x}, w: 2}}\nforward: {{h: cube(w*x)}}\nloss: h").trace()
    assert trace["dL/dx"] == 3 * (2 * Fraction(x)) ** 2 * 2
    assert trace["dL/dw"] == 3 * (2 * Fraction(x)) ** 2 * Fraction(x)
    assert bool([row for row in trace.rows() if row.quantity == "cube'(z_h)"]) == bool(row.title)
    check_rows(trace)
