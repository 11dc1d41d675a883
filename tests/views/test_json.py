"""JSON: the whole trace as it is read by Python's own reader, a row a line."""

from __future__ import annotations

import io
import json
import math
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from bptrace import Trace, load, loads
from bptrace.numbers.public import Enclosure
from bptrace.views.json import pieces, write_json
from tests.conftest import NETWORKS, RELU, Golden, traced


def written(trace: Trace) -> str:
    out = io.StringIO(newline="")
    write_json(trace, out)
    return out.getvalue()


def test_the_whole_text_of_a_small_network(golden: Golden) -> None:
    golden("relu_2_2_1.json", written(load(RELU).trace()))


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_row_reads_back(path: Path) -> None:
    trace = traced(path, inputs=True)
    text = written(trace)
    assert text == trace.to_json()
    steps: list[dict[str, Any]] = json.loads(text)["steps"]
    assert [(step["number"], step["phase"], step["title"], step.get("sample")) for step in steps] == [
        (step.number, step.phase, step.title, step.sample) for step in trace.steps
    ]
    rows = list(chain.from_iterable(step["rows"] for step in steps))
    assert [tuple(row[name] for name in ("quantity", "formula", "rule", "value")) for row in rows] == [
        row.texts() for row in trace.rows()
    ]
    assert [value(row) for row in rows] == [row.value for row in trace.rows()]
    assert [row.get("notes", []) for row in rows] == [row.notes for row in trace.rows()]


def value(row: dict[str, Any]) -> Fraction | Enclosure | float:
    if row["value"] == "-inf":
        return -math.inf
    if row["exact"]:
        return Fraction(int(row["numerator"]), int(row["denominator"]))
    return Enclosure(Fraction(row["lower"]), Fraction(row["upper"]))


def test_a_row_is_a_line() -> None:
    trace = load(RELU).trace()
    lines = [line for line in written(trace).splitlines() if line.startswith(' {"quantity"')]
    assert len(lines) == trace.count
    assert all(json.loads(line.rstrip(",")) for line in lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("loss: 1", '"formula": "1", "rule": "1", "value": "1", "exact": true, "numerator": "1", "denominator": "1"'),
        (
            "weights: {é: -1/3}\nloss: é",
            '"formula": "é", "rule": "é", "value": "-1/3", "exact": true, "numerator": "-1", "denominator": "3"',
        ),
    ],
)
def test_a_row_has_texts_and_exact_numbers(text: str, line: str) -> None:
    assert f'\n {{"quantity": "L", {line}}}\n' in written(loads(text).trace())


def test_long_numbers_are_written_whole() -> None:
    trace = loads(f"weights: {{w: {'7' * 9_000}}}\nloss: w^2").trace()
    row = json.loads(written(trace))["steps"][0]["rows"][0]
    assert len(row["numerator"]) == 17_999 + 1
    assert Trace.from_json(written(trace)) == trace


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "utf-16"])
def test_no_character_is_lost_where_an_encoding_lacks_it(encoding: str) -> None:
    trace = loads("title: 😀é≈\nweights: {é: 1/2}\nloss: exp(é)").trace()
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", newline="")
    write_json(trace, out)
    out.seek(0)
    assert Trace.from_json(out.read()) == trace


def test_rows_are_written_one_at_a_time() -> None:
    trace = loads(f"weights: {{w: {list(range(100))}}}\nloss: sum(w^2)").trace()
    whole, longest = written(trace), max(map(len, pieces(trace)))
    assert longest < len(whole) / 5
    made = pieces(trace)
    assert "".join(next(made) for _ in range(4)) in whole


def test_a_kink_is_noted() -> None:
    trace = loads("weights: {w: 0}\nloss: relu(w)").trace()
    rows = chain.from_iterable(step["rows"] for step in json.loads(written(trace))["steps"])
    assert [row["notes"] for row in rows if "notes" in row] == [row.notes for row in trace.rows() if row.notes]
