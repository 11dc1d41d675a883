"""A network: what the file says, ready to be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

from bptrace.engine.budget import Spending, check_operations
from bptrace.engine.model import GIVEN_SECTIONS, Definition, Given
from bptrace.engine.notes import Note, Outline, notes_of
from bptrace.engine.program import Program, build
from bptrace.engine.programs import Programs, Scope
from bptrace.engine.trace import Trace
from bptrace.engine.work import Work
from bptrace.errors import BptraceError, Mark, Source, SpecError, UndefinedError, cut, shortened
from bptrace.methods import NetworkMethods
from bptrace.numbers.arrays import Value, is_real
from bptrace.numbers.bounds import Bound, measured
from bptrace.numbers.digits import DIGITS
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.expr import Call
from bptrace.ops.pieces import by_cases
from bptrace.ops.table import OPS, all_nodes

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer
    from bptrace.engine.symbols import Display

NUMBER_STYLES = ("auto", "fraction", "decimal")
DIGITS_LIMIT = 10_000
DECIMALS_LIMIT = 1_000


class Stated(NamedTuple):
    """What a network file says: its text, its givens, and the grid that its update rounds to.

    `files`: what it was read from, the file itself and the table of its samples. `table`: where it names that.
    """

    source: Source
    givens: tuple[Given, ...]
    grid: Scalar | None
    files: tuple[str, ...] = ()
    table: Mark | None = None


class Asking(NamedTuple):
    """How a trace is asked for: what, in which numbers, and whether as much of it as there is will do.

    `bits` is the least precision of what is not rational.
    """

    scope: Scope
    decimal: bool
    digits: int
    bits: int = 0
    partial: bool = False


class Past(NamedTuple):
    """Where a network comes from: so many updates of the first one, the last of them at a precision."""

    first: Network
    updates: int
    bits: int


@dataclass(frozen=True, eq=False, repr=False)
class Network(NetworkMethods):
    """Names, shapes, literals and equations; `trace()` works them out.

    `givens` are in the file's order; the last of `definitions` is the loss. `gradients` holds the sections
    (weights, input, target) whose gradients are asked for. `optimizer`: one step of it follows.
    `decimal`: the file writes decimals. `order`: in which order rows come, some of ORDERS.
    `display`: how names are typeset, or None for the usual way. `reduction`: what becomes of samples, where there are
    any. `stated`: what the file says, where there is one. `ignored`: the kinds of notes that are switched off;
    `uncalled`: the file's functions that nothing calls.
    `past`: where the givens come from, if they were made. `programs` are shared with networks of other numbers.
    """

    givens: tuple[Given, ...]
    definitions: tuple[Definition, ...]
    _: KW_ONLY
    title: str = ""
    optimizer: Optimizer | None = None
    gradients: frozenset[str] = frozenset({"weights"})
    decimal: bool = False
    order: frozenset[str] = frozenset()
    display: Display | None = None
    reduction: str = ""
    stated: Stated | None = None
    ignored: frozenset[str] = frozenset()
    uncalled: tuple[tuple[str, Mark], ...] = ()
    past: Past | None = None
    programs: Programs = field(default_factory=Programs)

    def __repr__(self) -> str:
        return f"<Network {self.title or self.loss}: {len(self.givens)} givens, {len(self.definitions)} equations>"

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.definitions[-1].key

    @property
    def outline(self) -> Outline:
        """What the file says, as far as it can be noted: of samples, the first one's givens."""
        return Outline(self.givens, self.definitions, self.uncalled)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What is legal in it and probably not meant, in the order of the file."""
        return notes_of(self.outline, self.ignored)

    @cached_property
    def unvalued(self) -> Given | Definition | None:
        """The first thing that has no value: a given that is a name alone, or what calls an unspecified function."""
        given = next((given for given in self.givens if given.value is UNKNOWN), None)
        return given or self.programs.first_unspecified(self.definitions)

    @cached_property
    def half_valued(self) -> bool:
        """Whether its givens have values and yet not everything has: its numbers would be lost over symbols."""
        return bool(self.unvalued) and any(
            given.value is not UNKNOWN for given in self.givens if given.section in GIVEN_SECTIONS
        )

    def unvalued_error(self, elsewhere: str = "'bptrace derive'") -> SpecError:
        """What to say where values are needed and something has none; `elsewhere`: what needs none."""
        what = self.unvalued
        given = isinstance(what, Given)
        if what is None or not given:
            message = f"{what.key if what else self.loss} calls a function that is left open"
            return SpecError(message, what.mark if what else None, f"{elsewhere} shows the chain rule without numbers")
        hint = f"give it one, in the file or with --set {what.key}=..., or see {elsewhere}"
        return SpecError(f"{what.key} has no value", what.mark, hint)

    def trace(
        self,
        numbers: str = "auto",
        inputs: bool = False,
        digits: int = DIGITS,
        *,
        update: bool = True,
        values: Mapping[str, object] | None = None,
        partial: bool = False,
        decimals: int | None = None,
    ) -> Trace:
        """The forward pass, the reverse chain and the update, worked out exactly.

        `numbers`: `fraction`, `decimal` (where it terminates) or `auto` (as the file writes them).
        `inputs`: also the gradients of the inputs. `digits`: how many significant digits are proven of a value
        that is not rational. `update`: the update too, if there is one. `values`: others for some givens, as
        `given` takes them. `partial`: where a value does not exist (a division by zero, the log of a negative number),
        all that can be worked out without it. `decimals`: numbers are shown as decimals of at most so many places,
        marked `≈` where they take more; formulas, and the values themselves, stay exact.

        Raises SpecError for a value that does not exist, unless `partial`, that grows beyond a million digits or that
        cannot be told; BptraceError for an unknown style. Of a network with something that has no value it is the
        trace over symbols.
        """
        if values:
            return self.given(values).trace(numbers, inputs, digits, update=update, partial=partial, decimals=decimals)
        if numbers not in NUMBER_STYLES:
            raise BptraceError(
                f"error: unknown number style {shortened(str(numbers))}\n   known: {', '.join(NUMBER_STYLES)}"
            )
        if not (isinstance(digits, int) and 1 <= digits <= DIGITS_LIMIT):
            raise BptraceError(
                f"error: {cut(str(digits))} digits were asked for\n   from 1 to {DIGITS_LIMIT:,} can be had"
            )
        if decimals is not None:
            _check_decimals(decimals, numbers)
            digits_needed = min(digits + decimals, DIGITS_LIMIT)
            proven = self.trace(numbers, inputs, digits_needed, update=update, partial=partial)
            return proven.with_digits(digits).with_decimals(decimals)
        decimal = self.decimal if numbers == "auto" else numbers == "decimal"
        if self.unvalued:
            return self.derived(inputs, update=update)
        return self._traced(Asking(self._scope(inputs, update), decimal, digits, partial=partial))

    def derived(self, inputs: bool = False, *, update: bool = True) -> Trace:
        """The working over symbols: every step and row of the trace with its formula, and no numbers.

        `inputs`, `update`: as for `trace`. A formula that hangs on values, as where max_pool looks for the greatest,
        is that of the numbers in the file; making its row raises NoValueError where there are none.
        """
        scope = self._scope(inputs, update)
        program, values = self._program(scope), dict(self._values)
        if not self.unvalued and any(map(hangs_on_values, program.definitions)):
            values = dict(self._traced(Asking(scope, self.decimal, DIGITS)).values)
        known = {key: values.get(key, UNKNOWN) for key in program.quantities}
        return Trace(self, program, known, self.decimal, symbolic=True)

    def by_cases(self) -> Self:
        r"""The network with its equations written by cases, where one is a function that has some: `z if z >= 0`.

        >>> import bptrace
        >>> network = bptrace.loads("weights: {w: -2}\nforward: {h: relu(w)}\nloss: h^2")
        >>> next(network.by_cases().trace().rows()).formula
        '0 if w<0, w if w>=0'
        """
        definitions = tuple(item._replace(expr=by_cases(item.expr)) for item in self.definitions)
        return replace(self, definitions=definitions, programs=Programs())

    def program(self, inputs: bool = False) -> Program:
        """What will be worked out and in which order it is shown. Raises SpecError: it is too large."""
        return self._program(self._scope(inputs))

    @property
    def loss_mark(self) -> Mark | None:
        """Where the loss stands in the file."""
        return self.definitions[-1].mark

    def row_count(self, inputs: bool = False) -> int:
        r"""How many rows its trace will have, known before any of it is worked out, or found to be too much for that.

        >>> import bptrace
        >>> network = bptrace.loads("weights: {w: [1, 2]}\nforward: {z: 2*w}\nloss: z@z")
        >>> network.row_count(), network.trace().count
        (7, 7)
        """
        return sum(plan.whole for plan in self._built(self._scope(inputs)).plans)

    def line_count(self, inputs: bool = False) -> int:
        """How many lines its matrix form will have, one for each array."""
        return sum(len(plan.definitions) for plan in self._built(self._scope(inputs)).plans)

    def operation_count(self, inputs: bool = False, values: bool = True) -> int:
        """How many operations its trace takes, as `budget` counts them; without `values`, that of one sample alone."""
        return sum(self._built(self._scope(inputs)).operations)

    def replaced(self, values: Mapping[str, Value], decimal: bool = False) -> Self:
        r"""The network with other values for some givens, by key; each has the given's shape.

        `decimal`: some of them are written as decimals.

        >>> import bptrace
        >>> from flint import fmpq
        >>> network = bptrace.loads("weights: {w: 2}\nloss: w^2")
        >>> print(network.replaced({"w": fmpq(1, 2)}).trace()["L"])
        1/4
        """
        return self._replaced(values, self.decimal or decimal)

    def _replaced(self, values: Mapping[str, Value], decimal: bool, past: Past | None = None) -> Self:
        return replace(self, givens=with_values(self.givens, values), decimal=decimal, past=past)

    def stepped(self, trace: Trace) -> Self:
        r"""The network after the update at the end of its trace: weights and state have their new values.

        Raises BptraceError where there is no update, UndefinedError of a trace that lacks a value.

        >>> import bptrace
        >>> network = bptrace.loads("weights: {w: 2}\nloss: w^2\nupdate: {lr: 1/4}")
        >>> print(network.stepped(network.trace()).trace()["w"])
        1
        """
        self.its_optimizer()
        if trace.problem:
            raise trace.problem
        first, updates = (self.past.first, self.past.updates) if self.past else (self, 0)
        return self._replaced(_updated(trace), self.decimal, Past(first, updates + 1, trace.bits))

    def rounded(self, grid: Scalar, decimal: bool = False) -> Self:
        """The network with an update whose new values are rounded to a grid.

        `decimal`: the grid is written as a decimal. Raises BptraceError where there is no update.
        """
        optimizer = self.its_optimizer()._replace(grid=grid)
        return replace(self, optimizer=optimizer, decimal=self.decimal or decimal, past=None, programs=Programs())

    @property
    def least_bits(self) -> int:
        """The precision with which its givens were made, which its traces do not fall below; 0 for those of a file."""
        return self.past.bits if self.past else 0

    def at_precision(self, bits: int) -> Self:
        """The network with its givens taken as made with so many bits, which its traces do not fall below."""
        return replace(self, past=Past(self, 0, bits))

    def scope_of(self, trace: Trace) -> Scope | None:
        """What one of its traces was asked for; None where the trace is not one of its own."""
        return next((scope for scope, program in self.programs.made.items() if program is trace.program), None)

    def its_optimizer(self) -> Optimizer:
        """The optimizer of its update. Raises SpecError: it has none."""
        if not self.optimizer:
            hint = "add a line such as update: {rule: sgd, lr: 1/10}"
            raise SpecError("the network has no update", self.stated and self.stated.source.end, hint)
        return self.optimizer

    @cached_property
    def _values(self) -> dict[str, Value]:
        return {given.key: given.value for given in self.givens}

    @cached_property
    def bounds(self) -> dict[str, Bound]:
        """How large the givens' values are, by key."""
        return {given.key: measured(given.value, given.shape) for given in self.givens}

    @cached_property
    def _works(self) -> dict[Scope, Work]:
        return {}

    def _scope(self, inputs: bool, update: bool = True) -> Scope:
        known = self.programs.scopes
        if (inputs, update) not in known:
            more = ({"input"} if inputs else set()) | ({"weights"} if self.optimizer else set())
            known[inputs, update] = Scope(self.gradients | more, update)
        return known[inputs, update]

    def _program(self, scope: Scope) -> Program:
        program = self._built(scope)
        if scope not in self.programs.checked:
            self._check_operations(scope, program)
            self.programs.checked.add(scope)
        return program

    def _check_operations(self, scope: Scope, program: Program) -> None:
        check_operations(program)

    def _built(self, scope: Scope) -> Program:
        """The program, which may be too much to be worked out: its operations are not counted yet."""
        programs = self.programs.made
        if scope not in programs:
            programs[scope] = self._new_program(scope)
        return programs[scope]

    def _new_program(self, scope: Scope) -> Program:
        keys = [given.key for given in self.givens if given.section in scope.sections]
        return build(self.givens, self.definitions, keys, self.optimizer if scope.update else None, self.order)

    def _work(self, scope: Scope) -> Work:
        found = self._works.get(scope)
        if found is None:
            found = self._works[scope] = self._new_work(scope)
        return found

    def _new_work(self, scope: Scope) -> Work:
        return self.work_within(scope, self.bounds)

    def work_within(self, scope: Scope, bounds: Mapping[str, Bound], times: int = 1) -> Work:
        """The program at work on givens within these bounds, so many times."""
        program = self._program(scope)
        real = program.real or any(map(is_real, self._values.values()))
        spending = None if self.programs.has_room(scope, bounds, times) else Spending(program, times)
        return Work(program, self.decimal, real, spending)

    def _traced(self, asking: Asking) -> Trace:
        return self.traced_by(self._work(asking.scope), asking)

    def traced_by(self, work: Work, asking: Asking) -> Trace:
        """The trace by a program at work. Raises SpecError."""
        try:
            return self._traced_whole(work, asking._replace(partial=False))
        except UndefinedError as problem:
            return self._traced_partly(work, asking, problem)

    def _traced_partly(self, work: Work, asking: Asking, problem: UndefinedError) -> Trace:
        """What there is without the value that does not exist; raises the problem where that is not told either."""
        if not asking.partial:
            raise problem
        from bptrace.engine.partial import PartialWork  # most networks do without

        try:
            return replace(self._traced_whole(PartialWork(*work), asking), problem=problem)
        except SpecError:
            raise problem from None

    def _traced_whole(self, work: Work, asking: Asking) -> Trace:
        decimal, digits = asking.decimal, asking.digits
        if not work.real:
            return Trace(self, work.program, work.values(self._values), decimal, digits=digits)
        values, bits = work.settled(self._values_at, digits, self._least(asking.bits))
        return Trace(self, work.program, values, decimal, digits=digits, bits=bits)

    def _least(self, bits: int) -> int:
        """The least precision to begin with: no less than the givens were made with."""
        return max(bits, self.least_bits)

    def _values_at(self, bits: int) -> dict[str, Value]:
        """The givens' values; after updates, made anew where they were not made with so much precision."""
        past = self.past
        if past is None or bits <= past.bits or not any(map(is_real, self._values.values())):
            return self._values
        network: Network = past.first
        for _ in range(past.updates):
            network = network.stepped(network._traced(Asking(network._scope(inputs=False), self.decimal, 1, bits)))
        return network._values


def _check_decimals(decimals: int, numbers: str) -> None:
    """Refuse so many decimal places, or any where numbers are to be fractions. Raises BptraceError."""
    if not 0 <= decimals <= DECIMALS_LIMIT:
        raise BptraceError(f"error: {decimals} decimals were asked for\n   from 0 to {DECIMALS_LIMIT:,} can be had")
    if numbers == "fraction":
        raise BptraceError("error: decimals were asked for, and fractions\n   numbers that are rounded are decimals")


def hangs_on_values(definition: Definition) -> bool:
    """Whether which elements a definition reads hangs on values."""
    return any(isinstance(node, Call) and OPS[node.op].reads_values for node in all_nodes(definition.expr))


def _updated(trace: Trace) -> dict[str, Value]:
    """The new values that the update at the end of a trace has made, by what they replace."""
    return {old: trace.values[new] for old, new in trace.program.replacements.items()}


def with_values(givens: Iterable[Given], values: Mapping[str, Value]) -> tuple[Given, ...]:
    """The givens with other values for some, by key."""
    return tuple([given._replace(value=values.get(given.key, given.value)) for given in givens])
