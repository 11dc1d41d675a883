"""Givens that have no value, and how names are typeset: what a file for a derivation says beyond equations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bptrace.engine.quantity import PlacesByName, Quantity, bracketed_bases
from bptrace.engine.symbols import INDEX_CONVENTIONS, UNIT_INPUT, Display, Symbol, alike, parsed
from bptrace.errors import listed, shortened, suggestion
from bptrace.numbers.arrays import Shape, indices, size
from bptrace.spec.equation import ELEMENT_LIMIT
from bptrace.spec.namespace import Namespace
from bptrace.spec.nodes import Nodes
from bptrace.spec.tokens import normal
from bptrace.spec.yaml_tree import Node, ScalarNode, SequenceNode

SHAPE = re.compile(
    r"(?P<rows>[1-9]\d{0,6})x(?P<columns>[1-9]\d{0,6})(?: matrix)?|vector of (?P<length>[1-9]\d{0,6})|scalar"
)
ATTEMPT = re.compile(
    r".*\b(?:scalar|vector|matrix)\b.*|-?\d[\d.]*\s*(?:[x×]|by\b)[-\d.\sx×]*",
    re.IGNORECASE | re.DOTALL,
)
"""What was meant as a shape and is none: `2x`, `2 x 3`, `vector of 0`."""
TOO_LARGE = re.compile(r"[1-9]\d*x[1-9]\d*(?: matrix)?|vector of [1-9]\d*")
"""A shape that SHAPE leaves out for the length of a number alone."""
SHAPES = "as in w: scalar, x: vector of 3 or W: 2x3, or by names: x: [x1, x2]"
NAMES_EXAMPLE = "as in names: {z: h', W1: W^(1)}"
FORMS = "as in h_1', W^(1), y_{out} or yhat"


def stated_shape(nodes: Nodes, name: str, node: Node) -> Shape | None:
    """The shape of what stands without a value: a shape's text, its own name, a list of names; None for numbers.

    Raises SpecError: names and numbers in one list, a name twice, rows of different lengths, too many elements.
    """
    shape = _scalar_shape(nodes, name, node) if isinstance(node, ScalarNode) else _list_shape(nodes, node)
    if shape is not None and size(shape) > ELEMENT_LIMIT:
        message = f"{size(shape):,} elements; at most {ELEMENT_LIMIT:,} are taken"
        raise nodes.error(message, node, "fewer rows or columns")
    return shape


def _scalar_shape(nodes: Nodes, name: str, node: ScalarNode) -> Shape | None:
    match = SHAPE.fullmatch(node.value)
    if not match and normal(node.value) != name and ATTEMPT.fullmatch(node.value):
        if TOO_LARGE.fullmatch(node.value):
            message = f"{shortened(node.value)}: at most {ELEMENT_LIMIT:,} elements are taken"
            raise nodes.error(message, node, "fewer rows or columns")
        raise nodes.error(f"{shortened(node.value)} is neither a number nor a shape", node, SHAPES)
    if not match:
        return () if normal(node.value) == name else None
    if match["rows"]:
        return int(match["rows"]), int(match["columns"])
    return (int(match["length"]),) if match["length"] else ()


def _list_shape(nodes: Nodes, node: Node) -> Shape | None:
    rows = node.value if isinstance(node, SequenceNode) else []
    nested = bool(rows) and isinstance(rows[0], SequenceNode)
    first = rows[0].value[0] if nested and rows[0].value else rows[0] if rows else node
    if not _is_name(first):
        if _is_misspelt(first):
            raise nodes.error(*_no_name(first))
        return None
    width = len(rows[0].value) if nested else 0
    for row in rows if nested else ():
        if not isinstance(row, SequenceNode) or len(row.value) != width:
            had = len(row.value) if isinstance(row, SequenceNode) else 1
            message = f"ragged matrix: a row of {had} under a first row of {width}"
            raise nodes.error(message, row, "every row has as many")
    _check_names(nodes, [item for row in rows for item in (row.value if nested else [row])])
    return (len(rows), width) if nested else (len(rows),)


def _check_names(nodes: Nodes, items: Sequence[Node]) -> None:
    seen: set[str] = set()
    for item in items:
        if not _is_name(item):
            raise nodes.error(*_no_name(item))
        if item.value in seen:
            raise nodes.error(f"{shortened(item.value)} stands twice", item, "each element has a name of its own")
        seen.add(item.value)


def _no_name(node: Node) -> tuple[str, Node, str]:
    """What is wrong with an item in a list of names: its message, place and hint."""
    if not isinstance(node, ScalarNode):
        return "names and lists in one list", node, SHAPES
    if _is_misspelt(node):
        return f"{shortened(node.value)} is not how a name is written", node, FORMS
    return "names and numbers in one list", node, SHAPES


def _is_name(node: Node) -> bool:
    """Whether a node is a name rather than a number or what may have been meant as one."""
    text = node.value if isinstance(node, ScalarNode) else ""
    return parsed(text) is not None and text.lower() not in ("nan", "inf", "infinity", "null", "true", "false", "none")


def _is_misspelt(node: Node) -> bool:
    """Whether a node begins as a name does and goes on as none can."""
    text = node.value if isinstance(node, ScalarNode) else ""
    return text[:1].isalpha() and parsed(text) is None


def own_forms(name: str, node: Node, shape: Shape) -> dict[str, Symbol]:
    """How elements are typeset that are given by names of their own, `[a, b]`; those called as usual are left out."""
    if isinstance(node, ScalarNode):
        return {}
    plain = Quantity(name, shape)
    usual = [(plain.element(index), plain._replace(bracketed=True).element(index)) for index in indices(shape)]
    named = zip(usual, element_names(node), strict=True)
    found = {bracketed: parsed(own) for (short, bracketed), own in named if own not in (short, bracketed)}
    return {element: symbol for element, symbol in found.items() if symbol}


def element_names(node: Node) -> list[str]:
    """The names that a list has for its elements, in row order."""
    if isinstance(node, ScalarNode):
        return []
    rows = [row.value if isinstance(row, SequenceNode) else [row] for row in node.value]
    return [str(item.value) for row in rows for item in row]


def display_of(
    nodes: Nodes, names: Namespace, written: Node | None, index: Node | None, forms: Mapping[str, Symbol]
) -> Display:
    """How the file's names are typeset: what `names:` has `written`, over `forms`, and the convention of `index:`.

    Raises SpecError: a name that there is not, a form that cannot be read, or that something else has, too.
    """
    found, known = dict(forms), _elements(names.shapes() if written else {})
    places: dict[str, Node] = {}
    for key, value in nodes.entries(written, "names", NAMES_EXAMPLE):
        name, symbol = normal(key.value.replace(" ", "")), parsed(nodes.text(value, "how the name is written"))
        owner = known.get(name)
        if owner is None:
            hints = [f"known here: {listed(names.names())}", *suggestion(name, known)]
            raise nodes.error(f"unknown name {shortened(key.value)}", key, *hints)
        if symbol is None:
            raise nodes.error(f"{shortened(value.value)} is not how a name is written", value, FORMS)
        found[name] = symbol
        places[owner.key] = value
    display = Display(found, _convention(nodes, index))
    _check_alike(nodes, names, display, places)
    return display


def _check_alike(nodes: Nodes, names: Namespace, display: Display, places: Mapping[str, Node]) -> None:
    """Raise SpecError where a quantity is given a form that is another's."""
    quantities = [Quantity(key, shape) for key, shape in names.shapes().items()]
    mistakable = alike(display, quantities) if places else set()
    for key, node in reversed(list(places.items())):
        if key in mistakable:
            others = sorted(mistakable - {key})
            hint = f"written alike: {listed([key, *others])}"
            raise nodes.error(f"{shortened(node.value)} is how another name is written, too", node, hint)


def _convention(nodes: Nodes, node: Node | None) -> str:
    known = INDEX_CONVENTIONS
    return nodes.word(node, "index", known, f"a word: {' or '.join(known)}") if node else UNIT_INPUT


def _elements(shapes: dict[str, Shape]) -> PlacesByName:
    bracketed = bracketed_bases(shapes)
    return PlacesByName([Quantity(key, shape, bracketed=key in bracketed) for key, shape in shapes.items()])
