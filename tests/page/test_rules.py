"""Rules as data hold for other givens, and the page's engine makes of them what a network with those givens prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, TypeAlias

import pytest

import bptrace
from bptrace import Network
from bptrace.errors import SpecError
from bptrace.marking.working import Working
from bptrace.ops.table import OPS
from bptrace.page.rules import SYMBOLS, rules_data
from tests.conftest import NETWORKS, SYMBOLIC
from tests.page.in_node import in_node, needs_node

Edits: TypeAlias = Mapping[str, str]
NUMBERS = ("0", "-1", "1", "2", "1/3", "-5/4", "0", "3", "1e-1")
REFUSED = "refused"


def test_a_row_has_its_name_its_value_its_form_and_what_fills_it() -> None:
    text = "weights: {w: [1/2, 3]}\nforward: {h: relu(w)}\nloss: sum(h)^2\nupdate: {lr: 1/10, clip_value: 5}"
    assert rules_data(bptrace.loads(text).trace()) == {
        "decimal": False, "auto": True, "digits": 10, "places": None, "off": "",
        "givens": [
            ["w1", "1/2"], ["w2", "3"], ["lr", "1/10"],
            ["clip_value", "5", "more than 0", "clip_value, the bound on each gradient, must be more than 0"],
        ],
        "forms": [
            ["max", "0", 0],
            ["+", 0, 0],
            ["^", 0, "2"],
            ["*", "2", 0],
            {"of": 0, "if": [[["<", "0"], None, "1"], [None, ["<=", "0"], "0"]]},
            0,
            ["*", 0, 0],
            ["max", ["neg", 0], ["min", 0, 0]],
            ["-", 0, ["*", 0, 0]],
        ],
        "rows": [
            ["h1", "1/2", 0, 0], ["h2", "3", 0, 1], ["z_L", "7/2", 1, 4, 5], ["L", "49/4", 2, 6],
            ["dL/dz_L", "7", 3, 6], ["ReLU'(w1)", "1", 4, 0], ["ReLU'(w2)", "1", 4, 1],
            ["dL/dh1", "7", 5, 8], ["dL/dh2", "7", 5, 8], ["dL/dw1", "7", 6, 11, 9], ["dL/dw2", "7", 6, 12, 10],
            ["dL/dw1_clipped", "5", 7, 3, 3, 13], ["dL/dw2_clipped", "5", 7, 3, 3, 14],
            ["w1_new", "0", 8, 0, 2, 15], ["w2_new", "5/2", 8, 1, 2, 16],
        ],
    }  # fmt: skip


@pytest.mark.parametrize("path", SYMBOLIC)
def test_symbols_have_no_values_to_be_edited(path: Any) -> None:
    assert rules_data(bptrace.load(path).derived())["off"] == SYMBOLS


# The engine


@needs_node
def test_every_operation_on_single_numbers_is_in_the_engine() -> None:
    found = in_node("return [OPERATIONS, LIMITS].map(Object.keys)", {})
    own = [name for name, row in OPS.items() if row.scalar]
    assert [sorted(names) for names in found] == [sorted(own), sorted(name for name in own if OPS[name].limit)]
    says = "return Object.entries(OPERATIONS).map(([name, row]) => [name, Boolean(row.weak), Boolean(row.affine)])"
    for name, weak, affine in in_node(says, {}):
        assert weak == OPS[name].weak, name
        assert affine == (OPS[name].affine is not OPS["max"].affine), name


WORK = """
return given.map(([data, edits]) => {
  const engine = makeEngine(data);
  const told = ([name, { text, changed }]) => [name, [text, changed]];
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


def printed(net: Network, edits: Edits) -> dict[str, str] | str:
    """What the rows of a network with other givens print, by name; or why there are none."""
    try:
        trace = net.given(edits).trace(partial=True)
    except SpecError as problem:
        return problem.message
    return {name: trace.notation.shown(line.value).text for name, line in Working(trace).lines.items()}


def edited(net: Network, random: Random, count: int) -> Iterator[Edits]:
    """Some givens, each with another number."""
    names = list(Working(net.trace()).givens)
    for _ in range(count):
        yield {name: random.choice(NUMBERS) for name in random.sample(names, min(len(names), random.choice([1, 1, 3])))}


def assert_as_printed(networks: Mapping[str, Network], count: int) -> None:
    """The engine finds every row of the networks right, and with other givens prints what they print."""
    random = Random(1)
    edits = {name: list(edited(net, random, count)) for name, net in networks.items()}
    found = in_node(WORK, [[rules_data(net.trace()), edits[name]] for name, net in networks.items()])
    for (name, net), (check, rows) in zip(networks.items(), found, strict=True):
        assert check == {"rows": net.trace().count, "wrong": [], "off": ""}, name
        before = printed(net, {})
        for edit, got in zip(edits[name], rows, strict=True):
            wanted = printed(net, edit)
            texts = got if isinstance(got, str) else {row: got[row][0] for row in before}
            assert texts == wanted, f"{name} with {edit}"


@needs_node
def test_rational_networks_with_other_givens_are_as_on_the_command_line() -> None:
    loaded = {path.stem: bptrace.load(path) for path in NETWORKS}
    rational = {name: net for name, net in loaded.items() if not net.trace().bits}
    assert len(rational) > 10
    assert_as_printed(rational, 6)
