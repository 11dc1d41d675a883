"""The formats of the register: one file a format, one line each in `VIEWS`. Views read a trace and compute nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple, TextIO

from bptrace.trace import Trace


class View(NamedTuple):
    """A format that `export` writes: the suffixes of its files, and the module here whose `write` makes it.

    `many`: a file of it can hold the registers of one update after another, or a table of them.
    """

    suffixes: tuple[str, ...]
    module: str
    many: bool = True

    def write(self, trace: Trace, out: TextIO, **options: Any) -> None:
        """Write a trace, with options of the module's own; the module is imported when it is first needed."""
        import_module(f"bptrace.views.{self.module}").write(trace, out, **options)


VIEWS = {
    "csv": View((".csv",), "csv"),
    "json": View((".json",), "json", many=False),
    "markdown": View((".md", ".markdown"), "markdown"),
}
MANY = {name: view for name, view in VIEWS.items() if view.many}
MATRIX_VIEWS = {
    "markdown": View((".md", ".markdown"), "matrix_markdown"),
    "latex": View((".tex",), "matrix_latex"),
}
"""The formats of the matrix form; `write` takes `shapes` as well."""
