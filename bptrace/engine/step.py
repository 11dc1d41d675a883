"""One step of a working, whose rows are made one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from bptrace.engine.plans import Plan
from bptrace.engine.quantity import of_sample
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import plain
from bptrace.methods import NotebookMethods

MakeRows: TypeAlias = Callable[[Plan, int, int | None], Iterator[Row]]


class Step(NotebookMethods):
    """One step of the working: its place, phase (`forward`, `reverse`, `batch`, `update`), title and rows.

    `heading`: the title as a sentence of typed parts. `sample`: the number of its sample, counted from 1, or None.
    `trace`: the whole working that it is a step of.
    Iterating gives rows one at a time, each checked as it is made: InternalError where rule and value part.
    """

    def __init__(self, number: int, plan: Plan, rows: MakeRows, sample: int | None = None, trace: Any = None) -> None:
        self.number = number
        self.trace = trace
        self.sample = sample
        self.phase = plan.phase
        self.heading = plan.heading
        self.plan = plan
        self._rows = rows

    @property
    def title(self) -> str:
        """What it does, in a few words or equations: `gradient at z`."""
        return plain(self.heading)

    @property
    def rows(self) -> Iterator[Row]:
        """The rows in order, made one at a time."""
        return self.part()

    def part(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """The rows from `start` to before `stop`, counted from 0, made one at a time; those before are not made."""
        return self._rows(self.plan, start, stop)

    def called(self, name: str) -> str:
        """What a row of it is called in the whole register: `dL/dw11(2)` in the second sample."""
        return of_sample(name, self.sample) if self.sample else name

    def __iter__(self) -> Iterator[Row]:
        return self.rows

    def __len__(self) -> int:
        return self.plan.length

    def __repr__(self) -> str:
        return f"<Step {self.number}, {self.phase}: {self.title}, {len(self)} rows>"

    def __getitem__(self, index: int) -> Row:
        place = range(len(self))[index]
        return next(self.part(place, place + 1))
