"""`bptrace new`: a commented network to start from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from itertools import pairwise

import click

from bptrace.cli.files import is_stream, tell_written, write_as_it_is, write_whole
from bptrace.cli.starters import DRAWS, FITS, OF_SEVERAL, Starter, drawn
from bptrace.errors import BptraceError, SpecError, shortened, shortened_path

WIDEST = 1_000
MOST_NUMBERS = 500_000
"""With more weights, whose gradients an update reads, `bptrace run` refuses the network."""


class Layers(click.ParamType):  # type: ignore[type-arg]  # generic only from click 8.2 on
    """`2,2,1`: the number of inputs, of units in each layer, of outputs; `most`: of weights and biases in all."""

    name = "layers"

    def __init__(self, most: int = MOST_NUMBERS) -> None:
        self.most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        parts = str(value).replace("-", ",").split(",")
        if len(parts) < 2 or not all(map(_is_size, parts)):
            self.fail(f"{shortened(str(value))} is not two or more numbers from 1 to {WIDEST}, as in 2,2,1", param, ctx)
        sizes = tuple(map(int, parts))
        numbers = sum((inputs + 1) * units for inputs, units in pairwise(sizes))
        if numbers > self.most:
            said = f"takes {numbers:,} weights and biases; at most {self.most:,} are drawn\n   fewer or smaller layers"
            self.fail(f"{shortened(str(value))} {said}", param, ctx)
        return sizes


def _is_size(text: str) -> bool:
    return len(text) < 20 and text.strip().isdecimal() and 1 <= int(text) <= WIDEST


def _activations() -> list[str]:
    from bptrace.ops.table import ROWS

    return [row.name for row in ROWS if row.title and row.arity == (1, 1)] + ["identity"]


def losses_that_fit() -> list[str]:
    """Every loss that fits some output activation."""
    return list(dict.fromkeys(loss for losses in FITS.values() for loss in losses))


def _matching(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from bptrace.cli.completion import matching_examples

    return matching_examples(incomplete)


@click.command(
    epilog="""\b
Examples:
  bptrace new net.yaml --layers 2,3,1 --seed 7
  bptrace new net.yaml --output-activation softmax --draw halves
  bptrace new net.yaml --example xor"""
)
@click.argument("file", type=click.Path())
@click.option("--layers", type=Layers(), metavar="N,N,...",
              help="Inputs, units of each layer, outputs; default: 2,2,1, for several classes 2,2,2.")  # fmt: skip
@click.option("--activation", type=click.Choice(_activations()), metavar="NAME", default="relu", show_default=True,
              help="Of the hidden layers: relu, tanh, sigmoid and so on.")  # fmt: skip
@click.option("--output-activation", type=click.Choice(list(FITS)), help="Of the outputs; default: as the loss asks.")
@click.option("--loss", type=click.Choice(losses_that_fit()), metavar="NAME",
              help="One that fits; default: squared_error, after sigmoid or softmax cross-entropy.")  # fmt: skip
@click.option("--draw", type=click.Choice(list(DRAWS)), default="integers", show_default=True,
              help="Which small numbers to draw.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Draw others.")
@click.option("--example", metavar="NAME", shell_complete=_matching,
              help="Copy this example instead; `bptrace examples` lists them.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@click.pass_context
def new(
    ctx: click.Context,
    file: str,
    layers: tuple[int, ...] | None,
    activation: str,
    output_activation: str | None,
    loss: str | None,
    draw: str,
    seed: int,
    example: str | None,
    force: bool,
) -> None:
    """Write a commented network to FILE, ready for `bptrace run`.

    FILE is - for standard output. All units that are drawn learn something, and no two are alike.
    """
    if example is not None:
        _check_alone(ctx)
        texts = _copies(file, example)
    else:
        asked = asked_starter(layers, activation, output_activation, loss, draw)
        texts = {file: drawn(asked, seed) + "\n"}
    if file == "-":
        click.echo(texts[file], nl=False)
        return
    _write_new(texts, force)
    named = f"./{file}" if file.startswith("example:") else file
    *first, last = texts
    for path in first:
        tell_written(path)
    tell_written(last, then=f"; now: bptrace run {shortened_path(named)}")


def asked_starter(
    layers: tuple[int, ...] | None, activation: str, output: str | None, loss: str | None, draw: str
) -> Starter:
    """What is to be drawn, what is left out as the rest asks for it. Raises UsageError where it does not fit."""
    output = output or next(name for name, losses in FITS.items() if loss is None or loss in losses)
    loss = loss or next(iter(FITS[output]))
    if loss not in FITS[output]:
        outputs = [name for name, losses in FITS.items() if loss in losses]
        hint = f"it goes with {' and '.join(outputs)}; {output} has {', '.join(FITS[output])}"
        raise click.UsageError(f"--loss {loss} does not fit --output-activation {output}\n   {hint}")
    several = FITS[output][loss].target in OF_SEVERAL
    if several and layers and layers[-1] == 1:
        raise click.UsageError(f"{loss} of one output is always the same\n   two or more, as in --layers 2,2,2")
    return Starter(layers or (2, 2, 1 + several), activation, output, loss, draw)


def _check_alone(ctx: click.Context) -> None:
    """Refuse options that draw a network where one is copied. Raises UsageError."""
    for name in ("layers", "activation", "output_activation", "loss", "draw", "seed"):
        if ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name.replace('_', '-')} draws a network; --example copies one")


def _copies(file: str, example: str) -> dict[str, str]:
    """The texts that make a copy of an example, by their paths: the network, then the table of its samples if any.

    Raises SpecError: there is no such example.
    """
    from bptrace.spec.examples import example_text, table_of
    from bptrace.spec.yaml_text import read_text

    table = table_of(example)
    if not table:
        return {file: example_text(example)}
    beside = os.path.join(os.path.dirname(file), os.path.basename(table))
    if os.path.basename(file) == os.path.basename(table):
        raise SpecError(
            f"{shortened_path(beside)} is to be the table of the network's samples", None, "name another file"
        )
    return {file: example_text(example), beside: read_text(table)}


def _write_new(texts: Mapping[str, str], force: bool) -> None:
    """Write texts to their files. Raises BptraceError where one exists and is not to be overwritten."""
    for file in texts:
        if os.path.isfile(file) and not is_stream(file) and not force:
            raise BptraceError(f"error: {shortened_path(file)} exists\n   --force overwrites it")
    for file, text in texts.items():
        write_whole(file, partial(write_as_it_is, text))
