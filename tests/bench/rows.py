"""Rows: the whole register of 784-32-10 as CSV, thrown away as it is written.

A row's rule is expanded, evaluated, compared with the array's value and printed; that audit is part of the
time, and so is the trace itself, a fresh one each round. Beside it stands `csv.writer`, which writes the same
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
from bptrace.views import csv as view
from tests.bench.clock import paired
from tests.bench.dense import MNIST, dense, name
from tests.bench.figure import Figure, times

ROWS_A_SECOND = 150_000
SLOWER_THAN_CSV = 3


def figures() -> Iterator[Figure]:
    network = bptrace.loads(dense(MNIST).text)
    ready = list(csv.reader(io.StringIO(exported(network))))
    with open(os.devnull, "w", encoding="utf-8", newline="") as sink:
        pair = paired(lambda: view.write_csv(network.trace(), sink), lambda: write_ready(ready, sink))
    rate, fastest = (len(ready) / seconds for seconds in (pair.subject, pair.comparison))
    yield Figure(
        f"{name(MNIST)}, {len(ready) - 1:,} rows",
        f"{rate:,.0f} rows/s",
        f"csv.writer {fastest:,.0f} rows/s",
        times(pair.ratio),
        f"{ROWS_A_SECOND // 1000}k rows/s or <= {SLOWER_THAN_CSV}",
        pair.ratio <= SLOWER_THAN_CSV or rate >= ROWS_A_SECOND,
    )


def exported(network: Network) -> str:
    """The register as CSV."""
    text = io.StringIO()
    view.write_csv(network.trace(), text)
    return text.getvalue()


def write_ready(ready: Sequence[Sequence[str]], sink: TextIO) -> None:
    """Write lines whose strings are there."""
    csv.writer(sink, lineterminator="\n").writerows(ready)
