"""`bptrace export`: the register as a file."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click

from bptrace.cli.files import amount, is_file, is_stream, tell_written, write_output
from bptrace.cli.notes import print_notes
from bptrace.cli.options import (
    MATRIX,
    REGISTER,
    Asked,
    brief_option,
    check_form,
    files_of,
    form_option,
    group_option,
    network_options,
    reasons_option,
    shapes_option,
)
from bptrace.cli.steps import Extent, steps_options
from bptrace.errors import shortened_path
from bptrace.numbers.decimals import digits_of_decimals
from bptrace.views import MATRIX_VIEWS, VIEWS, View

FORMS = {REGISTER: VIEWS, MATRIX: MATRIX_VIEWS}
DEFAULTS = {REGISTER: "csv", MATRIX: "markdown"}


@click.command(epilog="\b\nExample:\n  bptrace export example:relu_2_2_1 -o register.md")
@network_options
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(VIEWS | MATRIX_VIEWS)),
    help="Default: from the suffix of FILE, else csv; of the matrix form markdown.",
)
@steps_options
@group_option
@form_option
@shapes_option
@reasons_option
@brief_option
@click.option("--fragment", is_flag=True, help="Of LaTeX the body alone, to be \\input into another document.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, all or nothing; default: standard output.")
def export(
    asked: Asked,
    format_name: str | None,
    extent: Extent,
    group: str,
    form: str,
    shapes: bool,
    explain: bool,
    brief: bool,
    fragment: bool,
    output: str | None,
) -> None:
    """Write a network's register as CSV, JSON, LaTeX or Markdown, as slides, as a page to step through, or as a
    spreadsheet.

    NET is a YAML file, example:NAME, or - for standard input. Nothing is cut. The columns of the CSV are step, phase,
    quantity, formula, rule, value, exact, decimal; of a network with samples also sample. The JSON is the whole trace,
    with the network, as `bptrace schema trace` describes it. The LaTeX is a document in which all is typeset, for
    pdflatex, lualatex or xelatex. For beamer there is a frame a step; as on a screen, long sums are cut. With --form
    matrix, as Markdown, LaTeX or slides, there is a line for each array, the matrices written out. --phase and --step
    leave out givens, equations and summary too, where a format has them; JSON is always whole. The HTML is one page for
    a browser, whole as well, that steps forward and back and needs no network. In the spreadsheet, xlsx, every rule is
    a live formula, and the givens can be changed; it is written where bptrace[xlsx] is installed.
    """
    if explain and form == REGISTER:
        raise click.UsageError("--explain goes with --form matrix")
    check_form(form, shapes, brief=brief, group=group, exact=asked.exact)
    worked = "--work" * asked.work or "--cases" * asked.cases
    name = format_name or format_of(output, FORMS[form], DEFAULTS[form])
    view = _view_of(form, name, fragment, extent.option, worked, brief)
    options: dict[str, object] = {"shapes": shapes, "explain": explain} if form == MATRIX else {}
    options |= {"brief": brief} if view.worded else {}
    network = asked.network()
    if view.whole or not extent.option:
        view.check_rows(network.row_count(asked.inputs), network.loss_mark, asked.work)
        asked.check_rows(network, form=form)
    proven = digits_of_decimals(asked.digits) if view.decimals else 0
    trace = asked.trace(network, symbolic=not view.valued, proven=proven)
    trace = trace.grouped(group)
    steps = extent.of(trace)
    if extent.option:
        view.check_rows(sum(map(len, steps)), network.loss_mark, asked.work)
        asked.check_rows(network, steps, form=form)
        options["steps"] = steps
    if not output or not is_file(output) or is_stream(output):
        trace.audit()
    write_output(output, lambda out: view.write(trace, out, **options), files_of(network))
    tell_written(output, amount(sum(map(len, steps)), "row"))
    if not view.noted:
        print_notes(network)


def _view_of(form: str, name: str, fragment: bool, part: str, worked: str, brief: bool) -> View:
    """The view for one form in a format. Raises UsageError where there is none that writes what is asked for.

    `part`, `worked`: the option that asks for some steps alone, and for rules worked out, or nothing.
    """
    views = FORMS[form]
    if name not in views:
        raise click.UsageError(f"the {form} form has no format {name}; it has {' and '.join(views)}")
    view = views[name].fragment() if fragment else views[name]
    if view is None:
        raise click.UsageError(f"--fragment is for LaTeX; this is {name}")
    other = part or (worked if worked in view.bare else "")
    if other and view.whole:
        raise click.UsageError(f"{other} is not for {name}: a {view.whole} is whole")
    if brief and not view.worded:
        raise click.UsageError(f"--brief is for formats with sentences; this is {name}")
    return view


def format_of(output: str | None, views: Mapping[str, View] = VIEWS, default: str = "csv") -> str:
    """The format that a file's suffix asks for; the default for standard output, a pipe, a device.

    Raises UsageError for an unknown suffix.
    """
    if not output or not is_file(output):
        return default
    named = {suffix: name for name, view in views.items() for suffix in view.suffixes}
    found = filter(os.path.basename(output)[1:].lower().endswith, named)  # a name is more than a suffix
    if longest := max(found, key=len, default=""):
        return named[longest]
    if is_stream(output):
        return default
    known = ", ".join(suffix for view in views.values() for suffix in view.suffixes)
    raise click.UsageError(f"no format has the suffix of {shortened_path(output)}; known: {known}; or give --format")
