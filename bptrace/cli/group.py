"""The command line: one file a command, one line each in the group."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from bptrace.cli.exits import INTERRUPTED, PIPE_CLOSED
from bptrace.errors import shortened, suggestion
from bptrace.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = (
    *(
        "run",
        "step",
        "why",
        "graph",
        "train",
        "derive",
        "check",
        "slips",
        "worksheet",
        "vary",
        "lint",
        "export",
        "new",
        "examples",
        "guide",
        "schema",
    ),
    "help",
)
RUN = COMMANDS[0]
"""What is done with a network that no command is named for."""


class _Commands(click.Group):
    """Commands that are imported when they are called, and whose reader may leave before the end."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _may_end_early():
            return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [RUN, *args] if self._is_run(ctx, args) else args)

    def _is_run(self, ctx: click.Context, args: list[str]) -> bool:
        """Whether a network stands where a command is due, at the start or after options that are not the group's."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        for word in args if args[:1] and args[0].startswith("-") else args[:1]:
            if word in COMMANDS or word in own:
                return False
            if names_network(word):
                return True
        return False

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing:
            known_command(ctx, args[0])
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = super().shell_complete(ctx, incomplete)
        if found or not incomplete:
            return found
        from bptrace.cli.completion import networks

        return networks(incomplete)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"bptrace.cli.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        with _may_end_early():
            return super().invoke(ctx)


@contextmanager
def _may_end_early() -> Iterator[None]:
    """A pipe whose reader is gone, and Ctrl-C, have their statuses; click has others, and prints an empty line."""
    try:
        yield
    except BrokenPipeError:
        raise click.exceptions.Exit(PIPE_CLOSED) from None
    except KeyboardInterrupt:
        raise click.exceptions.Exit(INTERRUPTED) from None


def names_network(word: str) -> bool:
    """Whether a word that is no command's name is a network: a file, or what can only be meant for one."""
    meant = word == "-" or word.startswith("example:") or word.lower().endswith((".yaml", ".yml"))
    return meant or (os.path.exists(word) and not os.path.isdir(word))


def known_command(ctx: click.Context, name: str) -> str:
    """The name, if a command has it. Raises UsageError."""
    if name not in COMMANDS:
        hints = suggestion(name, COMMANDS) or ["'bptrace help' lists the commands"]
        raise click.UsageError("\n   ".join([f"No such command {shortened(name)}.", *hints]), ctx)
    return name


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    epilog="""\b
bptrace new net.yaml       a network to start from
bptrace run net.yaml       every line of its working
bptrace step net.yaml      the same, one step at a time
bptrace why net.yaml z1    why one quantity has its value
bptrace graph net.yaml     a picture of the network
bptrace train net.yaml     update after update
bptrace derive net.yaml    the chain rule with no numbers
bptrace check n.yaml a.csv somebody's register, marked
bptrace slips              what people get wrong
bptrace worksheet net.yaml what to hand out, and its key
bptrace vary net.yaml      the same with other numbers
bptrace lint net.yaml      which mistakes its numbers hide
bptrace export net.yaml    the same as CSV, JSON, LaTeX or Markdown
bptrace net.yaml           the same as bptrace run net.yaml
bptrace run example:xor    one of `bptrace examples`
bptrace guide              how to write networks, and all the rest""",
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def bptrace() -> None:
    """Trace backpropagation step by step, exactly: every line as quantity / rule / value.

    The exit status is 0, or 2 if something is refused, 70 for a fault in bptrace, 130 after Ctrl-C.
    """
