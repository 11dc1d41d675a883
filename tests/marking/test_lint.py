"""What is found in a file, what its comment accepts, and what is wrong with such a comment."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace.marking.lint import linted
from bptrace.spec.reader import load, loads
from tests.conftest import EVERY_NETWORK
from tests.refusals import bounded

TEXT = "input: {x: [1, 0]}\nweights: {w: [2, 3]}\ntarget: {y: [3, 2]}\nforward: {z: w*x}\nloss: sum((z - y)^2)\n"


def kinds(comment: str) -> list[str]:
    return sorted({item.kind for item in linted(loads(TEXT + comment), "net.yaml").findings})


def test_findings_are_in_the_order_of_the_file() -> None:
    found = linted(loads(TEXT), "net.yaml").findings
    assert [(item.kind, item.mark.column) for item in found[:2] if item.mark] == [("ones", 13), ("zeros", 16)]
    assert str(found[0]).splitlines() == [
        "<text>:1:13: ones: x1 is 1: whether it is there is not seen",
        "   1 | input: {x: [1, 0]}",
        "     |             ^",
        "   2, 3 or -1 shows it",
    ]


def test_what_only_a_proof_decides_is_taken_as_it_is_proven() -> None:
    text = (
        "weights: {w: [1, 1], a: 2}\ntarget: {y: [0, 1]}\nloss: cross_entropy(a*w, y)\nupdate: {rule: adam, lr: 1/10}"
    )
    assert {item.kind for item in linted(loads(text), "net.yaml").findings} >= {"ones", "hidden"}


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("", ["alike", "ones", "zeros"]),
        ("# lint: ones: it is so", ["alike", "zeros"]),
        ("  #lint:ones,zeros:it is so\n# lint: alike: so", []),
        ("# lint: ones zeros, alike : for a reason", []),
        ("# a lint: ones: it is so", ["alike", "ones", "zeros"]),
        ("# lint: ones", ["alike", "comment", "zeros"]),
        ("# lint: ones: ", ["alike", "comment", "zeros"]),
        ("# lint: ones, twins: it is so", ["alike", "comment", "zeros"]),
        ("# lint: one: it is so", ["alike", "comment", "ones", "zeros"]),
    ],
)
def test_a_comment_accepts_kinds(comment: str, left: list[str]) -> None:
    assert kinds(comment) == left


@pytest.mark.parametrize(
    ("comment", "column", "said", "hint"),
    [
        ("# lint: ones", 9, "no reason is given", "as in # lint: zeros: a textbook's numbers"),
        ("# lint: ones, twins: so", 15, "nothing is found of the kind twins", "leave it out"),
        ("# lint: onse: so", 9, "unknown kind 'onse'", "did you mean 'ones'?"),
    ],
)
def test_what_is_wrong_with_a_comment_is_found(comment: str, column: int, said: str, hint: str) -> None:
    [found] = [item for item in linted(loads(TEXT + comment), "net.yaml").findings if item.kind == "comment"]
    assert found.mark
    assert (found.mark.line, found.mark.column, found.text) == (6, column, said)
    assert found.hint.startswith(hint)


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_networks_hide_nothing_or_say_why(path: Path) -> None:
    assert linted(load(path), str(path)).findings == ()


def test_numbers_that_grow_beyond_all_bounds_are_none_to_try() -> None:
    chain = "".join(f"  z{place + 1}: z{place}*z{place} + w\n" for place in range(40))
    with bounded():
        found = linted(loads(f"weights: {{w: -1}}\nforward:\n  z0: w\n{chain}loss: z40\n"), "net.yaml").findings
    assert {item.kind for item in found} >= {"hidden"}
