"""`bptrace derive`: the chain rule with no numbers."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from bptrace.commands.options import (
    MATRIX,
    check_form,
    form_option,
    inputs_option,
    network_argument,
    read_network,
    shapes_option,
)


@click.command(epilog="\b\nExample:\n  bptrace derive networks/generic_2_2_2.yaml --chain --expanded W1")
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
def derive(net: str, quantities: Sequence[str], inputs: bool, form: str, shapes: bool, **forms: bool) -> None:
    """Print a network's chain rule with no numbers.

    NET is a YAML file, or - for standard input; its names may have no values, its functions may be left open.
    QUANTITIES are what alone is derived: W1, w12, or dL/dh1; all gradients if left out. Without a form, each
    gradient is shown by one step of the chain rule and by its formula. With --form matrix, all of the working in
    arrays of names and of formulas.
    """
    check_form(form, shapes, **forms)
    trace = read_network(net, ()).derived(inputs)
    if form == MATRIX:
        from bptrace.views import blocks

        if quantities:
            raise click.UsageError("--form matrix derives all quantities; name none")
        blocks.write(trace, None, shapes, sys.stdout)
        return
    from bptrace.derivation import wanted
    from bptrace.views import derived

    chosen = [form for form, asked in forms.items() if asked]
    derived.write(trace, chosen, wanted(trace, quantities), sys.stdout)
