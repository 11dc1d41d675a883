"""`bptrace graph`: a picture of a network."""

from __future__ import annotations

import click

from bptrace.cli.export import format_of
from bptrace.cli.files import amount, tell_written, write_output
from bptrace.cli.notes import print_notes
from bptrace.cli.options import Asked, files_of, network_options
from bptrace.graph.drawing import AUTO, CHOICES, FEW_DIGITS
from bptrace.views import GRAPHS


@click.command(epilog="\b\nExample:\n  bptrace graph example:relu_2_2_1 --values -o network.svg")
@network_options
@click.option(
    "--format", "format_name", type=click.Choice(sorted(GRAPHS)), help="Default: from the suffix of FILE, else text."
)
@click.option(
    "--nodes",
    type=click.Choice(CHOICES),
    default=AUTO,
    show_default=True,
    help="A circle for each unit of a layer, or a box for each quantity; auto: units where there are layers.",
)
@click.option("--values", is_flag=True, help="Write the values at the nodes and edges.")
@click.option(
    "--gradients", is_flag=True, help="Write the gradients there; grey or dashed is what nothing flows back through."
)
@click.option(
    "--why", metavar="GRADIENT", default="", help="Draw the paths to one gradient, dL/dw11, with the factors."
)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="The sample that is drawn; default: the first.")
@click.option("--fragment", is_flag=True, help="Of TikZ the picture alone, to be \\input into a document.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def graph(
    asked: Asked,
    format_name: str | None,
    nodes: str,
    values: bool,
    gradients: bool,
    why: str,
    sample: int | None,
    fragment: bool,
    output: str | None,
) -> None:
    """Draw a network: its units as on a whiteboard, or its quantities with their equations.

    NET is a YAML file, example:NAME, or - for standard input. On standard output it is drawn in characters, or listed
    where it is too large for that; a file has the format of its suffix: .svg, .tex for TikZ, .dot for Graphviz, .mmd
    for Mermaid, .txt. Of more than ten units in a layer the middle ones are left out, with their number; of what is not
    rational four digits are shown where --digits asks for no others.
    """
    if asked.work or asked.exact:
        raise click.UsageError(f"--{'work' if asked.work else 'exact'} is not for a picture")
    name = format_name or format_of(output, GRAPHS, "text")
    view = GRAPHS[name].fragment() if fragment else GRAPHS[name]
    if not view:
        raise click.UsageError(f"--fragment is for TikZ; this is {name}")
    network = asked.network()
    trace = asked.trace(network, symbolic=True, partial=True)
    picture = trace.graph(nodes, values=values, gradients=gradients, why=why, sample=sample, digits=_digits(asked))
    write_output(output, lambda out: view.drawing()(picture, out), files_of(network))
    tell_written(output, amount(len(picture.nodes), f"{picture.nodes_are} node"))
    print_notes(network)
    if trace.problem:
        raise trace.problem


def _digits(asked: Asked) -> int:
    """As many as are asked for; else fewer than a register has, since a picture has little room."""
    from click.core import ParameterSource

    is_asked = click.get_current_context().get_parameter_source("digits") is not ParameterSource.DEFAULT
    return asked.digits if is_asked else FEW_DIGITS
