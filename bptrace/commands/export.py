"""`bptrace export`: the register as a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import click

from bptrace.commands.options import Asked, network_options
from bptrace.views import VIEWS, View


@click.command(epilog="\b\nExample:\n  bptrace export networks/relu_2_2_1.yaml -o register.md")
@network_options
@click.option(
    "--format", "format_name", type=click.Choice(sorted(VIEWS)), help="Default: from the suffix of FILE, else csv."
)
@click.option("--fragment", is_flag=True, help="Of LaTeX the body alone, to be \\input into another document.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def export(asked: Asked, format_name: str | None, fragment: bool, output: str | None) -> None:
    """Write a network's whole register as CSV, JSON, LaTeX or Markdown.

    NET is a YAML file, or - for standard input. Nothing is cut. The columns of the CSV are step, phase,
    quantity, formula, rule, value, exact; of a network with samples also sample. The JSON is the whole trace, with
    the network, as `bptrace schema trace` describes it. The LaTeX is a document in which all is typeset, for
    pdflatex, lualatex or xelatex.
    """
    name = format_name or format_of(output)
    view = VIEWS[name].fragment() if fragment else VIEWS[name]
    if view is None:
        raise click.UsageError(f"--fragment is for LaTeX; this is {name}")
    trace = asked.trace(symbolic=True)
    if output and output != "-":
        from bptrace.files import write_whole

        write_whole(output, lambda out: view.write(trace, out))
    else:
        trace.audit()
        view.write(trace, sys.stdout)


def format_of(output: str | None, views: Mapping[str, View] = VIEWS) -> str:
    """The format that a file's suffix asks for; csv for standard output. Raises UsageError for an unknown suffix."""
    if not output or output == "-":
        return "csv"
    suffix = os.path.splitext(output)[1].lower()
    for name, view in views.items():
        if suffix in view.suffixes:
            return name
    known = ", ".join(suffix for view in views.values() for suffix in view.suffixes)
    raise click.UsageError(f"no format has the suffix of {output}; known: {known}; or give --format")
