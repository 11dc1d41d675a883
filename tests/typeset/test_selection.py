"""What is derived where something is asked for by its name."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.errors import SpecError
from bptrace.typeset.selection import Selection, wanted

NETWORK = "weights: {w: [1, 2]}\nforward: {z: 2*w}\nloss: sum(z^2)"


@pytest.mark.parametrize(
    ("asked", "found"),
    [("w", "dL/dw"), ("w2", "dL/dw2"), ("w[2]", "dL/dw2"), ("dL/dw1", "dL/dw1"), ("dL / dz", "dL/dz")],
)
def test_a_quantity_stands_for_its_gradient(asked: str, found: str) -> None:
    assert wanted(loads(NETWORK).trace(), [asked]) == [found]


def test_an_unknown_quantity_is_refused() -> None:
    with pytest.raises(SpecError, match="there is no gradient of 'q'"):
        wanted(loads(NETWORK).trace(), ["q"])


def test_no_gradient_is_proposed_that_would_be_refused_again() -> None:
    with pytest.raises(SpecError, match="there is no gradient of 'L'") as refused:
        wanted(loads(NETWORK).trace(), ["dL/dL"])
    assert "did you mean" not in str(refused.value)


@pytest.mark.parametrize(
    ("names", "gradients"),
    [((), ["dL/dw1", "dL/dw2"]), (("dL/dz",), ["dL/dz1", "dL/dz2"]), (("dL/dw2",), ["dL/dw2"])],
)
def test_without_names_the_givens_are_asked_for(names: tuple[str, ...], gradients: list[str]) -> None:
    assert Selection(loads(NETWORK).trace(), names).gradients() == gradients
