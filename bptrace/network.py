"""A network: what the file says, ready to be worked out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property

from bptrace.bounds import DIGITS as DIGITS_ALLOWED
from bptrace.bounds import Bound, measured
from bptrace.certain import Certainty, Outer
from bptrace.elements import Register
from bptrace.enclosures import OutOfDomain, precision_bits
from bptrace.errors import BptraceError, SpecError
from bptrace.evaluate import culprit, elementwise, failure, growth
from bptrace.exact import Value, is_real
from bptrace.expr import names
from bptrace.model import Definition, Given
from bptrace.notation import DIGITS, Notation
from bptrace.program import Program, build
from bptrace.trace import Trace

NUMBER_STYLES = ("auto", "fraction", "decimal")
DIGITS_LIMIT = 10_000


class Network:
    """Names, shapes, literals and equations; `trace()` works them out.

    `givens` are in the file's order; the last of `definitions` is the loss. `gradients` holds the sections
    (weights, input, target) whose gradients are asked for. `updated`: one gradient step follows, at the
    rate `lr`. `decimal`: the file writes decimals.
    """

    def __init__(
        self,
        givens: Sequence[Given],
        definitions: Sequence[Definition],
        *,
        title: str = "",
        updated: bool = False,
        gradients: Collection[str] = ("weights",),
        decimal: bool = False,
    ) -> None:
        self.givens = tuple(givens)
        self.definitions = tuple(definitions)
        self.title = title
        self.updated = updated
        self.gradients = frozenset(gradients)
        self.decimal = decimal
        self._programs: dict[frozenset[str], Program] = {}
        self._works: dict[frozenset[str], Work] = {}

    def __repr__(self) -> str:
        return f"<Network {self.title or self.loss}: {len(self.givens)} givens, {len(self.definitions)} equations>"

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.definitions[-1].key

    def trace(self, numbers: str = "auto", inputs: bool = False, digits: int = DIGITS) -> Trace:
        """The forward pass, the reverse chain and the update, worked out exactly.

        `numbers`: `fraction`, `decimal` (where it terminates) or `auto` (as the file writes them).
        `inputs`: also the gradients of the inputs. `digits`: how many significant digits are proven of a value
        that is not rational. Raises SpecError for a value that does not exist (a division by zero, the log of
        a negative number), that grows beyond a million digits or that cannot be told; BptraceError for an
        unknown style.
        """
        if numbers not in NUMBER_STYLES:
            raise BptraceError(f"error: unknown number style '{numbers}'\n   known: {', '.join(NUMBER_STYLES)}")
        if not 1 <= digits <= DIGITS_LIMIT:
            raise BptraceError(f"error: {digits} digits were asked for\n   from 1 to {DIGITS_LIMIT:,} can be had")
        decimal = self.decimal if numbers == "auto" else numbers == "decimal"
        return self._traced(decimal, inputs, digits)

    def program(self) -> Program:
        """What will be worked out and in which order it is shown."""
        return self._program(self.gradients)

    def replaced(self, values: Mapping[str, Value], decimal: bool = False) -> Network:
        """The same network with other values for some givens, by key; each has the given's shape.

        `decimal`: some of them are written as decimals.
        """
        givens = [given._replace(value=values.get(given.key, given.value)) for given in self.givens]
        network = Network(
            givens,
            self.definitions,
            title=self.title,
            updated=self.updated,
            gradients=self.gradients,
            decimal=self.decimal or decimal,
        )
        network._programs = self._programs  # a program reads no value
        return network

    @cached_property
    def _values(self) -> dict[str, Value]:
        return {given.key: given.value for given in self.givens}

    @cached_property
    def _bounds(self) -> dict[str, Bound]:
        return {given.key: measured(given.value, given.shape) for given in self.givens}

    def _sections(self, inputs: bool) -> frozenset[str]:
        return self.gradients | {"input"} if inputs else self.gradients

    def _program(self, sections: frozenset[str]) -> Program:
        if sections not in self._programs:
            keys = [given.key for given in self.givens if given.section in sections]
            self._programs[sections] = build(self.givens, self.definitions, keys, self.updated)
        return self._programs[sections]

    def _work(self, sections: frozenset[str]) -> Work:
        if sections not in self._works:
            real = any(map(is_real, self._values.values()))
            self._works[sections] = Work(self._program(sections), self._bounds, self.decimal, real)
        return self._works[sections]

    def _traced(self, decimal: bool, inputs: bool, digits: int, bits: int = 0) -> Trace:
        """The trace; `bits` is the least precision of what is not rational."""
        work = self._work(self._sections(inputs))
        values, bits = work.settled(lambda bits: self._values, digits, bits)
        return Trace(self, work.program, values, decimal, digits=digits, bits=bits)


class Work:
    """A program at work: its definitions worked out one by one, each within bounds, each failure told with its place.

    `bounds`: how large the givens are; `real`: some given may be an enclosure.
    """

    def __init__(self, program: Program, bounds: Mapping[str, Bound], decimal: bool, real: bool) -> None:
        self.program = program
        self.decimal = decimal
        self.loss_mark = next(item.mark for item in program.definitions if item.key == program.loss)
        self.real = real or program.real
        self.growing = self._may_grow(bounds)

    def settled(
        self, givens: Callable[[int], Mapping[str, Value]], digits: int, bits: int = 0, outer: Outer | None = None
    ) -> tuple[dict[str, Value], int]:
        """Every value, and the precision that it took, from the givens at a precision. Raises SpecError."""
        if not self.real:
            return self.values(givens(0)), 0
        return Certainty(self.program, givens, digits, self.value_of, outer).values(bits)

    def values(self, givens: Mapping[str, Value]) -> dict[str, Value]:
        """Every value, all rational. Raises SpecError."""
        values = dict(givens)
        try:
            for definition, (key, kernel) in zip(self.program.definitions, self.program.kernels, strict=True):
                if self.growing:
                    self.check_size(definition, values)
                values[key] = kernel(values)
        except (ZeroDivisionError, OutOfDomain):
            for definition, (key, kernel) in zip(self.program.definitions, self.program.kernels, strict=True):
                values[key] = self.value_of(definition, kernel, values)
        return values

    def value_of(
        self, definition: Definition, kernel: Callable[[Mapping[str, Value]], Value], values: Mapping[str, Value]
    ) -> Value:
        """The value of one definition. Raises SpecError where it has none, Undecided.

        Where the arrays fail, only what the elements need is worked out: the case that does not hold may fail.
        """
        if self.growing:
            self.check_size(definition, values)
        try:
            return kernel(values)
        except (ZeroDivisionError, OutOfDomain):
            register = Register(self.program.quantities, values)
            try:
                return elementwise(definition.expr, register)
            except (ZeroDivisionError, OutOfDomain):
                raise self._located(definition, register) from None

    def _may_grow(self, bounds: Mapping[str, Bound]) -> bool:
        """Whether some value could pass the size limit, by a bound that reads no value but the givens."""
        known = dict(bounds)
        try:
            for definition in self.program.definitions:
                known[definition.key] = growth(definition.expr, known)
        except KeyError:
            return True  # what the samples of a batch come to is known only then
        return not all(bound.fits(self.program.quantities[key].shape) for key, bound in known.items())

    def check_size(self, definition: Definition, values: Mapping[str, Value]) -> None:
        """Raise SpecError where a value may grow beyond what is worked out."""
        read = names(definition.expr)
        bound = growth(definition.expr, {name: measured(values[name], node.shape) for name, node in read.items()})
        if not bound.fits(definition.shape):
            raise SpecError(
                f"{definition.key} may take {bound.digits:,} digits; at most {DIGITS_ALLOWED} are worked out",
                definition.mark or self.loss_mark,
                "exact values grow with every product: fewer powers, or numbers with fewer digits",
            )

    def _located(self, definition: Definition, register: Register) -> SpecError:
        part, tree, place, problem = failure(definition.expr, register)
        message = "division by zero" if isinstance(problem, ZeroDivisionError) else str(problem)
        at_fault = culprit(tree) if tree is not None else part
        mark = getattr(at_fault, "mark", None) or definition.mark or self.loss_mark
        quantity = self.program.quantities[definition.key]
        name = quantity.element(place) if place is not None else definition.key
        rule = Notation(self.decimal, terms=8, bits=precision_bits()).rule(tree) if tree is not None else ""
        if place is None:
            return SpecError(f"{message} inside {name}", mark, *([rule] if rule else []))
        return SpecError(f"{message} in {name}", mark, *([f"{name} = {rule}"] if rule else []))
