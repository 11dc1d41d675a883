"""The formats of the register: one file a format, one line each in `VIEWS`. Views read a trace and compute nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TextIO

from bptrace.trace import Trace
from bptrace.views import csv, markdown


class View(NamedTuple):
    """A format that `export` writes: its file suffixes and its writer."""

    suffixes: tuple[str, ...]
    write: Callable[[Trace, TextIO], None]


VIEWS = {
    "csv": View((".csv",), csv.write),
    "markdown": View((".md", ".markdown"), markdown.write),
}
