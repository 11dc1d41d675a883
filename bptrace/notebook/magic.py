"""`%load_ext bptrace`: cells that are networks, `%%bptrace`, and Fractions as mathematics. Only IPython needs this."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from fractions import Fraction
from functools import partial
from typing import Any, NoReturn

from IPython.core.error import UsageError

from bptrace.engine.network import NUMBER_STYLES, Network
from bptrace.notebook.bundles import MEDIA, WRITERS
from bptrace.numbers.digits import DIGITS
from bptrace.spec.overrides import assigned
from bptrace.spec.reader import loads

SHOWN = ("trace", "network", "graph", "page", "nothing")
"""What a cell can show of its network."""


class CellOptions(ArgumentParser):
    """Reads what stands behind the magic. Raises IPython's UsageError."""

    def __init__(self) -> None:
        super().__init__("%%bptrace", description="Work out the network that the cell is.", add_help=False)
        add = self.add_argument
        add("name", nargs="?", help="The variable that keeps the trace; its network is NAME.source.")
        add("--set", action="append", default=[], metavar="NAME=VALUE", help="Another value for a given, w11=1/2.")
        add("--values", metavar="DICT", help="A variable with other values for givens, by their names.")
        add("--inputs", action="store_true", help="The gradients of the inputs, too.")
        add("--numbers", choices=NUMBER_STYLES, default="auto", help="How rational numbers are written.")
        add("--digits", type=int, default=DIGITS, help="How many digits of what is not rational are proven.")
        add("--decimals", type=int, metavar="PLACES", help="Numbers as decimals of at most so many places.")
        add("--show", choices=SHOWN, default="trace", help="What to show of it.")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and how the magic is used."""
        raise UsageError(f"{message}\n{self.format_usage()}".rstrip())

    def read(self, line: str) -> Namespace:
        """The options in a line."""
        try:
            asked = self.parse_args(shlex.split(line))
        except ValueError as problem:
            self.error(str(problem))
        if asked.name and not asked.name.isidentifier():
            self.error(f"{asked.name} cannot be the name of a variable")
        return asked


def load_extension(shell: Any) -> None:
    """Add the magic to a shell of IPython's, and show Fractions as mathematics in it."""
    cells = NetworkCells(shell)
    shell.register_magic_function(cells.run, "cell", "bptrace")
    for kind, medium in MEDIA.items():
        shell.display_formatter.formatters[kind].for_type(Fraction, partial(WRITERS[Fraction], medium))


def unload_extension(shell: Any) -> None:
    """Take the magic away, and show Fractions as Python does."""
    shell.magics_manager.magics["cell"].pop("bptrace", None)
    for kind in MEDIA:
        shell.display_formatter.formatters[kind].pop(Fraction, None)


class NetworkCells:
    """Works out the cells of a shell that are networks."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def run(self, line: str, cell: str) -> object:
        """Work out the network that the cell is, and show every line of the working."""
        asked = CellOptions().read(line)
        network = self._network(asked, cell)
        trace = network.trace(asked.numbers, asked.inputs, asked.digits, decimals=asked.decimals, partial=True)
        if asked.name:
            self.shell.user_ns[asked.name] = trace
        match asked.show:
            case "graph":
                return trace.graph()
            case "page":
                return trace.page()
        return {"trace": trace, "network": network}.get(asked.show)

    def _network(self, asked: Namespace, cell: str) -> Network:
        """The network of a cell. A complaint counts its lines from the one with the magic. Raises SpecError."""
        network = assigned(loads(f"\n{cell}", self._cell_name), asked.set)
        return network.given(self._variable(asked.values)) if asked.values else network

    @property
    def _cell_name(self) -> str:
        """What the cell is called; IPython may have counted on already."""
        number = len(self.shell.history_manager.input_hist_parsed) - 1
        return f"In[{number}]" if number else "<cell>"

    def _variable(self, name: str) -> Any:
        if name not in self.shell.user_ns:
            raise UsageError(f"there is no variable {name}")
        return self.shell.user_ns[name]
