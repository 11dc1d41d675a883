"""General forms as they are written: the document's, and the rule of a bias."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from bptrace import Trace, load, loads
from bptrace.numbers.enclosures import ONE, agree
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Expr, Lettered, Number, children, rebuilt
from bptrace.typeset.derivation import Derivation
from bptrace.typeset.index_notation import NoGeneralFormError
from bptrace.typeset.unicode import Unicode
from tests.conftest import NETWORKS, ROOT, traced
from tests.typeset.test_index_notation import put_in

GENERIC, BIASES = (ROOT / "networks" / f"generic_{name}.yaml" for name in ("2_2_2", "biases"))
SINGLE = [path for path in NETWORKS if "samples:" not in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    ("path", "forms"),
    [
        (
            GENERIC,
            [
                "∂L/∂W⁽²⁾ⱼₖ = ∂L/∂ŷₖ · ∂ŷₖ/∂yₖ' · ∂yₖ'/∂W⁽²⁾ⱼₖ = ∂L/∂ŷₖ·g'(yₖ')·hⱼ",
                "∂L/∂W⁽¹⁾ⱼₖ = ∑ᵢ ∂L/∂ŷᵢ · ∂ŷᵢ/∂yᵢ' · ∂yᵢ'/∂hₖ · ∂hₖ/∂hₖ' · ∂hₖ'/∂W⁽¹⁾ⱼₖ"
                " = ∑ᵢ ∂L/∂ŷᵢ·g'(yᵢ')·W⁽²⁾ₖᵢ·f'(hₖ')·xⱼ",
            ],
        ),
        (
            BIASES,
            [
                "∂L/∂W⁽²⁾ⱼₖ = ∂L/∂ŷₖ · ∂ŷₖ/∂yₖ' · ∂yₖ'/∂W⁽²⁾ⱼₖ = ∂L/∂ŷₖ·g'(yₖ')·hⱼ",
                "∂L/∂b⁽²⁾ₖ = ∂L/∂ŷₖ · ∂ŷₖ/∂yₖ' · ∂yₖ'/∂b⁽²⁾ₖ = ∂L/∂ŷₖ·g'(yₖ')",
                "∂L/∂W⁽¹⁾ⱼₖ = ∑ᵢ ∂L/∂ŷᵢ · ∂ŷᵢ/∂yᵢ' · ∂yᵢ'/∂hₖ · ∂hₖ/∂hₖ' · ∂hₖ'/∂W⁽¹⁾ⱼₖ"
                " = ∑ᵢ ∂L/∂ŷᵢ·g'(yᵢ')·W⁽²⁾ₖᵢ·f'(hₖ')·xⱼ",
                "∂L/∂b⁽¹⁾ₖ = ∑ᵢ ∂L/∂ŷᵢ · ∂ŷᵢ/∂yᵢ' · ∂yᵢ'/∂hₖ · ∂hₖ/∂hₖ' · ∂hₖ'/∂b⁽¹⁾ₖ"
                " = ∑ᵢ ∂L/∂ŷᵢ·g'(yᵢ')·W⁽²⁾ₖᵢ·f'(hₖ')",
            ],
        ),
    ],
)
def test_general_forms_are_the_documents(path: Path, forms: list[str]) -> None:
    found = Derivation(load(path).derived(), Unicode()).general()
    assert [f"{item.left.text} = {' = '.join([right.text for right in item.rights])}" for item in found] == forms


@pytest.mark.parametrize(
    ("equations", "said"),
    [
        ("{z: W@x + b}\nloss: sum(z^2)", ["∂L/∂Wⱼₖ with 1 for xₖ"]),
        ("{z: x@W + b}\nloss: sum(z^2)", []),
        ("{z: c*a + d}\nloss: z^2", []),
        ("{z: W@x, h: z + b, k: z*x}\nloss: sum(h) + sum(k)", []),
        ("{z: W@x - b}\nloss: sum(z^2)", []),
    ],
)
def test_a_bias_is_a_weight_whose_input_is_1(equations: str, said: list[str]) -> None:
    givens = "input: {x: vector of 2}\nweights: {W: 2x2, b: vector of 2, c: scalar, a: scalar, d: scalar}"
    found = Derivation(loads(f"{givens}\nforward: {equations}").derived(), Unicode()).general()
    beside = [piece.text for equality in found for piece in equality.beside if piece]
    assert beside == [f"a bias is a weight whose input is 1: {each}" for each in said]


@pytest.mark.parametrize("path", SINGLE, ids=lambda path: path.stem)
def test_the_form_of_the_weight_with_an_input_of_1_is_that_of_the_bias(path: Path) -> None:
    trace = traced(path)
    forms = Derivation(trace, Unicode()).general_forms
    for key in trace.program.gradients.values():
        for other in forms._weights(key):
            try:
                bias, weight = forms.form(key), forms.form(other)
            except NoGeneralFormError:
                continue
            factor = forms.input_of(weight, bias)
            if factor:
                check(trace, key, with_1(weight.tree, factor), bias.letters)


def with_1(tree: Expr, factor: Lettered) -> Expr:
    """The tree with 1 for one of its factors."""
    if tree is factor:
        return Number(ONE)
    parts = [with_1(part, factor) for part in children(tree)]
    return rebuilt(tree, parts) if parts else tree


def check(trace: Trace, key: str, tree: Expr, letters: tuple[str, ...]) -> None:
    for index in product(*map(range, trace.program.quantities[key].shape)):
        places = {letter: place for letter, place in zip(letters, index, strict=True) if letter != "1"}
        assert agree(evaluate(put_in(tree, trace, places)), trace.register[key][index].value), key
