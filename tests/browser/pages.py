"""Pages to be opened, each written once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from bptrace import Trace
from bptrace.views import VIEWS

Written: TypeAlias = Callable[[Trace], Path]


def writer(folder: Path) -> Written:
    """A function that writes a trace's page into a folder, once for each trace."""
    paths: dict[int, tuple[Trace, Path]] = {}

    def write(trace: Trace) -> Path:
        if id(trace) not in paths:
            path = folder / f"page-{len(paths)}.html"
            with path.open("w", encoding="utf-8", newline="") as out:
                VIEWS["html"].write(trace, out)
            paths[id(trace)] = trace, path
        return paths[id(trace)][1]

    return write
