"""A graph in DOT, the language of Graphviz."""

from __future__ import annotations

from typing import TextIO

from bptrace.engine.sentence_parts import sentence
from bptrace.graph.graph import BIAS, CUT, INPUT, LOSS, TARGET, UNIT, UNIT_NODES, WEIGHT, Edge, Graph, Node
from bptrace.graph.labels import Label, edge_labels, node_labels
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.unicode import Unicode
from bptrace.views.sentences import MathSentences, text_sentences

SHAPES = {
    INPUT: "box",
    WEIGHT: "box",
    TARGET: "box",
    UNIT: "circle",
    BIAS: "circle",
    LOSS: "doublecircle",
    CUT: "plain",
}
"""What a node of a kind looks like; a box with round corners where nothing is said."""
GREY = "gray60"


def write_graph_dot(graph: Graph, out: TextIO) -> None:
    """Write a graph in DOT, from left to right, or a computation graph from top to bottom."""
    text = text_sentences(graph.trace, Unicode())
    across = "LR" if graph.nodes_are == UNIT_NODES else "TB"
    out.write(f"digraph {{\n  graph [rankdir={across}, label={_quoted(graph.trace.title)}, labelloc=t];\n")
    out.write('  node [shape=box, style=rounded, fontname="sans-serif"];\n  edge [fontname="sans-serif"];\n')
    out.writelines(f"  {_quoted(node.id)} [{_of_node(node, text)}];\n" for node in graph.nodes)
    out.writelines(
        f"  {_quoted(each.source)} -> {_quoted(each.target)}{_of_edge(each, text)};\n" for each in graph.edges
    )
    out.write("}\n")


def _of_node(node: Node, text: MathSentences[Glyphs]) -> str:
    shape = f", shape={SHAPES[node.kind]}" if node.kind in SHAPES else ""
    return f"label={_label(node_labels(node), text)}{shape}{_looks(node)}"


def _of_edge(edge: Edge, text: MathSentences[Glyphs]) -> str:
    labels = edge_labels(edge)
    parts = [f"label={_label(labels, text)}"] if labels else []
    looks = _looks(edge).removeprefix(", ")
    parts += [looks] if looks else []
    return f" [{', '.join(parts)}]" if parts else ""


def _looks(drawn: Node | Edge) -> str:
    if drawn.on_path:
        return ", penwidth=3"
    return f', color={GREY}, fontcolor={GREY}, style="dashed"' if drawn.greyed else ""


def _label(labels: list[Label], text: MathSentences[Glyphs]) -> str:
    return '"' + "\\n".join(_escaped(text.write(sentence(label.text))) for label in labels) + '"'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
