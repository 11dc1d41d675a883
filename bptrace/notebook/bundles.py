"""A thing of bptrace's in each form that a notebook may show: by its MIME type, from one table of what shows what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from bptrace.engine.network import Network
from bptrace.engine.row import Array, Row
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.graph.graph import Graph
from bptrace.notebook.html_medium import HtmlMedium
from bptrace.notebook.medium import Medium
from bptrace.notebook.numerals import array_shown, number_shown
from bptrace.notebook.pictures import drawing_bundle
from bptrace.notebook.statement import network_table
from bptrace.notebook.tex_media import LatexMedium, MarkdownMedium
from bptrace.notebook.workings import row_table, step_table, trace_table
from bptrace.numbers.public import Enclosure

MEDIA: Mapping[str, Medium[Any]] = {
    "text/html": HtmlMedium(),
    "text/markdown": MarkdownMedium(),
    "text/latex": LatexMedium(),
}
"""How each form that has mathematics in it looks."""
WRITERS: Mapping[type, Callable[[Medium[Any], Any], str]] = {
    Network: network_table,
    Trace: trace_table,
    Step: step_table,
    Row: row_table,
    Array: array_shown,
    Enclosure: number_shown,
    Fraction: number_shown,
}
"""What shows a thing of each kind."""


def bundle(thing: object) -> Mapping[str, str]:
    """The thing in every form, its `repr` as plain text; a graph as a picture.

    >>> from fractions import Fraction
    >>> bundle(Fraction(-1, 2))["text/markdown"]
    '$$-1/2$$'
    """
    if isinstance(thing, Graph):
        return drawing_bundle(thing.to_svg(), f"Picture of {thing.trace.title or 'a network'}", repr(thing))
    write = next(write for kind, write in WRITERS.items() if isinstance(thing, kind))
    return {"text/plain": repr(thing), **{kind: write(medium, thing) for kind, medium in MEDIA.items()}}
