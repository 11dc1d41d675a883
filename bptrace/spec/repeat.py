"""`repeat:` writes equations over an index; here they are written out, each with its places in the file.

`{t-1}` is a whole-number expression of the index, replaced by its number: in a name, `h{t-1}`, or by itself.
Inside an index bracket the braces may be left out: `x[t-1]`. Everything after sees plain equations.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import yaml

from bptrace.errors import Mark, SpecError, listed, shortened, suggestion
from bptrace.spec.equation import NAME, Places, check_name, normal
from bptrace.spec.nodes import Entry, Nodes
from bptrace.spec.yaml_text import Node

FORWARD, REPEAT, FOR = "forward", "repeat", "for"
FORWARD_EXAMPLE = "as in forward: {h: relu(z)}, or a name: equation a line"
REPEAT_EXAMPLE = "as in repeat: {for: t in 1..3, 'h{t}': 'w*h{t-1} + x[t]'}"
EXAMPLE = "as in for: t in 1..3"
EQUATION_LIMIT = 10_000
CHARACTER_LIMIT = 1_000_000
NUMBER_LIMIT = 10**9
WRITTEN = "whole numbers and indices with +, - and *, as in {t-1}"

PIECE = r"(?P<word>(?:[\w\u0300-\u036f]|\{[^{}]*\}?)+)|(?P<bracket>\[[^\[\]]*\])|\}"
BRACES = r"\{([^{}]*)(\}?)"
TOKEN = rf"(?s:(?P<number>[0-9]+)|(?P<name>{NAME.pattern})|(?P<sign>[-+*])|(?P<space>\s+)|(?P<other>.))"
HEAD = rf"\s*(?P<index>{NAME.pattern})?(?P<within>\s+in(?=[\s{{]))?"
"""Patterns; most files have no repeat, so they are compiled where they are used."""

Indices: TypeAlias = Mapping[str, int]


class Equation(NamedTuple):
    """An equation of the file, perhaps one of many that a repeat writes out: for the numbers in `indices`.

    `read()` gives its text with the numbers put in, and the place of each of its characters in the file.
    """

    name: str
    mark: Mark
    node: Node
    read: Callable[[], tuple[str, Places]]
    indices: Indices

    def hints(self, message: str) -> list[str]:
        """What a complaint about it says further."""
        if not self.indices:
            return []
        bare = [f"write {{{index}}}" for index in self.indices if message == f"unknown name '{index}'"]
        bracket = (
            ["a name has its number in braces, as in z{t}"] if "[" in self.name and "not a name" in message else []
        )
        return [*bare, *bracket, for_hint(self.indices)]


class IndexExpression(NamedTuple):
    """A whole-number expression of indices: signed products, summed."""

    terms: tuple[tuple[int, tuple[int | str, ...]], ...]
    mark: Mark

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
    """A text with gaps; `filled` puts numbers in them and keeps every character's place. Raises SpecError."""

    def __init__(self, text: str, at: Places, known: Sequence[str]) -> None:
        self.text = text
        self.at = at
        self.known = known
        self.gaps: list[Gap] = []
        for match in re.finditer(PIECE, text):
            if match["bracket"]:
                self._bracket(match.group(), match.start())
            elif match.group() == "}":
                raise SpecError("unexpected '}'", at(match.start()))
            elif "{" in match.group():
                self._word(match.group(), match.start())

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
        first, end = re.search(BRACES, word), start + len(word)
        alone = bool(first) and first[0] == word  # type: ignore[index]  # there is a brace in it
        pointed = self.text[start - 1 : start] == "." or re.match(r"\.(?!T)", self.text[end:])
        for braces in re.finditer(BRACES, word):
            if not braces[2]:
                raise SpecError("expected '}'", self.at(start + braces.end()), "to close '{'")
        if not named and (pointed or not alone):
            raise SpecError(f"{shortened(word)} is not a number", self.at(start), "a product is written with '*'")
        for braces in re.finditer(BRACES, word):
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
    """A whole-number expression of the known indices. Raises SpecError."""
    terms: list[tuple[int, tuple[int | str, ...]]] = []
    factors: list[int | str] = []
    sign, wanted = 1, True
    for match in re.finditer(TOKEN, text):
        kind, found, mark = match.lastgroup, match.group(), at(match.start())
        if kind == "space":
            continue
        if kind == "sign" and wanted and found != "*":
            sign = -sign if found == "-" else sign
        elif kind == "sign" and not wanted:
            if found != "*":
                terms.append((sign, tuple(factors)))
                sign, factors = -1 if found == "-" else 1, []
            wanted = True
        elif kind in ("number", "name") and wanted:
            factors = [*factors, _index_factor(found, mark, known)]
            wanted = False
        else:
            raise SpecError(f"unexpected {shortened(found)}", mark, WRITTEN)
    if wanted:
        raise SpecError("expected a whole number or an index", at(len(text)), WRITTEN)
    return IndexExpression((*terms, (sign, tuple(factors))), at(0))


def _index_factor(found: str, mark: Mark, known: Sequence[str]) -> int | str:
    if found[0].isdigit():
        if len(found) > 9:
            raise SpecError("a number beyond a billion", mark)
        return int(found)
    name = normal(found)
    if name not in known:
        here = [f"known here: {listed(list(known))}"] if known else []
        raise SpecError(f"unknown index {shortened(name)}", mark, *here, *suggestion(name, list(known)))
    return name


class Range(NamedTuple):
    """`t in 1..3`: an index and its first and last number; downwards where the last is less."""

    name: str
    mark: Mark
    first: IndexExpression
    last: IndexExpression

    def numbers(self, indices: Indices) -> range:
        """The numbers in order."""
        first, last = self.first.value(indices), self.last.value(indices)
        return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def range_of(text: str, at: Places, known: Sequence[str]) -> Range:
    """The range that a `for` states. Raises SpecError."""
    head = re.match(HEAD, text)
    if not head or not head["index"] or not head["within"]:
        raise SpecError("expected an index and its range", at(head.end() if head and head["index"] else 0), EXAMPLE)
    first, dots, last = text[head.end() :].partition("..")
    mark, start = at(head.start("index")), head.end()
    index = normal(head["index"])
    check_name(index, mark)
    if index in known:
        raise SpecError(f"'{index}' is the index of a repeat around this one", mark, "choose another name")
    if not dots:
        raise SpecError("expected '..' and the last number", at(len(text.rstrip())), EXAMPLE)
    bounds = (first, start), (last, start + len(first) + len(dots))
    wholes = [_bound(bound, offset, at, known) for bound, offset in bounds]
    return Range(index, mark, *wholes)


def _bound(text: str, start: int, at: Places, known: Sequence[str]) -> IndexExpression:
    skipped = start + len(text) - len(text.lstrip())
    bare = re.sub(r"^\{(.*)\}$", r" \1 ", text.strip())
    try:
        return index_expression(bare, lambda offset: at(skipped + offset), known)
    except SpecError as problem:
        raise SpecError(problem.message, problem.mark, EXAMPLE, *problem.hints[1:]) from None


def for_hint(indices: Indices) -> str:
    """Which of the repeats it is: `for t = 2`."""
    return f"for {', '.join(f'{index} = {number}' for index, number in indices.items())}"


class Expansion:
    """The equations of a file, written out in order. `ranges` are those of its repeats."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.equations: list[Equation] = []
        self.ranges: list[Range] = []
        self.written = 0
        self.characters = 0

    def forward(self, node: Node) -> None:
        """Take the entries of a section: equations, and repeats among them. Raises SpecError."""
        for key, value in self.nodes.entries(node, FORWARD, FORWARD_EXAMPLE):
            if is_repeat(key, value):
                self.repeats(value)
            else:
                self.equations.append(self._plain(key, value))

    def _plain(self, key: yaml.ScalarNode, node: Node) -> Equation:
        nodes = self.nodes
        return Equation(
            key.value, nodes.mark(key), node, lambda: (nodes.text(node, "an equation"), nodes.places(node)), {}
        )

    def repeats(self, node: Node) -> None:
        """Take a repeat or a list of them. Raises SpecError."""
        for write_out in self._repeats(node, ()):
            write_out({})

    def _repeats(self, node: Node, known: tuple[str, ...]) -> list[Callable[[Indices], None]]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [self._repeat(item, known) for item in items]

    def _repeat(self, node: Node, known: tuple[str, ...]) -> Callable[[Indices], None]:
        """A function that writes a repeat out for the indices around it."""
        self._count(self.nodes.mark(node))
        entries = list(self.nodes.entries(node, REPEAT, REPEAT_EXAMPLE))
        loop = self._range(entries, node, known)
        inner = (*known, loop.name)
        parts = [part for key, value in entries if key.value != FOR for part in self._parts(key, value, inner)]
        if not parts:
            raise SpecError("a repeat without equations", self.nodes.mark(node), "as in z{t}: w*h{t-1} + x[t]")

        def write_out(indices: Indices) -> None:
            for number in loop.numbers(indices):
                for part in parts:
                    part({**indices, loop.name: number})

        return write_out

    def _range(self, entries: Sequence[Entry], node: Node, known: tuple[str, ...]) -> Range:
        found = next((value for key, value in entries if key.value == FOR), None)
        if found is None:
            raise SpecError(f"missing field '{FOR}'", self.nodes.mark(node), EXAMPLE)
        loop = range_of(self.nodes.text(found, "an index and its range"), self.nodes.places(found), known)
        self.ranges.append(loop)
        return loop

    def _parts(self, key: yaml.ScalarNode, value: Node, known: tuple[str, ...]) -> list[Callable[[Indices], None]]:
        return self._repeats(value, known) if is_repeat(key, value) else [self._equation(key, value, known)]

    def _equation(self, key: yaml.ScalarNode, value: Node, known: tuple[str, ...]) -> Callable[[Indices], None]:
        if isinstance(value, yaml.MappingNode):
            hint = "an equation that begins with { stands in quotes"
            raise SpecError("expected an equation", self.nodes.mark(value), hint)
        mark = self.nodes.mark(key)
        self._count(mark)
        name = Template(key.value, self.nodes.places(key), known)
        text = Template(self.nodes.text(value, "an equation"), self.nodes.places(value), known)

        def write_out(indices: Indices) -> None:
            made = Equation(name.filled(indices)[0], mark, value, lambda: text.filled(indices), indices)
            self.equations.append(made)
            self.characters += len(made.name)
            if len(self.equations) > EQUATION_LIMIT or self.characters > CHARACTER_LIMIT:
                raise SpecError(f"more than {EQUATION_LIMIT:,} equations", mark, for_hint(indices))

        return write_out

    def _count(self, mark: Mark) -> None:
        """Aliases can make many repeats of few."""
        self.written += 1
        if self.written > EQUATION_LIMIT:
            raise SpecError(f"more than {EQUATION_LIMIT:,} equations, with aliases written out", mark)


def is_repeat(key: yaml.ScalarNode, value: Node) -> bool:
    """Whether an entry is a repeat, and not an equation for a quantity of that name."""
    return bool(key.value == REPEAT) and not isinstance(value, yaml.ScalarNode)
