"""CSV: one line a row of the register, nothing cut; of a training, a line an update or every register."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.numbers.decimals import digits_of_decimals, plain_decimal
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import Unknown

if TYPE_CHECKING:
    from bptrace.engine.training import Moment

MEMORY = 20_000
COLUMNS = ("step", "phase", "quantity", "formula", "rule", "value", "exact", "decimal")
SAMPLE, WORK = "sample", "work"
WORK_PLACE = COLUMNS.index("rule") + 1


def write_csv(trace: Trace, out: TextIO, steps: Sequence[Step] | None = None) -> None:
    """Write the register, or some of its steps, as CSV with a header line; rows stream.

    A batch has one more column, the sample, and a trace with its work one behind the rule: `0.05 - 0.3`.
    """
    writer = csv.writer(out, lineterminator="\n")
    columns = (*COLUMNS, SAMPLE) if trace.samples else COLUMNS
    if not trace.work:
        writer.writerow(columns)
        writer.writerows(csv_lines(trace, steps))
        return
    writer.writerow((*columns[:WORK_PLACE], WORK, *columns[WORK_PLACE:]))
    worked = (row.work.removeprefix("= ") for step in (trace.steps if steps is None else steps) for row in step)
    lines = zip(csv_lines(trace, steps), worked, strict=True)
    writer.writerows((*line[:WORK_PLACE], text, *line[WORK_PLACE:]) for line, text in lines)


def csv_lines(trace: Trace, steps: Sequence[Step] | None = None) -> Iterator[tuple[object, ...]]:
    """The lines of a register or of some of its steps, a row at a time; those of a batch end with the sample."""
    decimals = _Decimals(trace.digits)
    for step in trace.steps if steps is None else steps:
        number, phase, last = step.number, step.phase, (step.sample,) if trace.samples else ()
        for row in step:
            texts = row.texts()
            if row.exact:
                yield (
                    number,
                    phase,
                    *texts,
                    "yes",
                    decimals.get(texts[3]) or decimals.exact(texts[3], row.scalar),
                    *last,
                )
            else:
                yield number, phase, *texts, "no", decimals.of(row.scalar), *last


class _Decimals(dict[str, str]):
    """Plain decimals, those of exact values by their texts: a register has the same ones often.

    `digits`: how many are shown of what is not rational.
    """

    def __init__(self, digits: int) -> None:
        super().__init__()
        self.digits = digits_of_decimals(digits)

    def of(self, value: Scalar) -> str:
        """The decimal of a value; nothing of what has none."""
        return "" if isinstance(value, Unknown) else plain_decimal(value, self.digits)

    def exact(self, text: str, value: Scalar) -> str:
        """The decimal of an exact value, kept by its text."""
        found = self.of(value)
        if len(self) < MEMORY:
            self[text] = found
        return found


def write_csv_table(moments: Iterable[Moment], out: TextIO) -> None:
    """Write a line a moment. A column says whether all of it is exact; then come the numbers again as decimals."""
    from bptrace.engine.training import column_names, record

    writer = csv.writer(out, lineterminator="\n")
    for moment in moments:
        trace, line = moment.trace, record(moment)
        if not moment.updates:
            step, *names = column_names(trace)
            writer.writerow([step, *names, "exact", *(f"{name} decimal" for name in names)])
        decimals = map(_Decimals(trace.digits).of, line.numbers)
        writer.writerow([*line.texts(trace.notation.shown), "yes" if line.exact else "no", *decimals])


def write_csv_registers(moments: Iterable[Moment], out: TextIO) -> None:
    """Write every register, one after another, with a first column that counts the updates."""
    from bptrace.engine.training import registers

    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("update", *COLUMNS))
    for moment in registers(moments):
        writer.writerows((moment.updates + 1, *line) for line in csv_lines(moment.trace))
