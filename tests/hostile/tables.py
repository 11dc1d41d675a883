"""Mutations of a table of samples: of its cells, its columns and its text."""

from __future__ import annotations

from random import Random

from tests.hostile.mutations import CODE, LOOK_ALIKES, ODD_NUMBERS, mutated
from tests.hostile.networks import TABLE

CELLS = (
    *ODD_NUMBERS,
    *LOOK_ALIKES,
    *CODE,
    "",
    " ",
    '"1"',
    '"1',
    "1,2",
    "x",
    "y",
    "w[1]",
    "x[3]",
    "x[0]",
    "x[1,1]",
    "w",
    "1;2",
)


def hostile_table(rng: Random) -> str:
    """Samples in which something is wrong, or nothing."""
    kind = rng.random()
    if kind < 0.4:
        return mutated(rng, TABLE)
    rows = [line.split(",") for line in TABLE.splitlines()]
    for _ in range(rng.randint(0, 3)):
        row = rng.choice(rows)
        if row:
            row[rng.randrange(len(row))] = rng.choice(CELLS)
    if kind < 0.6:
        column = rng.randrange(3)
        rows = [row[:column] + row[column + rng.randint(0, 1) :] for row in rows]
    separator = rng.choice([",", ",", ",", ";", "\t", ", "])
    return rng.choice(["\n", "\n", "\r\n", "\r", "\n\n"]).join(separator.join(row) for row in rows) * rng.choice(
        (1, 1, 1, 2, 50)
    )
