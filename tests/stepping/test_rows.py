"""A working as it is shown: which rows, what they were before a what-if, and in which numbers."""

from __future__ import annotations

from bptrace import load
from bptrace.spec.overrides import assigned
from bptrace.stepping.rows import Showing
from tests.conftest import RELU


def test_rows_are_shown_beside_what_they_were() -> None:
    network = load(RELU)
    showing = Showing(assigned(network, ["w11=1/2"]).trace(), network.trace())
    line = showing.lines(0, 1)[0]
    assert (line.quantity, line.rule, line.value, line.was) == ("z1", "(1/2)*1 + 1*2 + 0", "5/2", "2")
    assert not showing.lines(1, 2)[0].was
    assert showing.changed() == 13


def test_nothing_has_changed_where_nothing_was_supposed() -> None:
    showing = Showing(load(RELU).trace())
    assert showing.changed() == 0
    assert not any(line.was for line in showing.lines(0, 99))


def test_the_other_numbers_are_shown_of_both() -> None:
    network = assigned(load(RELU), ["w11=1/2"])
    showing = Showing(network.trace(), assigned(network, ["w11=1/4"]).trace()).in_other_numbers()
    line = showing.lines(0, 1)[0]
    assert (line.rule, line.value, line.was) == ("0.5*1 + 1*2 + 0", "2.5", "2.25")
    assert showing.in_other_numbers().lines(0, 1)[0].value == "5/2"


def test_sentences_are_of_a_unit() -> None:
    sentences = Showing(load(RELU).trace()).sentences
    assert sentences("row", 3) == ["relu takes z2 = -1 to h2: max(0,-1) = 0."]
    assert [len(sentences("step", 3, brief)) for brief in (False, True)] == [2, 1]
    assert [len(sentences("phase", 3, brief)) for brief in (False, True)] == [4, 2]


def test_all_sentences_may_be_brief() -> None:
    showing = Showing(load(RELU).trace(), brief=True)
    assert len(showing.sentences("step", 12)) == 2
    assert len(showing.in_other_numbers().sentences("step", 12)) == 2
