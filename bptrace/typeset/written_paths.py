"""Each gradient path by path: what each passes, its product, and why a path that might be is none."""

from __future__ import annotations

from itertools import islice
from typing import Generic, NamedTuple

from bptrace.explain.paths import Trail, Ways, product_along
from bptrace.numbers.arrays import indices
from bptrace.ops.expr import factors, names, number
from bptrace.ops.format import T
from bptrace.typeset.absence import Absence
from bptrace.typeset.chains import PATHS_SHOWN, Chains
from bptrace.typeset.substitution import Substitution

GONE_SHOWN = 9
"""How many paths that cannot be are shown to one gradient."""


class WrittenPath(NamedTuple, Generic[T]):
    """One path: what it passes, its product, and why that is 0 where it is."""

    route: T
    product: T
    zero: T | None = None


class PathsTo(NamedTuple, Generic[T]):
    """Every path to one gradient, those that cannot be among them, and that they sum to it.

    The first ones are here; `number` and `gone` say how many there are, and how many cannot be.
    """

    left: T
    paths: tuple[WrittenPath[T], ...]
    number: int
    gone: int
    total: T | None

    @property
    def heading(self) -> str:
        """How many paths there are, and how many that are 0."""
        zero = f", and {self.gone:,} that {'is' if self.gone == 1 else 'are'} 0" if self.gone else ""
        return f"{self.number:,} path{'s' * (self.number != 1)}{zero}"

    @property
    def left_out(self) -> int:
        """How many are not here."""
        return self.number + self.gone - len(self.paths)


class WrittenPaths(Generic[T]):
    """Every path to each gradient, those that cannot be among them."""

    def __init__(self, chains: Chains[T], substitution: Substitution) -> None:
        self.chains, self.substitution = chains, substitution
        self.mathematics, self.trace = chains.mathematics, chains.trace
        self.names, self.format = chains.names, chains.format
        self.absence = Absence(self.mathematics, substitution)

    def paths_to(self, name: str) -> PathsTo[T]:
        """Every path to one gradient."""
        ways = self.chains.ways(name)
        trails = list(islice(ways.trails(), PATHS_SHOWN))
        shown = [self._path(ways, trail) for trail in trails]
        products = [product_along(trail) for trail in trails]
        count, missing = ways.counts.get(name, 0), self._missing(name, ways)
        reasons = [self._vanishing(output, self.chains.subject(name)) for output in missing[:GONE_SHOWN]]
        if not count and not missing:
            reasons, missing = [self._unread(self.chains.subject(name))], [name]
        left = self.names.element(name)
        total = self.mathematics.added(products) if products and len(trails) == count else None
        return PathsTo(left, (*shown, *reasons), count, len(missing), None if total == left else total)

    def _path(self, ways: Ways, trail: Trail) -> WrittenPath[T]:
        product = product_along(trail)
        route = self.format.joined([self.names.element(name) for name in ways.names_along(trail)], "->")
        zero = any(number(factor) == 0 for factor in factors(product))
        return WrittenPath(route, self.mathematics.top(product), self.format.words("a factor is 0") if zero else None)

    def _missing(self, name: str, ways: Ways) -> list[str]:
        """What is worked out, read by the loss and passed by no path."""
        program = self.trace.program
        passed = {ways.base(source) for source in ways.links} | {self.chains.subject(name)}
        definitions = self.substitution.definitions
        keys = [key for key in names(definitions[program.loss].expr) if key in definitions]
        outputs = [program.quantities[key] for key in keys]
        every = (output.element(index) for output in outputs for index in indices(output.shape))
        return [output for output in every if output not in passed]

    def _vanishing(self, output: str, subject: str) -> WrittenPath[T]:
        """A path that cannot be: the output's derivative is 0, since it does not contain the quantity."""
        form, loss = self.format, self.names.whole_loss
        end, left = self.names.element(output), self.names.element(subject)
        product = [form.partial(loss, end), form.vanishing(form.partial(end, left))]
        return WrittenPath(
            form.joined([loss, end], "->"), form.joined(product, "then"), self.absence.said(output, subject)
        )

    def _unread(self, subject: str) -> WrittenPath[T]:
        """There is no path: the loss itself does not contain the quantity."""
        program, left, loss = self.trace.program, self.names.element(subject), self.names.whole_loss
        quantity = program.quantities[program.loss]
        name = quantity.element((0,) * len(quantity.shape))
        return WrittenPath(loss, self.format.partial(loss, left), self.absence.said(name, subject))
