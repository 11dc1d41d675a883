"""What stands at the nodes and the edges of a graph, and is said of all of it: typed parts, which each view writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.sentence_parts import (
    Figure,
    Multiplier,
    Named,
    Sentence,
    SentencePart,
    Valued,
    Words,
    sentence,
    separated,
)
from bptrace.graph.graph import BIAS, CUT, TARGET, UNIT, UNIT_NODES, Carried, Edge, Factor, Graph, Node
from bptrace.numbers.arrays import Shape, Value, entries, size
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import ABSENT, Missing, Unknown
from bptrace.ops.expr import nodes

NAME, SHAPE, VALUE, GRADIENT, FACTOR = "name", "shape", "value", "gradient", "factor"
ROLES = (NAME, SHAPE, VALUE, GRADIENT, FACTOR)
"""What a line says: what a node or an edge is, its shape, what goes forward, what flows back, a factor of a path."""
WRITTEN_OUT = 9
"""The most elements of an array that are written at a node."""
CROWD = 30
"""Edges to one column beyond these have no names written at them."""
MOST_PARTS = 80
"""The most parts, names, numbers and signs, of an equation that is written at a node."""
ENDS = 2
"""How many elements of a longer vector are written at each end."""


class Label(NamedTuple):
    """A line at a node or an edge, and what it says: one of ROLES."""

    role: str
    text: Sentence


def node_labels(node: Node) -> list[Label]:
    """The lines at a node: its name or equation, then what it carries."""
    return [*_titles(node), *_of_all(node.carries), *_of_factors(node.factors)]


def lines_at(node: Node) -> list[Sentence]:
    """What the lines at a node say, its name alone only where no other line says it."""
    labels = node_labels(node)
    valued = any(label.role == VALUE for label in labels)
    return [label.text for label in labels if not (node.kind == UNIT and label.role == NAME and valued)]


def edge_labels(edge: Edge) -> list[Label]:
    """The lines at an edge: its weights, by name alone where they have no value, and how often it is a use."""
    named = [Label(NAME, (Named(each.name),)) for each in edge.carries if each.value is None]
    uses = [Label(SHAPE, sentence(f"{edge.uses} uses"))] if edge.uses > 1 else []
    return [*named, *_of_all(edge.carries), *_of_factors(edge.factors), *uses]


def labels_at_edges(graph: Graph) -> list[list[Label]]:
    """The lines at each edge: no mere names of weights where those of a column would be a crowd."""
    column = {node.id: node.column for node in graph.nodes}
    edges_to = Counter(column[edge.target] for edge in graph.edges)
    found = []
    for edge in graph.edges:
        labels = edge_labels(edge)
        crowded = graph.nodes_are == UNIT_NODES and edges_to[column[edge.target]] > CROWD
        found.append([] if crowded and all(label.role == NAME for label in labels) else labels)
    return found


def shown_in(graph: Graph) -> Sentence:
    """What is drawn, column by column where those have headings."""
    sample = f"sample {graph.sample}, " if graph.sample else ""
    if graph.nodes_are != UNIT_NODES:
        return sentence(sample, "quantities: each reads those that lead to it")
    targets = {node.column for node in graph.nodes if node.kind == TARGET}
    headed = [(place, heading) for place, heading in enumerate(graph.columns) if heading]
    parts = [sentence(", " if place in targets else " → ", heading) for place, heading in headed[1:]]
    return sentence(sample, "units: ", headed[0][1], *parts)


def legend_of(graph: Graph) -> Iterator[Sentence]:
    """What lines that are not as usual stand for."""
    greyed = any(part.greyed for part in graph.nodes) or any(part.greyed for part in graph.edges)
    if graph.content.why:
        path = sentence("heavy: the paths to ", Named(graph.content.why))
        yield sentence(path, "; dashed: nothing flows back") if greyed else path
    elif greyed:
        yield sentence("dashed: nothing flows back")


def _titles(node: Node) -> Iterator[Label]:
    """What a node is; a given whose value is written needs no name before it."""
    if node.kind == CUT:
        yield Label(NAME, sentence(f"⋮ {node.stands_for:,} more"))
    elif node.kind == BIAS:
        yield Label(NAME, sentence("1"))
    elif node.equation or node.kind == UNIT or node.carries[-1].value is None:
        yield Label(NAME, _equation(node.equation) if node.equation else (Named(node.carries[-1].name),))


def _equation(item: Definition) -> Sentence:
    """An equation; of one that no box has room for the name alone."""
    return sentence(Named(item.key), " = …") if any(islice(nodes(item.expr), MOST_PARTS, None)) else (item,)


def _of_all(carries: tuple[Carried, ...]) -> Iterator[Label]:
    for each in carries:
        if size(each.shape) > 1 and each.value is None:
            yield Label(SHAPE, sentence(_of_shape(each.shape)))
        if each.value is not None:
            yield Label(VALUE, _valued(each.name, each.value, each.shape))
    for each in reversed(carries):
        if each.gradient_value is not None:
            yield Label(GRADIENT, _valued(each.gradient, each.gradient_value, each.shape))


def _valued(name: str, value: Value, shape: Shape) -> Sentence:
    """A quantity and its value; of a long one its ends, of a large matrix its shape."""
    items = entries(value, shape)
    if len(items) == 1:
        return (
            sentence(Named(name), f" = {items[0].text}") if isinstance(items[0], Missing) else (Valued(name, items[0]),)
        )
    if len(items) <= WRITTEN_OUT:
        return sentence(Named(name), " = ", _array([_figure(item) for item in items], shape))
    if len(shape) > 1:
        return sentence(Named(name), f": {_of_shape(shape)}")
    ends = [_figure(item) for item in (*items[:ENDS], *items[-ENDS:])]
    first, last = separated(ends[:ENDS], ", "), separated(ends[ENDS:], ", ")
    return sentence(Named(name), " = [", first, f", … {len(items) - 2 * ENDS:,} more …, ", last, "]")


def _of_shape(shape: Shape) -> str:
    """A vector is a column."""
    return "×".join(map(str, shape if len(shape) > 1 else (*shape, 1)))


def _figure(value: Scalar) -> SentencePart:
    """A number among others, or that there is none."""
    return Words(ABSENT) if isinstance(value, Missing) else Figure(value)


def _array(items: Sequence[SentencePart], shape: Shape) -> Sentence:
    """Numbers as a file has them: `[1, 2]`, `[[0, 1], [1, -1]]`."""
    if len(shape) < 2:
        return sentence("[", separated(items, ", "), "]")
    width = shape[1]
    rows = [_array(items[start : start + width], (width,)) for start in range(0, len(items), width)]
    return sentence("[", separated(rows, ", "), "]")


def _of_factors(factors: tuple[Factor, ...]) -> Iterator[Label]:
    for each in factors:
        yield Label(FACTOR, multiplied_by(each))


def multiplied_by(factor: Factor) -> Sentence:
    """What a path is multiplied by: `× (yhat-y) = -1`."""
    value = None if isinstance(factor.value, Unknown) else factor.value
    return sentence("× ", Multiplier(factor.tree, value))
