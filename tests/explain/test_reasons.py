"""Reasons: what each says in some network, and that something can be said of any."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from bptrace import Trace, load, loads
from bptrace.engine.plans import REVERSE
from bptrace.engine.sentence_parts import plain
from bptrace.explain.reasons import LineReasons
from bptrace.numbers.arrays import indices
from tests.conftest import ROOT, derived_of
from tests.explain.test_whole_rule import definitions, graphs
from tests.strategies import examples, networks


def told(trace: Trace, by_elements: bool = False) -> list[str]:
    """Every reason that there is, as plain text."""
    return [
        plain(reason, trace.notation)
        for of, phase, item in definitions(trace)
        for reason in LineReasons(of).of(item, phase, list(indices(item.shape)) if by_elements else None)
    ]


def of_text(text: str) -> list[str]:
    return told(loads(text).trace())


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        ("relu_lifecycle", "Both entries of z1 are positive, so both slopes are 1."),
        ("relu_lifecycle", "A bias is a weight whose input is 1."),
        ("relu_lifecycle", "W1 enters z1 alone, with x as its input."),
        ("relu_lifecycle", "h enters yhat alone, with the weights W2."),
        ("relu_lifecycle", "z1 enters h alone, through ReLU: times the slope."),
        ("relu_lifecycle", "W2[1,1] becomes 0.5 - 0.1*(-0.125) = 0.5125."),
        ("relu_2_2_1", "z1 is positive and z2 is not, so the slopes are 1 and 0."),
        ("relu_2_2_1", "ReLU'(z2) is 0, so dL/dz2 is exactly 0."),
        ("two_outputs", "z1 is not positive and z2 is, so the slopes are 0 and 1."),
        ("tie_at_zero", "z1 is positive: slope 1; z2 and z3 are not positive: slope 0."),
        ("hinge_classifier", "z1[1] is between -1 and 1: slope 1; z1[2] is at most -1: slope 0;"
                             " z1[3] is at least 1: slope 0."),
        ("skip_connection", "Two terms, because h0 also feeds z2 (skip connection)."),
        ("skip_connection", "No activation at the output, so dL/dz2 = dL/dyhat."),
        ("skip_connection", "h1 enters z2 alone, with the weight w2."),
        ("linear_2_2_2_1", "Two terms, because y1 is used in z1 and in z2."),
        ("recurrence", "Three terms, because a is used in s1, in s2 and in s3 (shared weight)."),
        ("recurrence", "Three terms, because x is used in s1, in s2 and in s3."),
        ("lstm", "Two terms, because c1 is used in a1 and in c2."),
        ("expression_graph", "Four terms, because e is used twice in f, in g and in g_total."),
        ("two_outputs", "v11 and v12 act on L only through yhat1; yhat2 does not contain them."
                        " v21 and v22 act on L only through yhat2; yhat1 does not contain them."),
    ],
)  # fmt: skip
def test_a_line_has_its_reason(network: str, reason: str) -> None:
    found = told(load(ROOT / "networks" / f"{network}.yaml").trace(inputs=True))
    assert reason in found, found


TWO_HEADS = """\
input: {x: [1, 2]}
weights: {W1: [[1, 2]], W2: [[3, 4]], u: 5, unused: 1}
forward: {yhat1: W1@x, yhat2: W2@x}
loss: sum(yhat1^2) + sum(yhat2^2) + u^2
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TWO_HEADS, "W1 acts on L only through yhat1; yhat2 does not contain it."),
        (TWO_HEADS, "L does not contain unused."),
        ("weights: {w: [1, 2, 3]}\nloss: sum(relu(w))", "All 3 entries of w are positive, so all slopes are 1."),
        ("weights: {w: [-1, -2]}\nloss: sum(relu(w))", "Neither entry of w is positive, so both slopes are 0."),
        ("weights: {w: [-1, 0, -2]}\nloss: sum(relu(w))",
         "None of the 3 entries of w is positive, so all slopes are 0."),
        ("weights: {w: -3}\nloss: relu(w)", "w is not positive, so the slope is 0."),
        ("weights: {w: [7, 8]}\nloss: sum(hardtanh(w))", "Both entries of w are at least 1, so both slopes are 0."),
        ("weights: {w: [1, 2], a: 3}\nforward: {z: a*w, h: identity(z), k: h*h}\nloss: sum(k)",
         "h is z, unchanged, so dL/dz = dL/dh."),
        ("weights: {w: [1, 2]}\nforward: {h: relu(w), k: h + w}\nloss: sum(k)",
         "Two terms, because w is used in h and in k (shared weight)."),
        ("input: {x: 1}\nweights: {w: 1}\ngradients: [weights, input]\nforward: {s: sigmoid(x), k: x*s + w}\nloss: k^2",
         "Two terms, because x is used in s and in k."),
        ("weights: {w: 1}\nforward: {z: w*x}\nloss: z^2\nsamples: [{input: {x: 1}}, {input: {x: 3}}]",
         "Each line is the mean of what the 2 samples come to."),
    ],
)  # fmt: skip
def test_a_reason_for_every_kind_of_line(text: str, reason: str) -> None:
    assert reason in of_text(text), of_text(text)


def test_elements_that_are_derived_alone_have_reasons_of_their_own() -> None:
    trace = derived_of(ROOT / "networks" / "generic_2_2_2.yaml")
    by_key = {item.key: item for _, _, item in definitions(trace)}
    found = LineReasons(trace).of(by_key["dL/dW2"], REVERSE, [(0, 0)])
    assert [plain(each) for each in found][1:] == [
        "W2[1,1] acts on L only through yhat1; yhat2 does not contain it.",
    ]
    assert "W1 acts on L through both yhat1 and yhat2." in told(trace, by_elements=True)


def test_of_many_outputs_a_few_are_told() -> None:
    rows = ", ".join(f"[{number}, 1]" for number in range(1, 6))
    text = f"input: {{x: [1, 2]}}\nweights: {{w: [{rows}]}}\nforward: {{yhat: w@x}}\nloss: sum(yhat^2)"
    (reason,) = [each for each in of_text(text) if "only through" in each]
    assert reason.endswith(" Likewise each of the others through one alone.")
    assert reason.count("only through") == 3


@pytest.mark.parametrize(
    "text",
    [
        "weights: {w: [-1, -2]}\nloss: sum(elu(w))",
        "weights: {w: 1}\nloss: exp(w)",
        "weights: {w: 1}\nforward: {z: w + 1}\nloss: z^2",
        "input: {x: 2}\nweights: {w: 1}\nforward: {z: w*x^2}\nloss: z^2",
    ],
)
def test_where_nothing_can_be_told_nothing_is(text: str) -> None:
    assert of_text(text) == []


def test_the_reasons_that_hold_for_every_sample_can_be_left_out() -> None:
    trace = load(ROOT / "networks" / "xor_batch.yaml").trace().samples[1]
    only = [plain(each) for _, phase, item in definitions(trace) for each in LineReasons(trace, True).of(item, phase)]
    assert only == [
        "z1 is positive and z2 is not, so the slopes are 1 and 0.",
        "ReLU'(z2) is 0, so dL/dz2 is exactly 0.",
    ]


def check_equals(trace: Trace, reason: str) -> None:
    """Where a reason says that two gradients are equal, they are."""
    found = re.search(r"so (\S+) = (\S+)\.$", reason)
    if found:
        assert trace[found[1]] == trace[found[2]]


@examples(60)
@given(graphs())
def test_gradients_that_are_said_to_be_equal_are(text: str) -> None:
    for reason in of_text(text):
        check_equals(loads(text).trace(inputs=True), reason)


@examples(40)
@given(networks())
def test_reasons_can_be_given_for_any_network(text: str) -> None:
    trace = loads(text).trace(inputs=True)
    assert all(reason.endswith(".") and reason[:1].strip() for reason in told(trace) + told(trace, by_elements=True))
