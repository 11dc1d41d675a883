"""How quantities are spelled, where their rows stand, and the functions that only rules are written with."""

from __future__ import annotations

import pytest

from bptrace import Trace, load, loads
from bptrace.marking.names import PRINTED_ROWS, Lexicon
from tests.conftest import NETWORKS, ROOT

OWN = "functions: {half: u -> u/2, tent: 'u, a -> a - abs(half(u))'}\nweights: {w: 3}\nloss: tent(w, 5)"


LARGE = "weights: {w: 1/7}\nforward: {z: w^1000, q: z^9}\nloss: q"


SETTINGS = (
    "weights: {v: [1, -2]}\nforward: {a: 'leaky_relu(v, 0.1)', b: 'leaky_relu(v, 1/10 - exp(-2))', "
    "c: 'elu(v, v[1])'}\nloss: sum(a + b + c)"
)


SAMPLES = "samples: [{input: {x: 1}, target: {y: 0}}, {input: {x: 2}, target: {y: 1}}]\nweights: {W1: [2, 3]}\n" + (
    "forward: {h: W1*x}\nloss: sum(h - y)^2\nupdate: {lr: 1/10, momentum: 1/2}"
)


TRACES: dict[str, Trace] = {}


def trace_of(text: str) -> Trace:
    """The trace of a network file by its name, or of a text."""
    if text not in TRACES:
        path = ROOT / "networks" / f"{text}.yaml"
        TRACES[text] = (loads(text) if ":" in text else load(path)).trace()
    return TRACES[text]


@pytest.mark.parametrize("text", [*(path.stem for path in NETWORKS), SAMPLES, OWN, SETTINGS, LARGE])
def test_every_name_of_the_register_is_known(text: str) -> None:
    whole = trace_of(text)
    for trace in {id(part.program): part for part in (whole, *whole.samples)}.values():
        lexicon = Lexicon(trace.program, real=False)
        for name, (key, index) in trace.register.places.items():
            assert lexicon.token.fullmatch(name), name
            assert "[" in name or name == key or lexicon.element(name) == (key, index), name


@pytest.mark.parametrize("text", [*(path.stem for path in NETWORKS), OWN, SETTINGS, LARGE])
def test_where_each_name_stands_is_told_without_its_row(text: str) -> None:
    whole = trace_of(text)
    trace = whole.samples[0] if whole.samples else whole
    lexicon = Lexicon(trace.program, real=False)
    for place, name in enumerate(trace.quantities()):
        assert lexicon.place(*trace.register.places[name]) == place
    assert {lexicon.place(item.key, (0,) * len(item.shape)) for item in trace.givens} == {-1}


@pytest.mark.parametrize(
    ("name", "count", "known"),
    [
        ("relu", 1, True),
        ("relu", 2, False),
        ("sign", 1, True),
        ("round", 2, True),
        ("max", 1, True),
        ("max", 9, True),
        ("argmax", 4, True),
        ("argmax", 0, False),
        ("frobnicate", 1, False),
    ],
)
def test_a_rule_is_written_with_functions_of_files_and_functions_over_numbers(
    name: str, count: int, known: bool
) -> None:
    assert not known or PRINTED_ROWS.function(name, count)
    assert (count in PRINTED_ROWS.arities(name)) == known
    assert (name in PRINTED_ROWS.names()) == (name != "frobnicate")
