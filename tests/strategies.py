"""Hypothesis strategies: exact numbers, trees of single elements, and whole networks as YAML text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import bptrace
from bptrace.numbers.arrays import Shape, broadcast, indices, size
from bptrace.numbers.exact import Rational, fraction
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number, Slot, above, below, between, children, nodes, rebuilt


def examples(count: int) -> settings:
    """So many examples."""
    return settings(max_examples=count)


def rationals(limit: int = 30) -> SearchStrategy[Rational]:
    """Exact numbers: whole ones, decimals that end and fractions that do not."""
    return st.builds(Rational, st.integers(-limit, limit), st.sampled_from([1, 1, 1, 2, 3, 4, 5, 7, 10, 12]))


def literals() -> SearchStrategy[str]:
    """Numbers as a file writes them."""
    wholes = st.integers(-4, 4).map(str)
    decimals = st.sampled_from(["0.5", "-0.25", ".5", "2.", "1e-1", "-1.5e0", "0.3", "-0.1"])
    fractions = st.sampled_from(["1/3", "-5/4", "1/2", "7/10"])
    return st.one_of(wholes, wholes, decimals, fractions)


# Trees of single elements

ELEMENTS = ("x", "z1", "z1[2]", "W1[1,2]", "dL/dw11", "dL/dw1", "ReLU'(z1)", "w11_new", "mean_x", "θ")


class Tree(NamedTuple):
    """A tree, and the value of every name that it may read."""

    expr: Expr
    names: Mapping[str, Fraction]


def trees(cases: bool = True) -> SearchStrategy[Tree]:
    """A tree over the scalar operations in which nothing divides by zero."""
    return (_TREES_WITH_CASES if cases else _TREES).map(_named)


def _named(expr: Expr) -> Tree:
    """The tree with leaves of equal values under one name."""
    leaves = [node for node in nodes(expr) if isinstance(node, Leaf)]
    values = list(dict.fromkeys(leaf.value for leaf in leaves))
    names = dict(zip(values, [*ELEMENTS, *(f"x{n}" for n in range(len(values)))], strict=False))
    for leaf in leaves:
        leaf.name = names[leaf.value]
    return Tree(expr, {name: fraction(value) for value, name in names.items()})


def emptied(expr: Expr) -> tuple[Expr, list[Leaf]]:
    """The tree with a slot in place of each leaf, and the leaves."""
    leaves: list[Leaf] = []

    def walk(part: Expr) -> Expr:
        if isinstance(part, Leaf):
            leaves.append(part)
            return Slot(part.name, (), len(leaves) - 1)
        return rebuilt(part, [walk(child) for child in children(part)])

    return walk(expr), leaves


def _calls(parts: SearchStrategy[Expr]) -> SearchStrategy[Expr]:
    several = st.lists(parts, min_size=1, max_size=4)
    many = several.filter(lambda args: len(args) > 1)
    return st.one_of(
        st.builds(_call, st.sampled_from("+*"), many),
        st.builds(_call, st.sampled_from(["-", "max", "min"]), st.lists(parts, min_size=2, max_size=2)),
        st.builds(_call, st.sampled_from(["neg", "abs", "sign", "step"]), st.lists(parts, min_size=1, max_size=1)),
        st.builds(
            _call, st.sampled_from(["max of all", "min of all", "count_max", "count_min", "argmax of windows"]), several
        ),
        st.builds(lambda top, bottom: _call("/", [top, _unless_zero(bottom)]), parts, parts),
        st.builds(_power, parts, st.integers(-2, 3)),
    )


def _with_cases(parts: SearchStrategy[Expr]) -> SearchStrategy[Expr]:
    gates = st.builds(lambda subject: Cases(subject, [above(0, 1), below(0, 0)]), parts)
    boxes = st.builds(
        lambda subject: Cases(subject, [between(-1, 1, 1), above(1, 0, strict=False), below(-1, 0)]), parts
    )
    bits = st.integers(0, 1)
    almost_gates = st.builds(
        lambda subject, at, one, other, strict: Cases(
            subject, [above(at, one, strict=strict), below(at, other, strict=not strict)]
        ),
        *(parts, st.integers(-1, 1), bits, bits, st.booleans()),
    )
    halves = st.builds(lambda subject, at, *values: _pieces(subject, at, values), parts, parts, parts, parts)
    three = st.builds(_three_pieces, parts, parts, parts, parts)
    return st.one_of(_calls(parts), gates, boxes, almost_gates, halves, three)


def _call(op: str, args: list[Expr]) -> Expr:
    return Call(op, tuple(args), ())


def _unless_zero(expr: Expr) -> Expr:
    return expr if evaluate(expr) else Number(Rational(-3))


def _power(base: Expr, exponent: int) -> Expr:
    return _call("^", [_unless_zero(base) if exponent < 0 else base, Number(Rational(exponent))])


def _pieces(subject: Expr, at: Expr, values: tuple[Expr, ...]) -> Expr:
    return Cases(subject, [above(at, values[0]), below(at, values[1])])


def _three_pieces(subject: Expr, low: Expr, inside: Expr, beyond: Expr) -> Expr:
    high = Number(evaluate(low) + 2)
    return Cases(subject, [between(low, high, inside, strict=False), above(high, beyond), below(low, 1, strict=True)])


_SMALLEST = rationals().map(lambda value: Leaf("", value)) | rationals(9).map(Number)
_TREES = st.recursive(_SMALLEST, _calls, max_leaves=10)
_TREES_WITH_CASES = st.recursive(_SMALLEST, _with_cases, max_leaves=10)


# Networks

GIVEN_NAMES = ("x", "w", "v", "b", "x1", "w12", "W1", "b1", "c", "theta_0", "α", "p")
FORWARD_NAMES = ("z", "h", "u", "z1", "h2", "s", "yhat", "q")
ACTIVATIONS = ("relu", "hardtanh", "hardsigmoid", "identity", "square", "abs")
REDUCTIONS = ("sum", "mean", "max", "min")
LOSSES = (
    "squared_error({}, {})",
    "half_squared_error({}, {})",
    "mean_squared_error({}, {})",
    "absolute_error({}, {})",
    "hinge({}, {})",
    "huber({}, {})",
    "huber({}, {}, 1/2)",
)


class Term(NamedTuple):
    """The text of an operand and the shape that it has."""

    text: str
    shape: Shape


CONSTANTS = [Term("2", ()), Term("(1 - 3/2)", ())]
LARGEST = 24
"""How many elements an array of a network may have: what is worked out and read grows with their square."""
MOST = 12
"""How many elements what is joined, multiplied out or convolved may have."""

BEYOND = {
    "relu": ("sigmoid", "tanh", "softplus", "silu", "gelu", "relu"),
    "hardtanh": ("elu", "selu", "tanh", "sin", "erf"),
    "hardsigmoid": ("sigmoid", "mish", "softsign", "logsigmoid"),
    "identity": ("gelu_tanh", "cos", "identity"),
    "mean": ("var", "logsumexp", "mean"),
    "squared_error": ("bce_with_logits", "log_cosh", "squared_error"),
}
"""Functions that leave the rationals, by those in whose place they can stand."""


@st.composite
def real_networks(draw: DrawFn) -> str:
    """A network file that reads, in which some functions leave the rationals."""
    text = draw(networks())
    shapes = {given.key: given.shape for given in bptrace.loads(text).givens}
    vectors = [key for key, shape in shapes.items() if len(shape) == 1 and key != "y"]
    matrices = [key for key, shape in shapes.items() if len(shape) == 2 and key != "y"]
    more = [form.format(draw(st.sampled_from(vectors))) for form in draw(st.lists(_OF_VECTORS, max_size=2)) if vectors]
    more += [
        form.format(draw(st.sampled_from(matrices))) for form in draw(st.lists(_OF_MATRICES, max_size=2)) if matrices
    ]
    text = re.sub(r"(?m)^(loss: .*)$", lambda line: " + ".join([line.group(), *more]), text)
    names = re.compile(rf"\b({'|'.join(BEYOND)})(?=\()")
    return names.sub(lambda found: draw(st.sampled_from(BEYOND[found.group()])), text)


_OF_VECTORS = st.sampled_from(
    ["cross_entropy({}, 1)", "sum(softmax({0})*{0})", "nll(log_softmax({}), 1)", "sum(layer_norm({0})*{0}^2)"]
)
_OF_MATRICES = st.sampled_from(["sum(softmax({0}, 1)*{0})", "sum(layer_norm({0}, 1/10)*{0})"])


@st.composite
def networks(draw: DrawFn) -> str:
    """A network file that reads and works out: scalars, vectors, matrices, names used many times."""
    given_names = draw(st.lists(st.sampled_from(GIVEN_NAMES), min_size=2, max_size=5, unique=True))
    known = [Term(name, draw(_shapes)) for name in given_names]
    known.append(Term("y", draw(st.sampled_from([(), known[0].shape, known[-1].shape]))))
    values = [f"  {term.text}: {draw(_arrays(term.shape))}" for term in known]
    inputs = draw(st.integers(0, len(values) - 2))
    lines = ["input:", *values[:inputs]] if inputs else []
    lines += ["weights:", *values[inputs:-1], "target:", values[-1]]
    forward_names = draw(st.lists(st.sampled_from(FORWARD_NAMES), max_size=4, unique=True))
    for name in forward_names:
        term = draw(_expressions(known, 2))
        lines += ["forward:"] * (name == forward_names[0]) + [f"  {name}: {term.text}"]
        known.append(Term(name, term.shape))
    lines.append(f"loss: {draw(_losses(known))}")
    lines.append("gradients: [weights, input]" if inputs and draw(st.booleans()) else "gradients: weights")
    lines += ["update: {rule: sgd, lr: 1/10}"] * draw(st.booleans())
    return "\n".join(lines) + "\n"


_sizes = st.sampled_from([1, 2, 2, 3])
_shapes = st.one_of(
    st.just(()), st.tuples(_sizes), st.tuples(_sizes), st.tuples(_sizes, _sizes), st.sampled_from([(10,), (1, 11)])
)


def _arrays(shape: Shape) -> SearchStrategy[str]:
    if not shape:
        return literals()
    rows = _arrays(shape[1:])
    return st.lists(rows, min_size=shape[0], max_size=shape[0]).map(lambda items: f"[{', '.join(items)}]")


@st.composite
def _losses(draw: DrawFn, known: list[Term]) -> str:
    """One to three scalars added; the first reads the last definition."""
    subjects = [known[-1], *draw(st.lists(st.sampled_from(known), max_size=2))]
    return " + ".join(draw(_loss(subject, known)) for subject in subjects)


@st.composite
def _loss(draw: DrawFn, subject: Term, known: list[Term]) -> str:
    if draw(st.booleans()):
        return f"{draw(st.sampled_from(REDUCTIONS))}({subject.text})"
    targets = [term.text for term in known if term.shape == subject.shape]
    target = draw(literals() | st.sampled_from(targets) if targets else literals())
    return draw(st.sampled_from(LOSSES)).format(subject.text, target)


@st.composite
def _expressions(draw: DrawFn, known: list[Term], depth: int) -> Term:
    """An operation on operands that are names or, further in, operations."""
    operand = draw(st.sampled_from(known)) if depth == 1 or draw(st.booleans()) else None
    one = operand or _bracketed(draw(_expressions(known, depth - 1)))
    kinds = [_activation, _activation, _product, _product, _arithmetic, _choice, _quotient, _part, _windows, _moved]
    return draw(draw(st.sampled_from(kinds))(one, known))


def _bracketed(term: Term) -> Term:
    return Term(f"({term.text})", term.shape)


def _partner(one: Term, known: list[Term]) -> SearchStrategy[Term]:
    """Another operand that broadcasts with the first."""
    joint = [(term, broadcast(one.shape, term.shape)) for term in known]
    return st.sampled_from([term for term, shape in joint if shape is not None and size(shape) <= LARGEST] + CONSTANTS)


def _joint(one: Term, two: Term) -> Shape:
    shape = broadcast(one.shape, two.shape)
    assert shape is not None
    return shape


@st.composite
def _activation(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    if draw(st.integers(0, 3)) == 0:
        slope = draw(_partner(one, known) | st.just(Term("0.1", ())))
        return Term(f"leaky_relu({one.text}, {slope.text})", _joint(one, slope))
    return Term(f"{draw(st.sampled_from(ACTIVATIONS))}({one.text})", one.shape)


@st.composite
def _product(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    """A matrix product where one fits, with a bias where one broadcasts."""
    fitting = [term for term in known if one.shape and term.shape and one.shape[-1] == term.shape[0]]
    fitting = [term for term in fitting if size(one.shape[:-1] + term.shape[1:]) <= LARGEST]
    if not fitting:
        return draw(_arithmetic(one, known))
    two = draw(st.sampled_from(fitting))
    made = Term(f"{one.text}@{two.text}", one.shape[:-1] + two.shape[1:])
    return draw(_biased(made, known))


@st.composite
def _biased(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    bias = draw(_partner(one, known))
    return Term(f"{one.text} + {bias.text}", _joint(one, bias))


@st.composite
def _arithmetic(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    two = draw(_partner(one, known))
    form = draw(st.sampled_from(["{} + {}", "{} - {}", "{}*{}", "{}*{}*3", "-{}*{}", "2 - {} + {}", "-({} - {})"]))
    return Term(form.format(one.text, two.text), _joint(one, two))


@st.composite
def _choice(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    if draw(st.booleans()):
        return Term(f"{draw(st.sampled_from(REDUCTIONS))}({one.text})", ())
    two = draw(_partner(one, known))
    if len(one.shape) == 1 and one.shape == two.shape and draw(st.booleans()):
        return Term(f"dot({one.text}, {two.text})", ())
    return Term(f"{draw(st.sampled_from(['max', 'min']))}({one.text}, {two.text})", _joint(one, two))


@st.composite
def _quotient(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    """A quotient or a power with nothing to divide by that could be zero."""
    two = draw(_partner(one, known))
    form = draw(
        st.sampled_from(["{}/({}^2 + 1)", "{} + ({}^2 + 1)^-1", "{}/3 - 1/({}^2 + 2)", "{}^2 + {}^3", "{}^0*{}"])
    )
    return Term(form.format(one.text, two.text), _joint(one, two))


@st.composite
def _part(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    if not one.shape:
        return draw(_activation(one, known))
    if draw(st.booleans()):
        return Term(f"{one.text}.T", one.shape[::-1])
    index = draw(st.sampled_from(list(indices(one.shape))))[: draw(st.integers(1, len(one.shape)))]
    return Term(f"{one.text}[{','.join(str(i + 1) for i in index)}]", one.shape[len(index) :])


@st.composite
def _windows(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    """A convolution with an array of the same rank where one fits, or a pooling."""
    if not one.shape:
        return draw(_activation(one, known))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    padded = [n + 2 * padding for n in one.shape]
    kernels = [term for term in known if len(term.shape) == len(one.shape) and _within(term.shape, padded)]
    if draw(st.booleans()) and kernels:
        kernel = draw(st.sampled_from(kernels))
        made = _places(padded, kernel.shape, stride)
        if size(made) <= MOST:
            return Term(f"conv{len(made)}d({one.text}, {kernel.text}, {stride}, {padding})", made)
    width = draw(st.integers(1, min(3, *one.shape)))
    settings, step = draw(st.sampled_from([(f"{width}", width), (f"{width}, {stride}", stride)]))
    function = draw(st.sampled_from(["max_pool", "avg_pool"]))
    return Term(f"{function}({one.text}, {settings})", _places(one.shape, (width,) * len(one.shape), step))


def _within(window: Sequence[int], lengths: Sequence[int]) -> bool:
    return all(m <= n for m, n in zip(window, lengths, strict=True))


def _places(lengths: Sequence[int], window: Shape, stride: int) -> Shape:
    return tuple(len(range(0, n - m + 1, stride)) for n, m in zip(lengths, window, strict=True))


@st.composite
def _moved(draw: DrawFn, one: Term, known: list[Term]) -> Term:
    """The same elements in another shape, joined with others, or each with each."""
    two = draw(st.sampled_from(known))
    count, vectors = size(one.shape), len(one.shape) == len(two.shape) == 1
    forms = [Term(f"flatten({one.text})", (count,)), Term(f"reshape({one.text}, {count}, 1)", (count, 1))]
    if one.shape[1:] == two.shape[1:] and count + size(two.shape) <= MOST:
        lines = sum(shape[0] if shape else 1 for shape in (one.shape, two.shape))
        forms.append(Term(f"concat({one.text}, {two.text})", (lines, *one.shape[1:])))
    if vectors and count * size(two.shape) <= MOST:
        forms.append(Term(f"outer({one.text}, {two.text})", one.shape + two.shape))
    return draw(st.sampled_from(forms))
