"""YAML to `Network`. The file is read through its node tree, so that every literal keeps its own text and
every complaint its line and column.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn, TypedDict

import yaml

from bptrace.engine.model import GIVEN_SECTIONS, Definition, Given
from bptrace.engine.network import Network, Stated
from bptrace.engine.plans import BY_RANK, ORDERS
from bptrace.errors import Mark, Source, SpecError, listed, printable, shortened, suggestion
from bptrace.numbers.exact import UNKNOWN, NumberError, Scalar, Shape, array, is_decimal, rational, size
from bptrace.ops.expr import Expr, Name, shape_text
from bptrace.ops.table import function_names
from bptrace.spec.equation import NAME, Functions, NoFunctions, Scope, check_name, normal, parse
from bptrace.spec.repeat import CHARACTER_LIMIT, EQUATION_LIMIT, Equation, Expansion
from bptrace.spec.yaml_text import COUNT_LIMIT, Node, compose, places_in, read_text

if TYPE_CHECKING:
    from bptrace.engine.optimizers import Optimizer
    from bptrace.engine.symbols import Display, Symbol

SECTIONS = (
    *("title", *GIVEN_SECTIONS, "samples", "reduce", "functions", "layers", "forward", "repeat", "loss", "update"),
    *("gradients", "order", "names", "index"),
)

EXAMPLES = {
    "weights": "as in weights: {w: 2}, or a name: value a line",
    "forward": "as in forward: {h: relu(z)}, or a name: equation a line",
    "repeat": "as in repeat: {for: t in 1..3, 'h{t}': 'w*h{t-1} + x[t]'}",
    "functions": "as in functions: {cube: u -> u^3}, or a name: function a line",
    "update": "as in update: {rule: sgd, lr: 1/10}",
    "names": "as in names: {z: h', W1: W^(1)}",
    "samples": "as in samples: {file: xor.csv, target: [y]}",
    "a sample": "as in {input: {x: [0, 1]}, target: {y: 1}}",
    "a layer": "as in {weights: [[1, 2]], bias: [0], activation: relu}",
}


def load(path: str | os.PathLike[str]) -> Network:
    """The network in a YAML file; `example:xor` is one that comes with bptrace, and `./example:xor` a file.

    Raises SpecError: what is wrong, where, and what would be right.
    """
    file = os.fspath(path)
    if isinstance(path, str) and path.startswith("example:"):
        from bptrace.spec.examples import example_path

        file = example_path(path)
    return _loaded(read_text(file), os.fspath(path), os.path.dirname(file))


def loads(text: str, name: str = "<text>") -> Network:
    """The network in a YAML text; complaints quote it by `name`. Raises SpecError.

    A CSV file that it names is looked for in the current folder.
    """
    return _loaded(text, name, "")


def _loaded(text: str, name: str, folder: str) -> Network:
    source = Source(name, text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    network = Reader(source, compose(source), folder).network()
    grid = network.optimizer.grid if network.optimizer else None
    return replace(network, stated=Stated(source, network.givens, grid))


class Options(TypedDict):
    """What every network is made with, samples or not."""

    title: str
    optimizer: Optimizer | None
    gradients: frozenset[str]
    decimal: bool
    order: str
    display: Display | None


class Reader:
    """One file being read: what it has defined so far, and where."""

    def __init__(self, source: Source, root: Node, folder: str = "") -> None:
        self.source = source
        self.root = root
        self.folder = folder
        self.givens: list[Given] = []
        self.samples: list[list[Given]] = []
        self.definitions: list[Definition] = []
        self.known: dict[str, tuple[Name, Mark]] = {}
        self.later: dict[str, Mark] = {}
        self.optimizer: Optimizer | None = None
        self.decimal = False
        self.forms: dict[str, Symbol] = {}
        self.functions: Functions = NoFunctions()
        self.defining = ""
        self.count = 0
        self.equations = 0
        self.characters = 0

    def network(self) -> Network:
        """Read every section. Raises SpecError."""
        sections = self.sections()
        self.update(sections.get("update"))
        for section in GIVEN_SECTIONS:
            for key, node in self.entries(sections.get(section), section):
                self.given(key, node, section)
        if "samples" in sections:
            self.read_samples(sections)
        reduction = self.reduction(sections)
        forward = self.forward(sections)
        self.later = {normal(equation.name): equation.mark for equation in forward.equations}
        self.own_functions(sections.get("functions"))
        self.check_indices(forward)
        if "layers" in sections:
            from bptrace.spec.layers import read_layers

            read_layers(self, sections["layers"])
        for equation in forward.equations:
            self.equation(equation)
        self.loss(sections["loss"])
        self.states(sections.get("update"))
        in_order = tuple(sorted(self.givens, key=lambda given: given.mark.offset if given.mark else 0))
        title, gradients = self.title(sections.get("title")), self.gradients(sections.get("gradients"))
        options: Options = {
            "title": title,
            "optimizer": self.optimizer,
            "gradients": frozenset(gradients),
            "decimal": self.decimal,
            "order": self.order(sections.get("order")),
            "display": self.display(sections),
        }
        definitions = tuple(self.definitions)
        if self.samples:
            from bptrace.engine.batch import Batch

            samples = tuple(map(tuple, self.samples))
            return Batch(definitions=definitions, shared=in_order, samples=samples, reduction=reduction, **options)
        return Network(in_order, definitions, **options)

    # the file as a whole

    def sections(self) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, node in self.entries(self.root, "the file"):
            if key.value not in SECTIONS:
                hints = [f"known sections: {', '.join(SECTIONS)}", *suggestion(key.value, list(SECTIONS))]
                self.fail(f"unknown section {shortened(key.value)}", key, *hints)
            found[key.value] = node
        if "loss" not in found:
            raise SpecError("missing section 'loss'", self.mark(self.root), "for example: loss: (yhat - y)^2")
        return found

    def title(self, node: Node | None) -> str:
        return " ".join(printable(self.text(node, "a title")).split()) if node else ""

    def order(self, node: Node | None) -> str:
        if node is None:
            return BY_RANK
        from bptrace.spec.symbolic import chosen

        return chosen(self, node, "order", ORDERS)

    def display(self, sections: Mapping[str, Node]) -> Display | None:
        if not self.forms and "names" not in sections and "index" not in sections:
            return None
        from bptrace.spec.symbolic import read_display

        return read_display(self, sections.get("names"), sections.get("index"), self.forms)

    def gradients(self, node: Node | None) -> list[str]:
        if node is None:
            weights = any(given.section == "weights" for given in self.givens)
            return ["weights"] if weights else ["input"]
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return [self.gradient_section(item) for item in items]

    def gradient_section(self, node: Node) -> str:
        name = self.text(node, "a section's name").removesuffix("s")
        wanted = {"weight": "weights", "input": "input", "target": "target"}
        if name not in wanted:
            self.fail(f"unknown section {shortened(node.value)}", node, f"known here: {', '.join(wanted.values())}")
        return wanted[name]

    # givens

    def given(self, key: yaml.ScalarNode, node: Node, section: str) -> None:
        self.given_as(normal(key.value), node, section, self.mark(key))

    def given_as(self, name: str, node: Node, section: str, mark: Mark) -> None:
        """Take a given: numbers, or a name and a shape without a value."""
        shape = self.shape_alone(name, node)
        value = UNKNOWN
        if shape is None:
            shape, items = self.numbers(node)
            value = array(shape, items)
        self.introduce(name, shape, mark)
        self.givens.append(Given(name, shape, section, value, mark))

    def shape_alone(self, name: str, node: Node) -> Shape | None:
        """The shape of what the file gives without a value, by names or by its shape; None where there are numbers."""
        if not _begins_with_letter(node) and not _has_words(node):
            return None
        from bptrace.spec.symbolic import own_forms, shape_of

        shape = shape_of(self, name, node)
        if shape is not None:
            self.forms |= own_forms(name, node, shape)
        return shape

    def numbers(self, node: Node) -> tuple[Shape, list[Scalar]]:
        """A number, a list of numbers or a list of rows."""
        if isinstance(node, yaml.ScalarNode):
            return (), [self.number(node)]
        items = self.items(node)
        if not any(isinstance(item, yaml.SequenceNode) for item in items):
            return (len(items),), [self.number(item) for item in items]
        rows = [self.row(item, items[0]) for item in items]
        return (len(rows), len(rows[0])), [entry for row in rows for entry in row]

    def row(self, node: Node, first: Node) -> list[Scalar]:
        if not isinstance(node, yaml.SequenceNode) or not isinstance(first, yaml.SequenceNode):
            self.fail("a row is a list of numbers", node if isinstance(first, yaml.SequenceNode) else first)
        if len(node.value) != len(first.value):
            had, expected = len(node.value), len(first.value)
            self.fail(f"ragged matrix: a row of {had} under a first row of {expected}", node)
        for item in self.items(node):
            if isinstance(item, yaml.SequenceNode):
                self.fail("arrays have at most two dimensions: a list of rows", item)
        return [self.number(item) for item in node.value]

    def items(self, node: Node) -> list[Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.fail(
                "expected a number, a list of numbers or a list of rows", node, "as in 3, [1, 2] or [[1, 2], [3, 4]]"
            )
        if not node.value:
            self.fail("an empty list", node, "as in [1, 2] or [[1, 2], [3, 4]]")
        return list(node.value)

    def number(self, node: Node) -> Scalar:
        text = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
        kind = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
        instead = "nothing" if isinstance(node, yaml.ScalarNode) else kind
        return self.number_in(text, lambda: self.mark(node), instead)

    def number_in(self, text: str, mark: Callable[[], Mark], instead: str = "nothing") -> Scalar:
        """The number that a text is; `instead` says what stands there where the text is empty."""
        self.count += 1
        if self.count > COUNT_LIMIT:
            self.fail(f"more than {COUNT_LIMIT:,} numbers, with aliases written out", at=mark())
        try:
            value = rational(text)
        except NumberError as problem:
            self.fail(*_number_complaint(text, str(problem), "" if text else instead), at=mark())
        self.decimal = self.decimal or is_decimal(text)
        return value

    # samples

    def read_samples(self, sections: Mapping[str, Node]) -> None:
        from bptrace.spec.samples import read_samples

        node = sections["samples"]
        self.samples = read_samples(self, node, self.folder, self.joins(sections))
        in_file = isinstance(node, yaml.SequenceNode)
        for given in self.samples[0]:
            self.introduce(given.key, given.shape, given.mark if in_file and given.mark else self.mark(node))

    def joins(self, sections: Mapping[str, Node]) -> Callable[[str, str], bool]:
        """Whether a table's `x1` is the first element of an `x`: equations, or layers, read `x` and not `x1`."""
        equations = [sections[name] for name in ("forward", "loss") if name in sections]
        read = {normal(name) for node in equations for name in _names_in(node)}
        return lambda name, base: name not in read and (base in read or "layers" in sections)

    def reduction(self, sections: Mapping[str, Node]) -> str:
        if "reduce" not in sections:
            return "mean"
        node = sections["reduce"]
        if not self.samples:
            self.fail("'reduce' goes with 'samples'", node, "it says what becomes of them: mean or sum")
        from bptrace.engine.batch_program import REDUCTIONS

        name = self.text(node, "mean or sum")
        if name not in REDUCTIONS:
            known = list(REDUCTIONS)
            self.fail(
                f"unknown reduction {shortened(name)}", node, f"known here: {listed(known)}", *suggestion(name, known)
            )
        return name

    # equations

    def introduce(self, name: str, shape: Shape, mark: Mark) -> None:
        """Take a name for a quantity of this shape. Raises SpecError where it cannot have it."""
        self.check_name(name, mark)
        if name in self.known:
            first, second = sorted([self.known[name][1], mark], key=lambda place: place.offset)
            hints = [f"first at line {first.line}: choose another name"]
            rule = self.optimizer and self.optimizer.rule
            hints += [f"{rule.name} has a setting of that name"] if rule and name in rule.defaults else []
            raise SpecError(f"'{name}' is defined twice", second, *hints)
        self.known[name] = Name(name, shape), mark

    def check_name(self, name: str, mark: Mark) -> None:
        check_name(name, mark)
        if self.is_function(name):
            raise SpecError(f"'{name}' is reserved: it is a function", mark, "choose another name")
        if name == "if":
            raise SpecError("'if' is reserved: formulas use it", mark, "choose another name")
        if name.endswith("_new") and self.optimizer:
            raise SpecError(
                f"'{name}' is reserved: the update makes names that end in _new", mark, "choose another name"
            )

    def find(self, name: str, mark: Mark) -> Name:
        """The quantity of that name. Raises SpecError where there is none yet."""
        name = normal(name)
        if name in self.known:
            return self.known[name][0]
        if name == self.defining:
            raise SpecError(f"{shortened(name)} is used in its own definition", mark)
        if name in self.later:
            line = self.later[name].line
            raise SpecError(
                f"{shortened(name)} is used before it is defined", mark, f"defined at line {line}: move it up"
            )
        if self.is_function(name):
            raise SpecError(f"'{name}' is a function and needs arguments", mark, f"as in {name}(z)")
        known = list(self.known)
        hints = [f"known here: {listed(known)}", *suggestion(name, known)] if known else []
        raise SpecError(f"unknown name {shortened(name)}", mark, *hints)

    def define(self, name: str, text: str, mark: Mark, at: Callable[[int], Mark], *, is_loss: bool = False) -> None:
        name = normal(name)
        self.check_length(text, mark)
        self.defining = name
        expr = self.unspecified(name, text, at) if is_loss and "generic" in text else None
        if expr is None:
            scope = Scope(self.find, lambda: list(self.known), self.saw_decimal, self.functions)
            expr = parse(text, at, scope)
        self.introduce(name, expr.shape, mark)
        self.definitions.append(Definition(name, expr, f"{name} = {' '.join(text.split())}", at(0)))

    def unspecified(self, key: str, text: str, at: Callable[[int], Mark]) -> Expr | None:
        """A loss that is left open, or None."""
        from bptrace.spec.generic import LOSS, loss

        return loss(self, key, text, at) if LOSS.match(text) and "generic" not in self.functions.names() else None

    def forward(self, sections: dict[str, Node]) -> Expansion:
        """The equations of `forward` and `repeat`, in the order of the file."""
        expansion = Expansion(self)
        for section in (section for section in sections if section in ("forward", "repeat")):
            (expansion.forward if section == "forward" else expansion.repeats)(sections[section])
        return expansion

    def check_indices(self, forward: Expansion) -> None:
        for loop in forward.ranges:
            if self.is_quantity(loop.name) or self.is_function(loop.name):
                kind = "quantity" if self.is_quantity(loop.name) else "function"
                self.fail(f"'{loop.name}' is a {kind}, so it cannot be an index", "choose another name", at=loop.mark)

    def equation(self, equation: Equation) -> None:
        with self.explained(equation.node, equation.hints):
            text, at = equation.read()
            self.define(equation.name, text, equation.mark, at)

    def own_functions(self, node: Node | None) -> None:
        if node is None:
            return
        from bptrace.spec.functions import OwnFunctions, Surroundings

        functions = self.functions = OwnFunctions(Surroundings(self.is_quantity, self.saw_decimal, self.spend))
        entries = list(self.entries(node, "functions"))
        functions.later = {normal(key.value): self.mark(key) for key, _ in entries}
        for key, value in entries:
            with self.explained(value):
                functions.define(key.value, self.text(value, "a function"), self.mark(key), self.place_in(value))

    @contextmanager
    def explained(self, node: Node, hints: Callable[[str], list[str]] = lambda message: []) -> Iterator[None]:
        """Say more of a complaint about an entry. In `{h: max(0, z)}` YAML ends the entry at the comma."""
        try:
            yield
        except SpecError as problem:
            cut = problem.message.endswith("at the end") and self.source.text.startswith(",", node.end_mark.index)
            hint = ["in {...} a comma ends the entry: one equation a line, or in quotes"] if cut else []
            more = [*hint, *hints(problem.message)]
            raise SpecError(problem.message, problem.mark, *problem.hints, *more) from None

    def is_function(self, name: str) -> bool:
        return name in function_names() or name in self.functions.names()

    def is_quantity(self, name: str) -> bool:
        return name in self.known or name in self.later

    def check_length(self, text: str, mark: Mark) -> None:
        self.equations += 1
        if self.equations > EQUATION_LIMIT:
            raise SpecError(f"more than {EQUATION_LIMIT:,} equations", mark)
        self.spend(len(text), mark)

    def spend(self, characters: int, mark: Mark) -> None:
        self.characters += characters
        if self.characters > CHARACTER_LIMIT:
            raise SpecError(f"more than {CHARACTER_LIMIT:,} characters of equations, with aliases written out", mark)

    def saw_decimal(self) -> None:
        self.decimal = True

    def loss(self, node: Node) -> None:
        key, equation = "L", node
        mark = self.mark(node)
        if isinstance(node, yaml.MappingNode):
            pairs = list(self.entries(node, "loss"))
            if len(pairs) != 1:
                self.fail("the loss is one equation", node, "as in loss: (yhat - y)^2 or loss: {J: (yhat - y)^2}")
            key, equation, mark = pairs[0][0].value, pairs[0][1], self.mark(pairs[0][0])
        elif key in self.known:
            self.fail("the loss is called L, and L is taken", node, "give it another name: loss: {J: ...}")
        text = self.text(equation, "an equation")
        self.define(key, text, mark, self.place_in(equation), is_loss=True)
        shape = self.definitions[-1].shape
        if size(shape) != 1:
            self.fail(
                f"the loss is {shape_text(shape)}; it must be one number", equation, "sum(...) or mean(...) makes one"
            )

    # update and layers

    def update(self, node: Node | None) -> None:
        if node is None:
            return
        from bptrace.spec.update import read_update

        self.optimizer, settings = read_update(self, node)
        self.givens += settings

    def states(self, node: Node | None) -> None:
        """What the optimizer keeps, named once every other name is known."""
        if not self.optimizer or not node:
            return
        weights = [given for given in self.givens if given.section == "weights"]
        if not weights:
            self.fail("there are no weights to update", node)
        last = max((given.mark for given in self.givens if given.section == "update" and given.mark), default=None)
        self.givens += self.optimizer.states(weights, set(self.known), last)

    # nodes

    def entries(self, node: Node | None, what: str) -> Iterator[tuple[yaml.ScalarNode, Node]]:
        """The entries of a mapping. Raises SpecError: not a mapping, or a key given twice."""
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self.fail(f"{what} is a mapping of names", node, EXAMPLES.get(what, EXAMPLES["weights"]))
        seen: dict[str, Mark] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail("a name is plain text", key)
            if key.value in seen:
                first = seen[key.value].line
                self.fail(f"{shortened(key.value)} is defined twice in {what}", key, f"first at line {first}")
            seen[key.value] = self.mark(key)
            yield key, value

    def text(self, node: Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.fail(f"expected {what}", node)
        return str(node.value)

    def mark(self, node: Node) -> Mark:
        return Mark(self.source, node.start_mark.index)

    def place_in(self, node: Node) -> Callable[[int], Mark]:
        """Where each character of a scalar's text stands in the file."""
        start = node.start_mark.index
        places = places_in(
            self.source.text[start : node.end_mark.index], str(node.value), getattr(node, "style", None) or ""
        )
        return lambda offset: Mark(self.source, start + places[min(offset, len(places) - 1)])

    def fail(self, message: str, node: Node | str | None = None, *hints: str, at: Mark | None = None) -> NoReturn:
        if isinstance(node, str):
            hints = (node, *hints)
        mark = at or (self.mark(node) if isinstance(node, yaml.nodes.Node) else None)
        raise SpecError(message, mark, *hints)


def _names_in(node: Node) -> Iterator[str]:
    """Every name in the texts below a node, each node looked into once."""
    waiting, seen = [node], set()
    while waiting:
        here = waiting.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, yaml.ScalarNode):
            yield from NAME.findall(here.value)
        elif isinstance(here, yaml.MappingNode):
            waiting += [value for _, value in here.value]
        else:
            waiting += here.value


def _begins_with_letter(node: Node) -> bool:
    """Whether the first thing that a given holds is a word: in a list, or in a list's first row."""
    for _ in range(2):
        node = node.value[0] if isinstance(node, yaml.SequenceNode) and node.value else node
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    return text[:1].isalpha()


def _has_words(node: Node) -> bool:
    """Whether a scalar holds more than a number can, as a shape does."""
    return isinstance(node, yaml.ScalarNode) and bool(node.value.strip("0123456789+-./eE "))


def _number_complaint(text: str, problem: str, instead: str) -> tuple[str, str]:
    if text.lower().strip("+-.") in ("nan", "inf", "infinity"):
        return f"{shortened(text)} is not an exact number", "every value is a rational number"
    if problem != "not a number":
        return problem, "as in -3, 0.1, 1/3 or 2.5e4"
    return f"{instead or shortened(text)} is not a number", "as in -3, 0.1, 1/3 or 2.5e4"
