"""Registers in YAML."""

from __future__ import annotations

import pytest

from bptrace.errors import Source, SpecError
from bptrace.marking.sheet_yaml import yaml_rows


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dL/dw11: -2\nh1: 0.5\n", [("dL/dw11", "-2", ""), ("h1", "0.5", "")]),
        ("gradients: {w11: -2, b1: 3}\n", [("w11", "-2", "grad"), ("b1", "3", "grad")]),
        ("- {quantity: z1, rule: 1*3, value: 3}\n", [("z1", "3", "")]),
        ("w: [[1, 2], [3, 4]]\n", [("w", "[[1, 2], [3, 4]]", "")]),
    ],
)
def test_rows(text: str, wanted: list[tuple[str, str, str]]) -> None:
    found = [
        (row.quantity.text, row.value.text if row.value else "", row.section) for row in yaml_rows(Source("-", text))
    ]
    assert found == wanted


def test_what_is_no_yaml_and_what_never_ends_is_refused() -> None:
    bomb = "a: &a [1, 1]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in zip("abcdefghijk", "bcdefghijkl", strict=True)
    )
    for text in ("dL/dw11: [1, 2\n", bomb):
        with pytest.raises(SpecError) as caught:
            list(yaml_rows(Source("a.yaml", text)))
        assert caught.value.mark is not None
