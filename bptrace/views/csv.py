"""CSV: one line a row of the register, nothing cut."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from bptrace.engine.trace import Trace

COLUMNS = ("step", "phase", "quantity", "formula", "rule", "value", "exact")
SAMPLE = "sample"


def write_csv(trace: Trace, out: TextIO) -> None:
    """Write the register as CSV with a header line; rows stream. A batch has one more column, the sample."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, SAMPLE) if trace.samples else COLUMNS)
    writer.writerows(lines(trace))


def lines(trace: Trace) -> Iterator[tuple[object, ...]]:
    """A register's lines, its rows one at a time; those of a batch end with the sample."""
    for step in trace.steps:
        number, phase, last = step.number, step.phase, (step.sample,) if trace.samples else ()
        yield from ((number, phase, *row.texts(), "yes" if row.exact else "no", *last) for row in step)
