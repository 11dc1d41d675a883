"""`bptrace run`: the register on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from bptrace.cli.options import MATRIX, Asked, check_form, form_option, network_options, shapes_option
from bptrace.engine.plans import PHASES, REVERSE
from bptrace.engine.trace import Step, Trace
from bptrace.ops.notation import TERMS

PHASE_ALIASES = {"backward": REVERSE}
"""Other words for a phase."""


class _Phase(click.Choice):  # type: ignore[type-arg]  # generic only from click 8.2 on
    """A phase by its name or by another word for it, in large letters too."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        word = str(value).lower()
        return str(super().convert(PHASE_ALIASES.get(word, word), param, ctx))


@click.command(
    epilog="\b\nExample:\n  bptrace run example:relu_2_2_1 --phase reverse --formula --set w22=1",
)
@network_options
@click.option(
    "--phase",
    "phases",
    type=_Phase(PHASES),
    multiple=True,
    help=f"Only this phase. May repeat. {', '.join(map(' is '.join, PHASE_ALIASES.items()))}.",
)
@click.option("--step", "number", type=int, metavar="N", help="Only step N, counted from 1 over all phases.")
@click.option("--formula", is_flag=True, help="Add a column with each rule in names: dL/dz1*x1.")
@click.option("--explain", is_flag=True, help="Say under each step in a sentence or two what it does.")
@form_option
@shapes_option
def run(
    asked: Asked,
    phases: Sequence[str],
    number: int | None,
    formula: bool,
    explain: bool,
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
    check_form(form, shapes, formula=formula, explain=explain, exact=asked.exact)
    trace = asked.trace(symbolic=form == MATRIX).shortened(TERMS)
    steps = _chosen(trace, phases, number)
    trace.audit()
    whole = number is None and not phases
    if form == MATRIX:
        from bptrace.views import matrix_text

        matrix_text.write_matrix_text(trace, sys.stdout, shapes, steps=None if whole else steps)
        return
    from bptrace.explain.summary import summarize
    from bptrace.views import terminal

    look = terminal.Look(formula, explain, givens=whole)
    terminal.write_steps(trace, steps, look, summarize(trace) if whole else None, sys.stdout)


def _chosen(trace: Trace, phases: Sequence[str], number: int | None) -> list[Step]:
    """The steps that are asked for. Raises BadParameter, UsageError where there are none."""
    if number is not None and not 1 <= number <= len(trace.steps):
        raise click.BadParameter(f"there are steps 1 to {len(trace.steps)}, not {number}", param_hint="--step")
    steps = [step for step in trace.steps if step.number == (number or step.number)]
    steps = [step for step in steps if not phases or step.phase in phases]
    if not steps:
        there = ", ".join(dict.fromkeys(step.phase for step in trace.steps))
        of = f"step {number} is in another phase: {trace.steps[number - 1].phase}" if number else ""
        raise click.UsageError(of or f"there is no {phases[0]} phase; there are {there}")
    return steps
