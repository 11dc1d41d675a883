"""What a picture of a network consists of: nodes, edges, and what is written at them, as names, trees and numbers."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.sentence_parts import Sentence
from bptrace.engine.trace import Trace
from bptrace.methods import GraphMethods
from bptrace.numbers.arrays import Shape, Value
from bptrace.numbers.enclosures import Scalar
from bptrace.ops.expr import Expr

UNIT_NODES, QUANTITY_NODES = "unit", "quantity"
NODES = (UNIT_NODES, QUANTITY_NODES)
"""What a node may be: a unit of a layer, or a whole quantity with its equation."""
INPUT, WEIGHT, TARGET = "input", "weights", "target"
UNIT, QUANTITY, LOSS, BIAS, CUT = "unit", "quantity", "loss", "bias", "cut"
KINDS = (INPUT, WEIGHT, TARGET, UNIT, QUANTITY, LOSS, BIAS, CUT)
"""What a node is: a given of a section, a unit of a layer, what an equation defines, the loss, the 1 that biases are
weights of, or what stands for units that are not drawn.
"""


class Carried(NamedTuple):
    """A quantity, or an element of one, that a node or an edge carries, by its name in the register.

    `gradient`: what its gradient is called; nothing where none is worked out. `value` and `gradient_value` are None
    where they weren't asked for, or over symbols.
    """

    name: str
    shape: Shape = ()
    value: Value | None = None
    gradient: str = ""
    gradient_value: Value | None = None


class Factor(NamedTuple):
    """What one link of a path multiplies by: it leads to the gradient `to` from the gradient `source`.

    `source` is nothing where the link begins at the loss. `value`: UNKNOWN over symbols.
    """

    to: str
    source: str
    tree: Expr
    value: Scalar


class Node(NamedTuple):
    """A circle or a box. `id` is made of the name of the last thing that it carries, of letters that any format takes.

    `column`: 0 for what comes first. `carries`: of a unit the pre-activation, then the activation; else one quantity.
    `equation`: of a whole quantity that is defined. `function`: the title of a unit's activation. `stands_for`: so many
    units, a cut. `greyed`: nothing flows back through it. `on_path`: the path that was asked for meets it. `factors`:
    those of that path inside it.
    """

    id: str
    kind: str
    column: int
    carries: tuple[Carried, ...] = ()
    equation: Definition | None = None
    function: str = ""
    stands_for: int = 0
    greyed: bool = False
    on_path: bool = False
    factors: tuple[Factor, ...] = ()


class Edge(NamedTuple):
    """A use of one node by another: forward from `source` to `target`, by their ids; gradients flow the other way.

    `carries`: the weights that it stands for. `uses`: how often the equation reads it. `greyed`: nothing flows back
    along it. `on_path`: the path that was asked for does, by these `factors`, each from a gradient to the next.
    """

    source: str
    target: str
    carries: tuple[Carried, ...] = ()
    uses: int = 1
    greyed: bool = False
    on_path: bool = False
    factors: tuple[Factor, ...] = ()

    @property
    def id(self) -> str:
        """What it is called in a picture."""
        return edge_id(self.source, self.target)


class Content(NamedTuple):
    """What is written into a graph: the values, the gradients, the paths to one gradient, `dL/dw11`."""

    values: bool = False
    gradients: bool = False
    why: str = ""


NOTHING_WRITTEN = Content()
"""Names and equations alone."""


class Graph(GraphMethods):
    """A network as a picture has it. `trace` says how what it carries is written.

    `nodes_are`: one of NODES. `nodes` stand in the order of their columns, and in the unit graph in the order in each.
    `columns`: what each is headed. `sample`: whose values these are, where the network has samples.
    """

    def __init__(
        self,
        trace: Trace,
        nodes_are: str,
        nodes: tuple[Node, ...],
        edges: tuple[Edge, ...],
        columns: tuple[Sentence, ...],
        content: Content,
        sample: int | None = None,
    ) -> None:
        self.trace = trace
        self.nodes_are = nodes_are
        self.nodes = nodes
        self.edges = edges
        self.columns = columns
        self.content = content
        self.sample = sample

    def __repr__(self) -> str:
        return f"<Graph of {self.trace.title or 'a network'}, {len(self.nodes)} nodes, {len(self.edges)} edges>"

    def with_parts(self, nodes: tuple[Node, ...], edges: tuple[Edge, ...]) -> Graph:
        """The graph with other nodes and edges."""
        return Graph(self.trace, self.nodes_are, nodes, edges, self.columns, self.content, self.sample)

    @cached_property
    def places(self) -> dict[str, str]:
        """The id of the node or edge that carries each quantity, by its name in the register."""
        edges = {each.name: edge.id for edge in self.edges[::-1] for each in edge.carries}
        return edges | {each.name: node.id for node in self.nodes for each in node.carries}

    @property
    def has_paths(self) -> bool:
        """Whether the paths to a gradient are drawn."""
        return bool(self.content.why)


def id_of(name: str) -> str:
    """A name as an id that any format takes: letters and digits of ASCII, and each other character by its number.

    >>> id_of("w11"), id_of("W1[1,2]")
    ('n_w11', 'n_W1_5b_1_2c_2_5d_')
    """
    return "n_" + "".join(char if char.isascii() and char.isalnum() else f"_{ord(char):x}_" for char in name)


def edge_id(source: str, target: str) -> str:
    """The id of the edge between two nodes, by theirs."""
    return f"e-{source}-{target}"
