"""Slips in the gradient that comes straight from the loss."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.marking.parts import TARGET, Parts
from bptrace.marking.rule_paths import is_call, leaves_of, parts_changed, put, with_leaf
from bptrace.marking.slip import Slip, SlipGroup
from bptrace.marking.working import DEFINED
from bptrace.ops.expr import Call, Expr, Leaf, lift, nodes, number, times
from bptrace.ops.op import call


def _targets(parts: Parts) -> tuple[Leaf, ...]:
    """The targets in a line of the loss's gradient, each once."""
    found = {leaf.name: leaf for leaf in leaves_of(parts.rule) if parts.kind_of(leaf) == TARGET}
    return tuple(found.values()) if parts.is_first else ()


def _is_error(parts: Parts, part: Expr) -> bool:
    """Whether a part is a prediction minus a target, or the other way round; of a class, minus 1."""
    if not (is_call(part, "-") and isinstance(part, Call)):
        return False
    kinds = [parts.kind_of(arg) for arg in part.args]
    return TARGET in kinds or (not _targets(parts) and kinds[0] == DEFINED and number(part.args[1]) == 1)


def _error(parts: Parts) -> Expr | None:
    """The error in a line of the loss's gradient."""
    return next((node for node in nodes(parts.rule) if _is_error(parts, node)), None) if parts.is_first else None


def _prediction(parts: Parts) -> Leaf | None:
    """What is held against the target: what the line is the gradient at, or what the loss makes of it."""
    error = _error(parts)
    found = [leaf for leaf in leaves_of(error) if parts.kind_of(leaf) == DEFINED] if error else []
    if found:
        return found[0]
    alone = [leaf for leaf in leaves_of(parts.rule) if parts.kind_of(leaf) == DEFINED]
    return alone[0] if parts.is_first and parts.of_quantity and alone else None


def _comes_from_loss(parts: Parts) -> bool:
    """Whether a line is the loss's gradient at a prediction."""
    return parts.is_first and parts.of_quantity and _prediction(parts) is not None


def _sign(parts: Parts) -> Iterator[Expr]:
    error = _error(parts)
    if isinstance(error, Call):
        turned = Call("-", error.args[::-1])
        yield parts_changed(parts.rule, put(error, turned))
    elif _comes_from_loss(parts):
        yield -parts.rule


def _two(parts: Parts) -> Iterator[Expr]:
    if _comes_from_loss(parts):
        yield times([lift("1/2"), parts.rule])
        yield times([lift(2), parts.rule])


def _times_output(parts: Parts) -> Iterator[Expr]:
    prediction = _prediction(parts)
    if prediction and _comes_from_loss(parts):
        yield times([parts.rule, prediction])


def _other_target(parts: Parts) -> Iterator[Expr]:
    for target in _targets(parts):
        for other in parts.around.neighbours(target.name):
            yield with_leaf(parts.rule, target.name, parts.working.leaf(other))
    if not _targets(parts) and _comes_from_loss(parts) and _absorbed(parts):
        error, prediction = _error(parts), _prediction(parts)
        yield prediction if error and prediction else parts.rule - lift(1)


def _absolute(parts: Parts) -> Iterator[Expr]:
    error = _error(parts)
    if error:
        made = call("abs", error)
        yield parts_changed(parts.rule, put(error, made))


def _absorbed(parts: Parts) -> bool:
    """Whether the loss's gradient is one at logits, with the slope of what is made of them in it."""
    prediction = _prediction(parts)
    return bool(prediction and prediction.name != parts.subject and _comes_from_loss(parts))


def _slope_kept(parts: Parts) -> Iterator[Expr]:
    prediction = _prediction(parts)
    if prediction and _absorbed(parts):
        yield times([parts.rule, prediction, 1 - prediction])
    for path in parts.paths if parts.is_first and parts.of_quantity else ():
        if any(parts.subject in {leaf.name for leaf in leaves_of(divisor)} for divisor in path.divisors):
            subject, targets = parts.working.leaf(parts.subject), _targets(parts)
            if targets:
                yield subject - targets[0]
                return


def _second_term_lost(parts: Parts) -> Iterator[Expr]:
    targets, prediction = _targets(parts), _prediction(parts)
    if len(targets) != 1 or not prediction:
        return
    [target] = targets
    if len(parts.paths) > 1 and all(path.divisors for path in parts.paths):
        yield parts.paths[0].term
    elif any(path.divisors for path in parts.paths) and _error(parts):
        yield -(target / prediction)
    elif _absorbed(parts) and prediction.name in parts.around.activation_to:
        yield times([target, prediction - lift(1)])


SLIPS = SlipGroup(
    "The loss",
    (
        Slip(
            "error sign lost",
            "The error is taken as target minus prediction.",
            "the gradient that comes straight from the loss",
            _sign,
            ("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "2 or ½ dropped or doubled",
            "The 2 of the square is left out, or not cancelled by the ½ in front of it.",
            "the gradient that comes straight from the loss",
            _two,
            ("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "times the output",
            "The error is multiplied by the prediction once more.",
            "the gradient that comes straight from the loss",
            _times_output,
            ("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "the other target",
            "The target of another output is subtracted.",
            "the gradient that comes straight from the loss",
            _other_target,
            ("two outputs", "dL/dyhat1"),
        ),
        Slip(
            "absolute error",
            "The error is taken without its sign.",
            "the gradient that comes straight from the loss",
            _absolute,
            ("two outputs", "dL/dyhat2"),
        ),
        Slip(
            "slope kept where the loss has absorbed it",
            "The error at the logits is multiplied by the slope of the output, which has cancelled already.",
            "cross-entropy of a softmax or a sigmoid",
            _slope_kept,
            ("cross-entropy", "dL/dz1"),
        ),
        Slip(
            "BCE's second term lost",
            "Only -y*log(p) is differentiated, not -(1-y)*log(1-p).",
            "binary cross-entropy",
            _second_term_lost,
            ("binary cross-entropy", "dL/dp"),
        ),
    ),
)
