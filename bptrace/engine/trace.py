"""The finished working: every step, every row, exact, and checked against the arrays it stands beside."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property, partial
from itertools import accumulate, islice, starmap
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from bptrace.engine.elements import Elements, Unvalued
from bptrace.engine.model import Definition, Given, definitions_by_key
from bptrace.engine.named_values import NamedValues
from bptrace.engine.notes import Note
from bptrace.engine.plans import RANK, REVERSE, UNIT, Plan
from bptrace.engine.program import Program
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import sentence
from bptrace.engine.step import MakeRows, Step
from bptrace.engine.units import unit_plans
from bptrace.errors import Mark, UndefinedError
from bptrace.methods import TraceMethods
from bptrace.numbers.arrays import Value, entries
from bptrace.numbers.digits import DIGITS
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.expr import Expr, shape_text
from bptrace.ops.notation import Notation

if TYPE_CHECKING:
    from bptrace.engine.closed_forms import ClosedForms
    from bptrace.engine.optimizers import Optimizer
    from bptrace.engine.symbols import Display

StepParts: TypeAlias = "tuple[Plan, MakeRows, int | None]"
"""A step's plan, what makes its rows, and its sample."""


class Worked(Protocol):
    """What a trace is the working of: a network."""

    @property
    def title(self) -> str:
        """What the file calls it, or nothing."""

    @property
    def givens(self) -> tuple[Given, ...]:
        """What the file states."""

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """What the file defines."""

    @property
    def optimizer(self) -> Optimizer | None:
        """How its weights move, if they do."""

    @property
    def reduction(self) -> str:
        """What becomes of its samples, where there are any."""

    @property
    def decimal(self) -> bool:
        """Whether the file writes decimals."""

    @property
    def display(self) -> Display | None:
        """How names are typeset, or None for the usual way."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is legal in it and probably not meant."""


@dataclass(eq=False, repr=False)  # frozen, it would take a small network 1.07 x as long
class Trace(NamedValues, TraceMethods):
    r"""The whole working of a network: forward pass, reverse chain, update.

    Of a network with samples: each sample's working, then the batch, then the update. `samples` are the samples'
    own traces, and the names are the batch's: `trace["dL/dw11"]` is the mean, `trace.samples[0]["dL/dw11"]` the
    first sample's, also called `trace["dL/dw11(1)"]`.

    What has a name is looked up as in a dict: `trace["dL/dw11"]`, `trace["dL/dw"]`, `dict(trace)`.

    A partial trace lacks the values that do not exist, and those that need them: `problem` says of the first why,
    `missing` of each. Asking for one raises NoValueError.

    A trace over symbols (`symbolic`) has the same steps and rows, whose formulas are all there is: its values
    are UNKNOWN, and asking for one raises NoValueError.

    Two traces are equal where their titles are, their steps, and all that is printed of every row.

    `source` is the network, `values` every quantity by its key, `bits` the precision that they took where they are
    not rational, and `proven` the digits that were asked for, where fewer are shown. How it is shown: `decimal`,
    `terms` (the most of a sum), `digits` (of what is not rational), `width` (the most characters of a closed form),
    `places` (the most decimal ones of any number), `last` (so many rows only), `work` (with the stages of working rules
    out), `grouping` (what a step of the reverse chain is, one of GROUPINGS).

    >>> import bptrace
    >>> trace = bptrace.loads("weights: {w: 3}\nloss: (w - 1)^2").trace()
    >>> for row in trace.rows():
    ...     print(row.quantity, row.formula, row.rule, row.value, sep="  ")
    L  (w-1)^2  (3-1)^2  4
    dL/dw  2*(w-1)  2*(3-1)  4
    """

    source: Worked
    program: Program
    values: Mapping[str, Value]
    decimal: bool
    _: KW_ONLY
    terms: int | None = None
    digits: int = DIGITS
    proven: int = 0
    bits: int = 0
    width: int = 0
    places: int | None = None
    samples: tuple[Trace, ...] = ()
    last: int | None = None
    work: bool = False
    symbolic: bool = False
    problem: UndefinedError | None = None
    grouping: str = RANK

    @property
    def title(self) -> str:
        """The network's title, or nothing."""
        return self.source.title

    @property
    def givens(self) -> tuple[Given, ...]:
        """What the file states, in its order."""
        return self.source.givens

    def givens_of(self, sample: int | None) -> list[Given]:
        """The givens of one sample alone, by the names that it calls them; or those that hold for all samples."""
        if sample:
            return [given for given in self.samples[sample - 1].givens if given.key not in self.sections]
        every = set(self.sections)
        each = {given.key for given in self.samples[0].givens} if self.samples else every
        return [given for given in self.givens if given.key in each or given.section in ("update", "state")]

    @cached_property
    def sections(self) -> dict[str, str]:
        """The section of the file that each given stands in, by key."""
        return {given.key: given.section for given in self.givens}

    @cached_property
    def differentiated(self) -> dict[str, str]:
        """What each gradient is the gradient of, by key."""
        return {gradient: key for key, gradient in self.program.gradients.items()}

    @property
    def equations(self) -> list[str]:
        """What the file defines, in its order: `z = w@x + b`."""
        return [definition.text for definition in self.source.definitions]

    @property
    def notes(self) -> tuple[Note, ...]:
        r"""What is legal in the network and probably not meant, in the order of the file.

        >>> import bptrace
        >>> [note] = bptrace.loads("weights: {w: 3, b: 1}\nloss: (w - 1)^2").trace().notes
        >>> print(note.kind, note.mark.line, note.mark.column, note.text, sep=", ")
        unread, 1, 17, nothing reads b
        """
        return self.source.notes

    @cached_property
    def missing(self) -> dict[str, str]:
        r"""Why each value that does not exist is missing, by name; of a sample's, its own trace says so.

        >>> import bptrace
        >>> trace = bptrace.loads("weights: {w: 0}\nforward: {a: w + 1}\nloss: sqrt(w)*a").trace(partial=True)
        >>> print(trace["L"], trace["dL/da"], trace.missing)
        0 0 {'dL/dw': 'none: division by zero'}
        """
        if not self.problem:
            return {}
        from bptrace.engine.partial import missing

        found = (missing(self.values[item.key], item.shape) for item in self.program.definitions)
        return {gap.name: gap.text for gaps in found for gap in gaps}

    def shortened(self, terms: int | None) -> Trace:
        """The trace for a screen: sums of more terms than this are cut in the middle, the rest counted."""
        return self._shown(terms=terms)

    def with_numbers(self, decimal: bool) -> Trace:
        """The trace with its rational numbers as decimals where they end, or all as fractions."""
        return self._shown(decimal=decimal)

    def with_digits(self, digits: int) -> Trace:
        """The trace with so many digits of what is not rational shown; no more are proven than were."""
        if digits == self.digits:
            return self
        return self._shown(digits=digits, proven=max(self.proven, self.digits) if digits < self.digits else 0)

    def with_decimals(self, places: int | None) -> Trace:
        """The trace with its numbers as decimals of at most so many places, those that take more rounded; None: exact.

        Of what is not rational no more places are shown than are proven.
        """
        return self if places == self.places else self._shown(decimal=self.decimal or places is not None, places=places)

    def with_closed_forms(self, width: int) -> Trace:
        """The trace with closed forms of at most so many characters beside values that are not rational."""
        return self._shown(width=width)

    def with_work(self) -> Trace:
        """The trace with the stages of working each rule out beside it, as on paper: `0.05 - 0.3`."""
        return self._shown(work=True)

    def until(self, place: int) -> Trace:
        """The trace with no more rows than those before a place, counted from 0 over all steps."""
        return self._shown(last=place)

    def grouped(self, by: str) -> Trace:
        r"""The trace with its reverse chain in other steps: by `rank`, as usual, or by `unit`.

        By unit, what is worked out of a unit is a step: its slope, its gradient, the gradients of its weights.

        >>> import bptrace
        >>> text = "weights: {w: [1, 2], b: [3, 4]}\nforward: {h: w + b}\nloss: h@h"
        >>> for step in bptrace.loads(text).trace().grouped("unit").steps[2:]:
        ...     print(step.number, step.title)
        3 unit h1: gradient at h1; gradients of its w, b
        4 unit h2: gradient at h2; gradients of its w, b
        """
        return self if by == self.grouping else self._shown(grouping=by)

    def _shown(self, **changes: Any) -> Trace:
        """The trace, and its samples' own, with some of what is about its look changed."""
        samples = tuple(sample._shown(**changes) for sample in self.samples)
        shown = replace(self, samples=samples, **changes)
        if changes and not changes.keys() & {"decimal", "digits", "places"}:  # an element keeps its number's text
            vars(shown)["register"] = self.register  # elements are the same in any other look, and many
        return shown

    def audit(self) -> None:
        """Make every row once, each checked as it is made, so that nothing is printed before all agree.

        Raises InternalError naming the row where a rule does not give its value.
        """
        deque(self.rows(), maxlen=0)

    def text(self, key: str) -> str:
        """A whole quantity as the register prints its numbers: `2`, `[1, 2]`, `[[0, 1], [1, -1]]`."""
        shape = self.program.quantities[key].shape
        if self.values[key] is UNKNOWN:
            return shape_text(shape)
        numbers = [self.notation.in_array(item) for item in entries(self.values[key], shape)]
        if len(shape) < 2:
            return f"[{', '.join(numbers)}]" if shape else self.notation.shown(self.values[key]).text
        columns = shape[1]
        rows = [", ".join(numbers[start : start + columns]) for start in range(0, len(numbers), columns)]
        return "[" + ", ".join(f"[{row}]" for row in rows) + "]"

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """The plans of its own steps, those of samples apart."""
        if self.grouping == UNIT:
            return unit_plans(self.program, [key for key, section in self.sections.items() if section == "weights"])
        return self.program.plans

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        count = len(self.samples)
        parts: list[StepParts] = [
            (plan._replace(heading=sentence(f"sample {sample} of {count}: ", plan.heading)), rows, sample)
            for sample, rows in ((number, partial(self._rows_of, number)) for number in range(1, count + 1))
            for plan in self.samples[0].plans
        ]
        parts += [(plan, self._rows, None) for plan in self.plans]
        return tuple(Step(number, *part, self) for number, part in enumerate(self._so_far(parts), 1))

    def _so_far(self, parts: Sequence[StepParts]) -> Iterator[StepParts]:
        """The steps that have rows before the last place, its own with those only."""
        left = self.last
        for plan, rows, sample in parts:
            if left is None:
                yield plan, rows, sample
            elif left > 0:
                yield plan._replace(most=left), rows, sample
                left -= plan.length

    @property
    def is_whole(self) -> bool:
        """Whether it has all its rows, and values for them: whether there is an end of it to speak of."""
        of_each = sum(plan.whole for plan in self.samples[0].plans) if self.samples else 0
        count = len(self.samples) * of_each + sum(plan.whole for plan in self.plans)
        return not self.symbolic and (self.last is None or self.last >= count)

    def steps_before(self, step: Step) -> int:
        """How many steps come before those of a step's own trace: its sample's, or this one's."""
        of_each = len(self.samples[0].plans) if self.samples else 0
        return of_each * (step.sample - 1 if step.sample else len(self.samples))

    def of(self, step: Step) -> Trace:
        """The trace whose names the rows of a step read: its sample's, or this one."""
        return self.samples[step.sample - 1] if step.sample else self

    def rows(self) -> Iterator[Row]:
        """Every row of every step, made one at a time."""
        return self.part(0, self.count)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """For each step, how many rows stand before it."""
        return tuple(accumulate(map(len, self.steps), initial=0))[:-1]

    @property
    def count(self) -> int:
        """How many rows there are in all steps."""
        return self.starts[-1] + len(self.steps[-1])

    def step_at(self, place: int) -> Step:
        """The step that has the row at a place, counted from 0 over all steps."""
        return self.steps[bisect_right(self.starts, place) - 1]

    def part(self, start: int, stop: int) -> Iterator[Row]:
        """The rows from `start` to before `stop`, counted from 0 over all steps, made one at a time."""
        for step in self.steps[max(bisect_right(self.starts, start) - 1, 0) : bisect_left(self.starts, stop)]:
            before = self.starts[step.number - 1]
            yield from step.part(max(start - before, 0), stop - before)

    def quantities(self, start: int = 0) -> Iterator[str]:
        """What the rows from `start` on are called, without the rows being made."""
        for step in self.steps[bisect_right(self.starts, start) - 1 :]:
            yield from self.names(step, start - self.starts[step.number - 1])

    def names(self, step: Step, start: int = 0) -> Iterator[str]:
        """What the rows of a step are called, from `start` on."""
        register = self.of(step).register
        for definition, run in step.plan.part(start):
            yield from map(register[definition.key].name, run)

    def called(self) -> Iterator[str]:
        """What each row is called in the whole register, `dL/dw11(2)` in the second sample, without it being made."""
        return (step.called(name) for step in self.steps for name in self.names(step))

    @cached_property
    def notation(self) -> Notation:
        """How the trace's rows print."""
        places = self.places if self.decimal else None
        return Notation(self.decimal, self.terms, self.digits, self.bits, places, self.source.decimal)

    def _rows_of(self, sample: int, plan: Plan, start: int, stop: int | None) -> Iterator[Row]:
        """A sample's rows. What its rows are made of is kept until another sample's are asked for."""
        if sample not in self._open:
            self._open.clear()
            self._open[sample] = self.samples[sample - 1]._shown()
        return self._open[sample]._rows(plan, start, stop)

    @cached_property
    def _open(self) -> dict[int, Trace]:
        return {}

    def _rows(self, plan: Plan, start: int, stop: int | None) -> Iterator[Row]:
        for definition, run in plan.part(start, stop):
            own, waiting = self._elements_of(definition, plan.phase == REVERSE), iter(run)
            most = self.program.forms.at_once(definition)
            while places := list(islice(waiting, most)):
                yield from starmap(Row, ((own, *element) for element in own.checked(places)))

    def _elements_of(self, definition: Definition, noted: bool) -> Elements:
        """What makes the rows of a definition, compiled once for all the times they are made."""
        found = self._compiled.get(definition.key)
        if found is None:
            made = Unvalued if self.symbolic else self._maker(definition)
            marked = definition if definition.mark else definition._replace(mark=self._loss_mark)
            found = self._compiled[definition.key] = made(
                marked, self.register, self.notation, self.program.forms, noted, self._closed if self.width else None
            )
            found.trace = self
        return found

    @cached_property
    def _loss_mark(self) -> Mark | None:
        return self.program.loss_mark

    def _maker(self, definition: Definition) -> type[Elements]:
        if self.problem:
            from bptrace.engine.partial import PartialElements, missing

            return PartialElements if missing(self.values[definition.key], definition.shape) else Elements
        return Elements

    def _closed(self, tree: Expr) -> str | None:
        return self._closed_forms.text(tree, self.width)

    @cached_property
    def _closed_forms(self) -> ClosedForms:
        from bptrace.engine.closed_forms import SHOWN_LIMIT, ClosedForms

        limit = min(SHOWN_LIMIT, self.width)  # an operation takes a character at least
        return ClosedForms(self.register, definitions_by_key(self.program.definitions), limit)

    @cached_property
    def _compiled(self) -> dict[str, Elements]:
        return {}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trace):
            return NotImplemented
        return self is other or (self._outline == other._outline and all(map(Row.same, self.rows(), other.rows())))

    def __hash__(self) -> int:
        return hash(self._outline)

    @cached_property
    def _outline(self) -> tuple[object, ...]:
        """All but the rows: of traces that part here, no row is made to tell them apart."""
        return self.title, *((step.phase, step.title, step.sample, len(step)) for step in self.steps)

    def __repr__(self) -> str:
        return f"<Trace of {self.title or 'a network'}, {len(self.steps)} steps>"
