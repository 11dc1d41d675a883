"""Answer files for `check`: a network's own register in the forms in which people hand one in, mutated."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import TypeAlias

from bptrace import BptraceError, loads
from tests.hostile.mutations import CODE, LOOK_ALIKES, ODD_NUMBERS, mutated
from tests.hostile.networks import NUMBERS, texts

AnswerRow: TypeAlias = tuple[str, str, str]
"""A quantity, its rule and its value."""
NAMES = ("answers.csv", "answers.md", "answers.yaml", "answers.txt")
VALUES = (
    "none",
    "",
    "-",
    "?",
    "0.33",
    "-.5",
    "1 1/2",
    "≈0.5",
    "1e3",
    "[1, 2]",
    "[[0,1],[1,0]]",
    "2*3 = 6",
    "±1",
    "1/3…",
)


def registered(rng: Random) -> tuple[str, tuple[AnswerRow, ...]]:
    """A network with values, and its register."""
    while True:
        text = rng.choice(texts())
        if rows := register(text):
            return text, rows


@cache
def register(text: str) -> tuple[AnswerRow, ...]:
    """The rows of a network; nothing where it has no values, or a table that is not there."""
    try:
        rows = csv.DictReader(io.StringIO(loads(text).trace().to_csv()))
    except BptraceError:
        return ()
    return tuple((row["quantity"], row["rule"], row["value"]) for row in rows)


def hostile_answers(rng: Random, rows: Sequence[AnswerRow]) -> dict[str, str]:
    """A register in every form; in some of its rows something is wrong, or in the text, or nothing."""
    start, end = sorted(rng.randint(0, len(rows)) for _ in "se")
    kept = list(rows[start:end] if rng.random() < 0.5 else rows) or list(rows)
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        kept[rng.randrange(len(kept))] = _other_row(rng, rng.choice(kept))
    if rng.random() < 0.2:
        rng.shuffle(kept)
    written = {name: _written(rng, name, kept) for name in NAMES}
    return {name: mutated(rng, text) if rng.random() < 0.4 else text for name, text in written.items()}


def _other_row(rng: Random, row: AnswerRow) -> AnswerRow:
    name, rule, value = row
    odd = rng.choice((VALUES, NUMBERS, NUMBERS, NUMBERS, ODD_NUMBERS, LOOK_ALIKES, CODE))
    changed = rng.random()
    if changed < 0.6:
        return name, rule, rng.choice((rng.choice(odd), f"-{value}", rule))
    return (
        (name, rng.choice(odd), value) if changed < 0.8 else (rng.choice((f"{name}'", f"d{name}", *odd)), rule, value)
    )


def _written(rng: Random, name: str, rows: Sequence[AnswerRow]) -> str:
    if name.endswith(".csv"):
        table = io.StringIO()
        writer = csv.writer(table, delimiter=rng.choice(",,,;\t"))
        writer.writerows([rng.choice((("quantity", "rule", "value"), ("name", "working", "answer"))), *rows])
        return table.getvalue()
    if name.endswith(".md"):
        return "\n".join(["| quantity | rule | value |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])
    if name.endswith(".yaml"):
        return "\n".join(f"{row[0]}: {row[2]}" for row in rows)
    return "\n".join(" = ".join(dict.fromkeys(row)) for row in rows)
