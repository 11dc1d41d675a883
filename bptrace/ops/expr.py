"""The expression tree: what the equations, the gradients and every rule are made of.

A tree is plain data. Its leaves are `Name` (a whole quantity), `Leaf` (one element of a quantity, with
its value) and `Number` (a literal); its branches are `Call` (an operation named in the op table) and
`Cases` (different expressions on different ranges of a subject). Operators on trees build trees; the
only simplifications are that a literal factor 1 is dropped and literal factors are folded into one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bptrace.errors import Mark
from bptrace.numbers.arrays import Index, Shape, broadcast
from bptrace.numbers.enclosures import ONE, ZERO, Scalar
from bptrace.numbers.exact import Rational, is_decimal, rational


class ShapeError(ValueError):
    """Operands whose shapes do not go together: the text names the shapes; a second one says what would be right."""

    def __str__(self) -> str:
        return str(self.args[0])


class Expr:
    """A node of the tree; `shape` is `()`, `(n,)` or `(rows, columns)`."""

    __slots__ = ("shape",)
    shape: Shape

    def __add__(self, other: Operand) -> Expr:
        return plus([self, lift(other)])

    def __radd__(self, other: Operand) -> Expr:
        return plus([lift(other), self])

    def __sub__(self, other: Operand) -> Expr:
        return Call("-", (self, lift(other)))

    def __rsub__(self, other: Operand) -> Expr:
        return Call("-", (lift(other), self))

    def __mul__(self, other: Operand) -> Expr:
        return times([self, lift(other)])

    def __rmul__(self, other: Operand) -> Expr:
        return times([lift(other), self])

    def __truediv__(self, other: Operand) -> Expr:
        return Call("/", (self, lift(other)))

    def __rtruediv__(self, other: Operand) -> Expr:
        return Call("/", (lift(other), self))

    def __neg__(self) -> Expr:
        return Call("neg", (self,))

    def __pow__(self, exponent: int) -> Expr:
        return self if exponent == 1 else Call("^", (self, Number(Rational(exponent))))


Operand: TypeAlias = "Expr | int | str"


class Name(Expr):
    """A whole quantity, by the key it has in the register."""

    __slots__ = ("key",)

    def __init__(self, key: str, shape: Shape) -> None:
        self.key = key
        self.shape = shape


class Number(Expr):
    """A literal; one with a shape stands for an array filled with it.

    `decimal`: True for a constant that is known by its decimals, and prints as they are; False for one that is written
    as a fraction, and stays one beside decimals; None for one that prints as other numbers do.
    """

    __slots__ = ("decimal", "value")

    def __init__(self, value: Rational, shape: Shape = (), decimal: bool | None = None) -> None:
        self.value = value
        self.shape = shape
        self.decimal = decimal


class Leaf(Expr):
    """One element of a quantity: its name in the register and its exact value.

    `texts` keeps the printed value, in each of the ways it is bracketed, once a notation has made it.
    """

    __slots__ = ("name", "texts", "value")

    def __init__(self, name: str, value: Scalar) -> None:
        self.shape = ()
        self.name = name
        self.value = value
        self.texts: tuple[str, ...] | None = None


class Slot(Expr):
    """A place for a leaf, in a tree that stands for every element of a quantity at once.

    `number` counts the slots of the tree; `index` is read as in `symbolic_index`.
    """

    __slots__ = ("index", "key", "number")

    def __init__(self, key: str, index: Index, number: int) -> None:
        self.shape = ()
        self.key = key
        self.index = index
        self.number = number


class Lettered(Expr):
    """One element of a quantity at an index of letters: what a general form is made of."""

    __slots__ = ("key", "letters")

    def __init__(self, key: str, letters: tuple[str, ...]) -> None:
        self.shape = ()
        self.key = key
        self.letters = letters


class SumOver(Expr):
    """A sum of one body over every value of a letter."""

    __slots__ = ("body", "letter")

    def __init__(self, letter: str, body: Expr) -> None:
        self.shape = ()
        self.letter = letter
        self.body = body


def symbolic_index(shape: Shape) -> Index:
    """The index that stands for any: -1 for its first component, -2 for its second."""
    return tuple(-1 - axis for axis in range(len(shape)))


class Call(Expr):
    """An operation on arguments; `op` is its row in the op table.

    `extra` holds what is not an expression: the index of an indexing, the shape of a spread.
    `mark` is where the operation stands in the file, where it stands in one.
    `known`: of a long one, a precision, and what has been asked of it at that, its value first of all.
    `meaning`: of a function that has been looked into, its definition over the arguments; `inner`: the nodes of that
    definition over names.
    """

    __slots__ = ("args", "extra", "inner", "known", "mark", "meaning", "op")
    known: tuple[int, dict[object, object]]
    meaning: Expr
    inner: tuple[Expr, ...]

    def __init__(
        self,
        op: str,
        args: tuple[Expr, ...],
        shape: Shape | None = None,
        extra: tuple[int, ...] = (),
        mark: Mark | None = None,
    ) -> None:
        self.op = op
        self.args = args
        self.shape = common_shape(args) if shape is None else shape
        self.extra = extra
        self.mark = mark


class Branch(NamedTuple):
    """One case: `low relation subject relation high` gives `value`; an absent bound is None."""

    low: tuple[Expr, str] | None
    high: tuple[str, Expr] | None
    value: Expr


class FunctionAt(NamedTuple):
    """A function by its title, its slope with a prime, and where it is taken: `abs`, `hardtanh'`, `ReLU'(0)`."""

    title: str
    at: int | None = None


Kink: TypeAlias = tuple[str | int | FunctionAt, ...]
"""What is taken where a slope jumps, as words, numbers and functions."""


class Cases(Expr):
    """Different expressions on different ranges of `subject`; the branches cover every value.

    `kink` names what is taken at a bound where the slope jumps, for the register to say so.
    """

    __slots__ = ("branches", "kink", "subject")

    def __init__(self, subject: Expr, branches: Sequence[Branch], kink: Kink = ()) -> None:
        self.subject = subject
        self.branches = tuple(branches)
        self.kink = kink
        parts = [part for branch in self.branches for part in branch_parts(branch)]
        self.shape = common_shape([subject, *parts])


class Taken(Number):
    """The 0 that is taken where an operation has no value by itself: `subject` is exactly 0 there, `kink` says why."""

    __slots__ = ("kink", "subject")

    def __init__(self, subject: Expr, kink: Kink) -> None:
        super().__init__(ZERO)
        self.subject = subject
        self.kink = kink


NOTHING = Number(ZERO)
"""The element of a path that does not exist; it is dropped from sums. Compared by identity."""


def common_shape(parts: Sequence[Expr]) -> Shape:
    """The shape that several expressions broadcast to, by NumPy's rules. Raises ShapeError naming the shapes.

    >>> common_shape([Name("w", (2, 3)), Name("b", (3,))])
    (2, 3)
    """
    shape = broadcast(*(part.shape for part in parts))
    if shape is None:
        raise ShapeError(" and ".join(shape_text(part.shape) for part in parts))
    return shape


def shape_text(shape: Shape) -> str:
    """How a shape reads.

    >>> shape_text(()), shape_text((2,)), shape_text((2, 3))
    ('a scalar', 'a vector of 2', 'a 2x3 matrix')
    """
    if not shape:
        return "a scalar"
    return f"a vector of {shape[0]}" if len(shape) == 1 else f"a {shape[0]}x{shape[1]} matrix"


def lift(operand: Operand) -> Expr:
    """An operand as a tree: ints and literal texts become numbers. Raises ValueError where a text is no number.

    >>> print(lift("1/2").value, lift("0.1").value)
    1/2 1/10
    """
    if isinstance(operand, Expr):
        return operand
    text = str(operand)
    return Number(rational(text), (), is_decimal(text) or (False if "/" in text else None))


def above(low: Operand, value: Operand, *, strict: bool = True) -> Branch:
    """The case `subject > low`; where not `strict`, `subject >= low`."""
    return Branch((lift(low), "<" if strict else "<="), None, lift(value))


def below(high: Operand, value: Operand, *, strict: bool = False) -> Branch:
    """The case `subject <= high`; where `strict`, `subject < high`."""
    return Branch(None, ("<" if strict else "<=", lift(high)), lift(value))


def between(low: Operand, high: Operand, value: Operand, *, strict: bool = True) -> Branch:
    """The case `low < subject < high`; where not `strict`, with `<=` on both sides."""
    relation = "<" if strict else "<="
    return Branch((lift(low), relation), (relation, lift(high)), lift(value))


def children(expr: Expr) -> tuple[Expr, ...]:
    """The trees directly below a node."""
    if isinstance(expr, Call):
        return expr.args
    if isinstance(expr, Cases):
        return (expr.subject, *(part for branch in expr.branches for part in branch_parts(branch)))
    return (expr.body,) if isinstance(expr, SumOver) else ()


def branch_parts(branch: Branch) -> list[Expr]:
    """The trees of one case: its bounds, then its value."""
    bounds = [bound for bound in (branch.low and branch.low[0], branch.high and branch.high[1]) if bound]
    return [*bounds, branch.value]


def rebuilt(expr: Expr, parts: Sequence[Expr]) -> Expr:
    """The node over other children, in the order `children` gives them; its shape follows theirs."""
    if isinstance(expr, Call):
        same = [part.shape for part in parts] == [arg.shape for arg in expr.args]
        return Call(expr.op, tuple(parts), expr.shape if same else None, expr.extra, expr.mark)
    if isinstance(expr, Cases):
        rest = iter(parts)
        return Cases(next(rest), [_rebuilt_branch(branch, rest) for branch in expr.branches], expr.kink)
    return SumOver(expr.letter, *parts) if isinstance(expr, SumOver) else expr


def _rebuilt_branch(branch: Branch, parts: Iterator[Expr]) -> Branch:
    low = (next(parts), branch.low[1]) if branch.low else None
    high = (branch.high[0], next(parts)) if branch.high else None
    return Branch(low, high, next(parts))


def nodes(expr: Expr) -> Iterator[Expr]:
    """Every node of the tree, the root first."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Call):  # as most are: a look at `children` for each takes longer
            waiting.extend(node.args[::-1])
        else:
            waiting.extend(reversed(children(node)))


def node_count(expr: Expr) -> int:
    """How many nodes a tree has."""
    return sum(1 for _ in nodes(expr))


def names(expr: Expr) -> dict[str, Name]:
    """The quantities that the tree reads, by key, in order of appearance."""
    return {node.key: node for node in nodes(expr) if isinstance(node, Name)}


def reads_one_of(expr: Expr, keys: Collection[str]) -> bool:
    """Whether the tree reads one of these quantities, by their keys."""
    return any(isinstance(node, Name) and node.key in keys for node in nodes(expr))


def leaf_names(expr: Expr) -> tuple[str, ...]:
    """The names of the elements that a tree reads, each once, in order of appearance."""
    return tuple(dict.fromkeys(node.name for node in nodes(expr) if isinstance(node, Leaf)))


def number(expr: Expr) -> Rational | None:
    """The value of a literal, or None for any other tree."""
    return expr.value if isinstance(expr, Number) else None


def plus(arguments: Sequence[Expr]) -> Expr:
    """The sum of the arguments as one operation; a single one stands alone. Raises ShapeError."""
    return arguments[0] if len(arguments) == 1 else Call("+", tuple(arguments))


def times(arguments: Sequence[Expr]) -> Expr:
    """The product of the arguments as one operation, with the shape they broadcast to. Raises ShapeError.

    Nested products are joined, literal factors folded where the first one stands, and a literal 1 is dropped.

    >>> x, y = Name("x", ()), Name("y", ())
    >>> half, made = lift("1/2"), times([lift(2), x, times([lift(3), y])])
    >>> [getattr(part, "key", "") or str(part.value) for part in factors(made)]
    ['6', 'x', 'y']
    >>> times([lift(2), x, half]) is x
    True
    """
    flat = [part for argument in arguments for part in factors(argument)]
    shape = common_shape(flat)
    literals = [factor for factor in flat if type(factor) is Number]
    coefficient = ONE
    for literal in literals:
        coefficient = coefficient * literal.value
    kept: list[Expr] = []
    for factor in flat:
        if type(factor) is not Number:
            kept.append(factor)
        elif factor is literals[0] and coefficient != ONE:
            kept.append(factor if len(literals) == 1 else Number(coefficient, (), _as_written(literals)))
    if all(type(factor) is Number for factor in kept):
        return Number(coefficient, shape, _as_written(literals))
    product = kept[0] if len(kept) == 1 else Call("*", tuple(kept))
    return spread_to(product, shape)


def _as_written(literals: Sequence[Number]) -> bool | None:
    """How a product of literals is written: as the parts that are no whole numbers are, a fraction if all of them."""
    parted = [literal.decimal for literal in literals if literal.decimal or literal.value.q != 1]
    return any(parted) or (False if parted and None not in parted else None)


def depth(expr: Expr) -> int:
    """How many operations stand inside one another."""
    level, deep = [expr], 0
    while level:
        level = [part for node in level for part in children(node)]
        deep += 1
    return deep


def terms(tree: Expr) -> tuple[Expr, ...]:
    """The terms of a sum that `plus` has made; any other tree is its own only term."""
    return tree.args if isinstance(tree, Call) and tree.op == "+" else (tree,)


def factors(tree: Expr) -> list[Expr]:
    """The factors of a product that `times` has made, nested ones opened; any other tree is its own only factor."""
    if isinstance(tree, Call) and tree.op == "*":
        return [factor for arg in tree.args for factor in factors(arg)]
    return [tree]


def spread_to(expr: Expr, shape: Shape) -> Expr:
    """The expression repeated over a larger shape that it broadcasts to: a copy for each sample, say."""
    if expr.shape == shape:
        return expr
    if isinstance(expr, Number):
        return Number(expr.value, shape, expr.decimal)
    return Call("spread", (expr,), shape, expr.shape)


def gather_to(expr: Expr, shape: Shape) -> Expr:
    """The expression summed over the axes that broadcasting from `shape` adds: the gradient of `spread_to`."""
    return expr if expr.shape == shape else Call("gather", (expr,), shape, expr.shape)


def substitute(expr: Expr, replacements: Mapping[str, Expr]) -> Expr:
    """The tree with quantities replaced by key; an elementwise tree takes the shapes of what is put in."""
    if isinstance(expr, Name):
        return replacements.get(expr.key, expr)
    parts = [substitute(part, replacements) for part in children(expr)]
    return rebuilt(expr, parts) if parts else expr
