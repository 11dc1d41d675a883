"""`bptrace derive`: the chain rule with no numbers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TextIO

import click

from bptrace.cli.options import (
    MATRIX,
    check_form,
    form_option,
    inputs_option,
    network_argument,
    read_network,
    shapes_option,
)
from bptrace.ops.notation import TERMS

if TYPE_CHECKING:
    from bptrace.engine.trace import Trace

    Writer = Callable[[Trace, Collection[str], Collection[str], TextIO], None]

FORMATS = ("text", "markdown", "latex")
SUFFIXES = {".txt": "text", ".md": "markdown", ".markdown": "markdown", ".tex": "latex"}


@click.command(epilog="\b\nExample:\n  bptrace derive example:generic_2_2_2 --chain --expanded W1")
@network_argument
@click.argument("quantities", nargs=-1)
@click.option("--chain", is_flag=True, help="Every factor by its name: dL/dyhat * dyhat/dz * dz/dw.")
@click.option("--local", is_flag=True, help="The register's formula: dL/dz1*x1.")
@click.option("--expanded", is_flag=True, help="Everything put in, down to the givens and what is left open.")
@click.option("--general", is_flag=True, help="At any index: dL/dW[j,k], with a sum over i.")
@click.option("--paths", is_flag=True, help="Each path from the loss with its product; why others are 0.")
@inputs_option
@form_option
@shapes_option
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), help="Default: from the suffix of FILE, else text."
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def derive(
    net: str,
    quantities: Sequence[str],
    inputs: bool,
    form: str,
    shapes: bool,
    format_name: str | None,
    output: str | None,
    **forms: bool,
) -> None:
    """Print a network's chain rule with no numbers.

    NET is a YAML file, example:NAME, or - for standard input; its names may have no values, its functions may be left
    open. QUANTITIES are what alone is derived: W1, w12, or dL/dh1; all gradients if left out. Without a form, each
    gradient is shown by one step of the chain rule and by its formula. As Markdown or LaTeX, all is typeset. With
    --form matrix, the whole working in arrays of names and of formulas.
    """
    check_form(form, shapes, **forms)
    if form == MATRIX and quantities:
        raise click.UsageError("--form matrix derives all quantities; name none")
    from bptrace.typeset.derivation import wanted

    name, to_file = format_name or _format_of(output), bool(output and output != "-")
    write = _matrix_writer(name, shapes) if form == MATRIX else _writer(name)
    trace = read_network(net, ()).derived(inputs).shortened(TERMS if name == "text" and not to_file else None)
    chosen, names = [form for form, asked in forms.items() if asked], wanted(trace, quantities)
    trace.audit()
    if output and to_file:
        from bptrace.cli.files import write_whole

        write_whole(output, lambda out: write(trace, chosen, names, out))
    else:
        write(trace, chosen, names, sys.stdout)


def _writer(format_name: str) -> Writer:
    """What writes a derivation in a format."""
    from bptrace.views import derivation_math, derivation_text

    writers = {
        "text": derivation_text.write_derivation_text,
        "markdown": derivation_math.write_derivation_markdown,
        "latex": derivation_math.write_derivation_latex,
    }
    return writers[format_name]


def _matrix_writer(format_name: str, shapes: bool) -> Writer:
    """What writes all of a derivation in the matrix form."""
    from bptrace.views import MATRIX_VIEWS, matrix_text

    if format_name == "text":
        return lambda trace, chosen, names, out: matrix_text.write_matrix_text(trace, None, shapes, out)
    return lambda trace, chosen, names, out: MATRIX_VIEWS[format_name].write(trace, out, shapes=shapes)


def _format_of(output: str | None) -> str:
    """The format that a file's suffix asks for; text for standard output. Raises UsageError."""
    if not output or output == "-":
        return "text"
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in SUFFIXES:
        raise click.UsageError(f"no format has the suffix of {output}; known: {', '.join(SUFFIXES)}; or give --format")
    return SUFFIXES[suffix]
