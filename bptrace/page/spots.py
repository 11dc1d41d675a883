"""Where the rows of a register stand in the picture of its network: the node or the edge that carries each."""

from __future__ import annotations

from typing import NamedTuple

from bptrace.engine.trace import Trace
from bptrace.graph.graph import Graph

NOWHERE = -1


class Spots(NamedTuple):
    """The ids of nodes and edges, and for each row which of them it is about, or NOWHERE; `givens` the same by name."""

    ids: list[str]
    rows: list[int]
    givens: dict[str, int]


def spots_in(graph: Graph, trace: Trace) -> Spots:
    """The spots of all rows and givens: gradients, slopes and what an update moves stand with what they are of.

    In a graph of whole quantities an element stands with its array.
    """
    numbers: dict[str, int] = {}
    rows = [_spot(graph, trace.of(step), name, numbers) for step in trace.steps for name in trace.names(step)]
    owner = trace.samples[0] if trace.samples else trace
    named = {name: owner.register.places[name][0] for name in owner.register.places}
    givens = {name: _spot(graph, owner, name, numbers) for name, key in named.items() if key in owner.sections}
    return Spots(list(numbers), rows, givens)


def _spot(graph: Graph, owner: Trace, name: str, numbers: dict[str, int]) -> int:
    key, index = owner.register.places[name]
    plain = owner.program.quantities[key].plain
    found = graph.places.get(plain.element(index)) or graph.places.get(plain.key)
    return numbers.setdefault(found, len(numbers)) if found else NOWHERE
