r"""Worksheets in LaTeX: a page each to hand out, with room to write, and the keys behind them on pages of their own.

The rows of a register stand in one or two columns. They are as high as the page lets them be, and go on over as many
pages as they take where they would be too low to write in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple, TextIO, TypeAlias

from bptrace.engine.trace import Trace
from bptrace.marking.worksheets import BLANK, Worksheet, WorksheetRow, WorksheetStep, pages
from bptrace.ops.layout import WITH_NAMES
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.matrix_form import phase_title
from bptrace.typeset.tex import Tex, atom
from bptrace.views.latex_page import LINE, equations_in_lines, paper
from bptrace.views.latex_register import GivenLine, Typeset, aligned, given_equations, network_equations
from bptrace.views.sentences import LatexSentences

COLUMN = (LINE - 15) / 2
"""How wide a column is of two on a page."""
PADDING = 9.0
"""How much wider a cell is than what stands in it."""
SPARE, MISSED = 1.1, 1.4
"""How much wider a cell is at least than what stands in it seems to be, and how much wider an equation may be."""
WIDER, EQUATIONS, MOST_BESIDE = 1.15, 20.0, 220.0
"""How wide the room for equations is: so many times the widest of them and so much more; at most beside the givens."""
TO_WRITE, VALUE, MOST_VALUE, MOST_QUANTITY = 80.0, 44.0, 150.0, 88.0
"""How wide a blank rule and a value are at least, a value and a quantity at most; a wider quantity is made smaller."""
FILLED = 15
"""How high a row of a key is at least, in points."""
HEADING, GAP, LEADING = 22, 4, 12
"""How much of a column the heading of a phase takes, the gap between steps, and the second line of a rule."""
MACROS = r"""\setlength{\columnsep}{15pt}\columnseprule=0pt\multicolsep=9pt\raggedcolumns
\newlength{\rowheight}\newlength{\itswidth}\newlength{\rulewidth}\newlength{\valuewidth}
% what stands in a cell, in lines where it is long, and the cell, as high as its row
\newcommand{\cellbox}[4]{\setbox#1\vbox{\hsize=\dimexpr#2-8pt\relax\parskip=0pt#3\noindent#4\par}%
  \ifdim\dimexpr\ht#1+\dp#1+2pt\relax>\dimen0 \dimen0=\dimexpr\ht#1+\dp#1+2pt\relax\fi}
\newcommand{\cell}[2]{\vbox to\dimen0{\vfil\hbox to#2{\hfil\box#1\hfil}\vfil}\vrule width0.3pt}
\newcommand{\fitcell}[1]{\sbox0{#1}\ifdim\wd0>\hsize\resizebox{\hsize}{!}{\usebox0}\else\usebox0\fi}
% a row: a quantity, its rule, its value; what is blank has room to be filled in
\newcommand{\registerrow}[3]{\par{\dimen0=\rowheight\cellbox1\itswidth\raggedright{#1}%
  \cellbox2\rulewidth\raggedright{#2}\cellbox3\valuewidth\raggedleft{#3}%
  \nointerlineskip\vskip-0.3pt\vbox{\hrule height0.3pt
  \hbox{\vrule width0.3pt\cell1\itswidth\cell2\rulewidth\cell3\valuewidth}\hrule height0.3pt}\nointerlineskip}}
\newcommand{\phaseheading}[1]{\par\pagebreak[2]\vskip9pt\noindent\textbf{#1}\par\nobreak\vskip3pt\relax}
% rows as high as the rest of the page lets them be, and comfortable on several pages: how many columns, rows, and
% points for all else; one \relax ends the expression, the next what may follow a length
\newcommand{\fitrows}[3]{\par\rowheight=\dimexpr((\textheight-\pagetotal-10pt)*#1-#3pt)/(#2+1)\relax\relax
  \ifdim\rowheight<18.5pt\rowheight=24pt\relax\fi\ifdim\rowheight>30pt\rowheight=30pt\relax\fi}
"""
NAME_LINE = r"""\noindent Name\enspace\rule[-2pt]{0.5\linewidth}{0.3pt}\hfill
Date\enspace\rule[-2pt]{0.2\linewidth}{0.3pt}\par
"""


def write_latex_worksheets(sheets: Sequence[Worksheet], out: TextIO, sheet: bool = True, key: bool = True) -> None:
    """Write a document of worksheets to hand out, of their keys, or of the ones and then the others."""
    with paper(out, more=("multicol",)):
        out.write(MACROS)
        for number, (worksheet, is_key) in enumerate(pages(sheets, sheet, key)):
            out.write("\n\\newpage\n" * (number > 0))
            _Page(worksheet, is_key).write(out)


class _Cells(NamedTuple):
    """The cells of a row."""

    quantity: Tex
    rule: Tex
    value: Tex


_Part: TypeAlias = "tuple[WorksheetStep, Sequence[_Cells]]"


class _Page:
    """One worksheet, or its key."""

    def __init__(self, worksheet: Worksheet, is_key: bool) -> None:
        self.worksheet = worksheet
        self.trace = worksheet.trace
        self.is_key = is_key
        self.typeset = {id(part): Typeset(part, inline=True) for part in (self.trace, *self.trace.samples)}
        self.parts = [(part, [self._cells(part, row) for row in part.rows]) for part in worksheet.steps(is_key)]
        cells = [cells for _, rows in self.parts for cells in rows]
        self.quantity = min(SPARE * max(row.quantity.width for row in cells) + PADDING, MOST_QUANTITY)
        self.value = max(SPARE * max(row.value.width for row in cells) + PADDING, VALUE)
        room = COLUMN - self.quantity - self.value
        is_roomy = is_key or room >= TO_WRITE
        self.columns = 2 if is_roomy and all(_fits(row.rule, room - PADDING) for row in cells) else 1

    def write(self, out: TextIO) -> None:
        """Write all of the page."""
        title = self.worksheet.headed(self.is_key)
        out.write(f"{{\\centering\\Large\\bfseries {escaped(title)}\\par}}\\bigskip\n")
        if not self.is_key:
            out.write(NAME_LINE)
            self._write_tasks(out)
        self._write_network(out)
        self._write_register(out)
        if self.is_key:
            self._write_remarks(out)

    def _write_tasks(self, out: TextIO) -> None:
        write = LatexSentences(self.trace).write
        out.write("\\begin{enumerate}\\itemsep=0pt\\parsep=1pt\\relax\n")
        out.writelines(f"\\item {write(task)}\n" for task in self.worksheet.tasks)
        out.write(f"\\end{{enumerate}}\n{write(self.worksheet.manner)}\\par\\medskip\n")

    def _write_network(self, out: TextIO) -> None:
        """The givens, and beside them, where there is room, the equations."""
        equations = network_equations(self.trace)
        width = EQUATIONS + WIDER * max(left.width + right.width for left, right in equations)
        is_beside = width < MOST_BESIDE and bool(self.trace.givens)
        if is_beside:
            out.write(
                f"\n\\begin{{minipage}}[t]{{{LINE - width:.0f}pt}}\\raggedright\\parskip=4pt\\arraycolsep=3pt\\relax\n"
            )
        out.write("\\textbf{Givens}\\par\\smallskip\n" * bool(self.trace.givens))
        _write_givens(self.trace, LINE - width if is_beside else LINE, out)
        out.write(f"\\end{{minipage}}\\hfill\\begin{{minipage}}[t]{{{width:.0f}pt}}\n" if is_beside else "\n")
        out.write("\\textbf{Equations}\\par\\smallskip\\jot=0pt\n")
        if MISSED * width > LINE:
            out.writelines(f"${left.text} = {right.text}$\\par\n" for left, right in equations)
        else:
            out.write(f"$\\begin{{aligned}}[t]\n{aligned(equations)}\n\\end{{aligned}}$\\par\n")
        out.write("\\end{minipage}\\par\n" * is_beside)

    # the register

    def _cells(self, part: WorksheetStep, row: WorksheetRow) -> _Cells:
        typeset = self.typeset[id(self.trace.of(part.step))]
        quantity, rule, value = typeset.names.element(row.row.quantity), atom(""), atom("")
        if row.look != BLANK:
            rule = typeset.formulas.top(row.row.tree) if row.look == WITH_NAMES else typeset.rule(row.row)
        if row.valued:
            value = typeset.value(row.row)
        return _Cells(quantity, rule, value)

    def _write_register(self, out: TextIO) -> None:
        line = COLUMN if self.columns == 2 else LINE
        value = min(self.value, MOST_VALUE)
        widths = (self.quantity, line - self.quantity - value, value)
        lengths = zip(("its", "rule", "value"), widths, strict=True)
        out.writelines(f"\\setlength{{\\{name}width}}{{{width:.0f}pt}}\n" for name, width in lengths)
        phases = [
            list(parts) for _, parts in groupby(self.parts, lambda item: (item[0].step.sample, item[0].step.phase))
        ]
        rules = [cells.rule.width for _, rows in self.parts for cells in rows]
        more = sum(width > widths[1] - PADDING for width in rules)
        taken = HEADING * len(phases) + GAP * len(self.parts) + LEADING * more
        fitted = f"\\fitrows{{{self.columns}}}{{{len(rules)}}}{{{taken}}}\n"
        out.write(f"\\rowheight={FILLED}pt\n" if self.is_key else fitted)
        out.write("\\begin{multicols}{2}\n" * (self.columns == 2) + "\\parskip=0pt\\relax\n")
        for parts in phases:
            self._write_phase(parts, widths, out)
        out.write("\\end{multicols}\n" * (self.columns == 2))

    def _write_phase(self, parts: Sequence[_Part], widths: Sequence[float], out: TextIO) -> None:
        step = parts[0][0].step
        out.write(f"\\phaseheading{{{escaped(phase_title(self.trace, step.sample, step.phase))}}}\n")
        for number, (_, rows) in enumerate(parts):
            out.write(f"\\vskip{GAP}pt\n" * (number > 0))
            together = "\\nobreak\n" if len(rows) == 2 else ""
            out.write(together.join(_row(cells, widths) for cells in rows))

    def _write_remarks(self, out: TextIO) -> None:
        write = LatexSentences(self.trace.samples[0] if self.trace.samples else self.trace).write
        out.writelines(f"\n{write(remark)}\\par\n" for remark in self.worksheet.remarks())


def _fits(rule: Tex, room: float) -> bool:
    """Whether a rule stands in two lines of so much room."""
    return rule.part <= room and rule.width <= 2 * room


def _row(cells: Iterable[Tex], widths: Sequence[float]) -> str:
    return "\\registerrow" + "".join(map(_cell, cells, widths)) + "\n"


def _cell(piece: Tex, width: float) -> str:
    """What stands in a cell; what no line can break is made smaller where it is too wide."""
    text = f"${piece.text}$" if piece.text else ""
    return f"{{\\fitcell{{{text}}}}}" if piece.part + PADDING > width else f"{{{text}}}"


def _write_givens(trace: Trace, line: float, out: TextIO) -> None:
    """The sections of one given side by side, then the others, each on lines of its own."""
    sections = list(given_equations(trace, line))
    short = [section for section in sections if len(section.equations) == 1]
    out.write("\\qquad\n".join(_section(section, line) for section in short) + "\\par\n" * bool(short))
    out.writelines(f"{_section(section, line)}\\par\n" for section in sections if section not in short)


def _section(section: GivenLine, line: float) -> str:
    return f"\\textit{{{escaped(section.label)}}}\\enspace {equations_in_lines(section.equations, line)}"
