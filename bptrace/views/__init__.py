"""The formats of the register: one file a format, one line each in `VIEWS`. Views read a trace and compute nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple, TextIO

from bptrace.trace import Trace


class View(NamedTuple):
    """A format that `export` writes: the suffixes of its files, and the module here whose `write` makes it."""

    suffixes: tuple[str, ...]
    module: str

    def write(self, trace: Trace, out: TextIO, **options: Any) -> None:
        """Write a trace, with options of the module's own; the module is imported when it is first needed."""
        import_module(f"bptrace.views.{self.module}").write(trace, out, **options)


VIEWS = {
    "csv": View((".csv",), "csv"),
    "markdown": View((".md", ".markdown"), "markdown"),
}
MATRIX_VIEWS = {
    "markdown": View((".md", ".markdown"), "matrix_markdown"),
    "latex": View((".tex",), "matrix_latex"),
}
"""The formats of the matrix form; `write` takes `shapes` as well."""
