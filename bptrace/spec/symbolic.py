"""Givens that have no value, and how names are typeset: what a file for a derivation says beyond equations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn, Protocol

import yaml

from bptrace.engine.model import Quantity, bracketed_bases
from bptrace.engine.symbols import INDEX_CONVENTIONS, UNIT_INPUT, Display, Symbol, alike, parsed
from bptrace.errors import Mark, listed, shortened, suggestion
from bptrace.numbers.exact import Shape, indices, size
from bptrace.ops.expr import Name
from bptrace.spec.equation import ELEMENT_LIMIT, normal
from bptrace.spec.yaml_text import Node

SHAPE = re.compile(
    r"(?P<rows>[1-9]\d{0,6})x(?P<columns>[1-9]\d{0,6})(?: matrix)?|vector of (?P<length>[1-9]\d{0,6})|scalar"
)
ATTEMPT = re.compile(
    r".*\b(?:scalar|vector|matrix)\b.*|-?\d[\d.]*\s*(?:[x×]|by\b)[-\d.\sx×]*",
    re.IGNORECASE | re.DOTALL,
)
"""What was meant as a shape and is none: `2x`, `2 x 3`, `vector of 0`."""
SHAPES = "as in w: scalar, x: vector of 3 or W: 2x3, or by names: x: [x1, x2]"
FORMS = "as in h_1', W^(1), y_{out} or yhat"


class Reader(Protocol):
    """What reads the rest of the file: it knows the quantities."""

    known: dict[str, tuple[Name, Mark]]

    def entries(self, node: Node | None, what: str) -> Iterator[tuple[yaml.ScalarNode, Node]]: ...
    def text(self, node: Node, what: str) -> str: ...
    def mark(self, node: Node) -> Mark: ...
    def fail(self, message: str, node: Node | str | None = None, *hints: str, at: Mark | None = None) -> NoReturn: ...


def shape_of(reader: Reader, name: str, node: Node) -> Shape | None:
    """The shape of what stands without a value: a shape's text, its own name, a list of names; None for numbers.

    Raises SpecError: names and numbers in one list, a name twice, rows of different lengths, too many elements.
    """
    shape = _scalar_shape(reader, name, node) if isinstance(node, yaml.ScalarNode) else _list_shape(reader, node)
    if shape is not None and size(shape) > ELEMENT_LIMIT:
        reader.fail(f"{size(shape):,} elements; at most {ELEMENT_LIMIT:,} are taken", node)
    return shape


def _scalar_shape(reader: Reader, name: str, node: yaml.ScalarNode) -> Shape | None:
    match = SHAPE.fullmatch(node.value)
    if not match and normal(node.value) != name and ATTEMPT.fullmatch(node.value):
        reader.fail(f"{shortened(node.value)} is neither a number nor a shape", node, SHAPES)
    if not match:
        return () if normal(node.value) == name else None
    if match["rows"]:
        return int(match["rows"]), int(match["columns"])
    return (int(match["length"]),) if match["length"] else ()


def _list_shape(reader: Reader, node: Node) -> Shape | None:
    rows = node.value if isinstance(node, yaml.SequenceNode) else []
    nested = bool(rows) and isinstance(rows[0], yaml.SequenceNode)
    first = rows[0].value[0] if nested and rows[0].value else rows[0] if rows else node
    if not _is_name(first):
        if _is_misspelt(first):
            reader.fail(*_no_name(first))
        return None
    width = len(rows[0].value) if nested else 0
    for row in rows if nested else ():
        if not isinstance(row, yaml.SequenceNode) or len(row.value) != width:
            had = len(row.value) if isinstance(row, yaml.SequenceNode) else 1
            reader.fail(f"ragged matrix: a row of {had} under a first row of {width}", row)
    _check_names(reader, [item for row in rows for item in (row.value if nested else [row])])
    return (len(rows), width) if nested else (len(rows),)


def _check_names(reader: Reader, items: Sequence[Node]) -> None:
    seen: set[str] = set()
    for item in items:
        if not _is_name(item):
            reader.fail(*_no_name(item))
        if item.value in seen:
            reader.fail(f"{shortened(item.value)} stands twice", item, "each element has a name of its own")
        seen.add(item.value)


def _no_name(node: Node) -> tuple[str, Node, str]:
    """What is wrong with an item in a list of names: its message, place and hint."""
    if not isinstance(node, yaml.ScalarNode):
        return "names and lists in one list", node, SHAPES
    if _is_misspelt(node):
        return f"{shortened(node.value)} is not how a name is written", node, FORMS
    return "names and numbers in one list", node, SHAPES


def _is_name(node: Node) -> bool:
    """Whether a node is a name rather than a number or what may have been meant as one."""
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    return parsed(text) is not None and text.lower() not in ("nan", "inf", "infinity", "null", "true", "false", "none")


def _is_misspelt(node: Node) -> bool:
    """Whether a node begins as a name does and goes on as none can."""
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    return text[:1].isalpha() and parsed(text) is None


def own_forms(name: str, node: Node, shape: Shape) -> dict[str, Symbol]:
    """How elements are typeset that are given by names of their own, `[a, b]`; those called as usual are left out."""
    if isinstance(node, yaml.ScalarNode):
        return {}
    scalars = [item for row in node.value for item in (row.value if isinstance(row, yaml.SequenceNode) else [row])]
    plain = Quantity(name, shape, name)
    usual = [(plain.element(index), plain._replace(bracketed=True).element(index)) for index in indices(shape)]
    named = zip(usual, scalars, strict=True)
    found = {
        bracketed: parsed(item.value) for (short, bracketed), item in named if item.value not in (short, bracketed)
    }
    return {element: symbol for element, symbol in found.items() if symbol}


def read_display(reader: Reader, names: Node | None, index: Node | None, forms: Mapping[str, Symbol]) -> Display:
    """How the file's names are typeset: what `names` says, over `forms`, and the convention of `index`.

    Raises SpecError: a name that there is not, a form that cannot be read, or that something else has, too.
    """
    found, known = dict(forms), dict(_nameable(reader)) if names else {}
    places: dict[str, Node] = {}
    for key, value in reader.entries(names, "names"):
        name, symbol = normal(key.value.replace(" ", "")), parsed(reader.text(value, "how the name is written"))
        if name not in known:
            hints = [f"known here: {listed(list(reader.known))}", *suggestion(name, list(known))]
            reader.fail(f"unknown name {shortened(key.value)}", key, *hints)
        if symbol is None:
            reader.fail(f"{shortened(value.value)} is not how a name is written", value, FORMS)
        found[name] = symbol
        places[known[name]] = value
    display = Display(found, _convention(reader, index))
    _check_alike(reader, display, places)
    return display


def _check_alike(reader: Reader, display: Display, places: Mapping[str, Node]) -> None:
    """Raise SpecError where a quantity is given a form that is another's."""
    quantities = [Quantity(key, name.shape, key) for key, (name, _) in reader.known.items()]
    mistakable = alike(display, quantities) if places else set()
    for key, node in reversed(list(places.items())):
        if key in mistakable:
            others = sorted(mistakable - {key})
            hint = f"written alike: {listed([key, *others])}"
            reader.fail(f"{shortened(node.value)} is how another name is written, too", node, hint)


def _convention(reader: Reader, node: Node | None) -> str:
    return chosen(reader, node, "index", INDEX_CONVENTIONS) if node else UNIT_INPUT


def chosen(reader: Reader, node: Node, what: str, known: tuple[str, ...]) -> str:
    """One of some words. Raises SpecError for another."""
    text = reader.text(node, f"a word: {' or '.join(known)}")
    if text not in known:
        reader.fail(
            f"unknown {what} {shortened(text)}", node, f"known here: {', '.join(known)}", *suggestion(text, [*known])
        )
    return text


def _nameable(reader: Reader) -> Iterator[tuple[str, str]]:
    """Every quantity, and every element by either of its names, each with the quantity's key."""
    shapes = {key: name.shape for key, (name, _) in reader.known.items()}
    bracketed = bracketed_bases(shapes)
    for key, shape in shapes.items():
        yield key, key
        plain = Quantity(key, shape, key)
        for index in indices(shape):
            yield plain._replace(bracketed=True).element(index), key
            if key not in bracketed:
                yield plain.element(index), key
