"""`layers:`, a shorthand for the equations z1 = W1@x + b1, h1 = relu(z1), ..., yhat = ..."""

from __future__ import annotations

from itertools import accumulate

from bptrace.errors import listed
from bptrace.spec.draft import Draft
from bptrace.spec.nodes import Nodes
from bptrace.spec.yaml_tree import Node, SequenceNode

FIELDS = ("weights", "bias", "activation")
EXAMPLE = "as in layers: [{weights: [[1, 2]], activation: relu}]"
LAYER_EXAMPLE = "as in {weights: [[1, 2]], bias: [0], activation: relu}"


def take_layers(draft: Draft, node: Node) -> None:
    """Take the givens and the equations of every layer. Raises SpecError."""
    if not isinstance(node, SequenceNode):
        raise draft.nodes.error("layers are a list", node, EXAMPLE)
    layers = draft.nodes.items(node)
    every = [*draft.givens, *(draft.samples[0] if draft.samples else ())]
    inputs = [given.key for given in every if given.section == "input"]
    if len(inputs) != 1:
        hint = f"inputs here: {listed(inputs) or 'none'}"
        raise draft.nodes.error("layers are fed by exactly one input", node, hint)
    feeding, before = inputs[0], len(draft.givens)
    for number, layer in enumerate(layers, 1):
        feeding = _take_layer(draft, layer, str(number), feeding, last=number == len(layers))
    # what an alias repeats stands further up, but comes here in the order of the file
    marks = accumulate([given.mark for given in draft.givens[before:] if given.mark], max)
    draft.givens[before:] = [
        given._replace(mark=mark) for given, mark in zip(draft.givens[before:], marks, strict=True)
    ]


def _take_layer(draft: Draft, node: Node, number: str, feeding: str, last: bool) -> str:
    """Take one layer; what it gives is called by the name that is returned."""
    fields = _layer_fields(draft.nodes, node)
    for field, letter in (("weights", "W"), ("bias", "b")):
        if field in fields:
            draft.give(letter + number, fields[field], "weights", draft.nodes.mark(fields[field]))
    equation = f"W{number}@{feeding}" + (f" + b{number}" if "bias" in fields else "")
    activation = fields.get("activation")
    before = f"z{number}" if activation or not last else "yhat"
    _define(draft, before, equation, fields["weights"])
    if not activation:
        return before
    out = "yhat" if last else f"h{number}"
    function, opened, rest = draft.nodes.text(activation, "an activation's name").partition("(")
    more = f", {rest}" if opened and rest.strip() != ")" else ")"
    _define(draft, out, f"{function}({before}{more}", activation)
    return out


def _layer_fields(nodes: Nodes, node: Node) -> dict[str, Node]:
    fields = dict(nodes.entries(node, "a layer", LAYER_EXAMPLE))
    for key in fields:
        nodes.check_field(key, FIELDS)
    found = {key.value: value for key, value in fields.items()}
    if "weights" not in found:
        raise nodes.error("missing field 'weights'", node, LAYER_EXAMPLE)
    return found


def _define(draft: Draft, name: str, equation: str, node: Node) -> None:
    mark = draft.nodes.mark(node)
    draft.define(name, equation, mark, lambda _: mark)
