"""The givens of a page: a cell for each element, so that each can be edited."""

from __future__ import annotations

import re

import pytest

from bptrace import loads
from bptrace.views import html_givens
from bptrace.views.html_givens import given_groups
from bptrace.views.html_register import HtmlWriters
from tests.conftest import ROOT, traced

CELL = re.compile(r'<td data-given="([^"]*)">([^<]*)</td>')


def groups(text: str) -> list[str]:
    return list(given_groups(HtmlWriters(loads(text).trace())))


def test_an_array_stands_in_rows_and_columns() -> None:
    [group] = groups("weights: {w: [[1, 2], [3, 4]]}\nloss: sum(w)")
    assert "<legend>Weights</legend>" in group
    assert '<table class="matrix" role="presentation">' in group
    assert [CELL.findall(row) for row in group.split("<tr>")[1:]] == [
        [("w11", "1"), ("w12", "2")],
        [("w21", "3"), ("w22", "4")],
    ]


def test_a_vector_is_a_column_and_a_number_no_matrix() -> None:
    inputs, weights = groups("input: {x: [1, 1/2]}\nweights: {w: 0.5}\nloss: sum(w*x)")
    assert [CELL.findall(row) for row in inputs.split("<tr>")[1:]] == [[("x1", "1")], [("x2", "0.5")]]
    assert '<table class="scalar"' in weights


def test_a_setting_says_what_it_is() -> None:
    *_, update = groups("weights: {w: 1}\nloss: w^2\nupdate: {lr: 1/4}")
    assert '<span class="about">learning rate</span>' in update


def test_each_sample_is_a_row() -> None:
    trace = traced(ROOT / "networks" / "xor_batch.yaml")
    *_, samples = given_groups(HtmlWriters(trace))
    assert [CELL.findall(row) for row in samples.split("<tr>")[2:]] == [
        [(f"x1({number})", first), (f"x2({number})", second), (f"y({number})", target)]
        for number, (first, second, target) in enumerate([(*each,) for each in ("000", "011", "101", "110")], 1)
    ]


@pytest.mark.parametrize(("most", "is_folded"), [(3, True), (4, False)])
def test_a_large_array_is_folded(monkeypatch: pytest.MonkeyPatch, most: int, is_folded: bool) -> None:
    monkeypatch.setattr(html_givens, "FOLDED", most)
    [group] = groups("weights: {w: [[1, 2], [3, 4]]}\nloss: sum(w)")
    assert ("<details><summary>" in group) is is_folded
    assert len(CELL.findall(group)) == 4


def test_what_has_no_value_is_its_name_and_its_shape() -> None:
    trace = loads("weights: {w: 2x3}\nloss: sum(w)").derived()
    [group] = given_groups(HtmlWriters(trace))
    assert group.endswith(
        '<div class="array"><math><mi data-name="w">w</mi></math> a 2x3 matrix</div></div></fieldset>'
    )
