"""What is said of the rules of a reverse chain: a function a kind, about one rule or about several of it."""

from __future__ import annotations

from bptrace.engine.sentence_parts import (
    Figure,
    Formula,
    FunctionName,
    Named,
    Sentence,
    SentencePart,
    sentence,
    separated,
)
from bptrace.explain.groups import Group, likewise, loss_name, target_name
from bptrace.explain.phrases import all_valued, derived, enumerated, result, unit_title, valued, worked
from bptrace.explain.rule_facts import RowRule
from bptrace.numbers.enclosures import is_zero
from bptrace.ops.expr import Expr, Leaf


def no_path_sentence(group: Group) -> Sentence:
    """That the loss does not hang on something: `L does not change with a2, so dL/da2 is exactly 0.`"""
    rule = group.first
    start = sentence("As the numbers are, " * rule.hangs_on_values, loss_name(rule), " does not change with ")
    if group.is_one:
        return sentence(start, target_name(rule), ", so ", Named(rule.quantity), " is exactly 0.")
    return sentence(start, group.targets, ", so these gradients are exactly 0.")


def number_sentence(group: Group) -> Sentence:
    """A gradient that is a number by itself: `L changes with h1 by 1, whatever the numbers.`"""
    rule, each = group.first, "" if group.is_one else " each"
    always = ", as the numbers are." if rule.hangs_on_values else ", whatever the numbers."
    return sentence(loss_name(rule), " changes with ", group.targets, " by ", Figure(rule.row.scalar), each, always)


# Slopes


def gate_sentence(group: Group) -> Sentence:
    """Where the gradient passes and where it stops: `ReLU lets the gradient pass at z1 = 2 and stops it at z2 = -1.`"""
    rule = group.first
    if group.is_one:
        passing = "stops here." if is_zero(rule.row.scalar) else "passes."
        return sentence(Formula(rule.tree, numbers=True), ", so ", result(rule), ": the gradient ", passing)
    opened = [rule.subject for rule in group.rules if not is_zero(rule.row.scalar)]
    closed = [rule.subject for rule in group.rules if is_zero(rule.row.scalar)]
    lets = sentence(" lets the gradient pass at ", all_valued(opened, group.more)) if opened else ()
    it = " it at " if opened else " the gradient at "
    stops = sentence(" and" * bool(opened), " stops", it, all_valued(closed, group.more)) if closed else ()
    return sentence(_slope_title(rule), lets, stops, ".")


def gates_one_by_one(group: Group) -> list[Sentence]:
    """Each gate by itself where they are few: `z2=-1<=0, so ReLU'(z2) = 0: the gradient stops here.`"""
    return [separated(map(gate_sentence, group.alone()), " ") if group.is_few else gate_sentence(group)]


def slope_sentence(group: Group) -> Sentence:
    """The slopes of an activation, and where they are taken."""
    rule, title = group.first, _slope_title(group.first)
    if group.is_one:
        at = sentence(valued(rule.subject), " is ", worked(rule, rule.quantity))
        return sentence("The slope of ", title, " at ", at, ".")
    subjects = group.all_valued(lambda rule: rule.subject)
    return sentence("The slopes of ", title, " at ", subjects, " are ", group.results, ".")


def _slope_title(rule: RowRule) -> FunctionName:
    return FunctionName(rule.activation_title, rule.activation_title)


def slope_of_loss_sentence(group: Group) -> Sentence:
    """Where the chain begins: `L changes with yhat by 2*(yhat-y): 2*(2-3) = -2.`"""
    rule = group.first
    if group.is_one:
        return sentence(loss_name(rule), " changes with ", target_name(rule), " by ", derived(rule), ".")
    return sentence("The chain begins at the loss, which changes with ", group.targets, ": ", group.results, ".")


# The upstream gradient


def zero_upstream_sentence(group: Group) -> Sentence:
    """What is 0 because no gradient comes back: `dL/dz2 = 0, so dL/dw21 is exactly 0.`"""
    if group.is_one:
        return sentence(valued(_upstream(group.first)), ", so ", Named(group.first.quantity), " is exactly 0.")
    zeroed = {rule.quantity for rule in group.rules}
    roots = [leaf for leaf in map(_upstream, group.rules) if leaf.name not in zeroed]
    return sentence(all_valued(roots, group.more), ", so ", _zeroed(group), " exactly 0.")


def _zeroed(group: Group) -> Sentence:
    """What is 0: the gradients of the weights and the bias of a unit, or quantities one by one."""
    units = list(dict.fromkeys(rule.dead_unit for rule in group.rules))
    if None in units:
        return sentence(group.names, " are" if len(group.rules) > 1 else " is")
    titles = [unit_title(unit) for unit in units if unit is not None]
    of = {"bias" if isinstance(rule.tree, Leaf) else "weight": True for rule in group.rules}
    return sentence(
        "every ", " and ".join(sorted(of, reverse=True)), " gradient of ", enumerated(titles, group.more), " is"
    )


def passed_on_sentence(group: Group) -> Sentence:
    """What gets the upstream gradient as it is: `b1 enters with a factor of 1, so dL/db1 is dL/dz1 = -2.`"""
    rule = group.first
    if group.is_one:
        whole = valued(rule.copied)
        return sentence(target_name(rule), " enters with a factor of 1, so ", Named(rule.quantity), " is ", whole, ".")
    return sentence(group.targets, " enter with a factor of 1, so ", group.results, ".")


def times_slope_sentence(group: Group) -> Sentence:
    """The upstream gradients, the slopes, and what their products are."""
    if group.is_one:
        return _upstream_times(group, "; times the slope ", " gives ")
    return _upstream_times(group, "; times the slopes ", " give ")


def times_other_sentence(group: Group) -> Sentence:
    """An upstream gradient times what stands beside it: `dL/dz1 = -2; times x2 = 2 gives dL/dw12 = -4.`"""
    return _upstream_times(group, "; times ", " gives ")


def _upstream_times(group: Group, times: str, gives: str) -> Sentence:
    return sentence(group.all_valued(_upstream), times, group.all_valued(_other), gives, group.results, ".")


def _upstream(rule: RowRule) -> Leaf:
    return rule.upstreams[0]


def _other(rule: RowRule) -> Leaf:
    """What the upstream gradient is multiplied by."""
    assert rule.pair
    return rule.pair[1]


# Sums


def sum_sentence(group: Group) -> Sentence:
    """What a quantity leads on to, and the sum that its gradient is."""
    rule = group.first
    if group.is_one:
        count = f" is a sum of {len(rule.terms)} terms: "
        return sentence(_leads_on(rule), ", so ", Named(rule.quantity), count, worked(rule), ".")
    return sentence(_leads_on(rule), ", and likewise the others; the sums give ", group.results, ".")


def sums_term_by_term(group: Group) -> list[Sentence]:
    """Each sum by itself where they are few, else the first, with what comes through each quantity."""
    told, rest = (group.rules, ()) if group.is_few else (group.rules[:1], group.rules[1:])
    return [*map(_term_by_term, told), *([likewise(Group(rest, group.more))] if rest else [])]


def _term_by_term(rule: RowRule) -> Sentence:
    """A sum: `dL/dy1 is a sum of 2 terms: 10*1 through z1 and -10*(-1) through z2, in all 20.`"""
    if not rule.ways:
        return sum_sentence(Group([rule]))
    ways = [sentence(_number_or_rule(term), _by_way_of(name)) for term, name in rule.ways]
    start = sentence(Named(rule.quantity), f" is a sum of {len(ways):,} terms: ", enumerated(ways))
    return sentence(start, ", in all ", Figure(rule.row.scalar, apart=True), ".")


def _number_or_rule(term: Expr) -> SentencePart:
    return Figure(term.value) if isinstance(term, Leaf) else Formula(term, numbers=True)


def _by_way_of(name: str) -> Sentence:
    return sentence(" through ", Named(name)) if name else sentence(" directly")


def _leads_on(rule: RowRule) -> Sentence:
    return sentence(target_name(rule), " leads on to ", enumerated(list(map(Named, rule.consumers))))
