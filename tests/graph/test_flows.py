"""Where nothing flows back."""

from __future__ import annotations

import pytest

from bptrace import Trace, loads
from bptrace.graph.drawing import graph_of
from bptrace.graph.graph import Content
from tests.conftest import RELU, derived_of, traced

GREY = Content(gradients=True)


def greyed(trace: Trace, nodes: str, content: Content = GREY) -> tuple[list[str], list[tuple[str, str]]]:
    graph = graph_of(trace, nodes, content)
    edges = [(edge.source, edge.target) for edge in graph.edges if edge.greyed]
    return [node.id for node in graph.nodes if node.greyed], edges


def test_a_blocked_unit_and_what_leads_to_it() -> None:
    blocked = ["n_h2"], [("n_x1", "n_h2"), ("n_x2", "n_h2"), ("one_0", "n_h2")]
    assert greyed(traced(RELU), "unit") == blocked
    assert greyed(traced(RELU), "quantity") == ([], [])


def test_a_use_that_passes_on_exactly_0() -> None:
    trace = loads("weights: {w: 2, v: 0}\nforward: {a: w^2, b: 3*w}\nloss: a*v + b").trace()
    assert greyed(trace, "quantity") == (["n_a"], [("n_w", "n_a"), ("n_a", "n_L")])


def test_only_where_gradients_or_a_path_are_asked_for_and_known() -> None:
    assert greyed(traced(RELU), "unit", Content(values=True)) == ([], [])
    assert greyed(traced(RELU), "unit", Content(why="dL/dw11"))[0] == ["n_h2"]
    assert greyed(derived_of(RELU), "unit") == ([], [])
    assert greyed(derived_of(RELU), "quantity") == ([], [])


@pytest.mark.parametrize("nodes", ["unit", "quantity"])
def test_what_a_rule_leaves_out_is_not_said_to_get_nothing_and_nor_is_a_target(nodes: str) -> None:
    text = "weights: {w: [1, 2]}\ninput: {x: 1}\ntarget: {y: 1}\nforward: {z: w*x}\nloss: cross_entropy(z, y)"
    assert greyed(loads(text).trace(), nodes) == ([], [])


def test_a_target_whose_gradient_is_asked_for_is_grey_where_that_is_0() -> None:
    text = "weights: {w: 0}\ntarget: {y: 1}\nforward: {z: 2*w}\nloss: z - z*y"
    assert ("n_y", "n_L") in greyed(loads(f"{text}\ngradients: [weights, target]").trace(), "quantity")[1]
    assert ("n_y", "n_L") not in greyed(loads(text).trace(), "quantity")[1]
