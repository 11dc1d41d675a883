"""Worksheets as Markdown: the problem, its mathematics between `$$`, and a table to fill in; the keys behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from bptrace.engine.trace import Trace
from bptrace.marking.worksheets import Worksheet, pages
from bptrace.views.latex_register import aligned, given_equations, network_equations
from bptrace.views.markdown import code, piped, prose
from bptrace.views.matrix_markdown import markdown_sentences

HEADER = "| quantity | rule | value |\n| --- | --- | ---: |\n"
LINE = 400.0
"""How wide a given may be in points; a wider one is written in one line that can be broken."""


def write_markdown_worksheets(sheets: Sequence[Worksheet], out: TextIO, sheet: bool = True, key: bool = True) -> None:
    """Write worksheets to hand out, their keys, or the ones and then the others."""
    for number, (worksheet, is_key) in enumerate(pages(sheets, sheet, key)):
        out.write("\n---\n\n" * (number > 0))
        _write_page(worksheet, is_key, out)


def _write_page(worksheet: Worksheet, is_key: bool, out: TextIO) -> None:
    trace = worksheet.trace
    sentences = markdown_sentences(trace.samples[0] if trace.samples else trace)
    of_all = markdown_sentences(trace)
    out.write(f"# {prose(worksheet.headed(is_key))}\n")
    if not is_key:
        out.write("\nName:\n\n")
        out.writelines(f"{number}. {of_all.write(task)}\n" for number, task in enumerate(worksheet.tasks, 1))
        out.write(f"\n{of_all.write(worksheet.manner)}\n")
    out.write("\n## Givens\n" * bool(trace.givens))
    out.writelines(_givens(trace))
    out.write(f"\n## Equations\n\n$$\n\\begin{{aligned}}\n{aligned(network_equations(trace))}\n\\end{{aligned}}\n$$\n")
    out.write(f"\n## Register\n\n{HEADER}")
    for part in worksheet.steps(is_key):
        cells = ((row.quantity, row.rule, row.value) for row in part.rows)
        out.writelines(piped(code(text) if text else "" for text in texts) for texts in cells)
    if is_key:
        out.writelines(f"\n{sentences.write(remark)}\n" for remark in worksheet.remarks())


def _givens(trace: Trace) -> Iterator[str]:
    """The givens of each section as a display that ends with what they are: no line of it reads as an answer."""
    for label, equations in given_equations(trace, LINE):
        texts = ((f"\\text{{{about}}}\\ " if about else "") + piece.text for piece, about in equations)
        told = ",\\quad ".join(texts)
        yield f"\n$$\n{told} \\qquad\\text{{({label.lower()})}}\n$$\n"
