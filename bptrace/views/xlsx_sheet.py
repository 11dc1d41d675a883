"""One sheet of a spreadsheet: what is written becomes text, number or formula as it is meant, and has its look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_CHARACTERS = 32_767
"""A cell holds no more."""
A4 = 9
TITLE_HEIGHT = 30
"""In points."""
ROOM = 2
"""How many characters wider a column is than what stands in it."""
FLAGS = {"changed": "changed", "no": "no", "no value": "no"}
"""Verdicts that are to be seen, and how they look."""
NOT_MEANT = ("number_stored_as_text", "formula_differs", "formula_range")
"""What Excel would mark in a corner of a cell, though it is as it should be."""
DEFAULT = {"font_size": 12, "valign": "top"}
LOOKS: dict[str, dict[str, Any]] = {
    "code": {"font_name": "Consolas"},
    "words": {"text_wrap": True, "indent": 1},
    "number": {"indent": 1, "align": "right"},
    "verdict": {"align": "center"},
    "input": {"indent": 1, "align": "right", "bold": True, "border": 2, "bg_color": "#FFF2B3"},
    "title": {"bold": True, "font_size": 20},
    "note": {"italic": True},
    "count": {"bold": True, "align": "right", "indent": 1},
    "part": {"font_color": "#606060"},
    "header code": {},
    "header words": {"indent": 1},
    "header number": {"align": "right", "indent": 1},
    "header verdict": {"align": "center"},
}
"""Frames and weight tell cells apart as colours do, for who prints in black and white."""
HEADER = {"bold": True, "bottom": 2, "bg_color": "#E4E9F0"}


class WorkbookColumn(NamedTuple):
    """A column by its title, how wide it is at least and at most, in characters, and how its cells look."""

    title: str
    least: int
    most: int
    look: str = "code"


class SheetLooks:
    """The formats of a workbook, by name; those of a row that begins a step have a line above."""

    def __init__(self, workbook: Workbook) -> None:
        self._made: dict[tuple[str, bool], Format] = {
            (name, begins): workbook.add_format(_format(name, look, begins))
            for name, look in LOOKS.items()
            for begins in (False, True)
        }
        self.flags = {
            "changed": workbook.add_format({"bold": True, "italic": True, "bg_color": "#FFE0A3"}),
            "no": workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#9C0006"}),
        }

    def of(self, name: str, begins: bool) -> Format:
        """The format of a cell."""
        return self._made[name, begins]


def _format(name: str, look: dict[str, Any], begins: bool) -> dict[str, Any]:
    header = HEADER if name.startswith("header") else {}
    return {**DEFAULT, **header, **look, **({"top": 1} if begins else {})}


class TableSheet:
    """A sheet with a header that stays in sight and is printed on every page."""

    def __init__(self, sheet: Worksheet, looks: SheetLooks, columns: Sequence[WorkbookColumn], header: int) -> None:
        self.sheet = sheet
        self.looks = looks
        self.columns = columns
        self.header = header
        self.widths = [len(column.title) for column in columns]
        self.begun = self.last = header
        for place, column in enumerate(columns):
            sheet.write_string(header, place, column.title, looks.of(f"header {column.look}", False))

    def begin(self, row: int) -> None:
        """Begin a step in a row."""
        self.begun = row

    def text(self, row: int, column: int, text: str) -> None:
        """Write a text, which never becomes a formula, a number or a link."""
        self.sheet.write_string(row, column, text[:MOST_CHARACTERS], self._look(row, column))
        self.widths[column] = max(self.widths[column], len(text))
        self.last = row

    def aside(self, row: int, column: int, text: str, look: str) -> None:
        """Write a text beside the table, over which it may reach."""
        self.sheet.write_string(row, column, text[:MOST_CHARACTERS], self.looks.of(look, False))
        if look == "title":
            self.sheet.set_row(row, TITLE_HEIGHT)

    def number(self, row: int, column: int, number: float, look: str = "") -> None:
        """Write a number."""
        self.sheet.write_number(row, column, number, self._look(row, column, look))

    def formula(self, row: int, column: int, formula: str, value: float | str, look: str = "") -> None:
        """Write a formula, and the value that it has."""
        self.sheet.write_formula(row, column, f"={formula}", self._look(row, column, look), value)

    def _look(self, row: int, column: int, look: str = "") -> Format:
        return self.looks.of(look or self.columns[column].look, row == self.begun and row > self.header + 1)

    def finish(self) -> None:
        """Set what hangs on all that is written: widths, verdicts that are to be seen, and how it prints."""
        for place, (column, width) in enumerate(zip(self.columns, self.widths, strict=True)):
            self.sheet.set_column(place, place, min(max(width + ROOM, column.least), column.most))
            if column.look == "verdict":
                self._flag(place)
        self.sheet.ignore_errors(dict.fromkeys(NOT_MEANT, self._cells))
        self.sheet.freeze_panes(self.header + 1, 2)
        self.sheet.repeat_rows(self.header)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.print_area(0, 0, max(self.last, self.header), len(self.columns) - 1)
        self.sheet.set_footer("&L&A&R&P / &N")

    @property
    def _cells(self) -> str:
        """The range of all cells that a row may have."""
        return f"A1:XFD{max(self.last, self.header) + 1}"

    def _flag(self, column: int) -> None:
        """Make verdicts stand out."""
        for verdict, look in FLAGS.items():
            told = {"type": "cell", "criteria": "==", "value": f'"{verdict}"', "format": self.looks.flags[look]}
            self.sheet.conditional_format(self.header + 1, column, max(self.last, self.header + 1), column, told)
