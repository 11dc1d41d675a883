"""Groups: rules that are told of together, and those that are like them."""

from __future__ import annotations

from bptrace import Trace, loads
from bptrace.engine.sentence_parts import plain
from bptrace.explain.groups import Group, likewise
from bptrace.explain.sentences import step_rules

TRACE = loads("weights: {w: [1, -2, 3, 0]}\nforward: {h: relu(w)}\nloss: sum(h)").trace()


def group(trace: Trace, number: int, count: int, more: bool = False) -> Group:
    return Group([rule for rule, _ in step_rules(trace, trace.steps[number - 1])][:count], more)


def test_a_group_is_one_or_few_unless_there_may_be_more() -> None:
    assert [group(TRACE, 1, count).is_one for count in (1, 2)] == [True, False]
    assert [group(TRACE, 1, count).is_few for count in (3, 4)] == [True, False]
    assert not group(TRACE, 1, 1, more=True).is_one
    assert not group(TRACE, 1, 1, more=True).is_few
    assert [part.first.quantity for part in group(TRACE, 1, 3).alone()] == ["h1", "h2", "h3"]


def test_its_lists_are_cut() -> None:
    assert plain(group(TRACE, 1, 3).results) == "h1 = 1, h2 = 0 and h3 = 3"
    assert plain(group(TRACE, 1, 4, more=True).names) == "h1, h2, h3 and more"
    assert plain(Group(group(TRACE, 3, 8).rules[4:]).targets) == "h1, h2, h3 and h4"


def test_what_is_like_the_others_is_what_it_gives() -> None:
    assert plain(likewise(group(TRACE, 1, 2))) == "Likewise h1 = 1 and h2 = 0."


def test_nor_do_others_exist() -> None:
    trace = loads("weights: {w: [0, 0]}\nloss: sum(sqrt(w))").trace(partial=True)
    missing = [rule for rule, _ in step_rules(trace, trace.steps[-1]) if rule.row.missing]
    assert plain(likewise(Group(missing))) == "Nor do these exist: dL/dw1 and dL/dw2."
