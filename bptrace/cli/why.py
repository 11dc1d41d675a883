"""`bptrace why`: where a row has its value from."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bptrace.cli.notes import print_notes
from bptrace.cli.options import Asked, network_options
from bptrace.errors import Source
from bptrace.ops.notation import TERMS
from bptrace.stepping.cursor import row_places

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _begun(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from bptrace.cli.completion import matching_rows

    return matching_rows(ctx.params.get("net"), incomplete)


@click.command(epilog="\b\nExample:\n  bptrace why example:relu_2_2_1 dL/dw11")
@network_options
@click.argument("quantities", nargs=-1, required=True, shell_complete=_begun)
def why(asked: Asked, quantities: Sequence[str]) -> None:
    """Tell why a row has its value.

    Its rule is shown, every path from the loss that leads to it, and what it reads.

    NET is a YAML file, example:NAME, or - for standard input. QUANTITIES are rows as the register calls them, z1,
    L, dL/dw11 or w11_new, of a sample dL/dw11(2), or all of an array: dL/dw. What a row reads has the number of the
    step that works it out, as in `bptrace run NET --step 7`.
    """
    from bptrace.views.why import write_why

    network = asked.network()
    trace = asked.trace(network, partial=True).shortened(TERMS)
    places = [place for name in quantities for place in row_places(trace, Source("QUANTITY", name))]
    write_why(trace, list(dict.fromkeys(places)), sys.stdout)
    print_notes(network)
    if trace.problem:
        raise trace.problem
