"""The reverse chain: the slopes and gradients of a network as definitions, and the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, cast

from bptrace.engine.model import Definition, Given, keys
from bptrace.engine.plans import REVERSE, Block, Blocks, Plan, alone, ranks
from bptrace.engine.quantity import GradientAt, Quantity, SlopeAt, by_key
from bptrace.engine.sentence_parts import Sentence, names_listed, sentence
from bptrace.errors import SpecError
from bptrace.numbers.arrays import Shape
from bptrace.numbers.enclosures import ONE, ZERO
from bptrace.ops.chain_rule import Contribution, contributions, slope_expression, with_place
from bptrace.ops.expr import Call, Expr, Name, Number, names, nodes, plus, reads_one_of, substitute
from bptrace.ops.notation import Notation
from bptrace.ops.table import OPS, expansion

LENGTH_LIMIT = 1_000_000
SUBJECT, OUT = "", " "
"""What stands for an activation's argument and its value while its slope is derived for any."""


class Slope(NamedTuple):
    """An activation's slope as a quantity of its own: in h = relu(z) that of `subject` z, first used by `user` h.

    `units` are the quantities that are just this activation: h, but not g in g = relu(z) + 1.
    """

    definition: Definition
    quantity: Quantity
    subject: str
    user: str
    units: list[str]

    @property
    def activation(self) -> str:
        """What the activation is called: `ReLU`."""
        return cast(SlopeAt, self.quantity.role).activation


class Reverse:
    """The reverse chain: slopes and gradients as definitions, and the order in which they are shown."""

    def __init__(
        self,
        givens: Sequence[Given],
        forward: Sequence[Definition],
        differentiated: Collection[str],
        bases: Mapping[str, Quantity],
    ) -> None:
        self.givens = [given for given in givens if given.key in differentiated]
        self.forward = forward
        self.loss = forward[-1].key
        self.bases = bases
        self.slopes: dict[str, Slope] = {}
        self.derived: dict[tuple[str, Shape], Expr] = {}
        self.settings: dict[str, tuple[str, ...]] = {}
        self.wanted = set(keys(self.givens))
        for definition in forward:
            if reads_one_of(definition.expr, self.wanted):
                self.wanted.add(definition.key)
        self.completed_by = self._completed_by()
        self.gradients = self._gradients()

    def _gradients(self) -> dict[str, Definition]:
        """One definition a quantity, in the order in which the chain reaches them."""
        flows: dict[str, list[Expr]] = {}
        gradients: dict[str, Definition] = {}
        for definition in reversed(self.forward):
            upstream = self._upstream(definition, flows, gradients)
            if upstream is None:
                continue
            found: dict[str, list[Expr]] = {}
            out = Name(definition.key, definition.shape)
            flow = contributions(definition.expr, upstream, out, self.wanted, self._slope_of(definition))
            for name, gradient in _bounded(flow, definition):
                found.setdefault(name.key, []).append(gradient)
            for key, parts in found.items():
                flows[key] = parts + flows.get(key, [])
        for given in self.givens:
            nothing: list[Expr] = [Number(ZERO, given.shape)]
            gradients[given.key] = self._gradient(given.key, flows.get(given.key, nothing))
        return gradients

    def _upstream(
        self, definition: Definition, flows: Mapping[str, list[Expr]], gradients: dict[str, Definition]
    ) -> Expr | None:
        if definition.key == self.loss:
            return Number(ONE, definition.shape)
        if definition.key not in flows:
            return None
        gradient = gradients[definition.key] = self._gradient(definition.key, flows[definition.key])
        return Name(gradient.key, gradient.shape)

    def _gradient(self, key: str, parts: list[Expr]) -> Definition:
        return Definition(self._gradient_at(key).key, plus(parts))

    def _gradient_at(self, key: str) -> Quantity:
        return self.bases[key]._replace(role=GradientAt(self.loss))

    def _slope_of(self, definition: Definition) -> Callable[[Call, Expr], Expr]:
        def slope(node: Call, out: Expr) -> Expr:
            subject = node.args[0]
            unnamed = [arg for arg in node.args[1:] if names(arg) and not isinstance(arg, Name)]
            if not isinstance(subject, Name) or unnamed:
                return slope_expression(node, out)
            return self._named_slope(node, subject, out, definition)

        return slope

    def _named_slope(self, node: Call, subject: Name, out: Expr, user: Definition) -> Expr:
        row, base, expr = OPS[node.op], self.bases[subject.key], self._slope_expression(node, subject, out)
        if expr.shape != subject.shape:
            return expr
        quantity = base._replace(shape=expr.shape, role=SlopeAt(row.title))
        settings = tuple(map(_setting, node.args[1:]))
        if self.settings.setdefault(quantity.key, settings) != settings:
            quantity = quantity._replace(role=SlopeAt(row.title, settings))
        key = quantity.key
        if key not in self.slopes:
            self.slopes[key] = Slope(Definition(key, expr), quantity, subject.key, user.key, [])
        self.slopes[key].units.extend([user.key] if user.expr is node else [])
        return Name(key, expr.shape)

    def _slope_expression(self, node: Call, subject: Name, out: Expr) -> Expr:
        """The slope of an activation; that of one without settings is derived once for all that have its shape."""
        if len(node.args) > 1 or OPS[node.op].slope:
            return slope_expression(node, out)
        key = node.op, subject.shape
        if key not in self.derived:
            stand_in = Call(node.op, (Name(SUBJECT, subject.shape),), node.shape)
            self.derived[key] = slope_expression(stand_in, Name(OUT, node.shape))
        return with_place(substitute(self.derived[key], {SUBJECT: subject, OUT: out}), node)

    def definitions(self) -> list[Definition]:
        """Every slope, then every gradient after those it is made from."""
        return [slope.definition for slope in self.ordered_slopes()] + list(self.gradients.values())

    def ordered_slopes(self) -> list[Slope]:
        """The slopes in the order in which the file has what they are taken of; they were found from the end."""
        places = {key: place for place, key in enumerate(self.bases)}
        found = list(self.slopes.values())
        found.reverse()
        return sorted(found, key=lambda slope: places[slope.subject])

    def quantities(self) -> dict[str, Quantity]:
        """What the slopes and the gradients are called."""
        return by_key([*(slope.quantity for slope in self.slopes.values()), *map(self._gradient_at, self.gradients)])

    def plans(self, weights_last: bool) -> list[Plan]:
        """For each rank from the loss down: slopes, gradients of its quantities, gradients of its weights.

        With the weights last, theirs follow all the others, in the order in which the file reads the weights.
        """
        rank = ranks(self.forward)
        levels: dict[int, list[Definition]] = {level: [] for level in range(max(rank.values()), 0, -1)}
        for definition in self.forward:
            levels[rank[definition.key]].append(definition)
        slopes: dict[int, list[Definition]] = {}
        for slope in self.ordered_slopes():
            level = rank.get(slope.subject, rank[slope.user])
            slopes.setdefault(level, []).append(slope.definition)
        late = self.forward if weights_last else []
        plans = [self._plan(here, slopes.get(level, []), [] if late else here) for level, here in levels.items()]
        rest = [given.key for given in self.givens if given.section != "weights"]
        plans.append(Plan(REVERSE, reverse_title([], rest), Blocks(self._all_alone(rest))))
        plans.append(self._plan([], [], late))
        return [plan for plan in plans if plan.blocks]

    def _plan(self, here: Sequence[Definition], slopes: Sequence[Definition], weighted: Sequence[Definition]) -> Plan:
        """The gradients of quantities that are defined here, and of the weights that these equations complete."""
        passed = [item.key for item in here if item.key in self.gradients]
        weights = [(definition, self._weights_of(definition)) for definition in weighted]
        blocks = [*map(alone, slopes), *self._all_alone(passed)]
        for definition, group in weights:
            blocks += _by_unit(definition.expr, [(key, self.gradients[key]) for key in group])
        return Plan(REVERSE, reverse_title(passed, [key for _, group in weights for key in group]), Blocks(blocks))

    def _weights_of(self, definition: Definition) -> list[str]:
        """The weights whose gradient is complete once this equation is passed; unused ones with the loss."""
        read = names(definition.expr)
        unread = [key for key, user in self.completed_by.items() if user == self.loss and key not in read]
        more = unread if definition.key == self.loss else []
        return [*(key for key in read if self.completed_by.get(key) == definition.key), *more]

    def _completed_by(self) -> dict[str, str]:
        """For each weight the equation of the lowest rank that uses it, or else the loss."""
        rank = ranks(self.forward)
        weights = [given.key for given in self.givens if given.section == "weights"]
        users = dict.fromkeys(weights, self.loss)
        # of equal ranks the first in the file wins, so it comes last
        for definition in sorted(self.forward, key=lambda item: rank[item.key])[::-1]:
            users.update({key: definition.key for key in names(definition.expr) if key in users})
        return users

    def _all_alone(self, quantities: Sequence[str]) -> tuple[Block, ...]:
        return tuple(alone(self.gradients[key]) for key in quantities)


def reverse_title(passed: Sequence[str], weights: Sequence[str]) -> Sentence:
    """The title of a step with the gradients at some quantities and of some weights."""
    at = sentence("gradient at ", names_listed(passed)) if passed else ()
    of = sentence("gradients of ", names_listed(weights)) if weights else ()
    return sentence(at, "; " if at and of else "", of)


def _setting(expr: Expr) -> str:
    """What tells an activation's further argument from another: a quantity's name or a literal's text."""
    return expr.key if isinstance(expr, Name) else Notation(decimal=False).rule(expr)


def _bounded(flow: Iterable[Contribution], definition: Definition) -> Iterator[Contribution]:
    """The contributions one by one. Raises SpecError where an equation's gradients are too long to be written down."""
    length = 0
    for name, gradient in flow:
        length += sum(1 for _ in islice(nodes(gradient), LENGTH_LIMIT))
        if length >= LENGTH_LIMIT:
            message = f"the gradients of {definition.key} take more than {LENGTH_LIMIT:,} operations"
            raise SpecError(message, definition.mark, "write it in several equations")
        yield name, gradient


def _by_unit(expr: Expr, gradients: Sequence[tuple[str, Definition]]) -> tuple[Block, ...]:
    """One block with rows unit by unit where each weight has the unit's axis; the others after it, alone."""
    for axis in dict.fromkeys((0, len(expr.shape) - 1)) if expr.shape else ():
        axes = [unit_axis(expr, key, axis) for key, _ in gradients]
        joined = [(gradient, own) for (_, gradient), own in zip(gradients, axes, strict=True) if own is not None]
        if joined:
            rest = [gradient for (_, gradient), own in zip(gradients, axes, strict=True) if own is None]
            definitions, own_axes = zip(*joined, strict=True)
            return (Block(definitions, own_axes), *map(alone, rest))
    return tuple(alone(gradient) for _, gradient in gradients)


def unit_axis(expr: Expr, key: str, axis: int) -> int | None:
    """The axis of the quantity `key` that runs along an axis of the expression's result, or None."""
    if isinstance(expr, Name):
        return axis if expr.key == key else None
    if not isinstance(expr, Call):
        return None
    meaning = expansion(expr)
    if meaning is not None:
        return unit_axis(meaning, key, axis)
    own = [(arg, OPS[expr.op].axis(expr, i, axis)) for i, arg in enumerate(expr.args)]
    found = [unit_axis(arg, key, along) for arg, along in own if along is not None]
    return next((along for along in found if along is not None), None)
