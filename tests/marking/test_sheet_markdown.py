"""Tables of Markdown and of terminals as answers."""

from __future__ import annotations

import pytest

from bptrace.errors import Source
from bptrace.marking.sheet_markdown import has_table, is_bar, markdown_rows


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("| quantity | value |\n| --- | --- |\n| dL/dw11 | -2 |\n", [("dL/dw11", "-2")]),
        ("| `z1` | **3** |\n", [("z1", "3")]),
        ("│ quantity │ value │\n├────┼─────┤\n│ z1 │ 3 │\n│ z2 │ 4 │\n", [("z1", "3"), ("z2", "4")]),
        ("| z1 | 3 |\n\n$h_1 = 3$\n", [("z1", "3"), ("h_1", "3")]),
        ("| kind | x |\n|---|---|\n| input | 2 |\n", []),
    ],
)
def test_rows(text: str, wanted: list[tuple[str, str]]) -> None:
    rows = [(row.quantity.text, row.value.text) for row in markdown_rows(Source("-", text)) if row.value]
    assert [(quantity.strip("$"), value.strip("$")) for quantity, value in rows] == wanted


def test_a_table_is_known_by_its_bars() -> None:
    assert has_table(["My working", "| a | b |", "| --- | --- |", "| z1 | 3 |"])
    assert not has_table(["z1 = 3", "z2 = |-4|"])
    assert [is_bar(line) for line in ("| --- | --- |", "├────┼───┤", "| z1 | 3 |")] == [True, True, False]
