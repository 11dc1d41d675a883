"""A spreadsheet: a sheet a phase, a row a row, each rule a live formula; the givens on a sheet of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from bptrace.engine.optimizers import SETTINGS
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import plain
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError, printable
from bptrace.marking.working import Working, general_rules
from bptrace.numbers.enclosures import Scalar
from bptrace.views import SPREADSHEET
from bptrace.views.markdown import SECTION_NAMES
from bptrace.views.xlsx_formula import FormulaWriter, SheetCell, column_name, double
from bptrace.views.xlsx_sheet import SheetLooks, TableSheet, WorkbookColumn

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

GIVENS = "Givens"
STEP, QUANTITY, FORMULA, VALUE, EXACT, AGREES, ABOUT = range(7)
COLUMNS = (
    WorkbookColumn("step", 6, 6, "number"),
    WorkbookColumn("quantity", 10, 24),
    WorkbookColumn("formula", 12, 70),
    WorkbookColumn("value", 14, 14, "number"),
    WorkbookColumn("exact", 10, 36),
    WorkbookColumn("agrees", 11, 11, "verdict"),
    WorkbookColumn("about", 20, 70, "words"),
)
KIND, GIVEN, NOW, FILED, GIVEN_EXACT, CHANGED = range(6)
GIVEN_COLUMNS = (
    WorkbookColumn("kind", 16, 40, "words"),
    WorkbookColumn("given", 10, 24),
    WorkbookColumn("value", 14, 14, "number"),
    WorkbookColumn("in the file", 14, 14, "number"),
    WorkbookColumn("exact", 10, 36),
    WorkbookColumn("changed", 11, 11, "verdict"),
)
COUNT = "givens_changed"
"""What the cell is called that counts the givens that somebody has changed."""
COUNT_ROW, AGREED_ROW, HEADER_ROW = 7, 8, 10
NEAR, NEARLY_ZERO = "1E-9", "1E-12"
TOLD = (
    "Change a number in a framed cell: every sheet is worked out again.",
    "Cells hold doubles, of about 16 digits. Under exact is the register's",
    "own value, as a text: it stays as it is.",
    f"Under agrees: yes, to {NEAR} of that value; nearly, to {NEARLY_ZERO} from it;",
    "changed, as a given was; no; or no value, where the cell has none.",
)
NO_DATE = datetime(2000, 1, 1)


def write_xlsx(trace: Trace, out: BinaryIO) -> None:
    """Write the register as a workbook.

    Raises BptraceError: XlsxWriter is not installed, there are no values, or no spreadsheet holds what there is.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise BptraceError("error: xlsx is written by XlsxWriter: pip install 'bptrace[xlsx]'") from None
    _check(trace)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    made = BytesIO()  # what cannot be sought in would get other bytes
    with Workbook(made, options) as workbook:
        _Book(trace, workbook).write()
    out.write(made.getvalue())


def _check(trace: Trace) -> None:
    if trace.symbolic:
        raise BptraceError("error: a spreadsheet works with numbers, and not all givens have one\n   csv has formulas")
    SPREADSHEET.check(trace.count, trace.program.loss_mark)


def _sheet_class() -> type[Worksheet]:
    """A worksheet that takes formulas as they are: no function in them is one that files have by another name."""
    from xlsxwriter.worksheet import Worksheet

    class Sheet(Worksheet):  # type: ignore[misc]  # it has no types
        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
            return formula.removeprefix("=")  # to look for each of those functions took an eighth of all the time

    return Sheet


class _Book:
    """The workbook of a trace in the making."""

    def __init__(self, trace: Trace, workbook: Workbook) -> None:
        self.trace = trace
        self.workbook = workbook
        self.working = Working(trace)
        self.rules = {line.name: rule for line, rule in general_rules(self.working)}
        self.cells = dict(_cells(self.working))
        self.writer = FormulaWriter(self.cells, len(COLUMNS), trace.bits)
        looks = SheetLooks(workbook)
        names = dict.fromkeys(cell.sheet for cell in self.cells.values())
        headers = {GIVENS: (GIVEN_COLUMNS, HEADER_ROW)}
        self.sheets: Mapping[str, TableSheet] = {
            name: TableSheet(workbook.add_worksheet(name, _sheet_class()), looks, *headers.get(name, (COLUMNS, 0)))
            for name in names
        }

    def write(self) -> None:
        """Write every sheet."""
        title = printable(self.trace.title) or "Backpropagation, step by step"
        self.workbook.set_properties({"title": title, "created": NO_DATE})
        self.workbook.define_name(COUNT, f"={GIVENS}!${column_name(NOW)}${COUNT_ROW + 1}")
        self._write_givens(title)
        for step in self.trace.steps:
            for place, row in enumerate(step):
                self._write_row(step, row, is_first=place == 0)
        for sheet in self.sheets.values():
            sheet.finish()

    def _write_givens(self, title: str) -> None:
        """Write what the sheets are, and the givens."""
        sheet = self.sheets[GIVENS]
        sheet.aside(0, KIND, title, "title")
        for place, text in enumerate(TOLD, 1):
            sheet.aside(place, KIND, text, "note")
        first, last = HEADER_ROW + 2, HEADER_ROW + 1 + max(len(self.working.givens), 1)
        sheet.aside(COUNT_ROW, KIND, "givens changed", "note")
        column = column_name(CHANGED)
        sheet.formula(COUNT_ROW, NOW, f'COUNTIF({column}{first}:{column}{last},"changed")', 0, "count")
        sheet.aside(AGREED_ROW, KIND, f"rows that agree, of {self.trace.count:,}", "note")
        sheet.formula(AGREED_ROW, NOW, self._agreed(), self.trace.count, "count")
        for name, value in self.working.givens.items():
            self._write_given(sheet, name, value)
        for place, note in enumerate(self.trace.notes, last + 1):
            sheet.aside(place, KIND, plain(note.placed), "note")

    def _agreed(self) -> str:
        """The formula that counts the rows that agree."""
        verdicts = [f"{name}!{column_name(AGREES)}:{column_name(AGREES)}" for name in self.sheets if name != GIVENS]
        return "+".join(f'COUNTIF({column},"yes")+COUNTIF({column},"nearly")' for column in verdicts)

    def _write_given(self, sheet: TableSheet, name: str, value: Scalar) -> None:
        row, number = self.cells[name].row, double(value, name)
        sheet.text(row, KIND, self._kind(name))
        sheet.text(row, GIVEN, name)
        sheet.number(row, NOW, number, "input")
        sheet.number(row, FILED, number)
        sheet.text(row, GIVEN_EXACT, self.trace.notation.shown(value).text)
        now, filed = (f"{column_name(column)}{row + 1}" for column in (NOW, FILED))
        sheet.formula(row, CHANGED, f'IF({now}={filed},"","changed")', "")

    def _kind(self, name: str) -> str:
        """What kind of given it is, in words."""
        section = self.working.kind(name)
        return SETTINGS[self.working.quantity(name).key].about if section == "update" else SECTION_NAMES[section]

    def _write_row(self, step: Step, row: Row, is_first: bool) -> None:
        """Write a row of the register; the first of a step says what the step does."""
        line = self.working.lines[step.called(row.quantity)]
        cell, number = self.cells[line.name], double(line.value, line.name)
        sheet, at = self.sheets[cell.sheet], cell.row
        if is_first:
            sheet.begin(at)
        formula = self.writer.formula(self.rules[line.name], cell)
        sheet.number(at, STEP, step.number)
        sheet.text(at, QUANTITY, line.name)
        sheet.text(at, FORMULA, self.trace.notation.formula(line.rule))
        sheet.formula(at, VALUE, formula.text, number)
        sheet.text(at, EXACT, row.value_text)
        sheet.formula(at, AGREES, _agreement(f"{column_name(VALUE)}{at + 1}", number), "yes")
        sheet.text(at, ABOUT, "; ".join([*([step.title] if is_first else []), *row.notes]))
        for place, part in enumerate(formula.parts, len(COLUMNS)):
            sheet.formula(at, place, part, "", "part")


def _cells(working: Working) -> Iterator[tuple[str, SheetCell]]:
    """Where each given and each row stands."""
    for place, name in enumerate(working.givens, HEADER_ROW + 1):
        yield name, SheetCell(GIVENS, place, NOW)
    filled: dict[str, int] = {}
    for name, line in working.lines.items():
        sheet = line.phase.capitalize()
        filled[sheet] = filled.get(sheet, 0) + 1
        yield name, SheetCell(sheet, filled[sheet], VALUE)


def _agreement(cell: str, number: float) -> str:
    """The formula that says whether a cell has the register's value."""
    text = repr(number).upper().removesuffix(".0")
    apart = f"ABS({cell}-({text}))"
    far = f'IF({apart}<={NEARLY_ZERO},"nearly",IF({COUNT}>0,"changed","no"))'
    return f'IFERROR(IF({apart}<={NEAR}*ABS({text}),"yes",{far}),"no value")'
