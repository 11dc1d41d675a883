"""Gradients at any index as they are written: the chain rule there, the formula, and what a bias has of a weight."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Generic, NamedTuple, cast

from bptrace.explain.phrases import BIAS
from bptrace.numbers.arrays import size
from bptrace.ops.expr import Expr, Lettered, SumOver, factors
from bptrace.ops.format import PRODUCT, T
from bptrace.typeset.chains import Chains
from bptrace.typeset.equality import Equality
from bptrace.typeset.index_notation import NoGeneralFormError, Route, general, routes

ROUTES_SHOWN = 8
"""How many terms the chain rule at any index may have."""


class GeneralForm(NamedTuple):
    """A gradient at letters: its formula, and the ways from the loss, where those can be told."""

    letters: tuple[str, ...]
    tree: Expr
    routes: tuple[Route, ...]

    @property
    def before(self) -> list[list[tuple[str, tuple[str, ...]]]]:
        """What each way passes before it comes to the quantity: keys and letters."""
        return [[(each.key, each.letters) for each in route.passed[:-1]] for route in self.routes]


class GeneralForms(Generic[T]):
    """The gradients of a trace at any of their elements."""

    def __init__(self, chains: Chains[T]) -> None:
        self.chains, self.mathematics, self.trace = chains, chains.mathematics, chains.trace
        self.names, self.format = chains.names, chains.format
        self._made: dict[str, GeneralForm] = {}

    def heading(self, keys: Collection[str]) -> str:
        """What these forms are: they have an index where a gradient has several elements."""
        several = any(size(self.trace.program.quantities[key].shape) > 1 for key in keys)
        return "At any index" if several else "In one formula"

    def equalities(self, keys: Collection[str]) -> Iterator[Equality[T]]:
        """Each of these gradients, an array each."""
        for key in keys:
            try:
                form = self.form(key)
            except NoGeneralFormError as problem:
                yield Equality(self.names.whole(key), (), missing=str(problem))
            else:
                rights: dict[T, T | None] = {self.chains.at_letters(form.routes): None} if form.routes else {}
                rights[self.mathematics.top(form.tree)] = self._beside(key, form)
                yield Equality(self.names.lettered(key, form.letters), tuple(rights), beside=tuple(rights.values()))

    def form(self, key: str) -> GeneralForm:
        """A gradient at letters. Raises NoGeneralFormError, which says why there is none."""
        if key not in self._made:
            letters, tree = general(self.trace, self.names, key)
            self._made[key] = GeneralForm(letters, tree, self._routes(key, letters))
        return self._made[key]

    def _routes(self, key: str, letters: tuple[str, ...]) -> tuple[Route, ...]:
        """The ways to a gradient; none where it has no factors but its own, where they are many, or not alike."""
        try:
            found = tuple(islice(routes(self.trace, key, letters), ROUTES_SHOWN + 1))
        except NoGeneralFormError:
            return ()
        return found if 0 < len(found) <= ROUTES_SHOWN and found[0].passed[1:] else ()

    def _beside(self, key: str, form: GeneralForm) -> T | None:
        """The rule of a bias, whose form is a weight's without the input."""
        for other in self._weights(key):
            try:
                weight = self.form(other)
            except NoGeneralFormError:
                continue
            factor = self.input_of(weight, form)
            if factor:
                words, named = self.format.words, self.names.lettered(other, weight.letters)
                given = self.names.lettered(factor.key, factor.letters)
                return self.format.row([words(f"{BIAS}: "), named, words(" with 1 for "), given])
        return None

    def _weights(self, key: str) -> list[str]:
        """The gradients of the other weights, if this is one of a weight."""
        sections, bases = self.trace.sections, self.trace.differentiated
        every = [each for each, base in bases.items() if sections.get(base) == "weights" and each != key]
        return every if sections.get(bases[key]) == "weights" else []

    def input_of(self, weight: GeneralForm, bias: GeneralForm) -> Lettered | None:
        """The only factor of a weight's form that a bias's has not: what the weight multiplies, itself no weight."""
        if not bias.routes or weight.before != bias.before:
            return None
        (summed, more), (others, fewer) = self._parts(weight.tree), self._parts(bias.tree)
        if summed != others or len(more) != len(fewer) + 1:
            return None
        written, wanted = self._written(more), self._written(fewer)
        for place, factor in enumerate(more):
            is_input = isinstance(factor, Lettered) and self.trace.sections.get(factor.key) != "weights"
            if is_input and written[:place] + written[place + 1 :] == wanted:
                return cast(Lettered, factor)
        return None

    def _parts(self, tree: Expr) -> tuple[list[str], list[Expr]]:
        letters = list[str]()
        while isinstance(tree, SumOver):
            letters.append(tree.letter)
            tree = tree.body
        return letters, factors(tree)

    def _written(self, product: list[Expr]) -> list[T]:
        return [self.mathematics.write(factor, PRODUCT, False) for factor in product]
