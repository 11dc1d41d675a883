"""The register of a page: a section a step, with its table, what is to be known of its rows, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Sentence
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings
from bptrace.explain.sentences import step_words
from bptrace.typeset.markup import Mml
from bptrace.typeset.mathml import MathMl
from bptrace.typeset.names import Names
from bptrace.typeset.tags import Tagged, start_tag, tag, tagged
from bptrace.views.html_cells import HtmlSentences, html_cells, in_math, shortest
from bptrace.views.register_cells import RegisterCells

COLUMNS = ("quantity", "formula", "rule", "value")
GENERAL, NOTE = "principle", "note"
"""The classes of what stands below a table and is no usual sentence."""


class HtmlWriter:
    """What writes the names of one trace, the whole or a sample's own: rows, sentences.

    `flat`: no higher than a line, as numbers are in a rule; `bare`: names do not say which quantity they are.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.cells: RegisterCells[Mml] = html_cells(trace)
        self.flat: RegisterCells[Mml] = html_cells(trace, inline=True)
        self.bare: RegisterCells[Mml] = RegisterCells(trace, Names(trace, MathMl(styled=True)))
        self._sentences = HtmlSentences(trace, linked=False)

    def sentence(self, said: Sentence) -> Tagged:
        """A sentence."""
        return self._sentences.write(said)


class HtmlWriters:
    """The writers of a trace and of its samples, each made when it is first asked for."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._known: dict[int | None, HtmlWriter] = {}

    def of(self, sample: int | None) -> HtmlWriter:
        """What writes the names of a sample, or of the whole."""
        if sample not in self._known:
            self._known[sample] = HtmlWriter(self.trace.samples[sample - 1] if sample else self.trace)
        return self._known[sample]


class Beside(NamedTuple):
    """A column beside the values: its heading, its cell by a row's name in the whole register, what stands above."""

    heading: str
    cell: Callable[[str], Tagged]
    above: Tagged


def step_sections(trace: Trace, writers: HtmlWriters, brief: bool, beside: Beside | None = None) -> Iterator[Tagged]:
    """Every step, perhaps with a column beside its values."""
    headings = Headings(trace)
    for step in trace.steps:
        writer, heading = writers.of(step.sample), headings.of(step)
        named = tagged(f"{step.number}. {step.phase.capitalize()}{heading.sign}", writer.sentence(heading.text))
        yield tag(
            "section",
            tag("h3", named),
            _table(step, trace, writer, beside),
            *_words(step, trace, writer, brief),
            id=f"step-{step.number}",
            class_="step",
        )


def _table(step: Step, trace: Trace, writer: HtmlWriter, beside: Beside | None) -> Tagged:
    names = [*COLUMNS[: 2 if trace.symbolic else 4], *([beside.heading] if beside else [])]
    head = tag("thead", tag("tr", *(tag("th", name) for name in names)))
    rows = (
        tagged(
            _row(row, writer, number), *([start_tag("td"), beside.cell(step.called(row.quantity))] if beside else [])
        )
        for number, row in enumerate(step, trace.starts[step.number - 1] + 1)
    )
    return tag("table", head, tag("tbody", *rows))


def _row(row: Row, writer: HtmlWriter, number: int) -> Tagged:
    """A row, whose cells are known by their order; each ends where the next begins."""
    cells, flat = writer.cells, writer.flat
    shown = [start_tag("th"), in_math(writer.bare.quantity(row)), start_tag("td"), in_math(cells.formula(row))]
    if not cells.symbolic:
        shown += [start_tag("td"), shortest(flat.rule(row)), start_tag("td"), shortest(flat.value(row))]
    return tagged(start_tag("tr", id=f"row-{number}"), *shown)


def _words(step: Step, trace: Trace, writer: HtmlWriter, brief: bool) -> Iterator[Tagged]:
    """What is to be known of rows, then the rule in general, and what the step does with its numbers."""
    notes = dict.fromkeys(writer.sentence(note) for row in step for note in row.note_sentences)
    yield from (tag("p", note, class_=NOTE) for note in notes)
    if trace.symbolic:
        return
    words = step_words(trace, step, brief)
    if words.principle:
        yield tag("p", writer.sentence(words.principle), class_=GENERAL)
    yield from (tag("p", writer.sentence(said)) for said in words.instances)
