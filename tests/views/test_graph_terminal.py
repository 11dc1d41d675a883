"""A graph on a terminal: drawn, or listed where it does not fit."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bptrace import Trace, loads
from bptrace.typeset.cells import width
from bptrace.views.graph_terminal import TOO_LARGE, write_graph_terminal
from tests.conftest import NETWORKS, RELU, ROOT, Golden, traced

BATCH, LSTM = ROOT / "networks" / "xor_batch.yaml", ROOT / "networks" / "lstm.yaml"


@pytest.fixture(autouse=True)
def _no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are whole, whoever runs the tests."""
    monkeypatch.delenv("COLUMNS", raising=False)


def shown(trace: Trace, encoding: str = "utf-8", nodes: str = "auto", **content: bool) -> str:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding, newline="\n", write_through=True)
    write_graph_terminal(trace.graph(nodes, **content), out)  # type: ignore[arg-type]  # switches alone
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("nodes", ["unit", "quantity"])
def test_units_from_left_to_right_and_quantities_from_the_top_down(nodes: str, golden: Golden) -> None:
    golden(f"relu_2_2_1.graph.{nodes}.txt", shown(traced(RELU), nodes=nodes, values=True, gradients=True))


def test_with_a_path_of_a_sample(golden: Golden) -> None:
    assert traced(BATCH).graph(why="dL/dw12(2)").to_text().splitlines()[1].startswith("sample 2, units: 2 inputs → ")
    golden("xor_batch.graph.why.txt", traced(BATCH).graph(why="dL/dw12(2)").to_text())


def test_with_the_characters_that_every_output_has() -> None:
    drawn = shown(traced(RELU), "ascii", gradients=True)
    assert drawn.isascii()
    assert "- v_2 -" in drawn
    assert "?" not in drawn


def test_what_is_too_large_is_listed(golden: Golden) -> None:
    text = shown(traced(LSTM))
    assert text.endswith(f"\n{TOO_LARGE}\n")
    golden("lstm.graph.txt", text)


def test_a_cut_layer_is_listed_with_what_is_left_out() -> None:
    rows = [[1] * 90] * 2
    trace = loads(f"input: {{x: {[1] * 90}}}\nweights: {{w: {rows}}}\nforward: {{y: w@x}}\nloss: y@y").trace()
    assert "⋮ 82 more" in shown(trace)


def test_a_list_tells_what_the_paths_consist_of(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "36")
    trace = traced(ROOT / "networks" / "two_outputs.yaml")
    golden("two_outputs.graph.why.txt", trace.graph("unit", why="dL/dw12").to_text())


@pytest.mark.parametrize("columns", ["60", "80"])
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_nothing_is_wider_than_the_window(path: Path, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert max(map(width, traced(path).graph(values=True).to_text().splitlines())) <= int(columns)
