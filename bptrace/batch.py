"""A batch: a network whose samples are worked out one after the other, then their mean or sum."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from bptrace.bounds import largest, measured
from bptrace.closed import PROOF_LIMIT, ClosedForms
from bptrace.errors import SpecError
from bptrace.exact import Index, Value, size
from bptrace.model import Definition, Given
from bptrace.network import Network, Work
from bptrace.program import Program
from bptrace.reduction import of_sample, of_sample_quantity, reduced, reduced_keys
from bptrace.trace import Trace

SAMPLE_LIMIT = 10_000
VALUE_LIMIT = 4_000_000


class Batch(Network):
    """A network with samples; every sample gives the same names with the same shapes.

    `shared` are the givens that all samples share, `samples` each sample's own; `givens` holds them all, the
    samples' own as `x(2)`. `reduction`: `mean` or `sum`.
    """

    def __init__(
        self,
        shared: Sequence[Given],
        definitions: Sequence[Definition],
        samples: Sequence[Sequence[Given]],
        *,
        reduction: str = "mean",
        title: str = "",
        updated: bool = False,
        gradients: Collection[str] = ("weights",),
        decimal: bool = False,
    ) -> None:
        numbered = [
            given._replace(key=of_sample(given.key, number))
            for number, sample in enumerate(samples, 1)
            for given in sample
        ]
        super().__init__(
            [*shared, *numbered], definitions, title=title, updated=updated, gradients=gradients, decimal=decimal
        )
        self.shared = tuple(shared)
        self.samples = tuple(map(tuple, samples))
        self.reduction = reduction

    def replaced(self, values: Mapping[str, Value], decimal: bool = False) -> Batch:
        """The same batch with other values for some givens, by key; a sample's own by `x(2)`."""
        batch = Batch(
            [given._replace(value=values.get(given.key, given.value)) for given in self.shared],
            self.definitions,
            [
                [given._replace(value=values.get(of_sample(given.key, number), given.value)) for given in sample]
                for number, sample in enumerate(self.samples, 1)
            ],
            reduction=self.reduction,
            title=self.title,
            updated=self.updated,
            gradients=self.gradients,
            decimal=self.decimal or decimal,
        )
        batch._programs = self._programs
        batch._single._programs = self._single._programs
        return batch

    @cached_property
    def _single(self) -> Network:
        """The network of the first sample, whose program serves all of them."""
        gradients = self.gradients | {"weights"} if self.updated else self.gradients
        givens = [*self.shared, *self.samples[0]]
        network = Network(givens, self.definitions, title=self.title, gradients=gradients, decimal=self.decimal)
        for given, *others in zip(*self.samples, strict=True):
            bounds = [measured(other.value, other.shape) for other in (given, *others)]
            network._bounds[given.key] = largest(bounds)
        return network

    def _program(self, sections: frozenset[str]) -> Program:
        if sections not in self._programs:
            single = self._single._program(self._single_sections(sections))
            self._check_count(single)
            own = [
                of_sample_quantity(single.quantities[given.key], number)
                for number, sample in enumerate(self.samples, 1)
                for given in sample
            ]
            self._programs[sections] = reduced(
                single, self.shared, own, len(self.samples), self.reduction, self.updated
            )
        return self._programs[sections]

    def _single_sections(self, sections: frozenset[str]) -> frozenset[str]:
        return sections | {"weights"} if self.updated else sections

    @cached_property
    def _shared_keys(self) -> set[str]:
        return {given.key for given in self.shared}

    def _check_count(self, single: Program) -> None:
        samples, values = len(self.samples), sum(size(quantity.shape) for quantity in single.quantities.values())
        if samples * values > VALUE_LIMIT:
            message = f"{samples:,} samples of {values:,} values each; at most {VALUE_LIMIT:,} are worked out"
            raise SpecError(message, self.samples[0][0].mark)

    def _work(self, sections: frozenset[str]) -> Work:
        if sections not in self._works:
            real = self._single._work(self._single_sections(sections)).real
            self._works[sections] = Work(self._program(sections), {}, self.decimal, real)
        return self._works[sections]

    def _traced(self, decimal: bool, inputs: bool, digits: int, bits: int = 0) -> Trace:
        work, traces = self._work(self._sections(inputs)), list[Trace]()
        keys = reduced_keys(self._single._program(self._single_sections(self._sections(inputs))), self._shared_keys)

        def givens(bits: int) -> dict[str, Value]:
            numbers = range(1, len(self.samples) + 1)
            traces[:] = [self._sample_traced(number, decimal, inputs, digits, bits) for number in numbers]
            results = {of_sample(key, n): trace.values[key] for n, trace in enumerate(traces, 1) for key in keys}
            return self._values | results

        def closed(key: str, index: Index) -> object:
            name, _, number = key.removesuffix(")").rpartition("(")
            sample = traces[int(number) - 1]
            return ClosedForms(sample.register, sample.program.definitions, PROOF_LIMIT).at(name, index)

        values, bits = work.settled(givens, digits, bits, closed)
        return Trace(self, work.program, values, decimal, digits=digits, bits=bits, samples=traces)

    def _sample_traced(self, number: int, decimal: bool, inputs: bool, digits: int, bits: int) -> Trace:
        network = self._single.replaced({given.key: given.value for given in self.samples[number - 1]})
        network._works = self._single._works  # their bounds hold for all samples
        try:
            return network._traced(decimal, inputs, digits, bits)
        except SpecError as problem:
            raise SpecError(f"sample {number}: {problem.message}", problem.mark, *problem.hints) from None
