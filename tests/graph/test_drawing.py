"""Which graph is made of a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bptrace import SpecError, loads
from bptrace.errors import InternalError
from bptrace.graph.drawing import graph_of
from bptrace.graph.graph import Content
from tests.conftest import EVERY_NETWORK, ROOT, derived_of, traced

BATCH = ROOT / "networks" / "xor_batch.yaml"
LSTM = ROOT / "networks" / "lstm.yaml"


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
@pytest.mark.parametrize("nodes", ["auto", "quantity"])
def test_every_network_is_drawn_with_all_edges_between_its_nodes(path: Path, nodes: str) -> None:
    trace = derived_of(path) if path.stem.startswith("generic") else traced(path)
    graph = graph_of(trace, nodes, Content(values=True, gradients=True))
    ids = [node.id for node in graph.nodes]
    assert len(set(ids)) == len(ids)
    assert {end for edge in graph.edges for end in (edge.source, edge.target)} <= set(ids)
    assert len(graph.columns) == 1 + max(node.column for node in graph.nodes)


def test_units_where_there_are_layers() -> None:
    assert graph_of(traced(BATCH)).nodes_are == "unit"
    assert graph_of(traced(LSTM)).nodes_are == "quantity"
    with pytest.raises(SpecError, match="does not consist of layers"):
        graph_of(traced(LSTM), "unit")


def test_cases_in_the_rows_of_a_matrix_are_drawn_by_units_only_where_that_is_asked_for() -> None:
    cases = traced(ROOT / "networks" / "xor.yaml")
    assert graph_of(cases).nodes_are == "quantity"
    assert sum(node.kind == "unit" for node in graph_of(cases, "unit").nodes) == 12


def test_values_that_the_rules_do_not_give_are_not_drawn() -> None:
    trace = loads("weights: {w: 2}\nforward: {h: w + 1}\nloss: w*h").trace()
    wrong = replace(trace, values={**trace.values, "h": trace.values["w"]})
    with pytest.raises(InternalError):
        graph_of(wrong, content=Content(values=True))


def test_one_sample_is_drawn_the_first_unless_another_is_named() -> None:
    assert graph_of(traced(BATCH)).sample == 1
    assert graph_of(traced(BATCH), sample=3).sample == 3
    assert graph_of(traced(BATCH), content=Content(why="dL/dw11(2)")).sample == 2


@pytest.mark.parametrize(
    ("why", "sample", "said"),
    [
        ("", 5, "there is no sample 5"),
        ("dL/dw11", None, r"(?s)each sample's gradient has paths of its own.*\n   as in dL/dw11\(1\)"),
        ("dL/dw11(0)", None, r"(?s)each sample's gradient has paths of its own.*\n   as in dL/dw11\(1\)"),
        ("(2)", None, "'' is no gradient that is worked out"),
        ("nix", None, r"(?s)'nix' is no gradient.*\n   as in dL/dyhat\(1\)"),
        ("z1(2)", None, r"(?s)'z1' is no gradient.*\n   did you mean 'dL/dz\(2\)'\?"),
        ("dL/dw(2)", None, r"(?s)'dL/dw' has several elements.*\n   name one, such as dL/dw11\(2\)"),
        ("dL/dw11(2)", 1, r"(?s)'dL/dw11\(2\)' is not of sample 1.*\n   as in --sample 2"),
    ],
)
def test_what_no_sample_has_is_refused(why: str, sample: int | None, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        graph_of(traced(BATCH), content=Content(why=why), sample=sample)


@pytest.mark.parametrize("written", [" dL/dw12(2) ", "dL/dw[1,2](2)"])
def test_a_gradient_may_be_written_as_anywhere_else(written: str) -> None:
    graph = graph_of(traced(BATCH), content=Content(why=written))
    assert graph.content.why == "dL/dw12"
    assert "heavy: the paths to ∂L/∂w₁₂" in graph.to_text()
