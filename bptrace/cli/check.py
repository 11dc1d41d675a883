"""`bptrace check`: somebody's register held against the exact one, row by row."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TextIO, TypeAlias

import click

from bptrace.cli.endings import ending_of
from bptrace.cli.exits import BAD_INPUT, FAULT
from bptrace.cli.export import format_of
from bptrace.cli.files import amount, tell_written, write_output
from bptrace.cli.notes import print_notes
from bptrace.cli.options import (
    FileOptions,
    file_options,
    files_of,
    fully_valued,
    network_argument,
    numbers_option,
    typed,
)
from bptrace.errors import SizeError, Source, SpecError, UndefinedError, shortened_path
from bptrace.spec.yaml_text import read_text
from bptrace.views import MARKINGS, View

if TYPE_CHECKING:
    from bptrace.engine.network import Network
    from bptrace.engine.trace import Trace
    from bptrace.marking.marker import Marker
    from bptrace.marking.record import FileRecord

NOT_ALL_RIGHT = 1
"""The exit status where a row is neither right nor rounded."""
OLD_ENDING = re.compile(r"\r(?!\n)")
"""How lines end in some files that spreadsheets write."""
MOST_DIGITS = 1_000
NEGATIVE = "negative"
ANSWERS, SCHEME = "a file of answers", "a scheme of marks"
SUFFIXES = (".csv", ".md", ".yaml", ".yml", ".txt")


@click.command(epilog="\b\nExample:\n  bptrace check example:relu_2_2_1 answers.csv")
@network_argument
@click.argument("answers", nargs=-1, required=True, type=click.Path(readable=False))
@click.option("--digits", type=click.IntRange(1, MOST_DIGITS), default=2, show_default=True, metavar="N",
              help="A number with fewer digits is read with zeros: -3 is -3.0.")  # fmt: skip
@click.option("--delta", type=click.Choice((NEGATIVE,)),
              help="Errors of units are written as -dL/dz; else it is found out from the rows.")  # fmt: skip
@click.option("--all", "all_rows", is_flag=True, help="Every row of the register is asked for: others are missing.")
@click.option("--hints", is_flag=True, help="Where to look, without right values and the names of slips.")
@click.option("--marks", is_flag=True, help="A mark a row that is right, rounded, or follows; and the total.")
@click.option("--scheme", type=click.Path(readable=False), metavar="FILE",
              help="Marks by quantity, from a CSV file: dL/dw11,2. Implies --marks.")  # fmt: skip
@numbers_option
@file_options
@click.option("--format", "format_name", type=click.Choice(sorted(MARKINGS)),
              help="Default: from the suffix of FILE, else text.")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def check(
    net: str,
    answers: Sequence[str],
    digits: int,
    delta: str | None,
    all_rows: bool,
    hints: bool,
    marks: bool,
    scheme: str | None,
    numbers: str,
    reading: FileOptions,
    format_name: str | None,
    output: str | None,
) -> None:
    """Mark somebody's working: what is right, what follows from an earlier mistake, and which mistake was made.

    NET is a YAML file, example:NAME, or - for standard input. ANSWERS are files with a row for each quantity and its
    value, and perhaps its rule: CSV, a Markdown table, YAML, or plain lines as dL/dw11 = -2*1 = -2; - is standard
    input. No value is judged by how near it is: a row is held against what the person's own earlier numbers give.
    Of several files there is a line each, then which slips were made.

    The exit status is 0 where every row is right or rounded, else 1; 2 where a file cannot be read.
    """
    from bptrace.marking.marker import Marker
    from bptrace.marking.scheme import read_scheme
    from bptrace.marking.working import Working

    if [net, *answers].count("-") > 1:
        raise click.UsageError("standard input is read once: as NET or as one of ANSWERS")
    view = MARKINGS[format_name or format_of(output, MARKINGS, "text")]
    _check_format(view, answers, hints)
    network = fully_valued(reading.network(net))
    working = Working(_traced(network, numbers, _has_room_for_inputs(network, view)))
    asked = list(network.trace(numbers).called()) if all_rows else ()
    counted = read_scheme(_source(scheme, SCHEME), working) if scheme else None
    marker = Marker(working, net, digits, asked, counted, hints, delta == NEGATIVE)
    write, status = (_one if len(answers) == 1 else _many)(marker, answers, view, marks or bool(scheme))
    read = {**dict.fromkeys(answers, "answers are"), **({scheme: "marks are"} if scheme else {})}
    write_output(output, write, {**read, **dict.fromkeys(files_of(network), "the network is")})
    tell_written(output, amount(len(answers), "file"))
    print_notes(network)
    if status:
        raise click.exceptions.Exit(status)


def _check_format(view: View, answers: Sequence[str], hints: bool) -> None:
    """Raise UsageError where a format cannot hold what is asked for."""
    if view.alone and len(answers) > 1:
        raise click.UsageError("a page is of one file of answers; csv, json, markdown and text have many")
    if view.alone and hints:
        raise click.UsageError("--hints is not for html: the page has every value")


def _has_room_for_inputs(network: Network, view: View) -> bool:
    """Whether the register is not too long with the gradients of inputs, which somebody may have written.

    Raises SpecError where it is without them, for answers or for the format, before it is worked out.
    """
    from bptrace.marking.working import ANSWERED

    most = min(limit.most for limit in (ANSWERED, view.limit) if limit)
    with suppress(SpecError):
        if network.row_count(inputs=True) <= most:
            network.program(inputs=True)
            return True
    rows = network.row_count()
    ANSWERED.check(rows, network.loss_mark)
    view.check_rows(rows, network.loss_mark)
    return False


def _traced(network: Network, numbers: str, inputs: bool) -> Trace:
    """The working, with the gradients of inputs where they exist and are not too long. Raises SpecError."""
    try:
        return network.trace(numbers, inputs)
    except (UndefinedError, SizeError):
        return network.trace(numbers)


Written: TypeAlias = "tuple[Callable[[TextIO], object], int]"
"""What writes the result, and the exit status."""


def _one(marker: Marker, answers: Sequence[str], view: View, marks: bool) -> Written:
    """One register, in a format for people with all that there is to say. Raises SpecError: it cannot be read."""
    from bptrace.marking.record import file_record

    report = marker.report(_source(answers[0]))
    status = 0 if report.marked.is_good else NOT_ALL_RIGHT
    if view.one:
        return lambda out: view.marking()(report, out, marks), status
    return lambda out: view.markings()([file_record(report)], out, marks), status


def _many(marker: Marker, answers: Sequence[str], view: View, marks: bool) -> Written:
    """Many registers; of those that cannot be read it is said why, and the others are marked.

    Raises Exit where none of them can be read.
    """
    from bptrace.cli.processes import in_processes
    from bptrace.views.progress import Bar

    with Bar(len(answers), "file") as bar:
        records = list(bar.counted(in_processes(partial(_record, marker), answers)))
    for record in records:
        if record.problem:
            print(record.problem, file=sys.stderr)
    status = 0 if all(record.is_good for record in records) else NOT_ALL_RIGHT
    if any(record.problem for record in records):
        status = FAULT if any(record.is_fault for record in records) else BAD_INPUT
    if all(record.problem for record in records):
        raise click.exceptions.Exit(status)  # as where one alone is not read: no file is replaced
    return lambda out: view.markings()(records, out, marks), status


def _record(marker: Marker, path: str) -> FileRecord:
    """What is said of one register of many; a fault of bptrace leaves the others."""
    from bptrace.marking.record import FileRecord, file_record

    try:
        return file_record(marker.report(_source(path)))
    except OSError:
        raise
    except Exception as problem:
        status, said = ending_of(problem)
        is_fault = status == FAULT
        return FileRecord(
            path, marker.network, problem=f"{shortened_path(path)}: {said}" if is_fault else said, is_fault=is_fault
        )


def _source(path: str, kind: str = ANSWERS) -> Source:
    """The text of a file, or of standard input. Raises SpecError."""
    name, text = ("<stdin>", typed(kind)) if path == "-" else (path, read_text(path, kind, SUFFIXES))
    return Source(name, OLD_ENDING.sub("\n", text))
