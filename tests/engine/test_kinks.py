"""Kinks: which ones a value comes from, and the convention at each."""

from __future__ import annotations

import pytest

from bptrace import load
from bptrace.engine import kinks
from bptrace.engine.sentence_parts import Formula, plain
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Call, Cases, Expr, Leaf
from bptrace.ops.op import above, below, between
from tests.conftest import ROOT

X = Leaf("x", Rational(1))


def texts(tree: Expr) -> list[str]:
    return [plain(note) for note in kinks.met(tree)]


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


def test_a_note_is_made_of_the_case_that_holds() -> None:
    assert texts(Cases(X, [above(0, 5), below(0, Call("sign", (X - 1,)))])) == []


def test_conventions_hang_on_no_value() -> None:
    tree = Cases(X, [above(0, Call("sign", (X,))), below(0, 0)], ("0 is taken",))
    assert list(map(plain, kinks.conventions(tree))) == ["0 is taken", "abs has no slope at 0; 0 is taken"]


def test_a_row_has_its_notes_as_text_and_as_parts() -> None:
    rows = {row.quantity: row for row in load(ROOT / "networks" / "tie_at_zero.yaml").trace().rows()}
    row = rows["ReLU'(z2)"]
    assert row.notes == ["z2 is exactly 0: ReLU'(0) is taken as 0"]
    subject, *_ = row.note_sentences[0]
    assert subject == Formula(row.tree.subject if isinstance(row.tree, Cases) else row.tree)
