"""`bptrace run`: the register on the terminal."""

from __future__ import annotations

import sys

import click

from bptrace.cli.options import (
    MATRIX,
    Asked,
    brief_option,
    check_form,
    form_option,
    group_option,
    network_options,
    shapes_option,
)
from bptrace.cli.steps import Extent, steps_options
from bptrace.ops.notation import TERMS


@click.command(
    epilog="\b\nExample:\n  bptrace run example:relu_2_2_1 --phase reverse --formula --set w22=1",
)
@network_options
@steps_options
@click.option("--formula", is_flag=True, help="Add a column with each rule in names: dL/dz1*x1.")
@click.option(
    "--explain", is_flag=True, help="Say under each step what it does and by which rule, or why each line is as it is."
)
@brief_option
@group_option
@form_option
@shapes_option
def run(
    asked: Asked,
    extent: Extent,
    formula: bool,
    explain: bool,
    brief: bool,
    group: str,
    form: str,
    shapes: bool,
) -> None:
    """Print every line of a network's working, a table a step.

    NET is a YAML file, example:NAME, or - for standard input. What is given comes first, then the forward pass and the
    reverse chain (both for each sample where the file has samples, then their mean or sum), then the update if the
    file has one, then a summary: the loss, the gradients, and which units are blocked. With --form matrix there is a
    line for each array instead, the matrices written out: initialization, forward pass, backpropagation, parameter
    update.
    """
    check_form(form, shapes, formula=formula, brief=brief, exact=asked.exact, group=group)
    network = asked.network()
    if not extent.option:
        asked.check_rows(network, told=explain or brief, form=form)
    trace = asked.trace(network, symbolic=form == MATRIX, partial=True).shortened(TERMS).grouped(group)
    steps = extent.of(trace)
    asked.check_rows(network, steps, explain or brief, form)
    trace.audit()
    if form == MATRIX:
        from bptrace.views import matrix_text

        matrix_text.write_matrix_text(
            trace, sys.stdout, shapes, steps=steps if extent.option else None, explain=explain
        )
    else:
        from bptrace.explain.summary import summarize
        from bptrace.views import terminal

        look = terminal.Look(formula, explain or brief, brief, givens=not extent.option)
        terminal.write_steps(trace, steps, look, None if extent.option else summarize(trace), sys.stdout)
    if trace.problem:
        raise trace.problem
