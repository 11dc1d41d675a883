"""The paths to a gradient, link by link."""

from __future__ import annotations

import pytest

from bptrace import SpecError, loads
from bptrace.graph.drawing import graph_of
from bptrace.graph.drawn_paths import path_links
from bptrace.graph.graph import Content
from tests.conftest import RELU, traced


def test_the_links_of_a_path_from_the_loss_on() -> None:
    links = path_links(traced(RELU), "dL/dw11")
    assert [(link.start, link.end, int(link.factor.value)) for link in links] == [
        ("yhat", "L", -2),
        ("h1", "yhat", 1),
        ("z1", "h1", 1),
        ("w11", "z1", 1),
    ]


@pytest.mark.parametrize("nodes", ["unit", "quantity"])
def test_the_factors_along_a_single_path_multiply_to_the_gradient(nodes: str) -> None:
    graph = graph_of(traced(RELU), nodes, Content(why="dL/dw12"))
    parts = [part.factors for part in graph.nodes if part.on_path]
    parts += [part.factors for part in graph.edges if part.on_path]
    found = [factor for factors in parts for factor in factors]
    product = 1
    for factor in found:
        product *= factor.value
    assert (len(found), product) == (4, -4)


def test_a_rule_that_leaves_out_what_stands_between_has_an_edge_of_its_own() -> None:
    text = "weights: {w: [1, 2]}\ninput: {x: 1}\ntarget: {y: 1}\nforward: {z: w*x}\nloss: cross_entropy(z, y)"
    graph = graph_of(loads(text).trace(), "unit", Content(why="dL/dw1"))
    assert [(edge.source, edge.target) for edge in graph.edges if edge.on_path] == [("n_x", "n_z1"), ("n_z1", "n_L")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dL/dw1", "is no gradient"),
        ("h1", "is no gradient"),
        ("dL/dw", "has several elements"),
        ("dL/dx1", "is no gradient"),
    ],
)
def test_what_has_no_paths_is_refused(name: str, said: str) -> None:
    with pytest.raises(SpecError, match=f"--why:1:1: error: '{name}' {said}"):
        path_links(traced(RELU), name)


def test_what_nothing_reads_has_no_path() -> None:
    with pytest.raises(SpecError, match="'dL/db' has no path from the loss"):
        path_links(loads("weights: {w: 1, b: 2}\nloss: w^2").trace(), "dL/db")


def test_a_path_along_which_a_value_does_not_exist_is_not_drawn() -> None:
    trace = loads("weights: {w: 0}\nforward: {a: w + 1}\nloss: sqrt(w)*a").trace(partial=True)
    with pytest.raises(SpecError, match="'dL/dw' has paths along which some value does not exist"):
        path_links(trace, "dL/dw")
