"""A place in a register, and the ways to move from it. Nothing here knows a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, Self

from bptrace.engine.quantity import GradientAt, sample_of
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import Mark, Source, SpecError, shortened, suggestion

UNITS = ("row", "step", "phase")


class Span(NamedTuple):
    """Rows from `start` to before `stop`, counted from 0 over the whole register."""

    start: int
    stop: int


class Cursor(NamedTuple):
    """Where one stands: the newest rows are those of the unit around `place`, those before them have been seen.

    `by` is the unit: a row, a step or a phase. `marked` is the row that is looked at, a seen one. Every move gives
    a new cursor; one that leads nowhere gives the same.
    """

    trace: Trace
    by: str = "step"
    place: int = 0
    marked: int = 0

    @property
    def step(self) -> Step:
        """The step of the newest rows; of a phase, its last."""
        return self.trace.step_at(self.span.stop - 1)

    @property
    def span(self) -> Span:
        """The newest rows."""
        if self.by == "row":
            return Span(self.place, self.place + 1)
        steps = self.phase if self.by == "phase" else [self.trace.step_at(self.place)]
        start = self.trace.starts[steps[0].number - 1]
        return Span(start, self.trace.starts[steps[-1].number - 1] + len(steps[-1]))

    @property
    def phase(self) -> list[Step]:
        """The steps around the place that are of one phase, and of one sample."""
        here = self.trace.step_at(self.place)
        phase, steps = (here.phase, here.sample), self.trace.steps
        first = last = here.number
        while first > 1 and (steps[first - 2].phase, steps[first - 2].sample) == phase:
            first -= 1
        while last < len(steps) and (steps[last].phase, steps[last].sample) == phase:
            last += 1
        return list(steps[first - 1 : last])

    @property
    def position(self) -> str:
        """How far one is: `reverse 4/6`; by row `reverse 4/6, row 3/10`; in a sample `sample 1/4, reverse 4/6`."""
        steps, step = self.phase, self.step
        parts = [f"sample {step.sample}/{len(self.trace.samples)}"] if step.sample else []
        parts.append(f"{step.phase} {step.number - steps[0].number + 1}/{len(steps)}")
        if self.by == "row":
            parts.append(f"row {self.place - self.trace.starts[step.number - 1] + 1}/{len(step)}")
        return ", ".join(parts)

    @property
    def is_on_row(self) -> bool:
        """Whether one looks at a single row rather than at the newest unit, whose first row is marked then."""
        return self.by == "row" or self.marked != self.span.start

    @property
    def first_step(self) -> Step:
        """The step of the first of the newest rows."""
        return self.trace.step_at(self.span.start)

    def to(self, place: int) -> Self:
        """The cursor at a row, which is marked."""
        at = min(max(place, 0), self.trace.count - 1)
        return self._replace(place=at, marked=at)

    def next(self) -> Self:
        """The unit after this one."""
        stop = self.span.stop
        return self.to(stop) if stop < self.trace.count else self

    def back(self) -> Self:
        """The unit before this one."""
        start = self.span.start
        return self.to(start - 1)._at_start() if start else self

    def _at_start(self) -> Self:
        return self.to(self.span.start)

    def first(self) -> Self:
        """The first unit."""
        return self.to(0)

    def last(self) -> Self:
        """The last unit."""
        return self.to(self.trace.count - 1)._at_start()

    def jump(self, number: int) -> Self:
        """The step of that number, counted from 1. IndexError where there is none."""
        if not 1 <= number <= len(self.trace.steps):
            raise IndexError(number)
        return self.to(self.trace.starts[number - 1])

    def next_phase(self) -> Self:
        """The beginning of the next phase, after the last one that of the first."""
        last = self.phase[-1].number
        return self.jump(last + 1 if last < len(self.trace.steps) else 1)

    def counted(self, by: str) -> Self:
        """Where this is in units of another kind; the marked row is among the newest."""
        return self._replace(by=by).to(self.marked)

    def moved(self, rows: int) -> Self:
        """Where this is with a row so much further down marked, no further than what has been seen."""
        return self._replace(marked=min(max(self.marked + rows, 0), self.span.stop - 1))

    def over(self, trace: Trace) -> Self:
        """Where this is in the working of the network with other numbers."""
        return self._replace(trace=trace)

    def search(self, text: str, *, backward: bool = False) -> Self | None:
        """The next row whose quantity has the text in its name, from the marked row on and then from the start.

        A text without capitals matches either. None where no row matches.
        """
        at = self.marked
        ahead = self._matches(text, at + 1, self.trace.count)
        if not backward:
            place = next(ahead, None)
            place = next(self._matches(text, 0, at + 1), None) if place is None else place
        else:
            places = list(self._matches(text, 0, at)) or list(ahead) or list(self._matches(text, at, at + 1))
            place = places[-1] if places else None
        return None if place is None else self.to(place)

    def _matches(self, text: str, start: int, stop: int) -> Iterator[int]:
        fold = text == text.lower()
        for place, name in zip(range(start, stop), self._names(start), strict=False):
            if text in (name.lower() if fold else name):
                yield place

    def _names(self, start: int) -> Iterator[str]:
        """What the rows from `start` on are called, each of a sample by its number too."""
        for step in self.trace.steps[self.trace.step_at(start).number - 1 :]:
            names = self.trace.names(step, max(start - self.trace.starts[step.number - 1], 0))
            yield from map(step.called, names)


def place_of(trace: Trace, source: Source) -> int:
    """The place of the row that a source names, counted from 0 over all steps: `dL/dw11`, of a sample `dL/dw11(2)`.

    Of a whole vector or matrix, its first element's. Raises SpecError.
    """
    text = source.text.strip()
    name, number = sample_of(text) if trace.samples else (text, None)
    steps = [step for step in trace.steps if step.sample == number] if number else trace.steps
    for step in sorted(steps, key=lambda step: (step.sample != number, step.number)):
        wanted = trace.of(step).row_name(name)
        names = zip(range(trace.starts[step.number - 1], trace.count), trace.names(step), strict=False)
        place = next((place for place, quantity in names if quantity == wanted), None)
        if place is not None:
            return place
    if not steps:
        raise SpecError(f"there is no sample {number}", Mark(source, 0), f"there are {len(trace.samples)}")
    owners = {id(owner): owner for owner in map(trace.of, steps)}  # traces are compared by all their rows
    raise _no_row(trace, list(owners.values()), source, name)


def _no_row(trace: Trace, owners: Collection[Trace], source: Source, name: str) -> SpecError:
    """The complaint about a name that none of these traces, the whole one or its samples, has a row of."""
    if any(_section(owner, name) for owner in owners):
        return SpecError(f"{name} is given: no row works it out", Mark(source, 0), _called(trace))
    subject = GradientAt(trace.program.loss).subject(name)
    near = suggestion(name, trace.quantities()) or [_called(trace)]
    if any(_section(owner, subject) == "input" for owner in owners):
        near = ["the gradients of inputs come with --inputs"]
    return SpecError(f"no row is called {shortened(source.text)}", Mark(source, 0), *near)


def row_places(trace: Trace, source: Source) -> list[int]:
    """The places of all rows that a source names: one, or of a whole vector or matrix each element's.

    Raises SpecError.
    """
    first = place_of(trace, source)
    step = trace.step_at(first)
    text = source.text.strip()
    key, _ = sample_of(text) if trace.samples else (text, None)
    if key not in trace.of(step).values:
        return [first]
    runs = ((run.key, len(list(places))) for run, places in step.plan.part())
    return [place for place, owner in enumerate(_each(runs), trace.starts[step.number - 1]) if owner == key]


def _each(runs: Iterable[tuple[str, int]]) -> Iterator[str]:
    return (key for key, count in runs for _ in range(count))


def _called(trace: Trace) -> str:
    return f"rows are called as the register prints them, from {trace.steps[0].called(next(trace.quantities()))} on"


def _section(owner: Trace, name: str) -> str:
    """The section of what is given by that name, or nothing."""
    key, _ = owner.register.places.get(owner.row_name(name), ("", ()))
    return owner.sections.get(key, "")
