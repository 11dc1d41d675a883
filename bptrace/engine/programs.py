"""The programs of networks that differ in numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bptrace.engine.budget import Spending
from bptrace.engine.model import Definition
from bptrace.engine.program import Program
from bptrace.errors import SizeError
from bptrace.numbers.bounds import Bound
from bptrace.ops.evaluate import Growth, growth
from bptrace.ops.expr import Call
from bptrace.ops.table import OPS, all_nodes


class Scope(NamedTuple):
    """What a trace is asked for: the sections whose gradients are worked out, and whether the update is too."""

    sections: frozenset[str]
    update: bool


class Programs:
    """What networks share that differ in numbers alone: programs, and bounds that are known to fit.

    `checked`: the scopes whose programs are known not to take too many operations.
    """

    def __init__(self) -> None:
        self.scopes: dict[tuple[bool, bool], Scope] = {}
        self.made: dict[Scope, Program] = {}
        self.checked: set[Scope] = set()
        self.rooms: dict[Scope, Mapping[str, Bound]] = {}
        self._unspecified: list[Definition] | None = None

    def first_unspecified(self, definitions: Sequence[Definition]) -> Definition | None:
        """The first of the definitions that calls an unspecified function."""
        if self._unspecified is None:
            self._unspecified = list(filter(is_unspecified, definitions))
        return next(iter(self._unspecified), None)

    def has_room(self, scope: Scope, known: Mapping[str, Bound], times: int) -> bool:
        """Whether so many workings stay within the limits where the givens have such bounds.

        What is found to fit is kept; with some room, once it did not do for a second time.
        """
        room = self.rooms.get(scope)
        if room and all(bound.within(room[key]) for key, bound in known.items()):
            return True
        more = [{key: bound.doubled() for key, bound in known.items()}] if room else []
        for bounds in (*more, known):
            if _all_fit(self.made[scope], bounds, times):
                self.rooms[scope] = bounds
                return True
        return False


def _all_fit(program: Program, known: Mapping[str, Bound], times: int) -> bool:
    """Whether so many workings stay within the limits, where the givens have such bounds."""
    found, spending, met = dict(known), Spending(program, times), dict[int, Growth]()
    try:
        for definition in program.definitions:
            grown = growth(definition.expr, found, met)
            found[definition.key] = grown.bound
            spending.add(definition, grown)
    except SizeError:
        return False
    return True


def is_unspecified(definition: Definition) -> bool:
    """Whether a definition calls a function that is left open."""
    return any(isinstance(node, Call) and OPS[node.op].unspecified for node in all_nodes(definition.expr))
