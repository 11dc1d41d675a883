"""A batch: a network whose samples are worked out one after the other, then their mean or sum."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Self

from bptrace.engine.batch_program import of_sample, of_sample_quantity, reduced, reduced_keys
from bptrace.engine.elements import Register
from bptrace.engine.model import Definition, Given
from bptrace.engine.network import Asked, Network, Plans
from bptrace.engine.plans import BY_RANK
from bptrace.engine.program import Program, own_names
from bptrace.engine.trace import Trace
from bptrace.engine.work import Work
from bptrace.errors import SpecError
from bptrace.numbers.bounds import largest, measured
from bptrace.numbers.exact import Value, size

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer
    from bptrace.engine.symbols import Display

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
        optimizer: Optimizer | None = None,
        gradients: Collection[str] = ("weights",),
        decimal: bool = False,
        order: str = BY_RANK,
        display: Display | None = None,
    ) -> None:
        numbered = [
            given._replace(key=of_sample(given.key, number))
            for number, sample in enumerate(samples, 1)
            for given in sample
        ]
        super().__init__(
            [*shared, *numbered],
            definitions,
            title=title,
            optimizer=optimizer,
            gradients=gradients,
            decimal=decimal,
            order=order,
            display=display,
        )
        self.shared = tuple(shared)
        self.samples = tuple(map(tuple, samples))
        self.reduction = reduction
        self._single_plans = Plans()

    def replaced(self, values: Mapping[str, Value], decimal: bool = False) -> Self:
        """The same batch with other values for some givens, by key; a sample's own by `x(2)`."""
        batch = super().replaced(values, decimal)
        batch.shared = tuple([given._replace(value=values.get(given.key, given.value)) for given in self.shared])
        batch.samples = tuple(
            [
                tuple([given._replace(value=values.get(of_sample(given.key, n), given.value)) for given in sample])
                for n, sample in enumerate(self.samples, 1)
            ]
        )
        return batch

    def derived(self, inputs: bool = False, *, update: bool = True) -> Trace:
        """The working of one sample over symbols, which is that of any other, too; no batch and no update."""
        single = copy(self._single)
        single.title = f"{self.title or 'The chain rule'}: each sample, before their {self.reduction}"
        return single.derived(inputs, update=False)

    def _copied(self, decimal: bool) -> Self:
        batch = super()._copied(decimal)
        batch.__dict__.pop("_single", None)
        return batch

    @cached_property
    def _single(self) -> Network:
        """The network of the first sample, whose program serves all of them."""
        givens = [given for given in (*self.shared, *self.samples[0]) if given.section not in ("update", "state")]
        network = Network(
            givens,
            self.definitions,
            title=self.title,
            gradients=self.gradients,
            decimal=self.decimal,
            order=self.order,
            display=self.display,
        )
        network._plans = self._single_plans
        if network.unvalued:
            return network
        for given, *others in zip(*self.samples, strict=True):
            bounds = [measured(other.value, other.shape) for other in (given, *others)]
            network._bounds[given.key] = largest(bounds)
        return network

    def _program(self, asked: Asked) -> Program:
        programs = self._plans.programs
        if asked not in programs:
            single = self._single._program(_of_single(asked))
            self._check_count(single)
            own = [
                of_sample_quantity(single.quantities[given.key], number)
                for number, sample in enumerate(self.samples, 1)
                for given in sample
            ]
            optimizer = self.optimizer if asked.update else None
            taken = own_names([*self.shared, *self.samples[0]], self.definitions)
            programs[asked] = reduced(single, self.shared, own, len(self.samples), self.reduction, optimizer, taken)
        return programs[asked]

    def _check_count(self, single: Program) -> None:
        samples, values = len(self.samples), sum(size(quantity.shape) for quantity in single.quantities.values())
        if samples * values > VALUE_LIMIT:
            message = f"{samples:,} samples of {values:,} values each; at most {VALUE_LIMIT:,} are worked out"
            raise SpecError(message, self.samples[0][0].mark)

    def _work(self, asked: Asked) -> Work:
        """It measures the values as they come: what the samples come to is known only then."""
        if asked not in self._works:
            real = self._single._work(_of_single(asked)).real
            self._works[asked] = Work(self._program(asked), self.decimal, real, growing=True)
        return self._works[asked]

    def _traced(self, asked: Asked, decimal: bool, digits: int, bits: int = 0) -> Trace:
        work, traces = self._work(asked), list[Trace]()
        origins: dict[str, tuple[Trace, str]] = {}
        keys = reduced_keys(self._single._program(_of_single(asked)), {given.key for given in self.shared})

        def givens(bits: int) -> dict[str, Value]:
            numbers = range(1, len(self.samples) + 1)
            values = self._values_at(bits)
            traces[:] = [self._sample_traced(number, values, asked, decimal, digits, bits) for number in numbers]
            origins.update({of_sample(key, n): (trace, key) for n, trace in enumerate(traces, 1) for key in keys})
            return values | {name: trace.values[key] for name, (trace, key) in origins.items()}

        def outer(key: str) -> tuple[Register, Sequence[Definition], str]:
            sample, name = origins[key]
            return sample.register, sample.program.definitions, name

        values, bits = work.settled(givens, digits, self._least(bits), outer)
        return Trace(self, work.program, values, decimal, digits=digits, bits=bits, samples=traces)

    def _sample_traced(
        self, number: int, values: Mapping[str, Value], asked: Asked, decimal: bool, digits: int, bits: int
    ) -> Trace:
        own = {given.key: given.value for given in self.samples[number - 1]}
        network = self._single.replaced({**values, **own})
        network._works = self._single._works  # their bounds hold for all samples
        try:
            return network._traced(_of_single(asked), decimal, digits, bits)
        except SpecError as problem:
            raise problem.within(f"sample {number}") from None


def _of_single(asked: Asked) -> Asked:
    """What is asked of each sample: no update of its own."""
    return asked._replace(update=False)
