"""The columns of a network of layers."""

from __future__ import annotations

from bptrace import Trace, loads
from bptrace.engine.sentence_parts import plain
from bptrace.graph.columns import columns_of, drawable_layers
from bptrace.graph.element_trees import ElementTrees
from tests.conftest import RELU, ROOT, traced


def columns(trace: Trace) -> list[tuple[str, list[str]]]:
    found = columns_of(trace, drawable_layers(trace), ElementTrees(trace))
    return [(plain(column.heading), [member.key for member in column.members]) for column in found]


def test_inputs_layers_loss_and_behind_it_the_target() -> None:
    assert columns(traced(RELU)) == [
        ("2 inputs", ["x"]),
        ("hidden layer: 2 units, ReLU", ["h"]),
        ("output: 1 unit", ["yhat"]),
        ("loss", ["L"]),
        ("1 target", ["y"]),
    ]


def test_softmax_reads_all_sums_and_has_a_column_of_its_own() -> None:
    assert columns(traced(ROOT / "networks" / "softmax_long_way.yaml"))[1:3] == [
        ("output: 3 units", ["z"]),
        ("softmax", ["p"]),
    ]


def test_a_loss_with_a_penalty_has_more_in_it_than_units_show() -> None:
    text = "weights: {{w: 2}}\ninput: {{x: 1}}\nforward: {{y: w*x}}\nloss: {}"
    assert drawable_layers(loads(text.format("y^2")).trace())
    assert not drawable_layers(loads(text.format("y^2 + w^2")).trace())
