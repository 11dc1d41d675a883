"""`bptrace new`: a commented network to start from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import click

from bptrace.cli.files import tell_written
from bptrace.errors import BptraceError

WIDEST = 1_000
MOST_NUMBERS = 900_000
TRIES = 50
LARGEST_TRIED = 60


class _Layers(click.ParamType):  # type: ignore[type-arg]  # generic only from click 8.2 on
    """`2,2,1`: the number of inputs, of units in each layer, of outputs."""

    name = "layers"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        parts = str(value).replace("-", ",").split(",")
        if len(parts) < 2 or not all(part.strip().isdecimal() and 1 <= int(part) <= WIDEST for part in parts):
            self.fail(f"{value!r} is not two or more numbers from 1 to {WIDEST}, as in 2,2,1", param, ctx)
        sizes = tuple(map(int, parts))
        if sum((inputs + 1) * units for inputs, units in pairwise(sizes)) > MOST_NUMBERS:
            self.fail(f"{value!r} takes more than {MOST_NUMBERS:,} numbers", param, ctx)
        return sizes


def _activations() -> list[str]:
    from bptrace.ops.table import ROWS

    return [row.name for row in ROWS if row.title and row.arity == (1, 1)] + ["identity"]


def _matching(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from bptrace.cli.completion import matching_examples

    return matching_examples(incomplete)


@click.command(
    epilog="""\b
Examples:
  bptrace new net.yaml --layers 2,3,1 --activation relu --seed 7
  bptrace new net.yaml --example xor"""
)
@click.argument("file", type=click.Path())
@click.option("--layers", type=_Layers(), metavar="N,N,...", default="2,2,1", show_default=True,
              help="Inputs, units of each layer, outputs.")  # fmt: skip
@click.option("--activation", type=click.Choice(_activations()), default="relu", show_default=True,
              help="Of the hidden layers.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the small integer weights.")
@click.option("--example", metavar="NAME", shell_complete=_matching,
              help="Copy this example instead; `bptrace examples` lists them.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@click.pass_context
def new(
    ctx: click.Context, file: str, layers: tuple[int, ...], activation: str, seed: int, example: str | None, force: bool
) -> None:
    """Write a commented network to FILE, ready for `bptrace run`.

    FILE is - for standard output.
    """
    if example is not None:
        _check_alone(ctx)
    texts = _copies(file, example) if example is not None else {file: drawn(layers, activation, seed) + "\n"}
    if file == "-":
        click.echo(texts[file], nl=False)
        return
    _write_new(texts, force)
    named = f"./{file}" if file.startswith("example:") else file
    *first, last = texts
    for path in first:
        tell_written(path)
    tell_written(last, then=f"; now: bptrace run {named}")


def _check_alone(ctx: click.Context) -> None:
    """Refuse options that draw a network where one is copied. Raises UsageError."""
    for name in ("layers", "activation", "seed"):
        if ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name} draws a network; --example copies one")


def _copies(file: str, example: str) -> dict[str, str]:
    """The texts that make a copy of an example, by their paths: the network, then the table of its samples if any.

    Raises SpecError: there is no such example.
    """
    from bptrace.spec.examples import example_text, table_of
    from bptrace.spec.yaml_text import read_text

    table = table_of(example)
    beside = {os.path.join(os.path.dirname(file), os.path.basename(table)): read_text(table)} if table else {}
    return {file: example_text(example), **beside}


def _write_new(texts: Mapping[str, str], force: bool) -> None:
    """Write texts to their files. Raises BptraceError where one exists and is not to be overwritten."""
    from bptrace.cli.files import write_whole

    for file in texts:
        if os.path.exists(file) and not os.path.isdir(file) and not force:
            raise BptraceError(f"error: {file} exists\n   --force overwrites it")
    for file, text in texts.items():
        write_whole(file, lambda out, text=text: out.write(text))  # type: ignore[misc]  # bound at once


def drawn(layers: Sequence[int], activation: str, seed: int) -> str:
    """A starter whose first layer learns something, if a few draws find one; the same for the same seed."""
    from random import Random

    choice = Random(seed).choice
    texts = ("\n".join(starter(layers, activation, lambda: choice((-3, -2, -1, 1, 2, 3)))) for _ in range(TRIES))
    first = next(texts)
    return first if sum(layers) > LARGEST_TRIED or learns(first) else next(filter(learns, texts), first)


def learns(text: str) -> bool:
    """Whether any gradient of the first layer's weights is not 0."""
    from bptrace.numbers.arrays import entries
    from bptrace.numbers.enclosures import is_zero
    from bptrace.spec.reader import loads

    trace = loads(text).trace()
    gradient = trace.program.gradients["W1"]
    return not all(map(is_zero, entries(trace.values[gradient], trace.program.quantities[gradient].shape)))


def starter(layers: Sequence[int], activation: str, draw: Callable[[], int]) -> Iterator[str]:
    """The lines of a starter network: sizes from inputs to outputs, small whole numbers drawn in order."""
    last = len(layers) - 1
    yield "# A network for bptrace: equations as on a whiteboard, read from top to bottom."
    yield "# Numbers are exact: 3, -0.5, 1/3. Try: bptrace run FILE --formula"
    yield f"title: {'-'.join(map(str, layers))} network"
    yield f"input: {{x: {_vector(layers[0], draw)}}}"
    yield "weights:"
    for number in range(1, last + 1):
        rows = ", ".join(_vector(layers[number - 1], draw) for _ in range(layers[number]))
        yield f"  W{number}: [{rows}]" + ("      # W1[unit][input]" if number == 1 else "")
        yield f"  b{number}: {_vector(layers[number], draw)}"
    yield f"target: {{y: {_vector(layers[last], draw)}}}"
    yield "forward:"
    for number in range(1, last + 1):
        yield from _layer_lines(number, "x" if number == 1 else f"h{number - 1}", activation, number == last)
    yield "loss: squared_error(yhat, y)"
    yield "update: {rule: sgd, lr: 1/10}      # one gradient step; leave it out if you need none"
    yield "# gradients: [weights, input]       # also the gradients of the input"


def _layer_lines(number: int, feeding: str, activation: str, last: bool) -> Iterator[str]:
    name = "yhat" if last else f"z{number}"
    yield f"  {name}: W{number}@{feeding} + b{number}"
    if not last:
        yield f"  h{number}: {activation}({name})"


def _vector(length: int, draw: Callable[[], int]) -> str:
    return "[" + ", ".join(str(draw()) for _ in range(length)) + "]"
