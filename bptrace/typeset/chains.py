"""The chain rule by its factors: one step of it, and all of it from the loss on, each factor by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Generic

from bptrace.engine.trace import Trace
from bptrace.errors import SpecError
from bptrace.explain.paths import LINK_LIMIT, Link, Links, Trail, Ways
from bptrace.numbers.digits import Numeral
from bptrace.ops.expr import number
from bptrace.ops.format import FRACTION, PRODUCT, TERM, T
from bptrace.ops.layout import Each
from bptrace.typeset.index_notation import Route
from bptrace.typeset.mathematics import Mathematics

PATHS_SHOWN = 50
"""How many paths to one gradient are shown."""
FACTOR_LIMIT = 150_000
"""How many factors the paths that are shown may have in all."""
MOST_GRADIENTS = 10_000
"""To how many gradients paths are shown: how many factors they have is found one by one."""


FEWER = "name some of the gradients, after the file"


def check_gradients(trace: Trace, count: int) -> None:
    """Raise SpecError where the paths to so many gradients are not even measured."""
    if count > MOST_GRADIENTS:
        message = f"the paths to {count:,} gradients; those to at most {MOST_GRADIENTS:,} are shown"
        raise SpecError(message, trace.program.loss_mark, FEWER)


def check_length(trace: Trace, gradients: Collection[str], followed: bool = False) -> None:
    """Raise SpecError where the paths to these gradients have too many factors to be written down.

    `followed`: the first of them are to be written where there are many, so that the links must be few enough.
    """
    known, total = Links(trace), 0
    for place, name in enumerate(gradients, 1):  # it stops at once: to follow all of them takes its time
        if followed and not known.count:
            _check_links(trace, name, known)
        extent = known.extent(name)
        if followed and known.count > LINK_LIMIT:
            _check_links(trace, name, known)
        total += extent.factors if extent.paths <= PATHS_SHOWN else 0
        if total > FACTOR_LIMIT:
            message = f"the paths to {place:,} of {len(gradients):,} gradients have {total:,} factors"
            raise SpecError(f"{message}; at most {FACTOR_LIMIT:,} are shown", trace.program.loss_mark, FEWER)


def _check_links(trace: Trace, name: str, known: Links) -> None:
    """Raise SpecError where more links lead to a gradient than are followed."""
    if not Ways(trace, name, known).links:
        message = f"more than {LINK_LIMIT:,} links lead to {name}, the most that are followed"
        raise SpecError(message, trace.program.loss_mark, "name another gradient, after the file")


class Chains(Generic[T]):
    """The chain rule of a trace's gradients, each factor by its name. `known`: the links of the trace."""

    def __init__(self, mathematics: Mathematics[T], known: Links) -> None:
        self.mathematics = mathematics
        self.names, self.format = mathematics.names, mathematics.format
        self.trace, self.known = mathematics.trace, known

    def ways(self, name: str) -> Ways:
        """The ways from the loss to the element of a gradient."""
        return Ways(self.trace, name, self.known)

    def one_step(self, name: str) -> list[T]:
        """The product of the gradient before and one factor, each named, for each way in; then with factors of 1."""
        links = self.known.of(name)
        sources = [link.source for link in links if link.source]
        if not sources:
            return []
        named = self._sum(links, lambda link: self._named_link(link, name))
        if any(number(link.factor) != 1 for link in links):
            return [named]
        one = self.format.number(Numeral("", "1"))
        return [named, self._sum(sources, lambda source: self.format.joined([self.names.element(source), one], "then"))]

    def _sum(self, items: Sequence[Each], write: Callable[[Each], T]) -> T:
        """What is written of each item, added up; of many the middle is left out and counted, as in any sum."""
        front, left_out, back = self.mathematics.cut(items, TERM)
        gap = [self.format.more(left_out, TERM)] if left_out else []
        return self.format.joined([*map(write, front), *gap, *map(write, back)], "+")

    def _named_link(self, link: Link, name: str) -> T:
        """One way in: the gradient before and a named factor; what the loss adds of itself, by its formula."""
        if link.source is None:
            return self.mathematics.write(link.factor, FRACTION, False)
        here, there = (self.names.element(self.subject(each)) for each in (name, link.source))
        return self.format.joined([self.names.element(link.source), self.format.partial(there, here)], "then")

    def subject(self, name: str) -> str:
        """What an element is the gradient of: `w11` for `dL/dw11`."""
        key, index = self.trace.register.places[name]
        return self.trace.program.quantities[self.trace.differentiated[key]].element(index)

    def chain(self, name: str) -> list[T]:
        """The sum over all paths of the product of their factors, each named by what changes with what."""
        count = self.known.extent(name).paths
        if count > PATHS_SHOWN:
            return [self.format.words(f"a sum over {count:,} paths")]
        ways = self.ways(name)
        if ways.links[name] and not ways.links[name][0].source and count == 1:
            return [self.mathematics.top(ways.links[name][0].factor)]
        products = [self._named_product(ways, trail) for trail in ways.trails()]
        return [self.format.joined(products, "+") if products else self.format.number(Numeral("", "0"))]

    def at_letters(self, routes: Sequence[Route]) -> T:
        """The chain rule at an index of letters: a product for each way, summed over the letters of what it passes."""
        products = [self._at_letters(route) for route in routes]
        several = len(products) > 1
        terms = [
            self.format.brackets(product) if several and route.summed else product
            for product, route in zip(products, routes, strict=True)
        ]
        return self.format.joined(terms, "+")

    def _at_letters(self, route: Route) -> T:
        passed = [self.names.whole_loss, *[self.names.lettered(each.key, each.letters) for each in route.passed]]
        product = self.format.joined([self.format.partial(*pair) for pair in pairwise(passed)], "then")
        for letter in reversed(route.summed):
            product = self.format.total(product, letter)
        return product

    def _named_product(self, ways: Ways, trail: Trail) -> T:
        """The factors along a path by their names: how the loss changes with what comes first, and so on.

        Where the loss reads that directly and by other ways, too, only its formula tells the first factor apart.
        """
        passed = [self.names.element(name) for name in ways.names_along(trail)]
        factors = [self.format.partial(one, other) for one, other in pairwise(passed)]
        first = trail.links[-2].source if len(trail.links) > 1 else ways.name
        if len(self.known.of(first or ways.name)) > 1:
            needed = PRODUCT if len(factors) > 1 else FRACTION
            factors[0] = self.mathematics.write(trail.links[-1].factor, needed, False)
        return self.format.joined(factors, "then")
