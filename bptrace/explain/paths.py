"""Every path from the loss that leads to a gradient.

A gradient's rule is linear in the gradients that it reads, so it is a sum of links: a factor each, from a
gradient nearer the loss or from the loss itself. Followed back link by link, each way to the loss is a path; the
product of its factors is what flows back along it, and all of them sum to the gradient. All uses that one equation
makes of a quantity are one link, whose factor is their sum: so paths that pass the same quantities are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice, product
from typing import NamedTuple, TypeAlias

from bptrace.engine.trace import Trace
from bptrace.errors import InternalError
from bptrace.numbers.digits import Shown
from bptrace.numbers.enclosures import ONE, ZERO, Scalar, agree, is_zero, multiply, precision
from bptrace.numbers.exact import UNKNOWN, Rational
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import evaluate, expander, live_nodes
from bptrace.ops.expr import (
    NOTHING,
    Cases,
    Expr,
    Leaf,
    Number,
    children,
    factors,
    names,
    nodes,
    number,
    plus,
    rebuilt,
    terms,
    times,
)
from bptrace.ops.limits import at_limits
from bptrace.ops.notation import Notation

SHOWN = 50
LINK_LIMIT = 200_000
"""How many links are followed to one gradient: more than any network has that a person reads."""


class Path(NamedTuple):
    """One way from the loss to a quantity: the names along it, and the product of the local factors.

    `zero`: the first factor that is exactly 0, or nothing. `stands_for`: where several paths end alike, from a
    factor of 0 on, the first of them stands for so many; `zero` is a factor that they share then.
    `formula`, `rule` and `shown` are the product as the register prints it.
    """

    nodes: tuple[str, ...]
    tree: Expr
    value: Scalar
    zero: str
    stands_for: int
    formula: str
    rule: str
    shown: Shown


def paths_to(
    trace: Trace, name: str, limit: int = SHOWN, notation: Notation | None = None, known: Links | None = None
) -> tuple[tuple[Path, ...], int | None]:
    """The first paths to the element of a gradient, `dL/dw11`, and how many there are in all.

    They print as the trace does, or by another notation. `known`: the links of the trace, where paths to more elements
    are asked for. There is no count where there are too many links to be followed. KeyError for a name that is no
    gradient's, and in a trace that has samples: each of those has paths of its own. InternalError where the paths do
    not sum to the value.
    """
    if trace.samples:
        raise KeyError(name)
    with precision(trace.bits):
        known = known or Links(trace)
        if not known.lead_to(name):
            return (), None
        ways = known.ways(name)
        ways.check(known.flow(name))
        found = list(islice(ways.trails(), limit + 1))
        paths = tuple([ways.path(trail, notation or trace.notation) for trail in found[:limit]])
        if len(found) <= limit:
            ways.check(sum((path.value for path in paths), ZERO))
        return paths, ways.counts[name]


# Links

SIGNED = 20
"""Of at most so many factors that are added up, some may be subtracted."""
LinearTerm: TypeAlias = "tuple[str | None, Expr]"
"""One term of a gradient's rule: the gradient that it reads, None at the loss, and the factor beside it."""


def linear_terms(tree: Expr, is_gradient: Callable[[Leaf], bool]) -> list[LinearTerm]:
    """A rule split by the gradients that it reads, in the order of its sum; what does not exist is left out."""
    return [part for term in terms(tree) if term is not NOTHING for part in _linear_terms_of(term, is_gradient)]


def _linear_terms_of(term: Expr, is_gradient: Callable[[Leaf], bool]) -> list[LinearTerm]:
    product = factors(term)
    reading = [place for place, factor in enumerate(product) if _gradients_read(factor, is_gradient)]
    if not reading:
        return [(None, term)]
    place = reading[0]
    before, factor, after = product[:place], product[place], product[place + 1 :]
    if isinstance(factor, Leaf):
        others = [*before, *after]
        is_alone = len(others) == 1 and not isinstance(others[0], Number)  # as it mostly is
        return [(factor.name, others[0] if is_alone else times([Number(ONE), *others]))]
    split = linear_terms if len(terms(factor)) > 1 else _linear_terms_by_values
    found = split(factor, is_gradient)
    made = {id(inner): inner for _, inner in found}  # many are one and the same
    products = {key: times([*before, inner, *after]) for key, inner in made.items()}
    return [(name, products[id(inner)]) for name, inner in found]


def _linear_terms_by_values(tree: Expr, is_gradient: Callable[[Leaf], bool]) -> list[LinearTerm]:
    """The terms of any linear tree: the factor of each gradient is the tree with 1 for it and 0 for the others."""
    read = _gradients_read(tree, is_gradient)
    alone = _Alone(read)
    rest, found = alone.put(tree, ""), [alone.put(tree, name) for name in read]
    if _is_nothing(rest):
        return list(zip(read, found, strict=True))
    return [*((name, factor - rest) for name, factor in zip(read, found, strict=True)), (None, rest)]


UNIT, NONE = Number(ONE), Number(ZERO)


class _Alone:
    """A tree with 1 for one of these leaves and 0 for the others, of a long sum only the terms that read the one.

    With 0 for all where none is named. What becomes 0 or 1 is dropped from sums and products. What is made of the same
    parts is one tree.
    """

    def __init__(self, leaves: Iterable[str]) -> None:
        self.leaves = frozenset(leaves)
        self.known: dict[tuple[int, str], Expr] = {}
        self.found: dict[int, tuple[Expr, frozenset[str]]] = {}
        self.reading: dict[int, dict[str, list[int]]] = {}
        self.made: dict[tuple[int, ...], tuple[Sequence[Expr], Expr]] = {}

    def put(self, tree: Expr, name: str) -> Expr:
        """The tree with 1 for the leaf of that name."""
        read = self.read_by(tree)
        if not read:
            return tree
        if isinstance(tree, Leaf):
            return UNIT if tree.name == name else NONE
        key = id(tree), name if name in read else ""
        if key not in self.known:
            self.known[key] = self._put_anew(tree, key[1])
        return self.known[key]

    def read_by(self, tree: Expr) -> frozenset[str]:
        """Which of the leaves a tree reads; the tree is kept, so that no other has its identity."""
        if id(tree) not in self.found:
            own = self.leaves & {tree.name} if isinstance(tree, Leaf) else frozenset[str]()
            self.found[id(tree)] = tree, own.union(*map(self.read_by, children(tree)))
        return self.found[id(tree)][1]

    def _put_anew(self, tree: Expr, name: str) -> Expr:
        if len(terms(tree)) > 1:
            kept = [term for _, term in sorted(self._terms(tree, name).items()) if number(term) != ZERO]
            return plus(kept) if kept else NONE
        parts = [self.put(part, name) for part in children(tree)]
        key = id(tree), *map(id, parts)
        if key not in self.made:  # the parts are kept, so that no other has their identity
            self.made[key] = parts, _without_factors(rebuilt(tree, parts))
        return self.made[key][1]

    def _terms(self, tree: Expr, name: str) -> dict[int, Expr]:
        """The terms of a sum by their places: those that are not 0 whatever is 1, and those that read the one."""
        every = terms(tree)
        if id(tree) not in self.reading:
            places: dict[str, list[int]] = {"": []}
            for place, term in enumerate(every):
                for leaf in self.read_by(term):
                    places.setdefault(leaf, []).append(place)
                if number(self.put(term, "")) != ZERO:
                    places[""].append(place)
            self.reading[id(tree)] = places
        places = self.reading[id(tree)]
        return {place: self.put(every[place], name) for place in {*places[""], *places.get(name, ())}}


def _without_factors(tree: Expr) -> Expr:
    """A product without factors of 1, and 0 where one is 0; anything else as it is."""
    product = factors(tree)
    return Number(ZERO) if any(number(factor) == ZERO for factor in product) else times(product)


def _is_nothing(tree: Expr) -> bool:
    """Whether a tree is 0; where its leaves have no values, whether it is for some that are unlike each other.

    Where it has no value for any that are tried, nothing is said against it.
    """
    leaves = {node.name: node for node in nodes(tree) if isinstance(node, Leaf)}
    unknown = [name for name, leaf in leaves.items() if leaf.value is UNKNOWN]
    for free, least in product((unknown, list(leaves)), (Rational(3, 2), Rational(1, 9), Rational(-3, 2))):
        made_up = {name: Number(least * (1 + Rational(2 * place, 3))) for place, name in enumerate(free)}
        with suppress(ArithmeticError):
            return is_zero(evaluate(_put(tree, made_up)))
    return True


def _gradients_read(tree: Expr, is_gradient: Callable[[Leaf], bool]) -> list[str]:
    """The gradients that the value of a tree comes from, each once, in order."""
    if isinstance(tree, Leaf):  # most factors are one
        return [tree.name] if is_gradient(tree) else []
    leaves = [node for node in nodes(tree) if isinstance(node, Leaf) and is_gradient(node)]
    if not any(leaf.value is UNKNOWN for leaf in leaves):
        leaves = [node for node in live_nodes(tree) if isinstance(node, Leaf)]
    return list(dict.fromkeys(leaf.name for leaf in leaves if is_gradient(leaf)))


def _put(tree: Expr, values: Mapping[str, Number]) -> Expr:
    """The tree with numbers in place of some leaves; what becomes 0 or 1 is dropped from sums and products."""
    if isinstance(tree, Leaf):
        return values.get(tree.name, tree)
    parts = [_put(part, values) for part in children(tree)]
    made = rebuilt(tree, parts) if parts else tree
    if len(terms(made)) > 1:
        kept = [term for term in terms(made) if number(term) != ZERO]
        return plus(kept) if kept else Number(ZERO)
    return _without_factors(made)


# Paths


class Link(NamedTuple):
    """One step of a path: from a gradient nearer the loss, or from the loss itself, by a factor."""

    source: str | None
    factor: Expr
    value: Scalar


class Trail(NamedTuple):
    """The links of a path from the quantity to the loss, how many paths it stands for, and how many they share."""

    links: Sequence[Link]
    stands_for: int
    shared: int


class PathExtent(NamedTuple):
    """How many paths lead to a gradient, those whose product is 0 included, and how many factors they have in all."""

    paths: int
    factors: int


class Links:
    """The links that lead to each gradient of a trace, found when they are first asked for.

    All uses that one equation makes of a quantity are one link, whose factor is their sum. `count`: how many were found
    so far.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.places = trace.register.places
        self.bases = {gradient: key for key, gradient in trace.program.gradients.items()}
        self.definitions = {item.key: item for item in trace.program.definitions}
        self.at_loss = names(self.definitions[trace.program.loss].expr)
        self.count = 0
        self._expanders: dict[str, Expander] = {}
        self._found: dict[str, list[Link]] = {}
        self._followed: set[str] = set()
        self._gradients: dict[str, bool] = {}
        self._extents: dict[str, PathExtent] = {}
        self._counts: dict[str, int] = {}
        self._flows: dict[str, Scalar] = {}

    def of(self, name: str) -> list[Link]:
        """The links to one element of a gradient, in the order of its sum."""
        if name not in self._found:
            self._found[name] = self._links(name)
            self.count += len(self._found[name])
        return self._found[name]

    def extent(self, name: str) -> PathExtent:
        """How much leads to one element of a gradient, found without following a path."""
        waiting = [name]
        while waiting:  # not by recursion: a network may be deeper than that
            sources = [link.source for link in self.of(waiting[-1])]
            unknown = [source for source in sources if source and source not in self._extents]
            if not unknown:
                parts = [self._extents[source] if source else PathExtent(1, 0) for source in sources]
                paths = sum(part.paths for part in parts)
                self._counts[waiting[-1]] = paths
                self._extents[waiting.pop()] = PathExtent(paths, paths + sum(part.factors for part in parts))
            waiting += unknown
        return self._extents[name]

    def lead_to(self, name: str) -> bool:
        """Whether those that lead to one element of a gradient are few enough to be followed."""
        waiting = [name]
        while waiting and self.count <= LINK_LIMIT:
            found = self.of(waiting.pop())
            fresh = {link.source for link in found if link.source and link.source not in self._followed}
            self._followed |= fresh
            waiting += fresh
        return self.count <= LINK_LIMIT or bool(Ways(self.trace, name, self).links)

    def ways(self, name: str) -> Ways:
        """Every way to one of many elements of gradients, where the links that lead to it are few enough."""
        self.extent(name)
        ways = Ways(self.trace, name, self, self._found)
        ways.counts = self._counts
        return ways

    def flow(self, name: str) -> Scalar:
        """What all ways to one element of a gradient sum to; what reaches another on the way goes on as one."""
        self.extent(name)
        for each in list(islice(self._counts, len(self._flows), None)):  # in which what comes before another is before
            flows = [
                link.value if not link.source else multiply(self._flows[link.source], link.value)
                for link in self.of(each)
            ]
            self._flows[each] = sum(flows, ZERO)
        return self._flows[name]

    def _links(self, name: str) -> list[Link]:
        key, index = self.places[name]
        uses: dict[str | None, list[Expr]] = {}
        tree = self._expander(key)(index)
        for source, factor in linear_terms(at_limits(tree) if self._may_have_limits(key) else tree, self.is_gradient):
            # the gradient of what nothing reads is 0 without there being a path
            if source or self.bases[key] in self.at_loss:
                uses.setdefault(source, []).append(factor)
        linked = [(source, _summed(parts)) for source, parts in uses.items()]
        symbolic = self.trace.symbolic
        with precision(self.trace.bits):
            return [Link(source, factor, UNKNOWN if symbolic else evaluate(factor)) for source, factor in linked]

    def _may_have_limits(self, key: str) -> bool:
        """Whether something may stand for a part of a rule that has no value by itself."""
        if self.trace.symbolic:
            return False
        return bool(self.trace.problem) or self.trace.program.forms.peculiarities(self.definitions[key]).limits

    def _expander(self, key: str) -> Expander:
        if key not in self._expanders:
            self._expanders[key] = expander(self.definitions[key].expr, self.trace.register)
        return self._expanders[key]

    def is_gradient(self, leaf: Leaf) -> bool:
        """Whether a leaf is an element of a gradient; many rules read the same leaves."""
        if leaf.name not in self._gradients:
            self._gradients[leaf.name] = self.places[leaf.name][0] in self.bases
        return self._gradients[leaf.name]


def _summed(parts: Sequence[Expr]) -> Expr:
    """One visible sum of factors; of few, what has a negative number before it is subtracted.

    Each subtraction is a level of the tree, which must not get deep.
    """
    kept = list(parts[:1])
    for part in parts[1:]:
        taken = _without_minus(part) if len(parts) <= SIGNED else None
        if taken is None:
            kept.append(part)
        else:
            kept = [plus(kept) - taken]
    return plus(kept)


def _without_minus(part: Expr) -> Expr | None:
    """What is subtracted where this is added: of a product that begins with a negative number, or None."""
    first, *rest = factors(part)
    value = number(first)
    return times([Number(-value), *rest]) if value is not None and value < 0 else None


class Ways:
    """Every way from the loss to one element of a gradient.

    `links`: those of each gradient on the way, in the order in which the gradients are worked out; nothing where
    there are more than are followed. `known`: the links of the trace, where they are found already. `found`: those of
    more gradients than these, in any order, where that is enough.
    """

    def __init__(
        self, trace: Trace, name: str, known: Links | None = None, found: dict[str, list[Link]] | None = None
    ) -> None:
        self.trace = trace
        self.name = name
        self.known = known or Links(trace)
        self.places, self.bases = self.known.places, self.known.bases
        self.links = self._all_links() if found is None else found

    def _all_links(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = {}
        waiting, left = [self.name], LINK_LIMIT
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.known.of(name)
                left -= len(found[name])
                if left < 0:
                    return {}
                waiting += [link.source for link in found[name] if link.source]
        order, places = self._order, self.places
        return dict(sorted(found.items(), key=lambda item: (order[places[item[0]][0]], places[item[0]][1])))

    @property
    def _order(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.known.definitions)}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many paths lead to each gradient, those whose product is 0 included."""
        counts: dict[str, int] = {}
        for name, links in self.links.items():
            counts[name] = sum(counts[link.source] if link.source else 1 for link in links)
        return counts

    def check(self, total: Scalar) -> None:
        """Raise InternalError where a sum over the paths is not the value."""
        key, index = self.places[self.name]
        if not agree(total, self.trace.register[key][index].value):
            raise InternalError(f"internal error: the paths to {self.name} do not sum to its value")

    def trails(self) -> Iterator[Trail]:
        """The paths in the order of the register's sums; those that end alike from a factor of 0 on are one."""
        trail: list[Link] = []
        waiting = [iter(self.links[self.name])]
        while waiting:
            link = next(waiting[-1], None)
            if link is None:
                waiting.pop()
                del trail[-1:]
            elif not link.source:
                yield Trail([*trail, link], 1, len(trail) + 1)
            elif self.counts[link.source] and is_zero(link.value):
                yield self._blocked([*trail, link], link.source)
            elif self.counts[link.source]:
                trail.append(link)
                waiting.append(iter(self.links[link.source]))

    def _blocked(self, shared: list[Link], source: str | None) -> Trail:
        """The first of the paths that end with these links stands for all of them."""
        found, count = list(shared), self.counts[source or ""]
        while source:
            link = next(link for link in self.links[source] if not link.source or self.counts[link.source])
            found.append(link)
            source = link.source
        return Trail(found, count, len(shared) if count > 1 else len(found))

    def path(self, trail: Trail, notation: Notation) -> Path:
        """A trail as it reads, from the loss to the quantity."""
        tree = product_along(trail)
        shared = trail.links[: trail.shared][::-1]
        value = evaluate(tree)
        printed = notation.formula(tree), notation.rule(tree), notation.shown(value)
        zero = next((_zero_factor(link.factor, notation) for link in shared if is_zero(link.value)), "")
        return Path(self.names_along(trail), tree, value, zero, trail.stands_for, *printed)

    def names_along(self, trail: Trail) -> tuple[str, ...]:
        """The quantities from the loss to the one whose gradient it is."""
        program = self.trace.program
        loss = program.quantities[program.loss]
        passed = [link.source for link in trail.links[::-1] if link.source]
        return loss.element((0,) * len(loss.shape)), *map(self.base, [*passed, self.name])

    def base(self, name: str) -> str:
        """The quantity whose gradient this is: `w11` for `dL/dw11`."""
        key, index = self.places[name]
        return self.trace.program.quantities[self.bases[key]].element(index)


def product_along(trail: Trail) -> Expr:
    """The product of the factors of a path, from the loss on."""
    return times([link.factor for link in trail.links[::-1]])


def _zero_factor(product: Expr, notation: Notation) -> str:
    """The first factor that is exactly 0: its name, or its text; of cases, the condition that makes it 0."""
    factor = next(factor for factor in factors(product) if is_zero(evaluate(factor)))
    return notation.rule(factor) if isinstance(factor, Cases) else notation.formula(factor)
