"""A network in the making: what has been read of a file so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from bptrace.engine.model import Definition, Given
from bptrace.engine.network import Network
from bptrace.errors import Mark, SpecError
from bptrace.numbers.arrays import Shape, array
from bptrace.numbers.exact import UNKNOWN, is_minus_infinity
from bptrace.ops.expr import Expr, shape_text
from bptrace.spec.equation import parse
from bptrace.spec.namespace import Namespace
from bptrace.spec.nodes import NAMES_EXAMPLE, Entry, Nodes
from bptrace.spec.tokens import Places, normal
from bptrace.spec.vocabulary import MisfitError, Vocabulary
from bptrace.spec.yaml_tree import Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer
    from bptrace.engine.symbols import Display, Symbol


FORWARD, REPEAT = "forward", "repeat"
SPELLINGS = {"inputs": "input", "targets": "target", "weight": "weights"}
"""Sections that go by a second name, and their first."""
EQUATION_LIMIT = 10_000
FEWER = "one equation of arrays takes the place of many of numbers, as in z: w@x + b"
CHARACTER_LIMIT = 1_000_000


class Equation(NamedTuple):
    """An equation of the file, perhaps one of many that a repeat writes out.

    `read()` gives its text, and the place of each of its characters in the file; `hints(message)` what a complaint
    about it says further.
    """

    name: str
    mark: Mark
    node: Node
    read: Callable[[], tuple[str, Places]]
    hints: Callable[[str], list[str]] = lambda message: []


class Options(TypedDict):
    """What every network is made with, samples or not."""

    title: str
    optimizer: Optimizer | None
    gradients: frozenset[str]
    decimal: bool
    order: frozenset[str]
    display: Display | None
    ignored: frozenset[str]
    uncalled: tuple[tuple[str, Mark], ...]


class Reach(NamedTuple):
    """Which files a network may name: those below its folder, where they are looked for, or below others allowed."""

    folder: str
    allowed: tuple[str, ...] = ()


class Draft:
    """The givens and equations of a file and how they are to be worked out, section by section.

    `sections`: the file's own, in its order. `reach`: where files are that it may name, None where it may name none;
    `files`: those that were read; `table`: where the table of its samples is named. `samples`: what each sample gives.
    `equations`: those of the file, repeats written out; `indices`: the names of the repeats' and where they stand.
    `forms`: how elements are typeset that have names of their own.
    """

    def __init__(self, nodes: Nodes, sections: dict[str, Node], reach: Reach | None) -> None:
        self.nodes = nodes
        self.sections = sections
        self.reach = reach
        self.names = Namespace()
        self.title = ""
        self.givens: list[Given] = []
        self.samples: Sequence[Sequence[Given]] = ()
        self.files: list[str] = []
        self.table: Mark | None = None
        self.reduction = "mean"
        self.equations: list[Equation] = []
        self.indices: list[tuple[str, Mark]] = []
        self.definitions: list[Definition] = []
        self.optimizer: Optimizer | None = None
        self.gradients: Sequence[str] | None = None
        self.order: Sequence[str] = ()
        self.forms: dict[str, Symbol] = {}
        self.display: Display | None = None
        self.ignored: Sequence[str] = ()
        self.uncalled: Sequence[tuple[str, Mark]] = ()
        self._given_as: dict[str, Node] = {}
        self._equations = 0
        self._characters = 0

    # givens

    def give(self, name: str, node: Node, section: str, mark: Mark) -> None:
        """Take a given: numbers, or a name and a shape without a value. Raises SpecError."""
        shape = self._stated_shape(name, node)
        value = UNKNOWN
        if shape is None:
            shape, items = self.nodes.array(node, section)
            value = array(shape, items)
        self.names.introduce(name, shape, mark)
        self._given_as[name] = node
        self.givens.append(Given(name, shape, section, value, mark))

    def _stated_shape(self, name: str, node: Node) -> Shape | None:
        """The shape of what the file gives without a value, by names or by its shape; None where there are numbers."""
        if not _begins_with_letter(node) and not _has_words(node):
            return None
        from bptrace.spec.symbolic import element_names, own_forms, stated_shape

        shape = stated_shape(self.nodes, name, node)
        if shape is not None:
            self.forms |= own_forms(name, node, shape)
            self.names.others.update(element_names(node))
        return shape

    # equations

    def define(self, name: str, text: str, mark: Mark, at: Places, *, is_loss: bool = False) -> None:
        """Take an equation: the quantity of that name is what the text says. Raises SpecError."""
        name = normal(name)
        self._equations += 1
        if self._equations > EQUATION_LIMIT:
            raise SpecError(f"more than {EQUATION_LIMIT:,} equations", mark, FEWER)
        self.spend(len(text), mark)
        self.names.defining = name
        expr = self._generic_loss(name, text, at) if is_loss and "generic" in text else None
        if expr is None:
            names = self.names
            vocabulary = Vocabulary(names.read, names.is_taken, self.nodes.saw_decimal, names.functions)
            try:
                expr = parse(text, at, vocabulary)
            except MisfitError as problem:
                raise self._decimal_commas(problem) or problem from None
        else:
            text = text.replace("generic", name, 1)  # as its row has it: the loss as a function of its own name
        self.names.introduce(name, expr.shape, mark)
        self.definitions.append(Definition(name, expr, f"{name} = {' '.join(text.split())}", at(0)))

    def _decimal_commas(self, problem: MisfitError) -> SpecError | None:
        """The complaint about a given of the wrong shape that is written with decimal commas: [0,6, 0,9]."""
        for name in problem.operands:
            node = self._given_as.get(name)
            hint = self.nodes.comma_hint(node) if node else []
            if node and hint:
                shape = shape_text(self.names.known[name].name.shape)
                where = problem.mark.where if problem.mark else "an equation"
                message = f"{name} is {shape}, but {where} needs another shape"
                return self.nodes.error(message, node, *hint)
        return None

    def _generic_loss(self, name: str, text: str, at: Places) -> Expr | None:
        """A loss that is left open, or None."""
        from bptrace.spec.generic import LOSS, generic_loss

        if not LOSS.match(text) or "generic" in self.names.functions.names():
            return None
        return generic_loss(self.names, self.definitions, name, text, at)

    def spend(self, characters: int, mark: Mark) -> None:
        """Count the characters that are parsed. Raises SpecError where they are too many."""
        self._characters += characters
        if self._characters > CHARACTER_LIMIT:
            message = f"more than {CHARACTER_LIMIT:,} characters of equations, with aliases written out"
            raise SpecError(message, mark, FEWER)

    # the whole

    def network(self) -> Network:
        """The network that the sections come to."""
        givens = tuple(sorted(self.givens, key=lambda given: given.mark.offset if given.mark else 0))
        definitions, options = tuple(self.definitions), self._options()
        if self.samples:
            from bptrace.engine.batch import Batch

            samples = tuple(map(tuple, self.samples))
            return Batch(definitions=definitions, shared=givens, samples=samples, reduction=self.reduction, **options)
        return Network(givens, definitions, **options)

    def _options(self) -> Options:
        usual = "weights" if any(given.section == "weights" for given in self.givens) else "input"
        return {
            "title": self.title,
            "optimizer": self.optimizer,
            "gradients": frozenset([usual] if self.gradients is None else self.gradients),
            "decimal": self.nodes.decimal,
            "order": frozenset(self.order),
            "display": self.display or self._usual_display(),
            "ignored": frozenset(self.ignored),
            "uncalled": tuple(self.uncalled),
        }

    def _usual_display(self) -> Display | None:
        """How names are typeset where the file says no more of it than the names of some elements."""
        if not self.forms:
            return None
        from bptrace.engine.symbols import Display

        return Display(self.forms)


def sections_in(nodes: Nodes, node: Node, what: str, example: str = NAMES_EXAMPLE) -> Iterator[tuple[str, Entry]]:
    """The entries of a mapping of sections, each with its section's first name. Raises SpecError: one by both names."""
    seen: dict[str, ScalarNode] = {}
    for key, value in nodes.entries(node, what, example):
        name = SPELLINGS.get(key.value, str(key.value))
        if name in seen:
            first = seen[name]
            hint = f"first at {nodes.mark(first).where}: put both under one name"
            raise nodes.error(f"'{first.value}' and '{key.value}' are one section", key, hint)
        seen[name] = key
        yield name, (key, value)


def is_repeat(key: ScalarNode, value: Node) -> bool:
    """Whether an entry is a repeat, and not an equation for a quantity of that name."""
    return bool(key.value == REPEAT) and not isinstance(value, ScalarNode)


def _begins_with_letter(node: Node) -> bool:
    """Whether the first thing that a given holds is a word: in a list, or in a list's first row."""
    for _ in range(2):
        node = node.value[0] if isinstance(node, SequenceNode) and node.value else node
    text = node.value if isinstance(node, ScalarNode) else ""
    return text[:1].isalpha()


def _has_words(node: Node) -> bool:
    """Whether a scalar holds more than a number can, as a shape does."""
    if not isinstance(node, ScalarNode) or is_minus_infinity(node.value):
        return False
    return bool(node.value.strip("0123456789+-./eE "))
