"""Which cases are measured: of each slip so many, from networks of the kinds in turn; in one process or in several."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from tests.bench.marking.measure import Bench, Found, right_cases, slip_cases

NETWORKS_A_CASE = 2
"""For so many mistakes of a slip so many times as many networks are drawn of each kind, at most."""


class Sample(NamedTuple):
    """What is asked for: the kinds of network, the digits, the slips, how many mistakes of each, the first seed.

    `share`, `shares`: this process does every so manieth network and mistake.
    """

    kinds: tuple[str, ...]
    digits: tuple[str, ...]
    slips: tuple[str, ...]
    cases: int
    seed: int = 0
    share: int = 0
    shares: int = 1

    def _seeds(self, networks: int) -> range:
        return range(self.seed + self.share, self.seed + networks, self.shares)

    def of_right(self) -> list[Found]:
        """What is said of right registers of `cases` networks of each kind."""
        found = []
        for seed in self._seeds(self.cases):
            for kind in self.kinds:
                bench = Bench(kind, seed)
                found += [item for case in right_cases(kind, seed) if (item := bench.found(case))]
        return found

    def of_slips(self) -> list[Found]:
        """What is said of registers with a slip."""
        return list(self._of_slips())

    def _of_slips(self) -> Iterator[Found]:
        left = dict.fromkeys(self.slips, len(range(self.share, self.cases, self.shares)))
        for seed in self._seeds(self.cases * NETWORKS_A_CASE):
            for kind in self.kinds:
                bench = Bench(kind, seed)
                for slip in (slip for slip, count in left.items() if count > 0):
                    for cases in slip_cases(bench, slip, self.digits):
                        found = [item for case in cases if left[slip] > 0 and (item := bench.found(case))]
                        left[slip] -= bool(found)
                        yield from found


def of_right(sample: Sample, jobs: int) -> list[Found]:
    """What is said of right registers, in so many processes."""
    return _together([sample._replace(share=share, shares=jobs) for share in range(jobs)], Sample.of_right)


def of_slips(sample: Sample, jobs: int) -> list[Found]:
    """What is said of registers with a slip, in so many processes."""
    return _together([sample._replace(share=share, shares=jobs) for share in range(jobs)], Sample.of_slips)


def _together(samples: list[Sample], work: Callable[[Sample], list[Found]]) -> list[Found]:
    if len(samples) == 1:
        return work(samples[0])
    with ProcessPoolExecutor(len(samples)) as pool:
        return [item for found in pool.map(work, samples) for item in found]
