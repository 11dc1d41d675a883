"""General forms: with numbers for its letters, each gives every element's value."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given

from bptrace import Trace, load, loads
from bptrace.numbers.enclosures import agree
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Call, Expr, Lettered, SumOver, children, rebuilt
from bptrace.typeset.index_notation import NoGeneralFormError, general
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
    assert check(load(path).trace(inputs=True)) > 0


@examples(60)
@given(networks())
def test_a_general_form_of_any_network_gives_every_element(text: str) -> None:
    check(loads(text).trace())


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


@pytest.mark.parametrize("equations", ["{h: 'concat(v, v)'}\nloss: sum(h)", "{h: max(v)}\nloss: h"])
def test_what_has_no_general_form(equations: str) -> None:
    trace = loads(f"weights: {{v: vector of 2}}\nforward: {equations}").derived()
    with pytest.raises(NoGeneralFormError, match="no one formula at any index"):
        general(trace, Names(trace, Unicode()), "dL/dv")
