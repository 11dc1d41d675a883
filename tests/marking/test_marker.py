"""Marking whole files: what bptrace itself exports is right in every network, and odd numbers are no fault."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from bptrace import Trace, loads
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.working import Working
from bptrace.views.csv import write_csv
from bptrace.views.marking import write_marking
from tests.conftest import NETWORKS, RELU, ROOT, traced

ODD = ("-inf", "1e9999", "1e-9999", "0", "-0.0", "1/0", "(-1)^0.5", "9" * 300, "[1,2]", "nan", "", "--1", "1/3", "x")


NEAR_ZERO = """
weights: {z: [0, -10101]}
forward: {p: softmax(z), q: 1 - p}
loss: sum(q*p/2)
"""


def exported(trace: Trace) -> list[tuple[str, str, str]]:
    """Name, rule and value of each row, as the register has them."""
    out = io.StringIO()
    write_csv(trace, out)
    rows = csv.DictReader(io.StringIO(out.getvalue()))
    return [(_name(row), row["rule"], row["value"]) for row in rows]


def _name(row: dict[str, str]) -> str:
    return f"{row['quantity']}({row['sample']})" if row.get("sample") else row["quantity"]


def source(rows: list[tuple[str, str, str]]) -> Source:
    out = io.StringIO()
    csv.writer(out).writerows([("quantity", "rule", "value"), *rows])
    return Source("answers.csv", out.getvalue())


@pytest.mark.parametrize("path", NETWORKS)
def test_what_is_exported_is_right(path: Path) -> None:
    found = Marker(Working(traced(path)), path.name).report(source(exported(traced(path))))
    assert found.marked.is_good
    assert len(found.rows) == sum(1 for _ in traced(path).rows())


def test_what_is_nearer_to_a_number_than_can_be_written_down_is_right() -> None:
    trace = loads("weights: {w: 10000000000}\nforward: {h: erf(w)}\nloss: h^2").trace()
    assert Marker(Working(trace), "").report(source(exported(trace))).verdicts == {"right": 4}


def test_what_is_nearer_to_zero_than_is_shown_is_right() -> None:
    """What is smaller than 1e-1000 is written as `≈0`, and in rules by its bound where that is all that is known."""
    trace = loads(NEAR_ZERO).trace()
    rows = exported(trace)
    assert ("≈0" in {value for _, _, value in rows}, any("(0±1e-" in rule for _, rule, _ in rows)) == (True, True)
    found = Marker(Working(trace), "").report(source(rows))
    assert found.verdicts == {"right": len(rows)}
    assert not [row for row in found.rows if row.answer and row.answer.rule_problem]


@pytest.mark.parametrize("name", ["causal_attention", "adam", "xor_batch"])
def test_odd_numbers_are_no_fault(name: str) -> None:
    path = ROOT / "networks" / f"{name}.yaml"
    rows = exported(traced(path))[:60]
    odd = [
        (name, rule, ODD[place // 7 % len(ODD)] if place % 7 == 3 else value)
        for place, (name, rule, value) in enumerate(rows)
    ]
    found = Marker(Working(traced(path)), name).report(source(odd))
    assert not found.marked.is_good
    write_marking(found, io.StringIO())


def test_a_number_in_the_place_of_a_mask_is_wrong() -> None:
    working = Working(traced(ROOT / "networks" / "causal_attention.yaml"))
    answers = Source("answers.txt", "S12 = 1.234\nP12 = 0.5\nS11 = -inf\ndL/dS12 = -1.2")
    found = Marker(working, "").report(answers)
    assert found.verdicts["right"] == 0
    write_marking(found, io.StringIO())


def test_rows_are_missing_only_where_they_are_asked_for() -> None:
    working = Working(traced(RELU, inputs=True))
    answers = Source("answers.txt", "z1 = 2")
    assert Marker(working, RELU).report(answers).verdicts == {"right": 1}
    assert Marker(working, RELU, asked=("z1", "L")).report(answers).verdicts == {"right": 1, "missing": 1}
