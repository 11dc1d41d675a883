"""Paths as they are written: the document's, and those that are 0."""

from __future__ import annotations

from bptrace import load
from bptrace.typeset.derivation import Derivation
from bptrace.typeset.unicode import Unicode
from tests.conftest import ROOT

GENERIC = ROOT / "networks" / "generic_2_2_2.yaml"


def test_paths_are_the_documents_and_so_are_those_that_are_0() -> None:
    derivation = Derivation(load(GENERIC).derived(), Unicode(), ["dL/dW2[1,1]", "dL/dW2[2,1]", "dL/dW1[2,1]"])
    first, second, third = derivation.paths()
    assert [(path.product.text, path.zero and path.zero.text) for path in first.paths] == [
        ("∂L/∂ŷ₁·g'(y₁')·h₁", None),
        ("∂L/∂ŷ₂ · ∂ŷ₂/∂W⁽²⁾₁₁", "ŷ₂ = g(W⁽²⁾₁₂·h₁ + W⁽²⁾₂₂·h₂) does not contain W⁽²⁾₁₁"),
    ]
    assert [(path.product.text, path.zero and path.zero.text) for path in second.paths] == [
        ("∂L/∂ŷ₂·g'(y₂')·h₁", None),
        ("∂L/∂ŷ₁ · ∂ŷ₁/∂W⁽²⁾₁₂", "ŷ₁ = g(W⁽²⁾₁₁·h₁ + W⁽²⁾₂₁·h₂) does not contain W⁽²⁾₁₂"),
    ]
    assert third.total
    assert third.total.text == "∂L/∂ŷ₁·g'(y₁')·W⁽²⁾₂₁·f'(h₂')·x₁ + ∂L/∂ŷ₂·g'(y₂')·W⁽²⁾₂₂·f'(h₂')·x₁"
    assert first.heading == "1 path, and 1 that is 0"
    assert third.heading == "2 paths"
