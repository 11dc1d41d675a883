"""`bptrace help`: what `--help` says, of all commands or of one."""

from __future__ import annotations

import click

from bptrace.cli.group import COMMANDS, bptrace, known_command


def _begun(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in COMMANDS if name.startswith(incomplete)]


@click.command("help", epilog="\b\nExample:\n  bptrace help run")
@click.argument("name", metavar="[COMMAND]", required=False, shell_complete=_begun)
@click.pass_context
def help(ctx: click.Context, name: str | None) -> None:  # noqa: A001  # a command is found by its own name
    """List the commands, or show the help of one."""
    root = ctx.find_root()
    shown = bptrace.get_command(root, known_command(ctx, name)) if name else None
    click.echo(click.Context(shown, parent=root, info_name=name).get_help() if shown else root.get_help())
