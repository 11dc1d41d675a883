"""Start-up: `bptrace run networks/relu_2_2_1.yaml` as a whole process, from the shell's point of view.

Beside it stands a process that only imports what any such program needs: click, rich, PyYAML and FLINT. Both
run under the same Python, timed by the clock on the wall, and find their bytecode where the first run left
it (a directory of their own, so that neither the tree nor `PYTHONDONTWRITEBYTECODE` plays a part).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.clock import paired
from tests.bench.figure import Figure, at_most, duration

ROOT = Path(__file__).parents[2]
IMPORTS = "import click, rich.console, rich.table, yaml, flint"
SLOWER = 1.3


def figures() -> Iterator[Figure]:
    imports = [sys.executable, "-c", IMPORTS]
    with tempfile.TemporaryDirectory() as cache:
        pair = paired(lambda: run(command(), cache), lambda: run(imports, cache), rounds=21, clock=time.perf_counter)
    what = "run relu_2_2_1.yaml"
    yield at_most(what, duration(pair.subject), f"imports alone {duration(pair.comparison)}", pair.ratio, SLOWER)


def command() -> list[str]:
    """The installed command of this Python, or else the module."""
    script = Path(sys.executable).with_name("bptrace")
    program = [str(script)] if script.exists() else [sys.executable, "-m", "bptrace"]
    return [*program, "run", "networks/relu_2_2_1.yaml"]


def run(process: Sequence[str], cache: str) -> str:
    """What a process prints, its bytecode kept in a directory. Raises CalledProcessError where it fails."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPYCACHEPREFIX": cache}
    done = subprocess.run(process, cwd=ROOT, env=environment, check=True, capture_output=True, encoding="utf-8")
    return done.stdout
