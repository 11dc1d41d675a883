"""Chains: each factor told apart, and paths that are told apart as well."""

from __future__ import annotations

import pytest
from hypothesis import given

from bptrace import SpecError, loads
from bptrace.explain import paths
from bptrace.explain.paths import Links, PathExtent, Ways
from bptrace.typeset import chains
from bptrace.typeset.chains import check_length
from bptrace.typeset.derivation import Derivation
from bptrace.typeset.selection import Selection
from bptrace.typeset.unicode import Unicode
from tests.strategies import examples, networks


@pytest.mark.parametrize(
    ("text", "gradient", "chain"),
    [
        ("loss: (w*x - y)^2 + w^2", "dL/dw", "2·(w·x - y)·x + 2·w"),
        ("forward: {h: w*x, k: h^2 + 3*h}\nloss: k^2", "dL/dw", "∂L/∂k · ∂k/∂h · ∂h/∂w"),
        ("forward: {h: w*x}\nloss: h^2 + w^2", "dL/dw", "∂L/∂h · ∂h/∂w + 2·w"),
        ("forward: {h: w*x, k: h^2}\nloss: k + 3*h", "dL/dw", "∂L/∂k · ∂k/∂h · ∂h/∂w + 3 · ∂h/∂w"),
        ("forward: {h: w*x, k: h^2}\nloss: k + h^2 + h", "dL/dw", "∂L/∂k · ∂k/∂h · ∂h/∂w + (2·h + 1) · ∂h/∂w"),
        ("forward: {h: w*x, k: h*w}\nloss: k^2", "dL/dw", "∂L/∂k · ∂k/∂h · ∂h/∂w + ∂L/∂k · ∂k/∂w"),
        ("forward: {h: x^2}\nloss: h^2", "dL/dw", "0"),
    ],
)
def test_each_factor_of_a_chain_is_told_apart(text: str, gradient: str, chain: str) -> None:
    trace = loads(f"input: {{x: x}}\nweights: {{w: w}}\ntarget: {{y: y}}\n{text}").trace()
    derivation = Derivation(trace, Unicode())
    assert [piece.text for piece in derivation.chains.chain(gradient)] == [chain]


def test_the_middle_of_a_long_step_is_left_out_on_a_screen() -> None:
    text = f"weights: {{x: 2, w: {list(range(30))}}}\nforward: {{h: w*x, a: h^2}}\nloss: sum(a)"
    derivation = Derivation(loads(text).trace().shortened(3), Unicode())
    (step,) = derivation.chains.one_step("dL/dx")
    assert step.text == "∂L/∂h₁ · ∂h₁/∂x + ∂L/∂h₂ · ∂h₂/∂x + … 27 more … + ∂L/∂h₃₀ · ∂h₃₀/∂x"


@examples(60)
@given(networks())
def test_joined_links_sum_to_the_gradient_and_no_two_paths_are_one(text: str) -> None:
    trace = loads(text).trace()
    known = Links(trace)
    for name in [
        row.quantity for row in trace.rows() if trace.register.places[row.quantity][0] in trace.differentiated
    ]:
        ways = Ways(trace, name, known)
        ways.check(known.flow(name))
        if ways.links and ways.counts[name] <= 50:
            routes = [ways.names_along(trail) for trail in ways.trails() if trail.stands_for == 1]
            assert len(set(routes)) == len(routes)


def test_the_factors_of_all_paths_are_counted_before_any_is_written() -> None:
    steps = "".join(f"  h{t}: h{t - 1}^2\n" for t in range(1, 560))
    trace = loads(f"weights: {{w: 1}}\nforward:\n  h0: w\n{steps}loss: h559").derived()
    names = Selection(trace, ()).derived()
    check_length(trace, names[:50])
    said = "the paths to 548 of 561 gradients have 150,426 factors"
    with pytest.raises(SpecError, match=f":563:7: error: {said}; at most 150,000 are shown"):
        check_length(trace, names)


@pytest.mark.parametrize("name", ["dL/dw", "dL/dv"])
def test_more_links_than_are_followed_are_refused_before_anything_is_written(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "input: {x: [1, 2, 3, 4, 5]}\nweights: {w: 2, v: 3}\nforward:\n  z: outer(w*x, x)\n  h: v*z\nloss: sum(h*h)"
    trace = loads(text).derived()
    monkeypatch.setattr(chains, "LINK_LIMIT", 20)
    monkeypatch.setattr(paths, "LINK_LIMIT", 20)
    check_length(trace, ["dL/dh11"], followed=True)
    check_length(trace, [name])
    with pytest.raises(SpecError, match=f":6:7: error: more than 20 links lead to {name}, the most that are followed"):
        check_length(trace, ["dL/dh11", "dL/dz11", name], followed=True)


@examples(40)
@given(networks())
def test_what_leads_to_a_gradient_is_counted_as_it_is(text: str) -> None:
    trace = loads(text).trace()
    known = Links(trace)
    for name in Selection(trace, ()).derived():
        ways = Ways(trace, name, known)
        if ways.links and ways.counts[name] <= 50:
            trails = list(ways.trails())
            found = PathExtent(sum(trail.stands_for for trail in trails), sum(len(trail.links) for trail in trails))
            assert known.extent(name) == found or any(trail.stands_for > 1 for trail in trails)
