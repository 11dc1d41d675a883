"""`bptrace step`: the register one step at a time."""

from __future__ import annotations

import sys

import click

from bptrace.commands.options import Asked, network_options
from bptrace.cursor import UNITS, place_of
from bptrace.errors import BptraceError, Source
from bptrace.exits import BAD_INPUT
from bptrace.files import write_whole
from bptrace.trace import Trace
from bptrace.views import VIEWS

DUMB = ("", "dumb", "unknown")


@click.command(epilog="\b\nExample:\n  bptrace step networks/relu_2_2_1.yaml --from dL/dw11")
@network_options
@click.option("--by", type=click.Choice(UNITS), help="How far one step goes.  [default: step]")
@click.option("--from", "opening", metavar="QUANTITY", help="Open at this row: dL/dw11, of a sample dL/dw11(2).")
@click.option("--predict", is_flag=True, help="Ask for each row's value before it is shown; with a score at the end.")
def step(asked: Asked, by: str | None, opening: str | None, predict: bool) -> None:
    """Walk through a network's working, one step at a time, forward and back.

    NET is a YAML file, or - for standard input. On a terminal this fills the window; ? lists the keys. Anywhere else
    commands are read from standard input, one a line (n, b, why dL/dw11, set w11=3, ?), and plain text is
    printed; the exit status is 2 if one of them was not understood.
    """
    from bptrace.stepper import Stepper
    from bptrace.views import terminal

    if predict and by not in (None, "row"):
        raise click.UsageError(f"--predict goes by row, not by {by}")
    network = asked.network()
    trace = asked.trace(network).shortened(terminal.TERMS)
    stepper = Stepper(
        network,
        trace,
        lambda other: asked.trace(other).shortened(terminal.TERMS),
        _export,
        by or "step",
        place_of(trace, Source("--from", opening)) if opening is not None else 0,
        predict,
    )
    if _fills_the_window(asked.net):
        from bptrace.views import window

        window.run(stepper)
        for line in stepper.score():
            click.echo(line)
    else:
        from bptrace.views import dialogue

        dialogue.run(stepper, sys.stdin, sys.stdout, sys.stderr)
