r"""The matrix form as LaTeX: a section a phase, its lines in an `align*`. It needs amsmath and graphicx.

A line is `left &= formula = matrices = result`, broken at a sign where it is long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

from bptrace.engine.trace import Step, Trace
from bptrace.errors import BptraceError
from bptrace.numbers.digits import ABOUT, EQUAL
from bptrace.typeset.latex import Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.matrix_form import Line, phases
from bptrace.typeset.tex import Tex
from bptrace.views.sentences import LatexSentences, write_latex_notes

PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage{graphicx}
\allowdisplaybreaks\setlength{\jot}{6pt}
"""
SIGNS = {EQUAL: "=", ABOUT: r"\approx"}
SIGN = 14.0
WIDEST = 299.0
"""How wide a row may be, in points of a text of 10 points."""
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


def write_matrix_latex(
    trace: Trace, out: TextIO, shapes: bool = False, heading: str = "", steps: Sequence[Step] | None = None
) -> None:
    """Write a document of all steps or of some.

    Raises BptraceError where a matrix is larger than TeX's longest length.
    """
    title = heading or trace.title or "Backpropagation, step by step"
    out.write(f"{PREAMBLE}\\begin{{document}}\n\\section*{{{escaped(title)}}}\n")
    write_body(trace, out, shapes, steps)
    out.write("\\end{document}\n")


def write_body(trace: Trace, out: TextIO, shapes: bool = False, steps: Sequence[Step] | None = None) -> None:
    """Write the phases, or some of their steps, alone, to stand in a document with amsmath and graphicx.

    Raises BptraceError where a matrix is larger than TeX's longest length.
    """
    form = Latex(strip=STRIP)
    for phase in phases(trace, form, steps, shapes):
        out.write(f"\n\\subsection*{{{escaped(phase.title)}}}\n")
        sentences = LatexSentences(trace.samples[phase.sample - 1] if phase.sample else trace)
        waiting: list[Line[Tex]] = []
        for line in phase.lines:
            waiting.append(line)
            if line.notes or any(columns > COLUMNS for side in line.sides for _, columns in side.piece.sizes):
                _write_lines(waiting, out)
                out.writelines(f"\n\\emph{{{sentences.write(note)}}}\n" for note in line.notes)
                waiting.clear()
        _write_lines(waiting, out)
    write_latex_notes(trace, out)


def _write_lines(lines: Sequence[Line[Tex]], out: TextIO) -> None:
    """Write some lines as one aligned display."""
    if not lines:
        return
    left = min(max(_bare_width(line.left) for line in lines), WIDEST / 2)
    taken = left + SPARE
    if any(_is_large(side.piece, taken) for line in lines for side in line.sides):
        out.write(FITTED)
    written = [row for line in lines for row in rows(line, left, lambda piece: _fitted(piece, taken))]
    out.write("\\begin{align*}\n" + " \\\\\n".join(written) + "\n\\end{align*}\n")


def _is_large(piece: Tex, taken: float) -> bool:
    """Whether a piece may be larger than the page. `taken`: the width that is not to be had."""
    is_large = any(rows > TALLEST or columns > COLUMNS for rows, columns in piece.sizes)
    return is_large or taken + _bare_width(piece) > WIDEST


def _fitted(piece: Tex, taken: float) -> str:
    """A piece, to be made smaller where it is larger than the page. Raises BptraceError."""
    for rows, columns in piece.sizes:
        if rows * -(-columns // STRIP) > MOST_ROWS or rows * columns > MOST_ELEMENTS:
            size = f"{rows:,} rows and {columns:,} columns"
            raise BptraceError(f"error: a matrix of {size} is too large for TeX\n   write Markdown, or the register")
    if any(columns > STRIP for _, columns in piece.sizes):
        return f"\\fitted[\\tiny]{{{taken:.0f}}}{{{piece.text}}}"
    return f"\\fitted{{{taken:.0f}}}{{{piece.text}}}" if _is_large(piece, taken) else piece.text


def rows(line: Line[Tex], left: float = 0.0, fit: Callable[[Tex], str] = lambda piece: piece.text) -> list[str]:
    r"""A line in rows that are aligned at an `&`, broken at a sign where it is long.

    `left`: how wide the left sides are that it is aligned with. `fit` wraps what may be too large for a page.
    """
    start = max(left, _bare_width(line.left))
    found, taken = [[line.left.text]], start
    for number, side in enumerate(line.sides):
        width = SIGN + _bare_width(side.piece)
        if number and taken + width > WIDEST:
            found.append([])
            taken = start
        aligned = "" if len(found[-1]) > (len(found) == 1) else "&"
        found[-1].append(f"{aligned}{SIGNS[side.sign]} {fit(side.piece)}")
        taken += width
    return [" ".join(row) for row in found]


def _bare_width(piece: Tex) -> float:
    """How wide a piece is, near enough, without the shapes below its symbols."""
    return piece.width - piece.label
