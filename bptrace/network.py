"""A network: what the file says, ready to be worked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from bptrace.bounds import DIGITS, Bound, measured
from bptrace.elements import Register
from bptrace.errors import BptraceError, SpecError
from bptrace.evaluate import failure, growth
from bptrace.exact import Scalar, Value
from bptrace.expr import names
from bptrace.model import Definition, Given
from bptrace.notation import Notation
from bptrace.optimizers import Optimizer
from bptrace.program import Program, build
from bptrace.trace import Trace

NUMBER_STYLES = ("auto", "fraction", "decimal")


class Network:
    """Names, shapes, literals and equations; `trace()` works them out.

    `givens` are in the file's order; the last of `definitions` is the loss. `gradients` holds the sections
    (weights, input, target) whose gradients are asked for. `optimizer`: one step of it follows.
    `decimal`: the file writes decimals.
    """

    def __init__(
        self,
        givens: Sequence[Given],
        definitions: Sequence[Definition],
        *,
        title: str = "",
        optimizer: Optimizer | None = None,
        gradients: Collection[str] = ("weights",),
        decimal: bool = False,
    ) -> None:
        self.givens = tuple(givens)
        self.definitions = tuple(definitions)
        self.title = title
        self.optimizer = optimizer
        self.gradients = frozenset(gradients)
        self.decimal = decimal
        self._programs: dict[tuple[frozenset[str], bool], Program] = {}
        self._rooms: dict[tuple[frozenset[str], bool], Mapping[str, Bound]] = {}
        self._grows: dict[tuple[frozenset[str], bool], bool] = {}

    def __repr__(self) -> str:
        return f"<Network {self.title or self.loss}: {len(self.givens)} givens, {len(self.definitions)} equations>"

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.definitions[-1].key

    def trace(self, numbers: str = "auto", inputs: bool = False, update: bool = True) -> Trace:
        """The forward pass, the reverse chain and the update, worked out exactly.

        `numbers`: `fraction`, `decimal` (where it terminates) or `auto` (as the file writes them).
        `inputs`: also the gradients of the inputs. `update`: the update too, if there is one. Raises SpecError for
        a division by zero or a value that grows beyond a million digits, BptraceError for an unknown style.
        """
        if numbers not in NUMBER_STYLES:
            raise BptraceError(f"error: unknown number style '{numbers}'\n   known: {', '.join(NUMBER_STYLES)}")
        sections = self.gradients | {"input"} if inputs else self.gradients
        program, growing = self._program(sections, update), self._growing(sections, update)
        values = dict(self._values)
        try:
            for definition, (key, work_out) in zip(program.definitions, program.kernels, strict=True):
                if growing:
                    self._check_size(definition, values)
                values[key] = work_out(values)
        except ZeroDivisionError:
            raise self._division_by_zero(program, values) from None
        return Trace(self, program, values, self.decimal if numbers == "auto" else numbers == "decimal")

    def program(self) -> Program:
        """What will be worked out and in which order it is shown."""
        return self._program(self.gradients, update=True)

    def replaced(self, values: Mapping[str, Value], decimal: bool = False) -> Network:
        """The same network with other values for some givens, by key; each has the given's shape.

        `decimal`: some of them are written as decimals.
        """
        givens = [given._replace(value=values.get(given.key, given.value)) for given in self.givens]
        network = Network(
            givens,
            self.definitions,
            title=self.title,
            optimizer=self.optimizer,
            gradients=self.gradients,
            decimal=self.decimal or decimal,
        )
        network._programs, network._rooms = self._programs, self._rooms  # they depend on no value
        return network

    def stepped(self, trace: Trace) -> Network:
        """The network after the update at the end of its trace: weights and state have their new values.

        Raises BptraceError where there is no update.
        """
        self._its_optimizer()
        return self.replaced({old: trace.values[new] for old, new in trace.program.replacements.items()})

    def rounded(self, grid: Scalar, decimal: bool = False) -> Network:
        """The same network with an update whose new values are rounded to a grid.

        `decimal`: the grid is written as a decimal. Raises BptraceError where there is no update.
        """
        return Network(
            self.givens,
            self.definitions,
            title=self.title,
            optimizer=self._its_optimizer()._replace(grid=grid),
            gradients=self.gradients,
            decimal=self.decimal or decimal,
        )

    def _its_optimizer(self) -> Optimizer:
        if not self.optimizer:
            raise SpecError("the network has no update", None, "add a line such as update: {rule: sgd, lr: 1/10}")
        return self.optimizer

    @cached_property
    def _values(self) -> dict[str, Value]:
        return {given.key: given.value for given in self.givens}

    def _program(self, sections: frozenset[str], update: bool) -> Program:
        if (sections, update) not in self._programs:
            wanted = sections | {"weights"} if self.optimizer else sections
            keys = [given.key for given in self.givens if given.section in wanted]
            optimizer = self.optimizer if update else None
            self._programs[sections, update] = build(self.givens, self.definitions, keys, optimizer)
        return self._programs[sections, update]

    def _growing(self, sections: frozenset[str], update: bool) -> bool:
        """Whether some value could pass the size limit, by a bound that reads no value but the givens."""
        if (sections, update) not in self._grows:
            known = {given.key: measured(given.value, given.shape) for given in self.givens}
            self._grows[sections, update] = not self._has_room(sections, update, known)
        return self._grows[sections, update]

    def _has_room(self, sections: frozenset[str], update: bool, known: Mapping[str, Bound]) -> bool:
        """Whether every value stays within the limit where the givens have such bounds.

        What is found to fit is kept, with some room, for all networks that differ from this one in numbers alone.
        """
        room = self._rooms.get((sections, update))
        if room and all(bound.within(room[key]) for key, bound in known.items()):
            return True
        program = self._program(sections, update)
        for bounds in ({key: bound.doubled() for key, bound in known.items()}, known):
            if _fits(program, bounds):
                self._rooms[sections, update] = bounds
                return True
        return False

    def _check_size(self, definition: Definition, values: Mapping[str, Value]) -> None:
        read = names(definition.expr)
        bound = growth(definition.expr, {name: measured(values[name], node.shape) for name, node in read.items()})
        if not bound.fits(definition.shape):
            raise SpecError(
                f"{definition.key} may take {bound.digits:,} digits; at most {DIGITS} are worked out",
                definition.mark or self.definitions[-1].mark,
                "exact values grow with every product: fewer powers, or numbers with fewer digits",
            )

    def _division_by_zero(self, program: Program, values: Mapping[str, Value]) -> SpecError:
        definition = next(item for item in program.definitions if item.key not in values)
        tree, call, place = failure(definition.expr, Register(program.quantities, values))
        quantity, rule = program.quantities[definition.key], Notation(self.decimal, terms=8).rule(tree)
        mark = call.mark or definition.mark
        if place is None:
            return SpecError(f"division by zero inside {definition.key}", mark, rule)
        name = quantity.element(place)
        return SpecError(f"division by zero in {name}", mark, f"{name} = {rule}")


def _fits(program: Program, known: Mapping[str, Bound]) -> bool:
    """Whether every value stays within the size limit, where the givens have such bounds."""
    found = dict(known)
    for definition in program.definitions:
        bound = found[definition.key] = growth(definition.expr, found)
        if not bound.fits(definition.shape):
            return False
    return all(bound.fits(program.quantities[key].shape) for key, bound in known.items())
