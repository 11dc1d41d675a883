"""The formats of the register: one file a format, one line each in `VIEWS`. Views read a trace and compute nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple, TextIO

from bptrace.engine.trace import Trace


class View(NamedTuple):
    """A format that `export` writes: the suffixes of its files, and the function of a module here that makes it.

    `many`: a file of it can hold the registers of one update after another, or a table of them.
    `part`: the function that makes the body alone, where the format has one.
    """

    suffixes: tuple[str, ...]
    module: str
    function: str
    many: bool = True
    part: str = ""

    def write(self, trace: Trace, out: TextIO, **options: Any) -> None:
        """Write a trace, with options of the module's own; the function is imported when it is first needed."""
        getattr(import_module(f"bptrace.views.{self.module}"), self.function)(trace, out, **options)

    def fragment(self) -> View | None:
        """The view that writes the body alone, or None."""
        return self._replace(function=self.part, part="") if self.part else None


VIEWS = {
    "csv": View((".csv",), "csv", "write_csv"),
    "json": View((".json",), "json", "write_json", many=False),
    "latex": View((".tex",), "latex", "write_latex", many=False, part="write_fragment"),
    "markdown": View((".md", ".markdown"), "markdown", "write_markdown"),
}
MANY = {name: view for name, view in VIEWS.items() if view.many}
MATRIX_VIEWS = {
    "markdown": View((".md", ".markdown"), "matrix_markdown", "write_matrix_markdown"),
    "latex": View((".tex",), "matrix_latex", "write_matrix_latex", part="write_body"),
}
"""The formats of the matrix form; `write` takes `shapes` as well."""
