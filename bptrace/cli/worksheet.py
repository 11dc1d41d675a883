"""`bptrace worksheet`: a problem to hand out, with room to write, and its key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from bptrace.cli.export import format_of
from bptrace.cli.files import amount, is_file, tell_written, write_output
from bptrace.cli.new import Layers, asked_starter, losses_that_fit
from bptrace.cli.notes import print_notes
from bptrace.cli.options import (
    FileOptions,
    check_numbers,
    complete_networks,
    decimals_option,
    file_options,
    files_of,
    fully_valued,
    inputs_option,
    numbers_option,
)
from bptrace.cli.starters import DRAWS, FITS, drawn, parted
from bptrace.engine.network import DIGITS_LIMIT
from bptrace.errors import shortened
from bptrace.marking.worksheets import BLANKS, BOTH
from bptrace.numbers.exact import NumberError, rational
from bptrace.spec.reader import loads
from bptrace.views import WORKSHEETS

if TYPE_CHECKING:
    from bptrace.cli.variants import Looks, Variant

LAYERS, ACTIVATION = (2, 2, 2), "leaky_relu(1/4)"
"""What is drawn where nothing else is asked for: two outputs and a slope that is nowhere 0 hide least."""
DIGITS = 4
MOST_VARIANTS = 1_000
MOST_WEIGHTS = 10_000
"""The gradient and the update of each are rows, of which a search for numbers takes so many twice."""
SHEET, KEY = "sheet", "key"
MARKDOWN = "markdown"
DRAWN = "<drawn>"
SEARCHED = ("seed", "count", "draw", "blocked")
"""The options with which other numbers are put into a network."""


class _Activation(click.ParamType):  # type: ignore[type-arg]  # generic only from click 8.2 on
    """An activation by its name, with what it takes besides: `relu`, `leaky_relu(1/4)`."""

    name = "activation"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from bptrace.ops.table import ROWS

        known = {row.name: row.arity for row in ROWS if row.title and row.arity[0]} | {"identity": (1, 1)}
        function, settings = parted(str(value))
        if function not in known:
            self.fail(f"{shortened(str(value))} is none of {', '.join(known)}", param, ctx)
        least, most = known[function]
        if not least <= 1 + len(settings) <= most or not all(map(_is_number, settings)):
            takes = f"takes a number besides, as in {function}(1/4)" if most > 1 else "takes no number besides"
            self.fail(f"{shortened(str(value))}: {function} {takes}", param, ctx)
        return f"{function}({', '.join(settings)})" if settings else function


def _is_number(text: str) -> bool:
    try:
        rational(text)
    except NumberError:
        return False
    return True


@click.command(
    epilog="""\b
Examples:
  bptrace worksheet example:relu_2_2_1
  bptrace worksheet --seed 7 -o sheet.tex
  bptrace worksheet example:two_outputs --count 3 -o variants --format latex"""
)
@click.argument("net", required=False, type=click.Path(readable=False), shell_complete=complete_networks)
@click.option("--layers", type=Layers(MOST_WEIGHTS), metavar="N,N,...",
              help="Without NET: inputs, units of each layer, outputs; default: 2,2,2.")  # fmt: skip
@click.option("--activation", type=_Activation(), metavar="NAME",
              help=f"Of the hidden layers: relu, tanh and so on; default: {ACTIVATION}.")  # fmt: skip
@click.option("--output-activation", type=click.Choice(list(FITS)), help="Of the outputs; default: as the loss asks.")
@click.option("--loss", type=click.Choice(losses_that_fit()), metavar="NAME",
              help="One that fits; default: squared_error, after sigmoid or softmax cross-entropy.")  # fmt: skip
@click.option("--draw", type=click.Choice(list(DRAWS)), help="Which small numbers to draw; default: integers.")
@click.option("--seed", type=int, metavar="N", help="Draw others; with NET, put other numbers into it.")
@click.option("--blocked", is_flag=True, help="Draw numbers with which one unit is switched off.")
@click.option("--blank", type=click.Choice(BLANKS), default=BOTH, show_default=True,
              help="What is left out; with some the first row of each array is worked.")  # fmt: skip
@click.option(
    "--only", type=click.Choice((SHEET, KEY)), help="What to hand out, or its key; default: both, of CSV the first."
)
@click.option("--count", type=click.IntRange(1, MOST_VARIANTS), metavar="N",
              help="So many variants with other numbers, with their keys, in the folder -o.")  # fmt: skip
@numbers_option
@click.option("--digits", type=click.IntRange(1, DIGITS_LIMIT), default=DIGITS, show_default=True, metavar="N",
              help="Significant digits of values that are not rational.")  # fmt: skip
@decimals_option
@inputs_option
@file_options
@click.option("--format", "format_name", type=click.Choice(sorted(WORKSHEETS)),
              help="Default: from the suffix of FILE, else markdown.")  # fmt: skip
@click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE, with --count to a folder; default: standard output."
)
@click.pass_context
def worksheet(
    ctx: click.Context,
    net: str | None,
    layers: tuple[int, ...] | None,
    activation: str | None,
    output_activation: str | None,
    loss: str | None,
    draw: str | None,
    seed: int | None,
    blocked: bool,
    blank: str,
    only: str | None,
    count: int | None,
    numbers: str,
    digits: int,
    decimals: int | None,
    inputs: bool,
    reading: FileOptions,
    format_name: str | None,
    output: str | None,
) -> None:
    """Write a problem to hand out: givens, equations, a register to fill in, and its key.

    NET is a YAML file, example:NAME, or - for standard input. Without it a network is drawn, as `bptrace new` does,
    and its numbers are searched for: small, with small results, and such that as many mistakes as can be show in some
    value. So they are of NET with --seed, --count, --draw or --blocked. LaTeX is a page to print, the key on its own.
    CSV is filled in and handed in, and `bptrace check` marks it. With --count, if only 1, there are the networks too.
    """
    from bptrace.cli.variants import Looks, Variant, variants, write_worksheets
    from bptrace.marking.draws import FileSearch

    _check_asked(ctx, net, reading.settings, count, output)
    check_numbers(numbers, decimals)
    name = format_name or (MARKDOWN if count else format_of(output, WORKSHEETS, MARKDOWN))
    looks = Looks(blank, numbers, digits, decimals, inputs, sheet=only != KEY, key=only != SHEET)
    if net is None:
        starter = asked_starter(layers or LAYERS, activation or ACTIVATION, output_activation, loss, draw or "integers")
        network = loads(f"{drawn(starter, seed or 0)}\n", DRAWN)
    else:
        network = fully_valued(reading.network(net))
    found = [Variant(network)]
    if net is None or _given(ctx, *SEARCHED):
        found = variants(FileSearch(network, draw, blocked), seed or 0, count or 1)
    if count is None:
        _write_one(found[0], looks, name, output)
    else:
        write_worksheets(str(output), found, looks, name, files_of(network))
    print_notes(network)


def _write_one(variant: Variant, looks: Looks, name: str, output: str | None) -> None:
    """Write one worksheet and its key, of which CSV has the first if both are asked for."""
    if WORKSHEETS[name].alone and looks.sheet:
        looks = looks._replace(key=False)
    sheet = looks.worksheet(variant)
    write_output(output, partial(looks.write, name, [sheet]), files_of(variant.network))
    tell_written(output, amount(sheet.trace.count, "row"))


def _check_asked(
    ctx: click.Context, net: str | None, settings: Sequence[str], count: int | None, output: str | None
) -> None:
    """Refuse options that do not go together. Raises UsageError."""
    if net is not None and (name := _given(ctx, "layers", "activation", "output_activation", "loss")):
        raise click.UsageError(f"--{name.replace('_', '-')} draws a network; NET is one")
    if settings and (net is None or _given(ctx, *SEARCHED)):
        raise click.UsageError("--set is for the numbers of NET as they stand")
    if count is not None and not is_file(output):
        raise click.UsageError("--count writes a folder: name it, as in -o variants")


def _given(ctx: click.Context, *options: str) -> str:
    """The first of some options that is given, or nothing."""
    default = click.core.ParameterSource.DEFAULT
    return next((name for name in options if ctx.get_parameter_source(name) is not default), "")
