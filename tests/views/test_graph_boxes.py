"""A graph in boxes and lines of characters: lines neither run into each other nor over what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

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
