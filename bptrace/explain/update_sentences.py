"""What is said of the rules of a batch and of an update: a function a kind, about one rule or about several of it."""

from __future__ import annotations

from bptrace.engine.sentence_parts import Figure, Sentence, sentence
from bptrace.explain.groups import Group, target_name
from bptrace.explain.phrases import worked
from bptrace.explain.rule_facts import RowRule
from bptrace.numbers.enclosures import is_enclosure


def reduction_sentence(group: Group) -> Sentence:
    """What is taken over the samples, and what it gives."""
    trace, count = group.first.trace, len(group.first.trace.samples)
    start = f"The {trace.source.reduction} over {count:,} sample{'s' * (count > 1)}"
    if group.is_one:
        return sentence(start, " is ", worked(group.first, group.first.quantity), ".")
    return sentence(start, " gives ", group.results, ".")


def no_step_sentence(group: Group) -> Sentence:
    """Which weights the update leaves as they are."""
    rule = group.first
    shown = " in the digits shown" * is_enclosure(rule.row.scalar)
    if group.is_one:
        return sentence(target_name(rule), " stays ", Figure(rule.row.scalar), shown, ": ", worked(rule), ".")
    return sentence(group.targets, " stay as they are", shown, ".")


def update_sentence(group: Group) -> Sentence:
    """From where to where the update moves weights, and the working of the first."""
    rest = "" if group.is_one else ", and so on"
    return sentence("The update moves ", group.listed(_move), ": ", worked(group.first), rest, ".")


def updates_one_by_one(group: Group) -> list[Sentence]:
    """Each move with its working where they are few: `w1 moves from 1/2 to 3/5: 1/2 - (1/10)*(-1) = 3/5.`"""
    if group.is_few:
        return [sentence(_move(rule, " moves"), ": ", worked(rule), ".") for rule in group.rules]
    return [update_sentence(group)]


def _move(rule: RowRule, verb: str = "") -> Sentence:
    """What the update changes: `w11 from 0 to 1/5`."""
    old, new = Figure(rule.old, apart=True), Figure(rule.row.scalar, apart=True)
    return sentence(target_name(rule), verb, " from ", old, " to ", new)
