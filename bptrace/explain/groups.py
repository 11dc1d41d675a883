"""Rules of one kind that are told of together, and the lists that a sentence about them has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bptrace.engine.sentence_parts import Named, Sentence, SentencePiece, sentence
from bptrace.explain.phrases import all_valued, enumerated, result
from bptrace.explain.rule_facts import RowRule
from bptrace.ops.expr import Leaf

FEW = 3
"""So many of a kind are told one by one, where that says more."""


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

    @property
    def is_few(self) -> bool:
        """Whether there are so few rules that each can be told by itself."""
        return len(self.rules) <= FEW and not self.more

    @property
    def stops(self) -> bool:
        """Whether a gradient stops at one of the rules."""
        return any(rule.is_stop for rule in self.rules)

    def alone(self) -> Iterator[Group]:
        """Each rule as a group of its own."""
        return (Group([rule]) for rule in self.rules)

    def listed(self, part: Callable[[RowRule], SentencePiece]) -> Sentence:
        """A part of every rule, in a list."""
        return enumerated([part(rule) for rule in self.rules], self.more)

    @property
    def results(self) -> Sentence:
        """What each rule gives: `dL/dw11 = -2 and dL/dw12 = -4`."""
        return self.listed(result)

    @property
    def names(self) -> Sentence:
        """What each rule is the rule of: `dL/dw11 and dL/dw12`."""
        return self.listed(lambda rule: Named(rule.quantity))

    @property
    def targets(self) -> Sentence:
        """What each rule is the gradient of, or the new value of: `w11 and w12`."""
        return self.listed(target_name)

    def all_valued(self, leaf: Callable[[RowRule], Leaf]) -> Sentence:
        """A quantity that every rule reads, each once: `x1 = 1 and x2 = 2`."""
        return all_valued(map(leaf, self.rules), self.more)


def likewise(group: Group) -> Sentence:
    """What rules give that are like those told already: `Likewise dL/dw31 = 1 and dL/dw32 = 2.`"""
    if group.first.row.missing:
        return sentence("Nor do these exist: ", group.names, ".")
    return sentence("Likewise ", group.results, ".")


def target_name(rule: RowRule) -> Named:
    """What a rule is the gradient of, or the new value of."""
    return Named(rule.target)


def loss_name(rule: RowRule) -> Named:
    """What the gradients are those of."""
    return Named(rule.loss)
