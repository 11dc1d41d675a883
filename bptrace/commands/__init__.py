"""The command line: one file a command, one line each in the group."""

from __future__ import annotations

import sys

import click

from bptrace import __version__
from bptrace.commands.export import export
from bptrace.commands.new import new
from bptrace.commands.run import run
from bptrace.exits import PIPE_CLOSED


class _Group(click.Group):
    """Commands whose output may go to a reader that leaves; click would call that a failure."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise click.exceptions.Exit(PIPE_CLOSED) from None
        return result


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    epilog="""\b
bptrace new net.yaml       a network to start from
bptrace run net.yaml       every line of its working
bptrace export net.yaml    the same as CSV or Markdown""",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def bptrace() -> None:
    """Trace backpropagation step by step, exactly: every line as quantity / rule / value."""


bptrace.add_command(run)
bptrace.add_command(export)
bptrace.add_command(new)
