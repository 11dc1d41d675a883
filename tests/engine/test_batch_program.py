"""What a batch works out beyond its samples: names, titles, order, rules."""

from __future__ import annotations

import pytest

from bptrace import Trace, loads
from bptrace.engine.sentence_parts import plain
from bptrace.explain.summary import summarize
from tests import second_opinion
from tests.engine.test_trace import SUM_OF_20
from tests.readers.register import names_of, value_of

TWO = "samples: [{input: {x: 1}}, {input: {x: -2}}]\n"
PAIR = TWO + "weights: {w: 2}\nloss: w*x"
DENSE = """
samples:
  - {input: {x: [1, 2]}, target: {y: 1}}
  - {input: {x: [-1, 1/2]}, target: {y: 0}}
  - {input: {x: [0, -3]}, target: {y: -2}}
input: {k: [1, 3]}
weights: {w: [[1, 2], [3, -4]], b: [0, 1], v: [1, -1], c: 3}
forward: {z: w@x + b, h: relu(z), yhat: v@h + c + k@x}
loss: (yhat - y)^2
gradients: [weights, input]
"""
LAYERS = """
samples: [{input: {x: [1, 2]}, target: {y: [1]}}, {input: {x: [0, -1]}, target: {y: [3]}}]
layers: [{weights: [[1, 2], [-3, 4]], bias: [0, 1], activation: relu}, {weights: [[1, -1]]}]
loss: {J: "squared_error(yhat, y)"}
"""


def traced(text: str) -> Trace:
    return loads(text).trace()


def batch_rows(text: str) -> list[tuple[str, ...]]:
    """The rows that are no sample's."""
    return [row.texts() for step in traced(text).steps if not step.sample for row in step]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            PAIR,
            [
                ("L", "(L(1) + L(2))/2", "(2 + (-4))/2", "-1"),
                ("dL/dw", "(dL/dw(1) + dL/dw(2))/2", "(1 + (-2))/2", "-1/2"),
            ],
        ),
        (
            PAIR.replace("x: 1", "x: -2").replace("x: -2}}]", "x: 4}}]"),
            [
                ("L", "(L(1) + L(2))/2", "((-4) + 8)/2", "2"),
                ("dL/dw", "(dL/dw(1) + dL/dw(2))/2", "((-2) + 4)/2", "1"),
            ],
        ),
        (
            PAIR.replace("x: 1", "x: -1/2") + "\nreduce: sum",
            [
                ("L", "L(1) + L(2)", "(-1) + (-4)", "-5"),
                ("dL/dw", "dL/dw(1) + dL/dw(2)", "(-1/2) + (-2)", "-5/2"),
            ],
        ),
        (
            "samples: [{input: {x: -3}}]\nweights: {w: 2}\nloss: w*x",
            [("L", "L(1)", "L(1)", "-6"), ("dL/dw", "dL/dw(1)", "dL/dw(1)", "-3")],
        ),
        (
            TWO + "weights: {W1: [[1, 2]]}\nloss: {J: sum(W1*x)}\nupdate: {lr: 0.5}",
            [
                ("J", "(J(1) + J(2))/2", "(3 + (-6))/2", "-1.5"),
                ("dJ/dW1[1,1]", "(dJ/dW1[1,1](1) + dJ/dW1[1,1](2))/2", "(1 + (-2))/2", "-0.5"),
                ("dJ/dW1[1,2]", "(dJ/dW1[1,2](1) + dJ/dW1[1,2](2))/2", "(1 + (-2))/2", "-0.5"),
                ("W1[1,1]_new", "W1[1,1] - lr*dJ/dW1[1,1]", "1 - 0.5*(-0.5)", "1.25"),
                ("W1[1,2]_new", "W1[1,2] - lr*dJ/dW1[1,2]", "2 - 0.5*(-0.5)", "2.25"),
            ],
        ),
        (TWO + "loss: x^2", [("L", "(L(1) + L(2))/2", "(1 + 4)/2", "5/2")]),
    ],
)
def test_the_rules_show_the_samples(text: str, rows: list[tuple[str, ...]]) -> None:
    assert batch_rows(text) == rows


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            PAIR,
            [
                "1 forward: sample 1 of 2: L = w*x",
                "2 reverse: sample 1 of 2: gradients of w",
                "3 forward: sample 2 of 2: L = w*x",
                "4 reverse: sample 2 of 2: gradients of w",
                "5 batch: mean of the loss over 2 samples",
                "6 batch: mean of the gradients of w over 2 samples",
            ],
        ),
        (
            "samples: [{input: {x: 1}}]\nreduce: sum\nweights: {w: 2}\nupdate: {lr: 1}\nloss: w*x\ngradients: input",
            [
                "1 forward: sample 1 of 1: L = w*x",
                "2 reverse: sample 1 of 1: gradients of w",
                "3 reverse: sample 1 of 1: gradients of x",
                "4 batch: sum of the loss over 1 sample",
                "5 batch: sum of the gradients of w over 1 sample",
                "6 update: one gradient step on w",
            ],
        ),
    ],
)
def test_steps_are_numbered_through_and_say_their_sample(text: str, titles: list[str]) -> None:
    assert [f"{step.number} {step.phase}: {step.title}" for step in traced(text).steps] == titles


def test_gradients_come_in_the_order_of_a_register() -> None:
    own = [row.quantity for step in traced(DENSE).samples[0].steps if step.phase == "reverse" for row in step]
    of_batch = [quantity for quantity, *_ in batch_rows(DENSE)]
    assert of_batch == ["L", *(name for name in own if name in of_batch)]
    assert of_batch[-1] == "dL/dk2"


@pytest.mark.parametrize("reduce", ["mean", "sum"])
@pytest.mark.parametrize("text", [PAIR, DENSE, LAYERS], ids=["pair", "dense", "layers"])
def test_every_gradient_is_that_of_the_whole_loss(text: str, reduce: str) -> None:
    trace = traced(f"{text}\nreduce: {reduce}")
    expected = second_opinion.gradients(f"{text}\nreduce: {reduce}")
    assert set(expected) == set(trace.program.gradients)
    for name, gradient in expected.items():
        assert trace[f"d{trace.program.loss}/d{name}"] == gradient, name


@pytest.mark.parametrize("text", [PAIR, DENSE, LAYERS], ids=["pair", "dense", "layers"])
def test_every_line_reads_back(text: str) -> None:
    trace = traced(text)
    names = names_of(trace)
    for quantity, formula, rule, value in batch_rows(text):
        assert {value_of(formula, names), value_of(rule, names), value_of(value)} == {names[quantity]}


def test_a_sum_over_many_samples_is_cut_on_a_screen_only() -> None:
    trace = traced(f"samples: [{', '.join(f'{{input: {{x: {n}}}}}' for n in range(20))}]\nloss: x")
    assert [*trace.rows()][-1].rule.count(" + ") == 19
    assert [*trace.shortened(6).rows()][-1].rule == "(0 + 1 + 2 + 3 + … 14 more terms … + 18 + 19)/20"


def test_a_sum_within_a_sample_is_cut_too() -> None:
    trace = traced(f"samples: [{{input: {{x: 1}}}}]\n{SUM_OF_20} + x").shortened(3)
    assert "more terms" in trace.steps[0][0].rule


def test_the_summary_says_in_which_sample_a_unit_is_blocked() -> None:
    summary = summarize(traced(DENSE.replace("gradients: [weights, input]", "")))
    assert [result.key for result in summary.results] == ["L", "dL/dw", "dL/db", "dL/dv", "dL/dc"]
    units = [(plain(unit.title), unit.slope) for unit in summary.blocked]
    assert units == [("sample 1: h2", "ReLU'(z2)"), ("sample 2: h1", "ReLU'(z1)"), ("sample 2: h2", "ReLU'(z2)"),
                     ("sample 3: h1", "ReLU'(z1)")]  # fmt: skip


def test_the_summary_says_in_which_sample_every_path_is_blocked() -> None:
    summary = summarize(traced(TWO + "weights: {w: [1, -1]}\nloss: sum(relu(w*x)) + sum(relu(2*w*x))"))
    assert summary.unreached == [(["dL/dw2"], 1), (["dL/dw1"], 2)]
