"""A training as a table: on the terminal, as CSV or as Markdown; or the whole register of every update.

On a terminal as many parameters are shown as the window is wide for, the rest counted; in a file nothing is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from bptrace.engine.trace import Trace
from bptrace.engine.training import Moment, Record, parameter_names, record
from bptrace.numbers.digits import Shown
from bptrace.numbers.exact import Scalar

GRADIENT = "|gradient|"


def columns(trace: Trace) -> list[str]:
    """The names of a table's columns."""
    return ["step", trace.program.loss, *parameter_names(trace), GRADIENT]


def heading(moment: Moment) -> str:
    """What stands above an update's register."""
    return f"update {moment.updates + 1:,} of {moment.total:,}"


def cells(line: Record, shown: Callable[[Scalar], Shown]) -> list[str]:
    """A table's line, its numbers written by a function."""
    return [str(line.step), *(shown(value).text for value in (line.loss, *line.parameters)), line.gradient.text]


def registers(moments: Iterable[Moment]) -> Iterator[Moment]:
    """The moments that an update follows, each with every row checked before it is given on."""
    for moment in moments:
        if not moment.last:
            moment.trace.audit()
            yield moment


def write_csv_table(moments: Iterable[Moment], out: TextIO) -> None:
    """Write a line a moment; the last column says whether all of it is exact."""
    import csv

    writer = csv.writer(out, lineterminator="\n")
    for moment in moments:
        if not moment.updates:
            writer.writerow([*columns(moment.trace), "exact"])
        line = record(moment)
        writer.writerow([*cells(line, moment.trace.notation.shown), "yes" if line.exact else "no"])


def write_markdown_table(moments: Iterable[Moment], out: TextIO) -> None:
    """Write a table with a line a moment."""
    from bptrace.views.markdown import code, prose

    for moment in moments:
        if not moment.updates:
            names = columns(moment.trace)
            out.write(f"# {prose(moment.trace.title or 'Training, update by update')}\n\n")
            out.write(_piped(map(code, names)) + _piped(["---:"] * len(names)))
        out.write(_piped(map(code, cells(record(moment), moment.trace.notation.shown))))


def _piped(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |\n"


def write_csv_registers(moments: Iterable[Moment], out: TextIO) -> None:
    """Write every register, one after another, with a first column that counts the updates."""
    import csv

    from bptrace.views.csv import COLUMNS, lines

    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("update", *COLUMNS))
    for moment in registers(moments):
        writer.writerows((moment.updates + 1, *line) for line in lines(moment.trace))


def write_markdown_registers(moments: Iterable[Moment], out: TextIO) -> None:
    """Write every register, one after another, each under a heading."""
    from bptrace.views.markdown import write_markdown

    for moment in registers(moments):
        out.write("\n" if moment.updates else "")
        write_markdown(moment.trace, out, heading(moment))


WRITERS: dict[tuple[str, str], Callable[[Iterable[Moment], TextIO], None]] = {
    ("table", "csv"): write_csv_table,
    ("table", "markdown"): write_markdown_table,
    ("all", "csv"): write_csv_registers,
    ("all", "markdown"): write_markdown_registers,
}
"""By what is shown and the name of the format."""
