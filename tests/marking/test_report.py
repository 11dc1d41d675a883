"""What a marked register is told by: verdicts in words, the first mistake, hints that give nothing away."""

from __future__ import annotations

from typing import Any

import pytest

from bptrace.engine.sentence_parts import plain
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.report import Report, counted_verdicts
from bptrace.marking.slips import BY_NAME
from bptrace.marking.verdicts import EVERYWHERE, MarkedRow, Naming
from bptrace.ops.expr import Leaf
from tests.conftest import RELU
from tests.marking.registers import Given, report, working

SIGN = "sign of this row lost"
NET = "weights: {w: 3}\nforward: {z: 2*w}\nloss: z^2\n"


def naming(row: str, slip: str = SIGN, net: str = RELU, sure: bool = True) -> Naming:
    return Naming(slip, EVERYWHERE, row, -working(net).lines[row].rule, sure)


def words(verdict: str, **others: Any) -> str:
    return plain(report(RELU, {}).words(MarkedRow("dL/dz1", verdict, **others)))


@pytest.mark.parametrize(
    ("verdict", "others", "told"),
    [
        ("right", {}, "right"),
        ("rounded", {}, "rounded"),
        ("rounded", {"digits": 4}, "rounded: 4 digits"),
        ("rounded", {"digits": 3, "besides": (naming("dL/dz1"),)}, f"rounded: 3 digits, or: {SIGN}"),
        ("follows", {"after": ("dL/dz1",)}, "follows dL/dz1"),
        ("follows", {"after": ("z1", "z2", "h1")}, "follows z1 and 2 more"),
        ("follows", {"after": ("z1",), "is_easy": True}, "follows z1, a wrong 0"),
        ("slip", {"slips": (naming("dL/dz1"),)}, f"slip: {SIGN}"),
        ("slip", {"slips": (naming("dL/dz1"), naming("dL/dz1", "b"))}, f"slip: {SIGN}, or b"),
        ("slip", {"slips": (naming("dL/dz1", sure=False),)}, f"slip, could be: {SIGN}"),
        ("wrong", {}, "wrong"),
        ("missing", {}, "missing"),
    ],
)
def test_a_verdict_in_words(verdict: str, others: dict[str, Any], told: str) -> None:
    assert words(verdict, **others) == told


def explained(found: Report) -> list[str]:
    told = found.explained()
    assert told
    rules = [" ".join(found.sides(rule)) for rule in (told.wrong, told.right) if rule]
    return [found.text(told.heading), *rules, *map(found.text, told.sentences)]


SLIPPED = {
    "dL/dh1": Given("-2", "right"),
    "dL/dz1": Given("2", "slip", {"slips": (naming("dL/dz1"),)}),
    "dL/dw11": Given("2", "follows", {"after": ("dL/dz1",)}),
    "dL/dw12": Given("4", "follows", {"after": ("dL/dz1",)}),
}


def test_a_slip_is_explained_by_both_rules() -> None:
    assert explained(report(RELU, SLIPPED)) == [
        f"dL/dz1: {SIGN}",
        "dL/dz1 = -dL/dh1*ReLU'(z1) = -(-2)*1 = 2",
        "dL/dz1 = dL/dh1*ReLU'(z1) = -2*1 = -2",
        BY_NAME[SIGN].sentence,
        "dL/dw11, dL/dw12 hang on it.",
    ]


def test_the_wrong_rule_has_the_persons_numbers() -> None:
    rows = {"z": Given("6.1", "rounded"), "L": Given("-37.2", "slip", {"slips": (naming("L", net=NET),)})}
    assert explained(report(NET, rows))[1:3] == ["L = -z^2 = -6.1^2 = -37.21", "L = z^2 = 6^2 = 36"]


def test_what_no_slip_explains_has_the_right_rule_with_their_numbers() -> None:
    rows = {"z": Given("5", "wrong"), "L": Given("24", "wrong")}
    assert explained(report(NET, {"L": rows["L"]})) == ["L: no slip explains it", "L = z^2 = 6^2 = 36"]
    told = explained(report(NET, {"z": Given("5", "follows"), "L": rows["L"]}))
    assert told[2:] == ["With the numbers that are written here the rule gives 25."]


def test_the_first_mistake_is_first_in_the_working_not_in_the_file() -> None:
    rows = {"L": Given("24", "wrong"), "z": Given("5", "wrong")}
    first = report(NET, rows).first
    assert first
    assert first.name == "z"
    assert report(NET, {"z": Given("6", "right")}).explained() is None


def test_a_slip_that_is_made_everywhere_is_shown_where_it_tells() -> None:
    net = "input: {x: 3}\nweights: {w: [1, 2], v: [1, 2]}\nforward: {h: w*x, yhat: v@h}\nloss: yhat^2\n"
    slip = Naming("weight on the path forgotten", EVERYWHERE, "dL/dh1", working(net).leaf("dL/dyhat"))
    told = explained(report(net, {"dL/dx": Given("90", "slip", {"slips": (slip,)})}))
    assert told[:3] == [
        "dL/dh2, which is not written: weight on the path forgotten",
        "dL/dh2 = dL/dyhat = 30",
        "dL/dh2 = dL/dyhat*v2 = 30*2 = 60",
    ]


def test_a_mistake_in_a_row_that_is_not_written_is_told_there() -> None:
    hidden = {"dL/dw11": Given("2", "slip", {"slips": (naming("dL/dz1"),)})}
    found = report(RELU, hidden)
    assert explained(found)[0] == f"dL/dz1, which is not written: {SIGN}"
    assert found.explained() != Report(found.marked, found.working, RELU, hints=True).explained()
    assert explained(Report(found.marked, found.working, RELU, hints=True)) == [
        "Look first at dL/dz1, which is not written: work its rule out again."
    ]


def test_two_slips_that_nothing_tells_apart_are_both_named() -> None:
    both = (naming("dL/dz1"), naming("dL/dz1", "another"))
    told = explained(report(RELU, {"dL/dz1": Given("2", "slip", {"slips": both})}))
    assert told[0] == f"dL/dz1: {SIGN}, or another"
    assert "On this network the numbers do not tell these apart." in told


def test_hints_have_no_answers() -> None:
    found = report(RELU, SLIPPED, hints=True)
    assert [found.text(found.words(row)) for row in found.rows] == [
        "right",
        "slip",
        "follows dL/dz1",
        "follows dL/dz1",
    ]
    assert {found.value(row) for row in found.rows} == {None}
    assert [found.slips(row) for row in found.rows] == [()] * 4
    assert explained(found) == ["Look first at dL/dz1, line 2: work its rule out again."]
    wrong = report(NET, {"L": Given("24", "wrong")}, hints=True)
    assert explained(wrong) == ["Look first at L, line 1: work its rule out again."]


def test_hints_tell_of_slips_that_are_perhaps_made() -> None:
    rows = {"dL/dz1": Given("-2", "rounded", {"besides": (naming("dL/dz1", "hidden slope forgotten"),)})}
    (told,) = explained(report(RELU, rows, hints=True))
    assert told.startswith("Right to its digits, perhaps by chance: dL/dz1, line 1: ")
    assert told.endswith(f"{BY_NAME['hidden slope forgotten'].where}.")
    assert "forgotten" not in told


def test_what_would_be_right_of_unknown_quantities_is_said_once() -> None:
    hints = [problem.hints for _, problem in marked_by_bptrace("quark = 1\nzebra = 2").problems()]
    assert [len(some) for some in hints] == [1, 0]


def test_a_number_that_is_not_read_is_not_used() -> None:
    rows = {"L": Given("24", "wrong"), "z": Given("5", "unreadable", {"problem": "z stands here again"})}
    assert explained(report(NET, rows))[2:] == []


def test_numbers_are_decimals_where_the_person_writes_any() -> None:
    third = "weights: {w: 1/4}\nloss: w^2\n"
    assert report(third, {"L": Given("1/16", "right")}).notation.number(working(third).value("L")) == "1/16"
    assert report(third, {"L": Given("0.06", "rounded")}).notation.number(working(third).value("L")) == "0.0625"


def test_a_rule_without_a_value_is_not_shown() -> None:
    net = "weights: {w: 3}\nforward: {z: w - 1}\nloss: 1/z\n"
    rows = {"z": Given("0", "wrong"), "L": Given("7", "slip", {"slips": (naming("L", net=net),)})}
    assert report(net, rows)._calculation("L", 1 / Leaf("z", working(NET).value("z") * 0)) is None


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({}, "no rows"),
        ({"right": 1}, "1 row: 1 right"),
        ({"wrong": 1, "right": 15, "rounded": 3, "follows": 2, "slip": 1},
         "22 rows: 15 right, 3 rounded, 2 follow, 1 slip, 1 wrong"),
        ({"follows": 1, "slip": 2, "missing": 1234}, "1,237 rows: 1 follows, 2 slips, 1,234 missing"),
    ],
)  # fmt: skip
def test_rows_are_counted_by_their_verdicts(verdicts: dict[str, int], told: str) -> None:
    assert counted_verdicts(verdicts) == told


def test_a_long_rule_is_cut() -> None:
    net = f"input: {{x: {list(range(1, 100))}}}\nweights: {{w: {list(range(1, 100))}}}\nloss: w@x\n"
    sides = explained(report(net, {"L": Given("1", "wrong")}))[1].split(" = ")
    assert sides[1].startswith("w[1]*x[1] + ")
    assert " … " in sides[1]
    assert max(map(len, sides)) <= 120


def marked_by_bptrace(answers: str) -> Report:
    return Marker(working(RELU), RELU).report(Source("answers.txt", answers))


def test_numbers_with_the_other_sign_are_told_of_once() -> None:
    found = marked_by_bptrace("dL/dz1 = 2\ndL/dw11 = -2\ndL/dw12 = -4")
    assert found.verdicts == {"right": 3}
    assert list(found.remarks()) == []
    assert [found.text(remark) for remark in found.marked.remarks] == [
        "Written with the other sign, which is made up for further on: dL/dz1."
    ]
