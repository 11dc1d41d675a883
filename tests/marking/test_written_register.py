"""What names stand for in somebody's register: what is written, what follows from it, what a slip makes of it."""

from __future__ import annotations

import pytest

from bptrace.marking.readings import EITHER, EXACT, NEAREST, SHARP, WIDE, WIDEST, WRITTEN, Reading
from bptrace.marking.written_register import WrittenRegister
from bptrace.numbers.enclosures import precision
from bptrace.numbers.exact import rational
from bptrace.numbers.intervals import Interval, NoIntervalError, point
from bptrace.ops.expr import Number
from bptrace.ops.reach import PROVEN, REFUTED
from tests.marking.by_hand import ONE, SOFT, answers, working


def register(net: str, rows: str) -> WrittenRegister:
    lines = working(net)
    return WrittenRegister(lines, {answer.name: answer.number for answer in answers(rows, lines) if answer.number}, 2)


def test_what_is_written_stands_for_itself_or_what_it_was_rounded_from() -> None:
    found = register(SOFT, "h1 = 0.65; h2 = 0.31")
    assert found.numbers(WRITTEN)("h1") == (point(rational("0.65")),)
    assert found.numbers(Reading(EITHER, EITHER, own=True))("h1") == (
        Interval(rational("0.64495"), rational("0.65" + 30 * "9")),
    )


def test_a_number_that_its_rule_gives_exactly_is_exact() -> None:
    found = register(ONE, "z1 = -1; z2 = 3.5; dL/dyhat = 1; dL/dv2 = 3.6")
    assert found.sharp == {"z1", "z2", "dL/dyhat"}
    assert found.numbers(WIDEST)("z2") == (point(rational("7/2")),)


def test_rows_that_are_not_written_follow_from_those_that_are() -> None:
    found = register(ONE, "z2 = 4; yhat = -4")
    assert found.numbers(EXACT)("h2") == (point(rational("4")),)
    assert found.numbers(EXACT)("dL/dyhat") == (point(rational("0")),)
    assert found.numbers(EXACT)("h1") == (point(rational("0")),)


def test_a_gate_that_may_be_open_or_closed_is_both() -> None:
    found = register(ONE, "z2 = 0.0; dL/dh2 = -1.4")
    assert found.numbers(Reading(EITHER, EITHER, own=True))("ReLU'(z2)") == (point(rational("0")), point(rational("1")))


@pytest.mark.parametrize(
    ("rows", "name", "wanted"),
    [
        ("h1 = 0.6457; h2 = 0.3100; u1 = 0.2824", "u1", PROVEN),
        ("h1 = 0.6457; h2 = 0.3100; u1 = 0.2834", "u1", REFUTED),
        ("h1 = 0.7; h2 = 0.3; u1 = 0.32", "u1", PROVEN),
        ("u1 = 0.28; yhat1 = 0.27", "yhat1", PROVEN),
        ("u1 = 0.28; yhat1 = 0.31", "yhat1", REFUTED),
    ],
)
def test_the_widest_reading_decides_what_is_refuted(rows: str, name: str, wanted: str) -> None:
    found = register(SOFT, rows)
    with precision(128):
        assert found.gives(found.rule(name), name, WIDEST) == wanted


def test_no_reading_is_sharper_than_one_before_it() -> None:
    """What is refuted by a reading that takes in more is refuted by the one that has less."""
    found = register(
        SOFT, "z1 = 0.60; h1 = 0.65; h2 = 0.31; u1 = 0.29; yhat1 = 0.28; dL/dyhat1 = -0.72; dL/du1 = -0.67"
    )
    nested = [reading for reading in (*SHARP, *WIDE) if reading.spread in (NEAREST, EITHER)]
    with precision(128):
        for name in found.written:
            verdicts = [found.gives(found.rule(name), name, reading) for reading in nested]
            assert verdicts == sorted(verdicts, key=[REFUTED, "open", PROVEN].index)


def test_other_rules_for_unwritten_rows_change_what_hangs_on_them_alone() -> None:
    found = register(ONE, "dL/dyhat = 1")
    before = found.numbers(EXACT)("dL/dw21")
    supposed = found.supposing({"dL/dz2": Number(rational("5"))})
    assert supposed.numbers(EXACT)("dL/dw21") == (point(rational("5")),)
    assert supposed.numbers(EXACT)("dL/dv2") == found.numbers(EXACT)("dL/dv2")
    assert found.numbers(EXACT)("dL/dw21") == before == (point(rational("-1")),)
    found.charge({"dL/dz2": Number(rational("5"))})
    assert found.numbers(EXACT)("dL/dw22") == (point(rational("10")),)


def test_a_rule_that_reads_what_is_worked_out_from_it_gives_nothing() -> None:
    found = register(ONE, "L = 0.25")
    circle = found.supposing({"dL/dh1": found.working.leaf("dL/dw11")})
    with pytest.raises(NoIntervalError):
        circle.numbers(EXACT)("dL/dw11")
    assert circle.reached(circle.rule("dL/dw11"), WRITTEN) is None


def test_what_is_written_further_down_is_found_through_rows_that_are_not() -> None:
    assert set(register(ONE, "dL/dyhat = 1; z2 = 3.5").written_below("dL/dw21")) == {"dL/dyhat", "z2"}
