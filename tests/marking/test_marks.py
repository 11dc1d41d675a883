"""Marks: a mark a row or by a scheme, with what follows from a mistake counted."""

from __future__ import annotations

import pytest

from bptrace.marking.marks import Marks, marks_by_row, total_marks
from bptrace.marking.verdicts import VERDICTS, Marked, MarkedRow
from bptrace.numbers.exact import Rational, rational


def marks(got: str, of: str) -> Marks:
    return Marks(rational(got), rational(of))


def marked(*rows: tuple[str, str]) -> Marked:
    return Marked("", tuple(MarkedRow(name, verdict) for name, verdict in rows))


@pytest.mark.parametrize("verdict", VERDICTS)
def test_right_working_earns_a_mark(verdict: str) -> None:
    earned = "1" if verdict in ("right", "rounded", "follows") else "0"
    assert marks_by_row(marked(("L", verdict))) == [marks(earned, "1")]


def test_a_mark_a_row() -> None:
    rows = marks_by_row(marked(("z", "right"), ("L", "slip"), ("dL/dz", "follows"), ("q", "unknown")))
    assert total_marks(rows) == marks("2", "4")


def test_a_scheme_says_what_each_quantity_is_worth() -> None:
    scheme = {"z": Rational(3), "dL/dz": Rational(1, 2), "dL/dw": Rational(2)}
    rows = marks_by_row(marked(("z", "right"), ("L", "wrong"), ("dL/dz", "slip")), scheme)
    assert rows == [marks("3", "3"), None, marks("0", "1/2")]
    assert total_marks(rows, scheme) == marks("3", "11/2")


def test_of_a_quantity_that_is_written_twice_the_last_row_counts() -> None:
    scheme = {"z": Rational(2)}
    rows = marks_by_row(marked(("z", "wrong"), ("z", "right")), scheme)
    assert rows == [None, marks("2", "2")]
    assert total_marks(rows, scheme) == marks("2", "2")
