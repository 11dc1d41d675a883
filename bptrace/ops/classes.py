"""Rows of the op table: what a target chooses among scores, by a class number or as a distribution over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bptrace.numbers.arrays import Index, Shape, Value, array, at, entries, indices
from bptrace.numbers.digits import exact_numeral
from bptrace.numbers.enclosures import ZERO, OutOfDomainError, Scalar, is_enclosure
from bptrace.numbers.exact import UNKNOWN, whole
from bptrace.ops import layout
from bptrace.ops.elementwise import Expander, Kernel
from bptrace.ops.expr import NOTHING, Call, Expr, Leaf, Number, ShapeError, shape_text
from bptrace.ops.op import Op, moves

CLASSES = "classes are counted from 1, in the order of the scores"
MOST_CHOICES = 250
"""A spreadsheet chooses among 254 at most."""
PROBABILITIES = "a probability for each class, as in [1/4, 3/4, 0], or the number of a class"


def _class_index(value: Scalar, count: int) -> int:
    """The 0-based index of a class that is counted from 1. Raises OutOfDomainError."""
    number = whole(value)
    if number is None or not 1 <= number <= count:
        shown = exact_numeral(value, False).text if not is_enclosure(value) else "an enclosure"
        raise OutOfDomainError(f"the target {shown} is no class number from 1 to {count}", CLASSES)
    return number - 1


def _class_indices(value: Value, shape: Shape, scores: Shape) -> list[Index]:
    """The place of each target's class among the scores: one, or one a row."""
    found = [_class_index(item, scores[-1]) for item in entries(value, shape)]
    return [(row, column) for row, column in enumerate(found)] if shape else [(found[0],)]


def _pick_shape(shapes: Sequence[Shape]) -> Shape:
    scores, target = shapes
    if not scores or target != scores[:-1]:
        raise ShapeError(f"{shape_text(scores)} and {shape_text(target)}", "a vector has one class, a matrix one a row")
    return target


def _pick_kernel(node: Call) -> Kernel:
    scores, target = (arg.shape for arg in node.args)

    def pick(value: Value, classes: Value) -> Value:
        places = _class_indices(classes, target, scores)
        return array(target, [at(value, place) for place in places])

    return pick


def _class_at(tree: Expr, count: int) -> int:
    """The class that the element of a target names."""
    return _class_index(tree.value if isinstance(tree, Leaf | Number) else ZERO, count)


def _pick_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """The element that the target names."""
    scores, target = args
    count = node.args[0].shape[-1]
    return lambda index: scores((*index, _class_at(target(index), count)))


def _picked(*parts: Scalar) -> Scalar:
    """Of a row of scores the one that the target names, which stands behind them."""
    return parts[_class_index(parts[-1], len(parts) - 1)]


def _choose(args: Sequence[str], apart: Callable[[str], str]) -> str:
    """A spreadsheet's choice, among many so many at a time; a number's is known."""
    *options, place = args
    if place.isdigit():
        return options[int(place) - 1]
    first = f"CHOOSE({','.join([place, *options[:MOST_CHOICES]])})"
    if len(options) <= MOST_CHOICES:
        return first
    others = _choose([*options[MOST_CHOICES:], f"({place}-{MOST_CHOICES})"], apart)
    return f"IF({place}<={MOST_CHOICES},{apart(first)},{apart(others)})"


def _pick_general(node: Call, args: Sequence[Expander]) -> Expander:
    """The choice among a row of scores."""
    scores, target = args
    places = range(node.args[0].shape[-1])
    return lambda index: Call("pick", (*[scores((*index, place)) for place in places], target(index)), ())


def _unpick_kernel(node: Call) -> Kernel:
    """Zeros with the upstream gradient put in where the target says: the transpose of picking."""
    shape, target = node.shape, node.args[1].shape

    def unpick(upstream: Value, classes: Value) -> Value:
        places = _class_indices(classes, target, shape)
        held = dict(zip(places, entries(upstream, target), strict=True))
        return array(shape, [held.get(place, ZERO) for place in indices(shape)])

    return unpick


def _unpick_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """The upstream gradient at the target's class; elsewhere there is no path."""
    upstream, target = args
    count = node.shape[-1]

    def expand(index: Index) -> Expr:
        row = index[:-1]
        return upstream(row) if _class_at(target(row), count) == index[-1] else NOTHING

    return expand


def _unpick_general(node: Call, args: Sequence[Expander]) -> Expander:
    """The choice of the upstream gradient at its own class, and of 0 at every other."""
    upstream, target = args
    places = range(node.shape[-1])

    def expand(index: Index) -> Expr:
        row = index[:-1]
        return Call("pick", (*[upstream(row) if i == index[-1] else NOTHING for i in places], target(row)), ())

    return expand


def _of_pick(upstream: Expr, node: Call, out: Expr) -> Sequence[Expr | None]:
    return [Call("unpick", (upstream, node.args[1]), node.args[0].shape), None]


def is_distribution(scores: Expr, target: Expr) -> bool:
    """Whether the target has a number for every class, rather than one class number a row."""
    return bool(target.shape) and target.shape == scores.shape


def _distribution_kernel(node: Call) -> Kernel:
    shape = node.shape

    def checked(value: Value) -> Value:
        items, width = entries(value, shape), shape[-1]
        for start in range(0, len(items), width):
            _check_distribution(items[start : start + width])
        return value

    return checked


def _check_distribution(items: Sequence[Scalar]) -> None:
    """Raise OutOfDomainError where a row of a target is not exact, has a negative number or does not sum to 1."""
    if any(map(is_enclosure, items)):
        raise OutOfDomainError("the target is not exact", "write -sum(y*log_softmax(z)) for such a target")
    if any(item < 0 for item in items):
        raise OutOfDomainError("the target has a negative probability", PROBABILITIES)
    if sum(items, ZERO) != 1:
        message = f"the target sums to {exact_numeral(sum(items, ZERO), False).text}, not to 1"
        raise OutOfDomainError(message, PROBABILITIES)


def _distribution_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """The element itself, of a row that sums to 1."""
    (target,) = args

    def expand(index: Index) -> Expr:
        row = [target((*index[:-1], place)) for place in range(node.shape[-1])]
        items = [part.value for part in row if isinstance(part, Leaf | Number)]
        if not any(item is UNKNOWN for item in items):
            _check_distribution(items)
        return row[index[-1]]

    return expand


def _of_distribution(item: Scalar, *row: Scalar) -> Scalar:
    """A number of a row that sums to 1."""
    _check_distribution(row)
    return item


def _distribution_general(node: Call, args: Sequence[Expander]) -> Expander:
    """The element and its whole row, to be checked."""
    (target,) = args
    places = range(node.shape[-1])
    return lambda i: Call("distribution", (target(i), *[target((*i[:-1], place)) for place in places]), ())


def _less_one_kernel(node: Call) -> Kernel:
    shape, target = node.shape, node.args[1].shape

    def kernel(value: Value, classes: Value) -> Value:
        chosen = set(_class_indices(classes, target, shape))
        return array(
            shape, [x - 1 if i in chosen else x for i, x in zip(indices(shape), entries(value, shape), strict=True)]
        )

    return kernel


def _less_one_expand(node: Call, args: Sequence[Expander]) -> Expander:
    """p1-1 for the target's class, p1 for another."""
    p, target = args
    count = node.shape[-1]

    def expand(index: Index) -> Expr:
        chosen = _class_at(target(index[:-1]), count) == index[-1]
        return p(index) - 1 if chosen else p(index)

    return expand


def _less_one_general(node: Call, args: Sequence[Expander]) -> Expander:
    """The choice of p1-1 at its own class, and of p1 at every other."""
    p, target = args
    places = range(node.shape[-1])

    def expand(index: Index) -> Expr:
        choices = [p(index) - 1 if place == index[-1] else p(index) for place in places]
        return Call("pick", (*choices, target(index[:-1])), ())

    return expand


ROWS = (
    moves(
        "pick",
        _pick_kernel,
        _pick_expand,
        _of_pick,
        layout=layout.picked,
        shape=_pick_shape,
        regular=False,
        scalar=_picked,
        cell=_choose,
        general=_pick_general,
    ),
    moves("unpick", _unpick_kernel, _unpick_expand, regular=False, reads_values=True, general=_unpick_general),
    moves(
        "distribution",
        _distribution_kernel,
        _distribution_expand,
        lambda upstream, node, out: [upstream],
        layout=layout.as_it_is,
        regular=False,
        scalar=_of_distribution,
        general=_distribution_general,
    ),
    Op(
        "less one",
        layout=layout.less_one,
        kernel=_less_one_kernel,
        expand=_less_one_expand,
        general=_less_one_general,
        regular=False,
        reads_values=True,
    ),
)
