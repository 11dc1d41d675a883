"""A working as it is shown while it is stepped through: rows and sentences, made as they come into view."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from typing import NamedTuple, Self

from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Sentence, plain
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings
from bptrace.explain.sentences import phase_sentences, row_sentence, step_words
from bptrace.explain.summary import Summary, exactness, summarize
from bptrace.stepping.cursor import Cursor
from bptrace.stepping.listing import element_lines
from bptrace.stepping.reads import read_values

CHUNK = 16
CHUNKS = 256


class ShownRow(NamedTuple):
    """A row as it is shown; one of a sample by the name that it has over all samples, `dL/dw11(2)`.

    `was`: the value before a what-if that changed it, else nothing.
    """

    place: int
    quantity: str
    formula: str
    rule: str
    value: str
    notes: tuple[str, ...] = ()
    was: str = ""


class Showing:
    """A trace as it is shown, beside the one before a what-if, if there was one; the newest are kept.

    `sentences(by, place, brief)`: what the unit at a place does, in words; `brief` makes all few.
    `read_values(place, room)`: what a row reads.
    `element_lines(key, room)`: all the elements of a given.
    """

    def __init__(self, trace: Trace, base: Trace | None = None, brief: bool = False) -> None:
        self.trace = trace
        self.brief = brief
        self.base = base
        self._headings = Headings(trace)
        self._chunk = lru_cache(maxsize=CHUNKS)(self._lines)
        self.sentences = lru_cache(maxsize=CHUNKS)(self._explained)
        self.element_lines = lru_cache(maxsize=2)(self._given)
        self.read_values = lru_cache(maxsize=CHUNKS)(partial(read_values, trace))

    def make_ready(self) -> None:
        """Check every row, and know where every name stands, before a key is pressed: it takes longer than one may."""
        self.trace.audit()
        for trace in (self.trace, *self.trace.samples[:1]):
            _ = trace.register.places
        if not self.trace.symbolic:
            _ = self.summary

    def in_other_numbers(self) -> Self:
        """The working with fractions instead of decimals or the other way round, ready to be shown."""
        decimal = not self.trace.decimal
        trace, base = self.trace.with_numbers(decimal), self.base and self.base.with_numbers(decimal)
        for made in (trace, base):
            if made:
                made.register.make_all()
        other = type(self)(trace, base, self.brief)
        if not trace.symbolic:
            _ = other.summary
        return other

    def lines(self, start: int, stop: int) -> list[ShownRow]:
        """The rows from `start` to before `stop`."""
        chunks = range(start // CHUNK, -(-stop // CHUNK))
        return [line for chunk in chunks for line in self._chunk(chunk) if start <= line.place < stop]

    def heading(self, first: Step, last: Step) -> tuple[str, str]:
        """What a step is called, `7. reverse`, and what it does; of several only which they are."""
        if first is last:
            return f"{last.number}. {last.phase}", plain(self._headings.of(last).text)
        return f"{first.number} to {last.number}. {last.phase}", ""

    @cached_property
    def summary(self) -> Summary:
        """What all comes to."""
        return summarize(self.trace)

    @cached_property
    def exactness(self) -> str:
        """Which values are exact, and how the others are told."""
        return plain(exactness(self.trace))

    def changed(self) -> int:
        """How many rows differ from those before the what-if."""
        pairs = zip(self.trace.rows(), self.base.rows(), strict=True) if self.base else ()
        return sum(not row.reads_like(old) for row, old in pairs)

    def _lines(self, chunk: int) -> list[ShownRow]:
        start, stop = chunk * CHUNK, min(chunk * CHUNK + CHUNK, self.trace.count)
        rows = list(self.trace.part(start, stop))
        before = list(self.base.part(start, stop)) if self.base else rows
        return [
            self._line(place, row, "" if row.reads_like(old) else old.value_text)
            for place, row, old in zip(range(start, stop), rows, before, strict=True)
        ]

    def _line(self, place: int, row: Row, was: str) -> ShownRow:
        name, formula, rule, value = shown_texts(self.trace, row)
        return ShownRow(place, self.trace.step_at(place).called(name), formula, rule, value, tuple(row.notes), was)

    def _explained(self, by: str, place: int, brief: bool = False) -> list[str]:
        step = self.trace.step_at(place)
        if by == "row":
            return self._plain(step, [row_sentence(self.trace, place)])
        if by == "step":
            return self._plain(step, step_words(self.trace, step, brief or self.brief).sentences)
        steps = Cursor(self.trace, by).to(place).phase
        return self._plain(step, phase_sentences(self.trace, steps, brief or self.brief))

    def _given(self, key: str, room: int) -> list[tuple[str, str]]:
        given = next(given for given in self.trace.givens if given.key == key)
        return element_lines(self.trace, given, room)

    def _plain(self, step: Step, sentences: Sequence[Sentence]) -> list[str]:
        return [plain(sentence, self.trace.of(step).notation) for sentence in sentences]


def shown_texts(trace: Trace, row: Row) -> tuple[str, str, str, str]:
    """Quantity, formula, rule and value of a row, the rule worked out stage by stage where the trace has its work."""
    name, formula, rule, value = row.texts()
    return name, formula, f"{rule} {row.work}".rstrip() if trace.work else rule, value
