"""Slips with the paths of a gradient: which are summed, and what is upstream of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from bptrace.marking.parts import Parts, taken_apart
from bptrace.marking.rule_paths import Change, RulePath, exchange, sum_of_paths
from bptrace.marking.slip import Slip, SlipExample, SlipGroup
from bptrace.ops.expr import Expr, Leaf, times


def _several(parts: Parts) -> tuple[RulePath, ...]:
    """The paths of a gradient's sum, where there is one."""
    return parts.paths if parts.is_gradient and len(parts.paths) > 1 else ()


def _upstream_forgotten(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        return path.without(path.upstream) if path.upstream and path.rest else None

    if parts.is_gradient:
        yield from parts.everywhere(change)


def _one_path(parts: Parts) -> Iterator[Expr]:
    paths = _several(parts)
    yield from (path.term for path in paths)
    if len(paths) > 2:
        yield from (sum_of_paths([*paths[:i], *paths[i + 1 :]]) for i in range(len(paths)))


def _last_path(parts: Parts) -> Iterator[Expr]:
    last = parts.paths[-1].upstream
    if parts.is_batch and last:
        yield last
        yield parts.paths[-1].term
    yield from (path.term for path in _several(parts)[-1:])


def _path_twice(parts: Parts) -> Iterator[Expr]:
    yield from (parts.rule + path.term for path in _several(parts))


def _paths_multiplied(parts: Parts) -> Iterator[Expr]:
    paths = _several(parts)
    if paths:
        yield times([path.term for path in paths])


def _skip_forgotten(parts: Parts) -> Iterator[Expr]:
    """Without the paths whose upstream gradient another path's upstream is made from."""
    around, paths = parts.around, [path for path in _several(parts) if path.upstream]
    short = [
        path
        for path in paths
        if any(
            other.upstream and path.upstream and around.hangs_on(other.upstream.name, path.upstream.name)
            for other in paths
        )
    ]
    rest = [path for path in parts.paths if path not in short]
    if short and rest and parts.of_quantity:
        yield sum_of_paths(rest)


def _last_use(parts: Parts) -> Iterator[Expr]:
    paths = _several(parts)
    if paths and parts.of_weight and len({parts.target_of(path) for path in paths}) == len(paths):
        yield paths[-1].term
        yield paths[0].term


def _stale(parts: Parts) -> Iterator[Expr]:
    """With what the samples before have left."""
    sample = parts.line.sample
    if parts.of_weight and sample:
        place = parts.line.quantity.key, parts.line.element
        before = [parts.around.places.get((*place, one), "") for one in range(1, sample)]
        leaves = [parts.working.leaf(name) for name in before if name]
        if leaves:
            yield parts.rule + leaves[-1]
            for leaf in leaves[:-1][::-1]:
                yield parts.rule + leaf


def _one_upstream(parts: Parts) -> Iterator[Expr]:
    """One path's upstream gradient used for all of them."""
    for one in _several(parts):
        if one.upstream:
            yield from parts.everywhere(_with_upstream(one.upstream))


def _with_upstream(upstream: Leaf) -> Change:
    """The change that gives every path the same upstream gradient."""
    return lambda path: path.exchanged(path.upstream, upstream) if path.upstream else None


def _other_layer(parts: Parts) -> Iterator[Expr]:
    """The gradients that the upstream one is made from, nearest first, for it; then those that are made from it."""
    if len(parts.flows) > 1:
        yield from parts.everywhere(lambda path: _a_step_up(parts, path))
    for path in parts.flows:
        if path.upstream:
            for name in _other_gradients(parts, path.upstream.name):
                yield from parts.each(exchange(path.upstream, parts.working.leaf(name)))


def _a_step_up(parts: Parts, path: RulePath) -> RulePath | None:
    """The path with the gradient that its upstream one is made from, where that is only one."""
    found = parts.around.upstream_of(path.upstream.name) if path.upstream else ()
    return path.exchanged(path.upstream, parts.working.leaf(found[0])) if len(found) == 1 else None


def _other_gradients(parts: Parts, upstream: str) -> Iterator[str]:
    """One level after the other, as far as is asked for: behind a long chain there are as many as it has links."""
    found: dict[str, None] = {}
    yield from _by_level(parts, upstream, found, parts.around.upstream_of)
    if parts.of_weight:
        yield from _by_level(parts, upstream, found, lambda one: _made_from(parts, one))


def _by_level(
    parts: Parts, first: str, found: dict[str, None], beyond: Callable[[str], tuple[str, ...]]
) -> Iterator[str]:
    """The gradients of the line's sample that are reached and were not `found`, which are put there."""
    level = [first]
    while level:
        reached = (name for one in level for name in beyond(one) if name not in found)
        level = list(dict.fromkeys(reached))  # many paths lead to one gradient
        found.update(dict.fromkeys(level))
        yield from (name for name in level if parts.working.lines[name].sample == parts.line.sample)


def _made_from(parts: Parts, gradient: str) -> tuple[str, ...]:
    """The gradients of quantities that are made from one."""
    kept = parts.working.memory.setdefault("made from", {})
    if gradient not in kept:
        readers = (name for name in parts.working.readers.get(gradient, ()) if name in parts.around.gradients)
        kept[gradient] = tuple(name for name in readers if taken_apart(name, parts.working).of_quantity)
    return cast("tuple[str, ...]", kept[gradient])


SLIPS = SlipGroup(
    "Paths and upstream gradients",
    (
        Slip(
            "upstream forgotten (δ = f')",
            "The local derivative is taken for the gradient, without the gradient that comes in.",
            "every gradient that has one upstream",
            _upstream_forgotten,
            SlipExample("two outputs", "dL/dz1"),
        ),
        Slip(
            "one path of a sum",
            "Not every path to the loss is added up.",
            "gradients with several paths",
            _one_path,
            SlipExample("three paths", "dL/dh"),
        ),
        Slip(
            "the last path only (overwritten)",
            "Each path's gradient replaces the one before instead of being added to it.",
            "gradients with several paths",
            _last_path,
            SlipExample("three paths", "dL/dh"),
        ),
        Slip(
            "a path twice",
            "One path to the loss is added twice.",
            "gradients with several paths",
            _path_twice,
            SlipExample("three paths", "dL/dh"),
        ),
        Slip(
            "paths multiplied",
            "The gradients of several paths are multiplied, where they are added.",
            "gradients with several paths",
            _paths_multiplied,
            SlipExample("three paths", "dL/dh"),
        ),
        Slip(
            "the skip forgotten",
            "The gradient that passes by a layer is left out.",
            "gradients behind a skip connection",
            _skip_forgotten,
            SlipExample("skip", "dL/dh"),
        ),
        Slip(
            "gradient of the last use of a shared weight only",
            "A weight that is used several times gets the gradient of one use.",
            "weights with several uses",
            _last_use,
            SlipExample("recurrence", "dL/da"),
        ),
        Slip(
            "stale gradient added",
            "The gradient of the sample before was not set back to 0.",
            "weights, sample by sample",
            _stale,
            SlipExample("samples", "dL/dw(2)"),
        ),
        Slip(
            "one path's upstream used for all",
            "The same upstream gradient is used along every path.",
            "gradients with several paths",
            _one_upstream,
            SlipExample("three paths", "dL/dh"),
        ),
        Slip(
            "the wrong layer's upstream",
            "The gradient of a later layer is taken for the upstream one.",
            "every gradient that has one upstream",
            _other_layer,
            SlipExample("two outputs", "dL/dw11"),
        ),
    ),
)
