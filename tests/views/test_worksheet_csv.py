"""Worksheets as CSV: what `check` says of one that is blank, of its key, and of every network's."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bptrace import loads
from bptrace.errors import Source
from bptrace.marking.marker import Marker
from bptrace.marking.verdicts import GOOD
from bptrace.marking.working import Working
from bptrace.marking.worksheets import BLANKS, RULES, SOME, VALUES, Worksheet
from bptrace.views.worksheet_csv import write_csv_worksheets
from tests.conftest import NETWORKS, traced


def text(sheet: Worksheet, key: bool = False) -> str:
    out = io.StringIO()
    write_csv_worksheets([sheet], out, sheet=not key, key=key)
    return out.getvalue()


def test_a_register_to_fill_in_and_its_key() -> None:
    sheet = Worksheet(loads("weights: {w: [1, 2]}\nloss: sum(w^2)").trace())
    assert text(sheet) == "quantity,rule,value\nL,,\ndL/dw1,,\ndL/dw2,,\n"
    assert text(sheet._replace(blank=VALUES)) == "quantity,rule,value\nL,w1^2 + w2^2,\ndL/dw1,2*w1,\ndL/dw2,2*w2,\n"
    assert text(sheet, key=True) == "quantity,rule,value\nL,1^2 + 2^2,5\ndL/dw1,2*1,2\ndL/dw2,2*2,4\n"


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_what_check_says(path: Path) -> None:
    """All of a key is right, what is blank is no answer, and what stands there is right."""
    trace = traced(path).with_digits(4)
    marker = Marker(Working(trace), path.stem)

    def marked(sheet: Worksheet, key: bool = False) -> list[str]:
        return [row.verdict for row in marker.report(Source("a.csv", text(sheet, key))).marked.rows]

    sheet = Worksheet(trace)
    assert len(marked(sheet, key=True)) == trace.count
    for found in (marked(sheet, key=True), *(marked(sheet._replace(blank=blank)) for blank in BLANKS)):
        assert set(found) <= set(GOOD)
    assert not marked(sheet)
    assert len(marked(sheet._replace(blank=RULES))) == trace.count
    assert len(marked(sheet._replace(blank=SOME))) < trace.count
