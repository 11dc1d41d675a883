"""A circle a unit, an edge a weight."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bptrace import Network, loads
from bptrace.graph.drawing import graph_of
from bptrace.graph.graph import Content, Graph
from tests.conftest import RELU, traced


def dense(*widths: int) -> Network:
    """Layers of such widths, weights counted up."""
    weights = {
        f"W{n}": [[(i + j) % 3 - 1 for j in range(before)] for i in range(after)]
        for n, (before, after) in enumerate(pairwise(widths), 1)
    }
    forward = [f"  h{n}: W{n}@{f'h{n - 1}' if n > 1 else 'x'}" for n in range(1, len(widths))]
    text = [f"input: {{x: {[1] * widths[0]}}}", f"weights: {weights}", "forward:", *forward]
    return loads("\n".join([*text, f"loss: h{len(widths) - 1}@h{len(widths) - 1}"]).replace("'", ""))


def arrows(graph: Graph) -> list[str]:
    return [f"{edge.source} {','.join(each.name for each in edge.carries)} {edge.target}" for edge in graph.edges]


def test_every_weight_has_its_edge() -> None:
    assert arrows(graph_of(traced(RELU))) == [
        "n_x1 w11 n_h1",
        "n_x2 w12 n_h1",
        "one_0 b1 n_h1",
        "n_x1 w21 n_h2",
        "n_x2 w22 n_h2",
        "one_0 b2 n_h2",
        "n_h1 v1 n_yhat",
        "n_h2 v2 n_yhat",
        "one_1 c n_yhat",
        "n_yhat  n_L",
        "n_y  n_L",
    ]


def test_a_unit_carries_its_pre_activation_and_its_activation() -> None:
    unit = next(node for node in graph_of(traced(RELU), content=Content(values=True)).nodes if node.id == "n_h2")
    assert [(each.name, each.value) for each in unit.carries] == [("z2", -1), ("h2", 0)]


def test_products_are_multiplied_out() -> None:
    text = "weights: {w: 2, b: 1}\ninput: {x: 1}\nforward: {y: (w*x + b)/2}\nloss: y^2"
    assert arrows(graph_of(loads(text).trace(), "unit"))[:2] == ["n_x w n_y", "one_0 b n_y"]


@pytest.mark.parametrize(("width", "shown"), [(10, [1] * 10), (11, [1] * 4 + [3] + [1] * 4)])
def test_a_large_layer_is_cut_in_the_middle(width: int, shown: list[int]) -> None:
    nodes = graph_of(dense(width, 2).trace()).nodes
    assert [node.stands_for or 1 for node in nodes if node.column == 0] == shown


def test_no_single_unit_is_left_out() -> None:
    graph = graph_of(dense(11, 12).trace(), content=Content(why="dL/dW1[7,6]"))
    assert [node.stands_for for node in graph.nodes if node.column == 0] == [0] * 11
    assert [node.stands_for for node in graph.nodes if node.column == 1] == [0] * 4 + [2] + [0] * 6


def test_units_on_the_path_are_drawn_wherever_they_are() -> None:
    graph = graph_of(dense(30, 20, 2).trace(), content=Content(why="dL/dW1[12,15]"))
    assert [node.stands_for or node.id for node in graph.nodes if node.column == 1][4:7] == [7, "n_h1_5b_12_5d_", 4]
    assert [node.stands_for or node.id for node in graph.nodes if node.column == 0][4:7] == [10, "n_x_5b_15_5d_", 11]
    [start] = [edge for edge in graph.edges if any(each.name == "W1[12,15]" for each in edge.carries)]
    assert (start.source, start.on_path) == ("n_x_5b_15_5d_", True)
