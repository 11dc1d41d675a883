"""A batch: a network whose samples are worked out one after the other, then their mean or sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from bptrace.engine.batch_program import reduced, reduced_keys
from bptrace.engine.budget import Spending, check_operations
from bptrace.engine.model import Definition, Given
from bptrace.engine.network import Asking, Network, Past, with_values
from bptrace.engine.notes import Outline
from bptrace.engine.program import Program, own_names
from bptrace.engine.programs import Programs, Scope
from bptrace.engine.quantity import of_sample
from bptrace.engine.register import Register
from bptrace.engine.trace import Trace
from bptrace.engine.work import Work
from bptrace.errors import SpecError
from bptrace.numbers.arrays import Value, entries, size
from bptrace.numbers.bounds import largest, measured
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import names

if TYPE_CHECKING:
    pass

SAMPLE_LIMIT = 10_000
VALUE_LIMIT = 4_000_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Batch(Network):
    """A network with samples; every sample gives the same names, in one order, with the same shapes.

    `shared` are the givens that all samples share, `samples` each sample's own; `givens` holds them all, the
    samples' own as `x(2)`. `reduction`: `mean` or `sum`. `single_programs` serve one sample each.
    """

    givens: tuple[Given, ...] = field(init=False)
    shared: tuple[Given, ...]
    samples: tuple[tuple[Given, ...], ...]
    reduction: str = "mean"
    single_programs: Programs = field(default_factory=Programs)

    def __post_init__(self) -> None:
        own = [given._replace(key=of_sample(given.key, n)) for n, given in self._numbered()]
        object.__setattr__(self, "givens", (*self.shared, *own))

    @property
    def outline(self) -> Outline:
        """What the file says, as far as it can be noted: of samples, the first one's givens."""
        return Outline((*self.shared, *self.samples[0]), self.definitions, self.uncalled)

    def _numbered(self) -> Iterator[tuple[int, Given]]:
        return ((number, given) for number, sample in enumerate(self.samples, 1) for given in sample)

    def _replaced(self, values: Mapping[str, Value], decimal: bool, past: Past | None = None) -> Self:
        own = [
            tuple([given._replace(value=values.get(of_sample(given.key, n), given.value)) for given in sample])
            for n, sample in enumerate(self.samples, 1)
        ]
        return replace(self, shared=with_values(self.shared, values), samples=tuple(own), decimal=decimal, past=past)

    def derived(self, inputs: bool = False, *, update: bool = True) -> Trace:
        """The working of one sample over symbols, which is that of any other, too; no batch and no update."""
        title = f"{self.title or 'The chain rule'}: each sample, before their {self.reduction}"
        return replace(self._single, title=title).derived(inputs, update=False)

    def row_count(self, inputs: bool = False) -> int:
        """How many rows its trace will have, those of every sample too. Raises SpecError: too many values."""
        plans = self._single_built(inputs).plans
        return super().row_count(inputs) + len(self.samples) * sum(plan.whole for plan in plans)

    def line_count(self, inputs: bool = False) -> int:
        """How many lines its matrix form will have, those of every sample too. Raises SpecError: too many values."""
        plans = self._single_built(inputs).plans
        return super().line_count(inputs) + len(self.samples) * sum(len(plan.definitions) for plan in plans)

    def operation_count(self, inputs: bool = False, values: bool = True) -> int:
        """How many operations the traces of its samples take, or without `values` that of one."""
        return (len(self.samples) if values else 1) * sum(self._single_built(inputs).operations)

    def _single_built(self, inputs: bool) -> Program:
        return self._single._built(_of_single(self._scope(inputs)))

    @cached_property
    def _single(self) -> Network:
        """The network of the first sample, whose program serves all of them; of the update it has what it reads."""
        read = {key for item in self.definitions for key in names(item.expr)}
        own = [
            given
            for given in (*self.shared, *self.samples[0])
            if given.section not in ("update", "state") or given.key in read
        ]
        return Network(
            tuple(own),
            self.definitions,
            title=self.title,
            gradients=self.gradients,
            decimal=self.decimal,
            order=self.order,
            display=self.display,
            ignored=self.ignored,
            uncalled=self.uncalled,
            programs=self.single_programs,
        )

    @cached_property
    def _single_works(self) -> dict[Scope, Work]:
        return {}

    def _single_work(self, scope: Scope) -> Work:
        """The program of one sample at work, within bounds that hold for all samples."""
        if scope not in self._single_works:
            bounds = dict(self._single.bounds)
            for given, *others in zip(*self.samples, strict=True):
                bounds[given.key] = largest([measured(other.value, other.shape) for other in (given, *others)])
            self._single_works[scope] = self._single.work_within(scope, bounds, len(self.samples))
        return self._single_works[scope]

    def _check_operations(self, scope: Scope, program: Program) -> None:
        single = self._single._program(_of_single(scope))
        check_operations(program, before=check_operations(single, len(self.samples)))

    def _new_program(self, scope: Scope) -> Program:
        single = self._single._built(_of_single(scope))
        self._check_count(single)
        own = [single.quantities[given.key]._replace(sample=number) for number, given in self._numbered()]
        optimizer = self.optimizer if scope.update else None
        taken = own_names([*self.shared, *self.samples[0]], self.definitions)
        return reduced(single, self.shared, own, len(self.samples), self.reduction, optimizer, taken)

    def _check_count(self, single: Program) -> None:
        samples, values = len(self.samples), sum(size(quantity.shape) for quantity in single.quantities.values())
        if samples * values > VALUE_LIMIT:
            message = f"{samples:,} samples of {values:,} values each; at most {VALUE_LIMIT:,} are worked out"
            raise SpecError(message, self.samples[0][0].mark, "fewer samples, or smaller arrays")

    def _new_work(self, scope: Scope) -> Work:
        """The batch's program at work; each value is measured first, since none is known before the samples' are."""
        program = self._program(scope)
        real = program.real or self._single_work(_of_single(scope)).real
        return Work(program, self.decimal, real, Spending(program))

    def _traced_whole(self, work: Work, asking: Asking) -> Trace:
        scope, traces = asking.scope, list[Trace]()
        origins: dict[str, tuple[Trace, str]] = {}
        keys = reduced_keys(self._single._program(_of_single(scope)), {given.key for given in self.shared})

        def givens(bits: int) -> dict[str, Value]:
            values = self._values_at(bits)
            traces[:] = self._samples_traced(values, asking._replace(bits=bits))
            origins.update({of_sample(key, n): (trace, key) for n, trace in enumerate(traces, 1) for key in keys})
            return values | {name: trace.values[key] for name, (trace, key) in origins.items()}

        def outer(key: str) -> tuple[Register, Sequence[Definition], str] | None:
            if key not in origins:  # a given of all samples, which earlier updates made
                return None
            sample, name = origins[key]
            return sample.register, sample.program.definitions, name

        values, bits = work.settled(givens, asking.digits, self._least(asking.bits), outer)
        decimal, digits = asking.decimal, asking.digits
        return Trace(self, work.program, values, decimal, digits=digits, bits=bits, samples=tuple(traces))

    def _samples_traced(self, values: Mapping[str, Value], asking: Asking) -> list[Trace]:
        """The trace of each sample; samples with equal numbers are worked out once. Raises SpecError."""
        met: dict[object, Trace] = {}
        traces = []
        for number, sample in enumerate(self.samples, 1):
            network = self._single.replaced({**values, **{given.key: given.value for given in sample}})
            kind = _alike(sample)
            if kind not in met or met[kind].problem:
                met[kind] = self._sample_traced(number, network, asking)
            traces.append(replace(met[kind], source=network))
        return traces

    def _sample_traced(self, number: int, network: Network, asking: Asking) -> Trace:
        try:
            return network.traced_by(self._single_work(_of_single(asking.scope)), asking)
        except SpecError as problem:
            raise problem.within(f"sample {number}") from None


def _alike(sample: Sequence[Given]) -> object:
    """What samples whose givens are equal rationals have in common, and no others."""
    items = [item for given in sample for item in entries(given.value, given.shape)]
    return tuple(items) if all(isinstance(item, Rational) for item in items) else object()


def _of_single(scope: Scope) -> Scope:
    """What is asked of each sample: no update of its own."""
    return scope._replace(update=False)
