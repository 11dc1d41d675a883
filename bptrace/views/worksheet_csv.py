"""Worksheets as CSV: a line a row, its blank cells empty; filled in, `bptrace check` reads it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TextIO

from bptrace.marking.worksheets import Worksheet, pages

HEADER = ("quantity", "rule", "value")


def write_csv_worksheets(sheets: Sequence[Worksheet], out: TextIO, sheet: bool = True, key: bool = False) -> None:
    """Write the register that is handed out, or its key, under a header line."""
    writer = csv.writer(out, lineterminator="\n")
    for worksheet, is_key in pages(sheets, sheet, key):
        writer.writerow(HEADER)
        for part in worksheet.steps(is_key):
            writer.writerows((row.quantity, row.rule, row.value) for row in part.rows)
