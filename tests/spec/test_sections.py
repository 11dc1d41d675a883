"""The sections of a file: which there are, in what order they are read, and what the short ones say."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.spec.sections import SECTIONS
from tests.refusals import refuses

KNOWN = f"known sections: {', '.join(SECTIONS)}"
test_what_cannot_be_read = refuses(
    [
        ("¦Loss: 3", "unknown section 'Loss'"),
        ("loss: 1\n¦'': 3", "unknown section ''"),
        ("loss: 1\n¦" + "a" * 99 + ": 3", "unknown section 'aaaaaaaaaaaaaaaaaaaa…aaaaaaaaaa'"),
        ("¦title: a net\ninput: {x: 1}", "missing section 'loss'"),
        ("input: {L: 1}\nloss: ¦L", "the loss is called L, and L is taken"),
        ("title: ¦[a]\nloss: 1", "expected a title"),
        ("forward: {z: ¦[1]}\nloss: z", "expected an equation"),
        ("forward: {z: ¦}\nloss: z", "an equation is missing here"),
        ("loss:¦", "an equation is missing here"),
        ("loss: {L: ¦}", "an equation is missing here"),
        ("loss: ¦[1]", "expected an equation"),
        ("loss: ¦{}", "the loss is one equation"),
        ("loss: ¦{J: 1, K: 2}", "the loss is one equation"),
        ("input: {v: [1, 2]}\nloss: ¦v", "the loss is a vector of 2; it must be one number"),
        ("input: {v: [[1, 2]]}\nloss: {J: ¦v.T}", "the loss is a 2x1 matrix; it must be one number"),
        ("¦los: 3", "unknown section 'los'", "did you mean 'loss'?"),
        ("¦foo: 3", "unknown section 'foo'", KNOWN),
        ("¦{}", "missing section 'loss'", "for example: loss: (yhat - y)^2"),
        (
            "forward: ¦z\nloss: 1",
            "forward is a mapping of names",
            "as in forward: {h: relu(z)}, or a name: equation a line",
        ),
        (
            "functions: ¦z\nloss: 1",
            "functions is a mapping of names",
            "as in functions: {cube: u -> u^3}, or a name: function a line",
        ),
        ("names: ¦z\nloss: 1", "names is a mapping of names", "as in names: {z: h', W1: W^(1)}"),
        (
            "repeat: ¦z\nloss: 1",
            "repeat is a mapping of names",
            "as in repeat: {for: t in 1..3, 'h{t}': 'w*h{t-1} + x[t]'}",
        ),
        ("samples: ¦z\nloss: 1\nreduce: sum", "no such file: z"),
        ("reduce: ¦sum\nloss: 1", "'reduce' goes with 'samples'", "it says what becomes of them: mean or sum"),
        (
            "order: ¦last\nloss: 1",
            "unknown order 'last'",
            "known here: by-rank, file, weights-last",
            "did you mean 'weights-last'?",
        ),
        (
            "order: [file, ¦weight-last]\nloss: 1",
            "unknown order 'weight-last'",
            "known here: by-rank, file, weights-last",
            "did you mean 'weights-last'?",
        ),
        (
            "order: ¦file, weights-last\nloss: 1",
            "unknown order 'file, weights-last'",
            "a list is written [file, weights-last]",
        ),
        ("order: [¦[file]]\nloss: 1", "expected a word, or a list: by-rank, file, weights-last"),
        (
            "order: [file, ¦by-rank]\nloss: 1",
            "'by-rank' and 'file' are two orders of the forward rows",
            "name one of the two",
        ),
        (
            "ignore: ¦unread, axis\nloss: 1",
            "unknown kind of notes 'unread, axis'",
            "a list is written [unread, axis]",
        ),
    ]
)
test_no_gradients_of_that = refuses(
    [
        ("gradients: ¦all", "unknown section 'all'"),
        ("gradients: ¦{weights: 1}", "expected a section's name"),
        ("gradients: [¦[weights]]", "expected a section's name"),
        ("gradients: [¦loss]", "unknown section 'loss'"),
        (
            "gradients: [weights, ¦bias]",
            "unknown section 'bias'",
            "biases are weights",
            "known here: weights, input, target",
        ),
        (
            "gradients: ¦weights, input",
            "unknown section 'weights, input'",
            "a list is written [weights, input]",
            "known here: weights, input, target",
        ),
    ],
    after="\nloss: 1",
)


@pytest.mark.parametrize(
    ("loss", "names"),
    [
        ("loss: w^2", ["L", "dL/dw"]),
        ("loss: {L: w^2}", ["L", "dL/dw"]),
        ("loss: {J: w^2}", ["J", "dJ/dw"]),
        ("loss:\n  E_total: w^2", ["E_total", "dE_total/dw"]),
        ("loss: {ℒ: w^2}", ["ℒ", "dℒ/dw"]),
        ("loss: >\n  w^2", ["L", "dL/dw"]),
    ],
)
def test_names_of_the_loss(loss: str, names: list[str]) -> None:
    trace = loads(f"weights: {{w: 3}}\n{loss}").trace()
    assert [row.quantity for row in trace.rows()] == names
    assert list(trace.rows()) == [9, 6]


@pytest.mark.parametrize(
    ("section", "quantities"),
    [
        ("", ["dL/dw"]),
        ("gradients: weights", ["dL/dw"]),
        ("gradients: [weights]", ["dL/dw"]),
        ("gradients: [weight]", ["dL/dw"]),
        ("gradients: input", ["dL/dx"]),
        ("gradients: [weights, input]", ["dL/dw", "dL/dx"]),
        ("gradients: [inputs, weights]", ["dL/dw", "dL/dx"]),
        ("gradients:\n- targets\n- inputs", ["dL/dx", "dL/dy"]),
        ("gradients: []", []),
    ],
)
def test_gradients(section: str, quantities: list[str]) -> None:
    trace = loads(f"input: {{x: 2}}\nweights: {{w: 3}}\ntarget: {{y: 5}}\nloss: w*x*y\n{section}").trace()
    assert [row.quantity for row in trace.rows()] == ["L", *quantities]


def test_without_weights_the_gradients_are_those_of_the_input() -> None:
    assert [row.quantity for row in loads("input: {x: 2}\nloss: x^2").trace().rows()] == ["L", "dL/dx"]


def test_sections_come_in_any_order() -> None:
    sections = ["title: T", "input: {x: 2}", "weights: {w: 3}", "forward: {z: w*x}", "loss: z^2", "update: {lr: 1}"]
    texts = ["\n".join(order) for order in (sections, sections[::-1])]
    one, other = [[row.texts() for row in loads(text).trace().rows()] for text in texts]
    assert one == other


def test_sections_of_two_names() -> None:
    texts = [
        f"{given}: {{x: 2}}\n{weights}: {{w: 3}}\n{target}: {{y: 5}}\nloss: w*x*y\n"
        for given, weights, target in (("input", "weights", "target"), ("inputs", "weight", "targets"))
    ]
    one, other = [[row.texts() for row in loads(text).trace().rows()] for text in texts]
    assert one == other
