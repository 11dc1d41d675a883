"""`repeat:` writes equations over an index; here they are written out, each with its places in the file.

Everything after sees plain equations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from bptrace.errors import Mark, SpecError
from bptrace.spec.draft import CHARACTER_LIMIT, EQUATION_LIMIT, FEWER, REPEAT, Equation, is_repeat
from bptrace.spec.nodes import Entry, Nodes
from bptrace.spec.templates import IndexExpression, Indices, Template, for_hint, index_expression
from bptrace.spec.tokens import NAME, Places, check_name, normal
from bptrace.spec.yaml_tree import MappingNode, Node, ScalarNode, SequenceNode

FOR = "for"
REPEAT_EXAMPLE = "as in repeat: {for: t in 1..3, 'h{t}': 'w*h{t-1} + x[t]'}"
FACTOR_LIMIT = 1_000_000
EXAMPLE = "as in for: t in 1..3"
HEAD = re.compile(rf"\s*(?P<index>{NAME.pattern})?(?P<within>\s+in(?=[\s{{]))?")


class Range(NamedTuple):
    """`t in 1..3`: an index and its first and last number; downwards where the last is less."""

    name: str
    mark: Mark
    first: IndexExpression
    last: IndexExpression

    @property
    def length(self) -> int:
        """How many numbers and indices its bounds have."""
        return self.first.length + self.last.length

    def numbers(self, indices: Indices) -> range:
        """The numbers in order."""
        first, last = self.first.value(indices), self.last.value(indices)
        return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def range_of(text: str, at: Places, known: Sequence[str]) -> Range:
    """The range that a `for` states. Raises SpecError."""
    head = HEAD.match(text)
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


class Expansion:
    """Writes repeats out, behind `equations`; the names of their indices and where they stand go to `indices`."""

    def __init__(self, nodes: Nodes, equations: list[Equation], indices: list[tuple[str, Mark]]) -> None:
        self.nodes = nodes
        self.equations = equations
        self.indices = indices
        self.written = 0
        self.characters = 0
        self.factors = 0

    def repeats(self, node: Node) -> None:
        """Take a repeat or a list of them. Raises SpecError."""
        for write_out in self._repeats(node, ()):
            write_out({})

    def _repeats(self, node: Node, known: tuple[str, ...]) -> list[Callable[[Indices], None]]:
        items = node.value if isinstance(node, SequenceNode) else [node]
        return [self._repeat(item, known) for item in items]

    def _repeat(self, node: Node, known: tuple[str, ...]) -> Callable[[Indices], None]:
        """A function that writes a repeat out for the indices around it."""
        self._count(self.nodes.mark(node))
        entries = list(self.nodes.entries(node, REPEAT, REPEAT_EXAMPLE))
        loop = self._range(entries, node, known)
        inner = (*known, loop.name)
        parts = [part for key, value in entries if key.value != FOR for part in self._parts(key, value, inner)]
        if not parts:
            raise self.nodes.error("a repeat without equations", node, "as in z{t}: w*h{t-1} + x[t]")

        def write_out(indices: Indices) -> None:
            self._count_factors(loop.length, loop.mark)
            for number in loop.numbers(indices):
                for part in parts:
                    part({**indices, loop.name: number})

        return write_out

    def _range(self, entries: Sequence[Entry], node: Node, known: tuple[str, ...]) -> Range:
        found = next((value for key, value in entries if key.value == FOR), None)
        if found is None:
            raise self.nodes.error(f"missing field '{FOR}'", node, EXAMPLE)
        loop = range_of(self.nodes.text(found, "an index and its range"), self.nodes.places(found), known)
        self.indices.append((loop.name, loop.mark))
        return loop

    def _parts(self, key: ScalarNode, value: Node, known: tuple[str, ...]) -> list[Callable[[Indices], None]]:
        return self._repeats(value, known) if is_repeat(key, value) else [self._equation(key, value, known)]

    def _equation(self, key: ScalarNode, value: Node, known: tuple[str, ...]) -> Callable[[Indices], None]:
        if isinstance(value, MappingNode):
            raise self.nodes.error("expected an equation", value, "an equation that begins with { stands in quotes")
        mark = self.nodes.mark(key)
        self._count(mark)
        name = Template(key.value, self.nodes.places(key), known)
        text = Template(self.nodes.text(value, "an equation"), self.nodes.places(value), known)
        length = name.length + text.length

        def write_out(indices: Indices) -> None:
            self._count_factors(length, mark)
            written, _ = name.filled(indices)
            hints = partial(_hints, written, indices)
            self.equations.append(Equation(written, mark, value, lambda: text.filled(indices), hints))
            self.characters += len(written)
            if len(self.equations) > EQUATION_LIMIT or self.characters > CHARACTER_LIMIT:
                raise SpecError(f"more than {EQUATION_LIMIT:,} equations", mark, FEWER, for_hint(indices))

        return write_out

    def _count_factors(self, number: int, mark: Mark) -> None:
        """What stands in braces and in index brackets is worked out for every equation."""
        self.factors += number
        if self.factors > FACTOR_LIMIT:
            raise SpecError(f"more than {FACTOR_LIMIT:,} numbers and indices in braces and brackets", mark, FEWER)

    def _count(self, mark: Mark) -> None:
        """Aliases can make many repeats of few."""
        self.written += 1
        if self.written > EQUATION_LIMIT:
            raise SpecError(f"more than {EQUATION_LIMIT:,} equations, with aliases written out", mark, FEWER)


def _hints(name: str, indices: Indices, message: str) -> list[str]:
    """What a complaint about a written-out equation says further."""
    bare = [f"write {{{index}}}" for index in indices if message == f"unknown name '{index}'"]
    bracket = ["a name has its number in braces, as in z{t}"] if "[" in name and "not a name" in message else []
    return [*bare, *bracket, for_hint(indices)]
