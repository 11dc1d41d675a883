"""Sentences as data: sequences of typed parts, which each view writes in its own way, and as plain text.

Titles of steps and notes beside rows are sentences too. The parts know no format and no language but that of `Words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from bptrace.engine.model import Definition
from bptrace.numbers.enclosures import Scalar
from bptrace.ops.expr import Expr
from bptrace.ops.notation import Notation
from bptrace.ops.shorten import abridged

LONGEST = 120
"""How many characters of a formula stand in a sentence."""


class Words(NamedTuple):
    """Words and punctuation, with the spaces around them."""

    text: str


class Named(NamedTuple):
    """A quantity or one of its elements, by its name in the register: `w`, `dL/dw11`."""

    name: str


class FunctionName(NamedTuple):
    """A function: what it is called in a text, and its title, by which mathematics knows it: `relu` and `ReLU`.

    `at`: what it is taken at: `ReLU'(0)`.
    """

    text: str
    title: str
    at: Scalar | None = None


class Figure(NamedTuple):
    """A value. `apart`: where its digits are the first ones, the sign for that stands apart: `≈ 0.5`."""

    value: Scalar
    apart: bool = False


class Valued(NamedTuple):
    """A quantity and its value: `x1 = 1`."""

    name: str
    value: Scalar


class Formula(NamedTuple):
    """An expression over single elements: with their names, `dL/dz1*x1`, or with their `numbers`, `-2*1`."""

    tree: Expr
    numbers: bool = False


class Calculation(NamedTuple):
    """How a value comes about: the rule with numbers and the value, none of them twice: `-2*2 = -4`.

    `named`: the rule with names goes before: `dL/dz1*x2: -2*2 = -4`. `quantity`: so does what it is the rule of:
    `dL/dw12 is dL/dz1*x2: -2*2 = -4`, or `h1: max(0,2) = 2` without names.
    """

    tree: Expr
    value: Scalar
    named: bool = True
    quantity: str = ""


class Multiplier(NamedTuple):
    """What something is multiplied by, and its value, if it is known: `(yhat-y) = -1`; a number stands alone."""

    tree: Expr
    value: Scalar | None


SentencePart: TypeAlias = (
    Words | Named | FunctionName | Figure | Valued | Formula | Calculation | Multiplier | Definition
)
"""A definition is the equation that it stands for: `z = w@x + b`."""
Sentence: TypeAlias = tuple[SentencePart, ...]
SentencePiece: TypeAlias = str | SentencePart | Sentence
"""What sentences are made of: a text stands for words."""


def sentence(*pieces: SentencePiece) -> Sentence:
    """A sentence made of parts, words and other sentences; words that meet are joined.

    >>> sentence("the loss ", Named("L"), sentence(" is", " 0"))
    (Words(text='the loss '), Named(name='L'), Words(text=' is 0'))
    """
    made: list[SentencePart] = []
    for part in _parts_of(pieces):
        if isinstance(part, Words) and made and isinstance(made[-1], Words):
            made[-1] = Words(made[-1].text + part.text)
        elif part != Words(""):
            made.append(part)
    return tuple(made)


def _parts_of(pieces: Iterable[SentencePiece]) -> Iterator[SentencePart]:
    for piece in pieces:
        if isinstance(piece, str):
            yield Words(piece)
        elif isinstance(piece, SentencePart):
            yield piece
        else:
            yield from piece


def names_listed(names: Iterable[str]) -> Sentence:
    """Names with commas between them: `w, b`.

    >>> plain(names_listed(["w", "b"]))
    'w, b'
    """
    return separated(map(Named, names), ", ")


def separated(pieces: Iterable[SentencePiece], words: str) -> Sentence:
    """Pieces with the same words between them."""
    return sentence(*(each for place, piece in enumerate(pieces) for each in (words * (place > 0), piece)))


def plain(parts: Sentence, notation: Notation | None = None, longest: int | None = LONGEST) -> str:
    """A sentence as plain text, its formulas and numbers as `notation` has them, long formulas cut in the middle.

    >>> plain((Words("gradients of "), Named("w"), Words(", "), Named("b")))
    'gradients of w, b'
    """
    write = _Plain(notation or Notation(decimal=False), longest)
    return "".join(map(write.part, parts))


def distinct(sentences: Iterable[Sentence], notation: Notation) -> list[Sentence]:
    """The sentences without those that read like one before."""
    return list({plain(each, notation, None): each for each in sentences}.values())


class _Plain:
    """Writes parts as plain text."""

    def __init__(self, notation: Notation, longest: int | None) -> None:
        self.notation = notation
        self.longest = longest

    def part(self, part: SentencePart) -> str:
        match part:
            case Words(text):
                return text
            case FunctionName(text, _, at):
                return text if at is None else f"{text}({self.notation.short(at).text})"
            case Named(name):
                return name
            case Figure(value, apart):
                shown = self.notation.short(value)
                return shown.apart if apart else shown.text
            case Valued(name, value):
                return self.notation.short(value).of(name)
            case Formula(tree, numbers):
                return self.cut(self.notation.rule(tree) if numbers else self.notation.formula(tree))
            case Calculation():
                return self.calculation(part)
            case Multiplier():
                return self.multiplier(part)
        return part.text

    def cut(self, text: str) -> str:
        return text if self.longest is None else abridged(text, self.longest)

    def multiplier(self, part: Multiplier) -> str:
        factor = self.cut(self.notation.factor(part.tree))
        if part.value is None:
            return factor
        shown = self.notation.short(part.value)
        return shown.text if self.notation.formula(part.tree) == shown.text else shown.of(factor)

    def calculation(self, part: Calculation) -> str:
        formula, rule = self.notation.formula(part.tree), self.notation.rule(part.tree)
        shown, worked = self.notation.short(part.value), self.cut(rule)
        found = shown.text if worked == shown.text else shown.of(worked)
        if part.named and formula != rule:
            found = f"{self.cut(formula)}: {found}"
        return f"{part.quantity}{' is' if part.named else ':'} {found}" if part.quantity else found
