"""The reverse chain unit by unit: a unit's slope, its gradient, and the gradients of its weights make one step.

A unit is an element of a quantity, or a column or row of a matrix whose other axis runs over samples. A weight is a
unit's where the equations read it in one place, and there along the axis of the units. What several units share, or
is read in two places, has gradients that no unit has alone: they make a step of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.plans import FORWARD, REVERSE, Block, Blocks, Plan, Unit, alone
from bptrace.engine.program import Program
from bptrace.engine.reverse import reverse_title, unit_axis
from bptrace.engine.sentence_parts import Named, Sentence, names_listed, sentence
from bptrace.numbers.arrays import size
from bptrace.ops.expr import Name, names, nodes


def unit_plans(program: Program, weights: Collection[str]) -> tuple[Plan, ...]:
    """The plans of a program, those of its reverse chain by unit where they have the gradients of several units.

    `weights`: the keys of its weights.
    """
    units = _Units(program, weights)
    return tuple(part for plan in program.plans for part in (units.split(plan) if plan.phase == REVERSE else [plan]))


class _Owned(NamedTuple):
    """A definition of the reverse chain by the quantity whose units it is of, and its axis that runs over them."""

    definition: Definition
    key: str
    axis: int | None


class _Units:
    """The units of a program."""

    def __init__(self, program: Program, weights: Collection[str]) -> None:
        self.program = program
        plans = [plan for plan in program.plans if plan.phase == FORWARD]
        self.forward = {item.key: item for plan in plans for item in plan.definitions}
        self.differentiated = {gradient: key for key, gradient in program.gradients.items()}
        self.subjects = {slope.quantity.key: slope.subject for slope in program.slopes}
        reads = [
            (node.key, item) for item in self.forward.values() for node in nodes(item.expr) if isinstance(node, Name)
        ]
        uses = Counter(key for key, _ in reads)
        self.users = {key: item for key, item in reads if key in weights and uses[key] == 1}
        """What reads each weight that is read in one place."""

    @cached_property
    def axes(self) -> dict[str, int | None]:
        """The axis that runs over the units of each quantity that has any, by key; None where it is one unit itself."""
        owners = {item.key: item for item in self.users.values()}
        found = ((key, self._axis(item)) for key, item in owners.items())
        return {key: axis for key, axis in found if axis is not None or _is_single(owners[key])}

    def _axis(self, item: Definition) -> int | None:
        if _is_single(item):
            return None
        own = [key for key in names(item.expr) if key in self.users]
        axes = dict.fromkeys((0, len(item.shape) - 1))
        return next((axis for axis in axes if any(unit_axis(item.expr, key, axis) is not None for key in own)), None)

    def split(self, plan: Plan) -> list[Plan]:
        """The steps of a plan's units, those of the rest before and after them; itself where it has not several."""
        owned = [own for own in map(self._owned, plan.definitions) if own]
        of_weights = [own for own in owned if self._weight(own.definition)]
        units = [(key, place) for key in dict.fromkeys(own.key for own in of_weights) for place in self._places(key)]
        if len(units) < 2:
            return [plan]
        with_units = {key for key, _ in units}
        taken = {own.definition.key for own in owned if own.key in with_units}
        rest = [item for item in plan.definitions if item.key not in taken]
        first = [item for item in rest if not self._weight(item)]
        last = [item for item in rest if self._weight(item)]
        steps = (self._step(*unit, [own for own in owned if own.key == unit[0]]) for unit in units)
        return [*self._others(first), *steps, *self._others(last)]

    def _weight(self, item: Definition) -> str:
        """The weight that a definition is the gradient of; nothing where it is none."""
        key = self.differentiated.get(item.key, "")
        return "" if key in self.forward else key

    def _owned(self, item: Definition) -> _Owned | None:
        if weight := self._weight(item):
            return self._owned_weight(item, weight)
        key = self.subjects.get(item.key) or self.differentiated.get(item.key, "")
        fits = key in self.axes and item.shape == self.forward[key].shape
        return _Owned(item, key, self.axes[key]) if fits else None

    def _owned_weight(self, item: Definition, weight: str) -> _Owned | None:
        user = self.users.get(weight)
        if user is None or user.key not in self.axes:
            return None
        along = self.axes[user.key]
        axis = None if along is None else unit_axis(user.expr, weight, along)
        return _Owned(item, user.key, axis) if along is None or axis is not None else None

    def _places(self, key: str) -> range:
        """The places of a quantity's units."""
        axis = self.axes[key]
        return range(1 if axis is None else self.forward[key].shape[axis])

    def _step(self, key: str, place: int, owned: Sequence[_Owned]) -> Plan:
        """What a step has of a unit: block by block what is not a weight's, then the weights' together."""
        weights = [own for own in owned if self._weight(own.definition)]
        others = [own for own in owned if not self._weight(own.definition)]
        name, at = self._names(key, place)
        of = sentence("gradients of its ", names_listed(self._weight(own.definition) for own in weights))
        is_passed = any(own.definition.key in self.differentiated for own in others)
        work = sentence("gradient at ", at, "; ", of) if is_passed else of
        blocks = [Block((own.definition,), (own.axis,), place) for own in others]
        blocks.append(Block(tuple(own.definition for own in weights), tuple(own.axis for own in weights), place))
        return Plan(REVERSE, sentence("unit ", name, ": ", work), Blocks(blocks), unit=Unit(key, place, work))

    def _names(self, key: str, place: int) -> tuple[Sentence, Sentence]:
        """What a unit is called, and what the gradient is taken at: its element, or its row or column."""
        quantity, axis = self.program.quantities[key], self.axes[key]
        if axis is None or len(quantity.shape) < 2:
            element = Named(quantity.key if axis is None else quantity.element((place,)))
            return (element,), (element,)
        line = sentence(f"{'row' if axis == 0 else 'column'} {place + 1} of ", Named(key))
        return sentence(f"{place + 1} of ", Named(key)), line

    def _others(self, items: Sequence[Definition]) -> Iterator[Plan]:
        """The step of what no unit has alone, if there is any."""
        if items:
            weights = [weight for weight in map(self._weight, items) if weight]
            keys = [self.differentiated[item.key] for item in items if item.key in self.differentiated]
            title = reverse_title([key for key in keys if key in self.forward], weights)
            blocks = Blocks(map(alone, items))
            yield Plan(REVERSE, title or sentence("slopes ", names_listed(item.key for item in items)), blocks)


def _is_single(item: Definition) -> bool:
    """Whether a definition is one unit by itself."""
    return size(item.shape) == 1
