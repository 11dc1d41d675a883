"""Where rows stand in a picture: each at the node or the edge that carries what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace.graph.drawing import graph_of
from bptrace.page.spots import NOWHERE, spots_in
from tests.conftest import NETWORKS, RELU, ROOT, traced


def spots(path: Path | str, nodes: str = "auto") -> dict[str, str]:
    """The id of what each row and given stands at, by its name."""
    trace = traced(path)
    found = spots_in(graph_of(trace, nodes), trace)
    ids = dict(enumerate(found.ids)) | {NOWHERE: ""}
    rows = zip(trace.called(), found.rows, strict=True)
    return {name: ids[number] for name, number in [*rows, *found.givens.items()]}


def test_of_units_a_weight_is_an_edge() -> None:
    found = spots(RELU)
    assert found["z1"] == found["h1"] == found["dL/dz1"] == found["ReLU'(z1)"] == "n_h1"
    assert found["w12"] == found["dL/dw12"] == "e-n_x2-n_h1"
    assert (found["x1"], found["L"]) == ("n_x1", "n_L")


def test_of_quantities_an_element_stands_with_its_array() -> None:
    found = spots(RELU, "quantity")
    assert found["w11"] == found["dL/dw22"] == "n_w"
    assert found["z2"] == found["dL/dz1"] == "n_z"


def test_what_an_update_moves_stands_with_the_weight_and_a_setting_nowhere() -> None:
    found = spots(ROOT / "networks" / "adam.yaml")
    assert found["w1_new"] == found["m_w1_new"] == found["w1"]
    assert found["lr"] == ""


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_spot_is_in_the_picture(path: Path) -> None:
    trace = traced(path)
    graph = graph_of(trace)
    found = spots_in(graph, trace)
    assert set(found.ids) <= {node.id for node in graph.nodes} | {edge.id for edge in graph.edges}
    assert len(found.rows) == trace.count
