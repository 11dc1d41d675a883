"""Where labels stand on the edges of a layered drawing, so that none overlaps another: each on its own edge's curve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from math import ceil
from typing import NamedTuple

PIECES = 12
"""Of how many straight pieces a curve is taken to consist where it is asked what it touches."""
STEP = 8.0
FEWEST_PLACES, TRIED = 16, 40
"""How far apart the places on an edge are; how many there are at least; in how many that are free a label is tried."""
COMPARED = 200_000
"""With so many edges in a channel, times themselves, a label is tried in one place; in more, the fewer edges pass."""


class Point(NamedTuple):
    """A place in a drawing; y grows downward."""

    x: float
    y: float

    @property
    def turned(self) -> Point:
        """The point with x and y in each other's place."""
        return Point(self.y, self.x)


class Rectangle(NamedTuple):
    """An upright rectangle by its sides."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, centre: Point, width: float, height: float) -> Rectangle:
        """The rectangle of a size with its middle in a point."""
        return cls(centre.x - width / 2, centre.y - height / 2, centre.x + width / 2, centre.y + height / 2)

    @property
    def turned(self) -> Rectangle:
        """The rectangle with x and y in each other's place."""
        return Rectangle(self.top, self.left, self.bottom, self.right)

    def grown(self, margin: float) -> Rectangle:
        """The rectangle with a margin around it."""
        return Rectangle(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def overlaps(self, other: Rectangle) -> bool:
        """Whether two rectangles share more than a side."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def meets(self, start: Point, end: Point) -> bool:
        """Whether a straight line passes through it: Liang and Barsky's clipping (1984)."""
        first, last = 0.0, 1.0
        for come, go, low, high in (
            (start.x, end.x, self.left, self.right),
            (start.y, end.y, self.top, self.bottom),
        ):
            if come == go:
                if not low < come < high:
                    return False
                continue
            enter, leave = sorted(((low - come) / (go - come), (high - come) / (go - come)))
            first, last = max(first, enter), min(last, leave)
        return first < last


class Curve(NamedTuple):
    """A cubic Bézier curve that leaves and arrives level, or `downward` upright; a straight line where `bend` is 0.

    `bend`: how long the handles at its ends are.
    """

    start: Point
    end: Point
    bend: float = 0.0
    downward: bool = False

    @property
    def handles(self) -> tuple[Point, Point]:
        """The two points in the middle of the four that make the curve."""
        across, down = (0.0, self.bend) if self.downward else (self.bend, 0.0)
        return Point(self.start.x + across, self.start.y + down), Point(self.end.x - across, self.end.y - down)

    @property
    def turned(self) -> Curve:
        """The curve with x and y in each other's place."""
        return Curve(self.start.turned, self.end.turned, self.bend, not self.downward)

    @property
    def reversed(self) -> Curve:
        """The curve from its end to its start."""
        return Curve(self.end, self.start, -self.bend, self.downward)

    @property
    def hull(self) -> Rectangle:
        """A rectangle that the curve does not leave: the one around its ends and its handles."""
        across, down = zip(self.start, self.end, *self.handles, strict=True)
        return Rectangle(min(across), min(down), max(across), max(down))

    def at(self, part: float) -> Point:
        """The point at a part of the way, from 0 to 1, by the curve's own parameter; of a line by its length."""
        if not self.bend:
            ends = zip(self.start, self.end, strict=True)
            return Point(*[come + (go - come) * part for come, go in ends])
        rest = 1 - part
        weights = rest**3, 3 * rest * rest * part, 3 * rest * part * part, part**3
        points = self.start, *self.handles, self.end
        return Point(*[sum(w * p[axis] for w, p in zip(weights, points, strict=True)) for axis in (0, 1)])

    def points(self) -> list[Point]:
        """Points along the curve, close enough to take it for straight between them."""
        pieces = PIECES if self.bend else 1
        return [self.at(piece / pieces) for piece in range(pieces + 1)]


class Passing(NamedTuple):
    """The piece of an edge between two columns, and the size of what is to stand at it."""

    wire: int
    curve: Curve
    size: tuple[float, float] | None


class Channel(NamedTuple):
    """The room between two columns, and what passes through it."""

    left: float
    right: float
    pieces: tuple[Passing, ...]


def labels_in(
    channels: Iterable[Channel], margin: float, at: float, ends: float = 0.0
) -> tuple[dict[int, Point], set[int]]:
    """The middle of each label by its edge's number; the numbers of the channels that are too narrow for theirs.

    A label stands on its edge, on as few others as it can, and then as near to the part `at` of its way as it can;
    nothing comes as near to a column as `ends`.
    """
    found: dict[int, Point] = {}
    full = set()
    for number, channel in enumerate(channels):
        within = channel._replace(left=channel.left + ends, right=channel.right - ends)
        in_place = _in_channel(within, margin, at)
        if in_place is None:
            full.add(number)
        else:
            found |= in_place
    return found, full


def _in_channel(channel: Channel, margin: float, at: float) -> dict[int, Point] | None:
    found: dict[int, Point] = {}
    taken: list[Rectangle] = []
    tried = min(max(COMPARED // len(channel.pieces) ** 2, 1), TRIED) if channel.pieces else TRIED
    for piece in channel.pieces:
        if not piece.size:
            continue
        others = [other.curve for other in channel.pieces if other.wire != piece.wire]
        free = islice(_free(piece, channel, taken, margin, at), tried)
        place = _best(free, others) if tried > 1 else next(free, None)
        if place is None:
            return None
        taken.append(place)
        found[piece.wire] = Point(round((place.left + place.right) / 2, 2), round((place.top + place.bottom) / 2, 2))
    return found


def _free(
    piece: Passing, channel: Channel, taken: Sequence[Rectangle], margin: float, at: float
) -> Iterator[Rectangle]:
    """Where a label can stand, the best place first."""
    width, height = piece.size or (0.0, 0.0)
    steps = max(FEWEST_PLACES, ceil((channel.right - channel.left) / STEP))
    tried = [at + sign * step / steps for step in range(steps + 1) for sign in (1, -1) if step or sign > 0]
    for part in (part for part in tried if 0 <= part <= 1):
        place = Rectangle.around(piece.curve.at(part), width, height)
        wide = place.grown(margin)
        inside = channel.left <= wide.left and wide.right <= channel.right
        if inside and not any(wide.overlaps(other) for other in taken):
            yield place


def _best(places: Iterable[Rectangle], curves: Sequence[Curve]) -> Rectangle | None:
    """The first place that the fewest curves pass through."""
    straight = [_line(curve) for curve in curves if not curve.bend]
    bent = [(curve, curve.hull) for curve in curves if curve.bend]
    best, fewest = None, len(curves) + 1
    for place in places:
        near = (pairwise(curve.points()) for curve, hull in bent if hull.overlaps(place))
        count = _crossing(place, straight) + sum(any(place.meets(*line) for line in lines) for lines in near)
        if count < fewest:
            best, fewest = place, count
        if not fewest:
            break
    return best


def _line(curve: Curve) -> tuple[float, float]:
    """A straight piece as its height where x is 0, and its slope."""
    slope = (curve.end.y - curve.start.y) / (curve.end.x - curve.start.x)
    return curve.start.y - slope * curve.start.x, slope


def _crossing(place: Rectangle, lines: Sequence[tuple[float, float]]) -> int:
    """How many lines, each of which passes through the whole channel, pass through a place in it."""
    left, top, right, bottom = place
    count = 0
    for offset, slope in lines:
        come, go = offset + slope * left, offset + slope * right
        count += (come > top or go > top) and (come < bottom or go < bottom)
    return count
