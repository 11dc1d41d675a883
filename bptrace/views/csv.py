"""CSV: one line a row of the register, nothing cut; of a training, a line an update or every register."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from bptrace.engine.trace import Step, Trace

if TYPE_CHECKING:
    from bptrace.engine.training import Moment

COLUMNS = ("step", "phase", "quantity", "formula", "rule", "value", "exact")
SAMPLE = "sample"


def write_csv(trace: Trace, out: TextIO, steps: Sequence[Step] | None = None) -> None:
    """Write the register, or some of its steps, as CSV with a header line; rows stream.

    A batch has one more column, the sample.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, SAMPLE) if trace.samples else COLUMNS)
    writer.writerows(csv_lines(trace, steps))


def csv_lines(trace: Trace, steps: Sequence[Step] | None = None) -> Iterator[tuple[object, ...]]:
    """The lines of a register or of some of its steps, a row at a time; those of a batch end with the sample."""
    for step in trace.steps if steps is None else steps:
        number, phase, last = step.number, step.phase, (step.sample,) if trace.samples else ()
        yield from ((number, phase, *row.texts(), "yes" if row.exact else "no", *last) for row in step)


def write_csv_table(moments: Iterable[Moment], out: TextIO) -> None:
    """Write a line a moment; the last column says whether all of it is exact."""
    from bptrace.engine.training import column_names, record

    writer = csv.writer(out, lineterminator="\n")
    for moment in moments:
        if not moment.updates:
            writer.writerow([*column_names(moment.trace), "exact"])
        line = record(moment)
        writer.writerow([*line.texts(moment.trace.notation.shown), "yes" if line.exact else "no"])


def write_csv_registers(moments: Iterable[Moment], out: TextIO) -> None:
    """Write every register, one after another, with a first column that counts the updates."""
    from bptrace.engine.training import registers

    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("update", *COLUMNS))
    for moment in registers(moments):
        writer.writerows((moment.updates + 1, *line) for line in csv_lines(moment.trace))
