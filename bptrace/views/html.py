"""HTML: one page with the whole working and a stepper, which needs no network and no other file."""

from __future__ import annotations

from typing import TextIO

from bptrace.engine.sentence_parts import Named, sentence
from bptrace.engine.trace import Trace
from bptrace.explain.summary import Result, summarize
from bptrace.graph.drawing import graph_of
from bptrace.numbers.arrays import entries
from bptrace.ops.expr import Expr, Leaf, Name, number
from bptrace.ops.format import PRODUCT
from bptrace.ops.notation import TERMS
from bptrace.page.assets import policy, script, styles, template
from bptrace.page.data import as_json, page_data
from bptrace.page.links import GradientLinks, gradient_links
from bptrace.page.spots import Spots, spots_in
from bptrace.typeset.tags import Tagged, tag, tagged
from bptrace.views import PAGE
from bptrace.views.graph_svg import svg_of
from bptrace.views.html_cells import in_math
from bptrace.views.html_givens import given_groups
from bptrace.views.html_register import Beside, HtmlWriter, HtmlWriters, step_sections

UNTITLED = "Backpropagation, step by step"
NO_FACTOR = -1
MOST_NODES = 60
"""A picture of more nodes is left out."""


def write_html(trace: Trace, out: TextIO, brief: bool = False) -> None:
    """Write the page. `brief`: with one or two sentences a step. Raises SpecError of a very long register."""
    write_page(trace, out, brief)


def write_page(trace: Trace, out: TextIO, brief: bool = False, beside: Beside | None = None) -> None:
    """Write the page, perhaps with a column beside the values, and all of its rows there from the start."""
    PAGE.check(trace.count, trace.program.loss_mark)
    trace = trace.shortened(TERMS)
    writers = HtmlWriters(trace)
    factors = Factors(writers)
    links = [factors.taken(gradient) for gradient in gradient_links(trace)]
    graph, spots = _graph(trace)
    parts = {
        "policy": policy(script(), styles(marked=beside is not None)),
        "styles": styles(marked=beside is not None),
        "script": script(),
        "title": tagged(trace.title or UNTITLED),
        "notes": _notes(writers),
        "graph": graph,
        "equations": _equations(writers.of(1 if trace.samples else None)),
        "givens": tagged(*given_groups(writers)),
        "marking": beside.above if beside else "",
        "register": tagged(*step_sections(trace, writers, brief, beside)),
        "summary": _summary(writers) if trace.is_whole else "",
        "factors": tagged(*factors.pieces),
        "data": as_json(
            page_data(trace) | {"links": links, "graph": spots and spots._asdict(), "marked": beside is not None}
        ),
    }
    out.write(template().substitute(parts))


class Factors:
    """The factors of links as pieces of mathematics, each once, in the order of their numbers; 1 is none."""

    def __init__(self, writers: HtmlWriters) -> None:
        self.writers = writers
        self.pieces: dict[Tagged, int] = {}

    def taken(self, gradient: GradientLinks) -> list[object]:
        """The place and the subject of a gradient, and for each link the place that it comes from and its factor."""
        links = [[link.source, self._factor(link.factor, gradient.sample)] for link in gradient.links]
        return [gradient.place, gradient.subject, links]

    def _factor(self, factor: Expr, sample: int | None) -> int | str:
        """The number of a factor's piece; of what is a name alone, that."""
        if number(factor) == 1:
            return NO_FACTOR
        if isinstance(factor, Leaf):
            return factor.name
        piece = in_math(self.writers.of(sample).bare.formulas.write(factor, PRODUCT, leads=False))
        return self.pieces.setdefault(piece, len(self.pieces))


def _graph(trace: Trace) -> tuple[Tagged, Spots | None]:
    """The picture of the network, and where the rows stand in it; nothing where it would be too large to be read."""
    graph = graph_of(trace)
    if len(graph.nodes) > MOST_NODES:
        return Tagged(""), None
    return tag("figure", svg_of(graph, styled=False), id="graph"), spots_in(graph, trace)


def _notes(writers: HtmlWriters) -> Tagged:
    """What is probably not meant."""
    trace = writers.trace
    writer = writers.of(1 if trace.samples else None)
    items = [tag("li", writer.sentence(note.placed)) for note in trace.notes]
    return tag("ul", *items, class_="notes", aria_label="Notes") if items else Tagged("")


def _equations(writer: HtmlWriter) -> Tagged:
    """What the file defines, in its order."""
    items = (tag("li", in_math(writer.cells.equation(item))) for item in writer.trace.source.definitions)
    return tag("ul", *items, class_="equations")


def _summary(writers: HtmlWriters) -> Tagged:
    """What all comes to: the loss and the gradients, what is blocked, what is exact."""
    whole, summary = writers.of(None), summarize(writers.trace)
    items = [tag("li", _result(whole, result)) for result in summary.results]
    for start, rest, sample in summary.remarks():
        items.append(tag("li", writers.of(sample).sentence(sentence(start, rest))))
    return tag(
        "section",
        tag("h2", "Summary", id="summary-heading"),
        tag("ul", *items),
        tag("p", whole.sentence(summary.exactness)),
        id="summary",
        class_="at-end",
        aria_labelledby="summary-heading",
    )


def _result(writer: HtmlWriter, result: Result) -> Tagged:
    """A whole quantity and what it comes to; of a large one how many of its elements are 0."""
    if result.counted:
        return writer.sentence(sentence(Named(result.key), f": {result.shown.digits}"))
    cells, trace = writer.cells, writer.trace
    shape = trace.program.quantities[result.key].shape
    sign = " ≈ " if any(map(trace.notation.is_about, entries(trace.values[result.key], shape))) else " = "
    name = Name(result.key, shape)
    return in_math(cells.format.joined([cells.names.whole(result.key), cells.rules.top(name)], sign))
