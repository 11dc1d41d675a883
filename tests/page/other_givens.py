"""A page's engine with other givens, held against networks with those givens: each value, formula and rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import TypeAlias

from bptrace import Network
from bptrace.errors import SpecError
from bptrace.marking.working import Working
from bptrace.numbers.exact import Rational, rational
from bptrace.ops.notation import TERMS
from bptrace.page.rules import rules_data
from tests.page.in_node import in_node

Edits: TypeAlias = Mapping[str, str]
NUMBERS = ("0", "-1", "1", "2", "1/3", "-5/4", "0", "3", "1e-1")
WORK = """
return given.map(([data, edits]) => {
  const engine = makeEngine(data);
  const told = ([name, { text, formula, rule, changed }]) => [name, [text, formula, rule, changed]];
  const tried = (edit) => {
    try {
      return Object.fromEntries([...engine.workOut(edit)].map(told));
    } catch (problem) {
      if (problem instanceof WhatIfProblem) return problem.message;
      throw problem;
    }
  };
  return [engine.check(), edits.map(tried)];
});
"""
Printed: TypeAlias = "dict[str, list[str]] | str"
"""Of each row by name its value, its formula and its rule; or why there are none."""


def _printed(net: Network, edits: Edits) -> Printed:
    """What the rows of a network with other givens print."""
    try:
        trace = net.given(edits).trace(partial=True).shortened(TERMS)
    except SpecError as problem:
        return problem.message
    return {step.called(row.quantity): [row.value_text, *row.texts()[1:3]] for step in trace.steps for row in step}


def _edited(net: Network, random: Random, count: int) -> Iterator[Edits]:
    """Some givens, each with another number."""
    names = list(Working(net.trace()).givens)
    for _ in range(count):
        yield {name: random.choice(NUMBERS) for name in random.sample(names, min(len(names), random.choice([1, 1, 3])))}


def assert_as_printed(networks: Mapping[str, Network], count: int) -> None:
    """The engine finds every row of the networks right, and with other givens prints what they print."""
    random = Random(1)
    edits = {name: list(_edited(net, random, count)) for name, net in networks.items()}
    found = in_node(WORK, [[rules_data(net.trace().shortened(TERMS)), edits[name]] for name, net in networks.items()])
    for (name, net), (check, rows) in zip(networks.items(), found, strict=True):
        assert check == {"rows": net.trace().count, "wrong": [], "off": ""}, name
        before = _printed(net, {})
        for edit, got in zip(edits[name], rows, strict=True):
            wanted, said = _printed(net, edit), f"{name} with {edit}"
            _assert_same(got if isinstance(got, str) else _filled(got, before), wanted, said)
            if isinstance(got, dict) and isinstance(before, dict) and "1e-1" not in edit.values():
                changed = {row for row in before if got[row][3]}
                assert changed == {row for row, texts in before.items() if got[row][0] != texts[0]}, said


def _filled(got: dict[str, list[str | None]], before: Printed) -> Printed:
    """What stands in the register then: where the engine has no other formula or rule, what stands there already."""
    assert not isinstance(before, str)
    texts = {row: zip(got[row][:3], old, strict=True) for row, old in before.items()}
    return {row: [old if new is None else new for new, old in pairs] for row, pairs in texts.items()}


def _assert_same(got: Printed, wanted: Printed, name: str) -> None:
    """The same texts; but where the engine has only the digits of an exact value, these are right."""
    if isinstance(got, str) or isinstance(wanted, str):
        assert got == wanted, name
        return
    inexact = {row for row, texts in got.items() if _are_digits_of(texts[0], wanted[row][0])}
    for row, texts in got.items():
        if row not in inexact:
            assert texts[0] == wanted[row][0], f"{row} of {name}"
        if not inexact and wanted[row][1]:
            assert texts == wanted[row], f"{row} of {name}"


def _are_digits_of(text: str, exact: str) -> bool:
    """Whether ten digits, or a bound, are right for an exact value."""
    if not text.startswith("≈") or exact.startswith(("≈", "none")):
        return False
    digits, _, radius = text[1:].partition("±")
    distance = rational(radius) if radius else rational(digits) / Rational(10) ** 9
    return bool(abs(rational(exact) - rational(digits)) <= abs(distance))
