"""Every row's rule as data, right for any values of the givens: what the page's own engine works with.

A rule is a form, which many rows share, over the names that fill its places in order. A form is nested lists:

    0                                    the next name
    "1/3", "d1/8", "f1/2"                a literal: one that prints as others do, a decimal, a fraction
    ["op", form, ...]                    an operation, by its name in the op table
    {"of": form, "if": [[low, high, form], ...]}    cases: a bound is null, or its relation and its form
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from bptrace.engine.optimizers import ANY, SETTINGS, out_of_range
from bptrace.engine.trace import Trace
from bptrace.marking.working import Working, general_rules
from bptrace.numbers.enclosures import Scalar, is_enclosure, parts
from bptrace.numbers.exact import Missing, exact_text
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Number
from bptrace.spec.nodes import MASK_SECTIONS

Json: TypeAlias = Any


LITERALS = {None: "", True: "d", False: "f"}
SYMBOLS = "it has no numbers, only symbols"
SETTINGS_SECTION = "update"


class RuleForms:
    """The forms that were met, each once, with a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def taken(self, rule: Expr, ids: Mapping[str, int]) -> list[int]:
        """The number of a rule's form, and that of each name in it."""
        names: list[str] = []
        text = json.dumps(_form(rule, names), separators=(",", ":"))
        return [self._numbers.setdefault(text, len(self._numbers)), *map(ids.__getitem__, names)]

    def all(self) -> list[Json]:
        """Every form, in the order of the numbers."""
        return list(map(json.loads, self._numbers))


def _form(tree: Expr, names: list[str]) -> Json:
    """The form of a tree; the names in it are added in order."""
    if isinstance(tree, Leaf):
        names.append(tree.name)
        return 0
    if isinstance(tree, Number):
        return LITERALS[tree.decimal] + exact_text(tree.value)
    if isinstance(tree, Cases):
        return {"of": _form(tree.subject, names), "if": [_branch(branch, names) for branch in tree.branches]}
    call = cast(Call, tree)
    return [call.op, *[_form(arg, names) for arg in call.args]]


def _branch(branch: Branch, names: list[str]) -> Json:
    low = branch.low and [branch.low[1], _form(branch.low[0], names)]
    high = branch.high and [branch.high[0], _form(branch.high[1], names)]
    return [low, high, _form(branch.value, names)]


def _value(value: Scalar, trace: Trace) -> str:
    """A row's value: exact, its proven digits behind `≈`, or why there is none."""
    is_exact = not is_enclosure(value) and not isinstance(value, Missing)
    return exact_text(value) if is_exact else trace.notation.shown(value).text


def _given(value: Scalar) -> str:
    """A given's value: exact, or the middle and the radius of what earlier updates have left, each by its bits."""
    if not is_enclosure(value):
        return exact_text(value)
    return "~" + ",".join(str(part) for pair in parts(value) for part in pair)


def _range(name: str, section: str) -> list[str]:
    """The range of an update's setting and what is said of a number beyond it; nothing for any other given."""
    if section != SETTINGS_SECTION or SETTINGS[name].range == ANY:
        return []
    return [SETTINGS[name].range, out_of_range(name, SETTINGS[name])]


def rules_data(trace: Trace) -> dict[str, Json]:
    """What the page's engine needs: how numbers print, givens, forms, and each row's name, value and rule.

    `off`: why what-if is off, or nothing. A given has its name, its value and, where not every number will do, its
    range and what is said of a number beyond it. `masked`: the places of givens that may be -inf. A row has its name,
    its value, the number of its form, and for each place in it the number of a name, those of givens first.
    """
    notation = trace.notation
    return {
        "decimal": trace.decimal,
        "auto": trace.decimal == trace.source.decimal,
        "fractions": notation.fractions,
        "digits": notation.digits,
        "bits": notation.bits,
        "places": notation.places,
        "terms": notation.terms,
        "off": SYMBOLS if trace.symbolic else "",
        **(NO_RULES if trace.symbolic else _rules(Working(trace))),
    }


NO_RULES: dict[str, Json] = {"givens": [], "masked": [], "forms": [], "rows": []}


def _rules(working: Working) -> dict[str, Json]:
    """The givens, the forms and the rows."""
    ids = {name: number for number, name in enumerate([*working.givens, *working.lines])}
    forms, trace = RuleForms(), working.trace
    rows = [[line.name, _value(line.value, trace), *forms.taken(rule, ids)] for line, rule in general_rules(working)]
    givens = [[name, _given(value), *_range(name, working.kind(name))] for name, value in working.givens.items()]
    masked = [place for place, name in enumerate(working.givens) if working.kind(name) in MASK_SECTIONS]
    return {"givens": givens, "masked": masked, "forms": forms.all(), "rows": rows}
