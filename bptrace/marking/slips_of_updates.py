"""Slips in an update: plain steps, momentum, Adam, weight decay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from bptrace.marking.parts import SETTING, STATE, WEIGHTS, Parts, taken_apart
from bptrace.marking.rule_paths import RulePath, is_call, leaves_changed, leaves_of, parts_changed, with_leaf
from bptrace.marking.slip import Slip, SlipExample, SlipGroup
from bptrace.marking.working import GRADIENT, KEPT, UPDATED, Working
from bptrace.ops.expr import Call, Expr, Leaf, children, lift, plus, rebuilt, times

RATE = "lr"
Velocities: TypeAlias = Callable[[Parts, RulePath, RulePath], Iterable[Expr]]
"""(parts of a velocity's line, what is kept of the old one, what is added) gives the velocity with the mistake."""


def _step(parts: Parts) -> tuple[Expr, Expr] | None:
    """What a weight's new value is: from where, and the step that is taken off it."""
    rule = parts.rule.args[0] if is_call(parts.rule, "round") else parts.rule
    if parts.updates_weight and is_call(rule, "-"):
        return rule.args[0], rule.args[1]
    return None


def _stepped(parts: Parts, start: Expr, step: Expr, up: bool = False) -> Expr:
    """The rule with another step, on its grid if it has one."""
    made = start + step if up else start - step
    return rebuilt(parts.rule, [made, *children(parts.rule)[1:]]) if is_call(parts.rule, "round") else made


def _up(parts: Parts) -> Iterator[Expr]:
    found = _step(parts)
    if found:
        yield _stepped(parts, *found, up=True)


def _moved_by(parts: Parts, tree: Expr) -> Leaf | None:
    """What a weight moves by: its gradient, its velocity, its first moment."""
    return next((leaf for leaf in leaves_of(tree) if parts.kind_of(leaf) in (GRADIENT, UPDATED, KEPT)), None)


def _weight_for_gradient(parts: Parts) -> Iterator[Expr]:
    found = _step(parts)
    moved = found and _moved_by(parts, found[1])
    if found and moved:
        yield _stepped(parts, found[0], with_leaf(found[1], moved.name, parts.working.leaf(parts.subject)))


def _rate(parts: Parts, step: Expr) -> Leaf | None:
    return next((leaf for leaf in leaves_of(step) if leaf.name == RATE and parts.kind_of(leaf) == SETTING), None)


def _rate_twice(parts: Parts) -> Iterator[Expr]:
    found = _step(parts)
    rate = found and _rate(parts, found[1])
    if found and rate:
        yield _stepped(parts, found[0], times([rate, found[1]]))


def _no_rate(parts: Parts) -> Iterator[Expr]:
    found = _step(parts)
    if found and _rate(parts, found[1]):
        yield _stepped(parts, found[0], with_leaf(found[1], RATE, lift(1)))


# Momentum


def _velocity(parts: Parts) -> tuple[RulePath, RulePath] | None:
    """What a velocity keeps of the old one and what is added: the paths of its rule."""
    if not (parts.kind == UPDATED and len(parts.paths) == 2):
        return None
    kept, added = parts.paths
    old = any(parts.kind_of(leaf) == STATE for leaf in kept.reads)
    return (kept, added) if old and added.upstream and not added.rest else None


def _share(parts: Parts, kept: RulePath) -> Leaf | None:
    """The part of the old velocity that is kept."""
    return next((leaf for leaf in kept.reads if parts.kind_of(leaf) == SETTING), None)


def _velocities_changed(parts: Parts, change: Velocities) -> Iterator[Expr]:
    """What `change` makes of a velocity's two paths: in its own line, and in the one that moves the weight by it."""
    found, step = _velocity(parts), _step(parts)
    if found:
        yield from change(parts, *found)
    moved = step and _moved_by(parts, step[1])
    if step and moved and moved.name in parts.working.lines:
        beside = taken_apart(moved.name, parts.working)
        paths = _velocity(beside)
        for wrong in change(beside, *paths) if paths else ():
            yield _stepped(parts, step[0], with_leaf(step[1], moved.name, wrong))


def _rate_in_velocity(parts: Parts, kept: RulePath, added: RulePath) -> Iterator[Expr]:
    yield kept.term + times([parts.working.leaf(RATE), added.term])


def _dampened_velocity(parts: Parts, kept: RulePath, added: RulePath) -> Iterator[Expr]:
    share = _share(parts, kept)
    if share:
        yield kept.term + times([1 - share, added.term])


def _no_velocity(parts: Parts, kept: RulePath, added: RulePath) -> Iterator[Expr]:
    yield added.term


def _momentum_rate_twice(parts: Parts) -> Iterator[Expr]:
    yield from _velocities_changed(parts, _rate_in_velocity)


def _dampened(parts: Parts) -> Iterator[Expr]:
    yield from _velocities_changed(parts, _dampened_velocity)


def _velocity_lost(parts: Parts) -> Iterator[Expr]:
    yield from _velocities_changed(parts, _no_velocity)


# Adam


def _power_lost(parts: Parts) -> Iterator[Expr]:
    def change(part: Expr) -> Expr | None:
        return part.args[0] if is_call(part, "^") and _is_decay(parts, part.args[0]) else None

    if parts.kind == KEPT:
        yield parts_changed(parts.rule, change)


def _is_decay(parts: Parts, part: Expr) -> bool:
    """Whether a part is the decay of a moment."""
    return isinstance(part, Leaf) and parts.kind_of(part) == SETTING and part.name in BETAS


BETAS = {"beta1": "beta2", "beta2": "beta1"}


def _eps_in_root(parts: Parts) -> Iterator[Expr]:
    def change(part: Expr) -> Expr | None:
        if not (is_call(part, "+") and is_call(part.args[0], "sqrt")):
            return None
        root, *rest = part.args
        return Call("sqrt", (plus([*root.args, *rest]),)) if isinstance(root, Call) else None

    if parts.updates_weight or parts.kind == UPDATED:
        yield parts_changed(parts.rule, change)


def _uncorrected(parts: Parts) -> Iterator[Expr]:
    def moment(leaf: Leaf) -> Expr:
        line = parts.working.lines.get(leaf.name)
        return line.rule.args[0] if line and parts.kind_of(leaf) == KEPT and isinstance(line.rule, Call) else leaf

    if parts.kind == KEPT and is_call(parts.rule, "/"):
        yield parts.rule.args[0]
    elif parts.updates_weight:
        yield leaves_changed(parts.rule, moment)


def _decays_swapped(parts: Parts) -> Iterator[Expr]:
    def other(leaf: Leaf) -> Expr:
        return parts.working.leaf(BETAS[leaf.name]) if _is_decay(parts, leaf) else leaf

    if parts.is_update:
        yield leaves_changed(parts.rule, other)


# The weights' pull to 0


def _penalties(parts: Parts) -> list[RulePath]:
    """The paths of a weight's gradient that pull it to 0: a number or a setting times the weight."""
    own = parts.kind == GRADIENT and parts.subject_kind == WEIGHTS and len(parts.paths) > 1
    return [path for path in parts.paths if not path.upstream and parts.subject in _names(path)] if own else []


def _names(path: RulePath) -> set[str]:
    return {leaf.name for leaf in path.reads}


def _penalty_halved(parts: Parts) -> Iterator[Expr]:
    pulls = _penalties(parts)
    if parts.is_gradient:
        yield from parts.everywhere(lambda path: path.times(lift("1/2")) if path in pulls else None)


def _penalty_turned(parts: Parts) -> Iterator[Expr]:
    pulls = _penalties(parts)
    yield from parts.everywhere(lambda path: path.times(lift(-1)) if path in pulls else None)


def _penalty_on_bias(parts: Parts) -> Iterator[Expr]:
    if not parts.of_bias:
        return
    own, sample = parts.working.leaf(parts.subject), parts.line.sample
    known = parts.working.memory.setdefault("penalty", {})
    if sample not in known:
        known[sample] = _first_penalty(parts.working, parts.around.gradients, sample)
    if known[sample]:
        pull, subject = known[sample]
        yield parts.rule + with_leaf(pull.term, subject, own)


def _first_penalty(working: Working, gradients: Iterable[str], sample: int | None) -> tuple[RulePath, str] | None:
    """The first pull of a weight to 0 in a sample, with the weight's name."""
    for name in gradients:
        beside = taken_apart(name, working)
        for pull in _penalties(beside) if beside.is_gradient and beside.line.sample == sample else ():
            return pull, beside.subject
    return None


SLIPS = SlipGroup(
    "Updates",
    (
        Slip(
            "step up instead of down",
            "The step is added, so that the loss grows.",
            "the new values of weights",
            _up,
            SlipExample("two outputs", "w11_new"),
        ),
        Slip(
            "the weight in the gradient's place",
            "The weight itself is multiplied by the rate, not its gradient.",
            "the new values of weights",
            _weight_for_gradient,
            SlipExample("two outputs", "w11_new"),
        ),
        Slip(
            "rate twice",
            "The step is multiplied by the learning rate a second time.",
            "the new values of weights",
            _rate_twice,
            SlipExample("two outputs", "w11_new"),
        ),
        Slip(
            "rate not at all",
            "The step is not multiplied by the learning rate.",
            "the new values of weights",
            _no_rate,
            SlipExample("two outputs", "w11_new"),
        ),
        Slip(
            "L2 without its 2",
            "The derivative of a weight's square is taken as the weight.",
            "weights with a penalty in the loss",
            _penalty_halved,
            SlipExample("penalty", "dL/dw1"),
        ),
        Slip(
            "L2 with the other sign",
            "The penalty pushes the weight away from 0.",
            "weights with a penalty in the loss, or with weight decay",
            _penalty_turned,
            SlipExample("penalty", "dL/dw1"),
        ),
        Slip(
            "L2 on the bias too",
            "A bias gets the penalty that the weights have.",
            "biases beside weights with a penalty in the loss",
            _penalty_on_bias,
            SlipExample("penalty", "dL/db"),
        ),
        Slip(
            "momentum: rate twice",
            "The gradient is multiplied by the rate on its way into the velocity, and the velocity once more.",
            "momentum",
            _momentum_rate_twice,
            SlipExample("momentum", "w1_new"),
        ),
        Slip(
            "momentum: dampened first step",
            "The gradient comes into the velocity with one minus the momentum.",
            "momentum",
            _dampened,
            SlipExample("momentum", "w1_new"),
        ),
        Slip(
            "momentum: velocity lost",
            "The old velocity is left out.",
            "momentum",
            _velocity_lost,
            SlipExample("momentum", "w1_new"),
        ),
        Slip(
            "Adam: β without its power",
            "The moments are corrected by 1-β in every update.",
            "Adam, from the second update on",
            _power_lost,
            SlipExample("Adam", "mhat_w1"),
        ),
        Slip(
            "Adam: eps in the root",
            "The small number is added under the root.",
            "Adam and its kin",
            _eps_in_root,
            SlipExample("Adam", "w1_new"),
        ),
        Slip(
            "Adam: no bias correction",
            "The moments are used as they are.",
            "Adam",
            _uncorrected,
            SlipExample("Adam", "mhat_w1"),
        ),
        Slip(
            "Adam: βs swapped",
            "The decays of the two moments are exchanged.",
            "Adam",
            _decays_swapped,
            SlipExample("Adam", "m_w1_new"),
        ),
    ),
)
