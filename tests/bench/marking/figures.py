"""The rates of a small sample as figures of the benchmark; `python -m tests.bench.marking` measures larger ones."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean, median

from bptrace.marking.slips import BY_NAME
from tests.bench.figure import Figure
from tests.bench.marking.measure import DIGITS, Found
from tests.bench.marking.networks import KINDS
from tests.bench.marking.sample import Sample
from tests.bench.marking.tally import NAMES, TARGETS, cells

SAMPLE = Sample(tuple(KINDS), DIGITS, tuple(BY_NAME), cases=1)


def figures(sample: Sample = SAMPLE) -> Iterator[Figure]:
    """Of each part of a register in how many cases the slip is named, how many names are given, and who is wronged."""
    found = sample.of_slips()
    for part, digits, cell in cells(found):
        target = TARGETS.get((part, digits))
        yield Figure(
            f"slips named, {part}, {digits if digits == 'exact' else f'{digits} digits'}",
            f"{100 * cell.share:.1f} %",
            f"of {cell.cases:,} registers with one",
            target=f">= {100 * target:g} %" if target else "",
            met=cell.share >= target if target else None,
        )
    yield _names([item.names for item in found if item.names])
    yield _wronged(sample.of_right())


def _names(counts: list[int]) -> Figure:
    said = f"median {median(counts):g}, mean {mean(counts):.2f}"
    met = median(counts) == 1 and mean(counts) < NAMES
    return Figure("names given for it", said, f"in {len(counts):,} registers", target=f"1, < {NAMES}", met=met)


def _wronged(found: list[Found]) -> Figure:
    count = sum(bool(item.blamed or item.failure) for item in found)
    return Figure("right registers called wrong", f"{count:,}", f"of {len(found):,}", target="0", met=not count)
