"""`bptrace step`: the register one step at a time."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from bptrace.cli.exits import BAD_INPUT
from bptrace.cli.export import format_of
from bptrace.cli.options import Asked, brief_option, files_of, group_option, network_options
from bptrace.engine.network import Network
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError, Source, SpecError
from bptrace.ops.notation import TERMS
from bptrace.stepping.cursor import UNITS, place_of

if TYPE_CHECKING:
    from bptrace.stepping.stepper import Stepper

MOST_TRIES = 100
PIPED = r"as in: printf 'n\nq\n' | bptrace step NET"
DUMB = ("", "dumb", "unknown")
LONGEST_LINE = 100_002
"""One character more than an equation may have, and the end of the line."""


@click.command(epilog="\b\nExample:\n  bptrace step example:relu_2_2_1 --from dL/dw11")
@network_options
@group_option
@click.option("--by", type=click.Choice(UNITS), help="How far one step goes.  [default: step]")
@click.option("--from", "opening", metavar="QUANTITY", help="Open at this row: dL/dw11, of a sample dL/dw11(2).")
@click.option("--predict", is_flag=True, help="Ask for each row's value before it is shown; a score comes at the end.")
@click.option("--tries", type=click.IntRange(1, MOST_TRIES), metavar="N",
              help="With --predict: so many answers to a row, then its value. Default: 1 from a pipe; "
              "elsewhere one after each hint.")  # fmt: skip
@brief_option
def step(
    asked: Asked, group: str, by: str | None, opening: str | None, predict: bool, tries: int | None, brief: bool
) -> None:
    """Walk through a network's working one step at a time, forward and back.

    NET is a YAML file, example:NAME, or - for standard input. On a terminal this fills the window; ? lists the keys.
    Anywhere else commands are read from standard input, one a line (n, b, why dL/dw11, set w11=3, ?), plain text is
    printed, and the exit status is 2 if a line was not understood. With --predict, each line that is no command is
    one answer to the next row, right or wrong, unless --tries allows more.
    """
    from bptrace.stepping.stepper import Stepper

    if predict and by not in (None, "row"):
        raise click.UsageError(f"--predict goes by row, not by {by}")
    if tries and not predict:
        raise click.UsageError("--tries goes with --predict")

    def work_out(network: Network) -> Trace:
        return asked.trace(network, partial=True).shortened(TERMS).grouped(group)

    network = asked.network()
    trace = work_out(network)
    stepper = Stepper(
        network,
        trace,
        work_out,
        partial(_export, read=files_of(network)),
        by or "step",
        place_of(trace, Source("--from", opening)) if opening is not None else 0,
        predict,
        asked.settings,
        tries or (None if _fills_the_window(asked.net) or _is_typed() else 1),
        brief,
    )
    if _fills_the_window(asked.net):
        _on_the_screen(stepper, asked.net)
        refused = False
    else:
        refused = _by_lines(stepper, asked.net)
    if trace.problem:
        raise trace.problem
    if refused:
        raise click.exceptions.Exit(BAD_INPUT)


def _fills_the_window(net: str) -> bool:
    """Whether there is a terminal that can be drawn on, with keys to be read from it."""
    return (net == "-" or _is_typed()) and sys.stdout.isatty() and os.environ.get("TERM", "") not in DUMB


def _is_typed() -> bool:
    """Whether a person types what standard input gives."""
    return sys.stdin is not None and sys.stdin.isatty()


def _on_the_screen(stepper: Stepper, net: str) -> None:
    from bptrace.stepping import window

    if not _fills_the_window(net):  # the terminal has been closed since
        raise KeyboardInterrupt
    window.open_window(stepper)
    for line in stepper.score():
        click.echo(line)


def _by_lines(stepper: Stepper, net: str) -> bool:
    """Do what the lines of standard input say; whether one from a pipe or a file was not understood."""
    from bptrace.stepping import dialogue, typed

    if not sys.stdin:
        raise BptraceError(f"error: there is no standard input to read commands from\n   {PIPED}")
    if net == "-":
        message = "error: commands are read from standard input, and it has given the network"
        raise BptraceError(f"{message}\n   name a file, or example:NAME")
    dialogue.talk(stepper, typed.typed_lines() if _is_typed() else _piped_lines(), sys.stdout, sys.stderr)
    return stepper.failed and not _is_typed()


def _piped_lines() -> Iterator[str]:
    """The lines of standard input; of one that is too long for an equation only as much as shows that."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")
    while line := sys.stdin.readline(LONGEST_LINE):
        rest = line
        while rest and not rest.endswith("\n"):
            rest = sys.stdin.readline(LONGEST_LINE)
        yield line.rstrip("\r\n")


def _export(trace: Trace, path: str, read: Sequence[str]) -> None:
    """Write a trace to a file in the format of its suffix, nothing cut; not over a file that is read."""
    from bptrace.cli.files import write_whole
    from bptrace.views import VIEWS

    try:
        view = VIEWS[format_of(path if path != "-" else "./-")]
    except click.UsageError as problem:
        raise SpecError(problem.message.removesuffix("; or give --format")) from None
    try:
        write_whole(os.path.expanduser(path), lambda out: view.write(trace.shortened(None), out), read)
    except BrokenPipeError:
        raise BptraceError("error: nobody reads the pipe\n   name a file, as in e register.md") from None
