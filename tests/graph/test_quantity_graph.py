"""The computation graph: a node a quantity, an edge a use, a column a rank."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace import loads
from bptrace.graph.graph import Content, id_of
from bptrace.graph.quantity_graph import quantity_graph
from bptrace.ops.expr import names
from tests.conftest import EVERY_NETWORK, RELU, derived_of, traced


def test_nodes_stand_in_columns_by_rank_and_a_given_before_what_reads_it() -> None:
    nodes = quantity_graph(traced(RELU)).nodes
    assert [(node.column, node.kind, node.carries[0].name) for node in nodes] == [
        (0, "input", "x"),
        (0, "weights", "w"),
        (0, "weights", "b"),
        (1, "quantity", "z"),
        (2, "weights", "v"),
        (2, "weights", "c"),
        (2, "quantity", "h"),
        (3, "target", "y"),
        (3, "quantity", "yhat"),
        (4, "loss", "L"),
    ]


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_an_edge_is_a_use(path: Path) -> None:
    trace = derived_of(path)
    graph = quantity_graph(trace)
    read = {(id_of(key), node.id) for node in graph.nodes if node.equation for key in names(node.equation.expr)}
    assert {(edge.source, edge.target) for edge in graph.edges} == read
    columns = {node.id: node.column for node in graph.nodes}
    assert all(columns[edge.source] < columns[edge.target] for edge in graph.edges)


def test_values_and_gradients_are_there_where_they_are_asked_for() -> None:
    trace = loads("weights: {w: 2}\nforward: {h: w + 1}\nloss: w*h*h").trace()
    [w, h, _] = [node.carries[0] for node in quantity_graph(trace, Content(values=True, gradients=True)).nodes]
    assert (w.value, w.gradient, w.gradient_value, h.value, h.gradient_value) == (2, "dL/dw", 21, 3, 12)
    assert all(node.carries[0].value is None for node in quantity_graph(trace).nodes)
    assert [edge.uses for edge in quantity_graph(trace).edges] == [1, 1, 2]


def test_a_setting_of_the_update_that_an_equation_reads_is_drawn() -> None:
    graph = quantity_graph(loads("weights: {w: 2}\nloss: (w*lr)^2\nupdate: {lr: 1/10, momentum: 1/2}").trace())
    assert [node.id for node in graph.nodes] == ["n_w", "n_lr", "n_L"]
