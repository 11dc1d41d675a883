"""Hints to who has to find a row's value: what kind of rule gives it and how to go about it, with no number told."""

from __future__ import annotations

from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Formula, FunctionName, Named, Sentence, sentence
from bptrace.explain.phrases import enumerated, weighted_inputs
from bptrace.explain.rule_facts import RowRule
from bptrace.ops.expr import Call, children, nodes
from bptrace.ops.shorten import abridged
from bptrace.ops.table import OPS

LONGEST = 400
"""How many characters of a rule a hint tells."""


def hints_in_turn(row: Row, first: str) -> list[str]:
    """The hints to a row in turn: how to go about it, which is `first`, its formula, its numbers.

    One that says nothing more, or that is the value itself, is left out.
    """
    _, formula, rule, value = row.texts()
    hints = [f"hint: {first}"] if first else []
    hints += [f"its formula is {abridged(formula, LONGEST)}"] * (formula != value)
    return hints + [f"in numbers: {abridged(rule, LONGEST)}"] * (rule not in (formula, value))


# Forward


def function_hint(rule: RowRule) -> Sentence:
    """What the function that gives the whole quantity is, `relu(z): max(0, z)`; of an operator, how to go about it."""
    expr = rule.definition.expr
    about = OPS[expr.op].about if isinstance(expr, Call) else ""
    return sentence(about.partition(";")[0]) if about else formula_hint(rule)


def weighted_hint(rule: RowRule) -> Sentence:
    """What is multiplied by weights and added up: `add up x1 and x2, each times its weight, and the bias b1`."""
    bias = sentence(", and the bias ", enumerated([Named(leaf.name) for leaf in rule.biases])) if rule.biases else ()
    return sentence("add up " * (len(rule.terms) > 1), weighted_inputs(rule), bias)


def copy_hint(rule: RowRule) -> Sentence:
    """That there is nothing to work out."""
    return sentence("there is nothing to work out: it is another quantity, unchanged")


def formula_hint(rule: RowRule) -> Sentence:
    """How to go about a formula: `from the inside out: first yhat-y`; nothing of one that is a single step."""
    ready = [part for part in nodes(rule.tree) if children(part) and not any(map(children, children(part)))]
    if not ready or ready[0] is rule.tree:
        return ()
    if len(rule.terms) > 1:
        return sentence(f"a sum of {len(rule.terms):,} terms: each by itself first")
    return sentence("from the inside out: first ", Formula(ready[0]))


# Reverse


def no_path_hint(rule: RowRule) -> Sentence:
    """Which question to ask of a gradient that is a number by itself."""
    return sentence("move ", Named(rule.target), " a little: does ", Named(rule.loss), " change at all?")


def constant_hint(rule: RowRule) -> Sentence:
    """What a gradient that is a number by itself says."""
    return sentence("by how much does ", Named(rule.loss), " change when ", Named(rule.target), " grows by 1?")


def gate_hint(rule: RowRule) -> Sentence:
    """Where a slope that takes one of a few values is to be looked up."""
    name = FunctionName(rule.activation_title, rule.activation_title)
    return sentence("the slope of ", name, ": on which side of its kink is ", Named(rule.subject.name), "?")


def slope_hint(rule: RowRule) -> Sentence:
    """Which derivative is taken where."""
    name = FunctionName(rule.activation_title, rule.activation_title)
    return sentence("the derivative of ", name, ", at ", Named(rule.subject.name))


def slope_of_loss_hint(rule: RowRule) -> Sentence:
    """Where the chain begins."""
    loss, target = Named(rule.loss), Named(rule.target)
    return sentence("here the chain begins: the derivative of ", loss, " with respect to ", target, ", all else fixed")


def passed_on_hint(rule: RowRule) -> Sentence:
    """What a gradient that is passed on hangs on."""
    added = sentence(Named(rule.target), " enters ", _consumers(rule), " with a factor of 1")
    return sentence(added, ": what becomes of the gradient there?")


def times_slope_hint(rule: RowRule) -> Sentence:
    """The chain rule across an activation."""
    return sentence("the chain rule: the gradient at ", _consumers(rule), ", times the slope of the activation between")


def chain_hint(rule: RowRule) -> Sentence:
    """The chain rule: `the gradient at z1, times how z1 changes with w11`."""
    read, target = _consumers(rule), Named(rule.target)
    if len(rule.consumers) == 1:
        return sentence("the chain rule: the gradient at ", read, ", times how ", read, " changes with ", target)
    return sentence(target, " acts through ", read, ": the gradient at each, times how it changes with ", target)


def paths_hint(rule: RowRule) -> Sentence:
    """The chain rule over several paths: a term for each, added up."""
    return sentence(chain_hint(rule), "; add up" if len(rule.consumers) > 1 else "")


def _consumers(rule: RowRule) -> Sentence:
    return enumerated(list(map(Named, rule.consumers)))


# Batch and update


def reduction_hint(rule: RowRule) -> Sentence:
    """What is taken over the samples."""
    trace = rule.trace
    return sentence(f"the {trace.source.reduction} of what the {len(trace.samples):,} samples come to")


def update_hint(rule: RowRule) -> Sentence:
    """What an update does with a weight."""
    return sentence("the old value, less the step that the update rule makes of its gradient")
