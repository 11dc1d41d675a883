"""How any quantity changes with any other that it is worked out from: `dyhat1/dw11`, in the forms of a gradient.

The chain rule is that of a loss which reads that quantity alone: the paths from there, and the factors along them, are
found as those of any gradient.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby, islice, pairwise
from typing import Generic, NamedTuple

from bptrace.engine.model import GIVEN_SECTIONS, Definition
from bptrace.engine.network import Network
from bptrace.engine.quantity import Reference
from bptrace.engine.trace import Trace
from bptrace.errors import SpecError, listed, shortened, suggestion
from bptrace.explain.paths import Links, Trail, Ways, product_along
from bptrace.numbers.arrays import indices
from bptrace.numbers.digits import Numeral
from bptrace.numbers.enclosures import ONE
from bptrace.ops.expr import Call, Expr, Name, Number, plus
from bptrace.ops.format import FRACTION, PRODUCT, T
from bptrace.spec.tokens import normal
from bptrace.typeset.absence import Absence
from bptrace.typeset.by_level import ByLevel
from bptrace.typeset.chains import PATHS_SHOWN
from bptrace.typeset.derivation import CHAIN, EXPANDED, GENERAL, LOCAL, OUTPUTS, PATHS, Derivation
from bptrace.typeset.equality import Equality
from bptrace.typeset.format import Format
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.selection import places_of, plain_keys
from bptrace.typeset.substitution import ManyOperationsError, Substitution
from bptrace.typeset.written_paths import PathsTo, WrittenPath

SPELLED = re.compile(r"[d∂](?P<of>[^/]+)/[d∂](?P<by>[^/]+)")
MOST = 200
"""How many derivatives one name may stand for."""


class Pair(NamedTuple):
    """A derivative: the element that changes, and the one that it changes with."""

    of: str
    by: str


class Request(NamedTuple):
    """What of a derivation is asked for: some forms, some gradients by name or all, and so many levels of names put in.

    `pairs`: derivatives of any quantity by any other; alone, where nothing else is `wanted`. `explain`: with reasons.
    """

    forms: Collection[str] = ()
    wanted: Collection[str] = ()
    levels: int = 0
    pairs: Sequence[Pair] = ()
    explain: bool = False

    @property
    def rows(self) -> list[str]:
        """The forms that a row has; the others are of all rows together."""
        return [form for form in self.forms if form not in (GENERAL, PATHS)]

    @property
    def has_rows(self) -> bool:
        """Whether rows are asked for: by a form of theirs, or by none at all."""
        return bool(self.rows) or not self.forms

    @property
    def has_gradients(self) -> bool:
        """Whether gradients are asked for, and not only derivatives by name."""
        return bool(self.wanted) or not self.pairs

    @property
    def is_part(self) -> bool:
        """Whether a part of a derivation is asked for, rather than all of it."""
        return bool(self.forms or self.wanted or self.pairs)


EVERYTHING = Request()


def is_derivative(trace: Trace, name: str) -> bool:
    """Whether a name is that of a derivative, and not of the loss: `dyhat1/dw11`."""
    found = SPELLED.fullmatch(normal(name).replace(" ", ""))
    return found is not None and found["of"] != trace.program.loss


def pairs_of(trace: Trace, name: str) -> list[Pair]:
    """The elements that a derivative's name stands for, a pair each: those of whole arrays, too. Raises SpecError."""
    found = SPELLED.fullmatch(normal(name).replace(" ", ""))
    if not found:
        return []
    known = places_of(trace, plain_keys(trace))
    of, by = _reference(found["of"], known), _reference(found["by"], known)
    if of.key in trace.sections:
        raise SpecError(
            f"{shortened(found['of'])} is given: it changes with nothing", None, f"as in {_known_derivative(trace)}"
        )
    pairs = [Pair(one, other) for one in _element_names(trace, of) for other in _element_names(trace, by)]
    if len(pairs) > MOST:
        message = f"{shortened(name)} is {len(pairs):,} derivatives, more than {MOST}"
        raise SpecError(message, None, "name elements of the arrays")
    return pairs


def _reference(name: str, known: Mapping[str, Reference]) -> Reference:
    if name not in known:
        hints = [f"known here: {listed([key for key, place in known.items() if place.at is None])}"]
        raise SpecError(f"there is no quantity {shortened(name)}", None, *hints, *suggestion(name, known))
    return known[name]


def _known_derivative(trace: Trace) -> str:
    """A derivative that there is."""
    worked_out = next(key for key in plain_keys(trace) if key not in trace.sections)
    return f"d{worked_out}/d{next(iter(plain_keys(trace)))}"


def _element_names(trace: Trace, place: Reference) -> list[str]:
    quantity = trace.program.quantities[place.key]
    every = indices(quantity.shape) if place.at is None else [place.at]
    return [quantity.element(index) for index in every]


def toward(trace: Trace, key: str) -> Trace:
    """The working over symbols of a network that is worked out alike, but whose loss reads one of its arrays alone."""
    forward = [item for item in trace.program.definitions if trace.program.quantities[item.key].is_plain]
    whole = next(Name(item.key, item.shape) for item in forward if item.key == key)
    name = f"{trace.program.loss}_"
    while name in trace.program.quantities:
        name += "_"
    loss = Definition(name, Call("sum", (whole,), ()) if whole.shape else whole)
    givens = tuple(given for given in trace.givens if given.section in GIVEN_SECTIONS)
    network = Network(givens, (*forward, loss), gradients=frozenset(GIVEN_SECTIONS), display=trace.source.display)
    return network.derived().shortened(trace.terms)


def derivatives(derivation: Derivation[T], pairs: Sequence[Pair]) -> Iterator[Derivatives[T]]:
    """The derivatives that were asked for beside a derivation, those of one array together."""
    places = derivation.trace.register.places
    for key, group in groupby(pairs, lambda pair: places[pair.of][0]):
        trace = toward(derivation.trace, key)
        found = Derivatives(trace, derivation.format, list(group), derivation.longest, derivation.levels)
        found.names.functions = derivation.names.functions
        yield found


class Derivatives(Generic[T]):
    """The derivatives of one array's elements. `trace`: of a loss that reads the array alone."""

    def __init__(self, trace: Trace, form: Format[T], pairs: Sequence[Pair], longest: int, levels: int) -> None:
        self.trace, self.format, self.pairs = trace, form, pairs
        self.names = Names(trace, form)
        self.mathematics = Mathematics(trace, self.names)
        self.known = Links(trace)
        self.substitution = Substitution(trace, self.known.definitions)
        self.by_level = ByLevel(self.mathematics, self.substitution, longest, levels)
        self.absence = Absence(self.mathematics, self.substitution)
        self.longest, self.levels = longest, levels

    def equalities(self, forms: Collection[str] = ()) -> Iterator[Equality[T]]:
        """Each derivative in some forms; without any, by its factors and by their formulas."""
        asked = [form for form in (OUTPUTS, CHAIN, LOCAL, EXPANDED) if form in (forms or (CHAIN, LOCAL))]
        for pair in self.pairs:
            left, ways, lines = self.left(pair), self.ways(pair), dict[T, T | None]()
            if ways is None:
                lines[self.number(0)] = self.absence.said(*pair)
            else:
                for piece, beside in (line for form in asked for line in self.lines(form, pair, ways)):
                    lines.setdefault(piece, beside)
            rights = {piece: beside for piece, beside in lines.items() if piece != left}
            yield Equality(left, tuple(rights), beside=tuple(rights.values()))

    def number(self, value: int) -> T:
        """A whole number."""
        return self.format.number(Numeral("", str(value)))

    def left(self, pair: Pair) -> T:
        """How the one changes with the other."""
        return self.format.partial(self.names.element(pair.of), self.names.element(pair.by))

    def ways(self, pair: Pair) -> Ways | None:
        """The ways from the one to the other: those from the loss that pass the one first; None without any."""
        top, name = self.gradient(pair.of), self.gradient(pair.by)
        if not name:
            return None
        ways = Ways(self.trace, name, self.known)
        ways.links = {
            source: [link for link in links if link.source or source == top] for source, links in ways.links.items()
        }
        return ways if ways.counts.get(name) else None

    def gradient(self, name: str) -> str:
        """What the gradient at an element is called; nothing where the array does not depend on it."""
        key, index = self.trace.register.places[name]
        gradient = self.trace.program.gradients.get(key)
        return self.trace.program.quantities[gradient].element(index) if gradient else ""

    def lines(self, form: str, pair: Pair, ways: Ways) -> list[tuple[T, T | None]]:
        """A derivative in one form, and what is said beside each line of it."""
        count = ways.counts[ways.name]
        if form == OUTPUTS:
            return [(self._differentiated(pair, ways), None)]
        if count > PATHS_SHOWN:
            return [(self.format.words(f"a sum over {count:,} paths"), None)]
        if form == CHAIN:
            return [(self.format.joined([self._named(ways, trail) for trail in ways.trails()], "+"), None)]
        tree = plus([self.product(trail) for trail in ways.trails()])
        if form == EXPANDED and self.levels:
            return self.by_level.lines(tree)
        return [(self.expanded(tree) if form == EXPANDED else self.mathematics.top(tree), None)]

    def product(self, trail: Trail) -> Expr:
        """The product of the factors along a path, without that of the loss."""
        links = trail.links[:-1]
        return product_along(trail._replace(links=links)) if links else Number(ONE)

    def expanded(self, tree: Expr) -> T:
        """A formula with everything put in, or how long it would be."""
        try:
            return self.mathematics.top(self.substitution.bounded(tree, self.longest))
        except ManyOperationsError as problem:
            return self.format.words(str(problem))

    def _passed(self, ways: Ways, trail: Trail) -> list[T]:
        return [self.names.element(name) for name in ways.names_along(trail)[1:]]

    def _named(self, ways: Ways, trail: Trail) -> T:
        """The factors along a path by their names; the first by its formula, where its name would stand for more."""
        factors = [self.format.partial(*pair) for pair in pairwise(self._passed(ways, trail))]
        if not factors:
            return self.number(1)
        first = trail.links[-3].source if len(trail.links) > 2 else ways.name
        if len(ways.links[first or ways.name]) > 1:
            needed = PRODUCT if len(factors) > 1 else FRACTION
            factors[0] = self.mathematics.write(trail.links[-2].factor, needed, False)
        return self.format.joined(factors, "then")

    def _differentiated(self, pair: Pair, ways: Ways) -> T:
        """The formula of the one, with all put in that contains the other, not yet differentiated."""
        passed = {ways.base(source) for source in ways.links} - {pair.by}
        tree = self.substitution.tree_of(pair.of)
        try:
            formula = self.substitution.only(lambda name: name in passed).bounded(tree, self.longest) if tree else None
        except ManyOperationsError as problem:
            return self.format.words(str(problem))
        inner = self.mathematics.top(formula) if formula and pair.of != pair.by else self.names.element(pair.of)
        return self.format.differentiated(inner, self.names.element(pair.by))

    def paths(self) -> Iterator[PathsTo[T]]:
        """Each derivative by its paths."""
        for pair in self.pairs:
            ways, left = self.ways(pair), self.left(pair)
            yield self._paths(ways, left) if ways else self._no_path(pair, left)

    def _no_path(self, pair: Pair, left: T) -> PathsTo[T]:
        return PathsTo(left, (WrittenPath(self.names.element(pair.of), left, self.absence.said(*pair)),), 0, 1, None)

    def _paths(self, ways: Ways, left: T) -> PathsTo[T]:
        trails, count = list(islice(ways.trails(), PATHS_SHOWN)), ways.counts[ways.name]
        products = [self.product(trail) for trail in trails]
        routes = [self.format.joined(self._passed(ways, trail), "->") for trail in trails]
        shown = [WrittenPath(*each) for each in zip(routes, map(self.mathematics.top, products), strict=True)]
        total = self.mathematics.added(products) if len(products) == count else None
        return PathsTo(left, tuple(shown), count, 0, total)
