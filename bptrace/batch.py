"""A batch: a network whose samples are worked out one after the other, then their mean or sum."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from bptrace.bounds import largest, measured
from bptrace.errors import SpecError
from bptrace.exact import Value, size
from bptrace.model import Definition, Given
from bptrace.network import Network
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
            single = self._single._program(sections | {"weights"} if self.updated else sections)
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

    def _check_count(self, single: Program) -> None:
        samples, values = len(self.samples), sum(size(quantity.shape) for quantity in single.quantities.values())
        if samples * values > VALUE_LIMIT:
            message = f"{samples:,} samples of {values:,} values each; at most {VALUE_LIMIT:,} are worked out"
            raise SpecError(message, self.samples[0][0].mark)

    def _may_grow(self, sections: frozenset[str]) -> bool:
        """Whether to measure the values as they come: what the samples come to is known only then."""
        return True

    def _started(self, program: Program, decimal: bool, inputs: bool) -> tuple[dict[str, Value], tuple[Trace, ...]]:
        style = "decimal" if decimal else "fraction"
        traces = tuple(self._traced(number, style, inputs) for number in range(1, len(self.samples) + 1))
        values = dict(self._values)
        keys = reduced_keys(traces[0].program, {given.key for given in self.shared})
        for number, trace in enumerate(traces, 1):
            values.update({of_sample(key, number): trace.values[key] for key in keys})
        return values, traces

    def _traced(self, number: int, style: str, inputs: bool) -> Trace:
        network = self._single.replaced({given.key: given.value for given in self.samples[number - 1]})
        network._bounds, network._growing = self._single._bounds, self._single._growing  # they hold for all samples
        try:
            return network.trace(style, inputs)
        except SpecError as problem:
            raise SpecError(f"sample {number}: {problem.message}", problem.mark, *problem.hints) from None
