"""The chain rule written down: each gradient by its factors, locally, down to the givens, at any index, path by path.

All forms come from the register's own trees over symbols, and from the paths that `paths` finds in them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import islice, pairwise
from typing import Generic, NamedTuple

from bptrace.engine.plans import FORWARD, REVERSE
from bptrace.engine.quantity import GradientAt, places_of
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Sentence
from bptrace.engine.trace import Step, Trace
from bptrace.errors import SpecError, listed, shortened, suggestion
from bptrace.explain.paths import Link, Links, Trail, Ways, product_along
from bptrace.numbers.arrays import indices
from bptrace.numbers.digits import Numeral
from bptrace.numbers.enclosures import ONE
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import expander
from bptrace.ops.expr import Call, Expr, Leaf, children, factors, names, nodes, number, rebuilt, times
from bptrace.ops.format import FRACTION, PRODUCT, T
from bptrace.ops.table import OPS
from bptrace.spec.tokens import normal
from bptrace.typeset.format import Format
from bptrace.typeset.index_notation import NoGeneralFormError, general
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names

CHAIN, LOCAL, EXPANDED, GENERAL, PATHS = "chain", "local", "expanded", "general", "paths"
FORMS = (CHAIN, LOCAL, EXPANDED, GENERAL, PATHS)
STEP = "step"
LONGEST, LONGEST_IN_FILE = 2_000, 100_000
"""How many operations an expanded formula may have to be written out on a screen, and in a file."""
DEEPEST = 100
PATHS_SHOWN, GONE_SHOWN = 50, 9
"""How many paths are shown to one gradient, and how many that cannot be."""
WITHOUT = " does not have "


class Equality(NamedTuple, Generic[T]):
    """What one quantity is equal to, each form after the one before; `notes` say what else there is to know.

    `missing`: why it has no form of the kind that was asked for.
    """

    left: T
    rights: tuple[T, ...]
    notes: tuple[Sentence, ...] = ()
    missing: str = ""


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


class Section(NamedTuple, Generic[T]):
    """One step of the derivation: its number, its phase, what it is about as mathematics, and what it derives."""

    number: int
    phase: str
    titles: tuple[T, ...]
    equalities: tuple[Equality[T], ...]


class Measure(NamedTuple):
    """How many operations and names a tree has, and how deep it is."""

    size: int
    depth: int


class _Once(Mathematics[T]):
    """Writes a tree that stands in many others once, and remembers it."""

    def __init__(self, trace: Trace, names: Names[T]) -> None:
        super().__init__(trace, names)
        self.pieces: dict[tuple[int, int, bool], tuple[Expr, T]] = {}

    def write(self, tree: Expr, needed: int, leads: bool) -> T:
        """A tree in a place; the tree is kept with its piece, so that no other takes its identity."""
        key = id(tree), needed, leads
        if key not in self.pieces:
            self.pieces[key] = tree, super().write(tree, needed, leads)
        return self.pieces[key][1]


class Derivation(Generic[T]):
    """The forms of a trace's formulas, written in some format.

    `wanted`: the names of gradients, or of arrays of them, that alone are derived; empty for everything.
    `longest`: how many operations an expanded formula may have to be written out.
    """

    def __init__(self, trace: Trace, form: Format[T], wanted: Collection[str] = (), longest: int = LONGEST) -> None:
        self.longest = longest
        self.trace = trace
        self.format = form
        self.names = Names(trace, form)
        self.mathematics = Mathematics(trace, self.names)
        self.once = _Once(trace, self.names)
        self.wanted = frozenset(wanted)
        self.known = Links(trace)
        self.definitions = self.known.definitions
        self._expanders: dict[str, Expander] = {}
        self._expanded: dict[str, Expr] = {}
        self._measures: dict[str, Measure] = {}

    # which rows

    def sections(self, forms: Collection[str] = ()) -> Iterator[Section[T]]:
        """Every step with its rows, the forward pass first; with some `forms` alone, the reverse chain only."""
        phases = (REVERSE,) if forms or self.wanted else (FORWARD, REVERSE)
        for step in (step for step in self.trace.steps if step.phase in phases):
            found = tuple(self.equality(row, forms) for row in step if self.is_wanted(row))
            if found:
                yield Section(step.number, step.phase, self.titles(step), found)

    def titles(self, step: Step) -> tuple[T, ...]:
        """What a step derives: its equations, or the arrays whose slopes and gradients it has."""
        defined = [item for block in step.plan.blocks for item in block.definitions]
        wholes = [self.names.whole(item.key) for item in defined]
        if step.phase != FORWARD:
            return tuple(dict.fromkeys(wholes))
        formulas = [self.mathematics.top(item.expr) for item in defined]
        return tuple(self.equation(*pair) for pair in zip(wholes, formulas, strict=True))

    def equation(self, left: T, right: T) -> T:
        """The one is equal to the other."""
        return self.format.joined([left, right], "=")

    def is_wanted(self, row: Row) -> bool:
        """Whether a row is to be derived: all are, or it is named, or its array is."""
        return not self.wanted or row.quantity in self.wanted or self._key(row.quantity) in self.wanted

    def _key(self, name: str) -> str:
        return self.trace.register.places[name][0]

    def gradients(self) -> list[str]:
        """The gradients that were asked for, an element each: those of the givens, or those that are wanted."""
        rows = [row for step in self.trace.steps if step.phase == REVERSE for row in step if self.is_wanted(row)]
        asked = {self.trace.program.gradients.get(given.key) for given in self.trace.givens}
        gradients = [row.quantity for row in rows if self.is_gradient(row.quantity)]
        return [name for name in gradients if self.wanted or self._key(name) in asked]

    def is_gradient(self, name: str) -> bool:
        """Whether an element belongs to a gradient."""
        return self._key(name) in self.trace.differentiated

    # a row's forms

    def equality(self, row: Row, forms: Collection[str] = ()) -> Equality[T]:
        """A row in some forms; without any, one step of the chain and then the formula."""
        left = self.names.element(row.quantity)
        asked = [form for form in (STEP, CHAIN, LOCAL, EXPANDED) if form in (forms or (STEP, LOCAL))]
        rights = [piece for form in asked for piece in self.form(form, row) if piece != left]
        return Equality(left, tuple(dict.fromkeys(rights)), tuple(row.note_sentences))

    def form(self, form: str, row: Row) -> list[T]:
        """A row in one form; nothing where that says nothing of it."""
        if form in (STEP, CHAIN) and not self.is_gradient(row.quantity):
            return []
        if form == STEP:
            return self.one_step(row.quantity)
        if form == CHAIN:
            return self.chain(row.quantity)
        return [self.expanded(row) if form == EXPANDED else self.mathematics.top(row.tree)]

    def ways(self, name: str) -> Ways:
        """The ways from the loss to the element of a gradient."""
        return Ways(self.trace, name, self.known)

    def one_step(self, name: str) -> list[T]:
        """The product of the gradient before and one factor, each named, for each way in; then with factors of 1."""
        links = self.known.of(name)
        sources = [link.source for link in links if link.source]
        if not sources:
            return []
        named = self.format.joined([self._named_link(link, name) for link in links], "+")
        if any(number(link.factor) != 1 for link in links):
            return [named]
        one = self.format.number(Numeral("", "1"))
        ones = [self.format.joined([self.names.element(source), one], "then") for source in sources]
        return [named, self.format.joined(ones, "+")]

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
        ways = self.ways(name)
        count = ways.counts.get(name, 0)
        if count > PATHS_SHOWN:
            return [self.format.words(f"a sum over {count:,} paths")]
        if ways.links[name] and not ways.links[name][0].source and count == 1:
            return [self.mathematics.top(ways.links[name][0].factor)]
        products = [self._named_product(ways, trail) for trail in ways.trails()]
        return [self.format.joined(products, "+") if products else self.format.number(Numeral("", "0"))]

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

    # down to the givens

    def expanded(self, row: Row) -> T:
        """The formula with everything put in that is worked out, or how long that would be."""
        found = self.measure(row.tree)
        if found.size > self.longest or found.depth > DEEPEST:
            return self.format.words(f"{found.size:,} operations, too long to be written out")
        return self.once.top(self.expand(row.tree))

    def expand(self, tree: Expr) -> Expr:
        """A tree with everything put in that is worked out: its leaves are givens and what is left open."""
        if isinstance(tree, Leaf):
            return self._expanded_leaf(tree)
        if is_loss_gradient(tree):
            return tree
        parts = [self.expand(part) for part in children(tree)]
        made = rebuilt(tree, parts) if parts else tree
        product = factors(made)
        return times(product) if any(number(factor) == ONE for factor in product) else made

    def _expanded_leaf(self, leaf: Leaf) -> Expr:
        if leaf.name not in self._expanded:
            inner = self.tree_of(leaf.name)
            self._expanded[leaf.name] = leaf if inner is None else self.expand(inner)
        return self._expanded[leaf.name]

    def tree_of(self, name: str) -> Expr | None:
        """The tree of an element that is worked out; None for a given."""
        key, index = self.trace.register.places[name]
        if key not in self.definitions:
            return None
        if key not in self._expanders:
            self._expanders[key] = expander(self.definitions[key].expr, self.trace.register)
        return self._expanders[key](index)

    def measure(self, tree: Expr) -> Measure:
        """How large a tree is once it is expanded, found without expanding it."""
        waiting = [leaf.name for leaf in _leaves(tree)]
        while waiting:  # not by recursion: a network may be deeper than that
            inner = self.tree_of(waiting[-1])
            unknown = [leaf.name for leaf in _leaves(inner) if leaf.name not in self._measures] if inner else []
            if not unknown:
                self._measures[waiting.pop()] = self._measure(inner) if inner else Measure(1, 1)
            waiting += unknown
        return self._measure(tree)

    def _measure(self, tree: Expr) -> Measure:
        """How large an expanded tree is, where that of its leaves is known."""
        if isinstance(tree, Leaf):
            return self._measures[tree.name]
        parts = [] if is_loss_gradient(tree) else [self._measure(part) for part in children(tree)]
        return Measure(1 + sum(part.size for part in parts), 1 + max((part.depth for part in parts), default=0))

    @cached_property
    def unspecified(self) -> list[T]:
        """The functions that are left open, as they are typeset, in order."""
        every = [node for item in self.trace.source.definitions for node in nodes(item.expr)]
        rows = [OPS[node.op] for node in every if isinstance(node, Call) and OPS[node.op].unspecified]
        return [self.mathematics.title(row) for row in {row.spelled: row for row in rows}.values()]

    def unnamed(self) -> list[T]:
        """What parts of equations stand for that the file gives no name, of all that the gradients are made of."""
        named = {item.key for item in self.trace.source.definitions}
        made = {item.key: item for item in self.trace.program.definitions}
        found, waiting = set[str](), self._wanted_keys()
        while waiting:
            key = waiting.pop()
            if key in made and key not in named and key not in found:
                found.add(key)
                waiting += [*names(made[key].expr), self.trace.differentiated.get(key, key)]
        steps = [step for step in self.trace.steps if step.phase == FORWARD]
        parts = [
            item for step in steps for block in step.plan.blocks for item in block.definitions if item.key in found
        ]
        return [self.equation(self.names.whole(item.key), self.mathematics.top(item.expr)) for item in parts]

    # any index

    def _wanted_keys(self) -> list[str]:
        """The keys of the gradients that were asked for, in the register's order, without a row being made."""
        plans = [step.plan for step in self.trace.steps if step.phase == REVERSE]
        defined = [item.key for plan in plans for block in plan.blocks for item in block.definitions]
        named = {self._key(name) if name in self.trace.register.places else name for name in self.wanted}
        givens = {self.trace.program.gradients.get(given.key) for given in self.trace.givens}
        return [key for key in defined if key in self.trace.differentiated and key in (named or givens)]

    def general(self) -> Iterator[Equality[T]]:
        """Each gradient that was asked for at any of its elements, an array each."""
        for key in self._wanted_keys():
            try:
                letters, tree = general(self.trace, self.names, key)
            except NoGeneralFormError as problem:
                yield Equality(self.names.whole(key), (), missing=str(problem))
            else:
                yield Equality(self.names.lettered(key, letters), (self.mathematics.top(tree),))

    # paths

    def paths(self) -> Iterator[PathsTo[T]]:
        """Each gradient that was asked for by its paths, those that cannot be among them."""
        for name in self.gradients():
            yield self.paths_to(name)

    def paths_to(self, name: str) -> PathsTo[T]:
        """Every path to one gradient."""
        ways = self.ways(name)
        trails = list(islice(ways.trails(), PATHS_SHOWN))
        shown = [self._path(ways, trail) for trail in trails]
        products = [product_along(trail) for trail in trails]
        count, missing = ways.counts.get(name, 0), self._missing(name, ways)
        reasons = [self._vanishing(output, self.subject(name)) for output in missing[:GONE_SHOWN]]
        if not count and not missing:
            reasons, missing = [self._unread(self.subject(name))], [name]
        total = self.mathematics.added(products) if products and len(trails) == count else None
        return PathsTo(self.names.element(name), (*shown, *reasons), count, len(missing), total)

    def _path(self, ways: Ways, trail: Trail) -> WrittenPath[T]:
        product = product_along(trail)
        route = self.format.joined([self.names.element(name) for name in ways.names_along(trail)], "->")
        zero = any(number(factor) == 0 for factor in factors(product))
        return WrittenPath(route, self.mathematics.top(product), self.format.words("a factor is 0") if zero else None)

    def _missing(self, name: str, ways: Ways) -> list[str]:
        """What is worked out, read by the loss and passed by no path."""
        program = self.trace.program
        passed = {ways.base(source) for source in ways.links} | {self.subject(name)}
        keys = [key for key in names(self.definitions[program.loss].expr) if key in self.definitions]
        outputs = [program.quantities[key] for key in keys]
        every = (output.element(index) for output in outputs for index in indices(output.shape))
        return [output for output in every if output not in passed]

    def _vanishing(self, output: str, subject: str) -> WrittenPath[T]:
        """A path that cannot be: the output's derivative is 0, since it does not have the quantity."""
        form, loss = self.format, self.names.whole_loss
        end, left = self.names.element(output), self.names.element(subject)
        product = [form.partial(loss, end), form.vanishing(form.partial(end, left))]
        return WrittenPath(form.joined([loss, end], "->"), form.joined(product, "then"), self._reason(output, left))

    def _unread(self, subject: str) -> WrittenPath[T]:
        """There is no path: the loss itself does not have the quantity."""
        program, left, loss = self.trace.program, self.names.element(subject), self.names.whole_loss
        quantity = program.quantities[program.loss]
        name = quantity.element((0,) * len(quantity.shape))
        return WrittenPath(loss, self.format.partial(loss, left), self._reason(name, left))

    def _reason(self, output: str, left: T) -> T:
        """Why an output does not change with a quantity: its formula does not have it."""
        tree, form = self.tree_of(output), self.format
        formula = self.mathematics.top(self._one_level(tree)) if tree is not None else form.words("")
        return form.row([self.equation(self.names.element(output), formula), form.words(WITHOUT), left])

    def _one_level(self, tree: Expr) -> Expr:
        """A formula with what it reads put in, once: g(u1) as g(w11*h1 + w12*h2)."""
        if isinstance(tree, Leaf):
            return self.tree_of(tree.name) or tree
        parts = [self._one_level(part) for part in children(tree)]
        return rebuilt(tree, parts) if parts else tree


def wanted(trace: Trace, quantities: Sequence[str]) -> list[str]:
    """The names that were asked for as the register has them, `dL/dw11` for `w11` as well. Raises BptraceError."""
    gradients = trace.program.gradients
    known = dict(gradients)
    places = places_of([trace.program.quantities[key] for key in gradients])
    bracketed = places_of([trace.program.quantities[key]._replace(bracketed=True) for key in gradients])
    for name, (key, index) in {**places, **bracketed}.items():
        known[name] = trace.program.quantities[gradients[key]].element(index)
    role = GradientAt(trace.program.loss)
    found = []
    for name in map(normal, quantities):
        spelled = name.replace(" ", "")
        bare = role.subject(spelled) or spelled
        if bare not in known:
            hints = [f"known here: {listed(list(gradients))}", *suggestion(bare, list(known))]
            raise SpecError(f"there is no gradient of {shortened(bare)}", None, *hints)
        found.append(known[bare])
    return found


def left_open(functions: Sequence[str]) -> str:
    """`f, g and L are left open`, or `f is left open`."""
    *others, last = functions
    return f"{', '.join(others)} and {last} are left open" if others else f"{last} is left open"


def _leaves(tree: Expr) -> list[Leaf]:
    """The leaves that are put in where a tree is expanded."""
    if is_loss_gradient(tree):
        return []
    if isinstance(tree, Leaf):
        return [tree]
    return [leaf for part in children(tree) for leaf in _leaves(part)]


def is_loss_gradient(tree: Expr) -> bool:
    """Whether a tree is the derivative of an unspecified loss, which is known by its name alone."""
    return isinstance(tree, Call) and OPS[tree.op].prefixed
