"""The matrix form as Markdown: a heading a phase, each line as mathematics between `$$`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.ops.notation import TERMS
from bptrace.typeset.latex import Latex
from bptrace.typeset.matrix_form import Line, phases
from bptrace.typeset.names import Names
from bptrace.typeset.tex import Tex
from bptrace.views.markdown import prose, write_markdown_notes
from bptrace.views.matrix_latex import rows
from bptrace.views.sentences import MathSentences, in_dollars


def write_matrix_markdown(
    trace: Trace,
    out: TextIO,
    shapes: bool = False,
    heading: str = "",
    steps: Sequence[Step] | None = None,
    explain: bool = False,
) -> None:
    """Write the matrix form, or some of its steps, as a Markdown document, under its title or another heading.

    `explain`: with the reasons for the lines.
    """
    out.write(f"# {prose(heading or trace.title or 'Backpropagation, step by step')}\n")
    told, names = trace.shortened(TERMS), Names(trace, Latex(inline=True))
    for phase in phases(trace, Latex(), steps, shapes, explain):
        out.write(f"\n## {phase.title}\n")
        of = told.samples[phase.sample - 1] if phase.sample else told
        names = names.of(of)
        sentences = markdown_sentences(of, names)
        for line in phase.lines:
            if line.heading:
                out.write(f"\n### {line.step}. {sentences.write(line.heading)}\n")
            out.write(f"\n$$\n{display(line)}\n$$\n")
            out.writelines(f"\n{sentences.write(reason)}\n" for reason in line.reasons)
            out.writelines(f"\n{sentences.write(note)}\n" for note in line.notes)
    write_markdown_notes(trace, out)


def markdown_sentences(trace: Trace, names: Names[Tex] | None = None) -> MathSentences[Tex]:
    """What writes sentences in Markdown, with their mathematics between dollars. `names`: those of the trace."""
    return MathSentences(trace, names or Names(trace, Latex(inline=True)), prose, in_dollars)


def display(line: Line[Tex]) -> str:
    """A line as one display: in several rows where it is long."""
    (first, *more) = rows(line)
    if not more:
        return first.replace(" &", " ", 1)
    lines = " \\\\\n".join([first, *more])
    return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"
