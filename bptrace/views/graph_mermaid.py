"""A graph in Mermaid, the language of pictures in Markdown files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TextIO

from bptrace.engine.sentence_parts import Sentence
from bptrace.graph.graph import BIAS, CUT, LOSS, UNIT, UNIT_NODES, Graph
from bptrace.graph.labels import labels_at_edges, lines_at
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.unicode import Unicode
from bptrace.views.sentences import MathSentences, text_sentences

AROUND = {UNIT: "(({}))", BIAS: "(({}))", LOSS: "([{}])", CUT: "[{}]"}
"""What stands around the text of a node of a kind, and so makes its outline; brackets make a box."""
TALL, ROUND = "({})", 2
"""A unit with more lines than a circle has room for has round corners."""
LOOKS = (
    "classDef greyed stroke:gray,color:gray,stroke-dasharray:5",
    "classDef path stroke-width:4px",
    "classDef cut stroke:none,fill:none",
)
READ_OTHERWISE = '"#<>&%$`*_~\\'
"""Characters that mean something in a text; each is written by its number."""


def write_graph_mermaid(graph: Graph, out: TextIO) -> None:
    """Write a graph in Mermaid, from left to right, or a computation graph from top to bottom."""
    text = text_sentences(graph.trace, Unicode())
    if graph.trace.title:
        title = json.dumps(graph.trace.title, ensure_ascii=False).replace("%", r"\u0025")
        out.write(f"---\ntitle: {title}\n---\n")
    out.write(f"flowchart {'LR' if graph.nodes_are == UNIT_NODES else 'TB'}\n")
    out.writelines(f"  {line}\n" for line in _lines(graph, text))


def _lines(graph: Graph, text: MathSentences[Glyphs]) -> Iterator[str]:
    for node in graph.nodes:
        lines = lines_at(node)
        around = TALL if node.kind == UNIT and len(lines) > ROUND else AROUND.get(node.kind, "[{}]")
        yield f"{node.id}{around.format(_label(lines, text))}"
    for edge, labels in zip(graph.edges, labels_at_edges(graph), strict=True):
        lines = [label.text for label in labels]
        yield f"{edge.source} -->{f'|{_label(lines, text)}|' if lines else ''} {edge.target}"
    yield from _looks(graph)


def _looks(graph: Graph) -> Iterator[str]:
    """Classes of nodes and, by their places, of edges."""
    classes = {
        "greyed": [node.id for node in graph.nodes if node.greyed],
        "path": [node.id for node in graph.nodes if node.on_path],
        "cut": [node.id for node in graph.nodes if node.kind == CUT],
    }
    for look, (name, ids) in zip(LOOKS, classes.items(), strict=True):
        if ids:
            yield look
            yield f"class {','.join(ids)} {name}"
    greyed = [str(place) for place, edge in enumerate(graph.edges) if edge.greyed]
    path = [str(place) for place, edge in enumerate(graph.edges) if edge.on_path]
    if greyed:
        yield f"linkStyle {','.join(greyed)} stroke:gray,color:gray,stroke-dasharray:5"
    if path:
        yield f"linkStyle {','.join(path)} stroke-width:4px"


def _label(lines: Iterable[Sentence], text: MathSentences[Glyphs]) -> str:
    return '"' + "<br>".join(_escaped(text.write(line)) for line in lines) + '"'


def _escaped(text: str) -> str:
    return "".join(f"#{ord(char)};" if char in READ_OTHERWISE else char for char in text)
