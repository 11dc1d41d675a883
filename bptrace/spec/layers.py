"""`layers:`, a shorthand for the equations z1 = W1@x + b1, h1 = relu(z1), ..., yhat = ..."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NoReturn, Protocol

import yaml

from bptrace.engine.model import Given
from bptrace.errors import Mark, listed, shortened, suggestion
from bptrace.spec.yaml_text import Node

FIELDS = ("weights", "bias", "activation")
EXAMPLE = "as in layers: [{weights: [[1, 2]], activation: relu}]"


class Reader(Protocol):
    """What reads the rest of the file, and takes givens and equations."""

    givens: list[Given]
    samples: list[list[Given]]

    def given_as(self, name: str, node: Node, section: str, mark: Mark) -> None: ...
    def define(self, name: str, text: str, mark: Mark, at: Callable[[int], Mark]) -> None: ...
    def entries(self, node: Node | None, what: str) -> Iterator[tuple[yaml.ScalarNode, Node]]: ...
    def items(self, node: Node) -> list[Node]: ...
    def text(self, node: Node, what: str) -> str: ...
    def mark(self, node: Node) -> Mark: ...
    def fail(self, message: str, node: Node | str | None = None, *hints: str, at: Mark | None = None) -> NoReturn: ...


def read_layers(reader: Reader, node: Node) -> None:
    """Take the givens and the equations of every layer. Raises SpecError."""
    if not isinstance(node, yaml.SequenceNode):
        reader.fail("layers are a list", node, EXAMPLE)
    layers = reader.items(node)
    every = [*reader.givens, *(reader.samples[0] if reader.samples else ())]
    inputs = [given.key for given in every if given.section == "input"]
    if len(inputs) != 1:
        reader.fail("layers are fed by exactly one input", node, f"inputs here: {listed(inputs) or 'none'}")
    feeding, before = inputs[0], len(reader.givens)
    for number, layer in enumerate(layers, 1):
        feeding = _layer(reader, layer, str(number), feeding, last=number == len(layers))
    # what an alias repeats stands further up, but comes here in the order of the file
    marks = accumulate([given.mark for given in reader.givens[before:] if given.mark], max)
    reader.givens[before:] = [
        given._replace(mark=mark) for given, mark in zip(reader.givens[before:], marks, strict=True)
    ]


def _layer(reader: Reader, node: Node, number: str, feeding: str, last: bool) -> str:
    """Take one layer; what it gives is called by the name that is returned."""
    fields = _fields(reader, node)
    for field, letter in (("weights", "W"), ("bias", "b")):
        if field in fields:
            reader.given_as(letter + number, fields[field], "weights", reader.mark(fields[field]))
    equation = f"W{number}@{feeding}" + (f" + b{number}" if "bias" in fields else "")
    activation = fields.get("activation")
    before = f"z{number}" if activation or not last else "yhat"
    _define(reader, before, equation, fields["weights"])
    if not activation:
        return before
    out = "yhat" if last else f"h{number}"
    function, opened, rest = reader.text(activation, "an activation's name").partition("(")
    more = f", {rest}" if opened and rest.strip() != ")" else ")"
    _define(reader, out, f"{function}({before}{more}", activation)
    return out


def _fields(reader: Reader, node: Node) -> dict[str, Node]:
    fields = {key.value: (key, value) for key, value in reader.entries(node, "a layer")}
    for name, (key, _) in fields.items():
        if name not in FIELDS:
            hints = [f"known here: {', '.join(FIELDS)}", *suggestion(name, list(FIELDS))]
            reader.fail(f"unknown field {shortened(name)}", key, *hints)
    if "weights" not in fields:
        reader.fail("missing field 'weights'", node, "as in {weights: [[1, 2]], bias: [0], activation: relu}")
    return {name: value for name, (_, value) in fields.items()}


def _define(reader: Reader, name: str, equation: str, node: Node) -> None:
    reader.define(name, equation, reader.mark(node), lambda _: reader.mark(node))
