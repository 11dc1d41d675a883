"""Which tracks the lines between two columns run in, for drawings in characters.

Lines run level from one column to their track, along that, and level again to the other column: channel routing, as on
circuit boards (Hashimoto and Stevens, "Wire routing by optimizing channel assignment", 1971).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from typing import NamedTuple

ALL_TRIED = 5
"""Of so many lines every order is tried; of more, two change places while that is better."""


class Net(NamedTuple):
    """Lines that are joined: the rows at which they meet the column on the left, and the one on the right."""

    key: str
    left: tuple[int, ...]
    right: tuple[int, ...]

    @property
    def is_straight(self) -> bool:
        """Whether it needs no track."""
        return len({*self.left, *self.right}) == 1


def clashes(order: Iterable[Net]) -> tuple[int, int]:
    """How often lines of such an order would run into each other, and how often they cross.

    >>> clashes([Net("a", (0,), (4,)), Net("b", (4,), (0,))])
    (1, 2)
    >>> clashes([Net("a", (0,), (3,)), Net("b", (6,), (9,))])
    (0, 0)
    """
    on_another, crossed, order = 0, 0, list(order)
    for place, net in enumerate(order):
        for other in order[place + 1 :]:
            on_another += len({*other.left} & {*net.right})
            crossed += _between(other.left, net) + _between(net.right, other)
    return on_another, crossed


def _between(rows: Iterable[int], net: Net) -> int:
    """How many of the rows meet the upright part of a net."""
    every = net.left + net.right
    return sum(min(every) <= row <= max(every) for row in rows)


def in_tracks(nets: Iterable[Net]) -> list[Net]:
    """The nets in the order of their tracks from left to right, the best that is found."""
    found = list(nets)
    if len(found) <= ALL_TRIED:
        return list(min(permutations(found), key=clashes, default=()))
    better = True
    while better:
        better = False
        for place in range(len(found) - 1):
            one, other = found[place : place + 2]
            if clashes([other, one]) < clashes([one, other]):  # of all pairs only these two have another order
                found[place : place + 2] = [other, one]
                better = True
    return found
