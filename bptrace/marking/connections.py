"""How the names of a working are connected: neighbours, activations, what reads what and what hangs on what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property, reduce
from itertools import chain, count, islice
from operator import or_
from typing import NamedTuple

from bptrace.engine.plans import FORWARD
from bptrace.engine.quantity import NEW, SlopeAt, sample_of
from bptrace.marking.working import GRADIENT, Working, WorkingLine
from bptrace.numbers.arrays import Index
from bptrace.ops.expr import Call, Expr, Leaf, Number, children

MOST_LIKES = 100
"""So many of the likes of a number are looked at."""
NEAREST = 12
"""So many neighbours has an element, as many as a slip may have rules in a line."""


class Activated(NamedTuple):
    """An activation of one element: the names of its slope, of what it is taken of, of its output if it has one."""

    slope: str
    subject: str
    output: str


class Connections:
    r"""How the names of a working are connected.

    >>> import bptrace
    >>> text = "weights: {w: [[1, 2], [3, 4]], x: [1, 2]}\nforward: {h: sigmoid(w@x)}\nloss: sum(h^2)"
    >>> names = Connections(Working(bptrace.loads(text).trace()))
    >>> names.neighbours("w11"), names.transposed("w12"), names.activation_of["z_h1"].output
    (('w12', 'w21'), 'w21', 'h1')
    """

    def __init__(self, working: Working) -> None:
        self.working = working
        self.places: dict[tuple[str, Index, int | None], str] = {}
        self.kinds: dict[str, str] = {}
        for name in (*working.givens, *working.lines):
            quantity = working.quantity(name)._replace(sample=None)
            self.places[quantity.key, working.element(name), self.sample(name)] = name
            self.kinds[name] = working.kind(name)
        self.gradients = {name: None for name, kind in self.kinds.items() if kind == GRADIENT}
        """The names that are gradients, in the order of the register."""

    # Names by place

    def sample(self, name: str) -> int | None:
        """Whose a name is in a batch."""
        line = self.working.lines.get(name)
        return line.sample if line else sample_of(name)[1]

    def at(self, key: str, index: Index, sample: int | None) -> str:
        """The name of an element, the sample's own or everybody's; nothing where there is none."""
        return self.places.get((key, index, sample)) or self.places.get((key, index, None), "")

    def subject(self, line: WorkingLine) -> str:
        """What a line is the gradient at, the slope of, or what an update moves; nothing where that has no name."""
        return self.at(line.quantity.base, line.element, line.sample)

    def beside(self, name: str, index: Index) -> str:
        """The name of another element of the same array; nothing where there is none."""
        return self.places.get((self.working.quantity(name)._replace(sample=None).key, index, self.sample(name)), "")

    def transposed(self, name: str) -> str:
        """The name of the element with row and column exchanged; nothing where there is no other."""
        index = self.working.element(name)
        return self.beside(name, index[::-1]) if len(index) == 2 and index[0] != index[1] else ""

    def renewed(self, name: str) -> str:
        """What a weight is after the update; nothing where it has none."""
        return self.at(self.working.quantity(name)._replace(stage=NEW).key, self.working.element(name), None)

    @cached_property
    def gradient_at(self) -> Mapping[str, str]:
        """The gradient at each name, of a weight that samples share the batch's."""
        lines = self.working.lines
        plain = [name for name in self.gradients if not lines[name].quantity.stage]
        plain.sort(key=lambda name: lines[name].sample is None)
        return {self.subject(lines[name]): name for name in plain}

    # Neighbours

    def neighbours(self, name: str) -> tuple[str, ...]:
        """The elements of the same array that differ in one component, the nearest dozen; of a number, its likes."""
        if name not in self._neighbours:
            self._neighbours[name] = tuple(islice(self._beside(name), NEAREST)) or self.likes(name)
        return self._neighbours[name]

    @cached_property
    def _neighbours(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _beside(self, name: str) -> Iterator[str]:
        shape, index = self.working.quantity(name).shape, self.working.element(name)
        for distance in range(1, max(shape, default=0)):
            for axis in range(len(index) - 1, -1, -1):
                for other in (index[axis] - distance, index[axis] + distance):
                    found = self.beside(name, (*index[:axis], other, *index[axis + 1 :]))
                    if found:
                        yield found

    def likes(self, name: str) -> tuple[str, ...]:
        """The first numbers of the same kind and shape that stand beside one in a line, or beside the same factor."""
        if name not in self._likes:
            self._likes[name] = tuple(islice(self._alike(name), MOST_LIKES))
        return self._likes[name]

    @cached_property
    def _likes(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _alike(self, name: str) -> Iterator[str]:
        working = self.working
        found: set[str] = {name}
        readers = list(self._forward_readers(name))
        partners = [other for line in readers for other in line.reads if self.kinds[other] != self.kinds[name]]
        for line in chain(readers, (again for partner in partners for again in self._forward_readers(partner))):
            for other in line.reads:
                alike = self.kinds[other] == self.kinds[name] and not working.element(other)
                if alike and other not in found and not working.quantity(other).shape:
                    found.add(other)
                    yield other

    def _forward_readers(self, name: str) -> Iterator[WorkingLine]:
        readers = (self.working.lines[reader] for reader in self.working.readers.get(name, ()))
        return (line for line in readers if line.phase == FORWARD)

    # Activations

    @cached_property
    def activations(self) -> Mapping[str, Activated]:
        """The activations that have slopes of their own, by the names of those."""
        traces = (self.working.trace, *self.working.trace.samples[:1])
        units = {slope.quantity.key: slope.units for trace in traces for slope in trace.program.slopes}
        found = {}
        for name, line in self.working.lines.items():
            if isinstance(line.quantity.role, SlopeAt):
                named = [self.at(unit, line.element, line.sample) for unit in units[line.quantity.key][:1]]
                found[name] = Activated(name, self.subject(line), "".join(named))
        return found

    @cached_property
    def activation_of(self) -> Mapping[str, Activated]:
        """The activation that is taken of each name."""
        return {found.subject: found for found in self.activations.values()}

    @cached_property
    def activation_to(self) -> Mapping[str, Activated]:
        """The activation that each name is the output of."""
        return {found.output: found for found in self.activations.values() if found.output}

    @cached_property
    def places_fed(self) -> Mapping[tuple[Index, int | None, str], list[tuple[int, str]]]:
        """The slopes in order, each with its place there, by an element and sample and by what their arguments read."""
        found: dict[tuple[Index, int | None, str], list[tuple[int, str]]] = {}
        for at, (slope, activated) in enumerate(self.activations.items()):
            line = self.working.lines.get(activated.subject)
            for part, own in ((part, line) for part in line.reads) if line else ():
                found.setdefault((own.element, own.sample, part), []).append((at, slope))
        return found

    # What hangs on what

    def hangs_on(self, name: str, other: str) -> bool:
        """Whether a line is made from another name, at however many removes."""
        return bool(self._origins.get(name, 0) & self._bits.get(other, 0))

    def upstream_of(self, gradient: str) -> tuple[str, ...]:
        """The gradients that one is made from."""
        if gradient not in self._upstream:
            reads = self.working.lines[gradient].reads
            self._upstream[gradient] = tuple(name for name in reads if name in self.gradients)
        return self._upstream[gradient]

    @cached_property
    def _upstream(self) -> dict[str, tuple[str, ...]]:
        return {}

    def weights_of(self, name: str) -> int:
        """The arrays of weights that a line reads, each a bit."""
        return self._weights.get(name, 0)

    def weights_behind(self, name: str) -> int:
        """The arrays of weights that the lines which a line is made from read, each a bit."""
        return self._weights_behind.get(name, 0)

    @cached_property
    def _weights(self) -> Mapping[str, int]:
        places = count()
        bits: dict[str, int] = defaultdict(lambda: 1 << next(places))
        found: dict[str, int] = {}
        for line in self.working.lines.values():
            weights = (read for read in line.reads if self.kinds[read] == "weights")
            found[line.name] = reduce(or_, (bits[self.working.quantity(read).key] for read in weights), 0)
        return found

    @cached_property
    def _weights_behind(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for line in self.working.lines.values():
            found[line.name] = reduce(or_, (self._weights.get(part, 0) | found.get(part, 0) for part in line.reads), 0)
        return found

    @cached_property
    def _bits(self) -> Mapping[str, int]:
        """A bit for each name, so that many sets of them take little."""
        return {name: 1 << place for place, name in enumerate((*self.working.givens, *self.working.lines))}

    @cached_property
    def _origins(self) -> Mapping[str, int]:
        """The bits of what each line is made from; a line reads only what stands before it."""
        found: dict[str, int] = {}
        for line in self.working.lines.values():
            found[line.name] = reduce(or_, (self._bits[part] | found.get(part, 0) for part in line.reads), 0)
        return found

    def shape_of_rule(self, name: str) -> object:
        """The form of a line's rule without its names: two gates of a cell, or two steps in time, have the same."""
        if name not in self._shapes:
            line = self.working.lines.get(name)
            self._shapes[name] = self._shape(line.rule) if line else None
        return self._shapes[name]

    @cached_property
    def _shapes(self) -> dict[str, object]:
        return {}

    def _shape(self, tree: Expr) -> object:
        if isinstance(tree, Leaf):
            return self.kinds[tree.name] in ("weights", "target")
        if isinstance(tree, Number):
            return tree.value
        head = (tree.op,) if isinstance(tree, Call) else ()
        return (*head, *map(self._shape, children(tree)))
