"""Registers that people wrote: two documents with slips in them, a published example, and five marked by hand before.

The verdicts on the five were written down from their numbers, before anything else had read them.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from bptrace import load
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.report import Report
from bptrace.marking.working import Working
from tests.conftest import ROOT

ANSWERS = Path(__file__).parent / "marking" / "answers"


@cache
def report(file: str, net: str, **values: int) -> Report:
    network = load(ROOT / "networks" / f"{net}.yaml").given(values)
    return Marker(Working(network.trace(inputs=True)), net).report(Source(file, (ANSWERS / file).read_text("utf-8")))


def mistakes(found: Report) -> dict[str, str]:
    """The rows with a mistake of their own, each with the slips that explain it."""
    rows = (row for row in found.rows if row.verdict in ("slip", "wrong"))
    return {row.name: ", ".join(naming.slip for naming in row.slips) for row in rows}


def following(found: Report) -> dict[str, tuple[str, ...]]:
    """The rows that follow from mistakes, each with what it hangs on."""
    return {row.name: row.after for row in found.rows if row.verdict == "follows"}


def test_the_published_sigmoid_example_is_right_throughout() -> None:
    found = report("published_sigmoid_2_2_2.csv", "sigmoid_2_2_2")
    assert len(found.rows) == 16
    assert set(found.verdicts) <= {"right", "rounded"}


def test_the_values_of_the_first_document_are_right() -> None:
    found = report("document_001.txt", "linear_2_2_2_1")
    assert found.verdicts == Counter(right=23)


def test_the_first_documents_rules_for_the_inputs_are_not() -> None:
    found = report("document_001.txt", "linear_2_2_2_1")
    assert [row.name for row, _ in found.remarks()] == ["dL/dx1", "dL/dx2"]
    one, other = (found.text(remark) for _, remark in found.remarks())
    assert one.startswith("The value is right, the rule beside it is not: ")
    assert "sign of this row lost" in one
    assert "one path's upstream used for all" in one
    assert other == "The value is right, the rule beside it is not: one path's upstream used for all."
    assert [naming.slip for naming in found.slips(found.rows[-1])] == ["one path's upstream used for all"]


def test_the_fourth_document_feeds_a_unit_with_what_is_not_activated() -> None:
    found = report("document_004.txt", "skip_connection", w1=2)
    ((row, remark),) = found.remarks()
    assert row.name == "z1"
    assert found.text(remark).startswith("The value is right, the rule beside it is not: ")


def test_the_fourth_document_takes_the_argument_for_relus_slope() -> None:
    found = report("document_004.txt", "skip_connection", w1=2)
    slips = mistakes(found)
    assert list(slips) == ["dL/dz1", "dL/dz0"]
    assert all("ReLU' = z" in named for named in slips.values())
    assert following(found) == {"dL/dh0": ("dL/dz1",), "dL/dw0": ("dL/dz0",), "dL/dw1": ("dL/dz1",)}


def test_the_fourth_document_calls_a_later_gradient_by_an_earlier_name() -> None:
    found = report("document_004_first_line.txt", "skip_connection", w1=2)
    assert mistakes(found) == {"dL/dz0": "the wrong layer's upstream"}


# Marked by hand


def test_one_path_of_two() -> None:
    found = report("by_hand_linear.txt", "linear_2_2_2_1")
    assert found.verdicts == Counter(right=9, follows=4, slip=1)
    assert mistakes(found) == {"dL/dy1": "one path of a sum"}
    after = ("dL/dy1",)
    assert following(found) == {"dL/dw111": after, "dL/dw121": after, "dL/dx1": after, "dL/dx2": after}


def test_output_slopes_forgotten_with_four_digits() -> None:
    found = report("by_hand_sigmoid.csv", "sigmoid_2_2_2")
    assert found.verdicts == Counter(right=10, rounded=1, slip=2, follows=9)
    assert [row.name for row in found.rows if row.verdict == "rounded"] == ["E_total"]
    one, two = "dE_total/dnet_o1", "dE_total/dnet_o2"
    assert mistakes(found) == dict.fromkeys((one, two), "output slope forgotten")
    assert following(found) == {
        **dict.fromkeys(("dE_total/dv11", "dE_total/dv12"), (one,)),
        **dict.fromkeys(("dE_total/dv21", "dE_total/dv22", "v21_new"), (two,)),
        **dict.fromkeys(("dE_total/dh1", "dE_total/dh2", "dE_total/dnet1", "dE_total/dw11"), (one, two)),
    }


def test_steps_up_but_for_one() -> None:
    found = report("by_hand_lifecycle.md", "relu_lifecycle")
    assert found.verdicts == Counter(right=6, slip=3)
    assert mistakes(found) == dict.fromkeys(("W2[1,1]_new", "W2[1,2]_new", "W1[1,1]_new"), "step up instead of down")


def test_the_weights_as_they_stand_and_rows_that_are_none() -> None:
    found = report("by_hand_two_outputs.csv", "two_outputs")
    assert found.verdicts == Counter(right=7, slip=2, follows=3, unknown=1, unreadable=1)
    assert mistakes(found) == dict.fromkeys(("dL/dh1", "dL/dh2"), "W for Wᵀ")
    assert following(found) == dict.fromkeys(("dL/dz2", "dL/dw21", "dL/dw22"), ("dL/dh2",))


def test_the_rate_twice_in_new_weights_alone() -> None:
    found = report("by_hand_momentum.yaml", "momentum")
    assert found.verdicts == Counter(right=3, slip=3)
    assert list(mistakes(found)) == ["w1_new", "w2_new", "b_new"]
    assert all("rate twice" in named for named in mistakes(found).values())
