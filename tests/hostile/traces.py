"""Mutations of a trace as JSON: of its values, keys and types, and of the text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

from bptrace import load
from tests.conftest import ROOT
from tests.hostile.mutations import ODD_NUMBERS, mutated

SOURCES = ("relu_2_2_1", "momentum", "xor_batch", "sigmoid_neuron", "expression_graph", "softmax_classifier")
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2,
        1.5,
        10**30,
        "",
        "x",
        "1/0",
        "0",
        "L",
        [],
        {},
        [[]],
        [1, 2],
        {"a": 1},
        "w11",
        "dL/dw",
    ),
    *(
        "/etc/passwd",
        "../secret.csv",
        "\x1b]0;pwned\x07",
        "\ud800",
        {"file": "../secret.csv"},
        "relu(z)",
        "e^x",
        10**6,
        -(10**6),
    ),
)


@cache
def trace_text(name: str) -> str:
    """The trace of one of the project's networks."""
    return load(ROOT / "networks" / f"{name}.yaml").trace().to_json()


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a JSON value, with each of its keys."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in list(inside):
        yield value, key
        yield from places(part)


def mutated_value(rng: Random, value: Any) -> None:
    """Change one place, at any depth: its value, its key, or how often it is there."""
    at, key = rng.choice(list(places(value)))
    kind = rng.random()
    if kind < 0.2:
        del at[key]
    elif kind < 0.35 and isinstance(at, dict):
        at[rng.choice([*at, "x", "", "samples", "weights", "symbolic", key.upper()])] = at.pop(key)
    elif kind < 0.5 and isinstance(at, list):
        at.insert(rng.randint(0, len(at)), deepcopy(at[key]))
    elif kind < 0.7 and isinstance(at[key], str):
        at[key] = mutated(rng, at[key])
    else:
        at[key] = deepcopy(rng.choice([*ODD, *ODD_NUMBERS, str(at[key]), [at[key]]]))  # it may be changed in its turn


def hostile_trace(rng: Random) -> str:
    """A trace in which something is wrong, or nothing."""
    text = trace_text(rng.choice(SOURCES))
    kind = rng.random()
    if kind < 0.7:
        value = json.loads(text)
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            mutated_value(rng, value)
        return json.dumps(value, indent=rng.choice((None, 1)), ensure_ascii=rng.random() < 0.5)
    if kind < 0.8:
        return _another_digit(rng, text)
    return mutated(rng, text) if kind < 0.97 else text


def _another_digit(rng: Random, text: str) -> str:
    at = rng.choice([place for place, char in enumerate(text) if char.isdigit()])
    return text[:at] + rng.choice("0123456789") + text[at + 1 :]
