"""`bptrace examples`: the networks that come with bptrace."""

from __future__ import annotations

import sys

import click

from bptrace.spec.examples import example_names, lesson
from bptrace.views.sheet import Sheet


@click.command(epilog="\b\nExample:\n  bptrace run example:xor")
def examples() -> None:
    """List the networks that come with bptrace.

    Each has a line that says what it teaches. example:NAME names one wherever a command takes a network, and
    `bptrace new FILE --example NAME` copies one to a file of your own.
    """
    names, width = example_names(), Sheet(sys.stdout).width
    longest = max(map(len, names), default=0)
    for name in names:
        first = name.ljust(longest + 2)
        print(click.wrap_text(first + lesson(name), width - 1, subsequent_indent=" " * len(first)))
    if sys.stdout.isatty():
        print("\nbptrace run example:xor               works one out")
        print("bptrace new net.yaml --example xor    copies one")
