"""Registers in YAML."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest

from bptrace.errors import Source, SpecError
from bptrace.marking.sheet_yaml import yaml_rows
from tests.refusals import bounded


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


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(SpecError) as caught:
        list(yaml_rows(Source("a.yaml", "dL/dw11: [1, 2\n")))
    assert caught.value.mark is not None


@pytest.mark.parametrize("text", ["dL/dw: &a\n  - 1\n  - *a\n", "&a [1, *a]", "a: {value: &a {r: [*a], b: 1}}"])
def test_what_holds_itself_is_walked_over_once(text: str) -> None:
    with bounded(), suppress(SpecError):
        assert len(list(yaml_rows(Source("a.yaml", text)))) <= 2


def test_aliases_that_repeat_are_walked_over_in_bounded_work() -> None:
    names = "abcdefghijklmnop"
    lines = [f"{new}: &{new} [*{old}, *{old}, *{old}]" for old, new in pairwise(names)]
    with bounded():
        try:
            rows = list(yaml_rows(Source("a.yaml", "\n".join(["a: &a [1, 1]", *lines]))))
        except SpecError:
            return
    assert len(rows) <= len(names)
