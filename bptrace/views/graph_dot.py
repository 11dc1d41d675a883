"""A graph in DOT, the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TextIO

from bptrace.graph.graph import BIAS, CUT, LOSS, QUANTITY, UNIT, UNIT_NODES, Edge, Graph, Node
from bptrace.graph.labels import labels_at_edges, lines_at
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.unicode import Unicode
from bptrace.views.sentences import MathSentences, text_sentences

FONT = 'fontname="Helvetica,Arial,sans-serif"'
SHAPES = {UNIT: "shape=circle", BIAS: "shape=circle", LOSS: "peripheries=2", CUT: "shape=plain"}
"""What a node of a kind looks like where it is no box; the loss has two outlines."""
GREY = "gray40"


def write_graph_dot(graph: Graph, out: TextIO) -> None:
    """Write a graph in DOT: units in columns from left to right, a computation graph from top to bottom."""
    out.writelines(f"{line}\n" for line in _lines(graph, text_sentences(graph.trace, Unicode())))


def _lines(graph: Graph, text: MathSentences[Glyphs]) -> Iterator[str]:
    by_units = graph.nodes_are == UNIT_NODES
    yield "digraph {"
    title = f", label={_quoted([graph.trace.title])}, labelloc=t" if graph.trace.title else ""
    yield f"  graph [rankdir={'LR' if by_units else 'TB'}, {FONT}{title}]"
    yield f"  node [shape=box, {FONT}]"
    yield f"  edge [{FONT}]"
    for node in graph.nodes:
        yield f"  {node.id} [{', '.join(_of_node(node, text))}]"
    if by_units:
        for _, column in groupby(graph.nodes, lambda node: node.column):
            yield f"  {{ rank=same; {'; '.join(node.id for node in column)} }}"
    columns = {node.id: node.column for node in graph.nodes}
    for edge, labels in zip(graph.edges, labels_at_edges(graph), strict=True):
        lines = [text.write(label.text) for label in labels]
        yield f"  {_of_edge(edge, lines, columns[edge.source] > columns[edge.target])}"
    yield "}"


def _of_node(node: Node, text: MathSentences[Glyphs]) -> Iterator[str]:
    yield f"label={_quoted(map(text.write, lines_at(node)))}"
    if node.kind in SHAPES:
        yield SHAPES[node.kind]
    yield from _looks(node, ["rounded"] if node.kind in (QUANTITY, LOSS) else [])


def _of_edge(edge: Edge, lines: Sequence[str], turned: bool) -> str:
    """An edge; one that leads to a column before its own is written turned round, so that both stay where they are."""
    attributes = [f"label={_quoted(lines)}"] if lines else []
    attributes += [*_looks(edge, []), *(["dir=back"] if turned else [])]
    ends = (edge.target, edge.source) if turned else (edge.source, edge.target)
    return " -> ".join(ends) + (f" [{', '.join(attributes)}]" if attributes else "")


def _looks(drawn: Node | Edge, styles: list[str]) -> Iterator[str]:
    """How it is set apart: grey and dashed where nothing flows back, bold on the path."""
    if drawn.greyed:
        yield f"color={GREY}, fontcolor={GREY}"
    if drawn.on_path:
        yield "penwidth=3"
    if styles or drawn.greyed:
        yield f'style="{",".join([*styles, *(["dashed"] if drawn.greyed else [])])}"'


def _quoted(lines: Iterable[str]) -> str:
    return '"' + "\\n".join(map(_escaped, lines)) + '"'


def _escaped(text: str) -> str:
    """A text in which no sign of DOT or HTML means anything."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
