"""A layered drawing of a directed graph without cycles: where each box stands, how each edge runs.

It knows sizes and edges alone. Boxes stand in columns, one a layer; an edge over several layers keeps a lane free in
those between; the order in a layer is one with few crossings; heights are those nearest to the neighbours'. Between two
columns an edge is a curve that leaves and arrives level, so it touches no box on its way. All of it is arithmetic in
one order: the same graph is drawn the same anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import hypot
from typing import NamedTuple

from bptrace.graph.crossings import Arc, Joined, Order, crossings, with_few_crossings
from bptrace.graph.wire_labels import Channel, Curve, Passing, Point, Rectangle, labels_in

SETTLING = 12
"""How often the heights are made to follow one another."""
FEWEST_TURNS, SETTLED = 4, 250_000
"""How often at least, and how many arcs are followed in all before it is less often: of long chains nobody sees it."""
WEIGHTS = (1.0, 2.0, 8.0)
"""How much an edge's straightness counts, by how many of its ends are lanes: a long edge is to be the straightest."""
WIDER = 1.25
"""How much wider a gap becomes where it does not hold its labels."""


class Tile(NamedTuple):
    """A box to be placed: its size; the layer that it stands in, where that is given.

    `radius`: it is drawn as a circle around its centre, at which straight edges end; else they end at its sides.
    """

    width: float
    height: float
    layer: int | None = None
    radius: float = 0.0


class Wire(NamedTuple):
    """An edge from one box to another, by their numbers; the size of what is written at it, where something is.

    `weight`: how much it counts that it is straight.
    """

    source: int
    target: int
    label: tuple[float, float] | None = None
    weight: float = 1.0


class Spacing(NamedTuple):
    """How much room there is: between boxes of a layer, between layers, for an edge that passes, around a label.

    `port`: between the ends of two edges at one side of a box. `slope`: how steep an edge may be between two layers.
    `at`: where along its edge a label stands by preference; `ends`: how far it keeps from the columns. `downward`:
    layers are rows, the first one on top.
    """

    across: float = 28.0
    along: float = 64.0
    lane: float = 14.0
    label: float = 4.0
    port: float = 14.0
    slope: float = 1.6
    at: float = 0.5
    ends: float = 12.0
    downward: bool = False


class Placement(NamedTuple):
    """Where everything stands: the boxes' centres, the edges' curves, the labels' centres, and what holds it all."""

    centres: tuple[Point, ...]
    routes: tuple[tuple[Curve, ...], ...]
    labels: tuple[Point | None, ...]
    extent: Rectangle
    crossings: int

    @property
    def turned(self) -> Placement:
        """Everything with x and y in each other's place."""
        return Placement(
            tuple([centre.turned for centre in self.centres]),
            tuple([tuple([curve.turned for curve in route]) for route in self.routes]),
            tuple([place and place.turned for place in self.labels]),
            self.extent.turned,
            self.crossings,
        )


def layered_layout(tiles: Sequence[Tile], wires: Sequence[Wire], spacing: Spacing | None = None) -> Placement:
    """Places for boxes and edges. Raises ValueError where an edge does not lead to a later layer.

    >>> found = layered_layout([Tile(20, 10), Tile(20, 10)], [Wire(0, 1)])
    >>> found.centres
    (Point(x=10.0, y=5.0), Point(x=94.0, y=5.0))
    """
    if not tiles:
        return Placement((), (), (), Rectangle(0.0, 0.0, 0.0, 0.0), 0)
    room = spacing or Spacing()
    if not room.downward:
        return _Drawing(tiles, wires, room).placement()
    upright = [tile._replace(width=tile.height, height=tile.width) for tile in tiles]
    found = _Drawing(
        upright, [wire._replace(label=wire.label and wire.label[::-1]) for wire in wires], room
    ).placement()
    return found.turned


def layer_numbers(tiles: Sequence[Tile], wires: Sequence[Wire]) -> list[int]:
    """The layer of each box: the one given, or else the longest path to it, but as far on as shortens its edges."""
    before, behind = _ends(tiles, wires)
    order = _in_turn(before, behind)
    layers: dict[int, int] = {}
    for node in order:
        after = max([layers[other] + 1 for other in before[node]], default=0)
        given = tiles[node].layer
        layers[node] = after if given is None else given
        if layers[node] < after:
            raise ValueError(f"box {node} stands in layer {given}, before what leads to it")
    for node in reversed(order):
        if tiles[node].layer is None and len(behind[node]) > len(before[node]):
            layers[node] = min(layers[other] for other in behind[node]) - 1
    return [layers[node] for node in range(len(tiles))]


def passed_columns(tiles: Sequence[Tile], wires: Sequence[Wire]) -> int:
    """How many columns edges pass on their way, each for itself: so many places are kept free for them.

    >>> passed_columns([Tile(20, 10)] * 4, [Wire(0, 1), Wire(1, 2), Wire(2, 3), Wire(0, 3)])
    2
    """
    layers = layer_numbers(tiles, wires)
    used = {layer: number for number, layer in enumerate(sorted(set(layers)))}
    return sum(used[layers[wire.target]] - used[layers[wire.source]] - 1 for wire in wires)


def _ends(tiles: Sequence[Tile], wires: Sequence[Wire]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    before: dict[int, list[int]] = {node: [] for node in range(len(tiles))}
    behind: dict[int, list[int]] = {node: [] for node in before}
    for wire in wires:
        before[wire.target].append(wire.source)
        behind[wire.source].append(wire.target)
    return before, behind


def _in_turn(before: Mapping[int, Sequence[int]], behind: Mapping[int, Sequence[int]]) -> list[int]:
    """The boxes, each behind all that lead to it."""
    waiting = {node: len(sources) for node, sources in before.items()}
    found = [node for node, count in waiting.items() if not count]
    for node in found:
        for target in behind[node]:
            waiting[target] -= 1
            if not waiting[target]:
                found.append(target)
    if len(found) < len(waiting):
        raise ValueError("the edges form a cycle")
    return found


class _Drawing:
    """One graph while it is placed: its boxes and, numbered behind them, the lanes of its long edges."""

    def __init__(self, tiles: Sequence[Tile], wires: Sequence[Wire], spacing: Spacing) -> None:
        self.tiles, self.wires, self.spacing = list(tiles), wires, spacing
        self.count = len(tiles)
        layers = layer_numbers(tiles, wires)
        used = {layer: number for number, layer in enumerate(sorted(set(layers)))}
        self.layer = [used[layer] for layer in layers]
        self.chains = [self._chain(wire) for wire in wires]
        self.arcs: list[Arc] = [arc for chain in self.chains for arc in pairwise(chain)]
        members: Order = [[] for _ in used]
        for node, layer in enumerate(self.layer):
            members[layer].append(node)
        self.layers = with_few_crossings(members, self.arcs)

    def _chain(self, wire: Wire) -> list[int]:
        """An edge's two ends, and a lane in every layer between them."""
        first, last = self.layer[wire.source], self.layer[wire.target]
        lanes = range(len(self.tiles), len(self.tiles) + last - first - 1)
        self.tiles += [Tile(0.0, self.spacing.lane) for _ in lanes]
        self.layer += range(first + 1, last)
        return [wire.source, *lanes, wire.target]

    def placement(self) -> Placement:
        """Heights first, then the columns, as wide apart as the labels between them need."""
        self.y = self._heights()
        self.ports = self._ports()
        gaps = self._gaps()
        while True:
            self._set_columns(gaps)
            routes = [self._route(number) for number in range(len(self.wires))]
            labels, full = labels_in(self._channels(routes), self.spacing.label, self.spacing.at, self.spacing.ends)
            if not full:
                break
            gaps = [gap * WIDER if number in full else gap for number, gap in enumerate(gaps)]
        centres = tuple([self._centre(node) for node in range(self.count)])
        curves = tuple([tuple([curve for _, curve in route]) for route in routes])
        places = [labels.get(number) for number in range(len(self.wires))]
        return Placement(centres, curves, tuple(places), self._extent(places), crossings(self.layers, self.arcs))

    def _extent(self, places: Sequence[Point | None]) -> Rectangle:
        """What holds the boxes, the lanes and the labels."""
        boxes = [Rectangle.around(self._centre(node), *tile[:2]) for node, tile in enumerate(self.tiles)]
        sizes = zip(places, self.wires, strict=True)
        boxes += [Rectangle.around(place, *wire.label) for place, wire in sizes if place and wire.label]
        left, top, right, bottom = zip(*boxes, strict=True)
        return Rectangle(min(left), min(top), max(right), max(bottom))

    # heights

    def _heights(self) -> list[float]:
        """How high each box stands, the least 0: near its neighbours, and apart from those of its layer."""
        joined = Joined.by(self.arcs, range(len(self.tiles)))
        self.weights = self._weights()
        self.shift: dict[Arc, float] = {}
        self.y = [0.0] * len(self.tiles)
        for layer in self.layers:
            self._stack(layer, dict.fromkeys(layer, (0.0, 1.0)))
        turns = min(SETTLING, max(FEWEST_TURNS, SETTLED // (len(self.arcs) + 1)))
        for turn in range(turns):
            sides = ((joined.before,), (joined.behind,))[turn % 2] if turn < turns // 2 else joined
            self.shift = self._shifts() if turn >= turns // 2 else {}
            for layer in self.layers[:: -1 if turn % 2 else 1]:
                self._stack(layer, {node: self._wish(node, sides) for node in layer})
        least = min(height - tile.height / 2 for height, tile in zip(self.y, self.tiles, strict=True))
        return [round(height - least, 2) for height in self.y]

    def _shifts(self) -> dict[Arc, float]:
        """How much lower each edge leaves its box than it comes to the next one, if their middles are level."""
        ports = self._ports()
        found = {}
        for number, chain in enumerate(self.chains):
            for place, arc in enumerate(pairwise(chain)):
                leaves = ports[number, 0] if place == 0 else 0.0
                found[arc] = leaves - (ports[number, -1] if place == len(chain) - 2 else 0.0)
        return found

    def _weights(self) -> dict[Arc, float]:
        """How much it counts that each edge is level between two layers."""
        found = {}
        for wire, chain in zip(self.wires, self.chains, strict=True):
            for arc in pairwise(chain):
                found[arc] = wire.weight * WEIGHTS[sum(end >= self.count for end in arc)]
        return found

    def _wish(self, node: int, sides: Iterable[Mapping[int, Sequence[int]]]) -> tuple[float, float]:
        """Where a box would stand best, and how much that counts."""
        total = mass = 0.0
        for other in (other for side in sides for other in side[node]):
            ahead = (other, node) in self.weights
            weight = self.weights[(other, node) if ahead else (node, other)]
            shift = self.shift.get((other, node), 0.0) if ahead else -self.shift.get((node, other), 0.0)
            total += weight * (self.y[other] + shift)
            mass += weight
        return (total / mass, mass) if mass else (self.y[node], 0.1)

    def _stack(self, layer: Sequence[int], wishes: Mapping[int, tuple[float, float]]) -> None:
        """Heights of one layer with the least squares from what is wished: isotonic regression, by pooling."""
        offsets = [0.0]
        for node, other in pairwise(layer):
            offsets.append(offsets[-1] + self._apart(node, other))
        pools: list[tuple[float, float, int]] = []
        for node, offset in zip(layer, offsets, strict=True):
            wish, weight = wishes[node]
            pool = (wish - offset, weight, 1)
            while pools and pools[-1][0] >= pool[0]:
                mean, mass, count = pools.pop()
                total = mass + pool[1]
                pool = ((mean * mass + pool[0] * pool[1]) / total, total, count + pool[2])
            pools.append(pool)
        shifts = [mean for mean, _, count in pools for _ in range(count)]
        for node, offset, shift in zip(layer, offsets, shifts, strict=True):
            self.y[node] = shift + offset

    def _apart(self, node: int, other: int) -> float:
        """How far apart the centres of two neighbours in a layer are at least."""
        lanes = (node >= self.count) + (other >= self.count)
        gap = (self.spacing.across, self.spacing.across / 2, 0.0)[lanes]
        return (self.tiles[node].height + self.tiles[other].height) / 2 + gap

    # columns

    def _gaps(self) -> list[float]:
        """How far apart the columns are before the labels ask for more."""
        gaps = [self.spacing.along] * (len(self.layers) - 1)
        for source, target in self.arcs:
            rise = abs(self.y[target] - self.y[source]) / self.spacing.slope
            gaps[self.layer[source]] = max(gaps[self.layer[source]], rise)
        for wire in self.wires:
            if wire.label:
                first = self.layer[wire.source]
                gaps[first] = max(gaps[first], wire.label[0] + self.spacing.along)
        return gaps

    def _set_columns(self, gaps: Sequence[float]) -> None:
        """Where each column begins and ends."""
        self.sides: list[tuple[float, float]] = []
        left = 0.0
        for layer, gap in zip(self.layers, [*gaps, 0.0], strict=True):
            right = left + max(self.tiles[node].width for node in layer)
            self.sides.append((round(left, 2), round(right, 2)))
            left = right + gap

    def _centre(self, node: int) -> Point:
        left, right = self.sides[self.layer[node]]
        return Point((left + right) / 2, self.y[node])

    # edges

    def _ports(self) -> dict[tuple[int, int], float]:
        """How far below the middle of its boxes' sides each edge begins (0) and ends (-1), in the order of where to."""
        found: dict[tuple[int, int], float] = {}
        for end, beside in ((0, 1), (-1, -2)):
            by_tile: dict[int, list[int]] = {}
            for number, chain in enumerate(self.chains):
                by_tile.setdefault(chain[end], []).append(number)
            for node, numbers in by_tile.items():
                if self.tiles[node].radius:
                    found |= {(number, end): 0.0 for number in numbers}
                    continue
                in_turn = sorted(numbers, key=lambda number: self.y[self.chains[number][beside]])
                step = min(self.spacing.port, 0.8 * self.tiles[node].height / len(numbers))
                middle = (len(numbers) - 1) / 2
                found |= {(number, end): (place - middle) * step for place, number in enumerate(in_turn)}
        return found

    def _route(self, number: int) -> list[tuple[int, Curve]]:
        """An edge as curves, each behind the number of the layer that it leaves; a level one in it has -1."""
        chain, tiles = self.chains[number], self.tiles
        if len(chain) == 2 and tiles[chain[0]].radius and tiles[chain[1]].radius:
            return [(self.layer[chain[0]], self._straight(*chain))]
        points = [self._side(number, chain, 0), *self._passed(chain, number), self._side(number, chain, -1)]
        found = []
        for place, (start, end) in enumerate(pairwise(points)):
            bend = 0.0 if start.y == end.y else round((end.x - start.x) / 2, 2)
            found.append((self.layer[chain[place // 2]] if place % 2 else -1, Curve(start, end, bend)))
        return [(layer, curve) for layer, curve in found if curve.start != curve.end]

    def _straight(self, source: int, target: int) -> Curve:
        """A line from one circle to another, as if from centre to centre."""
        start, end = self._centre(source), self._centre(target)
        across, down = end.x - start.x, end.y - start.y
        length = hypot(across, down)
        near, far = self.tiles[source].radius / length, self.tiles[target].radius / length
        return Curve(
            Point(round(start.x + across * near, 2), round(start.y + down * near, 2)),
            Point(round(end.x - across * far, 2), round(end.y - down * far, 2)),
        )

    def _side(self, number: int, chain: Sequence[int], end: int) -> Point:
        """Where an edge begins at its source, or ends at its target."""
        node, sign = chain[end], -1 if end else 1
        tile, centre = self.tiles[node], self._centre(node)
        if tile.radius:
            return Point(round(centre.x + sign * tile.radius, 2), centre.y)
        return Point(round(centre.x + sign * tile.width / 2, 2), round(centre.y + self.ports[number, end], 2))

    def _passed(self, chain: Sequence[int], number: int) -> Iterator[Point]:
        """The points at which an edge leaves its first column, passes others, and comes to its last."""
        yield Point(self.sides[self.layer[chain[0]]][1], self._side(number, chain, 0).y)
        for lane in chain[1:-1]:
            left, right = self.sides[self.layer[lane]]
            yield from (Point(left, self.y[lane]), Point(right, self.y[lane]))
        yield Point(self.sides[self.layer[chain[-1]]][0], self._side(number, chain, -1).y)

    def _channels(self, routes: Sequence[Sequence[tuple[int, Curve]]]) -> list[Channel]:
        """What passes between each two columns; a label stands where its edge begins."""
        pieces: list[list[Passing]] = [[] for _ in self.sides[1:]]
        for number, route in enumerate(routes):
            wire = self.wires[number]
            for layer, curve in route:
                if layer >= 0:
                    size = wire.label if layer == self.layer[wire.source] else None
                    pieces[layer].append(Passing(number, curve, size))
        sides = pairwise(self.sides)
        return [Channel(left[1], right[0], tuple(own)) for (left, right), own in zip(sides, pieces, strict=True)]
