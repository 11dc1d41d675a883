"""Sentences in which quantities and formulas are mathematics: in LaTeX, or in characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TextIO

from bptrace.engine.model import Definition
from bptrace.engine.sentence_parts import (
    LONGEST,
    Calculation,
    Figure,
    Formula,
    FunctionName,
    Multiplier,
    Named,
    Sentence,
    SentencePart,
    Valued,
    Words,
)
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import size
from bptrace.numbers.digits import EQUAL, SHORT
from bptrace.numbers.enclosures import ZERO, Scalar, is_enclosure, is_underflow, precision
from bptrace.ops.evaluate import decided
from bptrace.ops.expr import Cases, Expr
from bptrace.ops.format import T
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS
from bptrace.ops.notation import TERMS
from bptrace.ops.walker import is_gate
from bptrace.typeset.format import Format
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.latex import Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.tex import Tex

FEWEST = 3
ABRIDGED = "abridged"
FEWER = (TERMS, 6, FEWEST)
"""How many terms of a sum are written out: the first of these with which it is short enough."""


def write_latex_notes(trace: Trace, out: TextIO) -> None:
    """Write what is probably not meant as a list under a heading, if there is any."""
    if trace.notes:
        sentences = LatexSentences(trace.samples[0] if trace.samples else trace)
        out.write("\n\\subsection*{Notes}\n\\begin{itemize}\n")
        out.writelines(f"\\item {sentences.write(note.placed)}\n" for note in trace.notes)
        out.write("\\end{itemize}\n")


class MathSentences(Generic[T]):
    """Writes sentences about the quantities of a trace, all mathematics in them in some format.

    `words` writes what is none, `math` what is.
    """

    def __init__(self, trace: Trace, names: Names[T], words: Callable[[str], str], math: Callable[[T], str]) -> None:
        self.trace = trace
        self.words = words
        self.math = math
        self.names, self.format = names, names.format
        self.mathematics: Mathematics[T] = Mathematics(trace, names, WITH_NUMBERS)
        self.walkers: dict[tuple[int | None, str], Mathematics[T]] = {}

    def write(self, sentence: Sentence) -> str:
        """A sentence as text."""
        return "".join(map(self.part, sentence))

    def part(self, part: SentencePart) -> str:
        """A part, written as words or as mathematics."""
        return "".join(
            self.words(piece.text) if isinstance(piece, Words) else self.math(piece) for piece in self.pieces(part)
        )

    def pieces(self, part: SentencePart) -> list[Words | T]:
        """What a part consists of: words, and pieces of mathematics."""
        match part:
            case Words():
                return [part]
            case Calculation():
                return self.calculation(part)
        return [self.mathematical(part)]

    def mathematical(self, part: Named | FunctionName | Figure | Valued | Formula | Multiplier | Definition) -> T:
        """A part that is mathematics, as a piece of it."""
        match part:
            case Named(name):
                return self.name(name)
            case FunctionName():
                return self.function(part)
            case Figure(value):
                return self.valued(None, value)
            case Valued(name, value):
                return self.valued(self.name(name), value)
            case Formula(tree, numbers):
                return self.formula(tree, numbers) or self.with_terms(FEWEST, tree, numbers)
            case Multiplier(tree, value):
                return self.multiplied(tree, value)
        return self.format.joined([self.name(part.key), self.with_terms(None, part.expr, False)], " = ")

    def name(self, name: str) -> T:
        """A quantity or an element, by its name in the register."""
        quantity = self.names.quantities.get(name)
        return self.names.whole(name) if quantity and size(quantity.shape) > 1 else self.names.element(name)

    def function(self, part: FunctionName) -> T:
        """A function, and what it is taken at."""
        function = self.mathematics.named_function(part.title)
        return function if part.at is None else self.format.called(function, [self.mathematics.number(part.at)])

    def valued(self, left: T | None, value: Scalar) -> T:
        """What has a value, if that is said, and the value."""
        sign, digits = self.trace.notation.short(value).sign, self.digits(value)
        if left is not None:
            return self.format.joined([left, digits], f" {sign} ")
        return digits if sign == EQUAL else self.format.row([self.format.signs["about"], digits])

    def digits(self, value: Scalar) -> T:
        """The digits of a value; those of a long one are words about it."""
        short = self.trace.notation.short(value).digits
        is_short = is_enclosure(value) or (value.height_bits() < SHORT and self.trace.notation.number(value) == short)
        if not is_short:
            return self.format.words(short)
        return self.mathematics.number(ZERO if is_underflow(value) else value)

    def multiplied(self, tree: Expr, value: Scalar | None) -> T:
        """A factor and its value; a number alone."""
        walker = self.walker(FEWEST, WITH_NAMES)
        if value is None:
            return walker.factor(tree)
        digits = self.digits(value)
        return digits if walker.top(tree) == digits else self.valued(walker.factor(tree), value)

    def calculation(self, part: Calculation) -> list[Words | T]:
        """An equation from the quantity to the value, in which nothing stands twice and nothing that is too long."""
        left = self.name(part.quantity) if part.quantity else None
        formula = self.formula(part.tree, numbers=False) if part.named else None
        if isinstance(part.tree, Cases) and (rule := self.formula(part.tree, numbers=True)):
            return [*self.led(left, formula), self.held(part.tree, rule, part.value)]
        tree = self.decided(part.tree)
        formula = formula or (self.formula(tree, numbers=False) if part.named else None)
        rule = self.formula(tree, numbers=True)
        value = self.digits(part.value)
        forms = [form for form in dict.fromkeys((left, formula, rule)) if form not in (None, value)]
        return [self.valued(self.equated(forms), part.value)]

    def equated(self, forms: Sequence[T | None]) -> T | None:
        """Those of the forms that there are, one equal to the next."""
        told = [form for form in forms if form is not None]
        return self.format.joined(told, " = ") if told else None

    def decided(self, tree: Expr) -> Expr:
        """The tree for an equation: the condition of a case is no side of one, and no part of a side."""
        with precision(self.trace.notation.bits):
            return decided(tree)

    def held(self, cases: Cases, rule: T, value: Scalar) -> T:
        """The case that holds, and the value; the condition of a gate says only that it does."""
        if is_gate(cases):
            return self.format.joined([rule, self.valued(None, value)], ":")
        return self.valued(rule, value)

    def led(self, left: T | None, formula: T | None) -> list[Words | T]:
        """An equation that leads to what holds among numbers."""
        sides = self.equated([left, formula])
        return [] if sides is None else [sides, Words(": ")]

    def formula(self, tree: Expr, numbers: bool) -> T | None:
        """An expression with as many of its terms as make it short enough; None where it is too long with few."""
        if numbers:  # a sample's own; names are those of all
            return self._abridged(tree, True)
        return self.names.once(tree, ABRIDGED, lambda: self._abridged(tree, False))

    def _abridged(self, tree: Expr, numbers: bool) -> T | None:
        notation = self.trace.notation
        for terms in FEWER:
            fewer = notation.with_terms(terms)
            if len(fewer.rule(tree) if numbers else fewer.formula(tree)) <= LONGEST:
                return self.with_terms(terms, tree, numbers)
        return None

    def with_terms(self, terms: int | None, tree: Expr, numbers: bool) -> T:
        """An expression of which so many terms are written out, or all."""
        look = WITH_NUMBERS if numbers else WITH_NAMES
        walker = self.walker(terms, look)
        return walker.rule(tree) if numbers else walker.top(tree)

    def walker(self, terms: int | None, look: str) -> Mathematics[T]:
        """What writes expressions with so many terms at the most, with names or with numbers."""
        if (terms, look) not in self.walkers:
            self.walkers[terms, look] = Mathematics(self.trace.shortened(terms), self.names, look)
        return self.walkers[terms, look]


def in_dollars(piece: Tex) -> str:
    """Mathematics within a paragraph of LaTeX or Markdown."""
    return f"${piece.text}$"


class LatexSentences(MathSentences[Tex]):
    """Writes sentences in LaTeX; `inline`: with formulas no higher than a line. `names`: those of the trace."""

    def __init__(self, trace: Trace, inline: bool = True, names: Names[Tex] | None = None) -> None:
        super().__init__(trace, names or Names(trace, Latex(inline)), escaped, in_dollars)


def text_sentences(trace: Trace, form: Format[Glyphs], names: Names[Glyphs] | None = None) -> MathSentences[Glyphs]:
    """What writes sentences in characters. `names`: those of the trace."""
    names = names or Names(trace, form)
    return MathSentences(trace, names, lambda text: form.words(text).text, lambda piece: piece.text)
