"""Sentences about the rules of a forward pass."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.engine.sentence_parts import plain
from bptrace.explain.forward_sentences import (
    activation_sentence,
    copy_sentence,
    formula_sentence,
    loss_sentence,
    missing_sentence,
    weighted_sentence,
    weighted_sum_sentence,
)
from bptrace.explain.groups import Group
from bptrace.explain.sentences import step_rules

TRACE = loads(
    "input: {x: [1, 2]}\nweights: {w: [[1, 0], [0, 1]], b: [1, 1], v: [0, 2]}\n"
    "forward: {z: w@x + b, h: relu(z), g: identity(h), u: v*g, r: sqrt(u)}\nloss: sum(r)/v[1]"
).trace(partial=True)
GROUPS = [Group([rule for rule, _ in step_rules(TRACE, step)]) for step in TRACE.steps[:7]]


@pytest.mark.parametrize(
    ("tell", "place", "text"),
    [
        (weighted_sum_sentence, 0, "Inputs times weights, plus a bias each, add up to z1 = 2 and z2 = 3."),
        (activation_sentence, 1, "relu takes z1 = 2 and z2 = 3 to h1 = 2 and h2 = 3."),
        (copy_sentence, 2, "g1 = 2 and g2 = 3 are h1 = 2 and h2 = 3, unchanged."),
        (weighted_sentence, 3, "Inputs times weights give u1 = 0 and u2 = 6."),
        (formula_sentence, 4, "r1 is sqrt(u1), and so on: r1 = 0 and r2 ≈ 2.449489743."),
    ],
)
def test_rules_of_a_kind_are_told_of_together(tell, place: int, text: str) -> None:  # type: ignore[no-untyped-def]
    assert plain(tell(GROUPS[place]), TRACE.notation) == text


def test_what_does_not_exist_has_a_reason() -> None:
    (missing,) = [group for group in GROUPS if group.first.row.missing]
    assert plain(missing_sentence(missing), TRACE.notation) == "L does not exist: division by zero."


def test_the_loss_has_its_formula_and_its_working() -> None:
    trace = loads("weights: {w: 3}\nloss: (w - 1)^2").trace()
    (rule,) = [rule for rule, _ in step_rules(trace, trace.steps[0])]
    assert plain(loss_sentence(Group([rule]))) == "The loss L is (w-1)^2: (3-1)^2 = 4."


@pytest.mark.parametrize(
    ("activation", "text"),
    [
        ("relu(w)", "relu takes w = -1/2 to a: w=-1/2<0, so a = 0."),
        ("hardtanh(w)", "hardtanh takes w = -1/2 to a: -1<=w=-1/2<=1, so a = -1/2."),
        ("hardsigmoid(w)", "hardsigmoid takes w = -1/2 to a: -3<=w=-1/2<=3, so a is (-1/2)/6 + 1/2 = 5/12."),
    ],
)
def test_by_cases_the_one_that_holds_is_told_before_what_it_gives(activation: str, text: str) -> None:
    trace = loads(f"weights: {{w: -1/2}}\nforward: {{a: {activation}}}\nloss: a^2").by_cases().trace()
    (rule,) = [rule for rule, _ in step_rules(trace, trace.steps[0])]
    assert plain(activation_sentence(Group([rule])), trace.notation) == text


def test_a_formula_by_cases_has_no_equation_between_two_equal_numbers() -> None:
    trace = loads("weights: {w: 3}\nforward: {s: sigmoid(w), a: abs(s)}\nloss: max(a, 2)").by_cases().trace()
    told = [
        plain(tell(Group([rule])), trace.notation)
        for tell, step in ((formula_sentence, 1), (loss_sentence, 2))
        for rule, _ in step_rules(trace, trace.steps[step])
    ]
    assert told == [
        "a is -s if s<0, s if s>=0: s=0.9525741268>=0, so a ≈ 0.9525741268.",
        "The loss L is 2 if a<2, a if a>=2: a=0.9525741268<2, so L = 2.",
    ]
