"""The command line: one file a command, one line each in the group."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from bptrace.cli.exits import PIPE_CLOSED
from bptrace.version import __version__

COMMANDS = ("run", "step", "train", "derive", "export", "new", "examples", "guide", "schema")


class _Commands(click.Group):
    """Commands that are imported when they are called, and whose reader may leave before the end."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"bptrace.cli.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            raise click.exceptions.Exit(PIPE_CLOSED) from None
        return result


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    epilog="""\b
bptrace new net.yaml       a network to start from
bptrace run net.yaml       every line of its working
bptrace step net.yaml      the same, one step at a time
bptrace train net.yaml     update after update
bptrace derive net.yaml    the chain rule with no numbers
bptrace export net.yaml    the same as CSV, JSON, LaTeX or Markdown
bptrace run example:xor    one of `bptrace examples`
bptrace guide              how to write networks, and all the rest""",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def bptrace() -> None:
    """Trace backpropagation step by step, exactly: every line as quantity / rule / value."""
