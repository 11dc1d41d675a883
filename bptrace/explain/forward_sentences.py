"""What is said of the rules of a forward pass: a function a kind, about one rule or about several of it."""

from __future__ import annotations

from typing import cast

from bptrace.engine.sentence_parts import Formula, Named, Sentence, sentence
from bptrace.explain.groups import Group
from bptrace.explain.phrases import activation_name, derived, enumerated, valued, weighted_inputs, worked
from bptrace.numbers.exact import Missing


def missing_sentence(group: Group) -> Sentence:
    """That values do not exist, and why: `dL/dw1 and dL/dw2 do not exist: division by zero.`"""
    gap, several = cast(Missing, group.first.row.missing), len(group.rules) > 1 or group.more
    start = sentence(group.names, " do" if several else " does", " not exist")
    return sentence(start, " without ", Named(gap.without), ".") if gap.without else sentence(start, f": {gap.reason}.")


def loss_sentence(group: Group) -> Sentence:
    """How the loss comes about: `The loss L is (yhat-y)^2: (2-3)^2 = 1.`"""
    return sentence("The loss ", derived(group.first, group.first.quantity), ".")


def activation_sentence(group: Group) -> Sentence:
    """What an activation makes of what: `relu takes z1 = 2 and z2 = -1 to h1 = 2 and h2 = 0.`"""
    rule, function = group.first, activation_name(group.first)
    if group.is_one:
        return sentence(function, " takes ", valued(rule.subject), " to ", worked(rule, rule.quantity), ".")
    return sentence(function, " takes ", group.all_valued(lambda rule: rule.subject), " to ", group.results, ".")


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
        return sentence(derived(rule, rule.quantity), ".")
    return sentence(Named(rule.quantity), " is ", Formula(rule.tree), ", and so on: ", group.results, ".")
