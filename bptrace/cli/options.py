"""Options and arguments that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from bptrace.cli.notes import ignore_option, strict_option
from bptrace.engine.budget import RowLimit
from bptrace.engine.network import DECIMALS_LIMIT, DIGITS_LIMIT, NUMBER_STYLES, Network
from bptrace.engine.plans import GROUPINGS, RANK
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError
from bptrace.numbers.digits import DIGITS
from bptrace.spec.reader import load, loads
from bptrace.spec.yaml_text import read_bytes

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

WIDTH = 60
WIDEST = 1_000
LESS = "leave it out, or take a part: --phase or --step"
CLOSED_FORMS = RowLimit(3_000, "--exact finds the closed forms of", LESS)
WORKED_OUT = RowLimit(3_000, "--work writes the stages of", LESS)
EXPLAINED = RowLimit(5_000, "--explain tells of", LESS)
ARRAYS = RowLimit(
    6_000,
    "the matrix form has",
    "--phase or --step takes a part; csv has any number of rows",
    "a matrix form of {:,} lines",
)
"""How many arrays stand in the matrix form, of all samples together: each is laid out."""
READING = "reading {} from standard input; Ctrl-D on a line of its own ends it, Ctrl-C leaves"


def complete_networks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The networks that a shell offers for the beginning of a name."""
    from bptrace.cli.completion import networks

    return networks(incomplete)


network_argument = click.argument("net", type=click.Path(readable=False), shell_complete=complete_networks)
numbers_option = click.option(
    "--numbers",
    type=click.Choice(NUMBER_STYLES),
    default="auto",
    show_default=True,
    help="Fractions, or decimals where they end; auto prints as the file writes.",
)
set_option = click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="Give a weight, input, target or lr another value: w11=3, x=[2,1]. May repeat.",
)
digits_option = click.option(
    "--digits",
    type=click.IntRange(1, DIGITS_LIMIT),
    default=DIGITS,
    show_default=True,
    metavar="N",
    help="Significant digits of values that are not rational; every one is proven.",
)
decimals_option = click.option(
    "--decimals",
    type=click.IntRange(0, DECIMALS_LIMIT),
    metavar="N",
    help="At most N decimal places: what needs more is rounded, and marked ≈.",
)
exact_option = click.option(
    "--exact", is_flag=True, help="Also the closed form of such a value, 1/(1 + exp(-151/400)), where it is short."
)
width_option = click.option(
    "--width",
    type=click.IntRange(1, WIDEST),
    default=WIDTH,
    show_default=True,
    metavar="N",
    help="The longest closed form that --exact shows.",
)
work_option = click.option(
    "--work", is_flag=True, help="How each rule is worked out, stage by stage: 0.5*0.1 + (-0.3)*1 = 0.05 - 0.3 = -0.25."
)
cases_option = click.option(
    "--cases", is_flag=True, help="Activations by their cases: 0 if z1<0, z1 if z1>=0 instead of max(0,z1)."
)
inputs_option = click.option("--inputs", is_flag=True, help="Also the gradients of the inputs, dL/dx.")
allow_option = click.option(
    "--allow-path",
    "allowed",
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    multiple=True,
    help="A table of samples may be here, not only in the network's folder or below. May repeat.",
)
REGISTER, MATRIX = "register", "matrix"
form_option = click.option(
    "--form",
    type=click.Choice((REGISTER, MATRIX)),
    default=REGISTER,
    show_default=True,
    help="A row for each element, or a line for each whole array: formula = matrices = result.",
)
group_option = click.option(
    "--group",
    type=click.Choice(GROUPINGS),
    default=RANK,
    show_default=True,
    help="What a reverse step has: all of one rank, or of one unit its slope, its gradient and its weights'.",
)
shapes_option = click.option("--shapes", is_flag=True, help="With --form matrix: the shape of each quantity below it.")

brief_option = click.option("--brief", is_flag=True, help="Say of each step in a sentence or two what it does.")


reasons_option = click.option(
    "--explain", is_flag=True, help="Say why each line is as it is; of exports, with --form matrix."
)


def check_form(form: str, shapes: bool, **of_register: bool | str) -> None:
    """Refuse options, by name, that belong to the other form. Raises UsageError."""
    if form == REGISTER:
        if shapes:
            raise click.UsageError("--shapes goes with --form matrix")
        return
    wrong = [name for name, given in of_register.items() if given and given != RANK]
    if wrong:
        raise click.UsageError(f"--{wrong[0]} goes with --form register")


def check_numbers(numbers: str, decimals: int | None) -> None:
    """Refuse rounded numbers where fractions are asked for. Raises UsageError."""
    if decimals is not None and numbers == "fraction":
        raise click.UsageError("--decimals rounds decimals: without --numbers fraction")


class Asked(NamedTuple):
    """Which network is asked for, and how its register is to look: what the options of `network_options` say."""

    net: str
    numbers: str
    digits: int
    decimals: int | None
    exact: bool
    width: int
    work: bool
    cases: bool
    settings: Sequence[str]
    inputs: bool
    ignored: Sequence[str]
    strict: bool
    allowed: Sequence[str]

    def network(self) -> Network:
        """The network. Raises SpecError."""
        network = read_network(self.net, self.settings, self.ignored, self.strict, self.allowed)
        return network.by_cases() if self.cases else network

    def check_rows(
        self, network: Network, steps: Sequence[Step] | None = None, told: bool = False, form: str = ""
    ) -> None:
        """Refuse more rows than are looked into so closely, of all rows or those of some steps. Raises SpecError.

        `told`: they are told of in words, too. `form`: that of arrays has so many lines at most.
        """
        if form == MATRIX:
            known = None if steps is None else sum(len(step.plan.definitions) for step in steps)
            ARRAYS.check(network.line_count(self.inputs) if known is None else known, network.loss_mark)
        asked = {CLOSED_FORMS: self.exact, WORKED_OUT: self.work, EXPLAINED: told}
        for limit in (limit for limit, wanted in asked.items() if wanted):
            rows = network.row_count(self.inputs) if steps is None else sum(map(len, steps))
            limit.check(rows, network.loss_mark)

    def trace(
        self,
        network: Network | None = None,
        *,
        symbolic: bool = False,
        proven: int = 0,
        partial: bool = False,
    ) -> Trace:
        """Its trace, or that of another network; where that will do, over symbols, if nothing has a value.

        `proven`: at least so many digits are, though not shown. `partial`: where a value does not exist, what there is
        without it. Raises SpecError.
        """
        network = network or self.network()
        symbolic = symbolic and not self.work and not network.half_valued
        known = network if symbolic else fully_valued(network)
        check_numbers(self.numbers, self.decimals)
        digits, decimals = max(self.digits, proven), self.decimals
        trace = known.trace(self.numbers, self.inputs, digits, partial=partial, decimals=decimals)
        trace = trace.with_digits(self.digits)
        trace = trace.with_work() if self.work else trace
        return trace.with_closed_forms(self.width) if self.exact else trace


def network_options(command: Callable[..., None]) -> Callable[..., None]:
    """NET and the options of `Asked`, which the command takes as one."""

    @wraps(command)
    def called(**options: Any) -> None:
        asked = Asked(*[options.pop(name) for name in Asked._fields])
        command(asked, **options)

    looks = (numbers_option, digits_option, decimals_option, exact_option, width_option, work_option, cases_option)
    options = (network_argument, *looks, set_option, inputs_option, ignore_option, strict_option, allow_option)
    for option in reversed(options):
        option(called)
    return called


class FileOptions(NamedTuple):
    """How a network's file is read: what the options of `file_options` say."""

    settings: Sequence[str]
    ignored: Sequence[str]
    strict: bool
    allowed: Sequence[str]

    def network(self, path: str) -> Network:
        """The network in a file. Raises SpecError."""
        return read_network(path, *self)


def file_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of `FileOptions`, which the command takes as one."""

    @wraps(command)
    def called(**options: Any) -> None:
        command(reading=FileOptions(*[options.pop(name) for name in FileOptions._fields]), **options)

    for option in (allow_option, strict_option, ignore_option, set_option):
        option(called)
    return called


def files_of(network: Network) -> Sequence[str]:
    """The files that a network was read from, which are not to be written over."""
    return network.stated.files if network.stated else ()


def fully_valued(network: Network) -> Network:
    """The network, if everything in it has a value. Raises SpecError."""
    if network.unvalued:
        raise network.unvalued_error()
    return network


def read_network(
    path: str, settings: Sequence[str], ignored: Sequence[str], strict: bool, allowed: Sequence[str]
) -> Network:
    """The network in a file, or on standard input for `-`, with its settings, without the notes that are ignored.

    `allowed`: folders from which it may read its samples beside its own. Raises SpecError, and BptraceError with all
    its notes where `strict`.
    """
    network = loads(typed(), "<stdin>", allow=allowed) if path == "-" else load(path, allow=allowed)
    if settings or ignored:
        from bptrace.spec.overrides import assigned, without_notes

        network = without_notes(assigned(network, settings), ignored)
    if strict and network.notes:
        raise BptraceError("\n".join(str(note.error()) for note in network.notes))
    return network


def typed(kind: str = "a network") -> str:
    """The text on standard input; who is to type it, a network or another `kind`, is told so. Raises BptraceError."""
    if not sys.stdin:
        raise BptraceError("error: there is no standard input to read\n   name a file, or example:NAME")
    if sys.stdin.isatty():
        print(READING.format(kind), file=sys.stderr, flush=True)
    return read_bytes(sys.stdin.buffer, "<stdin>")
