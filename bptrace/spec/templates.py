"""Texts with whole-number expressions of indices in them: `h{t-1}`, `x[t-1]`, `{t}*w`.

`{t-1}` is replaced by its number: in a name, `h{t-1}`, or by itself. Inside an index bracket the braces may be left
out: `x[t-1]`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bptrace.errors import Mark, SpecError, listed, shortened, suggestion
from bptrace.spec.spellings import SIGNS
from bptrace.spec.tokens import NAME, Places, normal

NUMBER_LIMIT = 10**9
WRITTEN = "whole numbers and indices with +, - and *, as in {t-1}"
PIECE = re.compile(r"(?P<word>(?:[\w\u0300-\u036f]|\{[^{}]*\}?)+)|(?P<bracket>\[[^\[\]]*\])|\}")
BRACES = re.compile(r"\{([^{}]*)(\}?)")
SIGNS_READ = "".join(sign for sign, read in SIGNS.items() if read in "-*")
TOKEN = re.compile(
    rf"(?s:(?P<number>[0-9]+)|(?P<name>{NAME.pattern})|(?P<sign>[-+*{SIGNS_READ}])|(?P<space>\s+)|(?P<other>.))"
)

Indices: TypeAlias = Mapping[str, int]
"""The numbers of the indices, by name."""


class IndexExpression(NamedTuple):
    """A whole-number expression of indices: signed products, summed."""

    terms: tuple[tuple[int, tuple[int | str, ...]], ...]
    mark: Mark

    @property
    def length(self) -> int:
        """How many numbers and indices are in it."""
        return sum(len(factors) for _, factors in self.terms)

    def value(self, indices: Indices) -> int:
        """Its number. Raises SpecError where it is beyond a billion."""
        total = 0
        for sign, factors in self.terms:
            product = sign
            for factor in factors:
                product *= factor if isinstance(factor, int) else indices[factor]
                self._check(product, indices)
            total += product
            self._check(total, indices)
        return total

    def _check(self, number: int, indices: Indices) -> None:
        if abs(number) > NUMBER_LIMIT:
            raise SpecError("a number beyond a billion", self.mark, for_hint(indices))


class Gap(NamedTuple):
    """A place for a number, from `start` to `end`. `word`: the name that it stands in, `[` for an index, or nothing."""

    start: int
    end: int
    number: IndexExpression
    word: str
    mark: Mark

    def text(self, indices: Indices) -> str:
        """The number as it stands there. Raises SpecError where it is negative and cannot be."""
        value = self.number.value(indices)
        if value >= 0:
            return str(value)
        if not self.word:
            return f"({value})"
        if self.word == "[":
            raise SpecError(f"index {value} is below 1", self.mark, "indices start at 1", for_hint(indices))
        raise SpecError(f"{shortened(self.word)} is not a name", self.mark, f"with {value} {for_hint(indices)}")


class Template:
    """A text with gaps for numbers, `known` the indices that stand in them. Raises SpecError: a gap that is none.

    >>> from bptrace.errors import Source
    >>> Template("h{t-1}*x[t]", lambda offset: Mark(Source("", ""), offset), ["t"]).filled({"t": 3})[0]
    'h2*x[3]'
    """

    def __init__(self, text: str, at: Places, known: Sequence[str]) -> None:
        self.text = text
        self.at = at
        self.known = known
        self.gaps: list[Gap] = []
        for match in PIECE.finditer(text):
            if match["bracket"]:
                self._bracket(match.group(), match.start())
            elif match.group() == "}":
                raise SpecError("unexpected '}'", at(match.start()), "'{' opens it, as in z{t}")
            elif "{" in match.group():
                self._word(match.group(), match.start())

    @property
    def length(self) -> int:
        """How many numbers and indices are in its gaps."""
        return sum(gap.number.length for gap in self.gaps)

    def filled(self, indices: Indices) -> tuple[str, Places]:
        """The text with the indices' numbers, and the place of each of its characters. Raises SpecError."""
        parts: list[str] = []
        starts, places, reached, length = [], [], 0, 0
        for gap in self.gaps:
            for text, place in ((self.text[reached : gap.start], reached), (gap.text(indices), gap.start)):
                starts.append(length)
                places.append(place)
                parts.append(text)
                length += len(text)
            reached = gap.end
        starts, places, at = [*starts, length], [*places, reached], self.at

        def mark(offset: int) -> Mark:
            piece = bisect_right(starts, offset) - 1
            return at(places[piece] + (0 if piece % 2 else offset - starts[piece]))

        return "".join([*parts, self.text[reached:]]), mark

    def _word(self, word: str, start: int) -> None:
        """A name with numbers in it, or a number by itself."""
        named = word[0].isalpha() or word[0] == "_"
        first, end = BRACES.search(word), start + len(word)
        alone = bool(first) and first[0] == word  # type: ignore[index]  # there is a brace in it
        pointed = self.text[start - 1 : start] == "." or re.match(r"\.(?!T)", self.text[end:])
        for braces in BRACES.finditer(word):
            if not braces[2]:
                raise SpecError("expected '}'", self.at(start + braces.end()), "to close '{'")
        if not named and (pointed or not alone):
            raise SpecError(f"{shortened(word)} is not a number", self.at(start), "a product is written with '*'")
        for braces in BRACES.finditer(word):
            self._gap(braces[1], start + braces.start(1), (start + braces.start(), start + braces.end()),
                      word if named else "", self.at(start))  # fmt: skip

    def _bracket(self, text: str, start: int) -> None:
        """An index bracket, where an index needs no braces."""
        offset = start
        for part in re.split("([][,])", text):
            if part.count("{") != part.count("}"):
                raise SpecError("expected '}'", self.at(offset + len(part)), "to close '{'")
            if part not in ("[", ",", "]") and not re.fullmatch(r"\s*\d*\s*", part):
                span = offset + len(part) - len(part.lstrip()), offset + len(part.rstrip())
                self._gap(re.sub("[{}]", " ", part.strip()), span[0], span, "[", self.at(span[0]))
            offset += len(part)

    def _gap(self, text: str, start: int, span: tuple[int, int], word: str, mark: Mark) -> None:
        number = index_expression(text, lambda offset: self.at(start + offset), self.known)
        self.gaps.append(Gap(*span, number, word, mark))


def index_expression(text: str, at: Places, known: Sequence[str]) -> IndexExpression:
    """The expression that a text is, of the known indices. Raises SpecError."""
    signs, factors, wanted = [1], list[list[int | str]]([[]]), True
    for match in TOKEN.finditer(text):
        kind, mark = match.lastgroup, at(match.start())
        found = SIGNS.get(match.group(), match.group())
        if kind == "space":
            continue
        if kind in ("number", "name") and wanted:
            factors[-1].append(_index_factor(found, mark, known))
        elif kind == "sign" and found != "*":
            if not wanted:
                signs.append(1)
                factors.append([])
            signs[-1] *= -1 if found == "-" else 1
        elif found != "*" or wanted:
            raise SpecError(f"unexpected {shortened(found)}", mark, WRITTEN)
        wanted = kind == "sign"
    if wanted:
        raise SpecError("expected a whole number or an index", at(len(text)), WRITTEN)
    return IndexExpression(tuple(zip(signs, map(tuple, factors), strict=True)), at(0))


def _index_factor(found: str, mark: Mark, known: Sequence[str]) -> int | str:
    if found[0].isdigit():
        if len(found) > 9:
            raise SpecError("a number beyond a billion", mark, "at most nine digits")
        return int(found)
    name = normal(found)
    if name not in known:
        here = [f"known here: {listed(list(known))}"] if known else []
        raise SpecError(f"unknown index {shortened(name)}", mark, *here, *suggestion(name, known))
    return name


def for_hint(indices: Indices) -> str:
    """Which of the repeats it is: `for t = 2`."""
    return f"for {', '.join(f'{index} = {number}' for index, number in indices.items())}"
