"""The kinds of rules, one row each: when a rule is of it, what is said of such rules, and the hint to their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bptrace.engine.plans import BATCH, FORWARD, REVERSE, UPDATE
from bptrace.engine.sentence_parts import Sentence
from bptrace.explain import forward_sentences as forward
from bptrace.explain import hints
from bptrace.explain import reverse_sentences as reverse
from bptrace.explain import update_sentences as update
from bptrace.explain.groups import Group
from bptrace.explain.phrases import activation_name
from bptrace.explain.rule_facts import RowRule
from bptrace.numbers.enclosures import is_enclosure
from bptrace.ops.expr import Leaf, Number


class Kind(NamedTuple):
    """A kind of rule. `name` is what it is called.

    `phase`: where it occurs; `holds(rule)`; `tell(group)`: the sentence about rules of it; `hint(rule)`: what is said
    to who has to find the value. `together(rule)`: only rules that agree in this are told of in one sentence.
    `rank`: a step told in brief is told of the kinds that have the least. `whole(group)`: what is said in a step told
    whole, if that is more. `reveals`: that it is of this kind would give the value away.
    """

    name: str
    phase: str
    holds: Callable[[RowRule], bool]
    tell: Callable[[Group], Sentence]
    hint: Callable[[RowRule], Sentence]
    rank: int = 2
    together: Callable[[RowRule], object] = lambda rule: rule.definition.key
    reveals: bool = False
    whole: Callable[[Group], list[Sentence]] | None = None

    def tell_whole(self, group: Group) -> list[Sentence]:
        """All that is said of rules of it."""
        return self.whole(group) if self.whole else [self.tell(group)]


ANYWHERE = ""
"""The phase of a kind that occurs in all of them."""
KINDS = (
    Kind(
        "what does not exist",
        ANYWHERE,
        lambda rule: rule.row.missing is not None,
        forward.missing_sentence,
        lambda rule: (),
        rank=-1,
        together=lambda rule: rule.row.missing and rule.row.missing.because,
        reveals=True,
    ),
    Kind("the loss", FORWARD, lambda rule: rule.is_loss, forward.loss_sentence, hints.function_hint, rank=1),
    Kind(
        "an activation",
        FORWARD,
        lambda rule: rule.activation is not None,
        forward.activation_sentence,
        hints.function_hint,
        rank=1,
        together=lambda rule: activation_name(rule).text,
    ),
    Kind(
        "inputs times weights",
        FORWARD,
        lambda rule: bool(rule.weighted) and len(rule.terms) > 1,
        forward.weighted_sum_sentence,
        hints.weighted_hint,
    ),
    Kind(
        "an input times its weight",
        FORWARD,
        lambda rule: bool(rule.weighted),
        forward.weighted_sentence,
        hints.weighted_hint,
    ),
    Kind("a copy", FORWARD, lambda rule: isinstance(rule.tree, Leaf), forward.copy_sentence, hints.copy_hint),
    Kind("a formula", FORWARD, lambda rule: True, forward.formula_sentence, hints.function_hint),
    Kind(
        "no path",
        REVERSE,
        lambda rule: rule.is_nothing,
        reverse.no_path_sentence,
        hints.no_path_hint,
        together=lambda rule: rule.hangs_on_values,
    ),
    Kind(
        "a slope that is a number",
        REVERSE,
        lambda rule: isinstance(rule.tree, Number),
        reverse.number_sentence,
        hints.constant_hint,
        rank=1,
        together=lambda rule: rule.trace.notation.short(rule.row.scalar),
    ),
    Kind(
        "the slope of a gate",
        REVERSE,
        lambda rule: bool(rule.slope_of) and rule.is_gate,
        reverse.gate_sentence,
        hints.gate_hint,
        rank=4,
        whole=reverse.gates_one_by_one,
        together=lambda rule: rule.activation_title,
    ),
    Kind(
        "the slope of an activation",
        REVERSE,
        lambda rule: bool(rule.slope_of),
        reverse.slope_sentence,
        hints.slope_hint,
        rank=4,
        together=lambda rule: rule.activation_title,
    ),
    Kind(
        "the slope of the loss",
        REVERSE,
        lambda rule: not rule.upstreams,
        reverse.slope_of_loss_sentence,
        hints.slope_of_loss_hint,
        rank=1,
    ),
    Kind(
        "an upstream gradient of 0",
        REVERSE,
        lambda rule: rule.is_blocked,
        reverse.zero_upstream_sentence,
        hints.chain_hint,
        rank=1,
        together=lambda rule: rule.dead_unit is not None,
        reveals=True,
    ),
    Kind(
        "the upstream gradient, passed on",
        REVERSE,
        lambda rule: isinstance(rule.tree, Leaf),
        reverse.passed_on_sentence,
        hints.passed_on_hint,
        rank=5,
    ),
    Kind(
        "the upstream gradient times a slope",
        REVERSE,
        lambda rule: rule.times_slope,
        reverse.times_slope_sentence,
        hints.times_slope_hint,
        rank=3,
        together=lambda rule: None,
    ),
    Kind(
        "the upstream gradient times what stands beside it",
        REVERSE,
        lambda rule: rule.pair is not None,
        reverse.times_other_sentence,
        hints.chain_hint,
        rank=1,
        together=lambda rule: rule.upstreams[0].name,
    ),
    Kind(
        "a sum over the places where a weight is used",
        REVERSE,
        lambda rule: len(rule.terms) > 1 and rule.is_of_weight,
        reverse.sum_sentence,
        hints.paths_hint,
        rank=0,
        whole=reverse.sums_term_by_term,
    ),
    Kind(
        "a sum over paths",
        REVERSE,
        lambda rule: len(rule.terms) > 1,
        reverse.sum_sentence,
        hints.paths_hint,
        whole=reverse.sums_term_by_term,
    ),
    Kind("the chain rule", REVERSE, lambda rule: True, forward.formula_sentence, hints.chain_hint),
    Kind(
        "what all samples come to",
        BATCH,
        lambda rule: True,
        update.reduction_sentence,
        hints.reduction_hint,
        together=lambda rule: None,
    ),
    Kind(
        "no step",
        UPDATE,
        lambda rule: rule.is_weight and rule.stays,
        update.no_step_sentence,
        hints.update_hint,
        rank=3,
        together=lambda rule: is_enclosure(rule.row.scalar),
        reveals=True,
    ),
    Kind(
        "a step of the update",
        UPDATE,
        lambda rule: rule.is_weight,
        update.update_sentence,
        hints.update_hint,
        whole=update.updates_one_by_one,
        together=lambda rule: None,
    ),
    Kind(
        "a part of the update",
        UPDATE,
        lambda rule: True,
        forward.formula_sentence,
        hints.formula_hint,
        together=lambda rule: rule.family,
    ),
)
"""A rule is of the first kind that holds for it."""


def kind_of(rule: RowRule, phase: str) -> Kind:
    """The kind that a rule is of."""
    return next(kind for kind in KINDS if kind.phase in (ANYWHERE, phase) and kind.holds(rule))
