"""A graph on a terminal: boxes and lines in characters where they fit, else a list of what there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from bptrace.engine.sentence_parts import Named, Sentence, sentence, separated
from bptrace.graph.graph import BIAS, UNIT_NODES, Edge, Graph
from bptrace.graph.labels import legend_of, lines_at, multiplied_by, shown_in
from bptrace.typeset.ascii import Ascii, poor_encoding
from bptrace.typeset.cells import width
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.unicode import Unicode
from bptrace.views.graph_boxes import Boxes
from bptrace.views.graph_canvas import lines_in_ascii
from bptrace.views.sentences import MathSentences, text_sentences
from bptrace.views.sheet import Sheet

WIDEST, TALLEST, MOST_EDGES = 160, 100, 60
"""The most columns and rows of characters, and the most edges, that are drawn: nobody follows more."""
TOO_LARGE = "Too large to be drawn here: -o net.svg draws it."


def write_graph_terminal(graph: Graph, out: TextIO) -> None:
    """Write a graph in characters: drawn, or as a list where it is too large for the window or for the eye."""
    encoding = poor_encoding(out)
    form, sheet = Ascii(encoding) if encoding else Unicode(), Sheet(out)
    text = text_sentences(graph.trace, form)
    if graph.trace.title:
        sheet.write((form.said(graph.trace.title), "bold"))
    sheet.write((text.write(shown_in(graph)), "dim"))
    sheet.write()
    rows = _drawn(graph, text, min(sheet.width, WIDEST))
    for row in rows or _listed(graph, text):
        sheet.write(lines_in_ascii(row) if encoding else row)
    for line in legend_of(graph) if rows else [sentence(TOO_LARGE)]:
        sheet.write()
        sheet.write((text.write(line), "dim"))


def _drawn(graph: Graph, text: MathSentences[Glyphs], widest: int) -> list[str]:
    """The picture in rows, in that direction in which it fits; nothing where there is none."""
    if len(graph.edges) > MOST_EDGES or len(graph.nodes) > MOST_EDGES:
        return []
    across = graph.nodes_are == UNIT_NODES
    for level in (across, not across):
        boxes = Boxes(graph, text, level)
        if boxes.runs_into_another:
            boxes = Boxes(graph, text, level, apart=True)
        rows = boxes.drawn().rows()
        if len(rows) <= TALLEST and max(map(width, rows)) <= widest:
            return rows
    return []


def _listed(graph: Graph, text: MathSentences[Glyphs]) -> Iterator[str]:
    """Units column by column; of quantities a line each, with what reads it; then what the paths consist of."""
    bare = graph.with_parts(tuple(node._replace(factors=()) for node in graph.nodes), graph.edges)
    yield from map(text.write, _units(bare) if graph.nodes_are == UNIT_NODES else _quantities(bare))
    if graph.has_paths:
        yield ""
        yield from map(text.write, _links(graph))


def _units(graph: Graph) -> Iterator[Sentence]:
    for place, column in groupby(graph.nodes, lambda node: node.column):
        units = [separated(lines_at(node), ", ") for node in column if node.kind != BIAS]
        yield graph.columns[place]
        for line in units if graph.content.values or graph.content.gradients else [separated(units, ", ")]:
            yield sentence("  ", line)


def _links(graph: Graph) -> Iterator[Sentence]:
    """What each gradient on the paths passes on to the next, from the loss back."""
    edges_to: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        edges_to.setdefault(edge.target, []).append(edge)
    yield sentence("the paths to ", Named(graph.content.why))
    for node in sorted(graph.nodes, key=lambda node: -node.column):
        for part in (node, *edges_to.get(node.id, ())):
            for factor in part.factors:
                start = Named(factor.source or graph.trace.program.loss)
                yield sentence("  ", start, " → ", Named(factor.to), "  ", multiplied_by(factor))


def _quantities(graph: Graph) -> Iterator[Sentence]:
    names = {node.id: Named(node.carries[-1].name) for node in graph.nodes}
    readers: dict[str, list[Named]] = {}
    for edge in graph.edges:
        readers.setdefault(edge.source, []).append(names[edge.target])
    for node in graph.nodes:
        to = sentence("  → ", separated(readers[node.id], ", ")) if node.id in readers else ()
        yield sentence("  ", separated(lines_at(node), ", "), to)
