r"""The matrix form as LaTeX: a section a phase, its lines in an `align*`, the numbers of the steps before them.

A line is `left &= formula = matrices = result`, broken at a sign where it is long. Givens stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import TextIO

from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError
from bptrace.typeset.latex import Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.matrix_form import Line, phases
from bptrace.typeset.names import Names
from bptrace.typeset.tex import FRACTION, Tex
from bptrace.views.latex_page import (
    BETWEEN,
    LINE,
    MARGIN,
    at_once,
    document,
    equations_in_lines,
    fragment,
    in_short_lines,
)
from bptrace.views.sentences import LatexSentences, write_latex_notes

SIGN = 14.0
WIDEST = 299.0
"""How wide a row may be where no page says it, in points of a text of 10 points."""
ROOM = 0.93 * (LINE - MARGIN)
"""How wide a row may be on the page, less what the estimate of a formula may miss."""
COLUMNS = 10
"""What amsmath sets of itself."""
TALLEST = 30
SPARE = 36
MISSED = 1.2
"""How much wider than estimated a piece may be."""
MUCH = 1.3
"""What is wider than the page by no more is made smaller, and not broken."""
STRIP = 40
"""How many columns of a wider matrix stand side by side; the next ones stand below."""
MOST_ROWS = 1_500
"""More lines than that are higher than TeX's longest length."""
LONGEST = 12_000.0
"""What seems to be wider may be wider than that."""
INSTEAD = "write Markdown, or the register"
MOST_ELEMENTS = 5_000
"""More elements than that in one matrix are more than TeX's memory holds."""
LEADING, TALL, WHOLE = 14.0, 26.0, 250.0
"""How high a row of a matrix is, and one of fractions; a step that is no higher than the last stands on one page."""
NEEDED = 150.0
"""How much of a page there has to be where a phase begins."""
APART = "\\jot=6pt\\providecommand{\\mathbb}[1]{\\mathbf{#1}}\n"
"""How far lines of matrices are apart; and what stands for letters with a double stroke where no package has them."""
BREAKABLE = "\\noalign{\\penalty0}\n"
"""Below a note a page can break; else a note stays with the lines above and below it."""
REASON = r"""\def\reason#1#2{\quad\parbox[t]{\dimexpr\linewidth-#1pt-1em\relax}{\raggedright\small #2}}
"""
"""A reason stands below its line, a little further in than the sign."""


def write_matrix_latex(
    trace: Trace,
    out: TextIO,
    shapes: bool = False,
    heading: str = "",
    steps: Sequence[Step] | None = None,
    explain: bool = False,
) -> None:
    """Write a document of all steps or of some. `explain`: with the reasons for the lines.

    Raises BptraceError where a matrix is larger than TeX's longest length.
    """
    with at_once(out) as whole, document(heading or trace.title, whole):
        _write_body(trace, whole, shapes, steps, explain)


def write_matrix_fragment(
    trace: Trace, out: TextIO, shapes: bool = False, steps: Sequence[Step] | None = None, explain: bool = False
) -> None:
    """Write the phases, or some of their steps, alone, to stand in another document.

    Raises BptraceError where a matrix is larger than TeX's longest length.
    """
    with at_once(out) as whole, fragment(whole):
        _write_body(trace, whole, shapes, steps, explain)


def _write_body(trace: Trace, out: TextIO, shapes: bool, steps: Sequence[Step] | None, explain: bool) -> None:
    out.write(APART + REASON * explain)
    names = Names(trace, Latex(inline=True))
    for phase in phases(trace, Latex(strip=STRIP), steps, shapes, explain):
        out.write(f"\n\\startstep{{{NEEDED:.0f}pt}}\\subsection*{{{escaped(phase.title)}}}\n")
        of = trace.samples[phase.sample - 1] if phase.sample else trace
        names = names.of(of)
        sentences = LatexSentences(of, names=names)
        for is_given, lines in groupby(phase.lines, lambda line: not line.step):
            if is_given:
                equations = equations_in_lines((given_equation(line), "") for line in lines)
                out.write(f"\\smallskip\n{equations}\\par\\nopagebreak\n")
            else:
                _write_parts(lines, sentences, out)
    write_latex_notes(trace, out)


def given_equation(line: Line[Tex], room: float = ROOM) -> Tex:
    """A line as one piece that fits on the page."""
    pieces = [piece for side in line.sides for piece in (Latex.signs[side.sign], side.piece)]
    whole = Tex.row([line.left, *pieces])
    return whole._replace(text=_fitted(whole, 0.0, room), width=min(whole.width, room))


def _write_parts(lines: Iterable[Line[Tex]], sentences: LatexSentences, out: TextIO) -> None:
    """Lines of steps, in parts below their headings where they have any; the first one's has the number of the step."""
    before, part = 0, list[Line[Tex]]()
    for line in lines:
        if line.heading:
            _write_defined(part, sentences, out, before)
            out.write(BETWEEN * bool(part))
            number = f"{line.step}. " * (line.step != before)
            out.write(f"\n\\textbf{{\\boldmath {number}{sentences.write(line.heading)}}}\n")
            before, part = line.step, []
        part.append(line)
    _write_defined(part, sentences, out, before)


def _write_defined(lines: Iterable[Line[Tex]], sentences: LatexSentences, out: TextIO, before: int) -> None:
    """Lines of steps in displays; the number of the step `before` is not said again."""
    for place, display in enumerate(_in_displays(lines, sentences, before)):
        out.write(BETWEEN * (place > 0))
        out.writelines(display)


def _in_displays(lines: Iterable[Line[Tex]], sentences: LatexSentences, before: int) -> Iterator[list[str]]:
    """As many lines in one display as TeX can hold."""
    waiting: list[Line[Tex]] = []
    for line in lines:
        waiting.append(line)
        if any(columns > COLUMNS for side in line.sides for _, columns in side.piece.sizes):
            yield _display(waiting, before, sentences)
            before = line.step
            waiting.clear()
    if waiting:
        yield _display(waiting, before, sentences)


def aligned_display(lines: Sequence[Line[Tex]], before: int, sentences: LatexSentences, room: float = ROOM) -> str:
    """Some lines as one aligned display, the number of each step but the one before by its first line; their notes."""
    return "".join(_display(lines, before, sentences, room))


def _display(lines: Sequence[Line[Tex]], before: int, sentences: LatexSentences, room: float = ROOM) -> list[str]:
    """The parts of a display: of long numbers it may be too long to be there twice."""
    left = min(max(_bare_width(line.left) for line in lines), room / 2)
    written: list[tuple[str, str]] = []
    for step, members in groupby(lines, lambda line: line.step):
        written += _of_step(list(members), step if step != before else 0, left, sentences, room)
    notes = [f"\n\\emph{{{sentences.write(note)}}}\n" for note in lines[-1].notes]
    aligned = [*chain.from_iterable(written[:-1]), written[-1][0]]
    return ["\\begin{align*}\n", *aligned, "\n\\end{align*}\n", *notes]


def _of_step(
    lines: Sequence[Line[Tex]], number: int, left: float, sentences: LatexSentences, room: float
) -> Iterator[tuple[str, str]]:
    """The rows of a step, each with what stands between it and another: nothing breaks within a line or a low step."""
    taken = left + SPARE
    together = "*" if sum(line_height(line, room) for line in lines) <= WHOLE else ""
    for place, line in enumerate(lines):
        *others, last = rows(line, left, lambda piece: _fitted(piece, taken, room), room)
        tag = f" \\tag*{{{number}}}" if number and not place else ""
        for row in others:
            yield row + tag, " \\\\*\n"
            tag = ""
        notes = "".join(f"\\intertext{{\\emph{{{sentences.write(note)}}}}}\n" for note in line.notes)
        start = f"&\\reason{{{MARGIN + taken:.0f}}}"
        own = [last + tag, *(f"{start}{{{sentences.write(reason)}}}" for reason in line.reasons)]
        for row in own[:-1]:
            yield row, " \\\\*\n"
        kept = together if place < len(lines) - 1 else ""
        yield own[-1], f" \\\\*\n{notes}{BREAKABLE * (not kept)}" if notes else f" \\\\{kept}\n"


def line_height(line: Line[Tex], room: float = ROOM) -> float:
    """How high a line is, near enough, with the reasons and notes below it."""
    highest = max((rows for side in line.sides for rows, _ in side.piece.sizes), default=1)
    is_tall = line.left.height >= FRACTION or any(side.piece.height >= FRACTION for side in line.sides)
    height = max(highest * LEADING, TALL * is_tall) + LEADING
    return len(rows(line, _bare_width(line.left), room=room)) * height + LEADING * len([*line.reasons, *line.notes])


def _is_large(piece: Tex, taken: float, room: float) -> bool:
    """Whether a piece may be larger than the page. `taken`: how much of the room is not to be had."""
    is_large = any(rows > TALLEST or columns > COLUMNS for rows, columns in piece.sizes)
    return is_large or taken + MISSED * _bare_width(piece) > room


def _fitted(piece: Tex, taken: float, room: float) -> str:
    """A piece that fits: broken over lines where it is much too wide and can be, else made smaller.

    `taken`: how much of the room is not to be had. Raises BptraceError where it is larger than TeX's longest length.
    """
    left = room - taken
    if piece.broken and MISSED * piece.part <= left and piece.width > MUCH * left:
        broken = f"\\parbox{{{left:.0f}pt}}{{\\raggedright$\\displaystyle {in_short_lines(piece.text)}$}}"
        return f"\\fitted{{{MARGIN + taken:.0f}}}{{{broken}}}"
    _check_size(piece)
    if any(columns > STRIP for _, columns in piece.sizes):
        return f"\\fitted[\\tiny]{{{MARGIN + taken:.0f}}}{{{piece.text}}}"
    return f"\\fitted{{{MARGIN + taken:.0f}}}{{{piece.text}}}" if _is_large(piece, taken, room) else piece.text


def _check_size(piece: Tex) -> None:
    """Raise BptraceError where a piece is larger than TeX's longest length."""
    for rows, columns in piece.sizes:
        if rows * -(-columns // STRIP) > MOST_ROWS or rows * columns > MOST_ELEMENTS:
            size = f"{rows:,} rows and {columns:,} columns"
            raise BptraceError(f"error: a matrix of {size} is too large for TeX\n   {INSTEAD}")
    if piece.width > LONGEST and all(columns <= STRIP for _, columns in piece.sizes):
        raise BptraceError(
            f"error: a line of {piece.width / LINE:,.0f} times the page is too wide for TeX\n   {INSTEAD}"
        )


def rows(
    line: Line[Tex], left: float = 0.0, fit: Callable[[Tex], str] = lambda piece: piece.text, room: float = WIDEST
) -> list[str]:
    r"""A line in rows that are aligned at an `&`, broken at a sign where it is wider than the room for it.

    `left`: how wide the left sides are that it is aligned with. `fit` wraps what may be too large for a page.
    """
    start = max(left, _bare_width(line.left))
    found, taken = [[line.left.text]], start
    for number, side in enumerate(line.sides):
        width = SIGN + _bare_width(side.piece)
        if number and taken + width > room:
            found.append([])
            taken = start
        aligned = "" if len(found[-1]) > (len(found) == 1) else "&"
        found[-1].append(f"{aligned}{Latex.signs[f' {side.sign} '].text.strip()} {fit(side.piece)}")
        taken += width
    return [" ".join(row) for row in found]


def _bare_width(piece: Tex) -> float:
    """How wide a piece is, near enough, without the shapes below its symbols."""
    return piece.width - piece.label
