"""What is found out of a whole quantity's rule holds, which is seen without looking at the rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Trace, load, loads
from bptrace.engine.model import Definition
from bptrace.engine.plans import REVERSE
from bptrace.engine.sentence_parts import plain
from bptrace.explain.paths import Links, Ways
from bptrace.explain.whole_rule import WholeRule
from bptrace.explain.wiring import Wiring
from bptrace.numbers.arrays import indices
from bptrace.numbers.enclosures import Scalar
from bptrace.spec.overrides import assigned
from tests.conftest import EVERY_NETWORK, NETWORKS, derived_of
from tests.strategies import examples, networks

every_network = pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)


def definitions(trace: Trace) -> Iterator[tuple[Trace, str, Definition]]:
    """Every definition of every step, with the trace that it is of and its phase."""
    for step in trace.steps:
        yield from ((trace.of(step), step.phase, item) for block in step.plan.blocks for item in block.definitions)


@st.composite
def graphs(draw: st.DrawFn) -> str:
    """A network of numbers: sums of weights times what came before, some through an activation, some copies."""
    known, lines = ["x"], list[str]()
    for number in range(draw(st.integers(2, 6))):
        some = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))
        parts = [f"{draw(st.sampled_from(['w*', 'u*', 'v*', '', '2*']))}{each}" for each in some]
        parts += draw(st.sampled_from([[], ["b"], ["c"]]))
        body = " + ".join(parts)
        shape = draw(st.sampled_from(["{}", "relu({})", "hardtanh({})", "identity({})", "({})*x"]))
        lines.append(f"n{number}: {shape.format(body)}")
        known.append(f"n{number}")
    outputs = draw(st.lists(st.sampled_from(known[1:]), min_size=1, max_size=2, unique=True))
    loss = " + ".join(f"{output}^2" for output in outputs)
    values = draw(st.lists(st.sampled_from(["1", "-1", "2", "1/2", "-3"]), min_size=6, max_size=6))
    named = ", ".join(f"{name}: {value}" for name, value in zip("wuvbc", values, strict=False))
    forward = "".join(f"  {line}\n" for line in lines)
    givens = f"input: {{x: {values[-1]}}}\nweights: {{{named}}}\n"
    return f"{givens}forward:\n{forward}loss: {loss}\ngradients: [weights, input]\n"


def rules(trace: Trace, by_elements: bool = False) -> Iterator[WholeRule]:
    for of, phase, item in definitions(trace):
        if phase == REVERSE:
            yield WholeRule(Wiring(of), item, list(indices(item.shape)) if by_elements else None)


def value_of(trace: Trace, name: str) -> Scalar:
    key, index = trace.register.places[name]
    return trace.register[key][index].value


def check_slopes(rule: WholeRule) -> None:
    """Each slope that is told is the traced one, and what is told of its subject holds."""
    quantities = rule.trace.program.quantities
    slopes = map(quantities[rule.key].element, rule.places)
    for slope, met in zip(slopes, rule.met, strict=False):
        value, words = value_of(rule.trace, met.subject), plain(met.condition)
        assert value_of(rule.trace, slope) == met.slope
        assert {"positive": value > 0, "not positive": value <= 0}.get(words, True), words
    for slope, gradient in rule.closed:
        assert value_of(rule.trace, slope) == value_of(rule.trace, gradient) == 0


def check_routes(rule: WholeRule, text: str) -> None:
    """Every path to a weight passes the outputs that are told; another weight leaves all others as they were."""
    for through, elements in rule.routes.items():
        for name in elements:
            ways = Ways(rule.trace, gradient_of(rule, name), Links(rule.trace))
            assert {ways.names_along(trail)[1] for trail in ways.trails()} <= set(through)
            if text:
                moved = assigned(loads(text), [f"{name}=7/3"]).trace(inputs=True)
                others = set(rule.outputs) - set(through)
                assert all(moved[other] == rule.trace[other] for other in others)


def gradient_of(rule: WholeRule, element: str) -> str:
    _, index = rule.trace.register.places[element]
    return rule.trace.program.quantities[rule.key].element(index)


def check_uses(rule: WholeRule) -> None:
    """Each equation has the name as often as is told; a skip adds it to what comes of it by another way."""
    equations = dict(equation.split(" = ", 1) for equation in rule.trace.equations)
    for reader, count in rule.uses.items():
        if reader in equations:
            assert len(re.findall(rf"(?<!\w){re.escape(rule.target)}(?!\w)", equations[reader])) == count
    for later in rule.skips_to:
        assert rule.wiring.depends(later, next(iter(rule.uses)))
        assert " + " in equations.get(later, " + ")


def check_bias(rule: WholeRule) -> None:
    """A bias that one equation reads moves it by as much as it moves itself."""
    if rule.is_bias and rule.reader and rule.reader.key in rule.trace.program.gradients:
        reader = rule.trace.program.gradients[rule.reader.key]
        assert rule.trace[rule.key] == rule.trace[reader]


@every_network
def test_reasons_hold_in_the_networks(path: Path) -> None:
    for rule in rules(derived_of(path, inputs=True), by_elements=True):
        check_uses(rule)
        check_routes(rule, "")


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_slopes_are_what_is_told_in_the_networks(path: Path) -> None:
    trace = load(path).trace(inputs=True)
    for rule in rules(trace):
        check_slopes(rule)


@examples(60)
@given(graphs())
def test_reasons_hold_in_any_graph(text: str) -> None:
    for rule in rules(loads(text).trace(inputs=True)):
        check_slopes(rule)
        check_uses(rule)
        check_routes(rule, text)
        check_bias(rule)


@examples(40)
@given(networks())
def test_slopes_are_what_is_told_in_any_network(text: str) -> None:
    for rule in rules(loads(text).trace(inputs=True)):
        check_slopes(rule)
