"""Rates of what was found: by digits and part, by slip, by kind of network; and the cases that were missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from statistics import mean, median
from typing import NamedTuple

from tests.bench.marking.measure import DIGITS, Found
from tests.bench.marking.registers import FIRST_LAYER, GRADIENTS, NEW_WEIGHTS, PARTS, WHOLE

TARGETS = {
    **{(part, digits): 0.99 for part in (WHOLE, GRADIENTS) for digits in ("exact", "4")},
    **{(part, "3"): 0.97 for part in (WHOLE, GRADIENTS)},
    **{(part, "2"): 0.92 for part in (WHOLE, GRADIENTS)},
    (FIRST_LAYER, "3"): 0.95,
    (NEW_WEIGHTS, "3"): 0.95,
}
"""In how many cases of one the slip is to be named, by what there is of a register and to how many digits."""
NAMES = 2
"""Fewer names than that are to be given, in the mean; one, in the median."""


class Rate(NamedTuple):
    """Of so many cases: in how many the slip is named, or only beside, or only one that nothing tells from it."""

    cases: int
    named: int
    besides: int
    alike: int
    names: tuple[int, ...]

    @property
    def share(self) -> float:
        """In how many cases of one it is named."""
        return (self.named + self.besides) / self.cases

    def __str__(self) -> str:
        share = f"{100 * self.share:6.2f} % of {self.cases:>6,}"
        return f"{share}, beside {self.besides:>4,}, alike {self.alike:>3,}, names {self.spread}"

    @property
    def spread(self) -> str:
        """How many names are given where any is: median and mean."""
        return f"{median(self.names):g}, {mean(self.names):.2f}" if self.names else "none"


def rate(found: Sequence[Found]) -> Rate:
    """The rate of some cases with a slip."""
    named = sum(item.named for item in found)
    besides = sum(item.besides and not item.named for item in found)
    alike = sum(item.alike and not item.is_named for item in found)
    return Rate(len(found), named, besides, alike, tuple(item.names for item in found if item.names))


def grouped(found: Iterable[Found], key: Callable[[Found], str]) -> dict[str, list[Found]]:
    """The cases by what they have in common."""
    groups: dict[str, list[Found]] = {}
    for item in found:
        groups.setdefault(key(item), []).append(item)
    return groups


def cells(found: Sequence[Found]) -> Iterator[tuple[str, str, Rate]]:
    """The rate of each part and number of digits."""
    for part in PARTS:
        for digits in DIGITS:
            some = [item for item in found if (item.case.part, item.case.digits) == (part, digits)]
            if some:
                yield part, digits, rate(some)


def report(found: Sequence[Found], worst: int) -> Iterator[str]:
    """The lines of a report of cases with a slip."""
    failures = [item for item in found if item.failure]
    yield from [f"FAILURES: {len(failures):,}", *map(str, failures[:worst])] if failures else []
    for part, digits, cell in cells(found):
        target = TARGETS.get((part, digits))
        met = "" if target is None else f"  target {100 * target:g} %{'' if cell.share >= target else '  MISSED'}"
        yield f"{part:12} {digits:>6}  {cell}{met}"
    yield f"{'all':19}  {rate(found)}"
    yield from _by("kind of network", found, lambda item: item.case.kind, worst)
    yield from _by("slip", found, lambda item: item.case.mistake.slip if item.case.mistake else "", worst)


def _by(what: str, found: Sequence[Found], key: Callable[[Found], str], worst: int) -> Iterator[str]:
    yield f"\nBy {what}, the worst first:"
    rates = {name: rate(some) for name, some in grouped(found, key).items()}
    for name, each in sorted(rates.items(), key=lambda item: item[1].share)[: max(worst, 10)]:
        yield f"{name:45.45}  {each}"


def report_of_right(found: Sequence[Found], worst: int) -> Iterator[str]:
    """The lines of a report of registers that are right."""
    wronged = [item for item in found if item.blamed or item.failure]
    yield f"right registers wronged: {len(wronged):,} of {len(found):,}"
    beside = sum(bool(item.said) and not item.blamed for item in found)
    yield f"a slip is said beside what is right: {beside:,}"
    for what, key in (("style", lambda item: item.case.style), ("kind", lambda item: item.case.kind)):
        counts = Counter(map(key, wronged)).most_common(worst)
        yield f"  by {what}: {', '.join(f'{name} {count}' for name, count in counts)}" if counts else ""
    yield from (f"  {item}" for item in wronged[:worst])


def missed(found: Sequence[Found]) -> list[Found]:
    """The cases in which the slip is not named, those of the slips that are named least first."""
    shares = {name: rate(some).share for name, some in grouped(found, _slip).items()}
    return sorted((item for item in found if not item.is_named), key=lambda item: shares[_slip(item)])


def _slip(item: Found) -> str:
    return item.case.mistake.slip if item.case.mistake else ""
