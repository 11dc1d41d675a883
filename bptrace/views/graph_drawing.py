"""A graph as it is drawn: what is written where, how large everything is, and where it stands. Its formats draw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bptrace.engine.sentence_parts import Named
from bptrace.errors import SizeError
from bptrace.graph.graph import BIAS, CUT, UNIT_NODES, Edge, Graph, Node
from bptrace.graph.labels import FACTOR, GRADIENT, NAME, VALUE, Label, edge_labels, labels_at_edges, node_labels
from bptrace.graph.layered import Placement, Spacing, Tile, Wire, layered_layout, passed_columns
from bptrace.graph.wire_labels import Curve, Point, Rectangle
from bptrace.views.graph_text import NORMAL, LabelWriter, Text, height_of, stacked

RADIUS, SMALL_RADIUS = 34.0, 20.0
SMALLEST = 12.0
"""How small a name may be so that its circle is no larger than others."""
NARROW = 190.0
"""The widest line of a heading."""
PADDING, MARGIN = 10.0, 20.0
UNITS = Spacing(across=44.0, along=90.0, slope=1.1, at=0.34)
QUANTITIES = Spacing(across=26.0, along=56.0, port=18.0, slope=6.0)
LEADS_ON = 400.0
"""How much more it counts that an edge between two equations is straight than one from a given."""
SLIDE = 16 / 9
WIDE = 1600.0
"""A picture from left to right that is no wider can be read on a slide."""
LANES = 40_000
"""So many columns at most are passed by edges, each counted for itself: a given that hundreds of equations read."""
HEADING = "heading"
"""What a text says that stands above a column."""


class DrawnNode(NamedTuple):
    """A node in its place: a circle where it has a radius, else a box of its size.

    `inside`, `beside`: the texts in it, and those above and below it; `told`: all that they say, in one line.
    """

    node: Node
    centre: Point
    tile: Tile
    inside: tuple[Text, ...]
    beside: tuple[Text, ...]
    told: str

    @property
    def texts(self) -> tuple[Text, ...]:
        """All texts of it."""
        return self.inside + self.beside

    @property
    def box(self) -> Rectangle:
        """The room that its outline takes."""
        radius = self.tile.radius
        return Rectangle.around(self.centre, *((2 * radius, 2 * radius) if radius else self.tile[:2]))


class DrawnEdge(NamedTuple):
    """An edge in its place: its curves, the texts on it, and the room that those take.

    On a path that was asked for it leads the way that the gradient flows: back.
    `told`: all that they say, in one line.
    """

    edge: Edge
    route: tuple[Curve, ...]
    texts: tuple[Text, ...]
    room: Rectangle | None
    told: str


class Picture(NamedTuple):
    """Everything in its place, and what holds it all."""

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]
    headings: tuple[Text, ...]
    extent: Rectangle


def picture_of(graph: Graph) -> Picture:
    """What a graph looks like, in units of which a letter is about ten wide.

    Raises SizeError where its edges pass too many columns for it to be drawn.
    """
    return _Picture(graph).picture()


class _Parts(NamedTuple):
    """The texts of a node: in its outline, above it and below it."""

    inside: Sequence[Text]
    above: Sequence[Text] = ()
    below: Sequence[Text] = ()

    @property
    def width(self) -> float:
        return max([text.width for text in (*self.inside, *self.above, *self.below)], default=0.0)


class _Picture:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.is_of_units = graph.nodes_are == UNIT_NODES
        self.place = {node.id: number for number, node in enumerate(graph.nodes)}
        self.writer = LabelWriter(graph.trace)

    def picture(self) -> Picture:
        """Texts are measured first, then placed with what they stand at."""
        graph = self.graph
        parts = [self._parts(node) for node in graph.nodes]
        headings = [[self.writer.text(Label(HEADING, text), room=NARROW)] if text else [] for text in graph.columns]
        tiles = [self._tile(node, own, headings) for node, own in zip(graph.nodes, parts, strict=True)]
        labels = [[self.writer.text(label, NORMAL) for label in each] for each in labels_at_edges(graph)]
        wires = [self._wire(edge, texts) for edge, texts in zip(graph.edges, labels, strict=True)]
        self._check_size(tiles, wires)
        found = self._placement(tiles, wires)
        nodes = tuple(map(self._drawn_node, graph.nodes, found.centres, tiles, parts))
        edges = tuple(map(self._drawn_edge, graph.edges, found.routes, labels, found.labels))
        above = tuple(_above(headings, nodes, found.extent.top))
        extent = _around([found.extent, *[text.room for text in above]]).grown(MARGIN)
        return Picture(nodes, edges, above, extent)

    def _check_size(self, tiles: Sequence[Tile], wires: Sequence[Wire]) -> None:
        """Refuse a picture that takes long to draw, and that nobody can follow. Raises SizeError."""
        passed = passed_columns(tiles, wires)
        if passed > LANES:
            message = f"the edges of the picture pass {passed:,} columns; at most {LANES:,} are drawn"
            raise SizeError(message, self.graph.trace.program.loss_mark, "--format dot or mermaid, or a shorter chain")

    def _placement(self, tiles: Sequence[Tile], wires: Sequence[Wire]) -> Placement:
        """From left to right; quantities from top to bottom where they are wide, and larger on a slide so."""
        if self.is_of_units:
            return layered_layout(tiles, wires, _roomy(wires))
        across = layered_layout(tiles, wires, QUANTITIES)
        if across.extent.right <= WIDE:
            return across
        down = layered_layout(tiles, wires, QUANTITIES._replace(downward=True))
        return max(across, down, key=lambda found: _scale(found.extent))

    def _wire(self, edge: Edge, texts: Sequence[Text]) -> Wire:
        """What leads on from one equation to another is to be straight, rather than what leads to it from a given."""
        ends = self.place[edge.source], self.place[edge.target]
        weight = LEADS_ON if self.graph.nodes[ends[0]].equation else 1.0
        return Wire(*(ends[::-1] if self._leads_back(edge) else ends), _room(texts), weight)

    def _leads_back(self, edge: Edge) -> bool:
        """Whether it leads to an earlier column: from a target, which stands behind the loss."""
        source, target = (self.graph.nodes[self.place[end]] for end in (edge.source, edge.target))
        return self.is_of_units and source.column > target.column

    # texts

    def _texts(self, labels: Iterable[Label]) -> list[Text]:
        return [self.writer.text(label) for label in labels]

    def _parts(self, node: Node) -> _Parts:
        """What stands in a node's outline, and of a unit above it, forward, and below it, backward."""
        labels = node_labels(node)
        if not self.is_of_units or node.kind in (BIAS, CUT):
            return _Parts(self._texts(labels))
        name = self.writer.text(Label(NAME, (Named(node.carries[-1].name),)))
        if name.width > 2 * RADIUS:
            name = self.writer.text(name.label, max(SMALLEST, name.size * 2 * RADIUS / name.width))
        equations = [self.writer.text(label, NORMAL) for label in labels if label.role == NAME and node.equation]
        forward = [label for label in labels if label.role == VALUE]
        backward = [label for label in labels if label.role in (GRADIENT, FACTOR)]
        return _Parts([name], [*equations, *self._texts(forward)], self._texts(backward))

    # boxes and circles

    def _tile(self, node: Node, parts: _Parts, headings: Sequence[Sequence[Text]]) -> Tile:
        """A box around a node's texts; of a unit one around its circle and what stands above and below."""
        if not self.is_of_units:
            return Tile(parts.width + 2 * PADDING, height_of(parts.inside) + 2 * PADDING)
        name = max(text.width for text in parts.inside) / 2
        radius = SMALL_RADIUS if node.kind in (BIAS, CUT) else max(RADIUS, name + 4)
        beside = 2 * max(height_of(parts.above), height_of(parts.below))
        width = max([parts.width, 2 * radius, *[text.width for text in headings[node.column]]])
        return Tile(width, 2 * radius + beside, node.column, radius)

    # places

    def _drawn_node(self, node: Node, centre: Point, tile: Tile, parts: _Parts) -> DrawnNode:
        top = Point(centre.x, centre.y - height_of(parts.inside) / 2)
        above = Point(centre.x, centre.y - tile.radius - height_of(parts.above))
        below = Point(centre.x, centre.y + tile.radius)
        beside = (*stacked(parts.above, above), *stacked(parts.below, below))
        told = self.writer.told(node_labels(node))
        return DrawnNode(node, centre, tile, tuple(stacked(parts.inside, top)), beside, told)

    def _drawn_edge(
        self, edge: Edge, route: tuple[Curve, ...], texts: Sequence[Text], middle: Point | None
    ) -> DrawnEdge:
        told, size = self.writer.told(edge_labels(edge)), _room(texts)
        if self._leads_back(edge) != edge.on_path:
            route = tuple(curve.reversed for curve in route[::-1])
        if middle is None or size is None:
            return DrawnEdge(edge, route, (), None, told)
        placed = stacked(texts, Point(middle.x, middle.y - height_of(texts) / 2))
        return DrawnEdge(edge, route, tuple(placed), Rectangle.around(middle, *size), told)


def _above(headings: Sequence[Sequence[Text]], nodes: Sequence[DrawnNode], top: float) -> Iterator[Text]:
    """The headings above the columns, all ending on one line."""
    middle = {drawn.node.column: drawn.centre.x for drawn in nodes}
    for column, texts in enumerate(headings):
        if texts and column in middle:
            yield from stacked(texts, Point(middle[column], top - height_of(texts) - PADDING))


def _roomy(wires: Iterable[Wire]) -> Spacing:
    """More room between units where more lines are written at their edges."""
    highest = max([wire.label[1] for wire in wires if wire.label], default=0.0)
    return UNITS._replace(across=max(UNITS.across, 1.5 * highest))


def _scale(extent: Rectangle) -> float:
    """How large a picture can be shown on a slide, beside one that is the shape of a slide and one unit high."""
    return min(SLIDE / (extent.right - extent.left), 1 / (extent.bottom - extent.top))


def _room(texts: Sequence[Text]) -> tuple[float, float] | None:
    """The room that texts take at an edge, with a little around them."""
    return (max(text.width for text in texts) + 6, height_of(texts) + 2) if texts else None


def _around(boxes: Iterable[Rectangle]) -> Rectangle:
    left, top, right, bottom = zip(*boxes, strict=True)
    return Rectangle(min(left), min(top), max(right), max(bottom))
