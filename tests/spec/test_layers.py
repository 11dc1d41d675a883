"""`layers:`: the equations that it is short for, and every complaint at its line and column."""

from __future__ import annotations

import pytest

from bptrace import loads
from tests.refusals import refuses

test_what_cannot_be_read = refuses(
    [
        ("¦[]", "an empty list"),
        ("[¦3]", "a layer is a mapping of names"),
        ("[{weights: [[1, 1]]}, ¦{bias: 1}]", "missing field 'weights'"),
        ("[{¦weight: [[1, 1]]}]", "unknown field 'weight'"),
        ("[{weights: [[1, 1]], ¦weights: 2}]", "'weights' is defined twice in a layer"),
        ("[{weights: [[1, ¦a]]}]", "'a' is not a number"),
        ("[{weights: [[1, 1], ¦[1]]}]", "ragged matrix: a row of 1 under a first row of 2"),
        ("[{weights: ¦[[1]]}]", "shape mismatch: a 1x1 matrix and a vector of 2 do not go together in '@'"),
        ("[{weights: ¦3}]", "shape mismatch: a scalar and a vector of 2 do not go together in '@'"),
        ("[{weights: [[1, 1]], activation: ¦rleu}]", "unknown function 'rleu'"),
        ("[{weights: [[1, 1]], activation: ¦leaky_relu}]", "leaky_relu takes 2 arguments, not 1"),
        ("[{weights: [[1, 1]], activation: ¦hinge}]", "hinge takes 2 arguments, not 1"),
        ("[{weights: [[1, 1]], activation: ¦[relu]}]", "expected an activation's name"),
        ("[{weights: [[1, 1]], activation: ¦relu(q)}]", "unknown name 'q'"),
        ("¦3", "layers are a list", "as in layers: [{weights: [[1, 2]], activation: relu}]"),
        ("¦relu", "layers are a list"),
        ("¦{weights: [[1, 1]]}", "layers are a list"),
    ],
    before="input: {x: [1, 2]}\nlayers: ",
    after="\nloss: sum(yhat)",
)
test_what_does_not_go_with_the_other_sections = refuses(
    [
        ("layers: ¦[{weights: [[1]]}]", "layers are fed by exactly one input", "inputs here: none"),
        (
            "input: {x: [1], y: 2}\nlayers: ¦[{weights: [[1]]}]",
            "layers are fed by exactly one input",
            "inputs here: x, y",
        ),
        ("input: {x: [1]}\nweights: {W1: 3}\nlayers: [{weights: ¦[[3]]}]", "'W1' is defined twice"),
        ("input: {x: [1]}\nlayers: [{weights: [[3]]}]\nforward: {¦yhat: 1}", "'yhat' is defined twice"),
    ],
    after="\nloss: yhat",
)


LAYERS = """
layers:
  - {weights: [[1, -2], [0.5, 3]], bias: [1, 0], activation: relu}
  - {weights: [[1, 2], [3, 4], [5, 6]], activation: leaky_relu(0.1)}
  - {weights: [[1, 2, 3]], bias: [0.5]}
"""
LAYERS_WRITTEN_OUT = """
weights:
  W1: [[1, -2], [0.5, 3]]
  b1: [1, 0]
  W2: [[1, 2], [3, 4], [5, 6]]
  W3: [[1, 2, 3]]
  b3: [0.5]
forward:
  z1: W1@x + b1
  h1: relu(z1)
  z2: W2@h1
  h2: leaky_relu(z2, 0.1)
  yhat: W3@h2 + b3
"""
ONE_LAYER = "\nlayers: [{weights: [[1, 2]], activation: hardtanh}]\n"
ONE_LAYER_WRITTEN_OUT = "\nweights: {W1: [[1, 2]]}\nforward: {z1: W1@x, yhat: hardtanh(z1)}\n"


@pytest.mark.parametrize(
    ("layers", "equations"), [(LAYERS, LAYERS_WRITTEN_OUT), (ONE_LAYER, ONE_LAYER_WRITTEN_OUT)], ids=["three", "one"]
)
def test_layers_are_shorthand_for_equations(layers: str, equations: str) -> None:
    rest = "\ninput: {x: [1, 2]}\ntarget: {y: [1]}\nloss: squared_error(yhat, y)\nupdate: {lr: 0.1}\n"
    short, long = (loads(part + rest).trace() for part in (layers, equations))
    assert [step.title for step in short.steps] == [step.title for step in long.steps]
    assert [row.texts() for row in short.rows()] == [row.texts() for row in long.rows()]


def test_layers_go_on_in_equations() -> None:
    text = "input: {x: [1, 2]}\nlayers: [{weights: [[1, 1], [2, 2]]}]\nforward: {p: yhat@yhat}\nloss: p - W1[1,1]"
    assert loads(text).trace()["L"] == 44
