"""The formats of the register: one file a format, one line each in `VIEWS`. Views read a trace and compute nothing."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple, TextIO

from bptrace.trace import Trace


class View(NamedTuple):
    """A format that `export` writes: the suffixes of its files, and the module here whose function makes it.

    `part`: the function that makes the body alone, where the format has one.
    """

    suffixes: tuple[str, ...]
    module: str
    function: str = "write"
    part: str = ""

    def write(self, trace: Trace, out: TextIO) -> None:
        """Write a trace's register; the module is imported when it is first needed."""
        getattr(import_module(f"bptrace.views.{self.module}"), self.function)(trace, out)

    def fragment(self) -> View | None:
        """The view that writes the body alone, or None."""
        return self._replace(function=self.part, part="") if self.part else None


VIEWS = {
    "csv": View((".csv",), "csv"),
    "latex": View((".tex",), "latex", part="write_fragment"),
    "markdown": View((".md", ".markdown"), "markdown"),
}
