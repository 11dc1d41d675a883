"""The working in words: what a row, a step or a phase does with its numbers, in sentences by the kinds of its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from bptrace.engine.plans import FORWARD
from bptrace.engine.sentence_parts import Sentence
from bptrace.engine.trace import Step, Trace
from bptrace.explain.kinds import KINDS, Group, Kind, kind_of
from bptrace.explain.rule_facts import RowRule
from bptrace.ops.expr import Call, Expr
from bptrace.ops.table import OPS, all_nodes

SENTENCES = 2
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


def step_sentences(trace: Trace, step: Step) -> list[Sentence]:
    """What a step does with its numbers, in one or two sentences: those that say most."""
    groups = _groups(trace.of(step), step)
    chosen = sorted(sorted(groups, key=lambda found: found[0].rank)[:SENTENCES], key=groups.index)
    return [kind.tell(group) for kind, group in chosen]


def _groups(trace: Trace, step: Step) -> list[tuple[Kind, Group]]:
    """The step's rules, a group for each kind and what belongs together; of a long step only the first of each run."""
    found: dict[tuple[str, object], tuple[Kind, list[RowRule], list[bool]]] = {}
    kind_in_step = _kinds(step)
    for rule, more in step_rules(trace, step):
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


def step_rules(trace: Trace, step: Step) -> Iterator[tuple[RowRule, bool]]:
    """The rules looked at, each with whether others of its definition are not."""
    dead: dict[int, bool] = {}
    start, longest = 0, max(_numbers_read(item.expr) for block in step.plan.blocks for item in block.definitions)
    short, most = step.plan.length * max(longest, 10) <= LOOKED_AT, RUNS if longest <= LONG else LONG_RUNS
    runs = [run for block in step.plan.blocks for run in block.runs()]
    for run in runs if short else runs[:most]:
        rows = islice(step.part(start, start + (run.length if short else ROWS_OF_A_RUN)), run.length)
        more = not short and (run.length > ROWS_OF_A_RUN or len(runs) > most)
        yield from ((RowRule(trace, step.plan, run.definition, row, dead), more) for row in rows)
        start += run.length
