"""CSV of marked registers: a line a row of every file, after a header."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from bptrace.errors import printable
from bptrace.marking.record import FileRecord, RowRecord

BETWEEN = "; "
"""What stands between several slips or rows in one cell."""


def write_csv_markings(records: Sequence[FileRecord], out: TextIO, marks: bool = False) -> None:
    """Write the rows of each record; none of a file that cannot be read. What is not there is an empty cell."""
    writer = csv.writer(out, lineterminator="\n")
    columns = RowRecord._fields if marks else RowRecord._fields[:-1]
    writer.writerow(("file", *columns))
    for record in records:
        writer.writerows((printable(record.file), *_cells(row)[: len(columns)]) for row in record.rows)


def _cells(row: RowRecord) -> list[object]:
    joined = [BETWEEN.join(cell) if isinstance(cell, tuple) else cell for cell in row]
    return [printable(cell) if isinstance(cell, str) else cell for cell in joined]
