"""Pictures: `bptrace graph NET -o net.svg` as a whole process, beside a run of a small network, which is start-up."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.clock import paired
from tests.bench.dense import MNIST, Sizes, dense
from tests.bench.figure import Figure, duration, times
from tests.bench.start_up import command, run

MOST = 0.3
"""How many seconds longer than start-up a picture of so many units may take."""
SIZES: dict[Sizes, float | None] = {(2, 2, 1): MOST, (64, 64, 10): MOST, MNIST: None}


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        for sizes, most in SIZES.items():
            net = Path(folder, "net.yaml")
            net.write_text(dense(sizes).text, encoding="utf-8")
            yield _figure("-".join(map(str, sizes)), net, most, folder)


def _figure(sizes: str, net: Path, most: float | None, folder: str) -> Figure:
    small = command()
    picture = [*small[:-2], "graph", str(net), "-o", str(net.with_suffix(".svg"))]
    pair = paired(lambda: run(picture, folder), lambda: run(small, folder), rounds=11, clock=time.perf_counter)
    longer = pair.subject - pair.comparison
    target, met = (f"<= {most:g} s more", longer <= most) if most else ("", None)
    beside = f"run relu_2_2_1.yaml {duration(pair.comparison)}"
    return Figure(f"{sizes} as SVG", duration(pair.subject), beside, times(pair.ratio), target, met)
