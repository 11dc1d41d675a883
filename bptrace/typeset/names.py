"""What the quantities of a trace are called where they are typeset: symbols, with a derivative or a stage around."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar, cast

from bptrace.engine.optimizers import ALL, SETTINGS, Updates
from bptrace.engine.quantity import GradientAt, Quantities, Quantity, SlopeAt
from bptrace.engine.reverse import unit_axis
from bptrace.engine.symbols import INPUT_UNIT, PLAIN, Display, Symbol, alike, layered, symbol_of
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index, size
from bptrace.numbers.digits import exact_numeral
from bptrace.numbers.exact import is_decimal, rational
from bptrace.ops.alike import OncePerOutline
from bptrace.ops.expr import Expr, Name, names, nodes
from bptrace.ops.format import T
from bptrace.typeset.format import Format

Told = TypeVar("Told")


class Names(Generic[T]):
    """What the quantities of a trace are called in one format.

    `functions`: those that have been written so far, by their titles; the loss, which may be one, by its name.
    """

    def __init__(self, trace: Trace, form: Format[T]) -> None:
        self.display = _display(trace)
        self.turned = turned(trace) if self.display.index == INPUT_UNIT else frozenset()
        self.format = form
        self.quantities = trace.program.quantities
        self.loss = trace.program.loss
        self.layered = layered(self.quantities)
        self.alike = alike(self.display, _bases(trace))
        self.functions: set[str] = set()
        self._pieces: dict[str, tuple[T, bool]] = {}
        self._wholes: dict[str, T] = {}
        self._told: OncePerOutline[Any] | None = None

    def of(self, trace: Trace) -> Names[T]:
        """What the quantities of another trace are called: the same where it has the same ones, as another sample."""
        if trace.program.quantities is not self.quantities:
            return Names(trace, self.format)
        self._told = self._told or OncePerOutline()
        return self

    def once(self, tree: Expr, place: Hashable, ask: Callable[[], Told]) -> Told:
        """What `ask` gives of a tree in a place, which hangs on names alone: asked once for all samples."""
        return cast(Told, self._told.of(tree, place, ask)) if self._told else ask()

    def element(self, name: str) -> T:
        """An element, by its name in the register."""
        return self.fraction_or_not(name)[0]

    def fraction_or_not(self, name: str) -> tuple[T, bool]:
        """An element, by its name in the register, and whether it is a derivative, which is a fraction."""
        found = self._pieces.get(name)
        if found is None:
            single = self.quantities.get(name)  # where it stands is not looked up among all elements, which may be many
            key, index = (name, (0,) * len(single.shape)) if single else self.quantities.places[name]
            quantity = self.quantities[key]
            found = self._pieces[name] = self.at(quantity, index), self.is_derivative(quantity)
        return found

    def at(self, quantity: Quantity, index: Index) -> T:
        """An element, by its 0-based index."""
        if quantity.base in self.alike:
            placed = () if size(quantity.shape) == 1 else index
            return self._around(quantity, Symbol(quantity.base, verbatim=True).at(placed))
        return self._around(quantity, self.display.element(quantity, index, self.layered, self.turned))

    def whole(self, key: str) -> T:
        """A whole quantity, by its key."""
        if key not in self._wholes:
            quantity = self.quantities[key]
            self._wholes[key] = self._around(quantity, self._symbol(quantity))
        return self._wholes[key]

    def _symbol(self, quantity: Quantity) -> Symbol:
        """The symbol of a whole quantity; one that could be taken for another is written as the register has it."""
        if quantity.base in self.alike:
            return Symbol(quantity.base, verbatim=True)
        return self.display.whole(quantity, self.layered)

    def lettered(self, key: str, letters: Sequence[str]) -> T:
        """An element at an index of letters, or of a letter for one axis and a number for another."""
        quantity = self.quantities[key]
        if size(quantity.shape) == 1:
            return self.whole(key)
        placed = letters[::-1] if quantity.base in self.turned else letters
        return self._around(quantity, self._symbol(quantity).with_subscripts(placed))

    def _around(self, quantity: Quantity, symbol: Symbol) -> T:
        """The symbol of the base with what the register writes around it: a derivative, a slope, a stage."""
        form, role, sample = self.format, quantity.role, quantity.sample
        if isinstance(role, SlopeAt):
            name = form.derivative(self.function(role.activation))
            return form.called(name, [form.symbol(symbol), *map(self._setting, role.settings)])
        if isinstance(role, GradientAt):
            piece = form.partial(self._loss(sample), form.symbol(symbol))
            return form.noted(piece, quantity.stage) if quantity.stage else piece
        part = symbol_of(role.stem).with_subscripts([symbol]) if role else symbol
        return form.symbol(_in_sample(part, sample), quantity.stage)

    def is_derivative(self, quantity: Quantity) -> bool:
        """Whether a quantity is written as a derivative of the loss, which is a fraction."""
        return isinstance(quantity.role, GradientAt)

    def _setting(self, text: str) -> T:
        """A parameter of a slope: a number, or a quantity by its name in the register."""
        if text in self.quantities.places:
            return self.element(text)
        return self.format.number(exact_numeral(rational(text), is_decimal(text)))

    def _loss(self, sample: int | None = None) -> T:
        self.functions.add(self.loss)
        return self.format.symbol(_in_sample(self._symbol(self.quantities[self.loss]), sample))

    def function(self, title: str) -> T:
        """A function."""
        self.functions.add(title)
        return self.format.function(title)

    @property
    def whole_loss(self) -> T:
        """The loss."""
        return self._loss()


class RuleNames(Names[T]):
    """What quantities are called where the rule of an update is told in general: θ for weights, ∇L for gradients."""

    def __init__(self, trace: Trace, form: Format[T], updates: Updates) -> None:
        super().__init__(trace, form)
        theta = Quantity(ALL, (2,))
        gradient = theta._replace(role=GradientAt(self.loss))
        both = {theta.key: theta, gradient.key: gradient}
        self.quantities = Quantities({**self.quantities, **updates.quantities, **both})

    def _around(self, quantity: Quantity, symbol: Symbol) -> T:
        if isinstance(quantity.role, GradientAt):
            gradient = self.format.nabla(self.whole_loss)
            return self.format.noted(gradient, quantity.stage) if quantity.stage else gradient
        is_old = quantity.base == ALL and quantity.is_plain
        return self.format.symbol(symbol, "old") if is_old else super()._around(quantity, symbol)


def _display(trace: Trace) -> Display:
    """How names are typeset: a setting by its usual symbol, where that is not another's and the file gives no other."""
    plain = trace.source.display or PLAIN
    settings = [given.key for given in trace.givens if given.section == "update" and given.key in SETTINGS]
    forms = {key: Symbol(SETTINGS[key].symbol) for key in settings if SETTINGS[key].symbol and key not in plain.forms}
    usual = Display(forms | plain.forms, plain.index)
    return plain if forms.keys() & alike(usual, _bases(trace)) else usual


def _bases(trace: Trace) -> list[Quantity]:
    """What the file and the working name, without gradients, slopes and stages of an update."""
    return [quantity for quantity in trace.program.quantities.values() if quantity.is_plain]


def turned(trace: Trace) -> frozenset[str]:
    """The weights whose rows lead to the units: from input to unit, their second subscript comes first."""
    matrices = [given.key for given in trace.givens if given.section == "weights" and len(given.shape) == 2]
    axes = {key: _unit_axis(trace, key) for key in matrices}
    return frozenset(key for key, axis in axes.items() if axis == 0)


def _unit_axis(trace: Trace, key: str) -> int | None:
    """The axis of a weight along which the units lie of the first operation that reads it, whatever that stands in."""
    reading = [definition.expr for definition in trace.source.definitions if key in names(definition.expr)]
    for part in (part for expr in reading for part in nodes(expr) if part.shape and key in names(part)):
        axes = [unit_axis(part, key, axis) for axis in (0, len(part.shape) - 1)]
        found = [axis for axis in axes if axis is not None]
        if found and not isinstance(part, Name):
            return found[0]
    return None


def _in_sample(symbol: Symbol, sample: int | None) -> Symbol:
    return symbol if sample is None else symbol.marked(f"({sample})")
