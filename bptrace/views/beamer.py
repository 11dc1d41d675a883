r"""Slides in LaTeX, for beamer: the givens, the equations, then a frame a step, or several where one does not hold it.

Slides are filled by how high things are, near enough, and what is still too high for one is made smaller. A screen cuts
what is long, and so does a slide: sums in the middle, titles at the end; of a large array its shape alone is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from itertools import accumulate, chain, groupby
from typing import NamedTuple, TextIO

from bptrace.engine.model import Definition
from bptrace.engine.sentence_parts import Sentence, Words, plain
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.headings import Headings
from bptrace.explain.sentences import step_words
from bptrace.ops.notation import TERMS
from bptrace.typeset.latex import Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.matrix_form import Line, phases
from bptrace.typeset.names import Names
from bptrace.typeset.tex import Tex, text_width
from bptrace.views.latex_page import DISPLAYS, MARGIN, UNTITLED, at_once, equations_in_lines
from bptrace.views.latex_register import Typeset, equation_lines, given_equations, typeset_summary
from bptrace.views.latex_table import LatexTable, TableRow, divided
from bptrace.views.matrix_latex import REASON, STRIP, aligned_display, given_equation, line_height
from bptrace.views.sentences import LatexSentences

PREAMBLE = r"""\documentclass[aspectratio=169]{beamer}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{amsmath}
\usepackage{amssymb}
\usepackage{array}
\usepackage{booktabs}
\usepackage{graphicx}
\usefonttheme[onlymath]{serif}
\setbeamertemplate{navigation symbols}{}
\setbeamertemplate{footline}{\hfill\insertframenumber\hspace*{1em}\vspace*{1ex}}
\setbeamerfont{frametitle}{size=\normalsize,series=\bfseries\boldmath}
% a title on one line
\def\oneline#1{\sbox0{#1}\ifdim\wd0>\textwidth\resizebox{\textwidth}{!}{\usebox0}\else\usebox0\fi}
% what stands on a slide, larger by a factor, or smaller where it is higher than a slide
\newsavebox{\slidebox}
\newenvironment{slide}[1]{\def\larger{#1}\begin{lrbox}{\slidebox}\begin{minipage}{\dimexpr\textwidth*10/\larger}%
  \small\raggedright\setlength{\parskip}{4pt}\renewcommand{\arraystretch}{1.2}}%
 {\end{minipage}\end{lrbox}\ifdim\dimexpr(\ht\slidebox+\dp\slidebox)*\larger/10\relax>0.8\textheight
  \resizebox*{!}{0.8\textheight}{\usebox\slidebox}\else
  \resizebox{\dimexpr\wd\slidebox*\larger/10}{!}{\usebox\slidebox}\fi}
"""
LEADING = 14.0
CHARACTER = 5.0
"""How wide a character of a sentence is, about."""
TITLE = 84
"""How many characters of a heading stand in a title."""
LONGEST_TITLE = 150
EQUATIONS = 9
"""How many equations stand on a slide."""
LABEL_GAP = 16.0


class SlidePart(NamedTuple):
    """What stands on a slide as a whole, and how high it is."""

    text: str
    height: float


class Paper(NamedTuple):
    """How wide the lines of a slide are, in points of a text of 10 points, and how high what stands on it may be.

    `larger`: by how many tenths of its size all is set; it is made smaller where it is a little too high.
    """

    larger: int
    line: float
    height: float

    @property
    def room(self) -> float:
        """How wide a display may be, less what the estimate of a formula may miss."""
        return 0.9 * (self.line - MARGIN)


LARGE, SMALL, SMALLEST = Paper(12, 330.0, 180.0), Paper(10, 396.0, 220.0), Paper(8, 495.0, 275.0)
MORE = 1.2
"""How much higher than a slide what stands on it may be where else a few lines would stand alone."""


def write_beamer(trace: Trace, out: TextIO, steps: Sequence[Step] | None = None, brief: bool = False) -> None:
    """Write the register, or some of its steps alone, as slides. `brief`: with one or two sentences a step."""
    shown, headings = trace.shortened(TERMS), Headings(trace)
    with _slides(trace, out, is_whole=steps is None):
        if steps is None:
            _write_frames("Givens", partial(_givens, shown), out)
            written = Typeset(shown.samples[0] if shown.samples else shown)
            _write_frames("Equations", partial(_equations, written, trace.source.definitions), out)
        part, typeset = trace, Typeset(shown)
        for step in trace.steps if steps is None else steps:
            if shown.of(step) is not part:  # a sample's numbers are its own
                part = shown.of(step)
                typeset = Typeset(part, like=typeset)
            told = _Told(shown, shown.steps[step.number - 1], typeset, brief)
            _write_frames(_title(typeset.sentences, step, headings), told.parts, out)
        if steps is None and trace.is_whole:
            _write_frames("Summary", partial(_summary, trace), out)


def write_matrix_beamer(
    trace: Trace, out: TextIO, shapes: bool = False, steps: Sequence[Step] | None = None, explain: bool = False
) -> None:
    """Write the matrix form, or some of its steps alone, as slides. `explain`: with the reasons for the lines.

    Raises BptraceError where a matrix is larger than TeX's longest length.
    """
    headings = Headings(trace)
    with at_once(out) as whole, _slides(trace, whole, is_whole=steps is None):
        whole.write(REASON)
        names = Names(trace, Latex(inline=True))
        for phase in phases(trace, Latex(strip=STRIP), steps, shapes, explain):
            part = trace.samples[phase.sample - 1] if phase.sample else trace
            names = names.of(part)
            for number, lines in groupby(phase.lines, lambda line: line.step):
                if number:
                    sentences = LatexSentences(part, names=names)
                    of_step = partial(_displays, list(lines), sentences)
                    _write_frames(_title(sentences, trace.steps[number - 1], headings), of_step, whole)
                else:
                    _write_frames(escaped(phase.title), partial(_matrix_givens, list(lines)), whole)


@contextmanager
def _slides(trace: Trace, out: TextIO, is_whole: bool) -> Iterator[None]:
    """What stands before and behind the slides: the packages, and a slide with the title where all is written."""
    title = escaped((trace.title or UNTITLED)[:LONGEST_TITLE])
    out.write(f"{PREAMBLE}\\title{{{title}}}\n\\date{{}}\n\n\\begin{{document}}\n{DISPLAYS}")
    if is_whole:
        out.write("\\begin{frame}\n\\titlepage\n\\end{frame}\n")
    yield
    _write_frames("Notes", partial(_notes, trace), out)
    out.write("\n\\end{document}\n")


def _write_frames(title: str, blocks: Callable[[Paper], Iterable[SlidePart]], out: TextIO) -> None:
    """Blocks under a title: large where they stand on one slide then, else on as many as they take, and numbered."""
    paper, frames = LARGE, _frames(blocks(LARGE), LARGE.height)
    if len(frames) > 1 or sum(block.height for block in chain(*frames)) > LARGE.height:
        paper, frames = SMALL, _frames(blocks(SMALL), SMALL.height)
    if len(frames) > 1:
        fewer = _frames(blocks(SMALLEST), SMALLEST.height)
        paper, frames = (SMALLEST, fewer) if 2 * len(fewer) <= len(frames) else (paper, frames)
    for number, frame in enumerate(frames, 1):
        place = f" ({number}/{len(frames)})" if len(frames) > 1 else ""
        body = "\n\n".join(block.text for block in frame)
        out.write(f"\n\\begin{{frame}}{{\\oneline{{{title}{place}}}}}\n\\begin{{slide}}{{{paper.larger}}}\n{body}\n")
        out.write("\\end{slide}\n\\end{frame}\n")


def _frames(blocks: Iterable[SlidePart], height: float) -> list[list[SlidePart]]:
    """The blocks of each slide: as many as there is room for; the last slide is not one of a few lines."""
    frames: list[list[SlidePart]] = []
    for block in blocks:
        if frames and sum(each.height for each in frames[-1]) + block.height <= height:
            frames[-1].append(block)
        else:
            frames.append([block])
    if len(frames) > 1 and sum(block.height for block in chain(*frames[-2:])) <= MORE * height:
        frames[-2:] = [[*frames[-2], *frames[-1]]]
    return frames


def _title(sentences: LatexSentences, step: Step, headings: Headings) -> str:
    """The number of a step, its phase and its heading."""
    sign, text = headings.of(step)
    return f"{step.number}. {step.phase.capitalize()}{sign}{sentences.write(_cut(text))}"


def _cut(heading: Sentence) -> Sentence:
    """A heading, or as much of its beginning as there is room for in a title."""
    lengths = accumulate(len(plain((part,))) for part in heading)
    kept = [part for part, length in zip(heading, lengths, strict=True) if length <= TITLE]
    return heading if len(kept) == len(heading) else (*kept, Words(" ..."))


# what stands on slides


class _Told:
    """What stands on the slides of a step, written once for slides of every size: rows, notes on them, sentences."""

    def __init__(self, trace: Trace, step: Step, typeset: Typeset, brief: bool) -> None:
        self.trace, self.step, self.typeset, self.brief = trace, step, typeset, brief

    def parts(self, paper: Paper) -> Iterator[SlidePart]:
        """The table of a step, what is to be known of its rows, and what it does."""
        header, numbered = self.typeset.header, not self.typeset.symbolic
        count = len(self.rows)
        table = LatexTable(header, iter(self.rows), count, numbered, paper.line, looked_at=count)
        yield from (SlidePart(*part) for part in table.in_parts(paper.height))
        for text, length in self.texts:
            yield SlidePart(text, _lines_height(length, paper))

    @cached_property
    def rows(self) -> list[TableRow]:
        """The cells of its rows."""
        return list(map(self.typeset.row, self.step))

    @cached_property
    def texts(self) -> list[tuple[str, int]]:
        """What is to be known of its rows, and what it does, with how many characters each has."""
        write, length = self.typeset.sentences.write, partial(_length, self.trace)
        notes = {write(note): note for row in self.step for note in row.note_sentences}
        told = [(f"\\emph{{{text}}}", length(note)) for text, note in notes.items()]
        sentences = () if self.trace.symbolic else step_words(self.trace, self.step, self.brief).sentences
        return [*told, *((write(sentence), length(sentence)) for sentence in sentences)]


def _length(trace: Trace, sentence: Sentence) -> int:
    return len(plain(sentence, trace.notation))


def _lines_height(length: int, paper: Paper) -> float:
    """How high so many characters are in lines."""
    return LEADING * (1 + CHARACTER * length // paper.line)


def _displays(lines: Sequence[Line[Tex]], sentences: LatexSentences, paper: Paper) -> Iterator[SlidePart]:
    """The lines of a step, as few displays as hold them."""
    heights = [line_height(line, paper.room) for line in lines]
    for part in divided(lines, heights, paper.height):
        yield SlidePart(aligned_display(part, part[0].step, sentences, paper.room), sum(heights[: len(part)]))


def _matrix_givens(lines: Sequence[Line[Tex]], paper: Paper) -> Iterator[SlidePart]:
    return _flowing([(given_equation(line, paper.line), "") for line in lines], paper.line)


def _givens(trace: Trace, paper: Paper) -> Iterator[SlidePart]:
    """The givens of each section, behind what they are."""
    lines = list(given_equations(trace, paper.line, whole=False))
    indent = max((text_width(label) for label, _ in lines), default=0.0) + LABEL_GAP
    for label, equations in lines:
        start = f"\\makebox[{indent:.0f}pt][l]{{{escaped(label)}}}"
        for block in _flowing(equations, paper.line - indent):
            yield block._replace(text=start + block.text)
            start = f"\\hspace*{{{indent:.0f}pt}}"


def _flowing(equations: Iterable[tuple[Tex, str]], line: float) -> Iterator[SlidePart]:
    """Equations side by side, a block a line."""
    waiting: list[tuple[Tex, str]] = []
    taken = 0.0
    for equation in equations:
        piece, about = equation
        width = piece.width + text_width(about) + LABEL_GAP
        if waiting and taken + width > line:
            yield _side_by_side(waiting, line)
            waiting, taken = [], 0.0
        waiting.append(equation)
        taken += width
    if waiting:
        yield _side_by_side(waiting, line)


def _side_by_side(equations: Sequence[tuple[Tex, str]], line: float) -> SlidePart:
    rows = max(max((rows for rows, _ in piece.sizes), default=1) + piece.width // line for piece, _ in equations)
    return SlidePart(equations_in_lines(equations, line), LEADING * (1 + rows))


def _equations(typeset: Typeset, definitions: Sequence[Definition], paper: Paper) -> Iterator[SlidePart]:
    for start in range(0, len(definitions), EQUATIONS):
        part = definitions[start : start + EQUATIONS]
        yield SlidePart(equation_lines(typeset, paper.line, part), LEADING * len(part))


def _summary(trace: Trace, paper: Paper) -> Iterator[SlidePart]:
    """What all comes to."""
    equations, texts = typeset_summary(trace, paper.line, whole=False)
    yield from _flowing(((equation, "") for equation in equations), paper.line)
    yield from (SlidePart(text, LEADING * (1 + text_width(text) // paper.line)) for text in texts)


def _notes(trace: Trace, paper: Paper) -> Iterator[SlidePart]:
    """What is probably not meant."""
    sentences = LatexSentences(trace.samples[0] if trace.samples else trace)
    for note in trace.notes:
        yield SlidePart(sentences.write(note.placed), _lines_height(_length(trace, note.placed), paper))
