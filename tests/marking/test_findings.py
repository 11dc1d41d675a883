"""Each kind of findings: where one is found, and that one other number leaves nothing of it."""

from __future__ import annotations

import pytest

from bptrace.engine.sentence_parts import plain
from bptrace.marking.findings import KINDS, Subject
from bptrace.spec.reader import loads

NET = """
input: {{x: {x}}}
weights:
  w: {w}
  b: {b}
target: {{y: {y}}}
forward:
  z: w@x + b
  h: {h}
loss: sum((h - y)^2)
"""
GOOD = {"x": "[2, -3]", "w": "[[3, -2], [4, 5]]", "b": "[-1, 2]", "y": "[15, -9]", "h": "leaky_relu(z, 1/4)"}
LONG = "the rules have 10,135 numbers, names and operations; slips are made in 10,000 at most"
CASES = [
    ("zeros", {"x": "[0, -3]"}, 2, 13, "x1 is 0: what stands beside it is not seen"),
    ("zeros", {"w": "[[3, 0], [0, 5]]"}, 4, 11, "w12 and w21 are 0: what stands beside them is not seen"),
    ("ones", {"x": "[2, 1]"}, 2, 16, "x2 is 1: whether it is there is not seen"),
    ("ones", {"w": "[[1, 1], [1, 1]]"}, 4, 8, "w11, w12, w21 and w22 are 1: whether they are there is not seen"),
    ("equal", {"w": "[[3, -2], [4, -2]]"}, 4, 11, "w12 and w22 have equals beside them: one for the other is not seen"),
    ("symmetric", {"w": "[[3, 4], [4, 5]]"}, 4, 3, "w is symmetric: w for its transpose is not seen"),
    ("twins", {"w": "[[3, -2], [0, -4]]", "b": "[-1, -1]"}, 8, 6, "z1 and z2 are the same"),
    ("dead", {"h": "relu(z)", "w": "[[-3, 2], [-4, 5]]"}, 8, 6, "z1 and z2 are off: all behind them is 0"),
    ("tie", {"h": "relu(z)", "b": "[-12, 2]"}, 8, 6, "z1 is exactly 0: ReLU'(0) is taken as 0"),
    ("unwieldy", {"h": "z^13"}, 10, 7, "L has 28 digits"),
    ("long", {"h": " + ".join(["z*z"] * 560)}, 10, 7, LONG),
    ("hidden", {"y": "[9, -13/4]"}, 9, 6, "'absolute error' leaves every value right"),
    ("alike", {"y": "[15, 2]"}, 9, 6, "'error sign lost' and 'absolute error' give the same values"),
]  # fmt: skip


def found(kind: str, text: str) -> list[tuple[int, int, str]]:
    """The findings of a kind: line, column, sentence."""
    return [(mark.line, mark.column, plain(said)) for said, mark in KINDS[kind].find(Subject(loads(text))) if mark]


@pytest.mark.parametrize(("kind", "bad", "line", "column", "said"), CASES)
def test_what_is_found_and_where(kind: str, bad: dict[str, str], line: int, column: int, said: str) -> None:
    assert (line, column, said) in found(kind, NET.format(**GOOD | bad))
    assert not found(kind, NET.format(**GOOD))


def test_every_kind_is_shown() -> None:
    assert {kind for kind, *_ in CASES} | {"stride"} == set(KINDS)


def test_numbers_by_themselves_are_equal_in_one_finding() -> None:
    text = "weights: {a: 3, b: 2, c: 3, d: 3}\nloss: (a*2 + b + c + d)^2"
    assert [said for *_, said in found("equal", text)] == ["a, c and d are equal: one for the other is not seen"]


POOL = """
input: {{x: [2, 3, 5, -4]}}
weights: {{w: 3}}
forward:
  z: w*x
  h: {}
loss: sum(h^2)
"""


@pytest.mark.parametrize(
    ("pool", "apart"),
    [
        ("avg_pool(z, 2)", True),
        ("avg_pool(z, 2, 2)", True),
        ("avg_pool(z, 2, 1)", False),
        ("max_pool(z, 2)", True),
        ("max_pool(z, 2, 1)", False),
        ("avg_pool(z, 4)", False),
    ],
)
def test_windows_that_do_not_overlap(pool: str, apart: bool) -> None:
    said = [(line, text) for line, _, text in found("stride", POOL.format(pool))]
    assert said == [(6, "windows do not overlap: no gradient is a sum over several")] * apart


TABLE = """
input: {x: [[0, 1], [1, 1]]}
weights: {w: [2, 3], b: 1}
target: {y: [0, 1]}
forward: {z: x@w + b}
loss: sum((z - y)^2)
"""


def test_biases_truth_tables_and_targets_may_be_0_and_1() -> None:
    assert not found("zeros", TABLE) + found("ones", TABLE)


SAMPLES = """
weights: {{w: [2, 3]}}
forward: {{h: relu(w*x)}}
loss: sum(h)
samples:
  - {{input: {{x: -1}}}}
  - {{input: {{x: {}}}}}
"""


def test_a_unit_is_dead_that_is_off_in_every_sample() -> None:
    assert not found("dead", SAMPLES.format(2))
    assert [said for *_, said in found("dead", SAMPLES.format(-2))] == ["z_h1 and z_h2 are off: all behind them is 0"]


def test_what_no_numbers_show_is_not_found() -> None:
    said = [
        text
        for *_, text in found(
            "hidden",
            NET.format(
                **GOOD,
            ),
        )
    ]
    assert said == []
    assert "slope at z where it needs h" in Subject(loads(NET.format(**GOOD))).unseen.hidden


def test_the_rows_of_what_is_defined_are_gathered_once() -> None:
    samples = "samples: [{input: {x: 1}, target: {y: 0}}, {input: {x: 2}, target: {y: 1}}]"
    subject = Subject(loads(f"{samples}\nweights: {{w: 2}}\nforward: {{z: w*x}}\nloss: (z - y)^2"))
    assert len(subject.rows_of["z"]) == 2
    assert subject.rows_of is subject.rows_of
