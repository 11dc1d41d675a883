"""An independent reader of the matrix form: what stands on a line, in characters and blocks, as arrays of numbers.

cases   = sum [ ", as" sum relation sum { relation sum } ]          the condition has to be true
sum     = product { ("+" | "-") product }
product = power { ["·" | "⊙" | "/"] power }          nothing between two: the matrix product, or a multiple
power   = ["-"] atom { raised | "^" atom | "ᵀ" }
atom    = number | block | "√" | function "(" cases { "," cases } ")" | "(" cases ")" | "|" cases "|"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import TypeAlias

from bptrace.typeset.glyphs import Glyphs, Grid, Labelled
from tests.readers.intervals import Number, infinity, pi, power
from tests.readers.register import FUNCTIONS, number_of

Array: TypeAlias = list[list[Number]]

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾", "0123456789-()", strict=True))
TOKEN = re.compile(
    rf"\s*(?:(?P<number>\d+(?:\.\d+)?(?:e-?\d+)?(?:±\d+e-?\d+)?)|(?P<raised>[{''.join(RAISED)}]+)"
    r"|(?P<word>[a-zA-Zπ_]\w*|∞)|(?P<sign>.))"
)
RELATIONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda one, other: one < other,
    "≤": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    "≥": lambda one, other: one >= other,
}


def value_of(span: Glyphs, proven: int = 0) -> Array:
    """The value of one side of a line. `proven`: how many digits are, of numbers with as many; 0 where all are exact.

    ValueError: it does not read, or its shapes do not go together.
    """
    reader = _Reader(span, proven)
    value = reader.cases()
    if reader.kind:
        raise ValueError(f"{reader.text!r} is left of {span.text!r}")
    return value


def runs(span: Glyphs) -> list[str | Grid | Labelled]:
    """The text between the blocks, and the blocks."""
    found: list[str | Grid | Labelled] = []
    text = ""
    for item, _ in span.flat():
        if isinstance(item, Grid | Labelled):
            found += [text, item]
            text = ""
        else:
            text += item if isinstance(item, str) else item.text
    return [*found, text]


def tokens(part: str | Grid | Labelled) -> list[tuple[str, str | Grid | Labelled]]:
    """A run of text by its tokens; a block is one."""
    if not isinstance(part, str):
        return [("block", part)]
    return [(str(match.lastgroup), match[str(match.lastgroup)]) for match in TOKEN.finditer(part.rstrip())]


class _Reader:
    def __init__(self, span: Glyphs, proven: int) -> None:
        self.tokens = [token for run in runs(span) for token in tokens(run)]
        self.proven = proven
        self.place = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.place][0] if self.place < len(self.tokens) else ""

    @property
    def text(self) -> str:
        text = self.tokens[self.place][1] if self.kind else ""
        return text if isinstance(text, str) else ""

    def take(self, *wanted: str) -> str:
        if not self.kind or self.text not in wanted:
            return ""
        text = self.text
        self.place += 1
        return text

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise ValueError(f"{self.text!r} is no {wanted!r}")

    def cases(self) -> Array:
        value = self.sum()
        if self.text == "," and self.tokens[self.place + 1][1] == "as":
            self.place += 2
            self.condition()
        return value

    def condition(self) -> None:
        values, relations = [single(self.sum())], list[str]()
        while relation := self.take(*RELATIONS):
            relations.append(relation)
            values.append(single(self.sum()))
        if not relations or not all(RELATIONS[r](*pair) for r, pair in zip(relations, pairwise(values), strict=True)):
            raise ValueError("a case that does not hold")

    def sum(self) -> Array:
        value = self.product()
        while sign := self.take("+", "-"):
            term = self.product()
            value = zipped(lambda a, b: a + b, value, term if sign == "+" else times(Fraction(-1), term))
        return value

    def product(self) -> Array:
        value = self.power()
        while True:
            if self.take("⊙"):
                value = zipped(lambda a, b: a * b, value, self.power())
            elif self.take("·"):
                value = multiple(value, self.power())
            elif self.take("/"):
                value = times(1 / single(self.power()), value)
            elif self.kind in ("number", "word", "block") or self.text == "(":
                value = matrix_product(value, self.power())
            else:
                return value

    def power(self) -> Array:
        if self.take("-"):
            return times(Fraction(-1), self.power())
        value = self.atom()
        while True:
            if self.kind == "raised":
                exponent = Fraction("".join(RAISED[char] for char in self.text).strip("()"))
                self.place += 1
                value = [[power(single(value), exponent)]]
            elif self.take("^"):
                value = [[power(single(value), single(self.atom()))]]
            elif self.take("ᵀ"):
                value = [list(row) for row in zip(*value, strict=True)]
            else:
                return value

    def atom(self) -> Array:
        kind, text = self.kind, self.text
        block = self.tokens[self.place][1] if kind else ""
        self.place += 1
        if kind == "number":
            return [[number_of(text, self.proven)]]
        if text == "½":
            return [[Fraction(1, 2)]]
        if text == "∞":
            return [[infinity()]]
        if kind == "word" or text == "√":
            return [[pi() if text in ("π", "pi") else self.called("sqrt" if text == "√" else text)]]
        if text in ("(", "|"):
            value = self.cases()
            self.need(")" if text == "(" else "|")
            return value if text == "(" else [[abs(single(value))]]
        if not isinstance(block, Grid):
            raise ValueError(f"{text!r} has no value")
        return [[single(value_of(cell, self.proven)) for cell in row] for row in block.rows]

    def called(self, function: str) -> Number:
        self.need("(")
        args = [single(self.cases())]
        while self.take(","):
            args.append(single(self.cases()))
        self.need(")")
        return FUNCTIONS[function](*args)


def single(value: Array) -> Number:
    """The only element. ValueError where there are more."""
    if len(value) != 1 or len(value[0]) != 1:
        raise ValueError(f"{len(value)} rows of {len(value[0])} are no number")
    return value[0][0]


def shape(value: Array) -> tuple[int, int]:
    return len(value), len(value[0])


def times(factor: Number, value: Array) -> Array:
    return [[factor * item for item in row] for row in value]


def multiple(one: Array, other: Array) -> Array:
    return times(single(one), other) if shape(one) == (1, 1) else times(single(other), one)


def zipped(combine: Callable[[Number, Number], Number], one: Array, other: Array) -> Array:
    return [[combine(a, b) for a, b in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)]


def matrix_product(one: Array, other: Array) -> Array:
    if (1, 1) in (shape(one), shape(other)):
        return multiple(one, other)
    return [[dot(row, column) for column in zip(*other, strict=True)] for row in one]


def dot(one: Sequence[Number], other: Sequence[Number]) -> Number:
    return reduce(lambda a, b: a + b, [a * b for a, b in zip(one, other, strict=True)])
