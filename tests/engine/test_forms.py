"""The one form of a definition's elements: what it is filled with, and what its rows share."""

from __future__ import annotations

import pytest
from hypothesis import given

import bptrace
from bptrace.engine.forms import compiled, filled, grower, is_regular
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Call, Leaf, nodes
from bptrace.ops.shared import LONG
from tests.strategies import Tree, emptied, examples, trees

# Double entry


@pytest.mark.parametrize("axis", [1, 2])
def test_a_long_part_of_rows_is_one_tree_for_all_that_share_it(axis: int) -> None:
    matrix = str([[n + k for n in range(20)] for k in range(18)])
    trace = bptrace.loads(f"weights: {{w: {matrix}}}\nforward: {{p: 'softmax(w, {axis})'}}\nloss: sum(p*w)").trace()
    assert is_regular(trace.source.definitions[0].expr)
    trees = [row.tree for row in trace.rows() if row.quantity.startswith("p[")]
    long = [part for tree in trees for part in nodes(tree) if isinstance(part, Call) and len(part.args) >= LONG]
    assert len(long) == len(trees) == 360
    assert len(set(map(id, long))) == {1: 20, 2: 18}[axis]


@pytest.mark.parametrize(
    ("equation", "regular"),
    [
        ("w@x + b", True),
        ("relu(x)", True),
        ("max(x)", True),
        ("x[1]", True),
        ("leaky_relu(x, b)", False),
        ("huber(x, 0)", False),
    ],
)
def test_regular(equation: str, regular: bool) -> None:
    text = f"weights: {{w: [[1, 2], [3, 4]], x: [1, 2], b: 1}}\nforward:\n  q: {equation}\nloss: sum(q)"
    assert is_regular(bptrace.loads(text).definitions[0].expr) == regular


def test_a_path_that_does_not_exist_is_irregular() -> None:
    trace = bptrace.loads("weights: {x: [2, 3]}\nloss: x[1]*x[2]").trace()
    assert not is_regular(trace.program.definitions[-1].expr)
    assert [(row.quantity, row.formula) for row in trace.steps[-1]] == [("dL/dx1", "x2"), ("dL/dx2", "x1")]


@examples(100)
@given(trees(cases=False))
def test_a_form_filled_with_leaves_is_the_tree(tree: Tree) -> None:
    form, leaves = emptied(tree.expr)
    assert evaluate(filled(form, leaves)) == evaluate(tree.expr)
    assert compiled(form, 0)(leaves) == evaluate(grower(form, 0)(leaves)) == evaluate(tree.expr)
    assert [node for node in nodes(filled(form, leaves)) if isinstance(node, Leaf)] == leaves
