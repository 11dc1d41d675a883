"""Answer files in YAML: quantities with their values, in sections or not, or a list of rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.sheet_rows import (
    AS_IN,
    SheetLine,
    SheetRow,
    WrittenCell,
    cell,
    chains,
    row_of,
    section_of,
    without_latex,
)
from bptrace.marking.sheet_tables import FORMULA, QUANTITY, RULE, SAMPLE, VALUE, WORDS
from bptrace.spec.yaml_text import COUNT_LIMIT, compose
from bptrace.spec.yaml_tree import MappingNode, Node, ScalarNode, SequenceNode


def yaml_rows(source: Source) -> Iterator[SheetRow]:
    """The rows of a YAML text, in its order. Raises SpecError: not YAML, or aliases that make it far longer."""
    return _Walk(source).rows(compose(source))


class _Walk:
    """A walk over the nodes of a text, however often aliases repeat them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.visits = count(1)
        self.around: list[Node] = []
        """The nodes that what is read lies in."""

    def rows(self, node: Node) -> Iterator[SheetRow]:
        """The rows in a node: a mapping, a list of them, or a plain line."""
        self._count(node)
        self._check_around(node)
        self.around.append(node)
        yield from self._rows(node)
        self.around.pop()

    def _check_around(self, node: Node) -> None:
        """Raise SpecError where an alias puts a node into itself."""
        if any(node is outer for outer in self.around):
            raise SpecError("what is called here holds itself", Mark(self.source, node.start), AS_IN)

    def _rows(self, node: Node) -> Iterator[SheetRow]:
        if isinstance(node, ScalarNode):
            yield from chains(self.source, SheetLine(self._line(node), node.value, node.start))
        elif isinstance(node, SequenceNode):
            for part in node.value:
                yield from self.rows(part)
        elif isinstance(node, MappingNode):
            fields = self._fields(node)
            if VALUE in fields and QUANTITY in fields:
                yield self._row(fields[QUANTITY], fields)
            else:
                for key, value in node.value:
                    yield from self._entry(key, value)

    def _entry(self, key: Node, value: Node) -> Iterator[SheetRow]:
        """What stands under a key: a value, a rule and a value, or a section."""
        fields: dict[str, Node] = self._fields(value) if isinstance(value, MappingNode) else {VALUE: value}
        if VALUE in fields:
            yield self._row(key, fields)
        else:
            section = section_of(key.value) if isinstance(key, ScalarNode) else ""
            for row in self.rows(value):
                yield row._replace(section=section) if section else row

    def _fields(self, node: MappingNode) -> dict[str, Node]:
        """The fields of a row, by what they are, where a mapping is one."""
        words = [(WORDS.get(getattr(key, "value", "").lower() if isinstance(key, ScalarNode) else "", ""), value)
                 for key, value in node.value[: len(WORDS)]]  # fmt: skip
        return {word: value for word, value in reversed(words) if word}

    def _row(self, quantity: Node, fields: dict[str, Node]) -> SheetRow:
        self._count(quantity)
        rules = [self._cell(fields[name]) for name in (FORMULA, RULE) if name in fields]
        value = fields[VALUE]
        quoted = isinstance(value, ScalarNode) and value.style in ("'", '"')
        row = row_of(self.source, self._line(quantity), self._cell(quantity), rules, self._cell(value), quoted)
        return row._replace(sample=self._cell(fields[SAMPLE]).text) if SAMPLE in fields else row

    def _cell(self, node: Node) -> WrittenCell:
        """A scalar, or a list as one is written in a line."""
        if isinstance(node, ScalarNode):
            return cell(without_latex(node.value), node.start + (node.style in ("'", '"')))
        if isinstance(node, SequenceNode) and node.flow_style:
            return cell(self.source.text[node.start : node.end], node.start)
        return WrittenCell(self._text(node), node.start)

    def _text(self, node: Node) -> str:
        self._count(node)
        self._check_around(node)
        if isinstance(node, SequenceNode):
            self.around.append(node)
            text = f"[{', '.join(map(self._text, node.value))}]"
            self.around.pop()
            return text
        return node.value if isinstance(node, ScalarNode) else "{...}"

    def _count(self, node: Node) -> None:
        if next(self.visits) > COUNT_LIMIT:
            message = f"more than {COUNT_LIMIT:,} numbers and names"
            raise SpecError(message, Mark(self.source, node.start), AS_IN)

    def _line(self, node: Node) -> int:
        return Mark(self.source, node.start).line
