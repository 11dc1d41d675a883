"""`bptrace graph`: a picture of a network."""

from __future__ import annotations

import click

from bptrace.cli.export import format_of
from bptrace.cli.files import amount, tell_written, write_output
from bptrace.cli.notes import print_notes
from bptrace.cli.options import Asked, files_of, network_options
from bptrace.graph.graph import Content
from bptrace.graph.quantity_graph import quantity_graph
from bptrace.views import GRAPHS


@click.command(epilog="\b\nExample:\n  bptrace graph example:relu_2_2_1 -o network.dot")
@network_options
@click.option(
    "--format", "format_name", type=click.Choice(sorted(GRAPHS)), help="Default: from the suffix of FILE, else dot."
)
@click.option("--values", is_flag=True, help="Write the values at the nodes and edges.")
@click.option("--gradients", is_flag=True, help="Write the gradients there; grey is what nothing flows back through.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def graph(asked: Asked, format_name: str | None, values: bool, gradients: bool, output: str | None) -> None:
    """Draw a network as a graph.

    NET is a YAML file, example:NAME, or - for standard input.
    """
    name = format_name or format_of(output, GRAPHS, "dot")
    network = asked.network()
    trace = asked.trace(network, symbolic=True, partial=True)
    picture = quantity_graph(trace.samples[0] if trace.samples else trace, Content(values, gradients))
    write_output(output, lambda out: GRAPHS[name].drawing()(picture, out), files_of(network))
    tell_written(output, f"{amount(len(picture.nodes), 'node')}")
    print_notes(network)
