"""Answer files as rows: the format is found out, each part has its place, and one bad row spoils no other."""

from __future__ import annotations

import pytest

from bptrace.errors import Source, SpecError
from bptrace.marking.sheet_rows import SheetRow
from bptrace.marking.sheets import LENGTH_LIMIT, ROW_LIMIT, sheet_rows
from tests.conftest import ROOT


def rows(text: str, name: str = "-") -> list[SheetRow]:
    return list(sheet_rows(Source(name, text)))


def told(row: SheetRow) -> str:
    value = (row.value and row.value.text) or "nothing"
    return " | ".join([row.quantity.text, *(rule.text for rule in row.rules), value])


READ = [
    ("dL/dw11 = -2", "dL/dw11 | -2"),
    ("dL/dw11 = dL/dz1*x1 = -2*1 = -2", "dL/dw11 | dL/dz1*x1 | -2*1 | -2"),
    ("δ2: 0.5", "δ2 | 0.5"),
    ("δ2: 2*1/4 = 0.5", "δ2 | 2*1/4 | 0.5"),
    ("h1 ≈ 0.741", "h1 | ≈ 0.741"),
    ("h1 = 1/(1+exp(-1)) ≈ 0.731", "h1 | 1/(1+exp(-1)) | ≈ 0.731"),
    ("ReLU'(z1) = z1=2>0 = 1", "ReLU'(z1) | z1=2>0 | 1"),
    ("dL/dw11 -2", "dL/dw11 | -2"),
    ("- dL/dw11 = -2", "dL/dw11 | -2"),
    ("3. dL/dw11 = -2  # since x1 = 1", "dL/dw11 | -2"),
    ("$dL/dw11 = -2$", "dL/dw11 | -2"),
    ("dL/dw11\n  = -2*1\n  = -2", "dL/dw11 | -2*1 | -2"),
    ("\ufeffdL/dw11 = -2\r\n", "dL/dw11 | -2"),
    ("quantity,value\ndL/dw11,-2", "dL/dw11 | -2"),
    ("Quantity,Rule,Value\ndL/dw11,-2*1,-2", "dL/dw11 | -2*1 | -2"),
    ("value,note,quantity\n-2,no,dL/dw11", "dL/dw11 | -2"),
    ("dL/dw11,-2", "dL/dw11 | -2"),
    ("dL/dw11,-2*1,-2", "dL/dw11 | -2*1 | -2"),
    ("dL/dw11,-2*1 = -2", "dL/dw11 | -2*1 | -2"),
    ('"dL/dw[1,1]","max(0,2)",-2', "dL/dw[1,1] | max(0,2) | -2"),
    ("dL/dw[1,1],max(0,2),-2", "dL/dw[1,1] | max(0,2) | -2"),
    ("dL/dw;[[1, 2], [3, 4]]", "dL/dw | [[1, 2], [3, 4]]"),
    ("dL/dw11\t-2\t", "dL/dw11 | -2 | nothing"),
    ("| dL/dw11 | -2 |", "dL/dw11 | -2"),
    ("| quantity | value |\n| --- | --- |\n| dL/dw11 | -2 |", "dL/dw11 | -2"),
    ("quantity | rule | value\n--- | :-: | ---:\n`dL/dw11` | `-2*1` | **-2**", "dL/dw11 | -2*1 | -2"),
    ("# Mine\n\nSome words.\n\n| What | Worth |\n|---|---|\n| dL/dw11 | -2 |\n\nMore.", "dL/dw11 | -2"),
    (
        "| name | kind | value |\n|---|---|---|\n| a | input | 1 |\n\n| quantity | value |\n|---|---|\n| b | 2 |",
        "b | 2",
    ),
    ("| | value |\n|---|---|\n| $z_1$ | $0 \\cdot 1 = 2$ |", "z_1 | 0 *     1 | 2"),
    ("sep=;\nz1;2", "z1 | 2"),
    ("Nr;Name;Rechnung;Ergebnis\n1;z1;0*1+2;2,0", "z1 | 0*1+2 | 2,0"),
    ("Schritt;Symbol;Weg;Zahl\n1;z1;0*1+2;2,0", "z1 | 0*1+2 | 2,0"),
    ("z1;2,0;richtig", "z1 | 2,0"),
    ("| 1 | z1 | 2 |\n", "z1 | 2"),
    ("✓ dL/dw11 -4 ✓", "dL/dw11 | -4"),
    ("dL/dw11 = -2*2 = -4 ✗", "dL/dw11 | -2*2 | -4"),
    ("dL/dw11;-4 ✔️", "dL/dw11 | -4"),
    ("Größe;Wert\nz1;2", "z1 | 2"),
    ("│ quantity │ value │\n├───┼───┤\n│ z1 │ 2 │\n╰───┴───╯", "z1 | 2"),
    ("\\begin{align}\n  z_1 &= 2 \\cdot 3 = 6 \\\\\n\\end{align}", "z_1 | 2 *     3 | 6"),
    ("dL/dw = [[1, 2],\n   [3, 4]]", "dL/dw | [[1, 2],    [3, 4]]"),
    ("=> z1 = 2;", "z1 | 2"),
    ("(a) z1 = 2", "z1 | 2"),
    ("b) z1 = 2.", "z1 | 2."),
    ("ReLU'(z1) = 1 since z1=2>0", "ReLU'(z1) | z1=2>0 | 1"),
    ("z1 <- 2", "z1 | 2"),
    ("- quantity: dL/dw11\n  rule: -2*1\n  value: -2", "dL/dw11 | -2*1 | -2"),
    ("gradients:\n  dL/dw11: -2*1 = -2", "dL/dw11 | -2*1 | -2"),
    ("dL/dw11:\n  value: -2\n  rule: -2*1", "dL/dw11 | -2*1 | -2"),
    ("- dL/dw11: -2\n", "dL/dw11 | -2"),
    ('{"dL/dw11": -2}', "dL/dw11 | -2"),
    ("dL/db:\n  - 1\n  - 1/2\n", "dL/db | [1, 1/2]"),
    ("rows:\n- dL/dw11 = -2*1 = -2", "dL/dw11 | -2*1 | -2"),
    ("ReLU'(z1) = 1 if z1 > 0", "ReLU'(z1) | z1 > 0 | 1"),
    ("ReLU'(z1): 0, since z1 <= 0", "ReLU'(z1) | z1 <= 0 | 0"),
]


@pytest.mark.parametrize(("text", "wanted"), READ)
def test_a_row_in_its_parts(text: str, wanted: str) -> None:
    (row,) = rows(text)
    assert told(row) == wanted
    for cell in (row.quantity, *row.rules, *filter(None, [row.value])):
        assert text.startswith(cell.text[:1], cell.offset) or cell.text == "[1, 1/2]"


@pytest.mark.parametrize(
    ("text", "commas"),
    [("z1;0,5", True), ("z1\t0,5", True), ('z1,"0,5"', True), ("z1,0.5", False), ("z1 = 0,5", False)],
)
def test_where_a_comma_may_be_a_decimal_one(text: str, commas: bool) -> None:
    assert [row.commas for row in rows(text)] == [commas]


NAMED = [
    ("mine.yaml", "dL/dw11: -2 # since\n", "dL/dw11 | -2"),
    ("mine.yaml", "dL/db: [1, 2]", "dL/db | [1, 2]"),
    ("mine.yaml", "a: 1\n", "a | 1"),
    ("mine.json", '{"dL/dw11": {"value": "-2"}}', "dL/dw11 | -2"),
    ("mine.csv", "dL/dw11 = -2", "dL/dw11 | -2"),
    ("mine.CSV", "dL/dw11;-2", "dL/dw11 | -2"),
    ("mine.tsv", "dL/dw11\t-2", "dL/dw11 | -2"),
    ("mine.md", "## Mine\n\n- dL/dw11 = -2", "dL/dw11 | -2"),
    ("mine.txt", "dL/dw11 = -2", "dL/dw11 | -2"),
    ("mine.csv", "quantity;value\n\ndL/dw11;-0,5\n", "dL/dw11 | -0,5"),
]


@pytest.mark.parametrize(("name", "text", "wanted"), NAMED)
def test_a_file_is_read_as_its_ending_says(name: str, text: str, wanted: str) -> None:
    assert [told(row) for row in rows(text, name)] == [wanted]


def test_of_a_yaml_text_that_is_none_each_line_is_read_by_itself() -> None:
    found = rows("z1: 1\nz2: [1\nh1: 'a' b\n", "mine.yaml")
    assert [told(row) for row in found] == ["z1 | 1", "z2 | [1", "h1 | 'a' b"]


def test_a_yaml_file_that_is_none_is_refused_at_its_place() -> None:
    with pytest.raises(SpecError) as caught:
        rows("- a: 1\n- b: [1", "mine.yaml")
    assert (caught.value.line, caught.value.column) == (2, 6)


def test_a_heading_says_of_which_sample_a_table_is() -> None:
    text = "## 1. Forward, sample 2 of 4\n\n| quantity | value |\n|---|---|\n| z1 | 1 |\n\n## Batch\n\n| L | 2 |\n"
    assert [row.sample for row in rows(text)] == ["2", ""]


SEVERAL = [
    ("z1 = 1\nz2 = [1, 2\nh1 = 2", ["z1 | 1", "z2 | [1, 2", "h1 | 2"]),
    ("z1 = 2, z2 = -1", ["z1 | 2", "z2 | -1"]),
    ("z1 = 2; z2 = 1*1 = -1;", ["z1 | 2", "z2 | 1*1 | -1"]),
    ("dw = [1, 2], h1 = max(0, 2) = 2", ["dw | [1, 2]", "h1 | max(0, 2) | 2"]),
    ("z1 = 2\n=> z2 = -1", ["z1 | 2", "z2 | -1"]),
    ("z1 = max(0, 2) = 2", ["z1 | max(0, 2) | 2"]),
    ("# Mine\n\n$z_1 = 0 + 2 = 2$\n\n| quantity | value |\n|---|---|\n| z2 | -1 |", ["z_1 | 0 + 2 | 2", "z2 | -1"]),
]


@pytest.mark.parametrize(("text", "wanted"), SEVERAL)
def test_rows_that_stand_in_a_line_or_between_tables(text: str, wanted: list[str]) -> None:
    assert [told(row) for row in rows(text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "z1 = 2 z2 = -1",
        "z1 = 2   z2 = -1",
        "z1 = 2 x1 = 4",
        "z1 = 1,5, z2 = 2",
        "z1 = -2 since x1 = 1",
        "z1 = 1*2, z2 = 1 = 1, 3",
    ],
)
def test_what_may_be_two_rows_is_read_as_neither(text: str) -> None:
    (row,) = rows(text)
    assert row.problem
    assert (row.problem.column, row.problem.message) == (6, "two rows in one line, or a product?")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("gradients:\n  w: [1, 2]\nweights:\n  w: [0, 0]", "a.yaml"),
        ("Gradients:\nw = [1, 2]\nweights:\nw = [0, 0]", "-"),
    ],
)
def test_a_section_says_what_its_names_are(text: str, name: str) -> None:
    assert [row.section for row in rows(text, name)] == ["grad", ""]


def test_a_title_above_a_table_is_no_row_of_it() -> None:
    for name in ("mine.csv", "-"):
        title, *found = rows("My numbers\nquantity;value\nz1;0,5\nz2;-1,5", name)
        assert title.problem
        assert [told(row) for row in found] == ["z1 | 0,5", "z2 | -1,5"]


BAD_ROWS = [
    ("z1 = 1\nhello\nz2 = 2", 2, 1, "no row: a quantity, '=' and its value"),
    ('z1,1\nz2,"2\nh1,2', 2, 4, "a quote that does not close"),
    ("z1,1\nz2,-0,5\nh1,2", 2, 4, "a decimal comma"),
    ("z1,1,1\nz2,-0,5\nh1,2,2", 2, 4, "a decimal comma"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), BAD_ROWS)
def test_a_bad_row_is_told_at_its_place_and_spoils_no_other(text: str, line: int, column: int, message: str) -> None:
    found = rows(text)
    assert [row.problem is not None for row in found] == [False, True, False]
    problem = found[1].problem
    assert problem
    assert (problem.line, problem.column, found[1].line) == (line, column, line)
    assert message in problem.message


BAD_FILES = [
    ("", 1, 1, "the file is empty"),
    (" \n\t\n", 1, 1, "the file is empty"),
    ("# only a heading\n", 1, 1, "no row"),
    ("z1 = 1\nz2\0 = 2", 2, 3, "not text"),
    ("| quantity | value |\n|---|---|\n", 1, 1, "no row"),
    ("z1 = 1\n" * 75_000, 71_429, 5, "a register of 525,000 characters; at most 500,000 are read"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_a_file_without_rows_is_refused(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        rows(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert message in caught.value.message


def test_the_guide_says_how_much_is_read() -> None:
    page = (ROOT / "bptrace/guide/check.md").read_text(encoding="utf-8")
    assert f"At most {LENGTH_LIMIT:,} characters and {ROW_LIMIT:,} rows are read" in page
