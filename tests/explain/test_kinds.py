"""The kinds of rules: each sentence is made of parts, about one rule or about several."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bptrace import Trace, load, loads
from bptrace.engine.sentence_parts import Figure, Formula, Named, Valued, Words, plain
from bptrace.explain.groups import Group
from bptrace.explain.kinds import ANYWHERE, KINDS, kind_of
from bptrace.explain.rule_facts import RowRule
from bptrace.explain.sentences import step_rules
from tests.conftest import NETWORKS, ROOT

GATES = loads("weights: {w: [1, -2, 3, 0]}\nforward: {h: relu(w)}\nloss: sum(h)").trace()


def rules_of(trace: Trace, number: int) -> list[RowRule]:
    step = trace.steps[number - 1]
    return [rule for rule, _ in step_rules(trace.of(step), step)]


def told(rules: Sequence[RowRule], phase: str, more: bool = False) -> str:
    return plain(kind_of(rules[0], phase).tell(Group(rules, more)), rules[0].trace.notation)


def test_of_one_rule_among_more_it_is_told_as_of_several() -> None:
    (first, *_) = rules_of(GATES, 1)
    assert told([first], "forward") == "relu takes w1 = 1 to h1: max(0,1) = 1."
    assert told([first], "forward", more=True) == "relu takes w1 = 1 to h1 = 1."


def test_a_sentence_knows_its_quantities_its_numbers_and_its_formulas() -> None:
    trace = load(ROOT / "networks" / "tie_at_zero.yaml").trace()
    moved = next(rule for rule in rules_of(trace, 8) if not rule.stays)
    parts = kind_of(moved, "update").tell(Group([moved]))
    assert [type(part) for part in parts[:6]] == [Words, Named, Words, Figure, Words, Figure]
    times = next(rule for rule in rules_of(trace, 7) if rule.quantity == "dL/dw11")
    parts = kind_of(times, "reverse").tell(Group([times]))
    assert [part.name for part in parts if isinstance(part, Valued)] == ["dL/dz1", "x1", "dL/dw11"]
    gate = next(rule for rule in rules_of(GATES, 3) if rule.is_gate)
    assert kind_of(gate, "reverse").tell(Group([gate]))[0] == Formula(gate.tree, numbers=True)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_no_name_stands_among_the_words(path: str) -> None:
    """Words are the same whatever the quantities are called: with the names taken out, few sentences remain."""
    trace = load(path).trace().shortened(4)
    for step in trace.steps:
        places = trace.of(step).register.places
        for rule, _ in step_rules(trace.of(step), step):
            parts = kind_of(rule, step.phase).tell(Group([rule]))
            words = {word.strip(".,;:") for part in parts if isinstance(part, Words) for word in part.text.split(" ")}
            assert words.isdisjoint(places.keys() - {"a"})


def test_every_phase_has_a_kind_for_whatever_comes() -> None:
    last = {kind.phase: kind for kind in KINDS if kind.phase != ANYWHERE}
    rule = rules_of(GATES, 1)[0]
    assert all(kind.holds(rule) for kind in last.values())
    assert set(last) == {"forward", "reverse", "batch", "update"}
