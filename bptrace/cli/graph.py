"""`bptrace graph`: a picture of a network."""

from __future__ import annotations

import click

from bptrace.cli.export import format_of
from bptrace.cli.files import amount, tell_written, write_output
from bptrace.cli.notes import print_notes
from bptrace.cli.options import Asked, files_of, network_options
from bptrace.graph.drawing import AUTO, CHOICES, graph_of
from bptrace.graph.graph import Content
from bptrace.views import GRAPHS


@click.command(epilog="\b\nExample:\n  bptrace graph example:relu_2_2_1 -o network.dot")
@network_options
@click.option(
    "--format", "format_name", type=click.Choice(sorted(GRAPHS)), help="Default: from the suffix of FILE, else dot."
)
@click.option(
    "--nodes",
    type=click.Choice(CHOICES),
    default=AUTO,
    show_default=True,
    help="A circle for each unit of a layer, or a box for each quantity; auto: units where there are layers.",
)
@click.option("--values", is_flag=True, help="Write the values at the nodes and edges.")
@click.option("--gradients", is_flag=True, help="Write the gradients there; grey is what nothing flows back through.")
@click.option(
    "--why", metavar="GRADIENT", default="", help="Draw the paths to one gradient, dL/dw11, with the factors."
)
@click.option("--sample", type=click.IntRange(1), metavar="N", help="The sample that is drawn; default: the first.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def graph(
    asked: Asked,
    format_name: str | None,
    nodes: str,
    values: bool,
    gradients: bool,
    why: str,
    sample: int | None,
    output: str | None,
) -> None:
    """Draw a network as a graph.

    NET is a YAML file, example:NAME, or - for standard input.
    """
    name = format_name or format_of(output, GRAPHS, "dot")
    network = asked.network()
    trace = asked.trace(network, symbolic=True, partial=True)
    picture = graph_of(trace, nodes, Content(values, gradients, why), sample)
    write_output(output, lambda out: GRAPHS[name].drawing()(picture, out), files_of(network))
    tell_written(output, f"{amount(len(picture.nodes), 'node')}")
    print_notes(network)
