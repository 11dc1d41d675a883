"""What is said of the rules of a forward pass: a function a kind, about one rule or about several of it."""

from __future__ import annotations

from typing import cast

from bptrace.engine.sentence_parts import Calculation, Formula, Named, Sentence, sentence
from bptrace.explain.groups import Group
from bptrace.explain.phrases import activation_name, derived, enumerated, result, valued, weighted_inputs, worked
from bptrace.explain.rule_facts import RowRule
from bptrace.numbers.enclosures import precision
from bptrace.numbers.exact import Missing
from bptrace.ops.evaluate import chosen
from bptrace.ops.expr import Cases, Leaf, Number
from bptrace.ops.walker import as_gate


def missing_sentence(group: Group) -> Sentence:
    """That values do not exist, and why: `dL/dw1 and dL/dw2 do not exist: division by zero.`"""
    gap, several = cast(Missing, group.first.row.missing), len(group.rules) > 1 or group.more
    start = sentence(group.names, " do" if several else " does", " not exist")
    return sentence(start, " without ", Named(gap.without), ".") if gap.without else sentence(start, f": {gap.reason}.")


def loss_sentence(group: Group) -> Sentence:
    """How the loss comes about: `The loss L is (yhat-y)^2: (2-3)^2 = 1.`"""
    return sentence("The loss ", _derived(group.first), ".")


def activation_sentence(group: Group) -> Sentence:
    """What an activation makes of what: `relu takes z1 = 2 and z2 = -1 to h1 = 2 and h2 = 0.`"""
    rule, function = group.first, activation_name(group.first)
    if group.is_one:
        takes = sentence(function, " takes ", valued(rule.subject), " to ")
        if isinstance(rule.tree, Cases):
            return sentence(takes, Named(rule.quantity), ": ", _by_cases(rule, rule.tree), ".")
        return sentence(takes, worked(rule, rule.quantity), ".")
    return sentence(function, " takes ", group.all_valued(lambda rule: rule.subject), " to ", group.results, ".")


def _by_cases(rule: RowRule, cases: Cases) -> Sentence:
    """Which case holds, and what that makes: `z0=3>=0, so h0 = 3`, or with its working where it has some."""
    with precision(rule.trace.bits):
        branch = chosen(cases)[1]
    condition = sentence(Formula(as_gate(cases), numbers=True), ", so ")
    if isinstance(branch.value, Leaf | Number):
        return sentence(condition, result(rule))
    return sentence(condition, Named(rule.quantity), " is ", Calculation(branch.value, rule.row.scalar, named=False))


def _derived(rule: RowRule) -> Sentence:
    """The rule with names, and what it makes of the numbers."""
    if not isinstance(rule.tree, Cases):
        return sentence(derived(rule, rule.quantity))
    return sentence(Named(rule.quantity), " is ", Formula(rule.tree), ": ", _by_cases(rule, rule.tree))


def weighted_sum_sentence(group: Group) -> Sentence:
    """What inputs times weights add up to, with a bias where there is one."""
    rule, biases = group.first, group.first.biases
    if group.is_one:
        bias = sentence(", and the bias ", enumerated([Named(leaf.name) for leaf in biases])) if biases else ()
        return sentence(Named(rule.quantity), " adds up ", weighted_inputs(rule), bias, ": ", worked(rule), ".")
    return sentence("Inputs times weights", ", plus a bias each," * bool(biases), " add up to ", group.results, ".")


def weighted_sentence(group: Group) -> Sentence:
    """What an input times its weight gives: `z0 is x times its weight: (3/2)*2 = 3.`"""
    rule = group.first
    if group.is_one:
        return sentence(Named(rule.quantity), " is ", weighted_inputs(rule), ": ", worked(rule), ".")
    return sentence("Inputs times weights give ", group.results, ".")


def copy_sentence(group: Group) -> Sentence:
    """What is another quantity: `yhat is z2 = 3/2, unchanged.`"""
    if group.is_one:
        return sentence(Named(group.first.quantity), " is ", valued(group.first.copied), ", unchanged.")
    return sentence(group.results, " are ", group.all_valued(lambda rule: rule.copied), ", unchanged.")


def formula_sentence(group: Group) -> Sentence:
    """The formula, and what it gives: `e is a + b: -4 + 2 = -2.`"""
    rule = group.first
    if group.is_one:
        return sentence(_derived(rule), ".")
    return sentence(Named(rule.quantity), " is ", Formula(rule.tree), ", and so on: ", group.results, ".")
