"""Tables in LaTeX: how they break, and where values stand."""

from __future__ import annotations

import io
import re

import pytest

from bptrace import loads
from bptrace.typeset.tex import atom
from bptrace.views.latex import write_latex
from bptrace.views.latex_table import TOGETHER, LatexTable, TableRow, divided


def table(count: int, cell: str = "a", decimals: int | None = 0, line: float = 400.0) -> LatexTable:
    rows = (TableRow([atom(cell), atom(str(number))], decimals) for number in range(count))
    return LatexTable(["name", "value"], rows, count, line=line)


def written(made: LatexTable) -> str:
    out = io.StringIO()
    made.write(out)
    return out.getvalue()


def test_a_short_table_is_whole() -> None:
    assert "\\begin{tabular}" in written(table(10))
    assert not table(10).needed


def test_a_long_table_keeps_rows_together_where_it_begins_and_ends() -> None:
    text = written(table(120))
    ends = [line[-1] == "*" for line in text.splitlines() if line.startswith("$a$")]
    kept = [True] * (TOGETHER - 1)
    assert ends == [*kept, *[False] * (120 - 2 * TOGETHER + 1), *kept, False]
    assert text.startswith("\\begin{longtable}")
    assert table(120).needed > 100


def test_a_table_that_is_too_wide_stands_below_one_another() -> None:
    assert (
        written(table(1, "a" * 100, line=300.0)) == f"\n\\emph{{name}} ${'a' * 100}$\\par\n\\emph{{value}} $0$\\par\n"
    )


def test_points_stand_below_one_another() -> None:
    rows = [("1", 0), ("-0.25", 2), ("0.5", 1), ("1/3", None)]
    made = LatexTable(["value"], (TableRow([atom(text)], decimals) for text, decimals in rows), 4)
    assert re.findall(r"^\$(.*)\$", written(made), re.MULTILINE) == [
        *(r"1\phantom{.00}", "-0.25", r"0.5\phantom{0}", "1/3")
    ]


@pytest.mark.parametrize(
    ("heights", "parts"),
    [
        ([], []),
        ([1], [1]),
        ([9], [1]),
        ([2, 2, 2], [3]),
        ([2, 2, 2, 2, 2], [3, 2]),
        ([6, 6, 6], [1, 1, 1]),
        ([1, 9, 1], [1, 1, 1]),
    ],
)
def test_rows_are_divided_evenly(heights: list[float], parts: list[int]) -> None:
    assert [len(part) for part in divided(heights, heights, 8)] == parts


def test_steps_forward_of_a_row_each_share_a_table() -> None:
    out = io.StringIO()
    write_latex(
        loads('weights: {a: 1}\nforward: {b: a^2, c: b + 1, d: "concat(c, c)", e: "d[1]"}\nloss: e').trace(), out
    )
    headings = re.findall(r"\\subsection\*\{(\d.*?):", out.getvalue())
    assert headings[:3] == ["1--2. Forward", "3. Forward", "4--5. Forward"]
    assert re.findall(r"^\$(\d)\$ & ", out.getvalue(), re.MULTILINE) == list("1245")
