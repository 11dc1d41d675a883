"""Marked registers as JSON, an object a file."""

from __future__ import annotations

import io
import json

from bptrace.marking.record import FileRecord, file_record
from bptrace.views.marking_json import write_json_markings
from tests.conftest import RELU
from tests.marking.registers import Given, report
from tests.marking.test_report import SIGN, SLIPPED
from tests.views.test_marking import charged


def test_an_object_has_all_that_is_said_of_a_file() -> None:
    out = io.StringIO()
    rows = {"dL/dz1": SLIPPED["dL/dz1"], "dL/dw11": SLIPPED["dL/dw11"], "L": Given("", "missing")}
    write_json_markings([file_record(report(RELU, rows))], out)
    assert json.loads(out.getvalue()) == {
        "file": "anna.csv",
        "network": RELU,
        "marks": {"got": 1, "of": 3},
        "rows": [
            {"quantity": "dL/dz1", "line": 1, "given": "2", "value": "-2", "verdict": "slip", "slips": [SIGN],
             "after": [], "digits": None},
            {"quantity": "dL/dw11", "line": 2, "given": "2", "value": "-2", "verdict": "follows", "slips": [],
             "after": ["dL/dz1"], "digits": None},
            {"quantity": "L", "line": None, "given": "", "value": "1", "verdict": "missing", "slips": [], "after": [],
             "digits": None},
        ],
    }  # fmt: skip


def test_each_file_is_a_line_and_marks_are_numbers() -> None:
    out = io.StringIO()
    half = charged("a.csv", "right")._replace(got="0.5", of="12.25")
    write_json_markings([half, FileRecord("b.csv", "n", problem="no"), charged("ü.csv", "slip")], out)
    one, other = out.getvalue().splitlines()
    assert '"marks": {"got": 0.5, "of": 12.25}' in one
    assert json.loads(other)["file"] == "ü.csv"
