"""What the rule of a whole quantity is made of: what is said of it hangs on these facts alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from bptrace.engine.forms import is_regular
from bptrace.engine.model import Definition
from bptrace.engine.sentence_parts import Figure, Sentence, sentence
from bptrace.explain.wiring import Wiring
from bptrace.numbers.arrays import Index, at, indices, size
from bptrace.numbers.enclosures import Scalar, is_zero
from bptrace.ops.evaluate import chosen, expander
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Name, factors, names, nodes, number, terms

LOOKED_AT = 10_000
"""Of an array with more elements nothing is said that hangs on each of them."""
MOST_OUTPUTS = 20
ABOVE = {"<": ("positive", "above "), "<=": ("not negative", "at least ")}
BELOW = {"<": ("negative", "below "), "<=": ("not positive", "at most ")}
TWO_SIDED = {("<", "<"): ("between ", " and "), ("<=", "<="): ("from ", " to ")}
"""The words for the bounds of a case: of 0, and before any other; before and between two."""


class Met(NamedTuple):
    """An element at which a slope is taken, which case it meets, after "is", and the slope there."""

    subject: str
    condition: Sentence
    slope: Scalar


class WholeRule:
    """The rule of a whole quantity taken apart, as `RowRule` takes a row's.

    `elements`: where those of its elements stand that are meant; None: all of it.
    """

    def __init__(self, wiring: Wiring, definition: Definition, elements: Sequence[Index] | None = None) -> None:
        self.wiring = wiring
        self.trace = wiring.trace
        self.definition = definition
        self.key = definition.key
        self.elements = elements

    # what it is of

    @cached_property
    def target(self) -> str:
        """What it is the gradient of; nothing where it is none."""
        return self.trace.differentiated.get(self.key, "")

    @property
    def is_of_weight(self) -> bool:
        """Whether it gives the gradient of a weight."""
        return self.is_weight(self.target)

    def is_weight(self, key: str) -> bool:
        """Whether a quantity is one of the file's weights."""
        return self.trace.sections.get(key) == "weights"

    @cached_property
    def replaces(self) -> str:
        """The key of what the update replaces by it."""
        return next((old for old, new in self.trace.program.replacements.items() if new == self.key), "")

    @cached_property
    def readers(self) -> list[str]:
        """What reads the target, in the order of the forward pass."""
        return list(self.wiring.readers(self.target))

    @property
    def reader(self) -> Definition | None:
        """The one equation that reads the target, if there is only one."""
        return self.wiring.forward[self.readers[0]] if len(self.readers) == 1 else None

    @property
    def is_open(self) -> bool:
        """Whether some value is missing, or all of them."""
        return self.trace.symbolic or self.trace.problem is not None

    # its elements

    @cached_property
    def places(self) -> list[Index]:
        """Where its elements stand; none of too many."""
        return list(indices(self.definition.shape)) if size(self.definition.shape) <= LOOKED_AT else []

    @cached_property
    def is_whole(self) -> bool:
        """Whether all of its elements are meant."""
        return self.elements is None or set(self.elements) == set(self.places)

    @property
    def first(self) -> Index:
        """Where its first element stands."""
        return (0,) * len(self.definition.shape)

    def tree(self, index: Index) -> Expr:
        """The rule of an element."""
        return expander(self.definition.expr, self.trace.register)(index)

    @cached_property
    def trees(self) -> list[Expr]:
        """The rules of its elements, of those that are all alike the first one; none where one hangs on no value."""
        try:
            return list(map(self.tree, self.places[:1] if is_regular(self.definition.expr) else self.places))
        except ArithmeticError:
            return []

    @cached_property
    def factor(self) -> str:
        """The one quantity that stands beside an upstream gradient in each product that its elements add up."""
        found = {self._beside(term) for tree in self.trees for term in terms(tree)} if self.target else set[str]()
        return found.pop() if len(found) == 1 else ""

    @property
    def is_multiplied(self) -> bool:
        """Whether one equation alone reads the target, and multiplies it by another quantity that it reads."""
        return self.reader is not None and self.factor in names(self.reader.expr)

    def _beside(self, term: Expr) -> str:
        match factors(term):
            case [Leaf() as upstream, Leaf() as other] if self._key(upstream) in self.trace.differentiated:
                return self._key(other)
        return ""

    def _key(self, leaf: Leaf) -> str:
        return self.trace.register.places[leaf.name][0]

    # slopes

    @property
    def subject(self) -> str:
        """Of a slope, what it is taken at; nothing where it is none."""
        found = (slope.subject for slope in self.trace.program.slopes if slope.definition.key == self.key)
        return next(found, "")

    @cached_property
    def met(self) -> list[Met]:
        """Of a slope that takes a few numbers, which case each element meets; nothing where words are lacking."""
        if not self.subject or self.is_open or not isinstance(self.definition.expr, Cases):
            return []
        found = [_met(tree) for tree in map(self.tree, self.places) if isinstance(tree, Cases)]
        told = [met for met in found if met is not None]
        return told if len(told) == len(self.places) else []

    @cached_property
    def closed(self) -> list[tuple[str, str]]:
        """The slopes of exactly 0 that its elements are multiplied by, each with the name of the element."""
        slopes = {slope.quantity.key: slope.quantity for slope in self.trace.program.slopes}
        found, own = slopes.get(self.factor), self.trace.program.quantities[self.key]
        if self.is_open or found is None or found.shape != own.shape:
            return []
        value = self.trace.values[found.key]
        return [(found.element(place), own.element(place)) for place in self.places if is_zero(at(value, place))]

    @property
    def function(self) -> str:
        """Of the slope that its elements are multiplied by, the title of the activation; nothing without one."""
        found = (slope.activation for slope in self.trace.program.slopes if slope.definition.key == self.factor)
        return next(found, "")

    # where the target is used

    @cached_property
    def is_bias(self) -> bool:
        """Whether the target is a weight that is added by itself to what other weights are multiplied by."""
        equations = [self.wiring.forward[reader] for reader in self.readers]
        return self.is_of_weight and bool(equations) and all(map(self._adds_it, equations))

    def _adds_it(self, equation: Definition) -> bool:
        own = [term for term in terms(equation.expr) if self.target in names(term)]
        rest = [term for term in terms(equation.expr) if term not in own and isinstance(term, Call)]
        is_alone = len(own) == 1 and isinstance(own[0], Name)
        return is_alone and any(self.is_weight(key) for term in rest for key in names(term))

    @cached_property
    def uses(self) -> dict[str, int]:
        """How often each equation uses the target, where that is why its gradient is a sum; else nothing."""
        own = dict(self.wiring.readers(self.target))
        count = sum(own.values())
        if count < 2 or self._counted(self.definition.expr, lambda term: list(names(term))) != own:
            return {}
        lengths = {len(terms(self.tree(place))) for place in self.elements or ()}
        return own if lengths <= {count} else {}

    def _counted(self, expr: Expr, read: Callable[[Expr], list[str]]) -> dict[str, int]:
        """From which equation how many terms of a sum come; nothing where one comes from several."""
        found: dict[str, int] = {}
        for term in terms(expr):
            upstream = [key for key in read(term) if key in self.trace.differentiated]
            if len(upstream) > 1:
                return {}
            reader = self.trace.differentiated[upstream[0]] if upstream else self.wiring.loss
            found[reader] = found.get(reader, 0) + 1
        return found

    @cached_property
    def skips_to(self) -> list[str]:
        """Of a quantity that feeds one layer and later ones beside it: those later ones; else nothing."""
        if self.is_of_weight or len(self.uses) < 2 or not all(map(self._is_used_by_all, self.trees)):
            return []
        nearest, *later = self.uses
        return later if all(self._adds_to(nearest, key) for key in later) else []

    def _is_used_by_all(self, tree: Expr) -> bool:
        leaves = [node for node in nodes(tree) if isinstance(node, Leaf)]
        return {self.trace.differentiated.get(self._key(leaf)) for leaf in leaves} >= set(self.uses)

    def _adds_to(self, nearest: str, key: str) -> bool:
        """Whether an equation adds the target, times something perhaps, to what comes of it by way of another."""
        added = [set(names(term)) for term in terms(self.wiring.forward[key].expr)]
        own = [read for read in added if self.target in read]
        others = [read for read in added if self.target not in read]
        made = {each for each in self.wiring.forward if each == nearest or self.wiring.depends(each, nearest)}
        return key != self.wiring.loss and not any(read & made for read in own) and any(read & made for read in others)

    # which outputs it acts through

    @cached_property
    def outputs(self) -> list[str]:
        """The elements that the loss reads of what the forward pass defines; whole quantities where those are many."""
        return self._element_outputs or self.wiring.outputs

    @cached_property
    def _element_outputs(self) -> list[str]:
        if self.wiring.hangs_on_values or len(self.wiring.output_elements) > MOST_OUTPUTS:
            return []
        made = map(self.wiring.elements_in, self.wiring.output_elements)
        return [] if None in made else self.wiring.output_elements

    @cached_property
    def routes(self) -> dict[tuple[str, ...], list[str]]:
        """The elements of a weight by the outputs that they act on the loss through.

        Nothing where the loss reads the weight itself, or where it acts through none.
        """
        if not self.is_of_weight or self.wiring.loss in self.readers or len(self.outputs) < 2:
            return {}
        found: dict[tuple[str, ...], list[str]] = {}
        quantity = self.trace.program.quantities[self.target]
        for index in self.places if self.elements is None else self.elements:
            name = quantity.element(index)
            found.setdefault(tuple(self._outputs_of(name)), []).append(name)
        return {} if () in found else found

    def _outputs_of(self, name: str) -> list[str]:
        if self._element_outputs:
            return [output for output in self.outputs if name in (self.wiring.elements_in(output) or ())]
        return [output for output in self.outputs if self.wiring.depends(output, self.target)]


def _met(cases: Cases) -> Met | None:
    """Which case holds of an element, where its slope is a number as it stands and its condition has words."""
    _, branch = chosen(cases)
    slope, condition = number(branch.value), _condition(branch)
    if slope is None or not condition or not isinstance(cases.subject, Leaf):
        return None
    return Met(cases.subject.name, condition, slope)


def _condition(branch: Branch) -> Sentence:
    """What holds in a case, after "is": `positive`, `at most -1`; nothing where it has no words."""
    low, high = branch.low, branch.high
    bounds = [bound for bound in (low and number(low[0]), high and number(high[1])) if bound is not None]
    if len(bounds) < (low is not None) + (high is not None):
        return ()
    if low and high:
        one, other = bounds
        if one == other:
            return sentence("exactly ", Figure(one))
        before, between = TWO_SIDED.get((low[1], high[0]), ("", ""))
        return sentence(before, Figure(one), between, Figure(other)) if before else ()
    at_zero, before = ABOVE[low[1]] if low else BELOW[high[0]] if high else ("", "")
    return sentence(at_zero) if is_zero(bounds[0]) else sentence(before, Figure(bounds[0]))
