"""Pages: `bptrace export NET -o net.html` as a whole process, beside the same as Markdown; and how large it is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.clock import paired
from tests.bench.figure import Figure, at_most, duration
from tests.bench.start_up import command, run

NETWORK = "causal_attention"
SLOWER = 3
LARGEST = 250_000


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        page, document = (Path(folder, f"net.{suffix}") for suffix in ("html", "md"))
        program = [*command()[:-2], "export", f"networks/{NETWORK}.yaml", "-o"]
        pair = paired(
            lambda: run([*program, str(page)], folder),
            lambda: run([*program, str(document)], folder),
            rounds=7,
            clock=time.perf_counter,
        )
        beside = f"as Markdown {duration(pair.comparison)}"
        yield at_most(f"{NETWORK} as a page", duration(pair.subject), beside, pair.ratio, SLOWER)
        size = page.stat().st_size
        yield Figure("its size", f"{size:,} bytes", "", "", f"<= {LARGEST:,}", size <= LARGEST)
