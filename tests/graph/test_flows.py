"""Where nothing flows back."""

from __future__ import annotations

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
    blocked = ["n.h2"], [("n.x1", "n.h2"), ("n.x2", "n.h2"), ("one.0", "n.h2")]
    assert greyed(traced(RELU), "unit") == blocked
    assert greyed(traced(RELU), "quantity") == ([], [])


def test_a_use_that_passes_on_exactly_0() -> None:
    trace = loads("weights: {w: 2, v: 0}\nforward: {a: w^2, b: 3*w}\nloss: a*v + b").trace()
    assert greyed(trace, "quantity") == (["n.a"], [("n.w", "n.a"), ("n.a", "n.L")])


def test_only_where_gradients_or_a_path_are_asked_for_and_known() -> None:
    assert greyed(traced(RELU), "unit", Content(values=True)) == ([], [])
    assert greyed(traced(RELU), "unit", Content(why="dL/dw11"))[0] == ["n.h2"]
    assert greyed(derived_of(RELU), "unit") == ([], [])
    assert greyed(derived_of(RELU), "quantity") == ([], [])
