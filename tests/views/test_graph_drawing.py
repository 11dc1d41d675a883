"""Where everything in a picture stands, of every network here: nothing covers a text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from bptrace import loads
from bptrace.errors import SizeError
from bptrace.graph.drawing import graph_of
from bptrace.graph.graph import QUANTITY_NODES, UNIT_NODES, Content, Graph
from bptrace.views.graph_drawing import Picture, picture_of
from tests.conftest import EVERY_NETWORK, SYMBOLIC, derived_of, traced

PATHS = {"relu_2_2_1": "dL/dw11", "lstm": "dL/dwf", "generic_skip": "dL/dw1", "skip_connection": "dL/dw0"}


def graphs() -> Iterator[tuple[str, str, Content]]:
    for path in EVERY_NETWORK:
        for kind in ("auto", QUANTITY_NODES):
            yield str(path), kind, Content()
            yield str(path), kind, Content(values=True, gradients=True, why=PATHS.get(path.stem, ""))


def graph_at(path: str, kind: str, content: Content) -> Graph:
    trace = derived_of(path) if Path(path) in SYMBOLIC else traced(path)
    return graph_of(trace, kind, content)


def assert_nothing_covers_a_text(drawing: Picture) -> None:
    at_edges = [edge.room for edge in drawing.edges if edge.room]
    at_nodes = [text.room for node in drawing.nodes for text in node.texts]
    rooms = [room.grown(-0.01) for room in (*at_edges, *at_nodes, *[text.room for text in drawing.headings])]
    assert not [pair for pair in combinations(rooms, 2) if pair[0].overlaps(pair[1])]
    outlines = [node.box.grown(-0.01) for node in drawing.nodes]
    assert not [pair for pair in combinations(outlines, 2) if pair[0].overlaps(pair[1])]
    assert not [room for room in at_edges for outline in outlines if room.overlaps(outline)]


@pytest.mark.parametrize(("path", "kind", "content"), list(graphs()))
def test_nothing_covers_a_text(path: str, kind: str, content: Content) -> None:
    drawing = picture_of(graph_at(path, kind, content))
    assert_nothing_covers_a_text(drawing)
    left, top, right, bottom = drawing.extent
    for node in drawing.nodes:
        for box in (node.box, *[text.room for text in node.texts]):
            assert left <= box.left < box.right <= right
            assert top <= box.top < box.bottom <= bottom


@pytest.mark.parametrize("name", ["averyveryverylongname", "W", "theta_hat"])
def test_a_name_stands_within_its_circle(name: str) -> None:
    text = f"input: {{x: [1, 2]}}\nweights: {{w: [[1, 2], [3, 4]]}}\nforward: {{{name}: w@x}}\nloss: sum({name})^2"
    drawing = picture_of(graph_of(loads(text).trace(), UNIT_NODES))
    for node in drawing.nodes:
        inside = node.texts[0].room
        assert node.box.left <= inside.left < inside.right <= node.box.right


def test_what_leads_on_is_level() -> None:
    drawing = picture_of(graph_at(str(EVERY_NETWORK[0].with_name("relu_2_2_1.yaml")), QUANTITY_NODES, Content()))
    middle = {drawn.node.id: drawn.centre.y for drawn in drawing.nodes}
    assert middle["n_z"] == pytest.approx(middle["n_h"], abs=1)
    for drawn in drawing.edges:
        if drawn.edge.source in ("n_z", "n_h", "n_yhat"):
            assert drawn.route[0].start.y == pytest.approx(drawn.route[-1].end.y, abs=1)


@pytest.mark.parametrize(("equations", "down"), [(3, False), (14, True)])
def test_a_long_computation_runs_down(equations: int, down: bool) -> None:
    chain = "".join(f"\n  h{number + 1}: exp(h{number}) + x" for number in range(equations))
    text = f"input: {{x: x}}\nforward:\n  h0: x + 1{chain}\nloss: h{equations}"
    left, top, right, bottom = picture_of(loads(text).derived(inputs=True).graph(QUANTITY_NODES)).extent
    assert (bottom - top > right - left) is down


@pytest.mark.parametrize("on_path", [False, True])
def test_an_edge_leads_forward_and_on_a_path_back(on_path: bool) -> None:
    path = str(EVERY_NETWORK[0].with_name("relu_2_2_1.yaml"))
    drawing = picture_of(graph_at(path, UNIT_NODES, Content(why="dL/dw11" if on_path else "")))
    edge = next(drawn for drawn in drawing.edges if drawn.edge.id == "e-n_x1-n_h1")
    assert (edge.route[0].start.x < edge.route[-1].end.x) is not on_path


def test_a_large_layer_is_cut_and_names_at_a_crowd_of_edges_are_left_out_but_not_values() -> None:
    rows = ", ".join(["[" + ", ".join(["1"] * 64) + "]"] * 64)
    text = f"input: {{x: [{', '.join(['1'] * 64)}]}}\nweights: {{w: [{rows}]}}\nforward: {{h: relu(w@x)}}\nloss: sum(h)"
    trace = loads(text).trace()
    named, valued = (picture_of(trace.graph(UNIT_NODES, values=values)) for values in (False, True))
    assert len(named.nodes) < 30
    assert not [edge for edge in named.edges if edge.room]
    assert [edge for edge in valued.edges if edge.room]
    assert_nothing_covers_a_text(valued)


@pytest.mark.parametrize(("steps", "passed"), [(282, 39_903), (283, 40_186)])
def test_a_picture_whose_edges_pass_too_many_columns_is_refused(
    steps: int, passed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"weights: {{w: 2}}\nforward:\n  h0: w\n  repeat:\n    for: t in 1..{steps}\n    h{{t}}: h{{t-1}}*w\n"
    graph = graph_of(loads(f"{text}loss: h{steps}").trace())
    monkeypatch.setattr("bptrace.views.graph_drawing._Picture._placement", placed_nowhere)
    message = rf"^<text>:7:7: error: the edges of the picture pass {passed:,} columns; at most 40,000 are drawn\n"
    with pytest.raises(SizeError, match=message) if passed > 40_000 else pytest.raises(KeyError):
        picture_of(graph)


def placed_nowhere(*_: object) -> None:
    raise KeyError
