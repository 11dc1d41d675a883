"""The rule in general: one row a sentence that says, with no numbers, what a step mainly does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from bptrace.engine.plans import BATCH, FORWARD, REVERSE, UPDATE
from bptrace.engine.sentence_parts import Formula, Sentence, sentence
from bptrace.explain.phrases import BIAS
from bptrace.explain.rule_facts import RowRule
from bptrace.ops.expr import Leaf


def _always(rule: RowRule) -> bool:
    return True


def _adds_weighted(rule: RowRule) -> bool:
    return len(rule.weighted) + len(rule.biases) > 1 and bool(rule.weighted)


def _is_added(rule: RowRule) -> bool:
    """Whether it is the gradient of a weight that is added as it is."""
    return rule.is_of_weight and isinstance(rule.tree, Leaf)


def _is_sum(rule: RowRule) -> bool:
    return len(rule.terms) > 1


def _by_weight(rule: RowRule) -> bool:
    """Whether it is the upstream gradient times a weight."""
    return rule.pair is not None and rule.section(rule.pair[1]) == "weights"


def _weighted_words(rules: Sequence[RowRule]) -> Sentence:
    biases = " and a bias" * any(rule.weighted and rule.biases for rule in rules)
    return sentence(f"A unit adds up its inputs, each times its weight,{biases}.".replace(",.", "."))


def _weight_words(rules: Sequence[RowRule]) -> Sentence:
    bias = f" {BIAS.capitalize()}." * any(map(_is_added, rules))
    return sentence("Each weight gradient is the upstream gradient times the input that feeds the weight.", bias)


def _batch_words(rules: Sequence[RowRule]) -> Sentence:
    return sentence(f"What the batch comes to is the {rules[0].trace.source.reduction} over its samples.")


def _update_words(rules: Sequence[RowRule]) -> Sentence:
    moved = next(rule for rule in rules if rule.is_weight)
    return sentence("Each weight is updated by the same rule: ", Formula(moved.tree), ".")


class Principle(NamedTuple):
    """A rule in general, told of a step of its phase that has rules which it is `about`.

    `says`: the sentence, or what makes it of the step's rules. `holds`: what each rule that it is about must be for it
    to be true.
    """

    phase: str
    about: Callable[[RowRule], bool]
    says: str | Callable[[Sequence[RowRule]], Sentence]
    holds: Callable[[RowRule], bool] = _always


PRINCIPLES = (
    Principle(FORWARD, lambda rule: rule.is_loss, "The loss is the one number that the reverse pass differentiates."),
    Principle(FORWARD, lambda rule: rule.activation is not None, "An activation is applied to each element by itself."),
    Principle(FORWARD, _adds_weighted, _weighted_words),
    Principle(FORWARD, lambda rule: bool(rule.weighted), "A unit takes its input times its weight."),
    Principle(FORWARD, lambda rule: isinstance(rule.tree, Leaf), "A copy takes over a value unchanged."),
    Principle(FORWARD, _always, "Each value is worked out from values that are known by now."),
    Principle(
        REVERSE,
        lambda rule: rule.is_of_weight and _is_sum(rule),
        "A weight that is used several times gets a gradient from each use, and they add up.",
    ),
    Principle(
        REVERSE,
        lambda rule: rule.is_of_weight and not _is_added(rule),
        _weight_words,
        holds=lambda rule: rule.is_multiplied and not _by_weight(rule),
    ),
    Principle(REVERSE, _is_added, f"{BIAS.capitalize()}: its gradient is the upstream gradient."),
    Principle(REVERSE, _is_sum, "What acts on the loss in several ways gets a gradient from each, and they add up."),
    Principle(
        REVERSE,
        lambda rule: rule.times_slope,
        "Across an activation, the gradient is multiplied by the slope there.",
    ),
    Principle(
        REVERSE,
        _by_weight,
        "Back through a weight, the gradient is multiplied by the weight.",
        holds=lambda rule: rule.is_multiplied and not rule.is_of_weight,
    ),
    Principle(
        REVERSE,
        lambda rule: rule.pair is not None,
        "Back through a product, the gradient is multiplied by the other factor.",
        holds=lambda rule: rule.is_multiplied,
    ),
    Principle(
        REVERSE,
        lambda rule: bool(rule.upstreams) and not isinstance(rule.tree, Leaf),
        "By the chain rule, each gradient is the upstream gradient times the local derivative.",
    ),
    Principle(
        REVERSE,
        lambda rule: bool(rule.upstreams),
        "A gradient passes unchanged to what enters with a factor of 1.",
    ),
    Principle(
        REVERSE,
        lambda rule: not rule.slope_of and not rule.is_nothing,
        "The gradient at what the loss reads directly is the derivative of the loss itself.",
    ),
    Principle(REVERSE, lambda rule: bool(rule.slope_of), "The slope of an activation is its derivative at its input."),
    Principle(REVERSE, _always, "What the loss does not hang on has a gradient of 0."),
    Principle(BATCH, _always, _batch_words),
    Principle(UPDATE, lambda rule: rule.is_weight, _update_words),
    Principle(UPDATE, _always, "What is worked out here goes into the step that the weights take."),
)
"""A step is told by the first that is about some of its rules and holds for all of those."""


def principle(phase: str, rules: Sequence[RowRule], cut: Collection[str]) -> Sentence:
    """What a step with these rules mainly does, in general; nothing where no value exists.

    `cut`: the keys of the definitions that have more rules than these. All have one form, or nothing is said of each.
    """
    told = [rule for rule in rules if not rule.row.missing]
    found = (row for row in PRINCIPLES if row.phase == phase and _is_true(row, told, cut))
    return next((_said(row, told) for row in found), ())


def _said(row: Principle, rules: Sequence[RowRule]) -> Sentence:
    return sentence(row.says) if isinstance(row.says, str) else row.says(rules)


def _is_true(row: Principle, rules: Sequence[RowRule], cut: Collection[str]) -> bool:
    concerned = list(filter(row.about, rules))
    if not concerned or row.holds is _always:
        return bool(concerned)
    alike = {rule.definition.key: rule for rule in concerned if rule.row.is_regular}
    others = [rule for rule in concerned if not rule.row.is_regular]
    known = all(rule.definition.key not in cut for rule in others)
    return known and all(map(row.holds, [*alike.values(), *others]))
