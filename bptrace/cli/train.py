"""`bptrace train`: one update after another."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from bptrace.cli.export import format_of
from bptrace.cli.files import amount, is_file, tell_written, write_output
from bptrace.cli.notes import print_notes
from bptrace.cli.options import (
    FileOptions,
    check_numbers,
    decimals_option,
    digits_option,
    file_options,
    files_of,
    fully_valued,
    network_argument,
    numbers_option,
)
from bptrace.errors import BptraceError
from bptrace.numbers.decimals import digits_of_decimals
from bptrace.views import OF_TRAININGS

if TYPE_CHECKING:
    from bptrace.engine.network import Network
    from bptrace.engine.training import Moment
    from bptrace.views.progress import Bar

SHOWN = ("table", "all")
MOST_UPDATES = MOST_DIGITS = 1_000_000


@click.command(epilog="\b\nExample:\n  bptrace train example:relu_lifecycle --steps 20 --round 0.0001 --plot")
@network_argument
@click.option("--steps", "steps", type=click.IntRange(1, MOST_UPDATES), metavar="N", required=True,
              help="How many updates, from 1 to 1,000,000.")  # fmt: skip
@click.option("--show", type=click.Choice(SHOWN), default="table", show_default=True,
              help="A table with a line an update, or all registers.")  # fmt: skip
@click.option("--round", "grid", metavar="NUMBER",
              help="Round what an update makes to a grid: 1/1000, half away from 0.")  # fmt: skip
@click.option("--plot", is_flag=True, help="Then a plot of the loss.")
@numbers_option
@digits_option
@decimals_option
@file_options
@click.option("--max-digits", type=click.IntRange(1, MOST_DIGITS), metavar="N", default=MOST_DIGITS,
              help="Stop where a number is longer than this; default: 1,000,000.")  # fmt: skip
@click.option(
    "--format", "format_name", type=click.Choice(sorted(OF_TRAININGS)), help="Default: from the suffix of FILE."
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def train(
    net: str,
    steps: int,
    show: str,
    grid: str | None,
    plot: bool,
    numbers: str,
    digits: int,
    decimals: int | None,
    reading: FileOptions,
    max_digits: int,
    format_name: str | None,
    output: str | None,
) -> None:
    """Repeat a network's update, and print what becomes of its loss.

    NET is a YAML file with an update, example:NAME, or - for standard input. The table has the loss, the parameters
    and the size of the gradient at the start, in line 0, and after each update. All numbers are exact, and grow; with
    --round they keep their length.
    """
    from bptrace.engine import training
    from bptrace.views.progress import Bar

    chosen = format_name or (format_of(output, OF_TRAININGS) if is_file(output) else None)
    if plot and chosen:
        raise click.UsageError("--plot goes to the terminal: without --format and -o")
    check_numbers(numbers, decimals)
    network = fully_valued(reading.network(net))
    print_notes(network)
    if grid is not None:
        network = _rounded(network, grid)
    proven = digits_of_decimals(digits) if chosen and OF_TRAININGS[chosen].decimals else 0
    with Bar(steps) as bar:
        made = training.trained(
            network, steps, numbers, max_digits, digits, proven, partial=not chosen, decimals=decimals
        )
        moments = _watched(bar.counted(made), network, bar)
        if chosen:
            write_output(output, lambda out: OF_TRAININGS[chosen].training(show)(moments, out), files_of(network))
        else:
            _write_screen(moments, show, plot, bar)
    tell_written(output, amount(steps, "update"))


def _write_screen(moments: Iterable[Moment], show: str, plot: bool, bar: Bar) -> None:
    from bptrace.views import training

    losses = training.Losses()
    write = training.write_table if show == "table" else training.write_registers
    problem = None
    try:
        write(losses.kept(moments) if plot else moments, sys.stdout, bar.hide)
    except BptraceError as found:  # what there is up to there is written, and drawn
        problem = found
    bar.hide()
    if plot:
        losses.write(sys.stdout)
    if problem:
        raise problem


def _watched(moments: Iterable[Moment], network: Network, bar: Bar) -> Iterator[Moment]:
    """The moments as they come, with one warning where a number becomes long."""
    from bptrace.engine.training import advice

    warned = False
    for moment in moments:
        if moment.longest and not warned:
            bar.say("\n   ".join([f"warning: {moment.place}: {moment.longest}", *advice(network)]))
            warned = True
        yield moment


def _rounded(network: Network, text: str) -> Network:
    """The network with updates on the grid that `--round` names."""
    from bptrace.engine.optimizers import GRID, setting_problem
    from bptrace.errors import Mark, SpecError
    from bptrace.spec.overrides import option_number

    source, grid, decimal = option_number("--round", text)
    problem = setting_problem(GRID, grid)
    if problem:
        message, example = problem
        raise SpecError(message, Mark(source, 0), f"as in --round {example}")
    return network.rounded(grid, decimal)
