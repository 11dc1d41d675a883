"""Phrases that sentences about rules have in common: a quantity with its value, a calculation, a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bptrace.engine.sentence_parts import (
    Calculation,
    FunctionName,
    Named,
    Sentence,
    SentencePiece,
    Valued,
    sentence,
    separated,
)
from bptrace.explain.rule_facts import RowRule
from bptrace.ops.expr import Leaf
from bptrace.ops.table import OPS

LISTED = 3
BIAS = "a bias is a weight whose input is 1"
"""The rule of every bias."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def result(rule: RowRule) -> Valued:
    """What a rule gives: `dL/dw12 = -4`."""
    return Valued(rule.quantity, rule.row.scalar)


def valued(leaf: Leaf) -> Valued:
    """What a rule reads: `x1 = 1`."""
    return Valued(leaf.name, leaf.value)


def all_valued(leaves: Iterable[Leaf], more: bool = False) -> Sentence:
    """What several rules read, each name once: `x1 = 1 and x2 = 2`."""
    return enumerated(list(map(valued, {leaf.name: leaf for leaf in leaves}.values())), more)


def worked(rule: RowRule, quantity: str = "") -> Calculation:
    """A rule with numbers, and its value, `-2*2 = -4`; before them what it is of, if given."""
    return Calculation(rule.tree, rule.row.scalar, named=False, quantity=quantity)


def derived(rule: RowRule, quantity: str = "") -> Calculation:
    """A rule with names, with numbers, and its value, `dL/dz1*x2: -2*2 = -4`; before them what it is of, if given."""
    return Calculation(rule.tree, rule.row.scalar, quantity=quantity)


def activation_name(rule: RowRule) -> FunctionName:
    """The activation of a quantity, by the name that a file gives it: `relu`."""
    row = OPS[rule.activation.op] if rule.activation else None
    return FunctionName(row.spelled, row.title) if row else FunctionName("", "")


def weighted_inputs(rule: RowRule) -> Sentence:
    """What a rule multiplies by weights: `x1 and x2, each times its weight`."""
    names = [Named(leaf.name) for leaf in rule.weighted]
    return sentence(enumerated(names), ", each" * (len(names) > 1), " times its weight")


def unit_title(unit: int) -> str:
    """What a unit is called, counted from 0: `the second unit`."""
    return f"the {ORDINALS[unit]} unit" if unit < len(ORDINALS) else f"unit {unit + 1}"


def enumerated(items: Sequence[SentencePiece], more: bool = False) -> Sentence:
    """Items in a sentence: `a`, `a and b`, `a, b, c and 5 more`; `more`: there may be more than these, nobody knows how
    many: `a, b, c and more`.
    """
    front, rest = items[:LISTED], len(items) - LISTED
    if more and rest > 0:
        return sentence(separated(front, ", "), " and more")
    if rest > 1:
        return sentence(separated(front, ", "), f" and {rest:,} more")
    *others, last = items
    return sentence(separated(others, ", "), " and ", last) if others else sentence(last)
