"""The working in words: what a row, a step or a phase does with its numbers, in sentences by the kinds of its rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bptrace.engine.plans import FORWARD
from bptrace.engine.sentence_parts import Sentence, sentence
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.explain.groups import FEW, Group, likewise
from bptrace.explain.kinds import KINDS, Kind, kind_of
from bptrace.explain.principles import principle
from bptrace.explain.rule_facts import RowRule
from bptrace.ops.expr import Call, Expr
from bptrace.ops.table import OPS, all_nodes

SENTENCES = 2
STEPS = 12
"""So many steps of a phase are told of."""
LOOKED_AT = 1_000
"""A step of at most so many numbers, ten a row at least, is looked at as a whole."""
ROWS_OF_A_RUN = 6
RUNS = 40
LONG = 20
"""Of rows with more numbers than this only some of the first runs are looked at."""
LONG_RUNS = 4


def row_sentence(trace: Trace, place: int) -> Sentence:
    """What the row at a place, counted from 0 over all steps, does."""
    rule, phase = _rule_at(trace, place)
    return kind_of(rule, phase).tell(Group([rule]))


def row_hint(trace: Trace, place: int) -> Sentence:
    """How to go about the row at a place, its value apart."""
    rule, phase = _rule_at(trace, place)
    kind = next(kind for kind in KINDS if kind.phase == phase and kind.holds(rule) and not kind.reveals)
    return kind.hint(rule)


def _rule_at(trace: Trace, place: int) -> tuple[RowRule, str]:
    step = trace.step_at(place)
    offset = place - trace.starts[step.number - 1]
    definition, _ = next(step.plan.part(offset, offset + 1))
    return RowRule(trace.of(step), step.plan, definition, next(step.part(offset, offset + 1))), step.phase


class StepWords(NamedTuple):
    """A step in words: the rule in general, or nothing, and what it does with its numbers, a sentence or two a kind."""

    principle: Sentence
    instances: list[Sentence]

    @property
    def sentences(self) -> list[Sentence]:
        """All of them, the general one first."""
        return [self.principle, *self.instances] if self.principle else self.instances


def step_words(trace: Trace, step: Step, brief: bool = False) -> StepWords:
    """What a step does: whole, or in brief, which is one or two sentences without the rule in general."""
    if brief:
        return StepWords((), _brief(trace.of(step), step))
    return _whole(trace.of(step), step)


def phase_sentences(trace: Trace, steps: Sequence[Step], brief: bool = False) -> list[Sentence]:
    """What the steps of a phase do: the sentences that say most, and where gradients stop.

    In brief, how it begins, and where a gradient stops last, or how it ends.
    """
    if brief:
        ends = [each for step in dict.fromkeys((steps[0], steps[-1])) for each in _brief(trace.of(step), step)[:1]]
        stops = [each for step in steps[-STEPS:] for each in _stops(trace.of(step), step)]
        return [*ends[:1], *(stops[-1:] or ends[1:])]
    told = [each for step in steps[:STEPS] for each in _brief(trace.of(step), step, stops=True)]
    more = len(steps) - STEPS
    return [*told, sentence(f"{more:,} more steps are not told of here.")] if more > 0 else told


def _brief(trace: Trace, step: Step, stops: bool = False) -> list[Sentence]:
    """The sentences that say most; with `stops`, also those that tell where a gradient stops."""
    groups = _groups(step, list(step_rules(trace, step)))
    first = sorted(groups, key=lambda found: found[0].rank)[:SENTENCES]
    return [kind.tell(group) for kind, group in groups if (kind, group) in first or (stops and group.stops)]


def _stops(trace: Trace, step: Step) -> list[Sentence]:
    """The sentences that tell where a gradient stops."""
    return [kind.tell(group) for kind, group in _groups(step, list(step_rules(trace, step))) if group.stops]


def _whole(trace: Trace, step: Step) -> StepWords:
    """The rule in general, every kind of rule in the step, and how many rows nothing is said of."""
    rules = [rule for rule, _ in step_rules(trace, step, every_kind=True)]
    unseen = len(step) - len(rules)
    cut = _cut_short(step, rules) if unseen else set()
    by_kind: dict[str, list[tuple[Kind, Group]]] = {}
    for kind, group in _groups(step, [(rule, rule.definition.key in cut) for rule in rules]):
        by_kind.setdefault(kind.name, []).append((kind, group))
    told = [each for found in by_kind.values() for each in _told(found)]
    alike = all(rule.row.is_regular for rule in rules if rule.definition.key in cut)
    rest = "go by the same rules." if alike else "are not told of here."
    told += [sentence(f"{unseen:,} more rows {rest}")] if unseen else []
    return StepWords(principle(step.phase, rules, cut), told)


def _cut_short(step: Step, rules: Sequence[RowRule]) -> set[str]:
    """The keys of the definitions of which the step has more rows than these."""
    left: Counter[str] = Counter()
    for run in step.plan.blocks.runs:
        left[run.definition.key] += run.length
    left.subtract(rule.definition.key for rule in rules)
    return {key for key, count in left.items() if count}


def _told(found: Sequence[tuple[Kind, Group]]) -> list[Sentence]:
    """The sentences about one kind of rule: the first few of its groups, and what the others come to."""
    kind = found[0][0]
    shown = found if len(found) <= FEW else found[: FEW - 1]
    rest = [group for _, group in found[len(shown) :]]
    rules = [rule for group in rest for rule in group.rules]
    more = [likewise(Group(rules, any(group.more for group in rest)))] if rules else []
    return [each for _, group in shown for each in kind.tell_whole(group)] + more


def _groups(step: Step, seen: Sequence[tuple[RowRule, bool]]) -> list[tuple[Kind, Group]]:
    """Rules of a step, a group for each kind and what belongs together; of a long step only the first of each run."""
    found: dict[tuple[str, object], tuple[Kind, list[RowRule], list[bool]]] = {}
    kind_in_step = _kinds(step)
    for rule, more in seen:
        kind = kind_in_step(rule)
        _, rules, unseen = found.setdefault((kind.name, kind.together(rule)), (kind, [], []))
        rules.append(rule)
        unseen.append(more)
    return [(kind, Group(rules, any(unseen))) for kind, rules, unseen in found.values()]


def _kinds(step: Step) -> Callable[[RowRule], Kind]:
    """What gives the kind of a step's rule. Forward, it hangs on a rule's form alone, which rows have in common."""
    known: dict[str, Kind] = {}

    def kind(rule: RowRule) -> Kind:
        if rule.row.missing:
            return kind_of(rule, step.phase)
        found = known.get(rule.definition.key) or kind_of(rule, step.phase)
        if step.phase == FORWARD and rule.row.is_regular:
            known[rule.definition.key] = found
        return found

    return kind


def _numbers_read(expr: Expr) -> int:
    """How many numbers a row's rule reads, or somewhat fewer."""
    return max((OPS[node.op].terms(node) for node in all_nodes(expr) if isinstance(node, Call)), default=1)


def step_rules(trace: Trace, step: Step, every_kind: bool = False) -> Iterator[tuple[RowRule, bool]]:
    """The rules looked at, each with whether others of its definition are not.

    Of a long step, those are the first of some runs of rows, with `every_kind` of one run a definition at least, and
    all slopes.
    """
    dead: dict[int, bool] = {}
    start, longest = 0, max(_numbers_read(item.expr) for block in step.plan.blocks for item in block.definitions)
    short, most = step.plan.length * max(longest, 10) <= LOOKED_AT, RUNS if longest <= LONG else LONG_RUNS
    slopes = {slope.definition.key for slope in trace.program.slopes} if every_kind else set()
    known: set[str] = set()
    runs = step.plan.blocks.runs
    for place, run in enumerate(runs):
        key = run.definition.key
        if short or place < most or (every_kind and key not in known):
            count = run.length if short else LOOKED_AT if key in slopes else ROWS_OF_A_RUN
            rows = islice(step.part(start, start + count), run.length)
            more = not short and (run.length > count or len(runs) > most)
            yield from ((RowRule(trace, step.plan, run.definition, row, dead), more) for row in rows)
        known.add(key)
        start += run.length
