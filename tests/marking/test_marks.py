"""Marks: a mark a row or by a scheme, with what follows from a mistake counted."""

from __future__ import annotations

import pytest

from bptrace.marking.marks import Marks, Scheme, marks_by_row, total_marks
from bptrace.marking.verdicts import VERDICTS, Marked, MarkedRow
from bptrace.numbers.exact import Rational, rational


def marks(got: str, of: str) -> Marks:
    return Marks(rational(got), rational(of))


def marked(*rows: tuple[str, str]) -> Marked:
    return Marked("", tuple(MarkedRow(name, verdict) for name, verdict in rows))


@pytest.mark.parametrize("verdict", VERDICTS)
def test_right_working_earns_a_mark(verdict: str) -> None:
    earned = "1" if verdict in ("right", "rounded", "follows") else "0"
    assert marks_by_row(marked(("L", verdict))) == [marks(earned, "1") if verdict != "unknown" else None]


def test_a_mark_a_row() -> None:
    rows = marks_by_row(marked(("z", "right"), ("L", "slip"), ("dL/dz", "follows"), ("q", "unknown")))
    assert total_marks(rows) == marks("2", "3")


def test_a_scheme_says_what_each_quantity_is_worth() -> None:
    scheme = {"z": Rational(3), "dL/dz": Rational(1, 2), "dL/dw": Rational(2)}
    rows = marks_by_row(marked(("z", "right"), ("L", "wrong"), ("dL/dz", "slip")), scheme)
    assert rows == [marks("3", "3"), None, marks("0", "1/2")]
    assert total_marks(rows, scheme) == marks("3", "11/2")


@pytest.mark.parametrize("scheme", [{"z": Rational(1)}, None])
def test_of_a_quantity_that_is_written_twice_the_first_row_counts_that_can_be_read(scheme: Scheme | None) -> None:
    rows = marks_by_row(marked(("z", "unreadable"), ("z", "right"), ("z", "unreadable")), scheme)
    assert rows == [None, marks("1", "1"), None]
    assert total_marks(rows, scheme) == marks("1", "1")
    assert marks_by_row(marked(("z", "unreadable")), scheme) == [marks("0", "1")]
