"""What is known of a tree by itself."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.ops.expr import Name
from bptrace.typeset import tree_facts
from bptrace.typeset.tree_facts import KnownFacts, facts_of
from tests.conftest import calls_of


@pytest.mark.parametrize(
    ("loss", "read", "literals", "limits"),
    [
        ("2*w + x", ["w", "x"], ["2"], False),
        ("w*log(x)", ["w", "x"], [], True),
        ("w/(x - 3)", ["w", "x"], ["3"], False),
    ],
)
def test_what_a_tree_reads_and_has(loss: str, read: list[str], literals: list[str], limits: bool) -> None:
    network = loads(f"input: {{x: 1/2}}\nweights: {{w: 2}}\nloss: {loss}")
    facts = facts_of(network.definitions[-1].expr)
    assert (list(facts.read), list(map(str, facts.literals)), facts.limits) == (read, literals, limits)


def test_a_tree_is_looked_into_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, known, tree = calls_of(monkeypatch, tree_facts, "facts_of"), KnownFacts(), Name("w", ()) * 2
    assert known.of(tree) is known.of(tree)
    assert len(asked) == 1
