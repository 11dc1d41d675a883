"""Slips in the gradient that comes straight from the loss."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.marking.parts import TARGET, Parts
from bptrace.marking.rule_paths import RulePath, leaves_of, parts_changed, put, reads_any, with_leaf
from bptrace.marking.slip import Slip, SlipExample, SlipGroup
from bptrace.marking.working import DEFINED
from bptrace.ops.expr import Call, Expr, Leaf, lift, nodes, number, times
from bptrace.ops.op import call


def _targets(parts: Parts) -> tuple[Leaf, ...]:
    """The targets in a gradient, each once."""
    found = {leaf.name: leaf for leaf in leaves_of(parts.rule) if parts.kind_of(leaf) == TARGET}
    return tuple(found.values()) if parts.is_gradient else ()


def _is_error(parts: Parts, part: Expr) -> bool:
    """Whether a part is a prediction minus a target, or the other way round; of a class, minus 1."""
    if not isinstance(part, Call) or part.op != "-":
        return False
    kinds = [parts.kind_of(arg) for arg in part.args]
    if TARGET in kinds:
        return any(leaf for leaf in leaves_of(part.args[1 - kinds.index(TARGET)]))
    return parts.is_first and not _targets(parts) and kinds[0] == DEFINED and number(part.args[1]) == 1


def _error(parts: Parts) -> Call | None:
    """The error in a gradient."""
    found = (node for path in _from_loss(parts) for node in nodes(path.term) if _is_error(parts, node))
    return next((node for node in found if isinstance(node, Call)), None)


def _from_loss(parts: Parts) -> tuple[RulePath, ...]:
    """The paths on which the loss itself is differentiated: all of them, or those with a target."""
    if not parts.is_gradient:
        return ()
    names = {target.name for target in _targets(parts)}
    straight = [path for path in parts.paths if not path.upstream]
    return tuple(
        path for path in straight if reads_any(path.term, names) or (parts.is_first and parts.of_quantity and path.rest)
    )


def _prediction(parts: Parts) -> Leaf | None:
    """What is held against the target: what the line is the gradient at, or what the loss makes of it."""
    error = _error(parts)
    places = [error] if error else [path.term for path in _from_loss(parts)]
    found = (leaf for place in places for leaf in leaves_of(place) if parts.kind_of(leaf) == DEFINED)
    return next(found, None)


def _loss_paths_times(parts: Parts, factor: Expr | None) -> Iterator[Expr]:
    """The rule with a further factor on the paths that come from the loss."""
    paths = _from_loss(parts)
    if factor is not None and paths and _prediction(parts):
        yield from parts.everywhere(lambda path: path.times(factor) if path in paths else None)


def _sign(parts: Parts) -> Iterator[Expr]:
    error = _error(parts)
    if error:
        yield parts_changed(parts.rule, put(error, Call("-", error.args[::-1])))
    else:
        yield from _loss_paths_times(parts, lift(-1))


def _two(parts: Parts) -> Iterator[Expr]:
    yield from _loss_paths_times(parts, lift("1/2"))
    yield from _loss_paths_times(parts, lift(2))


def _times_output(parts: Parts) -> Iterator[Expr]:
    yield from _loss_paths_times(parts, _prediction(parts))


def _other_target(parts: Parts) -> Iterator[Expr]:
    for target in _targets(parts):
        for other in parts.around.neighbours(target.name):
            yield with_leaf(parts.rule, target.name, parts.working.leaf(other))
    prediction = _prediction(parts)
    if prediction and not _targets(parts) and _is_absorbed(parts):
        yield prediction if _error(parts) else prediction - lift(1)


def _absolute(parts: Parts) -> Iterator[Expr]:
    error = _error(parts)
    if error:
        yield parts_changed(parts.rule, put(error, call("abs", error)))


def _is_absorbed(parts: Parts) -> bool:
    """Whether the loss's gradient is one at logits, with the slope of what is made of them in it."""
    prediction = _prediction(parts)
    return bool(prediction and prediction.name != parts.subject and parts.is_first and parts.of_quantity)


def _slope_kept(parts: Parts) -> Iterator[Expr]:
    prediction, targets = _prediction(parts), _targets(parts)
    if prediction and _is_absorbed(parts):
        yield times([parts.rule, prediction, 1 - prediction])
    elif targets and any(
        reads_any(divisor, (parts.subject,)) for path in _from_loss(parts) for divisor in path.divisors
    ):
        yield parts.working.leaf(parts.subject) - targets[0]


def _second_term_lost(parts: Parts) -> Iterator[Expr]:
    targets, prediction = _targets(parts), _prediction(parts)
    if len(targets) != 1 or not prediction or not parts.is_first:
        return
    [target] = targets
    if len(parts.paths) > 1 and all(path.divisors for path in parts.paths):
        yield parts.paths[0].term
    elif any(path.divisors for path in parts.paths) and _error(parts):
        yield -(target / prediction)
    elif _is_absorbed(parts) and parts.working.lines[prediction.name].reads == (parts.subject,):
        yield times([target, prediction - lift(1)])


SLIPS = SlipGroup(
    "The loss",
    (
        Slip(
            "error sign lost",
            "The error is taken as target minus prediction.",
            "the gradient that comes straight from the loss",
            _sign,
            SlipExample("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "2 or ½ dropped or doubled",
            "The 2 of the square is left out, or not cancelled by the ½ in front of it.",
            "the gradient that comes straight from the loss",
            _two,
            SlipExample("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "times the output",
            "The error is multiplied by the prediction once more.",
            "the gradient that comes straight from the loss",
            _times_output,
            SlipExample("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "the other target",
            "The target of another output is subtracted.",
            "the gradient that comes straight from the loss",
            _other_target,
            SlipExample("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "absolute error",
            "The error is taken without its sign.",
            "the gradient that comes straight from the loss",
            _absolute,
            SlipExample("two outputs", "dL/dyhat2"),
        ),
        Slip(
            "slope kept where the loss has absorbed it",
            "The error at the logits is multiplied by the slope of the output, which has cancelled already.",
            "cross-entropy of a softmax or a sigmoid",
            _slope_kept,
            SlipExample("cross-entropy", "dL/dz1"),
        ),
        Slip(
            "BCE's second term lost",
            "Only -y*log(p) is differentiated, not -(1-y)*log(1-p).",
            "binary cross-entropy",
            _second_term_lost,
            SlipExample("binary cross-entropy", "dL/dp"),
        ),
    ),
)
