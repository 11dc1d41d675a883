"""The rule in general: which one a step has, and that each row is needed."""

from __future__ import annotations

import pytest

from bptrace import load, loads
from bptrace.engine.plans import REVERSE
from bptrace.engine.sentence_parts import plain
from bptrace.explain.principles import PRINCIPLES, principle
from bptrace.explain.sentences import step_rules, step_words
from tests.conftest import ROOT

LAYER = (
    "input: {x: [1, 2]}\nweights: {w: [[1, 1], [1, -1]], b: [1, 1], v: [1, 2]}\n"
    "forward: {z: w@x + b, h: tanh(z), g: identity(h)}\nloss: (v@g)^2\nupdate: {lr: 1, momentum: 1/2}"
)
RNN = "weights: {a: 2}\nforward: {s: a*3, t: a*s}\nloss: t^2"
SKIP = "input: {x: 2}\nweights: {w: 3}\nforward: {z: w*x, h: relu(z), y: identity(h) + h^2}\nloss: y^2"
PRODUCT = "weights: {w: [1, 2], v: [3, 4]}\nforward: {u: w*v}\nloss: sum(u)"
BIAS = "weights: {b: 3}\nforward: {z: 2 + b}\nloss: z^2"
ACTIVATION = "weights: {w: [1, 2]}\nforward: {h: tanh(w)}\nloss: sum(h)^2"
BATCH = "samples: [{input: {x: 1}}, {input: {x: 2}}]\nweights: {w: 3}\nloss: w*x"
OTHER = "weights: {w: [1, 2], c: 3}\nforward: {u: exp(w), t: 1/u}\nloss: sum(t)"
WEIGHTS = "Each weight gradient is the upstream gradient times the input that feeds the weight."
TOLD = [
    (LAYER, 1, "A unit adds up its inputs, each times its weight, and a bias."),
    (LAYER, 2, "An activation is applied to each element by itself."),
    (LAYER, 3, "A copy takes over a value unchanged."),
    (LAYER, 4, "A unit adds up its inputs, each times its weight."),
    (LAYER, 5, "The loss is the one number that the reverse pass differentiates."),
    (LAYER, 6, WEIGHTS),
    (LAYER, 7, "Back through a weight, the gradient is multiplied by the weight."),
    (LAYER, 8, "A gradient passes unchanged to what enters with a factor of 1."),
    (LAYER, 9, f"{WEIGHTS} A bias is a weight whose input is 1."),
    (LAYER, 10, "What is worked out here goes into the step that the weights take."),
    (LAYER, 11, "Each weight is updated by the same rule: v1 - lr*v_v1_new."),
    (RNN, 2, "A unit takes its input times its weight."),
    (RNN, 5, "A weight that is used several times gets a gradient from each use, and they add up."),
    (PRODUCT, 3, "Back through a product, the gradient is multiplied by the other factor."),
    (BIAS, 3, "A bias is a weight whose input is 1: its gradient is the upstream gradient."),
    (ACTIVATION, 5, "Across an activation, the gradient is multiplied by the slope there."),
    (BATCH, 5, "What the batch comes to is the mean over its samples."),
    (OTHER, 1, "Each value is worked out from values that are known by now."),
    (OTHER, 4, "What the loss does not hang on has a gradient of 0."),
    (OTHER, 5, "The gradient at what the loss reads directly is the derivative of the loss itself."),
    (OTHER, 6, "By the chain rule, each gradient is the upstream gradient times the local derivative."),
    (SKIP, 6, "What acts on the loss in several ways gets a gradient from each, and they add up."),
]


def told(text: str, number: int) -> str:
    trace = loads(text).trace()
    return plain(step_words(trace, trace.steps[number - 1]).principle, trace.notation)


@pytest.mark.parametrize(("text", "number", "words"), TOLD, ids=[words for _, _, words in TOLD])
def test_a_step_has_its_rule_in_general(text: str, number: int, words: str) -> None:
    assert told(text, number) == words


def test_a_step_with_slopes_alone_has_its_own() -> None:
    trace = loads(ACTIVATION).trace().until(7)
    words = step_words(trace, trace.steps[-1])
    assert plain(words.principle) == "The slope of an activation is its derivative at its input."


def test_what_does_not_exist_has_none() -> None:
    trace = loads("weights: {w: 0}\nloss: log(w)").trace(partial=True)
    assert step_words(trace, trace.steps[0]).principle == ()


def test_what_is_said_of_each_is_true_of_each() -> None:
    """One weight that is no factor of its own is enough for the general rule to be told."""
    fed = "input: {x: 2}\nweights: {w: 3, v: 1}\nforward: {z: w*x + %s}\nloss: z^2"
    assert told(fed % "v", 3) == f"{WEIGHTS} A bias is a weight whose input is 1."
    assert told(fed % "exp(v)", 3) == "Back through a product, the gradient is multiplied by the other factor."


def test_of_rows_that_are_not_seen_nothing_is_said_of_each() -> None:
    trace = loads("input: {x: 2}\nweights: {w: 3}\nforward: {z: w*x}\nloss: z^2").trace()
    rules = [rule for rule, _ in step_rules(trace, trace.steps[2])]
    assert plain(principle(REVERSE, rules, {"dL/dw"})) == WEIGHTS
    conv = load(ROOT / "networks" / "convolution.yaml").trace()
    gates = [rule for rule, _ in step_rules(conv, conv.steps[12])]
    assert plain(principle(REVERSE, gates, {rule.definition.key for rule in gates}))


def test_each_row_is_needed() -> None:
    words = {words for _, _, words in TOLD}
    fixed = {row.says for row in PRINCIPLES if isinstance(row.says, str)}
    assert fixed - words == {"The slope of an activation is its derivative at its input."}
