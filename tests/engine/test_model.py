"""What a network is made of keeps what the file says of it, and where."""

from __future__ import annotations

from bptrace import loads
from bptrace.engine.model import keys

TEXT = """
input: {x: [1, 2]}
weights: {w: [[1, 2], [3, 4]]}
forward:
  z:  w@x
loss: sum(z)
"""


def test_givens_and_definitions_are_in_the_files_order_with_their_places() -> None:
    network = loads(TEXT)
    assert [(item.key, item.shape, item.section) for item in network.givens] == [
        ("x", (2,), "input"),
        ("w", (2, 2), "weights"),
    ]
    assert [(item.key, item.shape, item.text) for item in network.definitions] == [
        ("z", (2,), "z = w@x"),
        ("L", (), "L = sum(z)"),
    ]
    marks = [*(item.mark for item in network.givens), *(item.mark for item in network.definitions)]
    assert [(mark.line, mark.column) for mark in marks if mark] == [(2, 9), (3, 11), (5, 7), (6, 7)]
    assert keys([*network.givens, *network.definitions]) == ["x", "w", "z", "L"]
