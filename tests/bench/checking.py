"""Checking: `bptrace check` of many registers of one network as a whole process, in as many more as there is room for.

Each has 30 rows of four digits: half of them right, half with a slip, any that applies, everywhere or in one row. The
time is what all processes take of the processors, shared out to two, since other programs do not stretch that.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.bench.figure import Figure, duration
from tests.bench.marking.networks import Toy
from tests.bench.marking.registers import STYLE_NAMED, Sheet
from tests.bench.marking.slipped import Study

NETWORK = Path(__file__).parents[2] / "networks" / "sigmoid_2_2_2.yaml"
FILES, ROWS, PROCESSORS = 1_000, 30, 2
SECONDS = 10
STYLES = ("4 digits", "4 digits, carried", "4 places", "4 digits, cut")


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        files = written(Path(folder), FILES)
        seconds = processor_seconds([sys.executable, "-m", "bptrace", "check", str(NETWORK), *map(str, files)])
    share = seconds / PROCESSORS
    what, beside = f"{FILES:,} files of {ROWS} rows", f"{PROCESSORS} processors"
    yield Figure(what, duration(share), beside, f"{FILES / share:,.0f} files/s", f"<= {SECONDS} s", share <= SECONDS)


def written(folder: Path, count: int) -> list[Path]:
    """Files of answers in a folder, the same every time."""
    study, random = Study(Toy("sigmoid", 0, NETWORK.read_text(encoding="utf-8"), ())), Random(0)
    paths = [folder / f"{number:04}.csv" for number in range(count)]
    for number, path in enumerate(paths):
        slip = random.choice(study.applicable) if number % 2 else ""
        mistake = random.choice([*study.mistakes(slip, random)]) if slip else None
        rows = study.register(STYLE_NAMED[random.choice(STYLES)], random, mistake)
        path.write_text(Sheet(dict([*rows.items()][:ROWS])).text, encoding="utf-8")
    return paths


def processor_seconds(process: list[str]) -> float:
    """What a process and those that it starts take. A register with mistakes is no failure."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(process, check=False, capture_output=True)
    assert done.returncode in (0, 1), done.stderr.decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
