"""Where the numbers of givens stand in their file, and others in their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace.engine.model import GIVEN_SECTIONS
from bptrace.numbers.arrays import entries, size
from bptrace.numbers.enclosures import MINUS_INFINITY
from bptrace.numbers.exact import rational
from bptrace.spec.literals import literals, rewritten
from bptrace.spec.reader import load, loads
from tests.conftest import NETWORKS

TEXTS = {
    "plain": ("input: {x: [1, 1/2]}\nweights: {w: -0.5} # 2\nloss: w*x[1]", {"x": ["1", "1/2"], "w": ["-0.5"]}),
    "quoted": ("weights:\n  w: [\"-1/2\", '4']\nloss: sum(w)", {"w": ["-1/2", "4"]}),
    "rows": ("weights:\n  w:\n    - [1, 2]\n    - [ 3,4 ]\nloss: sum(w)", {"w": ["1", "2", "3", "4"]}),
    "layers": (
        "input: {x: [1]}\nlayers: [{weights: [[3]], bias: [5]}]\nloss: sum(yhat)",
        {"x": ["1"], "W1": ["3"], "b1": ["5"]},
    ),
    "samples": (
        "weights: {w: 2}\nsamples:\n  - input: {x: 3}\n  - input: {x: 4}\nloss: w*x",
        {"w": ["2"], "x(1)": ["3"], "x(2)": ["4"]},
    ),
    "settings and equations are none": ("weights: {w: 2}\nloss: 3*w\nupdate: {lr: 1/2}", {"w": ["2"]}),
    "blocks are none": ("weights:\n  w: |\n    2\n  v: 3\nloss: w*v", {"v": ["3"]}),
    "names alone are none": ("input: {x: [x1, x2]}\nweights: {w: 2}\nloss: w*x[1]", {"w": ["2"]}),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_numbers_are_found(text: str, expected: dict[str, list[str]]) -> None:
    found = literals(loads(text))
    assert {item.givens[0].key: [text[start:end] for start, end in item.spans] for item in found} == expected


def test_what_an_alias_repeats_is_one() -> None:
    [found] = literals(loads("weights: {a: &n [1, 2], b: *n}\nloss: a@b"))
    assert [given.key for given in found.givens] == ["a", "b"]


def _number(text: str) -> object:
    return MINUS_INFINITY if text == "-inf" else rational(text)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_number_of_a_given_has_a_place(path: Path) -> None:
    network = load(path)
    text = network.stated.source.text if network.stated else ""
    found = literals(network)
    assert {given.key for item in found for given in item.givens} == {
        given.key for given in network.givens if given.section in GIVEN_SECTIONS
    }
    for item in found:
        assert {size(given.shape) for given in item.givens} == {len(item.spans)}
        values = entries(item.givens[0].value, item.givens[0].shape)
        assert [_number(text[slice(*span)]) for span in item.spans] == values
    assert rewritten(text, {span: text[slice(*span)] for item in found for span in item.spans}) == text


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("w: 1  # a\n", "-20", "w: -20  # a\n"),
        ("w: 1    # a\n", "-20", "w: -20  # a\n"),
        ("w: 100  # a\n", "2", "w: 2    # a\n"),
        ("w: 1 # a\n", "-20", "w: -20 # a\n"),
        ("w: 1\n", "-20", "w: -20\n"),
    ],
)
def test_a_comment_keeps_its_column_where_there_is_room(text: str, new: str, expected: str) -> None:
    end = len(text.split("#")[0].rstrip())
    assert rewritten(text, {(3, end): new}) == expected
