"""The console that rich writes to: a terminal with colours, or a file in which lines are wrapped."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the command line end as it does for every reader that leaves."""
        raise  # rich calls this while it handles the error


def console(out: TextIO, width: int) -> Console:
    """A console of so many columns that takes what it is given as text."""
    return _Console(file=out, width=width, markup=False, highlight=False, emoji=False)
