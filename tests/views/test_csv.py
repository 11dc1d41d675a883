"""CSV: a line a row, read back by Python's own reader."""

from __future__ import annotations

import csv
import io

import pytest

from bptrace import Trace, loads
from bptrace.numbers.decimals import plain_decimal
from bptrace.views.csv import COLUMNS, write_csv
from tests.conftest import NETWORKS, traced


def written(trace: Trace) -> str:
    out = io.StringIO(newline="")
    write_csv(trace, out)
    return out.getvalue()


def test_the_first_line_names_the_columns() -> None:
    assert (
        written(loads("loss: 1").trace())
        == "step,phase,quantity,formula,rule,value,exact,decimal\n1,forward,L,1,1,1,yes,1\n"
    )


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_row_reads_back(path: str) -> None:
    trace = traced(path, inputs=True)
    header, *lines = csv.reader(io.StringIO(written(trace), newline=""), strict=True)
    rows = [
        [str(step.number), step.phase, *row.texts(), "yes" if row.exact else "no", plain_decimal(row.scalar)]
        for step in trace.steps
        for row in step
    ]
    assert tuple(header[: len(COLUMNS)]) == COLUMNS
    assert [line[: len(COLUMNS)] for line in lines] == rows


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("weights: {w: 2}\nforward: {h: relu(w)}\nloss: h", '1,forward,h,"max(0,w)","max(0,2)",2,yes,2'),
        ("weights: {w1: [2, 3]}\nloss: sum(w1)", "1,forward,L,w1[1] + w1[2],2 + 3,5,yes,5"),
        ("weights: {W: [[2, 3]], W11: 1}\nloss: W[1,1]", '1,forward,L,"W[1,1]","W[1,1]",2,yes,2'),
        ("weights: {é: 2}\nloss: é", "1,forward,L,é,é,2,yes,2"),
    ],
)
def test_only_what_needs_quotes_has_them(text: str, line: str) -> None:
    assert written(loads(text).trace()).split("\n")[1] == line


def test_lines_end_in_one_newline() -> None:
    text = written(loads("weights: {w: 2}\nloss: w").trace())
    assert text.endswith("1,yes,1\n")
    assert "\r" not in text


@pytest.mark.parametrize(
    ("loss", "digits", "value", "decimal"),
    [
        ("w/3", 10, "2/3", "0.66666666666666667"),
        ("w/8", 10, "1/4", "0.25"),
        ("w/10^30", 10, f"1/5{'0' * 29}", "2e-30"),
        ("exp(w)", 10, "≈7.389056099", "7.3890560989306502"),
        ("exp(w)", 4, "≈7.389", "7.389"),
        ("w/3", 4, "2/3", "0.6667"),
        ("exp(w)", 20, "≈7.3890560989306502272", "7.3890560989306502272"),
    ],
)
def test_each_value_is_a_decimal_too(loss: str, digits: int, value: str, decimal: str) -> None:
    lines = csv.DictReader(io.StringIO(written(loads(f"weights: {{w: 2}}\nloss: {loss}").trace(digits=digits))))
    assert next((line["value"], line["decimal"]) for line in lines) == (value, decimal)


def test_what_has_no_value_has_no_decimal() -> None:
    lines = csv.DictReader(io.StringIO(written(loads("weights: {w: w}\nloss: w^2").trace())))
    assert {(line["value"], line["decimal"]) for line in lines} == {("", "")}
