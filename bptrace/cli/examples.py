"""`bptrace examples`: the networks that come with bptrace."""

from __future__ import annotations

import sys
from shutil import get_terminal_size

import click

from bptrace.spec.examples import example_names, lesson


@click.command(epilog="\b\nExample:\n  bptrace run example:xor")
def examples() -> None:
    """List the networks that come with bptrace.

    Each has a line that says what it teaches. example:NAME names one wherever a command takes a network, and
    `bptrace new FILE --example NAME` copies one to a file of your own.
    """
    names = example_names()
    longest = max(map(len, names), default=0)
    for name in names:
        print(_entry(name.ljust(longest + 2), lesson(name)))
    if sys.stdout.isatty():
        print("\nbptrace run example:xor               works one out")
        print("bptrace new net.yaml --example xor    copies one")


def _entry(name: str, text: str) -> str:
    """One network's line: as wide as the window, or whole where there is none."""
    if not sys.stdout.isatty():
        return name + text
    return click.wrap_text(name + text, get_terminal_size().columns - 1, subsequent_indent=" " * len(name))
