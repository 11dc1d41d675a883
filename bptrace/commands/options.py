"""Options and arguments that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from bptrace.document import read_bytes
from bptrace.errors import BptraceError
from bptrace.network import NUMBER_STYLES, Network
from bptrace.settings import assigned
from bptrace.spec import load, loads

Command = TypeVar("Command", bound=Callable[..., Any])

network_argument = click.argument("net", type=click.Path())
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
inputs_option = click.option("--inputs", is_flag=True, help="Also the gradients of the inputs, dL/dx.")


def network_options(command: Command) -> Command:
    """NET, --numbers, --set and --inputs."""
    return network_argument(numbers_option(set_option(inputs_option(command))))


def read_network(path: str, settings: Sequence[str]) -> Network:
    """The network in a file, or on standard input for `-`, with its settings. Raises SpecError."""
    if path == "-" and not sys.stdin:
        raise BptraceError("error: there is no standard input to read")
    network = loads(read_bytes(sys.stdin.buffer, "<stdin>"), "<stdin>") if path == "-" else load(path)
    return assigned(network, settings) if settings else network
