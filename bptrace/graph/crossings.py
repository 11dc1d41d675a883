"""In which order the nodes of each layer stand, so that few edges cross.

Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (1981): each layer in
turn is sorted by the mean place of what its nodes are joined to (the barycenter), to and fro; then neighbours change
places where that saves a crossing, as in Gansner et al., "A technique for drawing directed graphs" (1993).
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

SWEEPS, PATIENCE, ROUNDS = 24, 4, 8
"""The most sweeps; how many in turn may save nothing; the most rounds in which neighbours change places."""

Order: TypeAlias = "list[list[int]]"
Arc: TypeAlias = "tuple[int, int]"


class Joined(NamedTuple):
    """What each node is joined to in the layer before its own, and in the one behind it."""

    before: Mapping[int, Sequence[int]]
    behind: Mapping[int, Sequence[int]]

    @classmethod
    def by(cls, arcs: Iterable[Arc], nodes: Iterable[int]) -> Joined:
        """By the edges, each from one layer to the next."""
        before: dict[int, list[int]] = {node: [] for node in nodes}
        behind: dict[int, list[int]] = {node: [] for node in before}
        for source, target in arcs:
            behind[source].append(target)
            before[target].append(source)
        return cls(before, behind)


def crossings(layers: Sequence[Sequence[int]], arcs: Iterable[Arc]) -> int:
    """How many pairs of edges cross, each edge from one layer to the next.

    >>> crossings([[0, 1], [2, 3]], [(0, 3), (1, 2)])
    1
    """
    layer, place = _layers(layers), _places(layers)
    between: dict[int, list[tuple[int, int]]] = {}
    for source, target in arcs:
        between.setdefault(layer[source], []).append((place[source], place[target]))
    return sum(_inversions(sorted(pairs)) for pairs in between.values())


def with_few_crossings(layers: Order, arcs: Sequence[Arc]) -> Order:
    """The layers with the nodes of each in an order with few crossings; as they are where none is saved."""
    joined = Joined.by(arcs, [node for layer in layers for node in layer])
    current, best, fewest, idle = layers, layers, crossings(layers, arcs), 0
    for sweep in range(SWEEPS):
        if not fewest or idle == PATIENCE:
            break
        current = _exchanged(_swept(current, joined, back=bool(sweep % 2)), joined)
        count, idle = crossings(current, arcs), idle + 1
        if count < fewest:
            best, fewest, idle = current, count, 0
    return best


def _layers(layers: Sequence[Sequence[int]]) -> dict[int, int]:
    return {node: number for number, layer in enumerate(layers) for node in layer}


def _places(layers: Iterable[Sequence[int]]) -> dict[int, int]:
    return {node: place for layer in layers for place, node in enumerate(layer)}


def _inversions(pairs: Iterable[tuple[int, int]]) -> int:
    """How many pairs come with their second parts the other way round than their first."""
    seen: list[int] = []
    found = 0
    for _, target in pairs:
        found += len(seen) - bisect_right(seen, target)
        insort(seen, target)
    return found


def _swept(layers: Order, joined: Joined, back: bool) -> Order:
    """Each layer in turn sorted by the one before it; with `back`, by the one behind it, from the last on."""
    found: Order = []
    for layer in reversed(layers) if back else layers:
        found.append(_by_mean(layer, _places(found[-1:]), joined.behind if back else joined.before))
    return found[::-1] if back else found


def _by_mean(layer: Sequence[int], place: Mapping[int, int], neighbours: Mapping[int, Sequence[int]]) -> list[int]:
    """The layer by the mean place of each node's neighbours; one that has none stays where it is."""
    moved = [node for node in layer if any(other in place for other in neighbours[node])]
    means = {node: sum(place[other] for other in neighbours[node]) / len(neighbours[node]) for node in moved}
    in_turn = iter(sorted(moved, key=lambda node: means[node]))
    return [next(in_turn) if node in means else node for node in layer]


def _exchanged(layers: Order, joined: Joined) -> Order:
    """Neighbours in other places, as long as that saves crossings."""
    layers = [list(layer) for layer in layers]
    place = _places(layers)
    for _ in range(ROUNDS):
        saved = False
        for layer in layers:
            for at in range(len(layer) - 1):
                if _saves(layer[at], layer[at + 1], joined, place):
                    layer[at], layer[at + 1] = layer[at + 1], layer[at]
                    place[layer[at]], place[layer[at + 1]] = at, at + 1
                    saved = True
        if not saved:
            break
    return layers


def _saves(first: int, second: int, joined: Joined, place: Mapping[int, int]) -> bool:
    """Whether fewer edges of two neighbours cross each other when they change places."""
    change = 0
    for neighbours in joined:
        ones, others = ([place[other] for other in neighbours[node]] for node in (first, second))
        change += _later(ones, others) - _later(others, ones)
    return change > 0


def _later(ones: Iterable[int], others: Iterable[int]) -> int:
    """How many pairs have the one behind the other."""
    others = sorted(others)
    return sum(bisect_right(others, one - 1) for one in ones)
