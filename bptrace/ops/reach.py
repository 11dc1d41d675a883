"""How far a rule reaches: the ranges of its value where each number in it is anywhere in a range of its own.

Two uses of one number are two numbers here, so a rule that reads one twice may be told to reach farther than it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from math import prod
from typing import TypeAlias, cast

from bptrace.numbers.enclosures import ONE, Scalar
from bptrace.numbers.intervals import FAILURES, Interval, Pieces, Reach, by_enclosures, hull, merged, point, rising
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Number, leaf_names, nodes
from bptrace.ops.table import OPS

Numbers: TypeAlias = Callable[[str], Pieces]
"""(name of a leaf) gives the ranges that it is anywhere in."""
Blur: TypeAlias = Callable[[Interval], Interval]
"""(range of a part of a rule) gives the range of what is written down for it before it is used."""
COMBINED = 64
"""Of more ways to choose a piece for each argument than this, the arguments are taken whole."""


def reach(tree: Expr, numbers: Numbers, blur: Blur | None = None) -> Pieces:
    """The ranges of a rule's value. `blur`: what is done to each part of it, but not to the whole.

    Raises NoIntervalError, ZeroDivisionError, OutOfDomainError, UndecidedError where it may be anything.

    >>> from bptrace.numbers.exact import Rational
    >>> near_2 = Interval(Rational(19, 10), Rational(21, 10))
    >>> found = reach(2 * Leaf("w", Rational(2)) - 1, lambda name: (near_2,))
    >>> [f"{item.low} to {item.high}" for item in found]
    ['14/5 to 16/5']
    """
    if isinstance(tree, Leaf):
        return numbers(tree.name)
    if isinstance(tree, Number):
        return (Interval(tree.value, tree.value),)
    if isinstance(tree, Cases):
        return merged(_of_cases(tree, numbers, blur))
    call = cast(Call, tree)
    # a leaf is looked up here, which takes a rule two thirds of the time
    args = [numbers(arg.name) if type(arg) is Leaf else _part(arg, numbers, blur) for arg in call.args]
    function = _reach_of(call.op)
    if max(map(len, args), default=1) == 1:
        return function([pieces[0] for pieces in args])
    if prod(map(len, args)) > COMBINED:
        args = [(hull(pieces),) for pieces in args]
    return merged(item for chosen in product(*args) for item in function(chosen))


def _part(arg: Expr, numbers: Numbers, blur: Blur | None) -> Pieces:
    found = reach(arg, numbers, blur)
    return found if blur is None or isinstance(arg, Number) else tuple(map(blur, found))


_REACHES: dict[str, Reach] = {}


def _reach_of(op: str) -> Reach:
    if op not in _REACHES:
        row = OPS[op]
        scalar = cast("Callable[..., Scalar]", row.scalar)
        _REACHES[op] = row.reach or (rising if row.rising else by_enclosures)(scalar)
    return _REACHES[op]


def _of_cases(cases: Cases, numbers: Numbers, blur: Blur | None) -> Iterator[Interval]:
    """What the branches come to that may hold, each where it holds."""
    for subject in reach(cases.subject, numbers, blur):
        for branch in cases.branches:
            part = _within(subject, branch, numbers)
            if part:
                yield from reach(branch.value, _where(cases.subject, part, numbers), blur)


def _where(subject: Expr, part: Interval, numbers: Numbers) -> Numbers:
    """The numbers where the subject lies in a part of its range."""
    if not isinstance(subject, Leaf):
        return numbers
    return lambda name: (part,) if name == subject.name else numbers(name)


def _within(subject: Interval, branch: Branch, numbers: Numbers) -> Interval | None:
    """The part of the subject's range on which a branch may hold, its ends included; None where it holds nowhere."""
    low, high = subject
    if branch.low:
        bound = hull(reach(branch.low[0], numbers)).low
        if high < bound or (high == bound and branch.low[1] == "<"):
            return None
        low = max(low, bound)
    if branch.high:
        bound = hull(reach(branch.high[1], numbers)).high
        if low > bound or (subject.low == bound and branch.high[0] == "<"):
            return None
        high = min(high, bound)
    return Interval(low, high)


# Whether a value is reached

REFUTED, OPEN, PROVEN = "refuted", "open", "proven"
"""Of a rule and a value: it is proven that it cannot give it, nothing is proven, it is proven that it can."""
CORNERS = 5
"""Of no more numbers than this, every choice of ends is tried."""
HALVES = 24
"""So often the way between two choices of numbers is halved."""
NARROW = 2**60
"""A range is narrow whose ends are so many times as large as it is wide, or that lies so near 0."""
BOXES = 32
"""Into no more parts than this are the ranges of numbers divided that a rule reads twice."""


def gives(tree: Expr, target: Interval, numbers: Numbers, blur: Blur | None = None) -> str:
    """Whether a rule's value can lie in a range: REFUTED, OPEN or PROVEN.

    It is refuted where the rule does not reach the range. It is proven where the rule reads each number once, so that
    it gives all that it reaches; or by a choice of numbers that gives it, which is looked for among their middles and
    ends, and between two on either side of the range.
    """
    try:
        return _given(tree, target, numbers, blur)
    except FAILURES:  # some choice may give it all the same
        return PROVEN if _is_found(tree, target, numbers, blur) else OPEN


def _given(tree: Expr, target: Interval, numbers: Numbers, blur: Blur | None) -> str:
    found = reach(tree, numbers, blur)
    if not _meets(found, target):
        return REFUTED
    twice, is_smooth = _used(tree)
    boxes = {name: numbers(name) for name in twice}
    if all(len(pieces) == 1 and pieces[0].is_point for pieces in boxes.values()) and (is_smooth or len(found) == 1):
        return PROVEN
    return _searched(tree, target, numbers, blur)


def _meets(pieces: Pieces, target: Interval) -> bool:
    return any(item.meets(target) for item in pieces)


def _used(tree: Expr) -> tuple[list[str], bool]:
    """The names that a rule reads more than once, and whether it has no cases."""
    counts = Counter(node.name for node in nodes(tree) if isinstance(node, Leaf))
    is_smooth = not any(isinstance(node, Cases) for node in nodes(tree))
    return [name for name, count in counts.items() if count > 1], is_smooth


def _searched(tree: Expr, target: Interval, numbers: Numbers, blur: Blur | None) -> str:
    """Whether a rule's value can lie in a range, by choices of numbers, and else by parts of their ranges."""
    sides = _sides(tree, numbers)
    if sides and all(map(_is_narrow, sides.values())):
        middles = next(_choices(sides))
        return PROVEN if _meets(_tried(tree, middles, blur), target) else OPEN
    if _is_found(tree, target, numbers, blur):
        return PROVEN
    return REFUTED if sides and _excluded(tree, target, sides, blur) else OPEN


def _sides(tree: Expr, numbers: Numbers) -> dict[str, Interval] | None:
    """The range of each number in a rule; None where one has several, or none at all."""
    try:
        box = {name: numbers(name) for name in leaf_names(tree)}
    except FAILURES:
        return None
    return {name: pieces[0] for name, pieces in box.items()} if all(len(each) == 1 for each in box.values()) else None


def _is_found(tree: Expr, target: Interval, numbers: Numbers, blur: Blur | None) -> bool:
    """Whether some choice of numbers gives a value in the range, or two have it between them."""
    sides = _sides(tree, numbers)
    if sides is None:
        return False
    below: dict[str, Interval] | None = None
    above: dict[str, Interval] | None = None
    for choice in _choices(sides):
        for found in _tried(tree, choice, blur):
            if found.meets(target):
                return True
            if found.high < target.low:
                below = below or choice
            else:
                above = above or choice
    return bool(below and above and _is_between(tree, target, below, above, blur))


def _is_between(
    tree: Expr, target: Interval, below: dict[str, Interval], above: dict[str, Interval], blur: Blur | None
) -> bool:
    """Whether a choice of numbers on the way from one to another gives a value in the range; halves are tried."""
    for _ in range(HALVES):
        middle = {name: _between(side, above[name]) for name, side in below.items()}
        found = _tried(tree, middle, blur)
        if not found or _meets(found, target):
            return bool(found)
        if found[0].high < target.low:
            below = middle
        else:
            above = middle
    return False


def _between(one: Interval, other: Interval) -> Interval:
    """The number halfway between two ranges; a mask is one and the same in both."""
    return one if one == other else point((one.middle + other.middle) / 2)


def _is_narrow(side: Interval) -> bool:
    """Whether a range is one number, or only as wide as what is worked out to many digits: no part of it says more."""
    farthest = max(abs(side.low), abs(side.high))
    return side.is_point or (side.high - side.low) * NARROW <= max(farthest, ONE / NARROW**2)


def _choices(sides: dict[str, Interval]) -> Iterator[dict[str, Interval]]:
    """Numbers from the ranges: their middles, then their ends."""
    yield {name: point(side.middle) for name, side in sides.items()}
    open_sides = [name for name, side in sides.items() if not side.is_point]
    if len(open_sides) <= CORNERS:
        for ends in product((0, 1), repeat=len(open_sides)):
            yield sides | {name: point(sides[name][end]) for name, end in zip(open_sides, ends, strict=True)}
        return
    for end in (0, 1):
        yield {name: point(side[end]) for name, side in sides.items()}


def _tried(tree: Expr, choice: Mapping[str, Interval], blur: Blur | None) -> Pieces:
    try:
        return reach(tree, lambda name: (choice[name],), blur)
    except FAILURES:
        return ()


def _excluded(tree: Expr, target: Interval, sides: dict[str, Interval], blur: Blur | None) -> bool:
    """Whether no part of the ranges gives a value in the range, where they are divided."""
    waiting = [sides]
    for _ in range(BOXES):
        if not waiting:
            return True
        box = waiting.pop()
        if _meets(_tried(tree, box, blur) or (target,), target):
            name = max(box, key=lambda item: box[item].high - box[item].low)
            low, high = box[name]
            if low == high:
                return False
            middle = box[name].middle
            waiting += [box | {name: Interval(low, middle)}, box | {name: Interval(middle, high)}]
    return not waiting
