"""Formulas with everything put in that is worked out."""

from __future__ import annotations

from collections import Counter
from unittest.mock import Mock

import pytest

from bptrace import loads
from bptrace.engine.plans import REVERSE
from bptrace.ops.expr import depth, node_count
from bptrace.typeset.derivation import CHAIN, Derivation
from bptrace.typeset.unicode import Unicode


@pytest.mark.parametrize("layers", [60, 400])
def test_a_network_may_be_deeper_than_python_recurses(layers: int) -> None:
    repeat = f"  repeat:\n    for: t in 1..{layers}\n    h{{t}}: w*h{{t-1}} + w\n"
    trace = loads(f"weights: {{w: w}}\nforward:\n  h0: 1*w\n{repeat}loss: h{layers}^2").trace()
    derivation = Derivation(trace, Unicode(), ["dL/dw"])
    row = next(row for row in derivation.trace.rows() if row.quantity == "dL/dw")
    assert derivation.expanded(row).text.endswith("too long to be written out")
    assert next(derivation.paths()).number > layers
    assert derivation.form(CHAIN, row)[0].text.startswith("a sum over ")


def test_the_formula_of_an_element_is_measured_once_however_many_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = loads(f"input: {{x: [{', '.join('1' * 30)}]}}\nweights: {{w: 2}}\nloss: sum(softmax(w*x))").trace()
    derivation = Derivation(trace, Unicode(), ["dL/dw"])
    tree_of = Mock(side_effect=derivation.substitution.tree_of)
    monkeypatch.setattr(derivation.substitution, "tree_of", tree_of)
    for row in derivation.trace.rows():
        derivation.substitution.measure(row.tree)
    asked = Counter(name for (name,), _ in tree_of.call_args_list)
    assert len(asked) > 30
    assert max(asked.values()) <= 2


@pytest.mark.parametrize(
    "equations",
    ["h: sum(w*x)\n  z: h*w + exp(h)", "h: w*x\n  z: softmax(h*x)", "h: relu(w*x)\n  z: max(h, 1)*w", "z: w*3*x"],
)
def test_a_measure_is_that_of_the_expanded_formula(equations: str) -> None:
    trace = loads(f"weights: {{w: [2, 3], x: [5, 7]}}\nforward:\n  {equations}\nloss: sum(z)").derived()
    substitution = Derivation(trace, Unicode()).substitution
    for step in trace.steps:
        for row in step:
            measure, expanded = substitution.measure(row.tree), substitution.expand(row.tree)
            assert measure.size >= node_count(expanded)  # a factor 1 that is put in is dropped
            assert measure.depth >= depth(expanded)
            assert step.phase == REVERSE or measure[:2] == (node_count(expanded), depth(expanded))


def test_a_long_part_of_many_trees_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = loads(f"weights: {{w: [{', '.join('1' * 40)}]}}\nloss: sum(softmax(w)^2)").trace()
    substitution = Derivation(trace, Unicode()).substitution
    measured = Mock(side_effect=substitution._below_another)
    monkeypatch.setattr(substitution._long, "ask", measured)
    found = [substitution.measure(row.tree) for row in trace.rows()]
    assert len(found) > 80
    assert measured.call_count < 10
