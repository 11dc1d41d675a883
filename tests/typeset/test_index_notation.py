"""General forms: with numbers for its letters, each gives every element's value."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice, pairwise, product
from pathlib import Path

import pytest
from hypothesis import given

from bptrace import Trace, load, loads
from bptrace.explain.paths import Links
from bptrace.numbers.enclosures import ZERO, Scalar, agree, multiply
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Call, Expr, Lettered, SumOver, children, rebuilt
from bptrace.typeset.derivation import Derivation
from bptrace.typeset.index_notation import NoGeneralFormError, Route, general, routes
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.unicode import Unicode
from tests.conftest import NETWORKS
from tests.strategies import examples, networks


def put_in(tree: Expr, trace: Trace, letters: Mapping[str, int]) -> Expr:
    """The tree with an element for each letter, and every sum written out."""
    if isinstance(tree, Lettered):
        index = tuple(letters[each] if each in letters else int(each) - 1 for each in tree.letters)
        return trace.register[tree.key][index]
    if isinstance(tree, SumOver):
        terms = [put_in(tree.body, trace, {**letters, tree.letter: place}) for place in range(length(tree, trace))]
        return terms[0] if len(terms) == 1 else Call("+", tuple(terms), ())
    parts = [put_in(part, trace, letters) for part in children(tree)]
    return rebuilt(tree, parts) if parts else tree


def length(sum_over: SumOver, trace: Trace) -> int:
    """How many elements the letter of a sum runs over: the length of an axis that it stands for."""
    waiting: list[Expr] = [sum_over.body]
    while waiting:
        node = waiting.pop()
        waiting += children(node)
        if isinstance(node, Lettered) and sum_over.letter in node.letters:
            return trace.program.quantities[node.key].shape[node.letters.index(sum_over.letter)]
    raise AssertionError(f"a sum over {sum_over.letter} of nothing that has it")


def check(trace: Trace) -> int:
    """How many gradients have a general form; each gives the values of all its elements."""
    names, found = Names(trace, Unicode()), 0
    for key in trace.program.gradients.values():
        try:
            letters, tree = general(trace, names, key)
        except NoGeneralFormError:
            continue
        found += 1
        shape = trace.program.quantities[key].shape
        for index in product(*map(range, shape)):
            places = {letter: place for letter, place in zip(letters, index, strict=True) if letter != "1"}
            assert agree(evaluate(put_in(tree, trace, places)), trace.register[key][index].value), key
    return found


def check_routes(trace: Trace) -> int:
    """How many gradients have a chain rule at any index; with the links' own factors it gives each element's value."""
    names, known, found = Names(trace, Unicode()), Links(trace), 0
    for key in trace.program.gradients.values():
        try:
            letters, _ = general(trace, names, key)
            ways = list(islice(routes(trace, key, letters), 60))
        except NoGeneralFormError:
            continue
        if len(ways) > 50:
            continue
        found += 1
        for index in product(*map(range, trace.program.quantities[key].shape)):
            places = {letter: place for letter, place in zip(letters, index, strict=True) if letter != "1"}
            total = sum((along(way, trace, known, places) for way in ways), ZERO)
            assert agree(total, trace.register[key][index].value), key
    return found


def along(route: Route, trace: Trace, known: Links, places: Mapping[str, int]) -> Scalar:
    """The sum over a route's letters of the products of its factors, found from gradient to gradient."""
    if route.summed:
        letter, *rest = route.summed
        every = range(longest(letter, route, trace))
        inner = route._replace(summed=tuple(rest))
        return sum((along(inner, trace, known, {**places, letter: place}) for place in every), ZERO)
    passed = [gradient_of(each, trace, places) for each in route.passed]
    key, index = trace.register.places[passed[0]]
    value = trace.register[key][index].value
    for source, name in pairwise(passed):
        value = multiply(value, sum((link.value for link in known.of(name) if link.source == source), ZERO))
    return value


def gradient_of(passed: Lettered, trace: Trace, places: Mapping[str, int]) -> str:
    index = tuple(places[each] if each in places else int(each) - 1 for each in passed.letters)
    return trace.program.quantities[trace.program.gradients[passed.key]].element(index)


def longest(letter: str, route: Route, trace: Trace) -> int:
    """The length of the axis that a letter of a route runs along."""
    axes = [(each.key, each.letters.index(letter)) for each in route.passed if letter in each.letters]
    return next(trace.program.quantities[key].shape[axis] for key, axis in axes)


@pytest.mark.parametrize(
    "text",
    [
        "weights: {w: [1, 2, 3], c: 2, d: 5}\nloss: sum(w + c*d)",
        "weights: {x: 2, w: [3, 4]}\nforward: {z: 'leaky_relu(x, 0.1) + w'}\nloss: dot(z, w)",
        "weights: {x: 2, w: [3, 4]}\nforward: {z: 'relu(x) + w', z1: 'dot(relu(x) + w, z)'}\nloss: z1",
    ],
)
def test_a_sum_whose_terms_are_alike_says_how_many_there_are(text: str) -> None:
    trace = loads(text).trace()
    assert check(trace) == len(trace.program.gradients)


SINGLE = [path for path in NETWORKS if "samples:" not in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", SINGLE, ids=lambda path: path.stem)
def test_a_general_form_gives_every_element(path: Path) -> None:
    trace = load(path).trace(inputs=True)
    assert check(trace) > 0
    assert check_routes(trace) > 0


@examples(60)
@given(networks())
def test_a_general_form_of_any_network_gives_every_element(text: str) -> None:
    check(loads(text).trace())
    check_routes(loads(text).trace())


@pytest.mark.parametrize(
    ("equations", "gradient", "text"),
    [
        ("{z: W@x}\nloss: sum(z)", "dL/dW", "∂L/∂Wⱼₖ = ∂L/∂zⱼ·xₖ"),
        ("{z: x@W}\nloss: sum(z)", "dL/dW", "∂L/∂Wⱼₖ = ∂L/∂zₖ·xⱼ"),
        ("{z: W@x, h: W@z}\nloss: sum(h)", "dL/dx", "∂L/∂xⱼ = ∑ᵢ ∑ₗ ∂L/∂hₗ·Wₗᵢ·Wᵢⱼ"),
        ("{z: W@x, u: mean(z)}\nloss: u^2", "dL/dz", "∂L/∂zⱼ = ∂L/∂u·(1/2)"),
        ("{z: W*x}\nloss: sum(z)", "dL/dx", "∂L/∂xⱼ = ∑ᵢ ∂L/∂zᵢⱼ·Wᵢⱼ"),
        ("{z: W.T@x}\nloss: sum(z)", "dL/dW", "∂L/∂Wⱼₖ = ∂L/∂zₖ·xⱼ"),
        ("{z: v@x}\nloss: z^2", "dL/dv", "∂L/∂vⱼ = ∂L/∂z·xⱼ"),
        ("{z_m: W@x}\nloss: sum(z_m^2)", "dL/dW", "∂L/∂Wⱼₖ = ∂L/∂z_mⱼ·xₖ"),
        ("{p: softmax(v)}\nloss: generic(p)", "dL/dv", "∂L/∂vⱼ = pⱼ·(∂L/∂pⱼ - (∑ᵢ ∂L/∂pᵢ·pᵢ))"),
        ("{P: 'softmax(W, 1)'}\nloss: generic(P)", "dL/dW", "∂L/∂Wⱼₖ = Pⱼₖ·(∂L/∂Pⱼₖ - (∑ᵢ ∂L/∂Pᵢₖ·Pᵢₖ))"),
        (
            "{h: 'leaky_relu(v, a)'}\nloss: sum(h)",
            "dL/da",
            "∂L/∂a = ∑ᵢ ∂L/∂hᵢ·(0 if vᵢ > 0, vᵢ if vᵢ ≤ 0)",
        ),
        ("{z: v*x, u: sum(z)*v + z}\nloss: sum(u)", "dL/dz", "∂L/∂zⱼ = (∑ᵢ ∂L/∂uᵢ·vᵢ) + ∂L/∂uⱼ"),
    ],
)
def test_texts(equations: str, gradient: str, text: str) -> None:
    givens = "input: {x: vector of 2}\nweights: {W: 2x2, v: vector of 2, a: scalar}"
    trace = loads(f"{givens}\nforward: {equations}").derived(inputs=True)
    names = Names(trace, Unicode())
    letters, tree = general(trace, names, gradient)
    assert f"{names.lettered(gradient, letters).text} = {Mathematics(trace, names).top(tree).text}" == text


@pytest.mark.parametrize(
    ("equations", "gradient", "text"),
    [
        ("{z: W@x, h: tanh(z)}\nloss: sum(h)", "dL/dW", "∂L/∂hⱼ · ∂hⱼ/∂zⱼ · ∂zⱼ/∂Wⱼₖ"),
        ("{z: W@x, h: W@z}\nloss: sum(h)", "dL/dx", "∑ᵢ ∑ₗ ∂L/∂hₗ · ∂hₗ/∂zᵢ · ∂zᵢ/∂xⱼ"),
        ("{z: a*v, h: z + a}\nloss: sum(h)", "dL/da", "(∑ᵢ ∂L/∂hᵢ · ∂hᵢ/∂zᵢ · ∂zᵢ/∂a) + (∑ₗ ∂L/∂hₗ · ∂hₗ/∂a)"),
        ("{p: softmax(v), h: p*x}\nloss: sum(h)", "dL/dv", "∑ᵢ ∂L/∂hᵢ · ∂hᵢ/∂pᵢ · ∂pᵢ/∂vⱼ"),
        ("{P: 'softmax(W, 1)', h: P@x}\nloss: sum(h)", "dL/dW", "∑ᵢ ∂L/∂hᵢ · ∂hᵢ/∂Pᵢₖ · ∂Pᵢₖ/∂Wⱼₖ"),
        ("{z: v*x, u: sum(z)*v + z}\nloss: sum(u)", "dL/dz", "(∑ᵢ ∂L/∂uᵢ · ∂uᵢ/∂zᵤ · ∂zᵤ/∂zⱼ) + ∂L/∂uⱼ · ∂uⱼ/∂zⱼ"),
        ("{z: W@x, h: W@z + z}\nloss: sum(h)", "dL/dz", "∑ᵢ ∂L/∂hᵢ · ∂hᵢ/∂zⱼ"),
    ],
)
def test_chains_at_letters(equations: str, gradient: str, text: str) -> None:
    givens = "input: {x: vector of 2}\nweights: {W: 2x2, v: vector of 2, a: scalar}"
    trace = loads(f"{givens}\nforward: {equations}").derived(inputs=True)
    letters, _ = general(trace, Names(trace, Unicode()), gradient)
    chains = Derivation(trace, Unicode()).chains
    assert chains.at_letters(list(routes(trace, gradient, letters))).text == text


@pytest.mark.parametrize("equations", ["{h: 'concat(v, v)'}\nloss: sum(h)", "{h: max(v)}\nloss: h"])
def test_what_has_no_general_form(equations: str) -> None:
    trace = loads(f"weights: {{v: vector of 2}}\nforward: {equations}").derived()
    with pytest.raises(NoGeneralFormError, match="no one formula at any index"):
        general(trace, Names(trace, Unicode()), "dL/dv")
