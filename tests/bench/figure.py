"""One line of the benchmark's table, and how ratios and amounts are written."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """What was measured, on both sides. `met` is None where there is no target, or nothing was measured."""

    what: str
    bptrace: str
    beside: str
    ratio: str = ""
    target: str = ""
    met: bool | None = None


def at_least(what: str, bptrace: str, beside: str, ratio: float, bound: float | None) -> Figure:
    """How many times faster bptrace is; no bound, no target."""
    faster = f"{times(ratio)} faster"
    if bound is None:
        return Figure(what, bptrace, beside, faster)
    return Figure(what, bptrace, beside, faster, f">= {bound:,g}", ratio >= bound)


def at_most(what: str, bptrace: str, beside: str, ratio: float, bound: float) -> Figure:
    """How many times as much bptrace takes."""
    return Figure(what, bptrace, beside, times(ratio), f"<= {bound:,g}", ratio <= bound)


def times(ratio: float) -> str:
    """A ratio: `1.25 x`, `41 x`, `3,800 x`."""
    return f"{ratio:,.0f} x" if ratio >= 20 else f"{ratio:.1f} x" if ratio >= 10 else f"{ratio:.2f} x"


def duration(seconds: float) -> str:
    """Seconds with three digits in a readable unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def megabytes(count: int) -> str:
    """Bytes in MB."""
    return f"{count / 1e6:.1f} MB"
