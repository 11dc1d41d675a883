"""The givens of a page: each array laid out, an element a cell, so that any can be edited; a table of the samples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from bptrace.engine.model import Given
from bptrace.engine.optimizers import SETTINGS
from bptrace.engine.quantity import of_sample
from bptrace.numbers.arrays import entries, indices, size
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.expr import shape_text
from bptrace.typeset.tags import Tagged, tag
from bptrace.views.html_cells import in_math
from bptrace.views.html_register import HtmlWriter, HtmlWriters

LABELS = {"input": "Inputs", "weights": "Weights", "target": "Targets", "update": "Update", "state": "State before it"}
FOLDED = 60
"""An array of more elements is shown when it is asked for."""
FEW_SAMPLES = 20


def given_groups(writers: HtmlWriters) -> Iterator[Tagged]:
    """The givens by the sections of the file, then the samples."""
    whole = writers.of(None)
    shared = whole.trace.givens_of(None)
    for section in dict.fromkeys(given.section for given in shared):
        items = [_given(whole, given) for given in shared if given.section == section]
        yield tag("fieldset", tag("legend", LABELS[section]), tag("div", *items, class_="arrays"), class_="givens")
    if whole.trace.samples:
        yield _samples(writers)


def _given(writer: HtmlWriter, given: Given) -> Tagged:
    """A given and what it is; its name alone where nothing is known of it."""
    name = in_math(writer.cells.names.whole(given.key))
    about = tag("span", SETTINGS[given.key].about, class_="about") if given.section == "update" else Tagged("")
    if writer.trace.values[given.key] is UNKNOWN:
        shape = f" {shape_text(given.shape)}" if size(given.shape) > 1 else ""
        return tag("div", name, shape, class_="array")
    array = _array(writer, given)
    if size(given.shape) > FOLDED:
        return tag("details", tag("summary", name, f" {shape_text(given.shape)}"), array)
    return tag("div", name, tag("span", "=", class_="equals"), array, about, class_="array")


def _array(writer: HtmlWriter, given: Given) -> Tagged:
    """The elements of a given in rows and columns, a vector as a column."""
    cells = list(given_cells(writer, given, None))
    columns = given.shape[1] if len(given.shape) == 2 else 1
    rows = (tag("tr", *cells[start : start + columns]) for start in range(0, len(cells), columns))
    kind = "matrix" if given.shape else "scalar"
    return tag("table", tag("tbody", *rows), class_=kind, role="presentation")


def given_cells(writer: HtmlWriter, given: Given, sample: int | None) -> Iterator[Tagged]:
    """A cell for each element, in row order, with its name in the whole register."""
    quantity = writer.trace.program.quantities[given.key]
    numbers = entries(writer.trace.values[given.key], given.shape)
    for index, number in zip(indices(given.shape), numbers, strict=True):
        name = quantity.element(index)
        full = of_sample(name, sample) if sample else name
        yield tag("td", writer.trace.notation.shown(number).text, data_given=full)


def _samples(writers: HtmlWriters) -> Tagged:
    """The samples, a row each; many are shown when they are asked for."""
    trace, first = writers.trace, writers.of(1)
    givens = [(given, first.trace.program.quantities[given.key]) for given in trace.givens_of(1)]
    names = [item.element(index) for given, item in givens for index in indices(given.shape)]
    head = tag("tr", tag("th", "sample", scope="col"), *(_heading(first, name) for name in names))
    rows = (_sample(writers, number) for number in range(1, len(trace.samples) + 1))
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="samples")
    if len(trace.samples) > FEW_SAMPLES:
        table = tag("details", tag("summary", f"{len(trace.samples)} samples"), table)
    return tag("fieldset", tag("legend", "Samples"), table, class_="givens")


def _heading(writer: HtmlWriter, name: str) -> Tagged:
    """The heading of a column: mathematics to be seen, and its name to be heard."""
    shown = tag("span", in_math(writer.cells.names.element(name)), aria_hidden="true")
    return tag("th", shown, tag("span", name, class_="heard"), scope="col")


def _sample(writers: HtmlWriters, number: int) -> Tagged:
    cells = (given_cells(writers.of(number), given, number) for given in writers.trace.givens_of(number))
    return tag("tr", tag("th", str(number), scope="row"), *chain.from_iterable(cells))
