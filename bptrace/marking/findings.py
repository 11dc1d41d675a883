"""What numbers hide: kinds of findings in a network, each with what finds them and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from bptrace.engine.kinks import Kinks
from bptrace.engine.model import Definition, Given
from bptrace.engine.network import Network
from bptrace.engine.quantity import of_sample
from bptrace.engine.sentence_parts import Named, Sentence, SentencePiece, plain, sentence, separated
from bptrace.errors import Mark, Source
from bptrace.marking.discrimination import MOST_NODES, Unseen
from bptrace.marking.draws import Search
from bptrace.marking.parts import INPUT, WEIGHTS, connections, taken_apart
from bptrace.marking.proposals import HALVES, DrawnArray
from bptrace.marking.working import LOOKED_INTO, WorkingLine
from bptrace.numbers.arrays import Shape, indices, size
from bptrace.numbers.digits import exact_numeral
from bptrace.numbers.enclosures import is_enclosure
from bptrace.ops.expr import Call
from bptrace.ops.table import OPS, all_nodes

LISTED = 4
"""So many names stand in a finding at most."""
MOST_DIGITS = 12
"""A value with more digits is unwieldy."""
TRIED, EFFORT = 60, 500_000
"""So many other numbers are tried, with so much effort, to tell whether they would show more."""


class Subject:
    """A network that is looked into. Raises SpecError of one with too long a register."""

    def __init__(self, network: Network) -> None:
        LOOKED_INTO.check(network.row_count(), network.loss_mark)
        self.network = network
        self.search = Search(network, HALVES)
        self.working = self.search.working

    @cached_property
    def unseen(self) -> Unseen:
        """What its numbers do not show."""
        return self.search.told.unseen(self.search.told.own)

    @cached_property
    def best(self) -> Unseen:
        """What is not shown by the best numbers that a search finds, or by its own where they are as good."""
        found = [item.unseen for item in self.search.found(0, TRIED, EFFORT)] if self.unseen.total else []
        return min([self.unseen, *found], key=lambda unseen: unseen.total)

    def is_shown(self, slip: str) -> bool:
        """Whether the best numbers tell a slip from all others."""
        return self.best.place(slip) is None

    def mark_of(self, row: str) -> Mark | None:
        """Where what a row is of stands in the file."""
        return self.mark_of_base(self.working.quantity(row).base)

    def mark_of_base(self, key: str) -> Mark | None:
        """Where a given or an equation stands in the file; of what samples give, in the first.

        What an equation makes on its way stands where that does.
        """
        names = (key, of_sample(key, 1), key.partition("_")[2])
        item = next((self._stated[name] for name in names if name in self._stated), None)
        return item.mark if item else None

    @cached_property
    def rows_of(self) -> dict[str, list[WorkingLine]]:
        """The rows of each thing that is defined, of all samples."""
        found: dict[str, list[WorkingLine]] = {}
        for line in self.working.forward:
            found.setdefault(line.quantity._replace(sample=None).key, []).append(line)
        return found

    @cached_property
    def _stated(self) -> dict[str, Given | Definition]:
        network = self.network
        items: Iterable[Given | Definition] = (*network.program().definitions, *network.givens, *network.definitions)
        return {item.key: item for item in items}

    @cached_property
    def first_rows(self) -> dict[str, str]:
        """The first row in which each slip can be made."""
        found: dict[str, str] = {}
        for item in self.search.told.prepared:
            for slip in item.mistake.slips:
                found.setdefault(slip, next(iter(item.mistake.rules)))
        return found

    @cached_property
    def factors(self) -> list[tuple[DrawnArray, str, Mark]]:
        """The numbers in the file that something is multiplied with, by name and place: no biases, no truth tables."""
        source = self.network.stated.source if self.network.stated else Source("", "")
        return [
            (slot, name, slot.places.mark(source, place))
            for slot in self.search.proposals.slots
            if not slot.is_kept
            for place, name in enumerate(slot.elements[0])
            if self._is_factor(name)
        ]

    def _is_factor(self, name: str) -> bool:
        kind, lines = self.working.kind(name), self.working.lines
        gradient = connections(self.working).gradient_at.get(name, "")
        gradient = of_sample(gradient, 1) if of_sample(gradient, 1) in lines else gradient
        is_bias = kind == WEIGHTS and gradient in lines and taken_apart(gradient, self.working).of_bias
        return kind in (INPUT, WEIGHTS) and not is_bias

    def by_array(self, names: Iterable[tuple[DrawnArray, str, Mark]]) -> Iterator[tuple[list[str], Mark]]:
        """Names of each array together, with the place of the first."""
        groups: dict[int, list[tuple[str, Mark]]] = {}
        for slot, name, mark in names:
            groups.setdefault(id(slot), []).append((name, mark))
        for group in groups.values():
            yield [name for name, _ in group], group[0][1]


Findings: TypeAlias = "Iterator[tuple[Sentence, Mark | None]]"


class FindingKind(NamedTuple):
    """A kind of findings: what it is about, what would be right, and what finds them in a network."""

    about: str
    hint: str
    find: Callable[[Subject], Findings]


# Numbers


def _those(subject: Subject, wanted: int, said: tuple[str, str]) -> Findings:
    """The factors that have a value; `said` of one, and of several."""
    found = (item for item in subject.factors if subject.working.value(item[1]) == wanted)
    for names, mark in subject.by_array(found):
        yield sentence(_listed(names), said[len(names) > 1]), mark


def _listed(names: Sequence[str]) -> Sentence:
    """`w11, w12 and w22`; of many the first, and how many more there are."""
    shown = names if len(names) <= LISTED else names[: LISTED - 1]
    more = len(names) - len(shown)
    pieces: list[SentencePiece] = [*map(Named, shown), *([f"{more:,} more"] if more else [])]
    if len(pieces) == 1:
        return sentence(pieces[0])
    return sentence(separated(pieces[:-1], ", "), " and ", pieces[-1])


def _zeros(subject: Subject) -> Findings:
    yield from _those(
        subject, 0, (" is 0: what stands beside it is not seen", " are 0: what stands beside them is not seen")
    )


def _ones(subject: Subject) -> Findings:
    yield from _those(
        subject, 1, (" is 1: whether it is there is not seen", " are 1: whether they are there is not seen")
    )


def _equal(subject: Subject) -> Findings:
    own = {item[1]: item for item in subject.factors}
    equals = {name: equal for name in own if (equal := _equals(subject, name, own))}
    told: set[str] = set()
    for some, mark in subject.by_array(own[name] for name in equals):
        if len(some) > 1:
            yield sentence(_listed(some), " have equals beside them: one for the other is not seen"), mark
        elif some[0] not in told:
            told.update(together := [some[0], *equals[some[0]]])
            yield sentence(_listed(together), " are equal: one for the other is not seen"), mark


def _equals(subject: Subject, name: str, own: Container[str]) -> list[str]:
    """The neighbours of a factor that have its value, where that is neither 0 nor 1."""
    value = subject.working.value
    found = connections(subject.working).neighbours(name)
    return [other for other in found if other in own and value(other) == value(name) and value(name) not in (0, 1)]


def _symmetric(subject: Subject) -> Findings:
    for slot in subject.search.proposals.slots:
        name = slot.elements[0][0]
        shape = slot.shape
        if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 2 or subject.working.kind(name) != WEIGHTS:
            continue
        values = dict(zip(indices(shape), map(subject.working.value, slot.elements[0]), strict=True))
        if all(value == values[index[::-1]] for index, value in values.items()):
            key = slot.places.givens[0].key
            yield (
                sentence(Named(key), " is symmetric: ", Named(key), " for its transpose is not seen"),
                subject.mark_of(name),
            )


# Units


def _twins(subject: Subject) -> Findings:
    told: set[tuple[int, ...]] = set()
    for definition in subject.network.definitions:
        units = _units(subject.rows_of.get(definition.key, ()), definition.shape)
        values = {place: tuple(str(line.value) for line in lines) for place, lines in units.items()}
        for group in _equal_groups(values):
            if group not in told:
                told.add(group)
                yield sentence(_unit_names(units, group), " are the same"), definition.mark


def _units(lines: Iterable[WorkingLine], shape: Shape) -> dict[int, list[WorkingLine]]:
    """The lines of each unit of an array, in every sample: of an element, of a matrix's column."""
    found: dict[int, list[WorkingLine]] = {}
    for line in lines if shape else ():
        found.setdefault(line.element[-1] if line.element else 0, []).append(line)
    return found


def _unit_names(units: Mapping[int, Sequence[WorkingLine]], places: Sequence[int]) -> Sentence:
    first = units[places[0]][0]
    if len(first.element) < 2:
        return _listed([_plainly(units[place][0]) for place in places])
    columns = " and ".join(str(place + 1) for place in places)
    return sentence(f"column{'s' * (len(places) > 1)} {columns} of ", Named(first.quantity.base))


def _plainly(line: WorkingLine) -> str:
    """What a line, or the slope that it is, is of, in whichever sample."""
    return line.quantity.plain._replace(sample=None).element(line.element)


def _equal_groups(values: Mapping[int, tuple[str, ...]]) -> Iterator[tuple[int, ...]]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, some in values.items():
        groups.setdefault(some, []).append(place)
    return (tuple(group) for some, group in groups.items() if len(group) > 1 and set(some) != {"0"})


def _dead(subject: Subject) -> Findings:
    layers: dict[str, list[WorkingLine]] = {}
    for gate in subject.search.gates:
        line = subject.working.lines[gate.name]
        layers.setdefault(line.quantity.base, []).append(line)
    for base, lines in layers.items():
        units = _units(lines, lines[0].quantity.shape or (1,))
        dead = [place for place, slopes in units.items() if all(line.value == 0 for line in slopes)]
        if len(dead) > 1 or (dead and len(dead) == len(units)):
            said = " are off: all behind them is 0" if len(dead) > 1 else " is off: all behind it is 0"
            yield sentence(_unit_names(units, dead), said), subject.mark_of_base(base)


def _ties(subject: Subject) -> Findings:
    kinks, told = Kinks(), set()
    for line in subject.working.lines.values():
        for said in kinks.met(line.rule):
            if plain(said) not in told:
                told.add(plain(said))
                yield said, subject.mark_of(line.name)


def _strides(subject: Subject) -> Findings:
    for definition in subject.network.definitions:
        for node in all_nodes(definition.expr):
            if isinstance(node, Call) and size(node.shape) > 1 and OPS[node.op].apart(node):
                yield (
                    sentence("windows do not overlap: no gradient is a sum over several"),
                    node.mark or definition.mark,
                )
                break


# Values


def _unwieldy(subject: Subject) -> Findings:
    decimal = subject.network.decimal
    lengths = {
        line.name: sum(map(str.isdigit, exact_numeral(line.value, decimal).text))
        for line in subject.working.lines.values()
        if not is_enclosure(line.value)
    }
    name = max(lengths, key=lengths.__getitem__, default="")
    if lengths.get(name, 0) > MOST_DIGITS:
        yield sentence(Named(name), f" has {lengths[name]:,} digits"), subject.mark_of(name)


# Slips


def _long(subject: Subject) -> Findings:
    told = subject.search.told
    if told.is_too_long:
        said = f"{told.counted}; slips are made in {MOST_NODES:,} at most"
        yield sentence(said), subject.network.loss_mark


def _hidden(subject: Subject) -> Findings:
    for slip in subject.unseen.hidden:
        if subject.is_shown(slip):
            yield sentence(f"'{slip}' leaves every value right"), subject.mark_of(subject.first_rows[slip])


def _alike(subject: Subject) -> Findings:
    for group in subject.unseen.alike:
        if any(map(subject.is_shown, group)):
            *first, last = (f"'{slip}'" for slip in group)
            said = f"{', '.join(first)} and {last} give the same values"
            yield sentence(said), subject.mark_of(subject.first_rows[group[0]])


KINDS = {
    "zeros": FindingKind("a weight or an input is 0", "2, 3 or -1 shows it", _zeros),
    "ones": FindingKind("a weight or an input is 1", "2, 3 or -1 shows it", _ones),
    "equal": FindingKind("two neighbours in an array are equal", "different numbers", _equal),
    "symmetric": FindingKind("a matrix is its own transpose", "different numbers on both sides", _symmetric),
    "twins": FindingKind("two units have the same values", "different weights", _twins),
    "dead": FindingKind("two units of a layer are off, or all", "one unit that is off shows enough", _dead),
    "tie": FindingKind("a value lies just where the slope changes", "a number beside it", _ties),
    "stride": FindingKind("the windows of a pooling do not overlap", "a stride less than the size", _strides),
    "unwieldy": FindingKind(f"a value has more than {MOST_DIGITS} digits", "smaller numbers", _unwieldy),
    "long": FindingKind(
        "the rules are too long for slips to be looked for",
        "a smaller network of the kind, or less extreme numbers",
        _long,
    ),
    "hidden": FindingKind("a slip leaves every value right", "other numbers show it", _hidden),
    "alike": FindingKind("two slips give the same values", "other numbers tell them apart", _alike),
}
"""The kinds of findings, as a comment names them."""
