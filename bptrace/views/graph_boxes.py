"""A graph in boxes and lines of characters: where they stand, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple

from bptrace.graph.channels import Net, clashes, in_tracks
from bptrace.graph.crossings import with_few_crossings
from bptrace.graph.graph import BIAS, CUT, LOSS, UNIT, UNIT_NODES, Edge, Graph, Node
from bptrace.graph.labels import edge_labels, lines_at
from bptrace.typeset.cells import width
from bptrace.typeset.glyphs import Glyphs
from bptrace.views.graph_canvas import Canvas, Pen
from bptrace.views.sentences import MathSentences

OUTLINES = {UNIT: "round", BIAS: "round", LOSS: "double"}
NO_OUTLINE = (CUT,)
PADDING = 2
"""How much wider a box is between its outlines than its lines."""


@dataclass(eq=False)
class BoxCell:
    """What stands in a column: a node with its lines, or a place where an edge passes, which has none.

    `entries`: what comes in from before, in order; `returns`: from behind. `top`: where it begins in its column.
    """

    key: str
    node: Node | None = None
    lines: list[str] = field(default_factory=list)
    entries: list[Hop] = field(default_factory=list)
    returns: list[Hop] = field(default_factory=list)
    top: int = 0


class Hop(NamedTuple):
    """An edge from a column to the next, or the part of a longer one: the lines of its label stand at its end.

    `back`: from the later column to the earlier.
    """

    edge: Edge
    start: BoxCell
    end: BoxCell
    labels: tuple[str, ...] = ()
    back: bool = False


class Boxes:
    """A graph drawn in characters, columns from left to right where it is `level`, else from the top down.

    `apart`: lines leave and come in at different rows, so that none runs into another.
    """

    def __init__(self, graph: Graph, text: MathSentences[Glyphs], level: bool, apart: bool = False) -> None:
        self.graph = graph
        self.text = text
        self.level = level
        self.apart = apart
        self.cells = {
            node.id: BoxCell(node.id, node, [text.write(line) for line in lines_at(node)]) for node in graph.nodes
        }
        self.columns: list[list[BoxCell]] = [[] for _ in graph.columns]
        for node in graph.nodes:
            self.columns[node.column].append(self.cells[node.id])
        self.channels: list[list[Hop]] = [[] for _ in graph.columns]
        for edge in graph.edges:
            self._lead(edge)
        if graph.nodes_are != UNIT_NODES:
            self._order()
        self._join()
        self._place()

    # cells and hops

    def _lead(self, edge: Edge) -> None:
        """An edge from column to column, by a place in each that it passes; edges of one source share those."""
        start, end = self.cells[edge.source], self.cells[edge.target]
        first, last = self.graph_column(edge.source), self.graph_column(edge.target)
        labels = tuple(self.text.write(label.text) for label in edge_labels(edge))
        back = first > last
        step = -1 if back else 1
        for column in range(first + step, last, step):
            key = f"{edge.source} {column}"
            if key not in self.cells:
                self.cells[key] = BoxCell(key)
                self.columns[column].append(self.cells[key])
            self.channels[column - (not back)].append(Hop(edge, start, self.cells[key], back=back))
            start = self.cells[key]
        self.channels[last - (not back)].append(Hop(edge, start, end, labels, back))

    @cached_property
    def _column_of(self) -> dict[str, int]:
        return {node.id: node.column for node in self.graph.nodes}

    def graph_column(self, node: str) -> int:
        """The column of a node."""
        return self._column_of[node]

    def _order(self) -> None:
        """Put the cells of each column in an order in which few edges cross."""
        every = list(chain(*self.columns))
        number = {cell.key: place for place, cell in enumerate(every)}
        arcs = list({(number[hop.start.key], number[hop.end.key]): None for hop in chain(*self.channels)})
        layers = with_few_crossings([[number[cell.key] for cell in column] for column in self.columns], arcs)
        self.columns = [[every[place] for place in layer] for layer in layers]

    def _join(self) -> None:
        """Give each cell what comes into it, in the order of where it comes from; what passes together comes once."""
        for column, hops in zip(self.columns, self.channels, strict=True):
            place = {cell.key: number for number, cell in enumerate(column)}
            for hop in sorted(hops, key=lambda hop: place.get(hop.start.key, 0)):
                joined = hop.end.returns if hop.back else hop.end.entries
                if hop.end.node or not joined:
                    joined.append(hop)

    # where they stand across

    def _room(self, hop: Hop) -> int:
        """How much of a column an edge takes where it comes in, with its label."""
        beside = max((width(label) + 3 for label in hop.labels), default=2)
        room = max(len(hop.labels), 1) if self.level else beside
        return room + room % 2 if self.apart else room

    def _inner(self, cell: BoxCell) -> int:
        """The size across of what is between the outlines."""
        lines = len(cell.lines) if self.level else max(map(width, cell.lines), default=0) + PADDING
        joined = max(sum(map(self._room, cell.entries)), 2 * len(cell.returns) - 1)
        return max(lines, joined + (self.apart and joined > 0))

    def _size(self, cell: BoxCell) -> int:
        return self._inner(cell) + 2 if cell.node else 1 + self.apart

    def _entry(self, cell: BoxCell, number: int) -> int:
        """Where an edge comes in."""
        if not cell.node:
            return cell.top
        rooms = [self._room(hop) for hop in cell.entries]
        start = (self._inner(cell) - sum(rooms) + (not self.level)) // 2
        return cell.top + 1 + (start | 1 if self.apart else start) + sum(rooms[:number])

    def _return(self, cell: BoxCell, number: int) -> int:
        if not cell.node:
            return cell.top
        start = (self._inner(cell) - 2 * len(cell.returns) + 1) // 2
        return cell.top + 1 + (start | 1 if self.apart else start) + 2 * number

    def _exit(self, cell: BoxCell) -> int:
        """Where edges leave."""
        if not cell.node:
            return cell.top + self.apart
        middle = (self._inner(cell) - 1) // 2
        return cell.top + 1 + (middle - middle % 2 if self.apart else middle)

    def _place(self) -> None:
        """Put each cell as near to what it is joined to as those before it in its column let it be."""
        for number, column in enumerate(self.columns):
            before = self.channels[number - 1] if number else []
            wishes = [self._wish(cell, before) for cell in column]
            below = 0 if not number else min((wish for wish in wishes if wish is not None), default=0)
            for cell, wish in zip(column, wishes, strict=True):
                cell.top = self._odd(max(below, below if wish is None else wish))
                below = cell.top + self._size(cell) + (0 if self.level else 2)
            late = [cell.top - wish for cell, wish in zip(column, wishes, strict=True) if wish is not None]
            shift = sum(late) // len(late) if late else 0
            for cell in column:
                cell.top -= shift - shift % 2 if self.apart else shift
        least = min(cell.top for column in self.columns for cell in column)
        for cell in chain(*self.columns):
            cell.top -= least - least % 2 if self.apart else least

    def _odd(self, top: int) -> int:
        return top + (top + 1) % 2 if self.apart else top

    def _wish(self, cell: BoxCell, before: Sequence[Hop]) -> int | None:
        """Where a cell would have to begin for its edges to be straight in the mean; None where it has none."""
        cell.top = 0
        leads = [self._exit(hop.start) - self._entry(cell, number) for number, hop in enumerate(cell.entries)]
        leads += [self._arrival(hop) - self._exit(cell) for hop in before if hop.start is cell and hop.back]
        return round(sum(leads) / len(leads)) if leads else None

    # how they are drawn

    def _along(self, cell: BoxCell) -> int:
        """The size of a box along the columns."""
        if not cell.node:
            return 1
        return (max(map(width, cell.lines)) + PADDING if self.level else len(cell.lines)) + 2

    def _nets(self, hops: Sequence[Hop]) -> list[Net]:
        """The lines of a channel, those of one source joined."""
        found: dict[tuple[str, bool], set[int]] = {}
        exits: dict[tuple[str, bool], int] = {}
        for hop in hops:
            found.setdefault((hop.start.key, hop.back), set()).add(self._arrival(hop))
            exits[hop.start.key, hop.back] = self._exit(hop.start)
        return [
            Net(key, tuple(ends), (exits[key, back],)) if back else Net(key, (exits[key, back],), tuple(ends))
            for (key, back), ends in found.items()
        ]

    def _arrival(self, hop: Hop) -> int:
        """Where a hop ends across."""
        if hop.back:
            return self._return(hop.end, hop.end.returns.index(hop) if hop.end.node else 0)
        return self._entry(hop.end, hop.end.entries.index(hop) if hop.end.node else 0)

    @cached_property
    def tracks(self) -> list[list[Net]]:
        """The lines of each channel in their tracks."""
        return [in_tracks(net for net in self._nets(hops) if not net.is_straight) for hops in self.channels]

    @property
    def runs_into_another(self) -> bool:
        """Whether a line does."""
        left = {hop.start.key for hop in chain(*self.channels) if not hop.back}
        returned = [hop for hop in chain(*self.channels) if hop.back and hop.end.node and hop.end.key in left]
        met = any(self._arrival(hop) == self._exit(hop.end) for hop in returned)
        return met or any(clashes(nets)[0] for nets in self.tracks)

    def _told(self, hops: Sequence[Hop]) -> int:
        """How much room labels take along a channel."""
        labels = [hop.labels for hop in hops if hop.labels]
        if self.level:
            return max((width(label) + 3 for each in labels for label in each), default=0)
        return max(map(len, labels), default=0)

    def drawn(self) -> Canvas:
        """The picture."""
        canvas, start = Canvas(self.level), 0
        placed: list[tuple[Hop, tuple[int, int, int, int]]] = []
        for column, hops, nets in zip(self.columns, self.channels, self.tracks, strict=True):
            behind = start + max(map(self._along, column), default=1)
            for cell in column:
                self._draw_cell(canvas, cell, start, behind - 1)
            step = 2 if self.level else 1
            first = behind + 1 + any(hop.back for hop in hops)
            told = first + step * len(nets)
            places = {net.key: first + step * number for number, net in enumerate(nets)}
            start = told + self._told(hops) + 1
            placed += [(hop, (behind - 1, places.get(hop.start.key, behind), told, start)) for hop in hops]
        for hop, along in placed:  # once all boxes are there that they branch off
            self._draw_hop(canvas, hop, along)
        return canvas

    def _draw_cell(self, canvas: Canvas, cell: BoxCell, first: int, last: int) -> None:
        node = cell.node
        if not node:
            middle, pen = (first + last) // 2, self._pen(cell)
            left, right = self._entry(cell, 0), self._exit(cell)
            if cell.returns:
                left, right = right, left
            for start, end in pairwise(((first, left), (middle, left), (middle, right), (last, right))):
                canvas.line(_net(cell), start, end, pen)
            return
        inner = self._inner(cell)
        if node.kind not in NO_OUTLINE:
            pen = Pen(node.on_path, node.greyed, OUTLINES.get(node.kind, ""))
            canvas.box(cell.key, (first, cell.top), (last, cell.top + inner + 1), pen)
        rows, room = (inner, last - first - 1) if self.level else (last - first - 1, inner)
        for number, line in enumerate(cell.lines, (rows - len(cell.lines)) // 2):
            beside = (room - width(line)) // 2
            ahead, across = (beside, number) if self.level else (number, beside)
            canvas.text((first + 1 + ahead, cell.top + 1 + across), line)

    def _pen(self, cell: BoxCell) -> Pen:
        """How a line is drawn where several edges pass together: heavy if one is, dashed if all are."""
        edges = [hop.edge for hops in self.channels for hop in hops if hop.end is cell]
        return Pen(any(edge.on_path for edge in edges), all(edge.greyed for edge in edges))

    def _draw_hop(self, canvas: Canvas, hop: Hop, places: tuple[int, int, int, int]) -> None:
        """A hop from border to border, with an arrow at a node."""
        border, track, told, behind = places
        leaves, comes = self._exit(hop.start), self._arrival(hop)
        pen = Pen(hop.edge.on_path, hop.edge.greyed)
        start, end = (behind, border) if hop.back else (border, behind)
        turns = ((start, leaves), (track, leaves), (track, comes), (end, comes))
        for one, other in pairwise(turns):
            canvas.line(_net(hop.start), one, other, pen)
        if hop.start.node:
            canvas.branch(hop.start.key, (start, leaves), ahead=not hop.back, pen=pen)
        if hop.end.node:
            canvas.arrow((end + 1 if hop.back else end - 1, comes), ahead=not hop.back)
        for number, label in enumerate(hop.labels):
            at = (told + 1, comes + number) if self.level else (told + number, comes + 2)
            canvas.text(at, f" {label} " if self.level and not number else f" {label}" if self.level else label)


def _net(cell: BoxCell) -> str:
    """By what the lines from a cell are joined: its source's name, however often they have passed a column."""
    return f"from {cell.key.split(' ')[0]}"
