"""`bptrace lint`: which mistakes the numbers of a network would hide."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bptrace.cli.exits import BAD_INPUT
from bptrace.cli.files import write_output
from bptrace.cli.options import allow_option, complete_networks, files_of, read_network
from bptrace.errors import BptraceError, InternalError
from bptrace.views import LINTINGS

if TYPE_CHECKING:
    from bptrace.marking.lint import Linted

FOUND = 1
"""The exit status where something is found."""


@click.command(
    epilog="\b\nExamples:\n  bptrace lint example:sigmoid_2_2_2\n  bptrace lint example:xor example:adam --format json"
)
@click.argument(
    "nets", nargs=-1, required=True, type=click.Path(readable=False), metavar="NET...", shell_complete=complete_networks
)
@allow_option
@click.option("--format", "format_name", type=click.Choice(sorted(LINTINGS)), default="text", show_default=True,
              help="For people, or an object a file.")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def lint(nets: Sequence[str], allowed: Sequence[str], format_name: str, output: str | None) -> None:
    """Say which mistakes the numbers of a network would hide, where, and what would show them.

    NET is a YAML file, example:NAME, or - for standard input. Each slip of `bptrace slips` is worked out on it: found
    is one that leaves every value right, or gives the same values as another, where other numbers tell. So are zeros
    and ones, equal and symmetric weights, units that are twins or off, ties, windows that do not overlap, long numbers.
    A comment accepts a kind and says why: # lint: zeros, ones: the numbers of a textbook

    The exit status is 0 where nothing is found, else 1; 2 where a file cannot be read.
    """
    if nets.count("-") > 1:
        raise click.UsageError("standard input is read once: as one NET")
    found: list[Linted] = []
    read: list[str] = []
    bad = False
    for net in nets:
        try:
            network_files, linted = _linted(net, allowed)
        except InternalError:
            raise
        except BptraceError as problem:
            print(problem, file=sys.stderr)
            read.append(net)
            bad = True
        else:
            found.append(linted)
            read += network_files
    if found:
        write_output(output, lambda out: LINTINGS[format_name].linting()(found, out), read)
    if bad or any(linted.findings for linted in found):
        raise click.exceptions.Exit(BAD_INPUT if bad else FOUND)


def _linted(net: str, allowed: Sequence[str]) -> tuple[Sequence[str], Linted]:
    """The files that a network was read from, and what is found in it. Raises BptraceError."""
    from bptrace.marking.lint import linted

    network = read_network(net, (), (), False, allowed)
    return files_of(network), linted(network, "<stdin>" if net == "-" else net)
