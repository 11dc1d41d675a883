"""A network: what the file says, ready to be worked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

from bptrace.engine.model import GIVEN_SECTIONS, Definition, Given
from bptrace.engine.plans import BY_RANK
from bptrace.engine.program import Program, build
from bptrace.engine.trace import Trace
from bptrace.engine.work import Work
from bptrace.errors import BptraceError, Source, SpecError
from bptrace.numbers.bounds import Bound, measured
from bptrace.numbers.exact import UNKNOWN, Scalar, Value, is_real
from bptrace.ops.evaluate import growth
from bptrace.ops.expr import Call
from bptrace.ops.notation import DIGITS
from bptrace.ops.table import OPS, all_nodes

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer
    from bptrace.engine.symbols import Display

NUMBER_STYLES = ("auto", "fraction", "decimal")
DIGITS_LIMIT = 10_000


class Network:
    """Names, shapes, literals and equations; `trace()` works them out.

    `givens` are in the file's order; the last of `definitions` is the loss. `gradients` holds the sections
    (weights, input, target) whose gradients are asked for. `optimizer`: one step of it follows.
    `decimal`: the file writes decimals. `order`: where the gradients of the weights stand, one of ORDERS.
    `display`: how names are typeset, or None for the usual way.
    """

    reduction = ""
    """What becomes of samples, where there are any: mean or sum."""
    stated: Stated | None = None
    """What the file says, where the network comes from one; the networks made of it keep it."""

    def __init__(
        self,
        givens: Sequence[Given],
        definitions: Sequence[Definition],
        *,
        title: str = "",
        optimizer: Optimizer | None = None,
        gradients: Collection[str] = ("weights",),
        decimal: bool = False,
        order: str = BY_RANK,
        display: Display | None = None,
    ) -> None:
        self.givens = tuple(givens)
        self.definitions = tuple(definitions)
        self.title = title
        self.optimizer = optimizer
        self.gradients = frozenset(gradients)
        self.decimal = decimal
        self.order = order
        self.display = display
        self._plans = Plans()
        self._works: dict[Asked, Work] = {}
        self._past: Past | None = None

    def __repr__(self) -> str:
        return f"<Network {self.title or self.loss}: {len(self.givens)} givens, {len(self.definitions)} equations>"

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.definitions[-1].key

    @cached_property
    def unvalued(self) -> Given | Definition | None:
        """The first thing that has no value: a given that is a name alone, or what calls an unspecified function."""
        given = next((given for given in self.givens if given.value is UNKNOWN), None)
        return given or self._plans.first_unspecified(self.definitions)

    @cached_property
    def half_valued(self) -> bool:
        """Whether its givens have values and yet not everything has: its numbers would be lost over symbols."""
        return bool(self.unvalued) and any(
            given.value is not UNKNOWN for given in self.givens if given.section in GIVEN_SECTIONS
        )

    def unvalued_error(self) -> SpecError:
        """What to say where values are needed and something has none."""
        what = self.unvalued
        given = isinstance(what, Given)
        if what is None or not given:
            message = f"{what.key if what else self.loss} calls a function that is left open"
            return SpecError(
                message, what.mark if what else None, "'bptrace derive' shows the chain rule without numbers"
            )
        hint = f"give it one, in the file or with --set {what.key}=..., or see 'bptrace derive'"
        return SpecError(f"{what.key} has no value", what.mark, hint)

    def trace(self, numbers: str = "auto", inputs: bool = False, digits: int = DIGITS, *, update: bool = True) -> Trace:
        """The forward pass, the reverse chain and the update, worked out exactly.

        `numbers`: `fraction`, `decimal` (where it terminates) or `auto` (as the file writes them).
        `inputs`: also the gradients of the inputs. `digits`: how many significant digits are proven of a value
        that is not rational. `update`: the update too, if there is one. Raises SpecError for a value that does
        not exist (a division by zero, the log of a negative number), that grows beyond a million digits or that
        cannot be told; BptraceError for an unknown style. Of a network with something that has no value it is the
        trace over symbols.
        """
        if numbers not in NUMBER_STYLES:
            raise BptraceError(f"error: unknown number style '{numbers}'\n   known: {', '.join(NUMBER_STYLES)}")
        if not 1 <= digits <= DIGITS_LIMIT:
            raise BptraceError(f"error: {digits} digits were asked for\n   from 1 to {DIGITS_LIMIT:,} can be had")
        decimal = self.decimal if numbers == "auto" else numbers == "decimal"
        if self.unvalued:
            return self.derived(inputs, update=update)
        return self._traced(self._asked(inputs, update), decimal, digits)

    def derived(self, inputs: bool = False, *, update: bool = True) -> Trace:
        """The same working over symbols: every step and row with its formula, and no numbers.

        `inputs`, `update`: as for `trace`. A formula that hangs on values, as where max_pool looks for the greatest,
        is that of the numbers in the file; making its row raises NoValueError where there are none.
        """
        asked = self._asked(inputs, update)
        program, values = self._program(asked), dict(self._values)
        if not self.unvalued and any(map(hangs_on_values, program.definitions)):
            values = dict(self._traced(asked, self.decimal, DIGITS).values)
        known = {key: values.get(key, UNKNOWN) for key in program.quantities}
        return Trace(self, program, known, self.decimal, symbolic=True)

    def program(self) -> Program:
        """What will be worked out and in which order it is shown."""
        return self._program(self._asked(inputs=False))

    def replaced(self, values: Mapping[str, Value], decimal: bool = False) -> Self:
        """The same network with other values for some givens, by key; each has the given's shape.

        `decimal`: some of them are written as decimals.
        """
        network = self._copied(decimal)
        network.givens = tuple([given._replace(value=values.get(given.key, given.value)) for given in self.givens])
        return network

    def stepped(self, trace: Trace) -> Self:
        """The network after the update at the end of its trace: weights and state have their new values.

        Raises BptraceError where there is no update.
        """
        self._its_optimizer()
        network = self.replaced(_updated(trace))
        first, updates = (self._past.first, self._past.updates) if self._past else (self, 0)
        network._past = Past(first, updates + 1, trace.bits)
        return network

    def rounded(self, grid: Scalar, decimal: bool = False) -> Self:
        """The same network with an update whose new values are rounded to a grid.

        `decimal`: the grid is written as a decimal. Raises BptraceError where there is no update.
        """
        optimizer = self._its_optimizer()._replace(grid=grid)
        network = self._copied(decimal)
        network.optimizer, network._plans = optimizer, Plans()
        return network

    @property
    def least_bits(self) -> int:
        """The precision with which its givens were made, which its traces do not fall below; 0 for those of a file."""
        return self._past.bits if self._past else 0

    def at_precision(self, bits: int) -> Self:
        """The same network whose givens were made with so many bits."""
        network = self._copied(decimal=False)
        network._past = Past(self, 0, bits)
        return network

    def asked(self, trace: Trace) -> Asked | None:
        """What one of its traces was asked for; None where the trace is not one of its own."""
        return next((asked for asked, program in self._plans.programs.items() if program is trace.program), None)

    def _copied(self, decimal: bool) -> Self:
        """The same network with nothing worked out; the programs, which depend on no value, are shared."""
        network = copy(self)
        network.decimal = self.decimal or decimal
        network._works, network._past = {}, None
        for name in ("_values", "_bounds", "unvalued"):
            network.__dict__.pop(name, None)
        return network

    def _its_optimizer(self) -> Optimizer:
        if not self.optimizer:
            raise SpecError("the network has no update", None, "add a line such as update: {rule: sgd, lr: 1/10}")
        return self.optimizer

    @cached_property
    def _values(self) -> dict[str, Value]:
        return {given.key: given.value for given in self.givens}

    @cached_property
    def _bounds(self) -> dict[str, Bound]:
        return {given.key: measured(given.value, given.shape) for given in self.givens}

    def _asked(self, inputs: bool, update: bool = True) -> Asked:
        found = self._plans.asked.get((inputs, update))
        if found is None:
            found = self._plans.asked[inputs, update] = self._asked_anew(inputs, update)
        return found

    def _asked_anew(self, inputs: bool, update: bool) -> Asked:
        more = ({"input"} if inputs else set()) | ({"weights"} if self.optimizer else set())
        return Asked(self.gradients | more, update)

    def _program(self, asked: Asked) -> Program:
        programs = self._plans.programs
        if asked not in programs:
            keys = [given.key for given in self.givens if given.section in asked.sections]
            optimizer = self.optimizer if asked.update else None
            programs[asked] = build(self.givens, self.definitions, keys, optimizer, self.order)
        return programs[asked]

    def _work(self, asked: Asked) -> Work:
        found = self._works.get(asked)
        if found is None:
            program, real = self._program(asked), any(map(is_real, self._values.values()))
            growing = not self._plans.has_room(asked, self._bounds)
            found = self._works[asked] = Work(program, self.decimal, real, growing)
        return found

    def _traced(self, asked: Asked, decimal: bool, digits: int, bits: int = 0) -> Trace:
        """The trace; `bits` is the least precision of what is not rational."""
        work = self._work(asked)
        if not work.real:
            return Trace(self, work.program, work.values(self._values), decimal, digits=digits)
        values, bits = work.settled(self._values_at, digits, self._least(bits))
        return Trace(self, work.program, values, decimal, digits=digits, bits=bits)

    def _least(self, bits: int) -> int:
        """The least precision to begin with: no less than the givens were made with."""
        return max(bits, self.least_bits)

    def _values_at(self, bits: int) -> dict[str, Value]:
        """The givens' values; after updates, made anew where they were not made with so much precision."""
        past = self._past
        if past is None or bits <= past.bits or not any(map(is_real, self._values.values())):
            return self._values
        network: Network = past.first
        for _ in range(past.updates):
            network = network.stepped(network._traced(network._asked(inputs=False), self.decimal, 1, bits))
        return network._values


class Stated(NamedTuple):
    """What a network file says: its text, its givens, and the grid that its update rounds to."""

    source: Source
    givens: tuple[Given, ...]
    grid: Scalar | None


class Asked(NamedTuple):
    """What a trace is asked for: the sections whose gradients are worked out, and whether the update is too."""

    sections: frozenset[str]
    update: bool


class Past(NamedTuple):
    """Where a network comes from: so many updates of the first one, the last of them at a precision."""

    first: Network
    updates: int
    bits: int


class Plans:
    """What networks share that differ in numbers alone: programs, and bounds that are known to fit."""

    def __init__(self) -> None:
        self.asked: dict[tuple[bool, bool], Asked] = {}
        self.programs: dict[Asked, Program] = {}
        self.rooms: dict[Asked, Mapping[str, Bound]] = {}
        self._unspecified: list[Definition] | None = None

    def first_unspecified(self, definitions: Sequence[Definition]) -> Definition | None:
        """The first of the definitions that calls an unspecified function."""
        if self._unspecified is None:
            self._unspecified = list(filter(is_unspecified, definitions))
        return next(iter(self._unspecified), None)

    def has_room(self, asked: Asked, known: Mapping[str, Bound]) -> bool:
        """Whether every value stays within the limit where the givens have such bounds.

        What is found to fit is kept, with some room.
        """
        room = self.rooms.get(asked)
        if room and all(bound.within(room[key]) for key, bound in known.items()):
            return True
        for bounds in ({key: bound.doubled() for key, bound in known.items()}, known):
            if _fits(self.programs[asked], bounds):
                self.rooms[asked] = bounds
                return True
        return False


def _fits(program: Program, known: Mapping[str, Bound]) -> bool:
    """Whether every value stays within the size limit, where the givens have such bounds."""
    found = dict(known)
    for definition in program.definitions:
        bound = found[definition.key] = growth(definition.expr, found)
        if not bound.fits(definition.shape):
            return False
    return all(bound.fits(program.quantities[key].shape) for key, bound in known.items())


def is_unspecified(definition: Definition) -> bool:
    """Whether a definition calls a function that is left open."""
    return any(isinstance(node, Call) and OPS[node.op].unspecified for node in all_nodes(definition.expr))


def hangs_on_values(definition: Definition) -> bool:
    """Whether which elements a definition reads hangs on values."""
    return any(isinstance(node, Call) and OPS[node.op].reads_values for node in all_nodes(definition.expr))


def _updated(trace: Trace) -> dict[str, Value]:
    """The new values that the update at the end of a trace has made, by what they replace."""
    return {old: trace.values[new] for old, new in trace.program.replacements.items()}
