"""The data of a page: the steps and the names of their rows, as JSON that ends where it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bptrace import SpecError, load, loads
from bptrace.page.data import as_json, page_data
from bptrace.views import PAGE
from tests.conftest import NETWORKS, SYMBOLIC, traced


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_row_is_named_in_its_step(path: Path) -> None:
    trace = traced(path)
    data = json.loads(as_json(page_data(trace)))
    assert [(step["phase"], step.get("sample")) for step in data["steps"]] == [
        (step.phase, step.sample) for step in trace.steps
    ]
    names = [name for name, *_ in data["engine"]["rows"]]
    assert names == list(trace.called())
    assert [step["count"] for step in data["steps"]] == list(map(len, trace.steps))
    assert (data["loss"], data["names"]) == (trace.program.loss, [])


def test_rows_without_rules_have_their_names() -> None:
    trace = load(SYMBOLIC[0]).derived()
    assert page_data(trace)["names"] == list(trace.called())


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028", "\udcff", "</SCRIPT "])
def test_no_text_ends_it(text: str) -> None:
    written = as_json({"title": text})
    assert written.isascii()
    assert "<" not in written
    assert json.loads(written) == {"title": text}


def test_a_very_long_register_is_refused() -> None:
    trace = loads(f"weights: {{w: {[1] * PAGE.most}}}\nloss: w@w").trace()
    with pytest.raises(SpecError, match=":2:7: error: a register of 2,001 rows; a page holds at most 2,000\n"):
        trace.to_html()
