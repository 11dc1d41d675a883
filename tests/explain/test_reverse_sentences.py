"""Sentences about the rules of a reverse chain."""

from __future__ import annotations

import pytest

from bptrace import load, loads
from bptrace.engine.sentence_parts import Sentence, plain
from bptrace.explain.groups import Group
from bptrace.explain.reverse_sentences import gate_sentence, gates_one_by_one, sums_term_by_term, zero_upstream_sentence
from bptrace.explain.rule_facts import RowRule
from bptrace.explain.sentences import step_rules
from tests.conftest import ROOT

GATES = loads("weights: {w: [1, -2, 3, 0]}\nforward: {h: relu(w)}\nloss: sum(h)").trace()
ALL_GATES = [rule for rule, _ in step_rules(GATES, GATES.steps[2]) if rule.is_gate]


def rules_of(name: str, number: int, *quantities: str) -> list[RowRule]:
    trace = load(ROOT / "networks" / f"{name}.yaml").trace()
    return [rule for rule, _ in step_rules(trace, trace.steps[number - 1]) if rule.quantity in quantities]


def texts(told: list[Sentence]) -> list[str]:
    return [plain(sentence, GATES.notation) for sentence in told]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (slice(None), "ReLU lets the gradient pass at w1 = 1 and w3 = 3 and stops it at w2 = -2 and w4 = 0."),
        (slice(1, None, 2), "ReLU stops the gradient at w2 = -2 and w4 = 0."),
        (slice(None, None, 2), "ReLU lets the gradient pass at w1 = 1 and w3 = 3."),
    ],
)
def test_where_gates_open_and_close(shown: slice, text: str) -> None:
    assert texts([gate_sentence(Group(ALL_GATES[shown]))]) == [text]


def test_few_gates_are_told_one_by_one() -> None:
    assert texts(gates_one_by_one(Group(ALL_GATES[1:3]))) == [
        "w2=-2<=0, so ReLU'(w2) = 0: the gradient stops here. w3=3>0, so ReLU'(w3) = 1: the gradient passes."
    ]
    assert texts(gates_one_by_one(Group(ALL_GATES))) == texts([gate_sentence(Group(ALL_GATES))])


def test_of_many_sums_the_first_is_told_term_by_term() -> None:
    rules = rules_of("xor", 7, "dL/dw11", "dL/dw21", "dL/dw12", "dL/dw22")
    first = (
        "dL/dw11 is a sum of 4 terms: 0*0 through z11, (1/8)*0 through z21, (1/8)*1 through z31 and (1/8)*1 through z41"
    )
    assert texts(sums_term_by_term(Group(rules))) == [
        f"{first}, in all 1/4.",
        "Likewise dL/dw21 = 1/4, dL/dw12 = -1/4 and dL/dw22 = -1/4.",
    ]
    assert len(sums_term_by_term(Group(rules[:3]))) == 3


@pytest.mark.parametrize(
    ("quantities", "text"),
    [
        (
            ["dL/dw21", "dL/dw22", "dL/db2"],
            "dL/dz2 = 0, so every weight and bias gradient of the second unit is exactly 0.",
        ),
        (["dL/dw21", "dL/dw22"], "dL/dz2 = 0, so every weight gradient of the second unit is exactly 0."),
        (["dL/db2"], "dL/dz2 = 0, so dL/db2 is exactly 0."),
    ],
)
def test_of_a_unit_it_is_the_weight_and_bias_gradients_that_are_0(quantities: list[str], text: str) -> None:
    assert texts([zero_upstream_sentence(Group(rules_of("relu_2_2_1", 7, *quantities)))]) == [text]
