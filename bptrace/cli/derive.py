"""`bptrace derive`: the chain rule with no numbers, or with them beside the names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bptrace.cli.export import format_of
from bptrace.cli.files import is_file, tell_written, write_output
from bptrace.cli.notes import ignore_option, strict_option
from bptrace.cli.options import (
    MATRIX,
    allow_option,
    cases_option,
    check_form,
    check_numbers,
    decimals_option,
    digits_option,
    files_of,
    form_option,
    inputs_option,
    network_argument,
    numbers_option,
    read_network,
    reasons_option,
    set_option,
    shapes_option,
    work_option,
)
from bptrace.engine.network import Network
from bptrace.engine.trace import Trace
from bptrace.numbers.digits import DIGITS
from bptrace.ops.notation import TERMS
from bptrace.views import DERIVATIONS, FORMULAS, MATRIX_DERIVATIONS, NUMBERED

if TYPE_CHECKING:
    from bptrace.typeset.derivatives import Request

MOST_LEVELS = 1_000


@click.command(epilog="\b\nExample:\n  bptrace derive example:generic_2_2_2 --chain --expanded W1")
@network_argument
@click.argument("quantities", nargs=-1)
@click.option("--outputs", is_flag=True, help="The sum over all that the loss reads; which terms are 0, and why.")
@click.option("--chain", is_flag=True, help="Every factor by its name: dL/dyhat * dyhat/dz * dz/dw.")
@click.option("--local", is_flag=True, help="The register's formula: dL/dz1*x1.")
@click.option("--expanded", is_flag=True, help="Everything put in, down to the givens and what is left open.")
@click.option("--general", is_flag=True, help="At any index: dL/dW[j,k], with a sum over i.")
@click.option("--paths", is_flag=True, help="Each path from the loss with its product; why others are 0.")
@click.option(
    "--levels",
    type=click.IntRange(1, MOST_LEVELS),
    metavar="N",
    help="With --expanded: N levels of names put in, a line each, what is worked out last first.",
)
@click.option(
    "--values", is_flag=True, help="With the numbers and the value, a line each: dL/dz * dz/dw = -10*2 = -20."
)
@numbers_option
@digits_option
@decimals_option
@work_option
@set_option
@cases_option
@inputs_option
@ignore_option
@strict_option
@allow_option
@form_option
@shapes_option
@reasons_option
@click.option(
    "--format", "format_name", type=click.Choice(list(DERIVATIONS)), help="Default: from the suffix of FILE, else text."
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def derive(
    net: str,
    quantities: Sequence[str],
    levels: int | None,
    values: bool,
    numbers: str,
    digits: int,
    decimals: int | None,
    work: bool,
    settings: Sequence[str],
    cases: bool,
    inputs: bool,
    ignored: Sequence[str],
    strict: bool,
    allowed: Sequence[str],
    form: str,
    shapes: bool,
    explain: bool,
    format_name: str | None,
    output: str | None,
    **forms: bool,
) -> None:
    """Print a network's chain rule with no numbers, or with --values with them.

    NET is a YAML file, example:NAME, or - for standard input; its names may have no values, its functions may be left
    open. QUANTITIES are what alone is derived: W1, w12, dL/dh1, or dyhat1/dw12; all gradients if left out. Without a
    form, each gradient is shown by one step of the chain rule and by its formula. As Markdown or LaTeX, all is typeset.
    With --form matrix, the whole working in arrays of names and of formulas. With --values, a line for each quantity:
    by names, with the gradients that it reads as numbers, all in numbers, and its value.
    """
    check_form(form, shapes, levels=bool(levels), **forms)
    chosen = [form for form, asked in forms.items() if asked]
    _check_forms(form, chosen, quantities, levels, explain)
    numbers_asked = {"numbers": numbers != "auto", "digits": digits != DIGITS, "decimals": decimals is not None}
    _check_values(values, form, chosen, **numbers_asked, work=work, set=bool(settings))
    check_numbers(numbers, decimals)

    name = format_name or format_of(output, DERIVATIONS, "text")
    network = read_network(net, settings, ignored, strict, allowed)
    network = network.by_cases() if cases else network
    view = (MATRIX_DERIVATIONS if form == MATRIX else DERIVATIONS)[name]
    if not quantities:
        view.check_rows(network.row_count(inputs), network.loss_mark)
        _check_lines(network, inputs, values, typeset=name != "text" and form != MATRIX)
    trace = _with_values(network, numbers, inputs, digits, decimals, work) if values else network.derived(inputs)
    trace = trace.shortened(TERMS if name == "text" and not is_file(output) else None)
    if form == MATRIX:
        options: dict[str, object] = {"shapes": shapes, "explain": explain}
    else:
        request = _request(trace, chosen, quantities, levels or 0, explain, values)
        _check_length(trace, request, name)
        options = {"request": request}
    trace.audit()
    write_output(output, lambda out: view.write(trace, out, **options), files_of(network))
    tell_written(output)


def _check_forms(
    form: str, chosen: Sequence[str], quantities: Sequence[str], levels: int | None, explain: bool
) -> None:
    """Refuse what has nothing to act on. Raises UsageError."""
    from bptrace.typeset.derivation import EXPANDED, GENERAL, PATHS

    if form == MATRIX and quantities:
        raise click.UsageError("--form matrix derives all quantities; name none")
    if levels and EXPANDED not in chosen:
        raise click.UsageError("--levels says how far --expanded goes: give that, too")
    if explain and chosen and {GENERAL, PATHS}.issuperset(chosen):
        raise click.UsageError("--explain is for lines of their own: not for --general or --paths alone")


def _check_lines(network: Network, inputs: bool, values: bool, typeset: bool) -> None:
    """Refuse more lines with values, or longer formulas, than are written, before any is made. Raises SpecError."""
    if values:
        NUMBERED.check(network.row_count(inputs), network.loss_mark)
    if typeset:
        FORMULAS.check(network.operation_count(inputs, values), network.loss_mark)


def _with_values(network: Network, numbers: str, inputs: bool, digits: int, decimals: int | None, work: bool) -> Trace:
    """The trace of a network with values. Raises SpecError where it has none."""
    if network.unvalued:
        raise network.unvalued_error("'bptrace derive' without --values")
    trace = network.trace(numbers, inputs, digits, decimals=decimals)
    return trace.with_work() if work else trace


def _request(
    trace: Trace, chosen: Sequence[str], quantities: Sequence[str], levels: int, explain: bool, values: bool
) -> Request:
    """What is asked for, its names looked up. Raises UsageError, SpecError."""
    from bptrace.typeset.derivation import GENERAL, check_paths
    from bptrace.typeset.derivatives import Request, is_derivative, pairs_of
    from bptrace.typeset.selection import wanted

    named = trace.samples[0] if trace.samples else trace
    partial = [quantity for quantity in quantities if is_derivative(named, quantity)]
    if partial and values:
        raise click.UsageError(f"--values is for gradients of {trace.program.loss}: not for {partial[0]}")
    names = wanted(named, [quantity for quantity in quantities if quantity not in partial])
    pairs = [pair for quantity in partial for pair in pairs_of(trace, quantity)]
    if pairs and GENERAL in chosen and not names:
        raise click.UsageError(f"--general is for gradients of {trace.program.loss}: not for {partial[0]}")
    if names or not pairs:
        check_paths(trace, chosen, names)
    return Request(chosen, names, levels, pairs, explain)


def _check_length(trace: Trace, request: Request, format_name: str) -> None:
    """Refuse formulas with everything put in that are too long together. Raises SpecError."""
    from bptrace.typeset.derivation import EXPANDED, LONGEST, LONGEST_IN_FILE, check_expanded

    if EXPANDED in request.forms and not request.levels and request.has_gradients:
        longest = LONGEST if format_name == "text" else LONGEST_IN_FILE
        check_expanded(trace, request.rows, request.wanted, longest)


def _check_values(values: bool, form: str, chosen: Sequence[str], **of_values: bool) -> None:
    """Refuse forms beside --values, and without it options that say something of values. Raises UsageError."""
    forms = [*chosen, *(["form matrix"] if form == MATRIX else [])]
    if values and forms:
        hint = "bptrace run --form matrix has the values" if forms[0] == "form matrix" else "leave one of the two out"
        raise click.UsageError(f"--values does not go with --{forms[0]}: {hint}")
    for name, given in of_values.items():
        if given and not values:
            raise click.UsageError(f"--{name} goes with --values")
