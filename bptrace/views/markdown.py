"""Markdown: a document with a title, the givens, the equations, and a heading and a table a step.

Of a training, a table with a line an update, or every register.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from bptrace.engine.optimizers import SETTINGS
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import plain, sentence
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Heading, Headings
from bptrace.explain.sentences import StepWords, step_words
from bptrace.explain.summary import summarize
from bptrace.ops.notation import TERMS, Notation

if TYPE_CHECKING:
    from bptrace.engine.training import Moment

SECTION_NAMES = {"input": "input", "weights": "weight", "target": "target", "state": "state before the update"}
TICKS = re.compile("`+")
HEADER = "| quantity | formula | rule | value |\n| --- | --- | --- | ---: |\n"
SYMBOLIC_HEADER = "| quantity | formula |\n| --- | --- |\n"


def write_markdown(
    trace: Trace, out: TextIO, heading: str = "", steps: Sequence[Step] | None = None, brief: bool = False
) -> None:
    """Write the register, or some of its steps alone, as a Markdown document; rows stream.

    It stands under its title or another heading. `brief`: with one or two sentences a step.
    """
    out.write(f"# {prose(heading or trace.title or 'Backpropagation, step by step')}\n")
    if steps is None:
        _write_givens(trace, out)
    told, headings = trace.shortened(TERMS), Headings(trace)
    for step in trace.steps if steps is None else steps:
        _write_section(step, headings.of(step), trace, out)
        if trace.symbolic:
            continue
        words = step_words(told, told.steps[step.number - 1], brief)
        _write_words(words, told.of(step).notation, out)
    if steps is None and not heading and trace.is_whole:
        _write_summary(trace, out)
    if not heading:
        write_markdown_notes(trace, out)


def _write_givens(trace: Trace, out: TextIO) -> None:
    """The givens as a table, and the equations as a list."""
    out.write("\n## Givens\n\n| name | kind | value |\n| --- | --- | --- |\n")
    for given in trace.givens:
        kind = SETTINGS[given.key].about if given.section == "update" else SECTION_NAMES[given.section]
        out.write(piped([code(given.key), kind, code(trace.text(given.key))]))
    out.write("\n## Equations\n\n")
    out.writelines(f"- {code(equation)}\n" for equation in trace.equations)


def _write_summary(trace: Trace, out: TextIO) -> None:
    """What all comes to, as a list."""
    summary = summarize(trace)
    out.write("\n## Summary\n\n")
    for key, shown, counted in summary.results:
        out.write(f"- {code(key)}: {shown.digits}\n" if counted else f"- {code(shown.of(key))}\n")
    out.writelines(f"- {prose(plain(sentence(start, rest)))}\n" for start, rest, _ in summary.remarks())
    out.write(f"- {prose(plain(summary.exactness))}\n")


def write_markdown_notes(trace: Trace, out: TextIO) -> None:
    """Write what is probably not meant as a list under a heading, if there is any."""
    if trace.notes:
        out.write("\n## Notes\n\n")
        out.writelines(f"- {prose(plain(note.placed))}\n" for note in trace.notes)


def _write_section(step: Step, heading: Heading, trace: Trace, out: TextIO) -> None:
    out.write(f"\n## {step.number}. {step.phase.capitalize()}{heading.sign}{prose(plain(heading.text))}\n\n")
    out.write(SYMBOLIC_HEADER if trace.symbolic else HEADER)
    notes: list[str] = []
    for row in step:
        texts = row.texts()[: 2 if trace.symbolic else 4]
        out.write(piped(map(code, _worked_cells(row, texts) if trace.work else texts)))
        notes += row.notes
    out.writelines(f"\n*{prose(note)}*\n" for note in dict.fromkeys(notes))


def _worked_cells(row: Row, texts: Sequence[str]) -> list[str]:
    """The cells of a row, its rule worked out stage by stage."""
    *named, rule, value = texts
    return [*named, f"{rule} {row.work}".rstrip(), value]


def _write_words(words: StepWords, notation: Notation, out: TextIO) -> None:
    """Write the rule in general, and under it a list of what the step does; in brief, sentences alone."""
    texts = [prose(plain(sentence, notation)) for sentence in words.instances]
    if words.principle:
        out.write(f"\n{prose(plain(words.principle, notation))}\n")
        texts = ["\n".join(f"- {text}" for text in texts)]
    out.writelines(f"\n{text}\n" for text in texts)


def write_markdown_table(moments: Iterable[Moment], out: TextIO) -> None:
    """Write a training as a table with a line a moment."""
    from bptrace.engine.training import column_names, record

    for moment in moments:
        if not moment.updates:
            names = column_names(moment.trace)
            out.write(f"# {prose(moment.trace.title or 'Training, update by update')}\n\n")
            out.write(piped(map(code, names)) + piped(["---:"] * len(names)))
        out.write(piped(map(code, record(moment).texts(moment.trace.notation.shown))))


def write_markdown_registers(moments: Iterable[Moment], out: TextIO) -> None:
    """Write every register of a training, one after another, each under a heading."""
    from bptrace.engine.training import registers

    for moment in registers(moments):
        out.write("\n" if moment.updates else "")
        write_markdown(moment.trace, out, moment.heading)


def piped(texts: Iterable[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(texts)} |\n"


def code(text: str) -> str:
    """The text as code within a table: nothing in it is read as Markdown."""
    ticks = "`" * (1 + max(map(len, TICKS.findall(text)), default=0))
    return f"{ticks}{text}{ticks}".replace("|", "\\|")


def prose(text: str) -> str:
    """The text with every character that Markdown would read escaped."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|~$&" else char for char in text)
