"""JSON of marked registers, as `schemas/check.schema.json` describes it: an object a file, each on a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from bptrace.marking.record import FileRecord, RowRecord
from bptrace.spec.json_text import written
from bptrace.views.json import encodable

FIELDS = tuple(name for name in RowRecord._fields if name != "marks")
"""What a row's object has."""


def write_json_markings(records: Sequence[FileRecord], out: TextIO, marks: bool = False) -> None:
    """Write each record as a line; none of a file that cannot be read."""
    encoding = getattr(out, "encoding", None) or "utf-8"
    for record in records:
        if not record.problem:
            out.write(encodable(_line(record), encoding))


def _line(record: FileRecord) -> str:
    """A record as JSON; marks are written as the decimals that they are."""
    start = written({"file": record.file, "network": record.network})[:-1]
    rows = written([{name: getattr(row, name) for name in FIELDS} for row in record.rows])
    return f'{start}, "marks": {{"got": {record.got}, "of": {record.of}}}, "rows": {rows}}}\n'
