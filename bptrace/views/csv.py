"""CSV: one line a row of the register, nothing cut."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from bptrace.trace import Trace

COLUMNS = ("step", "phase", "quantity", "formula", "rule", "value", "exact")


def write(trace: Trace, out: TextIO) -> None:
    """Write the register as CSV with a header line; rows stream."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(lines(trace))


def lines(trace: Trace) -> Iterator[tuple[object, ...]]:
    """A register's lines, its rows one at a time."""
    for step in trace.steps:
        number, phase = step.number, step.phase
        yield from ((number, phase, *row.texts(), "yes" if row.exact else "no") for row in step)
