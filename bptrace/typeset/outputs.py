"""A gradient as the sum over all that the loss reads: the chain rule before it is known which terms are 0."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Generic, NamedTuple

from bptrace.explain.paths import Ways
from bptrace.numbers.arrays import indices
from bptrace.ops.expr import Expr, names
from bptrace.ops.format import PRODUCT, T
from bptrace.typeset.absence import Absence
from bptrace.typeset.chains import PATHS_SHOWN, Chains
from bptrace.typeset.substitution import ManyOperationsError, Substitution

REASONS_SHOWN = 9
"""How many outputs are told why they do not change with a quantity."""


class OutputTerm(NamedTuple):
    """What one output adds to a gradient: how the loss changes with it, and how it does with the quantity.

    `upstream`: the factor by its formula, where its name would stand for more; None where that is the name.
    `vanishes`: the output does not change with the quantity.
    """

    output: str
    upstream: Expr | None
    vanishes: bool


class OutputSums(Generic[T]):
    """Each gradient as the sum over all outputs, and what is differentiated there."""

    def __init__(self, chains: Chains[T], substitution: Substitution, longest: int) -> None:
        self.chains, self.substitution, self.longest = chains, substitution, longest
        self.mathematics, self.trace = chains.mathematics, chains.trace
        self.names, self.format = chains.names, chains.format
        self.absence = Absence(self.mathematics, substitution)

    def lines(self, name: str) -> list[tuple[T, T | None]]:
        """The sum, beside it why terms are 0, and then what is differentiated in the others.

        Nothing for a gradient at what the loss reads itself: that is the sum's own factor.
        """
        program, ways = self.trace.program, self.chains.ways(name)
        subject = self.chains.subject(name)
        if self.trace.register.places[subject][0] in names(self.substitution.definitions[program.loss].expr):
            return []
        if len(self.outputs) > PATHS_SHOWN:
            return [(self.format.words(f"a sum over {len(self.outputs):,} outputs"), None)]
        terms = self.terms(ways)
        if not terms:
            return []
        products = self.format.joined([self._product(term, subject) for term in terms], "+")
        told = [self.absence.said(term.output, subject) for term in terms if term.vanishes]
        return [(products, self._listed(told[:REASONS_SHOWN])), *self._differentiated(terms, ways, subject)]

    def _listed(self, pieces: Sequence[T]) -> T | None:
        listed = [part for piece in pieces for part in (self.format.words("; "), piece)][1:]
        return self.format.row(listed) if listed else None

    def terms(self, ways: Ways) -> list[OutputTerm]:
        """A term for each output."""
        passed = {ways.base(source) for source in ways.links}
        return [OutputTerm(output, self._upstream(output), output not in passed) for output in self.outputs]

    @cached_property
    def outputs(self) -> list[str]:
        """Each element that is worked out and that the loss reads."""
        program, definitions = self.trace.program, self.substitution.definitions
        read = [program.quantities[key] for key in names(definitions[program.loss].expr) if key in definitions]
        return [quantity.element(index) for quantity in read for index in indices(quantity.shape)]

    def _upstream(self, output: str) -> Expr | None:
        """How the loss itself changes with an output, by its formula where it does so by other ways, too."""
        key, index = self.trace.register.places[output]
        gradient = self.trace.program.gradients.get(key)
        links = self.chains.known.of(self.trace.program.quantities[gradient].element(index)) if gradient else []
        direct = [link.factor for link in links if link.source is None]
        return direct[0] if direct and len(links) > 1 else None

    def _factor(self, term: OutputTerm) -> T:
        if term.upstream is not None:
            return self.mathematics.write(term.upstream, PRODUCT, False)
        return self.format.partial(self.names.whole_loss, self.names.element(term.output))

    def _product(self, term: OutputTerm, subject: str) -> T:
        change = self.format.partial(self.names.element(term.output), self.names.element(subject))
        return self.format.joined([self._factor(term), self.format.zero(change) if term.vanishes else change], "then")

    def _differentiated(self, terms: Sequence[OutputTerm], ways: Ways, subject: str) -> list[tuple[T, T | None]]:
        """The terms that are not 0, each output by its formula with all put in that contains the quantity."""
        passed = {ways.base(source) for source in ways.links} - {subject}
        containing = self.substitution.only(lambda name: name in passed)
        left, products = self.names.element(subject), list[T]()
        try:
            for term in terms:
                tree = None if term.vanishes else self.substitution.tree_of(term.output)
                if tree is not None:
                    formula = self.mathematics.top(containing.bounded(tree, self.longest))
                    change = self.format.differentiated(formula, left)
                    products.append(self.format.joined([self._factor(term), change], "then"))
        except ManyOperationsError as problem:
            return [(self.format.words(str(problem)), None)]
        return [(self.format.joined(products, "+"), None)] if products else []
