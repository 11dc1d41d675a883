"""One sheet of a spreadsheet: what is a text stays one, and what stands out where, read back from the file."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from bptrace.views.xlsx_sheet import MOST_CHARACTERS, SheetLooks, TableSheet, WorkbookColumn

COLUMNS = (
    WorkbookColumn("name", 4, 12),
    WorkbookColumn("value", 14, 14, "number"),
    WorkbookColumn("seen", 6, 6, "verdict"),
)


@pytest.fixture(scope="module")
def made() -> bytes:
    """A sheet with a title, a header in the third row and five rows."""
    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as workbook:
        sheet = TableSheet(workbook.add_worksheet("Rows"), SheetLooks(workbook), COLUMNS, 2)
        sheet.aside(0, 0, "=1+1", "title")
        for row, text in enumerate(["=1+1", "https://example.org", "12", "a" * 40_000, "@SUM(A1)"], 3):
            sheet.text(row, 0, text)
            sheet.number(row, 1, row / 2)
            sheet.formula(row, 2, f"B{row + 1}*2", "yes")
            if row == 5:
                sheet.begin(6)
        sheet.finish()
    return out.getvalue()


@pytest.fixture(scope="module")
def read(made: bytes) -> Any:
    """The same, read back."""
    return load_workbook(BytesIO(made))["Rows"]


def test_whatever_a_text_says_it_is_a_text(read: Any) -> None:
    cells = [read["A1"], *(read.cell(row, 1) for row in range(4, 9))]
    assert [cell.data_type for cell in cells] == ["s"] * 6
    assert [cell.value for cell in cells][:4] == ["=1+1", "=1+1", "https://example.org", "12"]
    assert len(cells[4].value) == MOST_CHARACTERS
    assert not any(cell.hyperlink for cell in cells)


def test_numbers_and_formulas_are_what_they_are(read: Any) -> None:
    assert [read["B4"].value, read["C4"].value] == [1.5, "=B4*2"]


def test_the_header_stays_in_sight_and_on_every_page(read: Any) -> None:
    assert [read.cell(3, column).value for column in (1, 2, 3)] == ["name", "value", "seen"]
    assert (read.freeze_panes, read.print_title_rows, read.print_area) == ("C4", "$3:$3", "'Rows'!$A$1:$C$8")
    assert (read.page_setup.orientation, read.page_setup.fitToHeight, read.page_setup.paperSize) == ("landscape", 0, 9)


def test_a_column_is_as_wide_as_what_stands_in_it_within_bounds(read: Any) -> None:
    assert [round(read.column_dimensions[letter].width) for letter in "ABC"] == [13, 15, 7]


def test_a_step_begins_with_a_line(read: Any) -> None:
    assert [read.cell(row, 1).border.top.style for row in range(4, 9)] == [None, None, None, "thin", None]


def test_excel_is_told_that_texts_of_numbers_and_formulas_side_by_side_are_meant(made: bytes) -> None:
    with ZipFile(BytesIO(made)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    for warning in ("numberStoredAsText", "formula", "formulaRange"):
        assert f'<ignoredError sqref="A1:XFD8" {warning}="1"/>' in sheet


def test_verdicts_that_are_to_be_seen_stand_out(read: Any) -> None:
    told = [(str(area.sqref), rule.formula) for area in read.conditional_formatting for rule in area.rules]
    assert told == [("C4:C8", [f'"{verdict}"']) for verdict in ("changed", "no", "no value")]
