"""The sections of a network file: a table with a row for each, and what reads those that need few lines.

A section that few files have is read by a module of its own, which is imported only where the file has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum, auto
from typing import TypeAlias

from bptrace.engine.model import GIVEN_SECTIONS
from bptrace.engine.notes import KINDS
from bptrace.engine.plans import BY_RANK, FILE, ORDERS
from bptrace.errors import SpecError, printable, shortened
from bptrace.numbers.arrays import size
from bptrace.ops.expr import Call, names, nodes, shape_text
from bptrace.ops.products import product_text
from bptrace.spec.draft import FORWARD, REPEAT, Draft, Equation, Reach, is_repeat, sections_in
from bptrace.spec.nodes import COMMA_ENDS, Nodes, is_nothing
from bptrace.spec.tokens import NAME, normal
from bptrace.spec.yaml_tree import MappingNode, Node, ScalarNode, SequenceNode

FORWARD_EXAMPLE = "as in forward: {h: relu(z)}, or a name: equation a line"
FUNCTIONS_EXAMPLE = "as in functions: {cube: u -> u^3}, or a name: function a line"


class Turn(IntEnum):
    """When something is read: what others need comes first, wherever it stands in the file."""

    SETTINGS = auto()
    GIVENS = auto()
    NAMES = auto()
    FUNCTIONS = auto()
    EQUATIONS = auto()
    STATES = auto()
    REST = auto()


Reads: TypeAlias = Callable[[Draft], None]


def read_sections(nodes: Nodes, reach: Reach | None = None) -> Draft:
    """What a file says, all of it; `reach`: which files it may name, if any. Raises SpecError."""
    draft = Draft(nodes, _sections(nodes), reach)
    rows = [row for name, row in SECTIONS.items() if name in draft.sections]
    for turn in Turn:
        for read in dict.fromkeys(row[turn] for row in rows if turn in row):
            read(draft)
    return draft


def _sections(nodes: Nodes) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name, (key, node) in sections_in(nodes, nodes.root, "the file"):
        if name not in SECTIONS:
            from bptrace.spec.unknown_sections import unknown_section

            raise unknown_section(nodes, key, node, found, list(SECTIONS))
        found[name] = node
    if "loss" not in found:
        raise nodes.error("missing section 'loss'", nodes.root, "for example: loss: (yhat - y)^2")
    return found


# What is given


def read_givens(draft: Draft) -> None:
    """`input:`, `weights:` and `target:`."""
    for section in GIVEN_SECTIONS:
        for key, node in draft.nodes.entries(draft.sections.get(section), section):
            draft.give(normal(key.value), node, section, draft.nodes.mark(key))


def read_samples(draft: Draft) -> None:
    """`samples:`, whose names are as good as given from here on."""
    from bptrace.spec.samples import samples_of

    draft.samples = samples_of(draft, _joins(draft.sections))
    for given in draft.samples[0]:
        mark = given.mark or draft.nodes.mark(draft.sections["samples"])
        in_file = mark.source == draft.nodes.source
        draft.names.introduce(given.key, given.shape, mark if in_file else mark.source.start)


def _joins(sections: Mapping[str, Node]) -> Callable[[str, str], bool]:
    """Whether a table's `x1` is the first element of an `x`: equations, or layers, read `x` and not `x1`."""
    equations = [sections[name] for name in (FORWARD, "loss") if name in sections]
    read = {normal(name) for node in equations for name in _names_in(node)}
    return lambda name, base: name not in read and (base in read or "layers" in sections)


def _names_in(node: Node) -> Iterator[str]:
    """Every name in the texts below a node, each node looked into once."""
    waiting, seen = [node], set()
    while waiting:
        here = waiting.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if isinstance(here, ScalarNode):
            yield from NAME.findall(here.value)
        elif isinstance(here, MappingNode):
            waiting += [value for _, value in here.value]
        else:
            waiting += here.value


def read_reduction(draft: Draft) -> None:
    """`reduce:`, what becomes of the samples."""
    node, nodes = draft.sections["reduce"], draft.nodes
    if not draft.samples:
        raise nodes.error("'reduce' goes with 'samples'", node, "it says what becomes of them: mean or sum")
    from bptrace.engine.batch_program import REDUCTIONS

    draft.reduction = nodes.word(node, "reduction", list(REDUCTIONS), "mean or sum")


# Equations


def collect_equations(draft: Draft) -> None:
    """`forward:` and `repeat:`, written out in the order of the file, so that every name is known to come."""
    expansion = None
    for key, node in _equations_and_repeats(draft):
        if key:
            draft.equations.append(_equation(draft.nodes, key, node))
        else:
            from bptrace.spec.repeat import Expansion

            expansion = expansion or Expansion(draft.nodes, draft.equations, draft.indices)
            expansion.repeats(node)
    draft.names.others.update(name for name, _ in draft.indices)
    draft.names.later = {normal(equation.name): equation.mark for equation in draft.equations}


def _equations_and_repeats(draft: Draft) -> Iterator[tuple[ScalarNode | None, Node]]:
    """What the sections hold in the order of the file: equations with their names, and repeats without."""
    for section, node in draft.sections.items():
        if section == REPEAT:
            yield None, node
        elif section == FORWARD:
            for key, value in draft.nodes.entries(node, FORWARD, FORWARD_EXAMPLE):
                yield None if is_repeat(key, value) else key, value


def _equation(nodes: Nodes, key: ScalarNode, node: Node) -> Equation:
    return Equation(key.value, nodes.mark(key), node, lambda: (nodes.text(node, "an equation"), nodes.places(node)))


def read_functions(draft: Draft) -> None:
    """`functions:`, the file's own."""
    from bptrace.spec.functions import OwnFunctions, Surroundings

    nodes, names = draft.nodes, draft.names
    functions = names.functions = OwnFunctions(
        Surroundings(names.is_quantity, names.is_taken, nodes.saw_decimal, draft.spend)
    )
    entries = list(nodes.entries(draft.sections["functions"], "functions", FUNCTIONS_EXAMPLE))
    functions.later = {normal(key.value): nodes.mark(key) for key, _ in entries}
    for key, value in entries:
        with nodes.explained(value):
            functions.define(key.value, nodes.text(value, "a function"), nodes.mark(key), nodes.places(value))


def name_loss(draft: Draft) -> None:
    """Take note of what the loss is called, before any equation is read."""
    node = draft.sections["loss"]
    keys = [key for key, _ in node.value] if isinstance(node, MappingNode) else []
    draft.names.others.update(normal(key.value) for key in keys if isinstance(key, ScalarNode))


def find_uncalled(draft: Draft) -> None:
    """The file's functions that nothing has called, now that all is read."""
    from bptrace.spec.functions import OwnFunctions

    if isinstance(draft.names.functions, OwnFunctions):
        draft.uncalled = draft.names.functions.uncalled()


def check_indices(draft: Draft) -> None:
    """Raise SpecError where the index of a repeat has the name of a quantity or a function."""
    for name, mark in draft.indices:
        is_quantity = draft.names.is_quantity(name)
        if is_quantity or draft.names.is_function(name):
            kind = "quantity" if is_quantity else "function"
            raise SpecError(f"'{name}' is a {kind}, so it cannot be an index", mark, "choose another name")


def read_layers(draft: Draft) -> None:
    """`layers:`, a shorthand for weights and equations."""
    from bptrace.spec.layers import take_layers

    take_layers(draft, draft.sections["layers"])


def read_equations(draft: Draft) -> None:
    """The equations of `forward:` and `repeat:`."""
    for equation in draft.equations:
        with draft.nodes.explained(equation.node, equation.hints):
            text, at = equation.read()
            draft.define(equation.name, text, equation.mark, at)


def read_loss(draft: Draft) -> None:
    """`loss:`, an equation by itself, for `L`, or one with a name."""
    file, node = draft.nodes, draft.sections["loss"]
    key, equation, mark = "L", node, file.mark(node)
    if isinstance(node, MappingNode):
        pairs = list(file.entries(node, "loss"))
        if len(pairs) != 1:
            example = "as in loss: (yhat - y)^2 or loss: {J: (yhat - y)^2}"
            cut = len(pairs) > 1 and all(is_nothing(value) for _, value in pairs[1:])
            raise file.error("the loss is one equation", node, *([COMMA_ENDS] if cut else []), example)
        key, equation, mark = pairs[0][0].value, pairs[0][1], file.mark(pairs[0][0])
    elif key in draft.names.known:
        raise file.error("the loss is called L, and L is taken", node, "give it another name: loss: {J: ...}")
    text = file.text(equation, "an equation")
    with file.explained(equation):
        draft.define(key, text, mark, file.places(equation), is_loss=True)
    shape = draft.definitions[-1].shape
    if size(shape) != 1:
        message = f"the loss is {shape_text(shape)}; it must be one number"
        raise file.error(message, equation, _forgotten_matrix_product(draft) or "sum(...) or mean(...) makes one")


def _forgotten_matrix_product(draft: Draft) -> str:
    """What to say of a loss that has the shape of a weight times something, element by element."""
    weights, shape = {given.key for given in draft.givens if given.section == "weights"}, draft.definitions[-1].shape
    for node in (node for definition in reversed(draft.definitions) for node in nodes(definition.expr)):
        if isinstance(node, Call) and node.op == "*" and node.shape == shape and weights & names(node).keys():
            left, *rest = (arg.shape for arg in node.args)
            if node.mark and left and [left[-1:]] == [other[:1] for other in rest]:
                made = f"{product_text(node, '*')} at {node.mark.where} made it {shape_text(shape)}"
                return f"{made}; did you mean {product_text(node, '@')}?"
    return ""


# The update


def read_update(draft: Draft) -> None:
    """`update:`, which comes first: the names of its settings are taken, and so are those that end in `_new`."""
    from bptrace.spec.update import optimizer_of

    draft.optimizer, settings = optimizer_of(draft.nodes, draft.names, draft.sections["update"])
    draft.names.rule = draft.optimizer.rule
    draft.givens += settings


def add_states(draft: Draft) -> None:
    """What the optimizer keeps, named once every other name is known."""
    weights = [given for given in draft.givens if given.section == "weights"]
    if not weights:
        raise draft.nodes.error("there are no weights to update", draft.sections["update"], "as in weights: {w: 2}")
    if draft.optimizer:
        last = max((given.mark for given in draft.givens if given.section == "update" and given.mark), default=None)
        draft.givens += draft.optimizer.states(weights, set(draft.names.known), last)


# What is asked for, and how it is shown


def read_title(draft: Draft) -> None:
    """`title:`, on one line."""
    draft.title = " ".join(printable(draft.nodes.text(draft.sections["title"], "a title")).split())


def read_gradients(draft: Draft) -> None:
    """`gradients:`, the sections whose gradients are asked for; the singular is taken, too."""
    node = draft.sections["gradients"]
    items = node.value if isinstance(node, SequenceNode) else [node]
    draft.gradients = [_section_name(draft.nodes, item) for item in items]


def _section_name(nodes: Nodes, node: Node) -> str:
    name = nodes.text(node, "a section's name").removesuffix("s")
    sections = {"weight": "weights", "input": "input", "target": "target"}
    if name not in sections:
        known = f"known here: {', '.join(sections.values())}"
        more = ["a list is written [weights, input]"] if "," in name else []
        more += ["biases are weights"] if node.value in ("bias", "biases") else []
        raise nodes.error(f"unknown section {shortened(node.value)}", node, *more, known)
    return sections[name]


def read_order(draft: Draft) -> None:
    """`order:`, in which order rows come: forward, and the gradients of the weights among others."""
    nodes, node = draft.nodes, draft.sections["order"]
    words = draft.order = nodes.words(node, "order", ORDERS, f"a word, or a list: {', '.join(ORDERS)}")
    if {BY_RANK, FILE} <= set(words):
        second = node.value[max(words.index(BY_RANK), words.index(FILE))]
        raise nodes.error(f"'{BY_RANK}' and '{FILE}' are two orders of the forward rows", second, "name one of the two")


def read_display(draft: Draft) -> None:
    """`names:` and `index:`, how names are typeset."""
    from bptrace.spec.symbolic import display_of

    names, index = draft.sections.get("names"), draft.sections.get("index")
    draft.display = display_of(draft.nodes, draft.names, names, index, draft.forms)


def read_ignored(draft: Draft) -> None:
    """`ignore:`, the kinds of notes that are switched off."""
    node = draft.sections["ignore"]
    draft.ignored = draft.nodes.words(node, "kind of notes", list(KINDS), "a list of kinds of notes")


WRITTEN_OUT = {Turn.NAMES: collect_equations, Turn.FUNCTIONS: check_indices, Turn.EQUATIONS: read_equations}
SECTIONS: Mapping[str, Mapping[Turn, Reads]] = {
    "title": {Turn.REST: read_title},
    "input": {Turn.GIVENS: read_givens},
    "weights": {Turn.GIVENS: read_givens},
    "target": {Turn.GIVENS: read_givens},
    "samples": {Turn.GIVENS: read_samples},
    "reduce": {Turn.GIVENS: read_reduction},
    "functions": {Turn.FUNCTIONS: read_functions, Turn.REST: find_uncalled},
    "layers": {Turn.EQUATIONS: read_layers},
    FORWARD: WRITTEN_OUT,
    REPEAT: WRITTEN_OUT,
    "loss": {Turn.NAMES: name_loss, Turn.EQUATIONS: read_loss},
    "update": {Turn.SETTINGS: read_update, Turn.STATES: add_states},
    "gradients": {Turn.REST: read_gradients},
    "order": {Turn.REST: read_order},
    "names": {Turn.REST: read_display},
    "index": {Turn.REST: read_display},
    "ignore": {Turn.REST: read_ignored},
}
"""What reads a section, and when; in one turn the upper rows come first, and what serves two sections is done once."""
