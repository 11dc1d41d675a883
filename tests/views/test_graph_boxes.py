"""A graph in boxes and lines of characters: lines neither run into each other nor over what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

import bptrace
from bptrace.typeset.unicode import Unicode
from bptrace.views.graph_boxes import Boxes
from bptrace.views.sentences import text_sentences
from tests.conftest import NETWORKS, traced


@pytest.mark.parametrize("level", [True, False])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_text_is_there_and_an_arrow_for_every_edge(path: Path, level: bool) -> None:
    graph = traced(path).graph(values=True, gradients=True)
    text = text_sentences(graph.trace, Unicode())
    boxes = Boxes(graph, text, level, apart=True)
    drawn = "\n".join(boxes.drawn().rows())
    assert not boxes.runs_into_another
    assert sum(map(drawn.count, "▶◀▼▲")) == len(graph.edges)
    written = [line for cell in boxes.cells.values() for line in cell.lines]
    written += [label for hops in boxes.channels for hop in hops for label in hop.labels]
    assert all(drawn.count(line) >= written.count(line) for line in written)


@pytest.mark.parametrize("level", [True, False])
def test_a_target_reaches_what_reads_it_before_the_loss(level: bool) -> None:
    forward = "input: {x: [1, 2]}\nweights: {w: [[1, -1], [2, 1]]}\ntarget: {y: -4}\nforward: {h: relu(w@x)}\n"
    graph = bptrace.loads(f"{forward}loss: (sum(h) - y)^2").trace().graph("unit")
    text = text_sentences(graph.trace, Unicode())
    assert Boxes(graph, text, level).runs_into_another  # at z_L, which a line leaves where another comes back
    boxes = Boxes(graph, text, level, apart=True)
    drawn = "\n".join(boxes.drawn().rows())
    assert sum(map(drawn.count, "▶◀▼▲")) == len(graph.edges)
    assert not boxes.runs_into_another
    assert not set(drawn) & set("╴╵╶╷╸╹╺╻")  # a line that ends in nothing
