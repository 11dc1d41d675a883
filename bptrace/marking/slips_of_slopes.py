"""Slips with an activation's slope and other derivatives of one element."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.marking.parts import Parts, taken_apart
from bptrace.marking.rule_paths import RulePath, is_call, leaves_changed, parts_changed, reads_any, with_leaf
from bptrace.marking.slip import Slip, SlipExample, SlipGroup
from bptrace.marking.working import SLOPE
from bptrace.numbers.enclosures import ZERO
from bptrace.ops.expr import Cases, Expr, Leaf, Number, above, below, number, times

# Which factors are a slope


def _own(parts: Parts, path: RulePath) -> tuple[Expr, ...]:
    """The factors of a path that are the slope along it: one with a name, or what reads its argument or its output."""
    named = tuple(factor for factor in path.rest if parts.kind_of(factor) == SLOPE)
    if named or not parts.of_quantity or not path.upstream:
        return named
    output = parts.target_of(path)
    if not output or parts.around.sample(output) != parts.line.sample:
        return ()
    if parts.working.element(output) != parts.line.element:
        return ()
    return tuple(factor for factor in path.rest if reads_any(factor, (parts.subject, output)))


def _is_output(parts: Parts, path: RulePath) -> bool:
    """Whether a path's upstream gradient comes straight from the loss."""
    return path.upstream is not None and taken_apart(path.upstream.name, parts.working).is_first


def _forgotten(parts: Parts, output: bool) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        slope = _own(parts, path)
        return path.without(*slope) if slope and _is_output(parts, path) is output else None

    return parts.everywhere(change) if parts.is_gradient else iter(())


def _output_forgotten(parts: Parts) -> Iterator[Expr]:
    yield from _forgotten(parts, output=True)


def _hidden_forgotten(parts: Parts) -> Iterator[Expr]:
    yield from _forgotten(parts, output=False)


def _twice(parts: Parts) -> Iterator[Expr]:
    if parts.is_gradient:
        yield from parts.everywhere(lambda path: path.times(*_own(parts, path)) if _own(parts, path) else None)


# Where a slope is taken


def _of_output(parts: Parts) -> Expr | None:
    """The function at its own output: f(f(z))."""
    found = parts.activated
    if not found or not found.output:
        return None
    output = parts.working.lines[found.output]
    return with_leaf(output.rule, found.subject, parts.working.leaf(found.output))


def _slope_at_output(parts: Parts) -> Iterator[Expr]:
    found = parts.activated
    if found and found.output:
        again, output = _of_output(parts), parts.working.leaf(found.output)
        new = {found.subject: output, found.output: again}
        yield leaves_changed(parts.rule, lambda leaf: new.get(leaf.name) or leaf)


def _at_output(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_at_output)
    if not parts.slopes and parts.of_quantity:
        yield from parts.everywhere(lambda path: _folded_at_output(parts, path))


def _folded_at_output(parts: Parts, path: RulePath) -> RulePath | None:
    """A slope without a name, such as 2*z, with the output of its function for z."""
    output = parts.target_of(path)
    if not _own(parts, path) or not any(leaf.name == parts.subject for leaf in path.reads):
        return None
    made = parts.working.leaf(output)
    return path.changed(lambda part: made if isinstance(part, Leaf) and part.name == parts.subject else None)


def _slope_at_argument(parts: Parts) -> Iterator[Expr]:
    found = parts.activated
    if found and found.output:
        yield with_leaf(parts.rule, found.output, parts.working.leaf(found.subject))


def _at_argument(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_at_argument)


def _slope_as_output(parts: Parts) -> Iterator[Expr]:
    if parts.activated and parts.activated.output:
        yield parts.working.leaf(parts.activated.output)


def _function_for_slope(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_as_output)


def _slope_without_one(parts: Parts) -> Iterator[Expr]:
    rule = parts.rule
    if is_call(rule, "-") and number(rule.args[0]) == 1:
        yield -rule.args[1]
        yield rule.args[1]


def _one_lost(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_without_one)


# Gates


def _is_gate(part: Expr) -> bool:
    """Whether a part is a slope by cases, one number on each side of a bound."""
    return isinstance(part, Cases) and all(isinstance(branch.value, Number) for branch in part.branches)


def _gate(parts: Parts) -> Cases | None:
    """The cases of a line that is a gate."""
    return parts.rule if isinstance(parts.rule, Cases) and _is_gate(parts.rule) else None


def _open_gate(gate: Cases) -> Expr | None:
    """The slope where a gate is open."""
    numbers = [branch.value for branch in gate.branches if isinstance(branch.value, Number)]
    return max(numbers, key=lambda found: found.value) if _is_gate(gate) else None


def _sides(gate: Cases) -> tuple[Number, Number] | None:
    """The slopes above and below of a gate with two sides."""
    if len(gate.branches) != 2:
        return None
    high = next((branch.value for branch in gate.branches if branch.low), None)
    low = next((branch.value for branch in gate.branches if branch.high), None)
    return (high, low) if isinstance(high, Number) and isinstance(low, Number) else None


def _slope_without_leak(parts: Parts) -> Iterator[Expr]:
    gate = _gate(parts)
    sides = gate and _sides(gate)
    if gate and sides and sides[1].value:
        yield Cases(gate.subject, [above(0, sides[0]), below(0, Number(ZERO))])


def _leak_lost(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_without_leak)


def _slope_open(parts: Parts) -> Iterator[Expr]:
    gate = _gate(parts)
    opened = gate and _open_gate(gate)
    if opened:
        yield opened


def _open(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_open)
    if parts.is_gradient and not parts.slopes:
        yield parts_changed(parts.rule, lambda part: _open_gate(part) if isinstance(part, Cases) else None)


def _slope_gated_on_output(parts: Parts) -> Iterator[Expr]:
    gate = _gate(parts)
    sides = gate and _sides(gate)
    if gate and sides and parts.activated and parts.activated.output:
        output = parts.working.leaf(parts.activated.output)
        yield Cases(output, [above(0, sides[0], strict=False), below(0, sides[1], strict=True)])


def _gated_on_output(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_gated_on_output)


def _slope_gated_on_gradient(parts: Parts) -> Iterator[Expr]:
    gate = _gate(parts)
    sides = gate and _sides(gate)
    if gate and sides and parts.activated:
        upstream = parts.around.gradient_at.get(parts.activated.output)
        if upstream:
            yield Cases(parts.working.leaf(upstream), [above(0, sides[0]), below(0, sides[1])])


def _gated_on_gradient(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_gated_on_gradient)


def _slope_as_argument(parts: Parts) -> Iterator[Expr]:
    gate = _gate(parts)
    if gate:
        branches = [
            branch._replace(value=times([branch.value, gate.subject]) if number(branch.value) else branch.value)
            for branch in gate.branches
        ]
        yield Cases(gate.subject, branches)


def _argument_for_slope(parts: Parts) -> Iterator[Expr]:
    yield from parts.slopes_changed(_slope_as_argument)


SLIPS = SlipGroup(
    "Slopes",
    (
        Slip(
            "output slope forgotten",
            "The gradient at the output is passed on without the slope of its activation.",
            "the gradient behind an output's activation",
            _output_forgotten,
            SlipExample("two outputs", "dL/du1"),
        ),
        Slip(
            "hidden slope forgotten",
            "The gradient at a hidden output is passed on without the slope of its activation.",
            "the gradient behind a hidden activation",
            _hidden_forgotten,
            SlipExample("two outputs", "dL/dz1"),
        ),
        Slip(
            "slope at h instead of z",
            "The slope is taken at the activation's output, not at its argument.",
            "slopes, and gradients that are multiplied by them",
            _at_output,
            SlipExample("two outputs", "sigmoid'(u1)"),
        ),
        Slip(
            "slope at z where it needs h",
            "A slope that is written with the output, such as h*(1-h), is worked out with the argument.",
            "slopes that are written with the output",
            _at_argument,
            SlipExample("two outputs", "sigmoid'(u1)"),
        ),
        Slip(
            "f for f'",
            "The activation's output stands where its slope is due.",
            "slopes, and gradients that are multiplied by them",
            _function_for_slope,
            SlipExample("two outputs", "sigmoid'(u1)"),
        ),
        Slip(
            "the 1 of tanh' lost",
            "The slope 1-h^2 is taken as -h^2 or h^2.",
            "the slope of tanh",
            _one_lost,
            SlipExample("two outputs", "tanh'(z1)"),
        ),
        Slip(
            "slope twice",
            "The gradient is multiplied by the same slope a second time.",
            "the gradient behind an activation",
            _twice,
            SlipExample("two outputs", "dL/dz1"),
        ),
        Slip(
            "leak lost",
            "The slope below 0 is taken as 0, as that of ReLU.",
            "the slope of leaky ReLU",
            _leak_lost,
            SlipExample("gates", "LeakyReLU'(z2)"),
        ),
        Slip(
            "gate always open",
            "The gradient passes a unit that is switched off.",
            "the slope of ReLU and its kin",
            _open,
            SlipExample("gates", "ReLU'(u2)"),
        ),
        Slip(
            "gate on h ≥ 0",
            "The gate is decided by the output, not by the argument.",
            "the slope of ReLU and its kin",
            _gated_on_output,
            SlipExample("gates", "ReLU'(u2)"),
        ),
        Slip(
            "gate on the gradient's sign",
            "The gate is decided by the gradient that comes in, not by the argument.",
            "the slope of ReLU and its kin",
            _gated_on_gradient,
            SlipExample("gates", "ReLU'(u1)"),
        ),
        Slip(
            "ReLU' = z",
            "Where the unit is on, its argument stands for the slope, which is 1.",
            "the slope of ReLU and its kin",
            _argument_for_slope,
            SlipExample("gates", "ReLU'(u1)"),
        ),
    ),
)
