"""What a notebook shows of a trace, of one of its steps and of one of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Generic, TypeAlias, TypeVar

from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import distinct, sentence
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings
from bptrace.explain.sentences import step_words
from bptrace.explain.summary import summarize
from bptrace.notebook.medium import Medium, ShownTable, TableBlock
from bptrace.ops.format import T
from bptrace.ops.notation import TERMS
from bptrace.ops.shorten import abridged
from bptrace.typeset.names import Names
from bptrace.views.register_cells import RegisterCells

S = TypeVar("S")
Cut: TypeAlias = "tuple[Sequence[S], int, Sequence[S]]"
"""The items in front, how many are left out in the middle, and the last ones."""
MOST_ROWS, LAST_ROWS = 12, 4
"""How many rows of a step are shown at most, and how many of those are its last ones."""
MOST_STEPS, LAST_STEPS = 24, 8
LONGEST = 300
"""A cell with more characters is cut in the middle."""


def trace_table(medium: Medium[T], trace: Trace) -> str:
    """Every step with its rows, the middle of what is long left out, and what there is to know of all of it."""
    working = ShownWorking(medium, trace)
    front, count, back = without_middle(trace.steps, MOST_STEPS, LAST_STEPS)
    gap = [TableBlock("", [f"… {count:,} more steps …"])] if count else []
    blocks = [*map(working.block, front), *gap, *map(working.block, back)]
    return medium.table(ShownTable(medium.words(trace.title), working.header, blocks, list(working.remarks())))


def step_table(medium: Medium[T], step: Step) -> str:
    """The rows of a step, and what it does in words."""
    working = ShownWorking(medium, step.trace)
    return medium.table(ShownTable("", working.header, [working.block(step)], list(working.told(step))))


def row_table(medium: Medium[T], row: Row) -> str:
    """A row, and what there is to know of it."""
    part = ShownPart(medium, row.trace)
    return medium.table(ShownTable("", part.header, [TableBlock("", [part.line(row)], part.notes([row]))]))


def without_middle(items: Sequence[S], most: int, last: int) -> Cut[S]:
    """So many items, the last ones among them.

    >>> without_middle("abcdefgh", 5, 2), without_middle("abcdef", 5, 2)
    (('abc', 3, 'gh'), ('abcdef', 0, ''))
    """
    if len(items) <= most + 1:
        return items, 0, items[:0]
    return items[: most - last], len(items) - most, items[len(items) - last :]


class ShownPart(Generic[T]):
    """A trace, or a sample's own, whose rows are shown."""

    def __init__(self, medium: Medium[T], trace: Trace) -> None:
        self.medium, self.trace = medium, trace.shortened(TERMS)
        self.cells = RegisterCells(self.trace, Names(trace, medium.form))
        self.sentences = medium.sentences(self.trace)

    @property
    def header(self) -> Sequence[str]:
        """What the columns are called."""
        return ("quantity", "formula") if self.trace.symbolic else ("quantity", "formula", "rule", "value")

    def line(self, row: Row) -> list[str]:
        """The cells of a row; of a long one the text, with its middle left out."""
        cells = self.cells
        ways = (cells.quantity, cells.formula, cells.rule, cells.value)
        return [
            self.medium.math(way(row)) if len(text) <= LONGEST else self.medium.label(abridged(text, LONGEST))
            for way, text in zip(ways, self._texts(row), strict=False)
        ]

    def _texts(self, row: Row) -> Iterator[str]:
        """The cells as plain text, long sums cut as they are in mathematics."""
        notation = self.trace.notation
        yield from (row.quantity, notation.formula(row.tree))
        if not self.trace.symbolic:
            yield from (notation.rule(row.tree), row.value_text)

    def notes(self, rows: Iterable[Row]) -> list[str]:
        """What rows say beyond their rules."""
        told = distinct(chain.from_iterable(row.note_sentences for row in rows), self.trace.notation)
        return list(map(self.sentences.write, told))


class ShownWorking(ShownPart[T]):
    """A whole trace whose steps are shown."""

    def __init__(self, medium: Medium[T], trace: Trace) -> None:
        super().__init__(medium, trace)
        self.headings = Headings(trace)
        self._parts: dict[int, ShownPart[T]] = {}

    def part(self, sample: int | None) -> ShownPart[T]:
        """What shows the rows of a sample, or of all of it."""
        if not sample:
            return self
        if sample not in self._parts:
            self._parts[sample] = ShownPart(self.medium, self.trace.samples[sample - 1])
        return self._parts[sample]

    def block(self, step: Step) -> TableBlock:
        """A step's heading and its rows, the middle of many left out."""
        part, heading = self.part(step.sample), self.headings.of(step)
        told = part.sentences.write(sentence(f"{step.number}. {step.phase.capitalize()}{heading.sign}", heading.text))
        front, count, back = without_middle(range(len(step)), MOST_ROWS, LAST_ROWS)
        first, last = (list(step.part(places[0], places[-1] + 1)) if places else [] for places in (front, back))
        gap = [f"… {count:,} more rows …"] if count else []
        return TableBlock(told, [*map(part.line, first), *gap, *map(part.line, last)], part.notes([*first, *last]))

    def told(self, step: Step) -> Iterator[str]:
        """What a step does, in words."""
        if not self.trace.symbolic:
            own = self.trace.steps[step.number - 1]
            yield from map(self.part(step.sample).sentences.write, step_words(self.trace, own).sentences)

    def remarks(self) -> Iterator[str]:
        """What is blocked, what has no value, and what is probably not meant."""
        if self.trace.is_whole:
            for start, rest, sample in summarize(self.trace).remarks():
                yield self.part(sample).sentences.write(sentence(start, rest))
        if self.trace.problem:
            yield self.medium.words(self.trace.problem.message)
        first = self.part(1) if self.trace.samples else self
        yield from (first.sentences.write(note.placed) for note in self.trace.notes)
