"""Which networks consist of layers, by their structure, and what stands in each."""

from __future__ import annotations

import pytest

from bptrace import load, loads
from bptrace.explain.layers import layers_of
from tests.conftest import ROOT

HIDDEN = "z h b w | yhat c v"
LAYERS = {
    "adam": "yhat b w",
    "generic_2_2_2": "z h W1 | u yhat W2",
    "hinge_classifier": "z1 h1 W1 b1 | yhat W2",
    "linear_2_2_2_1": "y1 y2 w111 w112 w121 w122 | z1 z2 w211 w212 w221 w222 | z w31 w32",
    "relu_2_2_1": HIDDEN,
    "skip_connection": "z0 h0 w0 | z1 h1 w1 | z2 yhat w2 w3",
    "softmax_classifier": "z W b",
    "softmax_long_way": "z p W b",
    "xor": HIDDEN,
    "xor_batch": HIDDEN,
}
OTHERS = ["attention", "causal_attention", "convolution", "expression_graph", "lstm", "recurrence", "sigmoid_neuron"]


def described(text: str) -> str:
    """The layers of a network: sums, activations and weights of each."""
    layers = layers_of(loads(text).trace())
    each = [[item.key for item in (*layer.sums, *layer.activations)] + sorted(layer.weights) for layer in layers]
    return " | ".join(map(" ".join, each))


@pytest.mark.parametrize(("name", "layers"), [*LAYERS.items(), *((name, "") for name in OTHERS)])
def test_finds_the_layers_of_a_network(name: str, layers: str) -> None:
    assert described((ROOT / "networks" / f"{name}.yaml").read_text(encoding="utf-8")) == layers


def test_a_layer_knows_its_outputs_and_its_functions() -> None:
    hidden, output = layers_of(load(ROOT / "networks" / "two_outputs.yaml").trace())
    assert [item.key for layer in (hidden, output) for item in layer.outputs] == ["h", "yhat"]
    assert (hidden.functions, output.functions) == (["ReLU"], ["LeakyReLU"])


TWO = """
input: {x: [1, 2]}
weights: {w: [[1, 2], [3, 4]], v: [1, 1]}
forward:
  z: w@x
  h: relu(z)
  y: v@h
loss: y^2
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("loss: y^2", "loss: y^2 + h@h"),
        ("loss: y^2", "loss: y^2 + z@z"),
        ("v@h", "v@h + v@z"),
        ("v@h", "v@(h*h)"),
        ("v@h", "sum(h)"),
        ("v@h", "v@x"),
        ("z: w@x", "z: w@w@x"),
        ("z: w@x", "z: w@x*x[1]"),
        ("z: w@x", "z: exp(w)@x"),
        ("z: w@x", "z: tanh(w@x)"),
        ("h: relu(z)", "h: relu(z) + z"),
        ("h: relu(z)", "h: -z"),
        ("y: v@h", "y: v@h\n  u: y^2"),
        ("v: [1, 1]", "v: [1, 1], unread: 3"),
    ],
)
def test_what_makes_it_none(old: str, new: str) -> None:
    """A loss that reads a hidden layer, weights in two places, what is no weighted sum, what follows the output."""
    assert described(TWO) == "z h w | y v"
    text = TWO.replace(old, new)
    assert text != TWO
    assert described(text) == ""


@pytest.mark.parametrize(
    ("old", "new", "layers"),
    [
        ("v@h", "v@h + sum(x)", "z h w | y v"),
        ("v@h", "v@h + v@x", "z h w | y v"),
        ("z: w@x\n  h: relu(z)", "h: relu(w@x)", "z_h h w | y v"),
        ("loss: y^2", "loss: y^2 + sum(w^2)", "z h w | y v"),
        ("loss: y^2", "loss: relu(y)^2", "z h w | y v"),
        ("relu(z)", "sqrt(z)", "z h w | y v"),
    ],
)
def test_what_makes_no_difference(old: str, new: str, layers: str) -> None:
    text = TWO.replace(old, new)
    assert text != TWO
    assert described(text) == layers
