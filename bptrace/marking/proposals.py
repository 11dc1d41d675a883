"""Numbers for a network's givens, drawn at random: none that hides a factor, and targets near what is predicted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import NamedTuple

from bptrace.engine.network import Network
from bptrace.engine.quantity import of_sample, sample_of
from bptrace.marking.discrimination import Values
from bptrace.marking.parts import INPUT, TARGET, connections
from bptrace.marking.working import Working
from bptrace.numbers.arrays import Index, Shape, array, indices
from bptrace.numbers.enclosures import MINUS_INFINITY, Scalar, is_enclosure
from bptrace.numbers.exact import Rational, bounds, fraction
from bptrace.ops.expr import Call, Leaf, nodes
from bptrace.spec.literals import Literals, literals


class Pool(NamedTuple):
    """The numbers that are drawn from, as counts of a unit: for what is multiplied, and for the error of an output.

    None of what is multiplied is 0 or 1, which hide a factor.
    """

    unit: Rational
    factors: tuple[int, ...]
    errors: tuple[int, ...]
    decimal: bool = False

    def near(self, value: Scalar) -> Rational:
        """The nearest number of whole units."""
        exact = bounds(value)[0] if is_enclosure(value) else value
        return self.unit * round(fraction(exact / self.unit))


INTEGERS, HALVES, DECIMALS = "integers", "halves", "decimals"
POOLS = {
    INTEGERS: Pool(Rational(1), (-4, -3, -2, -1, 2, 3, 4, 5), (-4, -3, -2, -1, 1, 2, 3, 4)),
    HALVES: Pool(Rational(1, 2), (-5, -4, -3, -2, -1, 1, 3, 4, 5, 6), (-5, -3, -2, -1, 1, 2, 3, 5)),
    DECIMALS: Pool(
        Rational(1, 10), (-9, -8, -7, -6, -5, -4, -3, -2, 2, 3, 4, 5, 6, 7, 8, 9), (-6, -4, -3, 2, 3, 5), True
    ),
}


class DrawnArray(NamedTuple):
    """An array of numbers in the file: where they stand, and which elements of the working they are.

    `elements`: those of each given that has the numbers; `is_kept`: they stay as they are.
    """

    places: Literals
    elements: tuple[tuple[str, ...], ...]
    is_kept: bool

    @property
    def shape(self) -> Shape:
        """The shape of the array."""
        return self.places.givens[0].shape


class Proposals:
    """Draws numbers for what a network's file gives.

    Kept are masks, truth tables, classes, and targets of what is squashed.
    """

    def __init__(self, network: Network, working: Working, pool: Pool) -> None:
        self.network = network
        self.working = working
        self.pool = pool
        self._known_looks: dict[frozenset[str], tuple[bool, bool]] = {}
        self.slots = [self._slot(places) for places in literals(network)]

    def propose(self, random: Random, keep_signs: bool = False) -> dict[str, Scalar]:
        """Numbers for every element that is drawn; targets of a prediction are errors still, to be set by `aimed`."""
        found: dict[str, int] = {}
        for slot in self.slots:
            if slot.is_kept:
                continue
            drawn = self._array(random, slot, found)
            for names in slot.elements:
                for name, count in zip(names, drawn, strict=True):
                    found[name] = self._signed(name, count) if keep_signs else count
        return {name: self.pool.unit * count for name, count in found.items()}

    def aimed(self, proposed: Values, values: Values) -> dict[str, Scalar]:
        """The numbers with targets that are off by the errors that were drawn, where `values` are what is predicted."""
        made = {name: self.pool.near(values[output]) - proposed[name] for name, output in self.aims.items()}
        return {**proposed, **made}

    def applied(self, values: Values) -> Network:
        """The network with these numbers for its givens."""
        found = {}
        for slot in self.slots:
            for given, names in zip(slot.places.givens, slot.elements, strict=True):
                found[given.key] = array(given.shape, [values[name] for name in names])
        return self.network.replaced(found)

    def _array(self, random: Random, slot: DrawnArray, drawn: Mapping[str, int]) -> list[int]:
        first, count = slot.elements[0][0], len(slot.elements[0])
        pool = self.pool.errors if first in self.aims else self.pool.factors
        if not slot.shape:
            likes = connections(self.working).likes(first)
            pool = _untaken(pool, (drawn[other] for other in likes if other in drawn))
        return random.sample(pool, count) if count <= len(pool) else self._mixed(random, pool, slot)

    def _mixed(self, random: Random, pool: Sequence[int], slot: DrawnArray) -> list[int]:
        """More numbers than there are in a pool, none beside its equal."""
        found: dict[Index, int] = {}
        for index in indices(slot.shape):
            before = [(*index[:axis], index[axis] - 1, *index[axis + 1 :]) for axis in range(len(index))]
            taken = {found.get(other) for other in before}
            found[index] = random.choice([number for number in pool if number not in taken])
        return list(found.values())

    def _signed(self, name: str, count: int) -> int:
        given = self.working.value(name)
        return count if name in self.aims or not given or (given > 0) == (count > 0) else -count

    # What there is

    @cached_property
    def aims(self) -> dict[str, str]:
        """What is predicted for each element of a target that is drawn, where it is subtracted from that."""
        drawn = {name for slot in self.slots if not slot.is_kept for names in slot.elements for name in names}
        return {target: output for target, output in self._predicted.items() if target in drawn}

    @cached_property
    def _predicted(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self.working.forward:
            for node in nodes(line.rule):
                if isinstance(node, Call) and node.op == "-" and all(isinstance(arg, Leaf) for arg in node.args):
                    one, other = (arg.name for arg in node.args if isinstance(arg, Leaf))
                    for target, output in ((one, other), (other, one)):
                        if self.working.kind(target) == TARGET and output in self.working.lines:
                            found.setdefault(target, output)
        return found

    @cached_property
    def _names(self) -> dict[tuple[str, Index], str]:
        """The name of each element of a given, by its key in the network."""
        found = {}
        for name in self.working.givens:
            quantity, sample = self.working.quantity(name)._replace(sample=None), sample_of(name)[1]
            key = of_sample(quantity.key, sample) if sample else quantity.key
            found[key, self.working.element(name)] = name
        return found

    def _slot(self, places: Literals) -> DrawnArray:
        every = [tuple(self._names[given.key, index] for index in indices(given.shape)) for given in places.givens]
        return DrawnArray(places, tuple(every), any(map(self._is_kept, every)))

    def _is_kept(self, names: Sequence[str]) -> bool:
        kind = self.working.kind(names[0])
        is_masked, is_table = self._looks(frozenset(sample_of(name)[0] for name in names))
        if is_masked:
            return True
        if kind == TARGET:
            return any(map(self._is_fixed, names))
        return kind == INPUT and is_table and not self._is_only_input(names)

    def _looks(self, plain: frozenset[str]) -> tuple[bool, bool]:
        """Whether the elements of an array, and of the same one in other samples, are a mask; a truth table."""
        if plain not in self._known_looks:
            values = [value for name in plain for value in self._of_samples.get(name, ())]
            is_table = len(values) > 1 and 0 in values and all(value in (0, 1) for value in values)
            self._known_looks[plain] = any(value is MINUS_INFINITY for value in values), is_table
        return self._known_looks[plain]

    @cached_property
    def _of_samples(self) -> dict[str, list[Scalar]]:
        """The values of each element of a given in all samples, by its name in one."""
        found: dict[str, list[Scalar]] = {}
        for name, value in self.working.givens.items():
            found.setdefault(sample_of(name)[0], []).append(value)
        return found

    def _is_only_input(self, names: Sequence[str]) -> bool:
        """Whether these are the elements of one vector, and all that there is of inputs."""
        is_vector = len(self.working.element(names[0])) == 1
        return is_vector and set(names) == {name for name in self.working.givens if self.working.kind(name) == INPUT}

    def _is_fixed(self, target: str) -> bool:
        """Whether a target is no prediction's from which it is subtracted, or one's that has bounds: a sigmoid's."""
        output = self._predicted.get(target)
        squashed = connections(self.working).activation_to
        return output is None or (output in squashed and is_enclosure(self.working.value(output)))


def _untaken(pool: tuple[int, ...], taken: Iterable[int]) -> tuple[int, ...]:
    """The numbers of a pool that are not taken yet; all where each is."""
    left = dict.fromkeys(pool)
    for number in taken:
        left.pop(number, None)
        if not left:
            return pool
    return tuple(left)
