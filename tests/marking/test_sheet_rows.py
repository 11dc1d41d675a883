"""One row in its parts, each with its place."""

from __future__ import annotations

import pytest

from bptrace.errors import Source
from bptrace.marking.sheet_rows import section_of
from bptrace.marking.sheets import sheet_rows


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("dL/dw11 = dL/dz1*x1 = -2*1 = -2", [("dL/dw11", 0), ("dL/dz1*x1", 10), ("-2*1", 22), ("-2", 29)]),
        ("  h1 ≈ 0.741", [("h1", 2), ("≈ 0.741", 5)]),
        ("δ2: 0.5", [("δ2", 0), ("0.5", 4)]),
        ("* z1 = 3 ✓", [("z1", 2), ("3", 7)]),
        ("L &= 1/4", [("L", 0), ("1/4", 5)]),
        (r"z_1 &= -1 \\*[1ex]", [("z_1", 0), ("-1", 7)]),
        (r"\delta_2 = 2 \cdot 3 = 6", [(r"\delta_2", 0), (r"2 \cdot 3", 11), ("6", 23)]),
    ],
)
def test_each_part_has_its_place(text: str, parts: list[tuple[str, int]]) -> None:
    [row] = sheet_rows(Source("-", text))
    found = [row.quantity, *row.rules, *([row.value] if row.value else [])]
    assert [
        (text[cell.offset :][: len(part)], cell.offset) for cell, (part, _) in zip(found, parts, strict=True)
    ] == parts


@pytest.mark.parametrize(
    ("heading", "section"), [("gradients", "grad"), ("Gradients:", "grad"), ("new weights", "new"), ("my notes", "")]
)
def test_a_heading_says_what_stands_below(heading: str, section: str) -> None:
    assert section_of(heading) == section
