"""`python -m tests.bench [NAME ...]`: every benchmark, or those named, in one table. A missed target is no error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import click
from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench import (
    against_sympy,
    checking,
    derivation,
    digits,
    graphs,
    memory,
    pages,
    rows,
    start_up,
    stepping,
    training,
    values,
    worksheets,
)
from tests.bench.figure import Figure
from tests.bench.marking import figures as marking

BENCHMARKS: dict[str, Callable[[], Iterable[Figure]]] = {
    "start-up": start_up.figures,
    "values": values.figures,
    "digits": digits.figures,
    "training": training.figures,
    "rows": rows.figures,
    "memory": memory.figures,
    "stepping": stepping.figures,
    "graphs": graphs.figures,
    "pages": pages.figures,
    "sympy": against_sympy.figures,
    "derivation": derivation.figures,
    "marking": marking.figures,
    "checking": checking.figures,
    "worksheets": worksheets.figures,
}
MET = {True: "[green]yes[/]", False: "[bold red]no[/]", None: ""}
WIDTH_OF_A_FILE = 130
CAPTION = "x: bptrace to what stands beside it; x faster: the other way round. Medians of runs in turn."


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
def main(names: Sequence[str]) -> None:
    """Measure bptrace beside its comparisons: everything, or the benchmarks NAMES."""
    figures: list[tuple[str, Figure]] = []
    for name in names or BENCHMARKS:
        with Console(stderr=True).status(f"measuring {name}"):
            figures += [(name, figure) for figure in BENCHMARKS[name]()]
    screen = Console()
    if not screen.is_terminal:
        screen.width = WIDTH_OF_A_FILE
    screen.print(table(figures))


def table(figures: Sequence[tuple[str, Figure]]) -> Table:
    """One line a figure, a rule between benchmarks."""
    found = Table("", "what", "bptrace", "beside", box=box.ROUNDED, border_style="dim", caption=CAPTION)
    found.add_column("ratio", justify="right", no_wrap=True)
    found.add_column("target", justify="right")
    found.add_column("met")
    last = ""
    for name, figure in figures:
        if last and name != last:
            found.add_section()
        found.add_row(name if name != last else "", *figure[:5], MET[figure.met])
        last = name
    return found


if __name__ == "__main__":
    main(prog_name="python -m tests.bench")
