"""A gradient at any element at once, with letters for indices: dL/dW[j,k] = sum over i of dL/dyhat[i]*g'(u[i])*...

The trees come from the expanders of the op table, read at letters in place of numbers; the row of an operation that
sums says how it does so over letters. Each gradient on the way back is put in, down to those at the loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple, cast

from bptrace.engine.symbols import symbol_of
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import Index
from bptrace.ops.elementwise import Expander
from bptrace.ops.evaluate import cases_expander
from bptrace.ops.expr import (
    Call,
    Cases,
    Expr,
    Lettered,
    Name,
    Number,
    SumOver,
    children,
    factors,
    names,
    rebuilt,
    times,
)
from bptrace.ops.format import T
from bptrace.ops.table import OPS, expansion
from bptrace.typeset.names import Names

LETTERS, SUMMED = "jk", "ilmnprstuvxaeho"
"""Letters for the axes of a gradient, and for sums: those that can stand below in a line of text."""
SIZE_LIMIT = 500
"""How many operations a general form may have."""
DIFFERENT = "no one formula at any index: what its elements are made of differs in more than the index"


class NoGeneralFormError(ValueError):
    """An element's formula that is not the same for every index, or too long; the text says which."""


def general(trace: Trace, names_of: Names[T], key: str) -> tuple[tuple[str, ...], Expr]:
    """The letters of any element of the gradient `key`, and its tree. Raises NoGeneralFormError, which says why."""
    form = _General(trace)
    letters = _letters(trace, names_of, key)
    return letters, pulled(form.expander(form.definitions[key].expr)(_index(letters)))


class Route(NamedTuple):
    """One way from the loss at letters: the quantities that it passes, each at its letters, and what is summed over."""

    summed: tuple[str, ...]
    passed: tuple[Lettered, ...]


def routes(trace: Trace, key: str, letters: tuple[str, ...]) -> Iterator[Route]:
    """The ways from the loss to any element of the gradient `key`: summed, the chain rule at that index.

    They start at the gradient that is not put in, as `general` has it. Raises NoGeneralFormError, which says why.
    """
    return _Routes(trace).to(key, letters)


def _letters(trace: Trace, names_of: Names[T], key: str) -> tuple[str, ...]:
    """A letter for each axis that has more than one element: the subscript that stands first is j, as on paper."""
    quantity = trace.program.quantities[key]
    first, second, *_ = list(_free(trace))
    unit, other = (second, first) if names_of.turned else (first, second)
    pair = (unit, other) if quantity.base in names_of.turned or not names_of.turned else (other, unit)
    both = pair if len(quantity.shape) == 2 else (unit,)
    return tuple(letter if length > 1 else "1" for letter, length in zip(both, quantity.shape, strict=False))


def _free(trace: Trace) -> str:
    """The letters for axes, then those for sums, without those that some quantity has below already."""
    symbols = [symbol_of(key) for key in trace.program.quantities]
    taken = {part for symbol in symbols for part in symbol.below}
    return "".join(letter for letter in LETTERS + SUMMED if letter not in taken)


def _index(letters: Sequence[str]) -> Index:
    """Letters where the expanders have numbers: they pass an index on, and look into none."""
    return cast("Index", tuple(letters))


class _General:
    """One form in the making: the letters that are left for sums, and how large it has become."""

    def __init__(self, trace: Trace) -> None:
        program = self.program = trace.program
        self.definitions = {item.key: item for item in program.definitions}
        at_loss = names(self.definitions[program.loss].expr)
        self.inner = {gradient for key, gradient in program.gradients.items() if key not in at_loss}
        self.letters: Iterator[str] = iter([*_free(trace)[2:], *(f"i{n}" for n in range(1, SIZE_LIMIT))])
        self.size = count()

    def fresh(self) -> str:
        """The next letter for a sum."""
        return next(self.letters)

    def expander(self, expr: Expr) -> Expander:
        """A function from an index of letters to the tree of that element. Raises NoGeneralFormError."""
        if next(self.size) > SIZE_LIMIT:
            raise NoGeneralFormError(f"at any index it takes more than {SIZE_LIMIT} operations")
        if isinstance(expr, Name):
            return lambda index: self.read(expr, index)
        if isinstance(expr, Number):
            literal = Number(expr.value, (), expr.decimal)
            return lambda index: literal
        if isinstance(expr, Cases):
            return cases_expander(expr, self.expander)
        call = cast(Call, expr)
        meaning = expansion(call)
        return self.expander(meaning) if meaning is not None else self._of_call(call)

    def _of_call(self, call: Call) -> Expander:
        row, parts = OPS[call.op], [self.expander(arg) for arg in call.args]
        if row.lettered:
            return row.lettered(call, parts, self.fresh)
        if not row.regular or row.terms(call) > 1:
            raise NoGeneralFormError(DIFFERENT)
        return row.expand(call, parts)

    def read(self, name: Name, index: Index) -> Expr:
        """An element of a quantity; of a gradient on the way back, what it is made of."""
        if name.key in self.inner:
            return self.expander(self.definitions[name.key].expr)(index)
        places: Sequence[int | str] = index
        letters = [str(place + 1) if isinstance(place, int) else place for place in places]
        return Lettered(name.key, tuple(letters))


class Read(NamedTuple):
    """A gradient as another one reads it: at letters, and the ones among these that are summed over."""

    source: Lettered
    summed: tuple[str, ...]

    def covers(self, other: Read) -> bool:
        """Whether the other one's element is among those that this one is summed over, or is this one's."""
        pairs = zip(self.source.letters, other.source.letters, strict=True)
        return all(own in (letter, *self.summed) for own, letter in pairs if own != letter)


class _Routes(_General):
    """The chain rule of a form: which gradients each one reads, and at which letters."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self.on_the_way, self.inner = self.inner, set()
        self.bases = trace.differentiated

    def to(self, key: str, letters: tuple[str, ...]) -> Iterator[Route]:
        """The ways to the gradient at an index."""
        here = Lettered(self.bases[key], letters)
        if key not in self.on_the_way:
            yield Route((), (here,))
            return
        for source, summed in self.sources(key, letters):
            for way in self.to(source.key, source.letters):
                yield Route((*summed, *way.summed), (*way.passed, here))

    def sources(self, key: str, letters: tuple[str, ...]) -> list[Read]:
        """The gradients that one is made of, at their letters, and over which of these it is a sum."""
        found: dict[str, dict[tuple[str, ...], Read]] = {}
        waiting = [(self.expander(self.definitions[key].expr)(_index(letters)), letters[:0])]
        while waiting:
            node, over = waiting.pop()
            if isinstance(node, Lettered) and node.key in self.bases:
                own = tuple(letter for letter in over if letter in node.letters)
                found.setdefault(node.key, {}).setdefault(node.letters, Read(node, own))
            inner = (*over, node.letter) if isinstance(node, SumOver) else over
            waiting += [(part, inner) for part in reversed(children(node))]
        return [widest(list(reads.values())) for reads in found.values()]


def widest(reads: Sequence[Read]) -> Read:
    """Of the reads of one gradient that which covers all others. Raises NoGeneralFormError where there is none."""
    found = next((read for read in reads if all(map(read.covers, reads))), None)
    if found is None:
        raise NoGeneralFormError(DIFFERENT)
    return found


def pulled(tree: Expr) -> Expr:
    """The tree with the sums in a product before all its factors: (sum of a)*b is the sum of a*b."""
    parts = [pulled(part) for part in children(tree)]
    made = rebuilt(tree, parts) if parts else tree
    if isinstance(made, SumOver):
        return made
    letters: list[str] = []
    kept: list[Expr] = []
    for factor in factors(made):
        body = factor
        while isinstance(body, SumOver):
            letters.append(body.letter)
            body = body.body
        kept += factors(body) if body is not factor else [factor]
    product = times(kept) if letters else made
    for letter in reversed(letters):
        product = SumOver(letter, product)
    return product
