"""What stands at nodes and edges."""

from __future__ import annotations

from bptrace import loads
from bptrace.engine.sentence_parts import plain
from bptrace.graph.graph import Content
from bptrace.graph.labels import edge_labels, labels_at_edges, node_labels
from bptrace.graph.quantity_graph import quantity_graph

ONE_OF_EACH = "weights: {w: [1, 2], v: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}\nforward: {h: sum(v)}\nloss: w[1]*h"


def labels(content: Content) -> list[list[str]]:
    nodes = quantity_graph(loads(ONE_OF_EACH).trace(), content).nodes
    return [[f"{label.role}: {plain(label.text)}" for label in node_labels(node)] for node in nodes]


def test_names_and_equations_with_the_shapes_of_givens() -> None:
    assert labels(Content()) == [
        ["name: v", "shape: 10×1"],
        ["name: w", "shape: 2×1"],
        ["name: h = sum(v)"],
        ["name: L = w[1]*h"],
    ]


def test_values_of_a_long_array_by_its_ends() -> None:
    assert labels(Content(values=True))[:3] == [
        ["value: v = [1, 2, … 6 more …, 9, 10]"],
        ["value: w = [1, 2]"],
        ["name: h = sum(v)", "value: h = 55"],
    ]


def test_an_element_that_does_not_exist_among_others_and_alone() -> None:
    text = "weights: {w: [0, 4]}\nforward: {h: sqrt(w)}\nloss: sum(h)"
    nodes = quantity_graph(loads(text).trace(partial=True), Content(gradients=True)).nodes
    assert plain(node_labels(nodes[0])[-1].text) == "dL/dw = [none, 1/4]"
    alone = quantity_graph(loads("weights: {w: 0}\nloss: sqrt(w)").trace(partial=True), Content(gradients=True)).nodes
    assert plain(node_labels(alone[0])[-1].text) == "dL/dw = none: division by zero"


def test_an_equation_that_no_box_has_room_for_is_cut() -> None:
    trace = loads(f"weights: {{w: 2}}\nloss: {' + '.join(f'w^{n}' for n in range(1, 60))}").trace()
    assert plain(node_labels(quantity_graph(trace).nodes[1])[0].text) == "L = …"


def test_mere_names_of_weights_are_left_out_where_they_would_be_a_crowd() -> None:
    rows = [[1] * 6] * 6
    text = f"input: {{x: {rows[0]}}}\nweights: {{w: {rows}}}\nforward: {{y: w@x}}\nloss: y@y"
    labels = labels_at_edges(loads(text).trace().graph(why="dL/dw11"))
    assert [[plain(label.text) for label in each] for each in labels if each] == [
        ["w11", "× x1 = 1"],
        ["× (y1+y1) = 12"],
    ]


def test_an_edge_says_how_often_it_is_a_use() -> None:
    [edge] = quantity_graph(loads("weights: {w: 2}\nloss: w*(w + 1)").trace()).edges
    assert [plain(label.text) for label in edge_labels(edge)] == ["2 uses"]
