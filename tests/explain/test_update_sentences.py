"""Sentences about the rules of a batch and of an update."""

from __future__ import annotations

from bptrace import load, loads
from bptrace.engine.sentence_parts import plain
from bptrace.explain.groups import Group
from bptrace.explain.sentences import step_rules
from bptrace.explain.update_sentences import no_step_sentence, reduction_sentence, update_sentence, updates_one_by_one
from tests.conftest import ROOT

TRACE = loads("weights: {w: [1, 2, 3, 4, 0]}\nloss: sum(w^2)\nupdate: {lr: 1/10}").trace()
RULES = [rule for rule, _ in step_rules(TRACE, TRACE.steps[-1])]


def test_moves_are_told_together_and_few_one_by_one() -> None:
    assert plain(update_sentence(Group(RULES[:2]))) == (
        "The update moves w1 from 1 to 4/5 and w2 from 2 to 8/5: 1 - (1/10)*2 = 4/5, and so on."
    )
    assert list(map(plain, updates_one_by_one(Group(RULES[:2])))) == [
        "w1 moves from 1 to 4/5: 1 - (1/10)*2 = 4/5.",
        "w2 moves from 2 to 8/5: 2 - (1/10)*4 = 8/5.",
    ]


def test_of_many_moves_the_first_has_its_working() -> None:
    (told,) = updates_one_by_one(Group(RULES))
    assert plain(told).endswith("w3 from 3 to 12/5 and 2 more: 1 - (1/10)*2 = 4/5, and so on.")


def test_what_the_update_leaves_as_it_is() -> None:
    assert plain(no_step_sentence(Group(RULES[4:]))) == "w5 stays 0: 0 - (1/10)*0 = 0."


def test_a_reduction_is_over_so_many_samples() -> None:
    trace = load(ROOT / "networks" / "xor_batch.yaml").trace()
    (rule,) = [rule for rule, _ in step_rules(trace, trace.steps[28])]
    assert plain(reduction_sentence(Group([rule]))).startswith("The mean over 4 samples is L: ")
