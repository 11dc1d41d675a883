"""How a rule is worked out, stage by stage, as on paper: `0.5*0.1 + (-0.3)*1 + 0`, then `0.05 - 0.3`, then its value.

A stage does at once all that can be done by then. A product of numbers and their powers is done in one go, as is a sum
of numbers; what stands in brackets comes first. Every stage is a tree of its own, with the rule's value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from bptrace.errors import InternalError
from bptrace.numbers.enclosures import MINUS_INFINITY, agree, is_enclosure
from bptrace.ops import layout
from bptrace.ops.evaluate import chosen, evaluate
from bptrace.ops.expr import Call, Cases, Expr, Leaf, Number
from bptrace.ops.shared import OncePerCall
from bptrace.ops.table import OPS

NUMBERS = (Leaf, Number)
KEPT = 30_000
"""How many terms of long operations are kept with what they are after a stage, which has as many."""
SUMS = (layout.sums, layout.samples, layout.difference, layout.signed)
PRODUCTS = (layout.product, layout.quotient)


class Stages:
    """The stages of rules, at one precision; those of a long part that several rules share are made once."""

    def __init__(self) -> None:
        self.known = OncePerCall(self._next_call, KEPT)

    def of(self, rule: Expr) -> Iterator[Expr]:
        """The stages between a rule, a tree of single elements, and its value; none where it is one operation.

        Raises what `evaluate` raises, and InternalError where a stage does not give the rule's value.

        >>> from bptrace.numbers.exact import rational
        >>> from bptrace.ops.notation import Notation
        >>> half, yhat, y = (Leaf("", rational(text)) for text in ("1/2", "-1/4", "1"))
        >>> [Notation(decimal=True).rule(stage) for stage in Stages().of(half * (yhat - y) ** 2)]
        ['0.5*(-1.25)^2']
        """
        value, stage = evaluate(rule), self._next(rule)
        while not _is_number(stage):
            if not agree(evaluate(stage), value):
                raise InternalError("internal error: a stage of working a rule out does not give its value")
            yield stage
            stage = self._next(stage)

    def _next(self, tree: Expr) -> Expr:
        """The tree after one stage."""
        if not isinstance(tree, Call):
            return self._next(chosen(tree)[1].value) if isinstance(tree, Cases) else tree
        return self.known.of(tree)

    def _next_call(self, call: Call) -> Expr:
        """An operation after one stage."""
        if _is_ready(call):
            return Leaf("", evaluate(call))
        form = OPS[call.op].layout
        if form in SUMS:
            return self._next_sum(call)
        parts = [arg if isinstance(arg, NUMBERS) else self._next(arg) for arg in call.args]
        if form is layout.negative:
            return _opposite(parts[0])
        return Call(call.op, tuple(parts), (), call.extra, call.mark)

    def _next_sum(self, tree: Call) -> Expr:
        """The sum with its terms after one stage, each behind its sign; a 0 that stood there already is left out."""
        terms = list(_signed_terms(tree))
        kept = [(sign, term) for sign, term in terms if not _is_zero(term)] or terms[:1]
        (sign, first), *rest = [(sign, self._next(term)) for sign, term in kept]
        begun = first if sign > 0 else _opposite(first)
        return Call("signed sum", (begun, *(_behind_sign(*term) for term in rest)), ()) if rest else begun


# What can be done in one go


def _is_number(tree: Expr) -> bool:
    """Whether nothing is left to be worked out: a number, or the negative of one."""
    return isinstance(tree, NUMBERS) or (_is(tree, layout.negative) and _is_number(tree.args[0]))


def _is_factor(tree: Expr) -> bool:
    """Whether it is worked out together with what it multiplies: a number, or a power of one."""
    return _is_number(tree) or (_is(tree, layout.power) and all(map(_is_number, tree.args)))


def _is_ready(call: Call) -> bool:
    """Whether an operation is done in one go: on numbers, of which it is the sum, the product or a function."""
    unread = [arg for arg in call.args if not isinstance(arg, NUMBERS)]
    if not unread:
        return True
    form, (first, *rest) = OPS[call.op].layout, call.args
    if form in SUMS:
        return all(map(_is_number, rest)) and (_is_number(first) or (_is(first, *SUMS) and _is_ready(first)))
    if form in PRODUCTS or form is layout.negative:
        return all(map(_is_factor, rest)) and (
            _is_factor(first) or (_is(first, *PRODUCTS, layout.negative) and _is_ready(first))
        )
    return all(map(_is_number, unread))


def _is(tree: Expr, *forms: layout.Layout) -> TypeGuard[Call]:
    return isinstance(tree, Call) and OPS[tree.op].layout in forms


# Sums


def _signed_terms(tree: Call) -> Iterator[tuple[int, Expr]]:
    """The terms of a sum with their signs; a sum that stands first in it is opened."""
    first, *rest = tree.args
    if _is(first, *SUMS):
        yield from _signed_terms(first)
    else:
        yield _with_sign(1, first)
    sign = -1 if OPS[tree.op].layout is layout.difference else 1
    yield from (_with_sign(sign, term) for term in rest)


def _with_sign(sign: int, term: Expr) -> tuple[int, Expr]:
    """A term and its sign, to which a minus before it belongs."""
    return _with_sign(-sign, term.args[0]) if _is(term, layout.negative) else (sign, term)


def _behind_sign(sign: int, term: Expr) -> Expr:
    """A term that does not lead: one that is negative is subtracted, as is nothing where it was."""
    if isinstance(term, NUMBERS) and term.value is not MINUS_INFINITY and bool(term.value < 0):
        sign, term = -sign, _opposite(term)
    return term if sign > 0 else Call("neg", (term,), ())


def _opposite(term: Expr) -> Expr:
    return Leaf("", -term.value) if isinstance(term, NUMBERS) else Call("neg", (term,), ())


def _is_zero(term: Expr) -> bool:
    return isinstance(term, NUMBERS) and not is_enclosure(term.value) and term.value == 0
