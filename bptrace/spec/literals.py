"""Where the numbers of givens stand in their file, so that others can be written in their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bptrace.engine.model import GIVEN_SECTIONS, Given
from bptrace.engine.network import Network
from bptrace.errors import Mark, Source
from bptrace.numbers.exact import UNKNOWN
from bptrace.spec.yaml_text import compose
from bptrace.spec.yaml_tree import MappingNode, Node, ScalarNode

PADDING = re.compile(r"[^\n#]*?( +)#")
"""What stands between a number and the comment of its line: the blanks before that."""


class Literals(NamedTuple):
    """The numbers of one array where a file writes them, in row order.

    `givens`: what has them for its value, more than one where the file repeats them by an alias. `spans`: from where to
    where each number stands.
    """

    givens: tuple[Given, ...]
    spans: tuple[tuple[int, int], ...]

    def mark(self, source: Source, place: int) -> Mark:
        """Where one of the numbers begins."""
        return Mark(source, self.spans[place][0])


def literals(network: Network) -> tuple[Literals, ...]:
    r"""The numbers that the file of a network gives for inputs, weights and targets, in its order.

    What stands in a table beside the file is not among them.

    >>> from bptrace.spec.reader import loads
    >>> network = loads("weights: {w: [1, 1/2]}\nloss: w@w")
    >>> [found] = literals(network)
    >>> found.givens[0].key, [network.stated.source.text[start:end] for start, end in found.spans]
    ('w', ['1', '1/2'])
    """
    if network.stated is None:
        return ()
    source = network.stated.source
    nodes = dict(_values(compose(source)))
    found: dict[tuple[tuple[int, int], ...], list[Given]] = {}
    for given in network.givens:
        if given.mark is None or given.mark.source != source or given.value is UNKNOWN:
            continue
        node = nodes.get(given.mark.offset)
        if given.section in GIVEN_SECTIONS and node is not None and not _has_block(node):
            found.setdefault(tuple(_spans(node, source.text)), []).append(given)
    return tuple(Literals(tuple(givens), spans) for spans, givens in found.items() if spans)


def _values(root: Node) -> Iterator[tuple[int, Node]]:
    """Every value of a mapping by where its key begins, and by where it begins itself."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, ScalarNode):
            continue
        seen.add(id(node))
        for item in node.value:
            key, value = item if isinstance(node, MappingNode) else (item, item)
            yield value.start, value
            yield key.start, value
            waiting.append(value)


def _has_block(node: Node) -> bool:
    """Whether a number stands in lines of its own below a `|` or a `>`, where it is left alone."""
    if isinstance(node, ScalarNode):
        return node.style in ("|", ">")
    return any(map(_has_block, node.value))


def _spans(node: Node, text: str) -> Iterator[tuple[int, int]]:
    if not isinstance(node, ScalarNode):
        for item in node.value:
            yield from _spans(item, text)
        return
    start, end = node.start, node.end
    if node.style in ("'", '"'):
        start, end = start + 1, end - 1
    yield start, start + len(text[start:end].rstrip())


def rewritten(text: str, numbers: Mapping[tuple[int, int], str]) -> str:
    """The text with other numbers in these places; comments behind them keep their column where there is room.

    >>> rewritten("w: [1, 20]   # weights", {(4, 5): "-3", (7, 9): "4"})
    'w: [-3, 4]   # weights'
    """
    lines = []
    for line, places in _by_line(text, numbers):
        made, last = line, None
        for start, end in sorted(places, reverse=True):
            made = made[:start] + places[start, end] + made[end:]
            last = last or end
        lines.append(_aligned(made, len(made) - len(line), last + len(made) - len(line)) if last else made)
    return "".join(lines)


def _by_line(text: str, numbers: Mapping[tuple[int, int], str]) -> Iterator[tuple[str, dict[tuple[int, int], str]]]:
    start = 0
    left = sorted(numbers)
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        places = {}
        while left and left[0][0] < end:
            span = left.pop(0)
            places[span[0] - start, span[1] - start] = numbers[span]
        yield line, places
        start = end


def _aligned(line: str, more: int, after: int) -> str:
    """A line that has grown by so many characters, with the blanks before its comment as many fewer."""
    found = PADDING.match(line, after)
    if not found:
        return line
    start, end = found.span(1)
    return line[:start] + " " * max(end - start - more, min(end - start, 2)) + line[end:]
