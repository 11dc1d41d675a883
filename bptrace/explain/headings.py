"""What steps are headed: pre-activation, output error, gradients of the first layer.

That is where the network consists of layers: a heading is chosen by what the quantities are in them, never by their
names. Other steps are headed by their titles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, TypeAlias

from bptrace.engine.model import Definition, keys
from bptrace.engine.plans import FORWARD, REVERSE, UPDATE, Unit
from bptrace.engine.sentence_parts import FunctionName, Sentence, Words, names_listed, sentence, separated
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.layers import Layer, layers_of
from bptrace.explain.phrases import ORDINALS
from bptrace.numbers.arrays import size

SHALLOW = 2
"""With so many layers there is one that is hidden, and an update names them."""
KeyHeading: TypeAlias = "tuple[tuple[str, str], Sentence]"
"""A phase and the key of what is worked out in it, and its heading."""


class HeadedPart(NamedTuple):
    """Definitions that stand together in a step, and what heads them, which may be nothing."""

    heading: Sentence
    definitions: tuple[Definition, ...]


class Heading(NamedTuple):
    """What a step is headed, and the sign that stands between its phase and that."""

    sign: str
    text: Sentence


class Headings:
    """The headings of the steps of a trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.part = trace.samples[0] if trace.samples else trace
        self.layers = layers_of(trace)
        self.moved = self._moved()
        self.by_key = dict(self._by_key()) if self.layers else {}

    def of(self, step: Step) -> Heading:
        """The heading of a step: what its parts are, each with the title of the part; or the step's title alone."""
        told = self._of_unit(step.plan.unit) if step.plan.unit else self._of_parts(step)
        if not told:
            return Heading(": ", step.heading)
        return Heading(", ", sentence(f"sample {step.sample} of {len(self.trace.samples)}, " * bool(step.sample), told))

    def parts(self, step: Step) -> list[HeadedPart]:
        """The definitions of a step, in parts with a heading each."""
        headed = ((self.by_key.get((step.phase, item.key), ()), item) for item in step.plan.definitions)
        return [HeadedPart(heading, tuple(item for _, item in part)) for heading, part in groupby(headed, _heading_of)]

    # of a step

    def _of_parts(self, step: Step) -> Sentence:
        """The headings of a step's parts with their titles; nothing where none has any."""
        parts = self.parts(step)
        if not any(part.heading for part in parts):
            return ()
        if step.phase == UPDATE:
            return sentence(self._update(step), ": ", step.heading)
        return separated((self._titled(part, step.phase) for part in parts), "; ")

    def _titled(self, part: HeadedPart, phase: str) -> Sentence:
        told = separated(part.definitions, "; ") if phase == FORWARD else self._differentiated(part.definitions)
        return sentence(part.heading, ": ", told) if part.heading else told

    def _differentiated(self, definitions: Iterable[Definition]) -> Sentence:
        """What gradients are at, or of."""
        found = [self.part.differentiated[item.key] for item in definitions if item.key in self.part.differentiated]
        passed = not self.part.sections.keys() >= set(found)
        return sentence("gradient at " * passed, names_listed(found))

    def _update(self, step: Step) -> Sentence:
        """What an update moves: the layers, by name or all of them."""
        numbers = list(dict.fromkeys(self.moved[item.key] for item in step.plan.definitions if item.key in self.moved))
        return sentence(
            f"all {len(numbers)} layers" if len(numbers) > SHALLOW else " and ".join(map(self._layer, numbers))
        )

    def _of_unit(self, unit: Unit) -> Sentence:
        """What heads the step of a unit; nothing where its layer has several arrays of them."""
        for number, layer in enumerate(self.layers):
            sums = keys(layer.sums)
            if unit.key in sums and (len(sums) == 1 or all(size(item.shape) == 1 for item in layer.sums)):
                place = unit.place if len(sums) == 1 else sums.index(unit.key)
                return sentence(self._unit(number, place), ": ", unit.work)
        return ()

    # by key

    def _by_key(self) -> Iterator[KeyHeading]:
        part = self.part
        yield (FORWARD, part.program.loss), sentence("loss")
        for number, layer in enumerate(self.layers):
            yield from self._forward(number, layer)
            yield from self._reverse(number, layer)
        for section, noun in (("input", "input"), ("target", "target")):
            given = [
                given.key for given in part.givens if given.section == section and given.key in part.program.gradients
            ]
            for key in given:
                yield (
                    (REVERSE, part.program.gradients[key]),
                    sentence(f"gradients of the {noun}{'s' * (len(given) > 1)}"),
                )
        for key, number in self.moved.items():
            yield (UPDATE, key), sentence("update of ", self._layer(number))

    def _forward(self, number: int, layer: Layer) -> Iterator[KeyHeading]:
        """The headings of a layer's sums and activations."""
        last = number == len(self.layers) - 1
        where = f" of {self._layer(number) if last else self._hidden(number)}"
        active = [bool(layer.activations) for layer in self.layers]
        output = "output" if last else f"activation{where * (sum(active[:-1]) > 1)}"
        if not layer.activations:
            output = "output" if last else self._hidden(number).removeprefix("the ")
        before = f"pre-activation{where * (sum(active) > 1)}" if layer.activations else output
        yield from (((FORWARD, item.key), sentence(before)) for item in layer.sums)
        yield from (((FORWARD, item.key), sentence(output)) for item in layer.activations)

    def _reverse(self, number: int, layer: Layer) -> Iterator[KeyHeading]:
        """The headings of the gradients at a layer's quantities, of its slopes, and of its weights."""
        program, sums = self.part.program, set(keys(layer.sums))
        last = number == len(self.layers) - 1
        through = sentence("through ", separated((FunctionName(name, name) for name in layer.functions), " and "))
        yield from (((REVERSE, slope.quantity.key), through) for slope in program.slopes if slope.subject in sums)
        error = sentence("output error" if last else f"error at {self._hidden(number)}")
        for headed, key in [(through, key) for key in sums] + [(error, key) for key in keys(layer.outputs)]:
            if key in program.gradients:
                yield (REVERSE, program.gradients[key]), headed
        of = sentence("gradients of ", self._layer(number))
        yield from (((REVERSE, program.gradients[key]), of) for key in layer.weights if key in program.gradients)

    def _moved(self) -> dict[str, int]:
        """The number of the layer of each weight, by the key of its new value."""
        replaced = self.trace.program.replacements
        return {
            replaced[key]: number
            for number, layer in enumerate(self.layers)
            for key in layer.weights
            if key in replaced
        }

    # names

    def _layer(self, number: int) -> str:
        return "the output layer" if number == len(self.layers) - 1 else _the("layer", number)

    def _hidden(self, number: int) -> str:
        return "the hidden layer" if len(self.layers) == SHALLOW else _the("hidden layer", number)

    def _unit(self, number: int, place: int) -> str:
        if number == len(self.layers) - 1:
            return _numbered("output unit", place)
        if len(self.layers) == SHALLOW:
            return _numbered("hidden unit", place)
        return f"{_numbered('unit', place)} of {self._hidden(number)}"


def capitalized(heading: Sentence) -> Sentence:
    """A heading as it stands alone, its first letter a capital."""
    match heading:
        case (Words(text), *rest):
            return (Words(text[:1].upper() + text[1:]), *rest)
    return heading


def _heading_of(headed: tuple[Sentence, Definition]) -> Sentence:
    return headed[0]


def _the(noun: str, place: int) -> str:
    """`the first layer`, and from some number on `layer 11`."""
    return f"the {_numbered(noun, place)}" if place < len(ORDINALS) else _numbered(noun, place)


def _numbered(noun: str, place: int) -> str:
    """`first unit`, and from some number on `unit 11`."""
    return f"{ORDINALS[place]} {noun}" if place < len(ORDINALS) else f"{noun} {place + 1}"
