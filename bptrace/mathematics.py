"""Trees to mathematics. One walker writes trees of single elements and trees of whole arrays, with names or numbers.

How an operation is laid out is its row in `LAYOUTS`, any other is written as a function of its arguments; what a
fraction or a symbol looks like is the business of the glyphs. Brackets come from strength alone, as in `notation`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from bptrace.enclosures import precision
from bptrace.evaluate import chosen
from bptrace.exact import Index, Scalar, Shape, digits, entries, indices, size
from bptrace.expr import Branch, Call, Cases, Expr, Leaf, Lettered, Name, Number, SumOver, names
from bptrace.glyphs import Glyphs
from bptrace.model import Quantity
from bptrace.notation import ATOM, CASES, FLIPPED, FRACTION, POWER, PRODUCT, SUM, bracketing, is_gate
from bptrace.ops import OPS, expansion
from bptrace.program import unit_axis
from bptrace.symbols import INPUT_UNIT, PLAIN, Symbol, layered, symbol_of
from bptrace.trace import Trace

Layout: TypeAlias = "Callable[[Mathematics, Call, int, bool], str]"
"""(walker, operation, strength that the place asks for, whether nothing stands before it) gives the text."""


class Names:
    """What the quantities of a trace are called in one format."""

    def __init__(self, trace: Trace, glyphs: Glyphs) -> None:
        self.display = trace.source.display or PLAIN
        self.turned = turned(trace) if self.display.index == INPUT_UNIT else frozenset()
        self.glyphs = glyphs
        self.quantities = trace.program.quantities
        self.loss = trace.program.loss
        self.start = f"d{self.loss}/d"
        self.layered = layered(self.quantities)
        self._texts: dict[str, str] = {}

    def element(self, name: str) -> str:
        """An element, by its name in the register."""
        found = self._texts.get(name)
        if found is None:
            key, index = self.quantities.places[name]
            found = self._texts[name] = self.at(self.quantities[key], index)
        return found

    def at(self, quantity: Quantity, index: Index) -> str:
        """An element, by its 0-based index."""
        return self._around(quantity, self.display.element(quantity, index, self.layered, self.turned))

    def whole(self, key: str) -> str:
        """A whole quantity, by its key."""
        quantity = self.quantities[key]
        return self._around(quantity, self.display.whole(quantity, self.layered))

    def lettered(self, key: str, letters: Sequence[str]) -> str:
        """An element at an index of letters, or of a letter for one axis and a number for another."""
        quantity = self.quantities[key]
        if size(quantity.shape) == 1:
            return self.whole(key)
        placed = letters[::-1] if quantity.base in self.turned else letters
        return self._around(quantity, self.display.whole(quantity, self.layered).with_subscripts(placed))

    def _around(self, quantity: Quantity, symbol: Symbol) -> str:
        """The symbol of the base with what the register writes around it: a derivative, a slope, a stage."""
        glyphs, before, after = self.glyphs, quantity.before, quantity.after
        slope = re.fullmatch(r"(.+)'\(", before)
        if slope:
            name = glyphs.derivative(glyphs.function(slope[1]))
            return glyphs.called(name, [glyphs.symbol(symbol), *map(self._setting, _settings(after[:-1]))])
        state = before.removeprefix(self.start).rstrip("_")
        symbol = symbol_of(state).with_subscripts([symbol]) if state else symbol
        stage, sample = re.fullmatch(r"_?(\w*)((?:\(\d+\))?)", after).groups()  # type: ignore[union-attr]  # the rest
        if self.is_derivative(quantity):
            text = glyphs.partial(self._loss(sample), glyphs.symbol(symbol))
        else:
            text = glyphs.symbol(symbol.marked(sample) if sample else symbol)
        return glyphs.noted(text, stage) if stage else text

    def is_derivative(self, quantity: Quantity) -> bool:
        """Whether a quantity is written as a derivative of the loss, which is a fraction."""
        return quantity.before.startswith(self.start)

    def _setting(self, text: str) -> str:
        """A parameter of a slope: a number, or a quantity by its name in the register."""
        return self.element(text) if text in self.quantities.places else self.glyphs.number(text)

    def _loss(self, sample: str) -> str:
        symbol = self.display.whole(self.quantities[self.loss], self.layered)
        return self.glyphs.symbol(symbol.marked(sample) if sample else symbol)

    @property
    def whole_loss(self) -> str:
        """The loss."""
        return self._loss("")


def turned(trace: Trace) -> frozenset[str]:
    """The weights whose rows lead to the units: from input to unit, their second subscript comes first."""
    matrices = [given.key for given in trace.givens if given.section == "weights" and len(given.shape) == 2]
    axes = {key: _unit_axis(trace, key) for key in matrices}
    return frozenset(key for key, axis in axes.items() if axis == 0)


def _unit_axis(trace: Trace, key: str) -> int | None:
    """The axis of a weight along which the units of the first equation lie that reads it."""
    for definition in trace.source.definitions:
        if key in names(definition.expr) and definition.shape:
            axes = [unit_axis(definition.expr, key, axis) for axis in (0, len(definition.shape) - 1)]
            return next((axis for axis in axes if axis is not None), None)
    return None


def _settings(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


WITH_NAMES, WITH_NUMBERS, WRITTEN_OUT = "names", "numbers", "written out"


class Mathematics:
    """The walker. `look`: with names, with numbers in place of names, or with arrays written out by their elements."""

    def __init__(self, trace: Trace, names: Names, look: str = WITH_NAMES) -> None:
        self.trace = trace
        self.values = trace.values
        self.notation = trace.notation
        self.names = names
        self.glyphs = names.glyphs
        self.look = look

    def top(self, tree: Expr) -> str:
        """The whole text of a tree."""
        with precision(self.notation.bits):
            return self.write(tree, CASES, True)

    def rule(self, tree: Expr) -> str:
        """The text of a row's rule: a mere copy is written by its name."""
        return self.names.element(tree.name) if isinstance(tree, Leaf) else self.top(tree)

    def write(self, tree: Expr, needed: int, leads: bool) -> str:
        """The text of a tree in a place that asks for some strength; `leads`: nothing stands before it."""
        if isinstance(tree, Leaf):
            named = self.look != WITH_NUMBERS
            return self.element(tree.name, needed) if named else self.number(tree.value, needed, leads)
        if isinstance(tree, Name):
            return self.quantity(tree, needed, leads)
        if isinstance(tree, Number):
            return self.literal(tree, needed, leads)
        if isinstance(tree, Lettered):
            return self.names.lettered(tree.key, tree.letters)
        if isinstance(tree, SumOver):
            body = self.write(tree.body, SUM if isinstance(tree.body, SumOver) else PRODUCT, False)
            return self.wrapped(self.glyphs.total(tree.letter, body), SUM, needed)
        if isinstance(tree, Call):
            return LAYOUTS.get(tree.op, _called)(self, tree, needed, leads)
        return self.cases(cast(Cases, tree), needed)

    def element(self, name: str, needed: int) -> str:
        """An element by its name in the register."""
        key, _ = self.names.quantities.places[name]
        return self.named(self.names.element(name), key, needed)

    def named(self, text: str, key: str, needed: int) -> str:
        """A symbol, in brackets where a derivative would be read as the fraction that it looks like."""
        strength = POWER if self.glyphs.stacked else PRODUCT
        return self.wrapped(text, strength, needed) if self.names.is_derivative(self.names.quantities[key]) else text

    def quantity(self, name: Name, needed: int, leads: bool) -> str:
        """A whole quantity: its symbol, or its numbers."""
        if self.look == WITH_NAMES or (self.look == WRITTEN_OUT and size(name.shape) == 1):
            return self.named(self.names.whole(name.key), name.key, needed)
        if size(name.shape) == 1:
            return self.number(entries(self.values[name.key], name.shape)[0], needed, leads)
        return self.block(self.entries(name), name.shape)

    def entries(self, name: Name) -> list[str]:
        """The elements of a whole quantity in row order: their numbers, or their names."""
        if self.look == WITH_NUMBERS:
            return [self.plain(self.notation.number(item)) for item in entries(self.values[name.key], name.shape)]
        quantity = self.names.quantities[name.key]
        return [self.names.at(quantity, index) for index in indices(name.shape)]

    def block(self, texts: Sequence[str], shape: Shape) -> str:
        """Texts in the shape of an array, a vector as a column."""
        width = shape[1] if len(shape) == 2 else 1
        return self.glyphs.matrix([texts[start : start + width] for start in range(0, len(texts), width)])

    def number(self, value: Scalar, needed: int = CASES, leads: bool = True) -> str:
        """A number as it stands in a place."""
        return self.bracketed(self.notation.number(value), needed, leads)

    def plain(self, text: str) -> str:
        """A printed number in the format's own way."""
        return self.glyphs.number(text)

    def bracketed(self, text: str, needed: int, leads: bool) -> str:
        """A printed number, bracketed where its place asks for that."""
        kind = bracketing(needed, leads)
        fraction = "/" in text and (needed >= ATOM or not self.glyphs.stacks(*text.split("/")))
        wrapped = (kind & 1 and text.startswith("-")) or (kind & 2 and (fraction or "±" in text))
        wrapped = wrapped or ("e" in text and needed >= POWER)
        return self.glyphs.brackets(self.plain(text)) if wrapped else self.plain(text)

    def literal(self, tree: Number, needed: int, leads: bool) -> str:
        """A literal as the file writes numbers."""
        text = digits(tree.value, True) if tree.decimal else self.notation.number(tree.value)
        return self.bracketed(text, needed, leads)

    def function(self, name: str) -> str:
        """A function's name: `f'_a` is the derivative of f in its parameter a."""
        whole, prime, parameter = name.partition("'")
        text = self.glyphs.function(whole)
        if not prime:
            return text
        return self.glyphs.partial(text, parameter[1:]) if parameter else self.glyphs.derivative(text)

    def partial(self, quantity: Expr) -> str:
        """The derivative of the loss in a quantity."""
        inner = self.names.whole(quantity.key) if isinstance(quantity, Name) else self.write(quantity, ATOM, True)
        return self.glyphs.partial(self.names.whole_loss, inner)

    def transposed(self, part: Expr) -> str:
        """The sign for a transpose behind what it is of."""
        return self.glyphs.transposed(self.write(part, ATOM, True))

    def wrapped(self, text: str, strength: int, needed: int) -> str:
        """The text, in brackets where its place asks for more strength than it has."""
        return self.glyphs.brackets(text) if strength < needed else text

    # cases

    def cases(self, cases: Cases, needed: int) -> str:
        """Every case with names; with numbers the one that holds, by its condition."""
        if self.look == WITH_NUMBERS and not cases.shape:
            return self.held(cases, needed)
        subject = self.write(cases.subject, SUM, True)
        branches = [(self.write(b.value, SUM, True), self.condition(subject, b)) for b in cases.branches]
        return self.wrapped(self.glyphs.cases(branches), CASES, needed)

    def held(self, cases: Cases, needed: int) -> str:
        """The case that holds among numbers."""
        value, branch = chosen(cases)
        condition = self.condition(self.compared(cases.subject, self.number(value)), branch)
        text = condition if is_gate(cases) else f"{condition}{self.glyphs.so}{self.write(branch.value, SUM, True)}"
        return self.wrapped(text, CASES, needed)

    def compared(self, subject: Expr, value: str) -> str:
        """What a case depends on, and its value: `z = 2`."""
        if isinstance(subject, Number):
            return value
        text = self.names.element(subject.name) if isinstance(subject, Leaf) else self.write(subject, SUM, True)
        return f"{text} = {value}"

    def condition(self, subject: str, branch: Branch) -> str:
        """What holds in one case: `z > 0`."""
        low, high, related = branch.low, branch.high, self.glyphs.related
        if low and not high:
            return f"{subject}{related[FLIPPED[low[1]]]}{self.write(low[0], SUM, True)}"
        before = f"{self.write(low[0], SUM, True)}{related[low[1]]}" if low else ""
        after = f"{related[high[0]]}{self.write(high[1], SUM, True)}" if high else ""
        return f"{before}{subject}{after}"


# Layouts


def _sum(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    first, *rest = call.args
    parts = [walker.write(first, SUM, leads or needed > SUM), *[walker.write(arg, FRACTION, False) for arg in rest]]
    return walker.wrapped(" + ".join(_cut(walker, parts)), SUM, needed)


def _cut(walker: Mathematics, parts: Sequence[str]) -> Sequence[str]:
    """The parts with their middle counted where there are more than are shown."""
    shown = walker.notation.terms
    if shown is None or len(parts) <= shown:
        return parts
    back = shown // 3
    left_out = len(parts) - shown
    return [*parts[: shown - back], walker.glyphs.words(f"… {left_out} more …"), *parts[len(parts) - back :]]


def _difference(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    one, other = call.args
    text = f"{walker.write(one, SUM, leads or needed > SUM)} - {walker.write(other, FRACTION, False)}"
    return walker.wrapped(text, SUM, needed)


def _negative(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    text = f"-{walker.write(call.args[0], FRACTION, False)}"
    return text if leads and needed <= PRODUCT else walker.glyphs.brackets(text)


def _product(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    inner_leads = leads or needed > PRODUCT
    several = sum(size(arg.shape) > 1 for arg in call.args) > 1
    first = _strength(call.args[0], MATRIX_PRODUCTS) if several else PRODUCT
    text, shape = walker.write(call.args[0], first, inner_leads), call.args[0].shape
    for arg in call.args[1:]:
        text += _times(walker, shape, arg.shape) + walker.write(arg, _strength(arg, MATRIX_PRODUCTS), False)
        shape = arg.shape if size(shape) == 1 else shape
    return walker.wrapped(text, PRODUCT, needed)


MATRIX_PRODUCTS = ("@", "outer")


def _strength(part: Expr, others: Sequence[str]) -> int:
    """What a factor needs: a product of another kind is bracketed, since the two are not associative."""
    return POWER if isinstance(part, Call) and part.op in others and part.shape else PRODUCT


def _times(walker: Mathematics, before: Shape, after: Shape) -> str:
    """The sign between two factors: none between a number and an array that is written out."""
    if size(before) > 1 and size(after) > 1:
        return walker.glyphs.each
    return " " if size(after) > 1 and walker.look == WITH_NUMBERS else walker.glyphs.times


def _quotient(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    top, bottom = call.args
    if walker.glyphs.stacked and not top.shape and not bottom.shape:
        return _stacked(walker, walker.write(top, CASES, True), walker.write(bottom, CASES, True), needed)
    over = walker.write(top, PRODUCT, leads or needed > FRACTION)
    under = walker.write(bottom, POWER, False)
    return walker.wrapped(f"{over}{walker.glyphs.over}{under}", FRACTION, needed)


def _stacked(walker: Mathematics, top: str, bottom: str, needed: int) -> str:
    """One above the other; parts that need line breaks side by side, in brackets."""
    if walker.glyphs.stacks(top, bottom):
        return walker.wrapped(walker.glyphs.fraction(top, bottom), POWER, needed)
    over, under = (text if _is_one_thing(text) else walker.glyphs.brackets(text) for text in (top, bottom))
    return walker.wrapped(f"{over}{walker.glyphs.over}{under}", FRACTION, needed)


def _is_one_thing(text: str) -> bool:
    """Whether a text is a number, a symbol or a function, which no operator parts outside all groups."""
    outside, depth = "", 0
    for char in text:
        depth += (char in "({") - (char in ")}")
        outside += char if not depth else ""
    return not re.search(r"[ /]|^-", outside)


def _power(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    base, exponent = call.args
    raised = walker.write(exponent, CASES if walker.glyphs.stacked else ATOM, walker.glyphs.stacked)
    return walker.wrapped(walker.glyphs.power(walker.write(base, ATOM, True), raised), POWER, needed)


def _exponential(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    """A power of e where one can be read as one, else a function."""
    exponent = walker.write(call.args[0], CASES, True)
    if walker.glyphs.raises(exponent):
        return walker.wrapped(walker.glyphs.power(walker.glyphs.e, exponent), POWER, needed)
    return walker.glyphs.called(walker.function("exp"), [exponent])


def _root(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    inner = walker.write(call.args[0], CASES, True)
    return (
        walker.glyphs.root(inner)
        if walker.glyphs.fits(inner)
        else walker.glyphs.called(walker.function("sqrt"), [inner])
    )


def _size(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    return walker.glyphs.size(walker.write(call.args[0], CASES, True))


def _matrix_product(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    """A vector is a column: before a vector it is transposed, and before a matrix the matrix is, for a column again."""
    left, right = call.args
    ranks = len(left.shape), len(right.shape)
    if ranks == (1, 2):
        return _side_by_side(walker, _turned(walker, right, leads or needed > PRODUCT), left, needed)
    inner_leads = leads or needed > PRODUCT
    first = _turned(walker, left, inner_leads) if ranks == (1, 1) else _factor(walker, left, inner_leads)
    return _side_by_side(walker, first, right, needed)


def _outer(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    left, right = call.args
    first = _factor(walker, left, leads or needed > PRODUCT)
    return _joined(walker, first, _turned(walker, right), size(right.shape) == 1, needed)


def _factor(walker: Mathematics, part: Expr, leads: bool) -> str:
    return walker.write(part, _strength(part, "*"), leads)


def _side_by_side(walker: Mathematics, first: str, second: Expr, needed: int) -> str:
    return _joined(walker, first, _factor(walker, second, False), size(second.shape) == 1, needed)


def _joined(walker: Mathematics, first: str, second: str, is_single: bool, needed: int) -> str:
    """Two factors with nothing between them, but for a number that would run into what stands before it."""
    apart = is_single and walker.look == WITH_NUMBERS and second[:1].isdigit()
    return walker.wrapped(first + (walker.glyphs.times if apart else " ") + second, PRODUCT, needed)


def _transpose(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    if len(call.shape) < 2:
        return walker.write(call.args[0], needed, leads)
    is_product = isinstance(call.args[0], Call) and call.args[0].op == "@"
    return walker.wrapped(_turned(walker, call.args[0], leads), PRODUCT if is_product else ATOM, needed)


def _turned(walker: Mathematics, part: Expr, leads: bool = False) -> str:
    """The transpose: numbers with rows for columns, a product of its transposed factors, else the sign."""
    if size(part.shape) == 1:
        return walker.write(part, PRODUCT, leads)
    if isinstance(part, Name) and walker.look != WITH_NAMES:
        items = walker.entries(part)
        rows, columns = part.shape if len(part.shape) == 2 else (part.shape[0], 1)
        across = [items[row * columns + column] for column in range(columns) for row in range(rows)]
        return walker.block(across, (columns, rows))
    if isinstance(part, Call) and part.op == "T":
        return walker.write(part.args[0], ATOM, True) if len(part.shape) == 2 else _turned(walker, part.args[0], leads)
    if isinstance(part, Call) and part.op == "@" and all(len(arg.shape) == 2 for arg in part.args):
        left, right = part.args
        return _joined(walker, _turned(walker, right, leads), _turned(walker, left), size(left.shape) == 1, PRODUCT)
    return walker.transposed(part)


def _as_it_is(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    return walker.write(call.args[0], needed, leads)


def _gathered(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    """A sum over the axes that are gone; nothing to see where they had one element."""
    part = call.args[0]
    if size(part.shape) == size(call.shape):
        return walker.write(part, needed, leads)
    along = "" if not call.shape else walker.glyphs.words("rows" if _loses_rows(part.shape, call.shape) else "columns")
    text = walker.glyphs.total(along, walker.write(part, PRODUCT, not walker.glyphs.stacked))
    return walker.wrapped(text, SUM, needed)


def _loses_rows(before: Shape, after: Shape) -> bool:
    return len(after) < 2 or after[0] < before[0]


def _mean(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    glyphs, part = walker.glyphs, call.args[0]
    share = glyphs.number(f"1/{size(part.shape)}")
    return walker.wrapped(f"{share} {glyphs.total('', walker.write(part, PRODUCT, not glyphs.stacked))}", SUM, needed)


def _picked(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    """The element that another quantity chooses, by that one's name as its subscript."""
    part, chosen_by = call.args
    if isinstance(part, Name) and isinstance(chosen_by, Name) and walker.look == WITH_NAMES:
        return walker.names.lettered(part.key, [chosen_by.key])
    return walker.glyphs.part(walker.write(part, ATOM, True), walker.write(chosen_by, CASES, True))


def _less_one(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    """Probabilities less 1 at the class that another quantity chooses."""
    p, target = call.args
    chosen_by = walker.glyphs.called(walker.function("onehot"), [walker.write(target, SUM, True)])
    return walker.wrapped(f"{walker.write(p, SUM, leads or needed > SUM)} - {chosen_by}", SUM, needed)


def _total(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    if size(call.args[0].shape) == 1:
        return walker.write(call.args[0], needed, leads)
    text = walker.glyphs.total("", walker.write(call.args[0], PRODUCT, not walker.glyphs.stacked))
    return walker.wrapped(text, SUM, needed)


def _indexed(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    """An element or a row of a quantity by its subscript."""
    part, numbers = call.args[0], [str(place + 1) for place in call.extra]
    if isinstance(part, Name) and walker.look == WITH_NAMES:
        return walker.names.lettered(part.key, numbers if len(numbers) == len(part.shape) else [*numbers, "·"])
    return walker.glyphs.part(walker.write(part, ATOM, True), ",".join(numbers))


def _called(walker: Mathematics, call: Call, needed: int, leads: bool) -> str:
    """A function of its arguments, the middle of many left out."""
    row, meaning = OPS[call.op], expansion(call)
    if meaning is not None and not row.title and not call.shape:
        return walker.write(meaning, needed, leads)
    if row.prefixed:
        return walker.partial(call.args[0])
    name = walker.function(row.title or row.spelled)
    if not call.args:
        return name
    return walker.glyphs.called(name, _cut(walker, [walker.write(arg, SUM, True) for arg in call.args]))


LAYOUTS: dict[str, Layout] = {
    "+": _sum,
    "sum of samples": _sum,
    "-": _difference,
    "neg": _negative,
    "*": _product,
    "/": _quotient,
    "^": _power,
    "exp": _exponential,
    "sqrt": _root,
    "abs": _size,
    "@": _matrix_product,
    "outer": _outer,
    "T": _transpose,
    "spread": _as_it_is,
    "distribution": _as_it_is,
    "gather": _gathered,
    "sum": _total,
    "mean": _mean,
    "pick": _picked,
    "less one": _less_one,
    "index": _indexed,
}
"""How operations are laid out that are not written as functions, a row each."""
