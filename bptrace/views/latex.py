"""LaTeX: a document with a title, the givens, the equations, and a heading and a table a step, all typeset.

Steps forward that have a row each stand in one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import TextIO

from bptrace.engine.plans import FORWARD
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings
from bptrace.explain.sentences import step_words
from bptrace.ops.notation import TERMS
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.tex import atom, text_width
from bptrace.views import latex_page
from bptrace.views.latex_page import LINE, equations_in_lines
from bptrace.views.latex_register import Typeset, equation_lines, given_equations, typeset_summary
from bptrace.views.latex_table import LatexTable, TableRow
from bptrace.views.sentences import write_latex_notes

MERGED = 12
"""At most so many steps of one row each stand in one table."""
TOLD = 3
"""Of more than so many steps in one table, the heading names the first and the last."""
LABEL_GAP = 16.0


def write_latex(trace: Trace, out: TextIO, steps: Sequence[Step] | None = None, brief: bool = False) -> None:
    """Write the register, or some of its steps alone, as a LaTeX document; rows stream.

    `brief`: with one or two sentences a step.
    """
    with latex_page.document(trace.title, out):
        _write_body(trace, out, steps, brief)


def write_fragment(trace: Trace, out: TextIO, steps: Sequence[Step] | None = None, brief: bool = False) -> None:
    r"""Write the body alone, for `\input` into another document; rows stream."""
    with latex_page.fragment(out):
        _write_body(trace, out, steps, brief)


def _write_body(trace: Trace, out: TextIO, steps: Sequence[Step] | None, brief: bool) -> None:
    if steps is None:
        _write_givens(trace, out)
        out.write("\n\\subsection*{Equations}\n")
        first = trace.samples[0] if trace.samples else trace
        out.write(equation_lines(Typeset(first), LINE, trace.source.definitions))
    told, headings, part, typeset = trace.shortened(TERMS), Headings(trace), None, Typeset(trace)
    for members in _merged(trace.steps if steps is None else steps):
        if trace.of(members[0]) is not part:  # a sample's names are its own
            part = trace.of(members[0])
            typeset = Typeset(part, like=typeset)
        _write_steps(members, headings, typeset, out)
        if not trace.symbolic:
            words = [step_words(told, told.steps[step.number - 1], brief) for step in members]
            written = chain.from_iterable(each.sentences for each in words)
            out.writelines(f"\n{typeset.sentences.write(sentence)}\n" for sentence in written)
    if steps is None and trace.is_whole:
        _write_summary(trace, out)
    write_latex_notes(trace, out)


def _write_summary(trace: Trace, out: TextIO) -> None:
    """What all comes to: the loss and the gradients, then what is blocked, and what is exact."""
    equations, texts = typeset_summary(trace, LINE)
    out.write("\n\\subsection*{Summary}\n")
    out.write(f"{equations_in_lines((equation, '') for equation in equations)}\\par\n")
    out.writelines(f"\\nobreak {text}\\par\n" for text in texts)


def _write_givens(trace: Trace, out: TextIO) -> None:
    """The givens, those of a section on a line together, behind what they are."""
    if not trace.givens:
        return
    out.write("\\subsection*{Givens}\n")
    lines = list(given_equations(trace, LINE))
    indent = max(text_width(label) for label, _ in lines) + LABEL_GAP
    for label, equations in lines:
        out.write(f"\\hangindent={indent:.0f}pt\\makebox[{indent:.0f}pt][l]{{{escaped(label)}}}")
        out.write(f"{equations_in_lines(equations, LINE - indent)}\\par\n")


# steps


def _merged(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """The steps, each by itself but for those that stand in one table."""
    for (merges, _), run in groupby(steps, lambda step: (step.phase == FORWARD and len(step) == 1, step.sample)):
        members = list(run)
        each = MERGED if merges else 1
        yield from (members[start : start + each] for start in range(0, len(members), each))


def _write_steps(steps: Sequence[Step], headings: Headings, typeset: Typeset, out: TextIO) -> None:
    """A heading and a table, of several steps with their numbers; then what is to be known of rows."""
    notes: dict[str, None] = {}

    def rows() -> Iterator[TableRow]:
        for step in steps:
            for row in step:
                notes.update(dict.fromkeys(map(typeset.sentences.write, row.note_sentences)))
                cells, decimals = typeset.row(row)
                yield TableRow([atom(str(step.number)), *cells] if len(steps) > 1 else cells, decimals)

    names = ["step", *typeset.header] if len(steps) > 1 else typeset.header
    table = LatexTable(names, rows(), sum(map(len, steps)), not typeset.symbolic)
    start = f"\\startstep{{{table.needed:.0f}pt}}" if table.needed else ""
    out.write(f"\n{start}\\subsection*{{{_heading(steps, headings, typeset)}}}\n")
    table.write(out)
    out.writelines(f"\n\\emph{{{note}}}\n" for note in notes)


def _heading(steps: Sequence[Step], headings: Headings, typeset: Typeset) -> str:
    """The number and phase, and what the step does; of several the first and the last number and what each does."""
    numbers = "--".join(dict.fromkeys(str(step.number) for step in (steps[0], steps[-1])))
    own = [headings.of(step) for step in steps]
    titles = [typeset.headings.write(heading.text) for heading in own]
    if len(titles) > TOLD:
        titles = [titles[0], "\\dots", titles[-1]]
    return f"{numbers}. {steps[0].phase.capitalize()}{own[0].sign}{'; '.join(titles)}"
