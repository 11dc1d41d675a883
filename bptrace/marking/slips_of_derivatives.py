"""Slips in the rules of differentiation: differences, powers, exponentials, quotients."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.marking.parts import Parts
from bptrace.marking.rule_paths import RulePath, is_call, leaves_of
from bptrace.marking.slip import Slip, SlipExample, SlipGroup
from bptrace.numbers.enclosures import ONE, ZERO
from bptrace.ops.expr import Call, Expr, Leaf, Number, number, times


def _minus_lost(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        negative = [literal for literal in path.literals if literal.value < 0]
        if not negative:
            return None
        return path.exchanged(negative[0], Number(-negative[0].value))

    if parts.is_gradient:
        yield from parts.everywhere(change)
        if len(parts.paths) > 1:
            yield from parts.each(change)


def _power_paths(parts: Parts, path: RulePath) -> tuple[Number, Expr, Number] | None:
    """The exponent, the base and the exponent less one of a path through a power with a number for exponent."""
    for factor in path.factors:
        if is_call(factor, "^") and isinstance(factor.args[1], Number):
            exponent = factor.args[1].value + ONE
            literal = next((one for one in path.literals if one.value), None)
            if literal and parts.is_gradient and exponent not in (ZERO, ONE):
                return Number(exponent), factor, literal
    return None


def _two_for_every_power(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        found = _power_paths(parts, path)
        if not found:
            return None
        exponent, _, literal = found
        return path.exchanged(literal, Number(literal.value / exponent.value * 2))

    yield from parts.everywhere(change)


def _exponent_not_lowered(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        found = _power_paths(parts, path)
        if found and isinstance(found[1], Call):
            return path.exchanged(found[1], Call("^", (found[1].args[0], found[0])))
        squared = [leaf for leaf in path.reads if leaf.name == parts.subject and _is_square(parts, path)]
        return path.exchanged(squared[0], squared[0] ** 2) if squared else None

    if parts.is_gradient:
        yield from parts.everywhere(change)


def _is_square(parts: Parts, path: RulePath) -> bool:
    """Whether a path goes through a square of what the line is the gradient at."""
    line = parts.working.lines.get(parts.target_of(path))
    return line is not None and is_call(line.rule, "^") and line.reads == (parts.subject,)


def _exponential(parts: Parts, path: RulePath) -> Expr | None:
    """The factor that the exponential function of what the line is the gradient at gives a path."""
    line = parts.working.lines.get(parts.target_of(path))
    for factor in path.rest:
        named = isinstance(factor, Leaf) and line is not None and factor.name == line.name
        meaning = line.rule if named and line is not None else factor
        if is_call(meaning, "exp") and [leaf.name for leaf in leaves_of(meaning)] == [parts.subject]:
            return factor
    return None


def _power_rule_for_exponential(parts: Parts) -> Iterator[Expr]:
    argument = parts.leaf(parts.subject)

    def change(path: RulePath) -> RulePath | None:
        output = _exponential(parts, path)
        return path.times(argument) if output and argument else None

    def alone(path: RulePath) -> RulePath | None:
        output = _exponential(parts, path)
        return path.exchanged(output, argument) if output and argument else None

    if parts.is_gradient:
        yield from parts.everywhere(change)
        yield from parts.everywhere(alone)


def _quotient(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        tops = [f for f in path.factors if is_call(f, "/", "share") and number(f) is None]
        if path.upstream and any(leaf for divisor in path.divisors for leaf in leaves_of(divisor)):
            kept = tuple(literal for literal in path.literals if literal.value != -1)
            dropped = [literal for literal in path.literals if literal not in kept]
            return path.without(*dropped)._replace(divisors=())
        return path.without(*tops) if tops else None

    if parts.is_gradient and not parts.slopes:
        yield from parts.everywhere(change)


def _base_for_exponent(parts: Parts) -> Iterator[Expr]:
    def change(path: RulePath) -> RulePath | None:
        logs = [factor for factor in path.rest if is_call(factor, "log")]
        for factor in path.rest if logs else ():
            line = parts.working.lines.get(factor.name) if isinstance(factor, Leaf) else None
            power = line.rule if line else factor
            if is_call(power, "^"):
                base, exponent = power.args
                return path.without(*logs).exchanged(factor, times([exponent, Call("^", (base, exponent - 1))]))
        return None

    if parts.is_gradient:
        yield from parts.everywhere(change)


SLIPS = SlipGroup(
    "Derivatives",
    (
        Slip(
            "minus of a difference lost",
            "What is subtracted gets the gradient with a plus.",
            "the gradient at what is subtracted",
            _minus_lost,
            SlipExample("differences", "dL/db"),
        ),
        Slip(
            "power rule with 2 for every n",
            "The derivative of x^n is taken as 2*x^(n-1).",
            "the gradient at the base of a power",
            _two_for_every_power,
            SlipExample("powers", "dL/dx"),
        ),
        Slip(
            "exponent not lowered",
            "The derivative of x^n is taken as n*x^n.",
            "the gradient at the base of a power",
            _exponent_not_lowered,
            SlipExample("powers", "dL/dx"),
        ),
        Slip(
            "exp' = x·g",
            "The exponential is differentiated like a power: its argument comes down as a factor.",
            "the gradient at an exponent of e",
            _power_rule_for_exponential,
            SlipExample("powers", "dL/de"),
        ),
        Slip(
            "quotient: u'/v'",
            "A quotient is differentiated above and below the line apart.",
            "the gradient at a dividend or a divisor",
            _quotient,
            SlipExample("powers", "dL/dv"),
        ),
        Slip(
            "the base differentiated for the exponent",
            "The derivative of a^b in b is taken as b*a^(b-1), as if it were that in a.",
            "the gradient at an exponent",
            _base_for_exponent,
            SlipExample("powers", "dL/dn"),
        ),
    ),
)
