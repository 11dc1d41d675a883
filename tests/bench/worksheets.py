"""Worksheets: variants that are drawn, handed in with one slip each, marked by what `bptrace check` marks with.

Each slip that its numbers can show is made in every row that it applies to; it is named if the first row with a mistake
has its name. What a search takes is the processor's time, shared out to two.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from bptrace.cli.starters import Starter, drawn
from bptrace.cli.variants import Variant, variants
from bptrace.errors import Source
from bptrace.marking.draws import FileSearch
from bptrace.marking.marker import Marker
from bptrace.marking.working import Working
from bptrace.marking.worksheets import Worksheet
from bptrace.spec.reader import loads
from bptrace.views.worksheet_csv import write_csv_worksheets
from tests.bench.figure import Figure, duration
from tests.bench.marking.networks import Toy
from tests.bench.marking.registers import EXACT, Written
from tests.bench.marking.slipped import Mistake, Study

ACTIVATIONS = ("leaky_relu(1/4)", "relu", "tanh")
COUNT, PROCESSORS = 30, 2
ONE, ALL = 1.0, 10.0
"""How many seconds one search may take, and as many as there are variants."""


class HandedIn(NamedTuple):
    """A slip in a variant, and what the first row with a mistake is said to be."""

    variant: int
    slip: str
    named: tuple[str, ...]


def made(activation: str, count: int, seed: int = 0) -> list[Variant]:
    """Variants of a network with two inputs, two units and two outputs."""
    starter = Starter((2, 2, 2), activation)
    return variants(FileSearch(loads(drawn(starter, seed))), seed, count)


def handed_in(found: list[Variant]) -> Iterator[HandedIn]:
    """Every slip that the numbers of each variant show, made in it."""
    for number, variant in enumerate(found, 1):
        study = Study(Toy("worksheet", number, variant.text, ()))
        marker = Marker(Working(variant.network.trace(inputs=True)), "worksheet")
        blank = io.StringIO()
        write_csv_worksheets([Worksheet(variant.network.trace())], blank)
        for slip in study.applicable:
            rows = study.register(EXACT, Random(0), Mistake(slip))
            if any(written.value != study.working.value(name) for name, written in rows.items()):
                marked = marker.report(Source("answers.csv", filled_in(blank.getvalue(), rows))).marked
                first = next((row for row in marked.rows if row.slips), None)
                yield HandedIn(number, slip, tuple(naming.slip for naming in first.slips) if first else ())


def filled_in(blank: str, rows: dict[str, Written]) -> str:
    """A blank register with somebody's values."""
    out = io.StringIO()
    lines = csv.DictReader(io.StringIO(blank))
    writer = csv.DictWriter(out, lines.fieldnames or (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(line | {"value": rows[line["quantity"]].text} for line in lines)
    return out.getvalue()


def figures() -> Iterator[Figure]:
    for activation in ACTIVATIONS:
        before = processor_seconds()
        one = made(activation, 1)
        single = processor_seconds() - before
        yield _within(f"a 2-2-2 {activation}, drawn", single, ONE)
        before = processor_seconds()
        found = [*one, *made(activation, COUNT)[1:]]
        yield _within(f"{COUNT} of them", (processor_seconds() - before) / PROCESSORS, ALL)
        results = list(handed_in(found))
        named = sum(item.slip in item.named for item in results)
        alone = sum(item.named == (item.slip,) for item in results)
        beside = f"{alone:,} by themselves"
        told = f"{named:,} of {len(results):,} slips named"
        yield Figure(f"handed in, {activation}", told, beside, "", "all", named == len(results))


def processor_seconds() -> float:
    """What this process and those that it started have taken of the processors."""
    return sum(os.times()[:4])


def _within(what: str, seconds: float, most: float) -> Figure:
    return Figure(what, duration(seconds), f"{PROCESSORS} processors", "", f"<= {most:g} s", seconds <= most)
