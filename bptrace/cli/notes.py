"""Notes on the command line: the options that switch them off or make errors of them, and standard error."""

from __future__ import annotations

import sys

import click

from bptrace.engine.network import Network

ignore_option = click.option(
    "--ignore", "ignored", metavar="KIND", multiple=True, help="Give no notes of this kind: broadcast. May repeat."
)
strict_option = click.option("--strict", is_flag=True, help="Refuse a network with notes, as one with errors.")


def print_notes(network: Network) -> None:
    """Print the notes on standard error, beside an output that has no room for them."""
    for note in network.notes:
        print(note, file=sys.stderr)
