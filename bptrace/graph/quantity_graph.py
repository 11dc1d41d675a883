"""The computation graph of a trace: a node a whole quantity with its equation, an edge a use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bptrace.engine.model import GIVEN_SECTIONS, Definition, Given
from bptrace.engine.plans import ranks
from bptrace.engine.trace import Trace
from bptrace.explain.wiring import Wiring
from bptrace.graph.contents import carried_whole
from bptrace.graph.drawn_paths import PathLink, path_links, with_paths
from bptrace.graph.flows import Flows
from bptrace.graph.graph import (
    INPUT,
    LOSS,
    NOTHING_WRITTEN,
    QUANTITY,
    QUANTITY_NODES,
    Content,
    Edge,
    Graph,
    Node,
    id_of,
)


def quantity_graph(trace: Trace, content: Content = NOTHING_WRITTEN, sample: int | None = None) -> Graph:
    r"""The computation graph of a network without samples, or of one sample.

    >>> import bptrace
    >>> graph = quantity_graph(bptrace.loads("weights: {w: 2}\nforward: {h: w + 1}\nloss: w*h").trace())
    >>> [(edge.source, edge.target) for edge in graph.edges]
    [('n_w', 'n_h'), ('n_w', 'n_L'), ('n_h', 'n_L')]
    """
    return _Drawing(trace, content).graph(sample)


class _Drawing:
    def __init__(self, trace: Trace, content: Content) -> None:
        self.trace = trace
        self.content = content
        self.flows = Flows(trace)
        self.greys = content.gradients or bool(content.why)
        self.wiring = Wiring(trace)
        self.forward = self.wiring.forward
        self.ranks = ranks(list(self.forward.values()))

    def graph(self, sample: int | None) -> Graph:
        """The graph."""
        nodes = sorted([*self._givens(), *map(self._defined, self.forward.values())], key=lambda node: node.column)
        columns = tuple(() for _ in range(1 + max(node.column for node in nodes)))
        made = Graph(self.trace, QUANTITY_NODES, tuple(nodes), tuple(self._edges()), columns, self.content, sample)
        return with_paths(made, *self._paths())

    def _paths(self) -> tuple[list[PathLink], dict[str, str]]:
        """The links of the paths that are asked for, and the node of each element that they pass."""
        if not self.content.why:
            return [], {}
        links, places = path_links(self.trace, self.content.why), self.trace.register.places
        return links, {name: id_of(places[name][0]) for link in links for name in (link.start, link.end)}

    def _givens(self) -> Iterator[Node]:
        """What the file gives; of the settings of an update those that an equation reads as well."""
        for given in self.trace.givens:
            if given.section in GIVEN_SECTIONS:
                yield self._node(given, given.section, self._column(given))
            elif self.wiring.readers(given.key):
                yield self._node(given, INPUT, self._column(given))

    def _column(self, given: Given) -> int:
        """Just before the first that reads it."""
        return min((self.ranks[key] - 1 for key in self.wiring.readers(given.key)), default=0)

    def _defined(self, item: Definition) -> Node:
        kind = LOSS if item.key == self.wiring.loss else QUANTITY
        return self._node(item, kind, self.ranks[item.key])._replace(equation=item)

    def _node(self, item: Given | Definition, kind: str, column: int) -> Node:
        greyed = self.greys and self.flows.stop_at(item.key)
        return Node(id_of(item.key), kind, column, (carried_whole(self.trace, item.key, self.content),), greyed=greyed)

    def _edges(self) -> Iterator[Edge]:
        for key, readers in self._uses().items():
            for reader, times in readers.items():
                greyed = self.greys and self.flows.stop_along(key, self.forward[reader])
                yield Edge(id_of(key), id_of(reader), uses=times, greyed=greyed)

    def _uses(self) -> Mapping[str, Mapping[str, int]]:
        given = [item.key for item in self.trace.givens]
        return {key: self.wiring.readers(key) for key in [*given, *self.forward]}
