"""Kinks: which ones a value comes from, and the convention at each."""

from __future__ import annotations

import pytest

from bptrace import load, loads
from bptrace.engine.kinks import Kinks, conventions
from bptrace.engine.sentence_parts import Formula, plain
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Call, Cases, Expr, Leaf, above, below, between
from tests.conftest import ROOT

X = Leaf("x", Rational(1))
ABS = "abs has no slope at 0; 0 is taken"


def texts(tree: Expr) -> list[str]:
    return [plain(note) for note in Kinks().met(tree)]


@pytest.mark.parametrize(
    ("tree", "noted"),
    [
        (Cases(X, [above(1, 1), below(1, 0)], ("0 is taken",)), ["x is exactly 1: 0 is taken"]),
        (Cases(X - 1, [above(0, 1), below(0, 0)], ("0 is taken",)), ["x-1 is exactly 0: 0 is taken"]),
        (Cases(X, [between(-1, 1, 1), above(1, 0, strict=False), below(-1, 0)], ("so",)), ["x is exactly 1: so"]),
        (Cases(X, [above(0, 1), below(0, 0)], ("0 is taken",)), []),
        (Cases(X, [above(1, 1), below(1, 0)]), []),
        (Call("sign", (X - 1,)), ["x-1 is exactly 0: abs has no slope at 0; 0 is taken"]),
        (Call("sign", (X,)), []),
    ],
)
def test_a_kink_that_is_met_is_noted(tree: Expr, noted: list[str]) -> None:
    assert texts(tree) == noted


ALIKE = "equal ones share the gradient alike"
FIRST = "the first of equal ones takes the whole gradient"


@pytest.mark.parametrize(
    ("givens", "loss", "ties"),
    [
        ("x: 1", "min(max(x, 1), 1)", {f"max(x,1) is exactly 1: {ALIKE}", f"x is exactly 1: {ALIKE}"}),
        ("x: 2, y: 2", "3*max(x, y)", {f"x is exactly y: {ALIKE}"}),
        ("x: 2, y: 2", "min(x, y)", {f"x is exactly y: {ALIKE}"}),
        ("x: 2, y: 2", "max(x, y) + max(y, x)", {f"x is exactly y: {ALIKE}"}),
        ("x: 2", "max(2, x)", {f"x is exactly 2: {ALIKE}"}),
        ("x: 2", "min(x - 2, 0)", {f"x-2 is exactly 0: {ALIKE}"}),
        ("x: [1, 2], y: 2", "sum(max(x, y))", {f"x2 is exactly y: {ALIKE}"}),
        ("x: 1, y: 1, z: 1", "max(max(x, y), z)", {f"max(x,y) is exactly z: {ALIKE}", f"x is exactly y: {ALIKE}"}),
        ("x: [4, 1, 4, 4]", "max(x)", {f"x1, x3 and x4 are equal: {ALIKE}"}),
        ("x: [1, 2, 1]", "min(2*x)", {f"2*x1 is exactly 2*x3: {ALIKE}"}),
        ("x: [0, 0, 1, 1]", "sum(max_pool(x, 2))", {f"x1 is exactly x2: {FIRST}", f"x3 is exactly x4: {FIRST}"}),
        ("x: 0, y: 0", "max(x, y)*abs(x)", {f"x is exactly y: {ALIKE}", f"x is exactly 0: {ABS}"}),
        ("x: 0, v: [1, 2, 3]", "sum(v*relu(x))", {"x is exactly 0: ReLU'(0) is taken as 0"}),
    ],
)
def test_each_tie_is_noted_in_the_same_words_by_every_row(givens: str, loss: str, ties: set[str]) -> None:
    trace = loads(f"weights: {{{givens}}}\nloss: {loss}").trace()
    assert {note for row in trace.rows() for note in row.notes} == ties


def test_a_note_is_made_of_the_case_that_holds() -> None:
    assert texts(Cases(X, [above(0, 5), below(0, Call("sign", (X - 1,)))])) == []


def test_conventions_hang_on_no_value() -> None:
    tree = Cases(X, [above(0, Call("sign", (X,))), below(0, 0)], ("0 is taken",))
    assert list(map(plain, conventions(tree))) == ["0 is taken", "abs has no slope at 0; 0 is taken"]


def test_a_row_has_its_notes_as_text_and_as_parts() -> None:
    rows = {row.quantity: row for row in load(ROOT / "networks" / "tie_at_zero.yaml").trace().rows()}
    row = rows["ReLU'(z2)"]
    assert row.notes == ["z2 is exactly 0: ReLU'(0) is taken as 0"]
    subject, *_ = row.note_sentences[0]
    assert subject == Formula(row.tree.subject if isinstance(row.tree, Cases) else row.tree)
