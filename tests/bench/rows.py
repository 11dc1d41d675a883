"""Rows: the whole register of 784-32-10 as CSV and as `run` prints it, thrown away as it is written.

A row's rule is expanded, evaluated, compared with the array's value and printed; that audit is part of the
time, and so is the trace itself, a fresh one each round; `run` makes every row twice, the first time to see that
all agree, and has a summary. Beside both stands `csv.writer`, which writes the same
strings from a list where they lie ready: no program that writes this file can be faster.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from typing import TextIO

import bptrace
from bptrace.engine.network import Network
from bptrace.explain.summary import summarize
from bptrace.ops.notation import TERMS
from bptrace.views import csv as view
from bptrace.views import terminal
from tests.bench.clock import paired
from tests.bench.dense import MNIST, dense, name
from tests.bench.figure import Figure, times

ROWS_A_SECOND = 150_000
SLOWER_THAN_CSV = 3
PRINTED_A_SECOND = 60_000
PRINTED_SLOWER_THAN_CSV = 8


def figures() -> Iterator[Figure]:
    network = bptrace.loads(dense(MNIST).text)
    ready = list(csv.reader(io.StringIO(exported(network))))
    with open(os.devnull, "w", encoding="utf-8", newline="") as sink:
        for what, write, bound, a_second in (
            ("CSV", lambda: view.write_csv(network.trace(), sink), SLOWER_THAN_CSV, ROWS_A_SECOND),
            ("run", lambda: print_register(network, sink), PRINTED_SLOWER_THAN_CSV, PRINTED_A_SECOND),
        ):
            pair = paired(write, lambda: write_ready(ready, sink))
            rate, fastest = (len(ready) / seconds for seconds in (pair.subject, pair.comparison))
            yield Figure(
                f"{name(MNIST)}, {what}, {len(ready) - 1:,} rows",
                f"{rate:,.0f} rows/s",
                f"csv.writer {fastest:,.0f} rows/s",
                times(pair.ratio),
                f"{a_second // 1000}k rows/s or <= {bound}",
                pair.ratio <= bound or rate >= a_second,
            )


def print_register(network: Network, sink: TextIO) -> None:
    """Print the register as `run` does."""
    trace = network.trace().shortened(TERMS)
    trace.audit()
    terminal.write_steps(trace, trace.steps, terminal.Look(givens=True), summarize(trace), sink)


def exported(network: Network) -> str:
    """The register as CSV."""
    text = io.StringIO()
    view.write_csv(network.trace(), text)
    return text.getvalue()


def write_ready(ready: Sequence[Sequence[str]], sink: TextIO) -> None:
    """Write lines whose strings are there."""
    csv.writer(sink, lineterminator="\n").writerows(ready)
