"""The parts of a register in LaTeX, for documents and for slides: its givens, its equations, the cells of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bptrace.engine.model import Definition, Given
from bptrace.engine.optimizers import SETTINGS
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Named, Sentence, sentence
from bptrace.engine.trace import Trace
from bptrace.explain.summary import summarize
from bptrace.numbers.arrays import entries, size
from bptrace.numbers.digits import Numeral
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.expr import Name
from bptrace.ops.layout import WITH_NUMBERS, WRITTEN_OUT
from bptrace.typeset.latex import CLOSING, COMMAS, OPENING, Latex
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.matrix_form import update_in_general
from bptrace.typeset.names import Names
from bptrace.typeset.tex import Tex, atom
from bptrace.views.latex_table import TableRow
from bptrace.views.register_cells import RegisterCells
from bptrace.views.sentences import LatexSentences

LABELS = {"state": "State before the update"}
"""What the givens of a section are called, where it is not the section's own name."""
WIDEST_MATRIX, LONGEST_MATRIX = 10, 20
"""A larger array is written row by row in one line that can be broken."""
LARGE = 40
"""Of arrays of more elements there is only the shape where there is no room for all."""
NAMED = 80.0
"""How much of a line the name of an array may take."""
ALIGNED = 20
"""More digits than these behind a point don't say where other points are."""


class Typeset(RegisterCells[Tex]):
    """The cells of a trace's rows. `inline`: no higher than a line. `like`: those of another sample, for its names."""

    def __init__(self, trace: Trace, inline: bool = False, like: Typeset | None = None) -> None:
        super().__init__(trace, like.names.of(trace) if like else Names(trace, Latex(inline)))
        self.headings: LatexSentences = LatexSentences(trace, False, like.headings.names.of(trace) if like else None)
        self.sentences: LatexSentences = LatexSentences(trace, names=like.sentences.names.of(trace) if like else None)

    @property
    def header(self) -> Sequence[str]:
        """What the columns are called."""
        return ("quantity", "formula") if self.symbolic else ("quantity", "formula", "rule", "value")

    def row(self, row: Row) -> TableRow:
        """Quantity and formula, and where there are values rule and value."""
        if self.symbolic:
            return TableRow((self.quantity(row), self.formula(row)))
        return TableRow(
            (self.quantity(row), self.formula(row), self.rule(row), self.value(row)), _decimals(row.numeral)
        )

    @property
    def about(self) -> Tex:
        """The sign before a number of which only the first digits are told: they stay on its line."""
        sign = self.format.signs["≈"]
        return sign._replace(text=sign.text.lstrip())


def _decimals(numeral: Numeral) -> int | None:
    """How many digits stand behind the point of what is an integer or a short decimal."""
    behind = len(numeral.digits.partition(".")[2])
    is_plain = not (numeral.bottom or numeral.exponent or numeral.radius)
    return behind if is_plain and numeral.digits[:1].isdigit() and behind <= ALIGNED else None


# givens and equations


class GivenLine(NamedTuple):
    """Givens of one section: what they are called, and for each what it is and, of a setting, what it sets."""

    label: str
    equations: Sequence[tuple[Tex, str]]


def given_equations(trace: Trace, line: float, whole: bool = True) -> Iterator[GivenLine]:
    """The givens by the sections of the file; in arrays that are wider than a line it can break.

    `whole`: large arrays by their numbers too, where there is room for them; else only their shape is told.
    """
    names = Names(trace, Latex())
    for section in dict.fromkeys(given.section for given in trace.givens):
        label = LABELS.get(section, section.capitalize())
        of_section = (given for given in trace.givens if given.section == section)
        yield GivenLine(label, [(_given(trace, names, given, line, whole), _about(given)) for given in of_section])


def _about(given: Given) -> str:
    return SETTINGS[given.key].about if given.section == "update" else ""


def _given(trace: Trace, names: Names[Tex], given: Given, line: float, whole: bool) -> Tex:
    """A given and what it is; its name alone where nothing is known of it."""
    if given.value is UNKNOWN and size(given.shape) == 1:
        return names.whole(given.key)
    return _whole_equation(trace, names, Name(given.key, given.shape), line, whole)


def _whole_equation(trace: Trace, names: Names[Tex], name: Name, line: float, whole: bool) -> Tex:
    """A whole quantity and what it is."""
    if not whole and size(name.shape) > LARGE:
        shape = " \\times ".join(map(str, name.shape))
        return Tex.row([names.whole(name.key), atom(rf" \in \mathbb{{R}}^{{{shape}}}")])
    numbers = trace.values[name.key]
    is_about = numbers is not UNKNOWN and any(map(trace.notation.is_about, entries(numbers, name.shape)))
    return names.format.joined([names.whole(name.key), _array(trace, names, name, line)], "≈" if is_about else "=")


def _array(trace: Trace, names: Names[Tex], name: Name, line: float) -> Tex:
    """A whole quantity: its numbers, or its elements' names where it has no value."""
    walker = Mathematics(trace, names, WRITTEN_OUT if trace.values[name.key] is UNKNOWN else WITH_NUMBERS)
    piece = walker.top(name)
    rows, columns = (*name.shape, 1, 1)[:2]
    fits = rows <= LONGEST_MATRIX and columns <= WIDEST_MATRIX and piece.width < line - NAMED
    if fits or size(name.shape) == 1:
        return piece
    items = walker.entries(name)
    lines = [_line(items[start : start + columns]) for start in range(0, len(items), columns)]
    return _line(lines) if len(name.shape) == 2 else names.format.transposed(_line(items))


def _line(items: Sequence[Tex]) -> Tex:
    return Tex.row([OPENING, *[piece for item in items for piece in (COMMAS[True], item)][1:], CLOSING])


def equation_lines(typeset: Typeset, line: float, definitions: Sequence[Definition]) -> str:
    """Equations of the file, aligned where all of them fit on a line, else one after the other."""
    if all(1.4 * typeset.equation(item).width < line for item in definitions):
        return "\\begin{align*}\n" + aligned(map(typeset.sides, definitions)) + "\n\\end{align*}\n"
    return "".join(f"${typeset.equation(item).text}$\\par\n" for item in definitions)


def aligned(equations: Iterable[tuple[Tex, Tex]]) -> str:
    """Equations, each by its two sides, as the rows of an aligned display."""
    return " \\\\\n".join(f"{left.text} &= {right.text}" for left, right in equations)


def network_equations(trace: Trace) -> list[tuple[Tex, Tex]]:
    """The equations of the file, and how an update moves a weight, each by its two sides."""
    typeset = Typeset(trace.samples[0] if trace.samples else trace)
    moved = update_in_general(trace, Latex())
    return [*map(typeset.sides, trace.source.definitions), *((line.left, line.sides[0].piece) for line in moved)]


# what all comes to


class TypesetSummary(NamedTuple):
    """A summary: results as equations, and lines of text."""

    equations: Sequence[Tex]
    texts: Sequence[str]


def typeset_summary(trace: Trace, line: float, whole: bool = True) -> TypesetSummary:
    """The summary of a trace; in arrays that are wider than a line it can break. `whole`: as of the givens."""
    summary, names, shapes = summarize(trace), Names(trace, Latex()), trace.program.quantities
    results = [Name(item.key, shapes[item.key].shape) for item in summary.results if not item.counted]
    lines: list[tuple[int | None, Sentence]] = [
        (None, sentence(Named(item.key), f": {item.shown.digits}")) for item in summary.results if item.counted
    ]
    lines += [(sample, sentence(start, rest)) for start, rest, sample in summary.remarks()]
    lines.append((None, summary.exactness))
    writers = {sample: LatexSentences(trace.samples[sample - 1] if sample else trace) for sample, _ in lines}
    return TypesetSummary(
        [_whole_equation(trace, names, name, line, whole) for name in results],
        [writers[sample].write(text) for sample, text in lines],
    )
