r"""The matrix form as LaTeX: a section a phase, its lines in an `align*`. It needs amsmath and graphicx."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TextIO

from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError
from bptrace.typeset.latex import Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.latex_widths import NEXT_ROW
from bptrace.typeset.matrix_form import Line, phases
from bptrace.views.sentences import LatexSentences
from bptrace.views.typeset import MATRIX, WIDEST, dimensions, length, rows

PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage{graphicx}
\allowdisplaybreaks\setlength{\jot}{6pt}
"""
COLUMNS = 10
"""What amsmath sets of itself."""
TALLEST = 30
SPARE = 36
STRIP = 40
"""How many columns of a wider matrix stand side by side; the next ones stand below."""
MOST_ROWS = 1_500
"""More lines than that are higher than TeX's longest length."""
MOST_ELEMENTS = 5_000
"""More elements than that in one matrix are more than TeX's memory holds."""
FITTED = r"""\setcounter{MaxMatrixCols}{41}
\providecommand{\fitted}[3][]{%
  \sbox0{#1$\displaystyle #3$}%
  \ifdim\wd0>\dimexpr\linewidth-#2pt\relax\sbox0{\resizebox{\dimexpr\linewidth-#2pt\relax}{!}{\usebox0}}\fi
  \ifdim\dimexpr\ht0+\dp0\relax>0.8\textheight\sbox0{\resizebox*{!}{0.8\textheight}{\usebox0}}\fi
  \usebox0}
"""
"""A matrix too large for the page is made smaller, all of it."""


def write_matrix_latex(trace: Trace, out: TextIO, shapes: bool = False, heading: str = "") -> None:
    """Write a complete document. Raises BptraceError where a matrix is larger than TeX's longest length."""
    title = heading or trace.title or "Backpropagation, step by step"
    out.write(f"{PREAMBLE}\\begin{{document}}\n\\section*{{{escaped(title)}}}\n")
    write_body(trace, out, shapes)
    out.write("\\end{document}\n")


def write_body(trace: Trace, out: TextIO, shapes: bool = False) -> None:
    """Write the phases alone, to stand in a document with amsmath and graphicx.

    Raises BptraceError where a matrix is larger than TeX's longest length.
    """
    for phase in phases(trace, Latex(), None, shapes):
        out.write(f"\n\\subsection*{{{escaped(phase.title)}}}\n")
        sentences = LatexSentences(trace.samples[phase.sample - 1] if phase.sample else trace)
        waiting: list[Line] = []
        for line in phase.lines:
            waiting.append(line)
            if line.notes or any(width > COLUMNS for part in line.parts for _, width in dimensions(part.text)):
                _write_lines(waiting, out)
                out.writelines(f"\n\\emph{{{sentences.write(note)}}}\n" for note in line.notes)
                waiting.clear()
        _write_lines(waiting, out)


def _write_lines(lines: Sequence[Line], out: TextIO) -> None:
    """Write some lines as one aligned display."""
    if not lines:
        return
    left = min(max(length(line.left) for line in lines), WIDEST / 2)
    written = [row for line in lines for row in rows(line, left, lambda text: _fitted(text, left + SPARE))]
    if any("\\fitted" in row for row in written):
        out.write(FITTED)
    out.write("\\begin{align*}\n" + " \\\\\n".join(written) + "\n\\end{align*}\n")


def _fitted(text: str, taken: float) -> str:
    """A text that may be larger than the page, to be made smaller if it is. Raises BptraceError.

    `taken`: the width that is not to be had.
    """
    sizes = dimensions(text)
    for height, width in sizes:
        if height * -(-width // STRIP) > MOST_ROWS or height * width > MOST_ELEMENTS:
            size = f"{height:,} rows and {width:,} columns"
            raise BptraceError(f"error: a matrix of {size} is too large for TeX\n   write Markdown, or the register")
    if any(width > STRIP for _, width in sizes):
        return f"\\fitted[\\tiny]{{{taken:.0f}}}{{{MATRIX.sub(_in_strips, text)}}}"
    is_large = any(height > TALLEST or width > COLUMNS for height, width in sizes)
    return f"\\fitted{{{taken:.0f}}}{{{text}}}" if is_large or taken + length(text) > WIDEST else text


def _in_strips(matrix: re.Match[str]) -> str:
    """A matrix with its columns in strips, one below the other; dots say that a row goes on."""
    grid = [row.split("&") for row in NEXT_ROW.split(matrix[1])]
    ends = NEXT_ROW.search(matrix[1])
    end = f" {ends[0]} " if ends else ""
    starts = range(0, len(grid[0]), STRIP)
    strips = [
        end.join("&".join(row[start : start + STRIP]) + r" & \cdots" * (start != starts[-1]) for row in grid)
        for start in starts
    ]
    inner = r" \\[2ex] ".join(rf"\begin{{matrix}} {strip} \end{{matrix}}" for strip in strips)
    return rf"\left(\begin{{array}}{{l}} {inner} \end{{array}}\right)"
