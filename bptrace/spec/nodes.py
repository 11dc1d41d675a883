"""The YAML tree of a file, each node read as what is asked for; every complaint stands at its place in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bptrace.errors import Mark, Source, SpecError, cut, shortened, suggestion
from bptrace.numbers.arrays import Shape
from bptrace.numbers.enclosures import MINUS_INFINITY, Scalar
from bptrace.numbers.exact import (
    NUMBER_EXAMPLE,
    NumberError,
    is_decimal,
    is_minus_infinity,
    number_hint,
    rational,
)
from bptrace.spec.tokens import Places
from bptrace.spec.yaml_text import COUNT_LIMIT, places_in
from bptrace.spec.yaml_tree import MappingNode, Node, ScalarNode, SequenceNode

COMMA_ENDS = "in {...} a comma ends the entry: one equation a line, or in quotes"
SIGNS = {"&": "an anchor", "!": "a tag"}
TIGHT_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
SHORT = 60
MASK_SECTIONS = ("input", "target")
"""Where -inf may stand: what is learned is a number."""
ROWS = "as in [[1, 2], [3, 4]]"
NAMES_EXAMPLE = "as in weights: {w: 2}, or a name: value a line"

Entry = tuple[ScalarNode, Node]
"""A key of a mapping and its value."""


class Nodes:
    """The nodes of one text, from `root` down. `decimal`: a number read so far is written as a decimal.

    >>> from bptrace.spec.yaml_text import compose
    >>> source = Source("net.yaml", "w: [[1, 0.5], [1/3, 2]]")
    >>> nodes = Nodes(source, compose(source))
    >>> [(key, value)] = nodes.entries(nodes.root, "weights")
    >>> key.value, nodes.mark(value).column, nodes.array(value), nodes.decimal
    ('w', 4, ((2, 2), [1, 1/2, 1/3, 2]), True)
    """

    def __init__(self, source: Source, root: Node) -> None:
        self.source = source
        self.root = root
        self.decimal = False
        self._count = 0

    # places

    def mark(self, node: Node) -> Mark:
        """Where a node begins."""
        return Mark(self.source, node.start)

    def places(self, node: Node) -> Places:
        """Where each character of a scalar's text stands in the file."""
        start = node.start
        span, style = self.source.text[start : node.end], getattr(node, "style", None) or ""
        places = places_in(span, str(node.value), style)
        return lambda offset: Mark(self.source, start + places[min(offset, len(places) - 1)])

    def error(self, message: str, node: Node, *hints: str) -> SpecError:
        """A complaint about a node, to be raised."""
        return SpecError(message, self.mark(node), *hints)

    @contextmanager
    def explained(self, node: Node, hints: Callable[[str], list[str]] = lambda message: []) -> Iterator[None]:
        """Say more of a complaint about an entry. In `{h: max(0, z)}` YAML ends the entry at the comma."""
        try:
            yield
        except SpecError as problem:
            ended = problem.message.endswith("at the end") and self.source.text.startswith(",", node.end)
            start = self.source.text[node.start : node.end]
            sign = SIGNS.get(start[:1], "") if is_nothing(node) else ""
            hint = [COMMA_ENDS] if ended else [f"{shortened(start)} is {sign} in YAML: quote it"] if sign else []
            more = [*hint, *hints(problem.message)]
            raise SpecError(problem.message, problem.mark, *problem.hints, *more) from None

    # mappings

    def entries(self, node: Node | None, what: str, example: str = NAMES_EXAMPLE) -> Iterator[Entry]:
        """The entries of a mapping; none where there is no node. Raises SpecError: no mapping, or a key given twice."""
        if node is None:
            return
        if not isinstance(node, MappingNode):
            listed = isinstance(node, SequenceNode) and any(isinstance(item, MappingNode) for item in node.value)
            hints = [*(["without the '-' before each name"] if listed else []), example]
            raise self.mistake_in(node) or self.error(f"{what} is a mapping of names", node, *hints)
        seen: dict[str, Mark] = {}
        before = None
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise self.error("a name is plain text", key, "letters, digits and _, as in w1: 2")
            if is_nothing(value) and (mistake := self._comma_in(before, key) or self.mistake_in(key)):
                raise mistake
            if key.value in seen:
                first = seen[key.value].where
                raise self.error(f"{shortened(key.value)} is defined twice in {what}", key, f"first at {first}")
            seen[key.value] = self.mark(key)
            before = value
            yield key, value

    def mistake_in(self, node: Node) -> SpecError | None:
        """The complaint about a plain text where a name and a value are meant: a `=`, a space left out; or None."""
        if not isinstance(node, ScalarNode) or node.style:
            return None
        from bptrace.spec.yaml_mistakes import mistake_in

        return mistake_in(self.source, node.start, node.end)

    def _comma_in(self, before: Node | None, key: ScalarNode) -> SpecError | None:
        """In `{lr: 0,5}` YAML ends the entry at the comma."""
        if not isinstance(before, ScalarNode) or before.end != key.start - 1:
            return None
        text = self.source.text[before.start : key.end]
        return (
            self.error(f"{shortened(text)} is not a number", before, number_hint(text)) if key.value.isdigit() else None
        )

    def check_field(self, key: ScalarNode, known: Sequence[str], *hints: str) -> None:
        """Raise SpecError where a key is none of the known ones."""
        if key.value not in known:
            here = [f"known here: {', '.join(known)}", *suggestion(key.value, known)]
            raise self.error(f"unknown field {shortened(key.value)}", key, *here, *hints)

    # texts

    def text(self, node: Node, what: str) -> str:
        """The text of a scalar. Raises SpecError where it is a list or a mapping: `what` is expected."""
        if not isinstance(node, ScalarNode):
            raise self.error(f"expected {what}", node, "one text, no list and no mapping")
        return str(node.value)

    def word(self, node: Node, what: str, known: Sequence[str], expected: str) -> str:
        """One of the known words, say of a `what`. Raises SpecError for another."""
        text = self.text(node, expected)
        if text not in known:
            hints = [f"known here: {', '.join(known)}", *suggestion(text, known)]
            raise self.error(f"unknown {what} {shortened(text)}", node, *hints)
        return text

    def words(self, node: Node, what: str, known: Sequence[str], expected: str) -> list[str]:
        """Known words, say of a `what`: a list of them or a single one. Raises SpecError for another."""
        if isinstance(node, SequenceNode):
            return [self.word(item, what, known, expected) for item in node.value]
        words = [part.strip() for part in str(node.value).split(",")] if isinstance(node, ScalarNode) else []
        if len(words) > 1 and all(word in known for word in words):
            raise self.error(f"unknown {what} {shortened(node.value)}", node, f"a list is written [{', '.join(words)}]")
        return [self.word(node, what, known, expected)]

    # numbers

    def array(self, node: Node, section: str = "") -> tuple[Shape, list[Scalar]]:
        """The shape and the entries, in row order, of a number, a list of numbers or a list of rows.

        In a section that takes masks, an entry may be -inf.

        Raises SpecError: what is no number, rows of different lengths, a third dimension, a list without items.
        """
        if isinstance(node, ScalarNode):
            return (), [self.number(node, section)]
        items = self.items(node)
        if not any(isinstance(item, SequenceNode) for item in items):
            return (len(items),), [self.number(item, section) for item in items]
        rows = [self._row(item, items[0], section) for item in items]
        return (len(rows), len(rows[0])), [entry for row in rows for entry in row]

    def _row(self, node: Node, first: Node, section: str) -> list[Scalar]:
        if not isinstance(node, SequenceNode) or not isinstance(first, SequenceNode):
            raise self.error("a row is a list of numbers", node if isinstance(first, SequenceNode) else first, ROWS)
        had, expected = len(node.value), len(first.value)
        if had != expected:
            hints = [*self.comma_hint(first), *self.comma_hint(node), "every row has as many"][:1]
            raise self.error(f"ragged matrix: a row of {had} under a first row of {expected}", node, *hints)
        for item in self.items(node):
            if isinstance(item, SequenceNode):
                raise self.error("arrays have at most two dimensions: a list of rows", item, ROWS)
        return [self.number(item, section) for item in node.value]

    def comma_hint(self, node: Node) -> list[str]:
        """A line that says how a list, or a list's first row, is written without decimal commas; none without them."""
        row = node.value[0] if isinstance(node, SequenceNode) and node.value else node
        row = row if isinstance(row, SequenceNode) else node
        text = self.source.text[row.start : min(row.end, row.start + SHORT)]
        written = TIGHT_COMMA.sub(".", text)
        return [f"decimal comma? write {written}"] if written != text and "," in written and "." not in text else []

    def items(self, node: Node) -> list[Node]:
        """The items of a list. Raises SpecError where there is none."""
        if not isinstance(node, SequenceNode):
            message = "expected a number, a list of numbers or a list of rows"
            raise self.error(message, node, _as_list(node) or "as in 3, [1, 2] or [[1, 2], [3, 4]]")
        if not node.value:
            raise self.error("an empty list", node, "as in [1, 2] or [[1, 2], [3, 4]]")
        return list(node.value)

    def number(self, node: Node, section: str = "") -> Scalar:
        """The number that a scalar's text is, exactly, or -inf in a section that takes masks. Raises SpecError."""
        if isinstance(node, ScalarNode):
            return self.number_in(node.value.strip(), lambda: self.mark(node), section=section)
        instead = "a list" if isinstance(node, SequenceNode) else "a mapping"
        return self.number_in("", lambda: self.mark(node), instead)

    def number_in(self, text: str, mark: Callable[[], Mark], instead: str = "nothing", section: str = "") -> Scalar:
        """The number that a text is, or -inf in a section that takes masks.

        Raises SpecError: `instead` says what stands there where the text is empty.
        """
        self._count += 1
        if self._count > COUNT_LIMIT:
            raise SpecError(
                f"more than {COUNT_LIMIT:,} numbers, with aliases written out",
                mark(),
                "fewer aliases, or smaller arrays",
            )
        try:
            value = rational(text)
        except NumberError as problem:
            if section in MASK_SECTIONS and is_minus_infinity(text):
                return MINUS_INFINITY
            message, hint = _number_complaint(text, str(problem), instead)
            raise SpecError(message, mark(), hint) from None
        self.decimal = self.decimal or is_decimal(text)
        return value

    def saw_decimal(self) -> None:
        """Take note that a number of an equation is written as a decimal."""
        self.decimal = True


def _as_list(node: Node) -> str:
    """How the numbers of a mapping are written as a list: those of `{b1: 0, b2: 1}` and of `{0, 1}`."""
    pairs = node.value if isinstance(node, MappingNode) else []
    items = [key if is_nothing(value) else value for key, value in pairs[:SHORT]]
    if not items or not all(isinstance(item, ScalarNode) and item.value for item in items):
        return ""
    written = ", ".join(item.value for item in items)
    return f"a list is written {cut(f'[{written}]', SHORT)}"


def is_nothing(node: Node) -> bool:
    """Whether a value is left out."""
    return isinstance(node, ScalarNode) and not node.value and not node.style


def _number_complaint(text: str, problem: str, instead: str) -> tuple[str, str]:
    if is_minus_infinity(text):
        return (
            f"{shortened(text)} is no value but a mask",
            "it stands in an input that is added to scores, as [0, -inf]",
        )
    if text.lower().strip("+-.") in ("nan", "inf", "infinity"):
        return f"{shortened(text)} is not an exact number", (
            "every value is a rational number" + ", or -inf as a mask" * (text.lower().strip("+-.") != "nan")
        )
    if problem != "not a number":
        return problem, NUMBER_EXAMPLE
    return f"{shortened(text) if text else instead} is not a number", number_hint(text)
