"""An independent reader of sentences: what their typed parts claim, held against the values of the trace.

Every part that has a value is evaluated anew. Of what the words claim, it reads: what is exactly 0, where a gradient
passes or stops, what a sum comes to, how many more there are, and that a weight is multiplied by an input.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bptrace import Step, Trace
from bptrace.engine.plans import REVERSE
from bptrace.engine.sentence_parts import (
    Calculation,
    Figure,
    Formula,
    FunctionName,
    Named,
    Sentence,
    SentencePart,
    Valued,
    Words,
    plain,
)
from bptrace.explain.kinds import kind_of
from bptrace.explain.sentences import step_rules, step_words
from bptrace.numbers.arrays import at, indices
from bptrace.numbers.enclosures import Scalar, agree, is_zero, precision
from bptrace.ops.evaluate import evaluate, expander
from bptrace.ops.expr import Expr, Leaf, children, factors, nodes, rebuilt

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
UNIT = re.compile(rf"the ({'|'.join(ORDINALS)}) unit|unit (\d+)")
MORE = re.compile(r"and ([\d,]+) more")


def check_words(trace: Trace) -> None:
    """Check all that is said of each step of a trace that has all its values, told whole and in brief."""
    for step in trace.steps:
        reader = _Reader(trace.of(step), step)
        with precision(reader.trace.bits):
            for brief in (False, True):
                words = step_words(trace, step, brief)
                for told in words.sentences:
                    reader.check(told)
            words = step_words(trace, step)
            reader.check_all_told(words.instances)
            reader.check_principle(words.principle)


class _Reader:
    def __init__(self, trace: Trace, step: Step) -> None:
        self.trace = trace
        self.step = step
        self.places = trace.register.places

    def value(self, name: str) -> Scalar:
        key, index = self.places[name]
        return at(self.trace.values[key], index)

    def check(self, told: Sentence) -> None:
        """One sentence: its parts, then what its words claim of them."""
        for part in told:
            self.check_part(part)
        text = plain(told, self.trace.notation, None)
        assert re.fullmatch(r"\S+(?: \S+)*\.", text)
        assert ", ," not in text
        for clause in _clauses(told):
            self.check_claims(clause, plain(clause, self.trace.notation, None))

    def check_part(self, part: SentencePart) -> None:
        """What a part says by itself: a value, or a tree over values."""
        match part:
            case Named(name):
                assert name in self.places or name in self.trace.program.quantities
            case Valued(name, value):
                assert agree(value, self.value(name))
            case Formula(tree):
                self.check_leaves(tree)
            case Calculation(tree, value, _, quantity):
                self.check_leaves(tree)
                assert agree(evaluate(tree), value)
                assert not quantity or agree(value, self.value(quantity))

    def check_leaves(self, tree: Expr) -> None:
        for leaf in (node for node in nodes(tree) if isinstance(node, Leaf)):
            assert agree(leaf.value, self.value(leaf.name))

    def check_claims(self, clause: Sentence, text: str) -> None:
        """What the words claim of the parts between them."""
        if "exactly 0" in text:
            self.check_zeros(clause, text)
        if "the gradient passes" in text or "the gradient stops" in text:
            (slope,) = [part for part in clause if isinstance(part, Valued)]
            assert is_zero(slope.value) == ("stops" in text)
        if " the gradient at " in text or " the gradient pass at " in text:
            self.check_gates(clause)
        if " is a sum of " in text and " in all " in text:
            self.check_sum(clause, text)
        if " stays " in text or " moves from " in text:
            (target, *figures) = [part for part in clause if isinstance(part, Named | Figure)]
            assert isinstance(target, Named)
            (new,) = figures[-1:]
            assert isinstance(new, Figure)
            assert agree(new.value, self.value(f"{target.name}_new"))

    def check_gates(self, clause: Sentence) -> None:
        """That the gradient passes or stops where it is said to."""
        title = next(part.title for part in clause if isinstance(part, FunctionName))
        slopes = [slope for slope in self.trace.program.slopes if slope.activation == title]
        stops = False
        for part in clause:
            stops = " stops" in part.text if isinstance(part, Words) and " at " in part.text else stops
            if isinstance(part, Valued):
                key, index = self.places[part.name]
                found = [at(self.trace.values[each.quantity.key], index) for each in slopes if each.subject == key]
                assert stops in map(is_zero, found)

    def check_zeros(self, clause: Sentence, text: str) -> None:
        """That what is said to be 0 is."""
        start = next(place for place, part in enumerate(clause) if isinstance(part, Words) and "so " in part.text)
        for part in clause[start:]:
            if isinstance(part, Named):
                assert is_zero(self.value(part.name))
        for ordinal, number in UNIT.findall(text):
            unit = ORDINALS.index(ordinal) if ordinal else int(number) - 1
            assert all(is_zero(value) for value in self.gradients_of_unit(unit))

    def gradients_of_unit(self, unit: int) -> list[Scalar]:
        """The gradients in the step of the weights and biases of a unit; there are some."""
        blocks = [block for block in self.step.plan.blocks if None not in block.axes]
        found = [
            at(self.trace.values[definition.key], index)
            for block in blocks
            for definition, axis in zip(block.definitions, block.axes, strict=True)
            for index in indices(definition.shape)
            if index[axis or 0] == unit
        ]
        assert found
        return found

    def check_sum(self, clause: Sentence, text: str) -> None:
        """That the terms are as many as is said, and come to the value where all are shown."""
        first, *parts, total = [part for part in clause if isinstance(part, Named | Formula | Figure)]
        assert isinstance(first, Named)
        assert isinstance(total, Figure)
        shown = [evaluate(part.tree) if isinstance(part, Formula) else part.value
                 for part in parts if not isinstance(part, Named)]  # fmt: skip
        more = MORE.search(text)
        count = int(re.findall(r"a sum of ([\d,]+) terms", text)[0].replace(",", ""))
        assert len(shown) + (int(more[1].replace(",", "")) if more else 0) == count
        assert agree(total.value, self.value(first.name))
        if not more:
            assert agree(sum(shown[1:], shown[0]), total.value)

    def check_all_told(self, told: Sequence[Sentence]) -> None:
        """That every row is seen or counted, and each kind of rule among those seen is told of."""
        rules = [rule for rule, _ in step_rules(self.trace, self.step, every_kind=True)]
        counted = re.match(r"([\d,]+) more rows ", plain(told[-1])) if told else None
        assert len(rules) + (int(counted[1].replace(",", "")) if counted else 0) == len(self.step)
        said = {name for sentence in told for part in sentence for name in _names_of(part)}
        texts = [plain(sentence, self.trace.notation) for sentence in told]
        units = any("unit" in text for text in texts)
        by_kind: dict[str, list[bool]] = {}
        for rule in rules:
            names = {rule.quantity, rule.target, rule.subject.name if rule.slope_of else ""}
            by_kind.setdefault(kind_of(rule, self.step.phase).name, []).append(units or not names.isdisjoint(said))
        assert all(any(named) for named in by_kind.values())
        more = [int(found.replace(",", "")) for text in texts for found in MORE.findall(text)]
        unnamed = sum(not named for found in by_kind.values() for named in found)
        assert unnamed <= sum(more) or "and more" in " ".join(texts)

    def check_principle(self, told: Sentence) -> None:
        """That a weight gradient said to be the upstream gradient times an input is that."""
        if not plain(told).startswith("Each weight gradient is the upstream gradient times the input"):
            return
        assert self.step.phase == REVERSE
        for rule, _ in step_rules(self.trace, self.step):
            if rule.is_of_weight and not isinstance(rule.tree, Leaf):
                self.check_fed(rule.tree, rule.target)

    def check_fed(self, tree: Expr, target: str) -> None:
        """That what reads a weight grows by the other factor where the weight grows by 1."""
        upstream, other = factors(tree)
        assert isinstance(upstream, Leaf)
        assert isinstance(other, Leaf)
        assert self.trace.sections.get(self.places[other.name][0]) != "weights"
        key, index = self.places[upstream.name]
        read_by = self.trace.differentiated[key]
        definition = next(item for item in self.trace.program.definitions if item.key == read_by)
        before = expander(definition.expr, self.trace.register)(index)
        grown = evaluate(_raised(before, target)) - evaluate(before)
        assert agree(grown, other.value)


def _clauses(told: Sentence) -> list[Sentence]:
    """The sentences that one holds, where it is several."""
    found: list[list[SentencePart]] = [[]]
    for part in told:
        if isinstance(part, Words) and ". " in part.text:
            end, _, start = part.text.partition(". ")
            found[-1].append(Words(f"{end}."))
            found.append([Words(start)] if start else [])
        else:
            found[-1].append(part)
    return [tuple(clause) for clause in found]


def _names_of(part: SentencePart) -> list[str]:
    match part:
        case Named(name) | Valued(name, _):
            return [name]
        case Calculation(_, _, _, quantity):
            return [quantity]
        case Formula(tree):
            return [node.name for node in nodes(tree) if isinstance(node, Leaf)]
    return []


def _raised(tree: Expr, name: str) -> Expr:
    """The tree with a leaf's value raised by 1."""
    if isinstance(tree, Leaf):
        return Leaf(name, tree.value + 1) if tree.name == name else tree
    parts = [_raised(part, name) for part in children(tree)]
    return rebuilt(tree, parts) if parts else tree
