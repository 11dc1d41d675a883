"""CSV of marked registers: a line a row of every file, after a header."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import TextIO

from bptrace.errors import printable
from bptrace.marking.record import FileRecord, RowRecord

BETWEEN = "; "
"""What stands between several slips or rows in one cell."""
FORMULA = re.compile(r"[=@]|[-+](?![\d.∞(]|inf)")
"""How a cell begins that a spreadsheet works out; `-4` is a number."""


def write_csv_markings(records: Sequence[FileRecord], out: TextIO, marks: bool = False) -> None:
    """Write the rows of each record; none of a file that cannot be read. What is not there is an empty cell."""
    writer = csv.writer(out, lineterminator="\n")
    columns = RowRecord._fields if marks else RowRecord._fields[:-1]
    writer.writerow(("file", *columns))
    for record in records:
        writer.writerows((_inert(record.file), *_cells(row)[: len(columns)]) for row in record.rows)


def _cells(row: RowRecord) -> list[object]:
    joined = [BETWEEN.join(cell) if isinstance(cell, tuple) else cell for cell in row]
    return [_inert(cell) if isinstance(cell, str) else cell for cell in joined]


def _inert(cell: str) -> str:
    """The text of a cell as text: what somebody has handed in is no formula of the spreadsheet that it is read in."""
    text = printable(cell)
    return f"'{text}" if FORMULA.match(text) else text
