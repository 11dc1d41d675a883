"""Rules beside a value as trees over the register's names."""

from __future__ import annotations

import pytest

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.rule_paths import form
from bptrace.marking.sheet_rows import WrittenCell
from bptrace.marking.spelling import Spellings
from bptrace.marking.written_rules import WrittenRules
from bptrace.ops.evaluate import evaluate
from tests.marking.by_hand import ONE, answers, working

LINES = working(ONE)
RULES = WrittenRules(Spellings(LINES))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2*1", "-2"),
        ("dL/dyhat*h2", "7/2"),
        ("2*(yhat - y)", "1"),
        ("-2 * -1", "2"),
        ("3^2 - 1/4", "35/4"),
        ("2*3 + 4*5", "26"),
        ("max(0, z1)", "0"),
    ],
)
def test_a_rule_has_its_value(text: str, value: str) -> None:
    assert str(evaluate(RULES.rule(Source("-", text), WrittenCell(text, 0)))) == value


def test_rules_that_differ_in_numbers_alone_have_one_form() -> None:
    trees = [RULES.rule(Source("-", text), WrittenCell(text, 0)) for text in ("2*z1 + 3", "4*z1 + 5")]
    assert form(trees[0]) != form(trees[1])
    assert [str(evaluate(tree)) for tree in trees] == ["1", "1"]


def test_a_rule_that_cannot_be_read_has_its_place_and_blocks_no_value() -> None:
    text = "z1 + * 2"
    with pytest.raises(SpecError) as caught:
        RULES.rule(Source("-", text), WrittenCell(text, 0))
    assert isinstance(caught.value.mark, Mark)
    assert caught.value.mark.column == 6
    [answer] = answers("z1 = w11 + * 2 = -1", LINES)
    assert answer.number is not None
    assert answer.rule is None
    assert answer.rule_problem is not None
