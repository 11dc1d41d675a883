"""The working in words: what a step does with its numbers, in sentences by the kind of its rules.

`KINDS` is the table: which rules are of a kind, and the kind's sentences. A sentence is a template over the parts
of a rule (`Rule`): `{upstream}` is the upstream gradient with its value. In a sentence about several rules
`{results}` lists every one's `result`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bptrace.engine.plans import BATCH, FORWARD, REVERSE, UPDATE
from bptrace.engine.trace import Step, Trace
from bptrace.explain.rule_facts import Rule, listed
from bptrace.numbers.enclosures import is_zero
from bptrace.ops.expr import Call, Expr, Leaf, Number
from bptrace.ops.table import OPS, all_nodes

SENTENCES = 2
LOOKED_AT = 1_000
"""A step of at most so many numbers, ten a row at least, is looked at as a whole."""
ROWS_OF_A_RUN = 6
RUNS = 40
LONG = 20
"""Of rows with more numbers than this only some of the first runs are looked at."""
LONG_RUNS = 4


class Kind(NamedTuple):
    """A kind of rule. `name` is what it is called, also as a hint to who has to find the value.

    `phase`: where it occurs; `holds(rule)`; `one`: the sentence about one such rule; `many`: about several, nothing
    where the first one's must do. Of a step, the kinds with the least `rank` are told of. `together(rule)`: only
    rules that agree in this are told of in one sentence. `tells`: the name would give the value away.
    """

    name: str
    phase: str
    holds: Callable[[Rule], bool]
    one: str
    many: str = ""
    rank: int = 2
    together: Callable[[Rule], object] = lambda rule: rule.definition.key
    tells: bool = False


class Rules:
    """Several rules of one kind; `{parts}` lists the `part` of every one, other names are the first rule's.

    `more`: there may be more than these.
    """

    def __init__(self, rules: Sequence[Rule], more: bool) -> None:
        self.rules = rules
        self.more = more

    def __getitem__(self, name: str) -> str:
        if name in GATHERED:
            return GATHERED[name](self.rules, self.more)
        if name.endswith("s") and hasattr(Rule, name[:-1]):
            return listed(self._distinct(name[:-1]), self.more)
        return str(getattr(self.rules[0], name))

    def _distinct(self, part: str) -> list[str]:
        return list(dict.fromkeys(str(getattr(rule, part)) for rule in self.rules))


def _gates(rules: Sequence[Rule], more: bool) -> str:
    """Where gates let the gradient pass, and where they stop it."""
    opened = [rule.subject for rule in rules if not is_zero(rule.row.scalar)]
    closed = [rule.subject for rule in rules if is_zero(rule.row.scalar)]
    parts = [f"lets the gradient pass at {listed(opened, more)}"] if opened else []
    it = "it" if opened else "the gradient"
    return " and ".join([*parts, f"stops {it} at {listed(closed, more)}"] if closed else parts)


def _roots(rules: Sequence[Rule], more: bool) -> str:
    """The gradients of 0 that others are 0 because of, but for those that are among the others."""
    zeroed = {rule.quantity for rule in rules}
    found = dict.fromkeys(rule.upstream for rule in rules if rule.upstreams[0].name not in zeroed)
    return listed(list(found), more)


def _zeroed(rules: Sequence[Rule], more: bool) -> str:
    """What is 0 because no gradient comes back: all of a unit, or quantities one by one."""
    units = list(dict.fromkeys(rule.unit for rule in rules))
    if all(units):
        return f"every gradient of {listed(units, more)} is"
    return f"{listed([rule.quantity for rule in rules], more)} {'are' if len(rules) > 1 else 'is'}"


GATHERED = {"gates": _gates, "roots": _roots, "zeroed": _zeroed}

KINDS = (
    Kind(
        "the loss",
        FORWARD,
        lambda rule: rule.is_loss,
        "The loss {quantity} is {derived}.",
        rank=1,
    ),
    Kind(
        "an activation",
        FORWARD,
        lambda rule: rule.activation is not None,
        "{function} takes {subject} to {quantity}: {worked}.",
        "{function} takes {subjects} to {results}.",
        rank=1,
        together=lambda rule: rule.function,
    ),
    Kind(
        "inputs times weights",
        FORWARD,
        lambda rule: bool(rule.weighted) and rule.count > 1,
        "{quantity} adds up {inputs}{bias}: {worked}.",
        "Inputs times weights{a_bias} add up to {results}.",
    ),
    Kind(
        "an input times its weight",
        FORWARD,
        lambda rule: bool(rule.weighted),
        "{quantity} is {inputs}: {worked}.",
        "Inputs times weights give {results}.",
    ),
    Kind(
        "a copy",
        FORWARD,
        lambda rule: isinstance(rule.tree, Leaf),
        "{quantity} is {whole}, unchanged.",
        "{results} are {wholes}, unchanged.",
    ),
    Kind(
        "a formula",
        FORWARD,
        lambda rule: True,
        "{quantity} is {derived}.",
        "{quantity} is {formula}, and so on: {results}.",
    ),
    Kind(
        "no path",
        REVERSE,
        lambda rule: isinstance(rule.tree, Number) and is_zero(rule.tree.value),
        "{as_it_is}{loss} does not change with {target}, so {quantity} is exactly 0.",
        "{as_it_is}{loss} does not change with {targets}, so these gradients are exactly 0.",
    ),
    Kind(
        "a slope that is a number",
        REVERSE,
        lambda rule: isinstance(rule.tree, Number),
        "{loss} changes with {target} by {value}{always}.",
        "{loss} changes with {targets} by {value} each{always}.",
        rank=1,
        together=lambda rule: rule.value,
    ),
    Kind(
        "the slope of a gate",
        REVERSE,
        lambda rule: bool(rule.slope_of) and rule.is_gate,
        "{condition}, so {result}: the gradient {passing}.",
        "{activation_title} {gates}.",
        rank=4,
        together=lambda rule: rule.activation_title,
    ),
    Kind(
        "the slope of an activation",
        REVERSE,
        lambda rule: bool(rule.slope_of),
        "The slope of {activation_title} at {subject} is {quantity}: {worked}.",
        "The slopes of {activation_title} at {subjects} are {results}.",
        rank=4,
        together=lambda rule: rule.activation_title,
    ),
    Kind(
        "the slope of the loss",
        REVERSE,
        lambda rule: not rule.upstreams,
        "{loss} changes with {target} by {derived}.",
        "The chain begins at the loss, which changes with {targets}: {results}.",
        rank=1,
    ),
    Kind(
        "an upstream gradient of 0",
        REVERSE,
        lambda rule: rule.is_blocked,
        "{upstream}, so {quantity} is exactly 0.",
        "{roots}, so {zeroed} exactly 0.",
        rank=1,
        together=lambda rule: bool(rule.unit),
        tells=True,
    ),
    Kind(
        "the upstream gradient, passed on",
        REVERSE,
        lambda rule: isinstance(rule.tree, Leaf),
        "{target} enters with a factor of 1, so {quantity} is {whole}.",
        "{targets} enter with a factor of 1, so {results}.",
        rank=5,
    ),
    Kind(
        "the upstream gradient times a slope",
        REVERSE,
        lambda rule: rule.times_slope,
        "{upstream}; times the slope {other} gives {result}.",
        "{upstreams}; times the slopes {others} give {results}.",
        rank=3,
        together=lambda rule: None,
    ),
    Kind(
        "the upstream gradient times what stands beside it",
        REVERSE,
        lambda rule: rule.pair is not None,
        "{upstream}; times {other} gives {result}.",
        "{upstream}; times {others} gives {results}.",
        rank=1,
        together=lambda rule: rule.upstreams[0].name,
    ),
    Kind(
        "a sum over the places where a weight is used",
        REVERSE,
        lambda rule: rule.count > 1 and rule.is_of_weight,
        "{target} leads on to {consumers}, so {quantity} is a sum of {count} terms: {worked}.",
        "{target} leads on to {consumers}, and likewise the others; the sums give {results}.",
        rank=0,
    ),
    Kind(
        "a sum over paths",
        REVERSE,
        lambda rule: rule.count > 1,
        "{target} leads on to {consumers}, so {quantity} is a sum of {count} terms: {worked}.",
        "{target} leads on to {consumers}, and likewise the others; the sums give {results}.",
    ),
    Kind(
        "the chain rule",
        REVERSE,
        lambda rule: True,
        "{quantity} is {derived}.",
        "{quantity} is {formula}, and so on: {results}.",
    ),
    Kind(
        "what all samples come to",
        BATCH,
        lambda rule: True,
        "The {reduction} over {samples} is {quantity}: {worked}.",
        "The {reduction} over {samples} gives {results}.",
        together=lambda rule: None,
    ),
    Kind(
        "no step",
        UPDATE,
        lambda rule: rule.is_weight and rule.stays,
        "{target} stays {value}{as_shown}: {worked}.",
        "{targets} stay as they are{as_shown}.",
        rank=3,
        together=lambda rule: rule.as_shown,
        tells=True,
    ),
    Kind(
        "a step of the update",
        UPDATE,
        lambda rule: rule.is_weight,
        "The update moves {move}: {worked}.",
        "The update moves {moves}.",
        together=lambda rule: None,
    ),
    Kind(
        "a part of the update",
        UPDATE,
        lambda rule: True,
        "{quantity} is {derived}.",
        "{quantity} is {formula}, and so on: {results}.",
        together=lambda rule: rule.family,
    ),
)


def kind_of(rule: Rule, phase: str) -> Kind:
    """The kind that a rule is of: the first in the table."""
    return next(kind for kind in KINDS if kind.phase == phase and kind.holds(rule))


def _kinds(step: Step) -> Callable[[Rule], Kind]:
    """The same for the rules of a step. Forward, the kind hangs on a rule's form alone, which rows have in common."""
    known: dict[str, Kind] = {}

    def kind(rule: Rule) -> Kind:
        found = known.get(rule.definition.key) or kind_of(rule, step.phase)
        if step.phase == FORWARD and rule.row.is_regular:
            known[rule.definition.key] = found
        return found

    return kind


def of_row(trace: Trace, place: int) -> str:
    """What the row at a place, counted from 0 over all steps, does, in one sentence."""
    rule, phase = _rule_at(trace, place)
    return told(kind_of(rule, phase), [rule])


def hint_of_row(trace: Trace, place: int) -> str:
    """What the kind of rule that the row at a place has is called, its value apart."""
    rule, phase = _rule_at(trace, place)
    return next(kind.name for kind in KINDS if kind.phase == phase and kind.holds(rule) and not kind.tells)


def _rule_at(trace: Trace, place: int) -> tuple[Rule, str]:
    step = trace.step_at(place)
    offset = place - trace.starts[step.number - 1]
    definition, _ = next(step.plan.part(offset, offset + 1))
    return Rule(trace.of(step), step.plan, definition, next(step.part(offset, offset + 1))), step.phase


class _Group:
    """Rules of one kind in a step that are told of together; `more`: there may be more than these."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rules: list[Rule] = []
        self.more = False


def told(kind: Kind, rules: Sequence[Rule], more: bool = False) -> str:
    """The sentence about rules of one kind; `more`: there may be more than these."""
    template = kind.many if kind.many and (len(rules) > 1 or more) else kind.one
    return template.format_map(Rules(rules, more))


def of_phase(trace: Trace, steps: Sequence[Step]) -> list[str]:
    """What the steps of a phase do, in one or two sentences: the first and the last ones' most telling."""
    ends = dict.fromkeys((steps[0], steps[-1]))
    return [of_step(trace, step)[0] for step in ends]


def of_step(trace: Trace, step: Step) -> list[str]:
    """What a step does with its numbers, in one or two sentences: those that say most."""
    groups = _groups(trace.of(step), step)
    chosen = sorted(sorted(groups, key=lambda group: group.kind.rank)[:SENTENCES], key=groups.index)
    return [told(group.kind, group.rules, group.more) for group in chosen]


def _groups(trace: Trace, step: Step) -> list[_Group]:
    """The step's rules, a group for each kind and what belongs together; of a long step only the first of each run."""
    found: dict[tuple[str, object], _Group] = {}
    kind_in_step = _kinds(step)
    for rule, more in rules_of(trace, step):
        kind = kind_in_step(rule)
        group = found.setdefault((kind.name, kind.together(rule)), _Group(kind))
        group.rules.append(rule)
        group.more = group.more or more
    return list(found.values())


def _operands(expr: Expr) -> int:
    """How many numbers a row's rule reads, or somewhat fewer."""
    return max((OPS[node.op].terms(node) for node in all_nodes(expr) if isinstance(node, Call)), default=1)


def rules_of(trace: Trace, step: Step) -> Iterator[tuple[Rule, bool]]:
    """The rules looked at, each with whether others of its definition are not."""
    dead: dict[int, bool] = {}
    start, longest = 0, max(_operands(item.expr) for block in step.plan.blocks for item in block.definitions)
    short, most = step.plan.length * max(longest, 10) <= LOOKED_AT, RUNS if longest <= LONG else LONG_RUNS
    runs = [run for block in step.plan.blocks for run in block.runs()]
    for run in runs if short else runs[:most]:
        rows = islice(step.part(start, start + (run.length if short else ROWS_OF_A_RUN)), run.length)
        more = not short and (run.length > ROWS_OF_A_RUN or len(runs) > most)
        yield from ((Rule(trace, step.plan, run.definition, row, dead), more) for row in rows)
        start += run.length
