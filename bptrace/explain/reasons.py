"""Why a line of the matrix form or of a derivation reads as it does: one table of reasons.

A reason follows from the network's structure and from its values, never from names. Each is a row of `REASONS`: the
phase of the lines that it is about, when it holds, what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.plans import BATCH, REVERSE, UPDATE
from bptrace.engine.sentence_parts import (
    Calculation,
    Figure,
    FunctionName,
    Named,
    Sentence,
    SentencePiece,
    sentence,
    separated,
)
from bptrace.engine.trace import Trace
from bptrace.explain.phrases import BIAS, LISTED, enumerated
from bptrace.explain.whole_rule import Met, WholeRule
from bptrace.explain.wiring import Wiring
from bptrace.numbers.arrays import Index, at, size
from bptrace.numbers.enclosures import ZERO, precision
from bptrace.ops.expr import Name, nodes, number

POSITIVE, NEGATIVE = sentence("positive"), sentence("negative")
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _names_in_turn(names: Sequence[str]) -> Sentence:
    return enumerated(list(map(Named, names)))


def negated(condition: Sentence) -> Sentence:
    """That a condition does not hold: `not positive`."""
    return sentence("not ", *condition)


# Slopes


def _slopes(rule: WholeRule) -> Sentence:
    met, groups = rule.met, dict[tuple[Sentence, object], list[Met]]()
    for each in met:
        groups.setdefault((each.condition, each.slope), []).append(each)
    if len(groups) == 1:
        return sentence(_all_meet(rule), Figure(met[0].slope), ".")
    return _two_slopes(*met) if len(met) == 2 else sentence(separated(map(_alike, groups.values()), "; "), ".")


def _all_meet(rule: WholeRule) -> Sentence:
    """That all elements meet one case: `both entries of z are positive, so both slopes are`, before the number."""
    count, (subject, condition, _) = len(rule.met), rule.met[0]
    if count == 1:
        return sentence(Named(subject), " is ", condition, ", so the slope is ")
    both, neither = ("Both", "Neither entry") if count == 2 else (f"All {count:,}", f"None of the {count:,} entries")
    positive = next((each for each in (POSITIVE, NEGATIVE) if condition == negated(each)), ())
    start = sentence(neither, " of ") if positive else sentence(both, " entries of ")
    found = sentence(Named(rule.subject), " is " if positive else " are ", positive or condition)
    return sentence(start, found, f", so {'both' if count == 2 else 'all'} slopes are ")


def _two_slopes(one: Met, other: Met) -> Sentence:
    second = sentence(" is ", other.condition)
    if other.condition == negated(one.condition) or one.condition == negated(other.condition):
        second = sentence(" is not" if other.condition == negated(one.condition) else " is")
    start = sentence(Named(one.subject), " is ", one.condition, " and ", Named(other.subject), second)
    return sentence(start, ", so the slopes are ", Figure(one.slope), " and ", Figure(other.slope), ".")


def _alike(group: Sequence[Met]) -> Sentence:
    are = " is " if len(group) == 1 else " are "
    names = _names_in_turn([each.subject for each in group])
    return sentence(names, are, group[0].condition, ": slope ", Figure(group[0].slope))


# Gradients


def _is_closed(rule: WholeRule) -> bool:
    return bool(rule.closed)


def _stopped(rule: WholeRule) -> Sentence:
    slopes, gradients = zip(*rule.closed, strict=True)
    are = " is " if len(slopes) == 1 else " are "
    return sentence(_names_in_turn(slopes), f"{are}0, so ", _names_in_turn(gradients), f"{are}exactly 0.")


def _is_unread(rule: WholeRule) -> bool:
    return number(rule.definition.expr) == ZERO and not rule.wiring.depends(rule.wiring.loss, rule.target)


def _not_contained(rule: WholeRule) -> Sentence:
    return sentence(Named(rule.wiring.loss), " does not contain ", Named(rule.target), ".")


def _is_copy(rule: WholeRule) -> bool:
    """Whether one equation does nothing with what it reads but to pass it on."""
    expr = rule.definition.expr
    if rule.reader is None or not isinstance(expr, Name) or rule.trace.differentiated.get(expr.key) != rule.reader.key:
        return False
    names = [node for node in nodes(rule.reader.expr) if isinstance(node, Name)]
    return len(names) == 1 and not any(number(node) is not None for node in nodes(rule.reader.expr))


def _passed_on(rule: WholeRule) -> Sentence:
    assert rule.reader
    reader = rule.reader.key
    equal = sentence(", so ", Named(rule.key), " = ", Named(rule.trace.program.gradients[reader]), ".")
    if reader in rule.wiring.outputs:
        return sentence("No activation at the output", equal)
    return sentence(Named(reader), " is ", Named(rule.target), ", unchanged", equal)


def _bias(rule: WholeRule) -> Sentence:
    return sentence(f"{BIAS.capitalize()}.")


def _has_input(rule: WholeRule) -> bool:
    return rule.is_of_weight and rule.is_multiplied and not rule.is_weight(rule.factor)


def _input(rule: WholeRule) -> Sentence:
    enters = sentence(Named(rule.target), " enters ", Named(rule.readers[0]), " alone")
    return sentence(enters, ", with ", Named(rule.factor), " as its input.")


def _has_weights(rule: WholeRule) -> bool:
    return not rule.is_of_weight and rule.is_multiplied and rule.is_weight(rule.factor)


def _through_weights(rule: WholeRule) -> Sentence:
    weights = "weight " if size(rule.trace.program.quantities[rule.factor].shape) == 1 else "weights "
    return sentence(
        Named(rule.target), " enters ", Named(rule.readers[0]), f" alone, with the {weights}", Named(rule.factor), "."
    )


def _leads_through(rule: WholeRule) -> bool:
    return rule.reader is not None and bool(rule.function)


def _through_activation(rule: WholeRule) -> Sentence:
    enters = sentence(Named(rule.target), " enters ", Named(rule.readers[0]), " alone, through ")
    return sentence(enters, FunctionName(rule.function, rule.function), ": times the slope.")


def _uses(rule: WholeRule) -> Sentence:
    count = sum(rule.uses.values())
    word = COUNTS[count].capitalize() if count < len(COUNTS) else f"{count:,}"
    return sentence(f"{word} terms, because ", Named(rule.target), *_where_used(rule), ".")


def _where_used(rule: WholeRule) -> list[SentencePiece]:
    if rule.skips_to:
        skips = " (skip connection)" if len(rule.skips_to) == 1 else " (skip connections)"
        return [" also feeds ", _names_in_turn(rule.skips_to), skips]
    places = enumerated([sentence(_how_often(count), "in ", Named(reader)) for reader, count in rule.uses.items()])
    return [" is used ", places, " (shared weight)" * (rule.is_of_weight and len(rule.uses) > 1)]


def _how_often(count: int) -> str:
    return "" if count == 1 else "twice " if count == 2 else f"{count:,} times "


# Which outputs a weight acts through


def _acts_through_some(rule: WholeRule) -> bool:
    return any(len(through) < len(rule.outputs) for through in rule.routes)


def _through_some(rule: WholeRule) -> Sentence:
    told = [through for through in rule.routes if len(through) < len(rule.outputs)]
    found = [_only_through(rule, through) for through in told[:LISTED]]
    if len(told) > LISTED and all(len(through) == 1 for through in told):
        found.append(sentence("Likewise each of the others through one alone."))
    return separated(found, " ")


def _only_through(rule: WholeRule, through: tuple[str, ...]) -> Sentence:
    who, several = _actors(rule, through)
    rest = [output for output in rule.outputs if output not in through]
    acts = sentence(who, " act" if several else " acts", " on ", Named(rule.wiring.loss), " only through ")
    do = " do not contain " if len(rest) > 1 else " does not contain "
    return sentence(acts, _names_in_turn(through), "; ", _names_in_turn(rest), do, "them." if several else "it.")


def _actors(rule: WholeRule, through: tuple[str, ...]) -> tuple[Sentence, bool]:
    """The weight, or those of its elements that act through the same outputs; whether they are several."""
    elements = rule.routes[through]
    if len(rule.routes) == 1 and rule.is_whole:
        return sentence(Named(rule.target)), False
    return _names_in_turn(elements), len(elements) > 1


def _acts_through_all(rule: WholeRule) -> bool:
    return len(rule.outputs) > 1 and tuple(rule.outputs) in rule.routes


def _through_all(rule: WholeRule) -> Sentence:
    who, several = _actors(rule, tuple(rule.outputs))
    both = "both " if len(rule.outputs) == 2 else ""
    act = " act" if several else " acts"
    return sentence(who, act, " on ", Named(rule.wiring.loss), f" through {both}", _names_in_turn(rule.outputs), ".")


# Batch and update


def _is_batch(rule: WholeRule) -> bool:
    return rule.key == rule.wiring.loss and len(rule.trace.samples) > 1


def _batch(rule: WholeRule) -> Sentence:
    trace = rule.trace
    return sentence(f"Each line is the {trace.source.reduction} of what the {len(trace.samples):,} samples come to.")


def _moves_many(rule: WholeRule) -> bool:
    return rule.is_weight(rule.replaces) and size(rule.definition.shape) > 1 and not rule.is_open


def _moved(rule: WholeRule) -> Sentence:
    element = rule.trace.program.quantities[rule.replaces].element(rule.first)
    value = at(rule.trace.values[rule.key], rule.first)
    return sentence(Named(element), " becomes ", Calculation(rule.tree(rule.first), value, named=False), ".")


# The table


class Reason(NamedTuple):
    """A row: the phase of the lines that it is about, when it holds of a line's rule, and what it says then.

    `of_elements`: it is given only where the elements are derived one by one. `by_values`: it hangs on what the
    numbers are, so that each sample has its own. `of_factors`: it speaks of a factor, which the lines have.
    """

    phase: str
    holds: Callable[[WholeRule], bool]
    tell: Callable[[WholeRule], Sentence]
    of_elements: bool = False
    by_values: bool = False
    of_factors: bool = False


REASONS = (
    Reason(REVERSE, lambda rule: bool(rule.met), _slopes, by_values=True),
    Reason(REVERSE, _is_unread, _not_contained),
    Reason(REVERSE, _is_copy, _passed_on),
    Reason(REVERSE, lambda rule: rule.is_bias, _bias),
    Reason(REVERSE, _has_input, _input),
    Reason(REVERSE, _has_weights, _through_weights),
    Reason(REVERSE, _leads_through, _through_activation, of_factors=True),
    Reason(REVERSE, lambda rule: bool(rule.uses), _uses),
    Reason(REVERSE, _acts_through_some, _through_some),
    Reason(REVERSE, _acts_through_all, _through_all, of_elements=True),
    Reason(REVERSE, _is_closed, _stopped, by_values=True),
    Reason(BATCH, _is_batch, _batch),
    Reason(UPDATE, _moves_many, _moved),
)
"""In the order in which a line's reasons are given."""


class LineReasons:
    """Gives the reasons for the lines of one trace: of a sample, or of a network.

    `by_values`: only those that hang on what the numbers are, where the others have been given.
    """

    def __init__(self, trace: Trace, by_values: bool = False) -> None:
        self.trace = trace
        self.wiring = Wiring(trace)
        self.rows = [row for row in REASONS if row.by_values or not by_values]

    def of(
        self, definition: Definition, phase: str, elements: Sequence[Index] | None = None, factors: bool = True
    ) -> tuple[Sentence, ...]:
        """Why a whole quantity is what it is.

        `elements`: where those stand that are derived one by one. `factors`: its lines show what is multiplied.
        """
        rule = WholeRule(self.wiring, definition, elements)
        rows = (row for row in self.rows if row.phase == phase and (elements is not None or not row.of_elements))
        told = [row for row in rows if factors or not row.of_factors]
        with precision(self.trace.bits):
            return tuple(row.tell(rule) for row in told if row.holds(rule))
