"""Marked registers as CSV: a line a row."""

from __future__ import annotations

import csv
import io

import pytest

from bptrace.marking.record import FileRecord, file_record
from bptrace.views.marking_csv import write_csv_markings
from tests.conftest import RELU
from tests.marking.registers import report
from tests.marking.test_report import SLIPPED
from tests.views.test_marking import charged


def lines(records: list[FileRecord], marks: bool = False) -> list[list[str]]:
    out = io.StringIO()
    write_csv_markings(records, out, marks)
    return list(csv.reader(io.StringIO(out.getvalue())))


def test_each_row_is_a_line() -> None:
    head, _, slip, follows, _ = lines([file_record(report(RELU, SLIPPED))])
    assert head == ["file", "quantity", "line", "given", "value", "verdict", "slips", "after", "digits"]
    assert slip == ["anna.csv", "dL/dz1", "2", "2", "-2", "slip", "sign of this row lost", "", ""]
    assert follows == ["anna.csv", "dL/dw11", "3", "2", "-2", "follows", "", "dL/dz1", ""]


@pytest.mark.parametrize(
    ("name", "cell"),
    [("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"), ("@SUM(1)", "'@SUM(1)"), ("-A1", "'-A1"), ("-4", "-4"), ("dw", "dw")],
)
def test_nothing_that_is_handed_in_is_a_formula(name: str, cell: str) -> None:
    (record,) = [file_record(report(RELU, SLIPPED))]
    row = record.rows[0]._replace(quantity=name)
    assert lines([record._replace(rows=(row,))])[1][1] == cell


def test_marks_are_a_column_more() -> None:
    assert [line[-1] for line in lines([file_record(report(RELU, SLIPPED))], marks=True)] == [
        "marks",
        "1",
        "0",
        "1",
        "1",
    ]


def test_many_files_have_one_head_and_several_slips_one_cell() -> None:
    several = charged("b.csv", "slip")
    several = several._replace(rows=(several.rows[0]._replace(slips=("one", "two")),))
    _, one, two = lines([charged("a.csv", "right"), FileRecord("c.csv", "n", problem="no"), several])
    assert (one[0], two[0], two[6]) == ("a.csv", "b.csv", "one; two")
