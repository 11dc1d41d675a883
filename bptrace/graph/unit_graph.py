"""A network of layers as on a whiteboard: a column a layer, a circle a unit, an edge a weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import TypeAlias

from bptrace.engine.trace import Trace
from bptrace.explain.layers import Layer
from bptrace.explain.wiring import Wiring
from bptrace.graph.columns import GraphColumn, Member, columns_of
from bptrace.graph.contents import carried_element
from bptrace.graph.drawn_paths import PathLink, path_links, with_paths
from bptrace.graph.element_trees import ElementTrees, Place, summands
from bptrace.graph.flows import Flows
from bptrace.graph.graph import BIAS, CUT, LOSS, NOTHING_WRITTEN, UNIT_NODES, WEIGHT, Content, Edge, Graph, Node, id_of
from bptrace.numbers.arrays import Index

MOST = 10
"""So many units of a column are drawn, all of them; of more the first and the last few."""
ENDS = 4
ONE = "one_"
"""How the id begins of the 1 that biases are weights of; the column's number follows."""
Element: TypeAlias = tuple[Member, Index]


def unit_graph(
    trace: Trace, layers: Sequence[Layer], content: Content = NOTHING_WRITTEN, sample: int | None = None
) -> Graph:
    r"""A network without samples, or one sample, by its units; `layers`: what `drawable_layers` gives.

    Raises SpecError as `path_links` does.

    >>> import bptrace
    >>> from bptrace.graph.columns import drawable_layers
    >>> trace = bptrace.loads("weights: {w: 2, b: 1}\ninput: {x: 1}\nforward: {y: w*x + b}\nloss: y^2").trace()
    >>> graph = unit_graph(trace, drawable_layers(trace))
    >>> [(edge.source, edge.target, [each.name for each in edge.carries]) for edge in graph.edges]
    [('n_x', 'n_y', ['w']), ('one_0', 'n_y', ['b']), ('n_y', 'n_L', [])]
    """
    return _Drawing(trace, content).graph(list(columns_of(trace, layers, ElementTrees(trace))), sample)


class _Drawing:
    """One picture being made."""

    def __init__(self, trace: Trace, content: Content) -> None:
        self.trace = trace
        self.content = content
        self.trees = ElementTrees(trace)
        self.forward = Wiring(trace).forward
        self.flows = Flows(trace)
        self.greys = content.gradients or bool(content.why)
        self.links = path_links(trace, content.why) if content.why else []
        self.on_path = {name for link in self.links for name in self._passed(link)}
        self.node_of: dict[str, str] = {}

    def graph(self, columns: Sequence[GraphColumn], sample: int | None) -> Graph:
        """The graph."""
        shown = [list(self._shown(column)) for column in columns]
        nodes = [list(self._nodes(place, elements)) for place, elements in enumerate(shown)]
        edges = list(chain(*map(self._edges, range(len(columns)), columns, shown)))
        for place in sorted({int(edge.source.removeprefix(ONE)) for edge in edges if edge.source.startswith(ONE)}):
            nodes[place].append(Node(f"{ONE}{place}", BIAS, place))
        headings = tuple(column.heading for column in columns)
        made = Graph(self.trace, UNIT_NODES, tuple(chain(*nodes)), tuple(edges), headings, self.content, sample)
        return with_paths(made, self.links, self.node_of)

    def _passed(self, link: PathLink) -> Iterator[str]:
        """The elements that a link joins; of one that starts at a weight also what that is multiplied by."""
        yield from (link.start, link.end)
        places = self.trace.register.places
        if self.trace.sections.get(places[link.start][0]) == WEIGHT:
            key, index = places[link.end]
            yield from chain(
                *(names for names in summands(self.trees.tree(self.forward[key], index)) if link.start in names)
            )

    def _name(self, key: str, index: Index) -> str:
        return self.trace.program.quantities[key].element(index)

    # nodes

    def _shown(self, column: GraphColumn) -> Iterator[Element | int]:
        """The elements that are drawn, and between them how many are not."""
        every = column.elements()
        ends = {*range(ENDS), *range(len(every) - ENDS, len(every))} if len(every) > MOST else {*range(len(every))}
        passed = [place for place, (member, index) in enumerate(every) if self._is_passed(member, index)]
        for before, place in pairwise([-1, *sorted(ends.union(passed[:ENDS]))]):
            if place - before > 2:
                yield place - before - 1
            elif place - before == 2:  # one takes no more room than that one is left out
                yield every[place - 1]
            yield every[place]

    def _is_passed(self, member: Member, index: Index) -> bool:
        return bool(self.on_path) and self._name(member.key, index) in self.on_path

    def _nodes(self, place: int, elements: Iterable[Element | int]) -> Iterator[Node]:
        for number, part in enumerate(elements):
            if isinstance(part, int):
                yield Node(f"cut_{place}_{number}", CUT, place, stands_for=part)
            else:
                yield self._node(place, *part)

    def _node(self, place: int, member: Member, index: Index) -> Node:
        keys = [key for key in (member.before, member.key) if key]
        carries = tuple(carried_element(self.trace, key, index, self.content) for key in keys)
        made = Node(id_of(carries[-1].name), member.kind, place, carries, greyed=self._is_blocked(keys[0], index))
        self.node_of |= {each.name: made.id for each in carries}
        return made._replace(equation=self.forward[member.key]) if member.kind == LOSS else made

    def _is_blocked(self, key: str, index: Index) -> bool:
        return self.greys and self.flows.stop_at_element((key, index))

    # edges

    def _edges(self, place: int, column: GraphColumn, elements: Sequence[Element | int]) -> Iterator[Edge]:
        """The edges that lead to what is drawn of a column."""
        for part in elements:
            if isinstance(part, int):
                continue
            member, index = part
            if column.layer:
                yield from self._weights(place - 1, column.layer, (member.before or member.key, index))
            elif member.key in self.forward:
                yield from self._uses((member.key, index))

    def _weights(self, before: int, layer: Layer, unit: Place) -> Iterator[Edge]:
        """The edges to a unit, a product of its sum each: weights alone are those of a 1, as biases are."""
        found: dict[str, dict[str, Place]] = {}
        starts: dict[str, Place] = {}
        for product in summands(self.trees.tree(self.forward[unit[0]], unit[1])):
            places = {name: self.trees.place(name) for name in product}
            weights = {name: place for name, place in places.items() if place[0] in layer.weights}
            read = [name for name in product if name not in weights]
            for name in filter(self.node_of.__contains__, read):
                found.setdefault(self.node_of[name], {}).update(weights)
                starts[self.node_of[name]] = places[name]
            if not read:
                found.setdefault(f"{ONE}{before}", {}).update(weights)
        for source, weights in found.items():
            yield self._weighted(source, unit, weights, starts.get(source))

    def _weighted(self, source: str, unit: Place, weights: Mapping[str, Place], start: Place | None) -> Edge:
        carries = tuple(carried_element(self.trace, *weight, self.content) for weight in weights.values())
        greyed = self.greys and self.flows.stop_along_weights(unit, list(weights.values()), start)
        return Edge(source, self.node_of[self._name(*unit)], carries, greyed=greyed)

    def _uses(self, user: Place) -> Iterator[Edge]:
        """The edges to what is no weighted sum."""
        item, target = self.forward[user[0]], self.node_of[self._name(*user)]
        for name in self.trees.read(item, user[1]):
            if name in self.node_of:
                greyed = self.greys and self.flows.stop_between(self.trees.place(name), user, item)
                yield Edge(self.node_of[name], target, greyed=greyed)
