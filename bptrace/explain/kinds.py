"""The kinds of rules, and what is said of each: a table, and one function a kind that makes its sentence.

A function is given rules of its kind that are told of together (`Group`): it makes one sentence about the only one, or
one about all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from bptrace.engine.plans import BATCH, FORWARD, REVERSE, UPDATE
from bptrace.engine.sentence_parts import Figure, Formula, FunctionName, Named, Sentence, SentencePiece, sentence
from bptrace.explain import hints
from bptrace.explain.phrases import (
    activation_name,
    all_valued,
    derived,
    enumerated,
    result,
    unit_title,
    valued,
    weighted_inputs,
    worked,
)
from bptrace.explain.rule_facts import RowRule
from bptrace.numbers.enclosures import is_enclosure, is_zero
from bptrace.numbers.exact import Missing
from bptrace.ops.expr import Leaf, Number


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one kind that are told of together. `more`: there may be more of them than these."""

    rules: Sequence[RowRule]
    more: bool = False

    @property
    def first(self) -> RowRule:
        """The first rule."""
        return self.rules[0]

    @property
    def is_one(self) -> bool:
        """Whether there is only one rule."""
        return len(self.rules) == 1 and not self.more

    def listed(self, part: Callable[[RowRule], SentencePiece]) -> Sentence:
        """A part of every rule, in a list."""
        return enumerated([part(rule) for rule in self.rules], self.more)

    @property
    def results(self) -> Sentence:
        """What each rule gives: `dL/dw11 = -2 and dL/dw12 = -4`."""
        return self.listed(result)

    @property
    def targets(self) -> Sentence:
        """What each rule is the gradient of, or the new value of: `w11 and w12`."""
        return self.listed(_target_name)

    def all_valued(self, leaf: Callable[[RowRule], Leaf]) -> Sentence:
        """A quantity that every rule reads, each once: `x1 = 1 and x2 = 2`."""
        return all_valued(map(leaf, self.rules), self.more)


def _target_name(rule: RowRule) -> Named:
    return Named(rule.target)


def _loss_of(rule: RowRule) -> Named:
    return Named(rule.loss)


# Anywhere


def _missing(group: Group) -> Sentence:
    gap, several = cast(Missing, group.first.row.missing), len(group.rules) > 1 or group.more
    start = sentence(group.listed(lambda rule: Named(rule.quantity)), " do" if several else " does", " not exist")
    return sentence(start, " without ", Named(gap.without), ".") if gap.without else sentence(start, f": {gap.reason}.")


# Forward


def _loss(group: Group) -> Sentence:
    return sentence("The loss ", derived(group.first, group.first.quantity), ".")


def _activation(group: Group) -> Sentence:
    rule, function = group.first, activation_name(group.first)
    if group.is_one:
        return sentence(function, " takes ", valued(rule.subject), " to ", worked(rule, rule.quantity), ".")
    return sentence(function, " takes ", group.all_valued(lambda rule: rule.subject), " to ", group.results, ".")


def _weighted_sum(group: Group) -> Sentence:
    rule, biases = group.first, group.first.biases
    if group.is_one:
        bias = sentence(", and the bias ", enumerated([Named(leaf.name) for leaf in biases])) if biases else ()
        return sentence(Named(rule.quantity), " adds up ", weighted_inputs(rule), bias, ": ", worked(rule), ".")
    return sentence("Inputs times weights", ", plus a bias each," * bool(biases), " add up to ", group.results, ".")


def _weighted(group: Group) -> Sentence:
    rule = group.first
    if group.is_one:
        return sentence(Named(rule.quantity), " is ", weighted_inputs(rule), ": ", worked(rule), ".")
    return sentence("Inputs times weights give ", group.results, ".")


def _copy(group: Group) -> Sentence:
    if group.is_one:
        return sentence(Named(group.first.quantity), " is ", valued(_copied(group.first)), ", unchanged.")
    return sentence(group.results, " are ", group.all_valued(_copied), ", unchanged.")


def _formula(group: Group) -> Sentence:
    rule = group.first
    if group.is_one:
        return sentence(derived(rule, rule.quantity), ".")
    return sentence(Named(rule.quantity), " is ", Formula(rule.tree), ", and so on: ", group.results, ".")


# Reverse


def _no_path(group: Group) -> Sentence:
    rule = group.first
    start = sentence("As the numbers are, " * rule.hangs_on_values, _loss_of(rule), " does not change with ")
    if group.is_one:
        return sentence(start, _target_name(rule), ", so ", Named(rule.quantity), " is exactly 0.")
    return sentence(start, group.targets, ", so these gradients are exactly 0.")


def _number(group: Group) -> Sentence:
    rule, each = group.first, "" if group.is_one else " each"
    always = ", as the numbers are." if rule.hangs_on_values else ", whatever the numbers."
    return sentence(_loss_of(rule), " changes with ", group.targets, " by ", Figure(rule.row.scalar), each, always)


def _gate(group: Group) -> Sentence:
    rule = group.first
    if group.is_one:
        passing = "stops here." if is_zero(rule.row.scalar) else "passes."
        return sentence(Formula(rule.tree, numbers=True), ", so ", result(rule), ": the gradient ", passing)
    opened = [rule.subject for rule in group.rules if not is_zero(rule.row.scalar)]
    closed = [rule.subject for rule in group.rules if is_zero(rule.row.scalar)]
    lets = sentence(" lets the gradient pass at ", all_valued(opened, group.more)) if opened else ()
    it = " it at " if opened else " the gradient at "
    stops = sentence(" and" * bool(opened), " stops", it, all_valued(closed, group.more)) if closed else ()
    return sentence(_slope_title(rule), lets, stops, ".")


def _slope(group: Group) -> Sentence:
    rule, title = group.first, _slope_title(group.first)
    if group.is_one:
        at = sentence(valued(rule.subject), " is ", worked(rule, rule.quantity))
        return sentence("The slope of ", title, " at ", at, ".")
    subjects = group.all_valued(lambda rule: rule.subject)
    return sentence("The slopes of ", title, " at ", subjects, " are ", group.results, ".")


def _slope_title(rule: RowRule) -> FunctionName:
    return FunctionName(rule.activation_title, rule.activation_title)


def _slope_of_loss(group: Group) -> Sentence:
    rule = group.first
    if group.is_one:
        return sentence(_loss_of(rule), " changes with ", _target_name(rule), " by ", derived(rule), ".")
    return sentence("The chain begins at the loss, which changes with ", group.targets, ": ", group.results, ".")


def _zero_upstream(group: Group) -> Sentence:
    if group.is_one:
        return sentence(valued(_upstream(group.first)), ", so ", Named(group.first.quantity), " is exactly 0.")
    zeroed = {rule.quantity for rule in group.rules}
    roots = [leaf for leaf in map(_upstream, group.rules) if leaf.name not in zeroed]
    return sentence(all_valued(roots, group.more), ", so ", _zeroed(group), " exactly 0.")


def _zeroed(group: Group) -> Sentence:
    """What is 0 because no gradient comes back: all of a unit, or quantities one by one."""
    units = list(dict.fromkeys(rule.dead_unit for rule in group.rules))
    if None not in units:
        titles = [unit_title(unit) for unit in units if unit is not None]
        return sentence("every gradient of ", enumerated(titles, group.more), " is")
    return sentence(group.listed(lambda rule: Named(rule.quantity)), " are" if len(group.rules) > 1 else " is")


def _passed_on(group: Group) -> Sentence:
    rule = group.first
    if group.is_one:
        whole = valued(_copied(rule))
        return sentence(_target_name(rule), " enters with a factor of 1, so ", Named(rule.quantity), " is ", whole, ".")
    return sentence(group.targets, " enter with a factor of 1, so ", group.results, ".")


def _times_slope(group: Group) -> Sentence:
    if group.is_one:
        return _upstream_times(group, "; times the slope ", " gives ")
    return _upstream_times(group, "; times the slopes ", " give ")


def _times_other(group: Group) -> Sentence:
    return _upstream_times(group, "; times ", " gives ")


def _upstream_times(group: Group, times: str, gives: str) -> Sentence:
    return sentence(group.all_valued(_upstream), times, group.all_valued(_other), gives, group.results, ".")


def _sum_over_paths(group: Group) -> Sentence:
    rule = group.first
    start = sentence(_target_name(rule), " leads on to ", enumerated(list(map(Named, rule.consumers))))
    if group.is_one:
        count = f" is a sum of {len(rule.terms)} terms: "
        return sentence(start, ", so ", Named(rule.quantity), count, worked(rule), ".")
    return sentence(start, ", and likewise the others; the sums give ", group.results, ".")


def _upstream(rule: RowRule) -> Leaf:
    return rule.upstreams[0]


def _other(rule: RowRule) -> Leaf:
    """What the upstream gradient is multiplied by."""
    assert rule.pair
    return rule.pair[1]


def _copied(rule: RowRule) -> Leaf:
    """What a rule copies."""
    assert isinstance(rule.tree, Leaf)
    return rule.tree


# Batch and update


def _reduction(group: Group) -> Sentence:
    trace, count = group.first.trace, len(group.first.trace.samples)
    start = f"The {trace.source.reduction} over {count:,} sample{'s' * (count > 1)}"
    if group.is_one:
        return sentence(start, " is ", worked(group.first, group.first.quantity), ".")
    return sentence(start, " gives ", group.results, ".")


def _no_step(group: Group) -> Sentence:
    rule = group.first
    shown = " in the digits shown" * is_enclosure(rule.row.scalar)
    if group.is_one:
        return sentence(_target_name(rule), " stays ", Figure(rule.row.scalar), shown, ": ", worked(rule), ".")
    return sentence(group.targets, " stay as they are", shown, ".")


def _update(group: Group) -> Sentence:
    rest = "" if group.is_one else ", and so on"
    return sentence("The update moves ", group.listed(_move), ": ", worked(group.first), rest, ".")


def _move(rule: RowRule) -> Sentence:
    """What the update changes: `w11 from 0 to 1/5`."""
    return sentence(
        _target_name(rule), " from ", Figure(rule.old, apart=True), " to ", Figure(rule.row.scalar, apart=True)
    )


class Kind(NamedTuple):
    """A kind of rule. `name` is what it is called.

    `phase`: where it occurs; `holds(rule)`; `tell(group)`: the sentence about rules of it; `hint(rule)`: what is said
    to who has to find the value. Of a step, the kinds with the least `rank` are told of. `together(rule)`: only rules
    that agree in this are told of in one sentence. `reveals`: that it is of this kind would give the value away.
    """

    name: str
    phase: str
    holds: Callable[[RowRule], bool]
    tell: Callable[[Group], Sentence]
    hint: Callable[[RowRule], Sentence]
    rank: int = 2
    together: Callable[[RowRule], object] = lambda rule: rule.definition.key
    reveals: bool = False


ANYWHERE = ""
"""The phase of a kind that occurs in all of them."""
KINDS = (
    Kind(
        "what does not exist",
        ANYWHERE,
        lambda rule: rule.row.missing is not None,
        _missing,
        lambda rule: (),
        rank=-1,
        together=lambda rule: rule.row.missing and rule.row.missing.because,
        reveals=True,
    ),
    Kind("the loss", FORWARD, lambda rule: rule.is_loss, _loss, hints.function_hint, rank=1),
    Kind(
        "an activation",
        FORWARD,
        lambda rule: rule.activation is not None,
        _activation,
        hints.function_hint,
        rank=1,
        together=lambda rule: activation_name(rule).text,
    ),
    Kind(
        "inputs times weights",
        FORWARD,
        lambda rule: bool(rule.weighted) and len(rule.terms) > 1,
        _weighted_sum,
        hints.weighted_hint,
    ),
    Kind("an input times its weight", FORWARD, lambda rule: bool(rule.weighted), _weighted, hints.weighted_hint),
    Kind("a copy", FORWARD, lambda rule: isinstance(rule.tree, Leaf), _copy, hints.copy_hint),
    Kind("a formula", FORWARD, lambda rule: True, _formula, hints.function_hint),
    Kind(
        "no path",
        REVERSE,
        lambda rule: isinstance(rule.tree, Number) and is_zero(rule.tree.value),
        _no_path,
        hints.no_path_hint,
    ),
    Kind(
        "a slope that is a number",
        REVERSE,
        lambda rule: isinstance(rule.tree, Number),
        _number,
        hints.constant_hint,
        rank=1,
        together=lambda rule: rule.trace.notation.short(rule.row.scalar),
    ),
    Kind(
        "the slope of a gate",
        REVERSE,
        lambda rule: bool(rule.slope_of) and rule.is_gate,
        _gate,
        hints.gate_hint,
        rank=4,
        together=lambda rule: rule.activation_title,
    ),
    Kind(
        "the slope of an activation",
        REVERSE,
        lambda rule: bool(rule.slope_of),
        _slope,
        hints.slope_hint,
        rank=4,
        together=lambda rule: rule.activation_title,
    ),
    Kind(
        "the slope of the loss",
        REVERSE,
        lambda rule: not rule.upstreams,
        _slope_of_loss,
        hints.slope_of_loss_hint,
        rank=1,
    ),
    Kind(
        "an upstream gradient of 0",
        REVERSE,
        lambda rule: rule.is_blocked,
        _zero_upstream,
        hints.chain_hint,
        rank=1,
        together=lambda rule: rule.dead_unit is not None,
        reveals=True,
    ),
    Kind(
        "the upstream gradient, passed on",
        REVERSE,
        lambda rule: isinstance(rule.tree, Leaf),
        _passed_on,
        hints.passed_on_hint,
        rank=5,
    ),
    Kind(
        "the upstream gradient times a slope",
        REVERSE,
        lambda rule: rule.times_slope,
        _times_slope,
        hints.times_slope_hint,
        rank=3,
        together=lambda rule: None,
    ),
    Kind(
        "the upstream gradient times what stands beside it",
        REVERSE,
        lambda rule: rule.pair is not None,
        _times_other,
        hints.chain_hint,
        rank=1,
        together=lambda rule: rule.upstreams[0].name,
    ),
    Kind(
        "a sum over the places where a weight is used",
        REVERSE,
        lambda rule: len(rule.terms) > 1 and rule.is_of_weight,
        _sum_over_paths,
        hints.paths_hint,
        rank=0,
    ),
    Kind("a sum over paths", REVERSE, lambda rule: len(rule.terms) > 1, _sum_over_paths, hints.paths_hint),
    Kind("the chain rule", REVERSE, lambda rule: True, _formula, hints.chain_hint),
    Kind(
        "what all samples come to",
        BATCH,
        lambda rule: True,
        _reduction,
        hints.reduction_hint,
        together=lambda rule: None,
    ),
    Kind(
        "no step",
        UPDATE,
        lambda rule: rule.is_weight and rule.stays,
        _no_step,
        hints.update_hint,
        rank=3,
        together=lambda rule: is_enclosure(rule.row.scalar),
        reveals=True,
    ),
    Kind(
        "a step of the update",
        UPDATE,
        lambda rule: rule.is_weight,
        _update,
        hints.update_hint,
        together=lambda rule: None,
    ),
    Kind(
        "a part of the update",
        UPDATE,
        lambda rule: True,
        _formula,
        hints.formula_hint,
        together=lambda rule: rule.family,
    ),
)
"""A rule is of the first kind that holds for it."""


def kind_of(rule: RowRule, phase: str) -> Kind:
    """The kind that a rule is of."""
    return next(kind for kind in KINDS if kind.phase in (ANYWHERE, phase) and kind.holds(rule))
