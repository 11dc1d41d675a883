"""`bptrace vary`: the same network with other numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click

from bptrace.cli.files import is_file, tell_written, write_as_it_is, write_output
from bptrace.cli.options import allow_option, files_of, fully_valued, network_argument, read_network
from bptrace.cli.starters import DRAWS
from bptrace.cli.worksheet import MOST_VARIANTS


@click.command(
    epilog="""\b
Examples:
  bptrace vary example:two_outputs --seed 7
  bptrace vary example:recurrence --count 3 -o variants"""
)
@network_argument
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Draw others.")
@click.option("--draw", type=click.Choice(list(DRAWS)),
              help="Which small numbers to draw; default: decimals if the file has some, else integers.")  # fmt: skip
@click.option("--blocked", is_flag=True, help="Draw numbers with which one unit is switched off.")
@click.option("--count", type=click.IntRange(1, MOST_VARIANTS), metavar="N",
              help="So many variants, in the folder -o, with a table of them.")  # fmt: skip
@allow_option
@click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE, with --count to a folder; default: standard output."
)
def vary(
    net: str,
    seed: int,
    draw: str | None,
    blocked: bool,
    count: int | None,
    allowed: Sequence[str],
    output: str | None,
) -> None:
    """Write the same network with other numbers, which hide as few mistakes as can be.

    NET is a YAML file, example:NAME, or - for standard input. The numbers of inputs, weights and targets are others:
    small, with small results, and such that as many slips as can be show in some value. All else is as it was written,
    comments too. Masks, truth tables, classes, and targets of a sigmoid stay. The same seed gives the same numbers.
    """
    from bptrace.cli.variants import variants, write_networks
    from bptrace.marking.draws import FileSearch

    if count is not None and not is_file(output):
        raise click.UsageError("--count writes a folder: name it, as in -o variants")
    network = fully_valued(read_network(net, (), (), False, allowed))
    found = variants(FileSearch(network, draw, blocked), seed, count or 1)
    if count is None:
        write_output(output, partial(write_as_it_is, found[0].text), files_of(network))
        tell_written(output)
    else:
        write_networks(str(output), found, [variant.network.trace() for variant in found], files_of(network))
