r"""LaTeX: a document with a title, the givens, the equations, and a heading and a table a step, all typeset.

Every text is plain ASCII and needs nothing but amsmath and the packages of the tables, so that pdflatex, lualatex and
xelatex all read it. A step's columns are as wide as its first rows ask for; what is longer is broken over lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, groupby, islice
from typing import TextIO

from bptrace.engine.model import Definition, Given
from bptrace.engine.optimizers import SETTINGS
from bptrace.engine.row import Row
from bptrace.engine.trace import Step, Trace
from bptrace.errors import Mark, Source, SpecError
from bptrace.explain.sentences import step_sentences
from bptrace.numbers.arrays import entries, size
from bptrace.numbers.digits import EQUAL
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.expr import Expr, Name
from bptrace.ops.format import CASES
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT
from bptrace.ops.notation import TERMS
from bptrace.spec.equation import parse
from bptrace.spec.vocabulary import Vocabulary
from bptrace.typeset.latex import CLOSING, COMMAS, OPENING, Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.tex import Tex, atom
from bptrace.views.markdown import SECTION_NAMES
from bptrace.views.sentences import LatexSentences, write_latex_notes

PACKAGES = ("amsmath", "array", "booktabs", "longtable")
PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[margin=2cm]{geometry}
"""
LAYOUT = r"""\begingroup
\setlength{\parindent}{0pt}\setlength{\parskip}{4pt}
\setlength{\LTpre}{4pt}\setlength{\LTpost}{4pt}\setlength{\LTleft}{0pt}\setlength{\LTright}{0pt}
\raggedright\renewcommand{\arraystretch}{1.2}\allowdisplaybreaks\lineskiplimit=2pt\lineskip=2pt
% a new page before a heading where less than this is left of one
\def\startstep#1{\par\penalty0\ifdim\dimexpr\pagegoal-\pagetotal\relax<#1\newpage\fi}
"""
LINE = 483.0
"""How wide the text of the document is, in points."""
GAP = 12.0
ROUNDING = 0.01
"""By how much the widths of columns that fill a line may seem to be more than it."""
SPACE = "4pt"
LOOKED_AT = 100
"""How many rows of a step say how wide its columns are."""
SPARE = 1.08
LONG_CELL = 300
MOST_LINES = 20
"""A row of more lines stands outside the table."""
LEADING, HEADINGS = 14.0, 100.0
"""How high a line is, and the headings of a step and of its table with the first row's fractions."""
WIDEST_MATRIX, LONGEST_MATRIX = 10, 20
"""A larger array is written row by row in one line that can be broken."""

Cells = Sequence[Tex]
NOTHING = atom("")


def write_latex(trace: Trace, out: TextIO, steps: Sequence[Step] | None = None) -> None:
    """Write the register, or some of its steps alone, as a LaTeX document; rows stream."""
    write_opening(trace.title or "Backpropagation, step by step", out)
    _write_body(trace, out, steps)
    write_ending(out)


def write_opening(title: str, out: TextIO, *more: str) -> None:
    """Write what stands before a document's body: its packages, and more, and its title."""
    out.write(PREAMBLE)
    out.writelines(f"\\usepackage{{{package}}}\n" for package in (*PACKAGES, *more))
    out.write(f"\\title{{{escaped(title)}}}\n\\date{{}}\n\n\\begin{{document}}\n\\maketitle\n\n")


def write_ending(out: TextIO) -> None:
    """Write what stands behind it."""
    out.write("\n\\end{document}\n")


def write_fragment(trace: Trace, out: TextIO, steps: Sequence[Step] | None = None) -> None:
    r"""Write the body alone, for `\input` into another document; rows stream."""
    out.write(f"% \\usepackage{{{','.join(PACKAGES)}}}\n")
    _write_body(trace, out, steps)


def _write_body(trace: Trace, out: TextIO, steps: Sequence[Step] | None) -> None:
    out.write(LAYOUT)
    if steps is None:
        _write_givens(trace, Names(trace, Latex()), out)
        _write_equations(trace.samples[0] if trace.samples else trace, out)
    told, part, typeset = trace.shortened(TERMS), None, _Typeset(trace)
    for step in trace.steps if steps is None else steps:
        if trace.of(step) is not part:  # a sample's names are its own
            part = trace.of(step)
            typeset = _Typeset(part)
        _write_step(step, typeset, out)
        if not trace.symbolic:
            written = step_sentences(told, told.steps[step.number - 1])
            out.writelines(f"\n{typeset.sentences.write(sentence)}\n" for sentence in written)
    write_latex_notes(trace, out)
    out.write("\\par\\endgroup\n")


class _Typeset:
    """The cells of a trace's rows."""

    def __init__(self, trace: Trace) -> None:
        self.names = Names(trace, Latex())
        self.formulas = Mathematics(trace, self.names, WITH_NAMES)
        self.rules = Mathematics(trace, self.names, WITH_NUMBERS)
        self.headings = LatexSentences(trace, inline=False)
        self.sentences = LatexSentences(trace)
        self.symbolic = trace.symbolic

    @property
    def header(self) -> Sequence[str]:
        """What the columns are called."""
        return ("quantity", "formula") if self.symbolic else ("quantity", "formula", "rule", "value")

    def cells(self, row: Row) -> Cells:
        """Quantity and formula, and where there are values rule and value."""
        quantity, formula = self.names.element(row.quantity), self.formulas.top(row.tree)
        if self.symbolic:
            return quantity, formula
        return quantity, formula, self.rules.rule(row.tree), self.value(row)

    def equation(self, item: Definition) -> Tex:
        """What a quantity is defined to be."""
        return self.names.format.joined([self.names.whole(item.key), self.formulas.top(item.expr)], "=")

    def value(self, row: Row) -> Tex:
        """A value as the register prints it, with its closed form where it has one."""
        shown, number = row.shown, self.rules.numeral(row.numeral, CASES, True)
        if shown.sign == EQUAL:
            return number
        if not shown.closed:
            return _about(self.names, number)
        return Tex.row([self._closed(shown.closed), self.names.format.signs["≈"], number])

    def _closed(self, form: str) -> Tex:
        """A closed form, which is an equation over numbers."""
        try:
            return self.formulas.top(
                parse(form, partial(Mark, Source("", form)), Vocabulary(_unknown, lambda name: False, lambda: None))
            )
        except SpecError:
            return self.names.format.words(form)


def _unknown(name: str, mark: Mark) -> Expr:
    raise SpecError(f"unknown name {name}", mark, "a closed form is over numbers")


# givens and equations


def _write_givens(trace: Trace, names: Names[Tex], out: TextIO) -> None:
    if not trace.givens:
        return
    out.write("\\subsection*{Givens}\n")
    cells = [_given(trace, names, given) for given in trace.givens]
    columns = 3 if any(value.text for _, _, value in cells) else 2
    _write_table(("name", "kind", "value")[:columns], iter(()), [row[:columns] for row in cells], out)


def _given(trace: Trace, names: Names[Tex], given: Given) -> Cells:
    kind = SETTINGS[given.key].about if given.section == "update" else SECTION_NAMES[given.section]
    value, numbers = _array(trace, names, given), trace.values[given.key]
    if numbers is not UNKNOWN and any(map(trace.notation.is_about, entries(numbers, given.shape))):
        value = _about(names, value)
    return names.whole(given.key), names.format.words(kind), value


def _about(names: Names[Tex], value: Tex) -> Tex:
    """What is told by its first digits, in a cell of its own."""
    about = names.format.signs["≈"]
    return Tex.row([about._replace(text=about.text.lstrip()), value])


def _array(trace: Trace, names: Names[Tex], given: Given) -> Tex:
    """A whole given: its numbers, or its elements' names where it has no value; a scalar's own name says nothing."""
    unknown = given.value is UNKNOWN
    if unknown and size(given.shape) == 1:
        return NOTHING
    walker = Mathematics(trace, names, WRITTEN_OUT if unknown else WITH_NUMBERS)
    name = Name(given.key, given.shape)
    piece = walker.top(name)
    rows, columns = (*given.shape, 1, 1)[:2]
    if size(given.shape) == 1 or (rows <= LONGEST_MATRIX and columns <= WIDEST_MATRIX and piece.width < LINE / 2):
        return piece
    items = walker.entries(name)
    lines = [_line(items[start : start + columns]) for start in range(0, len(items), columns)]
    return _line(lines) if len(given.shape) == 2 else names.format.transposed(_line(items))


def _line(items: Sequence[Tex]) -> Tex:
    return Tex.row([OPENING, *[piece for item in items for piece in (COMMAS[True], item)][1:], CLOSING])


def _write_equations(trace: Trace, out: TextIO) -> None:
    """The equations, aligned where all of them fit on a line, else one after the other."""
    typeset = _Typeset(trace)
    definitions = trace.source.definitions
    out.write("\n\\subsection*{Equations}\n")
    if all(1.4 * typeset.equation(item).width < LINE for item in definitions):
        lines = [
            f"{typeset.names.whole(item.key).text} &= {typeset.formulas.top(item.expr).text}" for item in definitions
        ]
        out.write("\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}\n")
    else:
        out.writelines(f"${typeset.equation(item).text}$\\par\n" for item in definitions)


# steps


def _write_step(step: Step, typeset: _Typeset, out: TextIO) -> None:
    notes: dict[str, None] = {}

    def cells() -> Iterator[Cells]:
        for row in step:
            notes.update(dict.fromkeys(map(typeset.sentences.write, row.note_sentences)))
            yield typeset.cells(row)

    waiting = cells()
    first = list(islice(waiting, LOOKED_AT))
    needed = min(MOST_LINES, _line_count(first[0], _widths(first))) * LEADING + HEADINGS
    heading = f"{step.number}. {step.phase.capitalize()}: {typeset.headings.write(step.heading)}"
    out.write(f"\n\\startstep{{{needed:.0f}pt}}\\subsection*{{{heading}}}\n")
    _write_table(typeset.header, waiting, first, out)
    out.writelines(f"\n\\emph{{{note}}}\n" for note in notes)


def _write_table(header: Sequence[str], waiting: Iterator[Cells], first: Sequence[Cells], out: TextIO) -> None:
    """A table over as many pages as it takes; `first` are the rows that say how wide its columns are.

    A row that is higher than a page stands below one another: nothing breaks within a row of a table.
    """
    widths = _widths(first)
    for is_long, rows in groupby(chain(first, waiting), lambda row: _is_long(row, widths)):
        if is_long:
            out.writelines(map(partial(_tall_row, header), rows))
        else:
            _write_rows(header, widths, rows, out)


def _write_rows(header: Sequence[str], widths: Sequence[float], rows: Iterator[Cells], out: TextIO) -> None:
    columns = [f">{{\\raggedright\\arraybackslash}}p{{{int(width)}pt}}" for width in widths]
    out.write(f"\\begin{{longtable}}{{@{{}}{''.join(columns)}@{{}}}}\n\\toprule\n")
    out.write(" & ".join(header) + " \\\\\n\\midrule\n\\endhead\n\\bottomrule\n\\endfoot\n")
    for number, row in enumerate(rows):
        line = " & ".join(f"${cell.text}$" if cell.text else "" for cell in row)
        out.write(f"\\addlinespace[{SPACE}]\n" * (number > 0) + f"{line} \\\\\n")
    out.write("\\end{longtable}\n")


def _tall_row(header: Sequence[str], row: Cells) -> str:
    lines = [rf"\emph{{{name}}} ${cell.text}$\par" for name, cell in zip(header, row, strict=True) if cell.text]
    return "\n".join(["", *lines, ""])


def _is_long(row: Cells, widths: Sequence[float]) -> bool:
    """Whether a row would be higher than a page, or its table wider than one."""
    if sum(widths) + GAP * (len(widths) - 1) > LINE + ROUNDING:
        return True
    return any(len(cell.text) > LONG_CELL for cell in row) and _line_count(row, widths) > MOST_LINES


def _line_count(row: Cells, widths: Sequence[float]) -> float:
    """How many lines of its longest cell a row takes."""
    return max(1 + cell.width / width for cell, width in zip(row, widths, strict=True))


def _widths(rows: Sequence[Cells]) -> list[float]:
    """How wide each column is: what its widest part needs, and of what is left a share by what would be in one line."""
    columns = list(zip(*rows, strict=True))
    least = [max(40.0, SPARE * max(cell.part for cell in column)) for column in columns]
    most = [max(one, SPARE * max(cell.width for cell in column)) for one, column in zip(least, columns, strict=True)]
    spare = LINE - GAP * (len(least) - 1) - sum(least)
    wanted = sum(most) - sum(least)
    share = min(1.0, max(0.0, spare) / wanted) if wanted else 0.0
    return [one + share * (other - one) for one, other in zip(least, most, strict=True)]
