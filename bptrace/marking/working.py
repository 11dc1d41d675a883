"""A whole working line by line: each line's rule over the names that it reads, so that other numbers can be put in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from math import inf, isqrt
from typing import Any, NamedTuple

from bptrace.engine.budget import RowLimit
from bptrace.engine.model import Definition, definitions_by_key
from bptrace.engine.plans import FORWARD
from bptrace.engine.quantity import NEW, GradientAt, Quantity, SlopeAt, UpdatePart, of_sample
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, at, indices
from bptrace.numbers.enclosures import MINUS_INFINITY, Scalar, is_enclosure, is_overflow, parts
from bptrace.numbers.exact import Unknown
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Expr, Leaf, children, leaf_names, rebuilt

GRADIENT, SLOPE, UPDATED, KEPT, DEFINED = "gradient", "slope", "updated", "kept", "defined"
"""What a name stands for, where it is no given: the gradient at something, an activation's slope, what an update makes
of a weight or a state, a part of an update, or what the file defines. A given is known by its section.
"""
LONG_BITS = 3_500
"""An operation on numbers of so many bits more counts once more, and again for the root of that."""
MOST_LINES = 20_000
"""Each line keeps its rule, so that other numbers can be put in; of more, they would take gigabytes."""


SMALLER = "a smaller network: bptrace run shows one of any size"
HELD = RowLimit(MOST_LINES, "answers are held against", SMALLER)
ANSWERED = HELD._replace(most=10_000)
"""What `bptrace check` takes: where each row follows from a mistake, one takes half a millisecond."""
LOOKED_INTO = RowLimit(MOST_LINES, "lint looks into", SMALLER)


class WorkingLine(NamedTuple):
    """One line of a working: its name, what it is of, its rule as a tree of single elements, and its value.

    `name` is that of the whole register, `dL/dw11(2)` in the second sample, and so are those in the rule. `reads`: the
    names in it, each once, in order.
    """

    name: str
    quantity: Quantity
    element: Index
    sample: int | None
    phase: str
    rule: Expr
    value: Scalar
    reads: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The name of what it is the gradient at, the slope of, or what an update moves; its own otherwise."""
        plain = self.quantity.plain.element(self.element)
        return of_sample(plain, self.sample) if self.sample else plain


class Working:
    r"""The lines of a trace by name, in the order of the register, and the values of its givens.

    Raises SpecError of more lines than MOST_LINES.

    >>> import bptrace
    >>> working = Working(bptrace.loads("weights: {w: 3}\nforward: {z: 2*w}\nloss: z^2").trace())
    >>> [(line.name, line.reads, str(line.value)) for line in working.lines.values()]
    [('z', ('w',), '6'), ('L', ('z',), '36'), ('dL/dz', ('z',), '12'), ('dL/dw', ('dL/dz',), '24')]
    >>> working.kind("dL/dz"), working.kind("w")
    ('gradient', 'weights')
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.bits = trace.bits
        HELD.check(trace.count, trace.program.loss_mark)
        self.lines: dict[str, WorkingLine] = {line.name: line for line in _lines(trace)}
        self.memory: dict[str, Any] = {}
        """What is worked out of it once, and kept as long as it is."""

    @cached_property
    def givens(self) -> Mapping[str, Scalar]:
        """The value of each element of a given, by its name; of what samples have of their own, `x1(2)`."""
        return {name: value for name, (_, _, value) in self._places.items()}

    @cached_property
    def _places(self) -> dict[str, tuple[Quantity, Index, Scalar]]:
        """What each element of a given is."""
        found = {}
        for sample, trace in ((None, self.trace), *enumerate(self.trace.samples, 1)):
            shared = self.trace.sections
            for given in trace.givens:
                quantity = trace.program.quantities.get(given.key)
                if quantity is None or (sample and given.key in shared):
                    continue
                for index in indices(given.shape):
                    name = quantity.element(index)
                    found[of_sample(name, sample) if sample else name] = quantity, index, at(given.value, index)
        return found

    def quantity(self, name: str) -> Quantity:
        """What a name is an element of. Raises KeyError for a name that is none of the working's."""
        return self.lines[name].quantity if name in self.lines else self._places[name][0]

    def element(self, name: str) -> Index:
        """Which element a name is. Raises KeyError."""
        return self.lines[name].element if name in self.lines else self._places[name][1]

    def value(self, name: str) -> Scalar:
        """The value of a line or a given. Raises KeyError."""
        return self.lines[name].value if name in self.lines else self.givens[name]

    def leaf(self, name: str) -> Leaf:
        """What stands for a line or a given in a rule. Raises KeyError."""
        return Leaf(name, self.value(name))

    def kind(self, name: str) -> str:
        """What a name stands for: one of the constants above, or the section of the file that a given stands in."""
        if name not in self.lines:
            return self.trace.sections.get(self._places[name][0].key, "") or self._own_section(name)
        quantity = self.lines[name].quantity
        if quantity.stage == NEW:
            return UPDATED
        kinds = {GradientAt: GRADIENT, SlopeAt: SLOPE, UpdatePart: KEPT}
        return kinds.get(type(quantity.role), DEFINED)

    def _own_section(self, name: str) -> str:
        """The section of a given that samples have of their own."""
        return self.trace.samples[0].sections[self._places[name][0].key]

    @cached_property
    def longest(self) -> int:
        """How many bits its longest number has, written out, of those that can be."""
        return longest_of(line.value for line in self.lines.values())

    @cached_property
    def weight(self) -> int:
        """How often an operation counts, since numbers are long: a product or a quotient takes more than its length."""
        times = 1 + self.longest // LONG_BITS
        return times * isqrt(times)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """How many lines stand before each."""
        return {name: place for place, name in enumerate(self.lines)}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """The lines that read each name, in order."""
        found: dict[str, list[str]] = {}
        for line in self.lines.values():
            for name in line.reads:
                found.setdefault(name, []).append(line.name)
        return {name: tuple(lines) for name, lines in found.items()}

    def following(self, names: Iterable[str], known: Container[str] = ()) -> set[str]:
        """Some names, and the lines that hang on them through others, up to those whose values are known."""
        found = set(names)
        waiting = list(found)
        while waiting:
            more = set(self.readers.get(waiting.pop(), ())) - found
            waiting.extend(name for name in more if name not in known)
            found |= more
        return found

    def below(self, name: str, known: Container[str]) -> list[str]:
        """A line, and the lines that it hangs on through others, up to those whose values are known; nearest first."""
        found = {name: None}
        for item in (waiting := [name]):
            more = [part for part in self.lines[item].reads if part in self.lines and part not in known]
            waiting += [part for part in dict.fromkeys(more) if part not in found]
            found.update(dict.fromkeys(more))
        return list(found)

    @cached_property
    def forward(self) -> tuple[WorkingLine, ...]:
        """The lines of the forward pass."""
        return tuple(line for line in self.lines.values() if line.phase == FORWARD)


def longest_of(values: Iterable[Scalar]) -> int:
    """How many bits the longest of these numbers has, written out, of those that can be."""
    return int(max((length for length in map(length_in_bits, values) if length < inf), default=0))


def length_in_bits(value: Scalar) -> float:
    """How many bits a number has, written out; 0 of none, infinitely many of one beyond all bounds."""
    if isinstance(value, Unknown) or value is MINUS_INFINITY:
        return 0
    if is_enclosure(value):
        if not value.is_finite() or is_overflow(value):
            return inf
        return max(number.bit_length() + abs(exponent) for number, exponent in parts(value))
    return int(value.height_bits())


def _lines(trace: Trace) -> Iterator[WorkingLine]:
    for step in trace.steps:
        own = trace.of(step)
        places = own.register.places
        for row in step.rows:
            key, index = places[row.quantity]
            rule = named_in_full(row.tree, own, trace, step.sample)
            reads = leaf_names(rule)
            quantity = own.program.quantities[key]
            yield WorkingLine(
                step.called(row.quantity), quantity, index, step.sample, step.phase, rule, row.scalar, reads
            )


def named_in_full(rule: Expr, own: Trace, trace: Trace, sample: int | None) -> Expr:
    """A rule of `own`, the trace or a sample's, with the names that the whole register has for what it reads."""
    if sample is None:
        return rule
    if isinstance(rule, Leaf):
        is_shared = own.register.places[rule.name][0] in trace.sections
        return rule if is_shared else Leaf(of_sample(rule.name, sample), rule.value)
    parts = [named_in_full(part, own, trace, sample) for part in children(rule)]
    return rebuilt(rule, parts) if parts else rule


def general_rules(working: Working) -> Iterator[tuple[WorkingLine, Expr]]:
    """Each line of a working with its rule as a tree that holds for any values of the givens."""
    trace = working.trace
    expanders: dict[tuple[int | None, str], Expander] = {}
    definitions: dict[int | None, dict[str, Definition]] = {}
    for line in working.lines.values():
        place = line.sample, line.quantity.key
        own = trace.samples[line.sample - 1] if line.sample else trace
        if place not in expanders:
            if line.sample not in definitions:
                definitions[line.sample] = definitions_by_key(own.program.definitions)
            definition = definitions[line.sample][line.quantity.key]
            expanders[place] = expander(definition.expr, own.register, general=True)
        yield line, named_in_full(expanders[place](line.element), own, trace, line.sample)
